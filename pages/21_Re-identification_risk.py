"""Re-identification risk: how many, for whom, and how sure."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts, study
from core.demographics import cell_labels
from core.risk import BY_CELL, FEWEST_FACES, GROUPINGS
from ui import controls, figure, results, risk_charts, sentences, shell, visitor

loading.empty()
shell.open_page("pages/21_Re-identification_risk.py", "Re-identification risk")

GROUP_WORDS = {name: name.capitalize() for name in GROUPINGS}


def readings(result: study.Study) -> None:
    """Draw the three readings of the risk, a sentence each."""
    labels = cell_labels(result.bins)
    seen = result.readings
    parts = (
        (
            "Prosecutor",
            seen.prosecutor,
            "Somebody looks for one colleague, and knows that the colleague is in the database. This is the chance for the most "
            f"exposed: {sentences.people_of_group(labels[seen.prosecutor_cell], BY_CELL)}.",
        ),
        (
            "Journalist",
            seen.journalist,
            f"Somebody wants to show that anyone at all can be named, from a public list of {seen.list_size:,} people that does "
            f"not tell who works here. This is the chance for the most exposed: {sentences.people_of_group(labels[seen.journalist_cell], BY_CELL)}.",
        ),
        ("Marketer", seen.marketer, "Somebody wants to name as many as possible. This is the share of all people named."),
    )
    figure.readings((name, charts.percent(value), words) for name, value, words in parts)
    over = "how your people are read" if result.own_staff else "random companies"
    st.caption(f"Three readings after El Emam and the ARX tool. Exact expectations over {over}.")


@st.fragment
def risk_now() -> None:
    """Draw controls, and what depends on them."""
    controls.company_size()
    left, right = st.columns(2)
    with left:
        controls.age_bin_width()
    with right:
        controls.repeats()
    shell.share()
    scenario = visitor.scenario()
    result = results.run(scenario)
    sentences.risk(result)
    controls.summary()
    risk_charts.class_sizes(result)
    risk_charts.curve(result)
    grouping = controls.view_choice("Who bears the risk, by", "bears", tuple(GROUPINGS), GROUP_WORDS)
    groups = results.exposure(scenario, grouping)
    figure.show(
        charts.exposure(groups, grouping=grouping),
        finding=sentences.who_bears_most(groups, grouping),
        measure=f"Chance of one person to be named, by {grouping}. Bars: exact. Whiskers: 95% intervals, given how many faces the "
        f"attacker was tested on. Of many groups the most exposed are drawn; hatched ones rest on fewer than {FEWEST_FACES} faces.",
        key="exposure",
    )
    st.html('<div class="finding">Three attackers, three readings</div>')
    readings(result)
    widths = results.widths(scenario)
    figure.show(
        charts.size_width_map(study.curve_sizes(), widths, result),
        finding=f"Age bins of {widths.best(scenario.company_size)} years serve the attacker best here",
        measure=f"Expected share of people named{', in companies with your mix' if result.own_staff else ''}, by company size and age-bin "
        "width. Exact. The ring is your scenario.",
        key="size_width_map",
    )
    spread = result.simulated
    figure.show(
        charts.exact_against_simulated(result),
        finding=f"{charts.findings.simulated(spread.repeats, result.own_staff).capitalize()}: {charts.percent(spread.mean.expected_reidentified)} on average",
        measure=f"Share of people named in each{', your people with other faces each time' if result.own_staff else ''}. The exact expectation is {charts.percent(result.exact.expected_reidentified)}.",
        key="exact_against_simulated",
    )


risk_now()

with st.expander("How this is computed"):
    st.latex(r"E = \frac{1}{N} \sum_c \frac{a_c}{q_c} \left(1 - (1 - q_c)^N\right)")
    st.latex(r"\text{risk of a person of cell } t = \frac{a_t}{p_t} \cdot \frac{1 - (1 - q_t)^N}{N q_t}")
    st.markdown(
        "*p* is the chance that a random employee truly is in a cell, *q* the chance to be read as it, *a* the chance of both at "
        "once. The journalist's list replaces *N* and *q* by the list's size and *p*. Simulated companies draw the counts of "
        "people read rightly and wrongly as each cell from one multinomial distribution. For own staff the people are fixed, and only "
        "how each one is read is left to chance: the class sizes are then sums of unequal chances (Poisson binomial). Sources: paper, Section VI; El Emam "
        "(2013), *Guide to the De-Identification of Personal Health Information*; the page *Method* derives the formulas."
    )
