"""Notebooks made of a few cells, and what came out of them: for the tests of the warm engine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from analysis.suite.process import Outcome, Runner

PRELOAD = [
    "numpy",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.config",
]


def stop_fork_server() -> None:
    """End the server, so that the next runner starts one of its own; it lives as long as what it has forked."""
    Runner.end_ahead()
    forkserver._forkserver._stop()  # type: ignore[attr-defined]  # there for tests


def cell(source: str, *tags: str, number: int = 1) -> dict[str, Any]:
    """A code cell that was not executed."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"cell-{number}",
        "metadata": {"tags": list(tags)} if tags else {},
        "outputs": [],
        "source": source,
    }


def notebook(*cells: str | dict[str, Any]) -> dict[str, Any]:
    """A notebook of code cells."""
    made = [
        {**c, "id": f"cell-{n}"} if isinstance(c, dict) else cell(c, number=n) for n, c in enumerate(cells, 1)
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def run(warm: Runner, *cells: str | dict[str, Any], **options: Any) -> tuple[dict[str, Any], Outcome]:
    """The executed notebook and how it ended."""
    made = notebook(*cells)
    return made, warm.execute(made, **options)


def text(warm: Runner, *cells: str, **options: Any) -> str:
    """What the cells printed and their last values, as one text. Fails unless all ran."""
    made, outcome = run(warm, *cells, **options)
    assert outcome.status == "ok", outcome.message
    outputs = [output for c in made["cells"] for output in c["outputs"]]
    return "".join(output.get("text") or output["data"]["text/plain"] for output in outputs)


_CHANGING = [
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(r"/\S*ipykernel_\d+/\d+\.py"), "<cell>"),
    (re.compile(r"\(\d+\.py, line (?=\d+\))"), "(<cell>, line "),
    (re.compile(r"\bT_[0-9a-f]{5}"), "T_…"),
]


def comparable(cells: list[dict[str, Any]]) -> list[list[Any]]:
    """The outputs of each cell without addresses and process ids, pieces of a stream joined."""
    found = []
    for c in cells:
        outputs: list[Any] = []
        for output in c.get("outputs", []):
            last = outputs[-1] if outputs else {}
            if output["output_type"] == "stream" and last.get("name") == output["name"]:
                last["text"] += output["text"]
            else:
                outputs.append(dict(output))
        found.append([_clean(output) for output in outputs])
    return found


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        for pattern, shown in _CHANGING:
            value = pattern.sub(shown, value)
        return value
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


def children(pid: int) -> list[int]:
    """The processes that a process started and that still exist."""
    try:
        return [
            int(n) for path in Path(f"/proc/{pid}/task").glob("*/children") for n in path.read_text().split()
        ]
    except FileNotFoundError:
        return []


def living(pid: int) -> bool:
    """Whether a process exists and is not just a name waiting to be collected."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return status != "Z"


_APART = """
import json, sys
from analysis.suite.process import Runner, Unavailable
preload, made, options = json.loads(sys.argv[1])
with Runner(preload) as runner:
    try:
        outcome = runner.execute(made, **options)
        print(json.dumps([outcome.status, outcome.message, made["cells"]]))
    except Unavailable as error:
        print(json.dumps(["unavailable", str(error), []]))
"""


def apart(preload: list[str], *cells: str, env: dict[str, str] | None = None, **options: Any) -> list[Any]:
    """Status, message and executed cells of a notebook in a process with a fork server of its own preloading."""
    command = [sys.executable, "-c", _APART, json.dumps([preload, notebook(*cells), options])]
    done = subprocess.run(
        command, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found
