"""Embeddings in NPZ: arrays whose headers are looked at before anything is unpacked; nothing is ever unpickled."""

from __future__ import annotations

import math
import zipfile
from typing import IO, Any

import numpy as np

from core.uploads import zips
from core.uploads.limits import Limits, UploadError, check_columns, check_rows, file_name
from core.uploads.shapes import LIST, NUMBER, OTHER, TEXT, Column, Values, as_float32, as_label, check_numbers

_LONGEST_HEADER = 10_000
_PROBLEMS = (*zips.DAMAGED, TypeError, SyntaxError, OverflowError, MemoryError, RecursionError, UnicodeError, IndexError)


def describe(content: bytes, name: str, limits: Limits) -> list[Column]:
    """Return the arrays that could be columns, from their headers."""
    with zips.opened(content, name, inflated=limits.inflated) as archive:
        members = [member for member in archive.namelist() if member.endswith(".npy")]
        check_columns(len(members), name, limits)
        if not members:
            raise UploadError(f"{file_name(name)} must hold at least 1 array, got none")
        columns = []
        for member in members:
            array = member.removesuffix(".npy")
            shape, dtype = _header(archive, member, name, limits)
            columns.append(_column(array, shape, dtype))
        names = [column.name for column in columns]
        double = next((each for each in names if names.count(each) > 1), None)
        if double is not None:
            raise UploadError(f"{file_name(name)} holds the array {double!r} more than once")
        return columns


def read(content: bytes, name: str, numbers: list[str], texts: list[str], limits: Limits) -> Values:
    """Read arrays with numbers (one of two dimensions, or some of one) and arrays with labels."""
    with zips.opened(content, name, inflated=limits.inflated) as archive:
        arrays = {column: _array(archive, column, name, limits) for column in dict.fromkeys([*numbers, *texts])}
    rows = len(arrays[numbers[0]]) if numbers else 0
    for column, array in arrays.items():
        if len(array) != rows:
            raise UploadError(
                f"{file_name(name)}, array {column}, must have {rows:,} rows like {numbers[0]}, got {len(array):,}"
            )
    check_rows(rows, name, limits)
    parts = [arrays[column].reshape(rows, -1) for column in numbers]
    for column, part in zip(numbers, parts, strict=True):
        if part.dtype.kind not in "iuf":
            raise UploadError(f"{file_name(name)}, array {column}, must hold numbers, got values of type {part.dtype}")
    check_numbers(rows, sum(part.shape[1] for part in parts), name, limits)
    matrix = np.concatenate([as_float32(part) for part in parts], axis=1)
    labels = {column: [as_label(value) for value in arrays[column].tolist()] for column in texts}
    return Values(matrix, labels, np.arange(1, rows + 1))


def _column(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Column:
    if dtype.kind in "iuf" and len(shape) == 2:
        return Column(name, LIST, shape[1])
    if len(shape) == 1 and dtype.kind in "iufUSb":
        return Column(name, NUMBER if dtype.kind in "iuf" else TEXT)
    return Column(name, OTHER)


def _array(archive: zipfile.ZipFile, column: str, name: str, limits: Limits) -> np.ndarray[Any, Any]:
    member = f"{column}.npy"
    shape, dtype = _header(archive, member, name, limits)
    if _column(column, shape, dtype).kind == OTHER:
        raise UploadError(f"{file_name(name)}, array {column}, must have one or two dimensions, got shape {shape}")
    try:
        with archive.open(member) as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
        if array.dtype.kind == "S":
            array = np.char.decode(array, "utf-8")
    except _PROBLEMS as error:
        raise UploadError(f"{file_name(name)}, array {column}, is damaged") from error
    return np.asarray(array)


def _header(archive: zipfile.ZipFile, member: str, name: str, limits: Limits) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type that an array declares, refused where they are too large or need a pickle."""
    array = member.removesuffix(".npy")[:60]
    try:
        with archive.open(member) as file:
            shape, dtype = _declared(file)
    except _PROBLEMS as error:
        raise UploadError(f"{file_name(name)}, array {array}, is damaged") from error
    if dtype.hasobject:
        raise UploadError(
            f"{file_name(name)}, array {array}, holds Python objects, which are never unpickled: save text as strings"
        )
    if any(length < 0 for length in shape) or math.prod(shape) * max(dtype.itemsize, 1) > limits.inflated:
        raise UploadError(f"{file_name(name)}, array {array}, must unpack to at most {limits.inflated / 1e6:,.0f} MB, got more")
    return shape, dtype


def _declared(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=_LONGEST_HEADER)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(file, max_header_size=_LONGEST_HEADER)
    else:
        raise ValueError("an array of an unknown version")
    return tuple(int(length) for length in shape), dtype
