"""Small tables as text: lists of staff and the like, from CSV or Excel."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from core.uploads import kinds, text, workbook
from core.uploads.limits import HOSTED, Limits, UploadError, check_rows, check_size, file_name


def read_table(
    content: bytes, name: str, *, limits: Limits = HOSTED, keep: Callable[[str], bool] = lambda _: True
) -> pd.DataFrame:
    """Read a CSV or Excel file as text.

    CSV may be in UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons, tabs or bars. Nothing is computed:
    a formula in a CSV is text, one in a workbook the value that was last computed.

    Parameters
    ----------
    content : bytes
    name : str
        The file's name: its ending says what it is.
    limits : Limits
    keep : callable
        Told the name of a column; where it says no, the column is passed over and never kept.

    Returns
    -------
    DataFrame of str
        Cells without blanks around them; an empty cell is "". The index holds the number of each row in the file, the
        header being row 1, so that a sentence can name it. Blank rows are left out.

    Raises
    ------
    UploadError
        If the file is none of these, damaged, too large, or no table.
    """
    check_size(content, name, limits)
    if kinds.kind_of(content, name, (kinds.CSV, kinds.XLSX)) == kinds.XLSX:
        rows = workbook.rows(content, name, limits)
        header = next(rows, (0, []))[1]
        if not header:
            raise UploadError(f"{file_name(name)} is empty: its first sheet has no cells")
    else:
        table = text.open_text(content, name, limits)
        header, rows = table.header, table.rows(limits)
    return _kept(header, rows, name, limits, keep)


def _kept(
    header: list[str], rows: Iterator[tuple[int, list[str]]], name: str, limits: Limits, keep: Callable[[str], bool]
) -> pd.DataFrame:
    places = [place for place, column in enumerate(header) if keep(column)]
    most = limits.cells // max(len(places), 1)
    numbers: list[int] = []
    cells: list[list[str]] = []
    for number, row in rows:
        if len(numbers) >= most:
            got = f"more than {most:,} rows of {len(places):,} columns"
            raise UploadError(f"{file_name(name)} must hold at most {limits.cells:,} cells, got {got}")
        numbers.append(number)
        cells.append([row[place].strip() for place in places])
    check_rows(len(numbers), name, limits)
    return pd.DataFrame(cells, index=pd.Index(numbers, name="row"), columns=[header[place] for place in places], dtype=object)
