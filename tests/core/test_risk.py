import itertools
import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import risk
from core.demographics import RACES, SEXES, AgeBins
from core.risk import CLASS_SIZES, GroupRisk, SimulatedRisk

UP_TO = {"1": (1, 1), "2-5": (2, 5), "6-10": (6, 10), "11-20": (11, 20), "21+": (21, math.inf)}


def random_outcomes(seed, cells, zeros=0.0):
    """Random joint distribution; about a share `zeros` of its entries is zero."""
    rng = np.random.default_rng(seed)
    joint = rng.exponential(size=(cells, cells)) * (rng.uniform(size=(cells, cells)) >= zeros)
    joint[0, -1] += 0.1  # never all zero
    return joint / joint.sum()


def named_one_by_one(true, predicted):
    """Chance that each person is named, and the size of the person's class, counted person by person."""
    sizes = [sum(other == mine for other in predicted) for mine in predicted]
    return [float(t == p) / k for t, p, k in zip(true, predicted, sizes, strict=True)], sizes


def by_definition(true, predicted):
    """E, shares by class size and share read rightly, as sums over people."""
    named, sizes = named_one_by_one(true, predicted)
    n = len(true)
    shares = {
        name: sum((t == p) and low <= k <= high for t, p, k in zip(true, predicted, sizes, strict=True)) / n
        for name, (low, high) in UP_TO.items()
    }
    return sum(named) / n, shares, sum(t == p for t, p in zip(true, predicted, strict=True)) / n


def enumerated(joint, size):
    """Expectations over all databases of `size` people, each weighted by its chance; and the risk of a person per cell."""
    pairs = [(t, p) for t, p in np.ndindex(*joint.shape) if joint[t, p] > 0]
    expected, correct, shares = 0.0, 0.0, dict.fromkeys(CLASS_SIZES, 0.0)
    named_of = np.zeros(len(joint))
    for database in itertools.product(pairs, repeat=size):
        chance = math.prod(joint[pair] for pair in database)
        true, predicted = zip(*database, strict=True)
        e, s, c = by_definition(true, predicted)
        expected += chance * e
        correct += chance * c
        for name in CLASS_SIZES:
            shares[name] += chance * s[name]
        for cell, named in zip(true, named_one_by_one(true, predicted)[0], strict=True):
            named_of[cell] += chance * named
    # Expected number named of a cell over expected number of people in it.
    with np.errstate(invalid="ignore"):
        return expected, shares, correct, named_of / (size * joint.sum(axis=1))


def assert_equal_risk(found, expected, shares, correct, tolerance=1e-12):
    assert found.expected_reidentified == pytest.approx(expected, abs=tolerance)
    assert tuple(found.class_size_shares) == CLASS_SIZES
    for name in CLASS_SIZES:
        assert found.class_size_shares[name] == pytest.approx(shares[name], abs=tolerance), name
    assert found.correct == pytest.approx(correct, abs=tolerance)


KINDS = [(2, 2, 0), (2, 3, 0), (2, 4, 0), (3, 2, 0), (3, 3, 0), (3, 3, 0.5), (3, 4, 0.6)]
TINY = [(random_outcomes(seed, cells, zeros), size) for seed, (cells, size, zeros) in enumerate(KINDS)]
# Cell 1 is never read, cell 2 only wrongly, nobody is in cell 3.
ODD = np.zeros((4, 4))
ODD[0, 0], ODD[0, 2], ODD[1, 0], ODD[1, 3], ODD[2, 3] = 0.3, 0.2, 0.15, 0.15, 0.2


def test_a_database_worked_by_hand():
    # Read as a: three people, two rightly: each named with 1/3. Read as b: one, rightly: 1. Read as c: two, one
    # rightly: 1/2. E = (2/3 + 1 + 1/2) / 6 = 13/36.
    found = risk.of_database([0, 0, 1, 1, 2, 0], [0, 0, 0, 1, 2, 2])
    assert found.expected_reidentified == pytest.approx(13 / 36)
    assert found.correct == pytest.approx(4 / 6)
    assert found.class_size_shares == pytest.approx({"1": 1 / 6, "2-5": 3 / 6, "6-10": 0, "11-20": 0, "21+": 0})


