"""Every choice that fixes a result, in one value that goes into files and URLs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.checks import one_of, whole_number
from core.demographics import NARROWEST_BIN, WIDEST_BIN

SMALLEST_COMPANY, LARGEST_COMPANY = 2, 1_000_000
FEWEST_REPEATS, MOST_REPEATS = 1, 10_000
LARGEST_SEED = 2**32 - 1

CORRECTED, PAPER = "corrected", "paper"
PROTOCOLS = (CORRECTED, PAPER)
"""How race is learnt and read: by single labels, or by one-hot labels as in the paper."""

RACE_MAPPING_NAMES = ("standard", "native-as-indian")

_RANGES = {
    "company_size": ("company size", SMALLEST_COMPANY, LARGEST_COMPANY),
    "age_bin_width": ("age-bin width", NARROWEST_BIN, WIDEST_BIN),
    "repeats": ("repeats", FEWEST_REPEATS, MOST_REPEATS),
    "seed": ("seed", 0, LARGEST_SEED),
}
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
_CHOICES = {"protocol": PROTOCOLS, "race_mapping": RACE_MAPPING_NAMES}


@dataclass(frozen=True)
class Scenario:
    """Choices that fix a result: the same scenario and models give the same figures.

    Parameters
    ----------
    company_size : int
        N, 2 to 1,000,000 people.
    age_bin_width : int
        1 to 40 years.
    repeats : int
        Companies drawn to show how much chance alone moves the risk, 1 to 10,000.
    seed : int
        0 to 4,294,967,295.
    protocol : str
        `"corrected"` or `"paper"`.
    race_mapping : str
        `"standard"` or `"native-as-indian"`: which races of the census become which of the faces.

    Raises
    ------
    ValueError
        If a value is out of range; the sentence names it and the range.
    """

    company_size: int = 100
    age_bin_width: int = 20
    repeats: int = 50
    seed: int = 0
    protocol: str = CORRECTED
    race_mapping: str = "standard"

    def __post_init__(self) -> None:
        for name, (words, low, high) in _RANGES.items():
            object.__setattr__(self, name, whole_number(words, getattr(self, name), low, high))
        for name, allowed in _CHOICES.items():
            one_of(name.replace("_", " "), getattr(self, name), allowed)

    def replace(self, **changes: Any) -> Scenario:
        """Return a scenario with some choices changed."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)

    def to_json(self) -> str:
        """One JSON object, keys in a fixed order."""
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Scenario:
        """Inverse of `to_dict`; missing choices take their default. Raises ValueError for unknown ones."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"a scenario has the choices {', '.join(sorted(known))}, got also {', '.join(unknown)}")
        return cls(**values)

    @classmethod
    def from_json(cls, text: str) -> Scenario:
        """Inverse of `to_json`."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"a scenario must be one JSON object: {error}") from None
        if not isinstance(values, dict):
            raise ValueError(f"a scenario must be one JSON object, got {type(values).__name__}")
        return cls.from_dict(values)


def from_strings(values: Mapping[str, str]) -> tuple[Scenario, list[str]]:
    """Read a scenario from strings such as those of a URL; bad values fall back to their default.

    Returns
    -------
    scenario : Scenario
    problems : list of str
        One sentence for each value that could not be used. Unknown names are ignored.
    """
    problems = []
    good: dict[str, Any] = {}
    for field in fields(Scenario):
        if field.name not in values:
            continue
        text = values[field.name]
        try:
            value: Any = int(text) if field.name in _RANGES and _WHOLE_NUMBER.fullmatch(text) else text
            Scenario(**{field.name: value})
        except ValueError as error:
            problems.append(f"{str(error)[0].upper()}{str(error)[1:]}; {field.default} is used instead.")
        else:
            good[field.name] = value
    return Scenario(**good), problems
