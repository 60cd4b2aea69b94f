"""One notebook in its own process, forked from the warm one: runs the cells and streams their outputs back.

The messages are lines of JSON on the job's socket: {"start": cell}, {"cell": cell, "outputs": …} for each cell, and
{"end": what the notebook used}. What comes in is one line, the job.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from json import dumps, loads  # by name: a notebook may replace functions of the module
from types import FrameType
from typing import Any

from analysis.suite.recorder import OutputLimit, Recorder, redirect
from analysis.suite.shell import NotebookShell, run_cell
from analysis.suite.trace import Area, Observer

TIMEOUT_SIGNAL = signal.SIGXCPU if hasattr(signal, "SIGXCPU") else signal.SIGTERM


class CellTimeoutError(BaseException):
    """The cell ran longer than allowed; its traceback shows where it was."""


def run(
    job_socket: socket.socket, shell: NotebookShell, area: Area, since: float, early: Iterable[str] = ()
) -> int:
    """Run the job that comes over the socket; gives the exit code of the process.

    since: when (seconds of the epoch) the warm process began to import modules. early: files that these read.
    """
    gc.enable()
    try:
        job = loads(_line(job_socket))
        _prepare(job)
        observer = Observer(Area(area.roots, [*area.ignored, *job["ignored"]]), since, early)
        recorder = Recorder(job["limit"])
        shell.record_to(recorder)
        collect = redirect(recorder)
        if job["only"]:
            shell.show_only(job["only"])
            # A short life: looking for garbage costs more than keeping it.
            gc.set_threshold(100_000, 50, 50)
        if job["observe"]:
            observer.start()
        cells = _Cells(job, shell, recorder, collect, job_socket)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(cells.run())
        except (
            CellTimeoutError,
            OutputLimit,
            KeyboardInterrupt,
        ) as error:  # struck while the loop was waiting
            cells.give_up(error)
        _send(job_socket, {"end": observer.report() if job["observe"] else {}})
    except Exception:
        _send(job_socket, {"crash": traceback.format_exc()})
        return 70
    _finish()
    return 0


class _Cells:
    """The cells of a job, one after the other, until one fails that must not."""

    def __init__(
        self,
        job: dict[str, Any],
        shell: NotebookShell,
        recorder: Recorder,
        collect: Callable[[], None],
        target: socket.socket,
    ) -> None:
        self.job, self.shell, self.recorder, self.collect, self.target = job, shell, recorder, collect, target
        self.timed_out = self.running = False
        self.current, self.began = -1, 0.0
        signal.signal(TIMEOUT_SIGNAL, self._time_is_up)

    async def run(self) -> None:
        """Run them; what each put out goes to the socket as soon as it is done."""
        for cell in self.job["cells"]:
            passed = await self._run(cell)
            if self.timed_out or not (passed or cell["may_fail"]):
                break
            await asyncio.sleep(0)  # tasks that the cell started get their turn

    async def _run(self, cell: dict[str, Any]) -> bool:
        _send(self.target, {"start": cell["index"]})
        self.recorder.begin(cell["index"])
        self.current, self.began = cell["index"], time.perf_counter()
        try:
            self.running = True
            passed = await run_cell(self.shell, cell["source"])
            self.running = False
            self.collect()
        except BaseException as error:
            # What the shell lets through (the limit, the time-out, when they hit its own code) ends the cell.
            self._record(error)
            passed = False
        self._report(passed)
        return passed

    def give_up(self, error: BaseException) -> None:
        """End the running cell with an error that came from outside it."""
        self._record(error)
        self._report(False)

    def _record(self, error: BaseException) -> None:
        self.running = False
        name, text = type(error).__name__, str(error)
        self.recorder.error(name, text, [f"{name}: {text}"])

    def _report(self, passed: bool) -> None:
        message = {
            "cell": self.current,
            "execution_count": max(self.shell.execution_count - 1, 1),
            "outputs": self.recorder.outputs,
            "updates": self.recorder.updates,
            "ok": passed,
            "seconds": time.perf_counter() - self.began,
        }
        _send(self.target, message)

    def _time_is_up(self, number: int, frame: FrameType | None) -> None:
        __tracebackhide__ = True
        if self.running:
            self.timed_out = True
            raise CellTimeoutError(self.job["timeout_text"])


def _prepare(job: dict[str, Any]) -> None:
    """What a fork copies although each notebook must have its own."""
    os.chdir(job["cwd"])
    os.environ.update(job["env"])
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()


def _line(source: socket.socket) -> bytes:
    received = bytearray()
    while not received.endswith(b"\n"):
        piece = source.recv(1 << 20)
        if not piece:
            raise EOFError("the job ended before it was complete")
        received += piece
    return bytes(received)


def _send(target: socket.socket, message: dict[str, Any]) -> None:
    target.sendall(dumps(message).encode() + b"\n")


def _finish() -> None:
    """What a kernel does at its end: the functions registered for it (temporary folders are removed there)."""
    with contextlib.suppress(Exception):
        atexit._run_exitfuncs()
