from dataclasses import replace

import numpy as np
import pytest

from core import company, risk
from core.demographics import AgeBins, Demographics
from core.faces import Faces
from core.inference import attackers, predicted_cells
from core.protection import Material, attack, effect_of, judge, prepare
from core.protection.effect import majority, steps
from core.protection.erasure import Leace
from core.protection.simple import GaussianNoise, NoProtection, RandomProjection

NAMES = ("logistic", "neighbours")


def of_four_ages(people):
    """People of the ages 10, 30, 50 and 70 only: so several faces stand for one kind of person."""
    return Demographics(10 + 20 * AgeBins(20).of(people.age), people.sex, people.race)


@pytest.fixture(scope="module")
def material(faces):
    rng = np.random.default_rng(1)
    order = rng.permutation(len(faces))
    person = np.repeat(np.arange(50), 2)
    centres = faces.embeddings[order[:50]]
    return Material(
        known=faces.take(order[:200]),
        tested=faces.take(order[200:260]),
        pool=Faces(faces.embeddings[order[200:]], of_four_ages(faces.people.take(order[200:]))),
        pictures=centres[person] + 0.1 * rng.standard_normal((100, 6)),
        person=person,
        population=np.full((80, 2, 4), 1 / 640),
        company_size=100,
        bins=AgeBins(20),
    )


@pytest.fixture(scope="module")
def prepared(material):
    return prepare(material, seed=0, names=NAMES)


@pytest.fixture(scope="module")
def unprotected(prepared):
    return effect_of(NoProtection(), prepared)


def test_without_protection_attackers_are_those_of_the_study(material, unprotected):
    attacker = attackers.train("neighbours", material.known, seed=0)
    beliefs = attacker.beliefs(material.pool.embeddings)
    matched = company.match(material.population, material.pool.people)
    wanted = risk.exact(company.outcomes(matched, predicted_cells(beliefs, material.bins), material.bins), 100)
    reading = unprotected.privacy.retrained[1]
    assert reading.attacker == "neighbours"
    assert reading.expected_reidentified == wanted.expected_reidentified
    assert reading.advantage == pytest.approx((wanted.expected_reidentified - 0.01) / 0.99)
    assert reading.low < reading.expected_reidentified < reading.high
    sex = attacker.beliefs(material.tested.embeddings).predicted_sex()
    assert reading.accuracy["sex"] == (sex == material.tested.people.sex).mean()
    assert unprotected.privacy.unaware == unprotected.privacy.retrained[0]


def test_the_attacker_that_counts_names_most(unprotected):
    privacy = unprotected.privacy
    assert privacy.worst.expected_reidentified == max(each.expected_reidentified for each in privacy.retrained)
    for attribute in ("sex", "race", "age"):
        assert privacy.best(attribute).accuracy[attribute] == max(each.accuracy[attribute] for each in privacy.retrained)


def test_leace_costs_the_logistic_attacker_most(prepared, unprotected):
    protected = effect_of(Leace(), prepared)
    logistic, before = protected.privacy.retrained[0], unprotected.privacy.retrained[0]
    assert logistic.expected_reidentified < before.expected_reidentified / 2
    assert protected.utility.equal_error_rate >= unprotected.utility.equal_error_rate
    assert protected.privacy.unaware.attacker == "logistic"
    assert (protected.fitted, protected.dimension) == (200, 6)
    assert protected.per_second > 0


def test_apart_fits_to_half_of_the_known_faces(prepared):
    assert effect_of(Leace(), prepared, apart=True).fitted == len(prepared.half) == 100


def test_another_dimension_has_no_unaware_attacker(prepared):
    protected = effect_of(RandomProjection(3), prepared)
    assert (protected.privacy.unaware, protected.dimension) == (None, 3)


def test_noise_is_drawn_anew_for_each_picture(prepared):
    # Noise of 30 drowns who is who: two pictures of one person are as far apart as those of two.
    drowned = effect_of(GaussianNoise(10), prepared).utility
    assert drowned.equal_error_rate == pytest.approx(0.5, abs=0.2)
    assert drowned.rank_one < 0.2


def test_majority_is_the_share_of_the_largest_class(material):
    shares = majority(material.tested, AgeBins(40))
    assert shares["sex"] == np.bincount(material.tested.people.sex).max() / 60
    assert shares["age"] == np.bincount(AgeBins(40).of(material.tested.people.age)).max() / 60


def test_progress_tells_each_step_and_can_cancel(prepared):
    told = []
    effect_of(NoProtection(), prepared, progress=told.append)
    assert len(told) == steps(NAMES)

    class CancelledError(Exception):
        pass

    def cancel(step):
        if "neighbours" in step:
            raise CancelledError

    with pytest.raises(CancelledError):
        effect_of(NoProtection(), prepared, progress=cancel)


def test_a_seed_fixes_the_effect(material, unprotected):
    again = effect_of(NoProtection(), prepare(material, seed=0, names=NAMES))
    assert again.privacy == unprotected.privacy
    assert replace(again.utility, curve=None, nearer=None) == replace(unprotected.utility, curve=None, nearer=None)


def test_one_attack_serves_companies_of_any_size_and_any_age_bins(material, prepared):
    attacked = attack(Leace(), prepared)
    for size, width in ((2, 20), (30, 1), (100_000, 40)):
        bins = AgeBins(width)
        wanted = effect_of(Leace(), prepare(replace(material, company_size=size, bins=bins), seed=0, names=NAMES))
        found = judge(attacked, prepared.for_company(size, bins))
        assert found.privacy == wanted.privacy
        assert (found.utility.rank_one, found.utility.gallery) == (wanted.utility.rank_one, wanted.utility.gallery)
        assert found.utility.equal_error_rate == wanted.utility.equal_error_rate


def test_other_people_need_no_attackers_of_their_own(material, prepared):
    elsewhere = replace(material, population=np.eye(1, 640, 300).reshape(80, 2, 4), pictures=material.pictures[::-1] ** 3)
    there = prepare(elsewhere, seed=0, names=NAMES)
    told = []
    again = judge(attack(Leace(), there, same_faces=attack(Leace(), prepared), progress=told.append), there)
    wanted = effect_of(Leace(), there)
    assert len(told) == steps(())
    assert again.privacy == wanted.privacy
    assert replace(again.utility, curve=None, nearer=None) == replace(wanted.utility, curve=None, nearer=None)
