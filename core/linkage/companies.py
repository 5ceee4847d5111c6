"""Companies of simulated people: who works there, what leaked of them, and what the list says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core import company
from core.checks import IntArray, generator
from core.demographics import Demographics
from core.linkage.listing import Listing


@dataclass(frozen=True)
class Companies:
    """Companies of N people each, in random order.

    Parameters
    ----------
    people : Demographics
        (repeats x N) people, company by company.
    face : (repeats, N) ints
        Held-out face of each person.
    listed : (repeats, N) ints
        Listed kind of each person.
    listing : Listing
    """

    people: Demographics
    face: IntArray
    listed: IntArray
    listing: Listing

    @property
    def repeats(self) -> int:
        """Number of companies."""
        return len(self.face)

    @property
    def size(self) -> int:
        """People in each company, N."""
        return self.face.shape[1]


def draw(
    population: ArrayLike,
    company_size: int,
    repeats: int,
    *,
    listing: Listing,
    faces: Demographics,
    rng: np.random.Generator,
    staff: IntArray | None = None,
) -> Companies:
    """Draw companies, and a held-out face for each of their people.

    The same state of `rng` gives the same people whatever the list tells and the faces are, and the same faces where
    the held-out ones are of the same people: so attackers and linkages are compared on the same companies.

    Parameters
    ----------
    population : (80, 2, 4) floats
        Share of the population by age, sex and race.
    company_size, repeats : int
        N, and the number of companies; at most 1,000,000 people in all.
    listing : Listing
    faces : Demographics
        Of the held-out faces.
    rng : numpy.random.Generator
    staff : (80, 2, 4) ints, optional
        The N people of every company, where they are given and only their faces are drawn.
    """
    of_people, of_list, of_faces = generator(rng).spawn(3)
    if staff is None:
        everybody = company.draw(population, company_size * repeats, rng=of_people)
        people = everybody.take(of_people.permutation(len(everybody)))
    else:
        order = of_people.permuted(np.tile(np.arange(company_size), (repeats, 1)), axis=1)
        people = Demographics.from_counts(staff).take(order.ravel())
    listed = listing.of(people, rng=of_list)
    face, _ = company.assign_faces(people, faces, rng=of_faces)
    shape = (repeats, company_size)
    return Companies(people, face.reshape(shape), listed.reshape(shape), listing)
