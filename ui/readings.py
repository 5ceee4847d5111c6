"""How well an attacker reads an attribute, as a table and in charts: on the page about the shipped ones, and about own ones."""

from __future__ import annotations

import streamlit as st

from core import charts
from core.inference.evaluation import METRICS
from core.study import AttributeReading
from ui import figure

WORDS = {"sex": "Sex", "age": "Age", "race": "Race"}
_METRIC_WORDS = {
    "accuracy": ("Accuracy", "faces read rightly"),
    "recall": ("Recall", "faces of a class that are read as it"),
    "precision": ("Precision", "faces read as a class that are of it"),
    "f1": ("F1", "harmonic mean of recall and precision"),
    "auc": ("AUC", "chance that a face of a class looks more like it than another face"),
}


def interval(reading: AttributeReading, metric: str = "accuracy") -> str:
    """Write the 95% interval of a metric, or that nobody can know it."""
    if metric not in reading.evaluation.intervals:
        return "unknown: the size of the test is not stated"
    low, high = reading.evaluation.intervals[metric]
    return f"{charts.percent(low)} to {charts.percent(high)}"


def confusion_and_roc(reading: AttributeReading, *, tables: str = "", figures: str = "") -> None:
    """Draw who is taken for whom, and how well classes are told apart; `tables` and `figures` name those of the paper."""
    left, right = st.columns(2)
    with left:
        figure.show(
            charts.confusion(reading.evaluation, attribute=reading.attribute),
            finding="Who is taken for whom",
            measure=f"Share of all faces, truth by reading{tables}.",
            key="confusion",
        )
    with right:
        hardest = min(reading.curves, key=lambda label: reading.curves[label].auc)
        figure.show(
            charts.roc_curves(reading),
            finding=f"{hardest} faces told from others" if len(reading.curves) == 1 else f"{hardest}: the hardest to tell",
            measure=f"Receiver operating characteristic{figures}. Dotted: a guess.",
            key="roc",
        )


def metrics(reading: AttributeReading, faces: str) -> None:
    """Draw the metrics with their intervals; `faces` says what they were measured on."""
    rows = ["| | | 95% interval |", "|---|---|---|"]
    for metric in METRICS:
        name, meaning = _METRIC_WORDS[metric]
        value = charts.percent(getattr(reading.evaluation, metric))
        rows.append(f"| **{name}**: {meaning} | {value} | {interval(reading, metric)} |")
    rows.append(f"| **Best guess**: always the most frequent class | {charts.percent(reading.majority)} | exact |")
    st.markdown("\n".join(rows))
    which = "of women" if reading.attribute == "sex" else "weighted by how often each class is true"
    st.caption(f"{faces} Recall, precision and F1: {which}. Intervals: bootstrap over faces.")
