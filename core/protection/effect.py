"""Both sides of a protection: what attackers still read and whom they still name, and what is left for verification."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core import company, risk
from core.checks import FloatArray, IntArray
from core.demographics import AgeBins
from core.faces import Faces
from core.inference import Predictions, attackers, predicted_cells
from core.inference.attackers import Attacker
from core.protection.material import RETRAINED, Prepared
from core.protection.transforms import Fitted, Protection
from core.protection.usefulness import Utility, utility_of

ATTRIBUTES = ("sex", "race", "age")
BOOTSTRAP_REPEATS = 100
_FEWEST_SECONDS = 0.2
_MOST_ROUNDS = 20


@dataclass(frozen=True)
class Reader:
    """What one attacker reads off protected embeddings.

    Parameters
    ----------
    attacker : str
    tested, pool : Predictions
        Of the material's faces.
    """

    attacker: str
    tested: Predictions
    pool: Predictions


@dataclass(frozen=True)
class Attacked:
    """An attack on one protection: what it means for companies of any size and any age bins says `judge`.

    Parameters
    ----------
    readers : tuple of Reader
        Attackers trained on protected embeddings.
    unaware : Reader or None
        The one that never saw the protection; None where the protected embeddings have another dimension.
    utility : Utility
        In a gallery of the material's company.
    fitted, dimension, per_second
        As in `Effect`.
    """

    readers: tuple[Reader, ...]
    unaware: Reader | None
    utility: Utility
    fitted: int
    dimension: int
    per_second: float


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


def steps(names: tuple[str, ...] = RETRAINED) -> int:
    """Messages that `attack` sends."""
    return len(names) + 2


def effect_of(
    protection: Protection,
    prepared: Prepared,
    *,
    apart: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Effect:
    """Fit a protection, attack it, and verify with it: `attack`, then `judge`."""
    return judge(attack(protection, prepared, apart=apart, progress=progress), prepared)


def attack(
    protection: Protection,
    prepared: Prepared,
    *,
    apart: bool = False,
    same_faces: Attacked | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Attacked:
    """Do what takes long: fit a protection, train attackers on what it protects, and compare protected pictures.

    Parameters
    ----------
    protection : Protection
    prepared : Prepared
    apart : bool
        Whether the protection is fitted to one half of the known faces, and attackers have the other half, too: what a
        protection does to faces that it knows by heart teaches attackers too little of what it does to others.
    same_faces : Attacked, optional
        An attack on this protection of the same faces, and pictures of other people: its attackers need no second training.
    progress : callable
        Told each step, `steps` in all; what it raises ends the work.
    """
    material, seed = prepared.material, prepared.seed
    fitted_to = prepared.half if apart else material.known
    progress("fitting the protection")
    fitted = protection.fit(fitted_to, seed=seed)
    if same_faces is None:
        readers, unaware = _readers(fitted, prepared, progress)
    else:
        readers, unaware = same_faces.readers, same_faces.unaware
    progress("comparing pictures")
    # Keys of people are many small matrices, which several threads only slow down.
    with attackers.one_thread():
        pictures = fitted.transform(material.pictures, rng=np.random.default_rng([seed, 34]), person=material.person)
        per_second = _per_second(fitted, material.pictures, material.person)
    rng = np.random.default_rng([seed, 35])
    utility = utility_of(pictures, material.person, gallery=material.company_size, impostors=material.impostors, rng=rng)
    return Attacked(readers, unaware, utility, len(fitted_to), pictures.shape[1], per_second)


def judge(attacked: Attacked, prepared: Prepared) -> Effect:
    """Say what an attack means for a company, whatever the size and the age bins it was made for.

    Parameters
    ----------
    attacked : Attacked
    prepared : Prepared
        That of the attack, or `for_company` of it.
    """
    material = prepared.material
    tested, bins = material.tested, material.bins
    retrained = tuple(_reading(reader, prepared) for reader in attacked.readers)
    unaware = None if attacked.unaware is None else _reading(attacked.unaware, prepared)
    return Effect(
        Privacy(retrained, unaware, majority(tested, bins), len(tested)),
        attacked.utility.in_gallery(material.company_size),
        attacked.fitted,
        attacked.dimension,
        attacked.per_second,
    )


def majority(faces: Faces, bins: AgeBins) -> dict[str, float]:
    """Share of the most frequent class, by attribute: what a guess without the face achieves."""
    people = faces.people
    counts = {"sex": np.bincount(people.sex), "race": np.bincount(people.race), "age": np.bincount(bins.of(people.age))}
    return {name: float(count.max() / len(people)) for name, count in counts.items()}


def _readers(fitted: Fitted, prepared: Prepared, progress: Callable[[str], None]) -> tuple[tuple[Reader, ...], Reader | None]:
    """Train attackers on protected embeddings; they and the unaware one read others."""
    material, seed = prepared.material, prepared.seed
    # Noise and keys of each set are drawn anew.
    with attackers.one_thread():
        known, tested, pool = (
            Faces(fitted.transform(faces.embeddings, rng=np.random.default_rng([seed, 33, number])), faces.people)
            for number, faces in enumerate((material.known, material.tested, material.pool))
        )
    readers = []
    for name in prepared.names:
        progress(f"training {name} on protected embeddings")
        attacker = attackers.train(name, known, seed=seed, groups=prepared.groups)
        readers.append(_reader(attacker, tested, pool))
    same_dimension = known.embeddings.shape[1] == material.known.embeddings.shape[1]
    return tuple(readers), _reader(prepared.unaware, tested, pool) if same_dimension else None


def _reader(attacker: Attacker, tested: Faces, pool: Faces) -> Reader:
    with attackers.one_thread():
        of_tested, of_pool = (attacker.beliefs(faces.embeddings) for faces in (tested, pool))
    return Reader(attacker.name, Predictions.of(of_tested), Predictions.of(of_pool))


def _reading(reader: Reader, prepared: Prepared) -> Reading:
    material, bins, size = prepared.material, prepared.material.bins, prepared.material.company_size
    predicted = predicted_cells(reader.pool, bins)
    share = risk.exact(company.outcomes(prepared.matched, predicted, bins), size).expected_reidentified
    rng = np.random.default_rng([prepared.seed, 36])
    q, a = company.resampled_outcomes(prepared.matched, predicted, bins, repeats=BOOTSTRAP_REPEATS, rng=rng)
    low, high = np.percentile(risk.expected_shares(q, a, size), [risk.LOW_PERCENTILE, risk.HIGH_PERCENTILE])
    advantage = float(risk.advantage(share, size))
    accuracy = _accuracy(reader.tested, material.tested, bins)
    return Reading(reader.attacker, accuracy, share, float(low), float(high), advantage)


def _accuracy(predictions: Predictions, faces: Faces, bins: AgeBins) -> dict[str, float]:
    people = faces.people
    right = {
        "sex": predictions.predicted_sex() == people.sex,
        "race": predictions.predicted_race() == people.race,
        "age": predictions.predicted_age_bin(bins) == bins.of(people.age),
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
