"""Re-identification risk from equivalence classes: of one database, exact, and simulated.

The people of a database who are read as the same cell form an equivalence class. Whoever is read
rightly in a class of k is named with chance 1/k. All shares run from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray, generator, matrix, whole_number, whole_numbers
from core.demographics import RACES, SEXES, AgeBins, cell_count, from_cells
from core.scenario import FEWEST_REPEATS, LARGEST_COMPANY, MOST_REPEATS, SMALLEST_COMPANY

CLASS_SIZES = ("1", "2-5", "6-10", "11-20", "21+")
_LARGEST_OF_CLASS = (1, 5, 10, 20)
LOW_PERCENTILE, HIGH_PERCENTILE = 2.5, 97.5
LARGEST_LIST = 1_000_000_000
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class EquivalenceRisk:
    """Risk of a company.

    Parameters
    ----------
    expected_reidentified : float
        Expected share of people named, E.
    class_size_shares : dict
        Share of people read rightly in a class of each size: keys "1", "2-5", "6-10", "11-20", "21+".
        The values add up to `correct`.
    correct : float
        Share of people whose cell is read rightly.
    """

    expected_reidentified: float
    class_size_shares: dict[str, float]
    correct: float


@dataclass(frozen=True)
class SimulatedRisk:
    """Risk of many random companies: one value per repeat, and their summary.

    Parameters
    ----------
    expected_reidentified : (repeats,) floats
    class_size_shares : dict of (repeats,) floats
    correct : (repeats,) floats
    """

    expected_reidentified: FloatArray
    class_size_shares: dict[str, FloatArray]
    correct: FloatArray

    @property
    def mean(self) -> EquivalenceRisk:
        """Mean over the repeats."""
        return EquivalenceRisk(
            float(self.expected_reidentified.mean()),
            {size: float(values.mean()) for size, values in self.class_size_shares.items()},
            float(self.correct.mean()),
        )

    @property
    def low(self) -> float:
        """2.5th percentile of the expected share of people named, over companies."""
        return float(np.percentile(self.expected_reidentified, LOW_PERCENTILE))

    @property
    def high(self) -> float:
        """97.5th percentile of the expected share of people named, over companies."""
        return float(np.percentile(self.expected_reidentified, HIGH_PERCENTILE))


@dataclass(frozen=True)
class GroupRisk:
    """Risk of a person of each group of one attribute; groups nobody belongs to are left out.

    Parameters
    ----------
    labels : names of the groups
    risk : (groups,) floats
        Chance that a person of the group is named.
    people : (groups,) floats
        Expected number of people of the group in the company.
    """

    labels: tuple[str, ...]
    risk: FloatArray
    people: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """Risk of each group relative to the average person's."""
        average = float(np.average(self.risk, weights=self.people))
        return self.risk / average if average > 0 else np.full(len(self.risk), np.nan)

    @property
    def most_exposed(self) -> str:
        """Group whose people bear the highest risk."""
        return self.labels[int(self.risk.argmax())]

    @property
    def highest_ratio(self) -> float:
        """Risk of the most exposed group relative to the average person's."""
        return float(self.ratio[self.risk.argmax()])


def of_database(true_cells: ArrayLike, predicted_cells: ArrayLike) -> EquivalenceRisk:
    """Risk of one database: E = (1/N) sum_i c_i / k_i (paper, Section VI).

    Parameters
    ----------
    true_cells, predicted_cells : (N,) ints
        Cell of each person, and the cell read from the face.

    Examples
    --------
    >>> of_database([0, 0, 1], [0, 0, 0]).expected_reidentified
    0.2222222222222222
    """
    true = whole_numbers("true cells", true_cells, 0, 2**31 - 1)
    predicted = whole_numbers("predicted cells", predicted_cells, 0, 2**31 - 1)
    if len(true) != len(predicted) or not len(true):
        raise ValueError(f"true and predicted cells must have one length of 1 or more, got {len(true)} and {len(predicted)}")
    right = true == predicted
    _, member_of, size = np.unique(predicted, return_inverse=True, return_counts=True)
    k = size[member_of]
    shares = np.bincount(_class_of(k[right]), minlength=len(CLASS_SIZES)) / len(true)
    return EquivalenceRisk(float((right / k).mean()), _by_class_size(shares), float(right.mean()))


