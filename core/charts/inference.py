"""Charts of what an attacker reads off embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from plotly.subplots import make_subplots

from core.charts.style import ACCENT, FADING, GREY, INK, Chart, draw, lay_out, percent
from core.inference.evaluation import Evaluation
from core.study import AttributeReading, WidthStudy

_MOST_LABELLED_CLASSES = 8
_FEW_CLASSES = 4
_MOST_CURVES = 8


def confusion(evaluation: Evaluation, *, attribute: str) -> Chart:
    """Confusion matrix as a heat map: share of all faces, truth by prediction (Tables I to III)."""
    labels, shares = list(evaluation.labels), evaluation.confusion
    labelled = len(labels) <= _MOST_LABELLED_CLASSES
    few = len(labels) <= _FEW_CLASSES
    cells = {
        "type": "heatmap",
        "x": labels,
        "y": labels,
        "z": shares,
        "colorscale": FADING,
        "showscale": False,
        "zmin": 0,
        "xgap": 2,
        "ygap": 2,
        "text": [[f"{share:.1%}" if few else f"{share:.0%}" for share in row] for row in shares] if labelled else None,
        "texttemplate": "%{text}" if labelled else None,
        "textfont": {"color": INK, "size": 15 if few else 12},
        "hovertemplate": "%{z:.2%} of all faces are %{y}<br>and read as %{x}<extra></extra>",
    }
    figure = draw(
        [cells],
        x={"title": f"{attribute.capitalize()} as read", "type": "category", "side": "bottom", "showgrid": False},
        y={"title": f"True {attribute}", "type": "category", "autorange": "reversed", "showgrid": False},
        height=420,
    )
    table = pd.DataFrame(shares, columns=[f"read as {label}" for label in labels])
    table.insert(0, f"true {attribute}", labels)
    worst = np.argwhere(shares == np.where(np.eye(len(labels), dtype=bool), -1, shares).max())[0]
    return Chart(
        figure,
        table,
        f"Confusion matrix. {percent(float(np.trace(shares)))} of faces lie on the diagonal; the most frequent error reads "
        f"{labels[worst[0]]} as {labels[worst[1]]}, {percent(float(shares[tuple(worst)]))} of all faces.",
    )


def roc_curves(reading: AttributeReading) -> Chart:
    """ROC curves, one class against the rest (Fig. 2); the class hardest to tell stands out."""
    curves = dict(sorted(reading.curves.items(), key=lambda item: item[1].auc)[:_MOST_CURVES])
    lines: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "x": [0, 1],
            "y": [0, 1],
            "mode": "lines",
            "line": {"color": GREY, "dash": "dot", "width": 1},
            "hoverinfo": "skip",
        }
    ]
    for number, (label, curve) in enumerate(reversed(curves.items())):
        hardest = number == len(curves) - 1
        lines.append(
            {
                "type": "scatter",
                "x": curve.false_positive,
                "y": curve.true_positive,
                "mode": "lines",
                "name": label,
                "line": {"color": ACCENT if hardest else GREY, "width": 3 if hardest else 1.5},
                "hovertemplate": f"{label}: %{{y:.1%}} of such faces found,<br>"
                "%{x:.1%} of the others taken for one<extra></extra>",
            }
        )
    label, curve = next(iter(curves.items()))
    shares = {"tickformat": ".0%", "range": [-0.01, 1.01]}
    figure = draw(
        lines,
        x=shares | {"title": "Share of other faces taken for one"},
        y=shares | {"title": "Share of such faces found"},
        height=420,
        showlegend=False,
        annotations=[
            {
                "x": 0.98, "y": 0.06, "xanchor": "right", "showarrow": False, "align": "right",
                "text": f"<b>{label}: AUC {percent(curve.auc)}</b>", "font": {"color": ACCENT, "size": 16},
            }
        ],
    )  # fmt: skip
    rows = [
        pd.DataFrame({"class": name, "false positive share": each.false_positive, "true positive share": each.true_positive})
        for name, each in curves.items()
    ]
    areas = ", ".join(f"{name} {percent(each.auc)}" for name, each in curves.items())
    return Chart(figure, pd.concat(rows), f"ROC curves, each class against the rest. Area under the curve: {areas}.")


def width_tradeoff(widths: WidthStudy, *, company_size: int, chosen: int) -> Chart:
    """Accuracy, and what it is worth in names, against the age-bin width."""
    named = widths.expected([company_size])[0]
    best = widths.best(company_size)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.1)
    for row, (values, words) in enumerate(
        ((widths.accuracy, "of age bins are read rightly"), (named, "of people are named")), start=1
    ):
        figure.add_scatter(
            row=row,
            col=1,
            x=widths.widths,
            y=values,
            mode="lines",
            line={"color": ACCENT if row == 2 else GREY, "width": 3},
            hovertemplate=f"Bins of %{{x}} years: %{{y:.2%}} {words}<extra></extra>",
        )
        here = float(values[chosen - int(widths.widths[0])])
        figure.add_scatter(
            row=row,
            col=1,
            x=[chosen],
            y=[here],
            mode="markers+text",
            marker={"size": 11, "color": ACCENT if row == 2 else GREY},
            text=[f"<b>{percent(here)}</b>"],
            textposition="top center",
            textfont={"color": ACCENT if row == 2 else GREY, "size": 15},
            hoverinfo="skip",
        )
    lay_out(figure, height=460, showlegend=False)
    figure.update_xaxes(title="Years in an age bin", row=2, col=1)
    figure.update_yaxes(title="Age read rightly", tickformat=".0%", range=[0, 1.08], row=1, col=1)
    figure.update_yaxes(title="People named", tickformat=".1%", range=[0, 1.25 * float(named.max())], row=2, col=1)
    table = pd.DataFrame({"years in an age bin": widths.widths, "age accuracy": widths.accuracy, "expected share named": named})
    return Chart(
        figure,
        table,
        f"Two lines over the age-bin width. Accuracy rises from {percent(widths.accuracy[0])} at 1 year to "
        f"{percent(widths.accuracy[-1])} at 40; the share named in a company of {company_size:,} is highest at {best} years.",
    )
