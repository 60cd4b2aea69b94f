"""Marks as they are printed: straight quotation marks of prose become curly where the language has them so, a hyphen before a
negative number becomes a minus; those of code stay."""

from __future__ import annotations

import re

_BLOCK = r"<(code|pre|kbd|samp|script|style|textarea)\b.*?</\1\s*>|<!--.*?-->"
_CODE = re.compile(_BLOCK, re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(
    _BLOCK + r"|<[a-zA-Z/!][^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>",
    re.DOTALL | re.IGNORECASE,
)
"""What is no prose: elements of code, comments, tags."""
_STRAIGHT = re.compile(r"\"|'|&(?:#34|#39|#x22|#x27|quot|apos);", re.IGNORECASE)
_DOUBLE = {'"', "&#34;", "&#x22;", "&quot;"}
_LEADS = frozenset("([{/—–“‘«")
"""What stands before an opening mark, besides a blank."""
_NEGATIVE = re.compile(r"-(?<![\w\-−–./=&?#+%~:]-)(?=\d)")
"""A hyphen that stands for a minus: not in a date, a range, an id or an address."""


def signed(text: str) -> str:
    """A passage with true minus signs.

    >>> signed("-83% YoY, (-0.5) in 2020-03, pages 4-5")
    '−83% YoY, (−0.5) in 2020-03, pages 4-5'
    """
    return _NEGATIVE.sub("−", text)


def negative(source: str) -> str:
    """HTML with true minus signs in its texts: tags, their attributes, and code stay as they are.

    >>> negative('<td data-n="-1">-1</td><code>-1</code>')
    '<td data-n="-1">−1</td><code>-1</code>'
    """
    made, last, code = [], 0, _spans(_CODE, source)
    for match in _NEGATIVE.finditer(source):
        at = match.start()
        while code and code[-1][1] <= at:
            code.pop()
        tag = source.rfind("<", last, at)
        markup = _MARKUP.match(source, tag) if tag >= 0 else None
        if not (code and code[-1][0] < at) and not (markup and markup.end() > at):
            made += [source[last:at], "−"]
            last = match.end()
    return "".join([*made, source[last:]])


def _spans(pattern: re.Pattern[str], source: str) -> list[tuple[int, int]]:
    """Where it occurs, the last first."""
    return [match.span() for match in pattern.finditer(source)][::-1]


def curled(text: str, ahead: str = "") -> str:
    """A passage with curly marks. ahead: the character before it; empty where it begins.

    >>> curled('The "rider\\'s guide" (\\'RG\\')')
    'The “rider’s guide” (‘RG’)'
    """
    made, last = "", 0
    for match in _STRAIGHT.finditer(text):
        made += text[last : match.start()]
        before, last = made[-1:] or ahead, match.end()
        opens = (not before or before.isspace() or before in _LEADS) and not text[last : last + 1].isspace()
        made += ("“" if opens else "”") if match[0].lower() in _DOUBLE else ("‘" if opens else "’")
    return made + text[last:]


def within(source: str) -> str:
    """HTML with curly marks in its prose: tags, their attributes, and code stay as they are.

    >>> within('<p title="a">"<em>Near</em>" is <code>"near"</code></p>')
    '<p title="a">“<em>Near</em>” is <code>"near"</code></p>'
    """
    made, last, ahead = [], 0, ""
    for match in _MARKUP.finditer(source):
        if match.start() > last:
            text = source[last : match.start()]
            made.append(curled(text, ahead) if _STRAIGHT.search(text) else text)
        # Behind an element a mark closes or is an apostrophe; in one that just began it opens.
        ahead = "x" if match[1] or match[0].startswith("</") else ""
        made.append(match[0])
        last = match.end()
    text = source[last:]
    return "".join([*made, curled(text, ahead)])
