"""The verdicts of a ledger: every claim judged by its checks, with premises, repetitions and pairs.

A claim used as an input enters with its evidence's range and grade if that reproduces it (hedged too), with what
contradicts it if it is contradicted, else as the report's own number. A premise is judged without the claims that it is
used for: on the way back round a ring each stands as the report's own, so no ring reproduces itself, and the order of
checks and claims cannot matter. A repetition shares the evidence of its first statement, with its own digits; using the
one for the other is no evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import ClassVar, cast

from analysis import words
from analysis.errors import UserError
from analysis.numbers import units
from analysis.numbers.meaning import meaning
from analysis.numbers.printed import Interval, Quantity, Reading
from analysis.report import config, outcomes
from analysis.report.flips import flips
from analysis.report.grades import NOTHING_KNOWN, Leaf, Setting, setting_of
from analysis.report.hearing import Heard, as_it_stands, has_number, hear, restaters
from analysis.report.ledger import Claim
from analysis.report.rows import GRADES, CheckRow, ClaimRow, Input, Kind, Verdict
from analysis.report.verdict import judge

_WORTH = ("reproduced", "hedged", "contradicted", "consistent", "")
"""Which of the checks that set a verdict speaks for it: the strongest word first."""
_FOUND = ("reproduced", "hedged")


@dataclass(frozen=True)
class Judged:
    """A claim's verdict with the checks behind it. `deciding` speaks for it; None where no check set it."""

    verdict: Verdict
    rule: str
    caps: tuple[str, ...] = ()
    deciding: Heard | None = None
    against: tuple[Heard, ...] = ()
    """All that contradicts, where the verdict is contradicted."""
    heard: tuple[Heard, ...] = ()
    partners: tuple[str, ...] = ()
    """The other statements of a pair that set the verdict."""

    @property
    def is_outside(self) -> bool:
        """Whether evidence from outside the report reproduces the claim, in digits or by its hedge."""
        return self.verdict in _FOUND

    @property
    def evidence(self) -> Heard | None:
        """What stands for the claim where it is a premise; None: its own printed number.

        Two of the report's numbers that exclude each other do not tell which is wrong: the printed one stands.
        """
        is_outside = self.deciding is not None and self.deciding.grade != "own"
        return self.deciding if is_outside and self.verdict in (*_FOUND, "contradicted") else None


@dataclass
class Kept:
    """What benches of one ledger and setting judged, one after the other: where no check that bears on a claim is another, nor the
    reading, it is not judged again.
    """

    MOST: ClassVar = 5000
    """Judgements; then it begins anew."""

    judged: dict[Hashable, Judged] = field(default_factory=dict)
    """By all that it rests on."""
    quantities: dict[tuple[str, Reading | None], Quantity] = field(default_factory=dict)
    numbers: dict[CheckRow, int] = field(default_factory=dict)
    rows: dict[tuple[str, str], tuple[Judged, ClaimRow]] = field(default_factory=dict)
    """Claim and language → its row, and what was judged of it."""

    def number(self, check: CheckRow) -> int:
        """The number of a check, the same for equal ones."""
        return self.numbers.setdefault(check, len(self.numbers))

    def renewed(self) -> Kept:
        """Itself, emptied where it has become too large."""
        if len(self.judged) > self.MOST:
            for held in (self.judged, self.quantities, self.numbers, self.rows):
                held.clear()
        return self


