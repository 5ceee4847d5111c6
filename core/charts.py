"""Results as plotly figures, each with the table behind it and a text that stands in for it.

Colours are one accent on greys: the accent fades towards the background as classes grow larger, so
the same figures read on light and on dark pages and without telling hues apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.risk import CLASS_SIZES, EquivalenceRisk, RiskCurve
from core.study import Study

ACCENT = "#CC5A16"
_ACCENT_RGB = "204, 90, 22"
CLASS_SIZE_STRENGTHS = (1.0, 0.72, 0.5, 0.32, 0.18)
"""Opacity of the accent per class size, strongest for people alone in their class."""

GREY = "#8A8580"
_INK, _INK_ON_DARK = "#2F2D2B", "#EDEBE8"
_FAINT = "rgba(138, 133, 128, 0.25)"
_CLASS_WORDS = ("alone", "among 2 to 5", "among 6 to 10", "among 11 to 20", "among 21 or more")
_SMALLEST_LABELLED_SHARE = 0.06
_CURVE_FLOOR = 1e-6
_LABEL_RIGHT_BELOW = 8
_SMALLEST_ROUNDED_COUNT = 1.95


@dataclass(frozen=True)
class Chart:
    """A figure, the table it draws, and a sentence for whoever cannot see it."""

    figure: go.Figure
    table: pd.DataFrame
    description: str


def class_sizes(study: Study, others: dict[int, EquivalenceRisk]) -> Chart:
    """Fig. 3 of the paper: share of people by class size, the chosen company beside the paper's sizes."""
    chosen = study.scenario.company_size
    rows = dict(sorted(({chosen: study.exact} | {size: risk for size, risk in others.items() if size != chosen}).items()))
    names = []
    for size, risk in rows.items():
        name = f"{size:,} people<br>{percent(risk.expected_reidentified)} named"
        names.append(f"<b>{name}</b>" if size == chosen else name)
    figure = go.Figure()
    for size_class, strength, words in zip(CLASS_SIZES, CLASS_SIZE_STRENGTHS, _CLASS_WORDS, strict=True):
        shares = [risk.class_size_shares[size_class] for risk in rows.values()]
        hover = f"%{{y}}<br>%{{x:.1%}} are read rightly, {words}<extra></extra>"
        _add_bar(figure, names, shares, words, f"rgba({_ACCENT_RGB}, {strength})", hover)
    wrong = [1 - risk.correct for risk in rows.values()]
    hover = "%{y}<br>%{x:.1%} are read wrongly and cannot be named<extra></extra>"
    _add_bar(figure, names, wrong, "read wrongly", "rgba(0, 0, 0, 0)", hover)
    _lay_out(figure, x_title="Share of the company's people", height=110 + 62 * len(rows))
    figure.update_layout(
        barmode="stack",
        uniformtext={"minsize": 11, "mode": "hide"},
        bargap=0.35,
        legend={"orientation": "h", "traceorder": "normal", "y": 1.02, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
    )
    figure.update_xaxes(range=[0, 1], tickvals=np.linspace(0, 1, 6), tickformat=".0%", showgrid=False)
    figure.update_yaxes(autorange="reversed", title=None)
    alone, few = (study.exact.class_size_shares[size] for size in ("1", "2-5"))
    return Chart(
        figure,
        class_size_table(rows),
        f"Stacked bars. In a company of {chosen:,}, {alone:.1%} of people are read rightly and alone in their class, "
        f"{few:.1%} in a class of 2 to 5, and {1 - study.exact.correct:.1%} are read wrongly.",
    )


def _add_bar(figure: go.Figure, names: list[str], shares: list[float], words: str, colour: str, hover: str) -> None:
    figure.add_bar(
        y=names,
        x=shares,
        orientation="h",
        name=words,
        marker={"color": colour, "line": {"width": 1, "color": _FAINT}},
        text=[f"{share:.0%}" if share >= _SMALLEST_LABELLED_SHARE else "" for share in shares],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont={"color": "white" if colour.endswith(" 1.0)") else _INK, "size": 13},
        hovertemplate=hover,
    )


def on_dark_page(chart: Chart) -> Chart:
    """Return the chart with the text that lies on pale colours made light."""
    figure = go.Figure(chart.figure)
    figure.for_each_trace(
        lambda bar: bar.update(insidetextfont_color=_INK_ON_DARK),
        selector=lambda trace: trace.type == "bar" and trace.insidetextfont.color == _INK,
    )
    return Chart(figure, chart.table, chart.description)


def class_size_table(rows: dict[int, EquivalenceRisk]) -> pd.DataFrame:
    """Shares by company size, one row a company size."""
    return pd.DataFrame(
        [
            {"company size": size}
            | {f"share in classes of {name}": share for name, share in risk.class_size_shares.items()}
            | {"share read wrongly": 1 - risk.correct, "expected share named": risk.expected_reidentified}
            for size, risk in rows.items()
        ]
    )


def risk_curve(curve: RiskCurve, study: Study) -> Chart:
    """E over company sizes from 2 to 1,000,000, with the spread between companies and two reference lines."""
    sizes = curve.company_sizes
    figure = go.Figure()
    # In the smallest companies it is no rare chance that nobody is named: a logarithmic axis has no place for 0.
    banded = np.flatnonzero(curve.low <= 0).max(initial=-1) + 1
    band_sizes = sizes[banded:]
    figure.add_scatter(
        x=np.concatenate([band_sizes, band_sizes[::-1]]),
        y=np.concatenate([curve.high[banded:], curve.low[banded:][::-1]]),
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor=f"rgba({_ACCENT_RGB}, 0.18)",
        hoverinfo="skip",
        name="95% of companies",
    )
    lines: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("Perfect inference", curve.perfect, {"color": GREY, "width": 1.5, "dash": "dash"}),
        ("Random guess", curve.random_guess, {"color": GREY, "width": 1.5, "dash": "dot"}),
        ("This attacker", curve.expected, {"color": ACCENT, "width": 3}),
    )
    for name, values, line in lines:
        hover = f"{name}: in a company of %{{x:,}},<br>%{{y:.3p}} of people are named<extra></extra>"
        figure.add_scatter(x=sizes, y=values, mode="lines", line=line, name=name, hovertemplate=hover)
    for name, values, shift in (("perfect inference", curve.perfect, 12), ("random guess", curve.random_guess, -12)):
        _label_line(figure, sizes, values, name, shift)
    chosen, named = study.scenario.company_size, study.exact.expected_reidentified
    figure.add_scatter(
        x=[chosen],
        y=[named],
        mode="markers+text",
        marker={"color": ACCENT, "size": 12},
        text=[f"<b>{percent(named)}</b>"],
        textposition="bottom left" if chosen >= _LABEL_RIGHT_BELOW else "bottom right",
        textfont={"color": ACCENT, "size": 16},
        hovertemplate="Your company of %{x:,}:<br>%{y:.3p} of people are named<extra></extra>",
        name="your company",
        cliponaxis=False,
    )
    _lay_out(figure, x_title="People in the company (logarithmic)", height=420)
    figure.update_layout(showlegend=False)
    figure.update_xaxes(
        type="log",
        tickvals=[10**power for power in range(1, 7)],
        ticktext=["10", "100", "1,000", "10k", "100k", "1M"],
        tickangle=0,
        range=[np.log10(1.8), 6.05],
    )
    powers = range(-6, 1)
    figure.update_yaxes(
        type="log",
        title="Expected share of people named (logarithmic)",
        tickvals=[10.0**power for power in powers],
        ticktext=[f"{100 * 10.0**power:g}%" for power in powers],
        range=[np.log10(_CURVE_FLOOR), 0.05],
    )
    table = pd.DataFrame(
        {
            "company size": sizes,
            "expected share named (exact)": curve.expected,
            "2.5th percentile of companies": curve.low,
            "97.5th percentile of companies": curve.high,
            "random guess": curve.random_guess,
            "perfect inference": curve.perfect,
        }
    )
    return Chart(
        figure,
        table,
        f"Line chart on logarithmic axes. The expected share of people named falls from {percent(curve.expected[0])} in a "
        f"company of {sizes[0]:,} to {percent(curve.expected[-1])} in one of {sizes[-1]:,}; it stays above a random guess.",
    )


