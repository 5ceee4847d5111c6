import numpy as np
import pytest

from core.demographics import AgeBins, Demographics
from core.linkage import listing

BINS = AgeBins(20)


def population(**people):
    shares = np.zeros((80, 2, 4))
    for age, share in people.items():
        shares[int(age[1:]) - 1, 0, 0] = share
    return shares


TWO_AGES = population(_30=0.75, _35=0.25)


def test_a_bin_leaves_the_ages_of_the_census_in_it():
    found = listing("bin", TWO_AGES, BINS)
    assert found.chance.shape == (4, 80, 2, 4)
    assert found.kinds == 4 * 8
    assert found.chance[1, [29, 34], 0, 0].tolist() == [0.75, 0.25]
    assert found.chance.sum() == 1  # nobody else is in the census


def test_an_exact_age_is_that_age():
    found = listing("exact", TWO_AGES, BINS)
    assert found.chance[29, :, 0, 0].tolist() == np.eye(80)[29].tolist()
    assert found.kinds == 640


def test_an_age_within_5_years_leaves_all_ages_of_the_census_that_near():
    found = listing("within 5", TWO_AGES, BINS)
    assert found.kinds == 90 * 8
    by_listed_age = {listed: found.chance[listed - 1 + 5, [29, 34], 0, 0].tolist() for listed in (24, 25, 29, 30, 35, 36, 40)}
    assert by_listed_age == {
        24: [0, 0],
        25: [1, 0],
        29: [1, 0],
        30: [0.75, 0.25],
        35: [0.75, 0.25],
        36: [0, 1],
        40: [0, 1],
    }


@pytest.mark.parametrize("knowledge", ["bin", "exact", "within 1", "within 20"])
def test_what_is_left_adds_up_wherever_the_census_has_people(rng, knowledge):
    shares = rng.dirichlet(np.full(640, 0.05)).reshape(80, 2, 4)
    total = listing(knowledge, shares, BINS).chance.sum(axis=1)
    assert np.all((total == 0) | (abs(total - 1) < 1e-9))


def test_listed_kinds_worked_by_hand():
    # (listed age x 2 + sex) x 4 + race.
    people = Demographics(np.array([1, 30, 80]), np.array([0, 1, 1]), np.array([0, 2, 3]))
    rng = np.random.default_rng(0)
    assert listing("bin", TWO_AGES, BINS).of(people, rng=rng).tolist() == [0, (1 * 2 + 1) * 4 + 2, (3 * 2 + 1) * 4 + 3]
    assert listing("exact", TWO_AGES, BINS).of(people, rng=rng).tolist() == [0, (29 * 2 + 1) * 4 + 2, 639]


def test_listed_ages_are_off_by_each_number_of_years_as_often():
    people = Demographics(np.full(7000, 80), np.zeros(7000, int), np.full(7000, 3))
    kind = listing("within 3", TWO_AGES, BINS).of(people, rng=np.random.default_rng(0))
    off = (kind - 3) // 8 - 3 + 1 - 80
    assert (kind % 8 == 3).all()
    values, counts = np.unique(off, return_counts=True)
    assert values.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    # 1,000 expected of each; four standard deviations are 4 sqrt(7000 / 7 x 6 / 7) = 117.
    assert abs(counts - 1000).max() < 117


@pytest.mark.parametrize("knowledge", ["within 0", "within 21", "within -1", "within", "within 3 years", "about", "", 3, None])
def test_other_knowledge_is_refused(knowledge):
    words = r"^age knowledge must be one of bin, exact, or within 1 to within 20 \(years\), got "
    with pytest.raises(ValueError, match=words):
        listing(knowledge, TWO_AGES, BINS)
