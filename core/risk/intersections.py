"""Who bears the risk: by sex, race, age bin and their intersections, with intervals and what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.checks import BoolArray, FloatArray, IntArray
from core.demographics import RACES, SEXES, AgeBins, cell_count, from_cells
from core.risk.simulation import HIGH_PERCENTILE, LOW_PERCENTILE

GROUPINGS = {
    "sex": ("sex",),
    "race": ("race",),
    "age": ("age",),
    "sex and race": ("sex", "race"),
    "age and sex": ("age", "sex"),
    "age and race": ("age", "race"),
    "age, sex and race": ("age", "sex", "race"),
}
"""Attributes that people are grouped by; the last grouping is that by cell."""

BY_CELL = "age, sex and race"

_NEARLY_NONE = 1e-9

FEWEST_FACES = 30
"""A group with fewer held-out faces behind it, or fewer people simulated, is marked as uncertain."""


@dataclass(frozen=True)
class Exposure:
    """Risk of a person of each group of one grouping; groups nobody belongs to are left out.

    Parameters
    ----------
    labels : names of the groups
    risk : (groups,) floats
        Chance that a person of the group is named.
    low, high : (groups,) floats
        Its 95 % interval.
    guess : (groups,) floats
        The same chance for the best guess that sees no face.
    people : (groups,) floats
        Expected number of people of the group in the company.
    faces : (groups,) ints
        Held-out faces that stand for people of the group.
    uncertain : (groups,) bools
        Whether the risk rests on few: fewer than 30 of these faces, or of people simulated.
    average : float
        Chance that a person of the whole company is named.
    """

    labels: tuple[str, ...]
    risk: FloatArray
    low: FloatArray
    high: FloatArray
    guess: FloatArray
    people: FloatArray
    faces: IntArray
    uncertain: BoolArray
    average: float

    @property
    def ratio(self) -> FloatArray:
        """Risk of each group relative to the average person's."""
        return self.risk / self.average if self.average > 0 else np.full(len(self.risk), np.nan)

    @property
    def advantage(self) -> FloatArray:
        """Gain over the guess about the same group, (risk - guess) / (1 - guess)."""
        return (self.risk - self.guess) / (1 - self.guess)

    def most_exposed(self, count: int = 10) -> Exposure:
        """Return the groups whose people bear the highest risk, the highest first; of two alike, the larger one."""
        rows = np.lexsort((-self.people, -self.risk))[:count]
        arrays = ("risk", "low", "high", "guess", "people", "faces", "uncertain")
        taken = {name: getattr(self, name)[rows] for name in arrays}
        return replace(self, labels=tuple(self.labels[row] for row in rows), **taken)


def faces_behind(cell: IntArray, face: IntArray, bins: AgeBins) -> dict[str, IntArray]:
    """Count the held-out faces that stand for people of each group of each grouping.

    Parameters
    ----------
    cell, face : (pairs,) ints
        A cell, and a face that can stand for one of its people; a face of several cells of a group counts once.
    bins : AgeBins
    """
    found: dict[str, IntArray] = {}
    width = int(face.max(initial=0)) + 1
    for name in GROUPINGS:
        group, labels = _groups(name, bins)
        pairs = np.unique(group[cell] * width + face)
        found[name] = np.bincount(pairs // width, minlength=len(labels))
    return found


def exposure(
    people: FloatArray,
    named: FloatArray,
    *,
    resampled_people: FloatArray,
    resampled_named: FloatArray,
    guess: FloatArray,
    faces: dict[str, IntArray],
    bins: AgeBins,
    drawn: FloatArray | None = None,
    groupings: Sequence[str] = tuple(GROUPINGS),
) -> dict[str, Exposure]:
    """Risk of a person of each group.

    Parameters
    ----------
    people, named : (cells,) floats
        Expected number of people who truly are in each cell, and of those who are named.
    resampled_people, resampled_named : (resamples, cells) floats
        The same, estimated again from resampled faces or companies: for the intervals.
    guess : (cells,) floats
        Chance that a person of each cell is named by the best guess that sees no face.
    faces : dict
        What `faces_behind` returns.
    bins : AgeBins
    drawn : (cells,) floats, optional
        Number of people simulated, where the risk is not exact.
    groupings : names of `GROUPINGS`, optional

    Returns
    -------
    dict of Exposure
        One for each grouping.
    """
    return {
        name: _by_grouping(name, people, named, (resampled_people, resampled_named), guess, faces[name], bins, drawn)
        for name in groupings
    }


def _by_grouping(
    name: str,
    people: FloatArray,
    named: FloatArray,
    resampled: tuple[FloatArray, FloatArray],
    guess: FloatArray,
    faces: IntArray,
    bins: AgeBins,
    drawn: FloatArray | None,
) -> Exposure:
    group, labels = _groups(name, bins)
    member = (group[:, None] == np.arange(len(labels))).astype(np.float64)
    present = np.flatnonzero(people @ member > 0)
    member = member[:, present]
    size = people @ member
    again_people, again_named = (values @ member for values in resampled)
    again = np.divide(again_named, again_people, out=np.full(again_named.shape, np.nan), where=again_people > 0)
    low, high = np.nanpercentile(again, [LOW_PERCENTILE, HIGH_PERCENTILE], axis=0)
    risk, uncertain = named @ member / size, faces[present] < FEWEST_FACES
    if drawn is not None:
        count = drawn @ member
        few = count < FEWEST_FACES
        uncertain |= few
        low[few], high[few] = _of_few(risk[few], count[few])
    return Exposure(
        labels=tuple(labels[index] for index in present),
        risk=risk,
        low=low,
        high=high,
        guess=(people * guess) @ member / size,
        people=size,
        faces=faces[present],
        uncertain=uncertain,
        average=float(named.sum() / people.sum()),
    )


def _of_few(risk: FloatArray, count: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Clopper and Pearson's (1934, doi 10.1093/biomet/26.4.404) interval of a share among few people simulated.

    Drawing three people again who were all named gives three who were all named, and no interval.
    """
    from scipy.special import betaincinv

    named = risk * count
    low = betaincinv(np.maximum(named, _NEARLY_NONE), count - named + 1, LOW_PERCENTILE / 100)
    high = betaincinv(named + 1, np.maximum(count - named, _NEARLY_NONE), HIGH_PERCENTILE / 100)
    return low, high


def _groups(name: str, bins: AgeBins) -> tuple[IntArray, list[str]]:
    """Group of each cell, from 0, and the groups' names."""
    age_bin, sex, race = from_cells(np.arange(cell_count(bins)), bins)
    attributes = {"age": (age_bin, bins.labels), "sex": (sex, SEXES), "race": (race, RACES)}
    group: IntArray = np.zeros(cell_count(bins), dtype=np.int64)
    labels = [""]
    for attribute in GROUPINGS[name]:
        values, words = attributes[attribute]
        group = group * len(words) + values
        labels = [f"{before}, {word}" if before else word for before in labels for word in words]
    return group, labels
