"""The visitor's scenario and view: one scenario for all pages, kept in the session and in the URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import streamlit as st

from core.checks import one_of, real_number, whole_number
from core.protection import METHODS, method_of
from core.risk import GROUPINGS
from core.scenario import Scenario, from_strings, to_string
from core.study.inference import ATTRIBUTES
from core.verification import METRICS
from ui import own_data

_SCENARIO = "visitor_scenario"
_VIEW = "visitor_view"
_URL = "visitor_url"
_PROBLEMS = "visitor_problems"

_URL_NAMES = {
    "company_size": "people",
    "age_bin_width": "years",
    "repeats": "repeats",
    "seed": "seed",
    "protocol": "protocol",
    "race_mapping": "mapping",
    "youngest": "youngest",
    "oldest": "oldest",
    "female_percent": "women",
    "race_percents": "races",
    "attacker": "attacker",
    "linkage": "linkage",
    "age_knowledge": "ages",
    "pictures": "pictures",
}
"""Name of each choice in the URL: part of every link that was ever shared, so these stay."""

PAIRS = ("same", "different")
TESTED_ON = ("generated", "real")
FORMS = ("full", "publishable")
LARGEST_PAIR = 999
LARGEST_THRESHOLD = 20
LARGEST_STRENGTH = max(method.strength.high for method in METHODS.values() if method.strength)

_VIEWS: dict[str, tuple[Any, Callable[[str], Any]]] = {
    "attribute": (ATTRIBUTES[0], lambda text: one_of("attribute", text, ATTRIBUTES)),
    "bears": ("sex", lambda text: one_of("group", text, tuple(GROUPINGS))),
    "tested": (TESTED_ON[0], lambda text: one_of("faces tested on", text, TESTED_ON)),
    "metric": (METRICS[0], lambda text: one_of("metric", text, METRICS)),
    "pair": (PAIRS[0], lambda text: one_of("pair", text, PAIRS)),
    "number": (0, lambda text: whole_number("number of the pair", int(text) if text.isdecimal() else text, 0, LARGEST_PAIR)),
    "form": (FORMS[0], lambda text: one_of("form of the report", text, FORMS)),
    "threshold": (None, lambda text: real_number("threshold", text, 0, LARGEST_THRESHOLD)),
    "protection": ("leace", lambda text: one_of("protection", text, tuple(METHODS))),
    "strength": (None, lambda text: real_number("strength", text, 0, LARGEST_STRENGTH)),
}
"""What a page shows of its results: name in the URL, default, and how to read it."""


def scenario() -> Scenario:
    """Return the visitor's scenario; a visitor's own staff fixes its company size."""
    staff = own_data.staff()
    return chosen() if staff is None else chosen().replace(company_size=staff.size)


def chosen() -> Scenario:
    """Return what the visitor chose, as the URL holds it: the number of people of an own staff never enters it."""
    return st.session_state.get(_SCENARIO, Scenario())


def choose(**changes: Any) -> None:
    """Change some choices of the visitor's scenario. Raises ValueError, and changes nothing, where they are none."""
    st.session_state[_SCENARIO] = chosen().replace(**changes)


def view(name: str) -> Any:
    """Return what the visitor chose to look at."""
    return st.session_state.get(_VIEW, {}).get(name, _VIEWS[name][0])


def look_at(**changes: Any) -> None:
    """Change what the visitor looks at."""
    st.session_state[_VIEW] = st.session_state.get(_VIEW, {}) | changes


def read_url(page: str) -> None:
    """Take over what the URL holds, where the visitor changed the URL."""
    known: tuple[str, dict[str, str]] | None = st.session_state.get(_URL)
    given = dict(st.query_params)
    if known is None or given != known[1]:
        _take_over(given)
    st.session_state[_URL] = (page, given)
    write_url()


def _take_over(given: dict[str, str]) -> None:
    names = {short: name for name, short in _URL_NAMES.items()}
    wanted, problems = from_strings({names[key]: value for key, value in given.items() if key in names})
    views = {}
    for name, (default, read) in _VIEWS.items():
        if name in given:
            try:
                views[name] = read(given[name])
            except ValueError as error:
                instead = "the usual one" if default is None else default
                problems.append(f"{str(error)[0].upper()}{str(error)[1:]}; {instead} is used instead.")
    if (strength := views.pop("strength", None)) is not None:
        method = method_of(views.get("protection", _VIEWS["protection"][0]))
        try:
            views["strength"] = method.chosen(int(strength) if strength.is_integer() else strength)
        except ValueError as error:
            instead = f"{method.strength.default:g} is used instead" if method.strength else "it is left out"
            problems.append(f"{str(error)[0].upper()}{str(error)[1:]}; {instead}.")
    st.session_state[_SCENARIO] = wanted
    st.session_state[_VIEW] = views
    st.session_state[_PROBLEMS] = problems


def write_url() -> None:
    """Bring the URL in line with the scenario and the view; what is at its default is left out."""
    wanted = url_parameters()
    page, shown = st.session_state[_URL]
    if wanted != shown:
        st.query_params.from_dict(wanted)
        st.session_state[_URL] = (page, wanted)


def came_from_another_page(page: str) -> bool:
    """Tell whether the visitor was on another page just now."""
    known = st.session_state.get(_URL)
    return known is not None and known[0] != page


def url_parameters() -> dict[str, str]:
    """Return what differs from its default, as it stands in the URL."""
    choices = chosen()
    changed = {
        _URL_NAMES[field.name]: to_string(getattr(choices, field.name))
        for field in fields(choices)
        if getattr(choices, field.name) != field.default
    }
    views = {name: view(name) for name in _VIEWS}
    return changed | {name: to_string(value) for name, value in views.items() if value != _VIEWS[name][0]}


def take_problems() -> list[str]:
    """Return the sentences about values of the URL that could not be used; each is returned once."""
    return st.session_state.pop(_PROBLEMS, [])
