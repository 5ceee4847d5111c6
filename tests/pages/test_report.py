"""Report: the page makes what the library makes, when asked for, and keeps it to this visitor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from core import report, study
from core.charts import findings
from core.report import html
from core.scenario import Scenario
from core.staff import Staff
from ui import own_data, reporting

PATH = "pages/34_Report.py"
KEPT, KEPT_OF_OWN = "report_made", "own_data_report"


def make(page):
    next(button for button in page.driver.button if button.label == "Make the report").click().run()
    assert page.problems() == []
    return page


def offered(page):
    return [button.proto.label for button in page.driver.get("download_button")]


def test_the_page_states_what_the_report_will_state(opened):
    page = opened(PATH, people="300")
    headline, uncertainty = findings.of_risk(study.run(Scenario(company_size=300)))
    assert headline.split("*")[1] in page.text()
    assert uncertainty in page.text()
    assert offered(page) == ["Scenario file", "Script"]
    assert KEPT not in page.driver.session_state


@pytest.mark.parametrize("form", ["full", "publishable"])
def test_the_report_is_the_librarys(opened, form):
    page = opened(PATH, people="80", repeats="5", form=form)
    assert not page.driver.warning
    make(page)
    made = page.driver.session_state[KEPT].report
    scenario = Scenario(company_size=80, repeats=5)
    computed = report.gather(scenario, study.load_evidence())
    wanted = report.contents(computed, made=date.today(), smallest=10 if form == "publishable" else None)
    assert made.figures() == wanted.figures()
    assert html.to_html(made) == html.to_html(wanted)
    assert "Report, HTML" in offered(page)
    assert ("Impact assessment, Word" in offered(page)) == (form == "full")
    texts = [block.value for block in page.driver.code]
    assert texts == ([wanted.assessment.to_text().strip()] if form == "full" else [])
    assert page.url() == {"people": "80", "repeats": "5"} | ({"form": form} if form != "full" else {})


def test_a_linked_report_is_the_librarys(opened):
    page = make(opened(PATH, people="40", repeats="5", linkage="posterior", ages="exact", attacker="lda"))
    made = page.driver.session_state[KEPT].report
    scenario = Scenario(company_size=40, repeats=5, linkage="posterior", age_knowledge="exact", attacker="lda")
    wanted = report.contents(report.gather(scenario, study.load_evidence()), made=date.today())
    assert made.figures() == wanted.figures()
    assert wanted.headline.split("*")[1] in page.text()


def test_another_scenario_or_form_asks_for_another_report(opened):
    page = make(opened(PATH, people="80", repeats="5"))
    assert page.driver.success
    page.driver.segmented_control(key="view_form").set_value("publishable").run()
    assert not page.driver.success
    page.driver.segmented_control(key="view_form").set_value("full").run()
    assert page.driver.success


def test_a_company_too_large_for_its_linkage_has_a_report(opened):
    page = make(opened(PATH, people="5000", repeats="5", linkage="assignment"))
    assert page.driver.success


def test_a_report_on_own_staff_stays_with_the_visitor_and_goes_with_the_data(opened):
    counts = np.zeros((80, 2, 4), dtype=np.int64)
    counts[29, 0, 0], counts[40, 1, 1] = 50, 23
    page = opened(PATH, people="300", repeats="5")
    page.driver.session_state["own_data_source"], page.driver.session_state["own_data_staff"] = own_data.OWN, Staff(counts)
    make(page)
    made = page.driver.session_state[KEPT_OF_OWN].report
    assert made.staff is not None
    assert made.scenario.company_size == 73
    assert page.url() == {"people": "300", "repeats": "5"}
    assert any("your own staff" in caption.value for caption in page.driver.caption)
    other = opened(PATH, people="300", repeats="5")
    assert KEPT_OF_OWN not in other.driver.session_state
    assert not any("your own staff" in caption.value for caption in other.driver.caption)
    page.driver.button(key="forget_own_data").click().run()
    assert KEPT_OF_OWN not in page.driver.session_state
    assert page.problems() == []


def test_nothing_of_the_report_is_in_a_shared_cache():
    source = Path(reporting.__file__).read_text("utf-8")
    assert "cache_resource" not in source
    assert "cache_data" not in source
