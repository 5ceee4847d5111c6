"""The report: what was found, as files to take away."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core.charts import findings
from core.report import SMALLEST_GROUP, bundle, html, is_linked, script, to_docx
from core.scenario import Scenario
from ui import controls, own_data, reporting, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/34_Report.py", "Report")

FORM_WORDS = {"full": "Full, for your own use", "publishable": "For publication"}
ABOUT_FORM = {
    "full": "Everything, also about groups of few people, with the draft of an impact assessment. Keep it among those who may know.",
    "publishable": f"Groups of fewer than {SMALLEST_GROUP} people are left out, and others from which such a group could be worked out. No "
    "number of people of a group is told, and figures have three digits. The draft of an impact assessment is not in it.",
}
CONTENTS = """
- **The headline** with its uncertainty, and the scenario it is about
- **How many** people could be named, beside a random guess and perfect inference; three readings; the risk over company sizes
- **Who bears the risk**, by sex, race, age and their intersections
- **How well** the attacker reads faces, and what company size and age groups change
- **Protections compared**, as they were recorded on generated and on real faces
- **Method** in plain words, assumptions and limits, a glossary, versions, seed and checksums
"""
ABOUT_FILES = """
The report is one file that asks nothing of the network: its charts are live, each saves as SVG from its own toolbar, and it
prints on A4. The zip holds it with the data of every chart as CSV and what computes its figures again. The draft
follows the CNIL's method, and leaves severity and likelihood for you to set.
"""


def headline(scenario: Scenario) -> None:
    """State what the report states first."""
    if is_linked(scenario):
        with st.spinner("Simulating companies"):
            linked = results.link(scenario)
        sentences.headline(*findings.of_linkage(linked, reporting.reader()))
    else:
        sentences.risk(results.run(scenario))
    controls.summary(by_cells=not is_linked(scenario))


def download(label: str, name: str, kind: str, content: Callable[[], bytes]) -> None:
    """Offer a file that is made when asked for."""
    st.download_button(
        label,
        content,
        name,
        kind,
        key=f"download_{name}",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )


def files(made: reporting.Made) -> None:
    """Offer the report that was made, and the draft as text to copy."""
    report = made.report
    charts, tables = len(list(report.exhibits())), len(list(report.tables()))
    st.success(f"The report is ready, with {charts} charts and {tables} tables. It took {made.seconds:.1f} seconds.")
    left, middle, right = st.columns(3)
    with left:
        download("Report, HTML", bundle.REPORT, "text/html", lambda: html.to_html(report).encode())
    with middle:
        download("Everything, zip", "faceprint-risk-report.zip", "application/zip", lambda: bundle.to_zip(report))
    draft = report.assessment
    if draft is None:
        return
    with right:
        download("Impact assessment, Word", bundle.WORD, reporting.WORD_TYPE, lambda: to_docx(draft))
    with st.expander("The draft of an impact assessment, as text to copy"):
        st.code(draft.to_text(), language=None, wrap_lines=True, height=480)


def compute_again(scenario: Scenario) -> None:
    """Offer what computes the figures again."""
    st.subheader("Compute it again")
    content = reporting.scenario_content(scenario)
    left, right = st.columns(2)
    with left:
        download("Scenario file", bundle.SCENARIO, "application/json", content)
    with right:
        download("Script", script.NAME, "text/x-python", lambda: script.text().encode())
    staff = " and your own staff by age, sex and race: keep it to yourself" if own_data.staff() else ""
    attacker = (
        " Your own attacker is not in it: without its data the figures are those of the shipped one."
        if own_data.attacker()
        else ""
    )
    st.caption(
        f"The scenario file holds every choice{staff}.{attacker} In the folder of the project `python -m core report scenario.json --out "
        "report.html` writes the same report, and `python reproduce.py scenario.json figures.json` computes every figure again and "
        "compares it with those in the zip."
    )


@st.fragment
def report_now() -> None:
    """Draw the choice of a form, and the report once it is made."""
    shell.share()
    scenario = visitor.scenario()
    headline(scenario)
    form = controls.view_choice("Form of the report", "form", visitor.FORMS, FORM_WORDS)
    st.caption(ABOUT_FORM[form])
    smallest = SMALLEST_GROUP if form == "publishable" else None
    if st.button("Make the report", type="primary"):
        with st.spinner("Making the report"):
            reporting.make(scenario, smallest)
    made = reporting.made(scenario, smallest)
    if made is not None:
        files(made)
    st.subheader("What is in it")
    st.markdown(CONTENTS)
    st.markdown(ABOUT_FILES)
    compute_again(scenario)


report_now()
