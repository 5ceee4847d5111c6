import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.metrics import log_loss as scikit_learns_log_loss

from core.inference.calibration import QUALITY_METRICS, judge, log_loss, reliability


def made_up(rng, faces=400, classes=4):
    beliefs = rng.dirichlet(np.ones(classes), faces)
    return rng.integers(classes, size=faces), beliefs


def drawn_from(beliefs, rng):
    """Truth for which the beliefs are calibrated: drawn with their probabilities."""
    return (beliefs.cumsum(axis=1) < rng.random((len(beliefs), 1))).sum(axis=1)


def test_a_calibration_error_worked_out_by_hand():
    # Two bins, up to 0.5 and above. Four faces believed at 0.8 and 0.9, three of them right: |0.85 - 0.75| for 4 of
    # 5 faces. One believed at 0.5, wrong: |0.5 - 0| for 1 of 5. Together 0.8 * 0.1 + 0.2 * 0.5 = 0.18.
    beliefs = np.array([[0.8, 0.2], [0.2, 0.8], [0.9, 0.1], [0.1, 0.9], [0.5, 0.5]])
    curve = reliability([0, 1, 0, 0, 1], beliefs, bins=2)
    assert curve.faces.tolist() == [1, 4]
    assert curve.belief == pytest.approx([0.5, 0.85])
    assert curve.right == pytest.approx([0, 0.75])
    assert curve.error == pytest.approx(0.18)


def test_bins_are_closed_above():
    # 3/15 and 0.2 belong to the third of 15 bins, what is a little more to the fourth.
    beliefs = np.full((2, 5), 0.2)
    beliefs[1] = [0.21, 0.2, 0.2, 0.2, 0.19]
    assert reliability([0, 0], beliefs).faces.tolist() == [1, 1]


def test_beliefs_of_one_and_of_zero_are_in_a_bin():
    curve = reliability([0, 1], np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert (curve.faces.tolist(), curve.belief.tolist(), curve.right.tolist()) == ([2], [1], [0.5])


def test_log_loss_worked_out_by_hand():
    assert log_loss([0, 1], [[0.5, 0.5], [0.75, 0.25]]) == pytest.approx((np.log(2) + np.log(4)) / 2)


def test_one_certain_mistake_does_not_make_the_log_loss_infinite():
    assert log_loss([1], [[1.0, 0.0]]) == pytest.approx(7 * np.log(10))


def test_the_metrics_are_scikit_learns(rng):
    truth, beliefs = made_up(rng)
    quality = judge(truth, beliefs, rng=rng)
    read = beliefs.argmax(axis=1)
    assert quality.accuracy == pytest.approx((read == truth).mean())
    assert quality.macro_f1 == pytest.approx(f1_score(truth, read, average="macro"))
    assert quality.log_loss == pytest.approx(scikit_learns_log_loss(truth, beliefs))
    assert quality.calibration_error == pytest.approx(reliability(truth, beliefs).error)
    assert quality.faces == quality.reliability.faces.sum() == 400


def test_macro_f1_leaves_out_classes_that_nobody_is_in():
    # Class 0: 2 right of 2, one more read as it: F1 4/5. Class 1: 1 right of 2: F1 2/3. Nobody is in class 2.
    beliefs = np.eye(3)[[0, 0, 0, 1]]
    assert judge([0, 0, 1, 1], beliefs, rng=np.random.default_rng(0)).macro_f1 == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_calibrated_beliefs_have_a_small_error_and_overconfident_ones_a_large_one(rng):
    beliefs = rng.dirichlet(np.ones(4), 20_000)
    truth = drawn_from(beliefs, rng)
    sharpened = beliefs**3 / (beliefs**3).sum(axis=1, keepdims=True)
    assert reliability(truth, beliefs).error < 0.012
    assert reliability(truth, sharpened).error > 0.1
    assert log_loss(truth, beliefs) < log_loss(truth, sharpened)


def test_intervals_hold_the_truth_about_as_often_as_they_say(rng):
    beliefs = rng.dirichlet(np.ones(2), 100_000)
    truth = drawn_from(beliefs, rng)
    whole = judge(truth, beliefs, rng=rng)
    held = dict.fromkeys(("accuracy", "macro_f1", "log_loss"), 0)
    for part in np.array_split(np.arange(100_000), 200):
        interval = judge(truth[part], beliefs[part], rng=rng).intervals
        for name in held:
            held[name] += interval[name][0] <= getattr(whole, name) <= interval[name][1]
    # 190 of 200 expected; 4 standard errors are 12.
    for name, times in held.items():
        assert abs(times - 190) <= 13, name


def test_a_seed_fixes_the_intervals(rng):
    truth, beliefs = made_up(rng)
    one, two, other = (judge(truth, beliefs, rng=np.random.default_rng(seed)).intervals for seed in (1, 1, 2))
    assert one == two != other
    assert set(one) == set(QUALITY_METRICS)


@pytest.mark.parametrize("judged", [log_loss, reliability, lambda *known: judge(*known, rng=np.random.default_rng(0))])
@pytest.mark.parametrize(
    ("truth", "beliefs", "words"),
    [
        ([], np.empty((0, 2)), "truth and beliefs must have one length of 1 or more, got 0 and 0"),
        ([0], np.ones((2, 2)) / 2, "truth and beliefs must have one length of 1 or more, got 1 and 2"),
        ([2], np.ones((1, 2)) / 2, "truth must be 0 to 1, got 2 to 2"),
        ([0], np.array([[np.nan, 1]]), "beliefs must be finite"),
    ],
)
def test_what_cannot_be_judged_is_named(judged, truth, beliefs, words):
    with pytest.raises(ValueError, match=f"^{words}"):
        judged(truth, beliefs)
