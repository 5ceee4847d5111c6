import json
from dataclasses import replace

import numpy as np
import pytest

from core import linkage, risk, study
from core.inference.held_out import HeldOut
from core.risk import BY_CELL
from core.scenario import LINKAGES, Scenario
from core.study import Evidence


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return study.load_evidence()


def link(scenario, evidence):
    return study.link(scenario, evidence, prepared=study.attack(scenario, evidence))


@pytest.fixture(scope="module")
def linked(evidence):
    """Linked companies of 50 people, by linkage."""
    return {
        name: link(Scenario(company_size=50, repeats=200, linkage=name, age_knowledge="exact"), evidence) for name in LINKAGES
    }


def test_shipped_forests_link_between_the_guess_and_perfect_inference(linked):
    for each in linked.values():
        named = each.success[1]
        assert named.low <= named.mean <= named.high
        assert each.census_guess <= each.random_guess == 1 / 50
        assert each.random_guess < named.mean_low < named.mean < named.mean_high < each.perfect_inference.mean
        assert each.companies == 200
        assert 1 <= each.anonymity.mean <= 50
        means = [each.success[guesses].mean for guesses in linkage.RANKS]
        assert means == sorted(means)


def test_advantage_is_over_the_guess(linked):
    for each in linked.values():
        guess = each.census_guess
        assert each.advantage.mean == pytest.approx((each.success[1].mean - guess) / (1 - guess))
        assert each.advantage.low == pytest.approx((each.success[1].low - guess) / (1 - guess))


def test_cells_are_simulated_as_they_are_exactly(linked, evidence):
    scenario = linked["cells"].scenario
    exact = study.run(scenario, evidence).exact.expected_reidentified
    values = linked["cells"].risk.success[:, 0]
    assert abs(values.mean() - exact) < 4 * values.std() / np.sqrt(len(values))
    assert linked["cells"].over_cells.mean == 0


def test_soft_beliefs_and_exact_ages_name_more_than_cells(linked):
    for name in ("posterior", "assignment"):
        gain = study.gain(linked[name], linked["cells"])
        assert gain == linked[name].over_cells
        assert gain.mean_low > 0
        assert gain.mean == pytest.approx(linked[name].success[1].mean - linked["cells"].success[1].mean)
        # The companies are the same, so the difference is known better than from two sets of companies.
        alone = [np.var(linked[each].risk.success[:, 0]) for each in (name, "cells")]
        assert gain.mean_high - gain.mean_low < 2 * 1.96 * np.sqrt(sum(alone) / 200) * 1.1


@pytest.mark.parametrize("other", [{"seed": 1}, {"company_size": 49}, {"repeats": 199}, {"oldest": 60}, {"female_percent": 50}])
def test_attacks_on_other_companies_are_not_compared(linked, evidence, other):
    with pytest.raises(ValueError, match=r"^two attacks are compared on the same companies: "):
        study.gain(linked["cells"], link(linked["cells"].scenario.replace(**other), evidence))


def test_linkage_is_repeatable(evidence):
    scenario = Scenario(company_size=20, linkage="assignment", age_knowledge="within 2", seed=3)
    assert study.in_full(scenario, evidence) == study.in_full(scenario, evidence)


@pytest.mark.parametrize("name", LINKAGES)
@pytest.mark.parametrize("width", [1, 20])
def test_groups_add_up_to_all_who_are_named(evidence, name, width):
    scenario = Scenario(company_size=30, linkage=name, age_bin_width=width)
    prepared = study.attack(scenario, evidence)
    each = study.link(scenario, evidence, prepared=prepared)
    groups = study.exposure(scenario, prepared, each)
    average = study.run(scenario, evidence).exact.expected_reidentified if name == "cells" else each.success[1].mean
    for group in groups.values():
        assert group.people.sum() == pytest.approx(30)
        assert group.risk @ group.people == pytest.approx(30 * average)
        assert group.average == pytest.approx(average)
        assert (group.low <= group.risk + 1e-9).all()
        assert (group.risk <= group.high + 1e-9).all()
    json.dumps(study.in_full(scenario, evidence), allow_nan=False)


