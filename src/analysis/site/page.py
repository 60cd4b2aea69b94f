"""One notebook as the model of one page: its cells in order, with what each put out."""

from __future__ import annotations

import html
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import overload

from nbconvert.filters import strip_ansi

from analysis.errors import UserError
from analysis.mime import FIGURE, ROWS, SVG
from analysis.numbers import periods
from analysis.reading import shortened
from analysis.report.rows import FORM_VERDICTS, CheckRow, Verdict
from analysis.site import blocks, cards, fonts, markdown, svg
from analysis.site.blocks import Block, Part
from analysis.site.cards import Card
from analysis.site.enclosed import enclosed
from analysis.site.proofs import proof
from analysis.site.record import Record
from analysis.site.sections import Section, sections
from analysis.site.source import Drawing, Notebook, Parameter, Variant
from analysis.suite import document
from analysis.suite.document import Cell

_H1 = re.compile(r"^# +(.+)$", re.MULTILINE)
_CONTROL = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_log = logging.getLogger("analysis")


ANSWER: tuple[tuple[str, tuple[Verdict, ...]], ...] = (
    ("holds", ("reproduced", "hedged", "holds")), ("not", ("contradicted", "fails")), ("open", ("consistent", "unchecked")),
)  # fmt: skip
"""The lines of an answer, and the verdicts that each gathers: every verdict stands in one of them."""


@dataclass(frozen=True)
class Line:
    """One line of a topic's answer. unheard: how many statements belong to it that have no card."""

    key: str
    verdicts: Sequence[Verdict]
    cards: Sequence[Card]
    unheard: int = 0

    @property
    def counts(self) -> Counter[str]:
        """Verdict → how many, with or without a card; what agrees with the report's own numbers alone stands apart, as `own`."""
        found = Counter(
            "own" if (c.verdict, c.rests) == ("consistent", "own") else c.verdict for c in self.cards
        )
        found["unchecked"] += self.unheard
        return Counter(
            {name: found[name] for v in self.verdicts for name in _PARTS.get(v, (v,)) if found[name]}
        )


_PARTS: dict[Verdict, tuple[str, ...]] = {"consistent": ("consistent", "own")}


@dataclass(frozen=True)
class Page:
    """A notebook, ready for the template."""

    stem: str
    title: str
    failed: bool
    changed: Sequence[Parameter]
    parts: Sequence[Part]
    headings: Sequence[markdown.Heading]
    colours: svg.Colours = field(repr=False)
    anchors: frozenset[str] = field(repr=False)
    unheard: int = 0

    @property
    def number(self) -> str:
        """What stands before its name: 04."""
        return self.stem.split("_", 1)[0]

    @cached_property
    def sections(self) -> list[Section]:
        """Its parts by question."""
        return sections(self.parts)

    @property
    def cards(self) -> list[Card]:
        """The claims that have their card here."""
        return [b.card for part in self.parts for b in part.blocks if isinstance(b, blocks.Claim)]

    @property
    def answer(self) -> list[Line]:
        """What of it holds, what does not, what cannot be known: the most central statements first, of these amounts before
        rates, and each metric once before another of its periods.
        """
        lines = [
            Line(key, verdicts, self._with(verdicts), self.unheard if "unchecked" in verdicts else 0)
            for key, verdicts in ANSWER
        ]
        return [line for line in lines if line.cards or line.unheard]

    @property
    def sources(self) -> list[str]:
        """Who published what its verdicts rest on, whoever bears most of them first; empty for the report's own numbers."""
        found = Counter(name for c in self.cards for name in _publishers(c))
        return [name for name, _ in found.most_common()]

    def _with(self, verdicts: Sequence[Verdict]) -> list[Card]:
        found = [c for c in self.cards if c.verdict in verdicts]
        found.sort(
            key=lambda c: (
                c.verdict in FORM_VERDICTS,
                not c.is_decision_error,
                not c.figure,
                -c.centrality,
                c.kind != "level",
            )
        )
        named = {c.metric: c for c in reversed(found)}
        return sorted(found, key=lambda c: named[c.metric] is not c)


