"""Your embeddings: a file or a test result becomes the attacker of all pages, for this visitor alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from core import charts, study
from core.demographics import RACES
from core.faces import generator, own, own_sample
from core.inference.declared import Declared, Statement
from core.scenario import Scenario
from core.study import own_attacker, own_faces
from ui import background
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
    assert f"Measured: logistic regression, {attacker.words}. That is {named}, the exact expectation" in page.text()
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


def wide(**changes) -> bytes:
    rng = np.random.default_rng(4)
    group = np.arange(400) % 8
    frame = pd.DataFrame(rng.standard_normal((400, 20)) + group[:, None], columns=[f"e{number}" for number in range(20)])
    frame = frame.assign(age=20 + np.arange(400) % 40, sex=np.array(["m", "f"])[group % 2])
    return frame.assign(race=np.array(RACES)[group // 2], **changes).to_csv(index=False, sep=";", decimal=",").encode("utf-16")


def test_a_file_of_another_network_is_read_and_its_columns_can_be_chosen(opened):
    page = upload(opened(PATH), wide(), "faces.csv")
    assert page.problems() == []
    assert "400 embeddings of 20 numbers, of unnamed people" in page.text()
    race = next(each for each in page.driver.selectbox if each.label == "Race")
    race.select_index(0)
    button(page, "Read these columns").click().run()
    assert page.problems() == []
    assert "labelled with age and sex" in page.text()
    assert "No labels of race: the attacker does not learn to read it" in page.text()
    trained(page)
    assert page.problems() == []
    assert "confusion" in page.charts()
    assert "Race, measured" not in page.text()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"age;sex\n1;f\n", "faces.csv", "faces.csv must have embeddings in a column with lists"),
        (b"PAR1", "faces.parquet", "faces.parquet is no Parquet file that can be read"),
        (b"PK\x03\x04", "faces.npz", "faces.npz is damaged"),
        (b"", "faces.csv", "faces.csv is empty"),
        (wide(age=134), "faces.csv", "faces.csv, column age, row 2, must be a whole number of years from 1 to 80, got '134'"),
        (
            wide(sex="a[x](http://y)"),
            "faces.csv",
            "column sex, row 2, must be male or female (m, f), got 'a\\[x\\](http://...'",
        ),
    ],
)
def test_a_bad_file_is_a_sentence_and_leaves_the_former_faces(opened, content, name, words):
    page = upload(opened(PATH), content, name)
    assert page.problems() == []
    assert words in page.driver.error[0].value
    assert "Understood" not in page.text()
    upload(page, wide(), "good.csv")
    assert not page.driver.error
    upload(page, content, name)
    assert page.driver.error[0].value.endswith("The former faces stay.")
    assert "400 embeddings of 20 numbers" in page.text()
    assert page.problems() == []


def field(page, kind: str, label: str):
    return next(each for each in getattr(page.driver, kind) if each.label == label)


def declare(page, sex: float, tested: int):
    field(page, "number_input", "Sex read rightly, %").set_value(sex)
    field(page, "number_input", "Faces of the test").set_value(tested).run()
    return page


def test_a_declared_attacker_is_that_of_the_library_on_every_page(opened):
    page = declare(opened(PATH), 95.0, 2_000)
    assert page.problems() == []
    evidence, scenario = study.load_evidence(), Scenario()
    stated = Declared({"sex": Statement("sex", 0.95), "race": Statement("race", 0.9), "age": Statement("age", 0.7)}, 2_000)
    attacker = own_attacker.from_test(
        stated, population=evidence.population(scenario), words="x", rng=np.random.default_rng([0, 62])
    )
    found = study.run(scenario, evidence.with_attacker(attacker))
    named = charts.percent(found.exact.expected_reidentified)
    low, high = charts.percent(found.estimate.low), charts.percent(found.estimate.high)
    assert f"Declared: stated by a test of 2,000 faces. That is {named}, the exact expectation; {low} to {high}" in page.text()
    next(each for each in page.driver.button if each.key == "use_declared").click().run()
    for path in ("app.py", "pages/21_Re-identification_risk.py", "pages/22_Stronger_attackers.py"):
        page.driver.switch_page(path).run()
        assert page.problems() == []
        assert "Declared attacker; faces read by your own, stated by a test of 2,000 faces" in page.text(), path
    page.driver.switch_page("pages/11_What_a_faceprint_reveals.py").run()
    assert "Your own attacker. Declared: 2,000 faces" in page.text()
    page.driver.switch_page(PATH).run()
    button(page, "Back to the shipped attackers").click().run()
    page.driver.switch_page("app.py").run()
    assert "your own" not in page.text()


def test_a_declared_attribute_joins_measured_ones(opened):
    page = opened(PATH)
    for name, way in (("Race", "measured"), ("Age", "not read")):
        field(page, "selectbox", name).set_value(way)
    page.driver.run()
    assert page.problems() == []
    assert (
        "Combined: sex stated by a test of unknown size, race as of an attacker trained and tested on generated faces"
        in page.text()
    )
    field(page, "selectbox", "Sex").set_value("measured").run()
    assert page.driver.error[0].value == "At least one of sex, race and age must be declared, got none."
    field(page, "selectbox", "Sex").set_value("confusion").run()
    assert page.problems() == []
    assert "Combined: sex stated" in page.text()


def test_an_accuracy_below_a_blind_guess_is_a_sentence(opened):
    page = opened(PATH)
    field(page, "number_input", "Age read rightly, %").set_value(10.0).run()
    assert page.driver.error[0].value.startswith(
        "Accuracy of age in bins of 20 years must be 25.0%, that of a blind guess, or more"
    )


def test_two_visitors_never_see_each_others_faces(opened, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    one, other = opened(PATH), opened(PATH)
    shared = set(background._jobs()._kept)
    trained(upload(one, wide(), "faces.csv"))
    assert "This attacker could name" in one.text()
    other.driver.run()
    late = opened(PATH)
    for page in (other, late):
        assert "Understood" not in page.text()
        for name in ("own_data_faces", "own_data_attacker", "own_data_jobs"):
            assert name not in page.driver.session_state
    assert list(tmp_path.iterdir()) == []
    assert one.url() == {}
    assert set(background._jobs()._kept) == shared


def test_all_is_gone_at_a_click(opened):
    page = trained(upload(opened(PATH), wide(), "faces.csv"))
    next(each for each in page.driver.button if each.key == "use_measured").click().run()
    button(page, "Forget my data").click().run()
    assert page.problems() == []
    assert "Understood" not in page.text()
    assert not any(each.label == "Forget my data" for each in page.driver.button)
    assert not page.driver.success
