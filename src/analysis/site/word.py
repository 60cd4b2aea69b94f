"""A run as a Word document, for those who must edit: findings, topics with prose, charts and verdicts, method, sources."""

from __future__ import annotations

import datetime
import html
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from analysis import words
from analysis.errors import UserError
from analysis.site import assemble, blocks, brief, crate, frame, front, paper, typography
from analysis.site.cards import Card
from analysis.site.page import Page, Part
from analysis.site.source import Run, Variant
from analysis.site.voice import Voice
from analysis.suite.manifest import distribution
from analysis.writing import write_atomically

_MADE = datetime.datetime(2000, 1, 1)
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_SIZE = re.compile(r'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
_TALLEST = 7000
"""Height in px of what is drawn at once: a browser's surfaces have limits."""
_WIDTH_CM, _CHART_CM = 16.5, 14.0
_NAMED = 5
"""How many statements a line of a topic's answer names."""
_NUMBER = re.compile(r"[-−+]?[\d,.]+%?|–|")
_STYLES = {
    "h2": "Heading 2",
    "h3": "Heading 3",
    "h4": "Heading 4",
    "blockquote": "Quote",
    "pre": "No Spacing",
}
_FONTS = {"zh": "Microsoft YaHei"}


def write(run: Run, variant: Variant, path: Path, folder: Path) -> None:
    """Write a run in one language as DOCX; `folder` is for pages from which charts are drawn.

    UserError when python-docx is not installed, or there is no browser to draw with.
    """
    docx = library()
    made = assemble.model(run, variant)
    writer = _Writer(docx, variant.voice, _drawn(made.shell.pages, folder, words.tag(variant.language)))
    writer.opening(front.overview(run, variant, made.shell.pages, made.record), run.warning(variant.language))
    for page in made.shell.pages:
        writer.topic(page)
    writer.closing(brief.publishers(made.record.claims.values(), made.record.checks))
    write_atomically(path, writer.bytes())


def library() -> Any:
    """python-docx. UserError when it is not installed."""
    try:
        import docx
        import docx.enum.text
        import docx.shared
    except ImportError:
        name = distribution().name
        raise UserError(
            f"DOCX is written by python-docx, which is not installed: pip install '{name}[docx]'."
        ) from None
    return docx


def _charts(pages: Sequence[Page]) -> Iterator[blocks.Chart]:
    for part in (part for page in pages for part in page.parts):
        yield from (b for b in part.blocks if isinstance(b, blocks.Chart))


def _drawn(pages: Sequence[Page], folder: Path, tag: str) -> dict[int, bytes]:
    """The charts of all pages as PNG, by identity; several are drawn on one sheet, which is then cut."""
    from PIL import Image

    sheets: list[list[tuple[blocks.Chart, int, int, int]]] = [[]]
    top = 0
    for chart in _charts(pages):
        size = _SIZE.search(chart.wide)
        width, height = (round(float(side)) for side in size.groups()) if size else (760, 400)
        if top + height > _TALLEST:
            sheets.append([])
            top = 0
        sheets[-1].append((chart, top, width, height))
        top += height
    found = {}
    for sheet in filter(None, sheets):
        width, height = max(w for _, _, w, _ in sheet), sheet[-1][1] + sheet[-1][3]
        body = "".join(
            f'<div style="position:absolute;left:0;top:{y}px;width:{w}px;height:{h}px">{c.wide}</div>'
            for c, y, w, h in sheet
        )
        style = f"/*fonts*/\n{frame.style_sheet()}\n.chart{{display:block;width:100%;height:100%;overflow:visible}}"
        text = f'<!doctype html><html lang="{tag}"><meta charset="utf-8"><style>{style}</style><body>{body}</body></html>'
        page = folder / "charts.html"
        write_atomically(page, frame.finished(text))
        with Image.open(io.BytesIO(paper.picture(page, width, height))) as whole:
            scale = whole.width / width
            for chart, y, w, h in sheet:
                png = io.BytesIO()
                box = (0, round(y * scale), round(w * scale), round((y + h) * scale))
                whole.crop(box).convert("RGB").quantize(128).save(png, "PNG", optimize=True)
                found[id(chart)] = png.getvalue()
    return found


class _Writer:
    """Fills a document, part by part."""

    def __init__(self, docx: Any, t: Voice, pictures: dict[int, bytes]) -> None:
        self.docx, self.t, self.pictures = docx, t, pictures
        self.document = docx.Document()
        section = self.document.sections[0]
        centimetres = docx.shared.Cm
        section.page_width, section.page_height = centimetres(21), centimetres(29.7)
        section.left_margin = section.right_margin = centimetres((21 - _WIDTH_CM) / 2)
        normal = self.document.styles["Normal"]
        normal.font.size = docx.shared.Pt(10)
        if font := _FONTS.get(t.language) or _FONTS.get(t.report.printed_in):
            for style in (s for s in self.document.styles if getattr(s, "font", None) is not None):
                style.element.get_or_add_rPr().get_or_add_rFonts().set(docx.oxml.ns.qn("w:eastAsia"), font)
        facts = self.document.core_properties
        facts.title, facts.author, facts.comments, facts.language = t.own.title, "", t.source, t.language
        facts.created = facts.modified = _MADE
        facts.revision = 1

    def bytes(self) -> bytes:
        """The document, the marks and periods of its prose as they are printed; the same content gives the same bytes."""
        for paragraph in self.document.element.iter(self.docx.oxml.ns.qn("w:p")):
            _print(paragraph, self.t.language, self.docx.oxml.ns.qn)
        made = io.BytesIO()
        self.document.save(made)
        with zipfile.ZipFile(made) as archive:
            return crate.packed({name: archive.read(name) for name in archive.namelist()})

    def opening(self, o: front.Overview, warning: str) -> None:
        """Title, what to be warned of, result, counts and findings."""
        t, add = self.t, self.document.add_paragraph
        self.document.add_heading(t.own.title, 0)
        for text in filter(None, (warning, o.result, o.lead, t.source)):
            add(text)
        rows = [[t(f"verdict.{c.verdict}"), str(c.count), t(f"verdict.what.{c.verdict}")] for c in o.summary]
        if o.scores:
            self.table([], rows, (3.5, 1.5, 11.5))
            self.document.add_heading(t("index.findings_few"), 1)
        for number, finding in enumerate(o.findings, start=1):
            add(f"{number}. {finding.said}", style="List").runs[0].bold = True
            source = t("index.from") + t("mark.colon") + t("mark.comma").join(finding.sources)
            place = t("mark.comma").join(finding.places)
            for text in filter(None, (finding.numbers, finding.so, source, place)):
                add(text, style="List Continue")

    def topic(self, page: Page) -> None:
        """A notebook: its answer, prose, charts, tables, and its verdicts as tables."""
        t = self.t
        self.document.add_heading(f"{page.number} {page.title}", 1)
        for line in page.answer:
            more = max(len(line.cards) - _NAMED, 0) + line.unheard
            named = [f"{card.metric} {card.figure}".strip() for card in line.cards[:_NAMED]]
            found = t("mark.semicolon").join([*named, *([t("answer.more", count=more)] if more > 0 else [])])
            self.document.add_paragraph(
                f"{t(f'answer.{line.key}')}{t('mark.colon')}{found}", style="List Bullet"
            )
        for part in page.parts:
            self.part(part)

    def part(self, part: Part) -> None:
        """A cell: prose, or what its code put out."""
        self.markup(part.prose)
        for block in part.blocks:
            if isinstance(block, blocks.Chart):
                size = self.docx.shared.Cm(_CHART_CM)
                self.document.add_picture(io.BytesIO(self.pictures[id(block)]), width=size)
                self.document.add_paragraph(block.title, style="Caption")
            elif isinstance(block, blocks.Markup | blocks.Prose):
                self.markup(block.html)
        self.cards([b.card for b in part.blocks if isinstance(b, blocks.Claim)])

    def cards(self, cards: Sequence[Card]) -> None:
        """Claims with their verdicts, a row for each."""
        t = self.t
        if not cards:
            return
        head = [
            t("index.head.verdict"),
            t("index.claim"),
            t("index.printed"),
            t("index.found"),
            t("index.place"),
        ]
        rows = [
            [
                t(f"verdict.{c.verdict}"), "\n".join(filter(None, [f"{c.metric} {c.period}".strip(), c.quote, c.said, c.missing or c.why])),
                "\n".join(filter(None, [c.printed, c.gloss])), "\n".join(filter(None, [c.found, c.difference])), c.place,
            ]
            for c in cards
        ]  # fmt: skip
        self.table(head, rows, (2.2, 6.8, 2.6, 2.7, 2.2))

    def closing(self, publishers: Sequence[brief.Publisher]) -> None:
        """Method and sources."""
        t = self.t
        self.document.add_heading(t("brief.how"), 1)
        for name in brief.METHOD:
            self.document.add_paragraph(t(f"brief.method.{name}"), style="List Bullet")
        if publishers:
            self.document.add_heading(t("check.sources"), 1)
            self.document.add_paragraph(t("brief.sources"))
            rows = [[p.name, str(p.numbers), t("mark.semicolon").join(p.documents)] for p in publishers]
            self.table([], rows, (5.0, 1.2, 10.3))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float] = ()) -> None:
        """A table; its head is repeated on every page."""
        lines = [list(head), *map(list, rows)] if head else [list(row) for row in rows]
        columns = max(map(len, lines), default=0)
        if not columns:
            return
        made = self.document.add_table(len(lines), columns, style="Table Grid")
        made.autofit = not widths
        for column, width in zip(made.columns, widths, strict=False):
            column.width = self.docx.shared.Cm(width)  # Word goes by the cells, others by the columns
        body = lines[bool(head) :]
        numeric = [all(_NUMBER.fullmatch(line[n]) for line in body if n < len(line)) for n in range(columns)]
        right = self.docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
        for number, line in enumerate(lines):
            for cell, text, is_number in zip(made.rows[number].cells, line, numeric, strict=False):
                cell.text = text
                if is_number:
                    cell.paragraphs[0].alignment = right
                for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
                    run.font.size, run.bold = self.docx.shared.Pt(8), bool(head) and number == 0
            for cell, width in zip(made.rows[number].cells, widths, strict=False):
                cell.width = self.docx.shared.Cm(width)
        if head:
            properties = made.rows[0]._tr.get_or_add_trPr()
            properties.append(self.docx.oxml.OxmlElement("w:tblHeader"))
        self.document.add_paragraph()

    def markup(self, text: str) -> None:
        """A piece of HTML as paragraphs and tables."""
        reader = _Markup(self)
        reader.feed(_MATH.sub(lambda m: html.escape(linear(m[0])), text))
        reader.close()
        reader.end()


