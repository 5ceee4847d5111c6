"""Both sides of a protection: what attackers still read and whom they still name, and what is left for verification."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core import company, risk
from core.checks import FloatArray, IntArray
from core.demographics import AgeBins
from core.faces import Faces, near_identical_groups, split
from core.inference import attackers, predicted_cells
from core.inference.attackers import Attacker
from core.inference.beliefs import Beliefs
from core.protection.transforms import Fitted, Protection
from core.protection.usefulness import Utility, utility_of

ATTRIBUTES = ("sex", "race", "age")
RETRAINED = ("forest", "logistic", "svm", "mlp", "neighbours")
"""Attackers that are trained again on protected embeddings; the best of them counts."""

BOOTSTRAP_REPEATS = 100
_FEWEST_SECONDS = 0.2
_MOST_ROUNDS = 20


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


@dataclass(frozen=True)
class Reading:
    """What one attacker achieves.

    Parameters
    ----------
    attacker : str
    accuracy : dict
        Share of the tested faces read rightly, by attribute.
    expected_reidentified : float
        Exact E of a random company of the material's size, by cells.
    low, high : float
        Its 95 % interval for the error of the estimate, over resampled faces of the pool.
    advantage : float
        Gain over a name at random, (E - 1/N) / (1 - 1/N); negative where E is lower.
    """

    attacker: str
    accuracy: dict[str, float]
    expected_reidentified: float
    low: float
    high: float
    advantage: float


@dataclass(frozen=True)
class Privacy:
    """What attackers still read.

    Parameters
    ----------
    retrained : tuple of Reading
        Attackers trained on protected embeddings.
    unaware : Reading or None
        The one that never saw the protection; None where the protected embeddings have another dimension.
    majority : dict
        Share of the most frequent class among the tested faces, by attribute.
    tested : int
        Faces behind each accuracy.
    """

    retrained: tuple[Reading, ...]
    unaware: Reading | None
    majority: dict[str, float]
    tested: int

    @property
    def worst(self) -> Reading:
        """The retrained attacker who names most people: the one that counts."""
        return max(self.retrained, key=lambda reading: reading.expected_reidentified)

    def best(self, attribute: str) -> Reading:
        """The retrained attacker who reads an attribute best."""
        return max(self.retrained, key=lambda reading: reading.accuracy[attribute])


@dataclass(frozen=True)
class Effect:
    """Both sides of one protection.

    Parameters
    ----------
    privacy : Privacy
    utility : Utility
    fitted : int
        Faces that the protection was fitted to.
    dimension : int
        Numbers of a protected embedding.
    per_second : float
        Embeddings protected per second; it depends on the machine.
    """

    privacy: Privacy
    utility: Utility
    fitted: int
    dimension: int
    per_second: float


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


def steps(names: tuple[str, ...] = RETRAINED) -> int:
    """Messages that `effect_of` sends."""
    return len(names) + 2


def effect_of(
    protection: Protection,
    prepared: Prepared,
    *,
    apart: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Effect:
    """Fit a protection, attack it, and verify with it.

    Parameters
    ----------
    protection : Protection
    prepared : Prepared
    apart : bool
        Whether the protection is fitted to one half of the known faces, and attackers have the other half, too: what a
        protection does to faces that it knows by heart teaches attackers too little of what it does to others.
    progress : callable
        Told each step; what it raises ends the work.
    """
    material, seed = prepared.material, prepared.seed
    progress("fitting the protection")
    fitted = protection.fit(prepared.half if apart else material.known, seed=seed)
    # Noise and keys of each set are drawn anew.
    known, tested, pool = (
        Faces(fitted.transform(faces.embeddings, rng=np.random.default_rng([seed, 33, number])), faces.people)
        for number, faces in enumerate((material.known, material.tested, material.pool))
    )
    readings = []
    for name in prepared.names:
        progress(f"training {name} on protected embeddings")
        attacker = attackers.train(name, known, seed=seed, groups=prepared.groups)
        readings.append(_reading(name, attacker, tested, pool, prepared))
    progress("comparing pictures")
    dimension = known.embeddings.shape[1]
    unaware = None
    if dimension == material.known.embeddings.shape[1]:
        unaware = _reading(prepared.unaware.name, prepared.unaware, tested, pool, prepared)
    privacy = Privacy(tuple(readings), unaware, majority(tested, material.bins), len(tested))
    pictures = fitted.transform(material.pictures, rng=np.random.default_rng([seed, 34]), person=material.person)
    rng = np.random.default_rng([seed, 35])
    utility = utility_of(pictures, material.person, gallery=material.company_size, impostors=material.impostors, rng=rng)
    return Effect(
        privacy,
        utility,
        len(prepared.half if apart else known),
        dimension,
        _per_second(fitted, material.pictures, material.person),
    )


def majority(faces: Faces, bins: AgeBins) -> dict[str, float]:
    """Share of the most frequent class, by attribute: what a guess without the face achieves."""
    people = faces.people
    counts = {"sex": np.bincount(people.sex), "race": np.bincount(people.race), "age": np.bincount(bins.of(people.age))}
    return {name: float(count.max() / len(people)) for name, count in counts.items()}


def _reading(name: str, attacker: Attacker, tested: Faces, pool: Faces, prepared: Prepared) -> Reading:
    bins, size = prepared.material.bins, prepared.material.company_size
    with attackers.one_thread():
        of_tested, of_pool = attacker.beliefs(tested.embeddings), attacker.beliefs(pool.embeddings)
    predicted = predicted_cells(of_pool, bins)
    share = risk.exact(company.outcomes(prepared.matched, predicted, bins), size).expected_reidentified
    rng = np.random.default_rng([prepared.seed, 36])
    q, a = company.resampled_outcomes(prepared.matched, predicted, bins, repeats=BOOTSTRAP_REPEATS, rng=rng)
    low, high = np.percentile(risk.expected_shares(q, a, size), [risk.LOW_PERCENTILE, risk.HIGH_PERCENTILE])
    advantage = float(risk.advantage(share, size))
    return Reading(name, _accuracy(of_tested, tested, bins), share, float(low), float(high), advantage)


def _accuracy(beliefs: Beliefs, faces: Faces, bins: AgeBins) -> dict[str, float]:
    people = faces.people
    right = {
        "sex": beliefs.predicted_sex() == people.sex,
        "race": beliefs.predicted_race() == people.race,
        "age": beliefs.predicted_age_bin(bins) == bins.of(people.age),
    }
    return {name: float(values.mean()) for name, values in right.items()}


def _per_second(fitted: Fitted, pictures: FloatArray, person: IntArray) -> float:
    rng = np.random.default_rng(0)
    started, done = time.perf_counter(), 0
    for _ in range(_MOST_ROUNDS):
        fitted.transform(pictures, rng=rng, person=person)
        done += len(pictures)
        if time.perf_counter() - started > _FEWEST_SECONDS:
            break
    return done / (time.perf_counter() - started)