def percent(share: float) -> str:
    """Return a share as per cent, one decimal, two digits below that: 6.7%, 0.0021%."""
    value = 100 * share
    if value == 0 or value >= 1:
        return f"{value:.1f}%"
    return f"{value:.{1 - int(np.floor(np.log10(value)))}f}%"


def people(share: float, company_size: int) -> str:
    """Return the number of people that a share of the company stands for: "about 7 people"."""
    count = share * company_size
    return f"about {count:,.0f} people" if count >= _SMALLEST_ROUNDED_COUNT else f"about {count:.1f} people"


def _label_line(figure: go.Figure, sizes: Sequence[int] | np.ndarray, values: np.ndarray, name: str, shift: int) -> None:
    middle = len(sizes) // 2
    figure.add_annotation(
        x=np.log10(sizes[middle]), y=np.log10(values[middle]), text=name, showarrow=False, yshift=shift,
        xanchor="left" if shift > 0 else "right", font={"color": GREY},
    )  # fmt: skip


def _lay_out(figure: go.Figure, *, x_title: str, height: int) -> None:
    figure.update_layout(
        height=height, margin={"l": 8, "r": 24, "t": 8, "b": 8}, hoverlabel={"align": "left"}, font={"size": 14}
    )
    figure.update_xaxes(title=x_title, automargin=True, zeroline=False)
    figure.update_yaxes(automargin=True, zeroline=False)
