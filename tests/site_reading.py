"""Reads built pages as a browser would, far enough to check ids, links and text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from analysis import reading

_FETCHED = {"src", "srcset", "data", "poster", "action", "formaction", "background"}
_PAINTED = ("placeholder", "data-show", "data-hide", "data-text", "data-none", "data-paper")
_WORDS = ("aria-label", "title", "alt", *_PAINTED)
_SILENT = {"script", "style", "code", "pre"}
_VOID = {"meta", "link", "br", "img", "input", "hr", "source", "wbr"}


@dataclass
class Read:
    """What a page holds: ids, links, things it would fetch, texts with their language, tags that do not match.

    `labels` are words in attributes, `painted` those among them that are drawn.
    """

    ids: Counter[str] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    painted: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Read()
        self.stack: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found.tags[tag] += 1
        if "id" in given:
            self.found.ids[given["id"]] += 1
        if tag in ("a", "use") and "href" in given:
            self.found.links.append(given["href"])
        self.found.fetched += [given[name] for name in given if name in _FETCHED]
        if tag == "link" and given.get("rel") != "alternate":
            self.found.fetched.append(given.get("href", ""))
        self.found.labels += [given[n] for n in _WORDS if given.get(n)]
        self.found.painted += [given[n] for n in _PAINTED if given.get(n)]
        if tag not in _VOID:
            inherited = self.stack[-1][1] if self.stack else ""
            self.stack.append((tag, given.get("lang", inherited)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self.stack or self.stack[-1][0] != tag:
            line, _ = self.getpos()
            self.found.unbalanced.append(
                f"line {line}: </{tag}> closes {self.stack[-1][0] if self.stack else 'nothing'}"
            )
            return
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(tag in _SILENT for tag, _ in self.stack):
            self.found.texts.append((self.stack[-1][1] if self.stack else "", data.strip()))


_CELLS, _ROWS = {"td", "th"}, {"td", "th", "tr"}
_ENDS = {
    "td": _CELLS,
    "th": _CELLS,
    "/tr": _CELLS,
    "tr": _ROWS,
    "/thead": _ROWS,
    "/tbody": _ROWS,
    "/table": _ROWS,
}


def closed(source: str) -> str:
    """A page with the ends of cells and rows that HTML lets a writer leave out (HTML Standard, 13.1.2.4)."""
    found, end, opened = list[str](), 0, list[str]()
    for tag in re.finditer(r"<(/?)(table|thead|tbody|tr|td|th)\b[^>]*>", source):
        found.append(source[end : tag.start()])
        while opened and opened[-1] in _ENDS.get(tag[1] + tag[2], ()):
            found.append(f"</{opened.pop()}>")
        if not tag[1]:
            opened.append(tag[2])
        elif opened and opened[-1] == tag[2]:
            opened.pop()
        end = tag.start()
    return "".join([*found, source[end:]])


def read(path: Path) -> Read:
    """Parse a page; one that is as it was, once."""
    return _read(path, reading.stamp(path.stat()))


@lru_cache(64)
def _read(path: Path, _: object) -> Read:
    reader = _Reader()
    reader.feed(closed(path.read_text(encoding="utf-8")))
    reader.close()
    reader.found.unbalanced += [f"never closed: <{tag}>" for tag, _ in reader.stack]
    return reader.found


def broken_links(folder: Path) -> list[str]:
    """Links between the pages of a folder that lead nowhere, as `page → link`."""
    pages = {path.name: read(path) for path in sorted(folder.glob("*.html"))}
    broken = []
    for name, page in pages.items():
        for link in page.links:
            if link.startswith(("http://", "https://", "data:", "mailto:")):
                continue
            target, _, anchor = link.partition("#")
            there = pages.get(target or name)
            if there is None or (anchor and unquote(anchor) not in there.ids):
                broken.append(f"{name} → {link}")
    return broken
