"""Runs tasks side by side, each after those it needs; a task whose need failed is skipped."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Skipped(Exception):
    """Not run, because something that it needs did not succeed: `needed` names it."""

    def __init__(self, needed: str) -> None:
        super().__init__(f"needs {needed}")
        self.needed = needed


class Schedule(Generic[Result]):
    """Tasks by name, with the names that each needs.

    work: called in a thread with the name of a task; gives its result or raises.
    done: called in the calling thread with name and outcome, before any task that needs it starts; says whether
    the task succeeded.
    """

    def __init__(
        self,
        needs: Mapping[str, tuple[str, ...]],
        work: Callable[[str], Result],
        done: Callable[[str, Result | BaseException], bool],
    ) -> None:
        self.needs = {name: [n for n in needed if n in needs] for name, needed in needs.items()}
        self.work, self.done = work, done
        self._todo: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[str, Result | BaseException]] = queue.SimpleQueue()

    def run(self, jobs: int) -> None:
        """Run every task, at most `jobs` at once, the earlier names first.

        An exception of `done` or Ctrl-C ends it at once: the threads are daemons, what they still do is dropped.
        """
        waiting, succeeded = dict(self.needs), dict[str, bool]()
        for _ in range(min(jobs, len(waiting))):
            threading.Thread(target=self._serve, daemon=True).start()
        running = 0
        try:
            while waiting or running:
                running += self._release(waiting, succeeded)
                if running:
                    name, outcome = self._results.get()
                    running -= 1
                    succeeded[name] = self.done(name, outcome)
        finally:
            for _ in range(jobs):
                self._todo.put(None)

    def _release(self, waiting: dict[str, list[str]], succeeded: dict[str, bool]) -> int:
        """Start what can start and skip what cannot; gives the number started."""
        started, changed = 0, True
        while changed:
            changed = False
            for name, needed in list(waiting.items()):
                bad = next((n for n in needed if succeeded.get(n) is False), None)
                if bad is not None:
                    succeeded[name] = self.done(name, Skipped(bad))
                elif all(n in succeeded for n in needed):
                    self._todo.put(name)
                    started += 1
                else:
                    continue
                del waiting[name]
                changed = True
        return started

    def _serve(self) -> None:
        while (name := self._todo.get()) is not None:
            try:
                self._results.put((name, self.work(name)))
            except BaseException as error:  # handed to the calling thread, which decides
                self._results.put((name, error))
