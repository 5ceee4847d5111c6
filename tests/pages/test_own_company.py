"""Own staff on the pages: brought in three ways, used on all pages, kept to one visitor, and forgotten at a click."""

from __future__ import annotations

import ast
from dataclasses import fields, replace

import numpy as np
import pytest
from streamlit.runtime.caching.cache_resource_api import _resource_caches

from core import charts, company, staff, study
from core.charts import findings
from core.scenario import Scenario
from core.study import protections
from tests.pages.conftest import ROOT, Page
from ui import background, own_data, protecting

COMPANY, RISK, STRONGER = "pages/31_The_company.py", "pages/21_Re-identification_risk.py", "pages/22_Stronger_attackers.py"
PROTECT = "pages/32_Protect.py"
CENSUS = company.load_census().population()
LIST = "name;Age;Gender;race;number\nSecret Person;30–39;w;white;20\nOther Person;50+;m;;17\n".encode("utf-8-sig")
LISTED = staff.from_file(LIST, "staff.csv", population=CENSUS)


@pytest.fixture(scope="module")
def evidence():
    return study.load_evidence()


def own_staff(opened, **url: str) -> Page:
    page = opened(COMPANY, **url)
    page.driver.segmented_control(key="control_own_source").set_value("own").run()
    return page


def by_file(page: Page, content: bytes = LIST, name: str = "staff.csv") -> Page:
    page.driver.segmented_control(key="control_own_way").set_value("file").run()
    key = next(each.key for each in page.driver.file_uploader)
    page.driver.file_uploader(key=key).set_value((name, content, "text/csv")).run()
    return page


def use(page: Page) -> Page:
    page.driver.button(key="use_own_company").click().run()
    assert page.problems() == []
    return page


def held_in_shared_caches() -> dict[str, int]:
    """Number of results in each shared cache, by the function's name."""
    return {
        f"{key}-{cache.display_name}": len(cache._mem_cache)
        for key, cache in _resource_caches._function_caches.get(None, {}).items()
    }


def test_an_uploaded_list_is_the_company_of_every_page(opened, evidence):
    page = use(by_file(own_staff(opened, people="500", women="60")))
    scenario, own = Scenario(company_size=37, female_percent=60), replace(evidence, staff=LISTED.counts)
    drawn = study.draw(scenario, own)
    assert f"{charts.percent(drawn.risk.class_size_shares['1'])}" in page.text()
    assert "Exact for your company" in page.text()
    table = page.charts()["true_classes"]["data"][0]["customdata"]
    assert np.sum(table) == 37
    page.driver.switch_page(RISK).run()
    assert page.problems() == []
    assert "Your company: 37 people, from your own list." in page.text()
    assert not [slider for slider in page.driver.select_slider if slider.key == "control_size_slider"]
    found = study.run(scenario, own)
    for sentence in findings.of_risk(found):
        assert sentence.replace("*", "") in page.text().replace("<b>", "").replace("</b>", "")
    # The address keeps the choice of before, and tells nothing of the list.
    assert page.url() == {"people": "500", "women": "60"}


def test_the_list_is_said_back_before_it_is_used(opened):
    page = by_file(own_staff(opened))
    assert "**Understood:** 37 people, 54.1% of them women, aged 30 to " in page.text()
    for note in LISTED.notes:
        assert note in page.text()
    assert own_data.PROMISE in page.text()
    assert "true_classes" not in page.charts()
    assert "Secret Person" not in str(page.driver.session_state.to_dict())


def test_a_bad_list_is_a_sentence_and_leaves_the_former_one(opened):
    page = use(by_file(own_staff(opened)))
    by_file(page, b"age,sex,race\n31,f,white\n205,f,white\n", "worse.csv")
    assert page.problems() == []
    (error,) = page.driver.error
    assert error.value.startswith("worse.csv, row 3: age must be whole years from 14 to 80")
    assert error.value.endswith("The company in use stays as it was.")
    assert "205" not in error.value
    assert page.driver.session_state["own_data_staff"].size == 37
    by_file(page, b"\x00\x01\x02", "worst.xlsx")
    assert page.problems() == []
    assert len(page.driver.error) == 1
    assert page.driver.session_state["own_data_staff"].size == 37


def test_a_table_is_edited_in_the_page(opened):
    page = own_staff(opened)
    assert page.driver.info[0].value == "Fill in how many people there are of each kind."
    (key,) = [name for name in page.driver.session_state.to_dict() if name.startswith("control_own_table")]
    page.driver.session_state[key] = {
        "edited_rows": {0: {"people": 12}, 1: {"people": 8, "race": "Black"}},
        "added_rows": [{"age": "44", "sex": "Male", "race": "Indian", "people": 5}],
        "deleted_rows": [9],
    }
    page.driver.run()
    assert "**Understood:** 25 people, 48.0% of them women" in page.text()
    use(page)
    counts = page.driver.session_state["own_data_staff"].counts
    assert counts.sum() == 25
    assert counts[43, 0, 3] == 5
    assert counts[:29, 0, 1].sum() == 8
    # Who comes back finds the table as it was.
    page.driver.switch_page(RISK).run()
    page.driver.switch_page(COMPANY).run()
    assert "**Understood:** 25 people" in page.text()


def test_a_wrong_cell_of_the_table_is_named(opened):
    page = own_staff(opened)
    (key,) = [name for name in page.driver.session_state.to_dict() if name.startswith("control_own_table")]
    page.driver.session_state[key] = {"edited_rows": {2: {"age": "elderly", "people": 3}}, "added_rows": [], "deleted_rows": []}
    page.driver.run()
    assert page.driver.error[0].value.startswith("The table, row 3: age must be whole years from 14 to 80")


