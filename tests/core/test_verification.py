import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy.spatial.distance import pdist

from core import verification
from core.verification import (
    MANHATTAN,
    Pairs,
    curve,
    equal_error_rate,
    error_rates,
    pairs_of,
    pairs_of_people,
    true_accept_rate,
)

# Two pictures each of two people. Euclidean: 5 and 6 apart within a person; across, (0, 0) is 8 and 10 from the other's
# pictures and (3, 4) is 5 from both. Manhattan: 3 + 4 = 7 and 6; 8 and 6 + 8 = 14; 3 + 4 = 7 twice.
TWO_PEOPLE = np.array([[[0, 0], [3, 4]], [[0, 8], [6, 8]]], dtype=np.float32)

FEW = Pairs(np.array([1, 2, 3, 6]), np.array([3, 4, 5, 7, 8]))

DISTANCES = st_numpy.arrays(np.float64, st.integers(1, 12), elements=st.integers(0, 9))


def generator():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("metric", "genuine", "impostor"), [("euclidean", [5, 6], [5, 5, 8, 10]), ("manhattan", [6, 7], [7, 7, 8, 14])]
)
def test_distances_of_two_people_are_those_worked_out_by_hand(metric, genuine, impostor):
    pairs = pairs_of(TWO_PEOPLE, rng=generator(), metric=metric)
    assert sorted(pairs.genuine) == genuine
    assert sorted(pairs.impostor) == impostor


def test_distances_are_euclidean_unless_asked_otherwise():
    assert sorted(pairs_of(TWO_PEOPLE, rng=generator()).genuine) == [5, 6]


@pytest.mark.parametrize(("metric", "known_as"), [("euclidean", "euclidean"), ("manhattan", "cityblock")])
def test_all_pairs_are_those_of_scipy(rng, metric, known_as):
    embeddings, person = rng.standard_normal((40, 5)), rng.integers(0, 12, 40)
    pairs = pairs_of_people(embeddings, person, rng=rng, metric=metric)
    i, j = np.triu_indices(40, k=1)
    wanted = pdist(embeddings, known_as)
    same = person[i] == person[j]
    np.testing.assert_allclose(np.sort(pairs.genuine), np.sort(wanted[same]), rtol=1e-12)
    np.testing.assert_allclose(np.sort(pairs.impostor), np.sort(wanted[~same]), rtol=1e-12)


def test_every_picture_of_a_person_is_compared_with_every_other_one():
    # 7 * 6 / 2 = 21 pairs for each of 5 people.
    pairs = pairs_of(generator().standard_normal((5, 7, 3)), rng=generator(), impostors=10)
    assert (len(pairs.genuine), len(pairs.impostor)) == (105, 10)


def test_people_may_be_named_and_listed_in_any_order():
    person, at = np.array(["b", "a", "b", "c", "a"]), np.array([[1.0], [10], [3], [100], [14]])
    pairs = pairs_of_people(at, person, rng=generator())
    assert sorted(pairs.genuine) == [2, 4]
    assert sorted(pairs.impostor) == [7, 9, 11, 13, 86, 90, 97, 99]


def test_impostor_pairs_are_drawn_with_the_same_chance_each():
    # One picture of a, two of b, three of c: 2 + 3 + 6 = 11 impostor pairs, all distances different.
    at, person = np.array([[0.0], [1], [10], [100], [1000], [10000]]), np.array(list("abbccc"))
    draws = 110_000
    pairs = pairs_of_people(at, person, rng=generator(), impostors=draws)
    found, counts = np.unique(pairs.impostor, return_counts=True)
    assert found.tolist() == [1, 10, 90, 99, 100, 990, 999, 1000, 9990, 9999, 10000]
    assert np.abs(counts - draws / 11).max() < 4 * math.sqrt(draws * (1 / 11) * (10 / 11))


