"""Work of many seconds: it runs beside the pages, shows progress, and can be cancelled.

Jobs and their results are shared by all visitors, so nothing that a visitor brings may enter one; but for jobs that are started
as the visitor's own. Those are kept in the session alone, and go with it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import streamlit as st


class CancelledError(Exception):
    """The visitor cancelled the work."""


@dataclass
class Job:
    """Work under way.

    Parameters
    ----------
    steps : int
        Number of messages that the work sends from start to end.
    """

    steps: int
    done: int = 0
    message: str = "starting"
    started: float = field(default_factory=time.monotonic)
    cancelled: threading.Event = field(default_factory=threading.Event)
    future: Future[Any] | None = None

    def progress(self, message: str) -> None:
        """Take note of a step; raises CancelledError where the visitor cancelled."""
        if self.cancelled.is_set():
            raise CancelledError
        self.done += 1
        self.message = message

    @property
    def share(self) -> float:
        return min(self.done / self.steps, 0.99)

    @property
    def seconds_left(self) -> float | None:
        """Time that is left if the steps still to come take as long as those that passed."""
        passed = self.done - 1
        return (time.monotonic() - self.started) / passed * (self.steps - passed) if passed > 0 else None


OWN = "own_data_jobs"
"""Where the session keeps the visitor's own jobs, by name; see `start`. `ui.own_data.forget` drops what starts like it."""


@st.cache_resource(max_entries=1, show_spinner=False)
def _jobs() -> dict[str, Job]:
    return {}


@st.cache_resource(max_entries=1, show_spinner=False)
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="background")


def job(name: str) -> Job | None:
    """Return the job of that name, under way or ended: the visitor's own, or one that all share."""
    own: dict[str, Job] = st.session_state.get(OWN, {})
    return own.get(name) or _jobs().get(name)


def start(name: str, work: Callable[[Callable[[str], None]], Any], *, steps: int, own: bool = False) -> None:
    """Start work unless it is under way.

    Parameters
    ----------
    name : str
        No own job may have the name of a shared one.
    work : callable
        Takes a function that it tells of each of its steps.
    steps : int
    own : bool
        Whether it works on what the visitor brought: then no other visitor finds it.
    """
    if is_running(name):
        return
    new = Job(steps)
    new.future = _workers().submit(work, new.progress)
    jobs = st.session_state.setdefault(OWN, {}) if own else _jobs()
    jobs[name] = new


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
    st.progress(current.share, text=f"{current.message.capitalize()}{time_left}")
    if st.button("Cancel", key=f"cancel_{name}"):
        current.cancelled.set()
