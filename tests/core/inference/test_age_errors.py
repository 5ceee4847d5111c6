import numpy as np
import pytest

from core.inference import age_errors
from core.inference.age_errors import GRID, UNEXPECTED_SHARE, AgeErrors

AGES = np.arange(1, 81)


def test_tables_are_probabilities(rng):
    ages = rng.integers(1, 81, 500)
    errors = age_errors.fit(ages + rng.normal(0, 5, 500), ages)
    assert errors.table.shape == (159, 80)
    np.testing.assert_allclose(errors.table.sum(axis=1), 1)
    # No age is ruled out that a training face had.
    assert (errors.table[:, np.unique(ages) - 1] > 0).all()


def test_a_predictor_that_never_errs_is_believed():
    ages = np.repeat(AGES, 10)
    believed = age_errors.fit(ages, ages).beliefs([20, 50.2, 80])
    # Two kernels of 1.5 and 0.5 years make the mode as high as that of a normal distribution of sqrt(2.5) years.
    assert believed[0, 19] == pytest.approx(0.99 / np.sqrt(2 * np.pi * 2.5), abs=0.01)
    assert (believed.argmax(axis=1) + 1).tolist() == [20, 50, 80]


def test_the_width_follows_the_predicted_age(rng):
    # Errors of 2 years at 20 and of 8 at 50: each spread is its own, besides half a year of the kernel, whole years, and
    # 1 face in 100 that is like any, half of them 30 years off.
    age = np.repeat([20, 50], 4000)
    truth = np.clip(age + np.rint(rng.normal(0, np.where(age == 20, 2, 8))), 1, 80).astype(int)
    believed = age_errors.fit(age, truth).beliefs([20, 50])
    centre = believed @ AGES
    spread = np.sqrt((believed * (AGES - centre[:, None]) ** 2).sum(axis=1))
    assert spread[0] == pytest.approx(np.sqrt(4 + 0.25 + 1 / 12 + UNEXPECTED_SHARE * (30**2 + 8**2) / 2), abs=0.2)
    assert spread[1] == pytest.approx(np.sqrt(64 + 0.25 + 1 / 12 + UNEXPECTED_SHARE * 30**2 / 2), abs=0.4)
    assert centre == pytest.approx([20, 50], abs=0.4)


def test_beliefs_are_calibrated_where_predictions_are_biased(rng):
    # The predictor shrinks ages and is 8 years off in the middle: the beliefs about new faces know that.
    def predict(ages):
        return 0.8 * ages + 1 + rng.normal(0, 4, len(ages))

    known, new = rng.integers(20, 70, 8000), rng.integers(20, 70, 8000)
    believed = age_errors.fit(predict(known), known).beliefs(predict(new))
    assert (believed @ AGES - new).mean() == pytest.approx(0, abs=0.3)
    below = (believed * (new[:, None] >= AGES)).sum(axis=1)
    # Were beliefs right, the chance of an age at most the true one would be spread evenly, up to whole years.
    assert np.quantile(below, [0.25, 0.5, 0.75]) == pytest.approx([0.29, 0.54, 0.79], abs=0.04)


def test_between_the_grid_lies_a_straight_line(rng):
    errors = age_errors.fit(rng.uniform(1, 80, 300), rng.integers(1, 81, 300))
    np.testing.assert_allclose(errors.beliefs(GRID), errors.table)
    quarter = 0.75 * errors.table[10] + 0.25 * errors.table[11]
    np.testing.assert_allclose(errors.beliefs([GRID[10] + 0.125])[0], quarter)


def test_predictions_beyond_all_ages_are_taken_as_the_first_and_last(rng):
    errors = age_errors.fit(rng.uniform(1, 80, 300), rng.integers(1, 81, 300))
    np.testing.assert_array_equal(errors.beliefs([-7, 300]), errors.table[[0, -1]])


def test_far_from_every_prediction_the_nearest_counts():
    believed = age_errors.fit([30, 30, 31], [28, 28, 40]).beliefs([80])
    assert believed.argmax() + 1 == 40
    np.testing.assert_allclose(believed.sum(), 1)


@pytest.mark.parametrize(
    ("predicted", "ages", "words"),
    [
        ([], [], "predicted and true ages must have one length of 1 or more, got 0 and 0"),
        ([1.0], [1, 2], "predicted and true ages must have one length of 1 or more, got 1 and 2"),
        ([1.0], [81], "ages must be 1 to 80, got 81 to 81"),
    ],
)
def test_ages_that_do_not_fit_are_named(predicted, ages, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        age_errors.fit(predicted, ages)


@pytest.mark.parametrize("table", [np.ones((159, 80)), np.ones((2, 80)) / 80, np.full((159, 80), np.nan)])
def test_tables_that_are_no_probabilities_are_refused(table):
    with pytest.raises(ValueError, match=r"^age errors must be probabilities with shape \(159, 80\) that sum to 1"):
        AgeErrors(table)
