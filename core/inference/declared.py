"""An attacker that nobody here trained: what a test says of it, typed in, and what follows for a company.

A test states an accuracy or a whole confusion matrix of an attribute. Given who a person truly is, the readings of sex, race
and age are taken to be independent: a test rarely says how they go together.

The errors of an accuracy of sex or race are spread evenly over the other classes. Those of age are not: whoever takes 30 for
35 rarely takes it for 80. The age that is read is the true one plus an error with a normal law, cut to 1 to 80; its spread
makes the share of age bins that are read rightly the stated one, over ages 17 to 80 in equal parts. Ages read within a bin of a
typed confusion matrix are spread evenly over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from core.checks import FloatArray, IntArray, matrix, one_of, real_number, whole_number
from core.demographics import AGES, OLDEST, RACES, SEXES, YOUNGEST, AgeBins, cell_count
from core.scenario import YOUNGEST_EMPLOYEE

ATTRIBUTES = ("sex", "race", "age")
CLASSES = {"sex": len(SEXES), "race": len(RACES), "age": AGES}
MOST_TESTED = 100_000_000

_WIDEST_ERROR, _NARROWEST_ERROR = 1_000.0, 0.05
_HALVINGS = 60


@dataclass(frozen=True)
class Statement:
    """What a test says of one attribute: an accuracy, or a confusion matrix.

    Parameters
    ----------
    attribute : str
        "sex", "race" or "age".
    accuracy : float or None
        Share of faces that are read rightly, 0 to 1.
    confusion : (k, k) floats or None
        Faces or shares of each class, truth by reading; only how a row is shared out counts.
    age_bin_width : int
        Years of an age bin that the test tells apart; for age alone.

    Raises
    ------
    ValueError
        If it says both or neither, or what it says cannot be.
    """

    attribute: str
    accuracy: float | None = None
    confusion: FloatArray | None = None
    age_bin_width: int = 20

    def __post_init__(self) -> None:
        one_of("attribute", self.attribute, ATTRIBUTES)
        bins = AgeBins(self.age_bin_width)
        if (self.accuracy is None) == (self.confusion is None):
            raise ValueError(f"{self.attribute} needs either an accuracy or a confusion matrix")
        if self.accuracy is not None:
            object.__setattr__(self, "accuracy", real_number(f"accuracy of {self.attribute}", self.accuracy, 0, 1))
            self.matrix()
            return
        classes = bins.count if self.attribute == "age" else CLASSES[self.attribute]
        values = matrix(f"confusion matrix of {self.attribute}", self.confusion).astype(np.float64)  # type: ignore[arg-type]
        if values.shape != (classes, classes):
            raise ValueError(f"confusion matrix of {self.attribute} must have shape ({classes}, {classes}), got {values.shape}")
        sums = values.sum(axis=1)
        if (values < 0).any() or (sums <= 0).any():
            raise ValueError(f"confusion matrix of {self.attribute} must have rows of 0 or more, none of them all 0")
        object.__setattr__(self, "confusion", values / sums[:, None])

    def matrix(self) -> FloatArray:
        """Chance of each reading given the truth: rows sum to 1. Shape (2, 2), (4, 4), or (80, 80) years for age."""
        if self.confusion is not None:
            return _to_years(self.confusion, AgeBins(self.age_bin_width)) if self.attribute == "age" else self.confusion
        assert self.accuracy is not None
        return _from_accuracy(self.attribute, self.accuracy, self.age_bin_width)

    def drawn(self, tested: int, rng: np.random.Generator) -> FloatArray:
        """Draw what `matrix` could be, given that the test had that many faces.

        From the posterior with Jeffreys' prior: a beta law of an accuracy, a Dirichlet law of each row of a confusion
        matrix, whose classes had equal numbers of faces.
        """
        if self.accuracy is not None:
            right = self.accuracy * tested
            accuracy = float(rng.beta(right + 0.5, tested - right + 0.5))
            least = _least_accuracy(self.attribute, self.age_bin_width)
            return _from_accuracy(self.attribute, max(accuracy, least), self.age_bin_width)
        assert self.confusion is not None
        rows = np.stack([rng.dirichlet(row * tested / len(self.confusion) + 0.5) for row in self.confusion])
        return _to_years(rows, AgeBins(self.age_bin_width)) if self.attribute == "age" else rows


@dataclass(frozen=True)
class Declared:
    """What a test says of an attacker.

    Parameters
    ----------
    statements : dict of Statement
        By attribute. One that is missing is not read: it is guessed as often as the company has each class.
    tested : int or None
        Faces of the test; without it, nobody knows how sure it is.
    """

    statements: dict[str, Statement]
    tested: int | None = None

    def __post_init__(self) -> None:
        if not self.statements:
            raise ValueError("a declared attacker must read at least one of sex, race and age, got none")
        for name, each in self.statements.items():
            if name != each.attribute:
                raise ValueError(f"the statement of {name} must be about it, got one about {each.attribute}")
        if self.tested is not None:
            whole_number("faces of the test", self.tested, 1, MOST_TESTED)

    def matrices(self, population: FloatArray, *, rng: np.random.Generator | None = None) -> dict[str, FloatArray]:
        """Chance of each reading given the truth, by attribute; drawn anew with `rng` where the size of the test is known."""
        shares = _shares(population)
        margins = {"sex": shares.sum(axis=(0, 2)), "race": shares.sum(axis=(0, 1)), "age": shares.sum(axis=(1, 2))}
        found = {}
        for name in ATTRIBUTES:
            stated = self.statements.get(name)
            if stated is None:
                found[name] = np.tile(margins[name], (CLASSES[name], 1))
            else:
                found[name] = stated.matrix() if rng is None or self.tested is None else stated.drawn(self.tested, rng)
        return found


def outcomes(matrices: dict[str, FloatArray], population: FloatArray, bins: AgeBins) -> FloatArray:
    """Chance that a random employee truly is in cell t and is read as cell p: the matrix J.

    J[t, p] is the sum over the ages of t of the population's share times the three chances, which are independent given
    the truth.

    Parameters
    ----------
    matrices : dict
        See `Declared.matrices`.
    population : (80, 2, 4) floats
    bins : AgeBins

    Returns
    -------
    (cells, cells) floats
        Truth by prediction; sums to 1.
    """
    shares = _shares(population)
    read_bin = np.add.reduceat(matrices["age"], bins.first_ages - YOUNGEST, axis=1)
    # Over the ages of each true bin: (true bin, sex, race, read bin).
    aged = np.add.reduceat(shares[:, :, :, None] * read_bin[:, None, None, :], bins.first_ages - YOUNGEST, axis=0)
    joint = np.einsum("bsrB,sS,rR->bsrBSR", aged, matrices["sex"], matrices["race"])
    return joint.reshape(cell_count(bins), cell_count(bins))


def predicted_and_right(
    matrices: dict[str, FloatArray], population: FloatArray, bins: AgeBins
) -> tuple[FloatArray, FloatArray]:
    """Chances q and a to be read as each cell, and to be read as it rightly: column sums and diagonal of `outcomes`."""
    shares = _shares(population)
    read_bin = np.add.reduceat(matrices["age"], bins.first_ages - YOUNGEST, axis=1)
    read = np.einsum("asr,aB,sS,rR->BSR", shares, read_bin, matrices["sex"], matrices["race"], optimize=True)
    own_bin = read_bin[np.arange(AGES), bins.of(np.arange(YOUNGEST, OLDEST + 1))]
    right = shares * own_bin[:, None, None] * np.diag(matrices["sex"])[:, None] * np.diag(matrices["race"])
    return read.ravel(), np.add.reduceat(right, bins.first_ages - YOUNGEST, axis=0).ravel()


def draw_readings(chances: FloatArray, truth: IntArray, *, rng: np.random.Generator) -> IntArray:
    """Draw a reading for each face of a class, so that each class is read as its row of `chances` says as nearly as can be.

    Systematic sampling: the faces of a class, in random order, are dealt out along the row.
    """
    read = np.empty(len(truth), dtype=np.int64)
    for value in np.unique(truth):
        rows = rng.permutation(np.flatnonzero(truth == value))
        place = (np.arange(len(rows)) + rng.random()) / len(rows)
        read[rows] = np.minimum(np.searchsorted(np.cumsum(chances[value]), place, side="right"), chances.shape[1] - 1)
    return read


def believed(chances: FloatArray, read: IntArray, mix: FloatArray) -> FloatArray:
    """Probability of each class given a reading, by Bayes' rule, where classes are as frequent as `mix` says."""
    joint = np.asarray(mix, dtype=np.float64)[:, None] * chances
    total = joint.sum(axis=0)
    given = np.divide(joint, total, out=np.full_like(joint, 1 / len(joint)), where=total > 0)
    return given.T[read].astype(np.float32)


