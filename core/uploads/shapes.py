"""What a column of an upload holds, and what was read of some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.checks import FloatArray, IntArray
from core.uploads.limits import Limits, UploadError, file_name

NUMBER, LIST, TEXT, OTHER = "number", "list", "text", "other"
"""One number a row; several numbers a row; text; and what can be neither an embedding nor a label."""


@dataclass(frozen=True)
class Column:
    """A column of a file.

    Parameters
    ----------
    name : str
    kind : str
        One of `NUMBER`, `LIST`, `TEXT`, `OTHER`.
    width : int
        Numbers in a row of a list, as far as is known without reading all rows; 1 for others.
    """

    name: str
    kind: str
    width: int = 1


@dataclass(frozen=True)
class Values:
    """Numbers (n, d) as float32, whether finite or not; labels as text; and the number of each row."""

    numbers: FloatArray
    texts: dict[str, list[str]]
    row: IntArray


def check_numbers(rows: int, width: int, name: str, limits: Limits) -> None:
    """Raise UploadError where embeddings have more numbers in all than may be kept."""
    if rows * width > limits.numbers:
        raise UploadError(
            f"{file_name(name)} must hold at most {limits.numbers:,} numbers, got {rows:,} rows of {width:,}: leave rows out"
        )


def as_float32(values: Any) -> FloatArray:
    """Return numbers as float32; those too large become infinite, and are refused as such."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(values).astype(np.float32)


def as_label(value: object) -> str:
    """Write a label as text: 34 rather than 34.0, and nothing where there is none."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)[:200].strip()
