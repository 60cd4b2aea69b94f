"""The papermill engine `warm`: notebooks run in children of a process that has imported everything already.

papermill imports this module whenever it starts, and while it is only half imported itself: so nothing is imported
here before it is needed, and the class has no base class of papermill's.
"""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.suite.warm import CellResult, Outcome, Warm

__all__ = ["OBSERVED", "WarmEngine", "use"]

OBSERVED = "suite_observed"
SAVE_SECONDS = 5.0

_lock = threading.Lock()
_shared: Warm | None = None


@contextmanager
def use(warm: Warm) -> Iterator[Warm]:
    """Have the engine, for the time of the block, run notebooks in this warm process."""
    global _shared
    before, _shared = _shared, warm
    try:
        yield warm
    finally:
        _shared = before


def shared() -> Warm:
    """The warm process in use; started for the project around the current folder when there is none.

    Raises WarmUnavailable where forks are not to be had.
    """
    global _shared
    with _lock:
        if _shared is None:
            from analysis.suite.preload import nearest_root, warm_for

            _shared = warm_for(nearest_root(Path.cwd()))
            atexit.register(_shared.close)
        return _shared


class WarmEngine:
    """Papermill's engine `warm`: the outputs of the stock engine without its start-up costs.

    Takes papermill's options `execution_timeout` (seconds for each cell), `log_output`, `stdout_file`,
    `stderr_file`, `progress_bar`; and its own `notebook_timeout` (seconds for all), `output_limit` (characters for each
    cell), `observe` (put what the notebook used into its metadata). Where processes cannot be forked it says so and
    runs papermill's stock engine.
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: Any = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        **options: Any,
    ) -> Any:
        """Execute the notebook in place and give it back; called by papermill."""
        manager = _manager(
            nb,
            output_path=output_path,
            progress_bar=progress_bar,
            log_output=log_output,
            autosave_cell_every=autosave_cell_every,
        )
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, log_output=log_output, **options)
        finally:
            manager.cleanup_pbar()
            manager.notebook_complete()
        return manager.nb

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells, telling papermill's manager of each."""
        from analysis.suite.warm import WarmUnavailable

        problem = _unsuitable(nb_man.nb, kernel_name)
        if not problem:
            try:
                _run(nb_man, shared(), options)
                return
            except WarmUnavailable as error:
                problem = str(error)
        print(f"{problem} Running on papermill's stock engine instead.", file=sys.stderr)
        from papermill.engines import NBClientEngine

        for name in ("notebook_timeout", "output_limit", "observe", "env", "ignored"):
            options.pop(name, None)
        NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """The kernel that the notebook names, or `name` when given."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """The language that the notebook names, or `language` when given."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


def _unsuitable(nb: Any, kernel_name: str) -> str:
    """Why this notebook cannot be run here, empty when it can."""
    language = nb.metadata.get("kernelspec", {}).get("language", "python")
    if language != "python" or not kernel_name.startswith("python"):
        return f"The warm engine runs Python notebooks, not the kernel {kernel_name}."
    return ""


def _run(nb_man: Any, warm: Warm, options: dict[str, Any]) -> None:
    from analysis.suite.warm import Limits

    told = _Told(nb_man, options)
    seconds = options.get("execution_timeout") or options.get("timeout")
    limits = Limits(seconds, options.get("notebook_timeout"))
    if options.get("output_limit"):
        limits = Limits(seconds, options.get("notebook_timeout"), int(options["output_limit"]))
    observe = bool(options.get("observe"))
    outcome = warm.execute(
        nb_man.nb,
        env=options.get("env"),
        limits=limits,
        observe=observe,
        ignored=options.get("ignored", ()),
        on_start=told.started,
        on_cell=told.finished,
    )
    told.ended(outcome)
    nb_man.nb.metadata["language_info"] = _language_info()
    if observe:
        nb_man.nb.metadata[OBSERVED] = outcome.observed


class _Told:
    """Tells papermill's manager, cell by cell, what it would hear from the stock engine."""

    def __init__(self, manager: Any, options: dict[str, Any]) -> None:
        self.manager, self.options = manager, options
        self.next = 0

    def started(self, index: int) -> None:
        self._pass_to(index)
        self.manager.cell_start(self.manager.nb.cells[index], index)
        self.next = index + 1

    def finished(self, result: CellResult) -> None:
        from nbformat import from_dict

        cell = self.manager.nb.cells[result.index]
        cell.outputs = [from_dict(output) for output in result.outputs]
        self._log(cell.outputs)
        if not result.ok and "raises-exception" not in cell.metadata.get("tags", []):
            self.manager.cell_exception(cell, cell_index=result.index)
        self.manager.cell_complete(cell, cell_index=result.index)

    def ended(self, outcome: Outcome) -> None:
        from nbformat import from_dict

        cells = self.manager.nb.cells
        if outcome.status == "ok":
            self._pass_to(len(cells))
        elif all(result.index != outcome.cell for result in outcome.results):
            # Its process died in this cell, so that nothing was heard of its end.
            cell = cells[outcome.cell]
            cell.outputs = [from_dict(output) for output in cell.outputs]
            self.manager.cell_exception(cell, cell_index=outcome.cell)
            self.manager.cell_complete(cell, cell_index=outcome.cell)

    def _pass_to(self, index: int) -> None:
        for passed in range(self.next, index):
            self.manager.cell_start(self.manager.nb.cells[passed], passed)
            self.manager.cell_complete(self.manager.nb.cells[passed], cell_index=passed)
        self.next = max(self.next, index)

    def _log(self, outputs: list[Any]) -> None:
        for output in outputs:
            if output.output_type == "stream":
                target = self.options.get(f"{output.name}_file")
                if target:
                    target.write(output.text)
                    target.flush()
            if self.options.get("log_output"):
                from papermill.log import logger

                level = logger.warning if output.get("name") == "stderr" else logger.info
                text = output.get("text") or output.get("data", {}).get("text/plain", "")
                if text:
                    level(text)


def _manager(nb: Any, **options: Any) -> Any:
    """Papermill's manager, saving the notebook every few seconds and not twice for each cell."""
    import time

    from papermill.engines import NotebookExecutionManager

    class Manager(NotebookExecutionManager):
        saved = 0.0

        def save(self, **kwargs: Any) -> None:
            now = time.monotonic()
            if self.end_time is not None or now - self.saved >= SAVE_SECONDS:
                super().save(**kwargs)
                self.saved = now

    return Manager(nb, **options)


def _language_info() -> dict[str, Any]:
    """What Jupyter's kernel says of itself."""
    return {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": sys.version.split()[0],
    }
