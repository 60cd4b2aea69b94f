"""Settings shared by all tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from multiprocessing import forkserver

import pytest
from hypothesis import settings

# The same examples on every machine, and no time limit: machines here are noisy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# A shell that starts the tests in the background has interrupts ignored, and whatever the tests start would inherit it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share what is made once for their file go to one worker: of two, each would make it."""
    for item in items:
        known = getattr(item, "_fixtureinfo", None)
        found = [f for fixtures in known.name2fixturedefs.values() for f in fixtures] if known else []
        file = item.nodeid.partition("::")[0]
        is_shared = any(f.scope != "function" and f.baseid == file for f in found)
        if is_shared and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(file))


@pytest.fixture(scope="module", autouse=True)
def own_fork_server() -> Iterator[None]:
    """Each file of tests has a fork server of its own: the first to start it decides what it has imported and which variables it sees."""
    yield
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # there for tests
