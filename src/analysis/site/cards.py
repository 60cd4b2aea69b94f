"""A check as a reader sees it: made from its row and from the claim that it checks."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis import words
from analysis.numbers import periods
from analysis.numbers.printed import written
from analysis.site import bars, maths
from analysis.site.voice import Voice

Row = Mapping[str, Any]
_LONE = re.compile(r"[-−]?[\d.,]+( = [-−]?[\d.,]+)?")
_AMOUNT = re.compile(r"([^\d−]*)(−?[\d,.]+)(.*)")


@dataclass(frozen=True)
class Source:
    """One input of a check: its symbol in the formula, what it is, its value, and where it can be looked up."""

    symbol: str
    label: str
    value: str
    publisher: str
    document: str
    edition: str
    url: str
    caveat: str
    claim_id: str


@dataclass(frozen=True)
class Card:
    """A check, ready for the template. HTML in `bar`, `arithmetic` and `formula`; everything else is text."""

    check_id: str
    claim_id: str
    outcome: str
    basis: str
    label: str
    place: str
    metric: str
    period: str
    quote: str
    printed: str
    printed_reading: str
    computed: str
    computed_range: str
    bar: str
    arithmetic: str
    arithmetic_text: str
    formula: str
    inputs: tuple[Source, ...]
    note: str
    decides: bool
    is_decision_error: bool
    gap: float


def truth(value: Any) -> bool:
    """A boolean of a row, whether it came from JSON or from CSV."""
    return value is True or str(value).lower() == "true"


def number(value: Any) -> float | None:
    """A number of a row; None for an empty cell."""
    return None if value is None or value == "" else float(value)


def metric(claim: Row, language: str) -> str:
    """What a claim measures, fit to begin a line; empty when the claim is not known."""
    text = str(claim.get(f"metric_{language}", ""))
    return text[:1].upper() + text[1:]


def period(text: str, language: str) -> str:
    """A period or a span of periods as the reader writes it: 2021 H1, 2021上半年, 2015–2020."""
    return "–".join(periods.label(part, language) for part in text.split("/"))


def decimals_of(printed: str) -> int:
    """How many decimals a printed number has; none for words."""
    match = re.search(r"\.(\d+)", printed)
    return len(match[1]) if match else 0


def printed_text(claim: Row) -> str:
    """The number as the report prints it, hedge and unit included."""
    hedge, printed, unit = (str(claim.get(k, "")) for k in ("hedge", "printed", "unit"))
    return written(printed, unit, hedge)


class Amounts:
    """Writes the numbers of one claim, with decimals that suit how the report prints it."""

    def __init__(self, claim: Row, language: str) -> None:
        self.unit, self.language = str(claim.get("unit", "")), language
        self.decimals = decimals_of(str(claim.get("printed", "")))

    def __call__(self, value: float, digits: int = 0, more: int = 0) -> str:
        """A value in the reader's form: `more` decimals than the report prints, at least `digits` significant ones."""
        places = self.decimals + more
        if value and digits:
            places = max(places, digits - 1 - math.floor(math.log10(abs(value))))
        exact = next((n for n in range(places) if abs(value - round(value, n)) < 1e-9 * abs(value)), places)
        places = max(exact, self.decimals) if not more else exact
        return words.number(value, self.unit, self.language, places).replace("-", "−")

    def apart(self, value: float, other: float) -> str:
        """A value with as many decimals as it takes to tell it from `other`, and at least three digits."""
        texts = [(self(value, 3, n), self(other, 3, n)) for n in (1, 2, 3)]
        return next((own for own, others in texts if own != others), texts[0][0])

    def supported(self, value: float, low: float | None, high: float | None) -> str:
        """A value with the decimals that its own range supports, at least as many as the report prints."""
        width = (high or 0.0) - (low or 0.0)
        if low is None or high is None or width <= 1e-9 * max(abs(low), abs(high)):
            return self(value, 2)
        own = math.ceil(-math.log10(width) - 1e-9)
        return self(value, 2, min(max(own - self.decimals, 0), 3))

    def span(self, low: float, high: float, t: Voice) -> str:
        """A range, with enough decimals that its ends differ; one number where they do not."""
        for more in (1, 2, 3, 4):
            ends = self(low, 2, more), self(high, 2, more)
            if ends[0] != ends[1]:
                return t("check.range", **_shortened(*ends))
        return self(low, 2, 1)


def _shortened(low: str, high: str) -> dict[str, str]:
    """Two amounts without saying currency and unit twice: USD 53.5 to 53.6 billion."""
    first, second = _AMOUNT.fullmatch(low), _AMOUNT.fullmatch(high)
    if first and second and (first[1], first[3]) == (second[1], second[3]) and first[3] != "%":
        return {"low": first[1] + first[2], "high": second[2] + second[3]}
    return {"low": low, "high": high}


