"""Your embeddings: how well an attacker reads them, measured on a file of one's own or declared by a test."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from ui import controls, declared_attacker, own_data, own_embeddings, shell

loading.empty()
shell.open_page("pages/33_Your_embeddings.py", "Your embeddings")
st.markdown(
    "The attackers on the other pages read the embeddings of one network. How well are those of *your* system read? Measure it on "
    "labelled embeddings of your own, or say what a test found. All pages can then use that attacker."
)
own_embeddings.in_use()
measured, declared = st.tabs(["Measure on a file", "Declare a test result"])


@st.fragment
def measure_now() -> None:
    """Draw the file, what was understood, and the attacker trained on it."""
    shell.share()
    faces = own_embeddings.bring()
    if faces is None:
        return
    own_embeddings.understood(faces)
    attacker = own_embeddings.train(faces)
    if attacker is None:
        return
    own_embeddings.show(attacker)
    own_embeddings.offer_to_use(attacker, "use_measured")
    own_embeddings.protections(faces)
    if own_data.attacker() is not None:
        controls.summary()


@st.fragment
def declare_now() -> None:
    """Draw what a test says, and what follows."""
    shell.share()
    attacker = declared_attacker.declare()
    if attacker is None:
        return
    own_embeddings.risk(attacker)
    own_embeddings.offer_to_use(attacker, "use_declared")


with measured:
    measure_now()
with declared:
    declare_now()

with st.expander("How this is computed"):
    st.latex(r"J[t, p] = \sum_{a \in t} \pi(a, s, r) \; A[a, p_{\text{age}}] \; S[s, p_{\text{sex}}] \; R[r, p_{\text{race}}]")
    st.markdown(
        "**Measured.** Four fifths of the faces, cut to the same number in each race and sex as in the paper as far as rare classes "
        "allow, teach the attacker; the others are held out and stand for the people of companies. Faces of one person, or "
        "near-identical ones, are on one side. Beliefs are calibrated on faces that the attacker did not see. An attribute without "
        "labels is guessed as often as the company has each class.\n\n"
        "**Declared.** *A*, *S* and *R* are the chances of each reading given the truth, *π* the company's mix: so the risk by cells "
        "follows without any face. Errors of an accuracy of sex or race are spread evenly over the other classes. An age is read with a "
        "normal error whose spread gives the stated accuracy over ages 17 to 80: near ages are mistaken more often than far ones. "
        "Intervals draw the test's result anew, with Jeffreys' prior. Where companies are simulated person by person, faces of every kind "
        "stand in whose readings follow the same chances.\n\n"
        "**Combined.** Some attributes measured, others declared, independent given the truth. Every page says which it is."
    )
