"""How the people of a company's own staff are read: exactly these people, not a random company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import risk
from core.checks import FloatArray, IntArray
from core.company import Matching
from core.demographics import YOUNGEST, AgeBins, cell_count, cells, cells_of
from core.inference.declared import Declared
from core.risk import ThesePeople

_NEARLY_NEVER = 1e-7
_PAIRS_DRAWN, _FEWEST_REPEATS = 2_000_000, 20


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
    return _read(these, chances, count)


def read_staff_as_declared(
    staff: IntArray, stated: Declared, bins: AgeBins, *, repeats: int, rng: np.random.Generator
) -> StaffRead:
    """Work out how own staff are read by an attacker of which only a test is known.

    Parameters
    ----------
    staff : (80, 2, 4) ints
    stated : Declared
    bins : AgeBins
    repeats : int
        Times that the test's result is drawn anew, as its number of faces allows; fewer where there are many kinds of people.
    rng : numpy.random.Generator
    """
    count, shares = cell_count(bins), staff / staff.sum()
    age, sex, race = np.nonzero(staff)
    cell = cells_of(bins.of(age + YOUNGEST), sex, race)

    def chances(matrices: dict[str, FloatArray]) -> FloatArray:
        read_bin = np.add.reduceat(matrices["age"], bins.first_ages - YOUNGEST, axis=1)[age]
        by_kind = np.einsum("kB,kS,kR->kBSR", read_bin, matrices["sex"][sex], matrices["race"][race])
        return by_kind.reshape(len(age), count)

    likely = chances(stated.matrices(shares))
    # What nearly never happens takes as long to add up as what does.
    kind, read = np.nonzero(np.where(likely > _NEARLY_NEVER, True, cell[:, None] == np.arange(count)))

    def of_pairs(values: FloatArray) -> FloatArray:
        kept = values[kind, read]
        return kept / np.bincount(kind, weights=kept)[kind]

    these = ThesePeople(staff[age, sex, race], cell, kind, read, of_pairs(likely))

    times = int(np.clip(_PAIRS_DRAWN // len(kind), min(repeats, _FEWEST_REPEATS), repeats))
    drawn = np.stack([of_pairs(chances(stated.matrices(shares, rng=rng))) for _ in range(times)])
    return _read(these, drawn, count)


def _read(these: ThesePeople, resampled: FloatArray, count: int) -> StaffRead:
    in_cell = (these.cell[:, None] == np.arange(count)).astype(np.float64)
    return StaffRead(
        these,
        named=(these.people * risk.risk_of_kinds(these)) @ in_cell,
        resampled_named=(these.people * risk.resampled_risk(these, resampled)) @ in_cell,
    )
