"""Reports: made when asked for, and kept for this visitor alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from core import report as reports
from core.linkage import CELLS
from core.report import Report, Results, scenario_file
from core.report.results import THE_PAPERS, reader_words
from core.risk import GROUPINGS
from core.scenario import Scenario
from core.study import OwnAttacker
from core.study.inference import ATTRIBUTES
from ui import own_data, results

_MADE, _MADE_OF_OWN = "report_made", "own_data_report"
"""Where the session keeps it: one that rests on the visitor's own data goes with them."""


WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Made:
    """A report that the visitor asked for.

    Parameters
    ----------
    of : str
        What it is about; see `_about`.
    report : Report
    seconds : float
        How long it took.
    """

    of: tuple[str, int | None, OwnAttacker | None]
    report: Report
    seconds: float


def gather(scenario: Scenario) -> Results:
    """Put together what the pages keep of a scenario: the same as `core.report.gather` computes."""
    linked = papers = None
    if reports.is_linked(scenario):
        linked, papers = results.link(scenario), results.link(scenario.replace(**THE_PAPERS))
    exposed = scenario if linked else scenario.replace(linkage=CELLS)
    staff = own_data.staff()
    return Results(
        scenario=scenario,
        study=results.run(scenario),
        paper_sizes=results.paper_sizes(scenario),
        curve=results.curve(scenario),
        widths=results.widths(scenario),
        attributes={name: results.attribute(scenario, name) for name in ATTRIBUTES},
        groups={grouping: results.exposure_when_linked(exposed, grouping) for grouping in GROUPINGS},
        linked=linked,
        papers=papers,
        frontiers=reports.shipped_frontiers(),
        staff=staff,
        workforce=None if staff is None else results.workforce(scenario),
        own_attacker=own_data.attacker(),
    )


def make(scenario: Scenario, smallest: int | None) -> None:
    """Make a report and keep it until the visitor asks for another, forgets the data, or leaves."""
    start = time.perf_counter()
    made = reports.contents(gather(scenario), made=date.today(), smallest=smallest)
    for place in (_MADE, _MADE_OF_OWN):
        st.session_state.pop(place, None)
    place = _MADE_OF_OWN if own_data.in_use() else _MADE
    st.session_state[place] = Made(_about(scenario, smallest), made, time.perf_counter() - start)


def made(scenario: Scenario, smallest: int | None) -> Made | None:
    """Return the report that was made, if it is about this scenario, form and data."""
    kept: Made | None = st.session_state.get(_MADE_OF_OWN) or st.session_state.get(_MADE)
    return kept if kept is not None and kept.of == _about(scenario, smallest) else None


def reader() -> str | None:
    """Say who reads the faces, where the visitor brought an attacker."""
    attacker = own_data.attacker()
    return None if attacker is None else reader_words(attacker)


def scenario_content(scenario: Scenario) -> Callable[[], bytes]:
    """Return what writes the scenario file, with the visitor's own staff in it: it is called outside the visitor's session."""
    staff, attacker = own_data.staff(), own_data.attacker()
    label = "" if attacker is None else attacker.label
    return lambda: scenario_file.write(scenario, staff=staff, own_attacker=label).encode()


def _about(scenario: Scenario, smallest: int | None) -> tuple[str, int | None, OwnAttacker | None]:
    """What fixes a report: scenario and staff by their digest, the form, and which own attacker it is."""
    return scenario_file.digest(scenario, own_data.staff()), smallest, own_data.attacker()
