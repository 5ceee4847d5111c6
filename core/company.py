"""The company: census, draws of N people, and matching each person to a held-out face."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from core import shipped
from core.checks import FloatArray, IntArray, one_of, real_number, whole_number, whole_numbers
from core.demographics import (
    AGES,
    OLDEST,
    RACES,
    SEXES,
    YOUNGEST,
    AgeBins,
    Demographics,
    cell_count,
    cells,
    cells_of,
)
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY

CENSUS_RACES = ("White", "Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other")

RACE_MAPPINGS: dict[str, dict[str, str | None]] = {
    "standard": {
        "White": "White",
        "Black": "Black",
        "Asian-Pac-Islander": "Asian",
        "Amer-Indian-Eskimo": None,
        "Other": None,
    },
    "native-as-indian": {
        "White": "White",
        "Black": "Black",
        "Asian-Pac-Islander": "Asian",
        "Amer-Indian-Eskimo": "Indian",
        "Other": None,
    },
}
"""Race of the census to race of the faces; None leaves the people out.

"standard" drops Amer-Indian-Eskimo, because UTKFace's Indian is South Asian. "native-as-indian" maps
the one to the other by their like names, as a reader of the paper might."""

_SEX_AXIS, _RACE_AXIS = 1, 2
_FITTING_ROUNDS = 60

_ADULT_COLUMNS = 15
_ADULT_AGE, _ADULT_WEIGHT, _ADULT_RACE, _ADULT_SEX = 0, 2, 8, 9


@dataclass(frozen=True)
class Census:
    """Weighted number of people by age, sex and census race.

    Parameters
    ----------
    weights : (80, 2, 5) floats
        People represented, by age from 1 to 80, `SEXES` and `CENSUS_RACES`.
    """

    weights: FloatArray

    def population(self, race_mapping: str = "standard") -> FloatArray:
        """Share of the population by age, sex and race, shape (80, 2, 4); sums to 1."""
        one_of("race mapping", race_mapping, tuple(RACE_MAPPINGS))
        return self._population(RACE_MAPPINGS[race_mapping])

    def _population(self, mapping: Mapping[str, str | None]) -> FloatArray:
        counts = np.zeros((AGES, len(SEXES), len(RACES)))
        for column, census_race in enumerate(CENSUS_RACES):
            race = mapping[census_race]
            if race is not None:
                counts[:, :, RACES.index(race)] += self.weights[:, :, column]
        if not counts.any():
            raise ValueError("the census must hold people of a race that the faces show, got none")
        return counts / counts.sum()

    def to_csv(self) -> bytes:
        """Rows age, sex, race, weight; only those with people."""
        lines = ["age,sex,race,weight\n"]
        for age, sex, race in np.argwhere(self.weights > 0):
            weight = np.format_float_positional(self.weights[age, sex, race], trim="-")
            lines.append(f"{age + YOUNGEST},{SEXES[sex]},{CENSUS_RACES[race]},{weight}\n")
        return "".join(lines).encode("ascii")


def load_census(folder: Path = shipped.FOLDER) -> Census:
    """Read the census table that ships in `models/`, or another folder."""
    content = shipped.read(shipped.CENSUS, folder)
    try:
        header, *rows = csv.reader(io.StringIO(content.decode("ascii")))
        if header != ["age", "sex", "race", "weight"] or any(len(row) != 4 for row in rows):
            raise ValueError(f"{shipped.CENSUS} must have the columns age, sex, race, weight")
        return _census([(row[0], row[1], row[2], row[3]) for row in rows], shipped.CENSUS)
    except (ValueError, csv.Error) as error:
        raise shipped.DamagedModelError(str(error)) from error


def read_adult(path: str | Path) -> Census:
    """Read the original file `adult.data` of the UCI Adult data set (15 columns, no header).

    People over 80 are left out. Becker and Kohavi (1996), doi 10.24432/C5XW20.

    Raises
    ------
    ValueError
        If the file cannot be read or a row has another form.
    """
    name = Path(path).name
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot read the census file {name}") from error
    try:
        rows = [[value.strip() for value in row] for row in csv.reader(text.splitlines()) if row]
    except csv.Error as error:
        raise ValueError(f"cannot read the census file {name}: {error}") from error
    for number, row in enumerate(rows, start=1):
        if len(row) != _ADULT_COLUMNS:
            raise ValueError(f"row {number} of {name} must have {_ADULT_COLUMNS} columns, got {len(row)}")
    return _census([(row[_ADULT_AGE], row[_ADULT_SEX], row[_ADULT_RACE], row[_ADULT_WEIGHT]) for row in rows], name)


def _census(rows: list[tuple[str, str, str, str]], name: str) -> Census:
    weights = np.zeros((AGES, len(SEXES), len(CENSUS_RACES)))
    for number, (age, sex, race, weight) in enumerate(rows, start=1):
        try:
            years, people = int(age), float(weight)
            position = SEXES.index(sex), CENSUS_RACES.index(race)
            if years < YOUNGEST or not (0 <= people < np.inf):
                raise ValueError
        except ValueError:
            raise ValueError(
                f"row {number} of {name} must hold an age, one of {', '.join(SEXES)}, one of {', '.join(CENSUS_RACES)} "
                f"and a weight of 0 or more, got {age!r}, {sex!r}, {race!r}, {weight!r}"
            ) from None
        if years <= OLDEST:
            weights[years - YOUNGEST, *position] += people
    if not weights.any():
        raise ValueError(f"{name} must hold people of age {YOUNGEST} to {OLDEST}, got none")
    return Census(weights)


def checked_population(population: ArrayLike) -> FloatArray:
    """Return the population's shares, or raise ValueError where they are none."""
    shares = np.asarray(population, dtype=np.float64)
    shape = (AGES, len(SEXES), len(RACES))
    if shares.shape != shape or not np.isfinite(shares).all() or (shares < 0).any() or abs(shares.sum() - 1) > 1e-6:
        raise ValueError(f"a population must be shares of shape {shape} that sum to 1, got shape {shares.shape}")
    return shares / shares.sum()


