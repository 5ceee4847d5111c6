"""A chart on the screen: its finding, the figure, and its data to take away."""

from __future__ import annotations

import html
from collections.abc import Iterable

import streamlit as st

from core import charts, uploads
from core.charts import Chart

_CONFIG = {
    "displaylogo": False,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg"},
}


def readings(parts: Iterable[tuple[str, str, str]]) -> None:
    """Draw figures side by side: name, value, and words for each."""
    cells = "".join(
        f"<div>{html.escape(name)}<strong>{html.escape(value)}</strong>{html.escape(words)}</div>"
        for name, value, words in parts
    )
    st.html(f'<div class="readings">{cells}</div>')


def show(chart: Chart, *, finding: str, measure: str, key: str) -> None:
    """Draw a chart under a title that states the finding and a subtitle that states the measure."""
    st.html(f'<div class="finding">{html.escape(finding)}</div><div class="measure">{html.escape(measure)}</div>')
    drawn = charts.on_dark_page(chart) if st.context.theme.type == "dark" else chart
    st.plotly_chart(drawn.figure, key=key, config=_CONFIG, alt=chart.description)
    st.download_button(
        "Data as CSV",
        # Made when asked for: a file made with every move of a slider is gone before the browser looks for it.
        lambda: uploads.to_csv(chart.table),
        f"{key.replace('_', '-')}.csv",
        "text/csv",
        key=f"{key}_csv",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )
