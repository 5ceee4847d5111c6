"""Try a photo in a real browser: a photo that one visitor uploads is nowhere else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Visit
from tests.browser.driving import LONGEST_SETTLING, ROOT, VIEWS, Server, settle
from tests.browser.test_browser_pages import take_picture

PATH = "Try_a_photo"
PHOTO = ROOT / "ui" / "astronaut.jpg"


def framed(page: Page):
    return page.locator('img[alt^="Your photo"]')


def test_one_click_shows_the_sample(visit: Visit):
    page = visit(PATH, view=VIEWS["phone"])
    page.get_by_role("button", name="Use a sample").click()
    expect(framed(page)).to_be_visible(timeout=LONGEST_SETTLING)
    settle(page)
    assert page.get_by_test_id("stPlotlyChart").count() >= 2
    overflow = page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
    assert overflow <= 4
    take_picture(page, "13_Try_a_photo.sample")


def test_a_visitors_photo_is_seen_by_nobody_else(visit: Visit):
    one, other = visit(PATH), visit(PATH)
    one.locator("input[type=file]").set_input_files(PHOTO)
    expect(framed(one)).to_be_visible(timeout=LONGEST_SETTLING)
    settle(one)
    other.reload(wait_until="domcontentloaded")
    settle(other)
    for page in (other, visit(PATH)):
        expect(framed(page)).to_have_count(0)
        assert "takes this person for" not in page.get_by_test_id("stApp").inner_text()
    assert "photo=" not in one.url.lower()
    one.reload(wait_until="domcontentloaded")
    settle(one)
    expect(framed(one)).to_have_count(0)


def test_a_visitors_photo_is_neither_in_the_log_nor_in_a_file(
    visit: Visit, start_server: Callable[[], Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    server = start_server()
    page = visit(PATH, at=server)
    photo, name = PHOTO.read_bytes(), "holiday_of_somebody_4711.jpg"
    unreadable = FilePayload(name=name, mimeType="image/jpeg", buffer=photo[: len(photo) // 2])
    page.locator("input[type=file]").set_input_files(FilePayload(name=name, mimeType="image/jpeg", buffer=photo))
    expect(framed(page)).to_be_visible(timeout=LONGEST_SETTLING)
    settle(page)
    page.locator("input[type=file]").set_input_files(unreadable)
    expect(page.get_by_text("This photo could not be read: truncated picture.")).to_be_visible(timeout=LONGEST_SETTLING)
    settle(page)
    middle = photo[5_000:5_030]
    traces = [name.encode(), Path(name).stem.encode(), middle, b64encode(middle), middle.hex().encode()]
    traces += [b64encode(photo)[:60], sha256(photo).hexdigest().encode(), repr(middle)[2:-1].encode()]
    files = [server.log, *(path for path in temporary.rglob("*") if path.is_file())]
    assert server.log.stat().st_size > 0
    found = [(path.name, trace) for path in files for trace in traces if trace in path.read_bytes()]
    assert found == []


def test_the_camera_takes_a_photo(visit: Visit):
    page = visit(PATH)
    expect(page.get_by_test_id("stCameraInput")).to_have_count(0)
    page.get_by_text("Use my camera").click()
    page.get_by_test_id("stCameraInput").locator("video").wait_for(timeout=LONGEST_SETTLING)
    page.get_by_test_id("stCameraInputButton").click(timeout=LONGEST_SETTLING)
    expect(page.get_by_text("No face was found in this photo.")).to_be_visible(timeout=LONGEST_SETTLING)
    settle(page)
    expect(framed(page)).to_be_visible()
    assert page.get_by_test_id("stPlotlyChart").count() == 0
    take_picture(page, "13_Try_a_photo.camera")
