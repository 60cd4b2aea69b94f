"""An executed notebook without anything that depends on when or where it ran.

Starts from the notebook that was to be executed and takes over outputs and execution counts only, so that
whatever an engine adds (timings, paths, ids, markers) is dropped without being named.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.mime import SVG
from analysis.suite import document
from analysis.suite.document import Cell, Document

STAMP = "stamp"
_LANGUAGE = {"name": "python"}
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def executed(prepared: Document, result: Document | None, root: Path) -> Document:
    """The prepared notebook with the outputs of its execution, normalised and stamped.

    prepared: what was given to the engine. result: what came back, None when nothing did.
    root: the project's folder, which outputs name `.`.
    """
    by_id = {cell["id"]: cell for cell in (result or {}).get("cells", [])}
    clean = _cleaner(root)
    cells = [_cell(cell, by_id.get(cell["id"], {}), clean) for cell in prepared["cells"]]
    return stamped({**prepared, "cells": cells, "metadata": _metadata(prepared)})


def without_outputs(content: Document) -> Document:
    """The notebook as it was before any execution: what a cache key and the engine are given."""
    cells = [_cell(cell, {}, lambda value, mime: value) for cell in content["cells"]]
    return {**content, "cells": cells, "metadata": _metadata(content)}


def stamped(content: Document) -> Document:
    """The notebook with checksums of its code and of its outputs in its metadata.

    They tell a notebook whose code was edited after its last run, or whose outputs were edited or removed.
    """
    metadata = {**content["metadata"]}
    metadata["suite"] = {**metadata.get("suite", {}), STAMP: stamp(content)}
    return {**content, "metadata": metadata}


def stamp(content: Document) -> dict[str, str]:
    """Short checksums of the code, and of the outputs, of a notebook."""
    cells = [cell for _, cell in document.code_cells(content)]
    bare: Document = {"cells": [{"source": "", "outputs": cell["outputs"]} for cell in cells]}
    code: Document = {"cells": [{"source": cell["source"]} for cell in cells]}
    return {
        name: document.sha256(document.to_bytes(d))[:16] for name, d in (("code", code), ("outputs", bare))
    }


def _metadata(content: Document) -> dict[str, Any]:
    kept = {k: v for k, v in content["metadata"].items() if k not in ("papermill", "widgets")}
    suite = {k: v for k, v in kept.get("suite", {}).items() if k != STAMP}
    kernel = {**_KERNEL, **kept.get("kernelspec", {})}
    return {**kept, "kernelspec": kernel, "language_info": _LANGUAGE, **({"suite": suite} if suite else {})}


def _cell(prepared: Cell, result: Cell, clean: Callable[[Any, str], Any]) -> Cell:
    metadata = {k: v for k, v in prepared["metadata"].items() if k not in ("papermill", "execution")}
    cell = {**prepared, "metadata": metadata}
    if cell["cell_type"] == "code":
        cell["execution_count"] = result.get("execution_count")
        cell["outputs"] = _outputs(result.get("outputs", []), clean)
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = cell["execution_count"]
    return cell


def _outputs(outputs: list[dict[str, Any]], clean: Callable[[Any, str], Any]) -> list[dict[str, Any]]:
    """The outputs with consecutive pieces of one stream joined: where a stream is cut depends on timing."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "stream":
            last = joined[-1] if joined else {}
            if last.get("output_type") == "stream" and last["name"] == output["name"]:
                last["text"] += output["text"]
            else:
                joined.append({"name": output["name"], "output_type": kind, "text": output["text"]})
        elif kind == "error":
            trace = [clean(line, "text/plain") for line in output["traceback"]]
            value = clean(output["evalue"], "text/plain")
            joined.append(
                {"ename": output["ename"], "evalue": value, "output_type": kind, "traceback": trace}
            )
        else:
            data = {mime: clean(value, mime) for mime, value in output["data"].items()}
            joined.append({"data": data, "metadata": dict(output.get("metadata", {})), "output_type": kind})
    for output in joined:
        if output["output_type"] == "stream":
            output["text"] = clean(output["text"], "text/plain")
    return joined


_EVERYWHERE = (
    ("at 0x", re.compile(r"\bat 0x[0-9a-fA-F]{6,}"), "at 0x…"),
    ("/ipykernel_", re.compile(r"(?:/[^\s:\"'<>]*)?/ipykernel_\d+/\d+\.py"), "<cell>"),
    (
        ".py, line ",
        re.compile(r"\(\d+\.py, line (?=\d+\))"),
        "(<cell>, line ",
    ),  # invalid syntax (26.py, line 1)
    ("<ipython-input-", re.compile(r"<ipython-input-\d+-[0-9a-f]+>"), "<cell>"),
)
"""What stands in each match (looked for first: the pictures of charts are long), the pattern, what takes its place."""
# The header of a statsmodels summary: the only two fields of it that are not about the data.
_SUMMARY = (
    (re.compile(r"(Date:\s+)\w{3}, \d{2} \w{3} \d{4}"), lambda m: m[1] + "-".rjust(len(m[0]) - len(m[1]))),
    (re.compile(r"(Time:\s+)\d{2}:\d{2}:\d{2}"), lambda m: m[1] + "-".rjust(len(m[0]) - len(m[1]))),
)
_STYLER = re.compile(r"\bT_[0-9a-f]{5}(?=\b|_)")
_SVG_DATE = re.compile(r"<dc:date>[^<]*</dc:date>")


def _cleaner(root: Path) -> Callable[[Any, str], Any]:
    """A function of (value, MIME type) that removes addresses, process ids, random ids, dates and machine paths."""
    paths = _machine_paths(root)
    seen: dict[str, str] = {}  # ids of tables: the same one never twice in a notebook

    def clean(value: Any, mime: str) -> Any:
        if not isinstance(value, str) or not mime.startswith(("text/", SVG)):
            return value
        for part, pattern, replacement in (*_EVERYWHERE, *paths):
            if part in value:
                value = pattern.sub(replacement, value)
        if "Results" in value:
            for pattern, blank in _SUMMARY:
                value = pattern.sub(blank, value)
        if mime == "text/html":
            value = _STYLER.sub(lambda m: seen.setdefault(m[0], f"T_{len(seen):05d}"), value)
        return _SVG_DATE.sub("", value) if mime == SVG else value

    return clean


# A path starts here: not inside a longer one or an address; the colour codes of a traceback may stand before it.
_START = r"(?:(?<![\w.~/-])|(?<=\[\dm)|(?<=\[\d\dm))"


def _machine_paths(root: Path) -> list[tuple[str, re.Pattern[str], str]]:
    """Folders of this machine and what to show for them, longest first; IPython writes the home folder as ~."""
    home = str(Path.home())
    named = [(str(root), "."), (sys.prefix, "<python>"), (sys.base_prefix, "<python>")]
    found = [(path + "/", shown + "/") for path, shown in named if len(path) > 4]
    found += [("~" + p[len(home) :], s) for p, s in found if p.startswith(home + "/") and home != "/"]
    longest_first = sorted(set(found), key=lambda pair: (-len(pair[0]), pair))
    return [(path, re.compile(_START + re.escape(path)), shown) for path, shown in longest_first]
