"""What a fitted protection does to embeddings: maps that hold their arrays and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.checks import FloatArray, IntArray
from core.faces import Faces

_KEYS_AT_ONCE = 256
"""Keys of people that are held in memory together."""


class Fitted(Protocol):
    """A protection that is ready for use."""

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings.

        Parameters
        ----------
        embeddings : (n, d) floats
        rng : numpy.random.Generator
            For noise and for keys of people; others leave it untouched.
        person : (n,) ints, optional
            Number of the person that each embedding shows, for keys of people; without it each row is
            another person.

        Returns
        -------
        (n, k) float64
        """
        ...


class Protection(Protocol):
    """A protection of one strength, not yet fitted."""

    def fit(self, faces: Faces, *, seed: int) -> Fitted:
        """Learn from labelled faces what has to be known, and draw the company's key if there is one."""
        ...


@dataclass(frozen=True)
class Affine:
    """Maps x to (x - centre) matrix + offset.

    Parameters
    ----------
    centre : (d,) floats
    matrix : (d, k) floats
    offset : (k,) floats
    """

    centre: FloatArray
    matrix: FloatArray
    offset: FloatArray

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings; see `Fitted`."""
        del rng, person
        return (embeddings.astype(np.float64) - self.centre) @ self.matrix + self.offset


@dataclass(frozen=True)
class Noisy:
    """Cuts the distance to a centre down to a radius, and adds Gaussian noise.

    Parameters
    ----------
    deviation : float
        Standard deviation of the noise of each number.
    centre : (d,) floats
    radius : float
        Largest distance to the centre that is kept; infinite where none is cut.
    """

    deviation: float
    centre: FloatArray
    radius: float = np.inf

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings; see `Fitted`."""
        del person
        around = embeddings.astype(np.float64) - self.centre
        if np.isfinite(self.radius):
            length = np.linalg.norm(around, axis=1, keepdims=True)
            around *= np.minimum(1, self.radius / np.maximum(length, np.finfo(float).tiny))
        return self.centre + around + self.deviation * rng.standard_normal(around.shape)


@dataclass(frozen=True)
class Quantised:
    """Replaces each number by the middle of the step that it falls in.

    Parameters
    ----------
    lowest, step : (d,) floats
        Lower end of the first step of each number, and their width; numbers beyond the ends count as the end steps.
    levels : int
    """

    lowest: FloatArray
    step: FloatArray
    levels: int

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings; see `Fitted`."""
        del rng, person
        level = np.clip(np.floor((embeddings - self.lowest) / self.step), 0, self.levels - 1)
        return self.lowest + (level + 0.5) * self.step


@dataclass(frozen=True)
class Signs:
    """Keeps whether each number is above 0: bits, 0 or 1. Two are apart by the root of how many of them differ."""

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings; see `Fitted`."""
        del rng, person
        return (embeddings > 0).astype(np.float64)


@dataclass(frozen=True)
class KeyOfEachPerson:
    """Projects the embeddings of each person on orthonormal directions that are the person's own secret.

    Parameters
    ----------
    centre : (d,) floats
    dimensions : int
        Directions of each key, 1 to d.
    """

    centre: FloatArray
    dimensions: int

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings; see `Fitted`."""
        around = embeddings.astype(np.float64) - self.centre
        key = np.arange(len(around)) if person is None else np.unique(person, return_inverse=True)[1]
        projected = np.empty((len(around), self.dimensions))
        order = np.argsort(key, kind="stable")
        for first in range(0, int(key.max(initial=-1)) + 1, _KEYS_AT_ONCE):
            keys = orthonormal(rng, around.shape[1], self.dimensions, count=_KEYS_AT_ONCE)
            rows = order[np.searchsorted(key[order], first) : np.searchsorted(key[order], first + _KEYS_AT_ONCE)]
            projected[rows] = np.einsum("nd,ndk->nk", around[rows], keys[key[rows] - first])
        return projected


@dataclass(frozen=True)
class Sequence:
    """One protection after the other.

    Parameters
    ----------
    parts : tuple of Fitted
    """

    parts: tuple[Fitted, ...]

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings; see `Fitted`."""
        for part in self.parts:
            embeddings = part.transform(embeddings, rng=rng, person=person)
        return embeddings


@dataclass(frozen=True)
class InSequence:
    """Protections one after the other, each fitted to what those before leave.

    Parameters
    ----------
    protections : tuple of Protection
    """

    protections: tuple[Protection, ...]

    def fit(self, faces: Faces, *, seed: int) -> Sequence:
        """Fit each in turn."""
        rng = np.random.default_rng([seed, 31])
        parts: list[Fitted] = []
        for number, protection in enumerate(self.protections):
            parts.append(protection.fit(faces, seed=seed + number))
            if number < len(self.protections) - 1:
                faces = Faces(parts[-1].transform(faces.embeddings, rng=rng), faces.people)
        return Sequence(tuple(parts))


def orthonormal(rng: np.random.Generator, rows: int, columns: int, *, count: int) -> FloatArray:
    """Draw matrices whose columns are orthonormal directions, all with the same chance: (count, rows, columns).

    The triangle's diagonal is made positive, so that all processors agree on the signs (Mezzadri, 2007,
    Notices of the AMS 54).
    """
    q, r = np.linalg.qr(rng.standard_normal((count, rows, columns)))
    return q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[:, None, :]
