"""Charts as a report shows them: on a page of paper no pointer tells what does not fit."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go

from core.charts import Chart

_LOW = 320
_ROW, _AROUND = 42, 110


def lower(chart: Chart) -> Chart:
    """Return a chart low enough for three on two pages."""
    return replace(chart, figure=go.Figure(chart.figure).update_layout(height=_LOW))


def written_beside_bars(chart: Chart) -> Chart:
    """Return a chart of bars with the text that lies on them below their names, where no whisker strikes it through."""
    figure = go.Figure(chart.figure)
    bars = figure.data[0]
    names, texts = list(bars.y), list(bars.text)
    figure.update_traces(
        text=names, textposition="none", hovertemplate=bars.hovertemplate.replace("%{y}", "%{text}"), selector={"type": "bar"}
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=names,
        ticktext=[f"<b>{name}</b><br>{text}" for name, text in zip(names, texts, strict=True)],
        tickfont={"size": 12},
    )
    # A title as wide as the paper is cut on a phone; the words around the chart tell of the dashed line.
    figure.update_xaxes(title_text="Chance to be named")
    figure.update_layout(height=_AROUND + _ROW * len(names))
    return replace(chart, figure=figure)
