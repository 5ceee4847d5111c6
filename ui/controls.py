"""Controls that change the visitor's scenario."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from core.charts import ATTACKER_WORDS, LINKAGE_WORDS, counted
from core.demographics import NARROWEST_BIN, OLDEST, RACES, WIDEST_BIN
from core.linkage import CELLS
from core.scenario import (
    ATTACKERS,
    BY_BIN,
    CORRECTED,
    EXACT,
    LARGEST_COMPANY,
    LINKAGES,
    PICTURES,
    PROTOCOLS,
    RACE_MAPPING_NAMES,
    SMALLEST_COMPANY,
    YOUNGEST_EMPLOYEE,
)
from ui import own_data, visitor

_STEPS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
SIZE_STOPS = tuple(
    sorted(
        {step * 10**power for step in _STEPS for power in range(6) if step * 10**power < LARGEST_COMPANY} | {LARGEST_COMPANY}
    )
)
"""Stops of the logarithmic slider."""

_TOLD = "controls_told"
"""Values that each control was told to show since it last showed what it should; the last one is the newest."""

_EVEN = 50
_YEARS_OFF = (1, 2, 3, 5, 10, 20)
_EVEN_MIX = (25, 25, 25, 25)

_COMPANY = "pages/31_The_company.py"

REPEAT_STOPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def company_size() -> None:
    """Draw a logarithmic slider beside a field for the exact number; for own staff a line that says how many they are."""
    size = visitor.scenario().company_size
    if own_data.staff() is not None:
        _own_company_size(size)
        return
    slider, exact = st.columns([3, 1], vertical_alignment="bottom")
    with slider:
        _stops("People in the company", "company_size", SIZE_STOPS, key="control_size_slider")
    with exact:
        set_value("control_size_exact", size)
        st.number_input(
            "Exactly",
            SMALLEST_COMPANY,
            LARGEST_COMPANY,
            step=1,
            key="control_size_exact",
            on_change=_chosen,
            args=("company_size", "control_size_exact"),
            help="Any number of people from 2 to 1,000,000.",
        )


def _own_company_size(size: int) -> None:
    line, link = st.columns([3, 1], vertical_alignment="center")
    with line:
        st.markdown(f"**Your company: {size:,} people, from your own list.**")
    # A page that is run by itself has no others to lead to.
    with link, suppress(StreamlitPageNotFoundError):
        st.page_link(_COMPANY, label="Change it", icon=":material/edit:", query_params=visitor.url_parameters())


def age_bin_width() -> None:
    """Draw a slider for the width of an age bin."""
    set_value("control_width", visitor.scenario().age_bin_width)
    st.slider(
        "Years in an age bin",
        NARROWEST_BIN,
        WIDEST_BIN,
        key="control_width",
        on_change=_chosen,
        args=("age_bin_width", "control_width"),
        help="How finely the attacker tells ages apart, and looks them up. The paper uses 20 years.",
    )


def repeats() -> None:
    """Draw a slider for the number of simulated companies."""
    if own_data.staff() is None:
        label, words = (
            "Companies drawn at random",
            "More companies show better how far chance alone moves the risk. The paper draws 50.",
        )
    else:
        label, words = (
            "Simulated leaks of your company",
            "Each time other faces stand for your people: more show better how far chance moves the risk.",
        )
    _stops(label, "repeats", REPEAT_STOPS, key="control_repeats", help=words)


def protocol() -> None:
    """Draw the choice between the paper's and the corrected race labels."""
    set_value("control_protocol", visitor.scenario().protocol)
    st.segmented_control(
        "Race labels",
        PROTOCOLS,
        key="control_protocol",
        format_func=lambda name: {"corrected": "Corrected", "paper": "As in the paper"}[name],
        on_change=_chosen,
        args=("protocol", "control_protocol"),
        required=True,
        disabled=own_data.attacker() is not None,
    )


def attacker() -> None:
    """Draw the choice of how faces are read; an own attacker leaves none."""
    own = own_data.attacker()
    if own is not None:
        label = f"Your own attacker ({own.label.lower()})"
        st.selectbox("How faces are read", [label], key="control_attacker_own", disabled=True)
        return
    _select("How faces are read", "attacker", ATTACKERS, key="control_attacker", words=ATTACKER_WORDS.__getitem__)


