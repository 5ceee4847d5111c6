"""Protections that take out of embeddings what tells attributes: linear maps, learnt from labelled faces.

All of them see every attribute at once: sex, race, and age by bins of 20 years and by year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, whole_number
from core.demographics import AGES, RACES, SEXES, AgeBins, Demographics
from core.faces import Faces
from core.protection.transforms import Affine

AGE_BINS = AgeBins(20)
"""Age bins that are hidden: those of the paper."""

MOST_ROUNDS = 20

SMALLEST_SHARE = 1e-12
"""Directions in which faces vary less than by this share of the largest variance count as constant."""

_SMALLEST_CORRELATION = 1e-9
_RIDGE = 1e-3
"""Share of the mean variance that is added in each direction before a linear classifier is fitted."""


def concepts(people: Demographics, *, age_bins: AgeBins = AGE_BINS) -> FloatArray:
    """What is to be hidden, a column each: sex, races, age bins, and the age in years. Shape (n, 2 + 4 + bins + 1)."""
    columns = [
        np.eye(len(SEXES))[people.sex],
        np.eye(len(RACES))[people.race],
        np.eye(age_bins.count)[age_bins.of(people.age)],
        people.age[:, None] / AGES,
    ]
    return np.concatenate(columns, axis=1)


@dataclass(frozen=True)
class Leace:
    """Least-squares concept erasure: the smallest change after which no linear predictor beats the majority guess.

    With S the covariance of the embeddings x, W the square root of its pseudo-inverse, and P the projection on the columns of
    W Cov(x, z), z the concepts: x - W^+ P W (x - E x). Then Cov(x, z) = 0, which is necessary and sufficient, on the faces
    that it was fitted to (Belrose et al., 2023, doi 10.48550/arXiv.2306.03819).

    Parameters
    ----------
    age_bin_width : int
        Years of an age bin, 1 to 40: the narrower, the more of the age is hidden, and the more of the face is lost.
    """

    age_bin_width: int = AGE_BINS.width

    def fit(self, faces: Faces, *, seed: int) -> Affine:
        """Fit the eraser; it has a closed form."""
        del seed
        return erase(faces.embeddings, concepts(faces.people, age_bins=AgeBins(self.age_bin_width)))


def erase(embeddings: FloatArray, hidden: FloatArray) -> Affine:
    """Fit the eraser of LEACE to embeddings (n, d) and concepts (n, k) of any kind."""
    x = embeddings.astype(np.float64)
    centre = x.mean(axis=0)
    around, told = x - centre, hidden - hidden.mean(axis=0)
    whitener, root = square_roots(around.T @ around / len(x))
    correlation = whitener @ (around.T @ told) / len(x) / np.maximum(told.std(axis=0), np.finfo(float).tiny)
    directions, size, _ = np.linalg.svd(correlation, full_matrices=False)
    return without(directions[:, size > _SMALLEST_CORRELATION], centre, whitener, root)


def square_roots(covariance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Square root of the pseudo-inverse of a covariance, and its square root."""
    values, vectors = np.linalg.eigh(covariance)
    varies = values > SMALLEST_SHARE * values[-1]
    values, vectors = values[varies], vectors[:, varies]
    return (vectors / np.sqrt(values)) @ vectors.T, (vectors * np.sqrt(values)) @ vectors.T


def without(directions: FloatArray, centre: FloatArray, whitener: FloatArray, root: FloatArray) -> Affine:
    """Take directions of whitened space (d, r), orthonormal, out of embeddings: the smallest change that does."""
    return Affine(centre, np.eye(len(centre)) - whitener @ directions @ directions.T @ root, centre)


@dataclass(frozen=True)
class LeadingDirections:
    """Takes out the leading directions between the means of attribute groups, at right angles.

    Parameters
    ----------
    directions : int
        How many, 1 to 7: sexes differ in 1, races in 3, age bins in 3.
    """

    directions: int

    def fit(self, faces: Faces, *, seed: int) -> Affine:
        """Find the directions: principal components of the group means."""
        del seed
        most = len(SEXES) + len(RACES) + AGE_BINS.count - 3
        kept = whole_number("directions", self.directions, 1, most)
        x = faces.embeddings.astype(np.float64)
        centre = x.mean(axis=0)
        groups = concepts(faces.people)[:, :-1]
        filled = groups[:, groups.any(axis=0)]
        means = filled.T @ (x - centre) / filled.sum(axis=0)[:, None]
        leading = np.linalg.svd(means, full_matrices=False)[2][:kept]
        return Affine(centre, np.eye(x.shape[1]) - leading.T @ leading, centre)


@dataclass(frozen=True)
class NullSpace:
    """Iterative null-space projection: Ravfogel et al. (2020), doi 10.18653/v1/2020.acl-main.647.

    Each round trains linear classifiers of sex, race and age bin, by least squares on what is left, and takes the directions
    that they read at right angles out of the embeddings.

    Parameters
    ----------
    rounds : int
        1 to 20. Each takes out 7 directions: 1 of sex, 3 of race, 3 of age.
    """

    rounds: int

    def fit(self, faces: Faces, *, seed: int) -> Affine:
        """Fit round after round."""
        del seed
        x = faces.embeddings.astype(np.float64)
        centre: FloatArray = x.mean(axis=0)
        around = x - centre
        groups = concepts(faces.people)[:, :-1]
        told = groups - groups.mean(axis=0)
        covariance, products = around.T @ around, around.T @ told
        ridge = max(_RIDGE * np.trace(covariance) / len(covariance), np.finfo(float).eps) * np.eye(len(covariance))
        kept: FloatArray = np.eye(x.shape[1])
        for _ in range(whole_number("rounds", self.rounds, 1, MOST_ROUNDS)):
            read = kept @ np.linalg.solve(kept @ covariance @ kept + ridge, kept @ products)
            directions, size, _ = np.linalg.svd(read, full_matrices=False)
            directions = directions[:, size > _SMALLEST_CORRELATION * max(size[0], np.finfo(float).tiny)]
            if not directions.size:
                break
            kept = _projection(kept - directions @ (directions.T @ kept))
        return Affine(centre, kept, centre)


def _projection(matrix: FloatArray) -> FloatArray:
    """Nearest orthogonal projection to one that rounding has blurred."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    left = vectors[:, values > 0.5]
    return left @ left.T