def draw(population: ArrayLike, company_size: int, *, rng: np.random.Generator) -> Demographics:
    """Draw a company of N people at random from a population's shares (80, 2, 4)."""
    size = whole_number("company size", company_size, SMALLEST_COMPANY, LARGEST_COMPANY)
    shares = checked_population(population)
    return Demographics.from_counts(rng.multinomial(size, shares.ravel()).reshape(shares.shape))


def reshape(
    population: ArrayLike,
    *,
    youngest: int = YOUNGEST,
    oldest: int = OLDEST,
    female_share: float | None = None,
    race_shares: ArrayLike | None = None,
) -> FloatArray:
    """Return the population cut to an age range and weighted to given shares of women and races.

    The weights are found by iterative proportional fitting (Deming and Stephan, 1940,
    doi 10.1214/aoms/1177731829): of all populations with the wanted shares, the one that stays closest
    to the census. A wanted race of which the census has nobody in the age range takes the age and sex
    of all others.

    Raises
    ------
    ValueError
        If the population has nobody in the age range, or a share cannot be reached.
    """
    shares = checked_population(population).copy()
    youngest = whole_number("youngest age", youngest, YOUNGEST, OLDEST)
    oldest = whole_number("oldest age", oldest, youngest, OLDEST)
    shares[: youngest - YOUNGEST] = 0
    shares[oldest - YOUNGEST + 1 :] = 0
    if not shares.any():
        raise ValueError(f"the population must have people aged {youngest} to {oldest}, got none")
    wanted: dict[int, FloatArray] = {}
    if female_share is not None:
        female = real_number("share of women", female_share, 0, 1)
        wanted[_SEX_AXIS] = np.array([1 - female, female])
    if race_shares is not None:
        races = np.asarray(race_shares, dtype=np.float64)
        if races.shape != (len(RACES),) or not (races >= 0).all() or abs(races.sum() - 1) > 1e-6:
            raise ValueError(f"race shares must be {len(RACES)} shares of 0 or more that sum to 1, got {races.tolist()}")
        wanted[_RACE_AXIS] = races
        absent = (races > 0) & (shares.sum(axis=(0, _SEX_AXIS)) == 0)
        shares[:, :, absent] = shares.sum(axis=_RACE_AXIS, keepdims=True)
    return _fit_margins(shares / shares.sum(), wanted)


