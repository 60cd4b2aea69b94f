"""Whether a verdict survives other assumptions: shares of verdicts over the universes of a sweep, and what turns them.

Multiverse analysis after Steegen, Tuerlinckx, Gelman and Vanpaemel, Perspectives on Psychological Science 11 (2016).

Each claim is judged anew, by the whole standard, in every combination of the parameters that move one of the checks that
its verdict may rest on (its own, those of its first statement, its premises, its pair) or that read its printed number
otherwise. Every combination counts the same: shares say how the tried assumptions fall, not how likely each is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from analysis import places
from analysis.errors import UserError
from analysis.numbers.printed import Interval, Quantity, Reading
from analysis.report import cells, outcomes
from analysis.report.bench import Bench, Judged, Kept
from analysis.report.desk import READING
from analysis.report.docket import Docket
from analysis.report.grades import NOTHING_KNOWN, Setting
from analysis.report.hearing import Heard, has_number
from analysis.report.ledger import Claim
from analysis.report.rows import VERDICTS, FlipRow, Robust, RobustnessRow, Verdict
from analysis.report.universes import Combination, Grid, Table, Universes, joined, relevant
from analysis.statistics import vocabulary

_BAR = ("widest", "blunt")
PUBLISHED = Path("sweep") / "robustness.csv"
"""Where in the data folder the default sweep is published for the scorecard."""


@dataclass(frozen=True)
class Robustness:
    """What the sweep says of one claim.

    shares: verdict → share of combinations. flips: parameter → share of otherwise equal combinations between which the
    verdict turns when this parameter moves, largest first. alone: (parameter, value, verdict) for each value that, alone,
    turns the verdict of the default. moves: the parameters that reach the claim: on which the evidence with a say, or
    what is claimed, depends. combinations: how many were judged. verdicts: the verdict in each of them, by which value
    each of `moves` has.
    """

    claim_id: str
    verdict_default: Verdict
    shares: Mapping[Verdict, float]
    flips: Mapping[str, float]
    alone: Sequence[tuple[str, object, Verdict]]
    combinations: int
    notebooks: Sequence[str] = ()
    moves: Sequence[str] = ()
    verdicts: Mapping[Combination, Verdict] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> Robust:
        """`robust`: an assumption reaches it and it does not turn; `fragile`: it turns; `not exposed`: none reaches it;
        empty: unchecked in every combination."""
        met = [v for v, share in self.shares.items() if share > 0]
        if len(met) > 1:
            return "fragile"
        if met == ["unchecked"]:
            return ""
        return "robust" if self.moves else "not exposed"

    @property
    def row(self) -> RobustnessRow:
        """As it is published; shares rounded to four decimals."""
        shares = {f"share_{verdict}": round(share, 4) for verdict, share in self.shares.items()}
        return RobustnessRow(
            self.claim_id, self.kind, self.combinations, verdict_default=self.verdict_default,
            flips_on=" ".join(self.flips), moves_on=" ".join(self.moves), **shares,
        )  # fmt: skip


def robustness(
    found: Universes, grid: Grid, claims: Mapping[str, Claim], setting: Setting = NOTHING_KNOWN
) -> list[Robustness]:
    """One entry for each claim on which evidence has a say in some combination, in the order of their ids; claims of
    form stand apart.

    `UserError` for a check of a claim that the ledger has not.
    """
    if unknown := sorted(set(found.tables) - set(claims)):
        raise UserError(f"checks, column claim_id: claims.csv has no claim {unknown[0]!r}")
    court = _Court(found, grid, claims, setting)
    judged = (court.judged(claim_id) for claim_id in sorted(claims) if claims[claim_id].kind != "form")
    return [result for result in judged if result and result.kind]


class _Court:
    """Judges one claim after the other over the combinations that matter to it."""

    def __init__(self, found: Universes, grid: Grid, claims: Mapping[str, Claim], setting: Setting) -> None:
        self.found, self.grid, self.claims, self.setting = found, grid, claims, setting
        self.docket = Docket(claims, found.checks)
        self.needed = {claim_id: tuple(self.docket.needed(claim_id)) for claim_id in claims}
        self.kept = Kept()
        self.printed: dict[tuple[str, Reading], tuple[Interval, ...]] = {}

    def judged(self, claim_id: str) -> Robustness | None:
        """A claim over all combinations; None where no check may decide it."""
        needed = self.needed[claim_id]
        tables = [table for c in needed for table in self.found.tables.get(c, ())]
        if not tables:
            return None
        table = joined([*tables, *self._readings(needed)])
        ledger = self.docket.ledger(needed)
        reached = {at: self._said(claim_id, ledger, table, at) for at in table.cells}
        notebooks = sorted({n for c in needed for n in self.found.notebooks.get(c, ())})
        return replace(_summed(claim_id, table, reached, self.grid), notebooks=tuple(notebooks))

    def _readings(self, needed: Sequence[str]) -> Iterator[Table]:
        """A table for each swept parameter of judging that the cases do not have: the bar for evidence, and the readings
        that alter what one of the claims says."""
        for name in READING:
            values = self.grid.values.get(name, ())
            readings = [reading_of({name: value}) for value in values]
            is_bar = READING[name] in _BAR and len(values) > 1
            if is_bar or any(len({_printed(self.claims[c], r) for r in readings}) > 1 for c in needed):
                yield Table((name,), {(i,): () for i in range(len(values))})

    def _said(
        self, claim_id: str, ledger: Mapping[str, Claim], table: Table, at: Combination
    ) -> tuple[Verdict, tuple[object, ...]]:
        """Verdict and mark in one combination."""
        chosen = {n: self.grid.values[n][i] for n, i in zip(table.names, at, strict=True)}
        checks = [self.found.checks[n] for n in table.cells[at]]
        reading = reading_of(chosen)
        bench = Bench(ledger, checks, reading, self.setting, self.kept, self._state(table.cells[at], reading))
        judged = bench.judge(claim_id)
        return judged.verdict, _mark(judged, self.claims[claim_id], bench.quantity(claim_id))

    def _state(self, numbers: Iterable[int], reading: Reading) -> Callable[[str], Hashable]:
        """All that a claim's verdict rests on where these checks stand and printed numbers are read so."""
        standing: dict[str, list[int]] = {}
        for n in sorted(numbers):
            standing.setdefault(self.found.checks[n].claim_id, []).append(n)

        @cache
        def state(claim_id: str) -> Hashable:
            needed = self.needed[claim_id]
            checks = tuple((c, *standing[c]) for c in needed if c in standing)
            return checks, tuple(self._says(c, reading) for c in needed), reading.widest, reading.blunt

        return state

    def _says(self, claim_id: str, reading: Reading) -> tuple[Interval, ...]:
        """What a claim claims under a reading, kept."""
        if (claim_id, reading) not in self.printed:
            self.printed[claim_id, reading] = _printed(self.claims[claim_id], reading)
        return self.printed[claim_id, reading]