def test_totals_alone_make_a_company(opened, evidence):
    page = own_staff(opened)
    page.driver.segmented_control(key="control_own_way").set_value("totals").run()
    page.driver.number_input(key="control_own_people").set_value(137).run()
    page.driver.toggle(key="control_own_women_known").set_value(True).run()
    page.driver.slider(key="control_own_women").set_value(41).run()
    page.driver.slider(key="control_own_ages").set_value((20, 64)).run()
    wanted = staff.from_totals(137, population=CENSUS, female_share=0.41, youngest=20, oldest=64)
    assert wanted.notes[0] in page.text()
    use(page)
    assert (page.driver.session_state["own_data_staff"].counts == wanted.counts).all()
    page.driver.switch_page(STRONGER).run()
    assert page.problems() == []
    own = replace(evidence, staff=wanted.counts)
    scenario = Scenario(company_size=137, repeats=50)
    linked = study.link(scenario, own, prepared=study.attack(scenario, own))
    assert "50 simulated leaks of these people" in page.text()
    assert charts.percent(linked.success[1].mean) in page.text()


def test_one_may_go_back_to_the_census_and_to_the_list(opened):
    page = use(by_file(own_staff(opened, people="500")))
    page.driver.segmented_control(key="control_own_source").set_value("census").run()
    assert page.problems() == []
    assert "In this company of 500" in page.text()
    page.driver.segmented_control(key="control_own_source").set_value("own").run()
    assert "In this company of 37" in page.text()


def test_a_click_forgets_everything(opened):
    page = use(by_file(own_staff(opened, people="500")))
    page.driver.switch_page(RISK).run()
    page.driver.button(key="forget_own_data").click().run()
    assert page.problems() == []
    assert "Your company" not in page.text()
    assert page.driver.select_slider(key="control_size_slider").value == 500
    assert [name for name in page.driver.session_state.to_dict() if name.startswith("own_data_")] == []
    assert not [button for button in page.driver.button if button.key == "forget_own_data"]
    page.driver.switch_page(COMPANY).run()
    page.driver.segmented_control(key="control_own_source").set_value("own").run()
    page.driver.segmented_control(key="control_own_way").set_value("file").run()
    assert page.driver.file_uploader[0].value is None


PAGES = ["app.py", *sorted(f"pages/{path.name}" for path in (ROOT / "pages").glob("*.py"))]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_with_own_staff_and_leaves_no_trace_in_a_shared_cache(opened, path):
    url = {"people": "500", "years": "11"}
    page = use(by_file(own_staff(opened, **url)))
    before = held_in_shared_caches()
    page.driver.switch_page(path).run()
    assert page.problems() == []
    after = held_in_shared_caches()
    grown = {name for name in after if after[name] > before.get(name, 0)}
    assert {name for name in grown if not name.endswith(SHIPPED_ONLY)} == set()
    assert page.url() == url


def test_a_protection_measured_for_own_staff_stays_with_the_visitor(opened, monkeypatch):
    monkeypatch.setattr(study, "ON_A_PAGE", ("logistic", "lda"))
    for name, value in (("KNOWN_ON_A_PAGE", 400), ("TESTED_ON_A_PAGE", 300), ("POOL_PER_KIND", 1)):
        monkeypatch.setattr(protections, name, value)
    shared = protecting._shelves()
    before = [dict(getattr(shared, field.name)._kept) for field in fields(shared)]
    page = use(by_file(own_staff(opened)))
    page.driver.switch_page(PROTECT).run()
    assert "What LEACE" in page.text()
    assert "this company</b> has not been measured yet" in page.text()
    next(button for button in page.driver.button if button.label == "Measure this protection").click().run()
    (job,) = page.driver.session_state[background.OWN].values()
    assert job.future.exception(120) is None
    page.driver.run()
    assert page.problems() == []
    assert "could be named" in page.text()
    assert "with your mix of people, not on exactly your people" in page.text()
    assert [dict(getattr(shared, field.name)._kept) for field in fields(shared)] == before
    assert page.url() == {}


SHIPPED_ONLY = (
    "forests_of",
    "recorded_replication",
    "recorded_comparison",
    "recorded_protections",
    "shipped_evidence",
    "_jobs",
    "_workers",
    "_shelves",
    "sample_embeddings",
)


def test_two_visitors_never_see_each_others_company(opened):
    one, other = opened(RISK), opened(RISK)
    one.driver.switch_page(COMPANY).run()
    one.driver.segmented_control(key="control_own_source").set_value("own").run()
    use(by_file(one))
    one.driver.switch_page(RISK).run()
    other.driver.run()
    assert "Your company" in one.text()
    assert "Your company" not in other.text()
    assert "In a company of 100 people" in other.text().replace("<b>", "")
    assert one.charts()["class_sizes"]["data"] != other.charts()["class_sizes"]["data"]
    assert not any(name.startswith("own_data_") for name in other.driver.session_state.to_dict())


def test_nothing_that_rests_on_evidence_is_kept_in_a_cache_of_streamlit():
    # Functions under one of Streamlit's own decorators may load what ships, and call nothing that a visitor may change.
    kept = {}
    for path in [*(ROOT / "ui").glob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]:
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef) and any("cache_" in ast.unparse(each) for each in function.decorator_list):
                called = {ast.unparse(each.func) for each in ast.walk(function) if isinstance(each, ast.Call)}
                kept[function.name] = called - {
                    ast.unparse(each.func) for each in function.decorator_list if isinstance(each, ast.Call)
                }
    assert set(kept) <= {*SHIPPED_ONLY}
    for name, called in kept.items():
        assert not {each for each in called if each.split(".")[0] in ("evidence", "results", "visitor", "own_data")}, name
