"""Equivalence classes: the risk of one database from the sizes of its classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, whole_numbers

CLASS_SIZES = ("1", "2-5", "6-10", "11-20", "21+")
LARGEST_OF_CLASS = (1, 5, 10, 20)


@dataclass(frozen=True)
class EquivalenceRisk:
    """Risk of a company.

    Parameters
    ----------
    expected_reidentified : float
        Expected share of people named, E.
    class_size_shares : dict
        Share of people read rightly in a class of each size: keys "1", "2-5", "6-10", "11-20", "21+".
        The values add up to `correct`.
    correct : float
        Share of people whose cell is read rightly.
    """

    expected_reidentified: float
    class_size_shares: dict[str, float]
    correct: float


def of_database(true_cells: ArrayLike, predicted_cells: ArrayLike) -> EquivalenceRisk:
    """Risk of one database: E = (1/N) sum_i c_i / k_i (paper, Section VI).

    Parameters
    ----------
    true_cells, predicted_cells : (N,) ints
        Cell of each person, and the cell read from the face.

    Examples
    --------
    >>> of_database([0, 0, 1], [0, 0, 0]).expected_reidentified
    0.2222222222222222
    """
    true = whole_numbers("true cells", true_cells, 0, 2**31 - 1)
    predicted = whole_numbers("predicted cells", predicted_cells, 0, 2**31 - 1)
    if len(true) != len(predicted) or not len(true):
        raise ValueError(f"true and predicted cells must have one length of 1 or more, got {len(true)} and {len(predicted)}")
    right = true == predicted
    _, member_of, size = np.unique(predicted, return_inverse=True, return_counts=True)
    k = size[member_of]
    shares = np.bincount(class_of(k[right]), minlength=len(CLASS_SIZES)) / len(true)
    return EquivalenceRisk(float((right / k).mean()), by_class_size(shares), float(right.mean()))


def class_of(k: IntArray) -> IntArray:
    """Position in `CLASS_SIZES` of a class of k people."""
    return np.searchsorted(LARGEST_OF_CLASS, k, side="left")


def by_class_size(shares: FloatArray) -> dict[str, float]:
    """Shares by the names in `CLASS_SIZES`."""
    return {size: max(float(share), 0.0) for size, share in zip(CLASS_SIZES, shares, strict=True)}
