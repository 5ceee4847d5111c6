"""The report as a file: opened from disk without network, its charts are live, and it prints on A4 with nothing cut."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from core import report, study
from core.report import html
from core.scenario import Scenario
from tests.browser.conftest import Visit
from tests.browser.driving import LONGEST_SETTLING, settle

DRAWN = "document.querySelectorAll('.plot').length === document.querySelectorAll('.plot .modebar').length"
A4 = (595, 842)
"""Points."""


def wait_until(page: Page, condition: str) -> None:
    """Wait for a condition; the page's policy forbids Playwright's own way."""
    deadline = time.monotonic() + LONGEST_SETTLING / 1_000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)


def cut_texts(page: Page) -> list[str]:
    """Words of charts that reach beyond their chart."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
            const frame = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('svg text')].filter(text => text.textContent.trim())
                .filter(text => {
                    const box = text.getBoundingClientRect();
                    return box.width > 0 && (box.left < frame.left - 2 || box.right > frame.right + 2
                        || box.top < frame.top - 2 || box.bottom > frame.bottom + 2);
                }).map(text => `${plot.id}: ${text.textContent}`);
        })"""
    )
    return found


@pytest.fixture(scope="module")
def made() -> report.Report:
    scenario = Scenario(company_size=60, linkage="posterior", age_knowledge="exact", repeats=10)
    return report.contents(report.gather(scenario, study.load_evidence()), made=date(2026, 11, 23))


@pytest.fixture(scope="module")
def file(made: report.Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html.to_html(made), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(browser: Browser, file: Path) -> Iterator[Page]:
    """The file in a window without network; any request or complaint fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True, accept_downloads=True)
    page, faults = context.new_page(), []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda request: faults.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None,
    )
    page.goto(file.as_uri())
    wait_until(page, DRAWN)
    yield page
    context.close()
    assert faults == []


def test_every_chart_is_drawn_and_live(opened: Page, made: report.Report):
    names = [each.name for each in made.exhibits()]
    assert opened.locator(".plot").evaluate_all("plots => plots.map(plot => plot.id)") == names
    for name in names:
        # Bars, lines or cells, not just axes.
        drawn = opened.locator(f"#{name}").locator(".point path, .lines path, .js-line, .hm image, .point")
        assert drawn.count() > 0, name
    bars = opened.locator("#risk-by-sex .point path").first
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    assert box is not None
    opened.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert "chance to be named" in opened.locator("#risk-by-sex .hovertext").first.text_content()
    opened.locator("#risk-by-sex").hover()
    with opened.expect_download() as download:
        opened.locator('#risk-by-sex .modebar-btn[data-title*="Download"]').click()
    picture = Path(download.value.path()).read_text("utf-8")
    assert download.value.suggested_filename == "risk-by-sex.svg"
    assert picture.startswith("<svg")
    assert "Female" in picture


def test_its_policy_forbids_requests(browser: Browser, file: Path):
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    assert page.evaluate("fetch('https://example.org/').then(() => 'let through', () => 'refused')") == "refused"
    page.close()
    assert asked == [file.as_uri()]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(opened: Page, width: int):
    opened.set_viewport_size({"width": width, "height": 844})
    wait_until(opened, "document.documentElement.scrollWidth <= innerWidth")
    widest = opened.locator(".plot .main-svg").evaluate_all(
        "all => Math.max(...all.map(svg => svg.getBoundingClientRect().right))"
    )
    assert widest <= width


def test_no_chart_is_cut_on_a_phone(browser: Browser, file: Path):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(file.as_uri())
    wait_until(page, DRAWN)
    assert cut_texts(page) == []
    page.close()


def test_it_prints_on_a4_with_no_chart_cut(opened: Page, made: report.Report):
    printed = opened.pdf(prefer_css_page_size=True, print_background=True)
    pages = [tuple(float(side) for side in box) for box in re.findall(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]", printed)]
    assert len(pages) >= 5
    assert all(abs(width - A4[0]) < 2 and abs(height - A4[1]) < 2 for width, height in pages)
    # As it is laid out on paper: nothing leaves the column, and no drawing leaves its chart.
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": 672, "height": 980})
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    wait_until(opened, "document.documentElement.scrollWidth <= 672")
    assert cut_texts(opened) == []
    heights = opened.locator("figure").evaluate_all("figures => figures.map(figure => figure.getBoundingClientRect().height)")
    assert max(heights) < 980, "a chart is taller than a page"
    assert len(heights) == len(list(made.exhibits()))


def test_the_page_gives_the_report_to_take_away(visit: Visit, made: report.Report):
    page = visit("Report?people=60&linkage=posterior&ages=exact&repeats=10")
    assert made.headline.split("*")[1] in page.locator(".headline").inner_text()
    page.get_by_role("button", name="Make the report").click()
    page.get_by_text("The report is ready").wait_for(timeout=LONGEST_SETTLING)
    settle(page)
    with page.expect_download(timeout=LONGEST_SETTLING) as download:
        page.get_by_role("button", name="Report, HTML").click()
    taken = Path(download.value.path()).read_text("utf-8")
    assert download.value.suggested_filename == "report.html"
    assert taken.count('<script type="application/json"') == len(list(made.exhibits()))
    assert made.uncertainty in taken
    with page.expect_download(timeout=LONGEST_SETTLING) as download:
        page.get_by_role("button", name="Everything, zip").click()
    assert Path(download.value.path()).read_bytes().startswith(b"PK")
