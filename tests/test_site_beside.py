"""Pages of several languages are made beside each other: what was asked for is done, and what goes wrong there is told here."""

from __future__ import annotations

import os
import signal
import threading
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
def test_beside_another_thread_or_on_one_core_all_is_done_here(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, (module, value) in {"active_count": (threading, 2), "default_jobs": (environment, 1)}.items():
        folder = tmp_path / name
        folder.mkdir()
        with monkeypatch.context() as now:
            now.setattr(module, name, lambda value=value: value)
            beside.do_all(works(folder, number))
        assert doers(folder) == [os.getpid()] * number


@CAN_FORK
@pytest.mark.parametrize(("work", "said"), [(refuse, "no such language"), (die, "killed")])
def test_what_goes_wrong_in_a_fork_is_told(tmp_path: Path, work: Callable[[], None], said: str) -> None:
    with pytest.raises(UserError, match=said):
        beside.do_all([*works(tmp_path, 1), work])
    assert doers(tmp_path) == [os.getpid()]


@CAN_FORK
def test_what_goes_wrong_here_waits_for_the_others(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such language"):
        beside.do_all([refuse, *works(tmp_path, 1)])
    assert len(doers(tmp_path)) == 1
