from dataclasses import asdict, replace

import numpy as np
import pytest

from core import protection, shipped, study, tables
from core.faces import generator
from core.faces.people import Pictures
from core.protection import METHODS
from core.scenario import Scenario

SHIPPED = ((shipped.PROTECTIONS, "generated"), (shipped.PROTECTIONS_REAL, "real"))


def point(method, risk, error, strength=None):
    return study.Point(
        method=method,
        strength=strength,
        attacker="svm",
        expected_reidentified=risk,
        low=risk - 0.01,
        high=risk + 0.01,
        accuracy={"sex": 0.9, "race": 0.9, "age": 0.7},
        best_attacker={"sex": "svm", "race": "svm", "age": "mlp"},
        unaware=None,
        equal_error_rate=error,
        equal_error_low=error / 2,
        equal_error_high=error * 2,
        true_accept={"0.01": 0.95, "0.001": 0.8},
        rank_one=0.9,
        fitted=100,
        dimension=128,
        per_second=1000.0,
        by_attacker={"svm": {"sex": 0.9, "race": 0.9, "age": 0.7, "expected_reidentified": risk}},
    )


def frontier_of(*points):
    return study.Frontier(
        faces="generated",
        pairs="generated",
        seed=0,
        company_size=100,
        age_bin_width=20,
        known=100,
        tested=50,
        pool=60,
        random_guess=0.01,
        census_guess=0.01,
        perfect_inference=0.14,
        majority={"sex": 0.5, "race": 0.25, "age": 0.46},
        points=points,
    )


def test_the_frontier_by_hand():
    none, noise, leace, better = (
        point("none", 0.07, 0.01),
        point("noise", 0.06, 0.05, 0.05),  # leace beats it in both
        point("leace", 0.03, 0.02, 20),
        point("leace-equal", 0.01, 0.03, 80),
    )
    keys = point("biohash", 0.001, 0.001, 64)  # as safe as its keys: never on the frontier
    found = frontier_of(none, noise, leace, better, keys)
    assert found.on_frontier() == (none, leace, better)
    assert (found.best(), found.best(0.025), found.best(0.005)) == (better, leace, None)


def test_of_two_as_useful_the_safer_is_on_the_frontier():
    safer, other = point("leace", 0.03, 0.02, 20), point("noise", 0.05, 0.02, 0.1)
    assert frontier_of(other, safer).on_frontier() == (safer,)


def test_a_frontier_is_of_one_company():
    found = frontier_of(point("none", 0.07, 0.01), point("leace", 0.03, 0.02, 20))
    assert found.is_of(Scenario())
    # Who reads and links, and how, is the frontier's own.
    assert found.is_of(Scenario(attacker="svm", linkage="assignment", pictures=3, repeats=7, protocol="paper"))
    for other in ({"company_size": 99}, {"age_bin_width": 5}, {"seed": 1}, {"youngest": 30}, {"female_percent": 50}):
        assert not found.is_of(Scenario(**other))
    assert found.point("leace", 20).expected_reidentified == 0.03
    assert found.point("leace", 21) is None


def test_a_frontier_is_read_as_it_was_written(tmp_path):
    written = frontier_of(point("none", 0.07, 0.01), point("leace", 0.03, 0.02, 20))
    shipped.write_json(shipped.PROTECTIONS, written.to_dict(), tmp_path)
    assert study.load_frontier(folder=tmp_path) == written
    assert written.to_dict()["best"] == {"method": "leace", "strength": 20}


@pytest.mark.parametrize("change", [lambda values: values.pop("points"), lambda values: values["points"][0].pop("low")])
def test_a_frontier_that_lacks_something_is_refused(tmp_path, change):
    values = frontier_of(point("none", 0.07, 0.01)).to_dict()
    change(values)
    shipped.write_json(shipped.PROTECTIONS, values, tmp_path)
    with pytest.raises(shipped.DamagedModelError, match=r"protections.json lacks a value or has one too many"):
        study.load_frontier(folder=tmp_path)


@pytest.fixture(scope="module")
def material():
    population = study.load_evidence().population(Scenario())
    return study.generated_material(Scenario(company_size=50), population, generator.load(), known=300, tested=200, per_kind=1)


