"""Make what `models/` holds: the generator from real faces, the forests and beliefs from generated ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core import verification
from core.checks import FloatArray
from core.demographics import AgeBins, Demographics
from core.faces import Faces, generator, near_identical_groups, split, utkface
from core.faces.faceset import squared_distances
from core.faces.generator import FaceGenerator
from core.faces.people import Pictures
from core.inference import attackers, forests, held_out, held_out_attackers
from core.inference.beliefs import Beliefs
from core.inference.held_out_attackers import HeldOutByAttacker
from core.scenario import ATTACKERS, CORRECTED, PAPER, PICTURES

DISTANCE_PERCENTILES = (1, 5, 50, 95)
SAME_PERSON_PERCENTILES = (5, 50, 95)
EVALUATION_BINS = AgeBins(20)
_IMPOSTOR_PAIRS = 200_000
_EVALUATION_ROUNDS = 3
_FALSE_ACCEPT_RATE = 0.001


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True)
class GeneratorEvaluation:
    """The generator judged on real held-out faces.

    Parameters
    ----------
    accuracy_real, accuracy_generated : dict
        Accuracy on real held-out faces of forests trained on real and on generated faces, by attribute.
    impostor_real, impostor_generated : dict
        Percentiles of the distance between two people.
    nearest_training_real, nearest_training_generated : dict
        Percentiles of the distance of a held-out, or a generated, face to the nearest training face.
    training_faces, held_out_faces : int
    same_person_real, same_person_generated : dict, optional
        Percentiles of the distance between two pictures of one person, where real ones were given.
    equal_error_rate_real, equal_error_rate_generated : float, optional
        Of telling one person from two by that distance.
    true_accept_rate_real, true_accept_rate_generated : float, optional
        Where 1 in 1,000 pairs of two people match.
    people_with_several_pictures, pictures : int, optional
        Real people with two pictures or more, and real pictures.
    """

    accuracy_real: dict[str, float]
    accuracy_generated: dict[str, float]
    impostor_real: dict[str, float]
    impostor_generated: dict[str, float]
    nearest_training_real: dict[str, float]
    nearest_training_generated: dict[str, float]
    training_faces: int
    held_out_faces: int
    same_person_real: dict[str, float] | None = None
    same_person_generated: dict[str, float] | None = None
    equal_error_rate_real: float | None = None
    equal_error_rate_generated: float | None = None
    true_accept_rate_real: float | None = None
    true_accept_rate_generated: float | None = None
    people_with_several_pictures: int | None = None
    pictures: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name, those only that are known."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def fit_generator(faces: Faces, *, seed: int, pictures: Pictures | None = None) -> tuple[FaceGenerator, Faces, Faces]:
    """Fit the generator to four fifths of the faces, near-identical photos kept on one side.

    Parameters
    ----------
    faces : Faces
    seed : int
    pictures : Pictures, optional
        Several pictures of one person each, for the within-person scatter; all are used.

    Returns
    -------
    generator : FaceGenerator
    training, held_out : Faces
        The faces that it was fitted to, and those that can judge it.
    """
    rng = np.random.default_rng(seed)
    training, held = split(len(faces), rng=rng, groups=near_identical_groups(faces.embeddings))
    levelled = faces.people.take(utkface.level(faces.people, rng=rng))
    fitted = generator.fit(faces.take(training), levelled_counts=levelled.counts())
    if pictures is not None:
        fitted = replace(fitted, within=generator.fit_within(pictures.embeddings, pictures.person))
    return fitted, faces.take(training), faces.take(held)


def evaluate_generator(
    fitted: FaceGenerator,
    training: Faces,
    held: Faces,
    *,
    seed: int,
    pictures: Pictures | None = None,
    progress: Callable[[str], None] = _silent,
) -> GeneratorEvaluation:
    """Judge a generator by real held-out faces, and by real pictures of one person each if there are any.

    Both kinds of forest are trained on sets of the same make-up, several times over, and judged on
    all held-out faces; `models/README.md` records the result.
    """
    rng = np.random.default_rng([seed, 1])
    accuracy: dict[str, list[dict[str, float]]] = {"real": [], "generated": []}
    for number in range(_EVALUATION_ROUNDS):
        real = training.take(utkface.level(training.people, rng=rng))
        for kind, faces in (("real", real), ("generated", fitted.sample(real.people, rng=rng))):
            progress(f"round {number + 1} of {_EVALUATION_ROUNDS}: forests on {kind} faces")
            accuracy[kind].append(_accuracy(forests.train(faces, seed=seed + number).beliefs(held.embeddings), held))
    progress("distances")
    like_held_out = fitted.sample(held.people, rng=rng)
    evaluation = GeneratorEvaluation(
        accuracy_real=_mean(accuracy["real"]),
        accuracy_generated=_mean(accuracy["generated"]),
        impostor_real=_percentiles(_impostor_distances(held, rng)),
        impostor_generated=_percentiles(_impostor_distances(like_held_out, rng)),
        nearest_training_real=_percentiles(_nearest_distances(held, training)),
        nearest_training_generated=_percentiles(_nearest_distances(like_held_out, training)),
        training_faces=len(training),
        held_out_faces=len(held),
    )
    return evaluation if pictures is None else replace(evaluation, **_same_person(fitted, held, pictures, rng))


def train_models(fitted: FaceGenerator, folder: Path, *, seed: int, progress: Callable[[str], None] = _silent) -> None:
    """Train the forests on generated faces, and write them and their beliefs about held-out faces."""
    training, _ = generated_split(fitted, seed=seed)
    corrected = forests.train(training, seed=seed, progress=progress)
    progress("race, one-hot")
    race = forests.train_race(training, seed=seed, protocol=PAPER)
    grown = {CORRECTED: corrected, PAPER: replace(corrected, race=race, protocol=PAPER)}
    forests.save(grown, folder)
    progress("held-out faces")
    held = generated_held_out(fitted, seed=seed)
    held_out.save(held.people, {protocol: each.beliefs(held.embeddings) for protocol, each in grown.items()}, folder)


def train_attackers(
    fitted: FaceGenerator,
    folder: Path,
    *,
    seed: int,
    per_kind: int = held_out_attackers.PEOPLE_PER_KIND,
    progress: Callable[[str], None] = _silent,
) -> None:
    """Train every attacker on generated faces, and write what it believes about held-out people from their pictures."""
    training, _ = generated_split(fitted, seed=seed)
    people = held_out.people_to_generate(per_kind)
    means = pictures_to_read(fitted, people, seed=seed)
    beliefs, ages, errors = [], [], []
    for name in ATTACKERS:
        progress(f"training and reading: {name}")
        attacker = attackers.train(name, training, seed=seed)
        with attackers.one_thread():
            readings = [attacker.read(embeddings) for embeddings in means.values()]
            beliefs.append([attacker.calibrated(reading) for reading in readings])
        ages.append([reading.age for reading in readings])
        errors.append(attacker.age_errors.table)
    held = HeldOutByAttacker(
        people=people,
        female=np.array([[each.sex[:, 1] for each in row] for row in beliefs]),
        race=np.array([[each.race for each in row] for row in beliefs]),
        expected_age=np.array(ages),
        age_errors=np.array(errors),
    )
    held_out_attackers.save(held, folder)


def pictures_to_read(fitted: FaceGenerator, people: Demographics, *, seed: int) -> dict[int, FloatArray]:
    """Generate pictures of people, and return the mean embedding of the first few of each, by their number.

    One picture is among two, two are among three: what more pictures tell shows on the same faces.
    """
    pictures = fitted.pictures(people, max(PICTURES), rng=np.random.default_rng([seed, 14]))
    return {count: pictures[:, :count].mean(axis=1) for count in PICTURES}


def generated_split(fitted: FaceGenerator, *, seed: int) -> tuple[Faces, Faces]:
    """Generate training and test faces with the make-up of the real levelled faces, four to one."""
    rng = np.random.default_rng([seed, 2])
    levelled = fitted.sample(fitted.levelled_people(), rng=rng)
    training, test = split(len(levelled), rng=rng)
    return levelled.take(training), levelled.take(test)


def generated_held_out(fitted: FaceGenerator, *, seed: int) -> Faces:
    """Generate held-out faces of every age, sex and race."""
    return fitted.sample(held_out.people_to_generate(), rng=np.random.default_rng([seed, 3]))


def _accuracy(beliefs: Beliefs, faces: Faces) -> dict[str, float]:
    right = {
        "sex": beliefs.predicted_sex() == faces.people.sex,
        "race": beliefs.predicted_race() == faces.people.race,
        "age": beliefs.predicted_age_bin(EVALUATION_BINS) == EVALUATION_BINS.of(faces.people.age),
    }
    return {name: float(values.mean()) for name, values in right.items()}


def _mean(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([each[name] for each in rounds])), 4) for name in rounds[0]}


def _impostor_distances(faces: Faces, rng: np.random.Generator) -> FloatArray:
    first, second = rng.integers(len(faces), size=(2, _IMPOSTOR_PAIRS))
    apart = first != second
    return np.linalg.norm(faces.embeddings[first[apart]] - faces.embeddings[second[apart]], axis=1)


def _same_person(fitted: FaceGenerator, held: Faces, pictures: Pictures, rng: np.random.Generator) -> dict[str, Any]:
    """Judge pictures of one person: two each of people like those held out, beside all pairs of real ones."""
    real = verification.pairs_of_people(pictures.embeddings, pictures.person, rng=rng)
    generated = verification.pairs_of(fitted.pictures(held.people, 2, rng=rng), rng=rng, impostors=_IMPOSTOR_PAIRS)
    result: dict[str, Any] = {"people_with_several_pictures": pictures.people_with_several, "pictures": len(pictures)}
    for kind, pairs in (("real", real), ("generated", generated)):
        result[f"same_person_{kind}"] = _percentiles(pairs.genuine, SAME_PERSON_PERCENTILES)
        result[f"equal_error_rate_{kind}"] = round(verification.equal_error_rate(pairs), 4)
        result[f"true_accept_rate_{kind}"] = round(verification.true_accept_rate(pairs, _FALSE_ACCEPT_RATE), 4)
    return result


def _nearest_distances(faces: Faces, training: Faces) -> FloatArray:
    blocks = np.array_split(faces.embeddings, max(1, len(faces) // 1024))
    return np.sqrt(np.concatenate([squared_distances(block, training.embeddings).min(axis=1) for block in blocks]))


def _percentiles(distances: FloatArray, percents: tuple[int, ...] = DISTANCE_PERCENTILES) -> dict[str, float]:
    values = np.percentile(distances, percents)
    return {f"p{percent}": round(float(value), 4) for percent, value in zip(percents, values, strict=True)}
