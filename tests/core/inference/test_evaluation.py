import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)

from core.inference.evaluation import METRICS, confusion_shares, evaluate, evaluate_one_hot, roc

TWO = ("Male", "Female")
THREE = ("a", "b", "c")
FOUR = ("a", "b", "c", "d")


def chances(*second):
    """Beliefs in two classes from those in the second."""
    return np.array([[1 - p, p] for p in second])


def made_up(seed, classes, faces=150):
    """Truth, predictions and beliefs in eighths: they sum to 1 exactly, and many faces tie."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(classes, faces, p=rng.dirichlet(np.full(classes, 5.0)))
    leaning = rng.dirichlet(np.ones(classes), faces) + 0.6 * np.eye(classes)[truth]
    beliefs = np.stack([rng.multinomial(8, each / each.sum()) for each in leaning]) / 8
    return truth, beliefs.argmax(axis=1), beliefs


def scikit_learns(truth, said, average):
    """Accuracy, recall, precision and F1 as scikit-learn computes them."""
    precision, recall, f1, _ = precision_recall_fscore_support(truth, said, average=average, zero_division=0)
    return accuracy_score(truth, said), recall, precision, f1


def auc_pair_by_pair(truth, score):
    """Chance that a positive scores above a negative; ties count one half."""
    wins = [float(p > n) + 0.5 * (p == n) for p in score[truth == 1] for n in score[truth == 0]]
    return np.mean(wins)


def test_two_classes_worked_by_hand():
    # Female is the class asked for. Truth F F F M M, read F F M F M: 2 true and 1 false positives, 1 missed.
    # Accuracy 3/5, recall 2/3, precision 2/3, F1 2/3. Scores of F .9 .8 .4, of M .7 .1: pairs won 2+2+1 of 6.
    found = evaluate([1, 1, 1, 0, 0], [1, 1, 0, 1, 0], chances(0.9, 0.8, 0.4, 0.7, 0.1), TWO)
    assert found.confusion.tolist() == [[0.2, 0.2], [0.2, 0.4]]
    assert found.accuracy == pytest.approx(3 / 5)
    assert found.recall == pytest.approx(2 / 3)
    assert found.precision == pytest.approx(2 / 3)
    assert found.f1 == pytest.approx(2 / 3)
    assert found.auc == pytest.approx(5 / 6)
    assert found.faces == 5
    assert found.labels == TWO


def test_recall_and_precision_are_not_swapped():
    # Truth F F F F, M M; read F M M M, M M: recall 1/4, precision 1/1, F1 2 * 1/4 / (5/4) = .4.
    found = evaluate([1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0], chances(0.9, 0.4, 0.4, 0.4, 0.1, 0.1), TWO)
    assert (found.recall, found.precision, found.f1) == pytest.approx((0.25, 1, 0.4))


def test_three_classes_worked_by_hand():
    # Truth a a a b b c, read a a b b c c. Recalls 2/3, 1/2, 1 weighted 3, 2, 1: (2 + 1 + 1) / 6 = 2/3.
    # Precisions 1, 1/2, 1/2: (3 + 1 + 1/2) / 6 = 3/4. F1s 4/5, 1/2, 2/3: (12/5 + 1 + 2/3) / 6 = 61/90.
    truth, read = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]
    found = evaluate(truth, read, np.eye(3)[read], THREE)
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.recall == pytest.approx(2 / 3)
    assert found.precision == pytest.approx(3 / 4)
    assert found.f1 == pytest.approx(61 / 90)
    assert (found.confusion * 6).round(12).tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    # With scores 0 and 1 an AUC is (recall + 1 - false positives) / 2:
    # a (2/3 + 1)/2 = 5/6, b (1/2 + 3/4)/2 = 5/8, c (1 + 4/5)/2 = 9/10, weighted (5/2 + 5/4 + 9/10) / 6 = 31/40.
    assert found.auc == pytest.approx(31 / 40)


def test_recall_weighted_by_frequency_is_accuracy(rng):
    truth, read = rng.integers(0, 4, (2, 300))
    found = evaluate(truth, read, rng.dirichlet(np.ones(4), 300), ("a", "b", "c", "d"))
    assert found.recall == pytest.approx(found.accuracy)
    assert found.accuracy == pytest.approx(np.trace(found.confusion))
    assert found.confusion.sum() == pytest.approx(1)


def test_a_row_of_answers_without_a_yes_is_wrong():
    # Truth a b c a, answers a, none, c, none: accuracy 2/4 although the last reads as the first class, a.
    # Recalls 1/2, 0, 1 weighted 2, 1, 1: 1/2. Precisions 1, 0, 1: 3/4. F1s 2/3, 0, 1: (4/3 + 1) / 4 = 7/12.
    answers = [[1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0]]
    found = evaluate_one_hot([0, 1, 2, 0], answers, np.full((4, 3), 1 / 3), THREE)
    assert found.accuracy == pytest.approx(1 / 2)
    assert found.recall == pytest.approx(1 / 2)
    assert found.precision == pytest.approx(3 / 4)
    assert found.f1 == pytest.approx(7 / 12)
    assert (found.confusion * 4).tolist() == [[2, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert found.auc == pytest.approx(1 / 2)


def test_one_hot_answers_that_all_have_a_yes_count_as_single_labels(rng):
    truth, read = rng.integers(0, 3, (2, 100))
    beliefs = rng.dirichlet(np.ones(3), 100)
    single, one_hot = evaluate(truth, read, beliefs, THREE), evaluate_one_hot(truth, np.eye(3, dtype=int)[read], beliefs, THREE)
    for name in ("accuracy", "recall", "precision", "f1", "auc"):
        assert getattr(single, name) == pytest.approx(getattr(one_hot, name))
    assert (single.confusion == one_hot.confusion).all()


def test_perfect_predictions_score_one():
    truth = [0, 1, 2, 1]
    found = evaluate(truth, truth, np.eye(3)[truth], THREE)
    assert (found.accuracy, found.recall, found.precision, found.f1, found.auc) == (1, 1, 1, 1, 1)


def test_auc_is_undefined_where_one_class_only_occurs():
    found = evaluate([0, 0], [0, 1], chances(0.2, 0.7), TWO)
    assert np.isnan(found.auc)
    assert found.accuracy == 0.5
    assert np.isnan(evaluate([2, 2], [2, 2], np.full((2, 3), 1 / 3), THREE).auc)


def test_a_class_that_never_occurs_has_no_part_in_the_auc(rng):
    truth = np.array([0, 1] * 20)
    score = rng.uniform(size=40)
    beliefs = np.stack([1 - score, score, np.zeros(40)], axis=1)
    found = evaluate(truth, truth, beliefs, THREE)
    # One against the rest is the same question twice.
    assert found.auc == pytest.approx(auc_pair_by_pair(truth, score))


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_the_chance_to_rank_a_pair_rightly(seed):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, 60)
    score = np.round(rng.uniform(size=60) + 0.3 * truth, 1)  # rounded, so that some tie
    assert roc(truth, score).auc == pytest.approx(auc_pair_by_pair(truth, score))


@pytest.mark.parametrize("seed", range(12))
def test_two_classes_are_judged_as_by_scikit_learn(seed):
    truth, read, beliefs = made_up(seed, 2)
    found = evaluate(truth, read, beliefs, TWO)
    wanted = (*scikit_learns(truth, read, "binary"), roc_auc_score(truth, beliefs[:, 1]))
    assert tuple(getattr(found, name) for name in METRICS) == pytest.approx(wanted)
    np.testing.assert_allclose(found.confusion, confusion_matrix(truth, read, normalize="all", labels=[0, 1]))


@pytest.mark.parametrize("seed", range(12))
def test_four_classes_are_judged_as_by_scikit_learn(seed):
    truth, read, beliefs = made_up(seed, 4)
    found = evaluate(truth, read, beliefs, FOUR)
    auc = roc_auc_score(truth, beliefs, multi_class="ovr", average="weighted", labels=range(4))
    assert tuple(getattr(found, name) for name in METRICS) == pytest.approx((*scikit_learns(truth, read, "weighted"), auc))
    np.testing.assert_allclose(found.confusion, confusion_matrix(truth, read, normalize="all", labels=range(4)))


@pytest.mark.parametrize("seed", range(12))
def test_one_hot_answers_are_judged_as_by_scikit_learn(seed):
    truth, _, beliefs = made_up(seed, 4)
    labels, answers = np.eye(4, dtype=int)[truth], (beliefs > 0.4).astype(int)
    # Some rows have no yes, some two.
    assert {0, 1, 2} == set(answers.sum(axis=1).tolist())
    found = evaluate_one_hot(truth, answers, beliefs, FOUR)
    wanted = (*scikit_learns(labels, answers, "weighted"), roc_auc_score(labels, beliefs, average="weighted"))
    assert tuple(getattr(found, name) for name in METRICS) == pytest.approx(wanted)


def test_a_class_that_is_never_read_counts_as_by_scikit_learn():
    truth, read = np.array([0, 0, 1, 2, 2, 2]), np.array([0, 1, 1, 1, 1, 0])
    found = evaluate(truth, read, np.eye(3)[read], THREE)
    wanted = scikit_learns(truth, read, "weighted")
    assert (found.accuracy, found.recall, found.precision, found.f1) == pytest.approx(wanted)


@pytest.mark.parametrize("seed", range(5))
def test_a_roc_curve_is_that_of_scikit_learn(seed):
    truth, _, beliefs = made_up(seed, 2)
    curve = roc(truth, beliefs[:, 1])
    false_positive, true_positive, _ = roc_curve(truth, beliefs[:, 1], drop_intermediate=False)
    np.testing.assert_allclose(curve.false_positive, false_positive)
    np.testing.assert_allclose(curve.true_positive, true_positive)
    assert curve.auc == pytest.approx(roc_auc_score(truth, beliefs[:, 1]))


def test_without_a_generator_there_are_no_intervals():
    assert evaluate([0, 1], [0, 1], chances(0.2, 0.7), TWO).intervals == {}


def test_intervals_cover_the_true_accuracy_as_often_as_they_say():
    # Each of 300 faces is read rightly with chance .75. The ends of an interval lie 1.96 standard errors apart from the
    # share found, sqrt(.75 * .25 / 300) = .025 each: .098 together. Of 300 intervals 95 % hold .75, give or take
    # 4 * sqrt(.95 * .05 / 300) = .05.
    rng = np.random.default_rng(11)
    truth = np.tile([0, 1], 150)
    intervals = []
    for _ in range(300):
        read = np.where(rng.random(300) < 0.75, truth, 1 - truth)
        found = evaluate(truth, read, np.eye(2)[read], TWO, rng=rng)
        low, high = found.intervals["accuracy"]
        assert low < found.accuracy < high
        intervals.append((low, high))
    low, high = np.array(intervals).T
    assert ((low <= 0.75) & (high >= 0.75)).mean() == pytest.approx(0.95, abs=0.05)
    assert (high - low).mean() == pytest.approx(0.098, abs=0.005)


def test_intervals_of_every_metric_hold_what_was_found():
    truth, read, beliefs = made_up(1, 4, faces=400)
    found = evaluate(truth, read, beliefs, FOUR, rng=np.random.default_rng(0))
    assert found.intervals.keys() == set(METRICS)
    for name, (low, high) in found.intervals.items():
        assert 0 <= low < getattr(found, name) < high <= 1


def test_what_is_always_right_has_an_interval_of_one_point():
    truth = np.tile([0, 1], 20)
    found = evaluate(truth, truth, np.eye(2)[truth], TWO, rng=np.random.default_rng(0))
    assert found.intervals == dict.fromkeys(METRICS, (1.0, 1.0))


def test_a_seed_fixes_the_intervals():
    truth, read, beliefs = made_up(0, 2)
    one, again, other = (evaluate(truth, read, beliefs, TWO, rng=np.random.default_rng(seed)).intervals for seed in (1, 1, 2))
    assert one == again
    assert one != other


@pytest.mark.parametrize("sex", [0, 1])
def test_the_interval_of_an_undefined_auc_is_undefined(sex):
    found = evaluate([sex] * 3, [0, 1, 1], chances(0.2, 0.7, 0.6), TWO, rng=np.random.default_rng(0))
    assert np.isnan(found.auc)
    assert np.isnan(found.intervals["auc"]).all()
    assert np.isfinite(found.intervals["accuracy"]).all()


def test_an_auc_that_only_some_repeats_know_has_an_interval():
    # One face in four is of the second class: (3/4)**4 = .32 of the repeats draw it not at all.
    found = evaluate([0, 0, 0, 1], [0, 0, 0, 1], chances(0.1, 0.2, 0.3, 0.9), TWO, rng=np.random.default_rng(0))
    assert found.intervals["auc"] == (1, 1)
    assert found.intervals["recall"] == (0, 1)


@pytest.mark.parametrize(
    ("answers", "probabilities"), [(np.eye(3), np.ones((3, 2))), (np.eye(2), np.ones((3, 3))), (np.ones(3), np.ones((3, 3)))]
)
def test_answers_of_another_shape_are_refused_with_both_shapes(answers, probabilities):
    with pytest.raises(ValueError, match=r"^answers and probabilities must have shape \(3, 3\), got \(.*\) and \(3, \d\)$"):
        evaluate_one_hot([0, 1, 2], answers, probabilities, THREE)


def test_a_roc_curve_rises_from_0_to_1():
    curve = roc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    # Ranked .8 (1), .4 (0), .35 (1), .1 (0): up, right, up, right.
    assert curve.false_positive.tolist() == [0, 0, 0.5, 0.5, 1]
    assert curve.true_positive.tolist() == [0, 0.5, 0.5, 1, 1]
    assert curve.auc == pytest.approx(0.75)


def test_confusion_is_truth_by_prediction():
    assert confusion_shares([0, 0, 1, 1], [0, 1, 1, 1], 2).tolist() == [[0.25, 0.25], [0, 0.5]]


def test_confusion_of_bytes_does_not_overflow():
    # 79 * 80 + 79 = 6399 is more than a byte holds.
    ages = np.array([79], dtype=np.uint8)
    assert confusion_shares(ages, ages, 80)[79, 79] == 1


@pytest.mark.parametrize(("truth", "read"), [([0, 1], [0]), ([], [])])
def test_truth_and_predictions_have_one_length(truth, read):
    with pytest.raises(ValueError, match=r"^truth and predictions must have one length of 1 or more, got \d and \d$"):
        confusion_shares(truth, read, 2)


@pytest.mark.parametrize("value", [-1, 2])
def test_classes_that_do_not_exist_are_refused(value):
    with pytest.raises(ValueError, match=rf"^truth must be 0 to 1, got {value} to {value}$"):
        evaluate([value], [0], chances(0.5), TWO)
    with pytest.raises(ValueError, match=rf"^predictions must be 0 to 1, got {value} to {value}$"):
        evaluate([0], [value], chances(0.5), TWO)
