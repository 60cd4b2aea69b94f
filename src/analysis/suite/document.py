"""Notebooks as plain JSON: reading, the canonical bytes, and what a cell is.

The runner's fast path must not wait for nbformat, so it reads and writes the (simple) version 4.5 format itself;
a test compares the bytes with those of nbformat.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from analysis import reading
from analysis.errors import UserError
from analysis.mime import SVG
from analysis.reading import shortened
from analysis.writing import write_atomically

Document = dict[str, Any]
Cell = dict[str, Any]
INJECTED = "injected-parameters"
"""The tag, and the id, of the cell that holds the parameters of a run."""


def read(path: Path) -> Document:
    """The notebook in `path`, with sources and outputs as single strings.

    Raises UserError when the file is missing, is not JSON, or is not a notebook of format 4.5 or later.
    """
    return parse(reading.content(path), path)


def parse(content: bytes, path: Path) -> Document:
    """The notebook that these bytes are; `path` is for the messages of errors. Raises UserError as `read` does."""
    document = reading.json_in(content, path)
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise UserError(f"{path}: this is not a notebook (it has no list of cells).")
    version = (document.get("nbformat"), document.get("nbformat_minor"))
    if version[0] != 4 or not isinstance(version[1], int) or version[1] < 5:
        raise UserError(
            f"{path}: notebook format {version[0]}.{version[1]}; 4.5 or later is needed for stable cell ids. "
            "Open and save it in JupyterLab, or convert it with nbformat."
        )
    _refuse_shapes(document, path)
    ids = [cell.get("id") for cell in document["cells"]]
    if None in ids or len(set(ids)) < len(ids):
        raise UserError(
            f"{path}: every cell needs an id of its own; open and save the notebook in JupyterLab."
        )
    for cell in document["cells"]:
        _join_lines(cell)
    return document


_CELL: dict[str, type | tuple[type, ...]] = {
    "cell_type": str,
    "source": (str, list),
    "metadata": dict,
    "outputs": list,
    "id": str,
}


def _refuse_shapes(document: Document, path: Path) -> None:
    """`UserError` for the first part of a notebook that is not of the kind that the format asks for."""
    document.setdefault("metadata", {})
    for where, holder, name in (
        ("the notebook", document, "metadata"),
        ("its metadata", document["metadata"], "suite"),
        ("its metadata", document["metadata"], "kernelspec"),
    ):
        if not isinstance(holder, dict) or not isinstance(holder.get(name, {}), dict):
            raise UserError(f"{path}: {name} of {where} is not a mapping")
    for name, value in document["metadata"].get("kernelspec", {}).items():
        if name in ("display_name", "language", "name") and not isinstance(value, str):
            raise UserError(f"{path}: {name} of its kernelspec is a {type(value).__name__}")
    for number, cell in enumerate(document["cells"], 1):
        if not isinstance(cell, dict):
            raise UserError(f"{path}, cell {number}: is not a mapping")
        cell.setdefault("metadata", {})
        for name, kinds in _CELL.items():
            if name in cell and not isinstance(cell[name], kinds):
                raise UserError(f"{path}, cell {number}: its {name} is a {type(cell[name]).__name__}")
        if "cell_type" not in cell or "source" not in cell:
            raise UserError(f"{path}, cell {number}: has no cell_type or no source")
        lines = cell["source"] if isinstance(cell["source"], list) else []
        if not all(isinstance(line, str) for line in lines):
            raise UserError(f"{path}, cell {number}: its source holds something that is not text")
        if cell["cell_type"] not in ("code", "markdown", "raw"):
            raise UserError(
                f"{path}, cell {number}: there is no cell_type {shortened(cell['cell_type'], 40)!r}"
            )
        if cell["cell_type"] == "code":
            cell.setdefault("outputs", [])
        for output in cell.get("outputs", []):
            _refuse_output(output, f"{path}, cell {number}")


_TEXT = (str, list)
_OUTPUT: dict[str, dict[str, type | tuple[type, ...]]] = {
    "stream": {"name": str, "text": _TEXT},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict},
    "error": {"ename": str, "evalue": str, "traceback": list},
}


def _refuse_output(output: Any, where: str) -> None:
    """`UserError` for an output that is not of the kind that it says."""
    kind = output.get("output_type") if isinstance(output, dict) else None
    if not isinstance(kind, str) or kind not in _OUTPUT:
        raise UserError(
            f"{where}: an output is none of {', '.join(_OUTPUT)}; run the notebook again and save it"
        )
    if "data" in output:
        output.setdefault("metadata", {})
    for name, kinds in _OUTPUT[kind].items():
        value = output.get(name)
        is_text = not isinstance(value, list) or all(isinstance(part, str) for part in value)
        if not isinstance(value, kinds) or not is_text:
            raise UserError(
                f"{where}: {name} of an output is a {type(value).__name__}; run the notebook again and save it"
            )


def to_bytes(document: Document) -> bytes:
    """The canonical bytes of a notebook: those that nbformat writes, with keys in order."""
    cells = [_split_lines(cell) for cell in document["cells"]]
    text = json.dumps({**document, "cells": cells}, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def write(document: Document, path: Path) -> None:
    """Write the canonical bytes, whole or not at all."""
    write_atomically(path, to_bytes(document))


def code_cells(document: Document) -> list[tuple[int, Cell]]:
    """(position from 1 among all cells, cell) of each code cell."""
    return [(n, cell) for n, cell in enumerate(document["cells"], 1) if cell["cell_type"] == "code"]


def authored(document: Document, number: int) -> int:
    """The position that a cell has in the notebook as its author wrote it: without that of the parameters of a run."""
    return number - sum(INJECTED in tags(cell) for cell in document["cells"][: number - 1])


def tags(cell: Cell) -> list[str]:
    """The tags of a cell."""
    found = cell.get("metadata", {}).get("tags", [])
    return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else []


def must_run(cell: Cell) -> bool:
    """Whether a complete execution gives this cell an execution count: Jupyter passes over empty cells."""
    return cell["cell_type"] == "code" and bool(cell["source"].strip()) and "skip-execution" not in tags(cell)


def may_fail(cell: Cell) -> bool:
    """Whether the author announced that this cell raises."""
    return "raises-exception" in tags(cell)


def sha256(content: bytes) -> str:
    """The checksum that manifests and stamps use."""
    return hashlib.sha256(content).hexdigest()


def _is_json_mime(mime: str) -> bool:
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))


def _is_split(mime: str) -> bool:
    """Whether nbformat writes this kind of output line by line."""
    return mime.startswith("text/") or mime in ("application/javascript", SVG)


def _joined(value: Any) -> Any:
    return "".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value


def _join_lines(cell: Cell) -> None:
    cell["source"] = _joined(cell.get("source", ""))
    for output in cell.get("outputs", []):
        if "text" in output:
            output["text"] = _joined(output["text"])
        data = output.get("data", {})
        for mime in data:
            if not _is_json_mime(mime):
                data[mime] = _joined(data[mime])


def _lines(value: Any) -> Any:
    return value.splitlines(True) if isinstance(value, str) else value


def _split_lines(cell: Cell) -> Cell:
    """A copy in the form of the file: multi-line strings as lists of lines, so that diffs are by line."""
    split = {**cell, "source": _lines(cell["source"])}
    if "outputs" not in cell:
        return split
    split["outputs"] = outputs = []
    for output in cell["outputs"]:
        copy = dict(output)
        if "text" in copy:
            copy["text"] = _lines(copy["text"])
        if "data" in copy:
            data = copy["data"]
            copy["data"] = {mime: _lines(data[mime]) if _is_split(mime) else data[mime] for mime in data}
        outputs.append(copy)
    return split
