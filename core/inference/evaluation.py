"""How well an attacker reads an attribute: confusion, accuracy, recall, precision, F1, ROC and AUC."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import BoolArray, FloatArray, IntArray, whole_numbers

METRICS = ("accuracy", "recall", "precision", "f1", "auc")
BOOTSTRAP_REPEATS = 200
INTERVAL_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True)
class Evaluation:
    """Quality of predictions on held-out faces; all values are shares from 0 to 1.

    Parameters
    ----------
    labels : names of the k classes
    confusion : (k, k) floats
        Share of all faces, truth by prediction; sums to 1.
    accuracy, recall, precision, f1 : floats
        With two classes, recall, precision and F1 are those of the second class; with more, the mean
        over classes weighted by how often each is true.
    auc : float
        Area under the ROC curve; with more than two classes, one class against the rest, weighted.
    faces : int
        Number of held-out faces.
    intervals : dict
        95 % bootstrap interval (low, high) of each metric, over held-out faces.
    """

    labels: tuple[str, ...]
    confusion: FloatArray
    accuracy: float
    recall: float
    precision: float
    f1: float
    auc: float
    faces: int
    intervals: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class RocCurve:
    """Share of true positives against share of false positives, both rising from 0 to 1."""

    false_positive: FloatArray
    true_positive: FloatArray
    auc: float


def evaluate(
    truth: ArrayLike,
    predicted: ArrayLike,
    probabilities: FloatArray,
    labels: tuple[str, ...],
    *,
    rng: np.random.Generator | None = None,
    drawn: int | None = None,
) -> Evaluation:
    """Evaluate single-label predictions.

    Parameters
    ----------
    truth, predicted : (n,) ints
        Class of each face, from 0.
    probabilities : (n, k) floats
        Belief in each class.
    labels : names of the k classes
    rng : numpy.random.Generator, optional
        For the intervals; without it there are none.
    drawn : int, optional
        Faces that each repeat of the bootstrap draws: as many as there are, unless the faces stand for another number.
    """
    classes = len(labels)
    answers = np.eye(classes, dtype=bool)[whole_numbers("predictions", predicted, 0, classes - 1)]
    return evaluate_one_hot(truth, answers, probabilities, labels, second_class_only=classes == 2, rng=rng, drawn=drawn)


def evaluate_one_hot(
    truth: ArrayLike,
    answers: ArrayLike,
    probabilities: FloatArray,
    labels: tuple[str, ...],
    *,
    second_class_only: bool = False,
    rng: np.random.Generator | None = None,
    drawn: int | None = None,
) -> Evaluation:
    """Evaluate one-hot predictions as the paper does for race.

    Accuracy is the share of faces whose whole row of answers is right, so a row without a yes counts as
    wrong; the confusion matrix reads such a row as the first class.

    Parameters
    ----------
    truth : (n,) ints
    answers : (n, k) 0 or 1
        One yes-or-no answer a class.
    probabilities : (n, k) floats
    labels : names of the k classes
    second_class_only : bool
        Recall, precision and F1 of the second class rather than the weighted mean over all.
    rng : numpy.random.Generator, optional
        For the intervals; without it there are none.
    drawn : int, optional
        As in `evaluate`.
    """
    classes = len(labels)
    truth = whole_numbers("truth", truth, 0, classes - 1)
    said = np.asarray(answers).astype(bool)
    if said.shape != (len(truth), classes) or np.shape(probabilities) != said.shape:
        got = f"{said.shape} and {np.shape(probabilities)}"
        raise ValueError(f"answers and probabilities must have shape ({len(truth)}, {classes}), got {got}")
    confusion = confusion_shares(truth, said.argmax(axis=1), classes)
    judged = _Judged.of(truth, said, probabilities, second_class_only)
    metrics = judged.metrics(np.ones((1, len(truth))))
    intervals = {}
    if rng is not None:
        weights = rng.multinomial(drawn or len(truth), np.full(len(truth), 1 / len(truth)), size=BOOTSTRAP_REPEATS)
        for name, values in judged.metrics(weights.astype(np.float64)).items():
            intervals[name] = (
                tuple(np.nanpercentile(values, INTERVAL_PERCENTILES).tolist()) if np.isfinite(values).any() else (np.nan,) * 2
            )
    return Evaluation(
        labels,
        confusion,
        **{name: float(value[0]) for name, value in metrics.items()},
        faces=drawn or len(truth),
        intervals=intervals,
    )


def confusion_shares(truth: ArrayLike, predicted: ArrayLike, classes: int) -> FloatArray:
    """Share of all faces with each true and predicted class, shape (classes, classes)."""
    truth = whole_numbers("truth", truth, 0, classes - 1)
    predicted = whole_numbers("predictions", predicted, 0, classes - 1)
    if len(truth) != len(predicted) or not len(truth):
        raise ValueError(f"truth and predictions must have one length of 1 or more, got {len(truth)} and {len(predicted)}")
    counts = np.bincount(truth * classes + predicted, minlength=classes**2)
    return counts.reshape(classes, classes) / len(truth)


def roc(truth: ArrayLike, score: ArrayLike) -> RocCurve:
    """ROC curve of a score for the class 1 against 0. Raises ValueError where only one class occurs."""
    positive = np.asarray(truth).astype(bool)
    if positive.all() or not positive.any():
        raise ValueError(f"a ROC curve needs both classes, got {positive.sum()} of {len(positive)} faces in the class")
    order, last_of_tie = _descending(np.asarray(score))
    hits = np.concatenate([[0], np.cumsum(positive[order])[last_of_tie]])
    misses = np.concatenate([[0], np.cumsum(~positive[order])[last_of_tie]])
    false_positive, true_positive = misses / misses[-1], hits / hits[-1]
    return RocCurve(false_positive, true_positive, float(np.trapezoid(true_positive, false_positive)))


def _descending(score: FloatArray) -> tuple[IntArray, IntArray]:
    """Order from the highest score, and the last position of each run of equal scores."""
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    return order, np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(score) - 1)


@dataclass(frozen=True)
class _Judged:
    """Faces with truth and answers, ready to be weighted many times over: a bootstrap without a loop over faces."""

    true: BoolArray
    said: BoolArray
    probabilities: FloatArray
    second_class_only: bool

    @staticmethod
    def of(truth: IntArray, said: BoolArray, probabilities: FloatArray, second_class_only: bool) -> _Judged:
        return _Judged(np.eye(said.shape[1], dtype=bool)[truth], said, probabilities, second_class_only)

    def metrics(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Each metric for each row of weights (repeats, n), shape (repeats,)."""
        total = weights.sum(axis=1)
        hits, support = weights @ (self.true & self.said), weights @ self.true
        named = weights @ self.said
        recall = _ratio(hits, support)
        precision = _ratio(hits, named)
        f1 = _ratio(2 * hits, support + named)
        share = np.zeros_like(support) if self.second_class_only else support / total[:, None]
        if self.second_class_only:
            share[:, 1] = 1
        return {
            "accuracy": weights @ (self.true == self.said).all(axis=1) / total,
            "recall": (share * recall).sum(axis=1),
            "precision": (share * precision).sum(axis=1),
            "f1": (share * f1).sum(axis=1),
            "auc": self._auc(weights),
        }

    def _auc(self, weights: FloatArray) -> FloatArray:
        """One class against the rest, weighted by how often each is true; NaN where no class can be judged."""
        classes = [1] if self.true.shape[1] == 2 else range(self.true.shape[1])
        area, support = np.zeros(len(weights)), np.zeros(len(weights))
        for k in classes:
            order, last_of_tie = _descending(self.probabilities[:, k])
            ordered = weights[:, order]
            hits = np.cumsum(ordered * self.true[order, k], axis=1)[:, last_of_tie]
            misses = np.cumsum(ordered * ~self.true[order, k], axis=1)[:, last_of_tie]
            possible = hits[:, -1] * misses[:, -1]
            rise = np.diff(hits, axis=1, prepend=0)
            before = misses - np.diff(misses, axis=1, prepend=0) / 2
            won = possible - (rise * before).sum(axis=1)
            known = possible > 0
            area[known] += (hits[:, -1] * won)[known] / possible[known]
            support[known] += hits[known, -1]
        return np.divide(area, support, out=np.full(len(weights), np.nan), where=support > 0)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0)
