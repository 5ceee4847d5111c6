"""The best one-to-one assignment of faces to names."""

from __future__ import annotations

import numpy as np

from core.checks import FloatArray, IntArray
from core.linkage.found import RANKS, Found
from core.linkage.posterior import Candidates, Ranking


def by_assignment(
    likelihood: FloatArray, listed: Candidates, ranking: Ranking, face: IntArray, *, rng: np.random.Generator
) -> Found:
    """Assign every face of a company to another name, so that all together fit best.

    Each permutation of the names is as likely as any other before the faces are seen; the one with the largest
    product of likelihoods is the most likely one after. Further guesses follow the posterior, without
    the name that was assigned. The anonymity set is the posterior's.

    Names of one listed kind, and people with one face, can be exchanged in an assignment that is best: the chance of
    success is the mean over these. Other ties are broken by a random order of the names.

    Parameters
    ----------
    likelihood : (companies, N, U) float32
        Of each face, given each of the listed kinds; above 0.
    listed : Candidates
    ranking : Ranking
    face : (companies, N) ints
        Held-out face of each person.
    rng : numpy.random.Generator
    """
    fit = np.log(likelihood)
    success = np.empty((len(RANKS), *face.shape))
    for company in range(len(face)):
        kind_of_name = rng.permutation(listed.own[company])
        assigned = best_assignment(fit[company][:, kind_of_name])
        person, same_face = np.nonzero(face[company][:, None] == face[company])
        chances = _success(company, person, kind_of_name[assigned][same_face], fit, listed, ranking)
        for number, chance in enumerate(chances):
            success[number, company] = np.bincount(person, weights=chance) / np.bincount(person)
    return Found(success, ranking.anonymity)


def best_assignment(fit: FloatArray) -> IntArray:
    """Column of each row, another for each, with the largest sum of `fit`, shape (N, N)."""
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(fit, maximize=True)[1]


def _success(
    company: int, person: IntArray, assigned: IntArray, fit: FloatArray, listed: Candidates, ranking: Ranking
) -> FloatArray:
    """Chance of success after each of `RANKS` guesses of people who are assigned a name of some listed kind."""
    own = listed.own[company, person]
    first = np.where(assigned == own, 1 / listed.names[company, own].astype(np.float64), 0)
    gap = fit[company, person, assigned] - fit[company, person, own]
    above = ranking.above[company, person] - (gap > 0)
    level = np.maximum(ranking.level[company, person] - (gap == 0), 1)
    further = np.array(RANKS)[:, None] - 1
    return first + (1 - first) * np.clip((further - above) / level, 0, 1)
