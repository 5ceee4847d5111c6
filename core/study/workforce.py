"""One company, drawn at random or of own staff: who works there, and its true equivalence classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import company, risk
from core.checks import IntArray
from core.demographics import SEXES, AgeBins, Demographics, cell_count, cells
from core.risk import EquivalenceRisk
from core.scenario import Scenario
from core.study.evidence import Evidence


@dataclass(frozen=True)
class Workforce:
    """A company drawn at random, or of own staff.

    Parameters
    ----------
    counts : (80, 2, 4) ints
        People by age, sex and race.
    class_sizes : (cells,) ints
        People in each true cell.
    risk : EquivalenceRisk
        Risk of this very company if every attribute were read rightly.
    bins : AgeBins
    """

    counts: IntArray
    class_sizes: IntArray
    risk: EquivalenceRisk
    bins: AgeBins

    @property
    def size(self) -> int:
        """Number of people."""
        return int(self.counts.sum())

    @property
    def female_share(self) -> float:
        """Share of women."""
        return float(self.counts[:, SEXES.index("Female")].sum() / self.size)

    @property
    def classes(self) -> int:
        """Number of cells with people in them."""
        return int((self.class_sizes > 0).sum())

    @property
    def people_alone(self) -> int:
        """Number of people who are the only ones in their cell."""
        return int((self.class_sizes == 1).sum())


def draw(scenario: Scenario, evidence: Evidence) -> Workforce:
    """Draw the scenario's company from its population; own staff are taken as they are."""
    bins = AgeBins(scenario.age_bin_width)
    rng = np.random.default_rng([scenario.seed, 7])
    staff = evidence.staff_of(scenario)
    if staff is None:
        people = company.draw(evidence.population(scenario), scenario.company_size, rng=rng)
    else:
        people = Demographics.from_counts(staff)
    cell = cells(people, bins)
    return Workforce(people.counts(), np.bincount(cell, minlength=cell_count(bins)), risk.of_database(cell, cell), bins)
