"""Words of another language inside a text, marked for browsers and screen readers: 近一半 on an English page."""

from __future__ import annotations

import html
import re
from functools import cache

from markupsafe import Markup

from analysis import words

_PARTS = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"<(\w+)\b[^/]*(?:/[^/>]+)*>$")
_SILENT = frozenset({"code", "pre", "math", "script", "style", "svg"})


def marked(text: str, language: str) -> Markup:
    """The text as HTML of a page in `language`, runs of words of other languages in elements that say so.

    >>> marked("Gartner (近一半)", "en")
    Markup('Gartner (<span lang="zh-CN">近一半</span>)')
    """
    found = html.escape(text, quote=False)
    for other in (x for x in words.languages() if x != language):
        found = _runs(other).sub(rf'<span lang="{words.tag(other)}">\g<0></span>', found)
    return Markup(found)


def within(source: str, language: str) -> str:
    """HTML of a page in `language` with its texts marked, but for code, formulas, and what names a language itself.

    >>> within("<p>Funding (投入) of <code>投入</code></p>", "en")
    '<p>Funding (<span lang="zh-CN">投入</span>) of <code>投入</code></p>'
    """
    found, inside = [], ""
    for part in _PARTS.split(source):
        if inside:
            inside = "" if part == f"</{inside}>" else inside
        elif part.startswith("<"):
            name = _NAME.match(part)
            inside = name[1] if name and (name[1] in _SILENT or " lang=" in part) else ""
        elif part and not part.startswith("http"):
            part = str(marked(html.unescape(part), language))
        found.append(part)
    return "".join(found)


@cache
def _runs(language: str) -> re.Pattern[str]:
    """Runs of a language's own letters with what stands between them; of a language with spaces two words at least."""
    own = words.pack(language)["language"]
    letter = f"[{own['letters']}]"
    if own.get("spaces"):
        rest = r"[A-Za-z0-9’'.&;-]*"
        return re.compile(rf"(?<![&;A-Za-z0-9])(?<!\d-){letter}{rest}(?:[ ,:/()-]+[A-Za-z0-9]{rest})+")
    return re.compile(
        rf"[《“（]?{letter}(?:[{own['letters']}\w《》“”（）、，。：；·—…%+-]*[{own['letters']}\w》”）%])?"
    )
