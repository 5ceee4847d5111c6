"""Cached results. Caches are shared by all visitors and bounded: nothing that a visitor brings may enter them."""

from __future__ import annotations

import streamlit as st

from core import study
from core.risk import EquivalenceRisk, RiskCurve
from core.scenario import Scenario
from core.study import Attack, Evidence, Study


@st.cache_resource(max_entries=1, show_spinner="Loading the models ...")
def evidence() -> Evidence:
    """Return what ships in `models/`."""
    return study.load_evidence()


def run(scenario: Scenario) -> Study:
    """Return the results of a scenario."""
    return _run(scenario)


def curve(scenario: Scenario) -> RiskCurve:
    """Return E over all company sizes: the same for any company size and number of repeats."""
    return _curve(_attack_key(scenario))


def paper_sizes(scenario: Scenario) -> dict[int, EquivalenceRisk]:
    """Return the exact risk at the paper's company sizes."""
    return study.at_sizes(attack(scenario), study.PAPER_SIZES)


def attack(scenario: Scenario) -> Attack:
    """Return how the scenario's attacker reads a random employee."""
    return _attack(_attack_key(scenario))


def _attack_key(scenario: Scenario) -> Scenario:
    """Return the scenario with what does not touch the attacker at its default, so that the cache finds it."""
    return scenario.replace(company_size=Scenario.company_size, repeats=Scenario.repeats)


@st.cache_resource(max_entries=64, show_spinner=False)
def _attack(scenario: Scenario) -> Attack:
    return study.attack(scenario, evidence())


@st.cache_resource(max_entries=256, show_spinner=False)
def _run(scenario: Scenario) -> Study:
    return study.run(scenario, prepared=attack(scenario))


@st.cache_resource(max_entries=64, show_spinner=False)
def _curve(scenario: Scenario) -> RiskCurve:
    return study.curve(scenario, attack(scenario))
