"""One notebook as one page, through nbconvert's exporter and a template of our own."""

from __future__ import annotations

import csv
import html
import io
import re
import urllib.parse
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbformat import from_dict
from traitlets.config import Config

from analysis.report import cells
from analysis.report.rows import CheckRow, ClaimRow, RobustnessRow
from analysis.site import cards, frame, markdown, svg
from analysis.site.cards import Robustness
from analysis.site.source import FIGURE, ROWS, Notebook, Row, Variant
from analysis.site.voice import Voice
from analysis.suite import document

_H1 = re.compile(r"^# +(.+)$", re.MULTILINE)
_LINK = re.compile(r'href="#claim-([^"]+)"')
_TABLE = re.compile(r"<table\b(?![^>]*\bcheck\b)(.*?)</table>", re.DOTALL)
_HEAD = re.compile(r"(?<=<thead>).*?(?=</thead>)", re.DOTALL)
_CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)


@dataclass(frozen=True)
class Scores:
    """What the pages of one language know of the claims: their verdicts, their robustness, and where each stands.

    `homes`: claim id → notebook and check that set its verdict, else its first check.
    """

    claims: Mapping[str, ClaimRow]
    swept: Mapping[str, RobustnessRow]
    homes: Mapping[str, tuple[str, str]]

    @property
    def where(self) -> Mapping[str, str]:
        """Claim id → stem of the notebook where it stands."""
        return {claim_id: stem for claim_id, (stem, _) in self.homes.items()}


@dataclass
class Page:
    """What the template needs besides the cells, and what the page turns out to hold."""

    variant: Variant
    notebook: Notebook
    scores: Scores
    title: str = ""
    contents: markdown.Contents = field(default_factory=markdown.Contents)
    colours: svg.Colours = field(default_factory=svg.Colours)
    anchors: set[str] = field(default_factory=set)
    cards: list[cards.Card] = field(default_factory=list)
    body: str = ""

    def __deepcopy__(self, memo: dict[int, Any]) -> Page:
        """nbconvert copies what it hands to a template; what the template finds out must come back."""
        return self

    @property
    def language(self) -> str:
        """The page's language."""
        return self.variant.language

    @property
    def t(self) -> Voice:
        """The words of the page's language."""
        return self.variant.voice

    @property
    def tally(self) -> Counter[str]:
        """Verdict → how many claims that have their place on this page; repetitions and claims of form apart."""
        at_home = (
            c for c in self.scores.claims.values() if self.scores.where.get(c.claim_id) == self.notebook.stem
        )
        return Counter(c.verdict for c in at_home if not c.repeats and not c.is_form)

    def is_home(self, claim_id: str, check_id: str) -> bool:
        """Whether a claim's own anchor stands at this check: the one that set its verdict, else its first."""
        return self.scores.homes.get(claim_id) == (self.notebook.stem, check_id)

    def claim_once(self, anchor: str) -> str:
        """The anchor on its first use on the page, nothing afterwards: an id is unique."""
        if not anchor or anchor in self.anchors:
            return ""
        self.anchors.add(anchor)
        return anchor

    def robustness(self, claim_id: str) -> Robustness | None:
        """The claim's verdicts under all tried assumptions, where they were tried."""
        return cards.robustness(self.scores.swept.get(claim_id))

    def href(self, claim_id: str) -> str:
        """The way to a claim's first check: on this page, on another, or nowhere (empty)."""
        stem = self.scores.where.get(claim_id, "")
        if not stem:
            return ""
        page = "" if stem == self.notebook.stem else self.variant.page(stem)
        return f"{page}#claim-{claim_id}"


def render(variant: Variant, notebook: Notebook, scores: Scores) -> Page:
    """The page of a notebook, its `body` rendered."""
    page = Page(variant, notebook, scores)
    content = _prepared(page)
    body, _ = exporter().from_notebook_node(from_dict(content), {"page": page})
    page.body = body
    return page


def _prepared(page: Page) -> dict[str, Any]:
    """The notebook with the cells of this language only, its title taken off, rows that are no checks left aside."""
    cells = []
    for cell in page.notebook.content["cells"]:
        spoken = [tag for tag in document.tags(cell) if tag.startswith("lang-")]
        if spoken and f"lang-{page.language}" not in spoken:
            continue
        source = cell["source"]
        if cell["cell_type"] == "markdown" and not page.title:
            match = _H1.search(source)
            if match:
                page.title = _unbroken(html.unescape(match[1].strip()))
                source = source.replace(match[0], "", 1)
        outputs = [o for o in map(_slim, cell.get("outputs", [])) if o]
        cells.append({**cell, "source": source, **({"outputs": outputs} if "outputs" in cell else {})})
    page.title = page.title or page.notebook.stem
    return {**page.notebook.content, "cells": cells}