def test_generated_material_has_the_sizes_asked_for(material):
    assert (len(material.known), len(material.tested), len(material.pool)) == (300, 200, 640)
    assert material.pictures.shape == (2_000, 128)
    np.testing.assert_array_equal(np.bincount(material.person), np.full(1_000, 2))
    assert material.company_size == 50
    # Two sets of faces of their own.
    assert not np.isin(material.known.embeddings[:, 0], material.tested.embeddings[:, 0]).all()


def test_real_faces_and_pairs_take_the_place_of_generated_ones(material, faces, rng):
    real = study.with_real_faces(material, faces, seed=0)
    # 320 faces, levelled already: four fifths train, the others are tested; those not trained on stand for people.
    assert (len(real.known), len(real.tested), len(real.pool)) == (256, 64, 64)
    pictures = Pictures(rng.standard_normal((10, 128)), np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4]), 10, {})
    paired = study.with_real_pairs(material, pictures)
    assert (len(paired.pictures), paired.impostors) == (10, None)


def test_a_protection_is_measured_with_its_references(material):
    told = []
    prepared = protection.prepare(material, seed=0, names=("logistic",))
    protected = study.protect("leace", None, prepared, progress=told.append)
    assert len(told) == protection.steps(("logistic",))
    assert (protected.method, protected.strength, protected.random_guess) == ("leace", 20, 1 / 50)
    # The best guess that sees no face names one person of the company at most.
    assert 0.5 / 50 < protected.census_guess <= 1 / 50
    shown = protected.point()
    assert shown.attacker == "logistic"
    share = protected.effect.privacy.worst.expected_reidentified
    assert shown.expected_reidentified == share
    assert protected.advantage_over_census == pytest.approx((share - protected.census_guess) / (1 - protected.census_guess))
    # On the faces that it was fitted to and attackers train on, LEACE leaves a linear attacker the majority guess.
    majority = protected.effect.privacy.majority
    assert shown.accuracy["sex"] <= majority["sex"] + 0.05
    assert shown.accuracy["race"] <= majority["race"] + 0.05


def test_all_that_is_asked_for_is_measured_and_printed(material):
    small = replace(material, pictures=material.pictures[:200], person=material.person[:200])
    prepared = protection.prepare(small, seed=0, names=("logistic",))
    found = study.frontier(prepared, [("leace", 20), ("projection", 16)], faces="generated", pairs="generated")
    assert [each.method for each in found.points] == ["none", "leace", "projection"]
    assert found.perfect_inference > found.points[0].expected_reidentified > found.points[1].expected_reidentified
    table = tables.of_protections(found.to_dict())
    for each in found.points:
        named = tables.percent(each.expected_reidentified)
        assert f"{named} ({each.low:.1%} to {each.high:.1%}) {each.attacker}" in table
        assert f"{each.equal_error_rate:.2%} (" in table
    assert table.count(" *") <= 1


@pytest.mark.parametrize(("name", "kind"), SHIPPED)
def test_shipped_frontiers_are_whole_and_hold_no_value_of_a_person(name, kind):
    found = study.load_frontier(name)
    assert (found.faces, found.pairs, found.company_size, found.seed) == (kind, kind, 100, 0)
    assert found.points[0].method == "none"
    assert {each.method for each in found.points} <= set(METHODS)
    for each in found.points:
        assert all(not isinstance(value, list) for value in asdict(each).values())
        assert each.low <= each.expected_reidentified <= each.high
    assert shipped.read_json(name)["best"] == {"method": found.best().method, "strength": found.best().strength}


def test_the_shipped_frontier_tries_every_method():
    assert {each.method for each in study.load_frontier().points} == set(METHODS)


def test_real_figures_are_what_was_aimed_at():
    found = study.load_frontier(shipped.PROTECTIONS_REAL)
    none = found.points[0]
    leace = next(each for each in found.points if (each.method, each.strength) == ("leace", 20))
    assert none.equal_error_rate == pytest.approx(0.013, abs=0.005)
    assert leace.equal_error_rate <= 0.026
    for attribute, majority in found.majority.items():
        assert leace.by_attacker["logistic"][attribute] <= majority + 0.015
    assert found.best().equal_error_rate <= 0.03
    assert found.best().expected_reidentified < leace.expected_reidentified
