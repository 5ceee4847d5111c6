"""Risk of a random company in closed form, with its references."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, whole_numbers
from core.risk.classes import LARGEST_OF_CLASS, EquivalenceRisk, by_class_size
from core.risk.outcomes import checked_outcomes, company_size_of, predicted_and_right
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY


def exact(outcomes: ArrayLike, company_size: int) -> EquivalenceRisk:
    """Expected risk of a random company of N people, in closed form.

    With q_c the chance to be read as cell c and a_c the chance to be read so rightly,

        E = (1/N) sum_c (a_c / q_c) (1 - (1 - q_c)^N)

    and the share of people read rightly in classes of size k is sum_c a_c Binomial(k - 1; N - 1, q_c):
    the other N - 1 people are read as c independently. `docs/method.md` derives both.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; sums to 1.
    company_size : int
        N, 2 to 1,000,000.

    Raises
    ------
    ValueError
        If the outcomes are no joint distribution or the company size is out of range.
    """
    size = company_size_of(company_size)
    q, a = predicted_and_right(outcomes)
    return EquivalenceRisk(float(expected_shares(q, a, size)), _class_size_shares(q, a, size), float(a.sum()))


def perfect(outcomes: ArrayLike, company_size: int) -> EquivalenceRisk:
    """Exact risk if every attribute were read rightly: J with the same people on its diagonal.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; only the shares of people truly in each cell matter.
    company_size : int
        N, 2 to 1,000,000.
    """
    p = checked_outcomes(outcomes).sum(axis=1)
    size = company_size_of(company_size)
    return EquivalenceRisk(float(expected_shares(p, p, np.array(size))), _class_size_shares(p, p, size), float(p.sum()))


def expected_shares(q: FloatArray, a: FloatArray, company_size: ArrayLike) -> FloatArray:
    """E for chances q and a of shape (..., C): the closed form of `exact`, without its checks.

    `company_size` broadcasts against the leading axes.
    """
    return named_by_cell(q, a, company_size).sum(axis=-1) / np.asarray(company_size)


def named_by_cell(q: FloatArray, a: FloatArray, company_size: ArrayLike) -> FloatArray:
    """Expected number of people of each cell who are named, shape (..., C); they add up to N E."""
    size = np.asarray(company_size, dtype=np.float64)
    rate = np.divide(a, q, out=np.zeros_like(a), where=q > 0)
    return rate * chance_of_any(q, size[..., None])


def of_cells(outcomes: ArrayLike, company_size: int) -> FloatArray:
    """Chance that a person of each true cell is named, (a_t / p_t) (1 - (1 - q_t)^N) / (N q_t).

    p_t is the share of people truly in t. Shape (C,); NaN for cells nobody is in.
    """
    size = company_size_of(company_size)
    joint = checked_outcomes(outcomes)
    named, p = named_by_cell(joint.sum(axis=0), np.diag(joint), size) / size, joint.sum(axis=1)
    return np.divide(named, p, out=np.full_like(p, np.nan), where=p > 0)


def advantage(expected_reidentified: ArrayLike, company_size: ArrayLike) -> FloatArray:
    """Gain over guessing a name at random, (E - 1/N) / (1 - 1/N): 0 for the guess, 1 for certainty."""
    sizes = whole_numbers("company sizes", np.atleast_1d(company_size), SMALLEST_COMPANY, LARGEST_COMPANY)
    guess = (1 / sizes).reshape(np.shape(company_size))
    return (np.asarray(expected_reidentified) - guess) / (1 - guess)


def chance_of_any(q: FloatArray, size: FloatArray) -> FloatArray:
    """1 - (1 - q)^N without loss of digits for small q."""
    with np.errstate(divide="ignore"):
        return -np.expm1(size * np.log1p(-np.minimum(q, 1)))


def _class_size_shares(q: FloatArray, a: FloatArray, size: int) -> dict[str, float]:
    from scipy.special import bdtr

    a, q = a[a > 0], np.minimum(q[a > 0], 1)
    largest = np.minimum(np.array(LARGEST_OF_CLASS), size)
    up_to = (a[:, None] * bdtr(largest - 1.0, size - 1, q[:, None])).sum(axis=0)
    shares = np.diff(np.concatenate([[0], up_to, [a.sum()]]))
    possible = np.array([1, *(largest + 1 for largest in LARGEST_OF_CLASS)]) <= size
    return by_class_size(np.where(possible, shares, 0))
