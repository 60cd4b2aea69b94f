"""A sweep on Dask: worker processes here, or a running cluster whose workers have the installed package and nothing else.

The inputs travel with the sweep as one archive; each worker unpacks it into a folder of its own and runs cases in forks of its
own warm processes. A task is a handful of cases without side effects, so one that a worker takes with it when it dies is simply
run again by another.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import multiprocessing
import os
import shutil
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import analysis
from analysis.errors import UserError
from analysis.suite import manifest, sweep_local, sweep_plan
from analysis.suite.project import Project
from analysis.suite.sweep_plan import Cases, Plan
from analysis.suite.sweep_store import CaseResult, Key

try:
    from distributed import (
        Client,
        Future,
        KilledWorker,
        LocalCluster,
        WorkerPlugin,
        as_completed,
        get_worker,
    )
except ModuleNotFoundError:
    raise UserError(
        "--workers and --scheduler need Dask, which is not installed (the extra `cluster` has it): pip install distributed."
    ) from None

if TYPE_CHECKING:
    from analysis.suite.sweep import Executor

CASES_IN_A_TASK = 8
_CONNECT_SECONDS = 15
_PATIENCE_SECONDS = 60


class Inputs(WorkerPlugin):
    """What every worker of a sweep gets, also one that joins later: the archive of the inputs and what to do with it.

    In the worker it keeps, between tasks, the unpacked project and warm processes of the notebooks in hand.
    """

    def __init__(self, packed: bytes, plan: Plan, table: str, timeout: int) -> None:
        self.packed, self.plan, self.table, self.timeout = packed, plan.as_json(), table, timeout
        self.package = package_digest()
        text = json.dumps([self.plan, table, timeout, self.package], sort_keys=True)
        self.name = "sweep-" + hashlib.sha256(packed + text.encode()).hexdigest()[:16]

    def setup(self, worker: Any) -> None:
        """In the worker, before its first task."""
        self._workplace = (
            _Workplace(self, Path(worker.local_directory)) if self.package == package_digest() else None
        )

    def teardown(self, worker: Any) -> None:
        """In the worker, when the sweep or the worker ends."""
        if self._workplace is not None:
            self._workplace.close()

    def run(self, stem: str, numbers: list[int]) -> list[CaseResult]:
        """The results of some cases. Raises OtherPackage when the worker would compute with other code."""
        if self._workplace is None:
            raise OtherPackage
        return self._workplace.run(stem, numbers)


class OtherPackage(Exception):
    """A worker has another version of this package."""


class _Workplace:
    """A worker's folder with the project, and the notebooks that are primed in it; its threads share them."""

    def __init__(self, inputs: Inputs, folder: Path) -> None:
        self.inputs, self.plan = inputs, sweep_plan.from_json(inputs.plan)
        os.environ.pop("ANALYSIS_DATA", None)  # the data came with the sweep
        multiprocessing.current_process().daemon = (
            False  # a worker that a nanny started may have children, too
        )
        self.root = Path(tempfile.mkdtemp(prefix="sweep-", dir=folder))
        with zipfile.ZipFile(io.BytesIO(inputs.packed)) as archived:
            archived.extractall(self.root)
        self._stack = ExitStack()
        self._stack.callback(shutil.rmtree, self.root, ignore_errors=True)
        self._runners: dict[str, sweep_local.CaseRunner] = {}
        self._busy = Counter[str]()
        self._lock = threading.Lock()

    def run(self, stem: str, numbers: list[int]) -> list[CaseResult]:
        with self._lock:
            runner = self._runner(stem)
            self._busy[stem] += 1
        try:
            return [runner.result(number) for number in numbers]
        finally:
            with self._lock:
                self._busy[stem] -= 1

    def close(self) -> None:
        for runner in self._runners.values():
            runner.close()
        self._stack.close()

    def _runner(self, stem: str) -> sweep_local.CaseRunner:
        """The primed notebook; those that nobody uses any more make room for it."""
        if stem not in self._runners:
            for idle in [name for name in self._runners if not self._busy[name]]:
                self._runners.pop(idle).close()
            cases = next(c for c in self.plan.notebooks if c.stem == stem)
            notebook = Project(self.root).notebook(stem)
            options = (self.inputs.table, self.inputs.timeout)
            self._runners[stem] = sweep_local.CaseRunner(self.root, notebook, cases, *options)
            self._runners[stem].check()
        return self._runners[stem]


