"""The results that a report shows, computed together or put together from what a page keeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from core import linkage, shipped, study
from core.linkage import CELLS
from core.replication import PAPER_BINS
from core.risk import EquivalenceRisk, Exposure, RiskCurve
from core.scenario import ATTACKERS, BY_BIN, Scenario
from core.staff import Staff
from core.study import (
    PAPER_SIZES,
    AttributeReading,
    Evidence,
    Frontier,
    LinkageStudy,
    OwnAttacker,
    Study,
    WidthStudy,
    Workforce,
)
from core.study.inference import ATTRIBUTES
from core.study.own_attacker import DECLARED

THE_PAPERS: dict[str, Any] = {
    "attacker": ATTACKERS[0],
    "linkage": CELLS,
    "age_knowledge": BY_BIN,
    "pictures": 1,
    "age_bin_width": PAPER_BINS.width,
}
"""Choices of the paper's attack, which a stronger one is compared with."""


@dataclass(frozen=True)
class Results:
    """What a report is made from.

    Parameters
    ----------
    scenario : Scenario
    study : Study
        Exact, by cells.
    paper_sizes : dict of EquivalenceRisk
        Exact, by company size of the paper.
    curve : RiskCurve
    widths : WidthStudy
    attributes : dict of AttributeReading
        By attribute.
    groups : dict of Exposure
        Who bears the risk under the scenario's linkage where that is simulated, else exact by cells.
    linked, papers : LinkageStudy or None
        The scenario's linkage and the paper's attack in the same companies; None for cells, and for companies that are too
        large for the linkage.
    frontiers : tuple of Frontier
        What protections do, as shipped.
    staff : Staff or None
        The company's own staff, where the results are about it.
    workforce : Workforce or None
        Its true classes.
    own_attacker : OwnAttacker or None
        One that takes the place of the shipped ones.
    """

    scenario: Scenario
    study: Study
    paper_sizes: dict[int, EquivalenceRisk]
    curve: RiskCurve
    widths: WidthStudy
    attributes: dict[str, AttributeReading]
    groups: dict[str, Exposure]
    linked: LinkageStudy | None
    papers: LinkageStudy | None
    frontiers: tuple[Frontier, ...]
    staff: Staff | None = None
    workforce: Workforce | None = None
    own_attacker: OwnAttacker | None = None

    @property
    def reader(self) -> str | None:
        """Who reads the faces, where that is not the scenario's attacker."""
        return None if self.own_attacker is None else reader_words(self.own_attacker)

    @property
    def is_of_unknown_sureness(self) -> bool:
        """Whether the attacker was declared by a test of unknown size."""
        own = self.own_attacker
        return own is not None and DECLARED in own.how.values() and own.tested is None


def reader_words(attacker: OwnAttacker) -> str:
    """Name an own attacker inside a sentence: "own attacker (measured)"."""
    return f"own attacker ({attacker.label.lower()})"


def is_linked(scenario: Scenario) -> bool:
    """Tell whether the scenario asks for another linkage than cells, and its company is small enough for it."""
    return scenario.linkage != CELLS and scenario.company_size <= linkage.LARGEST[scenario.linkage]


def gather(scenario: Scenario, evidence: Evidence, *, staff: Staff | None = None) -> Results:
    """Compute all that a report shows of a scenario, about the own staff where one is given."""
    if staff is not None:
        evidence = replace(evidence, staff=staff.counts)
    known = study.attack(scenario, evidence)
    linked = papers = None
    if is_linked(scenario):
        few = study.with_few_companies(scenario)
        linked = study.link(few, evidence, prepared=known)
        of_paper = few.replace(**THE_PAPERS)
        papers = study.link(of_paper, evidence, prepared=study.attack(of_paper, evidence))
    exposed = scenario if linked else scenario.replace(linkage=CELLS)
    return Results(
        scenario=scenario,
        study=study.run(scenario, prepared=known),
        paper_sizes=study.at_sizes(known, PAPER_SIZES),
        curve=study.curve(scenario, known),
        widths=study.by_width(scenario, evidence),
        attributes={name: study.read_attribute(scenario, evidence, name) for name in ATTRIBUTES},
        groups=study.exposure(exposed, known, linked),
        linked=linked,
        papers=papers,
        frontiers=shipped_frontiers(),
        staff=staff,
        workforce=None if staff is None else study.draw(scenario, evidence),
        own_attacker=evidence.attacker,
    )


def shipped_frontiers() -> tuple[Frontier, ...]:
    """Read what protections do to generated and to real faces, as recorded."""
    return study.load_frontier(), study.load_frontier(shipped.PROTECTIONS_REAL)