def linkage() -> None:
    """Draw the choice of how readings become names."""
    _select("How names are found", "linkage", LINKAGES, key="control_linkage", words=LINKAGE_WORDS.__getitem__)


def age_knowledge() -> None:
    """Draw the choice of what the public list tells of ages."""
    known = visitor.scenario().age_knowledge
    options = [EXACT, *(f"within {years}" for years in _YEARS_OFF), BY_BIN]
    if known not in options:
        options.insert(1, known)
    _select(
        "Ages in the public list",
        "age_knowledge",
        options,
        key="control_age_knowledge",
        words=lambda name: {EXACT: "Exact", BY_BIN: "Known to an age bin"}.get(name, f"Known {name} years"),
    )


def pictures() -> None:
    """Draw a slider for the number of pictures of each person."""
    set_value("control_pictures", visitor.scenario().pictures)
    st.select_slider(
        "Pictures of each person",
        PICTURES,
        key="control_pictures",
        on_change=_chosen,
        args=("pictures", "control_pictures"),
        disabled=own_data.attacker() is not None,
        help="The attacker averages the embeddings of one person's pictures.",
    )


def _select(label: str, choice: str, options: Sequence[str], *, key: str, words: Callable[[str], str]) -> None:
    set_value(key, getattr(visitor.scenario(), choice))
    st.selectbox(label, options, key=key, format_func=words, on_change=_chosen, args=(choice, key))


def race_mapping() -> None:
    """Draw the choice of which census races become which of the faces."""
    set_value("control_mapping", visitor.scenario().race_mapping)
    st.radio(
        "Races of the census",
        RACE_MAPPING_NAMES,
        key="control_mapping",
        format_func=lambda name: {
            "standard": "Leave out American Indians and others",
            "native-as-indian": "Count American Indians as Indian",
        }[name],
        on_change=_chosen,
        args=("race_mapping", "control_mapping"),
    )


def ages() -> None:
    """Draw a slider for the company's youngest and oldest people."""
    scenario = visitor.scenario()
    set_value("control_ages", (scenario.youngest, scenario.oldest))
    st.slider("Ages in the company", YOUNGEST_EMPLOYEE, OLDEST, key="control_ages", on_change=_ages_chosen)


def female_percent() -> None:
    """Draw a switch between the census and a share of women of one's own."""
    percent = visitor.scenario().female_percent
    set_value("control_women_own", percent is not None)
    own = st.toggle("Choose the share of women", key="control_women_own", on_change=_women_switched)
    if own and percent is not None:
        set_value("control_women", percent)
        st.slider(
            "Women, per cent", 0, 100, key="control_women", on_change=_chosen, args=("female_percent", "control_women"),
        )  # fmt: skip


def race_percents() -> None:
    """Draw a switch between the census and a race mix of one's own; a mix that is no 100% changes nothing."""
    percents = visitor.scenario().race_percents
    set_value("control_races_own", percents is not None)
    own = st.toggle("Choose the race mix", key="control_races_own", on_change=_races_switched)
    if not (own and percents):
        return
    with st.form("control_races", border=False):
        values = []
        for column, race, percent in zip(st.columns(len(RACES)), RACES, percents, strict=True):
            with column:
                values.append(st.number_input(f"{race}, %", 0, 100, percent, key=f"control_race_{race}_{percent}"))
        if st.form_submit_button("Use this mix"):
            try:
                visitor.choose(race_percents=tuple(int(value) for value in values))
            except ValueError as error:
                st.error(f"{str(error)[0].upper()}{str(error)[1:]}. The former mix stays.")


def summary(*, by_cells: bool = True, read_by: str = "") -> None:
    """State, in one line, the choices of the scenario; and that a page compares cells where the scenario's linkage is another.

    A page with attackers of its own says in `read_by` who they are.
    """
    scenario = visitor.scenario()
    if own_data.staff() is not None:
        _summary(
            ["from your own list"],
            f"{counted(scenario.repeats, 'simulated leak')} of your company",
            by_cells=by_cells,
            read_by=read_by,
        )
        return
    people = [f"ages {scenario.youngest} to {scenario.oldest}"]
    people.append("women as in the census" if scenario.female_percent is None else f"{scenario.female_percent}% women")
    if scenario.race_percents is None:
        people.append("races as in the census")
    else:
        people.append(
            ", ".join(f"{percent}% {race}" for race, percent in zip(RACES, scenario.race_percents, strict=True) if percent)
        )
    _summary(people, f"{counted(scenario.repeats, 'company')} drawn", by_cells=by_cells, read_by=read_by)


