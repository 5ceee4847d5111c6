"""Pictures of generated people, and the distances between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core import company
from core.checks import FloatArray, whole_number
from core.demographics import RACES, SEXES, Demographics
from core.faces.generator import FaceGenerator
from core.scenario import Scenario
from core.study.evidence import Evidence
from core.verification import EUCLIDEAN, MANHATTAN, USUAL_THRESHOLD, Pairs, pairs_of

PEOPLE = 1_000
IMPOSTORS_PER_PERSON = 40
_NORM = {EUCLIDEAN: 2, MANHATTAN: 1}


@dataclass(frozen=True)
class Comparison:
    """Two pictures, and the distance of their embeddings.

    Parameters
    ----------
    first, second : (d,) floats
    names : two strings
    distance : float
    """

    first: FloatArray
    second: FloatArray
    names: tuple[str, str]
    distance: float


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

    def compare(self, number: int, *, same: bool, metric: str = EUCLIDEAN) -> Comparison:
        """Compare two pictures of the person of that number, or one of the person and one of the next."""
        number = whole_number("number of the pair", number, 0, PEOPLE - 1)
        other = number if same else (number + 1) % PEOPLE
        first, second = self.pictures[number, 0], self.pictures[other, 1]
        names = self._name(number), f"Nobody {number + 1}, another picture" if same else self._name(other)
        return Comparison(first, second, names, float(np.linalg.norm(first - second, ord=_NORM[metric])))

    def usual_threshold(self, pairs: Pairs, metric: str) -> float:
        """Return the usual Euclidean threshold; for another metric, the one at which as many impostors match."""
        if metric == EUCLIDEAN:
            return USUAL_THRESHOLD
        usual = self.pairs(EUCLIDEAN)
        return float(np.quantile(pairs.impostor, (usual.impostor <= USUAL_THRESHOLD).mean()))

    def largest_threshold(self, metric: str) -> float:
        """Return a threshold that few pairs exceed, to end a slider at."""
        return 1.4 if metric == EUCLIDEAN else 13.0

    def _name(self, number: int) -> str:
        age, sex, race = (values[number] for values in (self.people.age, self.people.sex, self.people.race))
        return f"Nobody {number + 1}: {SEXES[sex].lower()}, {RACES[race]}, {age}"

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