def test_a_seed_fixes_the_impostor_pairs():
    pictures = generator().standard_normal((50, 2, 4))
    one, again, other = (pairs_of(pictures, rng=np.random.default_rng(seed), impostors=30).impostor for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


def test_more_impostor_pairs_than_can_be_held_are_drawn(monkeypatch):
    monkeypatch.setattr(verification, "MOST_IMPOSTORS", 3)
    assert len(pairs_of(TWO_PEOPLE, rng=generator()).impostor) == 3
    monkeypatch.setattr(verification, "MOST_IMPOSTORS", 4)
    assert sorted(pairs_of(TWO_PEOPLE, rng=generator()).impostor) == [5, 5, 8, 10]


def test_many_pairs_are_measured_in_blocks(monkeypatch, rng):
    embeddings, person = rng.standard_normal((30, 3)), np.arange(30) // 2
    whole = pairs_of_people(embeddings, person, rng=rng)
    monkeypatch.setattr(verification, "_BLOCK_PAIRS", 7)
    in_blocks = pairs_of_people(embeddings, person, rng=rng)
    assert (in_blocks.genuine == whole.genuine).all()
    assert (in_blocks.impostor == whole.impostor).all()


def test_a_distance_at_the_threshold_matches():
    # At 3: the impostor pair at 3 matches (1 of 5), the genuine pair at 6 does not (1 of 4).
    assert error_rates(FEW, 3) == (0.2, 0.25)
    # Just below, no impostor matches, and the genuine pairs at 3 and 6 do not.
    assert error_rates(FEW, 2.999) == (0, 0.5)
    assert error_rates(FEW, 0) == (0, 1)
    assert error_rates(FEW, 8) == (1, 0)


def test_error_rates_are_named():
    rates = error_rates(FEW, 4)
    assert (rates.false_match, rates.false_non_match) == (0.4, 0.25)


def test_the_curve_holds_the_error_rates_at_its_thresholds():
    # Steps of 2 from 0 to 8.
    found = curve(FEW, points=5)
    assert found.threshold.tolist() == [0, 2, 4, 6, 8]
    assert found.false_match.tolist() == [0, 0, 0.4, 0.6, 1]
    assert found.false_non_match.tolist() == [1, 0.5, 0.25, 0, 0]
    assert len(curve(FEW).threshold) == 201


@given(DISTANCES, DISTANCES)
def test_a_higher_threshold_trades_one_error_for_the_other(genuine, impostor):
    found = curve(Pairs(genuine, impostor), points=20)
    assert (np.diff(found.false_match) >= 0).all()
    assert (np.diff(found.false_non_match) <= 0).all()
    assert (found.false_match[-1], found.false_non_match[-1]) == (1, 0)


@pytest.mark.parametrize(
    ("genuine", "impostor", "rate"),
    [
        ([1], [2], 0),  # a threshold between them makes no error
        ([2], [1], 1),  # none is right
        ([1, 2, 2, 4], [2, 3, 4, 4], 0.25),  # at 2, one of four impostors matches and one of four genuine pairs does not
        # From 3 to 4 the false matches rise from 1/5 to 2/5 while 1/4 do not match: they are as frequent at 1/4.
        ([1, 2, 3, 6], [3, 4, 5, 7, 8], 0.25),
        # At 3 both change at once, from 0 and 1/2 to 1/2 and 0: the middle of this corner.
        ([1, 3], [3, 4], 0.25),
        ([1, 2], [1, 2], 0.5),  # distances that tell nothing
    ],
)
def test_equal_error_rates_are_those_worked_out_by_hand(genuine, impostor, rate):
    assert equal_error_rate(Pairs(np.array(genuine), np.array(impostor))) == pytest.approx(rate, abs=1e-12)


def test_the_equal_error_rate_of_two_normal_distributions_is_known():
    # Means 6 and 8, standard deviation 1: the middle, 7, is one deviation from both, and Phi(-1) = 0.158655.
    rng, n = generator(), 100_000
    rate = equal_error_rate(Pairs(6 + rng.standard_normal(n), 8 + rng.standard_normal(n)))
    assert rate == pytest.approx(0.158655, abs=4 * math.sqrt(0.158655 * 0.841345 / n))


@given(DISTANCES, DISTANCES)
def test_no_threshold_makes_both_errors_rarer_than_the_equal_error_rate(genuine, impostor):
    pairs = Pairs(genuine, impostor)
    rate = equal_error_rate(pairs)
    at = [error_rates(pairs, threshold) for threshold in np.arange(0, 10)]
    assert 0 <= rate <= 1
    assert max(min(each) for each in at) - 1e-12 <= rate <= min(max(each) for each in at) + 1e-12


@given(DISTANCES, DISTANCES, st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_unit_of_distance_changes_no_rate(genuine, impostor, factor):
    one, other = Pairs(genuine, impostor), Pairs(genuine * factor, impostor * factor)
    assert equal_error_rate(one) == equal_error_rate(other)
    assert true_accept_rate(one, 0.1) == true_accept_rate(other, 0.1)


@pytest.mark.parametrize(("allowed", "rate"), [(0, 0.5), (0.19, 0.5), (0.2, 0.75), (0.59, 0.75), (0.6, 1), (1, 1)])
def test_true_accept_rates_are_those_worked_out_by_hand(allowed, rate):
    # Impostors at 3, 4, 5, 7, 8, genuine pairs at 1, 2, 3, 6. With none allowed the threshold lies just below 3; with one
    # of five just below 4; with three just below 7.
    assert true_accept_rate(FEW, allowed) == rate


def test_impostor_pairs_at_one_distance_match_together():
    # One of four is allowed, but at 3 two would match: the threshold stays below 3.
    pairs = Pairs(np.array([2, 3, 4, 6]), np.array([3, 3, 5, 6]))
    assert true_accept_rate(pairs, 0.25) == 0.25
    assert true_accept_rate(pairs, 0.5) == 0.75


def test_a_share_that_floating_point_falls_short_of_is_used_up():
    assert 0.29 * 100 < 29
    assert true_accept_rate(Pairs(np.array([29.5]), np.arange(1, 101)), 0.29) == 1


@given(DISTANCES, DISTANCES, st.floats(0, 1))
def test_the_true_accept_rate_is_the_best_among_thresholds(genuine, impostor, allowed):
    pairs = Pairs(genuine, impostor)
    # Distances are whole numbers, so these thresholds make all the decisions that there are; -1 refuses all.
    rates = [((impostor <= at).mean(), (genuine <= at).mean()) for at in np.arange(-1, 10)]
    assert true_accept_rate(pairs, allowed) == max(accepted for matched, accepted in rates if matched <= allowed + 1e-12)


def test_people_far_apart_are_never_confused(rng):
    pictures = 100 * np.arange(6)[:, None, None] + rng.random((6, 4, 2))
    for metric in verification.METRICS:
        pairs = pairs_of(pictures, rng=rng, metric=metric)
        assert equal_error_rate(pairs) == 0
        assert true_accept_rate(pairs, 0) == 1


@pytest.mark.parametrize(
    ("genuine", "impostor", "words"),
    [
        ([], [1], r"^genuine distances must be a list of 1 or more, got shape \(0,\)$"),
        ([1], [[1]], r"^impostor distances must be a list of 1 or more, got shape \(1, 1\)$"),
        ([1, -1], [1], r"^genuine distances must be finite and 0 or more, got -1 to 1$"),
        ([1], [np.nan], r"^impostor distances must be finite and 0 or more, got nan to nan$"),
        ([1], ["far"], r"^impostor distances must be numbers$"),
    ],
)
def test_distances_that_are_none_are_refused(genuine, impostor, words):
    with pytest.raises(ValueError, match=words):
        Pairs(genuine, impostor)


@pytest.mark.parametrize("shape", [(4, 2), (1, 2, 3), (2, 1, 3), (0, 2, 3)])
def test_pictures_of_a_wrong_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"^pictures must be 2 or more of each of 2 or more people, got shape \("):
        pairs_of(np.zeros(shape), rng=generator())


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ([0, 0, 0], r"^verification needs 2 people or more, one of them with 2 pictures, got 1 people with 3 at most$"),
        ([0, 1, 2], r"^verification needs 2 people or more, one of them with 2 pictures, got 3 people with 1 at most$"),
        ([0, 1], r"^persons must be one for each of the 3 pictures, got shape \(2,\)$"),
    ],
)
def test_people_who_make_no_pairs_are_refused(person, words):
    with pytest.raises(ValueError, match=words):
        pairs_of_people(np.eye(3), person, rng=generator())


def test_nobody_makes_no_pairs():
    with pytest.raises(ValueError, match="got 0 people with 0 at most"):
        pairs_of_people(np.empty((0, 3)), [], rng=generator())


def test_arguments_out_of_range_are_named():
    with pytest.raises(ValueError, match=r"^metric must be one of euclidean, manhattan, got 'cosine'$"):
        pairs_of(TWO_PEOPLE, rng=generator(), metric="cosine")
    with pytest.raises(ValueError, match=r"^impostor pairs must be 1 to 10,000,000, got 0$"):
        pairs_of(TWO_PEOPLE, rng=generator(), impostors=0, metric=MANHATTAN)
    with pytest.raises(ValueError, match=r"^threshold must be 0 to 1e\+06, got -1$"):
        error_rates(FEW, -1)
    with pytest.raises(ValueError, match=r"^false accept rate must be 0 to 1, got 1.5$"):
        true_accept_rate(FEW, 1.5)
    with pytest.raises(ValueError, match=r"^points must be 2 to 1,000,000, got 1$"):
        curve(FEW, points=1)
    with pytest.raises(ValueError, match=r"^embeddings must be finite"):
        pairs_of(np.full((2, 2, 2), np.nan), rng=generator())
