"""The model of the index: the result in one sentence, counts, findings, topics, exhibits, the table of all claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis import words
from analysis.numbers import periods
from analysis.report.consequence import Consequence, filled, ranked, read
from analysis.report.findings import counted as counted_of
from analysis.report.findings import form
from analysis.report.meanings import beside
from analysis.report.rows import (
    FORM_VERDICTS,
    GROUNDS,
    KINDS,
    NUMBERS,
    VERDICTS,
    CheckRow,
    ClaimRow,
    Robust,
    RobustnessRow,
    Verdict,
)
from analysis.site import bars, cards, svg
from analysis.site.memory import Memory
from analysis.site.page import Page, way
from analysis.site.proofs import Places, proof
from analysis.site.record import ExhibitRow, Record, exhibits, rests_on, tally
from analysis.site.source import Drawing, Parameter, Run, Variant
from analysis.site.voice import Voice

SHOWN = 5
"""How many findings stand open; the others are folded."""
NAMED = 2
"""How many publishers a row of the table names."""
LISTED: tuple[str, ...] = (*bars.ORDER, *FORM_VERDICTS)


@dataclass(frozen=True)
class Finding:
    """A contradiction in the reader's words: what is said, what the numbers are, what follows, and where to look.

    `arithmetic` is HTML and stands where no plain words do. `read`: where the deciding numbers were read; `own`: those that the
    report prints itself, each with the way to its card. `cards` are the claims that it tells, each with the way to its
    card; `factors` those of its rank; `reason` the curator's for departing from what is computed.
    """

    id: str
    is_decision_error: bool
    said: str
    numbers: str
    arithmetic: str
    so: str
    places: Sequence[str]
    sources: Sequence[str]
    cards: Sequence[tuple[str, str]]
    read: Places
    own: Sequence[tuple[str, str]]
    factors: tuple[int, int, int]
    score: int
    is_placed: bool
    reason: str


@dataclass(frozen=True)
class Count:
    """A verdict of the summary: how many claims have it, and how many of these on each ground."""

    verdict: Verdict
    count: int
    grounds: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Topic:
    """A notebook on the index: its page, and the chart that tells it as a small picture (HTML) with the way to it."""

    page: Page
    picture: str
    href: str
    title: str


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
    gloss: str
    found: str
    range: str
    place: str
    href: str
    missing: str
    is_again: bool
    robust: Robust
    turns: str
    sources: str
    is_quoted: bool
    """Whether `found` are the words of a document, in its own language."""


@dataclass(frozen=True)
class Choice:
    """A filter of the table: its name, its label, and the values that occur with the words that its column shows or begins with."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    column: int | None
    """Its place in the table; None: it has no column, and each row names its value."""


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
    summary: Sequence[Count]
    total_bar: str
    apart: Sequence[str]
    reckoned: str
    """How the rows of the table come to the count of statements; empty where they are as many."""
    findings: Sequence[Finding]
    topics: Sequence[Topic]
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
    scores = [_scored(row, record, variant) for row in rows]
    totals, thumbs = tally(counted), _Thumbs(variant.memory)
    return Overview(
        lead="" if record.unjudged else _lead(t, len(counted)),
        result=_result(counted, t) if counted else "",
        counted=len(counted),
        summary=[_count(verdict, counted) for verdict in bars.ORDER],
        total_bar=bars.stacked_bar(totals, sum(totals.values())),
        apart=_apart(rows, t),
        reckoned=_reckoned(rows, len(counted), t),
        findings=[_finding(c, record, variant) for c in ranked(rows, record.checks.values(), read(run.data))],
        topics=[_topic(page, variant, thumbs) for page in pages],
        scores=sorted(scores, key=lambda s: LISTED.index(s.verdict)),
        groups=_groups(counted, t),
        choices=_choices(scores, t),
        exhibits=[
            e for row in exhibits(run, variant) if (e := _entry(row, pages, rows, variant, thumbs)).href
        ],
        parameters=[p for p in variant.parameters if p.name != "language"],
        versions=sorted(run.manifest.versions.items()),
    )


def _lead(t: Voice, claims: int) -> str:
    """What the report is: its own words; nothing where it has none."""
    return words.filled(t.own.lead, claims=claims) if t.own.lead and claims else ""


def _result(counted: Sequence[ClaimRow], t: Voice) -> str:
    """The result in one sentence: what holds by published numbers, what by the report's own, what is open."""
    found = Counter((row.verdict, rests_on(row)) for row in counted)
    verdicts = tally(counted)
    own = found["consistent", "own"]
    said = {v: t(f"index.part.{v}", count=verdicts[v]) for v in VERDICTS if verdicts[v]}
    if own:
        said["consistent"] += t("mark.aside", text=t("index.part.own", count=own))
    return t("index.result", claims=len(counted), parts=t("mark.semicolon").join(said.values()))


