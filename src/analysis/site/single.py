"""Everything in one file: ids made unique, links between pages turned into links within it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.site.page import Page
from analysis.site.source import Variant

_SECTION = re.compile(
    r'(<article class="topic" id="([^"]+)">)(.*?)(?=<article class="topic" id="|</main>)', re.DOTALL
)
_KEPT = re.compile(r"(claim|unheard|figure|table|check|chart)-")
_ID = re.compile(r'\bid="([^"]+)"')
_USE = re.compile(
    r'\b(id|for|headers|aria-labelledby|aria-describedby|aria-controls)="([^"]+)"|(href="#|url\(#)([^")]+)'
)
_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL)
_SELECTED = re.compile(r"#([^\s{},.:>+~()\[\]#;]+)")


def join(text: str, variant: Variant, pages: Sequence[Page]) -> str:
    """The rendered single file with every id unique and every link between pages pointing into the file.

    Anchors of claims (`unheard-…` without a card), figures and tables keep their names where they first occur; other ids get the page's name.
    """
    seen = (
        set(_ID.findall(text[: text.index('<article class="topic"')]))
        if '<article class="topic"' in text
        else set()
    )

    def renamed(match: re.Match[str]) -> str:
        names = _names(match[3], match[2], seen)
        return match[1] + variant.memory.made(
            ("single", match[2]), (match[3], names), lambda: _renamed(match[3], names)
        )

    return _relinked(_SECTION.sub(renamed, text), variant, pages)


def _names(part: str, stem: str, seen: set[str]) -> dict[str, str]:
    """Id of a part → its id in the file, which is noted in `seen`."""
    names = {}
    for own in dict.fromkeys(_ID.findall(part)):
        kept = _KEPT.match(own) and own not in seen
        names[own] = own if kept else f"{stem}--{own}"
        seen.add(names[own])
    return names


def _renamed(part: str, names: dict[str, str]) -> str:
    """A part with the ids of the file."""

    def use(match: re.Match[str]) -> str:
        if match[1]:
            return f'{match[1]}="{" ".join(names.get(one, one) for one in match[2].split())}"'
        return f"{match[3]}{names.get(match[4], match[4])}"

    def styled(match: re.Match[str]) -> str:
        """What a cell's own style sheet selects by id goes with the id."""
        return match[1] + _SELECTED.sub(lambda m: f"#{names.get(m[1], m[1])}", match[2]) + match[3]

    return _STYLE.sub(styled, _USE.sub(use, part))


def _relinked(text: str, variant: Variant, pages: Sequence[Page]) -> str:
    for made in pages:
        href = variant.page(made.stem)
        text = text.replace(f'href="{href}#', 'href="#').replace(f'href="{href}"', f'href="#{made.stem}"')
    home = variant.page("index")
    return text.replace(f'href="{home}"', 'href="#main"')
