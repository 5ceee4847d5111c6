"""The home page, run by Streamlit's own test driver: figures equal those of the library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core import charts, study
from core.scenario import Scenario

APP = Path(__file__).parents[2] / "app.py"


def opened(**url: str) -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=30)
    for name, value in url.items():
        page.query_params[name] = value
    return page.run()


def text(page: AppTest) -> str:
    return " ".join(block.proto.body for block in page.get("html"))


def figures(page: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def assert_shows(page: AppTest, scenario: Scenario) -> None:
    assert not page.exception
    result = study.run(scenario)
    assert charts.people(result.exact.expected_reidentified, scenario.company_size) in text(page)
    assert charts.percent(result.exact.expected_reidentified) in text(page)
    bars = figures(page)[0]["data"]
    row = sorted({scenario.company_size, 10, 50, 100}).index(scenario.company_size)
    shown = [bar["x"][row] for bar in bars]
    assert shown == pytest.approx([*result.exact.class_size_shares.values(), 1 - result.exact.correct])


def test_opens_cold_with_the_default_scenario():
    page = opened()
    assert_shows(page, Scenario())
    assert not page.warning


def test_every_control_changes_the_figures_and_the_url():
    page = opened()
    page.select_slider(key="control_size_slider").set_value(20).run()
    assert_shows(page, Scenario(company_size=20))
    page.number_input(key="control_size_exact").set_value(12_345).run()
    assert_shows(page, Scenario(company_size=12_345))
    page.slider(key="control_width").set_value(7).run()
    assert_shows(page, Scenario(company_size=12_345, age_bin_width=7))
    page.select_slider(key="control_repeats").set_value(500).run()
    assert_shows(page, Scenario(company_size=12_345, age_bin_width=7, repeats=500))
    assert {name: page.query_params[name] for name in page.query_params} == {
        "people": "12345", "years": "7", "repeats": "500",
    }  # fmt: skip


def test_controls_show_the_scenario_of_the_url():
    page = opened(people="777", years="9", protocol="paper")
    assert_shows(page, Scenario(company_size=777, age_bin_width=9, protocol="paper"))
    assert page.number_input(key="control_size_exact").value == 777
    assert page.select_slider(key="control_size_slider").value == 800
    assert page.slider(key="control_width").value == 9


def test_bad_values_of_the_url_fall_back_with_a_sentence():
    page = opened(people="1", years="9", repeats="<b>x</b>")
    assert_shows(page, Scenario(age_bin_width=9))
    sentences = [warning.value for warning in page.warning]
    assert any("Company size must be 2 to 1,000,000, got 1; 100 is used instead." in sentence for sentence in sentences)
    assert any("Repeats must be a whole number from 1 to 10,000" in sentence for sentence in sentences)


def test_charts_carry_a_text_and_their_data():
    page = opened()
    for chart in page.get("plotly_chart"):
        assert len(chart.proto.alt) > 80
    assert len(page.get("download_button")) == 2
