"""How fast the pages answer, and how much memory the server takes. `make benchmark` prints it; nothing is asserted.

*A slider move* is timed at the server's door: a visitor without a browser sends, over the same websocket and in the same
messages as a browser does, the slider's new value, and waits for the message that the script has finished. That is the time
in which the server reads the move, computes, and sends the charts; drawing them is the browser's. Every move goes to a
company size that nobody asked for before, so no cached result answers it.

*The first chart* is timed in a browser: from a request to a server that nobody has visited until its first chart is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.browser.driving import LONGEST_SETTLING, PAGES, WATCH, Server, launch, settle
from ui.controls import SIZE_STOPS

MOVES = 50
COLD_STARTS = 3
PATIENCE = 90
"""Seconds that one answer may take."""

SLIDER = "control_size_slider"
WITH_SLIDER = next((page for page in PAGES if "risk" in page.stem), PAGES[0])


class Visitor:
    """A visitor without a browser: opens a page and moves the slider of the company's size."""

    def __init__(self, socket: ClientConnection, path: str) -> None:
        self._socket = socket
        self._page = ""
        self._slider = ""
        self._fragment = ""
        opening = BackMsg()
        opening.rerun_script.page_name = path
        self._send(opening)

    def move(self, to: int) -> None:
        """Move the slider to its stop of a number, and wait until the page has answered."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.fragment_id = self._fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self._slider
        state.string_array_value.data.append(f"{to:,}")
        answered = self._send(message)
        assert any(f"company of {to:,}" in text for text in answered), f"the page did not answer a move to {to:,}"

    def _send(self, message: BackMsg) -> list[str]:
        """Send a message; return the charts' texts that came back before the script finished."""
        self._socket.send(message.SerializeToString())
        texts = []
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=PATIENCE, decode=False))
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self._page = answer.new_session.page_script_hash
            elif kind == "delta":
                element = answer.delta.new_element
                if SLIDER in element.slider.id:
                    self._slider, self._fragment = element.slider.id, answer.delta.fragment_id
                texts.append(element.plotly_chart.alt)
            elif kind == "script_finished":
                return texts


@pytest.fixture
def report(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Write a line between the benchmarks."""
    terminal: Any = request.config.pluginmanager.get_plugin("terminalreporter")

    def write(line: str) -> None:
        with capsys.disabled():
            terminal.ensure_newline()
            terminal.write_line(line)

    return write


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[[], Server]]:
    servers: list[Server] = []

    def started() -> Server:
        servers.append(Server(tmp_path / f"server-{len(servers)}.log"))
        return servers[-1]

    yield started
    for server in servers:
        server.stop()


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.mark.benchmark(group="a slider move")
def bench_slider_move(benchmark: Any, start_server: Callable[[], Server], report: Callable[[str], None]) -> None:
    address = start_server().url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None) as socket:
        visitor = Visitor(socket, WITH_SLIDER.path)
        stops = iter(SIZE_STOPS)
        visitor.move(next(stops))  # the first move computes what all sizes share
        benchmark.pedantic(visitor.move, setup=lambda: ((next(stops),), {}), rounds=MOVES, iterations=1)
    p50, p95 = np.quantile(benchmark.stats.stats.sorted_data, [0.5, 0.95])
    report(f"server time of a slider move on {WITH_SLIDER.stem}: p50 {p50 * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms of {MOVES}")


@pytest.mark.benchmark(group="first chart on a cold server")
def bench_first_chart(
    benchmark: Any, start_server: Callable[[], Server], browser: Browser, report: Callable[[str], None]
) -> None:
    def open_home(server: Server) -> None:
        page = browser.new_page()
        page.goto(server.url, wait_until="commit")
        page.wait_for_selector('[role="figure"][aria-label] svg.main-svg .trace', state="attached", timeout=LONGEST_SETTLING)
        page.close()

    benchmark.pedantic(open_home, setup=lambda: ((start_server(),), {}), rounds=COLD_STARTS, iterations=1)
    report(f"first chart of home on a cold server: {benchmark.stats.stats.median:.1f} s, median of {COLD_STARTS}")


@pytest.mark.benchmark(group="a visit to every page")
def bench_visit_to_every_page(
    benchmark: Any, start_server: Callable[[], Server], browser: Browser, report: Callable[[str], None]
) -> None:
    server = start_server()
    before = server.memory()
    page = browser.new_page()
    page.add_init_script(WATCH)

    def visit_all() -> None:
        for where in PAGES:
            page.goto(f"{server.url}/{where.path}", wait_until="domcontentloaded")
            settle(page)

    benchmark.pedantic(visit_all, rounds=1, iterations=1)
    report(f"memory of the server: {before:.0f} MB when started, {server.memory():.0f} MB after {len(PAGES)} pages")
