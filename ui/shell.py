"""The frame of every page: title, navigation, theme, and sentences about bad links."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import visitor

PRODUCT = "Faceprint Risk"
_ICON = str(Path(__file__).with_name("icon.png"))

_STYLE = """
<style>
.stMainBlockContainer {max-width: 72rem; padding-top: 3rem;}
[data-testid="stMetricValue"], .stPlotlyChart, .headline, td {font-variant-numeric: tabular-nums;}
.headline {font-size: clamp(1.35rem, 3.2vw, 2.1rem); line-height: 1.25; font-weight: 600; margin: 0.25rem 0 0.25rem;}
.headline b {color: #CC5A16; font-weight: 700;}
.uncertainty {opacity: 0.75; margin-bottom: 0.5rem;}
.finding {font-size: 1.15rem; font-weight: 600; margin: 1.25rem 0 0; line-height: 1.3;}
.measure {opacity: 0.7; font-size: 0.9rem; margin: 0.1rem 0 0.25rem;}
</style>
"""


def open_page(page: str, title: str) -> None:
    """Start a page: `page` is its file's stem."""
    st.set_page_config(page_title=f"{title} - {PRODUCT}" if title != PRODUCT else title, page_icon=_ICON, layout="wide")
    st.html(_STYLE)
    visitor.read_url(page)
    for problem in visitor.take_problems():
        st.warning(f"A value in the link could not be used. {problem}")
    st.title(title)
