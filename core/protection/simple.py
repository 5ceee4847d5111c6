"""Protections that need no labels: noise, quantisation, and projections with a key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.checks import real_number, whole_number
from core.faces import Faces
from core.protection.transforms import Affine, KeyOfEachPerson, Noisy, Quantised, Sequence, Signs, orthonormal

DELTA = 1e-5
"""Chance with which the promise of epsilon may fail."""

CLIPPED_PERCENTILE = 90
"""Percentile of the distances of the faces to their mean that the mechanism cuts longer ones down to."""

RANGE_PERCENTILES = (0.5, 99.5)
"""Percentiles of each number between which the steps of the quantisation lie."""

MOST_BITS = 8
_HALVINGS = 200


@dataclass(frozen=True)
class NoProtection:
    """Leaves embeddings as they are."""

    def fit(self, faces: Faces, *, seed: int) -> Sequence:
        """Fit nothing."""
        del faces, seed
        return Sequence(())


@dataclass(frozen=True)
class GaussianNoise:
    """Gaussian noise on each number. It promises nothing: for a promise see `GaussianMechanism`.

    Parameters
    ----------
    deviation : float
        Standard deviation of the noise, 0 to 10.
    """

    deviation: float

    def fit(self, faces: Faces, *, seed: int) -> Noisy:
        """Take note of the dimension."""
        del seed
        return Noisy(real_number("standard deviation of the noise", self.deviation, 0, 10), np.zeros(faces.embeddings.shape[1]))


@dataclass(frozen=True)
class GaussianMechanism:
    """Local differential privacy: whoever sees one protected embedding learns little of which face it was.

    Embeddings are cut down to a ball around the mean of public faces. Any two of them are then at most twice
    its radius apart, and noise of `gaussian_deviation` makes the result of one hardly likelier than that of
    the other.

    Parameters
    ----------
    epsilon : float
        0.01 to 100,000; the smaller, the stronger. `DELTA` is fixed.
    """

    epsilon: float

    def fit(self, faces: Faces, *, seed: int) -> Noisy:
        """Take centre and radius from the faces, which count as public."""
        del seed
        x = faces.embeddings.astype(np.float64)
        centre = x.mean(axis=0)
        radius = float(np.percentile(np.linalg.norm(x - centre, axis=1), CLIPPED_PERCENTILE))
        return Noisy(gaussian_deviation(self.epsilon, DELTA, sensitivity=2 * radius), centre, radius)


def gaussian_deviation(epsilon: float, delta: float, *, sensitivity: float) -> float:
    """Least noise that makes a value differentially private, for any epsilon.

    The smallest s with Phi(D / 2s - e s / D) - exp(e) Phi(-D / 2s - e s / D) <= delta, e for epsilon and D for the
    sensitivity: the analytic Gaussian mechanism of Balle and Wang (2018), doi 10.48550/arXiv.1805.06530, theorem 8. The
    older D sqrt(2 ln(1.25 / delta)) / e holds for epsilon up to 1 only.

    Parameters
    ----------
    epsilon : float
        0.01 to 100,000.
    delta : float
        Above 0, below 1.
    sensitivity : float
        Largest Euclidean distance of two values.

    Returns
    -------
    float
        Standard deviation of the noise of each number.
    """
    epsilon = real_number("epsilon", epsilon, 0.01, 100_000)
    if not 0 < delta < 1:
        raise ValueError(f"delta must be above 0 and below 1, got {delta:g}")
    low, high = -30.0, 30.0  # natural logarithm of the deviation, in sensitivities
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if privacy_loss(epsilon, np.exp(middle)) > delta else (low, middle)
    return float(np.exp(high) * sensitivity)


def privacy_loss(epsilon: float, deviation: float) -> float:
    """Delta of Gaussian noise whose standard deviation is given in sensitivities."""
    from scipy.special import log_ndtr, ndtr

    half, shift = 1 / (2 * deviation), epsilon * deviation
    return float(ndtr(half - shift) - np.exp(epsilon + log_ndtr(-half - shift)))


@dataclass(frozen=True)
class Quantisation:
    """Few bits a number: 2 to their power equal steps between the outer percentiles of each.

    Parameters
    ----------
    bits : int
        Bits a number, 1 to 8.
    """

    bits: int

    def fit(self, faces: Faces, *, seed: int) -> Quantised:
        """Take the range of each number from the faces."""
        del seed
        levels = 2 ** whole_number("bits a number", self.bits, 1, MOST_BITS)
        low, high = np.percentile(faces.embeddings.astype(np.float64), RANGE_PERCENTILES, axis=0)
        return Quantised(low, np.maximum((high - low) / levels, np.finfo(float).tiny), levels)


@dataclass(frozen=True)
class RandomProjection:
    """Projection on orthonormal directions drawn at random: the company's key.

    Parameters
    ----------
    dimensions : int
        Numbers that are left, 1 or more; at most as many as an embedding has.
    """

    dimensions: int

    def fit(self, faces: Faces, *, seed: int) -> Affine:
        """Draw the key."""
        d = faces.embeddings.shape[1]
        kept = min(whole_number("dimensions", self.dimensions, 1, 100_000), d)
        key = orthonormal(np.random.default_rng([seed, 32]), d, kept, count=1)[0]
        return Affine(faces.embeddings.mean(axis=0, dtype=np.float64), key, np.zeros(kept))


@dataclass(frozen=True)
class BioHash:
    """Signs of a projection on directions drawn at random: Teoh, Ngo and Goh (2004), doi 10.1016/j.patcog.2004.04.011.

    Parameters
    ----------
    bits : int
        Bits of a hash, 1 or more; at most as many as an embedding has numbers.
    stolen_key : bool
        Whether the keys leaked with the hashes. Who has the keys trains an attacker for each, and an impostor uses
        the key of the person to be impersonated: both are the same as one key for all, known to everybody. Otherwise
        each person has a key of its own, and nobody else has it.
    """

    bits: int
    stolen_key: bool

    def fit(self, faces: Faces, *, seed: int) -> Sequence:
        """Draw the known key, or take note of the centre."""
        bits = min(whole_number("bits", self.bits, 1, 100_000), faces.embeddings.shape[1])
        if self.stolen_key:
            return Sequence((RandomProjection(bits).fit(faces, seed=seed), Signs()))
        return Sequence((KeyOfEachPerson(faces.embeddings.mean(axis=0, dtype=np.float64), bits), Signs()))
