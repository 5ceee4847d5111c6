"""Excel workbooks: their first sheet with cells, row by row."""

from __future__ import annotations

import datetime
import io
import re
import warnings
from collections.abc import Iterator
from typing import Any

from core.uploads import zips
from core.uploads.limits import Limits, UploadError, checked_header, file_name

MOST_INFLATED = 150_000_000
"""Bytes that a workbook may unpack to: reading its XML takes many times as long as that of a CSV."""

_BLOCK = 1 << 20
_MOST_BLANK = 1_000
_LONGEST_CELL = 32_767
_MARKUP = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)", re.IGNORECASE)
"""Declarations that let a short text stand for a long one, in 8 or 16 bits a letter: no spreadsheet program writes them."""


def rows(content: bytes, name: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that is not blank, the header with the names of columns first.

    Formulas stand for the value that was last computed. Raises UploadError.
    """
    _check_parts(content, name)
    first, cells = next(_filled_rows(content, name, limits, width=limits.columns + 1), (0, []))
    if not cells:
        return
    header = checked_header(cells, name, limits)
    yield first, header
    width, kept = len(header), 0
    for number, cells in _filled_rows(content, name, limits, width=width + 1):
        if number <= first:
            continue
        if len(cells) > width and cells[width].strip():
            raise UploadError(f"{file_name(name)}, row {number:,}, has a value to the right of the last column with a name")
        kept += 1
        if kept > limits.rows:
            raise UploadError(f"{file_name(name)} must hold at most {limits.rows:,} rows, got more")
        yield number, cells[:width]


def _filled_rows(content: bytes, name: str, limits: Limits, *, width: int) -> Iterator[tuple[int, list[str]]]:
    """Number and first `width` cells of each row that is not blank."""
    for number, values in enumerate(_raw_rows(content, name, width), start=1):
        # Blank ones count, too: a single cell may claim to stand in row 1,000,000.
        if number > limits.rows + _MOST_BLANK:
            raise UploadError(f"{file_name(name)} must hold at most {limits.rows:,} rows, got more")
        cells = [_as_text(value) for value in values]
        if any(cell.strip() for cell in cells):
            yield number, cells


def _check_parts(content: bytes, name: str) -> None:
    """Unpack every part once, a block at a time, and refuse markup that grows when it is read."""
    with zips.opened(content, name, inflated=MOST_INFLATED) as archive:
        for member in archive.infolist():
            end = b""
            try:
                with archive.open(member) as part:
                    while block := part.read(_BLOCK):
                        if _MARKUP.search(end + block):
                            raise UploadError(f"{file_name(name)} holds declarations that no spreadsheet program writes")
                        end = block[-32:]
            except UploadError:
                raise
            except zips.DAMAGED as error:
                raise UploadError(f"{file_name(name)} is damaged: a part of the workbook cannot be unpacked") from error


def _raw_rows(content: bytes, name: str, width: int) -> Iterator[tuple[Any, ...]]:
    import openpyxl

    cannot = f"{file_name(name)} is no Excel workbook that can be read: open it and save it as .xlsx again"
    with warnings.catch_warnings():
        # They speak of what is left out, and some quote cells.
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the sheet claims about its size is not relied on
            found = sheet.iter_rows(max_col=width, values_only=True)
            while (values := next(found, None)) is not None:
                yield values
        except UploadError:
            raise
        except Exception as error:  # openpyxl lets through whatever a broken part makes it stumble over
            raise UploadError(cannot) from error


def _as_text(value: Any) -> str:
    """Write a cell as its owner would: 34 rather than 34.0."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)[:_LONGEST_CELL]
