"""A sweep on Dask: worker processes here, or a running cluster whose workers have the installed package and nothing else.

The inputs travel with the sweep as one archive; each worker unpacks it into a folder of its own and runs cases in forks of its
own warm processes. A task is a handful of cases without side effects, so one that a worker takes with it when it dies is simply
run again by another.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Container, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import analysis
from analysis.errors import UserError
from analysis.suite import manifest, sweep_local, sweep_plan
from analysis.suite.project import Project
from analysis.suite.sweep_plan import Plan
from analysis.suite.sweep_store import CaseResult, Key

if TYPE_CHECKING:
    from distributed import Client

    from analysis.suite.sweep import Executor

CASES_IN_A_TASK = 8
_CONNECT_SECONDS = 15
_PATIENCE_SECONDS = 60


class Workplace:
    """What a worker process keeps between tasks: the unpacked project and the warm processes of its notebooks.

    Threads of one worker share it.
    """

    def __init__(self, archive: bytes, plan: Plan, table: str, timeout: int) -> None:
        self.plan, self.table, self.timeout = plan, table, timeout
        self.root = Path(tempfile.mkdtemp(prefix="sweep-"))
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(self.root)
        self._project = Project(self.root)
        self._stack = ExitStack()
        self._stack.callback(shutil.rmtree, self.root, ignore_errors=True)
        self._plain = self._stack.enter_context(sweep_local.process(self.root))
        self._lanes: dict[str, sweep_local.Lane] = {}
        self._lock = threading.Lock()

    def run(self, stem: str, numbers: Sequence[int]) -> list[CaseResult]:
        """The results of some cases of one notebook."""
        lane = self._lane(stem)
        return [lane.run(number) for number in numbers]

    def close(self) -> None:
        """End the processes and remove the folder."""
        self._stack.close()

    def _lane(self, stem: str) -> sweep_local.Lane:
        with self._lock:
            if stem not in self._lanes:
                cases = next(c for c in self.plan.notebooks if c.stem == stem)
                notebook = self._project.notebook(stem)
                lane = sweep_local.Lane(self.root, notebook, cases, self.table, self.timeout, self._plain)
                self._stack.enter_context(lane)
                lane.check()
                self._lanes[stem] = lane
            return self._lanes[stem]


_workplaces: dict[str, Workplace] = {}
_opening = threading.Lock()


def work(
    job: str, archive: bytes, settings: dict[str, Any], stem: str, numbers: list[int]
) -> list[CaseResult]:
    """A task: run in a worker. `job` tells one sweep's inputs from another's; the last one's are put away."""
    if settings["package"] != package_digest():
        raise RuntimeError("another version of the package")
    with _opening:
        if job not in _workplaces:
            for old in list(_workplaces):
                _workplaces.pop(old).close()
            plan = sweep_plan.from_json(settings["plan"])
            _workplaces[job] = Workplace(archive, plan, settings["table"], settings["timeout"])
        place = _workplaces[job]
    return place.run(stem, numbers)


def on_cluster(table: str, timeout: int, workers: int | None, scheduler: str | None) -> Executor:
    """Executes cases on `workers` processes of this machine, or on the cluster of a scheduler's address."""

    def execute(project: Project, plan: Plan, done: Container[Key]) -> Iterator[CaseResult]:
        with _client(workers, scheduler) as client:
            yield from _results(client, project, plan, done, table, timeout)

    return execute


@contextlib.contextmanager
def _client(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    from distributed import Client, LocalCluster

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
    from distributed import as_completed

    packed = archive(project)
    settings = {
        "plan": plan.as_json(),
        "table": table,
        "timeout": timeout,
        "package": package_digest(),
    }
    job = hashlib.sha256(packed + repr(settings).encode()).hexdigest()
    _refuse_without_workers(client)
    shipped = client.scatter(packed, broadcast=True, hash=True)
    tasks = _tasks(plan, done)

    def submit(stem: str, numbers: list[int]) -> Any:
        return client.submit(work, job, shipped, settings, stem, numbers, pure=False, retries=2)

    first = [submit(*task) for task in islice(tasks, _ahead(client))]
    waiting = as_completed(first)
    for future in waiting:
        try:
            results = future.result()
        except RuntimeError as error:
            raise UserError(
                f"A worker cannot take part ({error}): install the same version of the package on every worker."
            ) from None
        yield from results
        for task in islice(tasks, max(0, _ahead(client) - waiting.count())):
            waiting.add(submit(*task))


def _ahead(client: Client) -> int:
    return 3 * max(1, sum(client.nthreads().values()))


def _refuse_without_workers(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_SECONDS)
    except TimeoutError:
        raise UserError(
            f"The cluster has no workers after {_PATIENCE_SECONDS} s. Start some: dask worker ADDRESS"
        ) from None


def _tasks(plan: Plan, done: Container[Key]) -> Iterator[tuple[str, list[int]]]:
    for cases in plan.notebooks:
        left = (n for n in cases.numbers if (cases.stem, n) not in done)
        while numbers := list(islice(left, CASES_IN_A_TASK)):
            yield cases.stem, numbers


def archive(project: Project) -> bytes:
    """The inputs of a project as a ZIP file: notebooks and what lies beside them, data, settings, project modules."""
    found: dict[str, Path] = {}
    for name in manifest.inputs(project):
        path = project.data / name.removeprefix("data/") if name.startswith("data/") else project.root / name
        if path.is_file():
            found[name] = path
    for path in sorted((project.root / "notebooks").glob("*.py")):
        found[path.relative_to(project.root).as_posix()] = path
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
