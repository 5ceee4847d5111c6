"""Own staff from a list: one row a person, or one row a group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from core.checks import IntArray
from core.demographics import OLDEST, RACES, SEXES
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY
from core.staff import words
from core.staff.completion import NOT_STATED, complete
from core.staff.staff import YOUNGEST_STAFF, Staff
from core.uploads import HOSTED, Limits, UploadError, read_table, to_csv, to_xlsx
from core.uploads.limits import check_rows, file_name

COLUMNS = ("age", "sex", "race", "people")
OTHER = "Other / not stated"
SEX_CHOICES, RACE_CHOICES = (*SEXES, OTHER), (*RACES, OTHER)

_AGES = f"whole years from {YOUNGEST_STAFF} to {OLDEST}, or a group such as 30 to 39, under 30 or 60+"
_ALLOWED = {
    "age": _AGES,
    "sex": f"one of {', '.join(SEX_CHOICES)}",
    "race": f"one of {', '.join(RACE_CHOICES)}",
    "people": f"a whole number from 0 to {LARGEST_COMPANY:,}",
}


def template() -> pd.DataFrame:
    """Return the table that visitors fill in: its columns, and rows that show what may stand in them."""
    # "30 to 39" rather than "30-39": a spreadsheet program takes "10-12" for a day in October.
    rows = [
        ("under 30", "Female", "White", 4),
        ("30 to 39", "Male", "Black", 3),
        ("30 to 39", "Female", "Asian", 2),
        ("47", "Male", "Indian", 1),
        ("60+", OTHER, OTHER, 2),
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def template_csv() -> bytes:
    """Return the template as a CSV file."""
    return to_csv(template())


def template_xlsx() -> bytes:
    """Return the template as an Excel workbook."""
    return to_xlsx(template(), sheet="Staff")


def from_file(content: bytes, name: str, *, population: ArrayLike, limits: Limits = HOSTED) -> Staff:
    """Read own staff from a CSV or Excel file. Only the columns age, sex, race and people are kept; see `from_table`."""
    table = read_table(content, name, limits=limits, keep=lambda heading: words.column_of(heading) is not None)
    return from_table(table, name, population=population, limits=limits)


def from_table(table: pd.DataFrame, name: str, *, population: ArrayLike, limits: Limits = HOSTED) -> Staff:
    """Read own staff from a table of text.

    Parameters
    ----------
    table : DataFrame of str
        Columns age (years or a group), sex, race and people (1 where it is missing or empty), in any order and by any usual
        name; others are passed over. The index holds the number of each row.
    name : str
        Of the file or table, for sentences.
    population : (80, 2, 4) floats
        Shares of the census, for what is not stated.
    limits : Limits

    Raises
    ------
    UploadError
        If a cell means nothing, or the people are too few or too many. The sentence names column and row, and never a cell's
        content, which is a person's.
    """
    check_rows(len(table), name, limits)
    columns = _columns(table, name)
    count = len(table)
    read: dict[str, Any] = {}
    for column, mean in _MEANINGS.items():
        place = columns.get(column)
        read[column] = mean(table.iloc[:, place], column, name) if place is not None else mean.empty(count)
    numbers = read["people"][:, 0]
    size = int(numbers.sum())
    if not SMALLEST_COMPANY <= size <= LARGEST_COMPANY:
        raise UploadError(
            f"{file_name(name)} must hold {SMALLEST_COMPANY:,} to {LARGEST_COMPANY:,} people in all its rows, got {size:,}"
        )
    low, high = read["age"].T
    sex, race = read["sex"][:, 0], read["race"][:, 0]
    ageless = (low == words.ANY_AGE[0]) & (high == words.ANY_AGE[1])
    unknown = {"age": ageless, "sex": sex == NOT_STATED, "race": race == NOT_STATED}
    any_unknown = np.logical_or.reduce(list(unknown.values()))
    in_groups = int(numbers[(low < high) & ~ageless].sum())
    return Staff(
        complete(low, high, sex, race, numbers, population=population),
        completed=int(numbers[any_unknown].sum()),
        notes=tuple(_notes({column: int(numbers[rows].sum()) for column, rows in unknown.items()}, in_groups)),
    )


class _Meaning:
    """How one column is read: each different text once."""

    def __init__(self, parse: Callable[[str], Any], empty: str) -> None:
        self.parse, self.text = parse, empty

    def __call__(self, cells: pd.Series, column: str, name: str) -> IntArray:
        codes, texts = pd.factorize(cells.astype(str))
        values = []
        for code, text in enumerate(texts):
            try:
                values.append(np.atleast_1d(self.parse(text)))
            except ValueError:
                row = cells.index[int(np.flatnonzero(codes == code)[0])]
                raise UploadError(
                    f"{file_name(name)}, row {row}: {column} must be {_ALLOWED[column]}; this row holds something else"
                ) from None
        read: IntArray = np.array(values, dtype=np.int64)[codes]
        return read

    def empty(self, count: int) -> IntArray:
        """Return what a missing column stands for, once a row."""
        return np.tile(np.atleast_1d(self.parse(self.text)).astype(np.int64), (count, 1))


_MEANINGS = {
    "age": _Meaning(words.ages, ""),
    "sex": _Meaning(words.sex, ""),
    "race": _Meaning(words.race, ""),
    "people": _Meaning(words.people, ""),
}


def _columns(table: pd.DataFrame, name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(table.columns):
        column = words.column_of(str(heading))
        if column in found:
            raise UploadError(f"{file_name(name)} must have one column for {column}, got two: leave one out")
        if column is not None:
            found[column] = place
    if not {"age", "sex", "race"} & set(found):
        raise UploadError(
            f"{file_name(name)} must have at least one of the columns age, sex and race in its first row, and got none of them"
        )
    return found


def _notes(unknown: dict[str, int], in_groups: int) -> list[str]:
    others = {"age": "sex and race", "sex": "age and race", "race": "age and sex"}
    notes = [
        f"{column.capitalize()} is not stated for {number:,} {'person' if number == 1 else 'people'}: completed in proportion "
        f"to the census, given the {others[column]} that are stated."
        for column, number in unknown.items()
        if number
    ]
    if in_groups:
        who = (
            "1 person stands in an age group: the year is"
            if in_groups == 1
            else f"{in_groups:,} people stand in age groups: their years are"
        )
        notes.append(f"{who} spread within the group as in the census.")
    return notes