def exact(outcomes: ArrayLike, company_size: int) -> EquivalenceRisk:
    """Expected risk of a random company of N people, in closed form.

    With q_c the chance to be read as cell c and a_c the chance to be read so rightly,

        E = (1/N) sum_c (a_c / q_c) (1 - (1 - q_c)^N)

    and the share of people read rightly in classes of size k is sum_c a_c Binomial(k - 1; N - 1, q_c):
    the other N - 1 people are read as c independently. `docs/method.md` derives both.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; sums to 1.
    company_size : int
        N, 2 to 1,000,000.

    Raises
    ------
    ValueError
        If the outcomes are no joint distribution or the company size is out of range.
    """
    size = _company_size(company_size)
    q, a = predicted_and_right(outcomes)
    return EquivalenceRisk(float(expected_shares(q, a, size)), _class_size_shares(q, a, size), float(a.sum()))


def perfect(outcomes: ArrayLike, company_size: int) -> EquivalenceRisk:
    """Exact risk if every attribute were read rightly: J with the same people on its diagonal.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; only the shares of people truly in each cell matter.
    company_size : int
        N, 2 to 1,000,000.
    """
    p = checked_outcomes(outcomes).sum(axis=1)
    size = _company_size(company_size)
    return EquivalenceRisk(float(expected_shares(p, p, np.array(size))), _class_size_shares(p, p, size), float(p.sum()))


def expected_shares(q: FloatArray, a: FloatArray, company_size: ArrayLike) -> FloatArray:
    """E for chances q and a of shape (..., C): the closed form of `exact`, without its checks.

    `company_size` broadcasts against the leading axes.
    """
    size = np.asarray(company_size, dtype=np.float64)
    rate = np.divide(a, q, out=np.zeros_like(a), where=q > 0)
    return (rate * _chance_of_any(q, size[..., None])).sum(axis=-1) / size


def simulate(outcomes: ArrayLike, company_size: int, repeats: int, rng: np.random.Generator) -> SimulatedRisk:
    """Risk of `repeats` random companies of N people.

    Only the chance to be read as each cell, rightly or wrongly, matters. The counts of these outcomes
    are one multinomial draw a company, so the cost grows neither with N nor with the square of the
    number of cells.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; sums to 1.
    company_size : int
        N, 2 to 1,000,000.
    repeats : int
        Number of companies, 1 to 10,000.
    rng : numpy.random.Generator
    """
    size = _company_size(company_size)
    repeats = whole_number("repeats", repeats, FEWEST_REPEATS, MOST_REPEATS)
    q, a = predicted_and_right(outcomes)
    return _simulate(q, a, size, repeats, generator(rng))


def _simulate(q: FloatArray, a: FloatArray, size: int, repeats: int, rng: np.random.Generator) -> SimulatedRisk:
    # Cells nobody is read as rightly add nothing: their outcomes are one, "elsewhere".
    a, q = a[a > 0], q[a > 0]
    outcomes = np.concatenate([a, np.maximum(q - a, 0)])
    outcomes = np.append(outcomes, max(1 - outcomes.sum(), 0))
    counts = rng.multinomial(size, outcomes / outcomes.sum(), size=repeats)
    right, wrong = counts[:, : len(a)], counts[:, len(a) : -1]
    k = right + wrong
    named = np.divide(right, k, out=np.zeros(k.shape), where=k > 0).sum(axis=1)
    class_of = _class_of(k)
    shares = {name: np.where(class_of == number, right, 0).sum(axis=1) / size for number, name in enumerate(CLASS_SIZES)}
    return SimulatedRisk(named / size, shares, right.sum(axis=1) / size)


@dataclass(frozen=True)
class RiskCurve:
    """Risk over company sizes.

    Parameters
    ----------
    company_sizes : (n,) ints
    expected : (n,) floats
        Exact E.
    low, high : (n,) floats
        2.5th and 97.5th percentile over simulated companies.
    random_guess : (n,) floats
        1/N: a name drawn at random.
    perfect : (n,) floats
        Exact E if every attribute were read rightly.
    """

    company_sizes: IntArray
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    random_guess: FloatArray
    perfect: FloatArray


