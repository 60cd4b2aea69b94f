"""The index: findings, verdict counts, scorecard, exhibits, parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.report.rows import KINDS
from analysis.site import bars, cards, source, svg
from analysis.site.bars import VERDICTS
from analysis.site.page import Page
from analysis.site.source import Row, Run, Variant
from analysis.site.voice import Voice

SHOWN = 8
"""How many findings stand open; the others are folded."""


@dataclass(frozen=True)
class Finding:
    """A contradicted check and the way to it."""

    card: cards.Card
    printed: str
    href: str
    places: list[str]


@dataclass(frozen=True)
class Tally:
    """A group of claims: its name, verdict → count, and the counts as a bar."""

    name: str
    counts: Counter[str]
    bar: str


def model(run: Run, variant: Variant, pages: Sequence[Page], claims: Mapping[str, Row]) -> dict[str, Any]:
    """What the template of the index needs."""
    t = variant.voice
    best = _deciding(pages)
    rows = [_score(claim, best.get(claim_id), pages, variant, t) for claim_id, claim in claims.items()]
    rows.sort(key=lambda row: VERDICTS.index(row["verdict"]))
    totals = Counter(row["verdict"] for row in rows)
    groups = _tallies(rows, t)
    return {
        "claims": rows,
        "lead": _lead(variant, len(rows)),
        "is_swept": any(row["robust"] for row in rows),
        "totals": totals,
        "total_bar": bars.stacked_bar(totals, sum(totals.values())),
        "findings": findings(pages, claims, variant, t),
        "shown": SHOWN,
        "exhibits": [
            _exhibit(row, pages, rows, variant, t) for row in source.listed(run, variant, "exhibits")
        ],
        **groups,
        "choices": _choices(rows, t),
        "parameters": parameters(pages),
        "changed": [p for p in parameters(pages) if p["value"] != p["default"]],
        "versions": run.versions,
    }


def findings(pages: Iterable[Page], claims: Mapping[str, Row], variant: Variant, t: Voice) -> list[Finding]:
    """Contradicted deciding checks: flipped conclusions first, then by how far off; one for each statement.

    A statement that the report makes again stands once, with all its places.
    """
    found: dict[str, Finding] = {}
    for page in pages:
        for card in page.cards:
            if card.outcome == "contradicted" and card.decides:
                anchor = f"{variant.page(page.notebook.stem)}#claim-{card.claim_id}"
                earlier = found.get(card.claim_id)
                if earlier is None or _weight(card) < _weight(earlier.card):
                    found[card.claim_id] = Finding(
                        card, card.printed_reading or card.printed, anchor, [card.place]
                    )
    for claim_id in list(found):
        original = found.get(str(claims.get(claim_id, {}).get("repeats", "")))
        if original and original.card.computed == found[claim_id].card.computed:
            original.places.append(found.pop(claim_id).card.place)
    return sorted(found.values(), key=lambda f: _weight(f.card))


def _weight(card: cards.Card) -> tuple[bool, float]:
    return (not card.is_decision_error, -card.gap)


def _lead(variant: Variant, claims: int) -> str:
    """The first paragraph: the report's own, else how many statements there are; nothing where there is neither."""
    t = variant.voice
    if t.own.lead:
        return t.own.lead.format(claims=claims)
    return t("index.lead", claims=claims) if claims else ""


def _deciding(pages: Iterable[Page]) -> dict[str, cards.Card]:
    """Claim id → the check that set its verdict: the worst deciding one."""
    found: dict[str, cards.Card] = {}
    for card in (card for page in pages for card in page.cards if card.decides):
        earlier = found.get(card.claim_id)
        if earlier is None or VERDICTS.index(card.outcome) < VERDICTS.index(earlier.outcome):
            found[card.claim_id] = card
    return found


def _score(
    claim: Row, card: cards.Card | None, pages: Sequence[Page], variant: Variant, t: Voice
) -> dict[str, Any]:
    """A row of the scorecard. The verdict is the scorecard's own; the recomputed value is that of the check behind it."""
    verdict = str(claim.get("verdict") or (card.outcome if card else "unchecked"))
    bases = [
        b
        for b in ("report", "primary")
        if str(claim.get(f"verdict_{b}", "unchecked")) not in ("unchecked", "")
    ]
    if not bases and card:
        bases = [card.basis]
    claim_id = str(claim["claim_id"])
    stem = pages[0].where.get(claim_id, "") if pages else ""
    tried = cards.robustness(claim)
    return {
        "claim_id": claim_id,
        "verdict": verdict,
        "section": str(claim.get("section", "")),
        "kind": str(claim.get("kind", "")),
        "basis": "both" if len(bases) == 2 else bases[0] if bases else "none",
        "exhibit": str(claim.get("exhibit", "")),
        "metric": cards.metric(claim, variant.language) or claim_id,
        "period": cards.period(str(claim.get("period", "")), variant.language),
        "printed": cards.printed_text(claim),
        "computed": card.computed if card and verdict != "unchecked" else "",
        "range": card.computed_range if card and verdict != "unchecked" else "",
        "place": t.place(str(claim.get("section", "")), str(claim.get("exhibit", ""))),
        "href": f"{variant.page(stem)}#claim-{claim_id}" if stem else "",
        "note": str(claim.get("reason", "")) if verdict == "unchecked" else "",
        "robust": tried.kind if tried else "",
        "turns": t("robust.turns", names=", ".join(tried.flips)) if tried and tried.flips else "",
    }


def _tallies(rows: Sequence[Mapping[str, Any]], t: Voice) -> dict[str, list[Tally]]:
    sections = sorted({row["section"] for row in rows}, key=lambda s: (s == "preface", _numbers(s)))
    kinds = [k for k in KINDS if any(row["kind"] == k for row in rows)]
    bases = [b for b in ("report", "primary", "both", "none") if any(row["basis"] == b for row in rows)]

    def group(column: str, values: Iterable[str], name: Any) -> list[Tally]:
        counted = [(v, Counter(row["verdict"] for row in rows if row[column] == v)) for v in values]
        largest = max((sum(c.values()) for _, c in counted), default=0)
        return [Tally(name(v), c, bars.stacked_bar(c, largest)) for v, c in counted]

    return {
        "by_section": group("section", sections, lambda s: t.place(s, "")),
        "by_kind": group("kind", kinds, lambda k: t(f"kind.{k}")),
        "by_basis": group("basis", bases, lambda b: t(f"basis.{b}")),
    }


def _numbers(section: str) -> tuple[int, ...]:
    return tuple(int(part) for part in section.split(".") if part.isdigit())


def _choices(rows: Sequence[Mapping[str, Any]], t: Voice) -> list[dict[str, Any]]:
    """The filters: name, label and options that occur."""
    sections = sorted({row["section"] for row in rows}, key=lambda s: (s == "preface", _numbers(s)))
    options = {
        "verdict": [(v, t(f"verdict.{v}")) for v in VERDICTS],
        "section": [(s, t.place(s, "")) for s in sections],
        "kind": [(k, t(f"kind.{k}")) for k in KINDS],
        "basis": [(b, t(f"basis.{b}")) for b in ("report", "primary", "none")],
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
