"""What the outputs of a notebook become on a page: one block for each, ready for the template."""

from __future__ import annotations

import csv
import html
import io
import re
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from nbconvert.filters import strip_ansi

from analysis.site import markdown, svg, tongues
from analysis.site.cards import Card
from analysis.site.enclosed import enclosed
from analysis.site.proofs import Proof
from analysis.site.source import Commit, Drawing
from analysis.site.voice import Voice
from analysis.writing import csv_text

_NONE = Commit()
_SIGNIFICANT = 6
_BRACES = re.compile(r"[{}\\]")
_LINK = re.compile(r'href="#claim-([^"]+)"')
_TABLE = re.compile(r"<table\b(?![^>]*\bcheck\b)(.*?)</table>", re.DOTALL)
_HEAD = re.compile(r"(?<=<thead>).*?(?=</thead>)", re.DOTALL)
_CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)


@dataclass(frozen=True)
class Markup:
    """HTML that a notebook put out: a table, a list."""

    kind: ClassVar[str] = "markup"
    html: str


@dataclass(frozen=True)
class Prose:
    """A text in Markdown or LaTeX that a cell put out, as HTML."""

    kind: ClassVar[str] = "prose"
    html: str


@dataclass(frozen=True)
class Text:
    """What a cell printed; `stream` is stdout, stderr or empty."""

    kind: ClassVar[str] = "text"
    text: str
    stream: str = ""


@dataclass(frozen=True)
class Failure:
    """An error that a cell ended in."""

    kind: ClassVar[str] = "failure"
    name: str
    value: str
    traceback: str


@dataclass(frozen=True)
class Picture:
    """A picture that is no chart of ours: SVG as it is, or a PNG (base64) with its alternative text."""

    kind: ClassVar[str] = "picture"
    svg: str = ""
    png: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart: both drawings (HTML), its data as table and as download, its anchors (empty: taken already).

    own_data: what is to be said of rows laid over the project's data that changed it. Columns without any value are left out.
    """

    kind: ClassVar[str] = "chart"
    anchor: str
    id: str
    title: str
    subtitle: str
    wide: str
    narrow: str
    head: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool]
    download: str
    file: str
    citation: str
    bibtex: str
    own_data: tuple[str, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether its marks carry what they stand for."""
        return svg.tells(self.wide)


@dataclass(frozen=True)
class Claim:
    """The card of a claim."""

    kind: ClassVar[str] = "claim"
    card: Card


@dataclass(frozen=True)
class Checked:
    """A check that set no verdict here; `card` leads to the claim's card, empty where there is none."""

    kind: ClassVar[str] = "check"
    anchor: str
    proof: Proof
    metric: str
    period: str
    card: str
    place: str


Block = Markup | Prose | Text | Failure | Picture | Chart | Claim | Checked


@dataclass(frozen=True)
class Part:
    """A cell on a page: prose (HTML), or code with what it put out."""

    id: str
    prose: str = ""
    code: str = ""
    lines: int = 0
    blocks: Sequence[Block] = ()


def chart(drawing: Drawing, stem: str, once: Callable[[str], str], t: Voice, commit: Commit = _NONE) -> Chart:
    """The block of a chart; `once` gives an anchor on its first use, `commit` is cited with it."""
    records = list(csv.reader(io.StringIO(drawing.data)))
    columns = [c for c in zip(*records, strict=True) if any(c[1:]) or len(records) == 1]
    if drawing.subtitle:  # which names the one unit of all rows
        columns = [c for c in columns if c[0] != "unit" or len(set(c[1:])) > 1]
    head, rows = [c[0] for c in columns], list(zip(*(c[1:] for c in columns), strict=True))
    alt = " ".join(filter(None, [drawing.title, drawing.alt]))
    return Chart(
        anchor=once(t.anchor(drawing.exhibit)),
        id=once(f"chart-{drawing.id}"),
        title=drawing.title,
        subtitle=drawing.subtitle,
        wide=svg.inline(drawing.wide, f"{drawing.id}-w", alt),
        narrow=svg.inline(drawing.narrow, f"{drawing.id}-n", alt) if drawing.narrow else "",
        head=[_column(name, t) for name in head],
        rows=[[_kind(name, value, t) for name, value in zip(head, row, strict=True)] for row in rows],
        numeric=[_is_numeric([row[i] for row in rows]) for i in range(len(head))],
        download=csv_link(drawing.data),
        file=f"{stem}-{drawing.id}.csv",
        citation=_citation(drawing, stem, t, commit),
        bibtex=_bibtex(drawing, stem, t, commit),
    )


def _citation(drawing: Drawing, stem: str, t: Voice, commit: Commit) -> str:
    """How to cite a chart in a text: title, work, place in it, commit with its day, sources."""
    parts = [
        f"{t.own.title}, {stem}#chart-{drawing.id}",
        ", ".join(filter(None, (f"git {commit.short}" if commit.id else "", commit.date))),
        drawing.source,
    ]
    return t("mark.quoted", text=drawing.title) + t("mark.space") + "; ".join(filter(None, parts)).strip()


