"""The table of contents of a printed page: bookmarks from it, and in it the numbers of pages."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ContentStream, DictionaryObject, Fit, IndirectObject, NameObject

_SIZE, _DIGIT, _RISE = 7.5, 0.556, 3
"""Size in points of the numbers of pages, width of a digit in it, height above the lower edge of the link."""

_CONTENTS = re.compile(r'<nav class="paper".*?</nav>', re.DOTALL)
_LINE = re.compile(r'(</?ul\b|<a\b[^>]*?\bhref="#([^"]+)"[^>]*>(.*?)</a>)', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def length(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents: how deep it stands (1 is outermost), the anchor that it leads to, its words."""

    depth: int
    anchor: str
    text: str


def contents(page: str) -> list[Entry]:
    """The table of contents that an HTML page shows on paper, in order: the links in its <nav class="paper">, lists
    within lists. Empty for a page without one."""
    found = _CONTENTS.search(page)
    entries, depth = [], 0
    for tag, anchor, text in _LINE.findall(found[0] if found else ""):
        if anchor:
            words = unescape(_TAG.sub("", text))
            entries.append(Entry(depth, unescape(anchor), " ".join(words.split())))
        else:
            depth += -1 if tag.startswith("</") else 1
    return entries


def bound(pdf: bytes, entries: Sequence[Entry]) -> bytes:
    """A printed page with bookmarks, and with the numbers of pages in its table of contents."""
    reader = PdfReader(io.BytesIO(pdf))
    places = {
        name.removeprefix("/"): (number, place.top)
        for name, place in reader.named_destinations.items()
        if (number := reader.get_destination_page_number(place)) is not None
    }
    writer = PdfWriter(clone_from=reader)
    parents: list[IndirectObject | None] = [None]
    for entry in entries:
        if entry.anchor in places:
            number, top = places[entry.anchor]
            del parents[max(1, entry.depth) :]
            at = Fit.xyz(left=0, top=None if top is None else float(top))
            mark = writer.add_outline_item(
                title=entry.text, page_number=number, parent=parents[-1], fit=at, is_open=False
            )
            parents.append(mark)
    numbers = {entry.anchor: places[entry.anchor][0] + 1 for entry in entries if entry.anchor in places}
    for page in writer.pages[: min(numbers.values(), default=1) - 1]:
        _number(page, numbers)
    writer.page_mode = "/UseOutlines"
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _number(page: PageObject, numbers: Mapping[str, int]) -> None:
    """Write the numbers of pages beside the links of a page of contents, at their right ends."""
    drawn = {}
    for found in page.get("/Annots") or ():
        note = found.get_object()
        number = numbers.get(str(note.get("/Dest", "")).removeprefix("/"))
        if number is not None:
            _, low, right, high = (float(side) for side in note["/Rect"])
            if high - low < _SIZE:
                continue  # what is left of an entry that moved to the next column
            at = right - len(str(number)) * _DIGIT * _SIZE, low + _RISE
            drawn[number, at] = f"1 0 0 1 {at[0]:.2f} {at[1]:.2f} Tm ({number}) Tj"
    resources = cast(DictionaryObject, page["/Resources"].get_object())
    fonts = cast(DictionaryObject, resources.setdefault(NameObject("/Font"), DictionaryObject()).get_object())
    fonts[NameObject("/Numbers")] = DictionaryObject(
        {NameObject(k): NameObject(v) for k, v in (("/Type", "/Font"), ("/Subtype", "/Type1"), ("/BaseFont", "/Helvetica"))}
    )  # fmt: skip
    before = page.get_contents()
    stream = ContentStream(None, None)
    lines = "\n".join(drawn.values())
    text = f"/Artifact BMC BT /Numbers {_SIZE} Tf 0.2 g\n{lines}\nET EMC\n"
    stream.set_data(b"q\n" + (b"" if before is None else before.get_data()) + b"\nQ\n" + text.encode("ascii"))
    page.replace_contents(stream)
