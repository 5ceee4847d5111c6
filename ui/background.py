"""Work of many seconds: it runs beside the pages, shows progress, and can be cancelled.

Jobs and their results are shared by all visitors, so nothing that a visitor brings may enter one; but for jobs that are started
as the visitor's own. Those are kept in the session alone, and go with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st

_MOST_JOBS = 32
"""Jobs that are remembered; those under way count, and no more than these are taken on."""

Kept = TypeVar("Kept")


class Shelf(Generic[Kept]):
    """What all visitors share, by name: no more than so many, those looked at last stay.

    Parameters
    ----------
    most : int
    may_go : callable
        Tells whether one of them may be dropped.
    """

    def __init__(self, most: int, may_go: Callable[[Kept], bool] = lambda _: True) -> None:
        self._most, self._may_go = most, may_go
        self._kept: dict[Hashable, Kept] = {}
        self._lock = threading.Lock()

    def get(self, name: Hashable) -> Kept | None:
        """Return what is kept under a name, if anything."""
        with self._lock:
            if name in self._kept:
                self._kept[name] = self._kept.pop(name)
            return self._kept.get(name)

    def put(self, name: Hashable, value: Kept) -> bool:
        """Keep a value and drop the oldest that may go; False, and nothing kept, where there is no room."""
        with self._lock:
            others = [key for key in self._kept if key != name]
            going = [key for key in others if self._may_go(self._kept[key])][: max(len(others) + 1 - self._most, 0)]
            if len(others) - len(going) >= self._most:
                return False
            for key in going:
                del self._kept[key]
            self._kept.pop(name, None)
            self._kept[name] = value
            return True


class CancelledError(Exception):
    """The visitor cancelled the work."""


@dataclass
class Job:
    """Work under way.

    Parameters
    ----------
    steps : int
        Number of messages that the work sends from start to end.
    costs : tuple of floats
        How long each step takes beside the others; all the same if it is empty.
    """

    steps: int
    costs: tuple[float, ...] = ()
    done: int = 0
    message: str = "waiting for other work to end"
    started: float = field(default_factory=time.monotonic)
    step_started: float = field(default_factory=time.monotonic)
    cancelled: threading.Event = field(default_factory=threading.Event)
    future: Future[Any] | None = None

    def progress(self, message: str) -> None:
        """Take note of a step; raises CancelledError where the visitor cancelled."""
        if self.cancelled.is_set():
            raise CancelledError
        self.step_started = time.monotonic()
        if self.done == 0:
            self.started = self.step_started
        self.done += 1
        self.message = message

    @property
    def share(self) -> float:
        """Part of the work that is done, the step under way counted as half done."""
        costs = self.costs or (1.0,) * self.steps
        return min((sum(costs[: max(self.done - 1, 0)]) + sum(costs[max(self.done - 1, 0) : self.done]) / 2) / sum(costs), 0.99)

    @property
    def seconds_left(self) -> float | None:
        """Time that is left if the steps still to come are as slow for their costs as those that passed."""
        costs = self.costs or (1.0,) * self.steps
        passed, ahead = sum(costs[: max(self.done - 1, 0)]), sum(costs[max(self.done - 1, 0) :])
        if passed <= 0:
            return None
        now = time.monotonic()
        return max((self.step_started - self.started) / passed * ahead - (now - self.step_started), 1)


OWN = "own_data_jobs"
"""Where the session keeps the visitor's own jobs, by name; see `start`. `ui.own_data.forget` drops what starts like it."""


@st.cache_resource(max_entries=1, show_spinner=False)
def _jobs() -> Shelf[Job]:
    return Shelf(_MOST_JOBS, lambda job: job.future is not None and job.future.done())


@st.cache_resource(max_entries=1, show_spinner=False)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")


def job(name: str) -> Job | None:
    """Return the job of that name, under way or ended: the visitor's own, or one that all share."""
    own: dict[str, Job] = st.session_state.get(OWN, {})
    return own.get(name) or _jobs().get(name)


def start(
    name: str,
    work: Callable[[Callable[[str], None]], Any],
    *,
    steps: int,
    costs: tuple[float, ...] = (),
    own: bool = False,
) -> bool:
    """Start work unless it is under way. Returns False where too much work is under way to take on more.

    Parameters
    ----------
    name : str
        No own job may have the name of a shared one.
    work : callable
        Takes a function that it tells of each of its steps.
    steps : int
    costs : tuple of floats
        How long each step takes beside the others; all the same if it is empty.
    own : bool
        Whether it works on what the visitor brought: then no other visitor finds it.
    """
    if is_running(name):
        return True
    new = Job(steps, costs)
    if own:
        st.session_state.setdefault(OWN, {})[name] = new
    elif not _jobs().put(name, new):
        return False
    new.future = _workers().submit(work, new.progress)
    return True


def drop(name: str) -> None:
    """Cancel an own job where it is under way, and forget it and its result."""
    known = st.session_state.get(OWN, {}).pop(name, None)
    if known is not None:
        known.cancelled.set()


def drop_all() -> None:
    """Do so for all own jobs."""
    for name in list(st.session_state.get(OWN, {})):
        drop(name)


def is_running(name: str) -> bool:
    """Tell whether the job is under way."""
    known = job(name)
    return known is not None and known.future is not None and not known.future.done()


def result(name: str) -> Any | None:
    """Return what the job gave, or None where it has not ended well."""
    known = job(name)
    if known is None or known.future is None or not known.future.done() or known.future.exception() is not None:
        return None
    return known.future.result()


def show_failure(name: str) -> None:
    """Say so where the job was cancelled or failed."""
    known = job(name)
    if known is None or known.future is None or not known.future.done():
        return
    error = known.future.exception()
    if isinstance(error, CancelledError):
        st.info("Cancelled. Nothing was changed.")
    elif error is not None:
        st.error(f"This could not be computed: {error}.")


@st.fragment(run_every=1.0)
def show_progress(name: str) -> None:
    """Draw the progress of a job, and the page anew when it ends."""
    current = job(name)
    if current is None or not is_running(name):
        st.rerun()
        return
    left = current.seconds_left
    time_left = f", about {left:.0f} s left" if left is not None else ""
    st.progress(current.share, text=f"{current.message[0].upper()}{current.message[1:]}{time_left}")
    if st.button("Cancel", key=f"cancel_{name}"):
        current.cancelled.set()