def curve(outcomes: ArrayLike, company_sizes: ArrayLike, *, repeats: int, rng: np.random.Generator) -> RiskCurve:
    """E over company sizes, with the spread between companies and both reference lines."""
    sizes = whole_numbers("company sizes", company_sizes, SMALLEST_COMPANY, LARGEST_COMPANY)
    repeats = whole_number("repeats", repeats, FEWEST_REPEATS, MOST_REPEATS)
    q, a = predicted_and_right(outcomes)
    p = checked_outcomes(outcomes).sum(axis=1)
    generator(rng)
    spread = [_simulate(q, a, int(size), repeats, rng) for size in sizes]
    return RiskCurve(
        company_sizes=sizes,
        expected=expected_shares(q, a, sizes),
        low=np.array([risk.low for risk in spread]),
        high=np.array([risk.high for risk in spread]),
        random_guess=1 / sizes,
        perfect=expected_shares(p, p, sizes),
    )


def of_cells(outcomes: ArrayLike, company_size: int) -> FloatArray:
    """Chance that a person of each true cell is named, (a_t / p_t) (1 - (1 - q_t)^N) / (N q_t).

    p_t is the share of people truly in t. Shape (C,); NaN for cells nobody is in.
    """
    size = _company_size(company_size)
    joint = checked_outcomes(outcomes)
    q, a, p = joint.sum(axis=0), np.diag(joint), joint.sum(axis=1)
    rate = np.divide(a, q, out=np.zeros_like(a), where=q > 0)
    named = rate * _chance_of_any(q, np.array(float(size))) / size
    return np.divide(named, p, out=np.full_like(p, np.nan), where=p > 0)


@dataclass(frozen=True)
class Readings:
    """The risk as different attackers see it, after El Emam (2013), Guide to the De-Identification of
    Personal Health Information, and the ARX tool.

    Parameters
    ----------
    prosecutor : float
        Chance that the most exposed person is named by somebody who knows that the person works there.
    journalist : float
        The same chance if the public list holds `list_size` people and does not tell who works there.
    marketer : float
        Expected share of all people named: E.
    prosecutor_cell, journalist_cell : int
        Cell of the most exposed person.
    list_size : int
    """

    prosecutor: float
    journalist: float
    marketer: float
    prosecutor_cell: int
    journalist_cell: int
    list_size: int


def readings(outcomes: ArrayLike, company_size: int, *, list_size: int) -> Readings:
    """Prosecutor, journalist and marketer risk.

    The journalist looks a person up in a list of M people like the company's, of whom the person is one
    and the others are truly in cell t with chance p_t: (a_t / p_t) (1 - (1 - p_t)^M) / (M p_t).

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction; sums to 1.
    company_size : int
        N, 2 to 1,000,000.
    list_size : int
        M, at least N.
    """
    joint = checked_outcomes(outcomes)
    listed = whole_number("list size", list_size, _company_size(company_size), LARGEST_LIST)
    by_cell = of_cells(joint, company_size)
    p = joint.sum(axis=1)
    rate = np.divide(np.diag(joint), p, out=np.zeros_like(p), where=p > 0)
    share = np.divide(_chance_of_any(p, np.array(float(listed))), listed * p, out=np.zeros_like(p), where=p > 0)
    looked_up = rate * share
    return Readings(
        prosecutor=float(np.nanmax(by_cell)),
        journalist=float(looked_up.max()),
        marketer=exact(joint, company_size).expected_reidentified,
        prosecutor_cell=int(np.nanargmax(by_cell)),
        journalist_cell=int(looked_up.argmax()),
        list_size=listed,
    )


