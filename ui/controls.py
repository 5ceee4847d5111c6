"""Controls that change the visitor's scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.demographics import NARROWEST_BIN, WIDEST_BIN
from core.scenario import LARGEST_COMPANY, SMALLEST_COMPANY
from ui import visitor

_STEPS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
SIZE_STOPS = tuple(
    sorted(
        {step * 10**power for step in _STEPS for power in range(6) if step * 10**power < LARGEST_COMPANY} | {LARGEST_COMPANY}
    )
)
"""Stops of the logarithmic slider."""

REPEAT_STOPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)


def company_size() -> None:
    """Draw a logarithmic slider beside a field for the exact number."""
    size = visitor.scenario().company_size
    slider, exact = st.columns([3, 1], vertical_alignment="bottom")
    with slider:
        _stops("People in the company", "company_size", SIZE_STOPS, key="control_size_slider")
    with exact:
        _set("control_size_exact", size)
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


def age_bin_width() -> None:
    """Draw a slider for the width of an age bin."""
    _set("control_width", visitor.scenario().age_bin_width)
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
    _stops(
        "Companies drawn at random",
        "repeats",
        REPEAT_STOPS,
        key="control_repeats",
        help="More companies show better how far chance alone moves the risk. The paper draws 50.",
    )


def _stops(label: str, choice: str, stops: tuple[int, ...], *, key: str, help: str | None = None) -> None:
    value = getattr(visitor.scenario(), choice)
    _set(key, nearest_stop(value, stops))
    st.select_slider(label, stops, key=key, format_func=_thousands, on_change=_chosen, args=(choice, key), help=help)


def nearest_stop(value: int, stops: tuple[int, ...]) -> int:
    """Return the stop nearest to a value on a logarithmic scale."""
    return stops[int(np.abs(np.log(stops) - np.log(value)).argmin())]


def _thousands(value: int) -> str:
    return f"{value:,}"


def _set(key: str, value: Any) -> None:
    """Let a control show the scenario, which may have changed on another page or in the URL."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _chosen(choice: str, key: str) -> None:
    visitor.choose(**{choice: st.session_state[key]})
