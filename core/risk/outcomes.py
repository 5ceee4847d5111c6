"""How a random employee is read: the matrix J of outcomes, truth by prediction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, matrix, whole_number
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY

_SUM_TOLERANCE = 1e-6


def checked_outcomes(outcomes: ArrayLike) -> FloatArray:
    """Return outcomes as a square matrix of chances that sum to 1, or raise ValueError."""
    joint = matrix("outcomes", outcomes).astype(np.float64, copy=False)
    if joint.shape[0] != joint.shape[1] or not joint.size:
        raise ValueError(f"outcomes must be a square matrix, truth by prediction, got shape {joint.shape}")
    if joint.min() < 0:
        raise ValueError(f"outcomes must be 0 or more, got {joint.min():g}")
    if abs(joint.sum() - 1) > _SUM_TOLERANCE:
        raise ValueError(f"outcomes must sum to 1, got {joint.sum():g}")
    return joint


def predicted_and_right(outcomes: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Chances q to be read as each cell, and a to be read as it rightly, shape (C,) each."""
    joint = checked_outcomes(outcomes)
    return joint.sum(axis=0), np.diag(joint).copy()


def company_size_of(value: int) -> int:
    """Return the company size, or raise ValueError if it is out of range."""
    return whole_number("company size", value, SMALLEST_COMPANY, LARGEST_COMPANY)
