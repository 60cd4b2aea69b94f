"""One execution of the suite: notebooks in, a complete run directory out, or nothing."""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import places, reading
from analysis.errors import UserError, refusal
from analysis.kept import FOLDER_VARIABLE
from analysis.suite import (
    collect,
    document,
    environment,
    files,
    manifest,
    normalise,
    params,
    pictures,
    reuse,
    schedule,
)
from analysis.suite.cache import Cache, Key
from analysis.suite.collect import Table
from analysis.suite.document import Document
from analysis.suite.execute import Failure, Options, execute, runner_for
from analysis.suite.inputs import Inputs
from analysis.suite.manifest import FAILED
from analysis.suite.params import Catalogue
from analysis.suite.progress import Silent, Status
from analysis.suite.project import Notebook, Project
from analysis.suite.schedule import Skipped
from analysis.suite.untouched import Untouched
from analysis.writing import write_atomically

if TYPE_CHECKING:
    from analysis.suite.process import Runner

_log = logging.getLogger("analysis")
UPSTREAM = ".upstream"
RESERVED = {"latest", "baseline", "sweeps", "exports", "index", "report"}
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
"""Names that one system or another keeps for devices."""
Pages = Callable[[Path], Path]
Summary = Callable[[Mapping[str, Table]], Mapping[str, int]]


class Interrupted(UserError):
    """The user or the system stopped the run."""

    exit_code = 130


@dataclass(frozen=True)
class Settings:
    """What to run and how.

    values: parameters as `params.resolve` gives them. variants: label → values on top of these; their notebooks
    go to notebooks/<label>/ and their results are not collected. own_data: the rows that are not the project's, by name;
    instead: value and unit of what some of them displace; added: those whose key the project has not, with the nearest that it
    has. The pages say so. jobs: 0 chooses by cores and memory.
    timeout: seconds for each cell. expected: about how many seconds notebooks take, by name: of those that can begin, the longest
    begins first. pages: makes HTML from the staged run and gives the path of its index.
    meanwhile: what is done in a thread while notebooks run, a step at a time: what is not done by their end is left; nothing when all
    come from the cache.
    summary: counts, from the tables that the notebooks handed out, what the run is to say at its end.
    """

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    scenario: str | None = None
    only: tuple[str, ...] = ()
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    own_data: Sequence[str] = ()
    instead: Mapping[str, Sequence[str]] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)
    engine: str = "warm"
    jobs: int = 0
    timeout: int = 600
    cache: bool = True
    expected: Mapping[str, float] = field(default_factory=dict)
    pages: Pages | None = None
    meanwhile: Callable[[], Iterable[None]] | None = None
    summary: Summary | None = None


@dataclass(frozen=True)
class Finished:
    """A notebook that was executed or found in the cache; `content` is what the run keeps of it."""

    status: Status
    content: bytes
    seconds: float = 0.0
    failure: Failure | None = None


@dataclass
class NotebookResult:
    """What became of one notebook: `name` is its stem, with the label of its variant before it."""

    name: str
    status: Status
    seconds: float = 0.0
    failure: Failure | None = None
    checksum: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass
class Outcome:
    """A finished run: its folder, what became of each notebook, and what else went wrong."""

    name: str
    folder: Path
    notebooks: list[NotebookResult]
    problems: list[str]
    verdicts: dict[str, int]
    index: Path | None
    seconds: float

    @property
    def is_ok(self) -> bool:
        """Whether every notebook ran to its end and results and pages could be written."""
        return not self.problems and all(n.status in ("ok", "cached") for n in self.notebooks)

    def as_json(self) -> dict[str, Any]:
        """The outcome for other programs."""
        return {
            "run": self.name,
            "ok": self.is_ok,
            "folder": str(self.folder),
            "index": str(self.index) if self.index else None,
            "seconds": round(self.seconds, 3),
            "notebooks": [
                {"name": n.name, "status": n.status, "seconds": round(n.seconds, 3)}
                | ({"failure": vars(n.failure)} if n.failure else {})
                for n in self.notebooks
            ],
            "problems": self.problems,
            "verdicts": self.verdicts,
        }


def _is_reserved(name: str) -> bool:
    """Whether the tool or an operating system has the name already, in any case; names of files are refused too."""
    plain = name.casefold()
    is_file = plain.endswith((".html", ".md", ".csv", ".json", ".pdf", ".xlsx", ".zip", ".txt"))
    return plain in RESERVED or plain.split(".")[0] in _DEVICES or is_file


