"""The study on own embeddings: an attacker trained on some people, and its beliefs about the others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core import replication
from core.checks import FloatArray, IntArray
from core.demographics import AGES, RACES, SEXES, YOUNGEST, AgeBins, Demographics
from core.faces import Faces, near_identical_groups, utkface
from core.faces.faceset import NEAR_IDENTICAL
from core.faces.own import OwnFaces
from core.inference import attackers
from core.protection import Material, prepare
from core.protection.effect import steps
from core.scenario import Scenario
from core.study import own_attacker, protections
from core.study.own_attacker import OwnAttacker
from core.study.protections import Protected

MOST_FACES, MOST_NUMBERS = 20_000, 10_240_000
"""Faces that a study uses, and numbers of all of them: of more, people are drawn at random. More teach little and take long."""

FEWEST_LEVELLED = 300
"""Faces of each race and sex that are trained and tested on where there are so many: one rare class must not leave the attacker
without faces of the others to learn from."""

SPREAD = 0.33
"""Total variance of dlib's embeddings of different people. Own embeddings are scaled to it, so that distances and strengths of
noise mean the same whatever network they come from."""

STEPS = 6
"""Messages that `train` sends to `progress`."""

PROTECTIONS = ("none", "noise", "leace", "null-space", "biohash-stolen", "leace-equal")
"""Protections that are measured on own faces, each at its default strength."""

FEWEST_WITH_SEVERAL = 20
_RETRAINED = ("logistic", "svm")
PROTECTION_STEPS = 1 + len(PROTECTIONS) * steps(_RETRAINED)
"""Messages that `protect` sends to `progress`."""

_IMPOSTORS = 500_000
_SPLIT, _LABELS, _GUESSES, _KNOWN = 51, 52, 53, 54


def faces_used(own: OwnFaces) -> int:
    """Return the number of own faces that a study uses."""
    return min(len(own), MOST_FACES, MOST_NUMBERS // own.dimension)


def train(
    own: OwnFaces, scenario: Scenario, *, population: FloatArray, progress: Callable[[str], None] = lambda _: None
) -> OwnAttacker:
    """Train the scenario's attacker on own faces, and read those of people whom it did not see.

    A fifth of the faces, levelled by race and sex as in the paper as far as rare classes allow, is held out, with all others
    that training does not touch. Faces of one person, or
    where nobody says who is who near-identical ones, are on one side. An attribute without labels is not learnt: its values
    are drawn at random for the sake of the split, and beliefs about it are replaced by a guess.

    Parameters
    ----------
    own : OwnFaces
    scenario : Scenario
        Its attacker and seed count.
    population : (80, 2, 4) floats
        The company's.
    progress : callable
        Told each step, `STEPS` in all; what it raises ends the work.

    Raises
    ------
    ValueError
        If some class has too few people.
    """
    rng = np.random.default_rng([scenario.seed, _SPLIT])
    faces, groups, rows = _split(own, rng, progress)
    training = faces.take(rows.training)
    trained = attackers.train(
        scenario.attacker, training, seed=scenario.seed, groups=_numbered(groups[rows.training]),
        progress=lambda attribute: progress(f"learning to read {attribute}"),
    )  # fmt: skip
    progress("reading the faces that were held out")
    pool = faces.take(rows.pool)
    return own_attacker.measured(
        pool.people,
        trained.beliefs(pool.embeddings),
        own.labelled,
        levelled_counts=training.people.counts(),
        population=population,
        words=f"trained on {len(training):,} of your faces, tested on {len(rows.pool):,} others",
        rng=np.random.default_rng([scenario.seed, _GUESSES]),
    )


def material(own: OwnFaces, scenario: Scenario, *, population: FloatArray) -> Material:
    """Own faces to measure protections on; see `core.study.protect`.

    Raises
    ------
    ValueError
        If an attribute has no labels, or nobody has several pictures: then what a protection costs in verification
        cannot be measured.
    """
    check_material(own)
    assert own.person is not None
    sizes = np.bincount(own.person)
    faces, groups, rows = _split(own, np.random.default_rng([scenario.seed, _SPLIT]), lambda _: None)
    several = np.flatnonzero(np.isin(own.person, np.flatnonzero(sizes > 1)))[: faces_used(own)]
    scaled = _scaled(own)
    training = rows.training
    if len(training) > protections.KNOWN_ON_A_PAGE:
        rng = np.random.default_rng([scenario.seed, _KNOWN])
        training = np.sort(rng.choice(training, protections.KNOWN_ON_A_PAGE, replace=False))
    return Material(
        known=faces.take(training),
        tested=faces.take(rows.test),
        pool=faces.take(rows.pool),
        pictures=scaled[several],
        person=_numbered(own.person[several]),
        population=population,
        company_size=scenario.company_size,
        bins=AgeBins(scenario.age_bin_width),
        impostors=_IMPOSTORS,
        groups=_numbered(groups[training]),
    )


def check_material(own: OwnFaces) -> None:
    """Raise ValueError where protections cannot be measured on own faces; see `material`."""
    missing = [name for name in ("age", "sex", "race") if name not in own.labelled]
    if missing:
        raise ValueError(f"protections are measured on faces with age, sex and race, got no {' and no '.join(missing)}")
    several = 0 if own.person is None else int((np.bincount(own.person) > 1).sum())
    if several < FEWEST_WITH_SEVERAL:
        raise ValueError(
            f"what protections cost is measured on at least {FEWEST_WITH_SEVERAL} people with 2 pictures each, which a column "
            f"of persons tells, got {several:,}"
        )


def protect(
    own: OwnFaces, scenario: Scenario, *, population: FloatArray, progress: Callable[[str], None] = lambda _: None
) -> list[Protected]:
    """Measure `PROTECTIONS` on own faces, with two fast attackers that are trained again on protected ones.

    They have at most as many faces to learn from as on the page about protections.

    Parameters
    ----------
    own : OwnFaces
    scenario : Scenario
    population : (80, 2, 4) floats
    progress : callable
        Told each step, `PROTECTION_STEPS` in all.

    Raises
    ------
    ValueError
        As `material`.
    """
    prepared = prepare(material(own, scenario, population=population), seed=scenario.seed, names=_RETRAINED, progress=progress)
    return [
        protections.protect(name, None, prepared, progress=lambda step, name=name: progress(f"{name}: {step}"))  # type: ignore[misc]
        for name in PROTECTIONS
    ]


def _split(
    own: OwnFaces, rng: np.random.Generator, progress: Callable[[str], None]
) -> tuple[Faces, IntArray, replication.RowSets]:
    """Faces with every label, groups that stay on one side, and rows to train on, to test on and to stand for people."""
    chosen = own if len(own) <= faces_used(own) else own.take(_people_drawn(own, rng))
    faces = Faces(_scaled(chosen), _labelled(chosen, rng))
    if chosen.person is not None:
        progress("keeping the faces of one person together")
        groups = _numbered(chosen.person)
    else:
        progress("looking for near-identical faces")
        groups = near_identical_groups(faces.embeddings, distance=NEAR_IDENTICAL)
    rows = replication.rotated_rows(faces.people, _levelled(faces.people, rng), rng, groups)[0]
    present = np.unique(faces.people.group[rows.pool])
    if len(present) < len(SEXES) * len(RACES):
        group = next(each for each in range(len(SEXES) * len(RACES)) if each not in present)
        words = f"{RACES[group // len(SEXES)]} {SEXES[group % len(SEXES)].lower()}"
        raise ValueError(f"faces of more people are needed, to train on some and to hold out others: got too few of {words}")
    return faces, groups, rows


def _levelled(people: Demographics, rng: np.random.Generator) -> IntArray:
    """Rows to train and test on: as many of each race and sex as the smallest group has, but at least `FEWEST_LEVELLED`."""
    sizes = np.bincount(people.group, minlength=len(SEXES) * len(RACES))
    most = min(max(int(sizes.min()), FEWEST_LEVELLED), utkface.PER_GROUP)
    order = np.lexsort((rng.random(len(people)), people.group))
    place = np.arange(len(people)) - (np.cumsum(sizes) - sizes)[people.group[order]]
    return np.sort(order[place < most])


def _people_drawn(own: OwnFaces, rng: np.random.Generator) -> IntArray:
    """Rows of people drawn at random until the study has enough faces."""
    person = np.arange(len(own)) if own.person is None else _numbered(own.person)
    order = rng.permutation(person.max() + 1)
    place = np.argsort(order)[person]
    by_place = np.argsort(place, kind="stable")
    return np.sort(by_place[: faces_used(own)])


def _labelled(own: OwnFaces, rng: np.random.Generator) -> Demographics:
    """Labels, with those that are missing drawn at random: they tell nothing, and nothing is learnt from them."""
    drawn = np.random.default_rng([int(rng.integers(2**32)), _LABELS])
    count = len(own)
    age = drawn.integers(YOUNGEST, AGES + 1, count) if own.age is None else own.age
    sex = drawn.permutation(np.arange(count) % len(SEXES)) if own.sex is None else own.sex
    race = drawn.permutation(np.arange(count) % len(RACES)) if own.race is None else own.race
    return Demographics(age, sex, race)


def _scaled(own: OwnFaces) -> FloatArray:
    centred = own.embeddings - own.embeddings.mean(axis=0, dtype=np.float64).astype(np.float32)
    spread = float(np.square(centred, dtype=np.float64).sum() / len(centred))
    return (centred * np.sqrt(SPREAD / spread)).astype(np.float32)


def _numbered(person: IntArray) -> IntArray:
    return np.unique(person, return_inverse=True)[1].astype(np.int64)
