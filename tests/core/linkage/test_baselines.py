import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import linkage, risk


def named(p, g, size):
    """Expected share named if faces are read as each cell with chances g, whatever they show."""
    return risk.exact(np.outer(p, g), size).expected_reidentified


def test_the_best_guess_among_two_cells_worked_by_hand():
    # N = 2: .8 (1 - g) = .2 g, so g = .8, and people are named with (1 - .2^2) / 2 and (1 - .8^2) / 2.
    assert linkage.census_guess("cells", [0.8, 0.2], 2) == pytest.approx([0.48, 0.18])


def test_a_rare_cell_is_not_worth_a_guess():
    # N = 2, p = .5, .49, .01: with the first two alone, .5 (1 - g) = .49 g, g = 50/99; both sides are .2475, above .01.
    g = 50 / 99
    expected = [(1 - (1 - g) ** 2) / 2, (1 - g**2) / 2, 0]
    assert linkage.census_guess("cells", [0.5, 0.49, 0.01], 2) == pytest.approx(expected)


@pytest.mark.parametrize("size", [2, 3, 10])
@pytest.mark.parametrize("p", [[0.6, 0.3, 0.1], [0.34, 0.33, 0.33], [0.9, 0.06, 0.04]])
def test_no_other_guess_names_more(p, size):
    best = np.dot(p, linkage.census_guess("cells", p, size))
    others = [
        named(p, np.array([a, b, 40 - a - b]) / 40, size) for a, b in itertools.product(range(41), repeat=2) if a + b <= 40
    ]
    assert max(others) <= best + 1e-9
    assert max(others) > best - 0.005


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=40).filter(lambda p: sum(p) > 1e-3), st.sampled_from([2, 7, 100, 1_000_000])
)
def test_a_guess_names_at_most_one_in_n(p, size):
    p = np.array(p) / sum(p)
    chances = linkage.census_guess("cells", p, size)
    assert (chances >= 0).all()
    assert (chances <= 1 / size + 1e-12).all()
    assert (chances[p == 0] == 0).all()
    assert p @ chances >= named(p, p, size) - 1e-12


def test_in_a_large_company_a_guess_names_one_in_n():
    assert linkage.census_guess("cells", [0.7, 0.2, 0.1], 1000) == pytest.approx(1 / 1000)
    assert linkage.census_guess("cells", [1.0], 5) == pytest.approx(1 / 5)


@pytest.mark.parametrize("name", ["posterior", "assignment"])
def test_a_list_by_itself_names_one_in_n(name):
    assert linkage.census_guess(name, [0.7, 0.3], 8).tolist() == [1 / 8, 1 / 8]


def test_perfect_inference_is_sure_and_right():
    certain = linkage.perfect_inference()
    assert len(certain.people) == 640
    rows = np.arange(640)
    assert (certain.beliefs.sex[rows, certain.people.sex] == 1).all()
    assert (certain.beliefs.race[rows, certain.people.race] == 1).all()
    assert (certain.beliefs.age[rows, certain.people.age - 1] == 1).all()


def test_a_spread_tells_companies_from_their_mean(rng):
    # 0, 1, ..., 1000: the mean 500 has the standard error 289 / sqrt(1001) = 9.1.
    found = linkage.spread(np.arange(1001.0), rng=rng)
    assert (found.mean, found.low, found.high) == pytest.approx((500, 25, 975))
    assert found.mean_low == pytest.approx(500 - 1.96 * 9.13, abs=4)
    assert found.mean_high == pytest.approx(500 + 1.96 * 9.13, abs=4)


def test_paired_differences_are_known_better_than_their_parts(rng):
    company = rng.normal(size=200)
    gain = 0.1 + 0.01 * rng.normal(size=200)
    found = linkage.spread(company + gain - company, rng=rng)
    assert found.mean_low < 0.1 < found.mean_high
    assert found.mean_high - found.mean_low < 0.005


def test_one_company_has_no_spread(rng):
    found = linkage.spread([0.25], rng=rng)
    assert (found.mean, found.low, found.high, found.mean_low, found.mean_high) == (0.25,) * 5


def test_resampled_means_keep_the_shape(rng):
    values = rng.random((30, 4, 2))
    means = linkage.resampled(values, rng=rng)
    assert means.shape == (500, 4, 2)
    assert means.mean(axis=0) == pytest.approx(values.mean(axis=0), abs=0.02)
    with pytest.raises(ValueError, match=r"^rng must be a numpy.random.Generator"):
        linkage.resampled(values, rng=0)