def _shares(population: FloatArray) -> FloatArray:
    shares = np.asarray(population, dtype=np.float64)
    shape = (AGES, len(SEXES), len(RACES))
    if shares.shape != shape or not np.isfinite(shares).all() or (shares < 0).any() or not shares.any():
        raise ValueError(f"a population must be shares of shape {shape}, got shape {shares.shape}")
    return shares / shares.sum()


def _from_accuracy(attribute: str, accuracy: float, width: int) -> FloatArray:
    if attribute == "age":
        return _aged(_error_of(accuracy, width))
    classes = CLASSES[attribute]
    chances = np.full((classes, classes), (1 - accuracy) / (classes - 1))
    np.fill_diagonal(chances, accuracy)
    return chances


def _to_years(confusion: FloatArray, bins: AgeBins) -> FloatArray:
    """Spread each age bin that is read over its years."""
    bin_of = bins.of(np.arange(YOUNGEST, OLDEST + 1))
    years = bins.last_ages - bins.first_ages + 1
    return confusion[bin_of][:, bin_of] / years[bin_of]


def _aged(deviation: float) -> FloatArray:
    ages = np.arange(YOUNGEST, OLDEST + 1)
    chances = np.exp(-0.5 * ((ages[:, None] - ages) / deviation) ** 2)
    return chances / chances.sum(axis=1, keepdims=True)


def _share_of_bins_read_rightly(deviation: float, width: int) -> float:
    bin_of = AgeBins(width).of(np.arange(YOUNGEST, OLDEST + 1))
    right = np.where(bin_of[:, None] == bin_of, _aged(deviation), 0).sum(axis=1)
    return float(right[YOUNGEST_EMPLOYEE - YOUNGEST :].mean())


@cache
def _least_accuracy(attribute: str, width: int) -> float:
    """Accuracy below which an accuracy cannot be stated: for age, that of a blind guess."""
    return _share_of_bins_read_rightly(_WIDEST_ERROR, width) if attribute == "age" else 0.0


def _error_of(accuracy: float, width: int) -> float:
    """Spread of the error of an age at which that share of age bins is read rightly, by halving an interval."""
    least = _least_accuracy("age", width)
    if accuracy < least:
        blind = f"{least:.1%}, that of a blind guess, or more"
        raise ValueError(f"accuracy of age in bins of {width} years must be {blind}, got {accuracy:.1%}")
    low, high = _NARROWEST_ERROR, _WIDEST_ERROR
    for _ in range(_HALVINGS):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if _share_of_bins_read_rightly(middle, width) > accuracy else (low, middle)
    return low