def work(name: str, stem: str, numbers: list[int]) -> list[CaseResult]:
    """A task, run in a worker."""
    inputs: Any = get_worker().plugins[name]
    results: list[CaseResult] = inputs.run(stem, numbers)
    return results


def on_cluster(table: str, timeout: int, workers: int | None, scheduler: str | None) -> Executor:
    """Executes cases on `workers` processes of this machine, or on the cluster of a scheduler's address."""

    def execute(project: Project, plan: Plan, done: Container[Key]) -> Iterator[CaseResult]:
        with _client(workers, scheduler) as client:
            yield from _results(client, project, plan, done, table, timeout)

    return execute


@contextlib.contextmanager
def _client(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    with ExitStack() as stack:
        if scheduler is None:
            options = {"n_workers": workers, "threads_per_worker": 1, "processes": True}
            target: Any = stack.enter_context(
                LocalCluster(**options, dashboard_address=None, silence_logs=40)
            )
        else:
            target = scheduler
        try:
            client = stack.enter_context(Client(target, timeout=_CONNECT_SECONDS, set_as_default=False))
        except (OSError, ValueError) as error:
            raise UserError(
                f"--scheduler {scheduler}: no Dask scheduler answers there within {_CONNECT_SECONDS} s ({error})."
            ) from None
        yield client


def _results(
    client: Client, project: Project, plan: Plan, done: Container[Key], table: str, timeout: int
) -> Iterator[CaseResult]:
    """Hand out tasks, a few more than there are workers at any time, and give their results as they come."""
    _refuse_without_workers(client)
    inputs = Inputs(archive(project), plan, table, timeout)
    client.register_plugin(inputs)
    tasks = _tasks(plan, done)
    handed: dict[Any, tuple[Cases, list[int]]] = {}

    def hand_out(count: int) -> Iterator[Future]:
        for cases, numbers in islice(tasks, count):
            future = client.submit(work, inputs.name, cases.stem, numbers, pure=False, retries=2)
            handed[future.key] = (cases, numbers)
            yield future

    try:
        waiting = as_completed(list(hand_out(_ahead(client))), loop=client.loop)
        for future in waiting:
            cases, numbers = handed.pop(future.key)
            yield from _outcome(future, cases, numbers)
            for more in hand_out(_ahead(client) - len(handed)):
                waiting.add(more)
    except OtherPackage:
        raise UserError(
            "A worker has another version of this package: install the same one on every worker."
        ) from None
    finally:
        with contextlib.suppress(Exception):  # the cluster may be gone; its workers end on their own
            client.unregister_worker_plugin(inputs.name)


def _outcome(future: Future, cases: Cases, numbers: list[int]) -> list[CaseResult]:
    """The results of a task; its cases as failed when worker after worker died over it."""
    try:
        results: list[CaseResult] = future.result()
        return results
    except KilledWorker:
        text = "each worker that ran it, with its neighbours, died (too little memory?)"
        return [CaseResult(cases.stem, n, cases.values(n), [], 0, text) for n in numbers]


def _ahead(client: Client) -> int:
    return 1 + 3 * sum(client.nthreads().values())


def _refuse_without_workers(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
    except TimeoutError:
        raise UserError(
            f"The cluster has no workers after {_PATIENCE_SECONDS} s. Start some: dask worker ADDRESS"
        ) from None


def _tasks(plan: Plan, done: Container[Key]) -> Iterator[tuple[Cases, list[int]]]:
    for cases in plan.notebooks:
        left = (n for n in cases.numbers if (cases.stem, n) not in done)
        while numbers := list(islice(left, CASES_IN_A_TASK)):
            yield cases, numbers


def archive(project: Project) -> bytes:
    """The inputs of a project as a ZIP file: notebooks, scenarios, data, settings, sources."""
    found: dict[str, Path] = {}
    for name in manifest.inputs(project):
        path = project.data / name.removeprefix("data/") if name.startswith("data/") else project.root / name
        if path.is_file():
            found[name] = path
    package = Path(analysis.__file__).parent
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in sorted(found.items()):
            if not path.is_relative_to(package):  # a worker has its own
                packed.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def package_digest() -> str:
    """Checksum of this package's code: a worker with other code would compute other results."""
    package = Path(analysis.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
