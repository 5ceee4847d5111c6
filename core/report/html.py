"""A report as one HTML file that asks for nothing from outside: charts are live, and it prints on A4."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from plotly.offline import get_plotlyjs

from core.charts.style import INK
from core.report.contents import PRODUCT, Report
from core.report.parts import Chapter, DataTable, Exhibit

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_AXIS = {"gridcolor": "#E3E0DD", "linecolor": "#E3E0DD", "zerolinecolor": "#E3E0DD", "title": {"standoff": 8}, "ticks": ""}
_LIGHT = {
    "layout": {
        "font": {"family": _FONT, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "hoverlabel": {"bgcolor": "white", "bordercolor": "#8A8580", "font": {"family": _FONT, "color": INK}},
    }
}
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
"""What the file may load: nothing but what is in it."""

_USUAL_HEIGHT = 400
_MOST_ROWS = 60
"""Rows of a chart's data that stand in the file; longer tables are in the zip only."""


def to_html(report: Report) -> str:
    """Write a report as one HTML file.

    It holds plotly's script once, each chart's figure as JSON beside it, and a text that stands in for the chart. A content
    security policy forbids every request.
    """
    title = f"{PRODUCT}: report on a company of {report.scenario.company_size:,} people"
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>\n{_beside('page.css')}{_page_edges(report)}</style>",
            f"<script>{get_plotlyjs()}</script>",
            "</head>\n<body>",
            _opening(report),
            *(_chapter(chapter) for chapter in report.chapters),
            *_closing(report),
            f"<script>\n{_beside('page.js')}</script>",
            "</body>\n</html>\n",
        ]
    )  # fmt: skip


def _opening(report: Report) -> str:
    before, figure, after = (escape(part) for part in report.headline.split("*"))
    form = "Full form. It shows groups of few people: keep it among those who may know them."
    if report.publishable:
        form = (
            f"This form may be published. Groups of fewer than {report.smallest} people are left out, and others from which "
            "such a group could be worked out; no number of people of a group is told, and figures have three digits."
        )
    parts = [(chapter.name, chapter.title) for chapter in report.chapters]
    links = "".join(
        f'<li><a href="#{name}">{escape(title)}</a></li>' for name, title in [("scenario", "Scenario"), *parts, *_ENDS]
    )
    return (
        f"<header><h1>{PRODUCT}</h1>"
        f'<p class="made">What leaked face embeddings of a company would give away. Made on {_day(report.made)} with version '
        f"{escape(report.provenance.version)}.</p>"
        f'<p class="headline">{before}<b>{figure}</b>{after}</p><p class="uncertainty">{escape(report.uncertainty)}</p>'
        f'<p class="form">{escape(form)}</p></header>'
        f'<nav aria-label="Contents"><h3>Contents</h3><ol>{links}</ol></nav>'
        f'<section id="scenario"><h2>Scenario</h2>{_pairs(report.choices)}</section>'
    )


_ENDS = (
    ("method", "How it is computed"),
    ("limits", "Assumptions and limits"),
    ("glossary", "Glossary"),
    ("provenance", "Versions and checksums"),
)


def _chapter(chapter: Chapter) -> str:
    words = "".join(f"<p>{escape(text)}</p>" for text in chapter.words)
    shown = "".join(_exhibit(each) if isinstance(each, Exhibit) else _table(each) for each in chapter.shown)
    return f'<section id="{chapter.name}"><h2>{escape(chapter.title)}</h2>{words}{shown}</section>'


def _exhibit(exhibit: Exhibit) -> str:
    chart = exhibit.chart
    # As text: plotly checks every value of a figure that it is given again, which takes longer than all the rest.
    figure = json.loads(chart.figure.to_json())
    figure["layout"]["template"] = _LIGHT
    name, description = escape(exhibit.name), escape(chart.description)
    height = int(chart.figure.layout.height or _USUAL_HEIGHT)
    return (
        f'<figure><figcaption><p class="finding">{escape(exhibit.finding)}</p>'
        f'<p class="measure">{escape(exhibit.measure)}</p></figcaption>'
        f'<div class="plot" id="{name}" role="img" aria-label="{description}" style="height: {height}px"></div>'
        f"<noscript><p>{description}</p></noscript>"
        f'<script type="application/json" id="{name}-data">{_in_script(json.dumps(figure, separators=(",", ":")))}</script>'
        f"{_data(chart.table)}</figure>"
    )


def _data(table: pd.DataFrame) -> str:
    if len(table) > _MOST_ROWS or len(table.columns) > _MOST_ROWS:
        return ""
    return f"<details><summary>The data of this chart</summary>{_grid(DataTable('', '', '', table))}</details>"


def _table(table: DataTable) -> str:
    return (
        f'<div class="table"><p class="finding">{escape(table.title)}</p><p class="measure">{escape(table.measure)}</p>'
        f"{_grid(table)}</div>"
    )


def _grid(table: DataTable) -> str:
    numbers = [pd.api.types.is_numeric_dtype(column) or str(name) in table.writers for name, column in table.data.items()]
    head = "".join(
        f'<th scope="col"{_aligned(number)}>{escape(str(name))}</th>' for name, number in zip(table.data, numbers, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{_aligned(number)}>{escape(cell)}</td>" for cell, number in zip(row, numbers, strict=True))
        + "</tr>"
        for row in table.rows()
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _aligned(number: bool) -> str:
    return ' class="number"' if number else ""


def _closing(report: Report) -> Iterable[str]:
    made = report.provenance
    method = "".join(f"<h3>{escape(title)}</h3><p>{escape(text)}</p>" for title, text in report.method)
    limits = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.limits)
    glossary = "".join(f"<dt>{escape(term)}</dt><dd>{escape(meaning)}</dd>" for term, meaning in report.glossary)
    digests = "".join(f"<dt>{escape(name)}</dt><dd><code>{digest}</code></dd>" for name, digest in made.models.items())
    versions = (
        _pairs(((PRODUCT, made.version), *made.libraries.items(), ("Seed", str(made.seed))))
        + f"<h3>SHA-256 of the scenario</h3><p><code>{made.scenario}</code></p>"
        + f'<h3>SHA-256 of the models</h3><dl class="digests">{digests}</dl>'
    )
    contents = (method, f"<ul>{limits}</ul>", f"<dl>{glossary}</dl>", versions)
    for (name, title), content in zip(_ENDS, contents, strict=True):
        yield f'<section id="{name}"><h2>{title}</h2>{content}</section>'


def _pairs(pairs: Iterable[tuple[str, Any]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in pairs)
    return f'<dl class="pairs">{rows}</dl>'


def _page_edges(report: Report) -> str:
    """Say what stands above and below each page when it is printed."""
    above = f"Company of {report.scenario.company_size:,} people" + (", form for publication" if report.publishable else "")
    below = f"{PRODUCT} {report.provenance.version}, {_day(report.made)}"
    return f":root {{ --above: {_quoted(above)}; --below: {_quoted(below)}; }}\n"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _quoted(text: str) -> str:
    """Write a text as a string of CSS."""
    return json.dumps(text).replace("<", "\\3c ")


def _in_script(text: str) -> str:
    """Write JSON so that nothing in it ends the script or opens a comment."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")
