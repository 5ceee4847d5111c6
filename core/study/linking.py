"""The risk under the scenario's linkage, beside its baselines; and who bears it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core import company, linkage, risk
from core.checks import FloatArray, IntArray
from core.demographics import AgeBins, cells
from core.inference.held_out import HeldOut
from core.linkage import LinkageRisk, Spread
from core.risk import BY_CELL, GROUPINGS, Exposure
from core.scenario import Scenario
from core.study.evidence import Evidence, check_staff_size
from core.study.whole import Attack, attack, run

MOST_EXPOSED = 10
PEOPLE_AT_ONCE, FEWEST_COMPANIES = 10_000, 5
"""People whom one answer of a page, or one report, simulates, so that it takes a second or two: fewer large companies."""

_COMPANIES, _TIES, _AGAIN = 11, 12, 13


@dataclass(frozen=True)
class LinkageStudy:
    """Results of simulated companies under the scenario's linkage.

    Parameters
    ----------
    scenario : Scenario
    risk : LinkageRisk
        Company by company.
    success : dict of Spread
        Share of people whose name is among the first 1, 3, 5 and 10 guesses; the first is the share named.
    anonymity : Spread
        Mean number of names among which the attacker hesitates.
    random_guess : float
        1/N.
    census_guess : float
        Expected share named by the best guess that sees no face; see `core.linkage.census_guess`.
    perfect_inference : Spread
        Share named if every attribute were read rightly, in the same companies.
    advantage : Spread
        Gain over the census guess, (share named - guess) / (1 - guess).
    over_cells : Spread
        Share named more than by `"cells"`, company by company.
    faces : dict of int arrays
        Held-out faces behind the people of each group; see `core.risk.faces_behind`.
    own_staff : bool
        Whether each company is that of given people.
    """

    scenario: Scenario
    risk: LinkageRisk
    success: dict[int, Spread]
    anonymity: Spread
    random_guess: float
    census_guess: float
    perfect_inference: Spread
    advantage: Spread
    over_cells: Spread
    faces: dict[str, IntArray]
    own_staff: bool = False

    @property
    def companies(self) -> int:
        """Number of companies simulated."""
        return len(self.risk.anonymity)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, shares from 0 to 1."""
        spreads = {name: asdict(getattr(self, name)) for name in ("anonymity", "perfect_inference", "advantage", "over_cells")}
        return {
            "companies": self.companies,
            "success": {str(guesses): asdict(value) for guesses, value in self.success.items()},
            "random_guess": self.random_guess,
            "census_guess": self.census_guess,
        } | spreads


def check_size(scenario: Scenario) -> None:
    """Raise ValueError if the scenario's company is larger than its linkage can simulate.

    For `"cells"` there is no such size: without a simulation the risk is exact.
    """
    if scenario.linkage != linkage.CELLS:
        linkage.companies_of(scenario.linkage, scenario.company_size, scenario.repeats)


