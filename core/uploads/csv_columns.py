"""Embeddings in CSV: one column a number, or lists such as `[0.1, 0.2]` in one column; decimal points or commas."""

from __future__ import annotations

import re
from itertools import islice

import numpy as np

from core.checks import FloatArray
from core.uploads.limits import Limits, UploadError, few_letters, file_name
from core.uploads.shapes import LIST, NUMBER, TEXT, Column, Values, as_label, check_numbers
from core.uploads.text import TextTable, open_text

_LOOKED_AT = 20
_BETWEEN = re.compile(r"[\s,;]+")
_BETWEEN_WITH_DECIMAL_COMMA = re.compile(r"[\s;]+")
_NUMBER = re.compile(r"[-+]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][-+]?[0-9]+)?")


def describe(content: bytes, name: str, limits: Limits) -> list[Column]:
    """Return the columns, from the header and the first rows."""
    table = open_text(content, name, limits)
    first = [cells for _, cells in islice(table.rows(limits), _LOOKED_AT)]
    columns = []
    for place, column in enumerate(table.header):
        filled = [cells[place].strip() for cells in first if cells[place].strip()]
        if filled and all(cell[0] in "[(" for cell in filled) and all(map(_NUMBER.fullmatch, _list_of(filled[0])[:1])):
            columns.append(Column(column, LIST, len(_list_of(filled[0]))))
        else:
            columns.append(Column(column, NUMBER if filled and all(map(_NUMBER.fullmatch, filled)) else TEXT))
    return columns


def read(content: bytes, name: str, numbers: list[str], texts: list[str], limits: Limits) -> Values:
    """Read columns row by row: no more than one row is ever held as text, but for labels."""
    table = open_text(content, name, limits)
    places = [table.header.index(column) for column in numbers]
    labels = {column: table.header.index(column) for column in texts}
    rows: list[FloatArray] = []
    number_of: list[int] = []
    found: dict[str, list[str]] = {column: [] for column in texts}
    for number, cells in table.rows(limits):
        values = _row(table, number, cells, numbers, places)
        if rows and len(values) != len(rows[0]):
            raise UploadError(
                f"{file_name(name)}, column {numbers[0]}, row {number:,}, must have {len(rows[0]):,} numbers like the first "
                f"row, got {len(values):,}"
            )
        rows.append(values)
        number_of.append(number)
        check_numbers(len(rows), len(values), name, limits)
        for column, place in labels.items():
            found[column].append(as_label(cells[place]))
    matrix = np.stack(rows) if rows else np.empty((0, len(numbers)), dtype=np.float32)
    return Values(matrix, found, np.array(number_of, dtype=np.int64))


def _row(table: TextTable, number: int, cells: list[str], columns: list[str], places: list[int]) -> FloatArray:
    texts = [cells[place].strip() for place in places]
    one_list = len(texts) == 1 and texts[0][:1] in ("[", "(")
    if one_list:
        texts = _list_of(texts[0])
    try:
        return _floats(texts)
    except ValueError:
        wrong = next((place for place, text in enumerate(texts) if not _is_float(text)), 0)
        where = f"{columns[0]}, number {wrong + 1}" if one_list else columns[wrong]
        got = few_letters(texts[wrong]) if texts and texts[wrong] else "nothing"
        raise UploadError(f"{file_name(table.name)}, column {where}, row {number:,}, must be a number, got {got}") from None


def _list_of(text: str) -> list[str]:
    inner = text.strip("[]() \t\r\n")
    # With a decimal comma, numbers can only be parted by semicolons or blanks.
    between = _BETWEEN_WITH_DECIMAL_COMMA if ";" in inner else _BETWEEN
    return [part for part in between.split(inner) if part]


def _floats(texts: list[str]) -> FloatArray:
    with np.errstate(over="ignore"):
        try:
            return np.array(texts, dtype=np.float64).astype(np.float32)
        except ValueError:
            return np.array([text.replace(",", ".") for text in texts], dtype=np.float64).astype(np.float32)


def _is_float(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
