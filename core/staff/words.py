"""What the cells of a staff list mean: forgiving of spelling, strict about sense."""

from __future__ import annotations

import re

from core.demographics import OLDEST, RACES, SEXES
from core.staff.completion import NOT_STATED
from core.staff.staff import YOUNGEST_STAFF

ANY_AGE = (YOUNGEST_STAFF, OLDEST)
_OLDEST_HUMAN = 122

_COLUMNS = {
    "age": ("age", "ages", "age group", "age band", "age range", "age in years", "years"),
    "sex": ("sex", "gender"),
    "race": ("race", "race group", "ethnicity", "ethnic group"),
    "people": ("people", "number", "number of people", "count", "persons", "staff", "employees", "headcount", "n"),
}
_NOT_STATED = {
    *("", "-", "--", "?", "x", "other", "others", "not stated", "other / not stated", "other/not stated", "unknown", "none"),
    *("null", "n/a", "na", "nan", "not known", "undisclosed", "diverse", "non-binary", "mixed", "prefer not to say"),
}  # fmt: skip
_SEX = {"Male": ("m", "male", "males", "man", "men"), "Female": ("f", "female", "females", "woman", "women", "w")}
_RACE = {
    "White": ("white", "caucasian", "w"),
    "Black": ("black", "african american", "black or african american", "b"),
    "Asian": ("asian", "east asian", "southeast asian", "asian-pac-islander", "asian or pacific islander", "a"),
    "Indian": ("indian", "south asian", "i"),
}

_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_UNITS = re.compile(r"\b(years?( old)?|yrs?|aged?|y/o)\b\.?")
_EXACT = re.compile(r"([0-9]{1,3})([.,]0+)?")
_BETWEEN = re.compile(r"(?:between |from )?([0-9]{1,3}) ?(?:-|to|and|until) ?([0-9]{1,3})")
_OPEN_ENDED = (
    # pattern, whether it bounds ages from above, and by how much the named age itself is off the bound
    (re.compile(r"(?:under|below|less than|younger than|<) ?([0-9]{1,3})"), True, -1),
    (re.compile(r"(?:up to|at most|<=|≤) ?([0-9]{1,3})"), True, 0),
    (re.compile(r"([0-9]{1,3}) (?:and|or|&) (?:under|below|younger|less)"), True, 0),
    (re.compile(r"(?:over|above|more than|older than|>) ?([0-9]{1,3})"), False, 1),
    (re.compile(r"(?:from|at least|>=|≥) ?([0-9]{1,3})"), False, 0),
    (re.compile(r"([0-9]{1,3}) ?(?:\+|(?:and|or|&) (?:over|above|older|more|up))"), False, 0),
)
_PEOPLE = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(?:[, ][0-9]{3})+)(?:[.]0+)?")


def column_of(heading: str) -> str | None:
    """Return which column a heading means: age, sex, race or people; None for any other."""
    plain = _plain(heading.replace("_", " "))
    return next((column for column, names in _COLUMNS.items() if plain in names), None)


def ages(text: str) -> tuple[int, int]:
    """Return the first and last age that a cell allows: "34", "30-39", "30 to 39", "under 30", "60+", "65 and over", or "".

    Groups are cut to ages 14 to 80. Raises ValueError for what is no age or group, and for ages that nobody at work has.
    """
    plain = " ".join(_UNITS.sub(" ", _plain(text)).split())
    if plain in _NOT_STATED:
        return ANY_AGE
    exact, between = _EXACT.fullmatch(plain), _BETWEEN.fullmatch(plain)
    if exact:
        low = high = int(exact[1])
    elif between:
        low, high = int(between[1]), int(between[2])
    else:
        low, high = _open_ended(plain)
    cut = (low, high) if exact else (max(low, YOUNGEST_STAFF), min(high, OLDEST))
    if low > high or high > _OLDEST_HUMAN or not YOUNGEST_STAFF <= cut[0] <= cut[1] <= OLDEST:
        raise ValueError
    return cut


def _open_ended(plain: str) -> tuple[int, int]:
    for pattern, is_upper, off in _OPEN_ENDED:
        found = pattern.fullmatch(plain)
        if found:
            bound = int(found[1]) + off
            return (0, bound) if is_upper else (bound, max(bound, OLDEST))
    raise ValueError


def sex(text: str) -> int:
    """Return the index into `SEXES` that a cell means, -1 for other or not stated. Raises ValueError for other words."""
    return _index(text, SEXES, _SEX)


def race(text: str) -> int:
    """Return the index into `RACES` that a cell means, -1 for other or not stated. Raises ValueError for other words."""
    return _index(text, RACES, _RACE)


def people(text: str) -> int:
    """Return the number of people that a cell means; 1 where it is empty. Raises ValueError for what is no whole number."""
    plain = _plain(text)
    if plain in ("", "nan", "none"):
        return 1
    found = _PEOPLE.fullmatch(plain)
    if found is None:
        raise ValueError
    return int(found[1].replace(",", "").replace(" ", ""))


def _index(text: str, names: tuple[str, ...], spellings: dict[str, tuple[str, ...]]) -> int:
    plain = _plain(text)
    if plain in _NOT_STATED:
        return NOT_STATED
    for number, name in enumerate(names):
        if plain in spellings[name]:
            return number
    raise ValueError


def _plain(text: str) -> str:
    return " ".join(_DASHES.sub("-", text.casefold()).split())
