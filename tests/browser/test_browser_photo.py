"""Try a photo in a real browser: a photo that one visitor uploads is nowhere else."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.driving import LONGEST_SETTLING, ROOT, VIEWS, settle
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
