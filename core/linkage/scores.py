"""How well each face fits each kind of listed person: beliefs with the mix of the training faces taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from core.checks import FloatArray, whole_numbers
from core.demographics import AGES, RACES, SEXES, AgeBins, Demographics, cell_count, cells
from core.inference.beliefs import Beliefs
from core.linkage.listing import Listing

DOUBT = 0.01
"""Chance that a belief tells nothing: no listed person is ever out of the question."""

_MIX_BINS = AgeBins(5)

_EVEN_SHARE = 0.001
"""Share of kinds in equal parts that a believed mix is blended with, for kinds in which nobody believes."""


def believed_mix(people: Demographics, beliefs: Beliefs, training_counts: ArrayLike) -> FloatArray:
    """Estimate the mix of people that beliefs take for granted: the mean belief about faces with the training mix.

    For beliefs that are right on average this is the training mix. Where they are smoother than the training ages
    are, or lean to one side, it is what such an attacker sees as usual, and so what has to be taken out.

    Parameters
    ----------
    people : Demographics
        Of n held-out faces.
    beliefs : Beliefs
        About them.
    training_counts : (80, 2, 4) ints
        Training faces by age, sex and race. Held-out faces are weighted to this mix by 5-year bin, sex and race.

    Returns
    -------
    (80, 2, 4) floats
        Share of each kind, none of them zero; sums to 1.
    """
    shape = (AGES, len(SEXES), len(RACES))
    trained = whole_numbers("training faces of each kind", training_counts, 0, 2**31 - 1, shape=shape)
    kind = cells(people, _MIX_BINS)
    wanted = np.bincount(cells(Demographics.from_counts(trained), _MIX_BINS), minlength=cell_count(_MIX_BINS))
    weight = (wanted / np.maximum(np.bincount(kind, minlength=len(wanted)), 1))[kind]
    if not weight.any():
        raise ValueError(f"held-out faces must show people like those of the training faces, got {len(people):,} that do not")
    pairs = (beliefs.sex[:, :, None] * beliefs.race[:, None, :]).reshape(len(people), -1)
    mix = (beliefs.age.T @ (pairs * (weight / weight.sum())[:, None])).reshape(shape)
    return (1 - _EVEN_SHARE) * mix / mix.sum() + _EVEN_SHARE / mix.size


def likelihoods(beliefs: Beliefs, mix: FloatArray, listing: Listing) -> FloatArray:
    """Likelihood of each face, given each listed kind, up to a factor of the face.

    By Bayes' rule a belief is proportional to the likelihood times the share of the kind in training. Dividing
    by that share is the first half of the correction of Saerens, Latinne and Decaestecker (2002), doi
    10.1162/089976602753284446; its second half multiplies by the share of the kind in the company, and
    the posterior of a name divides by it again: it is shared by all listed people of the kind.

    Parameters
    ----------
    beliefs : Beliefs
        About n faces.
    mix : (80, 2, 4) floats
        Mix of people that the beliefs take for granted; see `believed_mix`.
    listing : Listing

    Returns
    -------
    (n, listed kinds) float32
    """
    group_mix = mix.sum(axis=0)
    group = _doubted(beliefs.sex[:, :, None] * beliefs.race[:, None, :] / group_mix)
    result = np.empty((len(beliefs), len(listing.chance), len(SEXES), len(RACES)), dtype=np.float32)
    for sex, race in np.ndindex(group_mix.shape):
        age = _doubted(beliefs.age / (mix[:, sex, race] / group_mix[sex, race]))
        result[:, :, sex, race] = group[:, sex, race, None] * (age @ listing.chance[:, :, sex, race].T)
    return result.reshape(len(beliefs), listing.kinds)


def _doubted(ratio: FloatArray) -> FloatArray:
    return (1 - DOUBT) * ratio + DOUBT
