"""Settings shared by all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples on every machine, and no time limit: machines here are noisy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# A shell that starts the tests in the background has interrupts ignored, nohup hang-ups: what the tests start would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


TESTS = Path(__file__).parent


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of a file that makes something once go to one worker, those of the browser too: of two, each would make it.

    The groups of xdist (`xdist_group`) are lost on the way to it: it writes them into a name that pytest 9.2 no longer reads.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    return ByFile(config, log)


@cache
def _is_shared(file: Path) -> bool:
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return 'scope="module"' in text or "xdist_group" in text


def group(nodeid: str) -> str:
    """What goes to one worker together with a test: the tests of the browser, of its file, or itself alone."""
    file = nodeid.partition("::")[0]
    path = TESTS.parent / file
    if TESTS / "browser" in path.parents:
        return "browser"
    return file if _is_shared(path) else nodeid


@pytest.fixture(scope="module", autouse=True)
def own_fork_server() -> Iterator[None]:
    """Each file of tests has a fork server of its own: the first to start it decides what it has imported and which variables it sees."""
    yield
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # there for tests
