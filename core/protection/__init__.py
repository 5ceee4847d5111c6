"""What can be done to embeddings before they are stored, and what it costs in verification."""

from core.protection.effect import Attacked, Effect, Privacy, Reading, attack, effect_of, judge, steps
from core.protection.material import RETRAINED, Material, Prepared, prepare
from core.protection.methods import METHODS, Method, Strength, method_of
from core.protection.transforms import Fitted, Protection
from core.protection.usefulness import Utility

__all__ = [
    "METHODS",
    "RETRAINED",
    "Attacked",
    "Effect",
    "Fitted",
    "Material",
    "Method",
    "Prepared",
    "Privacy",
    "Protection",
    "Reading",
    "Strength",
    "Utility",
    "attack",
    "effect_of",
    "judge",
    "method_of",
    "prepare",
    "steps",
]
