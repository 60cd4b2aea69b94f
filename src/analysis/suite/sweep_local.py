"""Executing the cases of one notebook quickly: in forks of worker processes in which the notebook has run once already."""

from __future__ import annotations

import multiprocessing
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from analysis.errors import UserError
from analysis.mime import ROWS
from analysis.suite import child, environment, normalise, params, settings
from analysis.suite.document import Document, must_run
from analysis.suite.forked import kill, no_main
from analysis.suite.process import Closed, Limits, Outcome, Runner, Unavailable
from analysis.suite.project import Notebook, Project
from analysis.suite.sweep_plan import Cases, Plan, Values
from analysis.suite.sweep_store import CaseResult, Key

# Charts are not even composed.
DRAFT = {"ANALYSIS_DRAW": "none"}
WORTH_WARMING = 16
"""Cases from which on it pays to run a notebook once ahead of all."""
_LOOK_SECONDS = 2.0
"""How often, while no case ends, the workers are looked at."""


class CaseRunner:
    """Runs cases of one notebook, `jobs` at a time.

    Its workers have run the notebook before the first fork. Should that alter what a fork computes (state of a module
    that the notebook changed), or fail, the cases run as any notebook does: two cases are computed both ways first.
    """

    def __init__(
        self, root: Path, notebook: Notebook, cases: Cases, table: str, timeout: int, jobs: int = 1
    ) -> None:
        self.notebook, self.cases, self.table = notebook, cases, table
        self.is_warm = len(cases.numbers) >= WORTH_WARMING
        self.runner = Runner(settings.preload(root))
        self._options: dict[str, Any] = {
            "cwd": root / "notebooks",
            "env": environment.of_notebooks(root) | DRAFT,
            "limits": Limits(cell_seconds=timeout),
            "rows_only": True,
        }
        self._plain = ThreadPoolExecutor(jobs)
        # Ctrl-C strikes the main thread, so never amid the start of a worker.
        self._starter = ThreadPoolExecutor(1)
        self._workers = self._warm(root, jobs) if self.is_warm else None

    def __enter__(self) -> CaseRunner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End what still runs."""
        self.runner.close()
        for threads in (self._plain, self._starter):
            threads.shutdown(wait=True, cancel_futures=True)
        self._end_workers()

    def check(self) -> None:
        """Go on plainly unless the default case and the last one give the same rows both ways."""
        if self._workers is None:
            return
        numbers = {self.cases.centre(), self.cases.numbers[-1]}
        try:
            warm = [(self._submit_warm(n), self._plain.submit(self._outcome, n)) for n in numbers]
            for one, _ in warm:
                self.wait({one})
            is_same = all(_comparable(one.result()) == _comparable(other.result()) for one, other in warm)
        except (BrokenProcessPool, Unavailable):
            is_same = False
        if not is_same:
            self._end_workers()
            self.is_warm = False

    def submit(self, number: int) -> Future[CaseResult]:
        """Run one case: its rows, or where and how it failed."""
        found: Future[CaseResult] = Future()

        def finish(done: Future[Outcome]) -> None:
            try:
                found.set_result(self._result(number, done.result()))
            except BaseException as error:  # handed to whoever waits
                found.set_exception(error)

        started = self._submit_warm(number) if self._workers else self._plain.submit(self._outcome, number)
        started.add_done_callback(finish)
        return found

    def result(self, number: int) -> CaseResult:
        """Run one case and wait for it; as `submit` and `wait`."""
        found = self.submit(number)
        self.wait({found})
        return found.result()

    def wait(self, waiting: set[Future[Any]]) -> tuple[set[Future[Any]], set[Future[Any]]]:
        """Wait until a case has ended; gives those that have, and the others.

        Raises BrokenProcessPool where a worker ended amid its answer: the pool would wait for the rest for ever.
        """
        while True:
            ended, others = wait(waiting, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
            if ended:
                return ended, others
            if any(worker.exitcode is not None for worker in self._processes()):
                raise BrokenProcessPool("A worker ended amid its answer.")

    def _processes(self) -> list[BaseProcess]:
        workers = self._workers
        return list(workers._processes.values()) if workers is not None and workers._processes else []

    def _result(self, number: int, outcome: Outcome) -> CaseResult:
        values = self.cases.values(number)
        if outcome.status != "ok":
            return CaseResult(self.cases.stem, number, values, [], outcome.cell + 1, outcome.message)
        return CaseResult(self.cases.stem, number, values, outcome.rows().get(self.table, []))

    def _warm(self, root: Path, jobs: int) -> ProcessPoolExecutor:
        document = self._prepared(self.cases.values(self.cases.centre()))
        self.runner.start()
        return ProcessPoolExecutor(
            jobs, multiprocessing.get_context("forkserver"), _warm_up, (document, self._options)
        )

    def _submit_warm(self, number: int) -> Future[Outcome]:
        return self._starter.submit(self._hand_out, self._prepared(self.cases.values(number))).result()

    def _hand_out(self, document: Document) -> Future[Outcome]:
        assert self._workers is not None
        with no_main():
            return self._workers.submit(_in_worker, document, self._options)

    def _end_workers(self) -> None:
        processes = self._processes()
        workers, self._workers = self._workers, None
        if workers is not None:
            for process in processes:
                kill(process)
            # Who reads half an answer waits while anybody could write the rest: we could.
            workers._result_queue._writer.close()  # type: ignore[attr-defined]
            workers.shutdown(wait=True, cancel_futures=True)

    def _outcome(self, number: int) -> Outcome:
        return self.runner.execute(self._prepared(self.cases.values(number)), **self._options)

    def _prepared(self, values: Values) -> Document:
        """The notebook with these parameters and without outputs, in cells of its own."""
        bare = normalise.without_outputs(params.injected(self.notebook.content, values))
        return {**bare, "cells": [dict(cell) for cell in bare["cells"]]}


def _warm_up(document: Document, options: Mapping[str, Any]) -> None:
    """In a worker: run a notebook once and forget its names, so that forks find every cache of the libraries filled.

    What a run leaves behind in module state reaches the forks; `CaseRunner.check` notices. Raises what makes the worker unfit.
    """
    from analysis.suite import preload
    from analysis.suite.shell import RememberingCompiler

    child.of_its_own()
    child.die_with_owner()
    cells = tuple((i, c["source"], False) for i, c in enumerate(document["cells"]) if must_run(c))
    job = child.Job(cells, str(options["cwd"]), dict(options["env"]), options["limits"].output, ROWS, "")
    preload.SHELL.compile = RememberingCompiler()  # each fork runs the same cells
    child.warm_up(job)
    if preload.threads() > 1:
        raise RuntimeError("the notebook left threads running")


_runner: Runner | None = None


def _in_worker(document: Document, options: Mapping[str, Any]) -> Outcome:
    """In a worker: a case, in a fork."""
    global _runner
    _runner = _runner or Runner(method="fork")
    return _runner.execute(document, **options)


def execute(
    project: Project, plan: Plan, done: Container[Key], table: str, jobs: int, timeout: int
) -> Iterator[CaseResult]:
    """The results of all cases that are not done, as they come, `jobs` at a time; one notebook after the other."""
    for cases in plan.notebooks:
        todo = [n for n in cases.numbers if (cases.stem, n) not in done]
        if todo:
            with CaseRunner(
                project.root, project.notebook(cases.stem), cases, table, timeout, jobs
            ) as runner:
                runner.check()
                yield from _in_parallel(runner, todo, jobs)


def _in_parallel(runner: CaseRunner, todo: Sequence[int], jobs: int) -> Iterator[CaseResult]:
    """A few more cases are handed out than run at once, so that memory stays flat whatever their number."""
    waiting: set[Future[CaseResult]] = set()
    left = iter(todo)
    while True:
        for number in islice(left, 2 * jobs - len(waiting)):
            waiting.add(runner.submit(number))
        if not waiting:
            return
        with _gone_workers_told():
            finished, waiting = runner.wait(waiting)
        for future in finished:
            with _gone_workers_told():
                result = future.result()
            yield result


@contextmanager
def _gone_workers_told() -> Iterator[None]:
    try:
        yield
    except (BrokenProcessPool, Closed):
        raise UserError(
            "A worker process of the sweep ended; what is finished is kept: go on with --resume."
        ) from None


def _comparable(outcome: Outcome) -> tuple[str, Mapping[str, Any]]:
    return outcome.status, outcome.rows()