def check_name(project: Project, name: str) -> None:
    """Refuse a name that cannot be that of a run. Raises UserError."""
    if not re.fullmatch(r"\w[\w.-]{0,79}", name) or _is_reserved(name) or name.endswith(FAILED):
        raise UserError(
            f"{name!r} cannot be the name of a run: letters, digits, '-', '_' and '.' only, not starting with '.', "
            f"not {' or '.join(sorted(RESERVED))}, no name of a device or a file, not ending in {FAILED}."
        )
    if (project.root / "notebooks" / f"{name}.ipynb").is_file():
        raise UserError(f"{name} is a notebook; to run it and what it needs: analysis run --only {name}")
    folder = project.reports / name
    is_taken = folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder])
    if is_taken and not (folder / manifest.NAME).is_file():
        raise UserError(f"{folder} exists and is not a run; move it away or choose another name.")


def run(project: Project, settings: Settings, reporter: Silent | None = None) -> Outcome:
    """Execute the notebooks and publish the run directory under its name, in one step.

    A run with failures is kept as <name>-failed, so that the last good run of the name stays; `latest` follows
    complete runs without failures only. Raises UserError when nothing was published: wrong input, no space, Ctrl-C.
    """
    check_name(project, settings.name)
    files.refuse_other_than_link(project.reports / "latest")
    for folder in (project.data, project.root / "notebooks", project.root / "src"):
        files.refuse_linked_folders(folder)
    project.select(settings.only)
    catalogue = Catalogue.of(project.notebooks)
    ends = [project.reports / name for name in (settings.name, f"{settings.name}{FAILED}")]
    number = -1
    try:
        with (
            nothing_half_written(),
            environment.termination_as_interrupt(),
            files.staging(project.reports, settings.name) as staged,
            environment.prepared(project.root),
        ):
            number = staged.stat().st_ino
            with reporter or Silent() as listening:
                outcome = StagedRun(project, settings, catalogue, staged, listening).complete()
            return _publish(project, settings, staged, outcome)
    except Interrupted:
        if took := next((p for p in ends if p.exists() and p.stat().st_ino == number), None):
            raise Interrupted(f"Stopped, after the run had taken its place as {took.name}.") from None
        raise


