"""What drives the app from outside: its pages, a server of our own, a browser, and when a page has settled."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, Playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).parents[2]

LONGEST_START = 90
"""Seconds that a server may take to answer on a busy machine."""

LONGEST_SETTLING = 60_000
"""Milliseconds that a page may take to settle on a busy machine."""

_QUIET = 300
"""Milliseconds without a change after which a page counts as settled: more than a slider waits before it reports."""

_SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--use-fake-device-for-media-stream",  # a camera that shows a green field, and a visitor who lets the page use it
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

_NO_BROWSER = (
    "The browser tests need Chromium or Chrome, and found neither. Install one of them, on Debian and Ubuntu with "
    "`apt-get install chromium`, or let Playwright fetch its own with `{python} -m playwright install --with-deps chromium`."
)


class AppPage(NamedTuple):
    """A page of the app: its file's stem, and its path in the URL."""

    stem: str
    path: str


HOME = AppPage("app", "")
OTHER_PAGES = tuple(
    AppPage(file.stem, re.sub(r"^[\d_ -]*", "", file.stem)) for file in sorted((ROOT / "pages").glob("[0-9]*.py"))
)
PAGES = (HOME, *OTHER_PAGES)


class View(NamedTuple):
    """A screen that a page must look right on."""

    width: int = 1280
    height: int = 900
    scheme: str = "light"


VIEWS = {
    "light": View(),
    "dark": View(scheme="dark"),
    "phone": View(width=390, height=844),
    "projector": View(width=1920, height=1080),
}


class NoBrowserError(RuntimeError):
    """No browser can be started; the message says what to install."""


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium or Chrome, else the browser that Playwright installed.

    Raises
    ------
    NoBrowserError
        If there is none.
    """
    found = next((path for path in map(shutil.which, _SYSTEM_BROWSERS) if path), None)
    ways: list[dict[str, Any]] = [{"executable_path": found}] if found else [{"channel": "chrome"}, {}]
    refused = []
    for way in ways:
        try:
            return playwright.chromium.launch(args=list(_BROWSER_ARGUMENTS), **way)
        except PlaywrightError as error:
            refused.append(str(error))
    if found:
        raise NoBrowserError(f"{found} could not be started: {refused[0]}")
    raise NoBrowserError(_NO_BROWSER.format(python=sys.executable))


class Server:
    """A server of the app on a free port of this machine, started cold."""

    def __init__(self, log: Path) -> None:
        self.log = log
        for attempt in range(3):
            # The port is free when asked for; should another process take it meanwhile, the next attempt asks again.
            port = _free_port()
            self.url = f"http://127.0.0.1:{port}"
            self._process = _start(port, log)
            if self._answers():
                return
            self.stop()
            if attempt == 2 or not re.search("not available|in use", self.output()):
                break
        raise RuntimeError(f"the server did not come up within {LONGEST_START} s; it said:\n{self.output()}")

    def _answers(self) -> bool:
        deadline = time.monotonic() + LONGEST_START
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                    return bool(answer.status == 200)
            except OSError:
                time.sleep(0.05)
        return False

    def output(self) -> str:
        """Return what the server has written so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def complaints(self) -> list[str]:
        """Return the lines of its output that speak of an error or of something deprecated."""
        return [line for line in self.output().splitlines() if re.search(r"Traceback|Error\b|deprecat", line, re.IGNORECASE)]

    def memory(self) -> float:
        """Return the resident megabytes of the server and of every process below it."""
        return sum(_resident(pid) for pid in _family(self._process.pid)) / 2**20

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def _start(port: int, log: Path) -> subprocess.Popen[bytes]:
    options = {"port": port, "address": "127.0.0.1", "headless": "true"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += [f"--server.{name}={value}" for name, value in options.items()]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)


def _family(pid: int) -> set[int]:
    """Return a process and all below it."""
    parents = {}
    if Path("/proc/self/stat").exists():
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                # The command's name stands in brackets and may hold spaces; state and parent follow it.
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # the process has ended meanwhile
    else:
        listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = {int(child): int(parent) for child, parent in map(str.split, listing.splitlines())}
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def _resident(pid: int) -> int:
    statm = Path(f"/proc/{pid}/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    listing = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return 1024 * int(listing or 0)


WATCH = """
window.lastChange = 0;
new MutationObserver(() => { window.lastChange = performance.now(); })
    .observe(document, {childList: true, characterData: true, subtree: true});
"""
"""Runs in a page before anything else: notes when the page last changed."""

_HAS_SETTLED = """quiet => {
    const app = document.querySelector('[data-testid="stApp"]');
    const idle = app && app.dataset.testScriptState === "notRunning" && app.dataset.testConnectionState === "CONNECTED"
        && !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
        && [...document.querySelectorAll(".stPlotlyChart")].every(c => !c.checkVisibility() || c.querySelector("svg"));
    if (!idle) window.lastChange = performance.now();
    return idle && performance.now() - window.lastChange > quiet;
}"""


def settle(page: Page) -> None:
    """Wait until the script has run, every chart is drawn, and nothing has changed for a moment."""
    page.wait_for_function(_HAS_SETTLED, arg=_QUIET, polling=50, timeout=LONGEST_SETTLING)
