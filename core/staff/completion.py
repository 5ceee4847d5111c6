"""Whole people in proportion to the census, where a list says nothing of an age, a sex or a race."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray
from core.company import checked_population
from core.demographics import AGES, RACES, SEXES, YOUNGEST

NOT_STATED = -1

_HARDLY = 1e-9
"""Weight of people whom the census does not have beside those whom it has."""

_ROUNDING = 1e-9
"""What is this near to the next whole person is that person: rounding must not decide."""


def everywhere(population: ArrayLike) -> FloatArray:
    """Return a population that has a few people of every age, sex and race, and is the given one as good as everywhere.

    So a list may hold people whom the census does not have, such as Indian people or apprentices of 15: those of an age that it
    lacks have the sexes and races of the nearest age, those of a race that it lacks the ages and sexes of all others.

    Parameters
    ----------
    population : (80, 2, 4) floats
        Shares that sum to 1.
    """
    shares = checked_population(population)
    by_age, by_sex, by_race = (shares.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1)))
    with_people = np.flatnonzero(by_age)
    nearest = with_people[np.abs(np.arange(AGES)[:, None] - with_people).argmin(axis=1)]
    missing = np.where(by_race > 0, by_race, _HARDLY)
    # At an age that the census lacks, sexes and races are those of the nearest age, not of all ages.
    alike = shares[nearest] + _HARDLY * np.multiply.outer(by_age[nearest], np.multiply.outer(by_sex + _HARDLY, missing))
    filled = np.where(by_age[:, None, None] > 0, alike, _HARDLY * alike)
    return filled / filled.sum()


def complete(
    low: ArrayLike, high: ArrayLike, sex: ArrayLike, race: ArrayLike, people: ArrayLike, *, population: ArrayLike
) -> IntArray:
    """Deal out people of whom not everything is stated.

    People of whom the same is stated are taken together, and dealt out to sexes and races in proportion to the census, given
    what is stated: whole people by largest remainder, where what one group left over counts for the next, so that many
    small groups together are like the census too. Their ages stand at even steps through the census's ages, within
    what is stated. The same list gives the same people, in whatever order its rows stand.

    Parameters
    ----------
    low, high : (rows,) ints
        First and last age that is possible, in years.
    sex, race : (rows,) ints
        Index into `SEXES` and `RACES`, or -1 where it is not stated.
    people : (rows,) ints
    population : (80, 2, 4) floats
        The census, as shares.

    Returns
    -------
    (80, 2, 4) ints
    """
    rows = np.stack([np.asarray(column, dtype=np.int64) for column in (low, high, sex, race)], axis=1)
    stated, which = np.unique(rows, axis=0, return_inverse=True)
    numbers = np.bincount(which.ravel(), weights=np.asarray(people), minlength=len(stated)).astype(np.int64)
    census = everywhere(population)
    carry = np.zeros((len(SEXES), len(RACES)))
    by_ages: dict[tuple[int, int], IntArray] = {}
    for (first, last, of_sex, of_race), number in zip(stated.tolist(), numbers.tolist(), strict=True):
        shares = census[first - YOUNGEST : last - YOUNGEST + 1].sum(axis=0)
        possible = np.ones(shares.shape, dtype=bool)
        if of_sex != NOT_STATED:
            possible &= np.arange(len(SEXES))[:, None] == of_sex
        if of_race != NOT_STATED:
            possible &= np.arange(len(RACES)) == of_race
        dealt = _dealt(number, np.where(possible, shares, 0), carry)
        by_ages[first, last] = by_ages.get((first, last), np.zeros(carry.shape, dtype=np.int64)) + dealt
    counts = np.zeros((AGES, len(SEXES), len(RACES)), dtype=np.int64)
    for (first, last), kinds in by_ages.items():
        ages = slice(first - YOUNGEST, last - YOUNGEST + 1)
        for position in np.argwhere(kinds):
            counts[ages, *position] += _at_even_steps(int(kinds[tuple(position)]), census[ages, *position])
    return counts


def _dealt(number: int, shares: FloatArray, carry: FloatArray) -> IntArray:
    """Deal a number of people to kinds by largest remainder; `carry`, what earlier ones left over, is kept up to date."""
    wanted = number * shares / shares.sum()
    whole = np.floor(wanted).astype(np.int64)
    remainder = np.where(shares > 0, wanted - whole + carry, -np.inf)
    first = np.argsort(-remainder, axis=None, kind="stable")[: number - int(whole.sum())]
    whole.ravel()[first] += 1
    carry += wanted - whole
    return whole


def _at_even_steps(number: int, shares: FloatArray) -> IntArray:
    """Deal people to ages: the j-th of n to the age where (j - 1/2) / n of the census are reached."""
    reached = np.floor(number * np.cumsum(shares) / shares.sum() + 0.5 + _ROUNDING).astype(np.int64)
    reached[-1] = number
    dealt: IntArray = np.diff(reached, prepend=0)
    return dealt
