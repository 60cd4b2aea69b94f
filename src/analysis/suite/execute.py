"""One notebook through papermill: what came back, and where it failed."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import UserError
from analysis.suite import document, normalise
from analysis.suite.document import Cell, Document

ENGINES = {"warm": "warm", "stock": "nbclient"}
OBSERVED = "suite_observed"

OnCell = Callable[[int], None]


@dataclass(frozen=True)
class Failure:
    """Where a notebook failed: `cell` counts from 1 among all cells; line is that of the cell's source, 0 unknown."""

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
    """An executed notebook, normalised; `failure` is None when every cell ran without an error."""

    content: Document
    failure: Failure | None
    seconds: float
    observed: dict[str, Any]


class _Watch:
    """Sees a notebook's execution from inside papermill's engine: cells as they start, the notebook at its end."""

    def __init__(self, on_cell: OnCell) -> None:
        self.on_cell = on_cell
        self.manager: Any = None
        self.last_started = 0

    def attach(self, manager: Any) -> None:
        self.manager = manager
        start, complete = manager.cell_start, manager.cell_complete

        def cell_start(cell: Any, cell_index: int | None = None, **rest: Any) -> Any:
            self.last_started = (cell_index or 0) + 1
            return start(cell, cell_index, **rest)

        def cell_complete(cell: Any, cell_index: int | None = None, **rest: Any) -> Any:
            self.on_cell((cell_index or 0) + 1)
            return complete(cell, cell_index, **rest)

        manager.cell_start, manager.cell_complete = cell_start, cell_complete

    @property
    def notebook(self) -> Document | None:
        return None if self.manager is None else self.manager.nb


_import_lock = threading.Lock()


def _watched_engine(name: str) -> str:
    """The name of papermill's engine `name` with a watch on it, registered once.

    Imports papermill; the lock keeps two threads from importing half of it each.
    """
    with _import_lock:
        from papermill.engines import papermill_engines

        watched = f"{name}-watched"
        if watched in papermill_engines._engines:
            return watched
        base = papermill_engines.get_engine(name)

        class Watched(base):  # type: ignore[misc, valid-type]
            @classmethod
            def execute_managed_notebook(
                cls, nb_man: Any, kernel_name: str, watch: _Watch | None = None, **rest: Any
            ) -> Any:
                if watch is not None:
                    watch.attach(nb_man)
                return super().execute_managed_notebook(nb_man, kernel_name, **rest)

        papermill_engines.register(watched, Watched)
        return watched


@dataclass(frozen=True)
class Way:
    """How notebooks are executed.

    engine: `warm` or `stock`. timeout: seconds for each cell. env: variables that this run adds to the environment.
    observe: whether to note what a notebook used (`warm` only), without what lies in the `ignored` folder.
    """

    root: Path
    engine: str
    timeout: int
    env: Mapping[str, str] = field(default_factory=dict)
    observe: bool = False
    ignored: Path | None = None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise UserError(f"There is no engine {self.engine!r}; there are: {', '.join(ENGINES)}.")

    def options(self) -> dict[str, Any]:
        """The options that papermill's engine is given."""
        if self.engine == "warm":
            ignored = [self.ignored] if self.ignored else []
            return {"env": dict(self.env), "observe": self.observe, "ignored": ignored}
        # A kernel takes its environment from ours; each prints a line about encryption unless told not to.
        return {"record_timing": False, "shutdown_kernel": "immediate", "extra_arguments": ["--log-level=40"]}


@contextmanager
def ready(root: Path, engine: str) -> Iterator[None]:
    """Has a warm process of the project at hand, and ended after the block; nothing for the stock engine.

    It starts when the first notebook is executed: a run that finds everything in the cache does without.
    """
    from analysis.suite import warm

    if engine != "warm" or not warm.available():
        yield
        return
    from analysis.suite.engine import use
    from analysis.suite.preload import warm_for

    with warm_for(root, [root / "reports"]) as process, use(process):
        yield


def _start_warming(engine: str) -> None:
    """Let the warm process import its modules while this one imports papermill."""
    from analysis.suite import warm

    if engine == "warm" and warm.available():
        from analysis.suite.engine import shared

        shared().start()


def execute(stem: str, prepared: Document, way: Way, on_cell: OnCell) -> Execution:
    """Execute a prepared notebook (parameters injected, no outputs) through a papermill engine.

    Never raises for what happens inside the notebook.
    """
    _start_warming(way.engine)
    watched = _watched_engine(ENGINES[way.engine])
    import nbformat
    from papermill.execute import execute_notebook

    watch, began, problem = _Watch(on_cell), time.perf_counter(), ""
    try:
        execute_notebook(
            nbformat.from_dict(prepared),
            None,
            engine_name=watched,
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            execution_timeout=way.timeout,
            watch=watch,
            **way.options(),
        )
    except Exception as error:
        # A cell's own error is in its output; anything else (time-out, dead kernel) is known from here alone.
        problem = _named(error, way.timeout)
    result = watch.notebook
    content = normalise.executed(prepared, result, way.root)
    failure = failure_in(stem, content)
    if problem and not _has_error(content):
        cell = min(max(watch.last_started, 1), len(content["cells"]))
        content, failure = _marked(stem, content, cell, problem)
    observed = dict((result or {}).get("metadata", {}).get(OBSERVED, {}))
    return Execution(content, failure, time.perf_counter() - began, observed)


def failure_in(stem: str, content: Document) -> Failure | None:
    """The first failure that an executed notebook shows: an error, or a code cell that was not executed."""
    for number, cell in document.code_cells(content):
        error = next((o for o in cell["outputs"] if o["output_type"] == "error"), None)
        if error is not None and not document.may_fail(cell):
            text = f"{error['ename']}: {error['evalue']}".strip().removesuffix(":")
            return Failure(stem, number, cell["id"], _line(error), text)
        if document.must_run(cell) and cell["execution_count"] is None:
            return Failure(stem, number, cell["id"], 0, "this cell was not executed")
    return None


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


def _marked(stem: str, content: Document, number: int, problem: str) -> tuple[Document, Failure]:
    """The notebook with the problem as an error output of the cell in which it arose."""
    name, _, value = problem.partition(": ")
    error = {"output_type": "error", "ename": name, "evalue": value, "traceback": [problem]}
    cells: list[Cell] = list(content["cells"])
    cell = cells[number - 1]
    if cell["cell_type"] == "code":
        kept = [o for o in cell["outputs"] if o["output_type"] != "error"]
        cells[number - 1] = {**cell, "outputs": [*kept, error]}
    marked = normalise.stamped({**content, "cells": cells})
    return marked, Failure(stem, number, cell["id"], 0, problem)
