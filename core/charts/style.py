"""How every chart looks, and the numbers in its words.

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

ACCENT = "#CC5A16"
ACCENT_RGB = "204, 90, 22"
GREY = "#8A8580"
FAINT = "rgba(138, 133, 128, 0.25)"
CLEAR = "rgba(0, 0, 0, 0)"
INK, INK_ON_DARK = "#2F2D2B", "#EDEBE8"
FADING = [[0.0, f"rgba({ACCENT_RGB}, 0)"], [1.0, f"rgba({ACCENT_RGB}, 1)"]]
"""Colour scale of heat maps: from the page's background to the accent."""

_SHARED_LAYOUT = {"margin": {"l": 8, "r": 24, "t": 24, "b": 8}, "hoverlabel": {"align": "left"}, "font": {"size": 14}}
_SHARED_AXIS = {"automargin": True, "zeroline": False}

_SMALLEST_ROUNDED_COUNT = 1.95
_FEWEST_PEOPLE = 0.95
_MOST_FOR_ONE_PERSON = 1.05


@dataclass(frozen=True)
class Chart:
    """A figure, the table it draws, and a sentence for whoever cannot see it."""

    figure: go.Figure
    table: pd.DataFrame
    description: str


def draw(traces: Sequence[dict[str, Any]], *, x: dict[str, Any], y: dict[str, Any], height: int, **layout: Any) -> go.Figure:
    """Build a figure with the margins, font and axes that all share.

    A slider's answer is mostly the building of figures. Plotly builds one that is given whole about three times as fast as
    one that is put together by `add_*` and `update_*`, and twice as fast again if it need not check each property: the
    tests check them, on every page.

    Parameters
    ----------
    traces : dicts, each with its "type"
    x, y : dict
        What the axes have beyond the shared.
    height : int
        Pixels.
    **layout
        What the layout has beyond the shared.
    """
    axes = {"xaxis": _SHARED_AXIS | _titled(x), "yaxis": _SHARED_AXIS | _titled(y)}
    return go.Figure(list(traces), _SHARED_LAYOUT | {"height": height} | axes | layout, _validate=False)


def _titled(axis: dict[str, Any]) -> dict[str, Any]:
    """Return the axis with its title as plotly.js wants it: Plotly turns a string into that only where it checks."""
    return axis | {"title": {"text": axis["title"]}} if isinstance(axis.get("title"), str) else axis


def lay_out(figure: go.Figure, *, height: int, **layout: Any) -> None:
    """Give a figure of several panels what `draw` gives one of a single panel."""
    figure.update_layout(_SHARED_LAYOUT | {"height": height} | layout)
    figure.update_xaxes(_SHARED_AXIS)
    figure.update_yaxes(_SHARED_AXIS)


def upright_line(at: float, line: dict[str, Any], *, layer: str = "above") -> dict[str, Any]:
    """Return a line from the bottom of the chart to its top, for the layout's `shapes`."""
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "y domain", "line": line, "layer": layer}


def label_above(at: float, text: str, colour: str) -> dict[str, Any]:
    """Return a label above the chart at a place of its x axis, for the layout's `annotations`."""
    return {
        "x": at, "y": 1, "yref": "y domain", "yanchor": "bottom", "text": text, "showarrow": False, "font": {"color": colour},
    }  # fmt: skip


def on_dark_page(chart: Chart) -> Chart:
    """Return the chart with the text that lies on pale colours made light."""
    figure = go.Figure(chart.figure)
    figure.for_each_trace(
        lambda bar: bar.update(insidetextfont_color=INK_ON_DARK),
        selector=lambda trace: trace.type == "bar" and trace.insidetextfont.color == INK,
    )
    figure.for_each_trace(
        lambda cells: cells.update(textfont_color=INK_ON_DARK),
        selector=lambda trace: trace.type == "heatmap" and trace.textfont.color == INK,
    )
    return Chart(figure, chart.table, chart.description)


def percent(share: float) -> str:
    """Return a share as per cent, one decimal, two digits below that: 6.7%, 0.0021%, -0.50%."""
    if share < 0:
        return f"-{percent(-share)}"
    value = 100 * share
    if value == 0 or value >= 1:
        return f"{value:.1f}%"
    return f"{value:.{1 - int(np.floor(np.log10(value)))}f}%"


def points(difference: float) -> str:
    """Return a difference of shares in percentage points: "5.1 points", "0.012 points"."""
    return f"{percent(difference).removesuffix('%')} points"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 year", "1,000 years", "1 company"."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def people(share: float, company_size: int) -> str:
    """Return the number of people that a share of the company stands for: "about 7 people"."""
    count = share * company_size
    if count < _FEWEST_PEOPLE:
        return "fewer than one person"
    if count < _MOST_FOR_ONE_PERSON:
        return "about one person"
    return f"about {count:,.0f} people" if count >= _SMALLEST_ROUNDED_COUNT else f"about {count:.1f} people"
