"""The report: what was found, as files to take away."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core.charts import findings
from core.report import SMALLEST_GROUP, bundle, is_linked, scenario_file, script
from core.scenario import Scenario
from ui import controls, own_data, reporting, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/34_Report.py", "Report")

FORM_WORDS = {"full": "Full, for your own use", "publishable": "To be published"}
ABOUT_FORM = {
    "full": "Everything, also about groups of few people, with the draft of an impact assessment. Keep it among those who may know.",
    "publishable": f"Groups of fewer than {SMALLEST_GROUP} people are left out, and others from which such a group could be worked out. No "
    "number of people of a group is told, and figures have three digits.",
}
CONTENTS = """
- **The headline** with its uncertainty, and the scenario it is about
- **How many** people could be named, beside a random guess and perfect inference; three readings; the risk over company sizes
- **Who bears the risk**, by sex, race, age and their intersections
- **How well** the attacker reads faces, and what company size and age groups change
- **Protections compared**, as they were recorded on generated and on real faces
- **Method** in plain words, assumptions and limits, a glossary, versions, seed and checksums
"""


def headline(scenario: Scenario) -> None:
    """State what the report will state first."""
    if is_linked(scenario):
        with st.spinner("Simulating companies"):
            sentences.headline(*findings.of_linkage(results.link(scenario)))
    else:
        sentences.risk(results.run(scenario))


def reproduction(scenario: Scenario) -> None:
    """Offer what computes the figures again."""
    attacker = own_data.attacker()
    label = "" if attacker is None else attacker.label
    left, right = st.columns(2)
    with left:
        download(
            "Scenario file",
            lambda staff=own_data.staff(): scenario_file.write(scenario, staff=staff, own_attacker=label).encode(),
            bundle.SCENARIO,
            "application/json",
        )
    with right:
        download("Script", lambda: script.text().encode(), script.NAME, "text/x-python")
    st.caption(
        "The scenario file holds every choice"
        + (", and your own staff by age, sex and race: keep it to yourself" if own_data.staff() else "")
        + ". In the folder of the project `python -m core report scenario.json --out report.html` writes the same report, and "
        "`python reproduce.py scenario.json figures.json` compares every figure with those in the zip."
    )


def download(label, content, name, kind):
    """Offer a file that is made when asked for."""
    st.download_button(
        label, content, name, kind, key=f"download_{name}", icon=":material/download:", on_click="ignore", width="stretch"
    )


@st.fragment
def report_now() -> None:
    """Draw the choice of a form, and the report that was made."""
    shell.share()
    scenario = visitor.scenario()
    headline(scenario)
    controls.summary(by_cells=False)
    form = controls.view_choice("Form of the report", "form", visitor.FORMS, FORM_WORDS)
    st.caption(ABOUT_FORM[form])
    smallest = SMALLEST_GROUP if form == "publishable" else None
    st.button("Make the report", type="primary", key="make_report")
    if st.session_state["make_report"]:
        with st.spinner("Making the report"):
            reporting.make(scenario, smallest)
    made = reporting.made(scenario, smallest)
    if made is not None:
        files(made)
    st.header("What is in it")
    st.markdown(CONTENTS)
    st.header("Compute it again")
    reproduction(scenario)


report_now()