def _unbroken(title: str) -> str:
    """A title in which number and per cent sign, 图 and its number, stay on one line."""
    return re.sub(r"(?<=[图表第])(?=\d)", "\u2060", title.replace(" %", "\u00a0%"))


def _slim(output: dict[str, Any]) -> dict[str, Any]:
    """An output without the rows that only programs read; empty when nothing to show is left."""
    data = output.get("data", {})
    if ROWS not in data or data[ROWS].get("table") == "checks":
        return output
    rest = {mime: value for mime, value in data.items() if mime != ROWS}
    return {**output, "data": rest} if "text/html" in rest else {}


def figure(facts: Mapping[str, Any], drawing: str, page: Page) -> dict[str, Any]:
    """What the template needs of a chart: both drawings, its data as table and as download, its anchor."""
    name = str(facts["id"])
    anchor = page.claim_once(page.t.anchor(str(facts.get("exhibit", ""))))
    page.colours.note(drawing)
    alt = " ".join(filter(None, [str(facts.get("title", "")), str(facts.get("alt", ""))]))
    narrow = str(facts.get("svg_narrow", ""))
    records = list(csv.reader(io.StringIO(str(facts.get("data_csv", "")))))
    return {
        "anchor": anchor,
        "id": page.claim_once(f"chart-{name}"),
        "title": facts.get("title", name),
        "wide": svg.inline(drawing, f"{name}-w", alt),
        "narrow": svg.inline(narrow, f"{name}-n", alt) if narrow else "",
        "head": [_column(name, page.t) for name in records[0]] if records else [],
        "rows": records[1:],
        "numeric": [_is_numeric([r[i] for r in records[1:]]) for i in range(len(records[0]))]
        if records
        else [],
        "download": csv_link(str(facts.get("data_csv", ""))),
        "file": f"{page.notebook.stem}-{name}.csv",
    }


def _column(name: str, t: Voice) -> tuple[str, str]:
    """The head of a column and its language: the usual names of plotted data are translated, others are code."""
    if t.knows(f"column.{name}"):
        return t(f"column.{name}"), ""
    return name, "" if markdown.mostly_chinese(name) else "en"


def csv_link(text: str) -> str:
    """A data: link to a CSV file; the mark at its head makes Excel read it as UTF-8."""
    return "data:text/csv;charset=utf-8," + urllib.parse.quote("\ufeff" + text) if text else ""


def _is_numeric(values: list[str]) -> bool:
    filled = [v for v in values if v]
    return bool(filled) and all(re.fullmatch(r"[-−]?[\d,.]+(e[-+]?\d+)?", v) for v in filled)


def check(cell: Row, page: Page) -> cards.Card:
    """The card of a check row; the page remembers it."""
    row = cells.read(CheckRow, cell, f"{page.notebook.stem}: checks", str(cell.get("check_id", "")))
    made = cards.card(row, page.scores.claims.get(row.claim_id), page.t)
    page.cards.append(made)
    return made


def html_output(source: str, page: Page) -> str:
    """HTML that a notebook put out: its tables get frames that scroll, its links lead to the page of a claim."""
    source = _LINK.sub(lambda m: f'href="{page.href(m[1]) or "#"}"', source)
    return _TABLE.sub(lambda m: _framed(m[0]), source)


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


@cache
def code(source: str) -> str:
    """Python with its tokens marked. The same cell comes again in the other language."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return str(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))).rstrip("\n")


def prose(source: str, page: Page) -> str:
    """A prose cell as HTML."""
    return markdown.render(source, page.language, page.contents, page.t("nav.anchor"))


@cache
def exporter() -> TemplateExporter:
    """The exporter, made once: reading its templates takes longer than rendering a page."""
    priority = [
        FIGURE,
        ROWS,
        "text/html",
        "image/svg+xml",
        "image/png",
        "text/markdown",
        "text/latex",
        "text/plain",
    ]
    made = TemplateExporter(
        config=Config({"NbConvertBase": {"display_data_priority": priority}}),
        default_preprocessors=[],  # each would validate the whole notebook again
        template_name="suite",
        template_file="notebook.html.j2",
        extra_template_basedirs=[str(frame.TEMPLATES)],
        filters={
            "figure": figure,
            "check": check,
            "html_output": html_output,
            "prose": prose,
            "code": code,
        },
    )
    made.environment.autoescape = False
    made.environment.globals.update(
        html_lang=frame.html_lang(),
        figure_mime=FIGURE,
        rows_mime=ROWS,
    )
    return made
