"""How well an attacker reads an attribute: confusion, accuracy, recall, precision, F1, ROC and AUC."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, whole_numbers


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
    """

    labels: tuple[str, ...]
    confusion: FloatArray
    accuracy: float
    recall: float
    precision: float
    f1: float
    auc: float
    faces: int


@dataclass(frozen=True)
class RocCurve:
    """Share of true positives against share of false positives, both rising from 0 to 1."""

    false_positive: FloatArray
    true_positive: FloatArray
    auc: float


def evaluate(truth: ArrayLike, predicted: ArrayLike, probabilities: FloatArray, labels: tuple[str, ...]) -> Evaluation:
    """Evaluate single-label predictions.

    Parameters
    ----------
    truth, predicted : (n,) ints
        Class of each face, from 0.
    probabilities : (n, k) floats
        Belief in each class.
    labels : names of the k classes
    """
    return _evaluation(truth, predicted, probabilities, labels, one_hot=None)


def evaluate_one_hot(truth: ArrayLike, answers: ArrayLike, probabilities: FloatArray, labels: tuple[str, ...]) -> Evaluation:
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
    """
    answers = np.asarray(answers)
    return _evaluation(truth, answers.argmax(axis=1), probabilities, labels, one_hot=answers)


def confusion_shares(truth: ArrayLike, predicted: ArrayLike, classes: int) -> FloatArray:
    """Share of all faces with each true and predicted class, shape (classes, classes)."""
    truth = whole_numbers("truth", truth, 0, classes - 1)
    predicted = whole_numbers("predictions", predicted, 0, classes - 1)
    if len(truth) != len(predicted) or not len(truth):
        raise ValueError(f"truth and predictions must have one length of 1 or more, got {len(truth)} and {len(predicted)}")
    counts = np.bincount(truth * classes + predicted, minlength=classes**2)
    return counts.reshape(classes, classes) / len(truth)


def roc(truth: ArrayLike, score: ArrayLike) -> RocCurve:
    """ROC curve of a score for the class 1 against 0."""
    from sklearn.metrics import auc, roc_curve

    false_positive, true_positive, _ = roc_curve(truth, score)
    return RocCurve(false_positive, true_positive, float(auc(false_positive, true_positive)))


def _evaluation(
    truth: ArrayLike, predicted: ArrayLike, probabilities: FloatArray, labels: tuple[str, ...], one_hot: np.ndarray | None
) -> Evaluation:
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    truth, classes = np.asarray(truth), len(labels)
    confusion = confusion_shares(truth, predicted, classes)
    if one_hot is None:
        wanted, given = truth, np.asarray(predicted)
        average = "binary" if classes == 2 else "weighted"
    else:
        wanted, given, average = np.eye(classes, dtype=int)[truth], one_hot, "weighted"
    precision, recall, f1, _ = precision_recall_fscore_support(wanted, given, average=average, zero_division=0)
    return Evaluation(
        labels=labels,
        confusion=confusion,
        accuracy=float(accuracy_score(wanted, given)),
        recall=float(recall),
        precision=float(precision),
        f1=float(f1),
        auc=_weighted_auc(truth, probabilities),
        faces=len(truth),
    )


def _weighted_auc(truth: np.ndarray, probabilities: FloatArray) -> float:
    """One-against-the-rest AUC, weighted by how often each class is true; NaN with one class only."""
    classes = probabilities.shape[1]
    if classes == 2:
        return roc(truth == 1, probabilities[:, 1]).auc if 0 < truth.mean() < 1 else float("nan")
    areas = [roc(truth == k, probabilities[:, k]).auc if 0 < (truth == k).mean() < 1 else np.nan for k in range(classes)]
    weights = np.bincount(truth, minlength=classes) / len(truth)
    known = np.isfinite(areas)
    return float(np.average(np.array(areas)[known], weights=weights[known])) if known.any() else float("nan")
