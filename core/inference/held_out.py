"""What the shipped forests believe about generated held-out faces: the evidence behind every risk.

Storing the beliefs rather than computing them lets the app open at once and without scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import shipped
from core.demographics import AGES, RACES, SEXES, Demographics
from core.inference.beliefs import Beliefs
from core.scenario import CORRECTED, PROTOCOLS

FACES_PER_KIND = 32
"""Held-out faces generated for each age, sex and race."""


@dataclass(frozen=True)
class HeldOut:
    """Held-out faces' demographics, and an attacker's beliefs about them, face by face."""

    people: Demographics
    beliefs: Beliefs

    def __post_init__(self) -> None:
        if len(self.people) != len(self.beliefs):
            raise ValueError(f"faces and beliefs must have one length, got {len(self.people)} and {len(self.beliefs)}")


def people_to_generate(per_kind: int = FACES_PER_KIND) -> Demographics:
    """Return `per_kind` people of every age, sex and race."""
    return Demographics.from_counts(np.full((AGES, len(SEXES), len(RACES)), per_kind))


def save(people: Demographics, beliefs: dict[str, Beliefs], folder: Path) -> None:
    """Write `held_out_beliefs.npz`: beliefs of sex and age once, of race for each protocol."""
    arrays = {name: getattr(people, name).astype(np.uint8) for name in ("age", "sex", "race")}
    arrays |= {f"belief_{name}": getattr(beliefs[CORRECTED], name).astype(np.float16) for name in ("sex", "age")}
    arrays |= {f"belief_race_{protocol}": beliefs[protocol].race.astype(np.float16) for protocol in PROTOCOLS}
    shipped.write_arrays(shipped.HELD_OUT, arrays, folder)


def load(protocol: str = CORRECTED, folder: Path = shipped.FOLDER) -> HeldOut:
    """Read the held-out beliefs that ship in `models/`, or another folder. Raises DamagedModelError."""
    return _from_arrays(shipped.read_arrays(shipped.HELD_OUT, folder), protocol)


def load_all(folder: Path = shipped.FOLDER) -> dict[str, HeldOut]:
    """Read the held-out beliefs of every protocol, from one reading of the file."""
    arrays = shipped.read_arrays(shipped.HELD_OUT, folder)
    return {protocol: _from_arrays(arrays, protocol) for protocol in PROTOCOLS}


def _from_arrays(arrays: dict[str, np.ndarray], protocol: str) -> HeldOut:
    try:
        sex, race, age = (arrays[f"belief_{name}"].astype(np.float32) for name in ("sex", f"race_{protocol}", "age"))
        people = Demographics(*(arrays[name].astype(np.int64) for name in ("age", "sex", "race")))
        return HeldOut(people, Beliefs(sex, race, age, protocol))
    except (KeyError, ValueError) as error:
        raise shipped.DamagedModelError(f"{shipped.HELD_OUT} lacks an array or has one of a wrong shape") from error
