"""Faces of nobody: a distribution of embeddings given age, sex and race.

Per race and sex, the mean embedding is a piecewise-linear function of age; around it, residuals are
Gaussian with a covariance per age group, blended towards the covariance of the race-sex group where
there are few faces. Only these parameters are stored: no embedding of a person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from core import shipped
from core.checks import FloatArray, IntArray
from core.demographics import AGES, RACES, SEXES, Demographics
from core.faces.faceset import Faces

KNOTS = (10, 20, 35, 50, 65)
"""Ages between which the mean embedding moves in a straight line; it is constant beyond the ends."""

AGE_GROUPS_START = (21, 41, 61)
"""First age of the second, third and fourth group that have a covariance of their own."""

GROUPS = len(RACES) * len(SEXES)

_SMALLEST_GROUP = 20
_SMALLEST_AGE_GROUP = 10
_FACES_FOR_HALF_WEIGHT = 50
"""An age group with this many faces has half the say in its covariance, the race-sex group the other half."""

_GRID = 2.0**16
"""Embeddings are rounded to this many steps per unit: processors differ in the last bits of a matrix
product, and with rounding the same seed gives the same faces, and the same forests, on all of them."""

_KNOT_RIDGE = 3.0
"""Faces' worth of pull of each knot towards the mean of its race-sex group."""


@dataclass(frozen=True)
class FaceGenerator:
    """Parameters of the distribution of embeddings.

    Parameters
    ----------
    means : (8, 5, d) floats
        Mean embedding per race-sex group at each of `KNOTS`.
    factors : (8, 4, d, d) floats
        Lower Cholesky factor of the residual covariance per race-sex group and age group.
    levelled_counts : (80, 2, 4) ints
        People of each age, sex and race among the levelled real faces.
    """

    means: FloatArray
    factors: FloatArray
    levelled_counts: IntArray

    def __post_init__(self) -> None:
        d = self.means.shape[-1]
        counts = self.levelled_counts
        if counts.shape != (AGES, len(SEXES), len(RACES)) or counts.min() < 0:
            raise ValueError(f"levelled counts must be 0 or more with shape (80, 2, 4), got {counts.shape}")
        wanted = {"means": (GROUPS, len(KNOTS), d), "factors": (GROUPS, len(AGE_GROUPS_START) + 1, d, d)}
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape or not np.isfinite(getattr(self, name)).all():
                raise ValueError(f"generator {name} must be finite with shape {shape}, got {getattr(self, name).shape}")

    @property
    def dimension(self) -> int:
        return self.means.shape[-1]

    def sample(self, people: Demographics, *, rng: np.random.Generator) -> Faces:
        """Draw one face for each person, of that person's age, sex and race."""
        weights = _knot_weights(people.age)
        age_group = _age_group(people.age)
        embeddings = np.empty((len(people), self.dimension), dtype=np.float32)
        for group in range(GROUPS):
            for age in range(len(AGE_GROUPS_START) + 1):
                rows = np.flatnonzero((people.group == group) & (age_group == age))
                noise = rng.standard_normal((len(rows), self.dimension)) @ self.factors[group, age].T
                embeddings[rows] = np.round((weights[rows] @ self.means[group] + noise) * _GRID) / _GRID
        return Faces(embeddings, people)

    def levelled_people(self) -> Demographics:
        """Demographics like those of the real levelled faces, one row a person."""
        return Demographics.from_counts(self.levelled_counts)

    def save(self, folder: Path) -> None:
        """Write `face_generator.npz` and its checksum."""
        rows, columns = np.tril_indices(self.dimension)
        arrays: dict[str, np.ndarray] = {
            "means": self.means.astype(np.float16),
            "lower_triangles": self.factors[:, :, rows, columns].astype(np.float16),
            "levelled_counts": self.levelled_counts.astype(np.uint32),
        }
        shipped.write_arrays(shipped.GENERATOR, arrays, folder)


def load(folder: Path = shipped.FOLDER) -> FaceGenerator:
    """Read the generator that ships in `models/`, or another folder. Raises DamagedModelError."""
    arrays = shipped.read_arrays(shipped.GENERATOR, folder)
    try:
        means, triangles = (arrays[name].astype(np.float64) for name in ("means", "lower_triangles"))
        d = means.shape[-1]
        factors = np.zeros((*triangles.shape[:2], d, d))
        rows, columns = np.tril_indices(d)
        factors[:, :, rows, columns] = triangles
        return FaceGenerator(means, factors, arrays["levelled_counts"].astype(np.int64))
    except (KeyError, ValueError, IndexError) as error:
        raise shipped.DamagedModelError(f"{shipped.GENERATOR} lacks an array or has one of a wrong shape") from error


def fit(faces: Faces, *, levelled_counts: IntArray) -> FaceGenerator:
    """Fit the generator to real faces.

    Parameters
    ----------
    faces : Faces
        Training faces; held-out ones stay out so that they can judge the result.
    levelled_counts : (80, 2, 4) ints
        Make-up of the levelled faces, kept so that a like set can be generated.

    Raises
    ------
    ValueError
        If a race-sex group has fewer than 20 faces.

    Notes
    -----
    Covariances are shrunk after Ledoit and Wolf (2004), doi 10.1016/S0047-259X(03)00096-4.
    """
    from sklearn.covariance import ledoit_wolf

    d = faces.embeddings.shape[1]
    means = np.empty((GROUPS, len(KNOTS), d))
    factors = np.empty((GROUPS, len(AGE_GROUPS_START) + 1, d, d))
    for group in range(GROUPS):
        rows = faces.people.group == group
        if rows.sum() < _SMALLEST_GROUP:
            name = f"{RACES[group // len(SEXES)]} {SEXES[group % len(SEXES)].lower()}"
            raise ValueError(f"each race and sex needs at least {_SMALLEST_GROUP} faces, got {rows.sum()} for {name}")
        embeddings, ages = faces.embeddings[rows].astype(np.float64), faces.people.age[rows]
        weights = _knot_weights(ages)
        centre = embeddings.mean(axis=0)
        normal = weights.T @ weights + _KNOT_RIDGE * np.eye(len(KNOTS))
        means[group] = np.linalg.solve(normal, weights.T @ (embeddings - centre)) + centre
        residuals = embeddings - weights @ means[group]
        whole = ledoit_wolf(residuals)[0]
        age_group = _age_group(ages)
        for age in range(len(AGE_GROUPS_START) + 1):
            own = residuals[age_group == age]
            share = len(own) / (len(own) + _FACES_FOR_HALF_WEIGHT) if len(own) >= _SMALLEST_AGE_GROUP else 0.0
            covariance = (1 - share) * whole
            if share:
                covariance += share * ledoit_wolf(own, assume_centered=True)[0]
            factors[group, age] = np.linalg.cholesky(covariance)
    return FaceGenerator(means, factors, np.asarray(levelled_counts))


def _knot_weights(ages: ArrayLike) -> FloatArray:
    """Hat functions over `KNOTS`: rows sum to 1, shape (n, 5)."""
    return np.stack([np.interp(np.asarray(ages, dtype=np.float64), KNOTS, unit) for unit in np.eye(len(KNOTS))], axis=1)


def _age_group(ages: ArrayLike) -> IntArray:
    return np.searchsorted(AGE_GROUPS_START, ages, side="right")