SIZES_AND_NAMES = [(1, "1"), (2, "2-5"), (5, "2-5"), (6, "6-10"), (10, "6-10"), (11, "11-20"), (20, "11-20"), (21, "21+")]


@pytest.mark.parametrize(("k", "name"), SIZES_AND_NAMES)
def test_a_class_of_k_people_all_read_rightly(k, name):
    found = risk.of_database([7] * k, [7] * k)
    assert found.expected_reidentified == pytest.approx(1 / k)
    assert found.class_size_shares == dict.fromkeys(CLASS_SIZES, 0) | {name: 1}
    assert found.correct == 1


def test_people_read_wrongly_hide_the_others():
    assert risk.of_database([0, 1], [0, 1]).expected_reidentified == 1
    assert risk.of_database([0, 1], [0, 0]).expected_reidentified == 0.25
    assert risk.of_database([0, 1], [1, 0]).expected_reidentified == 0


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60))
def test_a_database_is_summed_person_by_person(people):
    true, predicted = zip(*people, strict=True)
    found = risk.of_database(true, predicted)
    assert_equal_risk(found, *by_definition(true, predicted))
    assert sum(found.class_size_shares.values()) == pytest.approx(found.correct)


@pytest.mark.parametrize(("true", "predicted"), [([], []), ([0], [0, 1]), ([0, 1], [0])])
def test_a_database_has_as_many_truths_as_predictions(true, predicted):
    with pytest.raises(ValueError, match=r"^true and predicted cells must have one length of 1 or more, got \d and \d$"):
        risk.of_database(true, predicted)


@pytest.mark.parametrize("cells", [[-1], [0.5], ["a"], [[0]], [np.nan], [np.inf]])
def test_cells_of_a_database_are_whole_numbers(cells):
    with pytest.raises(ValueError, match=r"^(true|predicted) cells must be "):
        risk.of_database(cells, [0])
    with pytest.raises(ValueError, match=r"^(true|predicted) cells must be "):
        risk.of_database([0], cells)


@pytest.mark.parametrize(("joint", "size"), [*TINY, (ODD, 2), (ODD, 4)])
def test_exact_is_the_mean_over_all_databases(joint, size):
    expected, shares, correct, of_cell = enumerated(joint, size)
    assert_equal_risk(risk.exact(joint, size), expected, shares, correct)
    np.testing.assert_allclose(risk.of_cells(joint, size), of_cell, atol=1e-12)


def multinomials(size, parts):
    """All ways to part `size` people into `parts`."""
    for bars in itertools.combinations(range(size + parts - 1), parts - 1):
        ends = (-1, *bars, size + parts - 1)
        yield [right - left - 1 for left, right in itertools.pairwise(ends)]


@pytest.mark.parametrize("joint", [np.array([[0.5, 0.1], [0.15, 0.25]]), np.array([[0.9, 0.05], [0.03, 0.02]])])
def test_exact_is_the_mean_over_all_counts_in_a_company_of_25(joint):
    # 25 people fall into cell 0 read rightly or wrongly, and cell 1 read rightly or wrongly: all class sizes occur.
    n = 25
    chances = [joint[0, 0], joint[1, 0], joint[1, 1], joint[0, 1]]
    expected, correct, shares = 0.0, 0.0, dict.fromkeys(CLASS_SIZES, 0.0)
    for counts in multinomials(n, 4):
        ways = math.factorial(n) // math.prod(math.factorial(count) for count in counts)
        chance = ways * math.prod(p**count for p, count in zip(chances, counts, strict=True))
        for right, wrong in (counts[:2], counts[2:]):
            k = right + wrong
            if k:
                expected += chance * right / k / n
                correct += chance * right / n
                name = next(name for name, (low, high) in UP_TO.items() if low <= k <= high)
                shares[name] += chance * right / n
    assert_equal_risk(risk.exact(joint, n), expected, shares, correct)
    assert min(shares.values()) > 0


