"""A real browser on a real server: any request to another host, console error or exception on the screen fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, WebSocket, sync_playwright

from tests.browser.driving import VIEWS, WATCH, NoBrowserError, Server, View, launch, settle

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


# One browser a file: while Playwright's loop runs in this thread, no other test may need one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            started = launch(playwright)
        except NoBrowserError as error:
            pytest.fail(str(error), pytrace=False)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests share: cold for the first of them."""
    started = Server(tmp_path_factory.mktemp("server") / "server.log")
    yield started
    started.stop()


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Start a server that nobody has visited."""
    servers: list[Server] = []

    def started() -> Server:
        servers.append(Server(tmp_path / f"server-{len(servers)}.log"))
        return servers[-1]

    yield started
    for one in servers:
        one.stop()


@dataclass
class _Visitor:
    """One person's browser window, and what went wrong in it."""

    page: Page
    server: Server
    faults: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its own addresses below a page's path first and is told 404: no fault of the app.
        own_probe = "/_stcore/" in message.location.get("url", "") and "404" in message.text
        if message.type == "error" and not own_probe:
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def route(self, route: Route, request: Request) -> None:
        if request.url.startswith((f"{self.server.url}/", "data:", "blob:")):
            route.continue_()
        else:
            self.faults.append(f"request left for another host: {request.url}")
            route.abort()

    def socket(self, socket: WebSocket) -> None:
        if not socket.url.startswith(self.server.url.replace("http", "ws") + "/"):
            self.faults.append(f"request left for another host: {socket.url}")

    def look(self) -> list[str]:
        shown = self.page.get_by_test_id("stException").all_inner_texts()
        return [*self.faults, *(f"exception on the screen of {self.page.url}: {text}" for text in shown)]


# It asks for `start_server` so that its windows are closed before their servers stop.
@pytest.fixture
def visit(browser: Browser, server: Server, start_server: Callable[[], Server]) -> Iterator[Visit]:  # noqa: ARG001
    """Open a path of the app as a new visitor; the test fails if anything goes wrong in any visitor's window."""
    visitors: list[_Visitor] = []

    def opened(path: str = "", *, view: View = VIEWS["light"], at: Server = server) -> Page:
        context = browser.new_context(
            viewport={"width": view.width, "height": view.height},
            color_scheme=view.scheme,
            service_workers="block",
        )
        visitor = _Visitor(context.new_page(), at)
        visitors.append(visitor)
        visitor.page.add_init_script(WATCH)
        visitor.page.on("console", visitor.console)
        visitor.page.on("pageerror", lambda error: visitor.faults.append(f"script: {error}"))
        visitor.page.on("websocket", visitor.socket)
        visitor.page.route("**/*", visitor.route)
        visitor.page.goto(f"{at.url}/{path}", wait_until="domcontentloaded")
        settle(visitor.page)
        return visitor.page

    yield opened
    faults = [fault for visitor in visitors for fault in visitor.look()]
    for visitor in visitors:
        visitor.page.context.close()
    faults += [f"server: {line}" for log in {visitor.server for visitor in visitors} for line in log.complaints()]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
