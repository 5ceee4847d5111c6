"""Home: the question, and the headline risk live."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts
from core.study import Study
from ui import controls, figure, results, shell, visitor

loading.empty()
shell.open_page("app", shell.PRODUCT)
st.markdown(
    "A company keeps face embeddings of its staff: 128 numbers for each face. If they leak, a computer can read age, sex and "
    "race from them, and look those up in a public list of staff. **How many people can be named?**"
)


def headline(study: Study) -> None:
    """State the risk, and both of its uncertainties."""
    size, risk, spread = study.scenario.company_size, study.exact, study.simulated
    st.html(
        f'<div class="headline">In a company of {size:,} people, <b>{charts.people(risk.expected_reidentified, size)}</b> '
        f"could be named from leaked face embeddings.</div>"
        f'<div class="uncertainty">That is {charts.percent(risk.expected_reidentified)} of them, exactly computed from the '
        f"attacker's error rates, which we know to within {charts.percent(study.estimate.low)} to "
        f"{charts.percent(study.estimate.high)}. Chance moves single companies: of {study.scenario.repeats:,} drawn at random, "
        f"95% lie between {charts.percent(spread.low)} and {charts.percent(spread.high)}.</div>"
    )


def against_guess(study: Study) -> str:
    """Compare the attacker with a name drawn at random."""
    ratio = study.exact.expected_reidentified / study.random_guess
    if ratio < 1:
        return "Such narrow age bins are read wrongly so often that a name drawn at random does better"
    return f"The larger the company, the safer each person, yet the attacker does {ratio:.1f} times as well as a random guess"


@st.fragment
def risk_now() -> None:
    """Controls, the headline, and the charts that depend on them."""
    controls.company_size()
    left, right = st.columns(2)
    with left:
        controls.age_bin_width()
    with right:
        controls.repeats()
    scenario = visitor.scenario()
    visitor.write_url()
    study = results.run(scenario)
    headline(study)
    alone_or_few = study.exact.class_size_shares["1"] + study.exact.class_size_shares["2-5"]
    figure.show(
        charts.class_sizes(study, results.paper_sizes(scenario)),
        finding=f"{charts.percent(alone_or_few)} of people stand alone or in a group of at most 5",
        measure="Share of people whose age group, sex and race are read rightly, by how many others are read the same. Exact.",
        key="class_sizes",
    )
    figure.show(
        charts.risk_curve(results.curve(scenario), study),
        finding=against_guess(study),
        measure="Expected share of people named, by company size. Line: exact. Band: 95% of companies drawn at random; below "
        "its start, companies in which nobody is named are no rarity.",
        key="risk_curve",
    )


risk_now()

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
        "Source: Fábián and Gulyás, *De-anonymizing Facial Recognition Embeddings*, Sections IV to VI; `docs/method.md` "
        "derives the closed form.\n\nThe tool measures risk on synthetic companies. It links nobody to a name, and shows "
        "classes, never persons."
    )
