"""What protections are measured on, and what all of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core import company
from core.checks import FloatArray, IntArray
from core.demographics import AgeBins
from core.faces import Faces, near_identical_groups, split
from core.inference import attackers
from core.inference.attackers import Attacker

RETRAINED = ("forest", "logistic", "svm", "mlp", "neighbours")
"""Attackers that are trained again on protected embeddings; the best of them counts."""


@dataclass(frozen=True)
class Material:
    """What a protection is measured on.

    Parameters
    ----------
    known : Faces
        Labelled faces that the protection is fitted to. Attackers have the same ones, protected.
    tested : Faces
        Others with the same mix, on which accuracy is measured.
    pool : Faces
        Others that stand for the people of companies.
    pictures : (n, d) floats
        Several pictures of each of some people, for verification.
    person : (n,) ints
    population : (80, 2, 4) floats
        Shares of the company's population by age, sex and race.
    company_size : int
    bins : AgeBins
    impostors : int or None
        Pairs of two people that are compared; None for all.
    groups : (known,) ints, optional
        Known faces that stay on one side of every split, such as those of one person; near-identical ones without it.
    """

    known: Faces
    tested: Faces
    pool: Faces
    pictures: FloatArray
    person: IntArray
    population: FloatArray
    company_size: int
    bins: AgeBins
    impostors: int | None = None
    groups: IntArray | None = None


@dataclass(frozen=True)
class Prepared:
    """What all protections of one material share.

    Parameters
    ----------
    material : Material
    names : tuple of str
        Attackers that are trained again.
    groups : (known,) ints
        Near-identical photos among the known faces share a number.
    half : Faces
        Half of the known faces, for protections that must not be fitted to all that attackers train on.
    unaware : Attacker
        Trained on unprotected embeddings.
    matched : company.Matching
    seed : int
    """

    material: Material
    names: tuple[str, ...]
    groups: IntArray
    half: Faces
    unaware: Attacker
    matched: company.Matching
    seed: int

    def for_company(self, size: int, bins: AgeBins) -> Prepared:
        """Return the same for a company of another size, and other age bins: no attacker has to be trained again for it."""
        return replace(self, material=replace(self.material, company_size=size, bins=bins))


def prepare(
    material: Material,
    *,
    seed: int,
    names: tuple[str, ...] = RETRAINED,
    progress: Callable[[str], None] = lambda _: None,
) -> Prepared:
    """Do what all protections of one material share: train the attacker that sees none of them.

    Parameters
    ----------
    material : Material
    seed : int
    names : attackers, of `core.scenario.ATTACKERS`
        The first of them but the forest also stays unaware of the protection.
    progress : callable
        Told each step; 1 in all.
    """
    progress("training an attacker that knows no protection")
    groups = near_identical_groups(material.known.embeddings) if material.groups is None else material.groups
    name = next((each for each in names if each != "forest"), names[0])
    unaware = attackers.train(name, material.known, seed=seed, groups=groups)
    matched = company.match(material.population, material.pool.people)
    half, _ = split(len(material.known), rng=np.random.default_rng([seed, 37]), held_out_share=0.5, groups=groups)
    return Prepared(material, names, groups, material.known.take(half), unaware, matched, seed)