def _publishers(card: Card) -> list[str]:
    if card.rests == "own":
        return [""]
    return list(dict.fromkeys(o.publisher for o in card.proof.origins if o.url)) if card.proof else []


@dataclass(frozen=True)
class Pages(Sequence[Page]):
    """The pages of the notebooks of one language, each made when somebody asks for it."""

    variant: Variant
    record: Record

    def __len__(self) -> int:
        return len(self.variant.notebooks)

    @overload
    def __getitem__(self, n: int) -> Page: ...

    @overload
    def __getitem__(self, n: slice) -> Sequence[Page]: ...

    def __getitem__(self, n: int | slice) -> Page | Sequence[Page]:
        if isinstance(n, slice):
            return [self[i] for i in range(*n.indices(len(self)))]
        if n not in self.made:
            self.made[n] = build(self.variant, self.variant.notebooks[n], self.record)
        return self.made[n]

    @cached_property
    def made(self) -> dict[int, Page]:
        """Those that somebody asked for, by number."""
        return {}


def build(variant: Variant, notebook: Notebook, record: Record) -> Page:
    """The page of a notebook; the one that was made before where nothing that it shows has changed."""

    def made(record: Record) -> tuple[Page, bool]:
        builder = _Builder(variant, notebook, record)
        page = builder.page()
        return page, bool(notebook.digest) and not builder.has_warned  # its warnings are said each time

    stems = [variant.page(n.stem) for n in variant.notebooks]
    parts = (notebook.digest, variant.reading, stems, record.own, record.charts, record.commit)
    return variant.memory.made_of(("page", notebook.stem), parts, record, made)


def title(notebook: Notebook, language: str) -> str:
    """The title of a notebook in a language: its first heading; its name where it has none."""
    texts = (
        c["source"]
        for c in notebook.content["cells"]
        if c["cell_type"] == "markdown" and _is_spoken(c, language)
    )
    found = next(filter(None, map(_H1.search, texts)), None)
    return _unbroken(html.unescape(found[1].strip())) if found else notebook.stem


def _is_spoken(cell: Cell, language: str) -> bool:
    """Whether a cell is for readers of a language."""
    spoken = [tag for tag in document.tags(cell) if tag.startswith("lang-")]
    return not spoken or f"lang-{language}" in spoken


