"""Who is on a photo: from UTKFace's file names, from a CSV, or unknown."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from core.checks import shown
from core.demographics import RACES, SEXES
from core.faces import utkface

FROM_NAMES, NONE = "names", "none"
_COLUMNS = ("file", "age", "sex", "race")
_RACES = (*RACES, "Other")
_OLDEST = 150


@dataclass(frozen=True)
class Labels:
    """Age in years, sex and race; None where unknown."""

    age: int | None = None
    sex: str | None = None
    race: str | None = None


UNKNOWN = Labels()


@dataclass(frozen=True)
class LabelSource:
    """`"names"`, `"none"`, or rows of a CSV by file; the digest tells one CSV from another."""

    kind: str
    rows: dict[str, Labels] | None = None

    def of(self, name: str) -> Labels:
        """Return the labels of a photo."""
        if self.rows is not None:
            return self.rows.get(name, UNKNOWN)
        read = utkface.labels_of(name) if self.kind == FROM_NAMES else None
        return Labels(read.age, SEXES[read.sex], _RACES[read.race]) if read else UNKNOWN


def label_source(choice: str) -> LabelSource:
    """Return where labels come from: `"names"`, `"none"`, or a CSV with the columns file, age, sex and race.

    Raises
    ------
    ValueError
        If the CSV cannot be read; the sentence names the line.
    """
    if choice in (FROM_NAMES, NONE):
        return LabelSource(choice)
    path = Path(choice)
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise ValueError(f"labels must be names, none or a CSV file: cannot read {choice}, {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"labels in {path.name} must be text in UTF-8") from error
    try:
        table = csv.reader(lines, strict=True)
        header = [name.strip().lower() for name in next(table, [])]
        if sorted(header) != sorted(_COLUMNS):
            raise ValueError(f"{path.name} must have the columns {', '.join(_COLUMNS)}, got {', '.join(header) or 'none'}")
        rows: dict[str, Labels] = {}
        for cells in table:
            if cells:
                where = f"line {table.line_num} of {path.name}"
                file, labels = _row(cells, header, where)
                if file in rows:
                    raise ValueError(f"{where} must name a file not named before, got {shown(file)}")
                rows[file] = labels
    except csv.Error as error:
        raise ValueError(f"{path.name} is no CSV table: {error}") from error
    return LabelSource(f"CSV {hashlib.sha256(content).hexdigest()[:16]}", rows)


def _row(cells: list[str], header: list[str], where: str) -> tuple[str, Labels]:
    if len(cells) != len(header):
        raise ValueError(f"{where} must have {len(header)} cells, got {len(cells)}")
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    if not row["file"]:
        raise ValueError(f"{where} must name a file, got none")
    age = row["age"]
    if age and not (age.isascii() and age.isdigit() and len(age) <= 3 and int(age) <= _OLDEST):
        raise ValueError(f"age in {where} must be a whole number from 0 to {_OLDEST}, or empty, got {shown(age)}")
    sex, race = _one_of(row["sex"], SEXES, f"sex in {where}"), _one_of(row["race"], _RACES, f"race in {where}")
    return row["file"], Labels(int(age) if age else None, sex, race)


def _one_of(cell: str, allowed: tuple[str, ...], what: str) -> str | None:
    if not cell:
        return None
    for value in allowed:
        if value.lower() == cell.lower():
            return value
    raise ValueError(f"{what} must be {', '.join(allowed)}, or empty, got {shown(cell)}")
