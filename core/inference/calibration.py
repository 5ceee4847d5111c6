"""How far beliefs can be taken at their word: log loss, reliability and calibration error.

A belief is calibrated if, among the faces of which an attacker is 80 % sure, 80 % are read rightly. The
expected calibration error is the mean gap between the two, weighted by the number of faces, over
`RELIABILITY_BINS` bins of equal width of the belief in the class that is read: Guo, Pleiss, Sun and
Weinberger (2017), On calibration of modern neural networks, doi 10.48550/arXiv.1706.04599.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, matrix, whole_numbers
from core.inference.evaluation import BOOTSTRAP_REPEATS, INTERVAL_PERCENTILES

RELIABILITY_BINS = 15
"""Bins of the belief, as many as Guo et al. take."""

QUALITY_METRICS = ("accuracy", "macro_f1", "log_loss", "calibration_error")

_SMALLEST_BELIEF = 1e-7
"""A belief of 0 in what is true counts as this one, so that one face cannot make a log loss infinite."""


@dataclass(frozen=True)
class ReliabilityCurve:
    """Share read rightly against the belief, over the bins of belief that hold faces.

    Parameters
    ----------
    belief : (bins,) floats
        Mean belief in the class that is read.
    right : (bins,) floats
        Share of faces that are read rightly.
    faces : (bins,) ints
        Number of faces.
    """

    belief: FloatArray
    right: FloatArray
    faces: IntArray

    @property
    def error(self) -> float:
        """Expected calibration error."""
        return float((np.abs(self.belief - self.right) * self.faces).sum() / self.faces.sum())


@dataclass(frozen=True)
class Quality:
    """How well an attacker reads one attribute, and how well it knows how well.

    Parameters
    ----------
    accuracy : float
    macro_f1 : float
        Mean F1 over the classes that are true of a face.
    log_loss : float
        Mean of -ln(belief in the true class), in nats.
    calibration_error : float
    reliability : ReliabilityCurve
    faces : int
    intervals : dict
        95 % bootstrap interval (low, high) of each metric, over held-out faces.
    """

    accuracy: float
    macro_f1: float
    log_loss: float
    calibration_error: float
    reliability: ReliabilityCurve
    faces: int
    intervals: dict[str, tuple[float, float]]


def log_loss(truth: ArrayLike, beliefs: ArrayLike) -> float:
    """Mean of -ln(belief in the true class), in nats; truth (n,) from 0, beliefs (n, k)."""
    labels, values = _checked(truth, beliefs)
    return float(_losses(labels, values).mean())


def reliability(truth: ArrayLike, beliefs: ArrayLike, *, bins: int = RELIABILITY_BINS) -> ReliabilityCurve:
    """Reliability curve of beliefs (n, k) in classes, truth (n,) from 0."""
    labels, values = _checked(truth, beliefs)
    top = values.max(axis=1)
    number = _bin_of(top, bins)
    faces = np.bincount(number, minlength=bins)
    held = faces > 0
    belief = np.bincount(number, weights=top, minlength=bins)[held] / faces[held]
    right = np.bincount(number, weights=values.argmax(axis=1) == labels, minlength=bins)[held] / faces[held]
    return ReliabilityCurve(belief, right, faces[held])


def judge(truth: ArrayLike, beliefs: ArrayLike, *, rng: np.random.Generator) -> Quality:
    """Judge beliefs about held-out faces, with intervals.

    Parameters
    ----------
    truth : (n,) ints
        Class of each face, from 0.
    beliefs : (n, k) floats
        Belief in each class; the likeliest class is the one that is read.
    rng : numpy.random.Generator
        For the bootstrap over faces.

    Raises
    ------
    ValueError
        If there is no face or the lengths differ.
    """
    labels, values = _checked(truth, beliefs)
    count = len(labels)
    found = _metrics(labels, values, np.ones((1, count)))
    weights = rng.multinomial(count, np.full(count, 1 / count), size=BOOTSTRAP_REPEATS).astype(np.float64)
    intervals = {}
    for name, each in _metrics(labels, values, weights).items():
        low, high = np.percentile(each, INTERVAL_PERCENTILES).tolist()
        intervals[name] = (low, high)
    shares = {name: float(value[0]) for name, value in found.items()}
    return Quality(**shares, reliability=reliability(labels, values), faces=count, intervals=intervals)


def _metrics(truth: IntArray, beliefs: FloatArray, weights: FloatArray) -> dict[str, FloatArray]:
    """Each of `QUALITY_METRICS` for each row of weights (repeats, n), shape (repeats,)."""
    total = weights.sum(axis=1)
    classes = np.eye(beliefs.shape[1])
    read, top = beliefs.argmax(axis=1), beliefs.max(axis=1)
    right = read == truth
    support, named = weights @ classes[truth], weights @ classes[read]
    hits = weights @ (classes[truth] * right[:, None])
    f1 = 2 * hits / np.maximum(support + named, 1)
    in_bin = np.eye(RELIABILITY_BINS)[_bin_of(top, RELIABILITY_BINS)]
    gaps = np.abs(weights @ (in_bin * (top - right)[:, None]))
    return {
        "accuracy": weights @ right / total,
        "macro_f1": (f1 * (support > 0)).sum(axis=1) / (support > 0).sum(axis=1),
        "log_loss": weights @ _losses(truth, beliefs) / total,
        "calibration_error": gaps.sum(axis=1) / total,
    }


def _losses(truth: IntArray, beliefs: FloatArray) -> FloatArray:
    return -np.log(np.maximum(beliefs[np.arange(len(truth)), truth], _SMALLEST_BELIEF))


def _bin_of(top: FloatArray, bins: int) -> IntArray:
    """Bin of each belief; like Guo et al.'s, bins are open below and closed above."""
    return np.clip(np.ceil(top * bins).astype(np.int64) - 1, 0, bins - 1)


def _checked(truth: ArrayLike, beliefs: ArrayLike) -> tuple[IntArray, FloatArray]:
    values = matrix("beliefs", beliefs).astype(np.float64)
    labels = whole_numbers("truth", truth, 0, values.shape[1] - 1)
    if len(labels) != len(values) or not len(labels):
        raise ValueError(f"truth and beliefs must have one length of 1 or more, got {len(labels)} and {len(values)}")
    return labels, values
