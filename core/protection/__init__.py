"""What can be done to embeddings before they are stored, and what it costs in verification."""

from core.protection.effect import RETRAINED, Effect, Material, Prepared, Privacy, Reading, effect_of, prepare, steps
from core.protection.methods import METHODS, Method, Strength, method_of
from core.protection.transforms import Fitted, Protection
from core.protection.usefulness import Utility

__all__ = [
    "METHODS",
    "RETRAINED",
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
    "effect_of",
    "method_of",
    "prepare",
    "steps",
]
