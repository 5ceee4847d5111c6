"""The page *Protect*: recorded figures at once, others measured beside the page, and a chart of all of them."""

from __future__ import annotations

import re
import threading
from itertools import product

import numpy as np
import pytest

from core import charts, protection, study
from core.demographics import AgeBins
from core.faces import generator
from core.protection import METHODS
from core.scenario import Scenario, from_strings
from core.study import protections
from ui import background, protecting

PROTECT = "pages/32_Protect.py"
RECORDED = study.load_frontier()
WAIT = 120


@pytest.fixture
def few_faces(monkeypatch):
    """Measure on few faces against attackers that are trained at once, and leave nothing of it to other tests."""
    monkeypatch.setattr(study, "ON_A_PAGE", ("logistic", "lda"))
    for name, value in (("KNOWN_ON_A_PAGE", 400), ("TESTED_ON_A_PAGE", 300), ("POOL_PER_KIND", 1)):
        monkeypatch.setattr(protections, name, value)
    protecting._shelves.clear()
    yield
    protecting._shelves.clear()


@pytest.fixture
def blocked():
    """Keep the one worker busy, so that other work waits."""
    release = threading.Event()
    background.start("blocked for the page", lambda _: release.wait(WAIT), steps=1)
    yield release
    release.set()


def visitor_scenario(url):
    names = {"people": "company_size", "years": "age_bin_width", "women": "female_percent", "races": "race_percents"}
    return from_strings({names.get(name, name): value for name, value in url.items()})[0]


def press(page, label):
    next(button for button in page.driver.button if button.label == label).click().run()


def measured(page, url):
    """Press the button and wait until the work has ended."""
    press(page, "Measure this protection")
    assert page.problems() == []
    name = protecting.job(visitor_scenario(url), (url["protection"], int(url["strength"])))
    assert background.job(name).future.exception(WAIT) is None
    page.driver.run()


def test_recorded_figures_are_there_at_once(opened):
    page = opened(PROTECT)
    none, leace = RECORDED.points[0], RECORDED.point("leace", 20)
    assert (
        f"{charts.percent(leace.expected_reidentified)} ({charts.percent(leace.low)} to {charts.percent(leace.high)})"
        in page.text()
    )
    assert "Recorded on generated faces" in page.text()
    wanted = charts.protection_table(none, leace, RECORDED.majority, company_size=100, gallery=100)
    assert page.driver.table[0].value.equals(wanted)
    ring = page.charts()["protections"]["data"][2]
    assert (ring["x"][0], ring["y"][0]) == (leace.equal_error_rate, leace.expected_reidentified)
    assert METHODS["leace"].caution in [warning.value for warning in page.driver.warning]
    assert any(warning.value.startswith("It looks safer than it is") for warning in page.driver.warning)
    assert page.url() == {}


@pytest.mark.parametrize("point", RECORDED.points, ids=lambda point: f"{point.method} {point.strength}")
def test_every_recorded_protection_has_a_page(opened, point):
    url = {"protection": point.method} | ({} if point.strength is None else {"strength": f"{point.strength:g}"})
    page = opened(PROTECT, **url)
    assert page.problems() == []
    assert page.problems_of_link() == []
    named, error = charts.percent(point.expected_reidentified), charts.percent(point.equal_error_rate)
    assert page.driver.table[0].value.iloc[0, -1].startswith(f"{named} (")
    assert page.driver.table[0].value.loc["Equal error rate"].iloc[-1].startswith(f"{error} (")
    rates = [button.label for button in page.driver.button]
    assert "Measure it again now" in rates
    assert ("Embeddings protected per second" in page.driver.table[0].value.index) == (point.method != "none")
    assert not re.search(r"\bnan\b", page.text())


def test_controls_choose_protection_and_strength(opened):
    page = opened(PROTECT)
    page.driver.selectbox(key="control_protection").set_value("noise").run()
    assert page.url() == {"protection": "noise"}
    page.driver.select_slider(key="control_strength_noise").set_value(0.02).run()
    assert page.url() == {"protection": "noise", "strength": "0.02"}
    assert "Gaussian noise at 0.02" in page.driver.table[0].value.columns
    page.driver.selectbox(key="control_protection").set_value("null-space").run()
    page.driver.slider(key="control_strength_null-space").set_value(2).run()
    assert page.url() == {"protection": "null-space", "strength": "2"}
    page.driver.slider(key="control_strength_null-space").set_value(5).run()
    assert page.url() == {"protection": "null-space"}
    page.driver.selectbox(key="control_protection").set_value("none").run()
    assert not [slider for slider in page.driver.slider if slider.key.startswith("control_strength")]
    assert page.driver.table[0].value.columns.tolist() == ["Without protection"]
    page.driver.segmented_control(key="view_tested").set_value("real").run()
    assert page.problems() == []
    real = study.load_frontier("protections_real.json")
    drawn = page.charts()["protections"]["data"][1]
    assert np.allclose(drawn["y"], [point.expected_reidentified for point in real.points])
    assert page.url() == {"protection": "none", "tested": "real"}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ({"protection": "leace", "strength": "50"}, "must be 1 to 40, got 50; 20 is used instead"),
        ({"protection": "leace", "strength": "2.5"}, "got 2.5; 20 is used instead"),
        ({"protection": "none", "strength": "3"}, "None has no strength to choose, got 3; it is left out"),
        ({"strength": "much"}, "is used instead"),
        ({"protection": "magic", "strength": "10"}, "Protection must be one of none, noise"),
    ],
)
def test_bad_choices_in_a_link_fall_back_with_a_sentence(opened, url, sentence):
    page = opened(PROTECT, **url)
    assert page.problems() == []
    (problem,) = page.problems_of_link()
    assert sentence in problem
    assert "strength" not in page.url() or page.url()["strength"] == "10"


