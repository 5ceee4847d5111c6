"""Pictures of generated people, and the distances between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import company
from core.checks import FloatArray
from core.demographics import Demographics
from core.faces.generator import FaceGenerator
from core.scenario import Scenario
from core.study.evidence import Evidence
from core.verification import EUCLIDEAN, Pairs, pairs_of

PEOPLE = 1_000
IMPOSTORS_PER_PERSON = 40


@dataclass(frozen=True)
class PictureStudy:
    """Two pictures of each of 1,000 generated people like the scenario's.

    Parameters
    ----------
    people : Demographics
    pictures : (1000, 2, d) floats
    """

    people: Demographics
    pictures: FloatArray

    def pairs(self, metric: str = EUCLIDEAN) -> Pairs:
        """Distances of pictures of one person and of two, by the chosen metric."""
        rng = np.random.default_rng(0)
        return pairs_of(self.pictures, rng=rng, impostors=PEOPLE * IMPOSTORS_PER_PERSON, metric=metric)


def take_pictures(scenario: Scenario, evidence: Evidence, fitted: FaceGenerator) -> PictureStudy:
    """Generate people like the scenario's, and two pictures of each."""
    rng = np.random.default_rng([scenario.seed, 8])
    people = company.draw(evidence.population(scenario), PEOPLE, rng=rng)
    people = people.take(rng.permutation(PEOPLE))
    return PictureStudy(people, fitted.pictures(people, 2, rng=rng))
