"""Settings shared by all tests."""

from __future__ import annotations

import gc
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine_tools import stop_fork_server


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The same examples on every machine, and no time limit: machines here are noisy. Who only hands out tests draws none."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        from hypothesis import settings

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
    """Tests of a file go to one worker, those of the pages in a browser too: what they make once, each of two would make.

    The groups of xdist (`xdist_group`) are lost on the way to it: it writes them into a name that pytest 9.2 no longer reads.
    """
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group(nodeid)

    config.option.loadscopereorder = False  # the order is that of the collection, below
    return ByFile(config, log)


def group(nodeid: str) -> str:
    """What goes to one worker together with a test: the tests of the pages in a browser, or of its file."""
    file = nodeid.partition("::")[0]
    is_of_pages = TESTS / "browser" in (TESTS.parent / file).parents and not file.endswith("test_live.py")
    return "pages" if is_of_pages else file


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: to look for garbage in it takes time, again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups with many slow tests come first: at the end, no worker waits long for another. Of a table of cases that is marked
    `deep(keep=n)` the first n are not.
    """
    seen = Counter[str]()
    for item in items:
        if (mark := item.get_closest_marker("deep")) and "keep" in mark.kwargs:
            seen[name := item.nodeid.partition("[")[0]] += 1
            if seen[name] <= mark.kwargs["keep"]:
                item.own_markers[:] = [m for m in item.own_markers if m.name != "deep"]
    slow = Counter(group(item.nodeid) for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[group(item.nodeid)])


@pytest.fixture(scope="module", autouse=True)
def own_fork_server() -> Iterator[None]:
    """Each file of tests has a fork server of its own: the first to start it decides what it has imported and which variables it sees."""
    yield
    stop_fork_server()
