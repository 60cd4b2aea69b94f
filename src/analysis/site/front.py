"""The model of the index: the result in one sentence, counts, findings, topics, exhibits, the table of all claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.report.findings import Finding as Told
from analysis.report.findings import counted as counted_of
from analysis.report.findings import findings, form
from analysis.report.rows import FORM_VERDICTS, GROUNDS, KINDS, ClaimRow, Robust, Verdict
from analysis.site import bars, cards, svg
from analysis.site.amounts import period
from analysis.site.page import Page, way
from analysis.site.proofs import proof
from analysis.site.record import ExhibitRow, Record, exhibits, rests_on, tally
from analysis.site.source import Drawing, Parameter, Run, Variant
from analysis.site.voice import Voice

SHOWN = 8
"""How many findings stand open; the others are folded."""
LISTED: tuple[str, ...] = (*bars.ORDER, *FORM_VERDICTS)


@dataclass(frozen=True)
class Finding:
    """A contradicted claim in the reader's words, and the way to its card. `arithmetic` is HTML."""

    metric: str
    period: str
    said: str
    why: str
    arithmetic: str
    is_decision_error: bool
    places: Sequence[str]
    href: str


@dataclass(frozen=True)
class Group:
    """A group of claims: its name, verdict → count, and the counts as a bar (HTML)."""

    name: str
    counts: Counter[Verdict]
    bar: str


@dataclass(frozen=True)
class Score:
    """A row of the table of all claims."""

    claim_id: str
    verdict: Verdict
    section: str
    kind: str
    ground: str
    metric: str
    period: str
    printed: str
    found: str
    range: str
    place: str
    href: str
    missing: str
    is_again: bool
    robust: Robust
    turns: str


