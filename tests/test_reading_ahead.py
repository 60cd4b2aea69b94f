"""What the fork server reads ahead: found by the notebooks that ask for it, noted for these alone, never old."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis.suite import environment, process
from analysis.suite.process import Outcome, Runner
from tests.engine_tools import stop_fork_server

pytestmark = pytest.mark.skipif(
    not process.available(), reason="only a fork finds what was read ahead (Linux)"
)
SERIES = "data/series/capacity.csv"
ASKS = "from analysis.report import catalog\nprint(catalog.pick('capacity', 'built_total', '2024').text)"
OPENS = "import pandas as pd\nfrom analysis.report import desk\npd.set_option(*desk.TEXTS)"
COUNTS = "from analysis.report import catalog\nprint(catalog._load.cache_info().misses)"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("ahead") / "report"
    shutil.copytree(
        Path(__file__).parent / "second_report", copy, ignore=shutil.ignore_patterns("reports", ".cache")
    )
    return copy


@pytest.fixture(scope="module")
def runner(root: Path) -> Iterator[Runner]:
    with environment.prepared(root), Runner(["pandas", "analysis.report.ahead:read"]) as made:
        made.start()
        yield made


def ran(runner: Runner, root: Path, *sources: str) -> tuple[str, Outcome]:
    """What the cells printed, and how it went."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    outcome = runner.execute(notebook, cwd=root / "notebooks")
    assert outcome.status == "ok", outcome.message
    return "".join(o["text"] for r in outcome.results for o in r.outputs), outcome


def read_paths(outcome: Outcome) -> tuple[str, ...]:
    assert outcome.seen is not None
    return outcome.seen.paths


def test_a_notebook_finds_it_read(runner: Runner, root: Path) -> None:
    """As it is kept once a desk is open; one that has none reads its tables as pandas reads others."""
    printed, _ = ran(runner, root, OPENS, COUNTS, ASKS, COUNTS)
    assert printed == "1\n48.6\n1\n"
    printed, _ = ran(runner, root, ASKS, COUNTS)
    assert printed == "48.6\n2\n"


def test_it_is_an_input_of_the_notebooks_that_ask_for_it_alone(runner: Runner, root: Path) -> None:
    series = str(root / SERIES)
    assert series in read_paths(ran(runner, root, ASKS)[1])
    assert series not in read_paths(ran(runner, root, "print(1)")[1])


def test_a_file_changed_since_is_read_again_though_size_and_time_are_the_same(
    runner: Runner, root: Path
) -> None:
    ran(runner, root, ASKS)
    path = root / SERIES
    status, before = path.stat(), path.read_bytes()
    path.write_bytes(before.replace(b",2024,48.6,GW", b",2024,48.7,GW"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size and path.read_bytes() != before
    assert ran(runner, root, ASKS)[0] == "48.7\n"


def test_what_cannot_be_read_is_told_by_the_notebook_that_asks(
    root: Path, tmp_path: Path, runner: Runner
) -> None:
    ran(runner, root, ASKS)
    path = root / SERIES
    before = path.read_bytes()
    path.write_bytes(b"series_id\nx\n")
    try:
        outcome = runner.execute(new_notebook(cells=[new_code_cell(ASKS)]), cwd=root / "notebooks")
    finally:
        path.write_bytes(before)
    assert outcome.status == "error" and "capacity.csv: column" in outcome.message


def test_a_module_of_the_project_is_imported_by_each_notebook(root: Path) -> None:
    """It may change while the server of the forks lives: imported ahead it would stay as it was."""
    helper = root / "notebooks" / "helper.py"
    helper.write_text("VALUE = 'alpha'\n")
    stop_fork_server()  # one of its own, with another list
    try:
        with environment.prepared(root), Runner(["pandas", "helper"]) as own:
            assert ran(own, root, "import helper\nprint(helper.VALUE)")[0] == "alpha\n"
            helper.write_text("VALUE = 'beta, and longer'\n")
            assert ran(own, root, "import helper\nprint(helper.VALUE)")[0] == "beta, and longer\n"
    finally:
        helper.unlink()
        stop_fork_server()
