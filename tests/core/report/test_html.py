import json
import re
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from core.charts import Chart
from core.report import html
from tests.core.report.conftest import parsed

LARGEST = 6_000_000
HOSTILE = '</script><script>alert("1")</script><!-- <img src=https://example.org/x.png onerror=alert(2)> & \' "'


def test_every_element_is_closed_and_every_name_is_used_once(read_full):
    names = [attributes["id"] for _, attributes in read_full.tags if "id" in attributes]
    assert len(names) == len(set(names))
    links = [attributes["href"] for tag, attributes in read_full.tags if tag == "a"]
    assert len(links) >= 8
    assert all(link.startswith("#") and link[1:] in names for link in links)
    assert [tag for tag, _ in read_full.tags].count("h1") == 1


def test_nothing_is_asked_of_the_network(full, read_full):
    for tag, attributes in read_full.tags:
        assert not {"src", "srcset", "action", "data", "poster", "background"} & set(attributes), tag
        assert tag not in ("link", "iframe", "object", "embed", "base", "form", "img")
    own = html.to_html(full).replace(get_plotlyjs(), "")
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket|EventSource|importScripts|sendBeacon", own)
    assert not re.search(r"https?://", own)
    policies = [attributes["content"] for tag, attributes in read_full.tags if attributes.get("http-equiv")]
    assert policies == ["default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"]


def test_it_is_small_and_holds_plotlys_script_once(full):
    text = html.to_html(full)
    assert len(text.encode()) < LARGEST
    assert text.count(get_plotlyjs()) == 1


def test_charts_are_the_reports_with_a_text_each(full, read_full):
    shown = {each.name: each.chart for each in full.exhibits()}
    texts = {
        attributes["id"]: attributes["aria-label"] for _, attributes in read_full.tags if attributes.get("class") == "plot"
    }
    assert texts == {name: chart.description for name, chart in shown.items()}
    embedded = {
        attributes["id"].removesuffix("-data"): json.loads(text)
        for attributes, text in read_full.scripts
        if attributes.get("type") == "application/json"
    }
    assert embedded.keys() == shown.keys()
    for name, figure in embedded.items():
        assert figure["data"] == json.loads(shown[name].figure.to_json())["data"]
        assert figure["layout"]["template"]["layout"]["paper_bgcolor"] == "white"


def test_every_figure_in_words_is_on_the_page(full, read_full):
    text = " ".join(read_full.text)
    for words in (full.uncertainty, *full.limits, *(meaning for _, meaning in full.glossary)):
        assert words in text
    for each in full.tables():
        assert each.title in text
        for row in each.rows():
            assert all(cell in read_full.cells for cell in row if cell)
    for digest in (full.provenance.scenario, *full.provenance.models.values()):
        assert digest in text


def test_tables_of_many_rows_are_left_to_the_zip(full, read_full):
    assert len(full.data()["simulated-companies"]) <= 60
    assert "company size" in read_full.cells
    assert "age bins of 40 years" in read_full.cells
    wide = next(full.exhibits()).chart
    many = Chart(wide.figure, wide.table.loc[np.zeros(61, dtype=int)], wide.description)
    chapter = replace(full.chapters[1], shown=(replace(next(full.exhibits()), chart=many),))
    assert "The data of this chart" not in html.to_html(replace(full, chapters=(chapter,)))


def test_hostile_words_stay_words(full):
    exhibit = next(full.exhibits())
    chart = Chart(
        go.Figure({"data": [{"type": "bar", "name": HOSTILE, "x": [HOSTILE], "y": [1]}]}), exhibit.chart.table, HOSTILE
    )
    bad = replace(exhibit, chart=chart, finding=HOSTILE, measure=HOSTILE)
    chapter = replace(full.chapters[0], title=HOSTILE, words=(HOSTILE,), shown=(bad,))
    page = parsed(html.to_html(replace(full, chapters=(chapter,), headline=f"{HOSTILE} *7* {HOSTILE}", uncertainty=HOSTILE)))
    assert "img" not in [tag for tag, _ in page.tags]
    assert not any(
        "alert" in text
        for attributes, text in page.scripts
        if attributes.get("type") != "application/json" and len(text) < 5_000
    )
    (figure,) = [json.loads(text) for attributes, text in page.scripts if attributes.get("type") == "application/json"]
    assert figure["data"][0]["name"] == HOSTILE


@pytest.mark.parametrize("part", ["size: A4", "break-inside: avoid", "counter(page)"])
def test_it_says_how_it_is_printed(full, part):
    assert part in html.to_html(full)


def test_the_same_report_gives_the_same_bytes(full):
    assert html.to_html(full) == html.to_html(full)