def _print(paragraph: Any, language: str, named: Any) -> None:
    """Make periods of a paragraph readable, and where the language has spaces straight quotation marks curly and hyphens of
    negative numbers minus signs, but for code.
    """
    style = paragraph.find(f"{named('w:pPr')}/{named('w:pStyle')}")
    if style is not None and style.get(named("w:val")) == "NoSpacing":
        return
    ahead = ""
    for node in paragraph.iter(named("w:t")):
        node.text = typography.readable(node.text or "", language)
        if words.spaces(language):
            node.text = typography.curled(typography.signed(node.text), ahead)
        ahead = node.text[-1:] or ahead


class _Markup(HTMLParser):
    """Reads HTML as the pages have it: headings, paragraphs, lists, quotations, tables, emphasis."""

    def __init__(self, writer: _Writer) -> None:
        super().__init__()
        self.writer = writer
        self.pieces: list[tuple[str, bool, bool]] = []
        self.style, self.silent = "", 0
        self.lists: list[int | None] = []  # numbers of the last items, None in a list with bullets
        self.bold = self.italic = 0
        self.rows: list[list[str]] | None = None

    def end(self) -> None:
        """Write the paragraph that has been gathered."""
        texts = [(re.sub(r"\s+", " ", text), bold, italic) for text, bold, italic in self.pieces]
        self.pieces = []
        if not "".join(text for text, _, _ in texts).strip():
            return
        paragraph = self.writer.document.add_paragraph(style=self.style or None)
        for text, bold, italic in texts:
            run = paragraph.add_run(text)
            run.bold, run.italic = bold or None, italic or None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("svg", "style") or (tag == "a" and dict(attrs).get("class") == "anchor"):
            self.silent += 1
        elif tag in ("ul", "ol"):
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "table":
            self.end()
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("th", "td") and self.rows:
            self.rows[-1].append("")
        elif tag in ("strong", "b"):
            self.bold += 1
        elif tag in ("em", "i"):
            self.italic += 1
        elif tag in (*_STYLES, "p", "li", "caption"):
            self.end()
            self.style = _STYLES.get(tag, self.style)
            if tag == "li" and self.lists:
                self.item(self.lists[-1])
            self.bold = int(tag == "caption")

    def item(self, last: int | None) -> None:
        """Begin an item. Its number is text: Word would count on through all lists of the document."""
        self.style = "List Bullet" if last is None else "List"
        if last is not None:
            self.lists[-1] = last + 1
            self.pieces.append((f"{last + 1}. ", False, False))

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag in ("svg", "style", "a"):
            self.silent -= 1
        elif tag in ("ul", "ol") and self.lists:
            self.end()
            self.lists.pop()
            self.style = ""
        elif tag == "table" and self.rows is not None:
            self.writer.table(self.rows[0] if self.rows else [], self.rows[1:])
            self.rows = None
        elif tag in ("strong", "b"):
            self.bold = max(0, self.bold - 1)
        elif tag in ("em", "i"):
            self.italic = max(0, self.italic - 1)
        elif tag in (*_STYLES, "p", "li", "caption"):
            self.end()
            self.bold = 0
            self.style = "" if tag in (*_STYLES, "li") else self.style

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += re.sub(r"\s+", " ", data)
        else:
            self.pieces.append((data, bool(self.bold), bool(self.italic)))


def linear(math: str) -> str:
    """A formula in MathML on one line: fractions with a stroke, powers with ^.

    >>> linear("<math><mfrac><mrow><mi>a</mi><mo>-</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>")
    '(a - b)/2'
    """
    try:
        return re.sub(r"\s+", " ", _line(ET.fromstring(math))).strip()
    except ET.ParseError:
        return re.sub(r"<[^>]*>", " ", math)


def _line(node: ET.Element) -> str:
    tag, parts = node.tag.rsplit("}", 1)[-1], [_line(child) for child in node]
    if tag == "mfrac":
        return "/".join(_held(part) for part in parts)
    if tag in ("msup", "msub"):
        return f"{_held(parts[0])}{'^' if tag == 'msup' else '_'}{_held(parts[1])}"
    if tag == "msqrt":
        return f"√({''.join(parts)})"
    text = (node.text or "").strip() + "".join(parts)
    return f" {text} " if tag == "mo" and text not in "()[]{},." else text


def _held(text: str) -> str:
    """A part of a formula in brackets, unless it is one symbol."""
    text = text.strip()
    return f"({text})" if " " in text else text
