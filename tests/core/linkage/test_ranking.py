"""Posterior and assignment against every order and every permutation of tiny companies."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.linkage import RANKS
from core.linkage.assignment import best_assignment, by_assignment
from core.linkage.posterior import by_posterior, candidates, rank


def company(likelihood_of_kind, listed):
    """One company's likelihoods, shape (1, N, U), from those of all listed kinds, shape (N, kinds)."""
    names = candidates(np.array([listed]))
    return np.asarray(likelihood_of_kind, dtype=np.float32)[None][:, :, names.kinds[0]], names


def orders(fit, without=None):
    """Every order of the names, best fit first, that breaks ties in some way."""
    names = [name for name in range(len(fit)) if name != without]
    found = [order for order in itertools.permutations(names) if all(fit[a] >= fit[b] for a, b in itertools.pairwise(order))]
    return [([] if without is None else [without]) + list(order) for order in found]


def success_of(ranked, person):
    """Share of the orders in which a person's own name is among the first guesses."""
    return [np.mean([person in order[:guesses] for order in ranked]) for guesses in RANKS]


def random_company(seed, n, kinds, *, levels=None):
    """Likelihoods by listed kind and each person's kind; few levels make ties between kinds."""
    rng = np.random.default_rng(seed)
    fit = rng.uniform(0.1, 1, (n, kinds)) if levels is None else rng.integers(1, levels + 1, (n, kinds))
    return fit.astype(np.float32), rng.integers(kinds, size=n)


def test_names_of_one_kind_are_gathered():
    found = candidates(np.array([[7, 3, 7, 7], [5, 5, 5, 5]]))
    assert found.kinds[0].tolist() == [3, 7]
    assert found.names.tolist() == [[1, 3], [4, 0]]
    assert found.own.tolist() == [[1, 0, 1, 1], [0, 0, 0, 0]]


SHAPES = [(2, 2), (3, 2), (4, 3), (5, 3), (5, 8)]


@pytest.mark.parametrize(("n", "kinds"), SHAPES)
@pytest.mark.parametrize("levels", [None, 2])
@pytest.mark.parametrize("seed", range(4))
def test_the_posterior_is_the_mean_over_all_ways_to_break_ties(n, kinds, levels, seed):
    fit, listed = random_company(seed, n, kinds, levels=levels)
    likelihood, names = company(fit, listed)
    found = by_posterior(rank(likelihood, names))
    for person in range(n):
        assert found.success[:, 0, person] == pytest.approx(success_of(orders(fit[person, listed]), person))
        posterior = fit[person, listed] / fit[person, listed].sum()
        assert found.anonymity[0, person] == pytest.approx(2 ** -(posterior * np.log2(posterior)).sum(), rel=1e-5)


def best_permutations(fit):
    scores = {
        each: sum(fit[row, column] for row, column in enumerate(each)) for each in itertools.permutations(range(len(fit)))
    }
    best = max(scores.values())
    return [each for each, score in scores.items() if score > best - 1e-9], best


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(5))
def test_no_permutation_fits_better_than_the_assignment(n, seed):
    fit = np.log(np.random.default_rng(seed).uniform(size=(n, n)))
    chosen = best_assignment(fit)
    assert sorted(chosen) == list(range(n))
    assert fit[np.arange(n), chosen].sum() == pytest.approx(best_permutations(fit)[1])


