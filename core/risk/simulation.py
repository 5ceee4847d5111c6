"""Risk of many random companies, simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, generator, whole_number, whole_numbers
from core.risk.classes import CLASS_SIZES, EquivalenceRisk, class_of
from core.risk.expectation import expected_shares
from core.risk.outcomes import checked_outcomes, company_size_of, predicted_and_right
from core.scenario import FEWEST_REPEATS, LARGEST_COMPANY, MOST_REPEATS, SMALLEST_COMPANY

LOW_PERCENTILE, HIGH_PERCENTILE = 2.5, 97.5


@dataclass(frozen=True)
class SimulatedRisk:
    """Risk of many random companies: one value per repeat, and their summary.

    Parameters
    ----------
    expected_reidentified : (repeats,) floats
    class_size_shares : dict of (repeats,) floats
    correct : (repeats,) floats
    """

    expected_reidentified: FloatArray
    class_size_shares: dict[str, FloatArray]
    correct: FloatArray

    @property
    def repeats(self) -> int:
        """Number of companies simulated."""
        return len(self.expected_reidentified)

    @property
    def mean(self) -> EquivalenceRisk:
        """Mean over the repeats."""
        return EquivalenceRisk(
            float(self.expected_reidentified.mean()),
            {size: float(values.mean()) for size, values in self.class_size_shares.items()},
            float(self.correct.mean()),
        )

    @property
    def low(self) -> float:
        """2.5th percentile of the expected share of people named, over companies."""
        return float(np.percentile(self.expected_reidentified, LOW_PERCENTILE))

    @property
    def high(self) -> float:
        """97.5th percentile of the expected share of people named, over companies."""
        return float(np.percentile(self.expected_reidentified, HIGH_PERCENTILE))


def simulate(outcomes: ArrayLike, company_size: int, repeats: int, rng: np.random.Generator) -> SimulatedRisk:
    """Risk of `repeats` random companies of N people.

    Only the chance to be read as each cell, rightly or wrongly, matters. The counts of these outcomes
    are one multinomial draw a company, so the cost grows neither with N nor with the square of the
    number of cells.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; sums to 1.
    company_size : int
        N, 2 to 1,000,000.
    repeats : int
        Number of companies, 1 to 10,000.
    rng : numpy.random.Generator
    """
    size = company_size_of(company_size)
    repeats = whole_number("repeats", repeats, FEWEST_REPEATS, MOST_REPEATS)
    q, a = predicted_and_right(outcomes)
    return _simulate(q, a, size, repeats, generator(rng))


def _simulate(q: FloatArray, a: FloatArray, size: int, repeats: int, rng: np.random.Generator) -> SimulatedRisk:
    # Cells nobody is read as rightly add nothing: their outcomes are one, "elsewhere".
    a, q = a[a > 0], q[a > 0]
    outcomes = np.concatenate([a, np.maximum(q - a, 0)])
    outcomes = np.append(outcomes, max(1 - outcomes.sum(), 0))
    counts = rng.multinomial(size, outcomes / outcomes.sum(), size=repeats)
    right, wrong = counts[:, : len(a)], counts[:, len(a) : -1]
    k = right + wrong
    named = np.divide(right, k, out=np.zeros(k.shape), where=k > 0).sum(axis=1)
    position = class_of(k)
    shares = {name: np.where(position == number, right, 0).sum(axis=1) / size for number, name in enumerate(CLASS_SIZES)}
    return SimulatedRisk(named / size, shares, right.sum(axis=1) / size)


@dataclass(frozen=True)
class RiskCurve:
    """Risk over company sizes.

    Parameters
    ----------
    company_sizes : (n,) ints
    expected : (n,) floats
        Exact E.
    low, high : (n,) floats
        2.5th and 97.5th percentile over simulated companies.
    random_guess : (n,) floats
        1/N: a name drawn at random.
    perfect : (n,) floats
        Exact E if every attribute were read rightly.
    """

    company_sizes: IntArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    random_guess: FloatArray
    perfect: FloatArray


def curve(outcomes: ArrayLike, company_sizes: ArrayLike, *, repeats: int, rng: np.random.Generator) -> RiskCurve:
    """E over company sizes, with the spread between companies and both reference lines."""
    sizes = whole_numbers("company sizes", company_sizes, SMALLEST_COMPANY, LARGEST_COMPANY)
    repeats = whole_number("repeats", repeats, FEWEST_REPEATS, MOST_REPEATS)
    q, a = predicted_and_right(outcomes)
    p = checked_outcomes(outcomes).sum(axis=1)
    generator(rng)
    spread = [_simulate(q, a, int(size), repeats, rng) for size in sizes]
    return RiskCurve(
        company_sizes=sizes,
        expected=expected_shares(q, a, sizes),
        low=np.array([risk.low for risk in spread]),
        high=np.array([risk.high for risk in spread]),
        random_guess=1 / sizes,
        perfect=expected_shares(p, p, sizes),
    )