SIMULATED = {
    "dense": (random_outcomes(1, 5), 30),
    "sparse": (random_outcomes(2, 8, 0.6), 30),
    "odd": (ODD, 12),
    "never right": (np.array([[0, 0.5], [0.5, 0]]), 10),
    "perfect": (np.diag([0.5, 0.3, 0.15, 0.05]), 25),
    "many cells": (0.7 * np.diag(np.full(60, 1 / 60)) + 0.3 * random_outcomes(3, 60, 0.9), 200),
    "two people": (random_outcomes(4, 3), 2),
}


@pytest.mark.parametrize("name", SIMULATED)
def test_the_mean_of_simulations_is_exact(name):
    joint, size = SIMULATED[name]
    repeats = 8000
    found, wanted = risk.simulate(joint, size, repeats, np.random.default_rng(5)), risk.exact(joint, size)
    series = [(found.expected_reidentified, wanted.expected_reidentified), (found.correct, wanted.correct)]
    series += [(found.class_size_shares[size], wanted.class_size_shares[size]) for size in CLASS_SIZES]
    for values, expected in series:
        error = values.std(ddof=1) / np.sqrt(repeats)
        assert abs(values.mean() - expected) <= 4 * error + 1e-6
    assert found.mean.expected_reidentified == pytest.approx(found.expected_reidentified.mean())