def reading_of(chosen: Mapping[str, Any]) -> Reading:
    """How printed numbers are read under parameters of a run, which were validated before it began."""
    return Reading(**{field: chosen[name] for name, field in READING.items() if name in chosen})


def _printed(claim: Claim, reading: Reading) -> tuple[Interval, ...]:
    """What a claim claims under a reading."""
    return _claimed(claim, claim.quantity(reading))


def _claimed(claim: Claim, quantity: Quantity) -> tuple[Interval, ...]:
    return (quantity.interval, quantity.hedged) if has_number(claim, quantity) else ()


def _mark(judged: Judged, claim: Claim, quantity: Quantity) -> tuple[object, ...]:
    """What tells a verdict's grounds in one universe from those in another: the evidence with a say, what is claimed, and
    the bar where the evidence had to pass it."""
    weighed = [h for h in judged.heard if h.says]
    if judged.deciding is not None and judged.deciding not in weighed:
        weighed.append(judged.deciding)
    claimed = _claimed(claim, quantity)
    of_evidence = ((_of(h), _bar(h, quantity, claimed)) for h in weighed)
    return (judged.verdict, judged.rule, *of_evidence, *(claimed if weighed else ()))


def _of(h: Heard) -> tuple[object, ...]:
    check = h.check
    ranges = tuple(step.interval for step in check.steps) if check.way == "words" else ()
    definition: object = check.definition
    if check.way == "words":
        word, level = vocabulary.named(check.definition)
        definition = word.at(level)
    return (
        h.grade,
        h.outcome,
        h.says,
        definition,
        check.threshold,
        check.found,
        h.value,
        h.interval,
        *ranges,
    )


