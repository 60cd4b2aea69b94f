"""Findings: what a contradicted claim looks like to a reader, with its arithmetic, its sources and its distance."""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis import words
from analysis.numbers.printed import Quantity
from analysis.report.computed import shown
from analysis.report.verdict import SEVERITY, is_true

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """One contradicted check of one claim."""

    claim_id: str
    quote: str
    metric: str
    place: str
    printed: str
    recomputed: str
    arithmetic: str
    sources: tuple[str, ...]
    distance: str
    note: str
    basis: str
    notebook: str
    is_decision_error: bool

    def sentence(self, language: str) -> str:
        """The finding in one paragraph."""
        say = words.chooser(language)
        parts = [
            say(f"The report prints {self.printed} ({self.metric}, {self.place}).", f"报告（{self.place}）印作{self.printed}（{self.metric}）。"),
            say(f"Recomputed: {self.arithmetic}.", f"重算：{self.arithmetic}。"),
        ]  # fmt: skip
        if self.distance:
            parts.append(
                say(f"The two lie {self.distance} % of the printed value apart.", f"两者相差所印数值的{self.distance}%。")
            )  # fmt: skip
        if self.sources:
            parts.append(say("From ", "数据：") + "; ".join(self.sources) + say(".", "。"))
        return " ".join([*parts, self.note]).strip()


def findings(claims: Iterable[Row], checks: Iterable[Row], language: str = "en") -> list[Finding]:
    """Contradicted deciding checks, decision errors first, then by distance, then in the order of the report."""
    by_id = {str(c["claim_id"]): (n, c) for n, c in enumerate(claims)}
    wrong = [
        k
        for k in checks
        if k["outcome"] == "contradicted" and is_true(k["decides"]) and str(k["claim_id"]) in by_id
    ]

    def order(k: Row) -> tuple[bool, float, int]:
        gap = float(k["gap_pct"]) if str(k["gap_pct"]) else 0.0
        return (not is_true(k["is_decision_error"]), -gap, by_id[str(k["claim_id"])][0])

    return [_finding(by_id[str(k["claim_id"])][1], k, language) for k in sorted(wrong, key=order)]


def _finding(claim: Row, check: Row, language: str) -> Finding:
    say = words.chooser(language)
    sources = {
        ", ".join(filter(None, (i["publisher"], i["document"]))): None
        for i in json.loads(str(check["inputs"]))
        if i["publisher"]
    }
    gap = str(check["gap_pct"])
    computed = str(check["computed"])
    return Finding(
        claim_id=str(claim["claim_id"]),
        quote=str(claim["quote"]),
        metric=str(claim[f"metric_{language}"]),
        place=say(f"section {claim['section']}", f"第{claim['section']}节")
        + (f", {claim['exhibit']}" if claim["exhibit"] else ""),
        printed=str(Quantity(str(claim["printed"]), None, str(claim["unit"]), str(claim["hedge"]), 0.0)),
        recomputed=f"{shown(float(computed))}{claim['unit']}" if computed else "",
        arithmetic=str(check["arithmetic"]),
        sources=tuple(sources),
        distance=shown(abs(float(f"{float(gap):.3g}"))) if gap and float(gap) else "",
        note=str(check["note"]),
        basis=words.label(str(check["basis"]), language),
        notebook=str(check.get("notebook", "")),
        is_decision_error=is_true(check["is_decision_error"]),
    )


@dataclass(frozen=True)
class Findings:
    """A list of findings as a notebook shows it."""

    items: Sequence[Finding]
    language: str

    def __repr__(self) -> str:
        return "\n\n".join(f"{f.claim_id}\n  {f.sentence(self.language)}" for f in self.items)

    def _repr_html_(self) -> str:
        flip = html.escape(words.label("decision_error", self.language))
        items = "".join(
            f'<li><p class="quote" lang="zh">{html.escape(f.quote)}</p>'
            f"<p>{f'<strong>{flip}</strong> ' if f.is_decision_error else ''}{html.escape(f.sentence(self.language))}"
            f' <a href="#claim-{html.escape(f.claim_id)}">{html.escape(f.claim_id)}</a></p></li>'
            for f in self.items
        )
        return f'<ol class="findings">{items}</ol>'


def counts(claims: Iterable[Row], by: str) -> dict[str, dict[str, int]]:
    """How many claims of each value of column `by` have each verdict, severest verdict first."""
    order = sorted(SEVERITY, key=SEVERITY.__getitem__, reverse=True)
    tally: dict[str, Counter[str]] = {}
    for claim in claims:
        tally.setdefault(str(claim[by]), Counter())[str(claim["verdict"])] += 1
    return {key: {verdict: tally[key][verdict] for verdict in order} for key in sorted(tally)}
