"""Array types, and checks that turn bad arguments into sentences."""

from __future__ import annotations

import operator
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """Return `value` as an int from `low` to `high`, or raise ValueError."""
    try:
        if isinstance(value, bool) or not isinstance(value, SupportsIndex):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number from {low:,} to {high:,}, got {value!r}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} must be {low:,} to {high:,}, got {number:,}")
    return number


def real_number(name: str, value: object, low: float, high: float) -> float:
    """Return `value` as a float from `low` to `high`, or raise ValueError."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, got {value!r}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} must be {low:g} to {high:g}, got {number:g}")
    return number


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    """Return `value` if it is one of `allowed`, or raise ValueError."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
    return value


def whole_numbers(name: str, values: ArrayLike, low: int, high: int) -> IntArray:
    """Return `values` as a one-dimensional integer array within `low` to `high`, or raise ValueError."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {array.shape}")
    if array.size == 0:
        return array.astype(np.int64)
    floats = np.issubdtype(array.dtype, np.floating)
    if not np.issubdtype(array.dtype, np.integer) and not (floats and np.all(array == np.floor(array))):
        raise ValueError(f"{name} must be whole numbers from {low:,} to {high:,}, got values of type {array.dtype}")
    if array.min() < low or array.max() > high:
        raise ValueError(f"{name} must be {low:,} to {high:,}, got {array.min():,} to {array.max():,}")
    return array.astype(np.int64, copy=False)


def row_numbers(rows: ArrayLike) -> NDArray[Any]:
    """Return indices or a mask as an array that indexes, also where it is empty."""
    array = np.asarray(rows)
    return array if array.size else array.astype(np.intp)


def matrix(name: str, values: ArrayLike) -> FloatArray:
    """Return `values` as a two-dimensional array of finite floats, or raise ValueError."""
    try:
        array = np.asarray(values)
        if not np.issubdtype(array.dtype, np.floating):
            array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a matrix of numbers, got {type(values).__name__}") from None
    if array.ndim != 2:
        raise ValueError(f"{name} must be a matrix, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {int((~np.isfinite(array)).sum())} values that are NaN or infinite")
    return array


def generator(rng: object) -> np.random.Generator:
    """Return `rng` if it is a numpy.random.Generator, or raise ValueError."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0), got {rng!r}")
    return rng