def _count(verdict: Verdict, counted: Sequence[ClaimRow]) -> Count:
    """A verdict of the summary, with what it rests on."""
    rows = [row for row in counted if row.verdict == verdict]
    grounds = Counter(rests_on(row) for row in rows)
    return Count(verdict, len(rows), [(g, grounds[g]) for g in GROUNDS if grounds[g]])


def _reckoned(rows: Sequence[ClaimRow], counted: int, t: Voice) -> str:
    again = sum(bool(row.repeats) for row in rows)
    counts = {"counted": counted, "form": len(rows) - counted - again, "again": again}
    parts = [t(f"index.reckoned.{name}", count=n) for name, n in counts.items() if n]
    return t("index.rows", count=len(rows), parts=t("mark.comma").join(parts)) if counted < len(rows) else ""


def _apart(rows: Iterable[ClaimRow], t: Voice) -> list[str]:
    """How the printed numbers among the statements fare, and what the counts leave out: repetitions, and statements of form."""
    listed = list(rows)
    apart, again = form(listed), sum(bool(row.repeats) for row in listed)
    numbers = tally([row for row in counted_of(listed) if row.kind in NUMBERS])
    parts = [t(f"answer.part.{v}", count=numbers[v]) for v in VERDICTS if numbers[v]]
    said = (
        [t("index.of_numbers", count=numbers.total(), parts=t("mark.semicolon").join(parts))] if parts else []
    )
    said += [t("index.repeats", count=again)] if again else []
    if any(apart.values()):
        said.append(t("index.form", holds=apart["holds"], fails=apart["fails"]))
    return said


def _finding(found_one: Consequence, record: Record, variant: Variant) -> Finding:
    """A contradiction as the index tells it: in the curator's words, or by the first of its claims."""
    t, row = variant.voice, found_one.curated
    first = found_one.told[0].claim
    facts = cards.evidence(first, found_one.told[0].check, t, variant.reading)

    def number(claim_id: str, form: str) -> str:
        return _number(claim_id, form, record, variant)

    told: Sequence[Mapping[str, str]] = (row.said, row.numbers, row.so) if row else ({}, {}, {})
    said, numbers, so = (filled(_in(texts, t.language), number, len(found_one.told)) for texts in told)
    shown = proof(found_one.told[0].check, first, t) if found_one.told[0].check and not numbers else None
    claims = [f.claim for f in found_one.told]
    checks = [f.check for f in found_one.told if f.check]
    again = [r for claim in claims for r in record.repetitions.get(claim.claim_id, ())]
    return Finding(
        found_one.id,
        any(claim.is_decision_error for claim in claims),
        said or _said(first, facts, found_one.told[0].also, t),
        numbers or _numbers(facts, t),
        shown.arithmetic if shown else "",
        so or cards.why(first, t),
        list(dict.fromkeys(t.place(r.section, r.exhibit) for r in (*claims, *again))),
        publishers(checks) or [t(f"ground.{rests_on(first)}")],
        [(cards.metric(c, t.language), h) for c in claims if (h := way(variant, record, c.claim_id))],
        Places.of(checks),
        [
            (_about(record.claims[i.claim_id], t), h)
            for check in checks
            for i in check.inputs
            if (h := way(variant, record, i.claim_id))
        ],
        (found_one.centrality, found_one.distance, found_one.evidence),
        found_one.score,
        bool(row and row.rank is not None),
        _in(row.reason, t.language) if row else "",
    )


def publishers(checks: Iterable[CheckRow]) -> list[str]:
    """Who published what these checks rest on, each once."""
    return list(dict.fromkeys(i.publisher for check in checks for i in check.inputs if i.is_published))


def _listed(names: Sequence[str], t: Voice) -> str:
    """A few names, and how many more there are."""
    more = [t("index.more_sources", count=len(names) - NAMED)] if len(names) > NAMED else []
    return t("mark.comma").join([*names[:NAMED], *more])


def _about(row: ClaimRow, t: Voice) -> str:
    """What a claim measures, and when."""
    metric, when = cards.metric(row, t.language), periods.span(row.period, t.language)
    return t("index.about", metric=metric, period=when) if when else metric


def _said(row: ClaimRow, facts: cards.Evidence, also: ClaimRow | None, t: Voice) -> str:
    """What is printed, where nobody has put it in plain words."""
    about = _about(row, t)
    printed = f"{facts.gloss} ({cards.as_printed(row)})" if facts.gloss else cards.as_printed(row)
    said = t("index.says", about=about, printed=printed)
    if also:
        said += t("index.also", printed=beside(also, t.language), place=t.place(also.section, also.exhibit))
    return said


def _numbers(facts: cards.Evidence, t: Voice) -> str:
    """What stands against it, where nobody has put it in plain words."""
    if not facts.found:
        return ""
    said = t("index.against", name=facts.name, found=facts.found)
    return t("mark.semicolon").join(filter(None, [said, facts.difference]))


