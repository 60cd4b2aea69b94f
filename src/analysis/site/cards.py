"""The card of a claim: what is printed, the verdict, what it rests on, the evidence, and what else was found."""

from __future__ import annotations

from dataclasses import dataclass

from analysis import words
from analysis.numbers import periods
from analysis.numbers.printed import Interval, Quantity, Reading
from analysis.report.consequence import centrality
from analysis.report.ledger import NEVER_NUMBERS, in_language
from analysis.report.meanings import apart, as_printed, gloss, tongue
from analysis.report.rows import FORM_VERDICTS, NUMBERS, CheckRow, ClaimRow, Robust, RobustnessRow, Verdict
from analysis.site import bars
from analysis.site.amounts import Amounts
from analysis.site.proofs import Places, Proof, found, in_units, proof
from analysis.site.record import Record, rests_on
from analysis.site.voice import Voice, capital

SHOWN = 3
"""How many hosts of repeated numbers are named."""
_BRIEF = 110
"""How many characters of arithmetic a folded card has room for."""


@dataclass(frozen=True)
class Again:
    """Another place where the report says the same, with the verdict of its own digits."""

    claim_id: str
    place: str
    printed: str
    gloss: str
    verdict: Verdict


@dataclass(frozen=True)
class Robustness:
    """What became of a claim under the tried assumptions. `bar` is HTML; `shares` gives verdict → per cent."""

    kind: Robust
    universes: int
    shares: dict[Verdict, float]
    flips: tuple[str, ...]
    bar: str


@dataclass(frozen=True)
class Card:
    """A claim, ready for the template. `bar` is HTML, everything else is text. `tongue` is the language of quote and printed
    value, `said` and `gloss` are what they mean in the reader's.

    `evidence` names what the verdict was set by (recomputed, published, found …), `found` is that value. `others` are
    the checks that did not set the verdict. `own_data`: rows that its user laid over the project's, and that it rests on.
    """

    claim_id: str
    kind: str
    verdict: Verdict
    is_decision_error: bool
    ground: str
    rests: str
    """What its verdict rests on, as rows name it; `ground` in the reader's words."""
    rule: str
    why: str
    missing: str
    place: str
    metric: str
    period: str
    tongue: str
    quote: str
    said: str
    printed: str
    gloss: str
    figure: str
    """The printed number as a line of text names it; empty for words."""
    centrality: int
    evidence: str
    found: str
    range: str
    difference: str
    bar: str
    proof: Proof | None
    others: tuple[Proof, ...]
    again: tuple[Again, ...]
    robustness: Robustness | None
    own_data: tuple[str, ...] = ()
    repeated: str = ""
    """The hosts on which the numbers that set the verdict were read, where these are not the releases themselves."""

    @property
    def anchor(self) -> str:
        """Its place on a page."""
        return f"claim-{self.claim_id}"


def metric(row: ClaimRow, language: str) -> str:
    """What a claim measures, fit to begin a line; its id where the ledger does not say it."""
    return capital(in_language(row.metric, language) or row.claim_id)


def quantity(row: ClaimRow, reading: Reading | None) -> Quantity | None:
    """The printed number of a claim under the run's reading; None where it has none to be held against numbers."""
    if row.kind in NEVER_NUMBERS or not (row.kind in NUMBERS or row.kind == "forecast"):
        return None
    parsed = Quantity.parse(
        row.printed, row.unit, row.hedge, reading, words=row.kind not in NUMBERS, kind=row.kind
    )
    return parsed if parsed.value is not None else None


def card(claim_id: str, record: Record, t: Voice, reading: Reading | None = None) -> Card:
    """The card of a claim that is the first to state it."""
    row = record.claims[claim_id]
    check = record.checks.get(row.check_id)
    own = next((r for r in row.remarks if r.check_id == row.check_id), None)
    facts = evidence(row, check, t, reading)
    return Card(
        claim_id=claim_id,
        kind=row.kind,
        verdict=row.verdict,
        is_decision_error=row.is_decision_error,
        ground=t(f"ground.{ground}") if (ground := rests_on(row)) else "",
        rests=ground,
        rule=rule(row, t),
        why=why(row, t),
        missing=row.reason if row.verdict == "unchecked" else "",
        place=t.place(row.section, row.exhibit),
        metric=metric(row, t.language),
        period=periods.span(row.period, t.language),
        tongue=tongue(row, t.report.printed_in),
        quote=row.quote,
        said=row.said.get(t.language, ""),
        printed=as_printed(row),
        gloss=facts.gloss,
        figure=(facts.gloss or as_printed(row)) if quantity(row, reading) else "",
        centrality=centrality(row, record.repetitions),
        evidence=facts.name,
        found=facts.found or _briefly(row, check, t),
        range=facts.range,
        difference=facts.difference,
        bar=facts.bar,
        proof=proof(check, row, t, own) if check else None,
        others=_others(row, record, t),
        again=tuple(
            Again(r.claim_id, t.place(r.section, r.exhibit), as_printed(r), gloss(r, t.language), r.verdict)
            for r in record.repetitions.get(claim_id, ())
        ),
        robustness=robustness(record.robustness(row), t),
        own_data=record.own_data(row),
        repeated=repeated(check, t),
    )


