"""Faces of nobody: a distribution of embeddings given age, sex and race.

Per race and sex, the mean embedding is a piecewise-linear function of age; around it, residuals are
Gaussian with a covariance per age group, blended towards the covariance of the race-sex group where
there are few faces. Two pictures of one person differ by a within-person scatter, if the generator
was given one. Only these parameters are stored: no embedding of a person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from core import shipped
from core.checks import FloatArray, IntArray, matrix, real_number, whole_number
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

MISLABELLED_SHARE = 0.03
"""Share of people whose face is drawn from a race-sex group taken at random. UTKFace's labels are in part guessed
by a program, and without such faces sex and race are told apart too well. Chosen so that the tables and the risk
on generated faces come near those on real ones."""

_GRID = 2.0**16
"""Embeddings are rounded to this many steps per unit: processors differ in the last bits of a matrix
product, and with rounding the same seed gives the same faces, and the same forests, on all of them."""

_KNOT_RIDGE = 3.0
"""Faces' worth of pull of each knot towards the mean of its race-sex group."""

_SMALLEST_NUMBER_OF_PEOPLE = 20
"""People with two pictures or more that the within-person scatter needs."""

_MOST_PICTURES = 1000

_SCALE_SHAPE = 8.0
"""Shape of the Gamma distribution, of mean 1, that the within-person scatter of each picture is scaled by.
Real pictures are some of them close to all others of their person, some far off: one scale for all is too
narrow, a shape of 3 too wide. With 8 the distances between pictures of one person are those of real ones."""


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
    within : (d, d) floats, optional
        Lower Cholesky factor of the scatter of one person's pictures about their centre; needed for
        `pictures` only.
    mislabelled_share : float
        Share of the people whose face is drawn from a race-sex group taken at random, 0 to 0.5: real
        labels are wrong, and real faces unlike their group, that often.
    """

    means: FloatArray
    factors: FloatArray
    levelled_counts: IntArray
    within: FloatArray | None = None
    mislabelled_share: float = 0.0

    def __post_init__(self) -> None:
        real_number("mislabelled share", self.mislabelled_share, 0, 0.5)
        d = self.means.shape[-1]
        counts = self.levelled_counts
        if counts.shape != (AGES, len(SEXES), len(RACES)) or counts.min() < 0:
            raise ValueError(f"levelled counts must be 0 or more with shape (80, 2, 4), got {counts.shape}")
        wanted: dict[str, tuple[int, ...]] = {
            "means": (GROUPS, len(KNOTS), d),
            "factors": (GROUPS, len(AGE_GROUPS_START) + 1, d, d),
        }
        if self.within is not None:
            wanted["within"] = (d, d)
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape or not np.isfinite(getattr(self, name)).all():
                raise ValueError(f"generator {name} must be finite with shape {shape}, got {getattr(self, name).shape}")

    @property
    def dimension(self) -> int:
        return self.means.shape[-1]

    def sample(self, people: Demographics, *, rng: np.random.Generator) -> Faces:
        """Draw one face for each person, of that person's age, sex and race."""
        return Faces(_rounded(self._draw(people, self.factors, rng)), people)

    def pictures(self, people: Demographics, count: int, *, rng: np.random.Generator) -> FloatArray:
        """Draw several pictures of each person.

        Parameters
        ----------
        people : Demographics
            n people.
        count : int
            Pictures of each, 1 to 1,000.
        rng : numpy.random.Generator

        Returns
        -------
        (n, count, d) float32

        Raises
        ------
        ValueError
            If the count is out of range, or the generator has no within-person scatter.

        Notes
        -----
        A person's centre is drawn with covariance T - W, where T is that of a face of the person's age,
        sex and race and W the within-person scatter; each picture adds noise of covariance g W, g from a
        Gamma distribution of mean 1. Each picture by itself so has the covariance T of `sample`, but for
        directions in which W exceeds T.
        """
        count = whole_number("pictures of each person", count, 1, _MOST_PICTURES)
        if self.within is None:
            raise ValueError("pictures of one person need a generator with a within-person scatter, got one without")
        centres = self._draw(people, self._between, rng)
        scale = np.sqrt(rng.gamma(_SCALE_SHAPE, 1 / _SCALE_SHAPE, (len(people), count, 1)))
        noise = rng.standard_normal((len(people), count, self.dimension)) @ self.within.T
        return _rounded(centres[:, None] + scale * noise)

    @cached_property
    def _between(self) -> FloatArray:
        """Square roots of the covariances with the within-person scatter taken out, shape (8, 4, d, d).

        They are the symmetric ones: eigenvectors have no sign that all processors agree on.
        """
        assert self.within is not None
        covariances = self.factors @ self.factors.swapaxes(-1, -2) - self.within @ self.within.T
        values, vectors = np.linalg.eigh(covariances)
        return (vectors * np.sqrt(np.maximum(values, 0))[..., None, :]) @ vectors.swapaxes(-1, -2)

    def _draw(self, people: Demographics, factors: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Draw one embedding a person about the mean of its age, sex and race, not yet rounded."""
        weights = _knot_weights(people.age)
        age_group = _age_group(people.age)
        drawn_from = people.group
        if self.mislabelled_share:
            mislabelled = rng.random(len(people)) < self.mislabelled_share
            drawn_from = np.where(mislabelled, rng.integers(GROUPS, size=len(people)), drawn_from)
        embeddings = np.empty((len(people), self.dimension))
        for group in range(GROUPS):
            for age in range(len(AGE_GROUPS_START) + 1):
                rows = np.flatnonzero((drawn_from == group) & (age_group == age))
                noise = rng.standard_normal((len(rows), self.dimension)) @ factors[group, age].T
                embeddings[rows] = weights[rows] @ self.means[group] + noise
        return embeddings

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
            "mislabelled_share": np.array([self.mislabelled_share]),
        }
        if self.within is not None:
            arrays["within_triangle"] = self.within[rows, columns].astype(np.float16)
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
        within = None
        if "within_triangle" in arrays:
            within = np.zeros((d, d))
            within[rows, columns] = _of_shape(arrays["within_triangle"], rows.shape)
        mislabelled = float(arrays["mislabelled_share"][0]) if "mislabelled_share" in arrays else 0.0
        return FaceGenerator(means, factors, arrays["levelled_counts"].astype(np.int64), within, mislabelled)
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
    return FaceGenerator(means, factors, np.asarray(levelled_counts), mislabelled_share=MISLABELLED_SHARE)


def fit_within(embeddings: ArrayLike, person: ArrayLike) -> FloatArray:
    """Fit the scatter of one person's pictures about their centre, taken to be the same for all.

    Parameters
    ----------
    embeddings : (n, d) floats
    person : (n,) array
        Whom each picture shows; those of people with one picture are left out.

    Returns
    -------
    (d, d) floats
        Lower Cholesky factor.

    Raises
    ------
    ValueError
        If fewer than 20 people have two pictures or more, or their pictures do not differ.

    Notes
    -----
    Residuals to the mean of a person's n pictures are too small by sqrt(1 - 1/n), so they are divided by it.
    Shrunk after Ledoit and Wolf (2004), doi 10.1016/S0047-259X(03)00096-4.
    """
    from sklearn.covariance import ledoit_wolf

    values = matrix("embeddings", embeddings).astype(np.float64)
    shown = np.asarray(person)
    if shown.shape != (len(values),):
        raise ValueError(f"persons must be one for each of the {len(values):,} pictures, got shape {shown.shape}")
    _, number, sizes = np.unique(shown, return_inverse=True, return_counts=True)
    if (sizes > 1).sum() < _SMALLEST_NUMBER_OF_PEOPLE:
        raise ValueError(
            f"the within-person scatter needs at least {_SMALLEST_NUMBER_OF_PEOPLE} people with two pictures or more, "
            f"got {(sizes > 1).sum()}"
        )
    means = np.zeros((len(sizes), values.shape[1]))
    np.add.at(means, number, values)
    means /= sizes[:, None]
    several = sizes[number] > 1
    number = number[several]
    residuals = (values[several] - means[number]) / np.sqrt(1 - 1 / sizes[number])[:, None]
    try:
        return np.linalg.cholesky(ledoit_wolf(residuals, assume_centered=True)[0])
    except np.linalg.LinAlgError:
        raise ValueError("pictures of one person must differ from one another, got the same ones again and again") from None


def _rounded(embeddings: FloatArray) -> FloatArray:
    return (np.round(embeddings * _GRID) / _GRID).astype(np.float32)


def _of_shape(array: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return the array if it has this shape: NumPy would spread a single number over a whole triangle."""
    if array.shape != shape:
        raise ValueError(f"array must have shape {shape}, got {array.shape}")
    return array


def _knot_weights(ages: ArrayLike) -> FloatArray:
    """Hat functions over `KNOTS`: rows sum to 1, shape (n, 5)."""
    return np.stack([np.interp(np.asarray(ages, dtype=np.float64), KNOTS, unit) for unit in np.eye(len(KNOTS))], axis=1)


def _age_group(ages: ArrayLike) -> IntArray:
    return np.searchsorted(AGE_GROUPS_START, ages, side="right")
