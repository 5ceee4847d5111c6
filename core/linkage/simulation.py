"""Linkage risk of simulated companies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, IntArray, generator, one_of, whole_number
from core.demographics import AgeBins, cell_count, cells
from core.inference.beliefs import Beliefs
from core.linkage.assignment import by_assignment
from core.linkage.cells import by_cells
from core.linkage.companies import Companies
from core.linkage.found import RANKS, Found
from core.linkage.posterior import by_posterior, candidates, rank
from core.linkage.scores import likelihoods
from core.scenario import FEWEST_REPEATS, LINKAGES, MOST_REPEATS, SMALLEST_COMPANY

CELLS, POSTERIOR, ASSIGNMENT = LINKAGES

LARGEST = {CELLS: 10_000, POSTERIOR: 10_000, ASSIGNMENT: 1_000}
"""People in the largest company that is simulated, by linkage. The assignment's time grows with the cube of it."""

_COMPANIES_OF_THE_LARGEST = 50
_NUMBERS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class LinkageRisk:
    """Risk of simulated companies under one linkage: one value a company, or a company and cell.

    Parameters
    ----------
    success : (repeats, 4) floats
        Share of the company's people whose name is among the first guesses, for each of `RANKS`; ties count as
        broken at random.
    anonymity : (repeats,) floats
        Mean size of the anonymity set.
    people, named : (repeats, cells) floats
        Number of the company's people who truly are in each cell, and the expected number of them who are named at
        the first guess.
    """

    success: FloatArray
    anonymity: FloatArray
    people: FloatArray
    named: FloatArray


def companies_of(linkage: str, company_size: int, repeats: int) -> int:
    """Return how many of the wanted companies can be simulated in bearable time.

    Raises
    ------
    ValueError
        If the company is larger than `LARGEST` of the linkage.
    """
    largest = LARGEST[one_of("linkage", linkage, LINKAGES)]
    repeats = whole_number("repeats", repeats, FEWEST_REPEATS, MOST_REPEATS)
    size = whole_number(f"company size for the linkage by {linkage}", company_size, SMALLEST_COMPANY, largest)
    return min(repeats, _COMPANIES_OF_THE_LARGEST * largest // size)


def simulate(
    linkage: str,
    companies: Companies,
    beliefs: Beliefs,
    *,
    mix: FloatArray,
    bins: AgeBins,
    rng: np.random.Generator,
    progress: Callable[[int], None] = lambda _: None,
) -> LinkageRisk:
    """Link the faces of each company's people to the names in its list.

    Parameters
    ----------
    linkage : str
        `"cells"`, `"posterior"` or `"assignment"`.
    companies : Companies
    beliefs : Beliefs
        About the held-out faces that `companies.face` counts.
    mix : (80, 2, 4) floats
        Mix of people that the beliefs take for granted; see `believed_mix`. `"cells"` does not use it.
    bins : AgeBins
        Cells that people are counted by, and that `"cells"` compares.
    rng : numpy.random.Generator
        For ties of the assignment.
    progress : callable
        Told the number of companies that are done.
    """
    one_of("linkage", linkage, LINKAGES)
    generator(rng)
    cell = cells(companies.people, bins).reshape(companies.face.shape)
    success = np.empty((companies.repeats, len(RANKS)))
    anonymity = np.empty(companies.repeats)
    people, named = np.empty((2, companies.repeats, cell_count(bins)))
    for rows, found in _linked(linkage, companies, beliefs, mix, bins, rng):
        success[rows] = found.success.mean(axis=2).T
        anonymity[rows] = found.anonymity.mean(axis=1)
        people[rows] = _by_cell(cell[rows], np.ones(cell[rows].shape), cell_count(bins))
        named[rows] = _by_cell(cell[rows], found.success[0], cell_count(bins))
        progress(rows.stop)
    return LinkageRisk(success, anonymity, people, named)


def _linked(
    linkage: str, companies: Companies, beliefs: Beliefs, mix: FloatArray, bins: AgeBins, rng: np.random.Generator
) -> Iterator[tuple[slice, Found]]:
    if linkage == CELLS:
        yield slice(0, companies.repeats), by_cells(companies, beliefs, bins)
        return
    width = max(companies.size * min(companies.size, companies.listing.kinds), companies.listing.kinds)
    step = max(_NUMBERS_AT_ONCE // width, 1)
    for start in range(0, companies.repeats, step):
        rows = slice(start, min(start + step, companies.repeats))
        listed, face = candidates(companies.listed[rows]), companies.face[rows]
        seen, which = np.unique(face, return_inverse=True)
        table = likelihoods(beliefs.take(seen), mix, companies.listing)
        likelihood = table[which.reshape(face.shape)[:, :, None], listed.kinds[:, None, :]]
        ranking = rank(likelihood, listed)
        if linkage == POSTERIOR:
            yield rows, by_posterior(ranking)
        else:
            yield rows, by_assignment(likelihood, listed, ranking, face, rng=rng)


def _by_cell(cell: IntArray, weights: FloatArray, count: int) -> FloatArray:
    """Sum weights by company and cell, shape (companies, count)."""
    number = np.arange(len(cell))[:, None] * count + cell
    sums: FloatArray = np.bincount(number.ravel(), weights=weights.ravel(), minlength=len(cell) * count).astype(np.float64)
    return sums.reshape(len(cell), count)