def _briefly(row: ClaimRow, check: CheckRow | None, t: Voice) -> str:
    """The arithmetic of words where it is short: 27.2 > 10. What a sentence lists itself is counted in the open card."""
    is_brief = check is not None and len(check.arithmetic) <= _BRIEF and row.verdict not in FORM_VERDICTS
    if not check or not is_brief:
        return ""
    units = in_units(check, t)
    return check.arithmetic + (t("mark.aside", text=units) if units else "")


def repeated(check: CheckRow | None, t: Voice) -> str:
    """On which hosts a check's numbers were read where somebody repeats them; a source decides by what was read there."""
    hosts = list(Places.of([check]).repeats) if check else []
    more = [t("index.more_sources", count=len(hosts) - SHOWN)] if len(hosts) > SHOWN else []
    return t("mark.comma").join([*hosts[:SHOWN], *more])


def rule(row: ClaimRow, t: Voice) -> str:
    """The rule that set the verdict, with what holds it down: who decides is not all, where a verdict is no more than consistent."""
    said = [words.label(f"rule_{row.rule.replace('-', '_')}", t.language) if row.rule else ""]
    if row.caps:
        caps = t("mark.and").join(words.label(f"cap_{cap}", t.language) for cap in row.caps.split())
        said.append(t("check.capped", caps=caps))
    return t("mark.space").join(filter(None, said))


def why(row: ClaimRow, t: Voice) -> str:
    """The rule that set the verdict, and how good the evidence is."""
    graded = t("check.graded", grade=words.label(f"grade_{row.grade}", t.language)) if row.grade else ""
    return t("mark.space").join(filter(None, [rule(row, t), graded]))


def _others(row: ClaimRow, record: Record, t: Voice) -> tuple[Proof, ...]:
    """The checks that did not set the verdict, each with what it said in the end."""
    heard = [r for r in apart(row) if r.check_id != row.check_id and r.check_id in record.checks]
    return tuple(proof(record.checks[r.check_id], row, t, r) for r in heard)


@dataclass(frozen=True)
class Evidence:
    """What set a verdict, beside what is printed."""

    name: str = ""
    found: str = ""
    range: str = ""
    difference: str = ""
    gloss: str = ""
    bar: str = ""


def evidence(row: ClaimRow, check: CheckRow | None, t: Voice, reading: Reading | None = None) -> Evidence:
    """What set a claim's verdict, as it is shown beside what is printed; the meaning of that in the reader's language."""
    amounts, printed = Amounts(row.printed, row.unit, t, row.kind), quantity(row, reading)
    meaning = gloss(row, t.language)
    if check is None:
        return Evidence(gloss=meaning)
    name = _name(row, check, t)
    if printed is None or printed.value is None or row.evidence is None or check.way != "number":
        return Evidence(name, found(check, row, t) if check.way != "number" else "", gloss=meaning)
    low, high = row.evidence_low, row.evidence_high
    spread = Interval(row.evidence, row.evidence) if low is None or high is None else Interval(low, high)
    is_inside = row.verdict in ("reproduced", "hedged")
    value = (
        amounts.supported(row.evidence, spread) if is_inside else amounts.apart(row.evidence, printed.value)
    )
    hedge = check.inputs[0].hedge if len(check.inputs) == 1 and row.ground == "quoted" else ""
    return Evidence(
        name,
        words.meaning(hedge, value, t.language),
        amounts.span(spread) if spread.width > 1e-9 * max(abs(spread.high), 1e-12) else "",
        "" if row.verdict == "reproduced" or hedge else amounts.difference(row.evidence, printed.value),
        meaning,
        _bar(bars.Ranges(printed.interval, printed.hedged, spread, row.evidence), amounts, name, row, t),
    )


def _name(row: ClaimRow, check: CheckRow, t: Voice) -> str:
    """Whether the evidence was computed, looked up, or found."""
    if check.way in ("text", "event", "rank"):
        return t("check.found")
    return t(f"check.by.{row.ground}") if row.ground else t("check.found")


def _bar(ranges: bars.Ranges, amounts: Amounts, name: str, row: ClaimRow, t: Voice) -> str:
    printed, said = amounts.span(ranges.printed), amounts.span(ranges.found)
    label = t("check.bar", printed=printed, name=name, found=said)
    if ranges.is_blurred:
        label += t("check.bar_hedged", hedged=amounts.span(ranges.hedged))
    texts = {"label": label, "printed": amounts.span(ranges.hedged), "found": said}
    return bars.interval_bar(ranges, texts, row.verdict, amounts.tick)


def robustness(row: RobustnessRow | None, t: Voice) -> Robustness | None:
    """The sweep's result for the template, or None where there is none."""
    if row is None:
        return None
    shares = {v: 100 * float(getattr(row, f"share_{v}")) for v in bars.ORDER}
    return Robustness(
        row.robust,
        row.universes,
        shares,
        tuple(map(t.parameter, row.flips_on.split())),
        bars.stacked_bar(shares, 100),
    )
