"""What a faceprint reveals: how well sex, age and race are read off embeddings."""

from __future__ import annotations

import streamlit as st

from ui import first_paint

loading = first_paint.start()

from core import charts
from core.inference.evaluation import METRICS
from core.scenario import PAPER
from core.study import AttributeReading
from core.study.inference import ATTRIBUTES
from ui import controls, figure, results, sentences, shell, visitor

loading.empty()
shell.open_page("pages/11_What_a_faceprint_reveals.py", "What a faceprint reveals")

WORDS = {"sex": "Sex", "age": "Age", "race": "Race"}
TABLE = {"sex": "Table I", "age": "Table II", "race": "Table III"}
METRIC_WORDS = {
    "accuracy": ("Accuracy", "faces read rightly"),
    "recall": ("Recall", "faces of a class that are read as it"),
    "precision": ("Precision", "faces read as a class that are of it"),
    "f1": ("F1", "harmonic mean of recall and precision"),
    "auc": ("AUC", "chance that a face of a class looks more like it than another face"),
}


def metrics(reading: AttributeReading) -> None:
    """Draw the metrics with their intervals."""
    rows = ["| | | 95% interval |", "|---|---|---|"]
    for metric in METRICS:
        name, meaning = METRIC_WORDS[metric]
        low, high = reading.evaluation.intervals[metric]
        value = charts.percent(getattr(reading.evaluation, metric))
        rows.append(f"| **{name}**: {meaning} | {value} | {charts.percent(low)} to {charts.percent(high)} |")
    rows.append(f"| **Best guess**: always the most frequent class | {charts.percent(reading.majority)} | exact |")
    st.markdown("\n".join(rows))
    which = "of women" if reading.attribute == "sex" else "weighted by how often each class is true"
    st.caption(
        f"{reading.evaluation.faces:,} generated held-out faces with the paper's mix of people. Recall, precision and F1: {which}. "
        "Intervals: bootstrap over faces."
    )


@st.fragment
def reading_now() -> None:
    """Draw controls, and what depends on them."""
    left, middle, right = st.columns(3)
    with left:
        attribute = controls.view_choice("Attribute", "attribute", ATTRIBUTES, WORDS)
    with middle:
        controls.protocol()
    with right:
        controls.age_bin_width()
    shell.share()
    scenario = visitor.scenario()
    reading = results.attribute(scenario, attribute)
    evaluation = reading.evaluation
    low, high = evaluation.intervals["accuracy"]
    to = f" to {scenario.age_bin_width} years" if attribute == "age" else ""
    sentences.headline(
        f"A computer reads {attribute}{to} off 128 numbers, rightly for *{charts.percent(evaluation.accuracy)}* of faces.",
        f"95% interval {charts.percent(low)} to {charts.percent(high)}. Naming the most frequent class without the face would be "
        f"right for {charts.percent(reading.majority)}.",
    )
    if scenario.protocol == PAPER:
        st.info(
            "In the paper each race is a yes-or-no question of its own. A face for which no answer is yes is read as the first "
            "race, White, and its accuracy counts it as wrong. Single labels mend this."
        )
    chart, roc = st.columns(2)
    with chart:
        figure.show(
            charts.confusion(evaluation, attribute=attribute),
            finding="Who is taken for whom",
            measure=f"Share of all faces, truth by reading ({TABLE[attribute]} of the paper).",
            key="confusion",
        )
    with roc:
        hardest = min(reading.curves, key=lambda label: reading.curves[label].auc)
        figure.show(
            charts.roc_curves(reading),
            finding=f"{hardest} faces told from others" if len(reading.curves) == 1 else f"{hardest}: the hardest to tell",
            measure="Receiver operating characteristic (Fig. 2 of the paper). Dotted: a guess.",
            key="roc",
        )
    metrics(reading)
    widths = results.widths(scenario)
    best = widths.best(scenario.company_size)
    figure.show(
        charts.width_tradeoff(widths, company_size=scenario.company_size, chosen=scenario.age_bin_width),
        finding=f"Narrow bins are read wrongly, wide ones say little: bins of {best} years name most people",
        measure=f"Share of ages read rightly, and expected share of people named in a company of {scenario.company_size:,}, by width.",
        key="widths",
    )
    controls.summary()


reading_now()

with st.expander("How this is computed"):
    st.markdown(
        "Three random forests of 100 trees are trained on generated faces, levelled to the same number in each race and sex as "
        "in the paper, and judged on other generated faces. Age comes from one regression forest whose leaves keep the ages of "
        "the training faces in them, so that every bin width is answered without training again. Sources: paper, Sections IV and "
        "V; Meinshausen (2006), *Quantile regression forests*, Journal of Machine Learning Research 7. The page *Method* sets "
        "the figures beside those from real faces."
    )
