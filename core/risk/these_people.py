"""Exact risk of the very people of one company, who are known: only how their faces are read is left to chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, IntArray, generator, whole_number, whole_numbers
from core.risk.classes import CLASS_SIZES, LARGEST_OF_CLASS, EquivalenceRisk, by_class_size, class_of
from core.risk.simulation import SimulatedRisk
from core.scenario import FEWEST_REPEATS, LARGEST_COMPANY, MOST_REPEATS, SMALLEST_COMPANY

_REACH = 36
"""Where this many people are expected in a class, exp(-36) is left of a chance: less than rounding takes."""

_NODES = 24
_NEARLY_NONE = 1e-9
_COEFFICIENTS = LARGEST_OF_CLASS[-1]
_MOST_DRAWS, _FEWEST_SIMULATED = 5_000_000, 100
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class ThesePeople:
    """People of one company, by kinds of people who are read alike, and how each kind is read.

    Parameters
    ----------
    people : (kinds,) ints
        Number of people of each kind; 2 to 1,000,000 together.
    cell : (kinds,) ints
        Cell that each kind truly is in.
    kind, read : (pairs,) ints
        A kind, and a cell that it can be read as.
    chance : (pairs,) floats
        Chance that a person of the kind is read as the cell, independently of all others; adds up to 1 for each kind.

    Raises
    ------
    ValueError
        If the lengths differ, a number is out of range, or the chances of a kind do not sum to 1.
    """

    people: IntArray
    cell: IntArray
    kind: IntArray
    read: IntArray
    chance: FloatArray

    def __post_init__(self) -> None:
        people = whole_numbers("people of each kind", self.people, 1, LARGEST_COMPANY)
        whole_number("people in the company", int(people.sum()), SMALLEST_COMPANY, LARGEST_COMPANY)
        kinds = whole_numbers("kinds that are read", self.kind, 0, len(people) - 1)
        lengths = (len(self.cell), len(people)), (len(self.read), len(kinds)), (len(self.chance), len(kinds))
        if any(one != other for one, other in lengths):
            raise ValueError("each kind needs one true cell, and each pair one cell read and one chance: the lengths differ")
        sums = np.bincount(kinds, weights=self.chance, minlength=len(people))
        if (np.asarray(self.chance) < 0).any() or np.abs(sums - 1).max() > _SUM_TOLERANCE:
            raise ValueError("chances to be read as each cell must be 0 or more and sum to 1 for each kind")

    @property
    def size(self) -> int:
        """Number of people, N."""
        return int(self.people.sum())

    def true_classes(self) -> IntArray:
        """Number of people in each true cell that has any."""
        counts = np.bincount(self.cell, weights=self.people).astype(np.int64)
        return counts[counts > 0]


def risk_of_kinds(these: ThesePeople) -> FloatArray:
    """Chance that a person of each kind is named, shape (kinds,).

    A person of kind i, truly in cell c, is read as c with chance r_i. Of the others, S are read as c: a sum of independent
    yes-or-no outcomes, a Poisson binomial. The chance to be named is r_i E[1 / (1 + S)], and as 1 / (1 + S) is the integral of
    x^S over x from 0 to 1,

        E[1 / (1 + S)] = integral of  prod_j (1 - r_j + r_j x)  over the others j

    With x = 1 - u the integrand is at most exp(-u E[S]): it is integrated up to where nothing is left of it, by Gauss and
    Legendre's rule with 24 nodes. `docs/method.md` derives it.
    """
    return _risk(these, these.chance[None], reach=_REACH, nodes=_NODES)[0]


def resampled_risk(these: ThesePeople, chances: FloatArray) -> FloatArray:
    """Chance that a person of each kind is named if the chances to be read were others, shape (resamples, kinds).

    For intervals: half the nodes give five digits.

    Parameters
    ----------
    these : ThesePeople
    chances : (resamples, pairs) floats
        Of the same pairs, above 0 where `these.chance` is.
    """
    return _risk(these, chances, reach=_REACH / 2, nodes=_NODES // 2)


def _risk(these: ThesePeople, chances: FloatArray, *, reach: float, nodes: int) -> FloatArray:
    risk = np.zeros((len(chances), len(these.people)))
    pair, column, right = _columns(these)
    if not len(right):
        return risk
    count, starts = these.people[these.kind[pair]], np.flatnonzero(np.diff(column, prepend=-1))
    points, weights = np.polynomial.legendre.leggauss(nodes)
    of, kind = column[right], these.kind[pair[right]]
    for row, chance in zip(risk, chances, strict=True):
        r = np.minimum(chance[pair], 1)
        ends = np.minimum(reach / np.maximum(np.add.reduceat(count * r, starts) - 1, _NEARLY_NONE), 1)
        u = ends[:, None] * (points + 1) / 2
        everybody = np.add.reduceat(count[:, None] * np.log1p(-r[:, None] * u[column]), starts, axis=0)
        own = r[right]
        others = np.exp(everybody[of] - np.log1p(-own[:, None] * u[of]))
        row[kind] = own * (others @ weights) * ends[of] / 2
    return risk


def of_these(these: ThesePeople) -> EquivalenceRisk:
    """Exact risk of these very people: the expectation over how their faces are read."""
    named = risk_of_kinds(these)
    pair, column, right = _columns(these)
    correct = float((these.people[these.kind[pair[right]]] * these.chance[pair[right]]).sum() / these.size)
    of_size = _right_in_classes(these, pair, column, right) / these.size
    ends = np.concatenate([[0], np.cumsum(of_size)[np.array(LARGEST_OF_CLASS) - 1], [correct]])
    shares = np.diff(ends)
    possible = np.array([1, *(largest + 1 for largest in LARGEST_OF_CLASS)]) <= these.size
    return EquivalenceRisk(
        float(these.people @ named / these.size), by_class_size(np.where(possible, shares, 0)), min(correct, 1.0)
    )


def perfect_of(class_sizes: IntArray) -> EquivalenceRisk:
    """Risk of these people if every attribute were read rightly: in each true class one is named.

    Parameters
    ----------
    class_sizes : (classes,) ints
        Number of people in each true cell that has any.
    """
    size = class_sizes.sum()
    shares = np.bincount(class_of(class_sizes), weights=class_sizes, minlength=len(CLASS_SIZES)) / size
    return EquivalenceRisk(float(len(class_sizes) / size), by_class_size(shares), 1.0)


def simulate_these(these: ThesePeople, repeats: int, rng: np.random.Generator) -> SimulatedRisk:
    """Risk of the same people, their faces drawn and read again up to `repeats` times.

    Each kind of people takes one draw for each cell that it may be read as. Where these are so many that it would take more
    than a second or two, it is done fewer times, though not fewer than 100.

    Parameters
    ----------
    these : ThesePeople
    repeats : int
        1 to 10,000.
    rng : numpy.random.Generator
    """
    repeats = whole_number("repeats", repeats, FEWEST_REPEATS, MOST_REPEATS)
    generator(rng)
    pair, column, right = _columns(these)
    repeats = min(repeats, max(_MOST_DRAWS // max(len(pair), 1), _FEWEST_SIMULATED))
    kind, chance, is_right = these.kind[pair], these.chance[pair], np.isin(np.arange(len(pair)), right)
    order = np.lexsort((-chance, kind))  # the likeliest readings first: few people are soon dealt out
    bounds = np.searchsorted(kind[order], np.arange(len(these.people) + 1))
    k, rightly = np.zeros((2, column.max(initial=-1) + 1, repeats), dtype=np.int64)
    for number, people in enumerate(these.people):
        of_kind = order[bounds[number] : bounds[number + 1]]
        # The last outcome is to be read as any cell that nobody is read as rightly.
        chances = np.append(chance[of_kind], max(1 - chance[of_kind].sum(), 0))
        drawn = rng.multinomial(people, chances / chances.sum(), size=repeats)
        for place, read in zip(of_kind, drawn.T, strict=False):
            k[column[place]] += read
            if is_right[place]:
                rightly[column[place]] += read
    named = np.divide(rightly, k, out=np.zeros(k.shape), where=k > 0).sum(axis=0) / these.size
    position = class_of(k)
    shares = {
        size: np.where(position == number, rightly, 0).sum(axis=0) / these.size for number, size in enumerate(CLASS_SIZES)
    }
    return SimulatedRisk(named, shares, rightly.sum(axis=0) / these.size)


def _columns(these: ThesePeople) -> tuple[IntArray, IntArray, IntArray]:
    """Pairs that matter, sorted by the cell read; the number of each one's cell; and which of them are right.

    A cell that nobody is read as rightly names nobody, whoever else is read as it.
    """
    right = (these.read == these.cell[these.kind]) & (these.chance > 0)
    mattering = np.zeros(max(these.read.max(initial=0), these.cell.max(initial=0)) + 1, dtype=bool)
    mattering[these.read[right]] = True
    pair = np.flatnonzero(mattering[these.read] & (these.chance > 0))
    pair = pair[np.argsort(these.read[pair], kind="stable")]
    column = np.unique(these.read[pair], return_inverse=True)[1]
    return pair, column, np.flatnonzero(right[pair])


def _right_in_classes(these: ThesePeople, pair: IntArray, column: IntArray, right: IntArray) -> FloatArray:
    """Expected number of people read rightly in a class of k = 1 to 20, shape (20,).

    For n people of one kind, read as the cell with chance r, the number read so has the coefficients of
    A = (1 - r + r z)^n. Where the cell is their own, D = n r (1 - r + r z)^(n - 1) singles out one who is read rightly, and
    counts the others. Two groups together: A = A1 A2, and D = D1 A2 + A1 D2. No term is negative, so no digits are lost.
    """
    people, r = these.people[these.kind[pair]], np.minimum(these.chance[pair], 1)
    everybody = _read_among(people, r)
    one_right = np.zeros_like(everybody)
    one_right[right] = (people * r)[right, None] * _read_among(people[right] - 1, r[right])
    while len(column) > len(np.unique(column)):
        # Neighbours of one cell are taken together, two by two.
        place = np.arange(len(column)) - np.searchsorted(column, column)
        first = np.flatnonzero(place % 2 == 0)
        follows = first + 1 < len(column)
        follows[follows] = column[first[follows] + 1] == column[first[follows]]
        both, second = first[follows], first[follows] + 1
        new_right = _product(one_right[both], everybody[second]) + _product(everybody[both], one_right[second])
        everybody[both] = _product(everybody[both], everybody[second])
        one_right[both] = new_right
        everybody, one_right, column = everybody[first], one_right[first], column[first]
    total: FloatArray = one_right.sum(axis=0)
    return total


def _read_among(people: IntArray, r: FloatArray) -> FloatArray:
    """Chance that 0 to 19 of n people are read as a cell, each with chance r; shape (pairs, 20)."""
    found = np.zeros((len(people), _COEFFICIENTS))
    certain = r >= 1
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.where(certain, 0, r / (1 - r))
        found[:, 0] = np.where(certain, people == 0, np.exp(people * np.log1p(-np.where(certain, 0, r))))
    for k in range(1, _COEFFICIENTS):
        found[:, k] = found[:, k - 1] * np.maximum(people - k + 1, 0) / k * odds
    exactly = certain & (people < _COEFFICIENTS)
    found[exactly, people[exactly]] = 1
    return found


def _product(first: FloatArray, second: FloatArray) -> FloatArray:
    """Multiply polynomials row by row, up to the 19th power."""
    product = np.zeros_like(first)
    for power in range(_COEFFICIENTS):
        product[:, power:] += first[:, power : power + 1] * second[:, : _COEFFICIENTS - power]
    return product