class Bench:
    """The ledger and all checks, ready to judge any claim. Answers are kept, so each is worked out once.

    `state`: claim → all that its verdict rests on on this bench: its checks and those of what it leans on, and the reading.
    """

    def __init__(
        self,
        claims: Mapping[str, Claim],
        checks: Iterable[CheckRow],
        reading: Reading | None = None,
        setting: Setting | None = None,
        kept: Kept | None = None,
        state: Callable[[str], Hashable] | None = None,
    ) -> None:
        self.claims, self.reading, self.setting = claims, reading, setting or NOTHING_KNOWN
        self.kept = kept or Kept()
        self.family = {claim_id: _first(claim_id, claims) for claim_id in claims}
        self._checks: dict[str, list[CheckRow]] = {}
        for check in sorted(checks, key=lambda c: c.check_id):
            if check.claim_id not in claims:
                raise UserError(
                    f"checks, row {check.check_id}, column claim_id: claims.csv has no claim {check.claim_id!r}"
                )
            self._checks.setdefault(check.claim_id, []).append(check)
        self.pairs = _pairs(claims, self.family)
        self._near = self._neighbours()
        self._reach = {f: self._reached(f) for f in self._near}
        self._state = state or (self._numbered() if kept else lambda _: ())

    def bearing(self, claim_id: str) -> frozenset[str]:
        """The notebooks with a check on which the row of a claim rests: on itself, on what it leans on, or on what its conclusion
        names.
        """
        test = self.claims[claim_id].taken_away
        named = {self.family[c] for c in (claim_id, *(test.claims if test else ()))}
        reached = named.union(*(self._reach[f] for f in named))
        return frozenset(n for f in reached for n in self._notebooks.get(f, ()))

    def behind(self, notebook: str) -> frozenset[str]:
        """The notebooks with a check on which the cards on the page of a notebook rest: of claims that it checks, and of their pairs."""
        checked = {f for f, notebooks in self._notebooks.items() if notebook in notebooks}
        shown = checked.union(*({self.family[p] for p in self.pairs.get(f, ())} for f in checked))
        return frozenset().union(*(self.bearing(c) for c, f in self.family.items() if f in shown))

    @cached_property
    def _notebooks(self) -> Mapping[str, set[str]]:
        """Family → the notebooks with a check of it."""
        found: dict[str, set[str]] = {}
        for claim_id, checks in self._checks.items():
            found.setdefault(self.family[claim_id], set()).update(c.notebook for c in checks)
        return found

    def _numbered(self) -> Callable[[str], Hashable]:
        """The state of a claim by the numbers of checks."""
        numbers: dict[str, list[int]] = {}
        for claim_id, checks in self._checks.items():
            numbers.setdefault(self.family[claim_id], []).extend(map(self.kept.number, checks))

        @cache
        def state(claim_id: str) -> Hashable:
            family = self.family[claim_id]
            bearing = (n for f in {family, *self._reach[family]} for n in numbers.get(f, ()))
            return self.reading, tuple(sorted(bearing))

        return state

    def quantity(self, claim_id: str) -> Quantity:
        """The printed quantity of a claim under the run's reading."""
        known = self.kept.quantities
        if (claim_id, self.reading) not in known:
            known[claim_id, self.reading] = self.claims[claim_id].quantity(self.reading)
        return known[claim_id, self.reading]

    def judge(self, claim_id: str) -> Judged:
        """The verdict of a claim: by its checks, and by the other statement of its pair."""
        return self._paired(claim_id, frozenset())

    def _sources(self, claim_id: str) -> tuple[str, ...]:
        """The publishers that the report names for a claim, or for its first statement."""
        return self.claims[claim_id].sources or self.claims[self.family[claim_id]].sources

    def _checks_of(self, claim_id: str) -> list[CheckRow]:
        """The checks of a claim, and those of its first statement."""
        first = self.family[claim_id]
        both = dict.fromkeys((first, claim_id))
        return [c for owner in both for c in self._checks.get(owner, []) if not self._is_repetition(c, first)]

    def _is_repetition(self, check: CheckRow, family: str) -> bool:
        """Whether a check holds a statement against its own repetition."""
        used = (i.claim_id for i in check.inputs if i.claim_id)
        return any(self.family.get(p) == family for p in used)

    def _neighbours(self) -> dict[str, set[str]]:
        """Family → the families of its premises and of its pairs."""
        near = {f: {self.family[p] for p in self.pairs.get(f, ())} for f in self.family.values()}
        for claim_id, checks in self._checks.items():
            used = {i.claim_id for check in checks for i in check.inputs}
            near[self.family[claim_id]] |= {self.family[p] for p in used if p in self.family}
        return near

    def _reached(self, family: str) -> frozenset[str]:
        """The families that a family's premises lead to."""
        found: set[str] = set()
        waiting = [family]
        while waiting:
            new = self._near[waiting.pop()] - found
            found |= new
            waiting += new
        return frozenset(found)

    def _by_checks(self, claim_id: str, without: frozenset[str]) -> Judged:
        """The verdict by the claim's own checks; claims of the families in `without` stand as the report's own."""
        family = self.family[claim_id]
        without = (without | {family}) & (self._reach[family] | {family})
        key, kept = (claim_id, without, self._state(claim_id)), self.kept.judged
        if key not in kept:
            kept[key] = self._heard(claim_id, without)
        return kept[key]

    def _heard(self, claim_id: str, without: frozenset[str]) -> Judged:
        claim, quantity = self.claims[claim_id], self.quantity(claim_id)
        heard = tuple(
            hear(
                claim,
                quantity,
                check,
                lambda i: self._resolved(i, without),
                self.setting,
                self._sources(claim_id),
            )
            for check in self._checks_of(claim_id)
        )
        if claim.kind == "form":
            return _of_form(heard)
        failing = _failing_readings(claim, heard)
        counted = [h for h in heard if h not in failing]
        verdict, rule = judge((h.grade, h.says) for h in counted)
        is_open = verdict == "consistent" and _has_other_reading(claim, counted)
        if failing and verdict not in _FOUND and not is_open:  # every reading that was tried fails
            failing, counted = [], list(heard)
            verdict, rule = judge((h.grade, h.says) for h in counted)
        setting = [h for h in counted if h.grade in rule.grades and _bears(h.says, verdict, rule.key)]
        deciding = min(setting, key=lambda h: _place(h, claim_id), default=None)
        if verdict not in _FOUND:
            against = tuple(setting) if verdict == "contradicted" else ()
            return Judged(verdict, rule.key, ("readings",) if failing else (), deciding, against, heard)
        caps = (*_shared_caps(setting), *(["readings"] if failing else []))
        return Judged("consistent" if caps else verdict, rule.key, caps, deciding, (), heard)

    def _resolved(self, i: Input, without: frozenset[str]) -> Leaf:
        """An input as it enters a check."""
        if not i.claim_id or i.claim_id not in self.claims:
            return as_it_stands(i)
        if self.family[i.claim_id] in without:
            return self._as_printed(i)
        evidence = self._paired(i.claim_id, without).evidence
        if evidence is None or evidence.interval is None or evidence.value is None:
            return self._as_printed(i)
        factor = self._factor(i)
        return Leaf(i, evidence.interval.scaled(factor), evidence.value * factor, evidence.grade)

    def _as_printed(self, i: Input) -> Leaf:
        """A claim as an input with what it prints under this bench's reading, whatever the notebook's was."""
        quantity = self.quantity(i.claim_id)
        if self.reading in (None, Reading()) or quantity.value is None:
            return as_it_stands(i)
        return Leaf(i, quantity.hedged.scaled(self._factor(i)), i.value)

    def _factor(self, i: Input) -> float:
        """What turns a claim's unit into that in which it enters a check."""
        return units.factor(self.claims[i.claim_id].unit, i.unit)

    def _paired(self, claim_id: str, without: frozenset[str]) -> Judged:
        """The verdict with the other statements of the claim's pair, each judged by its own checks."""
        alone = self._by_checks(claim_id, without)
        others = [o for o in self.pairs.get(self.family[claim_id], ()) if self.family[o] not in without]
        others = [o for o in others if self._differs(claim_id, o)]
        if not others:
            return alone
        found = {o: self._by_checks(o, without) for o in others}
        winners = tuple(o for o in others if found[o].is_outside)
        if winners:
            return self._beside(claim_id, alone, winners, found)
        if alone.is_outside or alone.verdict == "contradicted":
            return alone
        if any(f.verdict == "contradicted" for f in found.values()):
            return alone
        is_number = has_number(self.claims[claim_id], self.quantity(claim_id))
        if is_number:
            return Judged("contradicted", "pair-one-of-two", heard=alone.heard, partners=tuple(others))
        return Judged("unchecked", "pair-texts", heard=alone.heard, partners=tuple(others))

    def _beside(
        self, claim_id: str, alone: Judged, winners: tuple[str, ...], found: Mapping[str, Judged]
    ) -> Judged:
        """A claim of whose pair outside evidence reproduces another: contradicted by that; consistent if it is itself."""
        evidence = found[winners[0]].deciding
        if alone.is_outside:
            return Judged("consistent", "pair-both", (), alone.deciding, (), alone.heard, winners)
        if alone.verdict == "contradicted" and alone.deciding and alone.deciding.grade != "own":
            return alone
        moved = self._moved(evidence, winners[0], claim_id)
        return Judged(
            "contradicted",
            "pair-other-reproduced",
            (),
            moved,
            (moved,) if moved else (),
            alone.heard,
            winners,
        )

    def _moved(self, evidence: Heard | None, source: str, target: str) -> Heard | None:
        """The evidence of one claim in the unit of another."""
        if evidence is None or evidence.interval is None or evidence.value is None:
            return evidence
        factor = units.factor(self.claims[source].unit, self.claims[target].unit)
        return replace(
            evidence, outcome="out", says="contradicted", value=evidence.value * factor,
            interval=evidence.interval.scaled(factor),
        )  # fmt: skip

    def _differs(self, claim_id: str, other: str) -> bool:
        """Whether two statements of a pair exclude each other: numbers do unless what they allow has a common point."""
        a, b = self.quantity(claim_id), self.quantity(other)
        if not (has_number(self.claims[claim_id], a) and has_number(self.claims[other], b)):
            return True
        factor = units.factor(self.claims[other].unit, self.claims[claim_id].unit)
        return not a.hedged.meets(b.hedged.scaled(factor))

    def printed(self, claim_id: str) -> Interval:
        """What a claim's printed digits claim, for a conclusion that names it."""
        return self.quantity(claim_id).interval

    def known(self, claim_id: str) -> Interval:
        """A claim's evidence where it has some, else what is printed."""
        evidence = self.judge(claim_id).evidence
        return self.printed(claim_id) if evidence is None or evidence.interval is None else evidence.interval

    def flips(self, claim_id: str, judged: Judged) -> bool:
        """Whether the contradicting evidence turns the claim's conclusion."""
        claim, quantity = self.claims[claim_id], self.quantity(claim_id)
        found = [h.interval if h.interval is not None else h.check.found for h in judged.against]
        printed = quantity.interval if has_number(claim, quantity) else None
        return flips(claim.taken_away, printed, [f for f in found if f != ""], self.printed, self.known)


