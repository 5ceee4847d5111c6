"""What a figure is over simulated companies, and how well its mean is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, generator
from core.risk import HIGH_PERCENTILE, LOW_PERCENTILE

BOOTSTRAP_REPEATS = 500


@dataclass(frozen=True)
class Spread:
    """A figure over simulated companies.

    Parameters
    ----------
    mean : float
    low, high : float
        2.5th and 97.5th percentile over companies: how much chance moves one company.
    mean_low, mean_high : float
        95 % interval of the mean, from drawing the companies again: how well the simulation knows it.
    """

    mean: float
    low: float
    high: float
    mean_low: float
    mean_high: float


def resampled(values: ArrayLike, *, rng: np.random.Generator) -> FloatArray:
    """Means of values (repeats, ...) over companies drawn again with replacement, shape (500, ...).

    Efron (1979), doi 10.1214/aos/1176344552. What is computed with the same state of `rng` from the same companies is
    paired.
    """
    array = np.asarray(values, dtype=np.float64)
    repeats = len(array)
    drawn = generator(rng).multinomial(repeats, np.full(repeats, 1 / repeats), size=BOOTSTRAP_REPEATS)
    means = (drawn / repeats) @ array.reshape(repeats, -1)
    return means.reshape(BOOTSTRAP_REPEATS, *array.shape[1:])


def spread(values: ArrayLike, *, rng: np.random.Generator) -> Spread:
    """Summarise one value a company, shape (repeats,).

    For the difference of two attackers, or two linkages, on the same companies give the differences company by
    company: the interval is then that of a paired comparison.
    """
    array = np.asarray(values, dtype=np.float64)
    percents = [LOW_PERCENTILE, HIGH_PERCENTILE]
    low, high = np.percentile(array, percents)
    mean_low, mean_high = np.percentile(resampled(array, rng=rng), percents)
    return Spread(*(float(value) for value in (array.mean(), low, high, mean_low, mean_high)))
