"""What a finished run holds, as the pages need it: notebooks by language, their rows, the manifest."""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis import words
from analysis.errors import UserError
from analysis.report import config
from analysis.report.config import Report
from analysis.site.voice import Voice
from analysis.suite import document

ROWS = "application/vnd.suite.rows+json"
FIGURE = "application/vnd.suite.figure+json"
Row = dict[str, Any]


class RunError(UserError):
    """A directory is not a run from which pages can be made."""


@dataclass(frozen=True)
class Notebook:
    """An executed notebook of one language."""

    stem: str
    content: dict[str, Any] = field(repr=False)

    @cached_property
    def rows(self) -> dict[str, list[Row]]:
        """Table name → rows that the cells put out, each with the notebook's stem."""
        found: dict[str, list[Row]] = {}
        for _, cell in document.code_cells(self.content):
            for output in cell.get("outputs", []):
                table = output.get("data", {}).get(ROWS)
                if table:
                    rows = [{**row, "notebook": self.stem} for row in table["rows"]]
                    found.setdefault(table["table"], []).extend(rows)
        return found

    @cached_property
    def figures(self) -> list[tuple[dict[str, Any], str]]:
        """(facts, SVG) of each chart, in order."""
        return [
            (output["data"][FIGURE], output["data"].get("image/svg+xml", ""))
            for _, cell in document.code_cells(self.content)
            for output in cell.get("outputs", [])
            if FIGURE in output.get("data", {})
        ]

    @property
    def failed(self) -> bool:
        """Whether a cell ended in an error that its author had not announced."""
        return any(
            output.get("output_type") == "error" and not document.may_fail(cell)
            for _, cell in document.code_cells(self.content)
            for output in cell.get("outputs", [])
        )

    def parameters(self) -> dict[str, tuple[Any, Any]]:
        """Name → (default, value in this run)."""
        defaults: dict[str, Any] = {}
        given: dict[str, Any] = {}
        for _, cell in document.code_cells(self.content):
            tags = document.tags(cell)
            if "parameters" in tags:
                defaults.update(_literals(cell["source"]))
            elif "injected-parameters" in tags:
                given.update(_literals(cell["source"]))
        return {name: (default, given.get(name, default)) for name, default in defaults.items()}


def _literals(source: str) -> dict[str, Any]:
    """The literal values that a parameters cell assigns."""
    found: dict[str, Any] = {}
    for node in ast.parse(source).body:
        target: ast.expr | None = None
        if isinstance(node, ast.AnnAssign):
            target = node.target
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None:
            with suppress(ValueError):
                found[target.id] = ast.literal_eval(value)
    return found


@dataclass(frozen=True)
class Variant:
    """The notebooks of a run in one language. `suffix` tells its pages from those of the first language."""

    language: str
    suffix: str
    notebooks: tuple[Notebook, ...]
    report: Report

    @property
    def voice(self) -> Voice:
        """How the pages of this language speak."""
        return Voice(self.language, self.report)

    def rows(self, table: str) -> list[Row]:
        """All rows of that table, in the order of the notebooks."""
        return [row for notebook in self.notebooks for row in notebook.rows.get(table, [])]

    def page(self, stem: str) -> str:
        """The file name of a page in this language."""
        return f"{stem}{self.suffix}.html"


@dataclass(frozen=True)
class Run:
    """A run directory, read."""

    path: Path
    variants: tuple[Variant, ...]
    manifest: dict[str, Any]

    @property
    def data(self) -> Path:
        """The run's own copy of the data that it was made from."""
        return self.path / "inputs" / "data"

    @property
    def versions(self) -> list[tuple[str, str]]:
        """Name and version of each package that the run was made with."""
        return sorted(self.manifest.get("versions", {}).items())

    def table(self, name: str) -> list[Row]:
        """Rows of results/<name>.csv, all values text; empty when there is no such file."""
        return read_csv(self.path / "results" / f"{name}.csv")


def listed(run: Run, variant: Variant, name: str) -> list[Row]:
    """A table as the run hands it out, else as the data that the run kept of its inputs list it in report/<name>.csv."""
    return variant.rows(name) or run.table(name) or read_csv(run.data / "report" / f"{name}.csv")


def read_csv(path: Path) -> list[Row]:
    """The rows of a CSV file, all values text; empty when there is no such file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def read(path: Path, languages: Sequence[str] | None = None) -> Run:
    """Read a run directory.

    `languages`: the first one is that of notebooks/, the others those of notebooks/<language>/; by default the
    language parameter of the notebooks, and the folders that are there. RunError when something is missing.
    """
    folder = path / "notebooks"
    if not any(folder.glob("*.ipynb")):
        raise RunError(
            f"{path}: not a finished run (no notebooks/*.ipynb in it). Runs are made by: analysis run"
        )
    first = _notebooks(folder)
    manifest = path / "manifest.json"
    facts = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    report = config.read(path / "inputs", facts.get("project") or path.name)
    if languages is None:
        own = _language_of(first, report)
        others = [lang for lang in report.languages if lang != own and any((folder / lang).glob("*.ipynb"))]
        languages = [own, *others]
    variants = [_variant(folder, first, language, n, report) for n, language in enumerate(languages)]
    return Run(path, tuple(variants), facts)


def _variant(
    folder: Path, first: tuple[Notebook, ...], language: str, position: int, report: Report
) -> Variant:
    if language not in words.languages():
        raise RunError(f"language {language!r}: pages can be made in {', '.join(words.languages())}")
    if position == 0:
        return Variant(language, "", first, report)
    if not any((folder / language).glob("*.ipynb")):
        raise RunError(f"{folder / language}: no notebooks in it; run them with language={language} first")
    return Variant(language, f".{language}", _notebooks(folder / language), report)


def _notebooks(folder: Path) -> tuple[Notebook, ...]:
    return tuple(Notebook(p.stem, document.read(p)) for p in sorted(folder.glob("*.ipynb")))


def _language_of(notebooks: Iterable[Notebook], report: Report) -> str:
    """The language in which the notebooks ran: the first that one of them was given, else the report's first."""
    for notebook in notebooks:
        _, value = notebook.parameters().get("language", (None, None))
        if value in words.languages():
            return str(value)
    return report.languages[0]
