"""What a reader is told: how many statements hold and on what that rests, and what each contradiction looks like."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis import words
from analysis.report import config
from analysis.report.computed import shown
from analysis.report.ledger import in_language
from analysis.report.meanings import beside, tongue
from analysis.report.rows import FORM_VERDICTS, VERDICTS, CheckRow, ClaimRow, Verdict


@dataclass(frozen=True)
class Finding:
    """One contradicted claim: what is excluded, by how much, by which evidence, and what would explain it.

    The two numbers of a pair are one finding: `also` names the other.
    """

    claim: ClaimRow
    check: CheckRow | None
    also: ClaimRow | None
    sources: tuple[tuple[str, str], ...]
    """Publisher and document."""

    @property
    def distance(self) -> float:
        """How far the evidence lies outside what is printed, in per cent of the printed value; 0 for words."""
        return abs(self.check.gap_pct or 0.0) if self.check else 0.0

    def sentence(self, language: str) -> str:
        """The finding in one paragraph."""
        claim = self.claim

        def say(key: str, **values: str) -> str:
            return words.label(f"finding_{key}", language).format(**values)

        metric = in_language(claim.metric, language)
        exhibit = config.current().exhibits.said(claim.exhibit, language)
        place = ", ".join(filter(None, (say("place", section=claim.section), exhibit)))
        parts = [say("prints", printed=beside(claim, language), metric=metric, place=place)]
        if self.also:
            parts.append(say("also", printed=beside(self.also, language), section=self.also.section))
        if self.check:
            grade = words.label(f"grade_{claim.grade}", language)
            parts.append(say("evidence", arithmetic=self.check.arithmetic, grade=grade))
        parts.append(words.label(f"rule_{claim.rule.replace('-', '_')}", language))
        if self.distance:
            parts.append(say("apart", percent=shown(float(f"{self.distance:.3g}"))))
        if self.sources:
            parts.append(say("sources", sources="; ".join(_source(pair, language) for pair in self.sources)))
        gap = " " if words.spaces(language) else ""
        return gap.join([*parts, self.check.note if self.check else ""]).strip()


def _quoted(claim: ClaimRow, language: str) -> str:
    """The quote in its own language, and its meaning in the reader's."""
    own = html.escape(words.tag(tongue(claim, config.current().printed_in)))
    quote = f'<p class="quote" lang="{own}">{html.escape(claim.quote)}</p>'
    said = html.escape(claim.said.get(language, ""))
    return f'{quote}<p class="gloss">{said}</p>' if said else quote


def findings(claims: Iterable[ClaimRow], checks: Iterable[CheckRow]) -> list[Finding]:
    """Contradicted claims, repeats once and the two of a pair once: decision errors first, then by distance, then in the
    order of the report.
    """
    listed = list(claims)
    by_id, by_check = {c.claim_id: c for c in listed}, {k.check_id: k for k in checks}
    found: dict[frozenset[str], Finding] = {}
    for claim in listed:
        if claim.verdict != "contradicted" or claim.repeats:
            continue
        pair = (
            frozenset({claim.claim_id, *claim.excludes.split()})
            if claim.rule == "pair-one-of-two"
            else frozenset({claim.claim_id})
        )
        check, also = (
            by_check.get(claim.check_id),
            next((by_id[o] for o in claim.excludes.split() if o in by_id), None),
        )
        found.setdefault(pair, Finding(claim, check, also, _sources(check)))
    return sorted(found.values(), key=lambda f: (not f.claim.is_decision_error, -f.distance))


def _sources(check: CheckRow | None) -> tuple[tuple[str, str], ...]:
    """Publisher and document of each published input, once."""
    inputs = check.inputs if check else ()
    return tuple(dict.fromkeys((i.publisher, i.document) for i in inputs if i.is_published))


def _source(pair: tuple[str, str], language: str) -> str:
    named = config.current().named
    return words.label("between_names", language).join(named(text, language) for text in pair if text)


@dataclass(frozen=True)
class Findings:
    """A list of findings as a notebook shows it."""

    items: Sequence[Finding]
    language: str

    def __repr__(self) -> str:
        return "\n\n".join(f"{f.claim.claim_id}\n  {f.sentence(self.language)}" for f in self.items)

    def _repr_html_(self) -> str:
        flip = html.escape(words.label("decision_error", self.language))
        items = "".join(
            f"<li>{_quoted(f.claim, self.language)}"
            f"<p>{f'<strong>{flip}</strong> ' if f.claim.is_decision_error else ''}{html.escape(f.sentence(self.language))}"
            f' <a href="#claim-{html.escape(f.claim.claim_id)}">{html.escape(f.claim.claim_id)}</a></p></li>'
            for f in self.items
        )
        return f'<ol class="findings">{items}</ol>'


def counted(claims: Iterable[ClaimRow]) -> list[ClaimRow]:
    """The claims that are counted: each statement once, without repetitions and without those of form."""
    return [c for c in claims if not c.repeats and not c.is_form]


def counts(claims: Iterable[ClaimRow], by: str) -> dict[str, dict[str, int]]:
    """How many claims of each value of column `by` have each verdict; repeats once, form apart.

    `by` is a column of `ClaimRow`, such as `section`, `kind`, `grade` or `ground` (what the verdict rests on).
    """
    tally: dict[str, Counter[Verdict]] = {}
    for claim in counted(claims):
        tally.setdefault(str(getattr(claim, by)), Counter())[claim.verdict] += 1
    return {key: {verdict: tally[key][verdict] for verdict in VERDICTS} for key in sorted(tally)}


def form(claims: Iterable[ClaimRow]) -> Mapping[str, int]:
    """How many statements of form hold and fail: they stand apart from every other count."""
    tally = Counter(c.verdict for c in claims if c.is_form and not c.repeats)
    return {verdict: tally[verdict] for verdict in (*FORM_VERDICTS, "unchecked")}
