"""A study of own staff: exactly these people, on every path of the study."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from core import risk, staff, study
from core.demographics import AgeBins, Demographics, cells
from core.linkage import CELLS
from core.scenario import LINKAGES, Scenario

SHIPPED = study.load_evidence()
CENSUS = SHIPPED.census.population()
COMPANY = staff.from_totals(60, population=CENSUS, female_share=0.4, youngest=20, oldest=64)
OWN = replace(SHIPPED, staff=COMPANY.counts)
SCENARIO = Scenario(company_size=60, repeats=50)


def test_the_population_is_the_staff_whatever_company_the_scenario_describes():
    described = SCENARIO.replace(youngest=50, female_percent=99, race_percents=(0, 0, 0, 100), race_mapping="native-as-indian")
    assert OWN.population(described) == pytest.approx(COMPANY.counts / 60)
    one, other = study.run(SCENARIO, OWN).to_dict(), study.run(described, OWN).to_dict()
    assert {name: value for name, value in one.items() if name != "scenario"} == {
        name: value for name, value in other.items() if name != "scenario"
    }


def test_another_company_size_is_a_sentence():
    wrong = SCENARIO.replace(company_size=61)
    prepared = study.attack(wrong, OWN)
    for compute in (
        lambda: study.run(wrong, prepared=prepared),
        lambda: study.exposure(wrong, prepared),
        lambda: study.draw(wrong, OWN),
        lambda: study.link(wrong, OWN, prepared=prepared),
    ):
        with pytest.raises(ValueError, match="company size must be that of the own staff, 60, got 61"):
            compute()


@pytest.mark.parametrize("width", [1, 7, 20])
def test_exact_is_the_mean_of_these_people_with_drawn_faces(width):
    # Two ways that share no formula: person by person with a held-out face each, and the integral.
    scenario = SCENARIO.replace(age_bin_width=width, repeats=2_000)
    prepared = study.attack(scenario, OWN)
    linked, found = study.link(scenario, OWN, prepared=prepared), study.run(scenario, prepared=prepared)
    named = linked.risk.success[:, 0]
    for values in (named, found.simulated.expected_reidentified):
        assert abs(values.mean() - found.exact.expected_reidentified) < 4 * values.std(ddof=1) / math.sqrt(len(values))
    assert (linked.risk.people == linked.risk.people[0]).all()
    assert linked.perfect_inference.mean == pytest.approx(found.perfect_inference.expected_reidentified)


def test_every_figure_adds_up():
    found = study.run(SCENARIO, OWN)
    assert found.own_staff
    assert found.estimate.low < found.exact.expected_reidentified < found.estimate.high
    people = Demographics.from_counts(COMPANY.counts)
    cell = cells(people, AgeBins(20))
    assert found.perfect_inference == risk.of_database(cell, cell)
    for groups in found.by_group.values():
        assert groups.people.sum() == pytest.approx(60)
        assert groups.people @ groups.risk == pytest.approx(60 * found.exact.expected_reidentified)
    assert found.by_group["sex"].people.tolist() == pytest.approx([36, 24])
    assert found.readings.marketer == pytest.approx(found.exact.expected_reidentified)
    assert found.readings.prosecutor >= max(groups.risk.max() for groups in found.by_group.values())
    drawn = study.draw(SCENARIO, OWN)
    assert (drawn.counts == COMPANY.counts).all()
    assert drawn.risk == found.perfect_inference


def test_the_exposed_are_classes_of_whole_people():
    prepared = study.attack(SCENARIO, OWN)
    exposed = study.exposure(SCENARIO, prepared)
    by_cell = exposed[risk.BY_CELL]
    assert by_cell.people == pytest.approx(np.round(by_cell.people))
    assert by_cell.people.sum() == pytest.approx(60)
    assert (by_cell.low <= by_cell.risk + 1e-12).all()
    assert (by_cell.risk <= by_cell.high + 1e-12).all()
    for groups in exposed.values():
        assert groups.people @ groups.risk == pytest.approx(
            60 * study.run(SCENARIO, prepared=prepared).exact.expected_reidentified
        )


def test_one_person_alone_in_a_class_is_named_as_often_as_read_rightly():
    # Twenty White men of 30 and one Asian woman of 60: hardly any of them is ever read as she is.
    counts = np.zeros((80, 2, 4), dtype=np.int64)
    counts[29, 0, 0], counts[59, 1, 2] = 20, 1
    scenario, evidence = Scenario(company_size=21), replace(SHIPPED, staff=counts)
    prepared = study.attack(scenario, evidence)
    by_cell = study.exposure(scenario, prepared)[risk.BY_CELL]
    right = np.diag(prepared.outcomes) / prepared.outcomes.sum(axis=1).clip(1e-12)
    cell = int(cells(Demographics(np.array([60]), np.array([1]), np.array([2])), AgeBins(20))[0])
    doubles = prepared.outcomes[:, cell].sum() - prepared.outcomes[cell, cell]
    assert by_cell.risk[list(by_cell.labels).index("41-60, Female, Asian")] == pytest.approx(
        right[cell], abs=20 * doubles + 1e-12
    )


@pytest.mark.parametrize("linkage", [name for name in LINKAGES if name != CELLS])
def test_linkages_simulate_this_very_company(linkage):
    scenario = SCENARIO.replace(linkage=linkage, repeats=8, age_knowledge="exact")
    prepared = study.attack(scenario, OWN)
    linked = study.link(scenario, OWN, prepared=prepared)
    assert (linked.risk.people == linked.risk.people[0]).all()
    assert linked.risk.people[0].sum() == 60
    exposed = study.exposure(scenario, prepared, linked)
    assert exposed["sex"].people.tolist() == [36, 24]


def test_a_list_by_age_bin_does_not_give_away_the_age_of_whoever_is_alone_in_it():
    listed = OWN.listed_population(SCENARIO)
    assert (listed > 0).all()
    assert np.abs(listed - CENSUS).max() < 1e-7
    assert (SHIPPED.listed_population(SCENARIO) == SHIPPED.population(SCENARIO)).all()


def test_bins_of_a_year_stay_fast():
    # 536 cells, all occupied, a million people: what a page computes, the best of three on a busy machine.
    counts = np.zeros((80, 2, 4), dtype=np.int64)
    counts[13:] = 1_000_000 // (67 * 8)
    counts[30, 0, 0] += 1_000_000 - counts.sum()
    scenario, evidence = Scenario(company_size=1_000_000, age_bin_width=1), replace(SHIPPED, staff=counts)
    prepared = study.attack(scenario, evidence)
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        found = study.run(scenario, prepared=prepared)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.3
    assert 0 < found.exact.expected_reidentified < found.perfect_inference.expected_reidentified
    values = found.simulated.expected_reidentified
    assert abs(values.mean() - found.exact.expected_reidentified) < 4 * values.std(ddof=1) / math.sqrt(len(values))
