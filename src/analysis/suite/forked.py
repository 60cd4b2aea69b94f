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
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import ModuleType

from analysis.suite import child
from analysis.suite.child import Job

GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Forked:
    """A process and the connection to it."""

    process: BaseProcess
    connection: Connection

    def begin(self, job: Job) -> None:
        """Hand over the job. Where the process has ended, who listens to it hears so."""
        with contextlib.suppress(OSError):
            self.connection.send(job)

    def leave(self) -> None:
        """Wait for its end, which it has announced; then end what is left."""
        self.process.join(GRACE_SECONDS)
        self.end()

    def end(self) -> None:
        """End it and what it started, at once."""
        kill(self.process)
        self.process.join()
        self.connection.close()


class Ahead:
    """At most one process that waits for its job, forked while another works.

    A process that nobody asked for ends with this one, whatever way that takes.
    """

    def __init__(self) -> None:
        self._waiting: Forked | None = None
        self._lock, self._making = threading.Lock(), threading.Lock()
        # Before `multiprocessing` waits, at its own end, for every process that it knows.
        atexit.register(self.end)

    def take(self) -> Forked | None:
        """The process that waits, if there is one and it lives."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is None or waiting.process.exitcode is None:
            return waiting
        waiting.end()
        return None

    def make(self, fork: Callable[[], Forked]) -> None:
        """Fork one, if none waits and nobody else is at it."""
        if not self._making.acquire(blocking=False):
            return
        try:
            if self._waiting is None:
                made = fork()
                with self._lock:
                    self._waiting = made
        finally:
            self._making.release()

    def end(self) -> None:
        """End the process that waits."""
        waiting = self.take()
        if waiting is not None:
            waiting.end()


def kill(process: BaseProcess) -> None:
    """End a child, every process of its session, and what these have sent into the background."""
    more = child.below(process.pid) if process.pid and process.exitcode is None else []
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.kill()
    for end, pid in ((end, pid) for pid in more for end in (os.killpg, os.kill)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)


@contextlib.contextmanager
def no_main() -> Iterator[None]:
    """Hides the script that runs: `multiprocessing` would import it again in each child, whatever it does."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
