"""What an attacker achieves who sees no face, and one who knows every attribute."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, one_of, whole_number
from core.demographics import AGES, RACES, SEXES, YOUNGEST, Demographics
from core.inference.beliefs import Beliefs
from core.inference.held_out import HeldOut
from core.scenario import LARGEST_COMPANY, LINKAGES, SMALLEST_COMPANY

_HALVINGS = 200
_LOWEST = 50


def census_guess(linkage: str, cell_shares: ArrayLike, company_size: int) -> FloatArray:
    """Chance that a person of each cell is named by the best guess that sees no face.

    Without its faces all of a database's entries are alike, so any rule that gives each entry one name names one person
    in N on average: 1/N is the best that `"posterior"` and `"assignment"` can do. `"cells"` needs a cell for
    each face. The best guess reads each face as c with a chance g_c that makes the expected number of people named
    largest, sum_c p_c (1 - (1 - g_c)^N): where g_c > 0, N p_c (1 - g_c)^(N - 1) is the same for all c.

    Parameters
    ----------
    linkage : str
        One of `core.scenario.LINKAGES`.
    cell_shares : (C,) floats
        Share p of the population in each cell.
    company_size : int
        N, 2 to 1,000,000.

    Returns
    -------
    (C,) floats
    """
    size = whole_number("company size", company_size, SMALLEST_COMPANY, LARGEST_COMPANY)
    p = np.asarray(cell_shares, dtype=np.float64)
    if one_of("linkage", linkage, LINKAGES) != LINKAGES[0]:
        return np.full(p.shape, 1 / size)
    with np.errstate(divide="ignore"):
        log_p = np.log(p)
    low, high = log_p.max() - _LOWEST * size, log_p.max()
    for _ in range(_HALVINGS):
        level = (low + high) / 2
        low, high = (level, high) if _guessed(log_p, level, size).sum() > 1 else (low, level)
    guessed = _guessed(log_p, high, size)
    with np.errstate(divide="ignore"):
        return -np.expm1(size * np.log1p(-guessed / guessed.sum())) / size


def _guessed(log_p: FloatArray, level: float, size: int) -> FloatArray:
    """Chance g of each cell where log p + (N - 1) log(1 - g) is at most `level`."""
    return -np.expm1(np.minimum(level - log_p, 0) / (size - 1))


def perfect_inference() -> HeldOut:
    """Return one person of every age, sex and race, and beliefs that are sure of them, and right."""
    people = Demographics.from_counts(np.ones((AGES, len(SEXES), len(RACES)), dtype=np.int64))

    def sure(values: IntArray, count: int) -> FloatArray:
        return np.eye(count, dtype=np.float32)[values]

    beliefs = Beliefs(sure(people.sex, len(SEXES)), sure(people.race, len(RACES)), sure(people.age - YOUNGEST, AGES))
    return HeldOut(people, beliefs)