class _Builder:
    """Goes through the cells once, and keeps what a page may have once only: headings in order, anchors, cards."""

    def __init__(self, variant: Variant, notebook: Notebook, record: Record) -> None:
        self.variant, self.notebook, self.record = variant, notebook, record
        self.t, self.reading = variant.voice, variant.reading
        self.title, self.is_titled = title(notebook, variant.language), False
        self.contents, self.colours = markdown.Contents(), svg.Colours()
        self.anchors: set[str] = set()
        self.number, self.has_warned = 0, False
        self.pages = {n.stem: variant.page(n.stem) for n in variant.notebooks}

    def page(self) -> Page:
        """The finished page."""
        parts = []
        for number, cell in enumerate(self.notebook.content["cells"], 1):
            self.number = number
            if made := self.part(cell):
                self.warn_of_boxes(cell)
                parts.append(made)
        return Page(
            self.notebook.stem, self.title, self.notebook.failed,
            [p for p in self.notebook.parameters if p.is_changed], parts, self.contents.headings,
            self.colours, frozenset(self.anchors), self.record.open_at(self.notebook.stem),
        )  # fmt: skip

    def part(self, cell: Cell) -> Part | None:
        """A cell of this language, its title taken off; None for an empty one or one of another language."""
        if not _is_spoken(cell, self.t.language):
            return None
        source = cell["source"]
        if cell["cell_type"] == "markdown":
            return self.passage(cell)
        if cell["cell_type"] != "code" or not source.strip():
            return None
        found = [b for output in cell.get("outputs", []) for b in self.shown(output)]
        return Part(cell["id"], "", blocks.code(source), len(source.strip().splitlines()), found)

    def untitled(self, source: str) -> str:
        """A text without the notebook's title, which the page shows itself."""
        match = None if self.is_titled else _H1.search(source)
        if match is None:
            return source
        self.is_titled = True
        return source.replace(match[0], "", 1)

    def passage(self, cell: Cell) -> Part | None:
        """A prose cell; what cannot be rendered is shown as it is written."""
        found = cell.get("attachments")
        around = markdown.Surroundings(found if isinstance(found, dict) else {}, self.pages)
        source = self.untitled(cell["source"])
        try:
            text = self.prose(source, around)
        except Exception as error:  # whatever a passage holds costs at most itself
            self.warn(f"the text cannot be set ({_said(error)})")
            return Part(cell["id"], prose=f"<pre>{html.escape(source)}</pre>")
        if around.absent:
            self.warn(
                f"no picture {shortened(', '.join(around.absent))} beside the notebook or attached to the cell"
            )
        return Part(cell["id"], prose=text) if text.strip() else None

    def prose(self, source: str, around: markdown.Surroundings | None = None) -> str:
        """Markdown as HTML."""
        return markdown.render(source, self.t.language, self.contents, self.t("nav.anchor"), around)

    def warn(self, what: str) -> None:
        """Say what of the present cell the page cannot show."""
        self.has_warned = True
        _log.warning("%s, cell %d: %s", self.variant.page(self.notebook.stem), self.number, what)

    def warn_of_boxes(self, cell: Cell) -> None:
        """Name characters that the page's own font lacks: they are left to the fonts of the reader's machine."""
        if boxes := fonts.missing("".join(_texts(cell))):
            shown = shortened(" ".join(boxes))
            self.warn(
                f"the pages' font has no {shown}; readers see it in a font of their own, if they have one"
            )

    def shown(self, output: Mapping[str, object]) -> list[Block]:
        """The blocks of one output; an output that cannot be shown says why in its place, and costs no other."""
        try:
            return list(self.output(output))
        except UserError:
            raise
        except Exception as error:  # whatever a cell puts out costs at most that output
            self.warn(f"an output cannot be shown ({_said(error)})")
            return [blocks.Text(self.t("code.unshown", error=_said(error)), "stderr")]

    def output(self, output: Mapping[str, object]) -> Iterator[Block]:
        """The blocks of one output of a cell."""
        if output["output_type"] == "stream":
            yield blocks.Text(_plain(output["text"]), str(output["name"]))
        elif output["output_type"] == "error":
            yield blocks.failure(output)
        else:
            data, metadata = output["data"], output.get("metadata", {})
            if not isinstance(data, Mapping) or not isinstance(metadata, Mapping):
                raise TypeError("no mapping of MIME types")
            yield from self.bundle(data, metadata)

    def bundle(self, data: Mapping[str, object], metadata: Mapping[str, object]) -> Iterator[Block]:
        """The blocks of a MIME bundle, by the richest form that the page knows."""
        rows = data.get(ROWS)
        if FIGURE in data:
            drawing = Drawing.of(data)
            self.colours.note(drawing.wide)
            self.colours.note(drawing.narrow)
            made = blocks.chart(drawing, self.notebook.stem, self.once, self.t, self.record.commit)
            is_reached = f"{self.notebook.stem}/{drawing.id}" in self.record.charts
            own = [said for ref, said in self.record.own.items() if said != ref]
            yield replace(made, own_data=tuple(own)) if is_reached else made
        elif isinstance(rows, Mapping) and rows["table"] == "checks":
            for row in rows["rows"]:
                yield from self.check(self.record.checks[str(row["check_id"])])
        elif "text/html" in data:
            yield blocks.markup(str(data["text/html"]), self.href, self.t.language)
        elif rows is None:
            yield from self.plain(data, metadata)

    def plain(self, data: Mapping[str, object], metadata: Mapping[str, object]) -> Iterator[Block]:
        """The block of an output that is neither chart nor rows nor HTML."""
        if SVG in data:
            yield blocks.Picture(svg=enclosed(str(data[SVG])))
        elif "image/png" in data:
            of_png = metadata.get("image/png")
            alt = of_png.get("alt") if isinstance(of_png, Mapping) else None
            yield blocks.Picture(
                png=str(data["image/png"]).replace("\n", ""), alt=str(alt or data.get("text/plain", ""))
            )
        elif found := data.get("text/markdown") or data.get("text/latex"):
            yield blocks.Prose(self.prose(str(found)))
        elif "text/plain" in data:
            yield blocks.Text(_plain(data["text/plain"]))

    def check(self, check: CheckRow) -> Iterator[Block]:
        """The cards that stand at a check, or the check itself where it set no verdict of theirs."""
        is_told = False
        for claim_id in self.record.cards_at.get(check.check_id, ()):
            if self.once(f"claim-{claim_id}"):
                for again in self.record.repetitions.get(claim_id, ()):
                    self.once(f"claim-{again.claim_id}")
                card = cards.card(claim_id, self.record, self.t, self.reading)
                is_told |= card.proof is not None and card.proof.check_id == check.check_id
                yield blocks.Claim(card)
        if not is_told:
            yield self.checked(check)

    def checked(self, check: CheckRow) -> blocks.Checked:
        """A check that set no verdict, with what it said in the end."""
        row = self.record.claims.get(check.claim_id)
        remark = next((r for r in row.remarks if r.check_id == check.check_id), None) if row else None
        made = proof(check, row, self.t, remark)
        return blocks.Checked(
            self.once(made.anchor),
            made,
            cards.metric(row, self.t.language) if row else check.claim_id,
            periods.span(row.period, self.t.language) if row else "",
            self.href(check.claim_id),
            self.t.place(row.section, row.exhibit) if row else "",
        )

    def once(self, anchor: str) -> str:
        """The anchor on its first use on the page, nothing afterwards: an id is unique."""
        if not anchor or anchor in self.anchors:
            return ""
        self.anchors.add(anchor)
        return anchor

    def href(self, claim_id: str) -> str:
        """The way to a claim from this page; nothing for one that stands nowhere."""
        return way(self.variant, self.record, claim_id, self.notebook.stem)


