"""Links to the pages, in the sidebar. They carry the visitor's scenario, as every other link does."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from core import __version__

NAVIGATION = {
    "The attack": {
        "app.py": "Home",
        "pages/11_What_a_faceprint_reveals.py": "What a faceprint reveals",
        "pages/12_Embeddings_explained.py": "Embeddings explained",
    },
    "The risk": {"pages/21_Re-identification_risk.py": "Re-identification risk"},
    "Your case": {"pages/31_The_company.py": "The company"},
    "Method": {"pages/41_Method.py": "Method"},
}


def draw(parameters: dict[str, str]) -> None:
    """Draw the links, each with the parameters that hold the visitor's scenario."""
    with st.sidebar:
        for group, pages in NAVIGATION.items():
            st.caption(group)
            for path, label in pages.items():
                # A page that is run by itself, as `streamlit run pages/...` does, has no others to lead to.
                with suppress(StreamlitPageNotFoundError):
                    st.page_link(path, label=label, query_params=parameters)
        st.caption(f"Version {__version__}. Measures risk on synthetic companies; links nobody to a name.")