@dataclass(frozen=True)
class Choice:
    """A filter of the table: its name, its label, and the values that occur with their words."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Entry:
    """An exhibit in the gallery: a small picture (HTML) where there is a chart, its verdicts, and what is missing."""

    name: str
    title: str
    status: str
    missing: str
    picture: str
    counts: Counter[Verdict]
    href: str


@dataclass(frozen=True)
class Overview:
    """What the template of the index needs. `claims` in the table: all; in the counts: each statement once, form apart."""

    lead: str
    result: str
    counted: int
    totals: Counter[Verdict]
    total_bar: str
    apart: Sequence[str]
    findings: Sequence[Finding]
    scores: Sequence[Score]
    groups: Sequence[tuple[str, Sequence[Group]]]
    choices: Sequence[Choice]
    exhibits: Sequence[Entry]
    parameters: Sequence[Parameter]
    versions: Sequence[tuple[str, str]]
    shown: int = SHOWN

    @property
    def is_swept(self) -> bool:
        """Whether a sweep says something of these claims."""
        return any(score.robust for score in self.scores)


def overview(run: Run, variant: Variant, pages: Sequence[Page], record: Record) -> Overview:
    """The model of the index in one language."""
    t, rows = variant.voice, list(record.claims.values())
    counted = counted_of(rows)
    scores = [_score(row, record, variant) for row in rows]
    totals = tally(counted)
    return Overview(
        lead="" if record.unjudged else _lead(t, len(counted)),
        result=_result(counted, t) if counted else "",
        counted=len(counted),
        totals=totals,
        total_bar=bars.stacked_bar(totals, sum(totals.values())),
        apart=_apart(rows, t),
        findings=[_finding(f, record, variant) for f in findings(rows, record.checks.values())],
        scores=sorted(scores, key=lambda s: LISTED.index(s.verdict)),
        groups=_groups(counted, t),
        choices=_choices(scores, t),
        exhibits=[e for row in exhibits(run, variant) if (e := _entry(row, pages, rows, variant)).href],
        parameters=[p for p in variant.parameters if p.name != "language"],
        versions=sorted(run.manifest.versions.items()),
    )


def _lead(t: Voice, claims: int) -> str:
    """What the report is: its own words; nothing where it has none."""
    return t.own.lead.format(claims=claims) if t.own.lead and claims else ""


def _result(counted: Sequence[ClaimRow], t: Voice) -> str:
    """The result in one sentence: on what the verdicts rest."""
    grounds = Counter(rests_on(row) for row in counted)
    parts = {
        "outside": grounds["quoted"] + grounds["recomputed"], "mixed": grounds["mixed"], "own": grounds["own"],
        "nothing": grounds[""],
    }  # fmt: skip
    said = [t(f"index.part.{name}", count=count) for name, count in parts.items() if count]
    return t("index.result", claims=len(counted), parts=t("mark.semicolon").join(said))


def _apart(rows: Iterable[ClaimRow], t: Voice) -> list[str]:
    """What the counts leave out: repetitions, and statements of form with how many of them hold."""
    listed = list(rows)
    apart, again = form(listed), sum(bool(row.repeats) for row in listed)
    said = [t("index.repeats", count=again)] if again else []
    if any(apart.values()):
        said.append(t("index.form", holds=apart["holds"], fails=apart["fails"]))
    return said


def _finding(found: Told, record: Record, variant: Variant) -> Finding:
    """A contradicted claim as the index tells it."""
    t, row = variant.voice, found.claim
    facts = cards.evidence(row, found.check, t, variant.reading)
    said = [_said(row, facts, t)]
    if found.also:
        place = t.place(found.also.section, found.also.exhibit)
        said.append(t("index.also", printed=cards.as_printed(found.also), place=place))
    if facts.difference:
        said.append(facts.difference)
    shown = proof(found.check, row, t) if found.check else None
    again = [t.place(r.section, r.exhibit) for r in record.repetitions.get(row.claim_id, ())]
    return Finding(
        cards.metric(row, t.language), period(row.period, t.language), t("mark.semicolon").join(said),
        cards.why(row, t), shown.arithmetic if shown else "", row.is_decision_error,
        [t.place(row.section, row.exhibit), *again], way(variant, record, row.claim_id),
    )  # fmt: skip


def _said(row: ClaimRow, facts: cards.Evidence, t: Voice) -> str:
    """What is printed, and what stands against it."""
    printed = f"{facts.gloss} ({cards.as_printed(row)})" if facts.gloss else cards.as_printed(row)
    if facts.bar:
        return t("index.against", printed=printed, name=facts.name, found=facts.found)
    said = t("index.says", printed=printed)
    return t("index.found_instead", said=said, found=facts.found) if facts.found else said


def _score(row: ClaimRow, record: Record, variant: Variant) -> Score:
    t = variant.voice
    facts = cards.evidence(row, record.checks.get(row.check_id), t, variant.reading)
    tried = record.robustness(row)
    flips = ", ".join(tried.flips_on.split()) if tried else ""
    return Score(
        claim_id=row.claim_id,
        verdict=row.verdict,
        section=row.section,
        kind=row.kind,
        ground=rests_on(row) or "none",
        metric=cards.metric(row, t.language),
        period=period(row.period, t.language),
        printed=cards.as_printed(row),
        found=facts.found,
        range=facts.range,
        place=t.place(row.section, row.exhibit),
        href=way(variant, record, row.claim_id),
        missing=row.reason if row.verdict == "unchecked" else "",
        is_again=bool(row.repeats),
        robust=tried.robust if tried else "",
        turns=t("robust.turns", names=flips) if flips else "",
    )


def _groups(counted: Sequence[ClaimRow], t: Voice) -> list[tuple[str, Sequence[Group]]]:
    """The counts by section, kind and ground; the key names caption and head of each table."""
    kinds = [k for k in KINDS if any(row.kind == k for row in counted)]
    grounds = [g for g in (*GROUNDS, "") if any(rests_on(row) == g for row in counted)]
    return [
        ("section", _group(counted, _sections(r.section for r in counted), lambda r: r.section, lambda s: t.place(s, ""))),
        ("kind", _group(counted, kinds, lambda r: r.kind, lambda k: t(f"kind.{k}"))),
        ("ground", _group(counted, grounds, rests_on, lambda g: t(f"ground.{g or 'none'}"))),
    ]  # fmt: skip


def _group(
    rows: Sequence[ClaimRow],
    values: Iterable[str],
    key: Callable[[ClaimRow], str],
    name: Callable[[str], str],
) -> list[Group]:
    counts = [(value, tally([row for row in rows if key(row) == value])) for value in values]
    largest = max((sum(c.values()) for _, c in counts), default=0)
    return [Group(name(value), c, bars.stacked_bar(c, largest)) for value, c in counts]


def _sections(found: Iterable[str]) -> list[str]:
    """The sections in the order of the report: those with a number first."""
    return sorted(
        set(found),
        key=lambda s: (not s[:1].isdigit(), tuple(int(p) for p in s.split(".") if p.isdigit()), s),
    )


def _choices(scores: Sequence[Score], t: Voice) -> list[Choice]:
    """The filters, with the options that occur."""
    verdicts = [v for v in LISTED if any(s.verdict == v for s in scores)]
    kinds = [k for k in KINDS if any(s.kind == k for s in scores)]
    grounds = [g for g in (*GROUNDS, "none") if any(s.ground == g for s in scores)]
    options: dict[str, list[tuple[str, str]]] = {
        "verdict": [(v, t(f"verdict.{v}")) for v in verdicts],
        "section": [(s, t.place(s, "")) for s in _sections(s.section for s in scores)],
        "kind": [(k, t(f"kind.{k}")) for k in kinds],
        "ground": [(g, t(f"ground.{g}")) for g in grounds],
    }
    if any(s.robust for s in scores):
        options["robust"] = [(k, t(f"robustness.{k}")) for k in ("robust", "fragile", "not exposed")]
    return [Choice(name, t(f"index.head.{name}"), found) for name, found in options.items()]


def _entry(row: ExhibitRow, pages: Sequence[Page], rows: Sequence[ClaimRow], variant: Variant) -> Entry:
    t = variant.voice
    anchor = t.anchor(row.exhibit)
    home = next((p for p in pages if anchor in p.anchors), None)
    has_place = home is not None
    home = home or next((p for p in pages if p.stem == row.notebook), None)
    drawing = _drawing(row.exhibit, variant)
    href = variant.page(home.stem) if home else ""
    return Entry(
        name=t.exhibit(row.exhibit),
        title=_in(row.title, t.language),
        status=row.status,
        missing=_in(row.missing, t.language),
        picture=svg.thumbnail(drawing.narrow or drawing.wide, f"thumb-{anchor}") if drawing else "",
        counts=tally([claim for claim in rows if claim.exhibit == row.exhibit]),
        href=f"{href}#{anchor}" if has_place else href,
    )


def _drawing(exhibit: str, variant: Variant) -> Drawing | None:
    """The first chart of an exhibit."""
    return next((d for n in variant.notebooks for d in n.drawings if d.exhibit == exhibit), None)


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
