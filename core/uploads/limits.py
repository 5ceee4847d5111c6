"""What an uploaded file may hold, and the sentence that says what is wrong with one."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LONGEST_NAME = 60
_LONGEST_VALUE = 12
_MEGABYTE = 1_000_000


class UploadError(ValueError):
    """A file cannot be used. The text names file, column and row, and quotes no more than a few characters of it."""


@dataclass(frozen=True)
class Limits:
    """What an uploaded file may hold at most.

    Parameters
    ----------
    size : int
        Bytes of the file.
    rows : int
        Rows below the header.
    columns : int
    cells : int
        Cells of text that are kept: rows times columns.
    numbers : int
        Numbers of all embeddings: rows times dimension.
    inflated : int
        Bytes that a compressed file unpacks to.
    """

    size: int = 200_000_000
    rows: int = 200_000
    columns: int = 2_100
    cells: int = 4_000_000
    numbers: int = 60_000_000
    inflated: int = 600_000_000


HOSTED = Limits()
"""What a visitor of the app may upload."""

COMMAND_LINE = Limits(size=20_000_000_000, rows=5_000_000, cells=50_000_000, numbers=2_000_000_000, inflated=40_000_000_000)
"""What the command line reads: bounded by the memory of one's own machine."""


def file_name(name: str) -> str:
    """Write a file's name as a sentence holds it: no folder, nothing that cannot be printed, at most 60 characters."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(letter if letter.isprintable() else "?" for letter in last).strip() or "the file"
    return clean if len(clean) <= _LONGEST_NAME else f"{clean[:_LONGEST_NAME]}..."


def few_letters(value: object) -> str:
    """Quote a value of a file: its first 12 characters are enough to find it again."""
    text = str(value)
    cut = text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
    return repr(cut)


def check_size(content: bytes, name: str, limits: Limits) -> None:
    """Raise UploadError for a file that is empty or too large."""
    if not content.strip(b" \t\r\n") if len(content) < _MEGABYTE else False:
        raise UploadError(f"{file_name(name)} is empty")
    if len(content) > limits.size:
        raise UploadError(
            f"{file_name(name)} must have at most {limits.size / _MEGABYTE:,.0f} MB, got {len(content) / _MEGABYTE:,.1f} MB"
        )


def check_rows(rows: int, name: str, limits: Limits) -> None:
    """Raise UploadError for a table without rows or with too many."""
    if rows < 1:
        raise UploadError(f"{file_name(name)} must hold at least 1 row below the names of its columns, got none")
    if rows > limits.rows:
        raise UploadError(f"{file_name(name)} must hold at most {limits.rows:,} rows, got {rows:,} or more")


def check_columns(count: int, name: str, limits: Limits) -> None:
    """Raise UploadError for a table with too many columns."""
    if count > limits.columns:
        raise UploadError(f"{file_name(name)} must have at most {limits.columns:,} columns, got {count:,} or more")


def checked_header(header: list[str], name: str, limits: Limits) -> list[str]:
    """Return the names of columns without blanks around them, or raise UploadError where they are none.

    Columns without a name at the end, as spreadsheets leave them, are not counted.
    """
    file = file_name(name)
    names = [cell.strip("\ufeff \t\r\n\xa0") for cell in header]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UploadError(f"{file} must have the names of its columns in row 1, got an empty row")
    check_columns(len(names), name, limits)
    if any(_is_measurement(each) for each in names):
        raise UploadError(f"{file} must have the names of its columns in row 1, got numbers there: add a row with names above")
    if "" in names:
        raise UploadError(f"{file}, row 1: column {names.index('') + 1} has no name")
    seen: dict[str, int] = {}
    for place, each in enumerate(names, start=1):
        first = seen.setdefault(each.casefold(), place)
        if first != place:
            raise UploadError(f"{file}, row 1: columns {first} and {place} have the same name, {few_letters(each)}")
    return names


def _is_measurement(name: str) -> bool:
    """Tell whether a name is a number with decimals or a sign: whole numbers from 0 may name the numbers of an embedding."""
    return re.fullmatch(r"[-+]\d+|[-+]?\d*[.,]\d+([eE][-+]?\d+)?", name) is not None
