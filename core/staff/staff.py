"""A company's own staff: how many people of each age, sex and race work there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.checks import IntArray, shown, whole_number, whole_numbers
from core.demographics import AGES, OLDEST, RACES, SEXES, YOUNGEST
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY

YOUNGEST_STAFF = 14
"""Youngest age at work that a list may hold: the lowest that the International Labour Organization's Convention 138 allows."""

_SHAPE = (AGES, len(SEXES), len(RACES))
_FIELDS = ("people", "completed", "notes")


@dataclass(frozen=True)
class Staff:
    """People of a company by age, sex and race; nobody by name, and no rows.

    Parameters
    ----------
    counts : (80, 2, 4) ints
        People by age from 1 to 80, `SEXES` and `RACES`; 2 to 1,000,000 together, aged 14 to 80.
    completed : int
        Number of people whose age, sex or race was not stated, and was completed from the census.
    notes : tuple of str
        A sentence on each thing that was completed, and how.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    counts: IntArray
    completed: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        counts = whole_numbers("people of each age, sex and race", self.counts, 0, LARGEST_COMPANY, shape=_SHAPE).copy()
        size = whole_number("people in the company", int(counts.sum()), SMALLEST_COMPANY, LARGEST_COMPANY)
        if counts[: YOUNGEST_STAFF - YOUNGEST].any():
            raise ValueError(f"ages of people in the company must be {YOUNGEST_STAFF} to {OLDEST}, got younger ones")
        counts.setflags(write=False)
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "completed", whole_number("people completed from the census", self.completed, 0, size))
        object.__setattr__(self, "notes", tuple(self.notes))
        if not all(isinstance(note, str) for note in self.notes):
            raise ValueError(f"notes on a company must be sentences, got {shown(self.notes)}")

    @property
    def size(self) -> int:
        """Number of people, N."""
        return int(self.counts.sum())

    @property
    def female_share(self) -> float:
        """Share of women."""
        return float(self.counts[:, SEXES.index("Female")].sum() / self.size)

    def to_dict(self) -> dict[str, Any]:
        """Plain values: `people` holds [age, sex, race, number] of each kind of person who occurs."""
        kinds = np.argwhere(self.counts > 0)
        people = [[int(age) + YOUNGEST, SEXES[sex], RACES[race], int(self.counts[age, sex, race])] for age, sex, race in kinds]
        return {"people": people, "completed": self.completed, "notes": list(self.notes)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Staff:
        """Inverse of `to_dict`. Raises ValueError for what is no staff, naming the entry."""
        if not isinstance(values, Mapping) or "people" not in values or set(values) - set(_FIELDS):
            raise ValueError(f"own staff must have the fields {', '.join(_FIELDS)}, and people at least")
        people, notes = values["people"], values.get("notes", [])
        if not isinstance(people, list) or not isinstance(notes, list):
            raise ValueError("people and notes of own staff must be lists")
        counts = np.zeros(_SHAPE, dtype=np.int64)
        for number, entry in enumerate(people, start=1):
            counts[_position(number, entry)] += whole_number(
                f"number of people in entry {number} of own staff", entry[3], 1, LARGEST_COMPANY
            )
        return cls(counts, values.get("completed", 0), tuple(notes))


def _position(number: int, entry: object) -> tuple[int, int, int]:
    if not isinstance(entry, list) or len(entry) != len(_SHAPE) + 1 or entry[1] not in SEXES or entry[2] not in RACES:
        raise ValueError(
            f"entry {number} of own staff must be [age, one of {', '.join(SEXES)}, one of {', '.join(RACES)}, number of people]"
        )
    age = whole_number(f"age in entry {number} of own staff", entry[0], YOUNGEST_STAFF, OLDEST)
    return age - YOUNGEST, SEXES.index(entry[1]), RACES.index(entry[2])
