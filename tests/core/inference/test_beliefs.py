import numpy as np
import pytest

from core.demographics import AgeBins, cell_count
from core.inference import Beliefs, Predictions, predicted_cells
from core.scenario import CORRECTED, PAPER


def certain_age(*ages):
    return np.eye(80)[np.array(ages) - 1]


def beliefs_of(sex=((1, 0),), race=((1, 0, 0, 0),), age=None, protocol=CORRECTED):
    sex, race = np.array(sex, dtype=float), np.array(race, dtype=float)
    age = certain_age(*[30] * len(race)) if age is None else age
    return Beliefs(np.repeat(sex, len(race), axis=0) if len(sex) < len(race) else sex, race, age, protocol)


def random_beliefs(rng, n):
    parts = (rng.dirichlet(np.full(k, 0.3), n).astype(np.float32) for k in (2, 4, 80))
    return Beliefs(*parts)


@pytest.mark.parametrize("width", range(1, 41))
def test_an_age_bin_has_the_chances_of_its_ages(rng, width):
    beliefs, bins = random_beliefs(rng, 20), AgeBins(width)
    found = beliefs.age_bins(bins)
    by_hand = np.zeros((20, bins.count))
    for age in range(1, 81):
        by_hand[:, (age - 1) // width] += beliefs.age[:, age - 1]
    np.testing.assert_allclose(found, by_hand, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


def test_the_likeliest_bin_need_not_hold_the_likeliest_age():
    # Age 25 has .4, but 41 to 60 has .2 + .2 + .2 = .6.
    age = 0.4 * certain_age(25) + 0.2 * certain_age(41) + 0.2 * certain_age(50) + 0.2 * certain_age(60)
    beliefs = beliefs_of(age=age)
    assert beliefs.predicted_age_bin(AgeBins(20)).tolist() == [2]
    assert beliefs.predicted_age_bin(AgeBins(1)).tolist() == [24]


def test_sex_is_read_as_the_likelier():
    assert beliefs_of(sex=[(0.4, 0.6), (0.51, 0.49)], race=[(1, 0, 0, 0)] * 2).predicted_sex().tolist() == [1, 0]


RACE = [(0.5, 0.5, 0, 0), (0.3, 0.4, 0.2, 0.1), (0.1, 0.2, 0.51, 0.19), (0.1, 0.45, 0.45, 0), (0, 0, 0, 1), (0, 0.5, 0, 0.5)]


def test_race_is_read_as_the_likeliest():
    assert beliefs_of(race=RACE).predicted_race().tolist() == [0, 1, 2, 1, 3, 1]


def test_the_paper_reads_race_as_white_where_none_is_above_one_half():
    # The second, fourth and last have no chance above one half; exactly one half is none.
    assert beliefs_of(race=RACE, protocol=PAPER).predicted_race().tolist() == [0, 0, 2, 0, 3, 0]


def test_predicted_cells_worked_by_hand():
    # Age 45 is bin 2 of width 20, Female 1, Asian 2: (2 * 2 + 1) * 4 + 2 = 22. Race .4 Asian: the paper reads White, 20.
    parts = {"sex": [(0.2, 0.8)], "race": [(0.3, 0.2, 0.4, 0.1)], "age": certain_age(45)}
    assert predicted_cells(beliefs_of(**parts), AgeBins(20)).tolist() == [22]
    assert predicted_cells(beliefs_of(**parts, protocol=PAPER), AgeBins(20)).tolist() == [20]


@pytest.mark.parametrize("width", [1, 13, 40])
def test_predicted_cells_exist(rng, width):
    found = predicted_cells(random_beliefs(rng, 200), AgeBins(width))
    assert found.min() >= 0
    assert found.max() < cell_count(AgeBins(width))


def test_taken_beliefs_keep_their_protocol(rng):
    beliefs = random_beliefs(rng, 4)
    paper = Beliefs(beliefs.sex, beliefs.race, beliefs.age, PAPER)
    taken = paper.take([3, 1])
    assert len(taken) == 2
    assert taken.protocol == PAPER
    assert (taken.age == beliefs.age[[3, 1]]).all()
    assert (taken.race == beliefs.race[[3, 1]]).all()
    assert (paper.take(beliefs.sex[:, 0] >= 0).sex == beliefs.sex).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sex": [[0.5, 0.4]]}, r"^beliefs of sex must be 0 or more and sum to 1 a face, got sums 0.9 to 0.9$"),
        ({"race": [[1.5, -0.5, 0, 0]]}, r"^beliefs of race must be 0 or more and sum to 1 a face"),
        ({"race": [[0.5, 0.5, 0]]}, r"^beliefs of race must have shape \(1, 4\), got \(1, 3\)$"),
        ({"age": np.full((1, 79), 1 / 79)}, r"^beliefs of age must have shape \(1, 80\), got \(1, 79\)$"),
        ({"age": np.full((2, 80), 1 / 80)}, r"^beliefs of age must have shape \(1, 80\), got \(2, 80\)$"),
        ({"sex": [[np.nan, 1.0]]}, r"^beliefs of sex must be finite"),
        ({"protocol": "mine"}, r"^protocol must be one of corrected, paper, got 'mine'$"),
    ],
)
def test_what_is_no_belief_is_refused(change, words):
    good = {"sex": np.array([[1.0, 0.0]]), "race": np.array([[1.0, 0, 0, 0]]), "age": certain_age(1)}
    Beliefs(**good)
    with pytest.raises(ValueError, match=words):
        Beliefs(**good | {key: value if key == "protocol" else np.array(value) for key, value in change.items()})


def test_half_precision_beliefs_are_allowed(rng):
    beliefs = random_beliefs(rng, 50)
    halves = Beliefs(*(part.astype(np.float16) for part in (beliefs.sex, beliefs.race, beliefs.age)))
    np.testing.assert_allclose(halves.age_bins(AgeBins(40)), beliefs.age_bins(AgeBins(40)), atol=5e-3)
    assert halves.age_bins(AgeBins(40)).dtype == np.float32


def test_there_may_be_no_faces():
    nothing = Beliefs(np.empty((0, 2)), np.empty((0, 4)), np.empty((0, 80)))
    assert len(nothing) == 0
    assert predicted_cells(nothing, AgeBins(20)).shape == (0,)


def test_predictions_are_those_of_the_beliefs_at_every_width(rng):
    sex, race, age = (rng.dirichlet(np.ones(width), size=50) for width in (2, 4, 80))
    for protocol in ("corrected", "paper"):
        beliefs = Beliefs(sex, race, age, protocol)
        predictions = Predictions.of(beliefs)
        for width in range(1, 41):
            bins = AgeBins(width)
            np.testing.assert_array_equal(predicted_cells(predictions, bins), predicted_cells(beliefs, bins))
        assert predictions.age_bin.nbytes + predictions.race.nbytes + predictions.sex.nbytes == 50 * 42
