"""The baseline: the committed notebooks with the outputs of their last run with default parameters."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import CheckFailed, counted
from analysis.suite import document, environment, files, normalise
from analysis.suite.document import INJECTED, Cell, Document
from analysis.suite.execute import failure_in, runner_for
from analysis.suite.params import Catalogue
from analysis.suite.progress import Silent
from analysis.suite.project import Project
from analysis.suite.run import Settings, StagedRun, nothing_half_written

_MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|root|Users|tmp|private|work|var/folders)/[\w.-]+")
_DIFF_LINES = 12


@dataclass(frozen=True)
class Change:
    """A notebook whose stored outputs are not those of a new run; `details` says what differs, cell by cell."""

    path: Path
    content: Document
    details: list[str]


def problems(path: Path) -> list[str]:
    """Why a committed notebook is not a valid baseline; empty when it is. nbval cannot see most of these.

    Code cells that were not run or failed, outputs of another version of the code, outputs edited or removed after
    the run, injected parameters, traces of the machine.
    """
    content = document.read(path)
    found: list[str] = []
    failure = failure_in(path.name, content)
    if failure is not None:
        found.append(str(failure))
    counts = [c["execution_count"] for _, c in document.code_cells(content) if document.must_run(c)]
    if None not in counts and counts != list(range(1, len(counts) + 1)):
        found.append(f"{path.name}: the cells were not run once each from top to bottom: {counts}")
    stored = content["metadata"].get("suite", {}).get(normalise.STAMP)
    fresh = normalise.stamp(content)
    if stored is None:
        found.append(f"{path.name}: was not written by `analysis baseline` (it has no stamp)")
    else:
        for part, words in (("code", "code was edited after"), ("outputs", "outputs are not those of")):
            if stored.get(part) != fresh[part]:
                found.append(f"{path.name}: its {words} the last `analysis baseline`")
    if (
        any(INJECTED in document.tags(cell) for cell in content["cells"])
        or "papermill" in content["metadata"]
    ):
        found.append(f"{path.name}: has injected parameters; a baseline has the defaults")
    for number, cell in document.code_cells(content):
        machine = _MACHINE_PATH.search(_text(cell["outputs"]))
        if machine:
            found.append(f"{path.name}, cell {number} ({cell['id']}): a path of this machine: {machine[0]}")
    return found


def changes(project: Project, settings: Settings, reporter: Silent) -> list[Change]:
    """Execute the notebooks with defaults and tell what differs from those in notebooks/. Writes nothing there.

    Raises CheckFailed naming notebook and cell when a notebook fails.
    """
    with (
        nothing_half_written(),
        environment.termination_as_interrupt(),
        files.staging(project.reports, "baseline") as staged,
        environment.prepared(project.root),
        reporter as listening,
    ):
        run = StagedRun(project, settings, Catalogue.of(project.notebooks), staged, listening)
        listening.start([n.stem for n in run.notebooks])
        with runner_for(project.root, settings.engine) as runner:
            run.execute({"": {}}, runner)
        failures = [str(r.failure) for r in run.results if r.failure] + run.touched()
        if failures:
            raise CheckFailed("\n".join([*failures, "The baseline was left as it was."]))
        found = []
        for notebook in run.notebooks:
            new = document.read(staged / "notebooks" / notebook.path.name)
            if document.to_bytes(new) != notebook.path.read_bytes():
                details = list(_details(document.read(notebook.path), new))
                found.append(Change(notebook.path, new, details or ["form of the file or its metadata only"]))
        return found


def write(found: Iterable[Change]) -> None:
    """Write changed notebooks back, each whole or not at all."""
    for change in found:
        document.write(change.content, change.path)


def _details(old: Document, new: Document) -> Iterable[str]:
    before: dict[str, Cell] = {cell["id"]: cell for cell in old["cells"]}
    first: list[str] = []
    for number, cell in document.code_cells(new):
        earlier = before[cell["id"]].get("outputs", [])
        title = f"cell {number} ({cell['id']})"
        if not earlier and cell["outputs"]:
            first.append(title)
        elif _text(earlier) != _text(cell["outputs"]):
            yield f"{title}:\n{_diff(_text(earlier), _text(cell['outputs']))}"
        elif kinds := _changed_kinds(earlier, cell["outputs"]):
            yield f"{title}: {', '.join(kinds)} changed"
    if first:
        yield f"first output of {', '.join(first) if len(first) <= 3 else counted(len(first), 'cell')}"


def _diff(old: str, new: str) -> str:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    shown = [f"    {line[:160]}" for line in lines if not line.startswith(("---", "+++", "@@"))]
    more = [f"    … {counted(len(shown) - _DIFF_LINES, 'more line')}"] if len(shown) > _DIFF_LINES else []
    return "\n".join(shown[:_DIFF_LINES] + more)


def _text(outputs: list[dict[str, Any]]) -> str:
    """What a reader of the outputs sees as text."""
    parts = []
    for output in outputs:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}")
        else:
            parts.append(str(output["data"].get("text/plain", "")))
    return "\n".join(parts)


def _changed_kinds(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[str]:
    if len(old) != len(new):
        return ["number of outputs"]
    kinds: dict[str, None] = {}
    for one, other in zip(old, new, strict=True):
        first, second = one.get("data", {}), other.get("data", {})
        kinds.update(dict.fromkeys(k for k in [*first, *second] if first.get(k) != second.get(k)))
    return list(kinds)
