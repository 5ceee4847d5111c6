"""Links to the pages, in the sidebar. They carry the visitor's scenario, as every other link does."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitPageNotFoundError

from core import __version__
from ui import own_data

NAVIGATION = {
    "The attack": {
        "app.py": "Home",
        "pages/11_What_a_faceprint_reveals.py": "What a faceprint reveals",
        "pages/12_Embeddings_explained.py": "Embeddings explained",
        "pages/13_Try_a_photo.py": "Try a photo",
    },
    "The risk": {
        "pages/21_Re-identification_risk.py": "Re-identification risk",
        "pages/22_Stronger_attackers.py": "Stronger attackers",
    },
    "Your case": {
        "pages/31_The_company.py": "The company",
        "pages/32_Protect.py": "Protect",
        "pages/33_Your_embeddings.py": "Your embeddings",
        "pages/34_Report.py": "Report",
    },
    "Method": {"pages/41_Method.py": "Method"},
}


_PLACES = "navigation_places"


def draw(parameters: dict[str, str]) -> None:
    """Draw the links, each with the parameters that hold the visitor's scenario."""
    places: dict[str, DeltaGenerator] = {}
    with st.sidebar:
        for group, pages in NAVIGATION.items():
            st.caption(group)
            places |= {path: st.empty() for path in pages}
        own_data.offer_to_forget()
        st.caption(f"Version {__version__}. Measures risk on synthetic companies; links nobody to a name.")
    st.session_state[_PLACES] = places
    point_to(parameters)


def point_to(parameters: dict[str, str]) -> None:
    """Draw the links again, in their places, with other parameters: a fragment may do so too."""
    labels = {path: label for pages in NAVIGATION.values() for path, label in pages.items()}
    for path, place in st.session_state[_PLACES].items():
        # A page that is run by itself, as `streamlit run pages/...` does, has no others to lead to.
        with suppress(StreamlitPageNotFoundError):
            place.page_link(path, label=labels[path], query_params=parameters)
