"""What protected embeddings are still good for: telling one person from two, and finding a person in a company."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core import verification
from core.checks import FloatArray, IntArray
from core.faces.faceset import squared_distances

BOOTSTRAP_REPEATS = 200
CURVE_POINTS = 201
_GRID = 4_000
"""Steps of distance in which resampled error rates are read."""

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Utility:
    """Verification and identification with protected embeddings; shares from 0 to 1.

    Parameters
    ----------
    equal_error_rate : float
    low, high : float
        Its 95 % interval, over resampled people.
    true_accept : dict of float
        True accept rate by false accept rate, 0.01 and 0.001.
    rank_one : float
        Share of pictures whose nearest in the gallery shows the same person.
    gallery : int
        People in the gallery, one picture each: the company's size, or all there are if fewer.
    curve : verification.Curve
        Error rates over thresholds.
    genuine, impostor : int
        Pairs behind the rates.
    nearer : (people,) ints
        For each person with two pictures, how many others are as near or nearer; see `identification`.
    """

    equal_error_rate: float
    low: float
    high: float
    true_accept: dict[float, float]
    rank_one: float
    gallery: int
    curve: verification.Curve
    genuine: int
    impostor: int
    nearer: IntArray

    def in_gallery(self, size: int) -> Utility:
        """Return the same with a gallery of another size; nothing else depends on it."""
        rank_one, people = _identified(self.nearer, size)
        return replace(self, rank_one=rank_one, gallery=people)


FALSE_ACCEPT_RATES = (0.01, 0.001)


def utility_of(
    pictures: FloatArray, person: IntArray, *, gallery: int, impostors: int | None, rng: np.random.Generator
) -> Utility:
    """Verify and identify with pictures.

    Parameters
    ----------
    pictures : (n, d) floats
    person : (n,) ints
    gallery : int
        People among whom one is looked for.
    impostors : int or None
        Pairs of two people to draw; None for all of them.
    rng : numpy.random.Generator
    """
    pairs = verification.pairs_of_people(pictures, person, rng=rng, impostors=impostors)
    nearer = _people_nearer(pictures, person)
    rank_one, people = _identified(nearer, gallery)
    low, high = _interval(pairs, np.unique(person, return_counts=True)[1], rng)
    return Utility(
        equal_error_rate=verification.equal_error_rate(pairs),
        low=low,
        high=high,
        true_accept={rate: verification.true_accept_rate(pairs, rate) for rate in FALSE_ACCEPT_RATES},
        rank_one=rank_one,
        gallery=people,
        curve=verification.curve(pairs, points=CURVE_POINTS),
        genuine=len(pairs.genuine),
        impostor=len(pairs.impostor),
        nearer=nearer,
    )


def identification(pictures: FloatArray, person: IntArray, *, gallery: int) -> tuple[float, int]:
    """Chance to find a person by the nearest of N pictures, one of each person.

    The first picture of each person is in the gallery, the second looks for it. If b of the P - 1 other people are as near
    or nearer, a random gallery of N has none of them with chance C(P - 1 - b, N - 1) / C(P - 1, N - 1); the mean of this over
    people is exact over galleries.

    Returns
    -------
    rank_one : float
    people : int
        N, or P where there are fewer with two pictures.
    """
    return _identified(_people_nearer(pictures, person), gallery)


def _people_nearer(pictures: FloatArray, person: IntArray) -> IntArray:
    """How many other people are as near to a person's second picture as the person's first, or nearer."""
    order = np.argsort(person, kind="stable")
    _, first, count = np.unique(person[order], return_index=True, return_counts=True)
    first = first[count > 1]
    shown, looking = (pictures[order[first + k]].astype(np.float64) for k in (0, 1))
    distances = squared_distances(looking, shown)
    own = np.diag(distances)[:, None]
    return (distances <= own * (1 + _TOLERANCE) + _TOLERANCE * distances.mean()).sum(axis=1) - 1


def _identified(nearer: IntArray, gallery: int) -> tuple[float, int]:
    from scipy.special import gammaln

    total = len(nearer)
    size = min(gallery, total)
    left = total - 1 - nearer

    def log_choose(n: IntArray) -> FloatArray:
        return gammaln(n + 1.0) - gammaln(size) - gammaln(n - size + 2.0)

    possible = left >= size - 1
    chance = np.zeros(total)
    chance[possible] = np.exp(log_choose(left[possible]) - log_choose(np.array([total - 1])))
    return float(chance.mean()), size


def _interval(pairs: verification.Pairs, sizes: IntArray, rng: np.random.Generator) -> tuple[float, float]:
    """Interval of the equal error rate: people are drawn again with their genuine pairs, impostors stay."""
    several = sizes[sizes > 1]
    owner = np.repeat(np.arange(len(several)), several * (several - 1) // 2)
    largest = max(pairs.genuine.max(), pairs.impostor.max()) * (1 + _TOLERANCE) + np.finfo(float).tiny
    step = np.minimum((pairs.genuine / largest * _GRID).astype(np.int64), _GRID - 1)
    apart = np.minimum((pairs.impostor / largest * _GRID).astype(np.int64), _GRID - 1)
    false_match = np.bincount(apart, minlength=_GRID).cumsum() / len(apart)
    rates = []
    for _ in range(BOOTSTRAP_REPEATS):
        weight = rng.multinomial(len(several), np.full(len(several), 1 / len(several)))[owner]
        matching = np.bincount(step, weights=weight, minlength=_GRID).cumsum()
        false_non_match = 1 - matching / matching[-1]
        at = int(np.argmax(false_match >= false_non_match))
        rates.append((false_match[at] + false_non_match[at]) / 2)
    low, high = np.percentile(rates, [2.5, 97.5])
    return float(low), float(high)
