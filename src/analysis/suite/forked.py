"""A process that the fork server made: forked when a notebook needs it or ahead of that, and ended with all that it started."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType

from analysis.suite import child
from analysis.suite.child import Job

GRACE_SECONDS = 2.0
starting = threading.RLock()
"""Held while a process is started, which looks at how all others have ended, and while that is read: who reads it second gets nothing."""


@dataclass(frozen=True)
class Forked:
    """A process and the connection to it.

    is_case: it is the case of a sweep, and no process stands above it. was_ahead: it waited for its job.
    """

    process: BaseProcess
    connection: Connection
    is_case: bool = False
    was_ahead: bool = False

    def begin(self, job: Job) -> None:
        """Hand over the job. Where the process has ended, who listens to it hears so."""
        with contextlib.suppress(OSError):
            self.connection.send(job)

    def has_ended(self, seconds: float | None = 0.0) -> bool:
        """Whether it has ended, or does within these seconds (None: however long that takes)."""
        # Forked without a server, what it has forked in turn holds its sentinel too, and may outlive it.
        if seconds is not None and not wait([self.process.sentinel], seconds):
            return False
        with starting:
            self.process.join()
        return True

    @property
    def exitcode(self) -> int | None:
        """How it ended; None while it lives."""
        with starting:
            return self.process.exitcode

    def stop(self) -> None:
        """End it and what it started: the process above a notebook's does so in order, unless it is stuck."""
        if not self.is_case and not self.has_ended():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid or 0, child.GONE)
            self.has_ended(GRACE_SECONDS)
        if not self.has_ended():
            kill(self.process)

    def end(self) -> None:
        """As `stop`, and wait for the end."""
        self.stop()
        self.has_ended(None)
        self.connection.close()

    def leave(self) -> None:
        """Wait for the end that it has announced."""
        self.has_ended(GRACE_SECONDS)
        self.end()


class Ahead:
    """At most one process that waits for its job, forked while another works.

    One that nobody asked for ends with this process, in whatever way that does.
    """

    def __init__(self) -> None:
        self._begin()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin)  # the one that waits is its parent's
        # Before `multiprocessing` waits, at its own end, for every process that it knows.
        atexit.register(self._finish)

    def _begin(self) -> None:
        self._waiting: Forked | None = None
        self._is_over = False
        self._lock, self._making = threading.Lock(), threading.Lock()

    def take(self) -> Forked | None:
        """The process that waits, if there is one and it lives."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.has_ended():
            waiting.end()
            return None
        return waiting

    def make(self, fork: Callable[[], Forked]) -> None:
        """Fork one, if none waits and nobody else is at it."""
        if not self._making.acquire(blocking=False):
            return
        try:
            if self._waiting is None and not self._is_over:
                made = fork()
                with self._lock:
                    self._waiting = made
        finally:
            self._making.release()
        if self._is_over:
            self.end()

    def end(self) -> None:
        """End the process that waits."""
        waiting = self.take()
        if waiting is not None:
            waiting.end()

    def _finish(self) -> None:
        self._is_over = True
        self.end()


def kill(process: BaseProcess) -> None:
    """End a process, every process of its session, and what these have sent into the background."""
    more = child.below(process.pid) if process.pid and process.exitcode is None else []
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.kill()
    for end, pid in ((end, pid) for pid in more for end in (os.killpg, os.kill)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)


_hiding = threading.RLock()


@contextlib.contextmanager
def no_main() -> Iterator[None]:
    """Hides the script that runs: `multiprocessing` would import it again in each child, whatever it does."""
    with _hiding:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