def with_few_companies(scenario: Scenario) -> Scenario:
    """Return the scenario with as many companies to link as a page or a report has time for."""
    fewest = min(scenario.repeats, FEWEST_COMPANIES)
    return scenario.replace(repeats=max(fewest, min(scenario.repeats, PEOPLE_AT_ONCE // scenario.company_size)))


def in_full(scenario: Scenario, evidence: Evidence) -> dict[str, Any]:
    """Plain values of all results of a scenario: what `python -m core risk --json` prints.

    Where a company is too large to be simulated person by person, `"linkage"` is None.
    """
    check_size(scenario)
    prepared = attack(scenario, evidence)
    simulate = scenario.company_size <= linkage.LARGEST[scenario.linkage]
    linked = link(scenario, evidence, prepared=prepared) if simulate else None
    exposed = exposure_to_dict(exposure(scenario, prepared, linked))
    return run(scenario, prepared=prepared).to_dict() | {"linkage": linked.to_dict() if linked else None} | exposed


def link(
    scenario: Scenario, evidence: Evidence, *, prepared: Attack, progress: Callable[[int], None] = lambda _: None
) -> LinkageStudy:
    """Simulate the scenario's companies under its linkage; for own staff that company, its faces drawn again each time.

    Scenarios that differ only in attacker, linkage, what is known of ages, and pictures meet the same companies: see `gain`.

    Parameters
    ----------
    scenario : Scenario
    evidence : Evidence
    prepared : Attack
        Result of `attack` for this scenario.
    progress : callable
        Told the number of companies that are done.

    Raises
    ------
    ValueError
        If the company is too large for the linkage or not as large as the own staff, or the attacker's beliefs are not at hand.
    """
    size, population, bins = scenario.company_size, evidence.population(scenario), AgeBins(scenario.age_bin_width)
    staff = evidence.staff_of(scenario)
    repeats = linkage.companies_of(scenario.linkage, size, scenario.repeats)
    listing = linkage.listing(scenario.age_knowledge, evidence.listed_population(scenario), bins)

    def simulated(name: str, held: HeldOut, told: Callable[[int], None] = lambda _: None) -> LinkageRisk:
        rng = np.random.default_rng([scenario.seed, _COMPANIES])
        companies = linkage.draw(population, size, repeats, listing=listing, faces=held.people, rng=rng, staff=staff)
        mix = linkage.believed_mix(held.people, held.beliefs, evidence.levelled_counts)
        ties = np.random.default_rng([scenario.seed, _TIES])
        return linkage.simulate(name, companies, held.beliefs, mix=mix, bins=bins, rng=ties, progress=told)

    held, read_by_cells = (evidence.held_out_of(scenario.replace(linkage=name)) for name in (scenario.linkage, linkage.CELLS))
    matched = company.match(population, held.people)
    found = simulated(scenario.linkage, held, progress)
    named = found.success[:, 0]
    shares = prepared.outcomes.sum(axis=1)
    guess = float(shares @ linkage.census_guess(scenario.linkage, shares, size))
    return LinkageStudy(
        scenario=scenario,
        risk=found,
        success={guesses: _spread(found.success[:, place], scenario) for place, guesses in enumerate(linkage.RANKS)},
        anonymity=_spread(found.anonymity, scenario),
        random_guess=1 / size,
        census_guess=guess,
        perfect_inference=_spread(simulated(scenario.linkage, linkage.perfect_inference()).success[:, 0], scenario),
        advantage=_spread((named - guess) / (1 - guess), scenario),
        over_cells=_spread(named - simulated(linkage.CELLS, read_by_cells).success[:, 0], scenario),
        faces=risk.faces_behind(cells(matched.people, bins)[matched.kind], matched.face, bins),
        own_staff=staff is not None,
    )


def gain(better: LinkageStudy, other: LinkageStudy) -> Spread:
    """Share named more by one attack than by another, company by company: a paired comparison.

    Raises
    ------
    ValueError
        If the two did not meet the same companies.
    """
    same = ("attacker", "linkage", "age_knowledge", "pictures", "protocol", "age_bin_width", "repeats")
    first, second = (each.scenario.replace(**{name: getattr(Scenario(), name) for name in same}) for each in (better, other))
    if first != second or better.companies != other.companies:
        raise ValueError("two attacks are compared on the same companies: seed, company and number of repeats must be alike")
    return _spread(better.risk.success[:, 0] - other.risk.success[:, 0], better.scenario)


def exposure(
    scenario: Scenario,
    prepared: Attack,
    linked: LinkageStudy | None = None,
    *,
    groupings: Sequence[str] = tuple(GROUPINGS),
) -> dict[str, Exposure]:
    """Who bears the risk: by sex, race, age bin and their intersections.

    Parameters
    ----------
    scenario : Scenario
    prepared : Attack
        Result of `attack` for this scenario.
    linked : LinkageStudy, optional
        Result of `link` for this scenario, if its linkage is another than `"cells"`. For `"cells"` the risk is exact, and its
        interval the error of the estimate from held-out faces; for others it is that of the simulation.
    groupings : names of `core.risk.GROUPINGS`, optional
    """
    size, shares = scenario.company_size, prepared.outcomes.sum(axis=1)
    guess = linkage.census_guess(scenario.linkage, shares, size)
    if scenario.linkage == linkage.CELLS:
        people, again_people = size * shares, size * np.broadcast_to(shares, prepared.predicted_share.shape)
        if prepared.staff is None:
            named = risk.named_by_cell(*risk.predicted_and_right(prepared.outcomes), size)
            again_named = risk.named_by_cell(prepared.predicted_share, prepared.right_share, size)
        else:
            check_staff_size(prepared.staff.size, scenario)
            named, again_named = prepared.staff.named, prepared.staff.resampled_named
        drawn, faces = None, prepared.faces
    else:
        if linked is None:
            raise ValueError(f"the risk under the linkage by {scenario.linkage} must be simulated first, got no simulation")
        people, named = linked.risk.people.mean(axis=0), linked.risk.named.mean(axis=0)
        drawn, faces = linked.risk.people.sum(axis=0), linked.faces
        again_people, again_named = _again(linked.risk.people, scenario), _again(linked.risk.named, scenario)
    return risk.exposure(
        people,
        named,
        resampled_people=again_people,
        resampled_named=again_named,
        guess=guess,
        faces=faces,
        bins=prepared.bins,
        drawn=drawn,
        groupings=groupings,
    )


def exposure_to_dict(groups: dict[str, Exposure]) -> dict[str, Any]:
    """Plain values of `exposure`, with the most exposed cells."""
    by_grouping = {name: _rows(group) for name, group in groups.items()}
    return {"exposure": by_grouping, "most_exposed": _rows(groups[BY_CELL].most_exposed(MOST_EXPOSED))}


def _rows(groups: Exposure) -> list[dict[str, Any]]:
    names = ("risk", "low", "high", "guess", "advantage", "people", "faces", "uncertain")
    columns = {name: getattr(groups, name).tolist() for name in names}
    columns["ratio"] = groups.ratio.tolist() if groups.average > 0 else [None] * len(groups.labels)
    rows = zip(groups.labels, *columns.values(), strict=True)
    return [dict(zip(("group", *columns), row, strict=True)) for row in rows]


def _spread(values: FloatArray, scenario: Scenario) -> Spread:
    return linkage.spread(values, rng=np.random.default_rng([scenario.seed, _AGAIN]))


def _again(values: FloatArray, scenario: Scenario) -> FloatArray:
    return linkage.resampled(values, rng=np.random.default_rng([scenario.seed, _AGAIN]))
