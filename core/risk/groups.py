"""Who bears the risk: by sex, race and age bin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray
from core.demographics import RACES, SEXES, AgeBins, cell_count, from_cells
from core.risk.expectation import of_cells
from core.risk.outcomes import checked_outcomes


@dataclass(frozen=True)
class GroupRisk:
    """Risk of a person of each group of one attribute; groups nobody belongs to are left out.

    Parameters
    ----------
    labels : names of the groups
    risk : (groups,) floats
        Chance that a person of the group is named.
    people : (groups,) floats
        Expected number of people of the group in the company.
    """

    labels: tuple[str, ...]
    risk: FloatArray
    people: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """Risk of each group relative to the average person's."""
        average = float(np.average(self.risk, weights=self.people))
        return self.risk / average if average > 0 else np.full(len(self.risk), np.nan)

    @property
    def most_exposed(self) -> str:
        """Group whose people bear the highest risk."""
        return self.labels[int(self.risk.argmax())]

    @property
    def highest_ratio(self) -> float:
        """Risk of the most exposed group relative to the average person's."""
        return float(self.ratio[self.risk.argmax()])


def by_group(
    outcomes: ArrayLike, company_size: int, *, bins: AgeBins, by_cell: FloatArray | None = None
) -> dict[str, GroupRisk]:
    """Risk of a person by sex, race and age bin.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction, over the cells of `bins`; sums to 1.
    company_size : int
        N, 2 to 1,000,000.
    bins : AgeBins
    by_cell : (C,) floats, optional
        Chance that a person of each true cell is named, where it is not that of a random company.

    Returns
    -------
    dict with the keys "sex", "race" and "age"
    """
    joint = checked_outcomes(outcomes)
    if not isinstance(bins, AgeBins):
        raise ValueError(f"bins must be AgeBins, got {bins!r}")
    if len(joint) != cell_count(bins):
        raise ValueError(f"outcomes for age bins of {bins.width} years must have {cell_count(bins)} cells, got {len(joint)}")
    share = joint.sum(axis=1)
    risk = of_cells(joint, company_size) if by_cell is None else by_cell
    named = np.nan_to_num(risk) * share
    age_bin, sex, race = from_cells(np.arange(len(joint)), bins)
    attributes = {"sex": (SEXES, sex), "race": (RACES, race), "age": (bins.labels, age_bin)}
    return {name: _group_risk(labels, group, share, named, company_size) for name, (labels, group) in attributes.items()}


def _group_risk(labels: tuple[str, ...], group: IntArray, share: FloatArray, named: FloatArray, company_size: int) -> GroupRisk:
    people = np.bincount(group, weights=share, minlength=len(labels)).astype(np.float64)
    risk = np.bincount(group, weights=named, minlength=len(labels)).astype(np.float64)
    present = np.flatnonzero(people > 0)
    names = tuple(labels[index] for index in present)
    return GroupRisk(names, risk[present] / people[present], company_size * people[present])
