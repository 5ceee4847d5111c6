"""From one predicted age to a probability for each age: how far predictions were off on faces not trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, whole_numbers
from core.demographics import AGES, OLDEST, YOUNGEST

GRID = np.linspace(YOUNGEST, OLDEST, 2 * (OLDEST - YOUNGEST) + 1)
"""Predicted ages, half a year apart, at which the distribution of the true age is kept."""

PREDICTION_WIDTH = 1.5
"""Standard deviation, in years, of the kernel over predicted ages. 1 and 3 give a higher log loss on real faces."""

AGE_WIDTH = 0.5
"""Standard deviation, in years, of the kernel over true ages. Labels crowd at round ages; wider kernels lose that."""

UNEXPECTED_SHARE = 0.01
"""Share of faces whose age is taken to follow the training mix whatever is predicted: no age is ruled out."""


@dataclass(frozen=True)
class AgeErrors:
    """Distribution of the true age at each predicted age of `GRID`.

    Parameters
    ----------
    table : (159, 80) floats
        Rows sum to 1.
    """

    table: FloatArray

    def __post_init__(self) -> None:
        shape = (len(GRID), AGES)
        sound = self.table.shape == shape and np.isfinite(self.table).all() and (self.table >= 0).all()
        if not sound or abs(self.table.sum(axis=1, dtype=np.float64) - 1).max() > 5e-3:
            raise ValueError(f"age errors must be probabilities with shape {shape} that sum to 1, got {self.table.shape}")

    def beliefs(self, predicted: ArrayLike) -> FloatArray:
        """Probability of each age from 1 to 80 at predicted ages (n,), shape (n, 80); straight lines between the grid."""
        step = GRID[1] - GRID[0]
        place = (np.clip(np.asarray(predicted, dtype=np.float64), YOUNGEST, OLDEST) - YOUNGEST) / step
        below = np.minimum(place.astype(np.int64), len(GRID) - 2)
        part = (place - below)[:, None]
        return (1 - part) * self.table[below] + part * self.table[below + 1]


def fit(predicted: ArrayLike, ages: ArrayLike) -> AgeErrors:
    """Estimate the distribution of the true age given the predicted one.

    Parameters
    ----------
    predicted : (n,) floats
        Ages predicted of faces that the predictor was not trained on, years.
    ages : (n,) ints
        Their true ages.

    Notes
    -----
    A kernel estimate of the conditional density (Rosenblatt, 1969, Conditional probability density and
    regression estimators, in Multivariate Analysis II): its width follows the predicted age, as errors grow with age.
    """
    truth = whole_numbers("ages", ages, YOUNGEST, OLDEST)
    read = np.clip(np.asarray(predicted, dtype=np.float64), YOUNGEST, OLDEST)
    if len(read) != len(truth) or not len(truth):
        raise ValueError(f"predicted and true ages must have one length of 1 or more, got {len(read)} and {len(truth)}")
    counts = np.bincount(truth - YOUNGEST, minlength=AGES) / len(truth)
    every_age = np.arange(YOUNGEST, OLDEST + 1)
    spread = np.exp(-0.5 * ((every_age[:, None] - every_age) / AGE_WIDTH) ** 2)
    spread /= spread.sum(axis=1, keepdims=True)
    # Where no prediction comes near, the nearest ones count: a kernel that is 0 everywhere tells nothing.
    gap = np.abs(GRID[:, None] - read)
    near = np.exp(-0.5 * (gap**2 - gap.min(axis=1, keepdims=True) ** 2) / PREDICTION_WIDTH**2)
    of_age = np.zeros((len(GRID), AGES))
    np.add.at(of_age.T, truth - YOUNGEST, near.T)
    table = of_age @ spread
    table /= table.sum(axis=1, keepdims=True)
    return AgeErrors((1 - UNEXPECTED_SHARE) * table + UNEXPECTED_SHARE * (counts @ spread))
