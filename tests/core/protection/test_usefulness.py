import numpy as np
import pytest

from core import verification
from core.protection.usefulness import identification, utility_of


def test_identification_by_hand():
    # Pictures on a line; galleries hold 0, 10 and 20. The second picture of the first person, at 6, is nearer to 10 than to 0;
    # the others find themselves. Of galleries of 2, one in two has 10 beside 0.
    pictures = np.array([[0.0], [6], [10], [11], [20], [21]])
    person = np.array([0, 0, 1, 1, 2, 2])
    assert identification(pictures, person, gallery=3) == (pytest.approx(2 / 3), 3)
    assert identification(pictures, person, gallery=2) == (pytest.approx((1 / 2 + 1 + 1) / 3), 2)
    assert identification(pictures, person, gallery=100) == (pytest.approx(2 / 3), 3)


def test_identification_is_the_mean_over_galleries(rng):
    pictures = np.repeat(rng.standard_normal((30, 3)), 2, axis=0) + 0.5 * rng.standard_normal((60, 3))
    person = np.repeat(np.arange(30), 2)
    expected, _ = identification(pictures, person, gallery=8)
    found = []
    for _ in range(4_000):
        chosen = rng.choice(30, 8, replace=False)
        probe = chosen[0]
        distances = np.linalg.norm(pictures[2 * chosen] - pictures[2 * probe + 1], axis=1)
        found.append(distances.argmin() == 0)
    assert np.mean(found) == pytest.approx(expected, abs=4 * np.sqrt(0.25 / 4_000))


def test_ties_are_no_success():
    pictures = np.zeros((6, 2))
    assert identification(pictures, np.repeat(np.arange(3), 2), gallery=3)[0] == 0


def test_people_with_one_picture_are_not_looked_for():
    pictures = np.array([[0.0], [5], [5.1], [9], [9.1]])
    assert identification(pictures, np.array([0, 1, 1, 2, 2]), gallery=5) == (1, 2)


def test_utility_is_that_of_the_pairs(rng):
    person = np.repeat(np.arange(60), 2)
    pictures = rng.standard_normal((60, 4))[person] + 0.5 * rng.standard_normal((120, 4))
    utility = utility_of(pictures, person, gallery=10, impostors=None, rng=rng)
    pairs = verification.pairs_of_people(pictures, person, rng=rng)
    assert (utility.genuine, utility.impostor) == (60, 60 * 59 * 2)
    assert utility.equal_error_rate == verification.equal_error_rate(pairs)
    assert utility.low < utility.equal_error_rate < utility.high
    assert utility.true_accept[0.01] == verification.true_accept_rate(pairs, 0.01) >= utility.true_accept[0.001]
    assert (utility.curve.false_match[-1], utility.curve.false_non_match[-1]) == (1, 0)
    assert utility.rank_one > 0.5


def test_the_interval_covers_what_other_people_show():
    rates, covered = [], 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        person = np.repeat(np.arange(80), 2)
        pictures = rng.standard_normal((80, 4))[person] + 0.5 * rng.standard_normal((160, 4))
        utility = utility_of(pictures, person, gallery=10, impostors=None, rng=rng)
        rates.append(utility)
    truth = np.mean([each.equal_error_rate for each in rates])
    covered = np.mean([each.low <= truth <= each.high for each in rates])
    assert covered >= 0.8


def test_another_gallery_changes_only_who_is_found_first(rng):
    person = np.repeat(np.arange(60), 2)
    pictures = rng.standard_normal((60, 4))[person] + 0.5 * rng.standard_normal((120, 4))
    small, large = (utility_of(pictures, person, gallery=n, impostors=None, rng=np.random.default_rng(0)) for n in (5, 100))
    again = small.in_gallery(100)
    assert (again.rank_one, again.gallery) == (large.rank_one, large.gallery) == (identification(pictures, person, gallery=60))
    assert again.rank_one < small.rank_one
    assert (again.low, again.high) == (small.low, small.high)