def by_group(outcomes: ArrayLike, company_size: int, *, bins: AgeBins) -> dict[str, GroupRisk]:
    """Risk of a person by sex, race and age bin.

    Parameters
    ----------
    outcomes : (C, C) floats
        Matrix J, truth by prediction, over the cells of `bins`; sums to 1.
    company_size : int
        N, 2 to 1,000,000.
    bins : AgeBins

    Returns
    -------
    dict with the keys "sex", "race" and "age"
    """
    joint = checked_outcomes(outcomes)
    if not isinstance(bins, AgeBins):
        raise ValueError(f"bins must be AgeBins, got {bins!r}")
    if len(joint) != cell_count(bins):
        raise ValueError(f"outcomes for age bins of {bins.width} years must have {cell_count(bins)} cells, got {len(joint)}")
    share = joint.sum(axis=1)
    named = np.nan_to_num(of_cells(joint, company_size)) * share
    age_bin, sex, race = from_cells(np.arange(len(joint)), bins)
    attributes = {"sex": (SEXES, sex), "race": (RACES, race), "age": (bins.labels, age_bin)}
    return {name: _group_risk(labels, group, share, named, company_size) for name, (labels, group) in attributes.items()}


def advantage(expected_reidentified: ArrayLike, company_size: ArrayLike) -> FloatArray:
    """Gain over guessing a name at random, (E - 1/N) / (1 - 1/N): 0 for the guess, 1 for certainty."""
    sizes = whole_numbers("company sizes", np.atleast_1d(company_size), SMALLEST_COMPANY, LARGEST_COMPANY)
    guess = (1 / sizes).reshape(np.shape(company_size))
    return (np.asarray(expected_reidentified) - guess) / (1 - guess)


def checked_outcomes(outcomes: ArrayLike) -> FloatArray:
    """Return outcomes as a square matrix of chances that sum to 1, or raise ValueError."""
    joint = matrix("outcomes", outcomes).astype(np.float64, copy=False)
    if joint.shape[0] != joint.shape[1] or not joint.size:
        raise ValueError(f"outcomes must be a square matrix, truth by prediction, got shape {joint.shape}")
    if joint.min() < 0:
        raise ValueError(f"outcomes must be 0 or more, got {joint.min():g}")
    if abs(joint.sum() - 1) > _SUM_TOLERANCE:
        raise ValueError(f"outcomes must sum to 1, got {joint.sum():g}")
    return joint


def predicted_and_right(outcomes: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Chances q to be read as each cell, and a to be read as it rightly, shape (C,) each."""
    joint = checked_outcomes(outcomes)
    return joint.sum(axis=0), np.diag(joint).copy()


def _company_size(value: int) -> int:
    return whole_number("company size", value, SMALLEST_COMPANY, LARGEST_COMPANY)


def _chance_of_any(q: FloatArray, size: FloatArray) -> FloatArray:
    """1 - (1 - q)^N without loss of digits for small q."""
    with np.errstate(divide="ignore"):
        return -np.expm1(size * np.log1p(-np.minimum(q, 1)))


def _class_size_shares(q: FloatArray, a: FloatArray, size: int) -> dict[str, float]:
    from scipy.special import bdtr

    a, q = a[a > 0], np.minimum(q[a > 0], 1)
    largest = np.minimum(np.array(_LARGEST_OF_CLASS), size)
    up_to = (a[:, None] * bdtr(largest - 1.0, size - 1, q[:, None])).sum(axis=0)
    shares = np.diff(np.concatenate([[0], up_to, [a.sum()]]))
    possible = np.array([1, *(largest + 1 for largest in _LARGEST_OF_CLASS)]) <= size
    return _by_class_size(np.where(possible, shares, 0))


def _class_of(k: IntArray) -> IntArray:
    """Position in `CLASS_SIZES` of a class of k people."""
    return np.searchsorted(_LARGEST_OF_CLASS, k, side="left")


def _by_class_size(shares: FloatArray) -> dict[str, float]:
    return {size: max(float(share), 0.0) for size, share in zip(CLASS_SIZES, shares, strict=True)}


def _group_risk(labels: tuple[str, ...], group: IntArray, share: FloatArray, named: FloatArray, company_size: int) -> GroupRisk:
    people = np.bincount(group, weights=share, minlength=len(labels)).astype(np.float64)
    risk = np.bincount(group, weights=named, minlength=len(labels)).astype(np.float64)
    present = np.flatnonzero(people > 0)
    names = tuple(labels[index] for index in present)
    return GroupRisk(names, risk[present] / people[present], company_size * people[present])
