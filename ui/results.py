"""Cached results. Caches are bounded, and shared by all visitors unless the visitor brought data: then they are the session's own.

Whatever calls `evidence` is kept by `_cached`, which chooses between the two, and never by Streamlit's caches themselves: they
hold only what ships. The tests check both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from core import shipped, study
from core.faces import generator
from core.inference import Forests, forests
from core.linkage import CELLS, Spread
from core.risk import EquivalenceRisk, Exposure, RiskCurve
from core.scenario import Scenario
from core.study import Attack, AttributeReading, Evidence, Frontier, LinkageStudy, PictureStudy, Study, WidthStudy, Workforce
from core.verification import Pairs
from core.verification import equal_error_rate as equal_error_rate_of
from ui import own_data

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_DEFAULT = Scenario()

_LINKAGE = ("linkage", "age_knowledge")
_ATTACK = ("protocol", "attacker", "pictures", *_LINKAGE)
"""Choices that touch neither who works in a company nor what pictures of its people look like."""
_NOT_OF_PICTURES = ("company_size", "repeats", "age_bin_width", *_ATTACK)


_MOST_OWN = 64
"""Most results of one kind that a visitor's own data leave in the session, where the shared cache would hold more."""


def _cached(*, shared: int, own: int | None = None) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Keep the last results of a function: for all visitors, or where this one brought data, in the session alone."""

    def keep(compute: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        for_all = st.cache_resource(max_entries=shared, show_spinner=False)(compute)

        @wraps(compute)
        def kept(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            if own_data.in_use():
                key = (args, tuple(sorted(kwargs.items())))
                most = min(shared, _MOST_OWN) if own is None else own
                return own_data.computed(compute.__name__, key, lambda: compute(*args, **kwargs), most=most)
            return for_all(*args, **kwargs)

        return kept

    return keep


@st.cache_resource(max_entries=1, show_spinner="Loading the models ...")
def shipped_evidence() -> Evidence:
    """Return what ships in `models/`."""
    return study.load_evidence()


def evidence() -> Evidence:
    """Return what ships in `models/`, with what the visitor brought in its place."""
    return own_data.compose(shipped_evidence())


def run(scenario: Scenario) -> Study:
    """Return the results of a scenario."""
    return _run(_without(scenario, *_LINKAGE))


def attack(scenario: Scenario) -> Attack:
    """Return how the scenario's attacker reads a random employee."""
    return _attack(_without(scenario, "company_size", "repeats", *_LINKAGE))


def shipped_attack(scenario: Scenario) -> Attack:
    """Return how the scenario's shipped attacker reads a random employee, whatever attacker the visitor brought."""
    return _shipped_attack(_without(scenario, "company_size", "repeats", *_LINKAGE))


def curve(scenario: Scenario) -> RiskCurve:
    """Return E over all company sizes: the same for any company size and number of repeats."""
    return _curve(_without(scenario, "company_size", "repeats", *_LINKAGE))


def exposure(scenario: Scenario, grouping: str) -> Exposure:
    """Return who bears the exact risk, by one grouping."""
    return _exposure(_without(scenario, "repeats", *_LINKAGE), grouping)


def link(scenario: Scenario) -> LinkageStudy:
    """Return the risk of simulated companies under the scenario's linkage.

    Raises
    ------
    ValueError
        If the company is too large for the linkage.
    """
    return _link(study.with_few_companies(scenario))


def share_named(scenario: Scenario) -> Spread:
    """Return the share named at the first guess: what is left of `link` where many attacks are compared."""
    return _share_named(study.with_few_companies(scenario))


def exposure_when_linked(scenario: Scenario, grouping: str) -> Exposure:
    """Return who bears the risk under the scenario's linkage: exact for cells, simulated for others."""
    if scenario.linkage == CELLS:
        return exposure(scenario, grouping)
    return study.exposure(scenario, attack(scenario), link(scenario), groupings=[grouping])[grouping]


def paper_sizes(scenario: Scenario) -> dict[int, EquivalenceRisk]:
    """Return the exact risk at the paper's company sizes."""
    return study.at_sizes(attack(scenario), study.PAPER_SIZES)


def widths(scenario: Scenario) -> WidthStudy:
    """Return accuracy and risk over all age-bin widths."""
    return _widths(_without(scenario, "company_size", "repeats", "age_bin_width", *_LINKAGE))


def attribute(scenario: Scenario, name: str) -> AttributeReading:
    """Return how well the scenario's attacker reads an attribute; only age depends on the bin width."""
    ignored = ("company_size", "repeats", "youngest", "oldest", "female_percent", "race_percents", "race_mapping", *_LINKAGE)
    return _attribute(_without(scenario, *ignored, *(() if name == "age" else ("age_bin_width",))), name)