def verdicts(
    claims: Mapping[str, Claim],
    checks: Iterable[CheckRow],
    language: str = "en",
    reading: Reading | None = None,
    setting: Setting | None = None,
    kept: Kept | None = None,
) -> list[ClaimRow]:
    """One row per claim, in the order of the ledger. Without a `setting`, that of the report we are in."""
    held = kept.renewed() if kept else None
    bench = Bench(claims, checks, reading, setting or setting_of(config.current()), held)
    return [_kept_row(bench, claim, language) for claim in claims.values()]


def _kept_row(bench: Bench, claim: Claim, language: str) -> ClaimRow:
    """The row of a claim; the one that was made before where the same was judged, and its conclusion turns or not as before."""
    judged, key, rows = bench.judge(claim.claim_id), (claim.claim_id, language), bench.kept.rows
    before, row = rows.get(key, (None, None))
    if row is None or before != judged or bench.flips(claim.claim_id, judged) != row.is_decision_error:
        row = _row(bench, claim, judged, language)
        rows[key] = judged, row
    return row


def _row(bench: Bench, claim: Claim, judged: Judged, language: str) -> ClaimRow:
    h = judged.deciding
    spread = h.interval if h else None
    return ClaimRow(
        claim_id=claim.claim_id, section=claim.section, exhibit=claim.exhibit, metric=claim.metrics, said=claim.said, means=claim.means,
        period=claim.period, printed=claim.printed, unit=claim.unit, hedge=claim.hedge,
        kind=cast(Kind, claim.kind), verdict=judged.verdict, ground=h.ground if h else "", grade=h.grade if h else "", rule=judged.rule,
        caps=" ".join(judged.caps), reason=_reason(claim, judged, language, bench.setting.named),
        is_decision_error=bench.flips(claim.claim_id, judged), conclusion=claim.conclusion,
        check_id=h.check.check_id if h else "", evidence=h.value if h else None,
        evidence_low=spread.low if spread else None, evidence_high=spread.high if spread else None,
        notebook=h.check.notebook if h else "", quote=claim.quote, repeats=claim.repeats,
        excludes=" ".join(judged.partners), remarks=tuple(x.remark for x in judged.heard),
    )  # fmt: skip


