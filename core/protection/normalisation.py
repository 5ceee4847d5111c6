"""After LEACE, what attackers read are the different spreads of the groups: make these alike, too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.checks import FloatArray, IntArray, real_number
from core.demographics import RACES, SEXES
from core.faces import Faces
from core.protection.erasure import SMALLEST_SHARE, Leace
from core.protection.transforms import Affine

_FACES_FOR_HALF_WEIGHT = 100
"""A race-sex group with this many faces has half the say in its covariance, all faces together the other half."""

_RIDGE = 1e-3
"""Share of the mean variance that is added in each direction before groups are told apart."""


@dataclass(frozen=True)
class Equalised:
    """Maps x to the mean, over the groups that it may be of, of what makes their covariances alike.

    Parameters
    ----------
    eraser : Affine
    slope, offset : (d, g) and (g,) floats
        Linear scores of the g groups, whose softmax is how likely each is.
    centres : (g, d) floats
        Means of the groups about the eraser's centre.
    maps : (g, d, d) floats
    """

    eraser: Affine
    slope: FloatArray
    offset: FloatArray
    centres: FloatArray
    maps: FloatArray

    def transform(self, embeddings: FloatArray, *, rng: np.random.Generator, person: IntArray | None = None) -> FloatArray:
        """Protect embeddings; see `Fitted`."""
        del person
        left = self.eraser.transform(embeddings, rng=rng) - self.eraser.centre
        likely = _softmax(embeddings.astype(np.float64) @ self.slope + self.offset)
        result = np.zeros_like(left)
        for group, weight in enumerate(likely.T):
            result += weight[:, None] * ((left - self.centres[group]) @ self.maps[group])
        return result + self.eraser.centre


@dataclass(frozen=True)
class EqualCovariances:
    """LEACE, then the same covariance for every race and sex.

    LEACE leaves nothing to attackers that read in straight lines. What others read is mostly that groups spread in
    different directions. The race-sex group g of a face is guessed from the unprotected embedding by linear discriminants, and
    what LEACE left of it is multiplied by C_g^(-s/2) C^(s/2), C_g being the covariance of those guessed to be of g and C that
    of all (the map of least change is near it: correlation alignment, Sun, Feng and Saenko, 2016,
    doi 10.1609/aaai.v30i1.10306). Where several groups are likely, the mean over them is taken, so that two pictures of one
    person are moved alike.

    Parameters
    ----------
    percent : float
        s, how far covariances are made alike, 0 to 100 per cent. At 0 only what is left of the groups' means goes.
    """

    percent: float

    def fit(self, faces: Faces, *, seed: int) -> Equalised:
        """Fit LEACE, the discriminants and the maps."""
        share = real_number("per cent of the way to equal covariances", self.percent, 0, 100) / 100
        x = faces.embeddings.astype(np.float64)
        eraser = Leace().fit(faces, seed=seed)
        left = eraser.transform(x, rng=np.random.default_rng(seed)) - eraser.centre
        slope, offset = _discriminants(x, faces.people.group, len(SEXES) * len(RACES))
        likely = _softmax(x @ slope + offset)
        pooled = left.T @ left / len(left)
        towards = _power(pooled, share)
        centres, maps = [], []
        for weight in likely.T:
            total = weight.sum() + _FACES_FOR_HALF_WEIGHT
            centre = weight @ left / total
            around = left - centre
            covariance = ((around * weight[:, None]).T @ around + _FACES_FOR_HALF_WEIGHT * pooled) / total
            centres.append(centre)
            maps.append(_power(covariance, -share) @ towards)
        return Equalised(eraser, slope, offset, np.array(centres), np.array(maps))


def _discriminants(x: FloatArray, group: IntArray, groups: int) -> tuple[FloatArray, FloatArray]:
    """Linear discriminant scores of each group, by its mean, its share and the covariance within groups."""
    counts = np.bincount(group, minlength=groups)
    means = np.stack([x[group == each].mean(axis=0) if counts[each] else x.mean(axis=0) for each in range(groups)])
    around = x - means[group]
    within = around.T @ around / len(x)
    within += _RIDGE * np.trace(within) / len(within) * np.eye(len(within))
    slope = np.linalg.solve(within, means.T)
    # A group without a face gets a share of half a one.
    return slope, np.log(np.maximum(counts, 0.5) / len(x)) - (means.T * slope).sum(axis=0) / 2


def _softmax(scores: FloatArray) -> FloatArray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _power(covariance: FloatArray, share: float) -> FloatArray:
    """Covariance to half the power `share`; directions that do not vary give 0."""
    values, vectors = np.linalg.eigh(covariance)
    varies = values > SMALLEST_SHARE * values[-1]
    return (vectors[:, varies] * values[varies] ** (share / 2)) @ vectors[:, varies].T
