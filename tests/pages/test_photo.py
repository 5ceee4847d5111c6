"""Try a photo: the page shows what the library reads, and keeps a visitor's photo to that visitor."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from core import charts, study
from core.demographics import cell_labels
from core.faces import photos
from core.faces.photos import embedding
from core.inference import forests
from core.scenario import Scenario
from ui.photo import PROMISE

PATH = "pages/13_Try_a_photo.py"
ASTRONAUT = Path(__file__).parents[2] / "ui" / "astronaut.jpg"


def jpeg(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=95)
    return content.getvalue()


def upload(page, content: bytes, name: str = "photo.jpg"):
    page.driver.file_uploader(key="control_photo_file").set_value((name, content, "image/jpeg")).run()
    return page


def use_sample(page):
    next(button for button in page.driver.button if button.label.startswith("Use a sample")).click().run()
    return page


def test_one_click_shows_what_the_library_reads(opened):
    page = opened(PATH, people="500", years="10")
    assert PROMISE in page.text()
    assert page.charts().keys() <= {"first_paint"}
    use_sample(page)
    assert page.problems() == []
    scenario = Scenario(company_size=500, age_bin_width=10)
    read = photos.read_photo(ASTRONAUT.read_bytes())
    known = study.attack(scenario, study.load_evidence())
    reading = study.read_face(read.embeddings[0], forests.load(), scenario, known)
    drawn = page.charts()
    assert np.allclose(drawn["one_embedding"]["data"][0]["y"], read.embeddings[0])
    for trace, values in zip(drawn["face_beliefs"]["data"], reading.probabilities().values(), strict=True):
        assert np.allclose(trace["x"], values)
    assert f"{charts.people(reading.read_share, 500)} would be read the same" in page.text()
    assert f"{charts.people(reading.true_share, 500)} truly are" in page.text()
    assert page.text().count("data:image/jpeg;base64,") == 1
    assert page.url() == {"people": "500", "years": "10"}


def test_shares_of_a_cell_are_those_of_the_attack():
    known = study.attack(Scenario(), study.load_evidence())
    values = photos.read_photo(ASTRONAUT.read_bytes()).embeddings[0]
    reading = study.read_face(values, forests.load(), Scenario(), known)
    everyone = [each.sum() for each in reading.probabilities().values()]
    assert everyone == pytest.approx([1, 1, 1], abs=5e-3)
    assert 0 < reading.read_share < 1
    cell = cell_labels(reading.bins).index(reading.cell)
    assert reading.read_share == pytest.approx(known.outcomes.sum(axis=0)[cell])
    assert reading.true_share == pytest.approx(known.outcomes.sum(axis=1)[cell])


def test_several_faces_are_numbered_and_one_is_chosen(opened):
    face = Image.open(ASTRONAUT).convert("RGB").crop((60, 30, 220, 210))
    both = Image.new("RGB", (400, 200), (90, 90, 90))
    both.paste(face, (10, 10))
    both.paste(ImageOps.mirror(face), (210, 10))
    page = upload(opened(PATH), jpeg(both))
    read = photos.read_photo(jpeg(both))
    assert len(read.faces) == 2
    assert np.allclose(page.charts()["one_embedding"]["data"][0]["y"], read.embeddings[0])
    page.driver.segmented_control(key="control_photo_face").set_value(1).run()
    assert page.problems() == []
    assert np.allclose(page.charts()["one_embedding"]["data"][0]["y"], read.embeddings[1])


def test_no_face_and_no_picture_are_sentences(opened):
    page = upload(opened(PATH), jpeg(Image.new("RGB", (80, 80))))
    assert page.problems() == []
    assert page.driver.info[0].value.startswith("No face was found")
    upload(page, b"no picture")
    assert page.problems() == []
    assert page.driver.error[0].value == "This photo could not be read: no JPEG, PNG, WebP or HEIC picture."


@pytest.mark.parametrize("blocked", ["dlib", "face_recognition", "pkg_resources"])
def test_the_page_says_what_to_install(opened, monkeypatch, blocked):
    embedding.load.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] in ("face_recognition", "face_recognition_models")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, blocked, None)
    page = use_sample(opened(PATH))
    embedding.load.cache_clear()
    assert page.problems() == []
    assert "python -m pip install -r requirements.txt" in page.driver.error[0].value


def test_two_visitors_never_see_each_others_photo(opened, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    one, other = opened(PATH), opened(PATH)
    upload(one, ASTRONAUT.read_bytes())
    assert "data:image/jpeg" in one.text()
    other.driver.run()
    assert "data:image/jpeg" not in other.text()
    assert "control_photo_read" not in other.driver.session_state
    late = opened(PATH)
    assert "one_embedding" not in late.charts()
    assert list(tmp_path.iterdir()) == []
    assert one.url() == {}


def test_the_photo_is_gone_when_the_visitor_leaves(opened):
    page = use_sample(opened(PATH))
    assert "control_photo_read" in page.driver.session_state
    page.driver.switch_page("pages/41_Method.py").run()
    assert "control_photo_read" not in page.driver.session_state
