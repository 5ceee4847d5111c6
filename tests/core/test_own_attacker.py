"""Own attackers: measured on own faces, declared by a test, or both, in every place where the shipped ones stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core import linkage, study
from core.demographics import Demographics
from core.faces import Faces, generator
from core.faces.own import OwnFaces
from core.inference.declared import ATTRIBUTES, Declared, Statement
from core.scenario import LINKAGES, Scenario
from core.study import own_attacker, own_faces
from core.study.own_attacker import COMBINED, DECLARED, MEASURED, NOT_READ

SCENARIO = Scenario(attacker="lda")
ALL = {"sex": Statement("sex", 0.95), "race": Statement("race", 0.9), "age": Statement("age", 0.76)}

SURE = {
    "sex": Statement("sex", 1.0),
    "race": Statement("race", 1.0),
    "age": Statement("age", confusion=np.eye(80), age_bin_width=1),
}


@pytest.fixture(scope="module")
def evidence() -> study.Evidence:
    return study.load_evidence()


@pytest.fixture(scope="module")
def faces() -> Faces:
    """Generated faces of 900 people, two pictures each, spread out over 24 numbers."""
    rng = np.random.default_rng(8)
    group = np.arange(900) % 8
    people = Demographics(rng.integers(18, 66, 900), group % 2, group // 2)
    pictures = generator.load().pictures(people, 2, rng=rng).reshape(1_800, -1)
    turned = 40 * pictures @ np.linalg.qr(rng.standard_normal((128, 24)))[0] + 7
    return Faces(turned.astype(np.float32), people.take(np.repeat(np.arange(900), 2)))


@pytest.fixture(scope="module")
def own(faces) -> OwnFaces:
    return OwnFaces(faces.embeddings, faces.people.age, faces.people.sex, faces.people.race, np.repeat(np.arange(900), 2))


def trained(own: OwnFaces, evidence, scenario: Scenario = SCENARIO):
    return own_faces.train(own, scenario, population=evidence.population(scenario))


@pytest.fixture(scope="module")
def measured(own, evidence):
    return trained(own, evidence)


def from_test(evidence, tested: int | None = 2_000, statements=ALL):
    population = evidence.population(Scenario())
    return own_attacker.from_test(Declared(statements, tested), population=population, words="x", rng=np.random.default_rng(1))


def test_a_measured_attacker_reads_better_than_a_guess(measured, evidence):
    assert measured.label == MEASURED
    assert measured.read == ATTRIBUTES
    with_own = evidence.with_attacker(measured)
    for name in ATTRIBUTES:
        reading = study.read_attribute(SCENARIO, with_own, name)
        assert reading.evaluation.intervals["accuracy"][0] > reading.majority
        assert reading.evaluation.faces == len(measured.plain.people)
    found = study.run(SCENARIO, with_own)
    assert found.random_guess < found.estimate.low < found.exact.expected_reidentified < found.estimate.high
    assert found.exact.expected_reidentified < found.perfect_inference.expected_reidentified


def test_people_are_on_one_side(own, monkeypatch):
    split = own_faces._split(own, np.random.default_rng(0), lambda _: None)
    _, groups, rows = split
    assert not np.intersect1d(groups[rows.training], groups[rows.pool]).size
    assert np.isin(rows.test, rows.pool).all()
    assert len(rows.training) + len(rows.pool) == len(own)
    monkeypatch.setattr(own_faces, "MOST_FACES", 1_000)
    assert len(own_faces._split(own, np.random.default_rng(0), lambda _: None)[0]) == own_faces.faces_used(own) == 1_000
    monkeypatch.setattr(own_faces, "MOST_NUMBERS", 24 * 800)
    assert len(own_faces._split(own, np.random.default_rng(0), lambda _: None)[0]) == own_faces.faces_used(own) == 800


def test_near_identical_faces_are_on_one_side_whatever_the_scale(own):
    labels = (np.tile(getattr(own, name), 2) for name in ("age", "sex", "race"))
    twins = OwnFaces(np.concatenate([own.embeddings, own.embeddings + 1e-3]), *labels, None)
    _, groups, _ = own_faces._split(twins, np.random.default_rng(0), lambda _: None)
    assert (groups[: len(own)] == groups[len(own) :]).all()
    assert len(np.unique(groups)) > 0.9 * len(own)


def test_scale_and_place_of_embeddings_change_nothing(own, measured, evidence):
    moved = replace(own, embeddings=(own.embeddings - 7) / 1_000)
    again = trained(moved, evidence)
    assert again.plain.beliefs.sex == pytest.approx(measured.plain.beliefs.sex, abs=2e-2)


def test_an_attribute_without_labels_is_guessed_and_gives_nothing(own, evidence):
    population = evidence.population(SCENARIO)
    attacker = trained(replace(own, race=None), evidence)
    assert attacker.how == {"sex": MEASURED, "race": NOT_READ, "age": MEASURED}
    guessed = attacker.plain.beliefs.predicted_race()
    shares = np.bincount(guessed, minlength=4) / len(guessed)
    assert shares == pytest.approx(population.sum(axis=(0, 1)), abs=4 * 0.5 / np.sqrt(len(guessed)))
    assert (attacker.calibrated.beliefs.race == 0.25).all()
    full = study.run(SCENARIO, evidence.with_attacker(trained(own, evidence))).exact.expected_reidentified
    less = study.run(SCENARIO, evidence.with_attacker(attacker)).exact.expected_reidentified
    assert 1 / SCENARIO.company_size < less < full


def test_only_ages_or_only_sexes_are_enough(own, evidence):
    for missing in ({"sex": None, "race": None}, {"age": None, "race": None}, {"age": None, "sex": None}):
        attacker = trained(replace(own, **missing, person=None), evidence)
        assert len(attacker.read) == 1
        found = study.run(SCENARIO, evidence.with_attacker(attacker))
        assert found.exact.expected_reidentified > 0


def test_own_attackers_answer_for_every_scenario(measured, evidence):
    with_own = evidence.with_attacker(measured)
    for name in LINKAGES:
        scenario = Scenario(company_size=20, repeats=20, linkage=name, attacker="svm", pictures=5, protocol="paper")
        linked = study.link(scenario, with_own, prepared=study.attack(scenario, with_own))
        assert linked.success[1].mean > 1 / 20
    widths = study.by_width(Scenario(), with_own)
    assert len(widths.accuracy) == 40


def test_a_declared_attacker_follows_from_its_test_without_faces(evidence):
    declared = from_test(evidence)
    assert (declared.label, declared.tested) == (DECLARED, 2_000)
    known = study.attack(Scenario(), evidence.with_attacker(declared))
    exact = study.run(Scenario(), prepared=known)
    assert known.outcomes.sum() == pytest.approx(1)
    assert exact.estimate.low < exact.exact.expected_reidentified < exact.estimate.high
    # The faces that stand in where companies are simulated are read alike.
    stand_in = study.run(Scenario(), evidence.with_attacker(replace(declared, declared=None)))
    assert stand_in.exact.expected_reidentified == pytest.approx(exact.exact.expected_reidentified, rel=0.05)
    for name, accuracy in (("sex", 0.95), ("race", 0.9), ("age", 0.76)):
        reading = study.read_attribute(Scenario(), evidence.with_attacker(declared), name)
        assert reading.evaluation.accuracy == pytest.approx(accuracy, abs=5e-3)
        low, high = reading.evaluation.intervals["accuracy"]
        assert (high - low) / 4 == pytest.approx(np.sqrt(accuracy * (1 - accuracy) / 2_000), rel=0.2)


def test_a_test_of_unknown_size_has_no_interval(evidence):
    with_own = evidence.with_attacker(from_test(evidence, None))
    found = study.run(Scenario(), with_own)
    assert found.estimate.low == found.estimate.high == pytest.approx(found.exact.expected_reidentified)
    assert study.read_attribute(Scenario(), with_own, "sex").evaluation.intervals == {}


def test_a_perfect_test_is_perfect_inference(evidence):
    found = study.run(Scenario(), evidence.with_attacker(from_test(evidence, None, SURE)))
    assert found.exact.expected_reidentified == pytest.approx(found.perfect_inference.expected_reidentified)


def test_own_staff_are_read_as_declared(evidence):
    counts = np.zeros((80, 2, 4), dtype=np.int64)
    counts[29, 0, 0], counts[49, 1, 1] = 2, 1
    for statements, expected in ((SURE, 2 / 3), (SURE | {"sex": Statement("sex", 0.8)}, None)):
        with_staff = replace(evidence.with_attacker(from_test(evidence, 500, statements)), staff=counts)
        found = study.run(Scenario(company_size=3), with_staff)
        if expected is None:
            # Two men: one is named if any is read rightly, each with chance .8. The woman is named with chance .8.
            expected = (1 - 0.2**2 + 0.8) / 3
        assert found.exact.expected_reidentified == pytest.approx(expected)


def test_some_attributes_declared_others_measured(measured, evidence):
    population = evidence.population(Scenario())
    blind = Declared({"race": Statement("race", 0.25)})
    mixed = own_attacker.combined(measured, blind, population=population, words="x", rng=np.random.default_rng(2))
    assert mixed.label == COMBINED
    assert mixed.how == {"sex": MEASURED, "race": DECLARED, "age": MEASURED}
    assert (mixed.plain.beliefs.sex == measured.plain.beliefs.sex).all()
    before, after = (
        study.run(Scenario(), evidence.with_attacker(each)).exact.expected_reidentified for each in (measured, mixed)
    )
    assert after < before
    with pytest.raises(ValueError, match=r"^an attacker must read at least one"):
        own_attacker.label_of(dict.fromkeys(ATTRIBUTES, NOT_READ))


def test_believed_mix_of_a_declared_attacker_is_even(evidence):
    declared = from_test(evidence)
    mix = linkage.believed_mix(declared.calibrated.people, declared.calibrated.beliefs, declared.levelled_counts)
    assert mix.sum(axis=(0, 1)) == pytest.approx(0.25, abs=0.01)


def test_protections_are_measured_where_people_have_several_pictures(own, evidence, monkeypatch):
    monkeypatch.setattr(own_faces, "PROTECTIONS", ("none", "leace"))
    monkeypatch.setattr(own_faces, "_RETRAINED", ("lda",))
    population, told = evidence.population(SCENARIO), []
    plain, leace = own_faces.protect(own, SCENARIO, population=population, progress=told.append)
    assert leace.effect.privacy.worst.expected_reidentified < plain.effect.privacy.worst.expected_reidentified
    assert plain.effect.utility.equal_error_rate < 0.2
    with pytest.raises(ValueError, match=r"^what protections cost is measured on at least 20 people with 2 pictures each"):
        own_faces.protect(replace(own, person=None), SCENARIO, population=population)
    with pytest.raises(ValueError, match=r"^protections are measured on faces with age, sex and race, got no race"):
        own_faces.protect(replace(own, race=None), SCENARIO, population=population)


def test_steps_are_those_that_are_told(own, evidence):
    told: list[str] = []
    own_faces.train(own, SCENARIO, population=evidence.population(SCENARIO), progress=told.append)
    assert len(told) == own_faces.STEPS - 1  # the last one is the end
