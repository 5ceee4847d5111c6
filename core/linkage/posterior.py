"""Names ranked by how likely each is, for one face at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, IntArray
from core.linkage.found import RANKS, Found


@dataclass(frozen=True)
class Candidates:
    """The names of some companies, names of one listed kind together: nothing tells them apart.

    Parameters
    ----------
    kinds : (companies, U) ints
        Listed kinds that occur in each company, filled up with one of them where there are fewer than U.
    names : (companies, U) float32
        Number of names of each; 0 where filled up.
    own : (companies, N) ints
        Which of `kinds` each person is listed as.
    """

    kinds: IntArray
    names: FloatArray
    own: IntArray


def candidates(listed: IntArray) -> Candidates:
    """Gather names by listed kind; `listed` has shape (companies, N)."""
    companies = np.arange(len(listed))[:, None]
    order = listed.argsort(axis=1, kind="stable")
    ordered = np.take_along_axis(listed, order, axis=1)
    number = np.zeros_like(listed)
    number[:, 1:] = (ordered[:, 1:] != ordered[:, :-1]).cumsum(axis=1)
    own = np.empty_like(listed)
    np.put_along_axis(own, order, number, axis=1)
    width = int(own.max()) + 1
    kinds = np.repeat(listed[:, :1], width, axis=1)
    kinds[companies, own] = listed
    names = np.bincount((companies * width + own).ravel(), minlength=kinds.size).reshape(kinds.shape)
    return Candidates(kinds, names.astype(np.float32), own)


@dataclass(frozen=True)
class Ranking:
    """Where each person's own name stands when names are ranked by their likelihood.

    Parameters
    ----------
    above, level : (companies, N) floats
        Names that fit the face better than the person's own, and names that fit as well, own included.
    anonymity : (companies, N) floats
        2 to the entropy of the posterior over names.
    """

    above: FloatArray
    level: FloatArray
    anonymity: FloatArray


def rank(likelihood: FloatArray, listed: Candidates) -> Ranking:
    """Rank names for each face.

    Parameters
    ----------
    likelihood : (companies, N, U) float32
        Of each face, given each of the listed kinds; above 0.
    listed : Candidates
    """
    own = np.take_along_axis(likelihood, listed.own[:, :, None], axis=2)
    names = listed.names[:, :, None]
    total = (likelihood @ names)[:, :, 0]
    entropy = np.log2(total) - ((likelihood * np.log2(likelihood)) @ names)[:, :, 0] / total
    return Ranking(
        above=((likelihood > own).astype(np.float32) @ names)[:, :, 0].astype(np.float64),
        level=((likelihood == own).astype(np.float32) @ names)[:, :, 0].astype(np.float64),
        anonymity=np.exp2(np.maximum(entropy, 0)),
    )


def by_posterior(ranking: Ranking) -> Found:
    """Guess the names in the order of their posterior, one face at a time.

    Among names that fit equally well, each order has the same chance: the person's own one is among the first r
    guesses with chance (r - above) / level, cut to 0 and 1.
    """
    guesses = np.array(RANKS)[:, None, None]
    return Found(np.clip((guesses - ranking.above) / ranking.level, 0, 1), ranking.anonymity)
