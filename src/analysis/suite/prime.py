"""Running a notebook once in the warm process itself, so that its forks find every cache of the libraries filled.

For many executions of one notebook with different parameters. What a run leaves behind in module state reaches the forks, so
whoever primes compares a primed execution with a plain one first (`sweep_local.Lane`).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

from analysis.suite.follow import ROWS
from analysis.suite.recorder import Recorder
from analysis.suite.shell import NotebookShell, RememberingCompiler, run_cell

_OUTPUT_LIMIT = 20_000_000


def prime(shell: NotebookShell, path: Path) -> str:
    """Run the cells that a file lists (JSON: texts) and forget their names; gives what went wrong, empty when nothing."""
    sources: list[str] = json.loads(path.read_text(encoding="utf-8"))
    environment, folder = dict(os.environ), Path.cwd()
    remember(shell)
    recorder = Recorder(_OUTPUT_LIMIT)
    shell.record_to(recorder)
    every_form = shell.show_only(ROWS)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        problem = asyncio.run(_run(shell, recorder, sources))
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    shell.reset(new_session=True)
    shell.execution_count = 1
    every_form()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return problem or _threads()


async def _run(shell: NotebookShell, recorder: Recorder, sources: list[str]) -> str:
    for number, source in enumerate(sources):
        recorder.begin(number)
        if not await run_cell(shell, source):
            return f"cell {number + 1} of its code failed"
    return ""


def remember(shell: NotebookShell) -> None:
    """Turn a cell's text into Python, and that into code, once: each fork runs the same cells."""
    manager = shell.input_transformer_manager
    manager.transform_cell = functools.cache(manager.transform_cell)
    shell.compile = RememberingCompiler()


def _threads() -> str:
    count = len(list(Path("/proc/self/task").iterdir()))
    return f"it left {count - 1} threads running" if count > 1 else ""
