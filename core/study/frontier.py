"""All protections side by side: which of them no other one beats."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core import shipped
from core.protection import METHODS
from core.scenario import Scenario

LARGEST_ERROR_RATE = 0.03
"""Equal error rate up to which a protection counts as usable where the best one is looked for."""


@dataclass(frozen=True)
class Point:
    """One protection of one strength on a trade-off chart. Shares from 0 to 1.

    Parameters
    ----------
    method : str
    strength : float or None
    attacker : str
        The retrained attacker who names most people.
    expected_reidentified, low, high : float
        Exact E of that attacker, and its interval for the error of the estimate.
    accuracy, best_attacker : dict
        Best accuracy of each attribute, and who reaches it.
    unaware : float or None
        E of the attacker that never saw the protection.
    equal_error_rate, equal_error_low, equal_error_high : float
    true_accept : dict
        By false accept rate, as text.
    rank_one : float
    fitted : int
        Faces that the protection was fitted to; attackers train on all that are known.
    dimension : int
    per_second : float
        Embeddings protected per second, two digits.
    by_attacker : dict
        Accuracies and E of each retrained attacker.
    """

    method: str
    strength: float | None
    attacker: str
    expected_reidentified: float
    low: float
    high: float
    accuracy: dict[str, float]
    best_attacker: dict[str, str]
    unaware: float | None
    equal_error_rate: float
    equal_error_low: float
    equal_error_high: float
    true_accept: dict[str, float]
    rank_one: float
    fitted: int
    dimension: int
    per_second: float
    by_attacker: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Frontier:
    """All protections side by side.

    Parameters
    ----------
    faces, pairs : str
        What was measured on: `"generated"` or `"real"`.
    seed, company_size, age_bin_width : int
    known, tested, pool : int
        Faces; see `core.protection.Material`.
    random_guess, census_guess, perfect_inference : float
        References for E.
    majority : dict
        Share of the most frequent class, by attribute.
    points : tuple of Point
        The first is without protection.
    """

    faces: str
    pairs: str
    seed: int
    company_size: int
    age_bin_width: int
    known: int
    tested: int
    pool: int
    random_guess: float
    census_guess: float
    perfect_inference: float
    majority: dict[str, float]
    points: tuple[Point, ...]

    def is_of(self, scenario: Scenario) -> bool:
        """Whether it was measured for the company of a scenario."""
        people = people_of(scenario) == Scenario(seed=self.seed)
        return people and (scenario.company_size, scenario.age_bin_width) == (self.company_size, self.age_bin_width)

    def point(self, method: str, strength: float | None) -> Point | None:
        """One protection of one strength, None where it was not measured."""
        return next((each for each in self.points if (each.method, each.strength) == (method, strength)), None)

    def on_frontier(self) -> tuple[Point, ...]:
        """Points that no other one beats in both risk and equal error rate, from low to high error rate.

        BioHash with safe keys is left out: it is only as safe as its keys.
        """
        rivals = sorted(
            (point for point in self.points if not METHODS[point.method].needs_secret),
            key=lambda point: (point.equal_error_rate, point.expected_reidentified),
        )
        best: list[Point] = []
        for point in rivals:
            if not best or point.expected_reidentified < best[-1].expected_reidentified:
                best.append(point)
        return tuple(best)

    def best(self, largest_error_rate: float = LARGEST_ERROR_RATE) -> Point | None:
        """Point with the lowest risk among those whose equal error rate is at most this."""
        usable = [point for point in self.on_frontier() if point.equal_error_rate <= largest_error_rate]
        return usable[-1] if usable else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, and which point is best."""
        best = self.best()
        chosen = None if best is None else {"method": best.method, "strength": best.strength}
        return asdict(self) | {
            "largest_error_rate": LARGEST_ERROR_RATE,
            "best": chosen,
            "points": [asdict(each) for each in self.points],
        }


def people_of(scenario: Scenario) -> Scenario:
    """Return the scenario with all at its default but what fixes the faces and people that protections are measured on."""
    names = ("seed", "race_mapping", "youngest", "oldest", "female_percent", "race_percents")
    return Scenario(**{name: getattr(scenario, name) for name in names})


def load_frontier(name: str = shipped.PROTECTIONS, folder: Path = shipped.FOLDER) -> Frontier:
    """Read a frontier that ships in `models/`, or another folder. Raises DamagedModelError."""
    values = shipped.read_json(name, folder)
    try:
        points = tuple(Point(**each) for each in values["points"])
        known = {key: value for key, value in values.items() if key not in ("points", "best", "largest_error_rate")}
        return Frontier(points=points, **known)
    except (KeyError, TypeError) as error:
        raise shipped.DamagedModelError(f"{name} lacks a value or has one too many") from error
