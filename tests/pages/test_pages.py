"""Every page, run by Streamlit's own test driver: it opens cold, each control works, its figures are the library's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import charts, replication, shipped, study
from core.faces import generator
from core.scenario import Scenario
from core.verification import error_rates
from ui.navigation import NAVIGATION

PAGES = [path for group in NAVIGATION.values() for path in group]
REVEALS, EXPLAINED, PHOTO, RISK, STRONGER, COMPANY = PAGES[1:7]
METHOD = PAGES[-1]


@pytest.fixture(scope="module")
def evidence():
    return study.load_evidence()


def test_every_file_in_pages_is_in_the_navigation(request):
    root = request.config.rootpath
    assert set(PAGES) == {"app.py"} | {f"pages/{path.name}" for path in (root / "pages").glob("*.py")}


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_cold(opened, path):
    page = opened(path)
    assert page.problems() == []
    assert len(page.driver.title) == 1
    assert page.problems_of_link() == []
    assert "*" not in page.text().split("</div>")[0]


@pytest.mark.parametrize("path", PAGES)
def test_page_runs_by_itself(path, request):
    driver = AppTest.from_file(str(request.config.rootpath / path), default_timeout=60).run()
    assert [exception.message for exception in driver.exception] == []


@pytest.mark.parametrize("path", PAGES)
def test_page_opens_cold_with_another_scenario(opened, path):
    url = {
        "people": "3000",
        "years": "7",
        "women": "40",
        "races": "40-30-20-10",
        "youngest": "25",
        "oldest": "60",
        "protocol": "paper",
    }
    page = opened(path, **url)
    assert page.problems() == []
    assert page.url() == url


@pytest.mark.parametrize("path", PAGES)
def test_bad_values_of_a_link_fall_back_with_a_sentence(opened, path):
    page = opened(path, people="1e9", races="50-50-50-50", attribute="height", threshold="nan", protection="magic")
    assert page.problems() == []
    (warning,) = page.problems_of_link()
    for words in ("Company size must be", "add up to 100", "Attribute must be one of sex, age, race", "Threshold must be"):
        assert words in warning
    assert "Protection must be one of none, noise" in warning


@pytest.mark.parametrize("path", PAGES)
def test_the_choice_of_a_linkage_stays_in_the_url(opened, path):
    url = {"linkage": "assignment", "ages": "within 3"}
    page = opened(path, **url)
    assert page.problems() == []
    assert page.problems_of_link() == []
    assert page.url() == url


@pytest.mark.parametrize("path", PAGES)
def test_charts_carry_a_text_and_their_data(opened, path):
    page = opened(path)
    drawn = [chart for chart in page.driver.get("plotly_chart") if "first_paint" not in chart.proto.id]
    assert all(len(chart.proto.alt) > 60 for chart in drawn)
    data = [button for button in page.driver.get("download_button") if button.proto.id.endswith("_csv")]
    assert len(data) == len(drawn)


@pytest.mark.parametrize("path", PAGES)
def test_damaged_models_give_a_sentence(opened, path, monkeypatch):
    def damaged(*_):
        raise shipped.DamagedModelError("census.csv is not what was released")

    from ui import results

    results.shipped_evidence.clear()
    monkeypatch.setattr(study, "load_evidence", damaged)
    page = opened(path)
    assert page.problems() == []
    assert [error.value for error in page.driver.error] == ["Census.csv is not what was released."]
    results.shipped_evidence.clear()


@pytest.mark.parametrize("attribute", ["sex", "age", "race"])
def test_what_a_faceprint_reveals_shows_the_librarys_figures(opened, evidence, attribute):
    page = opened(REVEALS)
    page.driver.segmented_control(key="view_attribute").set_value(attribute).run()
    page.driver.segmented_control(key="control_protocol").set_value("paper").run()
    page.driver.slider(key="control_width").set_value(25).run()
    assert page.problems() == []
    scenario = Scenario(protocol="paper", age_bin_width=25)
    reading = study.read_attribute(scenario, evidence, attribute)
    assert np.allclose(page.charts()["confusion"]["data"][0]["z"], reading.evaluation.confusion)
    assert charts.percent(reading.evaluation.accuracy) in page.text()
    for low, high in reading.evaluation.intervals.values():
        assert f"{charts.percent(low)} to {charts.percent(high)}" in page.text()
    assert page.driver.info[0].value.startswith("In the paper each race")
    assert page.url() == {"protocol": "paper", "years": "25"} | ({"attribute": attribute} if attribute != "sex" else {})


def test_embeddings_explained_shows_the_librarys_figures(opened, evidence):
    taken = study.take_pictures(Scenario(), evidence, generator.load())
    page = opened(EXPLAINED)
    assert f"{taken.compare(0, same=True).distance:.2f}" in page.text()
    page.driver.segmented_control(key="view_pair").set_value("different").run()
    next(button for button in page.driver.button if button.label == "Another pair").click().run()
    compared = taken.compare(1, same=False)
    assert f"{compared.distance:.2f}" in page.text()
    assert np.allclose(page.charts()["two_embeddings"]["data"][0]["y"], compared.first)
    page.driver.slider(key="control_threshold").set_value(0.5).run()
    rates = error_rates(taken.pairs(), 0.5)
    assert f"{charts.percent(rates.false_match)} of two people match" in page.text()
    assert f"{charts.percent(rates.false_non_match)} of one person do not" in page.text()
    assert page.url() == {"pair": "different", "number": "1", "threshold": "0.5"}
    page.driver.segmented_control(key="view_metric").set_value("manhattan").run()
    assert page.problems() == []
    # A Euclidean threshold means nothing for the Manhattan distance.
    assert page.url() == {"pair": "different", "number": "1", "metric": "manhattan"}
    assert f"{taken.compare(1, same=False, metric='manhattan').distance:.2f}" in page.text()


def test_risk_page_shows_the_librarys_figures(opened, evidence):
    page = opened(RISK)
    page.driver.number_input(key="control_size_exact").set_value(250).run()
    page.driver.slider(key="control_width").set_value(10).run()
    page.driver.select_slider(key="control_repeats").set_value(200).run()
    page.driver.segmented_control(key="view_bears").set_value("race").run()
    assert page.problems() == []
    result = study.run(Scenario(company_size=250, age_bin_width=10, repeats=200), evidence)
    drawn = page.charts()
    assert sorted(drawn["exposure"]["data"][0]["x"]) == pytest.approx(sorted(result.by_group["race"].risk))
    assert drawn["exact_against_simulated"]["data"][0]["x"] == pytest.approx(result.simulated.expected_reidentified)
    shown = np.array(drawn["size_width_map"]["data"][0]["z"])
    sizes = study.curve_sizes()
    assert 10 ** shown[9, 0] / 100 == pytest.approx(study.by_width(Scenario(), evidence).expected(sizes)[0, 9])
    for reading in (result.readings.prosecutor, result.readings.journalist, result.readings.marketer):
        assert charts.percent(reading) in page.text()
    assert page.url() == {"people": "250", "years": "10", "repeats": "200", "bears": "race"}


def test_risk_page_shows_who_bears_it_by_intersections(opened, evidence):
    page = opened(RISK, bears="age, sex and race", years="5")
    scenario = Scenario(age_bin_width=5)
    groups = study.exposure(scenario, study.attack(scenario, evidence))["age, sex and race"].most_exposed(10)
    drawn = page.charts()["exposure"]["data"][0]
    assert drawn["x"] == pytest.approx(groups.risk[::-1])
    assert sum("(uncertain)" in label for label in drawn["y"]) == groups.uncertain.sum()


def test_stronger_attackers_shows_the_librarys_figures(opened, evidence):
    page = opened(STRONGER, people="30", repeats="20")
    page.driver.selectbox(key="control_attacker").set_value("svm").run()
    page.driver.selectbox(key="control_linkage").set_value("posterior").run()
    page.driver.selectbox(key="control_age_knowledge").set_value("within 3").run()
    page.driver.select_slider(key="control_pictures").set_value(5).run()
    page.driver.segmented_control(key="view_bears").set_value("race").run()
    page.driver.segmented_control(key="view_attribute").set_value("race").run()
    page.driver.segmented_control(key="view_tested").set_value("real").run()
    assert page.problems() == []
    scenario = Scenario(company_size=30, repeats=20, attacker="svm", linkage="posterior", age_knowledge="within 3", pictures=5)
    prepared = study.attack(scenario, evidence)
    linked = study.link(scenario, evidence, prepared=prepared)
    drawn = page.charts()
    assert drawn["success"]["data"][2]["y"] == pytest.approx([linked.success[rank].mean for rank in (1, 3, 5, 10)])
    assert drawn["pictures"]["data"][0]["y"][3] == pytest.approx(linked.success[1].mean)
    assert drawn["share_named"]["data"][1]["x"][3] == pytest.approx(linked.success[1].mean)
    groups = study.exposure(scenario, prepared, linked)["race"]
    assert sorted(drawn["exposure"]["data"][0]["x"]) == pytest.approx(sorted(groups.risk))
    recorded = shipped.read_json(shipped.COMPARISON_REAL)["attackers"]["svm"]["race"]
    assert drawn["reliability"]["data"][-1]["y"] == pytest.approx(recorded["reliability"]["right"])
    assert page.driver.table[0].value.loc["Support vectors", "Read rightly"].startswith(charts.percent(recorded["accuracy"]))
    for value in (linked.success[1].mean, linked.census_guess, linked.perfect_inference.mean, linked.advantage.mean):
        assert charts.percent(value) in page.text()
    assert page.url() == {
        "people": "30", "repeats": "20", "attacker": "svm", "linkage": "posterior", "ages": "within 3", "pictures": "5",
        "bears": "race", "attribute": "race", "tested": "real",
    }  # fmt: skip


def test_stronger_attackers_sets_a_strong_attack_beside_the_papers(opened):
    page = opened(STRONGER, people="20", repeats="10")
    assert "A stronger attack could name" in page.text()
    next(button for button in page.driver.button if button.label == "Take the strong attack").click().run()
    assert page.problems() == []
    assert "This attack could name" in page.text()
    assert page.url() == {"people": "20", "repeats": "10", "attacker": "mlp", "linkage": "assignment", "ages": "exact"}


@pytest.mark.parametrize(
    "url",
    [
        {"years": "1", "people": "30"},
        {"people": "2", "attacker": "mlp", "linkage": "assignment", "ages": "exact", "repeats": "1"},
        {"youngest": "79", "races": "0-0-0-100", "years": "1", "linkage": "posterior", "people": "10"},
        {"youngest": "80", "oldest": "80", "races": "100-0-0-0", "women": "0", "people": "10"},
    ],
)
def test_odd_companies_have_a_page(opened, url):
    for path in (RISK, STRONGER):
        page = opened(path, bears="age", **url)
        assert page.problems() == []
        assert "nan" not in page.text()


def test_a_threshold_beyond_the_slider_falls_back_with_a_sentence(opened):
    page = opened(EXPLAINED, threshold="15")
    assert page.problems() == []
    (warning,) = page.driver.warning
    assert warning.value.startswith("Threshold must be 0 to 1.4 for the Euclidean distance, got 15")
    page = opened(EXPLAINED, threshold="0")
    assert "At a threshold of 0.00" in page.text()


def test_pages_that_compare_cells_say_so(opened):
    assert "Names are looked up by cell here" in opened("app.py", linkage="assignment").text()


def test_the_strong_attack_can_be_taken_in_a_company_of_any_size(opened):
    page = opened(STRONGER, people="2000", repeats="5")
    next(button for button in page.driver.button if button.label == "Take the strong attack").click().run()
    assert page.url()["linkage"] == "posterior"
    assert page.charts()


def test_stronger_attackers_says_which_companies_are_too_large(opened):
    page = opened(STRONGER, people="5000", linkage="assignment")
    assert page.problems() == []
    (told,) = page.driver.info
    assert "up to 1,000 people" in told.value
    assert not page.charts()


def test_company_page_draws_the_wanted_company(opened, evidence):
    page = opened(COMPANY)
    page.driver.select_slider(key="control_size_slider").set_value(500).run()
    page.driver.slider(key="control_ages").set_range(25, 60).run()
    page.driver.toggle(key="control_women_own").set_value(True).run()
    page.driver.slider(key="control_women").set_value(30).run()
    page.driver.toggle(key="control_races_own").set_value(True).run()
    next(button for button in page.driver.button if button.label == "Draw another company").click().run()
    page.driver.radio(key="control_mapping").set_value("native-as-indian").run()
    assert page.problems() == []
    scenario = Scenario(
        company_size=500,
        youngest=25,
        oldest=60,
        female_percent=30,
        race_percents=(25, 25, 25, 25),
        seed=1,
        race_mapping="native-as-indian",
    )
    drawn = study.draw(scenario, evidence)
    assert f"{drawn.classes:,} classes; {drawn.people_alone:,} people are alone" in page.text()
    sizes = [size for row in page.charts()["true_classes"]["data"][0]["customdata"] for size in row]
    assert sorted(size for size in sizes if size) == sorted(drawn.class_sizes[drawn.class_sizes > 0].tolist())
    assert page.url()["races"] == "25-25-25-25"


def test_a_race_mix_that_is_no_100_percent_leaves_the_former_one(opened):
    page = opened(COMPANY, races="40-30-20-10")
    next(field for field in page.driver.number_input if field.label.startswith("White")).set_value(90)
    next(button for button in page.driver.button if button.label == "Use this mix").click().run()
    assert page.problems() == []
    assert "got a sum of 150. The former mix stays." in page.driver.error[0].value
    assert page.url() == {"races": "40-30-20-10"}


def test_method_page_sets_the_papers_figures_beside_the_recorded_ones(opened):
    page = opened(METHOD)
    recorded = shipped.read_json(shipped.REPLICATION)
    shown = page.driver.table[0].value
    assert shown.equals(replication.comparison(recorded, None))
    assert shown.loc["Sex: accuracy", "Paper"] == "91.8%"
    assert shown.loc["Share named of 100 people", "Real faces, recorded"] == f"{recorded['risk']['100']['ours']['exact']:.1%}"
    assert all(cell == "" for cell in shown["Generated faces, now"])


def test_comparison_shows_missing_figures_as_nothing():
    recorded = shipped.read_json(shipped.REPLICATION)
    table = replication.comparison(recorded, recorded)
    assert table.loc["Race, single labels: accuracy", "Paper"] == ""
    assert (table["Real faces, recorded"] == table["Generated faces, now"]).all()
    assert not any(isinstance(cell, float) and math.isnan(cell) for cell in table.to_numpy().ravel())