def _fit_margins(shares: FloatArray, wanted: dict[int, FloatArray]) -> FloatArray:
    for _ in range(_FITTING_ROUNDS):
        for axis, target in wanted.items():
            others = (0, _SEX_AXIS + _RACE_AXIS - axis)
            margin = shares.sum(axis=others)
            if ((margin == 0) & (target > 0)).any():
                raise ValueError("the wanted shares of women and races must be possible together, got none that are")
            factor = np.divide(target, margin, out=np.zeros_like(target), where=margin > 0)
            shares = shares * np.expand_dims(factor, others)
    return shares / shares.sum()


@dataclass(frozen=True)
class Matching:
    """Which held-out faces can stand for a person of each age, sex and race.

    One row a pair of (kind of person, face); `kind` counts the kinds of `people`.

    Parameters
    ----------
    people : Demographics
        The kinds of person who occur, with `share` of the population each.
    share : (kinds,) floats
    kind, face : (pairs,) ints
    chance : (pairs,) floats
        Chance that a person of the kind gets the face; sums to 1 over the faces of a kind.
    nearest_age_share : float
        Share of the population for whom no face of the same age exists, so that one of the nearest age
        stands in.
    """

    people: Demographics
    share: FloatArray
    kind: IntArray
    face: IntArray
    chance: FloatArray
    nearest_age_share: float


def match(population: ArrayLike, faces: Demographics) -> Matching:
    """Match each kind of person to the held-out faces of the same age, sex and race.

    Where there is none of the same age, the faces of the nearest age stand in.

    Raises
    ------
    ValueError
        If people of a sex and race have no face at all.
    """
    shares = checked_population(population)
    kinds = np.argwhere(shares > 0)
    kind_share = shares[shares > 0]
    people = Demographics(kinds[:, 0] + YOUNGEST, kinds[:, 1], kinds[:, 2])
    available = faces.counts() > 0
    face_key = _key(faces.age, faces.sex, faces.race)
    order = np.argsort(face_key, kind="stable")
    nearest = np.empty(len(people), dtype=np.int64)
    for sex, race in np.unique(kinds[:, 1:], axis=0):
        rows = np.flatnonzero((people.sex == sex) & (people.race == race))
        ages = np.flatnonzero(available[:, sex, race]) + YOUNGEST
        if not len(ages):
            raise ValueError(
                f"people who are {SEXES[sex]} and {RACES[race]} need at least 1 held-out face of that sex and race, got 0"
            )
        nearest[rows] = ages[np.abs(people.age[rows][:, None] - ages).argmin(axis=1)]
    wanted = _key(nearest, people.sex, people.race)
    start = np.searchsorted(face_key[order], wanted, side="left")
    count = np.searchsorted(face_key[order], wanted, side="right") - start
    kind = np.repeat(np.arange(len(people)), count)
    within = np.arange(len(kind)) - np.repeat(np.cumsum(count) - count, count)
    return Matching(
        people=people,
        share=kind_share,
        kind=kind,
        face=order[start[kind] + within],
        chance=1 / count[kind],
        nearest_age_share=float(kind_share[nearest != people.age].sum()),
    )


def _key(age: IntArray, sex: IntArray, race: IntArray) -> IntArray:
    return cells_of(age - YOUNGEST, sex, race)