def test_exact_groups_are_those_of_the_study_and_rest_on_all_held_out_faces(evidence):
    scenario = Scenario()
    prepared = study.attack(scenario, evidence)
    groups, result = study.exposure(scenario, prepared), study.run(scenario, evidence)
    for name, group in result.by_group.items():
        assert groups[name].risk == pytest.approx(group.risk)
    # 32 faces of each kind; the census has kinds of people who are of two sexes and three races.
    assert groups["sex"].faces.tolist() == [32 * n for n in (evidence.population(scenario) > 0).sum(axis=(0, 2))]
    by_cell = groups[BY_CELL]
    assert by_cell.risk.max() == pytest.approx(np.nanmax(risk.of_cells(prepared.outcomes, 100)))
    assert not by_cell.uncertain.any()


def test_the_guess_of_a_group_is_that_of_its_people(evidence):
    scenario = Scenario(company_size=10)
    prepared = study.attack(scenario, evidence)
    groups = study.exposure(scenario, prepared)
    shares = prepared.outcomes.sum(axis=1)
    of_cells = linkage.census_guess("cells", shares, 10)
    assert groups[BY_CELL].guess == pytest.approx(of_cells[shares > 0])
    assert groups["sex"].guess @ groups["sex"].people == pytest.approx(10 * shares @ of_cells)
    other = scenario.replace(linkage="posterior")
    found = study.exposure(other, prepared, link(other, evidence))
    assert found["race"].guess == pytest.approx([0.1, 0.1, 0.1])


def test_a_simulated_linkage_must_be_simulated(evidence):
    scenario = Scenario(linkage="posterior")
    with pytest.raises(ValueError, match=r"^the risk under the linkage by posterior must be simulated first"):
        study.exposure(scenario, study.attack(scenario, evidence))


def test_a_company_too_large_for_its_linkage_is_refused_before_any_work(evidence):
    study.check_size(Scenario(company_size=1_000_000))
    for name, size in (("posterior", 10_001), ("assignment", 1_001)):
        with pytest.raises(ValueError, match=rf"^company size for the linkage by {name} must be 2 to "):
            study.in_full(Scenario(company_size=size, linkage=name), evidence)


def test_beliefs_that_are_not_at_hand_are_named(evidence):
    at_hand = "forest from 1 picture, svm from 3 pictures"
    words = rf"^beliefs of the attacker must be one of those at hand, {at_hand}, got mlp from 1 picture$"
    more = replace(evidence, others={("svm", 3): evidence.held_out["corrected"]})
    for attempt in (study.attack, study.run, study.by_width):
        with pytest.raises(ValueError, match=words):
            attempt(Scenario(attacker="mlp"), more)


def test_other_beliefs_at_hand_are_used(evidence):
    certain = linkage.perfect_inference()
    more = replace(evidence, others={("svm", 3): HeldOut(certain.people, certain.beliefs)})
    scenario = Scenario(attacker="svm", pictures=3, linkage="posterior", company_size=20)
    result = study.run(scenario, more)
    assert result.exact == result.perfect_inference
    found = link(scenario, more)
    assert found.risk.success[:, 0] == pytest.approx(found.perfect_inference.mean, abs=1)
    assert found.success[1] == found.perfect_inference


def test_attackers_with_other_held_out_faces_meet_the_same_people(evidence):
    certain = linkage.perfect_inference()
    more = replace(evidence, others={("svm", 1): HeldOut(certain.people, certain.beliefs)})
    scenario = Scenario(linkage="posterior", company_size=20)
    first, second = link(scenario, more), link(scenario.replace(attacker="svm"), more)
    assert (first.risk.people == second.risk.people).all()
    assert first.perfect_inference == second.perfect_inference
    assert study.gain(second, first).mean_low > 0
