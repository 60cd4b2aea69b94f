"""What a finished run holds, as the pages need it: notebooks by language, what they hand out, the manifest, the data."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

from analysis import reading, words
from analysis.errors import UserError
from analysis.mime import FIGURE, SVG
from analysis.numbers import periods
from analysis.numbers.printed import Reading
from analysis.report import cells, config, documents
from analysis.report.catalog import label
from analysis.report.cells import R
from analysis.report.config import Report
from analysis.report.ledger import Claim, load_claims
from analysis.report.meanings import decimals_of
from analysis.report.robustness import reading_of
from analysis.report.rows import Input
from analysis.site.memory import Memory
from analysis.site.voice import Voice
from analysis.suite import collect, document
from analysis.suite.collect import Table
from analysis.suite.document import Document
from analysis.suite.manifest import command


class RunError(UserError):
    """A directory is not a run from which pages can be made."""


@dataclass(frozen=True)
class Drawing:
    """A chart that a notebook put out: what is said of it, both pictures (SVG), its plotted data (CSV)."""

    id: str
    exhibit: str
    title: str
    alt: str
    wide: str
    narrow: str
    data: str
    source: str = ""
    subtitle: str = ""

    @classmethod
    def of(cls, bundle: Mapping[str, object]) -> Drawing:
        """The chart of an output's MIME bundle."""
        facts = bundle[FIGURE]
        with suppress(ValueError):
            facts = json.loads(facts) if isinstance(facts, str) else facts
        if not isinstance(facts, Mapping):
            facts = {}  # the run names it as a problem
        id, exhibit, title, alt, narrow, data, source, subtitle = (
            str(facts.get(name, ""))
            for name in ("id", "exhibit", "title", "alt", "svg_narrow", "data_csv", "source", "subtitle")
        )
        return cls(id, exhibit, title or id, alt, str(bundle.get(SVG, "")), narrow, data, source, subtitle)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a run: its default and the value that the run gave it."""

    name: str
    default: object
    value: object

    @property
    def is_changed(self) -> bool:
        """Whether a reader should know of it: the language of a page speaks for itself."""
        return self.value != self.default and self.name != "language"


@dataclass(frozen=True)
class Notebook:
    """An executed notebook of one language."""

    stem: str
    content: Document = field(repr=False)
    digest: str = ""
    """The checksum of its file; empty where it came from none."""

    @cached_property
    def drawings(self) -> list[Drawing]:
        """Its charts, in order."""
        return [
            Drawing.of(output["data"])
            for _, cell in document.code_cells(self.content)
            for output in cell.get("outputs", [])
            if FIGURE in (output.get("data") or {})
        ]

    @property
    def failed(self) -> bool:
        """Whether a cell ended in an error that its author had not announced."""
        return any(
            output.get("output_type") == "error" and not document.may_fail(cell)
            for _, cell in document.code_cells(self.content)
            for output in cell.get("outputs", [])
        )

    @cached_property
    def parameters(self) -> Sequence[Parameter]:
        """The parameters that it declares."""
        defaults: dict[str, object] = {}
        given: dict[str, object] = {}
        for _, cell in document.code_cells(self.content):
            tags = document.tags(cell)
            if "parameters" in tags:
                defaults.update(_literals(cell["source"]))
            elif "injected-parameters" in tags:
                given.update(_literals(cell["source"]))
        return [Parameter(name, default, given.get(name, default)) for name, default in defaults.items()]


def _literals(source: str) -> dict[str, object]:
    """The literal values that a parameters cell assigns."""
    found: dict[str, object] = {}
    for node in reading.parsed(source).body:
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
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)
    is_early: bool = False
    """Whether the notebook that judges is still to come: its verdicts are then given where the pages are made."""

    @property
    def voice(self) -> Voice:
        """How the pages of this language speak."""
        return Voice(self.language, self.report)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """What the notebooks hand out, by name."""
        # What is no table is told by the run, and costs no page.
        return collect.gathered(((n.stem, n.content) for n in self.notebooks), [])

    def rows(self, kind: type[R], table: str) -> list[R]:
        """All rows of that table, in the order of the notebooks."""
        found = self.tables[table].rows if table in self.tables else []
        return [self.row(kind, row, table, number) for number, row in enumerate(found, 2)]

    def row(self, kind: type[R], row: Mapping[str, object], table: str, number: int) -> R:
        """A row as a notebook hands it out; equal ones of former states are the same object."""
        return self.memory.made((table, number), (kind, row), partial(cells.read, kind, row, table, number))

    @cached_property
    def parameters(self) -> list[Parameter]:
        """Every parameter of the run by name; of several defaults the one that was left."""
        found: dict[str, Parameter] = {}
        for parameter in (p for n in self.notebooks for p in n.parameters):
            if parameter.name not in found or parameter.is_changed:
                found[parameter.name] = parameter
        return [found[name] for name in sorted(found)]

    @property
    def reading(self) -> Reading:
        """How this run reads printed numbers."""
        return reading_of({p.name: p.value for p in self.parameters})

    def page(self, stem: str) -> str:
        """The file name of a page in this language."""
        return f"{stem}{self.suffix}.html"

    def data(self, stem: str) -> str:
        """The file name of linked data in this language."""
        return f"{stem}{self.suffix}.jsonld"


class Commit(NamedTuple):
    """The state of a repository: its id, and its day (2021-10-31)."""

    id: str = ""
    date: str = ""

    @property
    def short(self) -> str:
        """The beginning of its id, as readers are told it."""
        return self.id[:10]


@dataclass(frozen=True)
class Manifest:
    """What the runner noted of a run. `status`: notebook → ok, cached, failed, skipped; empty where nothing is noted.

    own_data: rows that its user laid over the project's, each as `file:key`. instead: those that displace a row of the project →
    value and unit of that. added: those whose key the project has not → the nearest that it has.
    """

    project: str = ""
    only: tuple[str, ...] = ()
    status: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    own_data: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    added: Mapping[str, str] = field(default_factory=dict)
    commit: Commit = field(default_factory=Commit)
    """The commit that the run was made from, where it was known."""
    again: str = ""
    """The command that makes the run anew, where the runner noted one."""
    is_ok: bool = True
    finished: str = ""

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """The manifest of a run directory; an empty one where there is none."""
        if not path.is_file():
            return cls()
        facts = reading.mapping_of(path)
        with reading.parsing(path, "the manifest of a run; run the analysis again"):
            left = {n: "skipped" for n, f in dict(facts.get("notebooks") or {}).items() if f.get("skipped")}
            status, versions = dict(facts.get("status") or left), dict(facts.get("versions") or {})
            only, own = (tuple(map(str, facts.get(name) or ())) for name in ("only", "own_data"))
            instead = {str(n): (str(v[0]), str(v[1])) for n, v in dict(facts.get("instead") or {}).items()}
            added = {str(n): str(near) for n, near in dict(facts.get("added") or {}).items()}
            made = dict(facts.get("commit") or {})
            commit = Commit(str(made.get("id") or ""), str(made.get("date") or ""))
            again = command(facts) if facts.get("run") else ""
        return cls(
            str(facts.get("project") or ""), only, status, versions, own, instead, added, commit, again,
            bool(facts.get("ok", True)), str(facts.get("finished") or ""),
        )  # fmt: skip

    @property
    def left_out(self) -> tuple[str, ...]:
        """Notebooks that were not run because one that they need failed."""
        return tuple(stem for stem, status in self.status.items() if status == "skipped")


@dataclass(frozen=True)
class Run:
    """A run directory, read."""

    path: Path
    variants: tuple[Variant, ...]
    manifest: Manifest
    report: Report
    charts: frozenset[str] = frozenset()
    """Charts of which it is known that rows laid over the data changed them, as `notebook/chart`."""

    @property
    def data(self) -> Path:
        """The run's own copy of the data that it was made from."""
        return self.path / "inputs" / "data"

    @cached_property
    def published(self) -> Mapping[str, Mapping[str, str]]:
        """Reference of an observation or act → its row in the run's own data."""
        acts = self.data / "report" / "documents.csv"
        found = {f"{kind}:{row['document_id']}": row for row in _rows(acts) for kind in ("act", "document")}
        for path in sorted((self.data / "series").glob("*.csv")):
            for row in _rows(path):
                if "edition" in row:
                    found[f"{path.stem}:{row['series_id']}@{row['period']}@{row['edition']}"] = row
        return found

    @cached_property
    def acts(self) -> Mapping[str, documents.Document]:
        """The acts and announcements that the report names, by id, as the run's own data list them."""
        path = self.data / "report" / "documents.csv"
        return documents.load_documents(path) if path.is_file() else {}

    def label(self, i: Input, language: str) -> str:
        """What an input is called in a language: as the data name it; as the notebook did where they do not."""
        row = self.published.get(i.ref, {})
        if claim := self.ledger.get(i.claim_id):
            named = " ".join(filter(None, (claim.metric(language), periods.span(claim.period, language))))
            return named or i.label
        if title := row.get(f"title_{language}"):
            return title
        if row.get(f"metric_{language}"):
            return label(row, row["period"], language, self.report)
        return self.report.named(i.label, language)

    def own_data(self, language: str) -> Mapping[str, str]:
        """Row laid over the project's data → what is to be said of it in a language: what stands instead of what, else its name."""
        said, t = {ref: ref for ref in self.manifest.own_data}, Voice(language, self.report)
        for ref, (value, unit) in self.manifest.instead.items():
            if row := self.published.get(ref):
                now, before = (
                    words.number(float(v), u, language, decimals_of(v)).replace("-", "−")
                    for v, u in ((row["value"], row["unit"]), (value, unit))
                )
                named = label(row, row["period"], language, self.report)
                said[ref] = t("own.what_if", what=named, now=now, before=before)
        return said

    def warning(self, language: str) -> str:
        """That, in a line; empty for a run of the project's own data."""
        said, t = self.own_data(language), Voice(language, self.report)
        return (
            f"{t('own.title', count=len(said))}{t('mark.colon')}{t('mark.semicolon').join(said.values())}"
            if said
            else ""
        )

    @cached_property
    def ledger(self) -> Mapping[str, Claim]:
        """The claims of the report as the run's own data list them; none for notebooks without a ledger."""
        path = self.data / "report" / "claims.csv"
        return load_claims(path, self.report.languages) if path.is_file() else {}


