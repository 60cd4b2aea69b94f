"""One notebook through papermill: what came back, and where it failed."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import UserError
from analysis.suite import document, normalise, settings
from analysis.suite.document import Cell, Document

if TYPE_CHECKING:
    from analysis.suite.process import Runner
    from analysis.suite.watch import Seen

ENGINES = ("warm", "stock")
_log = logging.getLogger("analysis")

OnCell = Callable[[int], None]


@dataclass(frozen=True)
class Failure:
    """Where a notebook failed: `cell` counts from 1 among the cells that its author wrote, the same in every language; line is that of the cell's source, 0 unknown."""

    notebook: str
    cell: int
    cell_id: str
    line: int
    error: str

    def __str__(self) -> str:
        return f"{self.notebook}, {self.without_name}" if self.cell else f"{self.notebook}: {self.error}"

    @property
    def without_name(self) -> str:
        """Cell, line and error, where the notebook's name stands already."""
        line = f", line {self.line}" if self.line else ""
        return f"cell {self.cell} ({self.cell_id}){line}: {self.error}" if self.cell else self.error


@dataclass(frozen=True)
class Execution:
    """An executed notebook, normalised; `failure` is None when every cell ran without an error.

    seen: what it read; None when nobody watched (Jupyter's kernel) or it failed.
    """

    content: Document
    failure: Failure | None
    seconds: float
    seen: Seen | None


@dataclass(frozen=True)
class Options:
    """How notebooks are executed.

    timeout: seconds for each cell. env: all that a notebook's process has in its environment. runner: whose children the
    notebooks are, None for Jupyter's own kernel.
    """

    root: Path
    timeout: int
    env: Mapping[str, str]
    runner: Runner | None = None

    def for_papermill(self) -> dict[str, Any]:
        """The options that papermill hands on to the engine."""
        options: dict[str, Any] = {"is_forked": self.runner is not None, "execution_timeout": self.timeout}
        if self.runner is not None:
            return options | {"runner": self.runner, "env": dict(self.env)}
        # Each kernel prints a line about encryption unless told not to.
        kernel = {
            "record_timing": False,
            "shutdown_kernel": "immediate",
            "extra_arguments": ["--log-level=40"],
        }
        return options | kernel


@contextmanager
def runner_for(root: Path, engine: str, is_followed: bool = False) -> Iterator[Runner | None]:
    """What runs the project's notebooks, ended after the block; None for the stock engine and where forks are not to be had.

    Its fork server starts when the first notebook is executed: a run that finds everything in the cache does without. is_followed:
    another comes after it in this process.
    UserError for another engine than `warm` and `stock`.
    """
    from analysis.suite import process

    if engine not in ENGINES:
        raise UserError(f"There is no engine {engine!r}; there are: {', '.join(ENGINES)}.")
    if engine == "warm" and not process.available():
        _log.warning("Notebooks cannot be forked on this platform; Jupyter's own kernel runs them.")
    if engine != "warm" or not process.available():
        yield None
        return
    with process.Runner(settings.preload(root), is_followed=is_followed) as runner:
        yield runner


_import_lock = threading.Lock()


def execute(stem: str, prepared: Document, options: Options, on_cell: OnCell) -> Execution:
    """Execute a prepared notebook (parameters injected, no outputs) through papermill.

    on_cell: gets the number of each finished cell, from 1; before, where the notebook is forked, 0 when all is imported here and
    the fork server may still import. Never raises for what happens inside the notebook.
    """
    if options.runner is not None:
        options.runner.start()  # its imports go on while papermill is imported here
    with _import_lock:  # two threads would import half of it each
        import nbformat
        from papermill.engines import papermill_engines
        from papermill.iorw import load_notebook_node

    if options.runner is not None:
        on_cell(0)
    ends: list[tuple[Any, int, Seen | None]] = []
    began, problem = time.perf_counter(), ""
    try:
        # Its `execute_notebook` would write what it executed once more, and tell of the errors in the outputs again.
        notebook = load_notebook_node(nbformat.from_dict(prepared))
        papermill_engines.execute_notebook_with_engine(
            "warm",
            notebook,
            kernel_name=papermill_engines.nb_kernel_name(engine_name="warm", nb=notebook),
            progress_bar=False,
            autosave_cell_every=0,
            on_cell=on_cell,
            on_end=lambda *end: ends.append(end),
            **options.for_papermill(),
        )
    except Exception as error:  # time-out, dead kernel: it is told as the cell's own
        problem = _named(error, options.timeout)
    result, last, seen = ends[0] if ends else (None, 0, None)
    content = normalise.executed(prepared, result, options.root)
    failure = failure_in(stem, content)
    problem = problem or _silent(result) or (failure.error if failure else "")
    if problem and not _has_error(content):
        content, failure = _marked(stem, content, min(max(last, 1), len(content["cells"])), problem)
    return Execution(content, failure, time.perf_counter() - began, seen if failure is None else None)


