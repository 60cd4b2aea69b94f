"""A project: a folder with notebooks, what each notebook needs, and the order in which they can run."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from analysis import places, reading
from analysis.errors import UserError
from analysis.suite import document, settings
from analysis.suite.document import Document


@dataclass(frozen=True)
class Notebook:
    """One notebook of a project: its path, its content, and the notebooks whose results it reads."""

    path: Path
    content: Document = field(repr=False)
    needs: tuple[str, ...] = ()
    checksum: str = ""
    """Of its file as it was read."""

    @property
    def stem(self) -> str:
        """The name by which results, pages and `--only` know the notebook."""
        return self.path.stem

    @property
    def may_be_kept(self) -> bool:
        """Whether what it makes may be taken again; its metadata may say that it is to run each time."""
        return self.content["metadata"].get("suite", {}).get("cache") is not False


@dataclass(frozen=True)
class Project:
    """A folder with notebooks/ (and, where present, data/ and src/); runs are kept in reports/.

    own_data: the data folder to take in place of the project's.
    """

    root: Path
    own_data: Path | None = None

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """The project in `start`, by default in the current folder or the nearest above it.

        Raises UserError when there is none, or it has no notebooks.
        """
        found = start.resolve() if start else places.nearest()
        if found is None:
            raise UserError(places.nowhere(Path.cwd()))
        if not any((found / "notebooks").glob("*.ipynb")):
            raise UserError(
                f"No notebooks/*.ipynb in {found}. Go to the project's folder, or name it with --project; "
                "`analysis new FOLDER` starts one."
            )
        return cls(found)

    @property
    def name(self) -> str:
        """The project's name in pyproject.toml, else its folder's."""
        return str(settings.table(self.root, "project").get("name") or self.root.resolve().name)

    @property
    def reports(self) -> Path:
        """Where runs are kept."""
        return self.root / "reports"

    @property
    def data(self) -> Path:
        """The data folder, which ANALYSIS_DATA may place elsewhere."""
        return self.own_data or places.data(self.root)

    @property
    def scenarios(self) -> Path:
        """Where scenario files are."""
        return self.root / "notebooks" / "scenarios"

    @cached_property
    def notebooks(self) -> list[Notebook]:
        """The notebooks in the order of their names, each with the stems it needs.

        Raises UserError for a notebook that cannot be read, a need without a match, and needs in a circle.
        """
        paths = sorted(p for p in (self.root / "notebooks").glob("*.ipynb") if not p.name.startswith("."))
        for path in paths:
            _refuse_name(path)
        files = {p: reading.content(p) for p in paths}
        contents = {p: document.parse(content, p) for p, content in files.items()}
        stems = [p.stem for p in paths]
        found = [
            Notebook(path, content, _needs(path, content, stems), document.sha256(files[path]))
            for path, content in contents.items()
        ]
        _refuse_circles({n.stem: n.needs for n in found})
        return found

    def select(self, patterns: tuple[str, ...]) -> list[Notebook]:
        """The notebooks that match one of the patterns, and those they need; all when no pattern is given.

        Raises UserError for a pattern that matches nothing.
        """
        if not patterns:
            return self.notebooks
        by_stem = {n.stem: n for n in self.notebooks}
        wanted: set[str] = set()
        for pattern in patterns:
            matched = fnmatch.filter(by_stem, pattern.removesuffix(".ipynb"))
            if not matched:
                raise UserError(
                    f"--only {pattern}: no notebook has such a name. There are: {', '.join(by_stem)}."
                )
            wanted.update(matched)
        waiting = list(wanted)
        while waiting:
            fresh = set(by_stem[waiting.pop()].needs) - wanted
            wanted |= fresh
            waiting += fresh
        return [n for n in self.notebooks if n.stem in wanted]

    def notebook(self, name: str) -> Notebook:
        """The notebook of that stem, file name, or unique beginning of a stem.

        Raises UserError when there is none, or several.
        """
        stem = Path(name).name.removesuffix(".ipynb")
        exact = [n for n in self.notebooks if n.stem == stem]
        found = exact or [n for n in self.notebooks if n.stem.startswith(stem)]
        if len(found) != 1:
            names = ", ".join(n.stem for n in found or self.notebooks)
            raise UserError(
                f"{name}: {'several notebooks match' if found else 'no such notebook; there are'}: {names}."
            )
        return found[0]


PAGES = {"index", "report"}
"""Names of pages of every run, which no notebook's page may take."""


def _refuse_name(path: Path) -> None:
    """Raises UserError for a name that a page of the run has, or that cannot be written as text."""
    try:
        path.name.encode("utf-8")
    except UnicodeEncodeError:
        raise UserError(
            f"{str(path).encode('utf-8', 'replace').decode()}: its name is not UTF-8; rename it."
        ) from None
    if path.stem.lower() in PAGES:
        raise UserError(
            f"{path}: the page {path.stem}.html of every run has this name; give the notebook another one."
        )


def _needs(path: Path, content: Document, stems: list[str]) -> tuple[str, ...]:
    """The stems that a notebook's metadata names under suite.needs, in order; patterns may match none."""
    declared = content.get("metadata", {}).get("suite", {}).get("needs", [])
    if not isinstance(declared, list) or not all(isinstance(d, str) for d in declared):
        raise UserError(f"{path}: metadata suite.needs must be a list of notebook names or patterns.")
    found: set[str] = set()
    for pattern in declared:
        matched = [s for s in fnmatch.filter(stems, pattern) if s != path.stem]
        if not matched and not set(pattern) & set("*?["):
            raise UserError(f"{path}: needs {pattern!r}, and there is no such notebook.")
        found.update(matched)
    return tuple(sorted(found))


def _refuse_circles(needs: dict[str, tuple[str, ...]]) -> None:
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = ", ".join(dict.fromkeys(error.args[1]))
        raise UserError(f"These notebooks need each other in a circle: {circle}.") from None
