"""A check as a reader sees it: made from its row and from the claim that it checks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from analysis import words
from analysis.numbers import periods
from analysis.numbers.printed import written
from analysis.report.rows import CheckRow, ClaimRow, Input, Outcome, Remark, RobustnessRow
from analysis.site import bars, maths
from analysis.site.voice import Voice

LOOKS: Mapping[Outcome, str] = {
    "in": "reproduced",
    "blurred": "hedged",
    "meets": "consistent",
    "out": "contradicted",
}
"""Outcome of a check → the verdict whose colour it takes, where the check has a say."""
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
    published: str
    attested: str
    url: str
    caveat: str
    claim_id: str


@dataclass(frozen=True)
class Card:
    """A check, ready for the template. HTML in `bar`, `arithmetic` and `formula`; everything else is text.

    `verdict` is the claim's, `says` what this check alone says of it (empty: it has no say), `look` the verdict whose
    colour the evidence takes. `sets` marks the check that set the verdict.
    """

    check_id: str
    claim_id: str
    verdict: str
    says: str
    look: str
    sets: bool
    evidence: str
    outcome: str
    reason: str
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
    formula: str
    inputs: tuple[Source, ...]
    note: str
    is_decision_error: bool
    remarks: tuple[str, ...] = ()


def metric(claim: ClaimRow, language: str) -> str:
    """What a claim measures, fit to begin a line; its id where that is not said in this language."""
    text = claim.metric.get(language) or claim.claim_id
    return text[:1].upper() + text[1:]


def period(text: str, language: str) -> str:
    """A period or a span of periods as the reader writes it: 2021 H1, 2021上半年, 2015–2020."""
    return "–".join(periods.label(part, language) for part in text.split("/"))


def decimals_of(printed: str) -> int:
    """How many decimals a printed number has; none for words."""
    match = re.search(r"\.(\d+)", printed)
    return len(match[1]) if match else 0


def printed_text(claim: ClaimRow) -> str:
    """The number as the report prints it, hedge and unit included."""
    return written(claim.printed, claim.unit, claim.hedge)


class Amounts:
    """Writes the numbers of one claim, with decimals that suit how the report prints it."""

    def __init__(self, unit: str, printed: str, language: str) -> None:
        self.unit, self.language = unit, language
        self.decimals = decimals_of(printed)

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
        """A range, with enough decimals that its ends differ; one number where they do not; open where it has no end."""
        if math.isinf(low) or math.isinf(high):
            return _unbounded(self, low, high, t)
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


def _unbounded(amounts: Amounts, low: float, high: float, t: Voice) -> str:
    """A range without an end: at least USD 3.1 billion."""
    if math.isinf(low) and math.isinf(high):
        return t("check.anything")
    return (
        t("check.at_most", high=amounts(high, 2, 1))
        if math.isinf(low)
        else t("check.at_least", low=amounts(low, 2, 1))
    )


def card(row: CheckRow, claim: ClaimRow | None, t: Voice) -> Card:
    """The card of a check. Without the claim (no ledger) it goes without verdict, quote and place."""
    known = claim or ClaimRow(row.claim_id, "", "", "", "", row.unit, "", "level", "unchecked")
    amounts = Amounts(row.unit or known.unit, known.printed, t.language)
    remark = next((r for r in known.remarks if r.check_id == row.check_id), None)
    says = remark.says if remark else ""
    computed, spread = _evidence(row, amounts, t)
    told = row.arithmetic or row.formula
    is_computed = row.way in ("number", "words")
    return Card(
        check_id=row.check_id,
        claim_id=row.claim_id,
        verdict=known.verdict if claim else "",
        says=says,
        look=LOOKS.get(row.outcome, "unchecked") if says else "unchecked",
        sets=bool(claim) and known.check_id == row.check_id,
        evidence=_graded(row, remark, t),
        outcome=words.label(f"outcome_{remark.outcome if remark else row.outcome}", t.language),
        reason=reason(known, t),
        label=row.label,
        place=t.place(known.section, known.exhibit),
        metric=metric(known, t.language),
        period=period(known.period, t.language),
        quote=known.quote,
        printed=printed_text(known),
        printed_reading=printed_reading(known, t.language),
        computed=computed,
        computed_range=spread,
        bar=_bar(row, amounts, LOOKS.get(row.outcome, "unchecked") if says else "unchecked", t),
        # A number by itself is no arithmetic: it stands above already.
        arithmetic=""
        if computed and _lone(told, row.formula)
        else maths.arithmetic(told)
        if is_computed
        else maths.plain(told),
        formula=maths.arithmetic(row.formula, t.family("symbol."))
        if computed and row.formula != "value"
        else "",
        inputs=tuple(_source(i, t.family("symbol."), t) for i in row.inputs),
        note=row.note,
        is_decision_error=known.is_decision_error,
    )


def _evidence(row: CheckRow, amounts: Amounts, t: Voice) -> tuple[str, str]:
    """The recomputed number and its range as text; both empty for a check of words."""
    if row.computed is None or row.way != "number":
        return "", ""
    low, high = row.computed_low, row.computed_high
    is_wide = low is not None and high is not None and high - low > 1e-9 * max(abs(high), 1e-12)
    spread = amounts.span(low, high, t) if is_wide and low is not None and high is not None else ""
    if low is not None and high is not None and (math.isinf(low) or math.isinf(high)):
        return spread, ""
    middle = (
        row.computed
        if row.printed_low is None
        else (row.printed_low + (row.printed_high or row.printed_low)) / 2
    )
    is_same = row.outcome == "in" or math.isinf(middle)
    return (
        amounts.supported(row.computed, low, high) if is_same else amounts.apart(row.computed, middle)
    ), spread


def _graded(row: CheckRow, remark: Remark | None, t: Voice) -> str:
    """What the evidence is: its grade in words, and why it is only a neighbour where it is one."""
    text = words.label(f"grade_{remark.grade if remark else row.grade}", t.language)
    return f"{text} ({row.because})" if row.because else text


def reason(claim: ClaimRow, t: Voice) -> str:
    """By which rule the verdict stands, and what held it down; for an unchecked claim what would settle it."""
    if claim.verdict == "unchecked" and not claim.check_id:
        return claim.reason
    said = [words.label(f"rule_{claim.rule.replace('-', '_')}", t.language)] if claim.rule else []
    said += [words.label(f"cap_{cap}", t.language) + t("mark.stop") for cap in claim.caps.split()]
    return t("mark.space").join(part[:1].upper() + part[1:] for part in said)


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


def robustness(row: RobustnessRow | None) -> Robustness | None:
    """The sweep's result for a claim, or None where it was not swept."""
    if row is None or not row.robust:
        return None
    shares = {v: 100 * float(getattr(row, f"share_{v}")) for v in bars.VERDICTS}
    return Robustness(
        row.robust, row.universes, shares, tuple(row.flips_on.split()), bars.stacked_bar(shares, 100)
    )