def test_what_was_not_measured_says_so(opened):
    page = opened(PROTECT, people="70", years="10", protection="projection", strength="5")
    assert page.problems() == []
    assert "has not been measured yet" in page.text()
    assert not page.driver.table
    assert "The chosen strength is not among them" in page.text()
    assert "Your company is another one" in page.text()
    assert [name for name in page.charts() if name != "first_paint"] == ["protections"]


@pytest.mark.usefixtures("few_faces")
def test_figures_are_the_librarys_and_serve_every_company(opened):
    url = {"people": "70", "protection": "leace", "strength": "15", "youngest": "30"}
    page = opened(PROTECT, **url)
    measured(page, url)
    assert page.problems() == []
    assert "Measured just now" in page.text()
    scenario = Scenario(company_size=70, youngest=30)
    material = study.material_on_a_page(scenario, study.load_evidence().population(scenario), generator.load())
    prepared = protection.prepare(material, seed=0, names=study.ON_A_PAGE)
    for size, width in product((70, 5_000), (20, 5)):
        page.driver.number_input(key="control_size_exact").set_value(size).run()
        page.driver.slider(key="control_width").set_value(width).run()
        assert page.problems() == []
        here = prepared.for_company(size, AgeBins(width))
        none, leace = (study.protect(*choice, here) for choice in (("none", None), ("leace", 15)))
        privacy, utility = leace.effect.privacy, leace.effect.utility
        assert utility.gallery == min(size, 1_000)
        wanted = charts.protection_table(
            none.point(), leace.point(), privacy.majority, company_size=size, gallery=utility.gallery
        )
        shown = page.driver.table[0].value
        assert shown.drop("Embeddings protected per second").equals(wanted.drop("Embeddings protected per second"))
        accepted = page.charts()["verified"]["data"][1]["x"]
        assert np.allclose(accepted, utility.curve.false_match[utility.curve.false_match > 0])
        assert page.charts()["still_read"]["data"][-1]["x"] == pytest.approx(list(leace.point().accuracy.values()))


@pytest.mark.usefixtures("few_faces")
def test_other_people_need_no_second_training(opened):
    url = {"protection": "leace", "strength": "15", "people": "70"}
    page = opened(PROTECT, **url)
    measured(page, url)
    first = background.job(protecting.job(Scenario(), ("leace", 15))).steps
    page = opened(PROTECT, **url, youngest="40")
    assert "has not been measured yet" in page.text()
    measured(page, url | {"youngest": "40"})
    again = background.job(protecting.job(Scenario(youngest=40), ("leace", 15))).steps
    # Generating and preparing; then twice fitting, two attackers and comparing pictures; later twice without the attackers.
    assert (first, again) == (2 + 2 * 4, 2 + 2 * 2)
    assert "Measured just now" in page.text()


@pytest.mark.usefixtures("few_faces")
@pytest.mark.parametrize(
    "company",
    [
        {"people": "2", "youngest": "79", "races": "0-0-0-100", "years": "1"},
        {"people": "1000000", "youngest": "80", "oldest": "80", "races": "100-0-0-0", "women": "0", "years": "40"},
    ],
)
def test_odd_companies_have_a_page(opened, company):
    page = opened(PROTECT, protection="projection", strength="3", **company)
    measured(page, company | {"protection": "projection", "strength": "3"})
    assert page.problems() == []
    assert "Measured just now" in page.text()
    assert not re.search(r"\bnan\b", page.text())
    assert not page.driver.table[0].value.isin(["nan%"]).any().any()
    assert page.driver.table[0].value.loc["Named by an attacker that never saw it"].iloc[-1] == "other numbers"
    # No protection of this company is measured now, too, and needs no work of its own.
    page.driver.selectbox(key="control_protection").set_value("none").run()
    assert "Without protection" in page.text()


def test_work_shows_its_progress_and_can_be_cancelled(opened, blocked):
    page = opened(PROTECT, protection="leace", strength="16")
    press(page, "Measure this protection")
    name = protecting.job(Scenario(), ("leace", 16))
    assert background.is_running(name)
    assert not [button for button in page.driver.button if button.label == "Measure this protection"]
    press(page, "Cancel")
    blocked.set()
    assert isinstance(background.job(name).future.exception(WAIT), background.CancelledError)
    page.driver.run()
    assert page.problems() == []
    assert any(told.value.startswith("Cancelled") for told in page.driver.info)
    assert [button for button in page.driver.button if button.label == "Measure this protection"]
