"""Executing the cases of one notebook quickly: forks of a warm process in which the notebook has run once already."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from analysis.suite import environment, normalise, params, preload
from analysis.suite.document import Document
from analysis.suite.files import write_atomically
from analysis.suite.follow import Limits, Outcome, WarmUnavailable, must_run
from analysis.suite.project import Notebook, Project
from analysis.suite.sweep_plan import Cases, Plan, Values
from analysis.suite.sweep_store import CaseResult, Key
from analysis.suite.warm import Warm

# Charts are not even composed.
DRAFT = {"ANALYSIS_DRAW": "none"}
WORTH_PRIMING = 16
"""Cases from which on it pays to run a notebook once ahead of all."""


class Lane:
    """Runs cases of one notebook, from several threads if wanted.

    Its warm process has run the notebook before the first fork. Should that alter what a fork computes (state of a module
    that the notebook changed), or fail, the cases run in forks of the `plain` one instead: two cases are computed both ways
    first.
    """

    def __init__(
        self, root: Path, notebook: Notebook, cases: Cases, table: str, timeout: int, plain: Warm
    ) -> None:
        self.root, self.notebook, self.cases, self.table, self.plain = root, notebook, cases, table, plain
        self.limits = Limits(cell_seconds=timeout)
        self.is_primed = len(cases.numbers) >= WORTH_PRIMING
        self._stack = ExitStack()
        self._warm = self._primed() if self.is_primed else plain

    def __enter__(self) -> Lane:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the warm process."""
        self._stack.close()

    def start(self) -> None:
        """Start the warm process; returns at once."""
        self._warm.start()

    def check(self) -> None:
        """Go on plainly unless the default case and the last one give the same rows both ways."""
        if not self.is_primed:
            return
        numbers = {self.cases.centre(), self.cases.numbers[-1]}
        try:
            is_same = all(
                _comparable(self._outcome(self._warm, n)) == _comparable(self._outcome(self.plain, n))
                for n in numbers
            )
        except WarmUnavailable:
            is_same = False
        if not is_same:
            self._warm.close()
            self._warm, self.is_primed = self.plain, False

    def run(self, number: int) -> CaseResult:
        """One case: its rows, or where and how it failed."""
        outcome = self._outcome(self._warm, number)
        values = self.cases.values(number)
        if outcome.status != "ok":
            return CaseResult(self.cases.stem, number, values, [], outcome.cell + 1, outcome.message)
        return CaseResult(self.cases.stem, number, values, outcome.rows().get(self.table, []))

    def _primed(self) -> Warm:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="sweep-")))
        document = self._prepared(self.cases.values(self.cases.centre()))
        sources = [cell["source"] for cell in document["cells"] if must_run(cell)]
        write_atomically(folder / "cells.json", json.dumps(sources).encode(), is_durable=False)
        warm = process(self.root, folder / "cells.json")
        self._stack.callback(warm.close)
        return warm

    def _outcome(self, warm: Warm, number: int) -> Outcome:
        document = self._prepared(self.cases.values(number))
        return warm.execute(document, cwd=self.root, env=DRAFT, limits=self.limits, rows_only=True)

    def _prepared(self, values: Values) -> Document:
        """The notebook with these parameters and without outputs, in cells of its own."""
        bare = normalise.without_outputs(params.injected(self.notebook.content, values))
        return {**bare, "cells": [dict(cell) for cell in bare["cells"]]}


def process(root: Path, cells: Path | None = None) -> Warm:
    """A warm process for cases of a project's notebooks, primed with the cells in a file when given."""
    variables = {**environment.fixed(root), **DRAFT}
    return Warm(preload.modules(root), [root], [root / "reports"], variables, cells)


def execute(
    project: Project, plan: Plan, done: Container[Key], table: str, jobs: int, timeout: int
) -> Iterator[CaseResult]:
    """The results of all cases that are not done, as they come, `jobs` at a time; one notebook after the other."""
    with ExitStack() as stack:
        plain = stack.enter_context(process(project.root))
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        lanes = []
        for cases in plan.notebooks:
            todo = [n for n in cases.numbers if (cases.stem, n) not in done]
            if todo:
                notebook = project.notebook(cases.stem)
                lanes.append((Lane(project.root, notebook, cases, table, timeout, plain), todo))
        for number, (lane, todo) in enumerate(lanes):
            with lane:
                lane.start()
                lane.check()
                if number + 1 < len(lanes):
                    lanes[number + 1][0].start()  # its imports take a while
                yield from _in_parallel(pool, lane, todo, jobs)


def _in_parallel(
    pool: ThreadPoolExecutor, lane: Lane, todo: Sequence[int], jobs: int
) -> Iterator[CaseResult]:
    """A few more cases are handed out than run at once, so that memory stays flat whatever their number."""
    waiting: set[Future[CaseResult]] = set()
    left = iter(todo)
    while True:
        for number in islice(left, 2 * jobs - len(waiting)):
            waiting.add(pool.submit(lane.run, number))
        if not waiting:
            return
        finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()


def _comparable(outcome: Outcome) -> tuple[str, Mapping[str, Any]]:
    return outcome.status, outcome.rows()
