"""Everything in one file: ids made unique, links between pages turned into links within it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial

from analysis.site.frame import SET
from analysis.site.source import Variant

_KEPT = re.compile(r"(claim|unheard|figure|table|check|chart)-")
_ID = re.compile(r'\bid="([^"]+)"')
_USE = re.compile(
    r'\b(id|for|headers|aria-labelledby|aria-describedby|aria-controls)="([^"]+)"|(href="#|url\(#)([^")]+)'
)
_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL)
_SELECTED = re.compile(r"#([^\s{},.:>+~()\[\]#;]+)")


def join(text: str, variant: Variant, articles: Mapping[str, str]) -> str:
    """The rendered single file with the articles of its pages, by name, laid into the places between two `SET`: every id unique, every link
    between pages pointing into the file.

    Anchors of claims (`unheard-…` without a card), figures and tables keep their names where they first occur; other ids get the page's name.
    """
    ways = {variant.page(stem): stem for stem in articles} | {variant.page("index"): "main"}
    parts = [_relinked(part, ways) for part in text.split(SET)]
    seen = set(_ID.findall(parts[0]))
    for n, (stem, article) in enumerate(articles.items()):
        ids = variant.memory.made(("ids", stem), (article,), partial(_ids, article))
        names = _names(ids, stem, seen)
        laid = partial(_laid, article, names, ways)
        parts[2 * n + 1] = variant.memory.made(("single", stem), (article, names, ways), laid)
    return SET.join(parts)


def _ids(article: str) -> list[str]:
    """The ids of an article, in order."""
    return list(dict.fromkeys(_ID.findall(article)))


def _names(ids: Sequence[str], stem: str, seen: set[str]) -> dict[str, str]:
    """Id of an article → its id in the file, which is noted in `seen`."""
    names = {}
    for own in ids:
        kept = _KEPT.match(own) and own not in seen
        names[own] = own if kept else f"{stem}--{own}"
        seen.add(names[own])
    return names


def _laid(article: str, names: Mapping[str, str], ways: Mapping[str, str]) -> str:
    """An article with the ids and the links of the file."""

    def use(match: re.Match[str]) -> str:
        if match[1]:
            return f'{match[1]}="{" ".join(names.get(one, one) for one in match[2].split())}"'
        return f"{match[3]}{names.get(match[4], match[4])}"

    def styled(match: re.Match[str]) -> str:
        """What a cell's own style sheet selects by id goes with the id."""
        return match[1] + _SELECTED.sub(lambda m: f"#{names.get(m[1], m[1])}", match[2]) + match[3]

    return _relinked(_STYLE.sub(styled, _USE.sub(use, article)), ways)


def _relinked(text: str, ways: Mapping[str, str]) -> str:
    """A part of the file whose links to pages lead to where these stand in it; to a place on a page, to that place."""
    for page, place in ways.items():
        text = text.replace(f'href="{page}#', 'href="#').replace(f'href="{page}"', f'href="#{place}"')
    return text
