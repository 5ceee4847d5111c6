"""Verification: whether two pictures show one person, decided by the distance of their embeddings.

Two pictures match if their distance is at most a threshold. The lower it is, the more rarely two people
match (false match) and the more often two pictures of one person do not (false non-match). A protection
of embeddings must not spoil this, or the company has no use for them.

Terms are those of ISO/IEC 19795-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, matrix, one_of, real_number, whole_number

EUCLIDEAN = "euclidean"
MANHATTAN = "manhattan"
METRICS = (EUCLIDEAN, MANHATTAN)

USUAL_THRESHOLD = 0.6
"""face_recognition's threshold for Euclidean distances of dlib's embeddings. Manhattan distances have none that
is in use: choose one from the `curve`."""

MOST_IMPOSTORS = 10_000_000

_LARGEST_THRESHOLD = 1_000_000
_BLOCK_PAIRS = 65_536


@dataclass(frozen=True)
class Pairs:
    """Distances of pairs of pictures.

    Parameters
    ----------
    genuine : (g,) floats
        Distances of two pictures of one person.
    impostor : (i,) floats
        Distances of pictures of two people.

    Raises
    ------
    ValueError
        If there are none of a kind, or a distance is negative or not finite.
    """

    genuine: FloatArray
    impostor: FloatArray

    def __post_init__(self) -> None:
        for name in ("genuine", "impostor"):
            try:
                distances = np.asarray(getattr(self, name), dtype=np.float64)
            except (TypeError, ValueError):
                raise ValueError(f"{name} distances must be numbers") from None
            if distances.ndim != 1 or not distances.size:
                raise ValueError(f"{name} distances must be a list of 1 or more, got shape {distances.shape}")
            if not (np.isfinite(distances) & (distances >= 0)).all():
                raise ValueError(
                    f"{name} distances must be finite and 0 or more, got {distances.min():g} to {distances.max():g}"
                )
            object.__setattr__(self, name, distances)


class ErrorRates(NamedTuple):
    """Shares of wrong decisions at one threshold: two people who match, and two pictures of one person that do not."""

    false_match: float
    false_non_match: float


class Curve(NamedTuple):
    """Error rates over thresholds; three arrays of one length."""

    threshold: FloatArray
    false_match: FloatArray
    false_non_match: FloatArray


def pairs_of(pictures: ArrayLike, *, rng: np.random.Generator, impostors: int | None = None, metric: str = EUCLIDEAN) -> Pairs:
    """Measure distances between generated pictures.

    Parameters
    ----------
    pictures : (n, k, d) floats
        k pictures of each of n people, both 2 or more.
    rng, impostors, metric
        As in `pairs_of_people`.

    Returns
    -------
    Pairs
        All n k (k - 1) / 2 genuine pairs, and impostor pairs.
    """
    array = np.asarray(pictures)
    if array.ndim != 3 or array.shape[0] < 2 or array.shape[1] < 2:
        raise ValueError(f"pictures must be 2 or more of each of 2 or more people, got shape {array.shape}")
    person = np.repeat(np.arange(array.shape[0]), array.shape[1])
    return pairs_of_people(array.reshape(len(person), -1), person, rng=rng, impostors=impostors, metric=metric)


def pairs_of_people(
    embeddings: ArrayLike,
    person: ArrayLike,
    *,
    rng: np.random.Generator,
    impostors: int | None = None,
    metric: str = EUCLIDEAN,
) -> Pairs:
    """Measure distances between pictures of known people.

    Parameters
    ----------
    embeddings : (n, d) floats
    person : (n,) array
        Whom each picture shows.
    rng : numpy.random.Generator
        Draws impostor pairs.
    impostors : int, optional
        Impostor pairs, drawn with replacement, each as likely as any other. Without it all of them, or
        10,000,000 drawn ones where there are more.
    metric : str
        "euclidean" or "manhattan". Manhattan distances have no usual threshold.

    Returns
    -------
    Pairs
        All genuine pairs, and impostor pairs.

    Raises
    ------
    ValueError
        If there is no pair of a kind, or an argument is out of range.
    """
    values = matrix("embeddings", embeddings)
    one_of("metric", metric, METRICS)
    if impostors is not None:
        whole_number("impostor pairs", impostors, 1, MOST_IMPOSTORS)
    shown = np.asarray(person)
    if shown.shape != (len(values),):
        raise ValueError(f"persons must be one for each of the {len(values):,} pictures, got shape {shown.shape}")
    _, number, sizes = np.unique(shown, return_inverse=True, return_counts=True)
    if len(sizes) < 2 or sizes.max() < 2:
        most = sizes.max() if len(sizes) else 0
        raise ValueError(
            f"verification needs 2 people or more, one of them with 2 pictures, got {len(sizes):,} people with {most:,} at most"
        )
    # With one person's pictures in a row, they and all others are ranges of row numbers.
    values = values[np.argsort(number, kind="stable")].astype(np.float64)
    first_row = np.cumsum(sizes) - sizes
    together = [np.stack(np.triu_indices(size, k=1)) + start for start, size in zip(first_row, sizes, strict=True)]
    genuine = np.concatenate(together, axis=1)
    available = (len(values) ** 2 - int((sizes**2).sum())) // 2
    if impostors is None and available <= MOST_IMPOSTORS:
        apart = _all_impostors(sizes, first_row)
    else:
        apart = _drawn_impostors(sizes, first_row, MOST_IMPOSTORS if impostors is None else impostors, rng)
    return Pairs(_distances(values, genuine, metric), _distances(values, apart, metric))


def error_rates(pairs: Pairs, threshold: float) -> ErrorRates:
    """Shares of impostor pairs at or below the threshold, and of genuine pairs above it."""
    at = np.array([real_number("threshold", threshold, 0, _LARGEST_THRESHOLD)])
    false_match, false_non_match = _rates(pairs, at)
    return ErrorRates(float(false_match[0]), float(false_non_match[0]))


def curve(pairs: Pairs, *, points: int = 201) -> Curve:
    """Error rates at thresholds in equal steps from 0 to the largest distance."""
    points = whole_number("points", points, 2, 1_000_000)
    thresholds = np.linspace(0, max(pairs.genuine.max(), pairs.impostor.max()), points)
    return Curve(thresholds, *_rates(pairs, thresholds))


def equal_error_rate(pairs: Pairs) -> float:
    """Error rate at the threshold where both kinds of error are as frequent.

    Both move in steps, so they rarely meet: the rate is read off the straight lines between the corners.
    """
    thresholds = np.unique(np.concatenate([pairs.genuine, pairs.impostor]))
    false_match, false_non_match = _rates(pairs, thresholds)
    # Below the smallest distance nothing matches.
    false_match, false_non_match = np.append(0.0, false_match), np.append(1.0, false_non_match)
    excess = false_match - false_non_match
    after = int(np.argmax(excess >= 0))
    part = excess[after - 1] / (excess[after - 1] - excess[after])
    return float(false_match[after - 1] + part * (false_match[after] - false_match[after - 1]))


def true_accept_rate(pairs: Pairs, false_accept_rate: float) -> float:
    """Share of genuine pairs that match at the highest threshold at which impostors match no more often than allowed.

    Parameters
    ----------
    pairs : Pairs
    false_accept_rate : float
        Share of impostor pairs that may match, 0 to 1. It takes several times 1 / share impostor pairs to
        tell a share as small as that.
    """
    allowed = real_number("false accept rate", false_accept_rate, 0, 1)
    # 0.29 * 100 is 28.999999999999996, yet 29 of 100 may match.
    matching = int(np.floor(allowed * len(pairs.impostor) * (1 + 1e-12)))
    if matching >= len(pairs.impostor):
        return 1.0
    nearest_refused = np.partition(pairs.impostor, matching)[matching]
    return float((pairs.genuine < nearest_refused).mean())


def _rates(pairs: Pairs, thresholds: FloatArray) -> tuple[FloatArray, FloatArray]:
    matching = [
        np.searchsorted(np.sort(each), thresholds, side="right") / len(each) for each in (pairs.impostor, pairs.genuine)
    ]
    return matching[0], 1 - matching[1]


def _all_impostors(sizes: IntArray, first_row: IntArray) -> IntArray:
    """Each picture with all those of later people, shape (2, pairs)."""
    first = np.repeat(np.arange(sizes.sum()), np.repeat(sizes.sum() - first_row - sizes, sizes))
    later = [np.tile(np.arange(start + size, sizes.sum()), size) for start, size in zip(first_row, sizes, strict=True)]
    return np.stack([first, np.concatenate(later)])


def _drawn_impostors(sizes: IntArray, first_row: IntArray, count: int, rng: np.random.Generator) -> IntArray:
    """Draw pairs of pictures of two people, all with the same chance, shape (2, count)."""
    others = np.repeat(sizes.sum() - sizes, sizes)
    # A picture stands in as many impostor pairs as there are pictures of others.
    first = rng.choice(len(others), size=count, p=others / others.sum())
    second = rng.integers(others[first])
    # Skip the person's own pictures.
    start, size = np.repeat(first_row, sizes)[first], np.repeat(sizes, sizes)[first]
    return np.stack([first, second + np.where(second >= start, size, 0)])


def _distances(values: FloatArray, pairs: IntArray, metric: str) -> FloatArray:
    distances = np.empty(pairs.shape[1])
    for start in range(0, pairs.shape[1], _BLOCK_PAIRS):
        block = slice(start, start + _BLOCK_PAIRS)
        difference = values[pairs[0, block]] - values[pairs[1, block]]
        distances[block] = np.linalg.norm(difference, ord=1 if metric == MANHATTAN else 2, axis=1)
    return distances
