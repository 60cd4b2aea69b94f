"""Peers that serve notebooks: marimo's apps and Voilà's pages, asked over HTTP as a browser asks them.

Each has a copy of the project to itself. The scorecard is not among their notebooks: it reads what runs of
the others left in files, and neither knows when these are new.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import socket
import subprocess
import sysconfig
import time
import tokenize
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from analysis.report.desk import READING, Desk
from bench import measure, workload

PATIENCE = 600.0
"""Seconds after which an answer is no longer waited for."""
OF_THE_DESK = {*READING, "word_level", *(f.name for f in fields(Desk))}
"""The parameters that `report.open_desk` looks for in a notebook's globals."""


@dataclass
class Marimo:
    """A served app of each notebook, by `marimo convert`, in which all has run once before a value changes.

    A change is what a field of the app sends; it is over when the app has said so, after the outputs of all
    cells that depend on the value. The servers end with `until`.
    """

    python: Path
    folder: Path
    stems: Sequence[str]
    name: str
    until: ExitStack
    _apps: list[_App] = field(default_factory=list)

    def again(self, value: str) -> float:
        """Seconds from a new value until the last output is there; one notebook after the other."""
        if not self._apps:
            self._apps = self._started()
        began = time.perf_counter()
        for app in self._apps:
            app.change(float(value))
        return time.perf_counter() - began

    def _started(self) -> list[_App]:
        notebooks = workload.own_project(self.folder) / "notebooks"
        with (self.folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write('\n[tool.marimo.server]\ntransport = "sse"\n')
        apps = []
        for stem in self.stems:
            path = notebooks / f"{stem}.ipynb"
            path.write_text(json.dumps(for_marimo(_read(path), self.name)), encoding="utf-8")
            convert = ["-m", "marimo", "convert", path.name, "-o", f"{stem}.py"]
            measure.run([[str(self.python), *convert]], notebooks)
            options = ["--headless", "--no-token", "--no-skew-protection", "--no-check"]
            command = [str(self.python), "-m", "marimo", "run", f"{stem}.py", *options]
            address = self.until.enter_context(_server(command, "--port", notebooks, {}))
            apps.append(_App(stem, address))
        return apps


class _App:
    """One session of an app. Its events come as they come to a page."""

    def __init__(self, stem: str, address: str) -> None:
        self.stem, self.address = stem, address
        self.events: HTTPResponse = urllib.request.urlopen(f"{address}sse?session_id=bench", timeout=PATIENCE)
        shown = "".join(json.dumps(told["data"].get("output")) for told in self._until_done())
        found = re.search(r"object-id='([^']+)'", shown)
        if not found:
            raise measure.Failed(f"{stem}: the app shows no field")
        self.asked = found[1]

    def change(self, value: float) -> None:
        """Send a value and wait for all that follows."""
        content = json.dumps({"objectIds": [self.asked], "values": [value]}).encode()
        headers = {"Content-Type": "application/json", "Marimo-Session-Id": "bench"}
        url = f"{self.address}api/kernel/set_ui_element_value"
        with urllib.request.urlopen(urllib.request.Request(url, content, headers), timeout=PATIENCE) as said:
            said.read()
        if not any(told["data"].get("status") == "running" for told in self._until_done()):
            raise measure.Failed(f"{self.stem}: no cell depends on the field")

    def _until_done(self) -> list[dict[str, Any]]:
        """What the cells told until the run was over. Raises Failed for one that failed."""
        began = time.perf_counter()
        found: list[dict[str, Any]] = []
        for line in self.events:
            if time.perf_counter() - began > PATIENCE:
                break
            if not line.startswith(b"data: "):
                continue
            told = json.loads(line.removeprefix(b"data: "))
            if told.get("op") == "completed-run":
                return found
            if told.get("op") == "cell-op":
                output = told["data"].get("output") or {}
                if output.get("channel") == "marimo-error":
                    raise measure.Failed(f"{self.stem}: {str(output['data'])[:200]}")
                found.append(told)
        raise measure.Failed(f"{self.stem}: the run did not end")


def for_marimo(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A notebook as `marimo convert` wants it, with a field for one parameter.

    `_` belongs to one cell there, so the notebook's words get another name. What depends on what is seen by
    names alone, so the desk's parameters are named to it. A cell runs again as a whole, so cells that do
    nothing but name values are taken apart: only what depends on the parameter runs again. `marimo convert`
    does the rest, above all one definition for each name.
    """
    cells: list[dict[str, Any]] = []

    def add(source: str) -> None:
        cells.append(_cell(f"cell-{len(cells)}", source))

    add("import marimo as mo")
    declared: list[str] = []
    for given in content["cells"]:
        if given["cell_type"] != "code":
            cells.append({**given, "metadata": {}})
            continue
        source = _without_underscore("".join(given["source"]))
        if "parameters" in given["metadata"].get("tags", []):
            declared = [target for target in map(_annotated, ast.parse(source).body) if target]
        named = "".join(f", {n}={n}" for n in declared if n in OF_THE_DESK)
        for piece in _pieces(source.replace("globals()", f"dict(globals(){named})")):
            if [_annotated(statement) for statement in ast.parse(piece).body] == [name]:
                kind, _, value = piece.partition("=")
                add(f"asked = mo.ui.number(0, 1, 0.0001, value={value})\nasked")
                piece = f"{kind}= asked.value"
            add(piece)
    return {**content, "cells": cells}


def _annotated(statement: ast.stmt) -> str:
    """The name that a statement such as `confidence: float = 0.95` declares; empty for any other."""
    return ast.unparse(statement.target) if isinstance(statement, ast.AnnAssign) else ""


def _cell(name: str, source: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"metadata": {}, "outputs": [], "execution_count": None}
    return {"cell_type": "code", "id": name, "source": source, **facts}


def _without_underscore(source: str) -> str:
    """The source with another name for `_`.

    >>> _without_underscore('_("a_") + b_')
    'in_words("a_") + b_'
    """
    lines = source.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(source).readline))):
        if token.type == tokenize.NAME and token.string == "_":
            row, column = token.start
            lines[row - 1] = f"{lines[row - 1][:column]}in_words{lines[row - 1][column + 1 :]}"
    return "".join(lines)


def _pieces(source: str) -> list[str]:
    """The statements of a cell that only gives names to values, each name once; else the cell as it is.

    >>> _pieces("a = 1\\nb, c = a, 2"), _pieces("a = {}\\na[1] = 2")
    (['a = 1', 'b, c = a, 2'], ['a = {}\\na[1] = 2'])
    """
    body, names = ast.parse(source).body, []
    for statement in body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign):
            return [source]
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            names += [part.id if isinstance(part, ast.Name) else "" for part in parts]
    if "" in names or len(set(names)) < len(names):
        return [source]
    return [ast.get_source_segment(source, statement) or "" for statement in body]


@dataclass
class Voila:
    """A running server of pages, each by a new kernel: none is started ahead, as none is by default."""

    python: Path
    folder: Path
    until: ExitStack
    _address: str = ""

    def pages(self, stems: Sequence[str], name: str, value: str) -> float:
        """Seconds from asking for a page with this value until all of it is there; one after the other."""
        if not self._address:
            self._start()
        for stem in stems:
            self._write(stem, name, value)
        seconds = 0.0
        for stem in stems:
            began = time.perf_counter()
            url = f"{self._address}voila/render/{stem}.ipynb"
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                page = answer.read().decode()
            seconds += time.perf_counter() - began
            self._leave(page)
            if f"shown with {name} {float(value)}" not in page:
                raise measure.Failed(f"{stem}: a cell failed, or none ran")
        return seconds

    def _start(self) -> None:
        notebooks = workload.own_project(self.folder) / "notebooks"
        # Both have templates of one name: its own come first.
        shares = [
            root / "share" / "jupyter" for root in (self.python.parents[1], Path(sysconfig.get_path("data")))
        ]
        command = [str(self.python), "-m", "voila", "--no-browser", "."]
        env = {"JUPYTER_PATH": os.pathsep.join(map(str, shares))}
        self._address = self.until.enter_context(_server(command, "--port", notebooks, env))

    def _write(self, stem: str, name: str, value: str) -> None:
        """The notebook with that value, without stored outputs, and a last cell that tells of a whole run."""
        content = _read(workload.ROOT / "notebooks" / f"{stem}.ipynb")
        for cell in content["cells"]:
            if cell["cell_type"] == "code":
                given = f"\n{name} = {value}" if "parameters" in cell["metadata"].get("tags", []) else ""
                cell.update(outputs=[], execution_count=None, source="".join(cell["source"]) + given)
        content["cells"].append(_cell("last", f'print("shown with", {name!r}, {name})'))
        path = self.folder / "notebooks" / f"{stem}.ipynb"
        path.write_text(json.dumps(content), encoding="utf-8")

    def _leave(self, page: str) -> None:
        """End the page's kernel, as a browser does that leaves the page."""
        if found := re.search(r'"kernelId": "([\w-]+)"', page):
            url = f"{self._address}voila/api/shutdown/{found[1]}"
            token = "0" * 32  # the same in a cookie and in a header, as of a page of the server
            headers = {"Cookie": f"_xsrf={token}", "X-XSRFToken": token}
            with urllib.request.urlopen(urllib.request.Request(url, b"", headers), timeout=PATIENCE) as said:
                said.read()


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@contextmanager
def _server(command: Sequence[str], port: str, folder: Path, env: Mapping[str, str]) -> Iterator[str]:
    """The address of a server, once it answers, until the block ends. port: the option that takes it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    with (folder / f"{number}.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, f"{port}={number}"], cwd=folder, env={**measure.environment(), **env},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(server, number)
            yield f"http://127.0.0.1:{number}/"
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: subprocess.Popen[bytes], number: int) -> None:
    """Until it answers. Raises Failed where it ends, or does not within a minute."""
    began = time.perf_counter()
    while server.poll() is None and time.perf_counter() - began < 60:
        try:
            socket.create_connection(("127.0.0.1", number), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise measure.Failed("its server did not start")
