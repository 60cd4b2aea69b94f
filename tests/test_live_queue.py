"""One job at a time, and what has time only when nobody asks for anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from analysis.live import queue
from analysis.live.queue import Queue, Tell


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