def workforce(scenario: Scenario) -> Workforce:
    """Return the company drawn for a scenario."""
    return _workforce(_without(scenario, "repeats", *_ATTACK))


def pictures(scenario: Scenario) -> PictureStudy:
    """Return generated people and two pictures of each."""
    return _pictures(_without(scenario, *_NOT_OF_PICTURES))


def pairs(scenario: Scenario, metric: str) -> Pairs:
    """Return distances of pictures of one person and of two."""
    return _pairs(_without(scenario, *_NOT_OF_PICTURES), metric)


def equal_error_rate(scenario: Scenario, metric: str) -> float:
    """Return the error rate at which false matches and false non-matches are equal."""
    return _equal_error_rate(_without(scenario, *_NOT_OF_PICTURES), metric)


def usual_threshold(scenario: Scenario, metric: str) -> float:
    """Return the threshold that the slider starts at."""
    return _usual_threshold(_without(scenario, *_NOT_OF_PICTURES), metric)


@st.cache_resource(max_entries=2, show_spinner=False)
def forests_of(protocol: str) -> Forests:
    """Return the forests that ship in `models/`."""
    return forests.load(protocol)


@st.cache_resource(max_entries=1, show_spinner=False)
def recorded_replication() -> dict:
    """Return the replication on real faces, as recorded in `models/`."""
    return shipped.read_json(shipped.REPLICATION)


@st.cache_resource(max_entries=2, show_spinner=False)
def recorded_comparison(faces: str) -> dict:
    """Return the comparison of attackers on "generated" or "real" faces, as recorded in `models/`."""
    return shipped.read_json({"generated": shipped.COMPARISON, "real": shipped.COMPARISON_REAL}[faces])


@st.cache_resource(max_entries=2, show_spinner=False)
def recorded_protections(faces: str) -> Frontier:
    """Return all protections side by side on "generated" or "real" faces, as recorded in `models/`."""
    return study.load_frontier({"generated": shipped.PROTECTIONS, "real": shipped.PROTECTIONS_REAL}[faces])


def _without(scenario: Scenario, *names: str) -> Scenario:
    """Return the scenario with what does not touch a result at its default, so that the cache finds it."""
    return scenario.replace(**{name: getattr(_DEFAULT, name) for name in names})


@_cached(shared=12, own=6)
def _attack(scenario: Scenario) -> Attack:
    return study.attack(scenario, evidence())


@_cached(shared=12, own=2)
def _shipped_attack(scenario: Scenario) -> Attack:
    return study.attack(scenario, replace(shipped_evidence(), staff=evidence().staff))


@_cached(shared=256)
def _run(scenario: Scenario) -> Study:
    return study.run(scenario, prepared=attack(scenario))


@_cached(shared=256)
def _exposure(scenario: Scenario, grouping: str) -> Exposure:
    return study.exposure(scenario, attack(scenario), groupings=[grouping])[grouping]


@_cached(shared=24)
def _link(scenario: Scenario) -> LinkageStudy:
    return study.link(scenario, evidence(), prepared=attack(scenario))


@_cached(shared=1024)
def _share_named(scenario: Scenario) -> Spread:
    return _link(scenario).success[1]


@_cached(shared=64)
def _curve(scenario: Scenario) -> RiskCurve:
    return study.curve(scenario, attack(scenario))


@_cached(shared=16)
def _widths(scenario: Scenario) -> WidthStudy:
    return study.by_width(scenario, evidence())


@_cached(shared=128)
def _attribute(scenario: Scenario, name: str) -> AttributeReading:
    return study.read_attribute(scenario, evidence(), name)


@_cached(shared=32)
def _workforce(scenario: Scenario) -> Workforce:
    return study.draw(scenario, evidence())


@_cached(shared=8, own=2)
def _pictures(scenario: Scenario) -> PictureStudy:
    return study.take_pictures(scenario, evidence(), generator.load())


@_cached(shared=16, own=4)
def _pairs(scenario: Scenario, metric: str) -> Pairs:
    return pictures(scenario).pairs(metric)


@_cached(shared=16)
def _equal_error_rate(scenario: Scenario, metric: str) -> float:
    return equal_error_rate_of(pairs(scenario, metric))


@_cached(shared=16)
def _usual_threshold(scenario: Scenario, metric: str) -> float:
    return pictures(scenario).usual_threshold(pairs(scenario, metric), metric)
