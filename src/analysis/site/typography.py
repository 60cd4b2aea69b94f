"""Prose as it is printed: straight quotation marks become curly where the language has them so, a hyphen before a negative
number becomes a minus, quarters and half-years are written as readers write them; code stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from analysis.numbers import periods

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
_PART = r"\d{4}-(?:Q[1-4]|H[12])"
_PERIOD = re.compile(
    rf"(?<![A-Za-z0-9_\-−./=&?#@+%~:])(?:\d{{4}}/)?{_PART}(?:/{_PART})?(?![A-Za-z0-9_/=&@]|[-.][A-Za-z0-9_])"
)
"""A quarter, a half-year or a span of them: not in an id or an address."""
_READ_OUT = frozenset({"aria-label", "alt", "title"})
"""Attributes whose words a reader may hear or see."""
_ATTRIBUTE = re.compile(r"([\w-]+)=\"[^\"]*$")


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
    return _in_texts(source, _NEGATIVE, lambda _: "−")


def readable(text: str, language: str) -> str:
    """A passage with quarters and half-years as readers write them, each on one line.

    >>> readable("loans 2021-Q1, 2020-H1/2021-H1; see loans-2021-Q1.csv", "zh")
    'loans 2021Q1, 2020上半年–2021上半年; see loans-2021-Q1.csv'
    """
    return _PERIOD.sub(lambda m: periods.span(m[0], language).replace(" ", "\u00a0"), text)


def dated(source: str, language: str) -> str:
    """HTML with such quarters and half-years in its texts, and in attributes that are read out; other attributes and code stay.

    >>> dated('<p id="2021-H1" title="2021-H1">2021-H1 <code>2021-H1</code></p>', "zh")
    '<p id="2021-H1" title="2021上半年">2021上半年 <code>2021-H1</code></p>'
    """
    return _in_texts(source, _PERIOD, lambda m: readable(m[0], language), _READ_OUT)


def _in_texts(
    source: str,
    pattern: re.Pattern[str],
    make: Callable[[re.Match[str]], str],
    attributes: Collection[str] = (),
) -> str:
    """HTML in whose texts and these attributes, not in code, something else stands for what a pattern finds."""
    made, last, code = [], 0, [match.span() for match in _CODE.finditer(source)][::-1]
    for match in pattern.finditer(source):
        at = match.start()
        while code and code[-1][1] <= at:
            code.pop()
        if code and code[-1][0] < at:
            continue
        tag = source.rfind("<", 0, at)
        markup = _MARKUP.match(source, tag) if tag >= 0 else None
        if markup and markup.end() > at:
            attribute = _ATTRIBUTE.search(source, tag, at)
            if attribute is None or attribute[1] not in attributes:
                continue
        made += [source[last:at], make(match)]
        last = match.end()
    return "".join([*made, source[last:]])


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