@pytest.mark.parametrize(("n", "kinds"), SHAPES)
@pytest.mark.parametrize("shared_faces", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_assignment_is_the_mean_over_all_that_are_best(n, kinds, shared_faces, seed):
    fit, listed = random_company(seed, n, kinds)
    face = np.random.default_rng(seed).integers(2, size=n) if shared_faces else np.arange(n)
    fit = fit[face]
    likelihood, names = company(fit, listed)
    ranking = rank(likelihood, names)
    found = by_assignment(likelihood, names, ranking, face[None], rng=np.random.default_rng(0)).success[:, 0]
    by_name = fit[:, listed].astype(float)
    best, _ = best_permutations(np.log(by_name))
    for person in range(n):
        ways = [success_of(orders(by_name[person], without=each[person]), person) for each in best]
        assert found[:, person] == pytest.approx(np.mean(ways, axis=0))


def test_success_at_k_worked_by_hand():
    # Four names of kind 0, one of kind 1. The first face fits kind 1 best and is of kind 0: named never at the first guess, at
    # the third with 2 of 4, at the fifth surely. The last face is of kind 1 and fits kind 0 best: 4 names come first.
    likelihood, names = company([[1, 2], [2, 1], [2, 1], [2, 1], [2, 1]], [0, 0, 0, 0, 1])
    found = by_posterior(rank(likelihood, names)).success[:, 0]
    assert found[:, 0] == pytest.approx([0, 2 / 4, 1, 1])
    assert found[:, 1] == pytest.approx([1 / 4, 3 / 4, 1, 1])
    assert found[:, 4] == pytest.approx([0, 0, 1, 1])
    # One to one, the first face gets the name of kind 1, the others four names of kind 0. The first face's further guesses
    # are of kind 0. The last one has a name of kind 0; of the further guesses three are of kind 0, the fourth is its own.
    assigned = by_assignment(likelihood, names, rank(likelihood, names), np.arange(5)[None], rng=np.random.default_rng(0))
    assert assigned.success[:, 0, 0] == pytest.approx([0, 2 / 4, 1, 1])
    assert assigned.success[:, 0, 1] == pytest.approx([1 / 4, 3 / 4, 1, 1])
    assert assigned.success[:, 0, 4] == pytest.approx([0, 0, 1, 1])


def test_the_assignment_names_people_whom_the_posterior_confuses():
    # Both faces fit the first name better, the second face less so.
    likelihood, names = company([[0.9, 0.1], [0.6, 0.4]], [0, 1])
    ranking = rank(likelihood, names)
    assert by_posterior(ranking).success[0, 0].tolist() == [1, 0]
    assert by_assignment(likelihood, names, ranking, np.array([[0, 1]]), rng=np.random.default_rng(0)).success[
        0, 0
    ].tolist() == [
        1,
        1,
    ]


def test_an_attacker_who_is_sure_leaves_no_anonymity():
    likelihood, names = company([[1, 1e-30], [1e-30, 1]], [0, 1])
    ranking = rank(likelihood, names)
    assert ranking.anonymity[0] == pytest.approx([1, 1])
    assert by_posterior(ranking).success[0, 0].tolist() == [1, 1]


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 100))
def test_faces_that_are_all_alike_name_k_in_n(n, kinds, seed):
    # Whatever the order of the names, one of them is the first guess for every face, and is right for one.
    rng = np.random.default_rng(seed)
    fit = np.repeat(rng.integers(1, 4, (1, kinds)), n, axis=0)
    likelihood, names = company(fit, rng.integers(kinds, size=n))
    ranking = rank(likelihood, names)
    expected = np.minimum(np.array(RANKS) / n, 1)
    assert by_posterior(ranking).success[:, 0].mean(axis=1) == pytest.approx(expected)
    one_face = by_assignment(likelihood, names, ranking, np.zeros((1, n), int), rng=rng)
    assert one_face.success[0, 0].mean() == pytest.approx(1 / n)


@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 200))
def test_success_is_a_chance_that_grows_with_the_guesses(n, kinds, seed):
    fit, listed = random_company(seed, n, kinds, levels=3)
    likelihood, names = company(fit, listed)
    ranking = rank(likelihood, names)
    for found in (
        by_posterior(ranking),
        by_assignment(likelihood, names, ranking, np.arange(n)[None], rng=np.random.default_rng(0)),
    ):
        assert (found.success >= 0).all()
        assert (np.diff(found.success, axis=0) >= -1e-9).all()
        assert (found.success[-1] <= 1 + 1e-9).all()
        if n <= max(RANKS):
            assert found.success[-1] == pytest.approx(1)
        assert (found.anonymity >= 1 - 1e-6).all()
        assert (found.anonymity <= n * (1 + 1e-5)).all()
