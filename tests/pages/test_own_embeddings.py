"""Your embeddings: a file or a test result becomes the attacker of all pages, for this visitor alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from core import charts, study
from core.faces import generator, own, own_sample
from core.scenario import Scenario
from core.study import own_faces
from ui.own_data import PROMISE

PATH = "pages/33_Your_embeddings.py"


@pytest.fixture(scope="module")
def sample() -> bytes:
    return own_sample.sample_file(generator.load())


def button(page, label: str):
    return next(each for each in page.driver.button if each.label.startswith(label))


def wait(page, ready: Callable[[], bool]):
    """Run the page until work beside it has ended."""
    deadline = time.monotonic() + 60
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.2)
        page.driver.run()
    return page


def trained(page):
    button(page, "Train on these faces").click().run()
    return wait(page, lambda: any(each.key == "use_measured" for each in page.driver.button))


def upload(page, content: bytes, name: str):
    page.driver.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    return page


def test_one_click_shows_a_sample_that_is_trained_on_and_used(opened, sample):
    page = opened(PATH, people="50")
    assert PROMISE in page.text()
    button(page, "Use a sample").click().run()
    assert page.problems() == []
    assert "2,400 embeddings of 128 numbers, of 1,200 people, labelled with age, sex and race" in page.text()
    trained(page)
    assert page.problems() == []
    layout = own.Layout(("embedding",), "age", "sex", "race", "person")
    scenario = Scenario(company_size=50)
    evidence = study.load_evidence()
    attacker = own_faces.train(
        own.read(sample, "sample.parquet", layout),
        scenario.replace(attacker="logistic"),
        population=evidence.population(scenario),
    )
    found = study.run(scenario, evidence.with_attacker(attacker))
    named = charts.percent(found.exact.expected_reidentified)
    assert f"Measured: {attacker.words}. That is {named}, the exact expectation" in page.text()
    assert "confusion" in page.charts()
    button(page, "Use this attacker on all pages").click().run()
    assert page.problems() == []
    assert page.url() == {"people": "50"}
    page.driver.switch_page("app.py").run()
    assert f"That is {named} of them" in page.text()
    assert "Measured attacker; faces read by your own" in page.text()
    page.driver.switch_page("pages/11_What_a_faceprint_reveals.py").run()
    assert page.problems() == []
    assert "Your own attacker. Measured:" in page.text()
    page.driver.switch_page("pages/22_Stronger_attackers.py").run()
    assert page.problems() == []
    button(page, "Forget my data").click().run()
    page.driver.switch_page("app.py").run()
    assert "your own" not in page.text()
