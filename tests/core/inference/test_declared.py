"""A declared attacker: what a test states, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.demographics import AgeBins, Demographics, cell_count, cells_of
from core.inference import declared
from core.inference.declared import Declared, Statement, believed, draw_readings, outcomes, predicted_and_right

BINS = AgeBins(20)


def population(*people: tuple[int, int, int]) -> np.ndarray:
    age, sex, race = (np.array(column) for column in zip(*people, strict=True))
    return Demographics(age, sex, race).counts() / len(people)


def test_errors_of_sex_and_race_are_spread_evenly():
    assert Statement("sex", accuracy=0.9).matrix() == pytest.approx(np.array([[0.9, 0.1], [0.1, 0.9]]))
    race = Statement("race", accuracy=0.7).matrix()
    assert np.diag(race) == pytest.approx(0.7)
    assert race[0, 1:] == pytest.approx([0.1, 0.1, 0.1])


@pytest.mark.parametrize(("width", "accuracy"), [(20, 0.764), (10, 0.565), (5, 0.9), (1, 0.2), (40, 0.85)])
def test_ages_are_read_rightly_as_often_as_stated(width, accuracy):
    matrix = Statement("age", accuracy=accuracy, age_bin_width=width).matrix()
    assert matrix.sum(axis=1) == pytest.approx(1)
    bin_of = AgeBins(width).of(np.arange(1, 81))
    right = np.where(bin_of[:, None] == bin_of, matrix, 0).sum(axis=1)
    assert right[16:].mean() == pytest.approx(accuracy, abs=1e-6)
    # Near ages are taken for one another more often than far ones.
    assert (np.diff(matrix[39, 39:]) <= 0).all()


def test_a_confusion_matrix_of_ages_is_spread_over_the_years_that_are_read():
    shares = np.array([[8, 2, 0, 0], [1, 8, 1, 0], [0, 1, 8, 1], [0, 0, 2, 8]])
    matrix = Statement("age", confusion=shares, age_bin_width=20).matrix()
    assert matrix.shape == (80, 80)
    assert matrix[0, :20] == pytest.approx(0.8 / 20)
    assert matrix[30, :20] == pytest.approx(0.1 / 20)
    assert np.add.reduceat(matrix, BINS.first_ages - 1, axis=1)[70] == pytest.approx([0, 0, 0.2, 0.8])


def test_outcomes_by_hand():
    # Half of the people are men of 30 (White), half women of 50 (Black); ages are read rightly.
    people = population((30, 0, 0), (50, 1, 1))
    stated = Declared(
        {"sex": Statement("sex", 0.9), "race": Statement("race", 0.7), "age": Statement("age", 1.0, age_bin_width=20)}
    )
    joint = outcomes(stated.matrices(people), people, BINS)
    man, woman = cells_of([1, 2], [0, 1], [0, 1])
    assert joint.sum() == pytest.approx(1)
    assert joint[man, man] == pytest.approx(0.5 * 0.9 * 0.7)
    assert joint[woman, woman] == pytest.approx(0.5 * 0.9 * 0.7)
    taken_for_a_woman = int(cells_of([1], [1], [0])[0])
    assert joint[man, taken_for_a_woman] == pytest.approx(0.5 * 0.1 * 0.7)
    assert joint.sum(axis=1)[man] == pytest.approx(0.5)


@pytest.mark.parametrize("width", [1, 7, 20, 40])
def test_margins_are_those_of_the_matrix(width, rng):
    people = rng.random((80, 2, 4))
    people[:16] = 0
    people /= people.sum()
    stated = Declared({"sex": Statement("sex", 0.9), "age": Statement("age", confusion=rng.random((4, 4)), age_bin_width=20)})
    matrices, bins = stated.matrices(people), AgeBins(width)
    joint = outcomes(matrices, people, bins)
    assert joint.shape == (cell_count(bins),) * 2
    assert joint.sum() == pytest.approx(1)
    q, a = predicted_and_right(matrices, people, bins)
    assert q == pytest.approx(joint.sum(axis=0))
    assert a == pytest.approx(np.diag(joint))
    # Race is not read: it is guessed as often as the company has it, whatever the truth.
    assert matrices["race"] == pytest.approx(np.tile(people.sum(axis=(0, 1)), (4, 1)))


def test_what_the_test_found_is_drawn_anew_as_its_size_allows(rng):
    stated = Statement("sex", accuracy=0.9)
    for tested in (100, 10_000):
        drawn = np.array([stated.drawn(tested, rng)[0, 0] for _ in range(2_000)])
        assert abs(drawn.mean() - 0.9) < 4 * drawn.std() / np.sqrt(2_000) + 0.5 / tested
        assert drawn.std() == pytest.approx(np.sqrt(0.9 * 0.1 / tested), rel=0.1)
    matrix = Statement("race", confusion=np.eye(4) + 0.1).drawn(1_000, rng)
    assert matrix.sum(axis=1) == pytest.approx(1)


def test_readings_follow_the_chances_as_nearly_as_can_be(rng):
    chances = Statement("race", confusion=rng.random((4, 4))).matrix()
    truth = rng.permutation(np.repeat(np.arange(4), 1_000))
    read = draw_readings(chances, truth, rng=rng)
    counts = np.zeros((4, 4))
    np.add.at(counts, (truth, read), 1)
    assert np.abs(counts / 1_000 - chances).max() <= 1 / 1_000


def test_beliefs_follow_from_bayes():
    chances = np.array([[0.9, 0.1], [0.2, 0.8]])
    found = believed(chances, np.array([0, 1]), np.array([0.5, 0.5]))
    assert found == pytest.approx(np.array([[0.9 / 1.1, 0.2 / 1.1], [0.1 / 0.9, 0.8 / 0.9]]))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Statement("height", 0.5), "attribute must be one of sex, race, age"),
        (lambda: Statement("sex", 1.2), "accuracy of sex must be 0 to 1, got 1.2"),
        (lambda: Statement("sex"), "sex needs either an accuracy or a confusion matrix"),
        (lambda: Statement("sex", 0.5, np.eye(2)), "sex needs either an accuracy or a confusion matrix"),
        (lambda: Statement("age", 0.1), "accuracy of age in bins of 20 years must be 25.0%, that of a blind guess, or more"),
        (lambda: Statement("race", confusion=np.eye(3)), r"confusion matrix of race must have shape \(4, 4\), got \(3, 3\)"),
        (lambda: Statement("sex", confusion=np.zeros((2, 2))), "confusion matrix of sex must have rows of 0 or more"),
        (lambda: Statement("sex", confusion=np.full((2, 2), np.nan)), "confusion matrix of sex must be finite"),
        (lambda: Declared({}), "a declared attacker must read at least one of sex, race and age, got none"),
        (lambda: Declared({"sex": Statement("race", 0.5)}), "the statement of sex must be about it, got one about race"),
        (lambda: Declared({"sex": Statement("sex", 0.5)}, 0), "faces of the test must be 1 to 100,000,000, got 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_sentence(make, words):
    with pytest.raises(ValueError, match=f"^{words}"):
        make()


def test_a_population_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"^a population must be shares of shape \(80, 2, 4\)"):
        declared.outcomes({}, np.ones((2, 2)), BINS)
