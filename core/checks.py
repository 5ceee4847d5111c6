"""Array types, and checks that turn bad arguments into sentences."""

from __future__ import annotations

import operator
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]

_LONGEST_NUMBER_BITS = 200
"""Larger whole numbers, of more than 60 digits, are not written out: Python refuses some, and nobody reads the others."""


def shown(value: object) -> str:
    """Write a value as a sentence names it; what cannot be written is named by its kind."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if value.bit_length() <= _LONGEST_NUMBER_BITS else "a number of more than 60 digits"
    try:
        return repr(value)
    except ValueError:  # a number of thousands of digits somewhere within
        return f"a {type(value).__name__} that is too long to write"


def whole_number(name: str, value: object, low: int, high: int) -> int:
    """Return `value` as an int from `low` to `high`, or raise ValueError."""
    try:
        if isinstance(value, bool) or not isinstance(value, SupportsIndex):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number from {low:,} to {high:,}, got {shown(value)}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} must be {low:,} to {high:,}, got {shown(number)}")
    return number


def real_number(name: str, value: object, low: float, high: float) -> float:
    """Return `value` as a float from `low` to `high`, or raise ValueError."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        raise ValueError(f"{name} must be {low:g} to {high:g}, got {shown(value)}") from None
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number from {low:g} to {high:g}, got {shown(value)}") from None
    if not low <= number <= high:
        raise ValueError(f"{name} must be {low:g} to {high:g}, got {number:g}")
    return number


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> str:
    """Return `value` if it is one of `allowed`, or raise ValueError."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {shown(value)}")
    return value


def generator(rng: object) -> np.random.Generator:
    """Return `rng` if it is a random generator, or raise ValueError."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(0), got {shown(rng)}")
    return rng


def whole_numbers(
    name: str, values: ArrayLike, low: int, high: int, *, shape: tuple[int, ...] | None = None
) -> NDArray[np.int64]:
    """Return `values` as an integer array within `low` to `high`, or raise ValueError.

    The array has one dimension, or is of `shape` where one is given.
    """
    array = _numbers(values)
    if array is None:
        raise ValueError(f"{name} must be whole numbers from {low:,} to {high:,}, got {_kind(values)}")
    if shape is None and array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {array.shape}")
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind == "f" and not np.all(array == np.floor(array)):
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
    array = _numbers(values)
    if array is None:
        got = _kind(values) if isinstance(values, np.ndarray) else type(values).__name__
        raise ValueError(f"{name} must be a matrix of numbers, got {got}")
    if array.dtype.kind != "f":
        array = array.astype(np.float64)
    if array.ndim != 2:
        raise ValueError(f"{name} must be a matrix, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {int((~np.isfinite(array)).sum())} values that are NaN or infinite")
    return array


def _numbers(values: ArrayLike) -> NDArray[Any] | None:
    """Return `values` as an array of integers or floats, or None if they are anything else."""
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):  # rows of different lengths
        return None
    return array if array.dtype.kind in "iuf" else None


def _kind(values: ArrayLike) -> str:
    """Say what `values` are, where they are no array of numbers."""
    try:
        return f"values of type {np.asarray(values).dtype}"
    except (TypeError, ValueError):
        return type(values).__name__
