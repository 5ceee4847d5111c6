"""The visitor's scenario: one for all pages, kept in the session and in the URL."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import streamlit as st

from core.scenario import Scenario, from_strings

_SCENARIO = "visitor_scenario"
_URL = "visitor_url"
_PROBLEMS = "visitor_problems"

_URL_NAMES = {
    "company_size": "people",
    "age_bin_width": "years",
    "repeats": "repeats",
    "seed": "seed",
    "protocol": "protocol",
    "race_mapping": "mapping",
}
"""Name of each choice in the URL: part of every link that was ever shared, so these stay."""


def scenario() -> Scenario:
    """Return the visitor's scenario."""
    return st.session_state.get(_SCENARIO, Scenario())


def choose(**changes: Any) -> None:
    """Change some choices of the visitor's scenario."""
    st.session_state[_SCENARIO] = scenario().replace(**changes)


def read_url(page: str) -> None:
    """Take over the scenario that the URL holds, where the visitor changed the URL.

    A page that is opened from another one comes without parameters and keeps the scenario.
    """
    known: tuple[str, dict[str, str]] | None = st.session_state.get(_URL)
    given = dict(st.query_params)
    arrived = known is None
    moved_here = known is not None and known[0] != page and not given
    if not moved_here and (arrived or known is None or given != known[1]):
        names = {short: name for name, short in _URL_NAMES.items()}
        chosen, problems = from_strings({names[key]: value for key, value in given.items() if key in names})
        st.session_state[_SCENARIO] = chosen
        st.session_state[_PROBLEMS] = problems
    st.session_state[_URL] = (page, given)
    write_url()


def write_url() -> None:
    """Bring the URL in line with the scenario; choices at their default are left out."""
    wanted = url_parameters()
    page, shown = st.session_state[_URL]
    if wanted != shown:
        st.query_params.from_dict(wanted)
        st.session_state[_URL] = (page, wanted)


def url_parameters() -> dict[str, str]:
    """Return the scenario's choices that differ from their default, as they stand in the URL."""
    chosen = scenario()
    changed = (
        (field.name, getattr(chosen, field.name)) for field in fields(chosen) if getattr(chosen, field.name) != field.default
    )
    return {_URL_NAMES[name]: str(value) for name, value in changed}


def take_problems() -> list[str]:
    """Return the sentences about values of the URL that could not be used; each is returned once."""
    return st.session_state.pop(_PROBLEMS, [])
