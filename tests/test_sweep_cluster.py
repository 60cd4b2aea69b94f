"""A sweep on a real Dask scheduler with real worker processes, one of which is killed half-way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Container, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from analysis.errors import UserError
from analysis.suite import manifest, process, sweep, sweep_plan
from analysis.suite.params import Catalogue
from analysis.suite.project import Project
from analysis.suite.sweep_plan import Plan
from analysis.suite.sweep_store import CaseResult, Keep, Key, Store, frame
from tests import miniature

pytestmark = [
    pytest.mark.skipif(not process.available(), reason="needs forks"),
    pytest.mark.xdist_group("cluster"),
]
KEEP = Keep("checks", {"check_id": "text", "product": "number", "place": "text"})


class Quiet:
    """Counts cases, and says nothing."""

    count = 0

    def begin(self, total: int, done: int) -> None: ...

    def case(self, stem: str, failed: bool) -> None:
        self.count += 1

    def end(self) -> None: ...


def project(root: Path) -> Project:
    """A project whose notebook reads a data file and takes a while."""
    rows = "[{'check_id': 'a', 'product': factor * fx_rate, 'place': Path.cwd().parent.name}]"
    code = "factor = int(Path('../data/factor.txt').read_text())\ntime.sleep(0.15)"
    imports = "import time\nfrom pathlib import Path\nfrom analysis.report.parameters import PositiveFloat"
    parameters = "fx_rate: PositiveFloat = 2.0"
    miniature.write(
        root, "01_a", code, miniature.rows("checks", rows), parameters=parameters, imports=imports
    )
    (root / "data").mkdir()
    (root / "data" / "factor.txt").write_text("3")
    return Project(root)


def stored(found: Project, *texts: str) -> Store:
    catalogue = Catalogue.of(found.notebooks)
    axes = sweep_plan.asked_axes(catalogue, texts)
    plan = sweep_plan.make(found, catalogue, axes, (), None, 1, manifest.inputs(found))
    return sweep.prepare(found, "spread", plan, KEEP)


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A scheduler and two workers as a user would start them; the address, and the workers' processes."""
    with ExitStack() as stack:

        def start(*command: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
                cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
            )  # fmt: skip
            stack.callback(process.wait, 10)
            stack.callback(process.kill)
            return process

        scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        address = ""
        assert scheduler.stderr is not None
        for line in scheduler.stderr:
            if match := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
                address = match[1]
                break
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        workers = [
            start("dask_worker", address, *options, "--local-directory", str(tmp_path / f"w{n}"))
            for n in (1, 2)
        ]
        yield address, workers


@pytest.mark.deep
@pytest.mark.slow("workers of a cluster start, each importing what it needs")
def test_killing_a_worker_loses_nothing(
    tmp_path: Path, dask: tuple[str, list[subprocess.Popen[str]]]
) -> None:
    from analysis.suite.cluster import on_cluster

    address, workers = dask
    root = tmp_path / "project"
    store = stored(project(root), "fx_rate=1:48:1")
    spread = on_cluster("checks", 60, None, address)
    killed = []

    def execute(found: Project, plan: Plan, done: Container[Key]) -> Iterator[CaseResult]:
        for number, result in enumerate(spread(found, plan, done)):
            if number == 12:
                os.kill(workers[0].pid, signal.SIGKILL)
                killed.append(workers[0].wait(5))
            yield result

    outcome = sweep.run(Project(root), store, Quiet(), execute)
    assert killed == [-signal.SIGKILL]
    assert (outcome.cases, outcome.failures) == (48, 0)
    rows = frame(store.folder, "checks")
    assert sorted(rows["case"]) == list(range(48))
    assert sorted(rows["product"]) == [3.0 * rate for rate in range(1, 49)]
    assert set(rows["place"]) != {"project"}, "the cases must have run on what was shipped"


@pytest.mark.slow("workers of a cluster start, each importing what it needs")
def test_workers_of_this_machine_give_the_same_rows_as_the_warm_engine(tmp_path: Path) -> None:
    from analysis.suite.cluster import on_cluster

    found = project(tmp_path / "project")
    store = stored(found, "fx_rate=1,2,3")
    sweep.run(found, store, Quiet())
    here = frame(store.folder, "checks").sort_values("case")
    store = stored(found, "fx_rate=1,2,3")
    began = time.monotonic()
    sweep.run(found, store, Quiet(), on_cluster("checks", 60, 1, None))
    assert time.monotonic() - began < 60
    spread = frame(store.folder, "checks").sort_values("case")
    columns = ["notebook", "case", "fx_rate", "check_id", "product"]
    assert spread[columns].to_numpy().tolist() == here[columns].to_numpy().tolist()


def test_a_scheduler_that_is_not_there_is_one_clear_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.suite import cluster

    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    found = project(tmp_path / "project")
    with pytest.raises(UserError, match=r"--scheduler tcp://127\.0\.0\.1:9: no Dask scheduler answers"):
        sweep.run(
            found,
            stored(found, "fx_rate=1,2"),
            Quiet(),
            cluster.on_cluster("checks", 60, None, "tcp://127.0.0.1:9"),
        )


def test_a_worker_with_other_code_is_refused(tmp_path: Path) -> None:
    from analysis.suite.cluster import Inputs, OtherPackage

    found = project(tmp_path / "project")
    inputs = Inputs(b"", stored(found, "fx_rate=1,2").plan, "checks", 60)
    inputs.package = "another"

    class Worker:
        local_directory = str(tmp_path)

    inputs.setup(Worker())
    with pytest.raises(OtherPackage):
        inputs.run("01_a", [0])


def test_dask_is_not_imported_unless_asked_for() -> None:
    code = "import sys, analysis.commands.sweep, analysis.suite.sweep, analysis.suite.sweep_local; print('distributed' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_without_dask_it_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['distributed'] = None; import analysis.suite.cluster"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "UserError: --workers and --scheduler need Dask, which is not installed" in ended.stderr
    assert ended.stderr.rstrip().endswith("pip install distributed.")