@contextmanager
def nothing_half_written() -> Iterator[None]:
    """Turns Ctrl-C and trouble with the disk into one clear message."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("Stopped. Nothing was published; earlier runs are as they were.") from None
    except OSError as error:
        if not (said := refusal(error)):
            raise
        raise UserError(f"{said}: the run could not be written. Earlier runs are as they were.") from None


class StagedRun:
    """One run while it is being made in its staging directory."""

    def __init__(
        self,
        project: Project,
        settings: Settings,
        catalogue: Catalogue,
        staged: Path,
        reporter: Silent,
    ) -> None:
        self.project, self.settings, self.notebooks = project, settings, project.select(settings.only)
        self.catalogue, self.staged, self.reporter = catalogue, staged, reporter
        self.cache = cache_of(project) if settings.cache else None
        self.results: list[NotebookResult] = []
        self.written: dict[str, tuple[str, ...]] = {}
        self.bypassed: list[tuple[str, str]] = []
        self.data = project.data  # asked now: where the variable names no folder, nothing runs
        self._own = Untouched({"the run": staged}, {})
        self.timings: dict[str, float] = {}
        self._meanwhile: threading.Thread | None = None
        self._has_executed = threading.Event()
        self._kept: Path | None = None
        self._lock = threading.Lock()
        self._variables = dict(os.environ)  # as it is in the run: its threads may outlive it

    def complete(self) -> Outcome:
        """Execute, collect, make pages, write the manifest; everything but the final name."""
        began = time.perf_counter()
        untouched = Untouched.of_project(self.project)
        origins = manifest.origins(self.project)
        self._refuse_changed(origins["inputs"])
        self._keep_data()
        variants = {"": dict[str, Any](), **self.settings.variants}
        names = [_named(label, n.stem) for label in variants for n in self.notebooks]
        self.reporter.start(names)
        try:
            with runner_for(self.project.root, self.settings.engine) as runner:
                self.execute({label: {**self.settings.values, **v} for label, v in variants.items()}, runner)
        finally:
            self._has_executed.set()
        touched = untouched.problems(self.written) + self.touched()
        self.results.sort(key=lambda r: names.index(r.name))
        self.timings["notebooks"] = time.perf_counter() - began
        tables, problems = self._collect(variants)
        problems += touched
        summary = self.settings.summary
        verdicts = dict(summary(tables)) if summary else {}
        outcome = Outcome(self.settings.name, self.staged, self.results, problems, verdicts, None, 0.0)
        if self.settings.pages is not None:
            self.reporter.phase("writing pages")
            outcome.index = self._pages(self._facts(outcome) | origins, problems)
        outcome.seconds = self.timings["all"] = time.perf_counter() - began
        index = outcome.index.relative_to(self.staged).as_posix() if outcome.index else None
        manifest.write(self.staged, {**self._facts(outcome), **origins, **self._course(), "index": index})
        return outcome

    def _refuse_changed(self, inputs: Mapping[str, str]) -> None:
        """Raises UserError for a notebook that was saved since it was read: what ran would not be what is noted."""
        for notebook in self.notebooks:
            if inputs.get(f"notebooks/{notebook.path.name}") != notebook.checksum:
                raise UserError(f"{notebook.path} was saved as the run began; run it again.")

    def _keep_data(self) -> None:
        """Copy the settings and data that the run is made from: pages and comparisons made later show these, not today's."""
        for path in sorted(self.project.root.glob("*.toml")):
            kept = self.staged / "inputs" / path.name
            self._put(kept, reading.content(path))
        for path in sorted([*self.data.rglob("*.csv"), *self.data.glob("sweep/*.json")]):
            kept = self.staged / "inputs" / "data" / path.relative_to(self.data)
            self._put(kept, reading.content(path))

    def _put(self, path: Path, content: bytes) -> None:
        """Write a file that notebooks must leave as it is."""
        write_atomically(path, content, is_durable=False)
        self._own.expect(path)

    def touched(self) -> list[str]:
        """What the notebooks changed of this run although it was not theirs, and what they read of the project's data although
        the run has others.
        """
        told = {}
        for name, path in self.bypassed:
            told[name] = (
                f"{name} reads {path} itself, which is not what this run computes with; data are found with "
                "analysis.places.data()."
            )
        return self._own.problems(self.written) + list(told.values())

    def _bypassing(self, paths: Iterable[str]) -> list[str]:
        """The files among those read that are of the project's data folder although the data are elsewhere."""
        plain = self.project.root / "data"
        if self.data == plain:
            return []
        return [path for path in paths if Path(path).is_relative_to(plain) and Path(path).is_file()]

    def execute(self, variants: Mapping[str, Mapping[str, Any]], runner: Runner | None) -> None:
        """Execute the notebooks of all variants (label → values), each into the folder of its variant, and note what became of each in `results`.

        Side by side, but a notebook never beside itself in another variant.
        """
        if runner is not None:
            self._execute(variants, runner)
        else:  # Jupyter's kernels have the environment of this process: one variant after the other
            for label, values in variants.items():
                os.environ[collect.FOLDER_VARIABLE] = str(self.staged / "notebooks" / label)
                self._execute({label: values}, None)
        files.remove(self.staged / UPSTREAM)

    def _execute(self, variants: Mapping[str, Mapping[str, Any]], runner: Runner | None) -> None:
        first = sorted(self.notebooks, key=lambda n: -self.settings.expected.get(n.stem, 0.0))
        tasks = {_named(label, n.stem): (label, n) for label in variants for n in first}
        checksums: dict[str, str] = {}

        def work(name: str) -> Finished:
            label, notebook = tasks[name]
            return self._one(label, notebook, variants[label], checksums, runner)

        def done(name: str, outcome: Finished | BaseException) -> bool:
            label, notebook = tasks[name]
            if runner is not None and isinstance(outcome, Skipped):
                runner.expect(-1)
            result = self._note(label, notebook.stem, outcome)
            checksums[name] = result.checksum
            differing = self.catalogue.differing(variants[label])
            result.parameters = self.catalogue.reaching(notebook.stem, differing)
            self.results.append(result)
            return result.failure is None and result.status != "skipped"

        if runner is not None:
            runner.expect(len(tasks))
        for label in variants:
            (self.staged / "notebooks" / label).mkdir(parents=True, exist_ok=True)
        needs = {name: tuple(_named(label, s) for s in n.needs) for name, (label, n) in tasks.items()}
        # A notebook has one folder in all variants, and where none of its parameters differs one entry of the cache.
        after = {
            _named(label, n.stem): _named(before, n.stem)
            for before, label in pairwise(variants)
            for n in first
        }
        schedule.run(needs, work, done, self.settings.jobs or environment.default_jobs(), after)

    def _one(
        self,
        label: str,
        notebook: Notebook,
        values: Mapping[str, Any],
        checksums: Mapping[str, str],
        runner: Runner | None,
    ) -> Finished:
        """Execute one notebook, or find it in the cache; in a thread of its own."""
        stem, name = notebook.stem, _named(label, notebook.stem)
        given = self.catalogue.reaching(stem, self.catalogue.differing(values))
        whole = pictures.attached(notebook.content, notebook.path.parent)
        prepared = normalise.without_outputs(params.injected(whole, given))
        self.reporter.begin(name, len(prepared["cells"]))
        upstream = {n: checksums[_named(label, n)] for n in notebook.needs if _named(label, n) in checksums}
        key = Key(notebook, document.to_bytes(prepared), upstream)
        if self.cache is not None and (kept := self.cache.find(key)) is not None:
            if runner is not None:
                runner.expect(-1)
            return Finished("cached", kept)
        variables = self._variables | {collect.FOLDER_VARIABLE: str(self._results_for(label, notebook))}
        if self.project.own_data:
            variables[places.DATA_VARIABLE] = str(self.project.own_data)
        kept_before = str(self._kept_before()) if self.cache is not None and notebook.may_be_kept else ""
        if kept_before:
            variables[FOLDER_VARIABLE] = kept_before
        options = Options(self.project.root, self.settings.timeout, variables, runner)
        execution = execute(stem, prepared, options, lambda number: self._cell(name, number))
        seen = execution.seen and (execution.seen.without(kept_before) if kept_before else execution.seen)
        if seen is not None:
            self.written[name] = seen.written
            self.bypassed += [(name, path) for path in self._bypassing(seen.paths)]
        content = document.to_bytes(execution.content)
        if self.cache is not None and seen is not None:
            reason = self.cache.keep(key, content, seen, folder=variables[collect.FOLDER_VARIABLE])
            if reason:
                _log.info("%s is executed in each run: %s.", name, reason)
        status: Status = "failed" if execution.failure else "ok"
        return Finished(status, content, execution.seconds, execution.failure)

    def _kept_before(self) -> Path:
        """Where the notebooks of this run keep what takes long to make."""
        with self._lock:
            if self._kept is None:
                assert self.cache is not None
                self._kept = self.cache.kept()
        return self._kept

    def _cell(self, name: str, number: int) -> None:
        """A cell ended, or the first is to begin. What the execution itself imports is there now: two threads would import half of it each."""
        with self._lock:
            if self._meanwhile is None and self.settings.meanwhile is not None:
                self._meanwhile = threading.Thread(
                    target=self._do, args=(self.settings.meanwhile,), daemon=True
                )
                self._meanwhile.start()
        self.reporter.cell(name, number)

    def _do(self, meanwhile: Callable[[], Iterable[None]]) -> None:
        try:
            for _ in meanwhile():
                if self._has_executed.is_set():
                    return
        except Exception:  # who needs what was to be done meets it again, and says so
            _log.debug("What was done meanwhile failed.", exc_info=True)

    def _results_for(self, label: str, notebook: Notebook) -> Path:
        """A folder with the executed notebooks that this one needs, and no other: what it reads must not depend on chance."""
        folder = self.staged / UPSTREAM / (label or "-") / notebook.stem
        folder.mkdir(parents=True, exist_ok=True)
        for needed in notebook.needs:
            executed = self.staged / "notebooks" / label / f"{needed}.ipynb"
            if executed.exists():
                write_atomically(folder / executed.name, executed.read_bytes(), is_durable=False)
        return folder

    def _note(self, label: str, stem: str, outcome: Finished | BaseException) -> NotebookResult:
        """Write the executed notebook and report; re-raises what is not the notebook's fault."""
        name = _named(label, stem)
        if isinstance(outcome, Skipped):
            self.reporter.end(name, "skipped", 0.0, f"needs {outcome.needed}")
            return NotebookResult(name, "skipped", failure=Failure(name, 0, "", 0, f"not run: {outcome}"))
        if isinstance(outcome, BaseException):
            raise outcome
        self._put(self.staged / "notebooks" / label / f"{stem}.ipynb", outcome.content)
        note = outcome.failure.without_name if outcome.failure else ""
        self.reporter.end(name, outcome.status, outcome.seconds, note)
        checksum = document.sha256(outcome.content)
        return NotebookResult(name, outcome.status, outcome.seconds, outcome.failure, checksum)

    def _collect(self, variants: Mapping[str, Any]) -> tuple[dict[str, Table], list[str]]:
        """Write results/ and figures/; gives the tables and what is wrong with them."""
        folder, problems = self.staged / "notebooks", list[str]()
        executed: dict[str, list[tuple[str, Document]]] = {}
        for label in variants:
            try:
                executed[label] = list(collect.notebooks(folder / label))
            except UserError as error:
                problems.append(str(error))
        tables = collect.gathered(executed.get("", ()), problems)
        try:
            collect.write_tables(tables, self.staged / "results")
        except UserError as error:
            problems.append(str(error))
        for label, some in executed.items():
            try:
                collect.write_figures(some, self.staged / "figures" / label)
            except UserError as error:
                problems.append(str(error))
        failures = Table("failures", [_failure_row(r) for r in self.results if r.failure])
        if failures.rows:
            write_atomically(self.staged / "results" / "failures.csv", failures.to_csv(), is_durable=False)
        return tables, problems

    def _pages(self, draft: dict[str, Any], problems: list[str]) -> Path | None:
        """Make the pages, or take over those of the last run of this name; gives their index."""
        assert self.settings.pages is not None
        began = time.perf_counter()
        try:
            if self.cache is not None and (
                kept := reuse.pages(self.project.reports / self.settings.name, self.staged, draft)
            ):
                return kept
            manifest.write_draft(self.staged, draft)
            if self._meanwhile is not None:
                self._meanwhile.join()
            return self.settings.pages(self.staged)
        except UserError as error:
            problems.append(f"The pages could not be made: {error}")
        finally:
            self.timings["pages"] = time.perf_counter() - began
        return None

    def _facts(self, outcome: Outcome) -> dict[str, Any]:
        """What the run is, whenever and wherever it is made."""
        settings = self.settings
        return {
            "run": settings.name,
            "project": self.project.name,
            "ok": outcome.is_ok,
            "parameters": self.catalogue.differing(settings.values),
            "scenario": settings.scenario,
            "only": list(settings.only),
            "own_data": list(settings.own_data),
            **(
                {"instead": {n: list(v) for n, v in settings.instead.items()}, "added": dict(settings.added)}
                if settings.own_data
                else {}
            ),
            "variants": {label: dict(values) for label, values in settings.variants.items()},
            "notebooks": {
                r.name: {"parameters": r.parameters}
                | ({"failure": str(r.failure)} if r.failure else {})
                | ({"skipped": True} if r.status == "skipped" else {})
                for r in self.results
            },
            "problems": outcome.problems,
            "verdicts": outcome.verdicts,
        }

    def _course(self) -> dict[str, Any]:
        """How this execution of it went."""
        return {
            "engine": self.settings.engine,
            "status": {r.name: r.status for r in self.results},
            "seconds": {
                **{name: round(value, 3) for name, value in self.timings.items()},
                "each": {r.name: round(r.seconds, 3) for r in self.results},
            },
        }


def _publish(project: Project, settings: Settings, staged: Path, outcome: Outcome) -> Outcome:
    """Give the staged run its final name and let `latest` follow a good one."""
    failed = project.reports / f"{settings.name}{FAILED}"
    final = project.reports / settings.name if outcome.is_ok else failed
    files.sync_tree(staged)
    files.publish(staged, final)
    if outcome.is_ok:
        files.remove(failed)
        if not settings.only:
            files.point_link(project.reports / "latest", final.name)
    index = final / outcome.index.relative_to(staged) if outcome.index else None
    outcome.folder, outcome.index, outcome.name = final, index, final.name
    return outcome


def _named(label: str, stem: str) -> str:
    return f"{label}/{stem}" if label else stem


def _failure_row(result: NotebookResult) -> dict[str, Any]:
    failure = result.failure
    assert failure is not None
    return {
        "status": result.status,
        "cell": failure.cell or None,
        "cell_id": failure.cell_id,
        "line": failure.line or None,
        "error": failure.error,
        "notebook": result.name,
    }


def cache_of(project: Project) -> Cache:
    """The cache of executed notebooks, and of what pages were made of."""
    return Cache(project.root / ".cache" / "notebooks", Inputs(project, dict(os.environ)))
