"""The company: who works there, and its true equivalence classes."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts
from core.company import RACE_MAPPINGS
from core.demographics import OLDEST
from core.scenario import LARGEST_SEED
from core.staff import YOUNGEST_STAFF
from ui import controls, figure, own_company, own_data, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/31_The_company.py", "The company")
st.markdown(
    "Companies are drawn at random from a census: people of the United States who were asked about their income in 1994. Take it "
    "as it is, choose ages, sexes and races like those of the company you think of, or say who works in your own."
)


def another_company() -> None:
    """Draw with the next seed."""
    visitor.choose(seed=(visitor.scenario().seed + 1) % (LARGEST_SEED + 1))


def from_census() -> None:
    """Draw the controls of a company that is drawn from the census."""
    controls.company_size()
    left, right = st.columns(2)
    with left:
        controls.ages()
        controls.female_percent()
    with right:
        controls.age_bin_width()
        controls.race_percents()
    st.button("Draw another company", on_click=another_company)


@st.fragment
def company_now() -> None:
    """Draw where its people come from, and the company."""
    if own_company.source() == own_data.OWN:
        own_company.bring()
        if own_data.staff() is None:
            shell.share()
            return
        controls.age_bin_width()
    else:
        from_census()
    shell.share()
    scenario = visitor.scenario()
    workforce = results.workforce(scenario)
    alone = workforce.risk.class_size_shares["1"]
    which = "your company" if own_data.staff() else f"this one company, drawn with seed {scenario.seed}"
    sentences.headline(
        f"In this company of {scenario.company_size:,}, *{charts.percent(alone)}* of people are the only ones of their age group, "
        "sex and race.",
        f"Exact for {which}. Somebody who knew these three of everyone could name "
        f"{charts.percent(workforce.risk.expected_reidentified)} of its people.",
    )
    figure.show(
        charts.pyramid(workforce),
        finding=f"{workforce.size:,} people, {charts.percent(workforce.female_share)} of them women",
        measure="People by age, sex and race. Counted.",
        key="pyramid",
    )
    figure.show(
        charts.true_classes(workforce),
        finding=f"They form {workforce.classes:,} classes; {workforce.people_alone:,} people are alone in theirs",
        measure=f"People in each class of age ({scenario.age_bin_width} years), sex and race. Counted. The stronger, the smaller.",
        key="true_classes",
    )
    controls.summary()


company_now()

with st.expander("Whom the races stand for"):
    controls.race_mapping()
    rows = ["| Census | Faces, standard | Faces, American Indians as Indian |", "|---|---|---|"]
    for race in RACE_MAPPINGS["standard"]:
        rows.append("| " + " | ".join([race, *(mapping[race] or "left out" for mapping in RACE_MAPPINGS.values())]) + " |")
    st.markdown("\n".join(rows))
    st.markdown(
        "The faces come from UTKFace, whose makers sorted them into White, Black, Asian, Indian and others; its Indian is South "
        "Asian. The census has no such class, so a company like the census has no Indian people unless you choose a race mix. "
        "These classes fit nobody exactly. The tool measures what an attacker who uses them achieves."
    )

with st.expander("How this is computed"):
    st.markdown(
        "Census: UCI Adult (Becker and Kohavi, 1996, doi 10.24432/C5XW20, CC BY 4.0), each row weighted by the number of people "
        "it stands for, ages 17 to 80. A wanted share of women or race mix is reached by iterative proportional fitting (Deming "
        "and Stephan, 1940, doi 10.1214/aoms/1177731829): of all populations with these shares, the one closest to the census. "
        "A wanted race of which the census has nobody takes the ages and sexes of all others.\n\n"
        f"Own staff: ages {YOUNGEST_STAFF} to {OLDEST}, 2 to 1,000,000 people, lists of at most 200,000 rows. What is not stated is dealt out "
        "to whole people in proportion to the census, given what is stated: sexes and races by largest remainder, ages at even steps "
        "through those of the census. The risk is then that of exactly these people: only how each face is read is left to chance. "
        "Groups are shown as classes, and never a row of a list."
    )
