"""The verdicts as data that other tools read: a schema.org ClaimReview for each claim, as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TypeAlias

from analysis import words
from analysis.numbers import periods
from analysis.report.rows import CheckRow, ClaimRow, Verdict
from analysis.site import cards
from analysis.site.record import Record
from analysis.site.source import Run, Variant
from analysis.site.voice import Voice

CONTEXT = "https://schema.org"
RATINGS: Mapping[Verdict, int] = {
    "contradicted": 1, "fails": 1, "consistent": 3, "hedged": 4, "reproduced": 5, "holds": 5,
}  # fmt: skip
"""Verdict → its place on a scale from 1 (false) to 5 (true), as ClaimReview asks for; an unchecked claim has none."""
Node: TypeAlias = dict[str, object]


def document(nodes: Iterable[Node]) -> str:
    """The nodes as one JSON-LD document.

    >>> print(document([{"@type": "Claim"}]))
    {"@context":"https://schema.org","@graph":[
    {"@type":"Claim"}
    ]}
    """
    lines = ",\n".join(json.dumps(node, ensure_ascii=False, separators=(",", ":")) for node in nodes)
    return f'{{"@context":"{CONTEXT}","@graph":[\n{lines}\n]}}'


def embedded(nodes: Iterable[Node]) -> str:
    """The same, fit to stand inside a page: nothing in it closes the element, or opens a comment."""
    return document(nodes).replace("<", "\\u003c")


def reviews(run: Run, variant: Variant, record: Record, ways: Mapping[str, str]) -> dict[str, Node]:
    """Claim → its review in one language; addresses are relative to the folder of the pages.

    `ways`: claim → address of its card, empty for one that has none.
    """
    t = variant.voice
    author = run.manifest.project or t.own.title
    found = {}
    for claim_id, row in record.claims.items():
        parts = (row, record.checks.get(row.check_id), ways.get(claim_id, ""), author)
        found[claim_id] = variant.memory.made(("review", claim_id), parts, partial(_review, *parts, t))
    return found


def _review(row: ClaimRow, check: CheckRow | None, way: str, author: str, t: Voice) -> Node:
    facts = cards.evidence(row, check, t)
    told = t("index.about", metric=cards.metric(row, t.language), period=periods.span(row.period, t.language))
    found = f"{facts.name}{t('mark.colon')}{facts.found}{t('mark.stop')}" if facts.found else ""
    missing = f"{t('check.missing')}{t('mark.colon')}{row.reason}" if row.verdict == "unchecked" else ""
    body = t("mark.space").join(filter(None, [found, cards.why(row, t), missing]))
    return _filled(
        {
            "@type": "ClaimReview", "identifier": row.claim_id, "url": way, "inLanguage": words.tag(t.language),
            "claimReviewed": (told if row.period else cards.metric(row, t.language)) + t("mark.colon") + cards.as_printed(row),
            "reviewBody": body, "author": {"@type": "Organization", "name": author}, "reviewRating": _rating(row, t),
            "itemReviewed": _claim(row, t), "isBasedOn": _sources(check),
        }
    )  # fmt: skip


def _rating(row: ClaimRow, t: Voice) -> Node:
    """The verdict in the words of the pages, with its place on the scale."""
    rating: Node = {"@type": "Rating", "alternateName": t(f"verdict.{row.verdict}")}
    if row.verdict in RATINGS:
        rating |= {"ratingValue": RATINGS[row.verdict], "worstRating": 1, "bestRating": 5}
    return rating


def _claim(row: ClaimRow, t: Voice) -> Node:
    """The sentence of the report, and where it stands."""
    by = _filled({"@type": "Organization", "name": t.own.publisher})
    report: Node = {"@type": "Report", "publisher": by, "datePublished": t.report.date}
    place = _filled(
        {"@type": "CreativeWork", "name": t.place(row.section, row.exhibit), "isPartOf": _filled(report)}
    )
    text = row.quote or cards.as_printed(row)
    return _filled({"@type": "Claim", "text": text, "author": by, "appearance": place})


def _sources(check: CheckRow | None) -> list[Node]:
    """The published documents on which a verdict rests, each once."""
    found: dict[tuple[str, str], Node] = {}
    for i in check.inputs if check else ():
        if i.is_published and (i.document or i.url):
            by = _filled({"@type": "Organization", "name": i.publisher})
            node: Node = {"@type": "CreativeWork", "name": i.document, "publisher": by, "url": i.url}
            found.setdefault((i.document, i.url), _filled(node))
    return list(found.values())


def _filled(node: Node) -> Node:
    """A node without what is empty; one of which only the type is left is empty itself."""
    kept = {key: value for key, value in node.items() if value not in ("", [], {}, None)}
    return {} if kept.keys() == {"@type"} else kept
