"""Columns of embeddings and labels from CSV, Parquet or NPZ: first what there is, then those that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, IntArray
from core.uploads import csv_columns, kinds, npz, parquet
from core.uploads.limits import HOSTED, Limits, UploadError, check_rows, check_size, file_name
from core.uploads.shapes import Column, Values

KINDS = (kinds.CSV, kinds.PARQUET, kinds.NPZ)
_MODULES = {kinds.CSV: csv_columns, kinds.PARQUET: parquet, kinds.NPZ: npz}


@dataclass(frozen=True)
class Extract:
    """Columns that were asked for.

    Parameters
    ----------
    numbers : (n, d) float32
        Those that hold numbers, side by side. All are finite.
    texts : dict of lists of n strings
        Those that hold labels, as text: 34 rather than 34.0, and "" where there is none.
    row : (n,) ints
        Number of each row: in a CSV as spreadsheets count, in other files from 1.
    """

    numbers: FloatArray
    texts: dict[str, list[str]]
    row: IntArray


def describe(content: bytes, name: str, *, limits: Limits = HOSTED) -> list[Column]:
    """Return the columns of a file without reading its rows.

    Raises
    ------
    UploadError
        If the file is no CSV, Parquet or NPZ, is damaged, or too large.
    """
    check_size(content, name, limits)
    return _MODULES[kinds.kind_of(content, name, KINDS)].describe(content, name, limits)


def read_columns(
    content: bytes, name: str, *, numbers: Sequence[str], texts: Sequence[str], limits: Limits = HOSTED
) -> Extract:
    """Read columns with numbers and columns with labels; others are not looked at.

    Parameters
    ----------
    content : bytes
    name : str
    numbers : names of columns
        One column a number, or one that holds several numbers in each row.
    texts : names of columns
    limits : Limits

    Raises
    ------
    UploadError
        If the file or one of its values cannot be used: not a number, NaN or infinite, rows of different lengths,
        too many.
    """
    check_size(content, name, limits)
    module = _MODULES[kinds.kind_of(content, name, KINDS)]
    known = [column.name for column in module.describe(content, name, limits)]
    for wanted in (*numbers, *texts):
        if wanted not in known:
            raise UploadError(f"{file_name(name)} must have the column {wanted!r}, got {len(known):,} others")
    read: Values = module.read(content, name, list(numbers), list(texts), limits)
    check_rows(len(read.numbers), name, limits)
    finite = np.isfinite(read.numbers)
    if not finite.all():
        row, place = (int(each) for each in np.argwhere(~finite)[0])
        column = numbers[place] if len(numbers) > 1 else f"{numbers[0]}, number {place + 1}"
        raise UploadError(
            f"{file_name(name)}, column {column}, row {read.row[row]:,}, must be a finite number, got NaN, an infinity or a "
            "number too large; leave rows without a face out"
        )
    return Extract(read.numbers, read.texts, read.row)
