"""Let the browser load its chart code while the server imports what the page computes with.

A visitor's first page needs both, each takes about a second, and the browser starts on its part only
when it is sent a chart. So the first thing a page sends is an empty one, which vanishes again.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STARTED = "first_paint_started"


def start() -> DeltaGenerator:
    """Send an invisible chart, once a visitor, before anything from `core` is imported.

    Returns the place it stands in: the page empties it when its own content follows.
    """
    place = st.empty()
    if _STARTED not in st.session_state:
        st.session_state[_STARTED] = True
        nothing = {
            "data": [{"type": "scatter", "visible": False}],
            "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}},
        }
        place.plotly_chart(nothing, height=1, key="first_paint", config={"displayModeBar": False})
    return place
