"""Attributes, age bins and cells: the words everything else is said in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from core.checks import IntArray, row_numbers, whole_number, whole_numbers

SEXES = ("Male", "Female")
RACES = ("White", "Black", "Asian", "Indian")
YOUNGEST, OLDEST = 1, 80
AGES = OLDEST - YOUNGEST + 1
NARROWEST_BIN, WIDEST_BIN = 1, 40
_MOST_OF_A_KIND = 2**31 - 1


@dataclass(frozen=True)
class AgeBins:
    """Bins of equal width over ages 1 to 80; the last one is narrower where 80 is no multiple of the width.

    Parameters
    ----------
    width : int
        Years per bin, 1 to 40. The first bin is 1 to `width`.

    Examples
    --------
    >>> AgeBins(20).labels
    ('1-20', '21-40', '41-60', '61-80')
    """

    width: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", whole_number("age-bin width", self.width, NARROWEST_BIN, WIDEST_BIN))

    @property
    def count(self) -> int:
        return -(-AGES // self.width)

    @property
    def first_ages(self) -> IntArray:
        return np.arange(YOUNGEST, OLDEST + 1, self.width)

    @property
    def last_ages(self) -> IntArray:
        return np.minimum(self.first_ages + self.width - 1, OLDEST)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        pairs = zip(self.first_ages, self.last_ages, strict=True)
        return tuple(f"{first}-{last}" if first < last else f"{first}" for first, last in pairs)

    def of(self, ages: ArrayLike) -> IntArray:
        """Bin of each age, counted from 0. Raises ValueError for ages outside 1 to 80."""
        return (whole_numbers("ages", ages, YOUNGEST, OLDEST) - YOUNGEST) // self.width


@dataclass(frozen=True)
class Demographics:
    """Age, sex and race of n people.

    Parameters
    ----------
    age : (n,) ints, 1 to 80, years
    sex : (n,) ints, index into `SEXES`
    race : (n,) ints, index into `RACES`

    Raises
    ------
    ValueError
        If a value is out of range or the lengths differ.
    """

    age: IntArray
    sex: IntArray
    race: IntArray

    def __post_init__(self) -> None:
        ranges = {"age": (YOUNGEST, OLDEST), "sex": (0, len(SEXES) - 1), "race": (0, len(RACES) - 1)}
        for name, (low, high) in ranges.items():
            object.__setattr__(self, name, whole_numbers(name, getattr(self, name), low, high))
        if not len(self.age) == len(self.sex) == len(self.race):
            raise ValueError(
                f"age, sex and race must have one length, got {len(self.age)}, {len(self.sex)} and {len(self.race)}"
            )

    def __len__(self) -> int:
        return len(self.age)

    def take(self, rows: ArrayLike) -> Demographics:
        """Return the chosen rows (indices or a mask)."""
        rows = row_numbers(rows)
        return Demographics(self.age[rows], self.sex[rows], self.race[rows])

    @property
    def group(self) -> IntArray:
        """Race-sex group, 0 to 7: four races by two sexes."""
        return self.race * len(SEXES) + self.sex

    def counts(self) -> IntArray:
        """People of each age, sex and race, shape (80, 2, 4)."""
        shape = (AGES, len(SEXES), len(RACES))
        flat = np.ravel_multi_index((self.age - YOUNGEST, self.sex, self.race), shape)
        return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)

    @staticmethod
    def from_counts(counts: ArrayLike) -> Demographics:
        """One row a person from people of each age, sex and race, shape (80, 2, 4): the inverse of `counts`."""
        counts = whole_numbers("people of each kind", counts, 0, _MOST_OF_A_KIND, shape=(AGES, len(SEXES), len(RACES)))
        age, sex, race = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
        return Demographics(age + YOUNGEST, sex, race)


def cell_count(bins: AgeBins) -> int:
    """Return the number of cells: age bins times sexes times races."""
    return bins.count * len(SEXES) * len(RACES)


def cells_of(age_bin: ArrayLike, sex: ArrayLike, race: ArrayLike) -> IntArray:
    """Cell of each (age bin, sex, race), counted from 0; the race changes fastest.

    Raises
    ------
    ValueError
        If a sex or race does not exist, an age bin does not at any width, or the lengths differ.
    """
    age_bin = whole_numbers("age bins", age_bin, 0, AGES - 1)
    sex = whole_numbers("sex", sex, 0, len(SEXES) - 1)
    race = whole_numbers("race", race, 0, len(RACES) - 1)
    if not len(age_bin) == len(sex) == len(race):
        raise ValueError(f"age bins, sex and race must have one length, got {len(age_bin)}, {len(sex)} and {len(race)}")
    return (age_bin * len(SEXES) + sex) * len(RACES) + race


def cells(people: Demographics, bins: AgeBins) -> IntArray:
    """Cell of each person: the quasi-identifier values that an attacker can look up."""
    return cells_of(bins.of(people.age), people.sex, people.race)


def from_cells(values: ArrayLike, bins: AgeBins) -> tuple[IntArray, IntArray, IntArray]:
    """Age bin, sex and race of each cell: the inverse of `cells_of`."""
    values = whole_numbers("cells", values, 0, cell_count(bins) - 1)
    rest, race = np.divmod(values, len(RACES))
    age_bin, sex = np.divmod(rest, len(SEXES))
    return age_bin, sex, race


def cell_labels(bins: AgeBins) -> list[str]:
    """Readable names of all cells, such as "21-40, Female, Asian"."""
    return [f"{age}, {sex}, {race}" for age in bins.labels for sex in SEXES for race in RACES]
