"""Work beside the pages: what is remembered is bounded, and it can be cancelled."""

from __future__ import annotations

import threading

import pytest

from ui import background
from ui.background import CancelledError, Shelf


@pytest.fixture
def blocked():
    """Keep the one worker busy until the test ends, so that other work waits."""
    release = threading.Event()

    def wait(progress):
        progress("waiting")
        release.wait(30)

    assert background.start("blocked", wait, steps=1)
    yield release
    release.set()
    background.job("blocked").future.result(30)


def end(name):
    background.job(name).future.exception(30)


def test_a_shelf_keeps_those_looked_at_last():
    shelf = Shelf(2)
    assert shelf.put("a", 1)
    assert shelf.put("b", 2)
    assert shelf.get("a") == 1
    assert shelf.put("c", 3)
    assert [shelf.get(name) for name in "abc"] == [1, None, 3]
    assert shelf.put("c", 4)
    assert [shelf.get(name) for name in "ac"] == [1, 4]


def test_a_shelf_drops_nothing_that_must_stay():
    shelf = Shelf(2, lambda value: value > 0)
    assert shelf.put("a", -1)
    assert shelf.put("b", 1)
    assert shelf.put("c", -1)
    assert [shelf.get(name) for name in "abc"] == [-1, None, -1]
    assert not shelf.put("d", 1)
    assert shelf.get("d") is None
    assert shelf.put("a", -2)
    assert shelf.get("a") == -2


def test_ended_jobs_are_forgotten_and_those_under_way_are_not(blocked):
    for number in range(31):
        assert background.start(f"job {number}", lambda progress: progress("done"), steps=1)
    # The one that blocks and 31 that wait are all that are taken on.
    assert not background.start("one too many", lambda progress: progress("done"), steps=1)
    assert background.job("one too many") is None
    assert background.job("job 0").message == "waiting for other work to end"
    blocked.set()
    end("job 30")
    for number in range(31, 100):
        name = f"job {number}"
        assert background.start(name, lambda progress: progress("done"), steps=1)
        end(name)
    remembered = [number for number in range(100) if background.job(f"job {number}")]
    assert len(remembered) <= 32
    assert remembered[-1] == 99
    assert background.job("blocked") is None
    assert background.start("blocked", lambda progress: progress("done"), steps=1)


def test_work_that_is_started_twice_runs_once(blocked):
    runs = []
    assert background.start("once", lambda _: runs.append(1), steps=1)
    assert background.start("once", lambda _: runs.append(1), steps=1)
    blocked.set()
    end("once")
    assert runs == [1]


def test_cancelled_work_ends_at_its_next_step(blocked):
    assert background.start("cancelled", lambda progress: progress("step"), steps=1)
    background.job("cancelled").cancelled.set()
    blocked.set()
    assert isinstance(background.job("cancelled").future.exception(30), CancelledError)
    assert background.result("cancelled") is None


def test_time_left_follows_what_steps_cost(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(background.time, "monotonic", lambda: now[0])
    job = background.Job(3, (1.0, 2.0, 7.0))
    assert (job.share, job.seconds_left) == (0, None)
    job.progress("first")
    assert (job.share, job.seconds_left) == (0.05, None)
    now[0] = 104
    job.progress("second")
    # The first step took 4 s for a cost of 1: 9 more cost 36 s, of which 6 have passed.
    now[0] = 110
    assert job.share == pytest.approx(0.2)
    assert job.seconds_left == pytest.approx(30)
    # Without costs all steps take as long.
    equal = background.Job(4)
    equal.progress("first")
    now[0] = 112
    equal.progress("second")
    assert equal.seconds_left == pytest.approx(6)
    # Nothing is ever promised for the past.
    now[0] = 200
    assert equal.seconds_left == 1
