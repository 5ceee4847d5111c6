from __future__ import annotations

import json

import numpy as np
import pytest

from core import risk, study
from core.scenario import Scenario
from core.study import Evidence


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return study.load_evidence()


def test_same_scenario_gives_the_same_results(evidence):
    scenario = Scenario(company_size=37, age_bin_width=13, seed=5)
    assert study.run(scenario, evidence).to_dict() == study.run(scenario, evidence).to_dict()


def test_another_seed_changes_the_simulation_but_not_the_exact_risk(evidence):
    first, second = (study.run(Scenario(seed=seed), evidence) for seed in (0, 1))
    assert first.exact == second.exact
    assert not np.array_equal(first.simulated.expected_reidentified, second.simulated.expected_reidentified)


@pytest.mark.parametrize("width", [10, 20, 40])
@pytest.mark.parametrize("size", [10, 100, 1_000_000])
def test_risk_lies_between_a_random_guess_and_perfect_inference(evidence, width, size):
    result = study.run(Scenario(company_size=size, age_bin_width=width), evidence)
    assert result.random_guess < result.exact.expected_reidentified < result.perfect_inference.expected_reidentified


def test_bins_of_one_year_serve_the_attacker_worse_than_a_random_guess(evidence):
    # Whoever is read a year off is not found at all: an exact age is read rightly for 3 people in 100.
    result = study.run(Scenario(company_size=100, age_bin_width=1), evidence)
    assert result.exact.expected_reidentified < result.random_guess
    assert result.advantage < 0


@pytest.mark.parametrize("mapping", ["standard", "native-as-indian"])
def test_groups_add_up_to_the_whole(evidence, mapping):
    result = study.run(Scenario(company_size=250, race_mapping=mapping), evidence)
    for groups in result.by_group.values():
        assert groups.people.sum() == pytest.approx(250)
        assert groups.risk @ groups.people == pytest.approx(250 * result.exact.expected_reidentified)
    assert ("Indian" in result.by_group["race"].labels) == (mapping == "native-as-indian")


def test_estimate_interval_holds_the_exact_risk_and_is_narrower_than_the_spread(evidence):
    result = study.run(Scenario(repeats=500), evidence)
    exact = result.exact.expected_reidentified
    assert result.estimate.low < exact < result.estimate.high
    assert result.estimate.high - result.estimate.low < result.simulated.high - result.simulated.low


def test_shipped_faces_cover_the_census(evidence):
    assert study.run(Scenario(), evidence).nearest_age_share == 0


def test_prepared_attack_gives_the_same_study(evidence):
    scenario = Scenario(company_size=64)
    prepared = study.attack(scenario.replace(company_size=100, repeats=1), evidence)
    assert study.run(scenario, prepared=prepared).to_dict() == study.run(scenario, evidence).to_dict()


def test_curve_passes_through_the_exact_risk(evidence):
    scenario = Scenario()
    prepared = study.attack(scenario, evidence)
    curve = study.curve(scenario, prepared)
    assert curve.company_sizes[[0, -1]].tolist() == [2, 1_000_000]
    for index in (0, 10, -1):
        size = int(curve.company_sizes[index])
        assert curve.expected[index] == pytest.approx(risk.exact(prepared.outcomes, size).expected_reidentified)
        assert curve.low[index] <= curve.expected[index] <= curve.high[index]
    assert (curve.random_guess[2:] < curve.expected[2:]).all()
    assert (curve.expected < curve.perfect).all()


def test_shipped_models_come_near_the_paper(evidence):
    for size, reported in ((10, 0.2890), (50, 0.1038), (100, 0.0604)):
        result = study.run(Scenario(company_size=size, protocol="paper"), evidence)
        assert result.exact.expected_reidentified == pytest.approx(reported, abs=0.03)


def test_results_are_plain_json(evidence):
    result = study.run(Scenario(), evidence).to_dict()
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_a_company_of_ones_own_making_has_the_wanted_people(evidence):
    scenario = Scenario(company_size=1_000_000, youngest=25, oldest=60, female_percent=40, race_percents=(50, 25, 15, 10))
    population = evidence.population(scenario)
    assert population.sum(axis=(0, 2)) == pytest.approx([0.6, 0.4], abs=1e-6)
    assert population.sum(axis=(0, 1)) == pytest.approx([0.5, 0.25, 0.15, 0.1], abs=1e-6)
    assert not population[:24].any()
    assert not population[60:].any()
    drawn = study.draw(scenario, evidence)
    assert drawn.size == 1_000_000
    # Four standard errors of a share of a million people are 0.002.
    assert drawn.female_share == pytest.approx(0.4, abs=0.002)
    assert drawn.classes == 2 * 2 * 4  # bins 21-40 and 41-60, two sexes, four races


def test_a_drawn_companys_classes_add_up(evidence):
    drawn = study.draw(Scenario(company_size=300, age_bin_width=5), evidence)
    assert drawn.class_sizes.sum() == drawn.counts.sum() == 300
    assert drawn.risk.correct == 1
    # With everything read rightly, each class names one of its people.
    assert drawn.risk.expected_reidentified == pytest.approx(drawn.classes / 300)
    assert drawn.risk.class_size_shares["1"] == pytest.approx(drawn.people_alone / 300)


def test_widths_agree_with_the_study_of_each(evidence):
    widths = study.by_width(Scenario(), evidence)
    for width in (1, 13, 40):
        scenario = Scenario(age_bin_width=width, company_size=70)
        expected = study.run(scenario, evidence).exact.expected_reidentified
        assert widths.expected([70])[0, width - 1] == pytest.approx(expected)
    assert widths.best(70) == widths.widths[widths.expected([70])[0].argmax()]


@pytest.mark.parametrize("attribute", ["sex", "age", "race"])
@pytest.mark.parametrize("protocol", ["corrected", "paper"])
def test_readings_of_attributes_come_near_the_papers_tables(evidence, attribute, protocol):
    reading = study.read_attribute(Scenario(protocol=protocol), evidence, attribute)
    wanted = {"sex": 0.918, "age": 0.770, "race": 0.834 if protocol == "paper" else 0.905}[attribute]
    assert reading.evaluation.accuracy == pytest.approx(wanted, abs=0.035)
    low, high = reading.evaluation.intervals["accuracy"]
    assert low < reading.evaluation.accuracy < high
    assert reading.majority < reading.evaluation.accuracy
    assert all(curve.auc > 0.8 for curve in reading.curves.values())


def test_pictures_of_one_person_are_nearer_than_those_of_two(evidence):
    from core.faces import generator
    from core.verification import equal_error_rate

    taken = study.take_pictures(Scenario(), evidence, generator.load())
    for metric in ("euclidean", "manhattan"):
        pairs = taken.pairs(metric)
        assert equal_error_rate(pairs) < 0.03
        same = taken.compare(3, same=True, metric=metric)
        assert same.distance == pytest.approx(pairs.genuine[3], rel=1e-5)
        assert same.distance < taken.compare(3, same=False, metric=metric).distance
        # The usual thresholds let as many pairs of two people match.
        usual = taken.usual_threshold(pairs, metric)
        assert (pairs.impostor <= usual).mean() == pytest.approx(0.007, abs=0.005)
