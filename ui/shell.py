"""The frame of every page: title, navigation, style, and sentences about bad links."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core import shipped
from ui import controls, navigation, results, visitor

PRODUCT = "Faceprint Risk"
_ICON = str(Path(__file__).with_name("icon.png"))

_STYLE = """
<style>
.stMainBlockContainer {max-width: 72rem; padding-top: 3rem;}
h1 {font-size: clamp(1.9rem, 6vw, 2.75rem) !important;}
.stPlotlyChart, .headline, td {font-variant-numeric: tabular-nums;}
.headline {font-size: clamp(1.35rem, 3.2vw, 2.1rem); line-height: 1.25; font-weight: 600; margin: 0.25rem 0 0.25rem;}
.headline b {color: #CC5A16; font-weight: 700;}
.uncertainty {opacity: 0.75; margin-bottom: 0.5rem;}
.finding {font-size: 1.15rem; font-weight: 600; margin: 1.25rem 0 0; line-height: 1.3;}
.measure {opacity: 0.7; font-size: 0.9rem; margin: 0.1rem 0 0.25rem;}
.walk {display: grid; grid-template-columns: repeat(auto-fit, minmax(6rem, 1fr)); gap: 1rem 0.75rem;
  margin: 0.5rem 0 1rem !important; padding: 0 !important;}
.walk li {list-style: none; font-size: 0.85rem; line-height: 1.35; margin: 0 !important; padding: 0 !important;}
.walk img {width: 3.4rem; height: 3.4rem; display: block; margin-bottom: 0.35rem;}
.walk b {display: block;}
.readings {display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 1rem; margin: 0.5rem 0;}
.readings div {border-top: 3px solid #CC5A16; padding-top: 0.5rem; font-size: 0.95rem; line-height: 1.4;}
.readings strong {display: block; font-size: 1.6rem; line-height: 1.2;}
</style>
"""


def open_page(page: str, title: str) -> None:
    """Start a page: `page` is its path from the project's root. Stops it where the models cannot be read."""
    st.set_page_config(page_title=f"{title} - {PRODUCT}" if title != PRODUCT else title, page_icon=_ICON, layout="wide")
    st.html(_STYLE)
    if visitor.came_from_another_page(page):
        controls.forget()
    visitor.read_url(page)
    navigation.draw(visitor.url_parameters())
    problems = visitor.take_problems()
    if problems:
        st.warning("The link could not be used as it was. " + " ".join(problems))
    st.title(title)
    try:
        results.evidence()
    except shipped.DamagedModelError as error:
        st.error(f"{str(error)[0].upper()}{str(error)[1:]}.")
        st.stop()


def share() -> None:
    """Bring the URL and the navigation's links in line with the scenario. Each run of a page needs it."""
    visitor.write_url()
    navigation.point_to(visitor.url_parameters())
