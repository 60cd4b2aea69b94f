"""A sweep: the notebooks executed over many choices of their parameters, rows kept, nothing lost when it stops half-way."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from analysis import reading
from analysis.errors import UserError, counted
from analysis.suite import environment, files, manifest, sweep_local
from analysis.suite.project import Project
from analysis.suite.run import Interrupted
from analysis.suite.sweep_plan import Plan
from analysis.suite.sweep_store import (
    COURSE,
    PLAN,
    UNFINISHED,
    CaseResult,
    Keep,
    Key,
    Store,
    name_of,
    resumed,
)
from analysis.writing import STAGING, write_atomically

FOLDER = "sweeps"
LATEST = "latest"

Finish = Callable[["Outcome"], None]
"""What is done with a sweep whose cases are all executed, before it appears under its name."""
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
    def name(self) -> str:
        """The name of the sweep."""
        return name_of(self.folder)

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
    if not re.fullmatch(r"\w[\w.-]{0,79}", name) or name == LATEST or name.endswith(UNFINISHED):
        raise UserError(
            f"{name!r} cannot be the name of a sweep: letters, digits, '-', '_' and '.' only, not {LATEST!r}, "
            f"not ending in {UNFINISHED}."
        )
    return project.reports / FOLDER / name


def name_for(plan: Plan) -> str:
    """A name that follows from what is swept."""
    facts = plan.as_json()
    wanted = {k: facts[k] for k in ("axes", "limit", "seed")} | {"notebooks": list(facts["notebooks"])}
    wanted |= {"own_data": facts["own_data"]} if plan.own_data else {}
    return "s-" + hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:8]


def find(project: Project, name: str) -> Path:
    """The folder of a stopped sweep, else of a finished one, or of the `latest`. Raises UserError listing those there are."""
    folder = project.reports / FOLDER / name
    for candidate in (folder.parent / (name + UNFINISHED), folder):
        if (candidate / PLAN).is_file():
            return candidate.resolve()
    known = sorted({name_of(p.parent) for p in folder.parent.glob(f"*/{PLAN}") if not p.parent.is_symlink()})
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
    """An empty store to sweep into. A finished sweep of that name stays until this one is complete; a stopped one goes.

    Raises UserError for a name that something else has, or while another process makes a sweep of that name.
    """
    final = folder_of(project, name)
    files.refuse_other_than_link(final.parent / LATEST)
    folder = final.with_name(name + UNFINISHED)
    for taken in (final, folder):
        # What a process left that was killed while it wrote its plan is nobody's.
        has_files = taken.exists() and any(not p.name.startswith(STAGING) for p in taken.iterdir())
        if has_files and not (taken / PLAN).is_file():
            raise UserError(f"{taken} exists and holds no sweep; move it away or choose another name.")
    files.clear_stale(final.parent)
    if folder.exists():
        os.close(_locked(folder))
        files.remove(folder)
    store = Store(folder, plan, keep)
    store.start()
    return store


def _locked(folder: Path) -> int:
    """The lock of a sweep's folder, to be closed. Raises UserError when another process has it."""
    handle = files.lock(folder)
    if handle is None:
        raise UserError(
            f"The sweep {name_of(folder)} is being made by another process; wait for it, or choose another name."
        )
    return handle


def run(
    project: Project,
    store: Store,
    listener: Listener,
    execute: Executor | None = None,
    timeout: int = 600,
    finish: Finish | None = None,
) -> Outcome:
    """Execute what is not done yet, and give the sweep its name once it is complete.

    Raises Interrupted after Ctrl-C; what is finished is kept then, and so is the last complete sweep of the name.
    """
    jobs = environment.default_jobs()
    here = partial(sweep_local.execute, table=store.keep.table, jobs=jobs, timeout=timeout)
    handle = _locked(store.folder)
    try:
        outcome = _executed(project, store, listener, execute or here)
        if changed := manifest.differences(dict(store.plan.inputs), manifest.inputs(project)):
            raise UserError(
                f"While the sweep {store.name} ran, its inputs changed ({', '.join(changed[:5])}): its cases do not belong "
                "together, and it was not published. Start it again."
            )
        if finish is not None:
            finish(outcome)
        final = store.folder.with_name(store.name)
        if store.folder != final:
            files.sync_tree(store.folder)
            files.publish(store.folder, final)
            store.folder = final
        files.point_link(final.parent / LATEST, final.name)
        return dataclasses.replace(outcome, folder=final)
    finally:
        os.close(handle)


def _executed(project: Project, store: Store, listener: Listener, execute: Executor) -> Outcome:
    began, plan = time.perf_counter(), store.plan
    done = store.done()
    count = 0
    listener.begin(plan.cases, len(done))
    with environment.termination_as_interrupt(), environment.prepared(project.root):
        try:
            for result in execute(project, plan, done):
                store.add(result)
                count += 1
                listener.case(result.stem, bool(result.error))
        except KeyboardInterrupt:
            raise Interrupted(
                f"Stopped. {len(done) + count:,} of {counted(plan.cases, 'case')} kept; go on with: "
                f"analysis sweep {store.name} --resume"
            ) from None
        finally:
            store.flush()
            listener.end()
    seconds = time.perf_counter() - began
    outcome = Outcome(store.folder, plan, count, len(done), len(store.failures), seconds)
    _write_course(outcome)
    return outcome


def _write_course(outcome: Outcome) -> None:
    """Note how it went, beside what it computed; a resumed sweep has one entry for each time."""
    path = outcome.folder / COURSE
    before = reading.json_of(path) if path.exists() else []
    before = before if isinstance(before, list) else []
    facts = {k: v for k, v in outcome.as_json().items() if k != "folder"}
    write_atomically(path, json.dumps([*before, facts], indent=1) + "\n")