def test_companies_drawn_person_by_person_have_the_simulated_law():
    joint, size, repeats = random_outcomes(6, 4, 0.3), 15, 4000
    rng = np.random.default_rng(9)
    pairs = rng.choice(16, size=(repeats, size), p=joint.ravel())
    one_by_one = np.array([risk.of_database(row // 4, row % 4).expected_reidentified for row in pairs])
    simulated = risk.simulate(joint, size, repeats, np.random.default_rng(10)).expected_reidentified
    error = np.hypot(one_by_one.std(), simulated.std()) / np.sqrt(repeats)
    assert abs(one_by_one.mean() - simulated.mean()) < 4 * error
    # The spread is the same, too: a standard deviation's error is about 1 / sqrt(2 n) of it.
    assert simulated.std() == pytest.approx(one_by_one.std(), rel=4 * np.sqrt(2) / np.sqrt(2 * repeats))


@st.composite
def joints(draw_from):
    cells = draw_from(st.integers(1, 6))
    values = draw_from(st.lists(st.integers(0, 9), min_size=cells**2, max_size=cells**2).filter(any))
    joint = np.array(values, dtype=float).reshape(cells, cells)
    return joint / joint.sum()


@given(joints(), st.sampled_from([2, 3, 7, 50, 1000, 1_000_000]), st.integers(0, 3))
def test_shares_add_up_to_accuracy(joint, size, seed):
    exact = risk.exact(joint, size)
    assert sum(exact.class_size_shares.values()) == pytest.approx(exact.correct)
    assert exact.correct == pytest.approx(np.trace(joint))
    simulated = risk.simulate(joint, size, 5, np.random.default_rng(seed))
    np.testing.assert_allclose(sum(simulated.class_size_shares.values()), simulated.correct)


@given(joints(), st.sampled_from([2, 3, 7, 50, 1000, 1_000_000]))
def test_risk_lies_between_its_bounds(joint, size):
    found = risk.exact(joint, size)
    shares = found.class_size_shares
    assert all(0 <= share <= 1 for share in shares.values())
    # Whoever is read rightly in a class of k from low to high is named with 1 / high to 1 / low.
    least = sum(shares[name] / min(high, size) for name, (_, high) in UP_TO.items())
    most = sum(shares[name] / low for name, (low, _) in UP_TO.items())
    assert least - 1e-12 <= found.expected_reidentified <= most + 1e-12


def test_perfect_inference_worked_by_hand():
    # E = (1/3) (1 - .5^3 + 1 - .7^3 + 1 - .8^3) = (.875 + .657 + .488) / 3.
    found = risk.exact(np.diag([0.5, 0.3, 0.2]), 3)
    assert found.expected_reidentified == pytest.approx(2.02 / 3)
    assert found.correct == 1
    assert (risk.simulate(np.diag([0.5, 0.3, 0.2]), 3, 100, np.random.default_rng(0)).correct == 1).all()


@pytest.mark.parametrize(("cells", "size"), [(1, 2), (2, 10), (5, 40), (640, 1000)])
def test_a_reader_of_nothing_names_no_more_than_a_guess(cells, size):
    # All outcomes alike: a = 1 / C^2, q = 1 / C, so E = (1/N) (1 - (1 - 1/C)^N), below the guess 1/N.
    found = risk.exact(np.full((cells, cells), 1 / cells**2), size)
    assert found.expected_reidentified == pytest.approx((1 - (1 - 1 / cells) ** size) / size)
    assert found.expected_reidentified <= 1 / size
    assert found.correct == pytest.approx(1 / cells)


def test_one_cell_only_is_a_guess():
    for size, name in ((2, "2-5"), (5, "2-5"), (6, "6-10"), (20, "11-20"), (21, "21+"), (1_000_000, "21+")):
        found = risk.exact([[1]], size)
        assert found.expected_reidentified == pytest.approx(1 / size)
        assert found.class_size_shares == pytest.approx(dict.fromkeys(CLASS_SIZES, 0) | {name: 1})
        assert (risk.simulate([[1]], size, 3, np.random.default_rng(0)).expected_reidentified == 1 / size).all()


def test_two_people_worked_by_hand():
    # Two even cells, read rightly: in one cell with chance 1/2 (each named with 1/2), else both are named.
    found = risk.exact(np.diag([0.5, 0.5]), 2)
    assert found.expected_reidentified == pytest.approx(0.75)
    assert found.class_size_shares == pytest.approx({"1": 0.5, "2-5": 0.5, "6-10": 0, "11-20": 0, "21+": 0})


def test_a_million_people_lose_no_digits():
    # Cells read with chance 1e-6, 1e-9 and the rest, against 50 digits.
    n, rare = 1_000_000, [Decimal("1e-6"), Decimal("1e-9")]
    rates = [Decimal("0.5"), Decimal(1)]
    joint = np.diag([float(q * rate) for q, rate in zip(rare, rates, strict=True)] + [0.0])
    joint[2, 0] = 0.5e-6
    joint[2, 2] = 1 - joint.sum()
    with localcontext() as context:
        context.prec = 50
        parts = [rate * (1 - (1 - q) ** n) for q, rate in zip(rare, rates, strict=True)]
        expected = float((sum(parts) + 1) / n)
        alone = float(sum(q * rate * (1 - q) ** (n - 1) for q, rate in zip(rare, rates, strict=True)))
        few = float(
            sum(
                q * rate * math.comb(n - 1, k - 1) * q ** (k - 1) * (1 - q) ** (n - k)
                for q, rate in zip(rare, rates, strict=True)
                for k in range(2, 6)
            )
        )
    found = risk.exact(joint, n)
    assert found.expected_reidentified == pytest.approx(expected, rel=1e-12)
    # A person of cell 1 is always read rightly, hence named with (1 - (1 - q)^N) / (N q) = parts / (N q).
    assert risk.of_cells(joint, n)[1] == pytest.approx(float(parts[1] / (n * rare[1])), rel=1e-12)
    assert found.class_size_shares["1"] == pytest.approx(alone, rel=1e-8)
    assert found.class_size_shares["2-5"] == pytest.approx(few, rel=1e-8)
    simulated = risk.simulate(joint, n, 4000, np.random.default_rng(1)).expected_reidentified
    assert abs(simulated.mean() - expected) < 4 * simulated.std() / np.sqrt(4000)


@pytest.mark.parametrize("repeats", [1, 10_000])
def test_there_is_one_value_a_repeat(repeats):
    found = risk.simulate(random_outcomes(0, 3), 20, repeats, np.random.default_rng(0))
    assert found.expected_reidentified.shape == found.correct.shape == (repeats,)
    assert all(values.shape == (repeats,) for values in found.class_size_shares.values())
    assert found.low <= found.mean.expected_reidentified <= found.high


def test_a_seed_fixes_the_simulation():
    one, again, other = (risk.simulate(random_outcomes(0, 3), 20, 50, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (one.expected_reidentified == again.expected_reidentified).all()
    assert (one.expected_reidentified != other.expected_reidentified).any()


def test_low_and_high_are_percentiles():
    # 0, 1, ..., 1000: the 2.5th percentile is 25, the 97.5th 975.
    values = np.random.default_rng(0).permutation(1001).astype(float)
    found = SimulatedRisk(values, dict.fromkeys(CLASS_SIZES, values), values)
    assert (found.low, found.high) == pytest.approx((25, 975))
    assert found.mean.expected_reidentified == 500


BAD_OUTCOMES = [
    ([[0.5, 0.6], [-0.1, 0]], r"^outcomes must be 0 or more, got -0.1$"),
    ([[0.5, 0], [0, 0.4]], r"^outcomes must sum to 1, got 0.9$"),
    ([[0.5, 0], [0, 0.6]], r"^outcomes must sum to 1, got 1.1$"),
    ([[0.5, np.nan], [0, 0.5]], r"^outcomes must be finite, got 1 values"),
    ([[0.5, np.inf], [0, 0.5]], r"^outcomes must be finite, got 1 values"),
    ([[0.5, 0.5]], r"^outcomes must be a square matrix, truth by prediction, got shape \(1, 2\)$"),
    (np.empty((0, 0)), r"^outcomes must be a square matrix"),
    ([0.5, 0.5], r"^outcomes must be a matrix, got shape \(2,\)$"),
    ([["a"]], r"^outcomes must be a matrix of numbers, got list$"),
    (None, r"^outcomes must be "),
]


@pytest.mark.parametrize(("joint", "words"), BAD_OUTCOMES)
def test_outcomes_that_are_no_joint_distribution_are_refused(joint, words):
    rng = np.random.default_rng(0)
    for attempt in (
        lambda: risk.exact(joint, 10),
        lambda: risk.simulate(joint, 10, 1, rng),
        lambda: risk.of_cells(joint, 10),
        lambda: risk.by_group(joint, 10, bins=AgeBins(40)),
        lambda: risk.curve(joint, [10], repeats=1, rng=rng),
    ):
        with pytest.raises(ValueError, match=words):
            attempt()


BAD_SIZES = [
    (1, r"^company size must be 2 to 1,000,000, got 1$"),
    (0, r"^company size must be 2 to 1,000,000, got 0$"),
    (1_000_001, r"^company size must be 2 to 1,000,000, got 1,000,001$"),
    (2.5, r"^company size must be a whole number from 2 to 1,000,000, got 2.5$"),
    ("10", r"^company size must be a whole number from 2 to 1,000,000, got '10'$"),
    (True, r"^company size must be a whole number from 2 to 1,000,000, got True$"),
    (None, r"^company size must be a whole number from 2 to 1,000,000, got None$"),
]


@pytest.mark.parametrize(("size", "words"), BAD_SIZES)
def test_company_sizes_out_of_range_are_named_with_the_range(size, words):
    for attempt in (
        lambda: risk.exact([[1]], size),
        lambda: risk.simulate([[1]], size, 1, np.random.default_rng(0)),
        lambda: risk.of_cells([[1]], size),
        lambda: risk.by_group(np.eye(16) / 16, size, bins=AgeBins(40)),
    ):
        with pytest.raises(ValueError, match=words):
            attempt()


@pytest.mark.parametrize(
    ("repeats", "words"),
    [
        (0, r"^repeats must be 1 to 10,000, got 0$"),
        (10_001, r"^repeats must be 1 to 10,000, got 10,001$"),
        (1.5, r"^repeats must be a whole number from 1 to 10,000, got 1.5$"),
        (True, r"^repeats must be a whole number from 1 to 10,000, got True$"),
    ],
)
def test_repeats_out_of_range_are_named_with_the_range(repeats, words):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=words):
        risk.simulate([[1]], 10, repeats, rng)
    with pytest.raises(ValueError, match=words):
        risk.curve([[1]], [10], repeats=repeats, rng=rng)


@pytest.mark.parametrize("sizes", [[1], [10, 1_000_001], [2.5], ["10"]])
def test_company_sizes_of_a_curve_are_in_range(sizes):
    with pytest.raises(ValueError, match=r"^company sizes must be (whole numbers from )?2 to 1,000,000, got "):
        risk.curve([[1]], sizes, repeats=1, rng=np.random.default_rng(0))


def test_a_curve_is_exact_at_every_size():
    joint, perfect = random_outcomes(1, 6, 0.4), np.diag(random_outcomes(1, 6, 0.4).sum(axis=1))
    sizes = [2, 3, 10, 100, 5000, 1_000_000]
    found = risk.curve(joint, sizes, repeats=400, rng=np.random.default_rng(0))
    assert found.company_sizes.tolist() == sizes
    assert found.expected == pytest.approx([risk.exact(joint, size).expected_reidentified for size in sizes], rel=1e-12)
    assert found.perfect == pytest.approx([risk.exact(perfect, size).expected_reidentified for size in sizes], rel=1e-12)
    assert found.random_guess == pytest.approx([1 / size for size in sizes])
    assert (found.perfect > found.expected).all()


def test_a_curves_spread_is_that_of_simulations():
    joint = random_outcomes(1, 6, 0.4)
    found = risk.curve(joint, [10, 100], repeats=5000, rng=np.random.default_rng(0))
    for low, high, size in zip(found.low, found.high, (10, 100), strict=True):
        simulated = risk.simulate(joint, size, 5000, np.random.default_rng(1))
        spread = simulated.high - simulated.low
        assert low == pytest.approx(simulated.low, abs=0.1 * spread)
        assert high == pytest.approx(simulated.high, abs=0.1 * spread)
    assert (found.low < found.expected).all()
    assert (found.expected < found.high).all()


def test_expected_shares_broadcast_over_companies():
    joints = [random_outcomes(seed, 4) for seed in range(3)]
    q, a = (np.array(parts) for parts in zip(*(risk.predicted_and_right(joint) for joint in joints), strict=True))
    sizes = np.array([2, 30, 1000])
    wanted = [risk.exact(joint, int(size)).expected_reidentified for joint, size in zip(joints, sizes, strict=True)]
    assert risk.expected_shares(q, a, sizes) == pytest.approx(wanted)


@pytest.mark.parametrize("size", [2, 50, 100_000])
@pytest.mark.parametrize("zeros", [0, 0.8])
def test_people_times_their_risk_add_up_to_all_who_are_named(size, zeros):
    bins = AgeBins(40)
    joint = random_outcomes(8, 16, zeros)
    named = size * risk.exact(joint, size).expected_reidentified
    share = joint.sum(axis=1)
    assert size * np.nansum(share * risk.of_cells(joint, size)) == pytest.approx(named)
    for group in risk.by_group(joint, size, bins=bins).values():
        assert (group.people * group.risk).sum() == pytest.approx(named)
        assert group.people.sum() == pytest.approx(size)
        assert np.average(group.ratio, weights=group.people) == pytest.approx(1)


def test_groups_are_those_of_all_databases():
    # Three kinds of people of width 40: young White men (cell 0), old White men (8), old Asian women (14).
    joint = np.zeros((16, 16))
    joint[0, 0], joint[0, 8], joint[8, 8], joint[8, 0], joint[14, 14], joint[14, 8] = 0.3, 0.1, 0.25, 0.05, 0.2, 0.1
    size = 3
    with np.errstate(invalid="ignore"):
        of_cell = enumerated(joint, size)[3]
    found = risk.by_group(joint, size, bins=AgeBins(40))
    # Shares .4, .3, .3.
    old = (0.3 * of_cell[8] + 0.3 * of_cell[14]) / 0.6
    men = (0.4 * of_cell[0] + 0.3 * of_cell[8]) / 0.7
    assert found["sex"].labels == SEXES
    assert found["sex"].risk == pytest.approx([men, of_cell[14]])
    assert found["sex"].people == pytest.approx([2.1, 0.9])
    assert found["race"].labels == (RACES[0], RACES[2])
    assert found["race"].risk == pytest.approx([men, of_cell[14]])
    assert found["age"].labels == ("1-40", "41-80")
    assert found["age"].risk == pytest.approx([of_cell[0], old])
    assert found["age"].people == pytest.approx([1.2, 1.8])


def test_a_cell_nobody_is_in_has_no_risk():
    found = risk.of_cells(ODD, 10)
    assert np.isnan(found[3])
    # Cell 1 is never read, cell 2 never read rightly.
    assert found[1] == found[2] == 0
    # (a / p) (1 - (1 - q)^N) / (N q) with a = .3, p = .5, q = .45.
    assert found[0] == pytest.approx(0.6 * (1 - 0.55**10) / 4.5)


def test_ratios_are_relative_to_the_average_person():
    # Average risk (30 * .1 + 10 * .5) / 40 = .2.
    group = GroupRisk(("a", "b"), np.array([0.1, 0.5]), np.array([30.0, 10.0]))
    assert group.ratio == pytest.approx([0.5, 2.5])
    assert np.isnan(GroupRisk(("a",), np.array([0.0]), np.array([5.0])).ratio).all()


def test_groups_need_outcomes_over_their_cells():
    with pytest.raises(ValueError, match=r"^outcomes for age bins of 20 years must have 32 cells, got 16$"):
        risk.by_group(np.eye(16) / 16, 10, bins=AgeBins(20))


def test_advantage_is_0_for_a_guess_and_1_for_certainty():
    assert risk.advantage(1 / 50, 50) == pytest.approx(0)
    assert risk.advantage(1, 50) == pytest.approx(1)
    # (.109 - .01) / .99 = .1
    assert risk.advantage(0.109, 100) == pytest.approx(0.1)
    assert risk.advantage([0.5, 0.0], [2, 3]) == pytest.approx([0, -0.5])


def test_perfect_inference_is_a_diagonal_with_the_same_people():
    joint = random_outcomes(2, 7, 0.3)
    diagonal = np.diag(joint.sum(axis=1))
    for size in (2, 30, 1_000_000):
        found, wanted = risk.perfect(joint, size), risk.exact(diagonal, size)
        assert found.expected_reidentified == pytest.approx(wanted.expected_reidentified)
        assert found.class_size_shares == pytest.approx(wanted.class_size_shares)
    assert risk.perfect(joint, 2).correct == pytest.approx(1)


def test_classes_larger_than_the_company_hold_nobody():
    joint = random_outcomes(3, 5, 0.2)
    shares = risk.exact(joint, 2).class_size_shares
    assert (shares["6-10"], shares["11-20"], shares["21+"]) == (0, 0, 0)
    assert risk.exact(joint, 20).class_size_shares["21+"] == 0
    assert risk.exact(joint, 21).class_size_shares["21+"] > 0


def test_readings_worked_by_hand():
    # Cell 0: half the people, all read rightly; cell 1: half, one in two read as 0.
    joint = np.array([[0.5, 0.0], [0.25, 0.25]])
    found = risk.readings(joint, 2, list_size=4)
    # q = .75, .25. Cell 0: 1 * (1 - .25^2) / (2 * .75) = .625; cell 1: .5 * (1 - .75^2) / (2 * .25) = .4375.
    assert (found.prosecutor, found.prosecutor_cell) == (pytest.approx(0.625), 0)
    # The list holds 4, half of them in each cell: (1 - .5^4) / (4 * .5) = .46875, times 1 and .5.
    assert (found.journalist, found.journalist_cell) == (pytest.approx(0.46875), 0)
    assert found.marketer == pytest.approx((0.625 + 0.4375) / 2)
    assert found.list_size == 4
    with pytest.raises(ValueError, match=r"^list size must be 2 to 1,000,000,000, got 1$"):
        risk.readings(joint, 2, list_size=1)


def test_groups_name_the_most_exposed():
    groups = risk.GroupRisk(("a", "b"), np.array([0.1, 0.4]), np.array([30.0, 10.0]))
    # The average person's risk is (30 * .1 + 10 * .4) / 40 = .175.
    assert groups.most_exposed == "b"
    assert groups.highest_ratio == pytest.approx(0.4 / 0.175)


@pytest.mark.parametrize("rng", [None, 0, np.random])
def test_what_is_no_generator_of_random_numbers_is_refused(rng):
    with pytest.raises(ValueError, match=r"numpy\.random\.Generator"):
        risk.simulate([[1]], 10, 5, rng)
