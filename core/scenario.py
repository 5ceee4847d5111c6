"""Every choice that fixes a result, in one value that goes into files and URLs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from core.checks import one_of, shown, whole_number
from core.demographics import NARROWEST_BIN, OLDEST, RACES, WIDEST_BIN

SMALLEST_COMPANY, LARGEST_COMPANY = 2, 1_000_000
PAPER_SIZES = (10, 50, 100)
"""Company sizes of the paper's Fig. 3."""

FEWEST_REPEATS, MOST_REPEATS = 1, 10_000
LARGEST_SEED = 2**32 - 1

CORRECTED, PAPER = "corrected", "paper"
PROTOCOLS = (CORRECTED, PAPER)
"""How race is learnt and read: by single labels, or by one-hot labels as in the paper."""

ATTACKERS = ("forest", "lda", "logistic", "svm", "neighbours", "mlp")
"""How sex, race and age are read off embeddings; the first is the paper's way."""

PICTURES = (1, 2, 3, 5, 10, 20)
"""Pictures of each person whose embeddings the attacker averages."""

RACE_MAPPING_NAMES = ("standard", "native-as-indian")

YOUNGEST_EMPLOYEE = 17
"""Youngest age in the census."""

_RANGES = {
    "company_size": ("company size", SMALLEST_COMPANY, LARGEST_COMPANY),
    "age_bin_width": ("age-bin width", NARROWEST_BIN, WIDEST_BIN),
    "repeats": ("repeats", FEWEST_REPEATS, MOST_REPEATS),
    "seed": ("seed", 0, LARGEST_SEED),
    "youngest": ("youngest age", YOUNGEST_EMPLOYEE, OLDEST),
    "oldest": ("oldest age", YOUNGEST_EMPLOYEE, OLDEST),
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
    youngest, oldest : int
        Ages of the company's people, 17 to 80 years.
    female_percent : int or None
        Share of women in per cent; None takes the census as it is.
    race_percents : tuple of four ints or None
        Shares of `RACES` in per cent, 100 together; None takes the census as it is.

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
    youngest: int = YOUNGEST_EMPLOYEE
    oldest: int = OLDEST
    female_percent: int | None = None
    race_percents: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        for name, (words, low, high) in _RANGES.items():
            object.__setattr__(self, name, whole_number(words, getattr(self, name), low, high))
        for name, allowed in _CHOICES.items():
            one_of(name.replace("_", " "), getattr(self, name), allowed)
        if self.youngest > self.oldest:
            raise ValueError(f"youngest age must be at most the oldest, {self.oldest}, got {self.youngest}")
        if self.female_percent is not None:
            whole_number("share of women in per cent", self.female_percent, 0, 100)
        if self.race_percents is not None:
            object.__setattr__(self, "race_percents", _checked_race_percents(self.race_percents))

    def replace(self, **changes: Any) -> Scenario:
        """Return a scenario with some choices changed."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        values = asdict(self)
        return values | {"race_percents": list(self.race_percents) if self.race_percents else None}

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
        """Inverse of `to_json`. Raises ValueError for what is no text, no JSON object, or no scenario."""
        if not isinstance(text, str):
            raise ValueError(f"a scenario must be one JSON object as text, got {shown(text)}")
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"a scenario must be one JSON object: {error}") from None
        except (ValueError, RecursionError) as error:
            what = "one nested too deeply" if isinstance(error, RecursionError) else "a number of thousands of digits"
            raise ValueError(f"a scenario must be one JSON object of plain choices, got {what}") from None
        if not isinstance(values, dict):
            raise ValueError(f"a scenario must be one JSON object, got {type(values).__name__}")
        return cls.from_dict(values)


def _checked_race_percents(values: object) -> tuple[int, ...]:
    words = f"race mix must be {len(RACES)} whole numbers of per cent that add up to 100, for {', '.join(RACES)}"
    if not isinstance(values, (tuple, list)) or len(values) != len(RACES):
        raise ValueError(f"{words}, got {shown(values)}")
    percents = tuple(whole_number("race mix in per cent", value, 0, 100) for value in values)
    if sum(percents) != 100:
        raise ValueError(f"{words}, got a sum of {sum(percents)}")
    return percents


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
            value = _parsed(field.name, text)
            Scenario(**{field.name: value})
        except ValueError as error:
            instead = "the census" if field.default is None else field.default
            problems.append(f"{str(error)[0].upper()}{str(error)[1:]}; {instead} is used instead.")
        else:
            good[field.name] = value
    try:
        return Scenario(**good), problems
    except ValueError as error:
        # Each age is in range by itself, but they are the wrong way round.
        problems.append(f"{str(error)[0].upper()}{str(error)[1:]}; all ages are used instead.")
        return Scenario(**{name: value for name, value in good.items() if name not in ("youngest", "oldest")}), problems


def _parsed(name: str, text: str) -> Any:
    """Read a choice as it stands in a URL; what is no number stays text, for `Scenario` to refuse."""
    if name == "race_percents":
        return tuple(int(part) if _WHOLE_NUMBER.fullmatch(part) else part for part in text.split("-"))
    return int(text) if (name in _RANGES or name == "female_percent") and _WHOLE_NUMBER.fullmatch(text) else text


def to_string(value: Any) -> str:
    """Write a choice as it stands in a URL: the inverse of what `from_strings` reads."""
    return "-".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