def printed_reading(claim: ClaimRow, language: str) -> str:
    """The printed number in the reader's own notation, where that says more than the report's."""
    try:
        value = float(claim.printed.replace(",", ""))
    except ValueError:
        return ""
    text = Amounts(claim.unit, claim.printed, language)(value)
    return "" if text.replace(",", "") in printed_text(claim).replace(",", "") else text


def _bar(row: CheckRow, amounts: Amounts, look: str, t: Voice) -> str:
    values = (
        row.printed_low,
        row.printed_high,
        row.hedged_low,
        row.hedged_high,
        row.computed_low,
        row.computed_high,
    )
    if row.way != "number" or row.computed is None or any(v is None for v in values):
        return ""
    p_low, p_high, h_low, h_high, c_low, c_high = (0.0 if v is None else v for v in values)
    printed, hedged, computed = (
        amounts.span(*ends, t) for ends in ((p_low, p_high), (h_low, h_high), (c_low, c_high))
    )
    label = t("check.bar", printed=printed, computed=computed)
    if (h_low, h_high) != (p_low, p_high):
        label += t("check.bar_hedged", hedged=hedged)
    middle = (p_low + p_high) / 2
    return bars.interval_bar(
        bars.Span(p_low, p_high, middle),
        bars.Span(h_low, h_high, middle),
        bars.Span(c_low, c_high, row.computed),
        {"label": label, "printed": hedged, "computed": computed},
        look,
    )


def _numbered(name: str, t: Voice) -> str:
    """An input without a name of its own, `input 2`, in the reader's language; other names as they are."""
    match = re.fullmatch(r"input (\d+)", name)
    return t("input.numbered", number=match[1]) if match else name.replace("_", " ")


def _source(i: Input, names: Mapping[str, str], t: Voice) -> Source:
    shown = i.text or f"{i.value:g}"
    if i.publisher:
        publisher = i.publisher
    elif i.ref.startswith(("claim:", "table:")):
        publisher = t("check.from_report")
    else:
        publisher = t("check.assumed") if i.ref.startswith("assumption:") else ""
    return Source(
        symbol=names.get(i.name) or _numbered(i.name, t),
        label=i.label,
        value=_amount(i, shown, t.language),
        publisher=publisher,
        document=i.document,
        edition=i.edition,
        published=i.published,
        attested=t(f"attested.{i.attested}") if i.attested == "loose" else "",
        url=i.url,
        caveat=i.caveat,
        claim_id=i.claim_id,
    )


def _amount(i: Input, shown: str, language: str) -> str:
    """An input as it is printed, its hedge before it; a text input (of an event, a rank) as it stands."""
    if math.isnan(i.value) or not re.search(r"\d", shown):
        return shown
    text = words.number(i.value, i.unit, language, decimals_of(shown)).replace("-", "−")
    return f"{i.hedge} {text}" if i.hedge and i.is_published else text