def assign_faces(people: Demographics, faces: Demographics, *, rng: np.random.Generator) -> tuple[IntArray, float]:
    """Give each person of a company a held-out face of the same age, sex and race.

    Returns
    -------
    face : (n,) ints
        Row of `faces` for each person, drawn with replacement.
    nearest_age_share : float
        Share of the company for whom a face of the nearest age stands in.
    """
    counts = people.counts()
    matching = match(counts / counts.sum(), faces)
    kind_of = np.full(counts.shape, -1)
    kind_of[matching.people.age - YOUNGEST, matching.people.sex, matching.people.race] = np.arange(len(matching.people))
    kind = kind_of[people.age - YOUNGEST, people.sex, people.race]
    start = np.searchsorted(matching.kind, kind, side="left")
    size = np.searchsorted(matching.kind, kind, side="right") - start
    return matching.face[start + rng.integers(size)], matching.nearest_age_share


def outcomes(matching: Matching, predicted: ArrayLike, bins: AgeBins) -> FloatArray:
    """Chance that a random employee truly is in cell t and is read as cell p: the matrix J.

    Parameters
    ----------
    matching : Matching
    predicted : (faces,) ints
        Cell that the attacker reads for each held-out face.
    bins : AgeBins

    Returns
    -------
    (cells, cells) floats
        Truth by prediction; sums to 1.
    """
    count = cell_count(bins)
    predicted = _predicted(matching, predicted, count)
    weight = matching.share[matching.kind] * matching.chance
    pair = cells(matching.people, bins)[matching.kind] * count + predicted[matching.face]
    return np.bincount(pair, weights=weight, minlength=count**2).astype(np.float64).reshape(count, count)


def predicted_and_right(matching: Matching, predicted: ArrayLike, bins: AgeBins) -> tuple[FloatArray, FloatArray]:
    """Chances q and a to be read as each cell, and to be read as it rightly, shape (cells,) each.

    The column sums and the diagonal of `outcomes`, without the matrix between them.
    """
    count = cell_count(bins)
    column = _predicted(matching, predicted, count)[matching.face]
    weight = matching.share[matching.kind] * matching.chance
    right = cells(matching.people, bins)[matching.kind] == column
    q = np.bincount(column, weights=weight, minlength=count).astype(np.float64)
    return q, np.bincount(column[right], weights=weight[right], minlength=count).astype(np.float64)


def resampled_outcomes(
    matching: Matching, predicted: ArrayLike, bins: AgeBins, *, repeats: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Bootstrap over the held-out faces: how well they fix the outcomes.

    Faces are drawn again, with replacement, among those that can stand for the same people (a Bayesian
    bootstrap: exponential weights, Rubin 1981, doi 10.1214/aos/1176345338).

    Returns
    -------
    predicted_share : (repeats, cells) floats
        Chance q that a random employee is read as each cell.
    right_share : (repeats, cells) floats
        Chance a that a random employee is read as each cell and truly is in it.
    """
    count = cell_count(bins)
    repeats = whole_number("bootstrap repeats", repeats, 1, 10_000)
    predicted = _predicted(matching, predicted, count)
    column = predicted[matching.face]
    right = cells(matching.people, bins)[matching.kind] == column
    predicted_share, right_share = np.empty((2, repeats, count))
    share = matching.share[matching.kind]
    for repeat in range(repeats):
        face_weight = rng.standard_exponential(len(predicted))[matching.face]
        total = np.bincount(matching.kind, weights=face_weight)
        weight = share * face_weight / total[matching.kind]
        predicted_share[repeat] = np.bincount(column, weights=weight, minlength=count)
        right_share[repeat] = np.bincount(column[right], weights=weight[right], minlength=count)
    return predicted_share, right_share


def _predicted(matching: Matching, predicted: ArrayLike, count: int) -> IntArray:
    cell = whole_numbers("predicted cells", predicted, 0, count - 1)
    if len(cell) <= matching.face.max(initial=-1):
        raise ValueError(f"each held-out face needs a predicted cell, got {len(cell):,} for face {matching.face.max():,}")
    return cell
