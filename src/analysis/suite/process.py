"""Notebooks run in children of the standard library's fork server, which has imported everything once.

Here is the side of who asks: `Runner` starts children, keeps their time, and says how they ended. `child` is the other side.
Knows nothing of papermill. Safe to use from several threads, which is how notebooks run side by side.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

from analysis.errors import UserError
from analysis.mime import ROWS
from analysis.suite import child, environment
from analysis.suite.child import CellResult, Job
from analysis.suite.document import may_fail, must_run
from analysis.suite.forked import GRACE_SECONDS, Ahead, Forked, no_main, starting
from analysis.suite.watch import Seen

OUTPUT_LIMIT = 20_000_000

Document = Mapping[str, Any]


class Unavailable(UserError):
    """This platform cannot fork, or the fork server could not start."""


class Closed(RuntimeError):
    """The runner was closed while this notebook ran: it is not to be run in another way."""


@dataclass(frozen=True)
class Limits:
    """Seconds for each cell and for the whole notebook (None: no limit), characters of output for each cell."""

    cell_seconds: float | None = None
    notebook_seconds: float | None = None
    output: int = OUTPUT_LIMIT

    @property
    def text(self) -> str:
        """What a cell that took too long is told."""
        if self.cell_seconds:
            return f"this cell took longer than {self.cell_seconds:g} s and was stopped"
        return "this notebook took too long and was stopped"


@dataclass
class Outcome:
    """How a notebook ended.

    status: `ok`, `error` (a cell raised), `timeout`, or `died` (its process ended in a cell).
    cell: index from 0 of the cell it stopped in, -1 when it ran to its end. message: what happened, empty when ok.
    seen: what it read; None unless it ran to its end.
    """

    status: str = "ok"
    cell: int = -1
    message: str = ""
    results: list[CellResult] = field(default_factory=list)
    seen: Seen | None = None

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Table → rows of all outputs of the kind that the suite collects, in order."""
        found: dict[str, list[dict[str, Any]]] = {}
        for result in self.results:
            for output in result.outputs:
                if bundle := output.get("data", {}).get(ROWS):
                    found.setdefault(bundle["table"], []).extend(bundle["rows"])
        return found


def available() -> bool:
    """Whether this platform can fork notebooks safely: Linux, in practice."""
    return sys.platform == "linux" and hasattr(os, "fork") and hasattr(os, "memfd_create")


