"""Protections measured beside the page: what is at hand, and the work that is still to do.

It is about generated faces and companies drawn from a census, so all visitors share it; but what is about a visitor's own staff
stays in the session. Training attackers takes long; it is done once for a protection and serves companies of any size and any
age bins, and with other people too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

import streamlit as st

from core import protection, study
from core.charts import ATTACKER_WORDS
from core.demographics import AgeBins
from core.faces import generator
from core.protection import Attacked, Prepared, method_of
from core.scenario import Scenario
from core.verification import Curve
from ui import background, own_data, results
from ui.background import Shelf

Choice = tuple[str, float | None]
"""A protection and its strength."""

UNPROTECTED: Choice = ("none", None)
_PREPARING = (1.6, 2.0)
_FITTING, _COMPARING = 0.2, 0.7
_TRAINING = {"logistic": 0.7, "svm": 3.5, "mlp": 5.7}
_TRAINING_ANOTHER = 1.0
"""Seconds of the steps on one machine: only how they compare counts, for the time that is left."""


@dataclass(frozen=True)
class Measured:
    """One protection, measured for a company.

    Parameters
    ----------
    point : Point
    majority : dict
        Share of the most frequent class, by attribute.
    gallery : int
        People among whom one is looked for.
    random_guess : float
    curve : Curve or None
        Error rates of verification; None where none was recorded.
    recorded : bool
        Whether it ships in `models/`, and was not measured just now.
    """

    point: study.Point
    majority: dict[str, float]
    gallery: int
    random_guess: float
    curve: Curve | None
    recorded: bool


@dataclass(frozen=True)
class _Shelves:
    """What was measured for anybody: by people; by people and choice; by seed and choice; by company and choice."""

    prepared: Shelf[Prepared]
    attacked: Shelf[Attacked]
    same_faces: Shelf[Attacked]
    measured: Shelf[Measured]


@st.cache_resource(max_entries=1, show_spinner=False)
def _shelves() -> _Shelves:
    return _Shelves(Shelf(3), Shelf(32), Shelf(32), Shelf(256))


def _at_hand() -> _Shelves:
    """Return what all visitors share, or for own staff what this one has: their people must not reach another visitor."""
    if own_data.staff() is None:
        return _shelves()
    return own_data.computed("protections", 0, lambda: _Shelves(Shelf(1), Shelf(12), Shelf(12), Shelf(64)), most=1)


def is_about(frontier: study.Frontier, scenario: Scenario) -> bool:
    """Tell whether a frontier was recorded for the visitor's company; own staff are another one, whatever the scenario says."""
    return own_data.staff() is None and frontier.is_of(scenario)


def look_up(scenario: Scenario, choice: Choice) -> Measured | None:
    """Return a protection measured for the scenario's company, if it is at hand: measured before, or recorded."""
    shelves, people = _at_hand(), study.people_of(scenario)
    prepared, attacked = shelves.prepared.get(people), shelves.attacked.get((people, choice))
    if prepared is None or attacked is None:
        return _recorded(scenario, choice)
    company = (people, scenario.company_size, scenario.age_bin_width, choice)
    known = shelves.measured.get(company)
    if known is None:
        prepared = prepared.for_company(scenario.company_size, AgeBins(scenario.age_bin_width))
        found = study.judge_protected(*choice, attacked, prepared)
        privacy, utility = found.effect.privacy, found.effect.utility
        known = Measured(found.point(), privacy.majority, utility.gallery, found.random_guess, utility.curve, recorded=False)
        shelves.measured.put(company, known)
    return known


def _recorded(scenario: Scenario, choice: Choice) -> Measured | None:
    frontier = results.recorded_protections("generated")
    point = frontier.point(*choice) if is_about(frontier, scenario) else None
    if point is None:
        return None
    return Measured(point, frontier.majority, frontier.company_size, frontier.random_guess, None, recorded=True)


def job(scenario: Scenario, choice: Choice) -> str:
    """Return the name of the work that measures a protection; no company size or age bin changes it."""
    name, strength = choice
    staff = own_data.staff()
    whose = "" if staff is None else f" own {sha256(staff.counts.tobytes()).hexdigest()}"
    return f"protect {name} {'' if strength is None else strength} {study.people_of(scenario).to_json()}{whose}"


def start(scenario: Scenario, choice: Choice) -> bool:
    """Start to measure a protection, and no protection where that is not at hand; False where too much work is under way."""
    shelves, people = _at_hand(), study.people_of(scenario)
    missing = [choice]
    if choice != UNPROTECTED and look_up(scenario, UNPROTECTED) is None:
        missing.insert(0, UNPROTECTED)
    # Read here and not by the work: NumPy parses a file's header as Python, and Python 3.11 may fail to do so in one thread
    # while another one parses a page.
    population, fitted = results.evidence().population(people), generator.load()
    costs: tuple[float, ...] = () if shelves.prepared.get(people) else _PREPARING
    for each in missing:
        trained = () if shelves.same_faces.get((people.seed, each)) else study.ON_A_PAGE
        costs += (_FITTING, *(_TRAINING.get(name, _TRAINING_ANOTHER) for name in trained), _COMPARING)

    def work(progress: Callable[[str], None]) -> None:
        prepared = shelves.prepared.get(people)
        if prepared is None:
            progress("generating faces and pictures of nobody")
            material = study.material_on_a_page(people, population, fitted)
            prepared = protection.prepare(material, seed=people.seed, names=study.ON_A_PAGE, progress=progress)
            shelves.prepared.put(people, prepared)
        for each in missing:
            tell = partial(_tell, progress, method_of(each[0]).title)
            known = shelves.same_faces.get((people.seed, each))
            attacked = study.attack_protected(*each, prepared, same_faces=known, progress=tell)
            shelves.same_faces.put((people.seed, each), attacked)
            shelves.attacked.put((people, each), attacked)

    return background.start(job(scenario, choice), work, steps=len(costs), costs=costs, own=own_data.staff() is not None)


def _tell(progress: Callable[[str], None], title: str, step: str) -> None:
    for name in study.ON_A_PAGE:
        step = step.replace(f"training {name} ", f"training {ATTACKER_WORDS[name].lower()} ")
    progress(f"{title}: {step}")