def _bibtex(drawing: Drawing, stem: str, t: Voice, commit: Commit) -> str:
    """The same for BibTeX; braces and backslashes of the texts are left out."""
    fields = {
        "title": drawing.title,
        "howpublished": f"{t.own.title}, {stem}, chart {drawing.id}",
        "year": commit.date[:4],
        "date": commit.date,
        "version": commit.short,
        "note": drawing.source,
    }
    lines = [f"  {k} = {{{_BRACES.sub('', v)}}}" for k, v in fields.items() if v]
    return ",\n".join([f"@misc{{{stem}-{drawing.id}", *lines]) + "\n}"


def _column(name: str, t: Voice) -> tuple[str, str]:
    """The head of a column and its language: the usual names of plotted data are translated, others are code."""
    if t.knows(f"column.{name}"):
        return t(f"column.{name}"), ""
    return name, "" if markdown.mostly_chinese(name) else "en"


def _kind(column: str, value: str, t: Voice) -> str:
    """A cell as the reader sees it: what kind of row it is, and a verdict, in words; of a long fraction six digits, as the file
    that is downloaded has all; the rest as it is.
    """
    if column == "outcome" and t.knows(f"verdict.{value}"):
        return t(f"verdict.{value}")
    if column in ("kind", "part") and t.knows(f"column.{value}"):
        return t(f"column.{value}")
    return _six_digits(value)


def _six_digits(value: str) -> str:
    """A long decimal fraction with six significant digits, or those of its whole part; other text as it is.

    >>> [_six_digits(v) for v in ("32.00596234", "-0.0012345678", "12345678.9", "42.10", "2020-Q1", "1.2345678e-07")]
    ['32.0060', '-0.00123457', '12345679', '42.10', '2020-Q1', '1.2345678e-07']
    """
    whole, _, part = value.removeprefix("-").partition(".")
    if not (whole.isdecimal() and part.isdecimal()) or len((whole + part).lstrip("0")) <= _SIGNIFICANT:
        return value
    zeros = 0 if whole.strip("0") else len(part) - len(part.lstrip("0"))
    places = _SIGNIFICANT + zeros - len(whole.lstrip("0"))
    return f"{float(value):.{max(0, places)}f}"


def csv_link(text: str) -> str:
    """A data: link to a CSV file; the mark at its head makes Excel read it as UTF-8, and no cell is a formula there."""
    text = csv_text(csv.reader(io.StringIO(text)))
    return "data:text/csv;charset=utf-8," + urllib.parse.quote("\ufeff" + text) if text else ""


def _is_numeric(values: Sequence[str]) -> bool:
    filled = [v for v in values if v]
    return bool(filled) and all(re.fullmatch(r"[-−]?[\d,.]+(e[-+]?\d+)?", v) for v in filled)


def markup(source: str, href: Callable[[str], str], language: str) -> Markup:
    """HTML that a notebook put out: its tables get frames that scroll, its links lead to the page of a claim."""
    source = _LINK.sub(lambda m: _led(m[0], href(html.unescape(m[1]))), source)
    framed = _TABLE.sub(lambda m: _framed(m[0]), enclosed(source))
    return Markup(tongues.within(framed, language))


def _led(link: str, target: str) -> str:
    """A link to a claim; one that stands on no page is a link no more."""
    return f'href="{html.escape(target)}"' if target else ""


def _framed(table: str) -> str:
    """A table in a frame that scrolls, the heads of its columns of numbers aligned with the numbers."""
    caption = _CAPTION.search(table)
    label = f' role="group" aria-label="{re.sub("<[^>]+>", "", caption[1])}"' if caption else ""
    first = re.search(r"<tbody>\s*<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
    numeric = ['class="number"' in cell for cell in re.findall(r"<t[dh]\b[^>]*>", first[1])] if first else []
    places = iter(numeric)
    head = _HEAD.search(table)
    if head and len(numeric) == head[0].count("<th"):
        aligned = re.sub(r"<th\b", lambda m: '<th class="number"' if next(places) else m[0], head[0])
        table = table.replace(head[0], aligned, 1)
    return f'<div class="scroll" tabindex="0"{label}>{table}</div>'


def failure(output: Mapping[str, object]) -> Failure:
    """The block of an error output."""
    lines = output.get("traceback")
    assert isinstance(lines, list)
    return Failure(
        str(output.get("ename", "")), strip_ansi(str(output.get("evalue", ""))), strip_ansi("\n".join(lines))
    )


_TOKEN = re.compile(r'<span class="(\w+)">(.*?)</span>', re.DOTALL)
_COLOURED = frozenset(
    ["c1", "sd", "k", "kn", "kc", "ow", "s1", "s2", "sa", "si", "mi", "mf", "nf", "nc", "nn"]
)
"""Kinds of tokens for which the style sheet has a colour; names, signs and brackets are plain, and the most."""


@cache
def code(source: str) -> str:
    """Python with the tokens marked that have a colour of their own. The same cell comes again in the other language."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    found = str(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))).rstrip("\n")
    return _TOKEN.sub(lambda m: m[0] if m[1] in _COLOURED else m[2], found)
