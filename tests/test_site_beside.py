"""Pages of several languages are made beside each other: what was asked for is done, and what goes wrong there is told here."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from analysis.errors import UserError
from analysis.site import beside
from analysis.suite import environment, process

CAN_FORK = pytest.mark.skipif(not process.available(), reason="no forks here")


@pytest.fixture(autouse=True)
def two_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with two cores; a thread of another test's must not decide."""
    monkeypatch.setattr(environment, "default_jobs", lambda: 2)
    monkeypatch.setattr(threading, "active_count", lambda: 1)


def note(path: Path) -> None:
    """Leave the number of the process that did it."""
    path.write_text(str(os.getpid()), encoding="utf-8")


class Unsendable(Exception):
    """Cannot be made anew from what an exception keeps."""

    def __init__(self, place: str, text: str) -> None:
        super().__init__(text)


def fail() -> None:
    raise Unsendable("here", "it rained")


def refuse() -> None:
    raise UserError("no such language")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def works(folder: Path, number: int) -> list[Callable[[], None]]:
    """So many works that note who did them."""
    return [partial(note, folder / str(n)) for n in range(number)]


def doers(folder: Path) -> list[int]:
    """Who did them, in the order in which they were asked for."""
    return [int(path.read_text(encoding="utf-8")) for path in sorted(folder.iterdir())]


@CAN_FORK
def test_the_first_is_done_here_and_each_other_one_in_a_fork(tmp_path: Path) -> None:
    beside.do_all(works(tmp_path, 3))
    first, *others = doers(tmp_path)
    assert first == os.getpid() and len(others) == 2 and os.getpid() not in others


@pytest.mark.parametrize("number", [1, 3])
def test_beside_another_thread_or_with_one_job_all_is_done_here(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, threads, jobs in (("threads", 2, 4), ("jobs", 1, 1)):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setattr(threading, "active_count", lambda threads=threads: threads)
        beside.do_all(works(folder, number), jobs)
        assert doers(folder) == [os.getpid()] * number


@CAN_FORK
def test_where_no_process_is_to_be_had_all_is_done_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(multiprocessing.get_context("fork").Process, "start", refused)
    beside.do_all(works(tmp_path, 2))
    assert doers(tmp_path) == [os.getpid()] * 2


@CAN_FORK
@pytest.mark.parametrize(
    ("work", "kind", "said"),
    [
        (refuse, UserError, "no such language"),
        (die, UserError, "killed"),
        (fail, Exception, "it rained"),  # of its own class where something made such errors sendable
    ],
)
def test_what_goes_wrong_in_a_fork_is_told(
    tmp_path: Path, work: Callable[[], None], kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        beside.do_all([*works(tmp_path, 1), work])
    assert doers(tmp_path) == [os.getpid()]


@CAN_FORK
def test_what_goes_wrong_here_waits_for_the_others(tmp_path: Path) -> None:
    """What they write is whole, and none is left."""

    def late() -> None:
        time.sleep(0.5)
        note(tmp_path / "late")

    with pytest.raises(UserError, match="no such language"):
        beside.do_all([refuse, late])
    assert len(doers(tmp_path)) == 1 and not multiprocessing.active_children()


ASKED = """
import os, signal, threading, time
from functools import partial
from analysis.site import beside
from analysis.suite import environment

environment.default_jobs = lambda: 2
def wait(name):
    os.write(1, f"{{name}} {{os.getpid()}}\\n".encode())
    try:
        time.sleep({seconds})
    finally:
        if name == "here":
            time.sleep(1)  # what the fork would say, it says meanwhile
try:
    with environment.termination_as_interrupt():
        beside.do_all([partial(wait, "here"), partial(wait, "there")])
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@CAN_FORK
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("to_all", [True, False])
def test_a_signal_ends_both_at_once_and_says_nothing_of_the_fork(
    number: signal.Signals, times: int, to_all: bool
) -> None:
    asked = subprocess.Popen(
        [sys.executable, "-c", ASKED.format(seconds=600)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert asked.stdout is not None
    pids = dict(asked.stdout.readline().split() for _ in range(2))
    for _ in range(times):
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if to_all else os.kill)(asked.pid, number)
    said, problem = asked.communicate(timeout=30)
    assert problem == "" or times == 2, problem  # a second one may strike while the first is told
    assert said in ("stopped\n", "") if times == 2 else said == "stopped\n"
    assert not Path(f"/proc/{pids['there']}").exists()


@CAN_FORK
def test_the_end_of_who_asked_is_the_end_of_the_fork() -> None:
    asked = subprocess.Popen(
        [sys.executable, "-c", ASKED.format(seconds=600)], stdout=subprocess.PIPE, text=True
    )
    assert asked.stdout is not None
    pids = dict(asked.stdout.readline().split() for _ in range(2))
    asked.kill()
    asked.communicate(timeout=30)  # its output is closed when the fork, which has it too, is gone
    deadline = time.monotonic() + 30
    while _is_alive(int(pids["there"])):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_alive(pid: int) -> bool:
    """Whether a process runs: one that ended and is not yet asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
