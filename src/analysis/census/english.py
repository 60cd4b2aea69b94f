"""A census of the numbers in an English text: figures, number words and dates, with hedge words and units.

It reads what statistical releases print: figures, numbers in words (one hundred and forty million, two-thirds; a lone "one" counts
nothing), money, ratios and times of day. In a list that prints its unit, its fall or its hedge once, these belong to all members.
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
# in 15 February 2024 | February 15, 2024 | Feb. 2024 | 2024-25 | Q3 2024; not in 2024 GW
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}\s+{_MONTH}\.?(?:,?\s+(?:19|20)\d\d)?|{_MONTH}\.?\s+\d{{1,2}}(?:,\s*(?:19|20)\d\d)?|{_MONTH}\.?\s+(?:19|20)\d\d"
    r"|(?:Q[1-4]|H[12])(?:\s+(?:19|20)\d\d)?|FY ?\d\d(?:\d\d)?(?:[-–/]\d\d(?:\d\d)?)?"
    r"|(?:19|20)\d0s|(?:19|20)\d\d(?:[-–/]\d\d(?:\d\d)?)?)(?![\d,.]*\d)(?!\s*(?:%|[GMk]?W\b))",
    re.IGNORECASE,
)
# in 22nd | No. 4 | Table 2; not in 4 tables
_ORDINAL = re.compile(r"\b(?:\d+(?:st|nd|rd|th)|(?:Figure|Table|No\.|Section)\s*\d+)\b")
# 62.8, 1,234.5, −3; not the 64 of x64 and not 1.2.3
_NUMBER = r"(?<![\w.,])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d.,]*\d)"
# in 10:30 a.m. | at 14:05; not in 3:1
_CLOCK = re.compile(r"(?:\b\d{1,2}[:.]\d\d\s*[ap]\.?m\b\.?|\b\d{1,2}\s?[ap]\.?m\b\.?|(?:(?<=\bat )|(?<=\buntil )|(?<=\bby )|(?<=\bfrom ))\d{1,2}:\d\d(?::\d\d)?\b(?!:)|\b\d{1,2}:\d\d(?=\s*(?:GMT|UTC|ET|CET)\b))", re.IGNORECASE)  # fmt: skip
_MONEY = r"(?:US|HK|A|C|NT)?[$£€¥]|\b(?:USD|EUR|GBP|CNY|RMB|HKD|JPY)(?=\s?\d)"
_NO_UNIT = r"(?!(?:and|or|to|of|in|at|by|for|from|on|with|the|an?|is|was|were|are|than|as|but|while|per|respectively|it|its|that|which|up|down|versus|vs|plus|minus|about|nearly|over|under|times\s+table)\b)"
_UNIT = rf"%|percentage\s+points?\b|per\s*cent\b|(?:trillion|billion|million|thousand)\b|{_NO_UNIT}[A-Za-z]+"
# in fell by | down; not in rose by
_FELL = re.compile(
    r"\b(?:fell|falls?|fallen|dropped|drop|declined?|declin(?:es|ing)|decreased?|shrank|shrunk|slid|slipped|lost|contracted|contraction|tumbled|plunged|reduced|reduction|cut|down|lower|minus)"
    r"(?:\s+(?:by|of))?\s*$",
    re.IGNORECASE,
)
# in , and | –; not in but
_LIST = re.compile(r"\s*(?:,|,?\s*(?:and|or|to)|[-–])\s*")
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
    taken = [False] * len(text)
    for kind, match in _matches(text):
        if any(taken[match.start() : match.end()]):
            continue
        taken[match.start() : match.end()] = [True] * (match.end() - match.start())
        found.append(_expression(kind, match, starts))
    return list(_listed(sorted(found, key=lambda e: e.start), text))


def _listed(found: Iterable[Expression], text: str) -> Iterator[Expression]:
    """Unit, fall and hedge that a list prints once belong to all its members: fell 2.16 and 1.66 percentage points."""
    group: list[Expression] = []
    for each in found:
        if group and not (
            group[-1].kind == each.kind == "quantity"
            and not each.hedge
            and _LIST.fullmatch(text, group[-1].end, each.start)
        ):
            yield from _shared(group)
            group = []
        group.append(each)
    yield from _shared(group)


def _shared(group: list[Expression]) -> list[Expression]:
    if len(group) < 2 or any(e.unit not in ("", group[-1].unit) for e in group):
        return group
    first = group[0]
    falls = first.value.startswith("-") and not first.text.lstrip().startswith(("-", "−"))
    return [
        replace(
            e,
            unit=group[-1].unit,
            hedge=e.hedge or first.hedge,
            value=f"-{e.value}" if falls and not e.value.startswith("-") else e.value,
        )
        for e in group
    ]


def _matches(text: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    dated: tuple[tuple[Kind, re.Pattern[str]], ...] = (
        ("date", _CLOCK),
        ("date", _DATE),
        ("ordinal", _ORDINAL),
    )
    for kind, pattern in dated:
        for match in pattern.finditer(text):
            yield kind, match
    for match in _quantity().finditer(text):
        yield "quantity", match


def _quantity() -> re.Pattern[str]:
    pack = words.pack("en")
    hedges = sorted(pack["hedges"], key=len, reverse=True)
    fractions = [re.sub(" ", r"[\\s-]+", w) for w, value in pack["numbers"].items() if isinstance(value, str)]
    digits, powers = ("|".join(pack["numbers"][part]) for part in ("digits", "powers"))
    spelled = rf"(?:{digits})(?:(?:\s+and\s+|[\s-]+)(?:{digits}|{powers}))*"
    named = "|".join(
        [*sorted(fractions, key=len, reverse=True), rf"(?!(?:one|zero)\b(?![\s-]+(?:{powers})\b)){spelled}"]
    )
    hedge = "|".join(re.sub(" ", r"\\s+", h) for h in hedges)
    return re.compile(
        rf"(?:\b(?P<hedge>{hedge})\s+)?(?:(?:(?P<money>{_MONEY})\s?)?(?P<number>{_NUMBER})(?:\s*(?P<unit>{_UNIT}))?|\b(?P<word>{named})\b)",
        re.IGNORECASE,
    )


def _expression(kind: Kind, match: re.Match[str], starts: list[int]) -> Expression:
    line = bisect_right(starts, match.start())
    groups = match.groupdict()
    value = groups.get("number") or groups.get("word") or ("" if kind == "quantity" else match[0])
    value = " ".join(value.replace("−", "-").split()) if kind == "quantity" else value
    if (
        kind == "quantity"
        and not value.startswith("-")
        and _FELL.search(match.string[max(0, match.start() - 40) : match.start()])
    ):
        value = f"-{value}"
    unit = " ".join((groups.get("unit") or "").split())
    unit = _SHORT.get(unit.lower(), unit)
    if money := groups.get("money"):
        unit = f"{money.upper()} {unit}".strip()
    return Expression(
        line, match.start() - starts[line - 1] + 1, " ".join(match[0].split()), value.replace(",", ""),
        unit, " ".join((groups.get("hedge") or "").lower().split()), kind, match.start(),
        match.end(),
    )  # fmt: skip


def cover(expressions: Iterable[Expression], text: str, claims: Iterable[Claim]) -> list[Expression]:
    """The expressions, each with the ids of the claims whose quote it stands in and whose number it is."""
    places = [
        (match.start(), match.end(), claim)
        for claim in claims
        for match in re.finditer(
            r"\s+".join(map(re.escape, claim.quote.split())) or r"(?!)", text, re.IGNORECASE
        )
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
    return claim.printed.replace(",", "").replace("−", "-").lower().lstrip("-") == e.value.lower().lstrip("-")
