"""Tables written as text: which encoding, which separator, and their records one by one."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.uploads.limits import Limits, UploadError, check_columns, checked_header, file_name

SEPARATORS = (";", "\t", "|", ",")

_BLOCK = 1 << 20
_LONGEST_RECORD = 1_000_000
_TRIED_RECORDS = 20
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
"""First line that Excel writes, or reads, to name the separator."""


@dataclass(frozen=True)
class TextTable:
    """A table as text, not yet read.

    Parameters
    ----------
    content : bytes
    name : str
    encoding : str
    separator : str
    header : list of str
        Names of the columns.
    first_row : int
        Number of the row that holds them, from 1: spreadsheets count alike.
    """

    content: bytes
    name: str
    encoding: str
    separator: str
    header: list[str]
    first_row: int

    def rows(self, limits: Limits) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of each row that is not blank. Raises UploadError where a row has another length."""
        width, kept = len(self.header), 0
        for number, cells in _records(self.content, self.name, self.encoding, self.separator):
            if number <= self.first_row or not any(cell.strip() for cell in cells):
                continue
            if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
                del cells[width:]
            if len(cells) != width:
                raise UploadError(
                    f"{file_name(self.name)}, row {number:,}, must have {width:,} values, one a column, got {len(cells):,}"
                )
            kept += 1
            if kept > limits.rows:
                raise UploadError(f"{file_name(self.name)} must hold at most {limits.rows:,} rows, got more")
            yield number, cells


def open_text(content: bytes, name: str, limits: Limits) -> TextTable:
    """Find out how a table is written, and read the names of its columns. Raises UploadError."""
    encoding = encoding_of(content, name)
    first = _first_line(content, encoding)
    told = _SEPARATOR_LINE.fullmatch(first)
    # Counted before anything is built from it: ten million names are never made.
    check_columns(max(first.count(separator) for separator in SEPARATORS) + 1, name, limits)
    if len(first) >= _LONGEST_RECORD:
        raise UploadError(f"{file_name(name)}, row 1, must have at most {_LONGEST_RECORD:,} characters, got more")
    separator = told[1] if told and told[1] in SEPARATORS else _separator_of(content, name, encoding)
    for number, cells in _records(content, name, encoding, separator):
        if (told and number == 1) or not any(cell.strip() for cell in cells):
            continue
        return TextTable(content, name, encoding, separator, checked_header(cells, name, limits), number)
    raise UploadError(f"{file_name(name)} is empty")


def encoding_of(content: bytes, name: str) -> str:
    """Return UTF-8, UTF-16 (where its mark stands first) or Windows-1252, or raise UploadError."""
    file = file_name(name)
    encoding = next((each for mark, each in _UTF_16.items() if content.startswith(mark)), "utf-8-sig")
    if encoding == "utf-8-sig" and (place := content.find(b"\0")) >= 0:
        row = content.count(b"\n", 0, place) + 1
        raise UploadError(f"{file}, row {row:,}, holds bytes that are 0, so it is no text: save it as CSV in UTF-8")
    tried = (encoding, "cp1252") if encoding == "utf-8-sig" else (encoding,)
    for each in tried:
        wrong = _undecodable(content, each)
        if wrong is None:
            return each
    row = content.count(b"\n", 0, wrong) + 1
    raise UploadError(f"{file}, row {row:,}, must be text in UTF-8, UTF-16 or Windows-1252, got bytes that are none of them")


def _undecodable(content: bytes, encoding: str) -> int | None:
    """First place, to within a block, that an encoding has no letter for."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(content), _BLOCK):
        try:
            decoder.decode(content[start : start + _BLOCK], final=start + _BLOCK >= len(content))
        except UnicodeDecodeError as error:
            return start + error.start
    return None


def _opened(content: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")


def _first_line(content: bytes, encoding: str) -> str:
    with _opened(content, encoding) as file:
        line = file.readline(_LONGEST_RECORD)
        while line and not line.strip():
            line = file.readline(_LONGEST_RECORD)
    return line


def _separator_of(content: bytes, name: str, encoding: str) -> str:
    """Separator that cuts most of the first rows into as many cells as the header, and the header into most."""
    scores = {}
    for separator in SEPARATORS:
        widths = []
        try:
            for _, cells in _records(content, name, encoding, separator):
                widths += [len(cells)] if any(cell.strip() for cell in cells) else []
                if len(widths) > _TRIED_RECORDS:
                    break
        except UploadError:
            widths = widths or [1]
        if not widths:
            raise UploadError(f"{file_name(name)} is empty")
        alike = sum(width == widths[0] for width in widths) if widths[0] > 1 else 0
        scores[separator] = (alike, widths[0])
    return max(SEPARATORS, key=lambda separator: scores[separator]) if max(scores.values())[0] else ","


def _records(content: bytes, name: str, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each record, blank ones with no cells; none longer than a million characters is ever built."""
    taken = 0
    number = 0

    def lines(file: io.TextIOWrapper) -> Iterator[str]:
        nonlocal taken
        while line := file.readline(_LONGEST_RECORD):
            taken += len(line)
            if taken >= _LONGEST_RECORD:
                raise UploadError(
                    f"{file_name(name)}, row {number + 1:,}, must have at most {_LONGEST_RECORD:,} characters, got more; "
                    "look for a quotation mark that is not closed"
                )
            yield line

    with _opened(content, encoding) as file:
        records = csv.reader(lines(file), delimiter=separator, strict=True)
        while True:
            try:
                cells = next(records, None)
            except csv.Error as error:
                raise UploadError(
                    f"{file_name(name)}, row {number + 1:,}, cannot be read: look for a quotation mark that is not closed or a "
                    f"cell that is too long"
                ) from error
            if cells is None:
                return
            number, taken = number + 1, 0
            yield number, cells
