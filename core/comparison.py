"""Every attacker beside the others: how well it reads, how well it knows how well, and what it costs to train."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from core import training
from core.checks import FloatArray, IntArray
from core.demographics import YOUNGEST, AgeBins, Demographics
from core.faces import Faces, near_identical_groups, utkface
from core.faces.generator import FaceGenerator
from core.faces.utkface import Reading
from core.inference import attackers
from core.inference.beliefs import Beliefs
from core.inference.calibration import QUALITY_METRICS, judge
from core.replication import rotated
from core.scenario import ATTACKERS

COMPARED_BINS = AgeBins(20)
ATTRIBUTES = ("sex", "race", "age", "year")
"""What is compared: sex, race, age in 20-year bins, and the exact year of age."""

NO_FACE = "none"
"""The guess that sees no face: everybody is believed to be like the training faces."""


def on_real_faces(
    reading: Reading,
    *,
    seed: int,
    names: tuple[str, ...] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Compare attackers on real faces: the levelled ones, each tested once, near-identical photos on one side.

    Returns
    -------
    dict
        Plain values; see `docs/method.md` for the layout.
    """
    faces = reading.faces
    rng = np.random.default_rng(seed)
    levelled = utkface.level(faces.people, rng=rng)
    progress("looking for near-identical photos")
    sets = rotated(faces, levelled, rng, near_identical_groups(faces.embeddings))
    pairs = [(each.training, each.test) for each in sets]
    return {"faces": "real", "seed": seed} | _compare(pairs, names or ATTACKERS, seed=seed, progress=progress)


def on_generated_faces(
    fitted: FaceGenerator,
    *,
    seed: int,
    names: tuple[str, ...] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Compare attackers on faces of nobody: one split, and as many new faces to test on as there are levelled ones."""
    progress("generating faces")
    train, _ = training.generated_split(fitted, seed=seed)
    test = fitted.sample(fitted.levelled_people(), rng=np.random.default_rng([seed, 10]))
    return {"faces": "generated", "seed": seed} | _compare([(train, test)], names or ATTACKERS, seed=seed, progress=progress)


def _compare(
    sets: list[tuple[Faces, Faces]], names: tuple[str, ...], *, seed: int, progress: Callable[[str], None]
) -> dict[str, Any]:
    people = _joined([test.people for _, test in sets])
    found = {NO_FACE: _judged(people, [_training_mix(train.people, len(test)) for train, test in sets], seed=seed)}
    for name in names:
        beliefs, seconds = [], []
        for number, (train, test) in enumerate(sets, start=1):
            progress(f"{name}, part {number} of {len(sets)}" if len(sets) > 1 else name)
            started = time.perf_counter()
            attacker = attackers.train(name, train, seed=seed)
            seconds.append(time.perf_counter() - started)
            beliefs.append(attacker.beliefs(test.embeddings))
        found[name] = {"training_seconds": round(float(np.mean(seconds)), 1)} | _judged(people, beliefs, seed=seed)
    return {"splits": len(sets), "training": len(sets[0][0]), "tested": len(people), "attackers": found}


def _judged(people: Demographics, beliefs: list[Beliefs], *, seed: int) -> dict[str, Any]:
    """Judge beliefs of each attribute; all attackers are judged on the same resampled faces."""
    sex, race, age = (np.concatenate([getattr(each, name) for each in beliefs]) for name in ("sex", "race", "age"))
    known = Beliefs(sex, race, age)
    pairs: dict[str, tuple[IntArray, FloatArray]] = {
        "sex": (people.sex, known.sex),
        "race": (people.race, known.race),
        "age": (COMPARED_BINS.of(people.age), known.age_bins(COMPARED_BINS)),
        "year": (people.age - YOUNGEST, known.age),
    }
    return {name: _shown(truth, values, seed) for name, (truth, values) in pairs.items()}


def _shown(truth: IntArray, beliefs: FloatArray, seed: int) -> dict[str, Any]:
    quality = judge(truth, beliefs, rng=np.random.default_rng([seed, 15]))
    curve = {name: np.round(values, 6).tolist() for name, values in asdict(quality.reliability).items()}
    metrics = {name: round(getattr(quality, name), 6) for name in QUALITY_METRICS}
    intervals = {name: [round(each, 6) for each in interval] for name, interval in quality.intervals.items()}
    return metrics | {"intervals": intervals, "reliability": curve}


def _training_mix(people: Demographics, count: int) -> Beliefs:
    """Beliefs about `count` faces nobody looked at: the shares of the training faces."""
    shares = people.counts() / len(people)
    rows = (shares.sum(axis=(0, 2)), shares.sum(axis=(0, 1)), shares.sum(axis=(1, 2)))
    sex, race, age = (np.tile(row.astype(np.float32), (count, 1)) for row in rows)
    return Beliefs(sex, race, age)


def _joined(parts: list[Demographics]) -> Demographics:
    age, sex, race = (np.concatenate([getattr(each, name) for each in parts]) for name in ("age", "sex", "race"))
    return Demographics(age, sex, race)