def _number(claim_id: str, form: str, record: Record, variant: Variant) -> str:
    """The number of a claim for a text: as printed in the reader's notation, as found, or a ratio in per cent."""
    row = record.claims.get(claim_id)
    if row is None:
        return ""
    facts = cards.evidence(row, record.checks.get(row.check_id), variant.voice, variant.reading)
    if not form:
        return facts.gloss or cards.as_printed(row)
    if form == "percent":
        return "" if row.evidence is None else words.number(row.evidence * 100, "%", variant.language, 0)
    return facts.found or ("" if row.evidence is None else f"{row.evidence:.3g}")


class _Thumbs:
    """Small pictures of charts: drawn once, used again wherever the page shows the same chart."""

    def __init__(self, memory: Memory) -> None:
        self.drawn: set[str] = set()
        self.memory = memory

    def __call__(self, drawing: Drawing) -> str:
        """The picture as HTML."""
        name = f"thumb-{drawing.id}"
        if name in self.drawn:
            return svg.again(name, drawing.narrow or drawing.wide)
        self.drawn.add(name)
        parts = (drawing.narrow or drawing.wide, name)
        return self.memory.made(name, parts, lambda: svg.thumbnail(*parts))


def _topic(page: Page, variant: Variant, thumbs: _Thumbs) -> Topic:
    """A notebook with its one telling chart."""
    wanted = variant.report.charts.get(page.stem)
    drawings = next((n.drawings for n in variant.notebooks if n.stem == page.stem), [])
    found = next((d for d in drawings if d.id == wanted), drawings[0] if drawings else None)
    href = variant.page(page.stem)
    if found is None:
        return Topic(page, "", href, "")
    return Topic(page, thumbs(found), f"{href}#chart-{found.id}", found.title)


def _scored(row: ClaimRow, record: Record, variant: Variant) -> Score:
    """A row of the table; the one that was made of the same before."""
    check, tried = record.checks.get(row.check_id), record.robustness(row)
    href, names = way(variant, record, row.claim_id), _behind(row, check, record)
    return variant.memory.made(
        ("score", row.claim_id), (row, check, tried, href, names, variant.reading),
        lambda: _score(row, check, tried, href, names, variant),
    )  # fmt: skip


def _behind(row: ClaimRow, check: CheckRow | None, record: Record) -> tuple[str, ...]:
    """Who published what a verdict rests on: where that is published and the check has other statements for its inputs, what
    those rest on."""
    names, asked = list[str](), [check] if check else []
    for one in asked:
        names += publishers([one])
        if rests_on(row) not in ("", "own"):
            premises = (record.claims[i.claim_id].check_id for i in one.inputs if i.claim_id in record.claims)
            found = (record.checks[c] for c in premises if c in record.checks)
            asked += [premise for premise in found if premise not in asked]
    return tuple(dict.fromkeys(names))


def _score(
    row: ClaimRow,
    check: CheckRow | None,
    tried: RobustnessRow | None,
    href: str,
    names: Sequence[str],
    variant: Variant,
) -> Score:
    t = variant.voice
    facts = cards.evidence(row, check, t, variant.reading)
    flips = t("mark.comma").join(map(t.parameter, tried.flips_on.split())) if tried else ""
    return Score(
        claim_id=row.claim_id,
        verdict=row.verdict,
        section=row.section,
        kind=row.kind,
        ground=rests_on(row) or "none",
        metric=cards.metric(row, t.language),
        period=periods.span(row.period, t.language),
        printed=cards.as_printed(row),
        gloss=facts.gloss,
        found=facts.found,
        range=facts.range,
        place=t.place(row.section, row.exhibit),
        href=href,
        missing=row.reason if row.verdict == "unchecked" else "",
        is_again=bool(row.repeats),
        robust=tried.robust if tried else "",
        turns=t("robust.turns", names=flips) if flips else "",
        is_quoted=check is not None and check.way == "text",
        sources=_listed(names, t),
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
    columns = {"verdict": 0, "robust": 4, "ground": 4 + ("robust" in options)}
    columns["section"] = columns["ground"] + 1
    return [
        Choice(name, t(f"index.head.{name}"), found, columns.get(name)) for name, found in options.items()
    ]


def _entry(
    row: ExhibitRow, pages: Sequence[Page], rows: Sequence[ClaimRow], variant: Variant, thumbs: _Thumbs
) -> Entry:
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
        picture=thumbs(drawing) if drawing else "",
        counts=tally([claim for claim in rows if claim.exhibit == row.exhibit]),
        href=f"{href}#{anchor}" if has_place else href,
    )


def _drawing(exhibit: str, variant: Variant) -> Drawing | None:
    """The first chart of an exhibit."""
    return next((d for n in variant.notebooks for d in n.drawings if d.exhibit == exhibit), None)


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
