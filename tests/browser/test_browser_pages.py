"""Every page, opened by its URL in a real browser, on four screens. Pictures go to `screenshots/`."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.driving import PAGES, ROOT, VIEWS, AppPage, Server, View, settle

SCREENSHOTS = ROOT / "screenshots"
TALLEST = 8_000
MOST_MEMORY = 550
"""Megabytes: what is left of the smallest host after the system, with room for a few visitors."""

every_page = pytest.mark.parametrize("where", PAGES, ids=[page.stem for page in PAGES])


def take_picture(page: Page, name: str) -> None:
    """Write the whole page, which scrolls inside the window, as one picture."""
    SCREENSHOTS.mkdir(exist_ok=True)
    tall = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": min(max(tall + 60, size["height"]), TALLEST)})
    settle(page)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def brightness(page: Page, selector: str, what: str) -> float:
    """Return the relative luminance, 0 to 1, of a colour of an element."""
    colour = page.locator(selector).first.evaluate("(element, what) => getComputedStyle(element)[what]", what)
    red, green, blue = (int(float(number)) / 255 for number in re.findall(r"[\d.]+", colour)[:3])
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


@every_page
def test_page_looks_right_on_every_screen(visit: Visit, where: AppPage):
    page = visit(where.path)
    for name, view in VIEWS.items():
        page.emulate_media(color_scheme=view.scheme)
        page.set_viewport_size({"width": view.width, "height": view.height})
        page.reload(wait_until="domcontentloaded")
        settle(page)
        take_picture(page, f"{where.stem}.{name}")
        assert_looks_right(page, view)


def assert_looks_right(page: Page, view: View) -> None:
    overflow = page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
    assert overflow <= 4, f"the page is {overflow} px wider than the screen"
    title = page.get_by_role("heading", level=1).first
    assert title.inner_text().strip()
    assert page.title()
    for chart in page.get_by_test_id("stPlotlyChart").all():
        text = chart.get_attribute("aria-label") or ""
        assert len(text.split()) >= 8, f"the text that stands in for a chart is {text!r}"
    assert not page.locator("img:not([alt])").evaluate_all("images => images.map(image => image.outerHTML)")
    background, text = brightness(page, '[data-testid="stApp"]', "backgroundColor"), brightness(page, "h1", "color")
    dark, light = sorted((background, text))
    assert (background < text) == (view.scheme == "dark")
    assert (light + 0.05) / (dark + 0.05) > 7


@every_page
def test_link_with_a_scenario_opens_on_a_cold_server(visit: Visit, start_server: Callable[[], Server], where: AppPage):
    page = visit(f"{where.path}?people=3000&years=7", at=start_server())
    assert page.get_by_role("heading", level=1).first.inner_text().strip()
    assert page.url.endswith("?people=3000&years=7")
    assert "could not be used" not in page.get_by_test_id("stApp").inner_text()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Home").click()
    expect(page.locator(".headline").first).to_contain_text("In a company of 3,000 people")
    settle(page)
    assert page.locator(".st-key-control_width input[type=range]").input_value() == "7"


def test_server_stays_small_after_a_visit_to_every_page(visit: Visit, start_server: Callable[[], Server]):
    server = start_server()
    page = visit(at=server)
    for where in PAGES:
        page.goto(f"{server.url}/{where.path}", wait_until="domcontentloaded")
        settle(page)
    assert server.memory() <= MOST_MEMORY
