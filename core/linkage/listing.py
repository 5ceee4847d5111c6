"""The public list: what it tells of its people's ages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, IntArray
from core.company import checked_population
from core.demographics import AGES, RACES, SEXES, YOUNGEST, AgeBins, Demographics
from core.scenario import BY_BIN, EXACT, years_off


@dataclass(frozen=True)
class Listing:
    """What the list says of a person: a listed age, the sex and the race, together a *listed kind*.

    Parameters
    ----------
    knowledge : str
        `"bin"`: the age bin. `"exact"`: the age. `"within k"`: an age that is off by up to k years, each
        difference with the same chance.
    chance : (listed ages, 80, 2, 4) floats
        Chance of each age, given listed age, sex and race: what the census tells of people listed so. Zero
        where the census has nobody.
    bins : AgeBins
    """

    knowledge: str
    chance: FloatArray
    bins: AgeBins

    @property
    def kinds(self) -> int:
        """Number of listed kinds."""
        return len(self.chance) * len(SEXES) * len(RACES)

    def of(self, people: Demographics, *, rng: np.random.Generator) -> IntArray:
        """Listed kind of each person, from 0; drawn where the listed age is off by chance."""
        if self.knowledge == BY_BIN:
            listed = self.bins.of(people.age)
        else:
            years = years_off(self.knowledge)
            listed = people.age - YOUNGEST + rng.integers(2 * years, endpoint=True, size=len(people))
        return (listed * len(SEXES) + people.sex) * len(RACES) + people.race


def listing(knowledge: str, population: ArrayLike, bins: AgeBins) -> Listing:
    """Make the listing in which ages are known as `knowledge` says.

    Parameters
    ----------
    knowledge : str
        `"bin"`, `"exact"` or `"within k"` years, k from 1 to 20.
    population : (80, 2, 4) floats
        Share of the population by age, sex and race.
    bins : AgeBins
        For `"bin"`.

    Raises
    ------
    ValueError
        If the knowledge is none of these.
    """
    shares = checked_population(population)
    ages = np.arange(AGES)
    if knowledge == EXACT:
        possible = np.eye(AGES, dtype=bool)
    elif knowledge == BY_BIN:
        possible = np.arange(bins.count)[:, None] == ages // bins.width
    else:
        years = years_off(knowledge)
        possible = np.abs(np.arange(AGES + 2 * years)[:, None] - years - ages) <= years
    chance = np.where(possible[:, :, None, None], shares, 0)
    total = chance.sum(axis=1, keepdims=True)
    return Listing(knowledge, np.divide(chance, total, out=np.zeros_like(chance), where=total > 0), bins)
