"""The protections by name, each with one number for its strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.checks import one_of, real_number, whole_number
from core.protection.elimination import VariableElimination
from core.protection.erasure import Leace, LeadingDirections, NullSpace
from core.protection.normalisation import EqualCovariances
from core.protection.simple import (
    BioHash,
    GaussianMechanism,
    GaussianNoise,
    NoProtection,
    Quantisation,
    RandomProjection,
)
from core.protection.transforms import InSequence, Protection


@dataclass(frozen=True)
class Strength:
    """What the one number of a protection means.

    Parameters
    ----------
    words : str
        What it counts or measures, with its unit.
    low, high : float
        Allowed values.
    default : float
    tried : tuple of floats
        Values that the frontier tries, from weak to strong.
    whole : bool
        Whether it is a whole number.
    """

    words: str
    low: float
    high: float
    default: float
    tried: tuple[float, ...]
    whole: bool = True

    @property
    def grows(self) -> bool:
        """Whether a larger number protects more."""
        return self.tried[-1] >= self.tried[0]

    def checked(self, value: float) -> float:
        """Return the value if it is allowed, or raise ValueError."""
        if not self.whole:
            return real_number(f"strength ({self.words})", value, self.low, self.high)
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        return whole_number(f"strength ({self.words})", number, int(self.low), int(self.high))


@dataclass(frozen=True)
class Method:
    """A protection of any strength.

    Parameters
    ----------
    name : str
        As on the command line.
    title : str
        As on a page.
    strength : Strength or None
        None where there is nothing to choose.
    make : callable
        Turns a strength into a protection.
    caution : str
        Where it only looks safe, a sentence that says so.
    needs_secret : bool
        Whether it is only as safe as keys that are stored beside the embeddings.
    apart : bool
        Whether it treats faces that it was fitted to unlike others, so that attackers must have others, too.
    """

    name: str
    title: str
    strength: Strength | None
    make: Callable[[float], Protection]
    caution: str = ""
    needs_secret: bool = False
    apart: bool = False

    def chosen(self, strength: float | None = None) -> float | None:
        """Return a strength, the default one without it, None where there is none. Raises ValueError for one out of range."""
        if self.strength is None:
            if strength is not None:
                raise ValueError(f"{self.name} has no strength to choose, got {strength:g}")
            return None
        return self.strength.checked(self.strength.default if strength is None else strength)

    def protection(self, strength: float | None = None) -> Protection:
        """Return the protection of a strength, the default one without it. Raises ValueError for one out of range."""
        return self.make(self.chosen(strength) or 0)


_FOUND_TODAY = "It hides what attackers of today find in some thousand faces. No proof says that others find no more."
_DIMENSIONS = Strength("numbers that are left", 1, 128, 32, (32, 16))
_BITS = Strength("bits of a hash", 1, 128, 64, (128, 64))

_METHODS = (
    Method("none", "No protection", None, lambda _: NoProtection()),
    Method(
        "noise",
        "Gaussian noise",
        Strength("standard deviation of the noise", 0, 1, 0.05, (0.02, 0.035, 0.05), whole=False),
        GaussianNoise,
    ),
    Method(
        "mechanism",
        "Differential privacy",
        Strength("epsilon, at delta 0.00001", 0.01, 100_000, 100, (1000, 100, 10), whole=False),
        GaussianMechanism,
        "Epsilon limits what one embedding tells; it promises much only where it is about 1.",
    ),
    Method(
        "directions",
        "Leading directions removed",
        Strength("directions", 1, 7, 7, (3, 7)),
        lambda k: LeadingDirections(int(k)),
    ),
    Method(
        "leace",
        "LEACE",
        Strength("years of an age bin that is hidden", 1, 40, 20, (40, 20, 10)),
        lambda width: Leace(int(width)),
        "It stops attackers that read in straight lines, on faces like those it was fitted to; others read on.",
    ),
    Method(
        "null-space",
        "Iterative null-space projection",
        Strength("rounds", 1, 20, 5, (1, 2, 5)),
        lambda n: NullSpace(int(n)),
    ),
    Method(
        "elimination",
        "Elimination of variables",
        Strength("variables left out", 0, 127, 64, (64, 96)),
        lambda n: VariableElimination(int(n)),
    ),
    Method(
        "projection",
        "Random projection",
        _DIMENSIONS,
        lambda k: RandomProjection(int(k)),
        "The company's key protects nothing once the attacker has faces protected with it to learn from.",
    ),
    Method(
        "biohash",
        "BioHash, keys safe",
        _BITS,
        lambda k: BioHash(int(k), stolen_key=False),
        "It holds only while nobody's key leaks: see BioHash with stolen keys. Impostors, too, are taken to have no key.",
        needs_secret=True,
    ),
    Method("biohash-stolen", "BioHash, keys stolen", _BITS, lambda k: BioHash(int(k), stolen_key=True)),
    Method(
        "quantisation",
        "Few bits a number",
        Strength("bits a number", 1, 8, 2, (2, 1)),
        lambda bits: Quantisation(int(bits)),
    ),
    Method(
        "leace-equal",
        "LEACE, then equal covariances",
        Strength("per cent of the way to equal covariances", 0, 100, 80, (50, 80, 95)),
        EqualCovariances,
        _FOUND_TODAY,
        apart=True,
    ),
    Method(
        "leace-equal-projection",
        "LEACE, equal covariances, random projection",
        Strength("numbers that are left", 1, 128, 64, (64, 32)),
        lambda k: InSequence((EqualCovariances(60), RandomProjection(int(k)))),
        _FOUND_TODAY,
        apart=True,
    ),
)

METHODS = {method.name: method for method in _METHODS}
"""Every protection, by its name."""


def method_of(name: str) -> Method:
    """Return the protection of that name, or raise ValueError."""
    return METHODS[one_of("protection", name, tuple(METHODS))]
