"""Tables that we write: no cell of them can start a formula.

A spreadsheet program takes a cell that starts with one of `= + - @`, a tab or a line break for a formula, which may
fetch or run something (OWASP, CSV Injection). Such text is written with an apostrophe before it; numbers stay numbers.
"""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First letters of a formula, also those of full width, which some programs take for them."""

_LONGEST_CELL = 32_767
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")


def to_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV in UTF-8, its index left out, with nothing that starts a formula."""
    return _escaped(frame).to_csv(index=False).encode("utf-8")


def to_xlsx(frame: pd.DataFrame, *, sheet: str = "Table") -> bytes:
    """Write a table as an Excel workbook of one sheet, its index left out, with nothing that starts a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet)

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return None if pd.isna(value) else value.item() if isinstance(value, np.generic) else value
        written = WriteOnlyCell(page, value=_printable(value)[:_LONGEST_CELL])
        written.data_type = "s"  # openpyxl would take what starts with = for a formula
        return written

    safe = _escaped(frame)
    page.append([cell(str(name)) for name in safe.columns])
    for row in safe.itertuples(index=False, name=None):
        page.append([cell(value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def escaped(value: object) -> object:
    """Return a cell with an apostrophe before it where it is text that could start a formula; -1.5 is no formula."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value) or not value.lstrip(" ").startswith(FORMULA_STARTS):
        return value
    return f"'{value}"


def _escaped(frame: pd.DataFrame) -> pd.DataFrame:
    columns = [
        frame.iloc[:, place] if pd.api.types.is_numeric_dtype(frame.dtypes.iloc[place]) else frame.iloc[:, place].map(escaped)
        for place in range(frame.shape[1])
    ]
    names = [escaped(str(name)) for name in frame.columns]
    return pd.DataFrame(dict(enumerate(columns)), index=frame.index).set_axis(names, axis=1)


def _printable(value: str) -> str:
    """Leave out control characters that a workbook cannot hold."""
    return "".join(letter for letter in value if letter >= " " or letter in "\t\n\r")