def card(row: Row, claim: Row, t: Voice) -> Card:
    """The card of a check. `claim` may be empty: then the card goes without quote and place."""
    language = t.language
    amounts = Amounts({**claim, "unit": row.get("unit", "")}, language)
    low, high, value = (number(row.get(k)) for k in ("computed_low", "computed_high", "computed"))
    printed_low, printed_high = number(row.get("printed_low")), number(row.get("printed_high"))
    reading = _reading(claim, amounts, printed_low, printed_high)
    computed = ""
    if value is not None:
        other = value if printed_low is None else (printed_low + (printed_high or printed_low)) / 2
        is_same = row["outcome"] == "reproduced"
        computed = amounts.supported(value, low, high) if is_same else amounts.apart(value, other)
    wide = low is not None and high is not None and high - low > 1e-9 * max(abs(high), 1e-12)
    formula = str(row.get("formula", ""))
    arithmetic = str(row.get("arithmetic") or formula)
    return Card(
        check_id=str(row["check_id"]),
        claim_id=str(row["claim_id"]),
        outcome=str(row["outcome"]),
        basis=str(row["basis"]),
        label=str(row.get("label", "")),
        place=t.place(str(claim.get("section", "")), str(claim.get("exhibit", ""))),
        metric=metric(claim, language) or str(row["claim_id"]),
        period=period(str(claim.get("period", "")), language),
        quote=str(claim.get("quote", "")),
        printed=printed_text(claim),
        printed_reading=reading,
        computed=computed,
        computed_range=amounts.span(low, high, t) if wide and low is not None and high is not None else "",
        bar=_bar(row, claim, amounts, t),
        # A number by itself is no arithmetic: it stands above already.
        arithmetic="" if value is not None and _lone(arithmetic, formula) else maths.arithmetic(arithmetic),
        arithmetic_text=arithmetic,
        formula=maths.arithmetic(formula, t.family("symbol."))
        if value is not None and formula != "value"
        else "",
        inputs=tuple(_sources(row, t)),
        note=str(row.get("note") or row.get(f"note_{language}") or ""),
        decides=truth(row.get("decides", True)),
        is_decision_error=truth(row.get("is_decision_error", False)),
        gap=abs(number(row.get("gap_pct")) or 0.0),
    )


def _lone(arithmetic: str, formula: str) -> bool:
    return bool(_LONE.fullmatch(arithmetic)) or (formula == "value" and not set(arithmetic) & set("÷×−+"))


@dataclass(frozen=True)
class Robustness:
    """What became of a claim under all tried assumptions. `bar` is HTML; `shares` gives verdict → per cent."""

    kind: str
    universes: int
    shares: dict[str, float]
    flips: tuple[str, ...]
    bar: str

    @property
    def only(self) -> str:
        """The commonest verdict: the only one of a claim that does not turn."""
        return max(self.shares, key=self.shares.__getitem__)


def robustness(claim: Row) -> Robustness | None:
    """The sweep's result for a claim, or None where it was not swept."""
    universes = int(number(claim.get("universes")) or 0)
    if not universes or not claim.get("robust"):
        return None
    shares = {v: 100 * (number(claim.get(f"share_{v}")) or 0.0) for v in bars.VERDICTS}
    flips = tuple(str(claim.get("flips_on") or "").split())
    return Robustness(str(claim["robust"]), universes, shares, flips, bars.stacked_bar(shares, 100))


def _reading(claim: Row, amounts: Amounts, low: float | None, high: float | None) -> str:
    """The printed number in the reader's own notation, where that says more than the report's."""
    try:
        value = float(str(claim.get("printed", "")).replace(",", ""))
    except ValueError:
        return ""
    text = amounts(value)
    return "" if text.replace(",", "") in printed_text(claim).replace(",", "") else text


def _bar(row: Row, claim: Row, amounts: Amounts, t: Voice) -> str:
    names = (
        "printed_low",
        "printed_high",
        "hedged_low",
        "hedged_high",
        "computed_low",
        "computed_high",
        "computed",
    )
    values = [number(row.get(name)) for name in names]
    if any(v is None for v in values):
        return ""
    p_low, p_high, h_low, h_high, c_low, c_high, computed = (float(v or 0.0) for v in values)
    ends = {
        n: amounts(v, 3, 2)
        for n, v in zip(names, (p_low, p_high, h_low, h_high, c_low, c_high), strict=False)
    }
    label = t("check.bar", **{k: v for k, v in ends.items() if not k.startswith("hedged")})
    if (h_low, h_high) != (p_low, p_high):
        label += t("check.bar_hedged", hedged_low=ends["hedged_low"], hedged_high=ends["hedged_high"])
    middle = (p_low + p_high) / 2
    texts = {
        "label": label,
        "printed": amounts.span(h_low, h_high, t),
        "computed": amounts.span(c_low, c_high, t),
    }
    return bars.interval_bar(
        bars.Span(p_low, p_high, middle),
        bars.Span(h_low, h_high, middle),
        bars.Span(c_low, c_high, computed),
        texts,
        str(row["outcome"]),
    )


def _sources(row: Row, t: Voice) -> list[Source]:
    raw = row.get("inputs") or "[]"
    inputs = json.loads(raw) if isinstance(raw, str) else raw
    names = t.family("symbol.")
    return [_source(i, names, t) for i in inputs]


def _numbered(name: str, t: Voice) -> str:
    """An input without a name of its own, `input 2`, in the reader's language; other names as they are."""
    match = re.fullmatch(r"input (\d+)", name)
    return t("input.numbered", number=match[1]) if match else name.replace("_", " ")


def _source(i: Row, names: Mapping[str, str], t: Voice) -> Source:
    ref, unit = str(i.get("ref", "")), str(i.get("unit", ""))
    name = str(i.get("name", ""))
    shown = str(i.get("text") or i.get("value", ""))
    places = decimals_of(shown)
    value = number(i.get("value"))
    publisher = str(i.get("publisher", ""))
    if not publisher and ref.startswith("claim:"):
        publisher = t("check.from_report")
    elif not publisher and ref.startswith("assumption:"):
        publisher = t("check.assumed")
    return Source(
        symbol=names.get(name) or _numbered(name, t),
        label=str(i.get("label", "")),
        value=shown if value is None else words.number(value, unit, t.language, places).replace("-", "−"),
        publisher=publisher,
        document=str(i.get("document", "")),
        edition=str(i.get("edition", "")),
        url=str(i.get("url", "")),
        caveat=str(i.get("caveat", "")),
        claim_id=ref.removeprefix("claim:") if ref.startswith("claim:") else "",
    )