def _reason(claim: Claim, judged: Judged, language: str, named: Callable[[str, str], str]) -> str:
    """What decided, with what contradicts it or an ordinary reading as well, and every date that excludes the printed one;
    else what is missing.
    """
    h = judged.deciding
    if h is None:
        return claim.missing(language) or _undecided(judged, language)
    both = judged.rule in ("same-both", "other-both")
    failing = _failing_readings(claim, judged.heard) if "readings" in judged.caps else []
    is_dated = h.check.way == "event" and h in judged.against
    against = [
        x for x in judged.heard if (both or is_dated) and x.grade == h.grade and x.says == "contradicted"
    ]
    told = (_told(x, claim, language, named) for x in (h, *against, *failing))
    return "; ".join(dict.fromkeys(told))


def _told(h: Heard, claim: Claim, language: str, named: Callable[[str, str], str]) -> str:
    """The arithmetic of a check, a single published number with its unit; behind the name of the reading, where the claim has
    several; with the publisher's restatements, where they alone keep it from holding or failing.
    """
    check = h.check
    is_plain = check.way == "number" and check.steps[0].formula == "value" and len(check.inputs) == 1
    told = _published(check.inputs[0], language) if is_plain else check.arithmetic
    if h.outcome == "meets" and h.stretched:
        by = restaters(h.stretched, lambda name: named(name, language))
        told = words.label("within_editions", language).format(told=told, by=by)
    return f"{named(check.definition, language)}: {told}" if check.definition in claim.ways else told


