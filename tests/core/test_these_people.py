"""Exact risk of given people, against all readings of tiny companies, closed forms, simulation and random companies."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from core import risk
from core.risk import CLASS_SIZES, ThesePeople


def people_of(seed, kinds, cells, most):
    """Some kinds of up to `most` people, each read as a few of the cells; and their chances as a matrix."""
    rng = np.random.default_rng(seed)
    chance = rng.exponential(size=(kinds, cells)) * (rng.random((kinds, cells)) > 0.3)
    chance[:, 0] += 0.05
    chance /= chance.sum(axis=1, keepdims=True)
    kind, read = np.nonzero(chance)
    people = rng.integers(1, most + 1, kinds)
    return ThesePeople(people, rng.integers(0, cells, kinds), kind, read, chance[kind, read]), chance


def one_cell(people, chance):
    """People of one cell, read rightly with one chance."""
    return ThesePeople(np.array([people]), np.array([0]), np.array([0, 0]), np.array([0, 1]), np.array([chance, 1 - chance]))


def test_two_people_by_hand():
    # Both in cell 0, read rightly with 0.6: alone with 0.6 x 0.4, together with 0.6 x 0.6, then named with 1/2.
    found = risk.of_these(one_cell(2, 0.6))
    assert found.expected_reidentified == pytest.approx(0.6 * 0.4 + 0.36 / 2)
    assert found.class_size_shares == pytest.approx({"1": 0.24, "2-5": 0.36, "6-10": 0, "11-20": 0, "21+": 0})
    assert found.correct == pytest.approx(0.6)


def test_one_who_is_misread_hides_another_by_hand():
    # The first is read as the second's cell with 1/4, and rightly never: the second, always read rightly, then has a double.
    these = ThesePeople(
        np.array([1, 1]), np.array([0, 1]), np.array([0, 0, 1]), np.array([1, 2, 1]), np.array([0.25, 0.75, 1.0])
    )
    assert risk.risk_of_kinds(these) == pytest.approx([0, 0.75 + 0.25 / 2])
    assert risk.of_these(these).class_size_shares == pytest.approx({"1": 0.375, "2-5": 0.125, "6-10": 0, "11-20": 0, "21+": 0})


@pytest.mark.parametrize("seed", range(6))
def test_all_readings_of_a_tiny_company(seed):
    these, chance = people_of(seed, kinds=4, cells=3, most=2)
    kind = np.repeat(np.arange(4), these.people)
    expected, correct, shares, of_kind = 0.0, 0.0, dict.fromkeys(CLASS_SIZES, 0.0), np.zeros(4)
    for read in itertools.product(range(3), repeat=len(kind)):
        weight = math.prod(chance[k, c] for k, c in zip(kind, read, strict=True))
        found = risk.of_database(these.cell[kind], np.array(read))
        expected += weight * found.expected_reidentified
        correct += weight * found.correct
        for size in CLASS_SIZES:
            shares[size] += weight * found.class_size_shares[size]
        k = np.bincount(read, minlength=3)[list(read)]
        np.add.at(of_kind, kind, weight * (these.cell[kind] == read) / k)
    exact = risk.of_these(these)
    assert exact.expected_reidentified == pytest.approx(expected, abs=1e-14)
    assert exact.correct == pytest.approx(correct, abs=1e-14)
    assert exact.class_size_shares == pytest.approx(shares, abs=1e-14)
    assert risk.risk_of_kinds(these) == pytest.approx(of_kind / these.people, abs=1e-14)


@pytest.mark.parametrize("people", [2, 3, 37, 1_000, 10**6])
@pytest.mark.parametrize("chance", [1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 1.0])
def test_people_who_are_read_alike_follow_the_closed_form(people, chance):
    # E[1 / (1 + Binomial(n - 1, r))] = (1 - (1 - r)^n) / (n r)
    wanted = (-math.expm1(people * math.log1p(-chance)) if chance < 1 else 1) / people
    assert risk.risk_of_kinds(one_cell(people, chance))[0] == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_the_integral_is_exact_in_fractions(seed):
    # The chance to be named, with the polynomial of the other readers multiplied out in exact arithmetic.
    these, chance = people_of(seed, kinds=6, cells=3, most=25)
    for number, cell in enumerate(these.cell):
        others = these.people - (np.arange(6) == number)
        polynomial = [Fraction(1)]
        for other, count in enumerate(others):
            r = Fraction(float(chance[other, cell]))
            for _ in range(count):
                shifted = [Fraction(0), *polynomial]
                polynomial = [(1 - r) * a + r * b for a, b in zip([*polynomial, Fraction(0)], shifted, strict=True)]
        named = Fraction(float(chance[number, cell])) * sum(c / (k + 1) for k, c in enumerate(polynomial))
        assert risk.risk_of_kinds(these)[number] == pytest.approx(float(named), rel=1e-12)


@pytest.mark.parametrize(("kinds", "cells", "most"), [(3, 2, 2), (8, 5, 6), (30, 12, 3), (10, 4, 60)])
def test_exact_is_the_mean_of_simulated_readings(kinds, cells, most):
    these, _ = people_of(7, kinds, cells, most)
    simulated, exact = risk.simulate_these(these, 4_000, np.random.default_rng(1)), risk.of_these(these)
    pairs = [(simulated.expected_reidentified, exact.expected_reidentified), (simulated.correct, exact.correct)]
    pairs += [(simulated.class_size_shares[size], exact.class_size_shares[size]) for size in CLASS_SIZES]
    for values, wanted in pairs:
        # What was never seen in 4,000 companies is rarer than 1 in 1,000.
        never_seen = 1e-3 if not values.any() else 1e-12
        assert abs(values.mean() - wanted) <= 4 * values.std(ddof=1) / math.sqrt(len(values)) + never_seen


def test_large_companies_are_simulated_fewer_times_and_never_fewer_than_100():
    these, _ = people_of(3, kinds=300, cells=40, most=2)
    pairs = len(these.kind)
    assert risk.simulate_these(these, 10_000, np.random.default_rng(1)).repeats == 5_000_000 // pairs < 10_000
    assert risk.simulate_these(these, 70, np.random.default_rng(1)).repeats == 70


def test_random_companies_have_the_exact_risk_in_the_mean():
    # Companies of 12 drawn from the shares, each taken as given people: their mean is that of a random company.
    rng = np.random.default_rng(3)
    joint = rng.exponential(size=(5, 5)) + 2 * np.eye(5)
    joint /= joint.sum()
    share, reading = joint.sum(axis=1), joint / joint.sum(axis=1, keepdims=True)
    found = []
    for _ in range(600):
        counts = rng.multinomial(12, share)
        cell = np.flatnonzero(counts)
        kind, read = np.indices((len(cell), 5)).reshape(2, -1)
        these = ThesePeople(counts[cell], cell, kind, read, reading[cell].ravel())
        found.append(risk.of_these(these))
    wanted = risk.exact(joint, 12)
    named = np.array([each.expected_reidentified for each in found])
    assert abs(named.mean() - wanted.expected_reidentified) < 4 * named.std(ddof=1) / math.sqrt(len(named))
    for size in CLASS_SIZES:
        shares = np.array([each.class_size_shares[size] for each in found])
        assert abs(shares.mean() - wanted.class_size_shares[size]) < 4 * shares.std(ddof=1) / math.sqrt(len(named)) + 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_shares_add_up_to_those_read_rightly(seed):
    these, _ = people_of(seed, kinds=20, cells=6, most=40)
    found = risk.of_these(these)
    assert sum(found.class_size_shares.values()) == pytest.approx(found.correct)
    assert these.people @ risk.risk_of_kinds(these) / these.size == pytest.approx(found.expected_reidentified)


def test_a_class_of_twenty_ends_the_fourth_bar():
    # 25 people who are always read alike and rightly form one class; so do 20.
    for people, size in ((5, "2-5"), (6, "6-10"), (20, "11-20"), (21, "21+"), (25, "21+")):
        assert risk.of_these(one_cell(people, 1.0)).class_size_shares[size] == pytest.approx(1)


def test_resampled_risk_has_five_digits():
    for seed, most in ((0, 3), (1, 60), (2, 20_000)):
        these, _ = people_of(seed, kinds=12, cells=5, most=most)
        again = risk.resampled_risk(these, np.stack([these.chance, these.chance]))
        assert again == pytest.approx(np.stack([risk.risk_of_kinds(these)] * 2), rel=1e-5)


def test_perfect_inference_is_that_of_the_database_of_true_cells():
    cell = np.repeat([0, 3, 4, 9], [1, 4, 8, 30])
    assert risk.perfect_of(np.array([1, 4, 8, 30])) == risk.of_database(cell, cell)


def test_nobody_is_named_where_nobody_is_read_rightly():
    these = ThesePeople(np.array([3, 4]), np.array([0, 1]), np.array([0, 1]), np.array([1, 0]), np.array([1.0, 1.0]))
    assert risk.of_these(these) == risk.of_database([0, 1], [1, 0])
    assert risk.risk_of_kinds(these).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"people": [1, 0]}, "people of each kind must be 1 to 1,000,000, got 0 to 1"),
        ({"people": [1_000_000, 1]}, "people in the company must be 2 to 1,000,000, got 1,000,001"),
        ({"cell": [0]}, "the lengths differ"),
        ({"chance": [0.5, 0.4, 1.0]}, "sum to 1 for each kind"),
        ({"chance": [1.5, -0.5, 1.0]}, "must be 0 or more"),
        ({"kind": [0, 0, 2]}, "kinds that are read must be 0 to 1"),
    ],
)
def test_what_are_no_people_is_refused(changes, words):
    good = {"people": [1, 1], "cell": [0, 1], "kind": [0, 0, 1], "read": [0, 1, 1], "chance": [0.5, 0.5, 1.0]}
    with pytest.raises(ValueError, match=words):
        ThesePeople(**{name: np.array(value) for name, value in (good | changes).items()})
