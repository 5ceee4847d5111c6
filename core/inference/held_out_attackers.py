"""What every attacker believes about generated held-out people, from one picture of each or the mean of several.

All attackers read the same pictures of the same people. An age belief is stored as the age that the
attacker expects, and put together from the attacker's `AgeErrors` when it is asked for: 36 sets of beliefs
in a twentieth of the space.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import shipped
from core.checks import FloatArray
from core.demographics import RACES, Demographics
from core.inference.age_errors import AgeErrors
from core.inference.beliefs import Beliefs
from core.inference.held_out import HeldOut
from core.scenario import ATTACKERS, PICTURES

PEOPLE_PER_KIND = 8
"""Held-out people generated for each age, sex and race. Few, for they are stored for each attacker and picture count."""


@dataclass(frozen=True, eq=False)
class HeldOutByAttacker(Mapping[tuple[str, int], HeldOut]):
    """Held-out beliefs by (attacker, pictures of each person); those of all age, sex and race kinds.

    Parameters
    ----------
    people : Demographics
        The same n people for all.
    female : (attackers, picture counts, n) floats
        Belief that a person is female, in the order of `ATTACKERS` and `PICTURES`.
    race : (attackers, picture counts, n, 4) floats
    expected_age : (attackers, picture counts, n) floats
        Years.
    age_errors : (attackers, 159, 80) floats
        Tables of `AgeErrors`.

    Raises
    ------
    ValueError
        If an array has another shape.
    """

    people: Demographics
    female: FloatArray
    race: FloatArray
    expected_age: FloatArray
    age_errors: FloatArray

    def __post_init__(self) -> None:
        shape = (len(ATTACKERS), len(PICTURES), len(self.people))
        wanted = {"female": shape, "race": (*shape, len(RACES)), "expected_age": shape}
        for name, each in wanted.items():
            values = getattr(self, name)
            if values.shape != each or not np.isfinite(values).all():
                raise ValueError(f"{name.replace('_', ' ')} must be finite with shape {each}, got {values.shape}")
        if len(self.age_errors) != len(ATTACKERS):
            raise ValueError(f"age errors must be of {len(ATTACKERS)} attackers, got {len(self.age_errors)}")

    def __getitem__(self, key: tuple[str, int]) -> HeldOut:
        if key not in self:
            raise KeyError(key)
        attacker, pictures = ATTACKERS.index(key[0]), PICTURES.index(key[1])
        female = self.female[attacker, pictures].astype(np.float32)
        errors = AgeErrors(self.age_errors[attacker].astype(np.float32))
        beliefs = Beliefs(
            sex=np.stack([1 - female, female], axis=1),
            race=self.race[attacker, pictures].astype(np.float32),
            age=errors.beliefs(self.expected_age[attacker, pictures]).astype(np.float32),
        )
        return HeldOut(self.people, beliefs)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and len(key) == 2 and key[0] in ATTACKERS and key[1] in PICTURES

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter([(attacker, pictures) for attacker in ATTACKERS for pictures in PICTURES])

    def __len__(self) -> int:
        return len(ATTACKERS) * len(PICTURES)


_PEOPLE = ("age", "sex", "race")
_HALVES = ("female", "race", "expected_age", "age_errors")


def save(held: HeldOutByAttacker, folder: Path) -> None:
    """Write `attackers_held_out.npz`."""
    arrays: dict[str, np.ndarray] = {f"people_{name}": getattr(held.people, name).astype(np.uint8) for name in _PEOPLE}
    arrays |= {name: getattr(held, name).astype(np.float16) for name in _HALVES}
    shipped.write_arrays(shipped.ATTACKERS_HELD_OUT, arrays, folder)


def load(folder: Path = shipped.FOLDER) -> HeldOutByAttacker:
    """Read what ships in `models/`, or another folder. Raises DamagedModelError."""
    arrays = shipped.read_arrays(shipped.ATTACKERS_HELD_OUT, folder)
    try:
        people = Demographics(*(arrays[f"people_{name}"].astype(np.int64) for name in _PEOPLE))
        held = HeldOutByAttacker(people, **{name: arrays[name] for name in _HALVES})
        # Each attacker once, so that damage shows here and not on a page.
        for attacker in ATTACKERS:
            held[attacker, PICTURES[0]]
    except (KeyError, ValueError, TypeError) as error:
        raise shipped.DamagedModelError(f"{shipped.ATTACKERS_HELD_OUT} lacks an array or has one of a wrong shape") from error
    return held
