"""The index: findings, verdict counts, scorecard, exhibits, parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.report import cells
from analysis.report.findings import Finding as Contradiction
from analysis.report.findings import findings
from analysis.report.rows import FORM_VERDICTS, GROUNDS, KINDS, CheckRow, ClaimRow
from analysis.site import bars, cards, source, svg
from analysis.site.bars import VERDICTS
from analysis.site.page import Page, Scores
from analysis.site.source import Row, Run, Variant
from analysis.site.voice import Voice

SHOWN = 8
"""How many findings stand open; the others are folded."""
ORDER = (*VERDICTS, *FORM_VERDICTS)


@dataclass(frozen=True)
class Finding:
    """A contradicted claim, the card of the check behind it where there is one, the way to it, and all its places."""

    claim: ClaimRow
    card: cards.Card | None
    metric: str
    period: str
    printed: str
    other: str
    why: str
    href: str
    places: list[str]


@dataclass(frozen=True)
class Tally:
    """A group of claims: its name, verdict → count, and the counts as a bar."""

    name: str
    counts: Counter[str]
    bar: str


def model(run: Run, variant: Variant, pages: Sequence[Page], scores: Scores) -> dict[str, Any]:
    """What the template of the index needs."""
    t = variant.voice
    behind = {(card.claim_id, card.check_id): card for page in pages for card in page.cards}
    claims = list(scores.claims.values())
    rows = [
        _score(claim, behind.get((claim.claim_id, claim.check_id)), scores, variant, t) for claim in claims
    ]
    rows.sort(key=lambda row: ORDER.index(row["verdict"]))
    counted = [row for row in rows if row["is_counted"]]
    totals = Counter(row["verdict"] for row in counted)
    return {
        "claims": rows,
        "counted": len(counted),
        "repeated": sum(bool(c.repeats) and not c.is_form for c in claims),
        "of_form": Counter(c.verdict for c in claims if c.is_form and not c.repeats),
        "lead": _lead(variant, len(rows)),
        "is_swept": any(row["robust"] for row in rows),
        "totals": totals,
        "total_bar": bars.stacked_bar(totals, sum(totals.values())),
        "findings": found(pages, scores, variant, t),
        "shown": SHOWN,
        "exhibits": [
            _exhibit(row, pages, counted, variant, t) for row in source.listed(run, variant, "exhibits")
        ],
        **_tallies(counted, t),
        "choices": _choices(rows, t),
        "parameters": parameters(pages),
        "changed": [p for p in parameters(pages) if p["value"] != p["default"]],
        "versions": run.versions,
    }


def found(pages: Sequence[Page], scores: Scores, variant: Variant, t: Voice) -> list[Finding]:
    """Contradicted claims: flipped conclusions first, then by how far off; repetitions and pairs once, with all places."""
    behind = {(card.claim_id, card.check_id): card for page in pages for card in page.cards}
    checks = cells.read_all(CheckRow, variant.rows("checks"), "checks")
    return [_finding(one, behind, scores, variant, t) for one in findings(scores.claims.values(), checks)]


def _finding(
    one: Contradiction,
    behind: Mapping[tuple[str, str], cards.Card],
    scores: Scores,
    variant: Variant,
    t: Voice,
) -> Finding:
    claim, also = one.claim, one.also
    again = [c for c in scores.claims.values() if c.repeats == claim.claim_id and c.verdict == claim.verdict]
    places = [t.place(c.section, c.exhibit) for c in (claim, *([also] if also else []), *again)]
    return Finding(
        claim,
        behind.get((claim.claim_id, claim.check_id)),
        cards.metric(claim, variant.language),
        cards.period(claim.period, variant.language),
        cards.printed_reading(claim, variant.language) or cards.printed_text(claim),
        cards.printed_text(also) if also else "",
        cards.reason(claim, t),
        _href(claim.claim_id, scores, variant),
        list(dict.fromkeys(places)),
    )


def _href(claim_id: str, scores: Scores, variant: Variant) -> str:
    stem = scores.where.get(claim_id, "")
    return f"{variant.page(stem)}#claim-{claim_id}" if stem else ""


def _lead(variant: Variant, claims: int) -> str:
    """The first paragraph: the report's own, else how many statements there are; nothing where there is neither."""
    t = variant.voice
    if t.own.lead:
        return t.own.lead.format(claims=claims)
    return t("index.lead", claims=claims) if claims else ""


