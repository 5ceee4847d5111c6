"""How the people of a company's own staff are read: exactly these people, not a random company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import risk
from core.checks import FloatArray, IntArray
from core.company import Matching
from core.demographics import AgeBins, cell_count, cells
from core.risk import ThesePeople


@dataclass(frozen=True)
class StaffRead:
    """Own staff under an attack.

    Parameters
    ----------
    these : ThesePeople
        One kind for each age, sex and race that occurs.
    named : (cells,) floats
        Expected number of people of each true cell who are named.
    resampled_named : (resamples, cells) floats
        The same, from resampled held-out faces.
    """

    these: ThesePeople
    named: FloatArray
    resampled_named: FloatArray

    @property
    def size(self) -> int:
        """Number of people, N."""
        return self.these.size

    @property
    def by_cell(self) -> FloatArray:
        """Chance that a person of each true cell is named, shape (cells,); NaN for cells nobody is in."""
        people = np.bincount(self.these.cell, weights=self.these.people, minlength=len(self.named))
        return np.divide(self.named, people, out=np.full_like(self.named, np.nan), where=people > 0)

    @property
    def resampled_shares(self) -> FloatArray:
        """Expected share named from each resample, shape (resamples,)."""
        shares: FloatArray = self.resampled_named.sum(axis=1) / self.size
        return shares


def read_staff(
    staff: IntArray, matched: Matching, predicted: IntArray, bins: AgeBins, *, repeats: int, rng: np.random.Generator
) -> StaffRead:
    """Work out how own staff are read, and how many of them are named.

    Parameters
    ----------
    staff : (80, 2, 4) ints
        People by age, sex and race.
    matched : Matching
        Of these people's shares.
    predicted : (faces,) ints
        Cell that the attacker reads for each held-out face.
    bins : AgeBins
    repeats : int
        Resamples of the held-out faces, weighted anew as in `core.company.resampled_outcomes`.
    rng : numpy.random.Generator
    """
    count, cell = cell_count(bins), cells(matched.people, bins)
    people = staff[matched.people.age - 1, matched.people.sex, matched.people.race]
    pairs, pair = np.unique(matched.kind * count + predicted[matched.face], return_inverse=True)
    kind, read = np.divmod(pairs, count)
    chance = np.bincount(pair, weights=matched.chance)
    these = ThesePeople(people, cell, kind, read, chance / np.bincount(kind, weights=chance)[kind])

    chances = np.empty((repeats, len(pairs)))
    for repeat in range(repeats):
        weight = rng.standard_exponential(len(predicted))[matched.face]
        total = np.bincount(matched.kind, weights=weight)
        chances[repeat] = np.bincount(pair, weights=weight / total[matched.kind])
    in_cell = (cell[:, None] == np.arange(count)).astype(np.float64)
    return StaffRead(
        these,
        named=(people * risk.risk_of_kinds(these)) @ in_cell,
        resampled_named=(people * risk.resampled_risk(these, chances)) @ in_cell,
    )
