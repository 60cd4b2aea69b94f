"""One job at a time, and what has time only when nobody asks for anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from analysis.errors import UserError
from analysis.live import queue
from analysis.live.queue import Queue, Tell
from analysis.suite.process import Closed


@dataclass
class Said:
    """A job that notes that it was done."""

    key: str
    done: list[str]

    def do(self, tell: Tell) -> dict[str, object]:
        self.done.append(self.key)
        return {"event": "ready"}

    def cancel(self) -> None: ...


class Site:
    """A queue, in the order of what it did; what has time is one step each time."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.rested = threading.Semaphore(0)
        self.queue = Queue(self._idle)
        assert self.rested.acquire(timeout=20)

    def _idle(self) -> bool:
        self.done.append("idle")
        self.rested.release()
        return False

    def ask(self, name: str, then: threading.Timer | None = None) -> None:
        self.queue.wait(Said(name, self.done), lambda _: then.start() if then else None)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(queue, "_PAUSE_SECONDS", 1.0)
    made = Site()
    yield made
    made.queue.close()


def test_who_asks_again_at_once_waits_for_nothing_that_has_time(site: Site) -> None:
    site.ask("first", then=threading.Timer(0.1, site.ask, ["second"]))
    assert site.rested.acquire(timeout=20)
    assert site.done == ["idle", "first", "second", "idle"]


def test_who_asks_while_it_rests_is_served_at_once(site: Site) -> None:
    for name in ("first", "second"):
        site.ask(name)
        assert site.rested.acquire(timeout=20)
    assert site.done == ["idle", "first", "idle", "second", "idle"]


def test_a_queue_that_pauses_ends_at_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_PAUSE_SECONDS", 60.0)
    has_ended = threading.Event()
    site.queue.wait(Said("first", site.done), lambda _: has_ended.set())
    assert has_ended.wait(20)
    site.queue.close()
    assert not site.queue._thread.is_alive()
    assert site.done == ["idle", "first"]


class Slow(Said):
    """A job that begins, and goes on when it may: to its end, or until it was cancelled, whatever it then gives."""

    def __init__(self, key: str, done: list[str], ends: Exception | None = None) -> None:
        super().__init__(key, done)
        self.ends = ends
        self.began, self.may_go_on, self.cancelled = (threading.Event() for _ in range(3))

    def do(self, tell: Tell) -> dict[str, object]:
        self.began.set()
        assert self.may_go_on.wait(20)
        tell({"event": "progress"})
        if self.ends is not None:
            ends, self.ends = self.ends, None
            raise ends
        return super().do(tell)

    def cancel(self) -> None:
        self.cancelled.set()


ENDS = [Closed("dropped"), ValueError("a fault while it was ended"), UserError("as was asked"), None]


@pytest.mark.parametrize("ends", ENDS, ids=lambda e: type(e).__name__)
def test_who_asks_for_the_same_while_it_is_being_dropped_is_answered_by_another(
    site: Site, ends: Exception | None
) -> None:
    """As a reader who goes from page to page before the first was there."""
    dropped, heard, is_answered = Slow("same", site.done, ends), list[object](), threading.Event()

    def tell(said: dict[str, object]) -> None:
        heard.append(said)
        is_answered.set()

    left = site.queue.wait(dropped, lambda said: heard.append("the one who left"))
    assert dropped.began.wait(20)
    site.queue.leave(left)
    assert dropped.cancelled.is_set()
    site.queue.wait(Said("same", site.done), tell)
    dropped.may_go_on.set()
    assert is_answered.wait(20)
    assert heard == [{"event": "ready"}]
    assert site.done == ["idle", *([] if ends else ["same"]), "same"]


def test_what_has_to_be_done_again_is_done_again_for_those_who_wait(site: Site) -> None:
    again, heard, is_answered = (
        Slow("same", site.done, Closed("files changed")),
        list[object](),
        threading.Event(),
    )

    def tell(said: dict[str, object]) -> None:
        heard.append(said["event"])
        if said["event"] == "ready":
            is_answered.set()

    again.may_go_on.set()
    site.queue.wait(again, tell)
    assert is_answered.wait(20)
    assert heard == ["progress", "progress", "ready"]
    assert not again.cancelled.is_set()


def test_who_shares_a_job_keeps_it_when_the_other_leaves(site: Site) -> None:
    shared, is_answered = Slow("same", site.done), threading.Event()
    left = site.queue.wait(shared, lambda _: None)
    assert shared.began.wait(20)
    site.queue.wait(
        Said("same", site.done), lambda said: is_answered.set() if said["event"] == "ready" else None
    )
    site.queue.leave(left)
    shared.may_go_on.set()
    assert is_answered.wait(20)
    assert not shared.cancelled.is_set() and site.done == ["idle", "same"]
