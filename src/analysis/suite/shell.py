"""IPython's shell, showing its results to a recorder instead of a terminal or Jupyter's sockets."""

from __future__ import annotations

import ast
import asyncio
import builtins
import contextlib
import functools
import getpass
import os
import sys
import zlib
from collections.abc import Callable
from typing import Any

from IPython.core.async_helpers import _should_be_async
from IPython.core.autocall import ExitAutocall
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell, InteractiveShellABC
from IPython.core.page import as_hook
from traitlets import Any as AnyTrait
from traitlets import CBool, Instance, Type
from traitlets.config import Config

from analysis import places
from analysis.suite import document
from analysis.suite.outputs import Recorder

# The variables that Jupyter's kernel sets for programs started from a cell.
_TERMINAL = {
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
}


class CellCompiler(CachingCompiler):
    """Names a cell's code in the form of Jupyter's kernel, without the process id that would change each time."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """The file name that tracebacks and warnings show."""
        return f"/tmp/ipykernel_0/{zlib.crc32(raw_code.encode('utf-8', 'surrogatepass'))}.py"


class RememberingCompiler(CellCompiler):
    """Compiles each cell once, for a process whose forks all run the same cells.

    A tree stays in memory with its code, so that the identity of its statements is a key. `compile` learns from a
    statement which features of later versions hold from there on; that is remembered with it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._trees: dict[tuple[Any, ...], Any] = {}
        self._codes: dict[tuple[Any, ...], tuple[list[ast.stmt], Any, int]] = {}

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        """The tree of a cell; its list of statements is the caller's own."""
        key = (source, filename, symbol, self.flags)
        if key not in self._trees:
            self._trees[key] = super().ast_parse(source, filename, symbol)
        tree = self._trees[key]
        return ast.Module(list(tree.body), tree.type_ignores) if isinstance(tree, ast.Module) else tree

    def __call__(self, source: Any, filename: str, symbol: str, *more: Any, **options: Any) -> Any:
        """The code of a statement."""
        body = getattr(source, "body", None)
        if not isinstance(body, list) or more or options:
            return super().__call__(source, filename, symbol, *more, **options)
        key = (*map(id, body), filename, symbol, self.flags)
        if key not in self._codes:
            code = super().__call__(source, filename, symbol)
            self._codes[key] = (body, code, self.flags)
        _, code, self.flags = self._codes[key]
        return code


class RecordingHook(DisplayHook):
    """Records the value of a cell's last expression."""

    recorder = AnyTrait()
    semicolon_at_end_of_expression = staticmethod(
        functools.lru_cache(4096)(DisplayHook.semicolon_at_end_of_expression)
    )
    _bundle: tuple[dict[str, Any], dict[str, Any]] = ({}, {})

    def start_displayhook(self) -> None:
        """Forget the bundle of the value before."""
        self._bundle = ({}, {})

    def write_output_prompt(self) -> None:
        """The prompt is the execution count of the recorded output."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep the forms of the value."""
        self._bundle = (format_dict, md_dict or {})

    def finish_displayhook(self) -> None:
        """Record the value, unless nothing can show it."""
        data, metadata = self._bundle
        if data:
            self.recorder.result(self.prompt_count, data, metadata)


