"""Order, parallelism and skipping, without any notebook."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from analysis.suite import schedule
from analysis.suite.schedule import Skipped


def run(needs: dict[str, tuple[str, ...]], work: Callable[[str], Any], jobs: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def done(name: str, outcome: Any) -> bool:
        found[name] = outcome
        return not isinstance(outcome, BaseException)

    schedule.run(needs, work, done, jobs)
    return found


def test_a_task_starts_after_those_it_needs() -> None:
    order: list[str] = []
    run({"c": ("a", "b"), "b": ("a",), "a": ()}, order.append)
    assert order == ["a", "b", "c"]


def test_a_task_whose_need_failed_is_skipped_and_so_are_those_after_it() -> None:
    def work(name: str) -> str:
        if name == "a":
            raise ValueError(name)
        return name

    found = run({"a": (), "b": ("a",), "c": ("b",), "d": ()}, work)
    assert found["d"] == "d"
    assert [str(found[n]) for n in "abc"] == ["a", "needs a", "needs b"]
    assert isinstance(found["c"], Skipped)


def test_a_task_waits_for_the_end_of_another_whatever_it_was() -> None:
    order: list[str] = []

    def work(name: str) -> None:
        time.sleep(0.2 if name == "a" else 0)
        order.append(name)
        if name == "a":
            raise ValueError

    schedule.run({"b": (), "a": (), "c": ()}, work, lambda *_: False, jobs=3, after={"b": "a"})
    assert order == ["c", "a", "b"]


def test_independent_tasks_run_side_by_side_but_never_more_than_jobs() -> None:
    gate, lock = threading.Event(), threading.Lock()
    now, most = 0, 0

    def work(name: str) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        gate.wait()
        with lock:
            now -= 1

    threading.Timer(0.5, gate.set).start()  # when all that may start have started
    found = run(dict.fromkeys("abcd", ()), work)
    assert most == 2
    assert set(found.values()) == {None}


def test_an_exception_of_the_caller_ends_it() -> None:
    def done(name: str, outcome: Any) -> bool:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        schedule.run({"a": (), "b": ("a",)}, str, done, 1)


def test_no_thread_is_left_when_all_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(queue.Queue[Any]):
        """Keeps who put something in it for a while."""

        def put(self, *given: Any, **more: Any) -> None:
            super().put(*given, **more)
            time.sleep(0.2)

    monkeypatch.setattr(queue, "SimpleQueue", Slow)
    before = threading.active_count()
    assert set(run({"a": (), "b": ("a",), "c": ()}, str.upper).values()) == {"A", "B", "C"}
    assert threading.active_count() == before