def read(path: Path, memory: Callable[[str], Memory] = lambda _: Memory()) -> Run:
    """Read a run directory: the notebooks of notebooks/, and those of notebooks/<language>/ in the report's other languages.

    memory: that of the pages of a language. RunError when there are no notebooks.
    """
    folder = path / "notebooks"
    if not any(folder.glob("*.ipynb")):
        raise RunError(
            f"{path}: not a finished run (no notebooks/*.ipynb in it). Runs are made by: analysis run"
        )
    first = notebooks_in(folder)
    manifest = Manifest.read(path / "manifest.json")
    report = config.read(path / "inputs", manifest.project or path.name)
    own = language_of(first, report)
    others = [x for x in report.languages if x != own and any((folder / x).glob("*.ipynb"))]
    twins = (Variant(x, f".{x}", notebooks_in(folder / x), report, memory(x)) for x in others)
    return Run(path, (Variant(own, "", first, report, memory(own)), *twins), manifest, report)


def notebooks_in(folder: Path) -> tuple[Notebook, ...]:
    """The executed notebooks of a folder."""
    return tuple(map(notebook, sorted(folder.glob("*.ipynb"))))


def notebook(path: Path) -> Notebook:
    """An executed notebook from its file."""
    content = reading.content(path)
    return Notebook(path.stem, document.parse(content, path), document.sha256(content))


def language_of(notebooks: Iterable[Notebook], report: Report) -> str:
    """The language in which the notebooks ran: the first that one of them was given, else the report's first."""
    for notebook in notebooks:
        for parameter in notebook.parameters:
            if parameter.name == "language" and parameter.value in words.languages():
                return str(parameter.value)
    return report.languages[0]


def _rows(path: Path) -> list[dict[str, str]]:
    return reading.rows_of(path) if path.is_file() else []
