from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from core import charts, shipped, study
from core.charts.style import INK, INK_ON_DARK, draw
from core.scenario import Scenario
from core.verification import Pairs


@pytest.fixture(scope="module")
def evidence():
    return study.load_evidence()


@pytest.fixture(scope="module")
def result(evidence):
    return study.run(Scenario(company_size=30, age_bin_width=15), evidence)


@pytest.fixture(scope="module")
def every_chart(evidence, result):
    scenario = result.scenario
    attack = study.attack(scenario, evidence)
    reading = study.read_attribute(scenario, evidence, "age")
    widths = study.by_width(scenario, evidence)
    drawn = study.draw(scenario, evidence)
    linked = study.link(scenario.replace(repeats=5), evidence, prepared=attack)
    spread = linked.success[1]
    recorded = shipped.read_json(shipped.COMPARISON)
    rng = np.random.default_rng(0)
    frontier = study.load_frontier()
    none, leace = frontier.points[0], frontier.point("leace", 20)
    pairs = Pairs(rng.uniform(0.2, 0.6, 50), rng.uniform(0.5, 1.2, 200))
    return {
        "class sizes": charts.class_sizes(result, study.at_sizes(attack, study.PAPER_SIZES)),
        "risk curve": charts.risk_curve(study.curve(scenario, attack), result),
        "map": charts.size_width_map([10, 100], widths, result),
        "exposure": charts.exposure(study.exposure(scenario, attack)["race"], grouping="race"),
        "simulated": charts.exact_against_simulated(result),
        "share named": charts.share_named({("svm", "cells"): spread, ("svm", "posterior"): spread}, random_guess=1 / 30),
        "success": charts.success(linked, linked),
        "pictures": charts.pictures({1: spread, 20: spread}, chosen=1),
        "reliability": charts.reliability(
            {name: values["sex"]["reliability"] for name, values in recorded["attackers"].items() if name != "none"},
            chosen="svm",
        ),
        "confusion": charts.confusion(reading.evaluation, attribute="age"),
        "roc": charts.roc_curves(reading),
        "tradeoff": charts.width_tradeoff(widths, company_size=30, chosen=15),
        "pyramid": charts.pyramid(drawn),
        "true classes": charts.true_classes(drawn),
        "embeddings": charts.two_embeddings(rng.standard_normal(128), rng.standard_normal(128), names=("a", "b")),
        "distances": charts.distances(pairs, threshold=0.55, metric="euclidean"),
        "protections": charts.protections(frontier, chosen=leace),
        "still read": charts.still_read(none, leace, frontier.majority),
        "verified": charts.verified((none, None), (leace, None)),
        "error rates": charts.error_rates_over_threshold(pairs, threshold=0.55, metric="euclidean"),
    }


def test_plotly_accepts_every_chart_as_it_is(every_chart):
    for chart in every_chart.values():
        assert json.loads(go.Figure(chart.figure.to_dict()).to_json()) == json.loads(chart.figure.to_json())


def test_plotly_would_refuse_an_unknown_property():
    with pytest.raises(ValueError, match="colour"):
        go.Figure(draw([{"type": "bar", "colour": "red"}], x={}, y={}, height=100).to_dict())


def test_every_chart_has_axes_a_table_and_a_text(every_chart):
    for name, chart in every_chart.items():
        assert len(chart.description) > 60, name
        assert chart.description.endswith("."), name
        assert len(chart.table) > 0, name
        assert not chart.table.isna().any().any(), name
        titles = [axis.title.text for axis in (*chart.figure.select_xaxes(), *chart.figure.select_yaxes())]
        assert any(titles), name
        hovers = [trace.hovertemplate for trace in chart.figure.data if trace.hoverinfo != "skip"]
        assert all(hovers), name


def test_tables_are_csv_that_starts_no_formula(every_chart):
    for name, chart in every_chart.items():
        cells = [cell for line in chart.table.to_csv(index=False).splitlines() for cell in line.split(",")]
        assert not any(cell[:1] in "=+@" for cell in cells if cell), name


def test_class_sizes_put_the_chosen_company_among_the_papers(every_chart):
    chart = every_chart["class sizes"]
    assert chart.table["company size"].tolist() == [10, 30, 50, 100]
    assert [name.count("<b>") for name in chart.figure.data[0].y] == [0, 1, 0, 0]
    # Each bar is everyone: those read rightly by class size, and those read wrongly.
    assert np.sum([trace.x for trace in chart.figure.data], axis=0) == pytest.approx([1, 1, 1, 1])


def test_the_chosen_company_is_drawn_once(evidence):
    scenario = Scenario(company_size=50)
    attack = study.attack(scenario, evidence)
    chart = charts.class_sizes(study.run(scenario, evidence), study.at_sizes(attack, study.PAPER_SIZES))
    assert chart.table["company size"].tolist() == [10, 50, 100]


def test_the_curve_leaves_out_what_a_logarithmic_axis_cannot_show(every_chart):
    band = every_chart["risk curve"].figure.data[0]
    assert min(band.y) > 0
    assert (every_chart["risk curve"].table["2.5th percentile of companies"] >= 0).all()


def test_a_curve_that_falls_below_a_guess_says_so(evidence):
    scenario = Scenario(age_bin_width=1)
    chart = charts.risk_curve(study.curve(scenario, study.attack(scenario, evidence)), study.run(scenario, evidence))
    assert "is in part below a random guess" in chart.description


def test_the_map_shows_e(evidence, every_chart):
    chart = every_chart["map"]
    exact = study.run(Scenario(company_size=100, age_bin_width=15), evidence).exact.expected_reidentified
    assert chart.table.loc[1, "age bins of 15 years"] == pytest.approx(exact)
    assert 10 ** chart.figure.data[0].z[14][1] == pytest.approx(100 * exact)


def test_pyramids_hold_everyone(every_chart):
    chart = every_chart["pyramid"]
    assert chart.table["people"].sum() == 30
    assert sum(np.abs(trace.x).sum() for trace in chart.figure.data) == 30
    assert sum(trace.customdata.sum() for trace in chart.figure.data) == 30


def test_dark_pages_get_light_text_on_pale_colours(every_chart):
    chart = every_chart["class sizes"]
    dark = charts.on_dark_page(chart)
    before, after = ([trace.insidetextfont.color for trace in each.figure.data] for each in (chart, dark))
    assert before == ["white"] + [INK] * 5
    assert after == ["white"] + [INK_ON_DARK] * 5
    assert charts.on_dark_page(every_chart["confusion"]).figure.data[0].textfont.color == INK_ON_DARK


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0668, "6.7%"),
        (1, "100.0%"),
        (0, "0.0%"),
        (0.01, "1.0%"),
        (0.0074, "0.74%"),
        (2.1e-5, "0.0021%"),
        (-0.005, "-0.50%"),
        (-0.12, "-12.0%"),
        (0.00996, "1.00%"),
    ],
)
def test_percent_keeps_two_digits_of_small_shares(share, words):
    assert charts.percent(share) == words


@pytest.mark.parametrize(
    ("share", "size", "words"),
    [
        (0.0668, 100, "about 7 people"),
        (0.0142, 100, "about 1.4 people"),
        (0.5, 2, "about one person"),
        (0.001, 100, "fewer than one person"),
        (0.0123, 1_000_000, "about 12,300 people"),
    ],
)
def test_people_are_rounded_to_what_a_reader_needs(share, size, words):
    assert charts.people(share, size) == words