class RecordingPublisher(DisplayPublisher):
    """Records what `display()` shows."""

    recorder = AnyTrait()

    def publish(  # type: ignore[override]
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Record a bundle, or replace the recorded ones of the same display id."""
        self._validate_data(data, metadata)
        record = self.recorder.update if update else self.recorder.display
        record(data, metadata or {}, transient or {})

    def clear_output(self, wait: bool = False) -> None:
        """Drop the outputs of the cell so far."""
        self.recorder.clear(wait)


class NoExit(ExitAutocall):
    """`exit` and `quit`, which would end the process that the rest of the notebook needs."""

    rewrite = False

    def __call__(self, *_: Any) -> None:
        raise UsageError("exit() ends the notebook's process; the cells after this one could not run")


class NotebookShell(InteractiveShell):
    """A shell whose results go to its recorder; without history file, profile folder and terminal."""

    displayhook_class = Type(RecordingHook)
    display_pub_class = Type(RecordingPublisher)
    exiter = Instance(ExitAutocall)
    autoindent = CBool(False)
    kernel = AnyTrait()
    recorder = AnyTrait()
    failed_display = False

    def _exiter_default(self) -> ExitAutocall:
        return NoExit(self)

    def init_profile_dir(self, profile_dir: Any) -> None:
        """No profile: a user's start-up files would make outputs depend on the machine."""

    def init_environment(self) -> None:
        """Tell programs started from cells what Jupyter's kernel tells them."""
        os.environ.update(_TERMINAL)

    def init_hooks(self) -> None:
        """Help texts (`name?`) go to a pager, which nobody watches here."""
        super().init_hooks()
        self.set_hook("show_in_pager", as_hook(lambda *_, **__: None), 99)

    def enable_gui(self, gui: str | None = None) -> None:
        """Only figures in the notebook; raises UsageError for a window toolkit."""
        if gui not in (None, "inline"):
            raise UsageError(f"{gui} needs a screen; figures are shown in the notebook")

    def should_run_async(self, raw_cell: str, **arguments: Any) -> bool:
        """Whether a cell awaits something, found out once for each text."""
        text = arguments.get("transformed_cell")
        if arguments.get("preprocessing_exc_tuple") is not None or not self.autoawait or text is None:
            return super().should_run_async(raw_cell, **arguments)
        return _awaits(text)

    def ask_exit(self) -> None:
        """Nothing to leave: a notebook ends with its last cell."""

    def set_next_input(self, text: str, replace: bool = False) -> None:
        """There is no next input to edit."""

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.failed_display = True
        self.recorder.error(str(etype.__name__), str(evalue), stb)

    def show_only(self, mime: str) -> Callable[[], None]:
        """Make no form of a value but this one, for which its own bundle is asked; gives the function that ends it."""
        formatter: Any = self.display_formatter
        every, types = formatter.format, list(formatter.active_types)

        def this_form(value: Any, include: Any = None, exclude: Any = None) -> Any:
            return every(value, include=include or (mime,), exclude=exclude)

        def end() -> None:
            del formatter.format
            formatter.active_types = types

        formatter.format, formatter.active_types = this_form, []
        return end

    def record_to(self, recorder: Recorder) -> None:
        """Send results to this recorder from now on."""
        self.recorder = recorder
        for part in (self.displayhook, self.display_pub):
            part.set_trait("recorder", recorder)


@functools.lru_cache(4096)
def _awaits(transformed_cell: str) -> bool:
    return bool(_should_be_async(transformed_cell))


# Libraries (rich, pandas, tqdm) choose what to show by the name of the shell; it must be that of Jupyter's.
NotebookShell.__name__ = NotebookShell.__qualname__ = "ZMQInteractiveShell"
NotebookShell.__module__ = "ipykernel.zmqshell"


def create() -> NotebookShell:
    """The process's shell, as it stands before the first cell."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.IPKernelApp.tqdm = "tqdm looks for this entry to know that it is in a notebook"
    shell = NotebookShell.instance(config=config, compiler_class=CellCompiler, ipython_dir="")
    shell.input_transformer_manager.transform_cell = _once(shell.input_transformer_manager)
    InteractiveShellABC.register(NotebookShell)
    builtins.input = getpass.getpass = _no_input
    return shell


def _once(manager: TransformerManager) -> Callable[[str], str]:
    """Turns a cell's text into Python, the same text once, by the transformers that are there: the shell asks twice, and each fork
    runs the same cells.
    """
    transform, known = manager.transform_cell, dict[str, tuple[list[Any], str]]()

    def transformed(cell: str) -> str:
        by = [*manager.cleanup_transforms, *manager.line_transforms, *manager.token_transformers]
        if cell not in known or known[cell][0] != by:
            known[cell] = by, transform(cell)
        return known[cell][1]

    return transformed


def read_ahead() -> None:
    """Turn the cells of the notebooks of the project we are in into Python, as far as they can be read: for a server."""
    root = places.nearest()
    for path in sorted((root / "notebooks").glob("*.ipynb")) if root else ():
        with contextlib.suppress(Exception):  # who runs it is told
            for _, cell in document.code_cells(document.read(path)):
                NotebookShell.instance().input_transformer_manager.transform_cell(cell["source"])


def _no_input(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


async def run_cell(shell: NotebookShell, source: str) -> bool:
    """Run one cell; gives whether it ended without an error. Its outputs are with the recorder.

    A loop runs while any cell does, as in Jupyter's kernel, so that a plain cell may start tasks.
    """
    shell.failed_display = False
    cell, problem = source, None
    try:
        cell = shell.transform_cell(source)
    except Exception:  # a cell magic may raise anything; the shell shows it as the cell's error
        problem = sys.exc_info()
    arguments: dict[str, Any] = {"transformed_cell": cell, "preprocessing_exc_tuple": problem}
    if shell.should_run_async(source, **arguments):
        result = None
        try:
            result = await asyncio.ensure_future(
                shell.run_cell_async(source, store_history=True, **arguments)
            )
        finally:
            shell.events.trigger("post_execute")
            shell.events.trigger("post_run_cell", result)
    else:
        result = shell.run_cell(source, store_history=True)
    return bool(result is not None and result.success and not shell.failed_display)
