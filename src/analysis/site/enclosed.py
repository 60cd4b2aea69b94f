"""HTML of one cell that stays within it: whatever it leaves open is closed, and what would change the page around it goes."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

_VOID = {
    "area", "br", "col", "embed", "hr", "img", "input", "param", "source", "track", "wbr",
}  # fmt: skip
_OF_THE_PAGE = {
    "html",
    "head",
    "body",
    "main",
    "base",
    "meta",
    "link",
    "frame",
    "frameset",
    "plaintext",
    "title",
}
"""Tags that say something of a whole page, lead away from it, or cannot be closed."""
_CLOSED_BY_THEMSELVES = {
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option", "optgroup", "rt", "rp",
}  # fmt: skip
_RAW = {"script", "style", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript"}
"""What stands in them is text for a browser, up to their end."""
_FOREIGN = {"svg", "math"}
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")


_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL | re.IGNORECASE)
_WIDE = re.compile(
    r"(?:^|[{},;\s>(])(?:html|body|main|header|footer|nav|section|:root|\*)(?=[\s,{.:#\[>)])", re.IGNORECASE
)


def enclosed(source: str) -> str:
    """The source itself where its tags close in order; otherwise with what is missing, and without what is too much.

    Rules of style that reach beyond the cell hold for the cell alone.

    >>> enclosed("<b>a</b>"), enclosed("<div>a</p>"), enclosed("<meta http-equiv=refresh>a")
    ('<b>a</b>', '<div>a</div>', 'a')
    """
    if not _is_whole(source):
        repair = _Repair()
        repair.feed(source)
        source = repair.end()
    return _STYLE.sub(lambda m: f"{m[1]}{_scoped(m[2])}{m[3]}", source) if "<style" in source else source


def _scoped(rules: str) -> str:
    """Rules of style, for the surroundings of their element alone where they name what is of the page.

    >>> _scoped("td { color: red }"), _scoped("body { display: none }"), _scoped("} body { display: none }")
    ('td { color: red }', '@scope { body { display: none } }', '')
    """
    if not _WIDE.search(rules):
        return rules
    depths = list(itertools.accumulate({"{": 1, "}": -1}.get(c, 0) for c in rules))
    is_balanced = min(depths) >= 0 and depths[-1] == 0
    return rules if rules.startswith("@scope {") else f"@scope {{ {rules.strip()} }}" if is_balanced else ""


def _is_whole(source: str) -> bool:
    """Whether every tag is closed in order and none is of the page; a quick look that may say no where all is well."""
    open_tags: list[str] = []
    end = 0
    for match in _TAG.finditer(source):
        if "<!" in source[end : match.start()] or "<?" in source[end : match.start()]:
            return False
        end = match.end()
        name = match[2].lower()
        if _is_of_the_page(name, open_tags) or (name in _RAW and name != "style"):
            return False
        if match[1]:
            if not open_tags or open_tags.pop() != name:
                return False
        elif name not in _VOID and not (
            match[3].endswith("/") and not _FOREIGN.isdisjoint({name, *open_tags})
        ):
            open_tags.append(name)
    return not open_tags and "<" not in source[end:]


def _is_of_the_page(tag: str, open_tags: list[str]) -> bool:
    is_of_drawing = tag == "title" and not _FOREIGN.isdisjoint(open_tags)
    return tag in _OF_THE_PAGE and not is_of_drawing


class _Repair(HTMLParser):
    """Writes the source again, tag by tag, remarks apart, and keeps account of what is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.written: list[str] = []
        self.open_tags: list[str] = []

    def end(self) -> str:
        """All of it, closed."""
        self.close()
        self._close_to(0)
        return "".join(self.written)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """An element begins."""
        if not _is_of_the_page(tag, self.open_tags):
            started = self.get_starttag_text() or ""
            if tag not in _VOID:
                self.open_tags.append(tag)
                started = re.sub(r"/\s*>$", ">", started)
            self.written.append(started)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """`<x/>`: an element of its own in a drawing or formula, the beginning of one in HTML."""
        if not _is_of_the_page(tag, self.open_tags) and not _FOREIGN.isdisjoint({tag, *self.open_tags}):
            self.written.append(self.get_starttag_text() or "")
        else:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """An element ends, and all that it holds; one that never began is passed over."""
        if tag in self.open_tags:
            place = len(self.open_tags) - 1 - self.open_tags[::-1].index(tag)
            self._close_to(place + 1)
            self.open_tags.pop()
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text; a lone `<` is one."""
        raw = bool(self.open_tags) and self.open_tags[-1] in ("script", "style")
        self.written.append(data if raw else data.replace("<", "&lt;"))

    def handle_entityref(self, name: str) -> None:
        """A character by its name."""
        self.written.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A character by its number."""
        self.written.append(f"&#{name};")

    def _close_to(self, depth: int) -> None:
        while len(self.open_tags) > depth:
            tag = self.open_tags.pop()
            if tag not in _CLOSED_BY_THEMSELVES:
                self.written.append(f"</{tag}>")