def _plain(text: object) -> str:
    """Printed text without colours, and without other characters that mean something to terminals only."""
    return _CONTROL.sub("", strip_ansi(str(text)))


def _said(error: Exception) -> str:
    return shortened(f"{type(error).__name__}: {error}")


def _texts(cell: Cell) -> Iterator[str]:
    """What a reader sees of a cell as text: prose or code, and its outputs in words."""
    yield cell["source"]
    for output in cell.get("outputs", []):
        data = output.get("data") or {}
        for found in (
            output.get("text"),
            output.get("evalue"),
            data.get("text/html"),
            data.get("text/markdown"),
            data.get("text/plain"),
        ):
            if isinstance(found, str):
                yield found


def way(variant: Variant, record: Record, claim_id: str, here: str = "") -> str:
    """The way to a claim's card from the page of a notebook, or from outside; else to where it stands with what would settle it."""
    home = record.home(claim_id)
    if not home or claim_id not in record.claims:
        return ""
    anchor = "claim" if record.first(claim_id) in record.stands else "unheard"
    return f"{'' if home == here else variant.page(home)}#{anchor}-{claim_id}"


def _unbroken(title: str) -> str:
    """A title in which number and per cent sign, 图 and its number, stay on one line."""
    return re.sub(r"(?<=[图表第])(?=\d)", "\u2060", title.replace(" %", "\u00a0%"))
