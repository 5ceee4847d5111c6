"""What a linkage says of each person."""

from __future__ import annotations

from dataclasses import dataclass

from core.checks import FloatArray

RANKS = (1, 3, 5, 10)
"""Numbers of guesses at which success is reported."""


@dataclass(frozen=True)
class Found:
    """What a linkage achieves for each person of some companies.

    Parameters
    ----------
    success : (ranks, companies, N) floats
        Chance that the person's name is among the first guesses, for each of `RANKS`; ties count as
        broken at random.
    anonymity : (companies, N) floats
        Size of the anonymity set: names among which the attacker hesitates.
    """

    success: FloatArray
    anonymity: FloatArray