def _summary(people: list[str], drawn: str, *, by_cells: bool, read_by: str) -> None:
    scenario = visitor.scenario()
    holds_it = "holds it" if own_data.staff() is None else "holds it, but not your company"
    labels = "corrected race labels" if scenario.protocol == CORRECTED else "the paper's race labels"
    elsewhere = ""
    if by_cells and scenario.linkage != CELLS:
        elsewhere = f" Names are looked up by cell here; the {LINKAGE_WORDS[scenario.linkage].lower()} is on the page Stronger attackers."
    reader = ATTACKER_WORDS[scenario.attacker].lower()
    reader += f" from {scenario.pictures} pictures of each person" if scenario.pictures > 1 else ""
    own = own_data.attacker()
    if own is not None:
        labels, reader = f"{own.label} attacker", f"your own, {own.words}"
    reader, drawn = (read_by, "") if read_by else (reader, f"{drawn}; ")
    st.caption(
        f"Your scenario: {scenario.company_size:,} people; {', '.join(people)}; age bins of {counted(scenario.age_bin_width, 'year')}; "
        f"{labels}; faces read by {reader}; {drawn}seed {scenario.seed}. The address of this page {holds_it}.{elsewhere}"
    )


def view_choice(
    label: str, name: str, options: tuple[str, ...], words: dict[str, str], on_change: Callable[[], None] | None = None
) -> str:
    """Draw a choice of what to look at, and return it."""
    key = f"view_{name}"
    set_value(key, visitor.view(name))
    st.segmented_control(
        label,
        options,
        key=key,
        format_func=lambda option: words[option],
        on_change=on_change or partial(_looked_at, name, key),
        required=True,
    )
    return str(visitor.view(name))


def _ages_chosen() -> None:
    youngest, oldest = st.session_state["control_ages"]
    visitor.choose(youngest=youngest, oldest=oldest)


def _women_switched() -> None:
    visitor.choose(female_percent=_EVEN if st.session_state["control_women_own"] else None)


def _races_switched() -> None:
    visitor.choose(race_percents=_EVEN_MIX if st.session_state["control_races_own"] else None)


def _looked_at(name: str, key: str) -> None:
    visitor.look_at(**{name: st.session_state[key]})


def _stops(label: str, choice: str, stops: tuple[int, ...], *, key: str, help: str | None = None) -> None:
    value = getattr(visitor.scenario(), choice)
    set_value(key, nearest_stop(value, stops))
    st.select_slider(label, stops, key=key, format_func=_thousands, on_change=_chosen, args=(choice, key), help=help)


def nearest_stop(value: int, stops: tuple[int, ...]) -> int:
    """Return the stop nearest to a value on a logarithmic scale."""
    return stops[int(np.abs(np.log(stops) - np.log(value)).argmin())]


def _thousands(value: int) -> str:
    return f"{value:,}"


def set_value(key: str, value: Any) -> None:
    """Let a control show a value, which may have changed on another page, in the URL, or by another control."""
    told = st.session_state.setdefault(_TOLD, {})
    reported = st.session_state.get(key)
    if reported == value:
        told[key] = [value]
    else:
        told[key] = [*told.get(key, []), reported, value]
        st.session_state[key] = value


def forget_one(key: str) -> None:
    """Drop what one control showed: another takes its place."""
    st.session_state.get(_TOLD, {}).pop(key, None)


def forget() -> None:
    """Drop what the controls of the former page showed: this page's are new ones, even under the same key."""
    for key in [str(key) for key in st.session_state]:
        if key.startswith(("control_", "view_")) or key == _TOLD:
            del st.session_state[key]


def _is_echo(key: str) -> bool:
    """Tell whether a control only reports a former value, because it has not yet heard of the one it was set to.

    That happens where one control sets another, and the visitor moves on before the answer has arrived.
    """
    told: dict[str, list[Any]] = st.session_state.get(_TOLD, {})
    someone_else = any(st.session_state.get(other) != values[-1] for other, values in told.items() if other != key)
    return someone_else and st.session_state[key] in told.get(key, [])[:-1]


def _chosen(choice: str, key: str) -> None:
    if not _is_echo(key):
        visitor.choose(**{choice: st.session_state[key]})
