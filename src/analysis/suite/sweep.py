"""A sweep: the notebooks executed over many choices of their parameters, rows kept, nothing lost when it stops half-way."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from analysis import reading
from analysis.errors import UserError
from analysis.suite import environment, files, manifest, sweep_local
from analysis.suite.project import Project
from analysis.suite.run import Interrupted
from analysis.suite.sweep_plan import Plan
from analysis.suite.sweep_store import COURSE, PLAN, CaseResult, Keep, Key, Store, resumed

FOLDER = "sweeps"
LATEST = "latest"

Executor = Callable[[Project, Plan, Container[Key]], Iterator[CaseResult]]
"""Gives the results of all cases that are not done."""


class Listener(Protocol):
    """Hears how a sweep goes."""

    def begin(self, total: int, done: int) -> None:
        """So many cases in all, so many of them done before."""

    def case(self, stem: str, failed: bool) -> None:
        """One more is done."""

    def end(self) -> None:
        """No more will come."""


@dataclass(frozen=True)
class Outcome:
    """A finished sweep: `cases` executed now, `kept` from before, in `seconds`; `failures` are listed in failures.csv."""

    folder: Path
    plan: Plan
    cases: int
    kept: int
    failures: int
    seconds: float

    @property
    def rate(self) -> float:
        """Cases a second."""
        return self.cases / self.seconds if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """The outcome for other programs."""
        return {
            "folder": str(self.folder),
            "ok": not self.failures,
            "universes": self.plan.universes,
            "cases": self.cases,
            "kept": self.kept,
            "failures": self.failures,
            "seconds": round(self.seconds, 3),
            "cases_per_second": round(self.rate, 2),
        }


def folder_of(project: Project, name: str) -> Path:
    """Where the sweep of that name is kept. Raises UserError for a name that cannot be one."""
    if not re.fullmatch(r"\w[\w.-]{0,79}", name) or name == LATEST:
        raise UserError(
            f"{name!r} cannot be the name of a sweep: letters, digits, '-', '_' and '.' only, not {LATEST!r}."
        )
    return project.reports / FOLDER / name


def name_for(plan: Plan) -> str:
    """A name that follows from what is swept."""
    facts = plan.as_json()
    wanted = {k: facts[k] for k in ("axes", "limit", "seed")} | {"notebooks": list(facts["notebooks"])}
    return "s-" + hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:8]


def find(project: Project, name: str) -> Path:
    """The folder of a finished or stopped sweep, or of the `latest`. Raises UserError listing those there are."""
    folder = project.reports / FOLDER / name
    if (folder / PLAN).is_file():
        return folder.resolve()
    known = sorted(p.parent.name for p in folder.parent.glob(f"*/{PLAN}") if not p.parent.is_symlink())
    raise UserError(f"There is no sweep {name}. There are: {', '.join(known) or 'none yet'}.")


def resume(project: Project, name: str | None, keep: Keep) -> Store:
    """The store of a sweep to go on with (default: the one started last). Raises UserError when it cannot be."""
    folder = find(project, name) if name else _last_started(project)
    return Store(folder, resumed(folder, manifest.inputs(project)), keep)


def _last_started(project: Project) -> Path:
    plans = [p for p in (project.reports / FOLDER).glob(f"*/{PLAN}") if not p.parent.is_symlink()]
    if not plans:
        raise UserError("There is no sweep to go on with.")
    return max(plans, key=lambda p: p.stat().st_mtime_ns).parent


def prepare(project: Project, name: str, plan: Plan, keep: Keep) -> Store:
    """An empty store to sweep into; what a sweep of that name left is removed. Raises UserError."""
    folder = folder_of(project, name)
    if folder.exists() and any(folder.iterdir()) and not (folder / PLAN).is_file():
        raise UserError(f"{folder} exists and holds no sweep; move it away or choose another name.")
    files.remove(folder)
    store = Store(folder, plan, keep)
    store.start()
    return store


def run(
    project: Project, store: Store, listener: Listener, execute: Executor | None = None, timeout: int = 600
) -> Outcome:
    """Execute what is not done yet. Raises Interrupted after Ctrl-C; what is finished is kept then."""
    began, plan = time.perf_counter(), store.plan
    done = store.done()
    chosen = execute or _locally(store.keep.table, timeout)
    count = 0
    listener.begin(plan.cases, len(done))
    with environment.termination_as_interrupt(), environment.prepared(project.root):
        try:
            for result in chosen(project, plan, done):
                store.add(result)
                count += 1
                listener.case(result.stem, bool(result.error))
        except KeyboardInterrupt:
            raise Interrupted(
                f"Stopped. {len(done) + count} of {plan.cases} cases are kept; go on with: "
                f"analysis sweep {store.folder.name} --resume"
            ) from None
        finally:
            store.flush()
            listener.end()
    seconds = time.perf_counter() - began
    outcome = Outcome(store.folder, plan, count, len(done), len(store.failures), seconds)
    _write_course(outcome)
    files.point_link(store.folder.parent / LATEST, store.folder.name)
    return outcome


def _locally(table: str, timeout: int) -> Executor:
    def execute(project: Project, plan: Plan, done: Container[Key]) -> Iterator[CaseResult]:
        return sweep_local.execute(project, plan, done, table, environment.default_jobs(), timeout)

    return execute


def _write_course(outcome: Outcome) -> None:
    """Note how it went, beside what it computed; a resumed sweep has one entry for each time."""
    path = outcome.folder / COURSE
    before = reading.json_of(path) if path.exists() else []
    before = before if isinstance(before, list) else []
    facts = {k: v for k, v in outcome.as_json().items() if k != "folder"}
    files.write_atomically(path, (json.dumps([*before, facts], indent=1) + "\n").encode())
