"""The risk of one scenario: from how the attacker reads a random employee to who bears the risk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core import company, risk
from core.checks import FloatArray, IntArray
from core.demographics import AgeBins, cells
from core.inference import declared, predicted_cells
from core.inference.declared import Declared
from core.risk import EquivalenceRisk, GroupRisk, Readings, RiskCurve, SimulatedRisk
from core.scenario import LARGEST_COMPANY, LINKAGES, SMALLEST_COMPANY, Scenario
from core.study.evidence import Evidence, check_staff_size, load_evidence
from core.study.own_attacker import OwnAttacker
from core.study.own_staff import StaffRead, read_staff, read_staff_as_declared

BOOTSTRAP_REPEATS = 100
_CURVE_POINTS = 34
_CURVE_REPEATS = 100
LIST_PER_EMPLOYEE = 10
"""People in the journalist's public list for each employee."""


@dataclass(frozen=True)
class Interval:
    """A figure's 95 % interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Attack:
    """How an attacker reads a random employee: the part of a study that no company size changes.

    Parameters
    ----------
    bins : AgeBins
    outcomes : (cells, cells) floats
        Matrix J, truth by prediction.
    predicted_share, right_share : (bootstrap repeats, cells) floats
        Chances q and a over resampled held-out faces.
    nearest_age_share : float
        Share of the population matched to a face of the nearest age for want of the same.
    faces : dict of int arrays
        Held-out faces behind the people of each group; see `core.risk.faces_behind`.
    staff : StaffRead, optional
        How the evidence's own staff are read, where it holds some: outcomes and shares are then those of companies with
        their mix of people.
    """

    bins: AgeBins
    outcomes: FloatArray
    predicted_share: FloatArray
    right_share: FloatArray
    nearest_age_share: float
    faces: dict[str, IntArray]
    staff: StaffRead | None = None


@dataclass(frozen=True)
class Study:
    """Results of one scenario.

    Parameters
    ----------
    exact : EquivalenceRisk
        Expectation over random companies, or over how the faces of own staff are read.
    estimate : Interval
        95 % interval of the exact share named, from resampling the held-out faces: how well the
        attacker's quality is known.
    simulated : SimulatedRisk
        `scenario.repeats` random companies, or own staff read up to as often: how much chance moves one company.
    random_guess : float
        1/N.
    perfect_inference : EquivalenceRisk
        Exact risk if every attribute were read rightly.
    by_group : dict of GroupRisk
        Risk of a person by "sex", "race" and "age".
    readings : Readings
        Prosecutor, journalist and marketer risk.
    nearest_age_share : float
        Share of the population matched to a face of the nearest age for want of the same.
    own_staff : bool
        Whether the company is one of given people.
    """

    scenario: Scenario
    bins: AgeBins
    exact: EquivalenceRisk
    estimate: Interval
    simulated: SimulatedRisk
    random_guess: float
    perfect_inference: EquivalenceRisk
    by_group: dict[str, GroupRisk]
    readings: Readings
    nearest_age_share: float
    own_staff: bool = False

    @cached_property
    def advantage(self) -> float:
        """Gain of the exact risk over a name drawn at random."""
        return float(risk.advantage(self.exact.expected_reidentified, self.scenario.company_size))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, shares from 0 to 1: what `python -m core risk --json` prints."""
        return {
            "scenario": self.scenario.to_dict(),
            "expected_reidentified": {
                "exact": self.exact.expected_reidentified,
                "estimate_low": self.estimate.low,
                "estimate_high": self.estimate.high,
                "mean": self.simulated.mean.expected_reidentified,
                "low": self.simulated.low,
                "high": self.simulated.high,
            },
            "class_size_shares": {
                "exact": self.exact.class_size_shares,
                "mean": self.simulated.mean.class_size_shares,
            },
            "correct": self.exact.correct,
            "random_guess": self.random_guess,
            "perfect_inference": self.perfect_inference.expected_reidentified,
            "advantage": self.advantage,
            "by_group": _by_label(self.by_group, "risk"),
            "people_by_group": _by_label(self.by_group, "people"),
            "readings": {
                "prosecutor": self.readings.prosecutor,
                "journalist": self.readings.journalist,
                "marketer": self.readings.marketer,
            },
            "nearest_age_share": self.nearest_age_share,
        }


def _by_label(groups: dict[str, GroupRisk], values: str) -> dict[str, dict[str, float]]:
    return {
        attribute: dict(zip(group.labels, getattr(group, values).tolist(), strict=True)) for attribute, group in groups.items()
    }


