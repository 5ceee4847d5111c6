"""The commands of `python -m core`: one file for each, or for each pair that shares its options."""

from core.commands.census import census
from core.commands.compare import compare
from core.commands.extract import extract
from core.commands.fit_generator import fit_generator
from core.commands.protect import protect
from core.commands.replicate import replicate
from core.commands.report import report
from core.commands.risk import risk
from core.commands.train import train, train_attackers

COMMANDS = (census, compare, extract, fit_generator, protect, replicate, report, risk, train, train_attackers)

__all__ = ["COMMANDS"]