def _score(
    claim: ClaimRow, card: cards.Card | None, scores: Scores, variant: Variant, t: Voice
) -> dict[str, Any]:
    """A row of the scorecard: the claim's verdict, and the evidence of the check behind it."""
    tried = cards.robustness(scores.swept.get(claim.claim_id))
    is_decided = claim.verdict != "unchecked"
    return {
        "claim_id": claim.claim_id,
        "verdict": claim.verdict,
        "section": claim.section,
        "kind": claim.kind,
        "ground": claim.ground or "none",
        "exhibit": claim.exhibit,
        "is_counted": not claim.repeats and not claim.is_form,
        "metric": cards.metric(claim, variant.language),
        "period": cards.period(claim.period, variant.language),
        "printed": cards.printed_text(claim),
        "computed": card.computed if card and is_decided else "",
        "range": card.computed_range if card and is_decided else "",
        "place": t.place(claim.section, claim.exhibit),
        "href": _href(claim.claim_id, scores, variant),
        "note": cards.reason(claim, t) if claim.verdict in ("unchecked", "consistent") else "",
        "robust": tried.kind if tried else "",
        "turns": t("robust.turns", names=", ".join(tried.flips)) if tried and tried.flips else "",
    }


def _tallies(rows: Sequence[Mapping[str, Any]], t: Voice) -> dict[str, list[Tally]]:
    sections = sorted({row["section"] for row in rows}, key=lambda s: (s == "preface", _numbers(s)))
    kinds = [k for k in KINDS if any(row["kind"] == k for row in rows)]
    bases = [g for g in (*GROUNDS, "none") if any(row["ground"] == g for row in rows)]

    def group(column: str, values: Iterable[str], name: Any) -> list[Tally]:
        counted = [(v, Counter(row["verdict"] for row in rows if row[column] == v)) for v in values]
        largest = max((sum(c.values()) for _, c in counted), default=0)
        return [Tally(name(v), c, bars.stacked_bar(c, largest)) for v, c in counted]

    return {
        "by_section": group("section", sections, lambda s: t.place(s, "")),
        "by_kind": group("kind", kinds, lambda k: t(f"kind.{k}")),
        "by_ground": group("ground", bases, lambda g: t(f"ground.{g}")),
    }


def _numbers(section: str) -> tuple[int, ...]:
    return tuple(int(part) for part in section.split(".") if part.isdigit())


def _choices(rows: Sequence[Mapping[str, Any]], t: Voice) -> list[dict[str, Any]]:
    """The filters: name, label and options that occur."""
    sections = sorted({row["section"] for row in rows}, key=lambda s: (s == "preface", _numbers(s)))
    options = {
        "verdict": [(v, t(f"verdict.{v}")) for v in ORDER if any(row["verdict"] == v for row in rows)],
        "section": [(s, t.place(s, "")) for s in sections],
        "kind": [(k, t(f"kind.{k}")) for k in KINDS],
        "ground": [(g, t(f"ground.{g}")) for g in (*GROUNDS, "none")],
    }
    if any(row["robust"] for row in rows):
        options["robust"] = [(k, t(f"robustness.{k}")) for k in ("robust", "fragile", "not exposed")]
    return [{"name": name, "label": t(f"index.{name}"), "options": found} for name, found in options.items()]


def _exhibit(
    row: Row, pages: Sequence[Page], scores: Sequence[Mapping[str, Any]], variant: Variant, t: Voice
) -> dict[str, Any]:
    """An entry of the gallery: a small picture where there is a chart, its title, verdicts, and what is missing."""
    exhibit, status = str(row["exhibit"]), str(row.get("status", ""))
    anchor, stem = t.anchor(exhibit), str(row.get("notebook", ""))
    home = next((p for p in pages if f'id="{anchor}"' in p.body), None)
    home = home or next((p for p in pages if p.notebook.stem == stem), None)
    figures = (figure for p in pages for figure in p.notebook.figures if figure[0].get("exhibit") == exhibit)
    drawing = next((str(facts.get("svg_narrow") or wide) for facts, wide in figures), "")
    href = variant.page(home.notebook.stem) if home else ""
    if home and f'id="{anchor}"' in home.body:
        href += f"#{anchor}"
    return {
        "name": t.exhibit(exhibit),
        "title": str(row.get(f"title_{variant.language}", "")),
        "status": status,
        "missing": str(row.get(f"missing_{variant.language}", "")),
        "picture": svg.thumbnail(drawing, f"thumb-{anchor}") if drawing else "",
        "counts": Counter(score["verdict"] for score in scores if score["exhibit"] == exhibit),
        "href": href,
    }


def parameters(pages: Iterable[Page]) -> list[dict[str, str]]:
    """Every parameter of the run with its value and default, by name; the language of the page itself left out."""
    found: dict[str, dict[str, str]] = {}
    for page in pages:
        for name, (default, value) in page.notebook.parameters().items():
            if name != "language" and (name not in found or value != default):
                found[name] = {"name": name, "value": str(value), "default": str(default)}
    return [found[name] for name in sorted(found)]