def _bar(h: Heard, quantity: Quantity, claimed: tuple[Interval, ...]) -> tuple[float, ...]:
    """The bars that evidence was held against: none where it lies inside the claim, quotes it, or excludes it."""
    check, reading = h.check, quantity.reading
    if h.outcome == "out" or check.refutes_only or h.interval is None or h.value is None:
        return ()
    blunt = (reading.blunt,) if h.outcome in ("meets", "blunt") else ()
    if check.way != "number" or not claimed:
        return blunt
    is_inside = h.interval.within(claimed[0]) or outcomes.is_quotation(quantity, check.steps, h.value)
    return () if is_inside else (reading.widest, *blunt)


def _summed(
    claim_id: str,
    table: Table,
    said: Mapping[Combination, tuple[Verdict, tuple[object, ...]]],
    grid: Grid,
) -> Robustness:
    """Shares, what turns the verdict, and what reaches it, over the parameters that reach it."""
    moves = _reaching(table.names, {at: mark for at, (_, mark) in said.items()})
    kept = [table.names.index(name) for name in moves]
    verdicts = {tuple(at[i] for i in kept): verdict for at, (verdict, _) in said.items()}
    counts = Counter(verdicts.values())
    shares = {v: counts[v] / len(verdicts) for v in VERDICTS}
    default = tuple(grid.default[name] for name in moves)
    at_default = verdicts.get(default, "unchecked")
    flips = {name: _switches(i, verdicts) for i, name in enumerate(moves)}
    ordered = sorted(((n, s) for n, s in flips.items() if s > 0), key=lambda item: (-item[1], item[0]))
    alone = [
        (name, value, moved)
        for i, name in enumerate(moves)
        for n, value in enumerate(grid.values[name])
        if (moved := verdicts.get((*default[:i], n, *default[i + 1 :]), at_default)) != at_default
    ]
    return Robustness(claim_id, at_default, shares, dict(ordered), alone, len(verdicts), (), moves, verdicts)


def _reaching(names: Sequence[str], marks: Mapping[Combination, tuple[object, ...]]) -> tuple[str, ...]:
    """The parameters without which the marks could not be told."""
    import numpy as np

    known = {mark: i for i, mark in enumerate(dict.fromkeys(marks.values()))}
    if len(known) == 1:
        return ()
    used = relevant(np.array(list(marks)), np.array([known[mark] for mark in marks.values()]))
    return tuple(sorted(names[i] for i in used))


def _switches(column: int, verdicts: Mapping[Combination, Verdict]) -> float:
    """Share of the groups of combinations equal but for one parameter that hold several verdicts."""
    groups: dict[Combination, list[Verdict]] = {}
    for combination, verdict in verdicts.items():
        groups.setdefault((*combination[:column], *combination[column + 1 :]), []).append(verdict)
    comparable = [set(found) for found in groups.values() if len(found) > 1]
    return sum(len(found) > 1 for found in comparable) / len(comparable) if comparable else 0.0


def flip_rows(found: Iterable[Robustness]) -> list[FlipRow]:
    """One row for each parameter on which a claim flips."""
    return [
        FlipRow(
            r.claim_id, name, round(share, 4), r.verdict_default,
            "; ".join(f"{value}: {verdict}" for n, value, verdict in r.alone if n == name),
        )
        for r in found
        for name, share in r.flips.items()
    ]  # fmt: skip


def load_robustness() -> list[RobustnessRow]:
    """The rows of the published sweep of the project we are in; see `published`."""
    return published(places.data())


def published(data: Path) -> list[RobustnessRow]:
    """The published sweep of a data folder; none where none is. `UserError` names row and column of what is wrong."""
    path = data / PUBLISHED
    try:
        return cells.read_csv(RobustnessRow, path)
    except UserError:
        if path.exists():
            raise
        return []  # the attempt to open it stays a dependency of the notebook