class Runner:
    """Runs notebooks in children; closing it ends those that still run.

    preload: modules that the fork server imports ahead. There is one server in a process, started by the first runner that
    needs it: the names that later ones give count no more. method: `forkserver`, or `fork` in a single-threaded
    process that has imported (and run) what its children shall find. is_followed: another runner comes after this one, and may have
    what was forked ahead; `end_ahead` ends it.
    Raises Unavailable where forks are not to be had.
    """

    _ahead: ClassVar[Ahead] = Ahead()  # one server makes the processes of all runners

    def __init__(
        self, preload: Sequence[str] = (), method: str = "forkserver", is_followed: bool = False
    ) -> None:
        if not available():
            raise Unavailable("Notebooks cannot be forked on this platform; use the stock engine.")
        self.preload, self.context = list(preload), multiprocessing.get_context(method)
        self._running: set[Forked] = set()
        self._threads: list[threading.Thread] = []
        self._state = threading.Lock()
        self._expected = 0
        self.is_followed, self._is_closed = is_followed, False

    @property
    def _is_served(self) -> bool:
        """Whether a fork server makes the processes: another must not have threads."""
        return self.context.get_start_method() == "forkserver"

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the fork server if it does not run; returns at once, its imports go on meanwhile."""
        if not self._is_served:
            return
        with child.deaf_to_interrupts():  # of its own: its start clears the mask of signals
            resource_tracker.ensure_running()
        with starting, environment.for_fork_server(self.preload), child.deaf_to_interrupts():
            forkserver.set_forkserver_preload(["analysis.suite.child", "analysis.suite.preload"])
            forkserver.ensure_running()

    def stop(self) -> None:
        """End every notebook that still runs, without waiting for it; no other begins."""
        self._is_closed = True
        with self._state:
            running = list(self._running)
        for forked in running:
            if not self._beside(forked.stop):
                forked.stop()

    def close(self) -> None:
        """As `stop`, and wait until notebooks and what they started have ended."""
        self.stop()
        for thread in list(self._threads):
            thread.join()
        if not self.is_followed:
            self._ahead.end()

    @classmethod
    def end_ahead(cls) -> None:
        """End the process that was forked ahead, if there is one."""
        cls._ahead.end()

    def expect(self, notebooks: int) -> None:
        """So many more (below 0: fewer) will be asked for: while one runs, the process of the next is forked."""
        with self._state:
            self._expected = max(0, self._expected + notebooks)

    def execute(
        self,
        notebook: Document,
        *,
        cwd: Path | str | None = None,
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        rows_only: bool = False,
        on_start: Callable[[int], None] | None = None,
        on_cell: Callable[[CellResult], None] | None = None,
    ) -> Outcome:
        """Run the code cells of a notebook in a fresh child and write their outputs into it, in place.

        cwd: default the current folder. env: all of its environment, default this process's own. rows_only: other
        outputs than rows are not made. on_start gets a cell's index, on_cell its result, as they happen.
        Raises Unavailable when no child can be started, Closed; never for what a cell does.
        """
        limits = limits or Limits()
        cells = tuple((i, c["source"], may_fail(c)) for i, c in enumerate(notebook["cells"]) if must_run(c))
        variables = environment.of_forks(os.environ if env is None else env)
        only = ROWS if rows_only else None
        job = Job(cells, str(cwd or Path.cwd()), variables, limits.output, only, limits.text)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
        follower = _Follower(notebook["cells"], limits, on_start, on_cell)
        self.expect(-1)
        for is_first in (True, False):
            forked = self._begun(job, is_first)
            try:
                follower.follow(forked)
            finally:
                self._end(forked, follower.has_left)
            if self._is_closed:
                raise Closed("The runner was closed while a notebook ran.")
            if not (forked.was_ahead and follower.has_heard_nothing):  # it ended while it waited
                break
        return follower.outcome(forked.exitcode)

    def _begin(self, process: BaseProcess) -> None:
        """Starts it; a fork server that has just died refuses until the system tells of its end, and another takes its place."""
        for pause in (0.05, 0.2, 1.0, None):
            self.start()
            try:
                with starting, no_main():
                    process.start()
            except ConnectionRefusedError:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                return

    def _begun(self, job: Job, may_be_ahead: bool) -> Forked:
        """A process that runs the job: the one that waits for it, or another."""
        self._refuse_closed()
        found = self._ahead.take() if may_be_ahead and self._is_served and not job.only else None
        forked = found or self._forked(job)
        with self._state:
            self._running.add(forked)
        if self._is_closed:
            self._end(forked, has_left=False)
            self._refuse_closed()
        if found is not None:
            found.begin(job)
        if self._expected:
            self._beside(self._fork_ahead)
        return forked

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise Closed("The runner is closed.")

    def _fork_ahead(self) -> None:
        with contextlib.suppress(Unavailable):  # the next notebook meets it again, and is told
            self._ahead.make(self._forked)
        if self._is_closed and not self.is_followed:
            self._ahead.end()

    def _forked(self, job: Job | None = None) -> Forked:
        """A new process for the job, or for one that it will be handed."""
        try:
            ours, theirs = self.context.Pipe()
            with theirs:
                process: BaseProcess = self.context.Process(  # type: ignore[attr-defined]
                    target=child.run, args=(theirs, job), name="MainProcess"
                )
                self._begin(process)
        except (OSError, EOFError) as error:
            raise Unavailable(f"Notebooks cannot be forked: the fork server ended ({error}).") from None
        return Forked(process, ours, is_case=job is not None and bool(job.only), was_ahead=job is None)

    def _end(self, forked: Forked, has_left: bool) -> None:
        """End it and what it started; where it has said that nothing is left, its own end is not waited for."""
        if not (has_left and self._is_served and self._beside(forked.leave)):
            forked.end()
        with self._state:
            self._running.discard(forked)

    def _beside(self, work: Callable[[], None]) -> bool:
        """Do it in a thread, whose end `close` waits for; gives whether one could be had."""
        thread = threading.Thread(target=work, daemon=True)
        with self._state:
            try:
                thread.start()
            except RuntimeError:
                return False
            self._threads = [*filter(threading.Thread.is_alive, self._threads), thread]
        return True


class _Follower:
    """Follows one notebook's messages: fills in outputs, keeps the time, and sums up at the end."""

    def __init__(
        self,
        cells: Sequence[dict[str, Any]],
        limits: Limits,
        on_start: Callable[[int], None] | None,
        on_cell: Callable[[CellResult], None] | None,
    ) -> None:
        self.cells, self.limits = cells, limits
        self.on_start, self.on_cell = on_start or (lambda _: None), on_cell or (lambda _: None)
        self.results: list[CellResult] = []
        self.current, self.signals = -1, 0
        self.seen: Seen | None = None
        self.has_left, self.fatal = False, ""
        self.began = self.cell_began = None

    began: float | None
    cell_began: float | None

    def follow(self, forked: Forked) -> None:
        """Take messages until the last one, or until the process is gone; after the last cell it removes its temporary folders."""
        sentinel, connection = forked.process.sentinel, forked.connection
        while not (self.has_left or self.fatal):
            ready = wait([connection, sentinel], self._seconds_left())
            if not ready and self.seen:
                return
            if not ready:
                self._press(forked)
            elif connection not in ready:
                return
            else:
                try:
                    self._take(*connection.recv())
                except (EOFError, OSError):
                    forked.has_ended(GRACE_SECONDS)  # which says how it died
                    return

    @property
    def has_heard_nothing(self) -> bool:
        """Whether no cell had begun when the process ended by itself."""
        return self.current == -1 and not (self.results or self.seen or self.fatal or self.signals)

    def _seconds_left(self) -> float | None:
        if self.signals or self.seen:
            return GRACE_SECONDS
        ends = []
        if self.limits.cell_seconds and self.cell_began is not None:
            ends.append(self.cell_began + self.limits.cell_seconds)
        if self.limits.notebook_seconds and self.began is not None:
            ends.append(self.began + self.limits.notebook_seconds)
        # A day at most: what a system can wait for has its bounds.
        return min(max(0.0, min(ends) - time.monotonic()), 86_400.0) if ends else None

    def _press(self, forked: Forked) -> None:
        """First the signal that shows where the cell hangs, then the one that cannot be ignored."""
        if self._seconds_left() == 0 or self.signals:
            self.signals += 1
            if self.signals == 1:
                os.kill(forked.process.pid or 0, child.TIMEOUT_SIGNAL)
            else:
                forked.stop()

    def _take(self, kind: str, *message: Any) -> None:
        if kind == "start":
            self.current, self.cell_began = message[0], time.monotonic()
            self.began = self.began or self.cell_began
            self.on_start(self.current)
        elif kind == "cell":
            self._finish_cell(*message)
        elif kind == "end":
            self.seen = message[0]
        elif kind == "left":
            self.has_left = True
        else:
            self.fatal = message[0]

    def _finish_cell(self, result: CellResult, updates: list[tuple[int, int, dict[str, Any]]]) -> None:
        self.cell_began = None
        for index, output, content in updates:
            self.cells[index]["outputs"][output].update(content)
        cell = self.cells[result.index]
        cell["outputs"], cell["execution_count"] = result.outputs, result.execution_count
        self.results.append(result)
        self.current = -1 if result.ok or may_fail(cell) else result.index
        self.on_cell(result)

    def outcome(self, exitcode: int | None) -> Outcome:
        """How it ended. Raises Unavailable when no notebook can run here."""
        if self.fatal:
            raise Unavailable(f"Notebooks cannot be forked: {self.fatal}")
        if self.seen is None:
            return self._death(exitcode)
        failed = next((r for r in self.results if r.index == self.current), None)
        if failed is None:
            return Outcome(results=self.results, seen=self.seen)
        error = next((o for o in failed.outputs if o["output_type"] == "error"), None)
        message = f"{error['ename']}: {error['evalue']}" if error else "the cell failed"
        return Outcome("timeout" if self.signals else "error", failed.index, message, self.results)

    def _death(self, exitcode: int | None) -> Outcome:
        """The child ended without saying so: killed for its time, by the system, or by its own code."""
        if self.signals:
            name, text = "CellTimeoutError", "this cell took too long, did not react, and was killed"
        else:
            name, text = "DeadKernelError", f"the notebook's process ended in this cell ({_ending(exitcode)})"
        index = max(self.current, 0)
        error = {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
        if self.cells:
            self.cells[index]["outputs"] = [error]
        return Outcome("timeout" if self.signals else "died", index, f"{name}: {text}", self.results)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"signal {name}" + (", as when memory runs out" if name == "SIGKILL" else "")
    return f"exit code {code}"
