"""One notebook in its own process: runs the cells in the preloaded shell and sends their outputs back as they come.

The messages are tuples: ("start", cell), ("cell", result, updates) for each cell, ("end", what was read), and ("left",) when
nothing of the notebook is left but the process itself.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import gc
import io
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from analysis.suite import environment

if TYPE_CHECKING:
    from analysis.suite.shell import NotebookShell

TIMEOUT_SIGNAL = getattr(signal, "SIGXCPU", signal.SIGTERM)
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
GONE = getattr(signal, "SIGUSR2", signal.SIGTERM)
"""Tells the process above a notebook's that nobody waits for the notebook any more."""


class CellTimeoutError(BaseException):
    """The cell ran longer than allowed; its traceback shows where it was."""


@dataclass(frozen=True)
class CellResult:
    """What a cell put out: `index` counts from 0 among all cells, outputs are those of the notebook format."""

    index: int
    execution_count: int
    outputs: list[dict[str, Any]]
    ok: bool
    seconds: float


@dataclass(frozen=True)
class Job:
    """A notebook to run.

    cells: (index, source, whether it may fail). limit: characters of output for each cell. only: the MIME type of the
    sole outputs that are made, None for all.
    """

    cells: tuple[tuple[int, str, bool], ...]
    folder: str
    environment: dict[str, str]
    limit: int
    only: str | None
    timeout_text: str


_POLITE = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} if hasattr(signal, "SIGHUP") else {signal.SIGINT}
"""What a terminal, or who ends a whole group of processes, sends to all of them at once."""


@contextlib.contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """What is started within leaves Ctrl-C, and other polite signals, to its owner, from its first moment on.

    `of_its_own` ends that. The owner's end, however it comes, is the end of all.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _POLITE)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def of_its_own() -> None:
    """Ctrl-C reaches the owner, which ends the notebooks in order; what they started ends with them."""
    os.setsid()
    for number in _POLITE:  # one that came before this process had a group of its own was not meant for it
        handler = signal.signal(number, signal.SIG_IGN)
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _POLITE)


def run(connection: Connection, job: Job | None) -> None:
    """Run a job, or the one that comes through the connection, and end this process.

    It runs in a child of this one, but for a case of a sweep, whose time a second fork would be felt in.
    """
    of_its_own()
    is_case = job is not None and bool(job.only)
    die_with_owner(signal.SIGKILL if is_case else GONE)
    from analysis.suite import preload

    sys.excepthook = preload.EXCEPTHOOK
    if preload.PROBLEM:
        connection.send(("fatal", preload.PROBLEM))
    else:
        # What has lost its parent becomes ours.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        if not is_case:
            _run_below(connection)
        if job is None:
            job = _job(connection)
        Cells(job, preload.SHELL, connection).run()
        if is_case:
            _end_children()
        connection.send(("end", preload.WATCH.seen()))
    with contextlib.suppress(Exception):  # the notebook's own functions
        atexit._run_exitfuncs()  # what a kernel does at its end: temporary folders are removed there
    if not is_case:
        _leave(connection)
    os._exit(0)


def _leave(connection: Connection) -> None:
    """Say that no process, thread or open file of the notebook is left. Where one is, this process's end will say so."""
    own, above = os.getpid(), os.getppid()
    with contextlib.suppress(OSError):  # a system that does not tell
        below = [Path(f"/proc/{pid}/task/{pid}/children").read_text().split() for pid in (above, own)]
        if below != [[str(own)], []] or len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
            return
        for number in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
            if number not in (0, 1, 2, connection.fileno()):
                with contextlib.suppress(OSError):
                    os.close(number)
        connection.send(("left",))


def _job(connection: Connection) -> Job:
    """Wait for the job; nobody asks for one any more where the other end is closed."""
    try:
        found = connection.recv()
    except (EOFError, OSError):
        os._exit(0)
    assert isinstance(found, Job)
    return found


def _run_below(connection: Connection) -> None:
    """Go on in a child; the process that was called runs no cell, so that it can end whatever cells start.

    However the child ends, all that it left running, in sessions of its own too, is ended; then its end is repeated.
    """
    keeper = os.getpid()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {GONE, TIMEOUT_SIGNAL})
    worker = os.fork()
    if not worker:
        os.setsid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if os.getppid() != keeper:
            os._exit(1)
        return
    connection.close()
    signal.signal(TIMEOUT_SIGNAL, lambda number, _: os.kill(worker, number))

    def leave(*_: object) -> None:
        _end_children()
        os._exit(1)

    signal.signal(GONE, leave)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    _end_children()
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(OSError):  # the one that cannot be handled needs no default
            signal.signal(-code, signal.SIG_DFL)
        os.kill(keeper, -code)
    os._exit(max(code, 0))


