"""One heavy job at a time, in a thread of its own; what was asked for last comes first, what nobody waits for is dropped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Protocol

from analysis.errors import UserError
from analysis.suite.process import Closed, Runner

MOST_WAITING = 32
_PAUSE_SECONDS = 0.2
Tell = Callable[[dict[str, object]], None]
"""Hears what is told of a job."""
_log = logging.getLogger("analysis")


class Job(Protocol):
    """What is to be done for everybody who waits for the same."""

    @property
    def key(self) -> Hashable: ...

    def do(self, tell: Tell) -> dict[str, object]:
        """Do it, telling of the progress; gives what is told at its end. Raises Closed when it was cancelled, or has to be done again."""

    def cancel(self) -> None:
        """Have `do` end early; called from another thread."""


class Work:
    """What of an execution can be stopped from another thread."""

    def __init__(self) -> None:
        self._runner: Runner | None = None
        self._is_cancelled = False

    def begin(self, runner: Runner | None) -> None:
        """The runner whose notebooks are to end when the work is cancelled; none where all come from the cache."""
        self._runner = runner
        if self._is_cancelled:
            self.cancel()

    def cancel(self) -> None:
        """End the notebooks that run."""
        self._is_cancelled = True
        if self._runner is not None:
            self._runner.stop()

    def refuse_cancelled(self) -> None:
        """Raises Closed after `cancel`."""
        if self._is_cancelled:
            raise Closed("This was overtaken.")


@dataclass(eq=False)
class Wait:
    """Somebody who waits for a job; `tell` hears how it goes and, last, how it ended."""

    job: Job
    tell: Tell = field(repr=False)


class Queue:
    """Works through the jobs that are waited for. idle: what is done while nobody waits, step by step; gives whether there was a step."""

    def __init__(self, idle: Callable[[], bool] = lambda: False) -> None:
        self._idle = idle
        self._waiting: list[Wait] = []
        self._running: Job | None = None
        self._is_closed = self._has_done = False
        self._changed = threading.Condition()
        self.heavy = threading.Lock()
        """Held while anything heavy is done, here or elsewhere."""
        self._thread = threading.Thread(target=self._work, name="live", daemon=True)
        self._thread.start()

    def wait(self, job: Job, tell: Tell) -> Wait:
        """Wait for a job. UserError when too many wait already."""
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                raise UserError(f"{MOST_WAITING} pages wait already; close some of them.")
            waiting = Wait(job, tell)
            self._waiting.append(waiting)
            self._changed.notify()
        return waiting

    def leave(self, waiting: Wait) -> None:
        """Wait no longer; the job is dropped when nobody else waits for it."""
        with self._changed:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            running = self._running
            if running is not None and all(w.job.key != running.key for w in self._waiting):
                running.cancel()
                self._running = None  # who asks for the same from now on waits for another, not for its end

    def close(self) -> None:
        """Drop everything, and wait until what is being done has ended."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            if self._running is not None:
                self._running.cancel()
            self._changed.notify()
        self._thread.join(5)

    def _work(self) -> None:
        while True:
            with self._changed:
                if self._is_closed:
                    return
                self._running = job = self._waiting[-1].job if self._waiting else None
            if job is None:
                self._rest()
                continue
            end: dict[str, object] | None = None
            with self.heavy:
                try:
                    end = job.do(lambda said: self._tell(job, said))  # noqa: B023  # called within this turn
                except Closed:
                    pass
                except UserError as error:
                    end = {"event": "refused", "text": str(error)}
                except Exception as error:  # a fault of ours: the server lives on
                    end = {"event": "refused", "text": f"{type(error).__name__}: {error}"}
            with self._changed:
                served = [] if end is None else self._listening(job)
                self._running, self._has_done = None, True
                self._waiting = [w for w in self._waiting if w not in served]
            for w in served:
                w.tell(end or {})

    def _rest(self) -> None:
        """Do a step of what has time, or wait until somebody waits. Who has just had an answer often asks again at once."""
        with self._changed:
            has_done, self._has_done = self._has_done, False
            if has_done and not self._is_asked:
                self._changed.wait(_PAUSE_SECONDS)
            if self._is_asked:
                return
        with self.heavy:
            try:
                if self._idle():
                    return
            except Exception as error:  # a fault of ours: the server lives on
                _log.warning("%s: %s", type(error).__name__, error)
                return
        with self._changed:
            while not self._is_asked:
                self._changed.wait()

    @property
    def _is_asked(self) -> bool:
        """Whether something else is to be done than what has time."""
        return bool(self._waiting) or self._is_closed

    def _tell(self, job: Job, said: dict[str, object]) -> None:
        with self._changed:
            listening = self._listening(job)
        for w in listening:
            w.tell(said)

    def _listening(self, job: Job) -> list[Wait]:
        """Those who wait for a job that is being done; nobody once it was dropped."""
        return [w for w in self._waiting if w.job.key == job.key] if self._running is job else []
