"""Home: the question, the attack, and the headline risk live."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from ui import controls, results, risk_charts, sentences, shell, visitor, walkthrough

loading.empty()
shell.open_page("app.py", shell.PRODUCT)
st.markdown(
    "A company keeps face embeddings of its staff: 128 numbers for each face. If they leak, a computer can read age, sex and "
    "race from them, and look those up in a public list of staff. **How many people can be named?**"
)


@st.fragment
def risk_now() -> None:
    """Draw controls, the headline, and the charts that depend on them."""
    controls.company_size()
    left, right = st.columns(2)
    with left:
        controls.age_bin_width()
    with right:
        controls.repeats()
    shell.share()
    study = results.run(visitor.scenario())
    sentences.risk(study)
    controls.summary()
    risk_charts.class_sizes(study)
    risk_charts.curve(study)


risk_now()

st.header("The attack, step by step")
walkthrough.draw()

with st.expander("How this is computed"):
    st.markdown(
        "Everyone whom the attacker reads as the same age group, sex and race forms an *equivalence class*. A person who is "
        "read rightly, in a class of *k* people, is named with chance 1 in *k*. The expected share named is the mean of that "
        "chance."
    )
    st.latex(r"E = \frac{1}{N} \sum_c \frac{a_c}{q_c} \left(1 - (1 - q_c)^N\right)")
    st.markdown(
        "Here *N* is the company's size, *q* the chance that a random employee is read as cell *c*, and *a* the chance to be "
        "read so rightly. Both come from random forests that read generated faces of nobody, weighted by a census. "
        "Source: Fábián and Gulyás, *De-anonymizing Facial Recognition Embeddings*, Sections IV to VI; the page *Method* has "
        "the rest.\n\nThe tool measures risk on synthetic companies. It links nobody to a name, and shows classes, never persons."
    )