def _published(i: Input, language: str) -> str:
    """A published number as a reader of `language` says it, with its hedge and unit."""
    return meaning(i.text, i.unit, i.hedge, language) or words.meaning(i.hedge, i.text, language)


def _undecided(judged: Judged, language: str) -> str:
    """Why no check has a say, where the ledger does not say what would settle the claim: in other settings one had."""
    return "; ".join(
        dict.fromkeys(
            f"{outcomes.told(h.grade, h.outcome, language)} ({words.label(f'grade_{h.grade}', language)})"
            for h in judged.heard
        )
    )


def _place(h: Heard, claim_id: str) -> tuple[int, int, bool, bool, float, str]:
    """What speaks for a verdict first: the strongest word, the best grade, numbers that nobody had to infer, a check of this
    statement before one of its first, the narrowest range.
    """
    is_inferred = any(i.attested == "loose" for i in h.check.inputs)
    is_inherited = h.check.claim_id != claim_id
    return _WORTH.index(h.says), GRADES.index(h.grade), is_inferred, is_inherited, h.width, h.check.check_id


def _shared_caps(setting: Sequence[Heard]) -> tuple[str, ...]:
    """The caps of the checks that set a verdict; none if one of them has none."""
    return tuple(sorted({c for h in setting for c in h.caps})) if all(h.caps for h in setting) else ()


def _failing_readings(claim: Claim, heard: Sequence[Heard]) -> list[Heard]:
    """The checks under an ordinary reading of the claim's word that contradict it."""
    return [h for h in heard if h.check.definition in claim.ways and h.says == "contradicted"]


def _has_other_reading(claim: Claim, counted: Iterable[Heard]) -> bool:
    """Whether another ordinary reading was tried, and nothing excludes it."""
    return any(h.check.definition in claim.ways and h.says for h in counted)


def _bears(word: str, verdict: str, rule: str) -> bool:
    """Whether a check's word is among those that set the verdict: where two conflict, both are."""
    return word == verdict if rule == "consistent" or verdict != "consistent" else bool(word)


def _of_form(heard: tuple[Heard, ...]) -> Judged:
    """A claim of form fails as soon as one count of what its sentence lists fails."""
    failing = [h for h in heard if h.outcome == "out"]
    holding = [h for h in heard if h.outcome in ("in", "meets", "blurred")]
    if not (failing or holding):
        return Judged("unchecked", "form", heard=heard)
    return Judged("fails" if failing else "holds", "form", (), (failing or holding)[0], (), heard)


def _first(claim_id: str, claims: Mapping[str, Claim]) -> str:
    """The first statement of what a claim repeats. `UserError` for a ring of repetitions."""
    seen = [claim_id]
    while (before := claims[seen[-1]].repeats) and before in claims:
        if before in seen:
            raise UserError(f"claims.csv, column repeats: {' repeats '.join([*seen, before])}")
        seen.append(before)
    return seen[-1]


def _pairs(claims: Mapping[str, Claim], family: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Family → the first statements that exclude it, either way round, in order."""
    found: dict[str, set[str]] = {}
    for claim in claims.values():
        for other in claim.pairs:
            if other not in claims:
                raise UserError(f"claims.csv, {claim.claim_id}, column excludes: there is no claim {other!r}")
            a, b = family[claim.claim_id], family[other]
            found.setdefault(a, set()).add(b)
            found.setdefault(b, set()).add(a)
    return {name: tuple(sorted(others)) for name, others in found.items()}
