"""Runs tasks side by side, each after those it needs; a task whose need failed is skipped."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import TypeVar

Result = TypeVar("Result")


class Skipped(Exception):
    """Not run, because something that it needs did not succeed: `needed` names it."""

    def __init__(self, needed: str) -> None:
        super().__init__(f"needs {needed}")
        self.needed = needed


def run(
    needs: Mapping[str, tuple[str, ...]],
    work: Callable[[str], Result],
    done: Callable[[str, Result | BaseException], bool],
    jobs: int,
    after: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Run every task, at most `jobs` at once, the earlier names first.

    needs: task → tasks before it; names that are no tasks do not count. after: task → one that has ended before,
    in whatever way. work: called in a thread of its own, gives a result or raises. done: called in the calling thread with name and outcome, before any task that needs it starts; says whether the
    task succeeded. An exception of `done` or Ctrl-C ends it at once: the threads are daemons, what they still do is dropped.
    """
    before = {name: [n for n in needed if n in needs] for name, needed in needs.items()}
    ended = {name: [*needed, *filter(None, [after.get(name)])] for name, needed in before.items()}
    order, succeeded = TopologicalSorter(ended), dict[str, bool]()
    order.prepare()
    waiting, running = deque[str](), 0
    threads: list[threading.Thread] = []
    results: queue.SimpleQueue[tuple[str, Result | BaseException]] = queue.SimpleQueue()

    def one(name: str) -> None:
        try:
            results.put((name, work(name)))
        except BaseException as error:  # handed to the calling thread, which decides
            results.put((name, error))

    while order.is_active():
        waiting.extend(sorted(order.get_ready(), key=list(needs).index))
        while waiting and running < jobs:
            name = waiting.popleft()
            if failed := next((n for n in before[name] if not succeeded[n]), None):
                results.put((name, Skipped(failed)))
            else:
                threads.append(threading.Thread(target=one, args=(name,), daemon=True))
                threads[-1].start()
            running += 1
        name, outcome = results.get()
        running -= 1
        succeeded[name] = done(name, outcome)
        order.done(name)
    for thread in threads:
        thread.join()
