"""An attacker that takes the place of the shipped ones: measured on own embeddings, declared by a test, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.checks import FloatArray, IntArray
from core.demographics import YOUNGEST, Demographics
from core.inference import declared, held_out
from core.inference.beliefs import Beliefs
from core.inference.declared import ATTRIBUTES, CLASSES, Declared
from core.inference.held_out import HeldOut
from core.scenario import CORRECTED, YOUNGEST_EMPLOYEE

MEASURED, DECLARED, COMBINED, NOT_READ = "Measured", "Declared", "Combined", "Not read"
"""How an attacker, or its reading of one attribute, is known. `COMBINED` is for attackers alone."""

_FACES_PER_KIND = 16


@dataclass(frozen=True, eq=False)
class OwnAttacker:
    """An attacker that takes the place of the shipped ones. Two are equal only if they are the same.

    Parameters
    ----------
    label : str
        `MEASURED`, `DECLARED`, or `COMBINED` where attributes differ in how they are known.
    how : dict
        `MEASURED`, `DECLARED` or `NOT_READ` for each of "sex", "race" and "age".
    plain : HeldOut
        Beliefs about faces, for linkages that compare what is read. An attribute that is not read is guessed.
    calibrated : HeldOut
        Beliefs about the same faces that can be taken at their word. About an attribute that is not read they tell nothing.
    levelled_counts : (80, 2, 4) ints
        Make-up of the faces that the attacker was trained on.
    words : str
        What it is: "a neural network, trained on 4,000 of your faces".
    declared : Declared or None
        Where nothing is measured: what the test says, from which the risk by cells follows without any face.
    tested : int or None
        Faces of the declared test.
    """

    label: str
    how: dict[str, str]
    plain: HeldOut
    calibrated: HeldOut
    levelled_counts: IntArray
    words: str
    declared: Declared | None = None
    tested: int | None = None

    def __post_init__(self) -> None:
        if sorted(self.how) != sorted(ATTRIBUTES) or self.label != label_of(self.how):
            raise ValueError(f"how an attacker is known must be told of {', '.join(ATTRIBUTES)}, got {self.how}")

        if len(self.plain.people) != len(self.calibrated.people):
            raise ValueError(
                f"both kinds of beliefs must be about the same faces, got {len(self.plain.people)} and "
                f"{len(self.calibrated.people)}"
            )

    @property
    def read(self) -> tuple[str, ...]:
        """Attributes that are read."""
        return tuple(name for name in ATTRIBUTES if self.how[name] != NOT_READ)


def label_of(how: dict[str, str]) -> str:
    """Say how an attacker is known, from how each attribute is."""
    kinds = set(how.values()) - {NOT_READ}
    if not kinds:
        raise ValueError("an attacker must read at least one of sex, race and age, got none")
    return kinds.pop() if len(kinds) == 1 else COMBINED


def measured(
    people: Demographics, beliefs: Beliefs, read: tuple[str, ...], *, levelled_counts: IntArray, population: FloatArray,
    words: str, rng: np.random.Generator,
) -> OwnAttacker:  # fmt: skip
    """Take an attacker whose beliefs about held-out faces were measured.

    Parameters
    ----------
    people : Demographics
        Of the held-out faces. Where an attribute is not read, any values: they must be independent of the beliefs.
    beliefs : Beliefs
        About them.
    read : names of attributes
        Those that the beliefs tell something about.
    levelled_counts : (80, 2, 4) ints
        Of the training faces.
    population : (80, 2, 4) floats
        The company's: an attribute that is not read is guessed as often as it has each class.
    words : str
    rng : numpy.random.Generator
        For the guesses.
    """
    how = {name: MEASURED if name in read else NOT_READ for name in ATTRIBUTES}
    plain = calibrated = HeldOut(people, beliefs)
    for name in ATTRIBUTES:
        if name not in read:
            plain, calibrated = _unread(plain, calibrated, name, population, rng)
    return OwnAttacker(label_of(how), how, plain, calibrated, levelled_counts, words)


def from_test(stated: Declared, *, population: FloatArray, words: str, rng: np.random.Generator) -> OwnAttacker:
    """Take an attacker of which only a test is known.

    The risk by cells follows from the test alone. Where faces are simulated, as in companies that are linked person by person,
    faces of every kind stand in whose readings are drawn as the test says.
    """
    people = held_out.people_to_generate(_FACES_PER_KIND)
    people = people.take(people.age >= YOUNGEST_EMPLOYEE)
    even = {name: np.full((len(people), CLASSES[name]), 1 / CLASSES[name], dtype=np.float32) for name in ATTRIBUTES}
    faces = HeldOut(people, Beliefs(even["sex"], even["race"], even["age"]))
    start = OwnAttacker(MEASURED, dict.fromkeys(ATTRIBUTES, MEASURED), faces, faces, people.counts(), words)
    unread = tuple(name for name in ATTRIBUTES if name not in stated.statements)
    mixed = combined(start, stated, unread=unread, population=population, words=words, rng=rng)
    return replace(mixed, declared=stated)


def combined(
    base: OwnAttacker, stated: Declared, *, unread: tuple[str, ...] = (), population: FloatArray, words: str,
    rng: np.random.Generator,
) -> OwnAttacker:  # fmt: skip
    """Replace what an attacker reads of some attributes by what a test declares.

    Parameters
    ----------
    base : OwnAttacker
        Measured.
    stated : Declared
        Given the truth, its readings are independent of each other and of those that stay measured.
    unread : names of attributes, optional
        Those that shall not be read at all.
    population : (80, 2, 4) floats
    words : str
    rng : numpy.random.Generator
    """
    how, plain, calibrated = dict(base.how), base.plain, base.calibrated
    mix = base.levelled_counts / base.levelled_counts.sum()
    margins = {"sex": mix.sum(axis=(0, 2)), "race": mix.sum(axis=(0, 1)), "age": mix.sum(axis=(1, 2))}
    matrices = stated.matrices(population)
    for name in stated.statements:
        truth = _classes(plain.people, name)
        read = declared.draw_readings(matrices[name], truth, rng=rng)
        plain = _with(plain, name, np.eye(CLASSES[name], dtype=np.float32)[read])
        calibrated = _with(calibrated, name, declared.believed(matrices[name], read, margins[name]))
        how[name] = DECLARED
    for name in unread:
        plain, calibrated = _unread(plain, calibrated, name, population, rng)
        how[name] = NOT_READ
    return OwnAttacker(label_of(how), how, plain, calibrated, base.levelled_counts, words, tested=stated.tested)


def _unread(
    plain: HeldOut, calibrated: HeldOut, name: str, population: FloatArray, rng: np.random.Generator
) -> tuple[HeldOut, HeldOut]:
    """Guess an attribute where readings are compared, and know nothing of it where beliefs are taken at their word."""
    axes = {"sex": (0, 2), "race": (0, 1), "age": (1, 2)}[name]
    guessed = rng.choice(CLASSES[name], size=len(plain.people), p=population.sum(axis=axes) / population.sum())
    even = np.full((len(plain.people), CLASSES[name]), 1 / CLASSES[name], dtype=np.float32)
    return _with(plain, name, np.eye(CLASSES[name], dtype=np.float32)[guessed]), _with(calibrated, name, even)


def _with(held: HeldOut, name: str, values: FloatArray) -> HeldOut:
    return HeldOut(held.people, replace(held.beliefs, **{name: values}, protocol=CORRECTED))


def _classes(people: Demographics, name: str) -> IntArray:
    return people.age - YOUNGEST if name == "age" else getattr(people, name)