def _end_children() -> None:
    """End what is below this process; whatever has lost its parent becomes ours in turn."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)  # raises where there is none
            for pid in below(os.getpid()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def below(ancestor: int) -> list[int]:
    """The processes that one has started, and those that these have (Linux)."""
    parents: dict[int, list[int]] = {}
    for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))):  # noqa: PTH208
        with contextlib.suppress(OSError):  # it may end meanwhile
            stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(pid)
    found, waiting = [], [ancestor]
    while waiting:
        new = parents.get(waiting.pop(), [])
        found += new
        waiting += new
    return found


def warm_up(job: Job) -> None:
    """Run the cells in this very process, and forget their names and outputs: what follows is forked from it.

    Raises RuntimeError when a cell fails.
    """
    import asyncio

    from analysis.suite import preload

    prepare(job)
    shell, folder, streams = preload.SHELL, Path.cwd(), (sys.stdout, sys.stderr)
    problem = asyncio.run(_warm_up(shell, job))
    sys.stdout, sys.stderr = streams
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    shell.reset(new_session=True)
    shell.execution_count = 1
    os.chdir(folder)
    gc.collect()
    gc.freeze()
    if problem:
        raise RuntimeError(problem)


async def _warm_up(shell: NotebookShell, job: Job) -> str:
    from analysis.suite.outputs import Recorder
    from analysis.suite.shell import run_cell

    recorder = Recorder(job.limit)
    shell.record_to(recorder)
    every_form = shell.show_only(job.only) if job.only else None
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    try:
        for index, source, _ in job.cells:
            recorder.begin(index)
            if not await run_cell(shell, source):
                return f"cell {index + 1} failed"
    finally:
        if every_form is not None:
            every_form()
    return ""


def die_with_owner(number: int = signal.SIGKILL) -> None:
    """Have the system signal this process when its parent, or the command that asked for it, ends in whatever way (Linux).

    The parent is the fork server, which lives as long as its children; the sentinel is a pipe that the owner holds.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    owner = multiprocessing.parent_process()
    assert owner is not None
    sentinel: Any = owner.sentinel
    fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sentinel, fcntl.F_SETSIG, number)
    fcntl.fcntl(sentinel, fcntl.F_SETFL, fcntl.fcntl(sentinel, fcntl.F_GETFL) | os.O_ASYNC)
    if not owner.is_alive():
        os._exit(1)


def prepare(job: Job) -> None:
    """What a fork copies although each notebook must have its own."""
    from analysis.suite import preload

    environment.collect_seldom()
    # `multiprocessing` has set these to what they are in the owner.
    sys.path[:], sys.argv, sys.modules["__main__"] = (
        preload.SEARCH_PATH,
        ["ipykernel_launcher.py"],
        preload.MAIN,
    )
    os.chdir(job.folder)
    os.environ.clear()
    os.environ.update(job.environment)
    preload.SHELL.init_environment()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    preload.WATCH.imports = False


class Cells:
    """The cells of a job, one after the other, until one fails that must not."""

    def __init__(self, job: Job, shell: NotebookShell, connection: Connection) -> None:
        from analysis.suite.outputs import Recorder, redirect

        prepare(job)
        self.job, self.shell, self.connection = job, shell, connection
        self.recorder = Recorder(job.limit)
        self.timed_out = self.running = False
        self.current, self.began = -1, 0.0
        shell.record_to(self.recorder)
        self.collect: Callable[[], None] = redirect(self.recorder)
        if job.only:
            shell.show_only(job.only)
        signal.signal(TIMEOUT_SIGNAL, self._time_is_up)

    def run(self) -> None:
        """Run them; what each put out is sent as soon as it is done."""
        import asyncio

        from analysis.suite.outputs import OutputLimit

        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._run_all())
        except (
            CellTimeoutError,
            OutputLimit,
            KeyboardInterrupt,
        ) as error:  # struck while the loop was waiting
            self._record(error)
            self._report(False)

    async def _run_all(self) -> None:
        import asyncio

        for index, source, may_fail in self.job.cells:
            passed = await self._run(index, source)
            if self.timed_out or not (passed or may_fail):
                break
            await asyncio.sleep(0)  # tasks that the cell started get their turn

    async def _run(self, index: int, source: str) -> bool:
        from analysis.suite.shell import run_cell

        self.connection.send(("start", index))
        self.recorder.begin(index)
        self.current, self.began = index, time.perf_counter()
        try:
            self.running = True
            passed = await run_cell(self.shell, source)
            self.running = False
            self.collect()
        except BaseException as error:  # the limit or the time-out, when they hit the shell's own code
            self._record(error)
            passed = False
        self._report(passed)
        return passed

    def _record(self, error: BaseException) -> None:
        self.running = False
        name, text = type(error).__name__, str(error)
        self.recorder.error(name, text, [f"{name}: {text}"])

    def _report(self, passed: bool) -> None:
        count, seconds = max(self.shell.execution_count - 1, 1), time.perf_counter() - self.began
        result = CellResult(self.current, count, self.recorder.outputs, passed, seconds)
        self.connection.send(("cell", result, self.recorder.updates))

    def _time_is_up(self, number: int, frame: FrameType | None) -> None:
        __tracebackhide__ = True
        if self.running:
            self.timed_out = True
            raise CellTimeoutError(self.job.timeout_text)
