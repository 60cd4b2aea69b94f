"""A census of the numbers in an English text: figures, number words and dates, with hedge words and units.

It reads what statistical releases print; numbers spelled out otherwise (twenty-one, a dozen) are not listed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from analysis import words
from analysis.census.coverage import Claim
from analysis.census.expression import Expression, Kind

_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
# 15 February 2024, February 15, 2024, Feb. 2024, 2024, 2024-25, Q3 2024; not 2,024 and not 2024 GW
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}\s+{_MONTH}\.?(?:,?\s+(?:19|20)\d\d)?|{_MONTH}\.?\s+\d{{1,2}}(?:,\s*(?:19|20)\d\d)?|{_MONTH}\.?\s+(?:19|20)\d\d"
    r"|Q[1-4](?:\s+(?:19|20)\d\d)?|(?:19|20)\d\d(?:[-–]\d\d(?:\d\d)?)?)(?![\d,.]*\d)(?!\s*(?:%|[GMk]?W\b))",
    re.IGNORECASE,
)
# 1st, 22nd, No. 4, Figure 3, Table 2
_ORDINAL = re.compile(r"\b(?:\d+(?:st|nd|rd|th)|(?:Figure|Table|No\.|Section)\s*\d+)\b")
# 62.8, 1,234.5, −3; not the 64 of x64 and not 1.2.3
_NUMBER = r"(?<![\w.,])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d.,]*\d)"
_UNIT = r"%|percentage\s+points?\b|per\s*cent\b|(?:trillion|billion|million|thousand)\b|[A-Za-z]+"
_SHORT = {
    "percent": "%", "per cent": "%", "percentage points": "pp", "percentage point": "pp", "gigawatts": "GW",
    "gigawatt": "GW", "megawatts": "MW", "megawatt": "MW",
}  # fmt: skip


def is_english(text: str) -> bool:
    """Whether a text is to be read as English: it has words in Latin letters and no Chinese ones.

    >>> is_english("plan to add 62.8 GW"), is_english("增长5%")
    (True, False)
    """
    return bool(re.search(r"[A-Za-z]{3}", text)) and not re.search(r"[\u4e00-\u9fff]", text)


def scan(text: str) -> list[Expression]:
    """Every number of the text, in its order.

    >>> [(e.hedge, e.value, e.unit, e.kind) for e in scan("about 55% more than the 40.4 GW added in 2023")]
    [('about', '55', '%', 'quantity'), ('', '40.4', 'GW', 'quantity'), ('', '2023', '', 'date')]
    """
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    found: list[Expression] = []
    taken = [False] * (len(text) + 1)
    for kind, match in _matches(text):
        if any(taken[match.start() : match.end()]):
            continue
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
        found.append(_expression(kind, match, starts))
    return sorted(found, key=lambda e: e.start)


def _matches(text: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    dated: tuple[tuple[Kind, re.Pattern[str]], ...] = (("date", _DATE), ("ordinal", _ORDINAL))
    for kind, pattern in dated:
        for match in pattern.finditer(text):
            yield kind, match
    for match in _quantity().finditer(text):
        yield "quantity", match


def _quantity() -> re.Pattern[str]:
    pack = words.pack("en")
    hedges = sorted(pack["hedges"], key=len, reverse=True)
    named = "|".join(sorted(pack["numbers"], key=len, reverse=True))
    hedge = "|".join(re.sub(" ", r"\\s+", h) for h in hedges)
    return re.compile(
        rf"(?:\b(?P<hedge>{hedge})\s+)?(?:(?P<number>{_NUMBER})(?:\s*(?P<unit>{_UNIT}))?|\b(?P<word>{named})\b)",
        re.IGNORECASE,
    )


def _expression(kind: Kind, match: re.Match[str], starts: list[int]) -> Expression:
    line = bisect_right(starts, match.start())
    groups = match.groupdict()
    value = groups.get("number") or groups.get("word") or ("" if kind == "quantity" else match[0])
    unit = " ".join((groups.get("unit") or "").split())
    return Expression(
        line, match.start() - starts[line - 1] + 1, " ".join(match[0].split()), value.replace(",", ""),
        _SHORT.get(unit.lower(), unit), " ".join((groups.get("hedge") or "").lower().split()), kind, match.start(),
        match.end(),
    )  # fmt: skip


def cover(expressions: Iterable[Expression], text: str, claims: Iterable[Claim]) -> list[Expression]:
    """The expressions, each with the ids of the claims whose quote it stands in and whose number it is."""
    places = [
        (match.start(), match.end(), claim)
        for claim in claims
        for match in re.finditer(r"\s+".join(map(re.escape, claim.quote.split())) or r"(?!)", text)
    ]
    return [
        replace(
            e,
            claims=tuple(
                dict.fromkeys(
                    c.claim_id for begin, end, c in places if _overlaps(e, begin, end) and _says(c, e)
                )
            ),
        )
        for e in expressions
    ]


def _overlaps(e: Expression, begin: int, end: int) -> bool:
    return e.kind == "quantity" and e.start < end and begin < e.end


def _says(claim: Claim, e: Expression) -> bool:
    return claim.printed.replace(",", "").lower() == e.value.lower()