def failure_in(stem: str, content: Document) -> Failure | None:
    """The first failure that an executed notebook shows: an error, or a code cell that was not executed.

    `sys.exit(0)` is none, and ends the notebook, as papermill has it.
    """
    for number, cell in document.code_cells(content):
        error = next((o for o in cell["outputs"] if o["output_type"] == "error"), None)
        if error is not None and error["ename"] == "SystemExit" and error["evalue"] in ("", "0"):
            return None
        if error is not None and not document.may_fail(cell):
            line = _line(error)
            said = error["evalue"] or _asserted(error["ename"], cell["source"], line)
            text = f"{error['ename']}: {said}".strip().removesuffix(":")
            return Failure(stem, document.authored(content, number), cell["id"], line, text)
        if document.must_run(cell) and cell["execution_count"] is None:
            return Failure(
                stem, document.authored(content, number), cell["id"], 0, "this cell was not executed"
            )
    return None


def _asserted(name: str, source: str, line: int) -> str:
    """The line of a bare assertion that failed: what it holds, and what its comment says, is all that a reader gets."""
    lines = source.splitlines()
    return lines[line - 1].strip() if name == "AssertionError" and 0 < line <= len(lines) else ""


_IN_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _line(error: dict[str, Any]) -> int:
    match = _IN_CELL.search(_COLOUR.sub("", "\n".join(error["traceback"])))
    return int(match[1]) if match else 0


def _has_error(content: Document) -> bool:
    cells = [cell for _, cell in document.code_cells(content) if not document.may_fail(cell)]
    return any(output["output_type"] == "error" for cell in cells for output in cell["outputs"])


def _named(error: Exception, timeout: int) -> str:
    kind = type(error).__name__
    if "Timeout" in kind:
        return f"{kind}: this cell took longer than {timeout} s (--timeout) and was stopped"
    if "DeadKernel" in kind:
        return f"{kind}: the notebook's process ended in this cell"
    text = _COLOUR.sub("", str(error)).strip().splitlines()
    return f"{kind}: {text[0]}" if text else kind


def _silent(result: Document | None) -> str:
    """What is wrong with a cell that failed without an error output: IPython writes of an unknown magic to stderr alone."""
    for _, cell in document.code_cells(result or {"cells": []}):
        is_failed = cell["metadata"].get("papermill", {}).get("exception") is True
        if is_failed and all(o["output_type"] != "error" for o in cell["outputs"]):
            said = [
                line for o in cell["outputs"] if o.get("name") == "stderr" for line in o["text"].splitlines()
            ]
            return next(
                (line for line in reversed(said) if line.startswith("UsageError: ")), "the cell failed"
            )
    return ""


def _marked(stem: str, content: Document, number: int, problem: str) -> tuple[Document, Failure]:
    """The notebook with the problem as an error output of the cell in which it arose."""
    cells: list[Cell] = list(content["cells"])
    cell = cells[number - 1]
    name, _, value = problem.partition(": ")
    error = {"output_type": "error", "ename": name, "evalue": value, "traceback": [problem]}
    if cell["cell_type"] == "code":
        kept = [o for o in cell["outputs"] if o["output_type"] != "error"]
        cells[number - 1] = {**cell, "outputs": [*kept, error]}
    marked = normalise.stamped({**content, "cells": cells})
    return marked, Failure(stem, document.authored(content, number), cell["id"], 0, problem)
