"""The papermill engine `warm`: notebooks run in children of a fork server that has imported everything already.

papermill imports this module, by its entry point, while it is itself half imported: so nothing of papermill is imported here
before it is needed, and the class has no base class of papermill's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.suite.process import CellResult, Outcome, Runner

_OWN = ("runner", "env", "notebook_timeout", "output_limit", "is_forked", "on_cell", "on_end")


class WarmEngine:
    """Papermill's engine `warm`: the outputs of the stock engine without its start-up costs.

    Takes papermill's options `execution_timeout` (seconds for each cell), `log_output`, `stdout_file`,
    `stderr_file`, `progress_bar`; and its own: `notebook_timeout` (seconds for all), `output_limit` (characters for each
    cell), `env` (the whole environment), `runner`, `is_forked=False` for Jupyter's own kernel, `on_cell` (gets the number
    of a finished cell, from 1) and `on_end` (gets the notebook, the number of its last cell and what it read, whatever
    happened). Where processes cannot be forked it says so and uses Jupyter's kernel.
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
        from papermill.engines import NotebookExecutionManager

        manager = NotebookExecutionManager(nb, output_path, log_output, progress_bar, autosave_cell_every)
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
        progress = _Progress(nb_man, options)
        seen = None
        try:
            if options.get("is_forked", True) and (outcome := _forked(progress, kernel_name, options)):
                seen = outcome.seen
            else:
                _in_kernel(progress, kernel_name, options)
        finally:
            options.get("on_end", lambda *_: None)(nb_man.nb, progress.started, seen)

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


def _forked(progress: _Progress, kernel_name: str, options: dict[str, Any]) -> Outcome | None:
    """How the notebook ended in a child; None, after saying why, when it must run in a kernel."""
    from analysis.suite.process import OUTPUT_LIMIT, Limits, Unavailable

    language = progress.manager.nb.metadata.get("kernelspec", {}).get("language", "python")
    seconds = options.get("execution_timeout") or options.get("timeout")
    limits = Limits(seconds, options.get("notebook_timeout"), options.get("output_limit") or OUTPUT_LIMIT)
    try:
        if language != "python" or not kernel_name.startswith("python"):
            raise Unavailable(f"The warm engine runs Python notebooks, not the kernel {kernel_name}.")
        runner = options.get("runner") or _runner()
        env = options.get("env")
        outcome = runner.execute(
            progress.manager.nb, env=env, limits=limits, on_start=progress.start, on_cell=progress.finish
        )
    except Unavailable as error:
        print(f"{error} Running on papermill's stock engine instead.", file=sys.stderr)
        return None
    progress.end(outcome)
    progress.manager.nb.metadata["language_info"] = _language_info()
    return outcome


def _runner() -> Runner:
    """A runner for the project around the current folder."""
    from analysis.suite import settings
    from analysis.suite.process import Runner

    return Runner(settings.preload(settings.nearest_root(Path.cwd())))


def _in_kernel(progress: _Progress, kernel_name: str, options: dict[str, Any]) -> None:
    """Run the notebook on Jupyter's own kernel, as papermill's stock engine does."""
    from papermill.engines import NBClientEngine

    stock = {name: value for name, value in options.items() if name not in _OWN}
    hooks = {"on_cell_start": progress.begun, "on_cell_executed": progress.executed}
    NBClientEngine.execute_managed_notebook(progress.manager, kernel_name, **hooks, **stock)


class _Progress:
    """Tells papermill's manager, cell by cell, what it would hear from the stock engine."""

    def __init__(self, manager: Any, options: dict[str, Any]) -> None:
        self.manager, self.options = manager, options
        self.on_cell: Callable[[int], None] = options.get("on_cell", lambda _: None)
        self.next = self.started = 0

    def begun(self, cell: Any, cell_index: int, **_: Any) -> None:
        """A cell starts in Jupyter's kernel."""
        self.started = cell_index + 1

    def executed(self, cell: Any, cell_index: int, **_: Any) -> None:
        """A cell ended in Jupyter's kernel."""
        self.on_cell(cell_index + 1)

    def start(self, index: int) -> None:
        """A cell starts in a child."""
        self._pass_to(index)
        self.manager.cell_start(self.manager.nb.cells[index], index)
        self.next = self.started = index + 1

    def finish(self, result: CellResult) -> None:
        """A cell ended in a child."""
        from nbformat import from_dict

        cell = self.manager.nb.cells[result.index]
        cell.outputs = [from_dict(output) for output in result.outputs]
        self._log(cell.outputs)
        self._complete(result.index, result.ok or "raises-exception" in cell.metadata.get("tags", []))

    def end(self, outcome: Outcome) -> None:
        """A notebook ended in a child."""
        from nbformat import from_dict

        cells = self.manager.nb.cells
        if outcome.status == "ok":
            self._pass_to(len(cells))
        elif all(result.index != outcome.cell for result in outcome.results):
            # Its process died in this cell, so that nothing was heard of its end.
            cells[outcome.cell].outputs = [from_dict(output) for output in cells[outcome.cell].outputs]
            self._complete(outcome.cell, False)

    def _complete(self, index: int, is_ok: bool) -> None:
        cell = self.manager.nb.cells[index]
        if not is_ok:
            self.manager.cell_exception(cell, cell_index=index)
        self.manager.cell_complete(cell, cell_index=index)
        self.on_cell(index + 1)

    def _pass_to(self, index: int) -> None:
        for passed in range(self.next, index):
            self.manager.cell_start(self.manager.nb.cells[passed], passed)
            self._complete(passed, True)
        self.next = max(self.next, index)

    def _log(self, outputs: list[Any]) -> None:
        from papermill.log import logger

        for output in outputs:
            target = self.options.get(f"{output.get('name')}_file")
            if target and output.output_type == "stream":
                target.write(output.text)
                target.flush()
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            if text and self.options.get("log_output"):
                (logger.warning if output.get("name") == "stderr" else logger.info)(text)


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