def attack(scenario: Scenario, evidence: Evidence) -> Attack:
    """How the scenario's attacker reads a random employee. Depends on neither company size, repeats nor linkage."""
    bins = AgeBins(scenario.age_bin_width)
    own = evidence.attacker
    if own is not None and own.declared is not None:
        return _declared_attack(scenario, evidence, own, own.declared)
    held = evidence.held_out_of(scenario.replace(linkage=LINKAGES[0]))
    matched = company.match(evidence.population(scenario), held.people)
    predicted = predicted_cells(held.beliefs, bins)
    rng = np.random.default_rng([scenario.seed, 1])
    q, a = company.resampled_outcomes(matched, predicted, bins, repeats=BOOTSTRAP_REPEATS, rng=rng)
    staff = None
    if evidence.staff is not None:
        again = np.random.default_rng([scenario.seed, 1])
        staff = read_staff(evidence.staff, matched, predicted, bins, repeats=BOOTSTRAP_REPEATS, rng=again)
    return Attack(
        bins=bins,
        outcomes=company.outcomes(matched, predicted, bins),
        predicted_share=q,
        right_share=a,
        nearest_age_share=matched.nearest_age_share,
        faces=risk.faces_behind(cells(matched.people, bins)[matched.kind], matched.face, bins),
        staff=staff,
    )


def _declared_attack(scenario: Scenario, evidence: Evidence, own: OwnAttacker, stated: Declared) -> Attack:
    """How an attacker of which only a test is known reads a random employee: no face stands between."""
    bins, population = AgeBins(scenario.age_bin_width), evidence.population(scenario)
    rng = np.random.default_rng([scenario.seed, 1])
    repeats = BOOTSTRAP_REPEATS if stated.tested is not None else 1
    again = [declared.predicted_and_right(stated.matrices(population, rng=rng), population, bins) for _ in range(repeats)]
    matched = company.match(population, own.plain.people)
    staff = None
    if evidence.staff is not None:
        again_rng = np.random.default_rng([scenario.seed, 1])
        staff = read_staff_as_declared(evidence.staff, stated, bins, repeats=repeats, rng=again_rng)
    return Attack(
        bins=bins,
        outcomes=declared.outcomes(stated.matrices(population), population, bins),
        predicted_share=np.stack([q for q, _ in again]),
        right_share=np.stack([a for _, a in again]),
        nearest_age_share=0.0,
        faces=risk.faces_behind(cells(matched.people, bins)[matched.kind], matched.face, bins),
        staff=staff,
    )


def run(scenario: Scenario, evidence: Evidence | None = None, *, prepared: Attack | None = None) -> Study:
    """Compute a scenario's results.

    Parameters
    ----------
    scenario : Scenario
    evidence : Evidence, optional
        What ships in `models/` if not given.
    prepared : Attack, optional
        Result of `attack` for this scenario, where the caller keeps it.

    Raises
    ------
    ValueError
        If the evidence holds own staff of another number than the scenario's company size.
    """
    known = prepared or attack(scenario, evidence or load_evidence())
    size, staff = scenario.company_size, known.staff
    if staff is None:
        resampled = risk.expected_shares(known.predicted_share, known.right_share, size)
    else:
        check_staff_size(staff.size, scenario)
        resampled = staff.resampled_shares
    low, high = np.percentile(resampled, [risk.LOW_PERCENTILE, risk.HIGH_PERCENTILE])
    rng, by_cell = np.random.default_rng([scenario.seed, 0]), None if staff is None else staff.by_cell
    return Study(
        scenario=scenario,
        bins=known.bins,
        nearest_age_share=known.nearest_age_share,
        exact=risk.exact(known.outcomes, size) if staff is None else risk.of_these(staff.these),
        estimate=Interval(float(low), float(high)),
        simulated=risk.simulate(known.outcomes, size, scenario.repeats, rng)
        if staff is None
        else risk.simulate_these(staff.these, scenario.repeats, rng),
        random_guess=1 / size,
        perfect_inference=risk.perfect(known.outcomes, size) if staff is None else risk.perfect_of(staff.these.true_classes()),
        by_group=risk.by_group(known.outcomes, size, bins=known.bins, by_cell=by_cell),
        readings=risk.readings(known.outcomes, size, list_size=LIST_PER_EMPLOYEE * size, by_cell=by_cell),
        own_staff=staff is not None,
    )


def at_sizes(known: Attack, sizes: tuple[int, ...]) -> dict[int, EquivalenceRisk]:
    """Exact risk at several company sizes."""
    return {size: risk.exact(known.outcomes, size) for size in sizes}


def curve_sizes() -> IntArray:
    """Company sizes from 2 to 1,000,000, evenly spaced on a logarithmic axis."""
    return np.unique(np.geomspace(SMALLEST_COMPANY, LARGEST_COMPANY, _CURVE_POINTS).round().astype(np.int64))


def curve(scenario: Scenario, known: Attack) -> RiskCurve:
    """E over all company sizes, with the spread between companies and the reference lines."""
    rng = np.random.default_rng([scenario.seed, 2])
    return risk.curve(known.outcomes, curve_sizes(), repeats=_CURVE_REPEATS, rng=rng)
