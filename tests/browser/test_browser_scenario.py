"""One scenario: set by keyboard, kept in the URL and over all pages, and each visitor's own."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from core.scenario import Scenario
from tests.browser.conftest import Visit
from tests.browser.driving import HOME, OTHER_PAGES, PAGES, VIEWS, AppPage, settle
from ui.controls import SIZE_STOPS, nearest_stop

every_page = pytest.mark.parametrize("where", PAGES, ids=[page.stem for page in PAGES])

expect.set_options(timeout=10_000)


def slider(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} input[type=range]")


def exact_size(page: Page) -> Locator:
    return page.locator(".st-key-control_size_exact input")


def headline(page: Page) -> Locator:
    return page.locator(".headline").first


def drawing(page: Page) -> list[str]:
    """The shapes of the first chart."""
    shapes = page.get_by_test_id("stPlotlyChart").first.locator("svg.main-svg .trace path")
    return shapes.evaluate_all("shapes => shapes.map(shape => shape.getAttribute('d'))")


def chart_text(page: Page) -> str:
    return page.get_by_test_id("stPlotlyChart").first.get_attribute("aria-label") or ""


def scenario_in_url(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def path_in_url(page: Page) -> str:
    return urlsplit(page.url).path.strip("/")


def type_size(page: Page, people: int) -> None:
    field = exact_size(page)
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(str(people))
    page.keyboard.press("Enter")


def assert_home_shows(page: Page, size: int, **others: str) -> None:
    """The headline, the exact field, the chart and the URL of home agree on the scenario."""
    expect(headline(page)).to_contain_text(f"In a company of {size:,} people")
    settle(page)
    expect(exact_size(page)).to_have_value(str(size))
    expect(slider(page, "control_size_slider")).to_have_attribute("aria-valuetext", f"{nearest_stop(size, SIZE_STOPS):,}")
    assert f"company of {size:,}" in chart_text(page)
    people = {} if size == Scenario.company_size else {"people": str(size)}
    assert scenario_in_url(page) == people | others


def navigation(page: Page) -> Locator:
    """The links to the pages, in the sidebar, which a narrow screen folds away."""
    sidebar = page.get_by_test_id("stSidebar")
    if not sidebar.is_visible() or sidebar.get_attribute("aria-expanded") == "false":
        page.get_by_test_id("stExpandSidebarButton").click()
    return sidebar.get_by_role("link")


def path_of(link: Locator) -> str:
    # Streamlit writes a page's bare name; that of home is empty.
    return urlsplit(link.get_attribute("href") or "").path.strip("/")


def follow(page: Page, to: AppPage) -> None:
    """Go to another page by the navigation."""
    links = {path_of(link): link for link in navigation(page).all()}
    assert to.path in links, f"the navigation has no link to /{to.path}, only to {sorted(links)}"
    links[to.path].click()
    expect(page).to_have_url(re.compile(rf"^https?://[^/]+/{re.escape(to.path)}/?(\?.*)?$"))
    settle(page)


# ---- by keyboard


def test_arrow_key_moves_headline_chart_and_url(visit: Visit):
    page = visit()
    assert_home_shows(page, 100)
    assert drawing(page)
    before, place = drawing(page), page.locator(".st-key-control_size_slider").bounding_box()
    slider(page, "control_size_slider").focus()
    page.keyboard.press("ArrowRight")
    assert_home_shows(page, 120)
    assert drawing(page) != before
    expect(slider(page, "control_size_slider")).to_be_focused()
    assert page.locator(".st-key-control_size_slider").bounding_box() == place, "the slider jumped while it was moved"
    page.keyboard.press("ArrowLeft")
    assert_home_shows(page, 100)
    assert drawing(page) == before


def test_other_sliders_change_the_figures_and_the_url(visit: Visit):
    page = visit()
    before = drawing(page)
    for key, name, value in (("control_width", "years", "21"), ("control_repeats", "repeats", "100")):
        slider(page, key).focus()
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(f"[?&]{name}={value}(&|$)"))
    assert_home_shows(page, 100, years="21", repeats="100")
    assert drawing(page) != before


@pytest.mark.parametrize("pause", [40, 150, 250])
def test_keys_pressed_faster_than_the_server_answers_are_not_lost(visit: Visit, pause: int):
    page = visit()
    start = SIZE_STOPS.index(Scenario.company_size)
    slider(page, "control_size_slider").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(pause)  # the time between two keys is what this test is about
    settle(page)
    shown = slider(page, "control_size_slider").get_attribute("aria-valuetext")
    assert shown == f"{SIZE_STOPS[start + 8]:,}"
    assert_home_shows(page, SIZE_STOPS[start + 8])


def test_exact_number_is_typed(visit: Visit):
    page = visit()
    before = drawing(page)
    type_size(page, 12_345)
    assert_home_shows(page, 12_345)
    assert drawing(page) != before


_CONTROLS = """() => {
    const controls = [...document.querySelectorAll(`
        input:not([type=radio], [type=file]), textarea, select, summary, [role=radiogroup], [role=tablist],
        [data-testid=stDownloadButton] button, [data-testid=stButton] button, [data-testid=stPageLink-NavLink]
    `)].filter(control => control.checkVisibility({visibilityProperty: true}) && !control.disabled);
    controls.forEach((control, number) => { control.dataset.number = number; });
    return controls.map(control => control.getAttribute("aria-label") || control.innerText || control.outerHTML.slice(0, 120));
}"""
_FOCUSED = """() => {
    const control = document.activeElement.closest("[data-number]");
    return {number: control ? Number(control.dataset.number) : -1, left: document.activeElement === document.body};
}"""


@every_page
def test_keyboard_reaches_every_control(visit: Visit, where: AppPage):
    page = visit(where.path)
    controls = page.evaluate(_CONTROLS)
    if where == HOME:
        assert len(controls) >= 7  # three sliders, a field, two downloads, an expander
    reached = set()
    for _ in range(40 * len(controls) + 40):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused["left"]:
            break
        reached.add(focused["number"])
    missed = [name for number, name in enumerate(controls) if number not in reached]
    assert not missed, f"the Tab key does not reach {missed}"


# ---- in the URL


def test_reload_keeps_the_scenario(visit: Visit):
    page = visit()
    type_size(page, 777)
    assert_home_shows(page, 777)
    page.reload(wait_until="domcontentloaded")
    settle(page)
    assert_home_shows(page, 777)


def test_back_and_forward_restore_the_scenario(visit: Visit):
    page = visit()
    slider(page, "control_size_slider").focus()
    page.keyboard.press("ArrowRight")
    assert_home_shows(page, 120)
    page.keyboard.press("ArrowRight")
    assert_home_shows(page, 150)
    page.go_back()
    assert_home_shows(page, 120)
    page.go_back()
    assert_home_shows(page, 100)
    page.go_forward()
    assert_home_shows(page, 120)


def test_controls_work_on_after_the_back_button(visit: Visit):
    page = visit("?people=40")
    type_size(page, 60)
    assert_home_shows(page, 60)
    page.go_back()
    assert_home_shows(page, 40)
    type_size(page, 60)
    assert_home_shows(page, 60)


@pytest.mark.parametrize("where", [PAGES[0], PAGES[-1]], ids=["first", "last"])
def test_bad_value_falls_back_with_a_sentence(visit: Visit, where: AppPage):
    page = visit(f"{where.path}?people=1&years=7")
    sentence = page.get_by_role("alert").filter(has_text="Company size must be 2 to 1,000,000, got 1")
    expect(sentence.first).to_be_visible()
    assert scenario_in_url(page) == {"years": "7"}


# ---- over pages and visitors


def test_every_page_keeps_the_scenario_and_the_back_button_returns(visit: Visit):
    page = visit("?people=3000")
    type_size(page, 60)
    assert_home_shows(page, 60)
    for where in OTHER_PAGES:
        follow(page, where)
        assert scenario_in_url(page) == {"people": "60"}
        page.go_back()
        settle(page)
        assert path_in_url(page) == HOME.path
        assert_home_shows(page, 60)
    page.reload(wait_until="domcontentloaded")
    settle(page)
    assert_home_shows(page, 60)


def test_navigation_names_every_page_once(visit: Visit):
    page = visit()
    links = [path_of(link) for link in navigation(page).all()]
    assert sorted(links) == sorted(where.path for where in PAGES)
    assert all(name.strip() for name in navigation(page).all_inner_texts())


def test_two_visitors_at_once_keep_their_own_scenario(visit: Visit):
    one, other = visit("?people=40"), visit("?people=900&years=5", view=VIEWS["dark"])
    assert_home_shows(one, 40)
    assert_home_shows(other, 900, years="5")
    slider(one, "control_size_slider").focus()
    slider(other, "control_width").focus()
    one.keyboard.press("ArrowRight")
    other.keyboard.press("ArrowRight")
    assert_home_shows(one, 50)
    assert_home_shows(other, 900, years="6")
    other.reload(wait_until="domcontentloaded")
    settle(other)
    assert_home_shows(other, 900, years="6")
    assert_home_shows(one, 50)
