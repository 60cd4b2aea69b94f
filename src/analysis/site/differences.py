"""The differences themselves: pure functions of two sides, ranked by how much they matter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from analysis import reading, words
from analysis.errors import counted
from analysis.report.meanings import as_printed, gloss
from analysis.report.rows import CheckRow
from analysis.report.verdict import SEVERITY
from analysis.site import plain
from analysis.site.amounts import POINTS
from analysis.site.sides import Side

Row = Mapping[str, str]

DIGITS = 10
"""Significant digits with which numbers are kept."""
RELATIVE = 1e-9
"""Numbers closer than this are the same number."""


@dataclass(frozen=True)
class VerdictChange:
    """A claim whose verdict differs. `before` or `after` is empty where one side does not have the claim."""

    claim_id: str
    metrics: Mapping[str, str]
    printed: str
    meaning: Mapping[str, str]
    """Language → what is printed means in it, where that says more."""
    before: str
    after: str
    reason_before: str
    reason_after: str
    is_worse: bool


@dataclass(frozen=True)
class Moved:
    """A recomputed number that differs: values in the claim's unit, the relative change in per cent (None from nothing, or to the
    other sign), for a rate also the change in points.
    """

    check_id: str
    before: str
    after: str
    unit: str
    relative_pct: float | None
    points: float | None
    arithmetic_before: str
    arithmetic_after: str

    def said(self, language: str) -> tuple[str, str, str]:
        """Both values and their unit as the language counts: six digits each, more where they would look the same.

        >>> Moved("a/same", "130300", "136300", "亿元", 4.6, None, "", "").said("en")
        ('13030', '13630', 'CNY billion')
        >>> Moved("a/same", "14117801", "14117802", "人", 0.0, None, "", "").said("zh")[:2]
        ('14117801', '14117802')
        """
        factor, unit = words.display_unit(self.unit, language)
        for digits in range(6, DIGITS + 1):
            was, now = (plainly(float(text) * factor, digits) for text in (self.before, self.after))
            if was != now:
                break
        return was, now, unit


@dataclass(frozen=True)
class FigureChange:
    """A chart whose plotted data or picture differs, or that only one side has."""

    name: str
    title: str
    svg_before: str
    svg_after: str
    what: str


@dataclass(frozen=True)
class RowChange:
    """A row of a data file that was added, removed, or whose cells changed: column → (before, after).

    is_idle: one of one's own that no check uses; near: the nearest that the project has, for such a one.
    """

    file: str
    key: str
    what: str
    cells: Mapping[str, tuple[str, str]]
    is_idle: bool = False
    near: str = ""


@dataclass(frozen=True)
class Comparison:
    """Everything that differs between two sides."""

    before: str
    after: str
    verdicts: tuple[VerdictChange, ...]
    numbers: tuple[Moved, ...]
    checks_added: tuple[str, ...]
    checks_removed: tuple[str, ...]
    figures: tuple[FigureChange, ...]
    cells: tuple[plain.CellChange, ...]
    outputs: tuple[plain.OutputChange, ...]
    parameters: Mapping[str, tuple[object, object]]
    rows: tuple[RowChange, ...]
    inputs: tuple[str, ...]
    told: tuple[str, str] = ("", "")
    """What either side was made with."""
    only: tuple[str, ...] = ()
    """The notebooks that are compared, where a side holds some of them only; empty: all."""
    lacking: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """The notebooks of either side that failed or could not run."""
    is_unjudged: bool = False
    """Whether verdicts are not compared, as one side has none."""

    @property
    def counts(self) -> str:
        """How much differs: 1 verdict, 6 numbers and 2 figures; of table cells and outputs only where some do."""
        kinds: list[tuple[str, Sized, bool]] = [
            ("verdict", self.verdicts, True), ("number", self.numbers, True), ("figure", self.figures, True),
            ("table cell", self.cells, False), ("output", self.outputs, False),
        ]  # fmt: skip
        said = [counted(len(x), n) for n, x, always in kinds if x or always]
        return f"{', '.join(said[:-1])} and {said[-1]}"

    @property
    def is_same(self) -> bool:
        """Whether no result differs (parameters and inputs may, without effect)."""
        moved = (
            self.verdicts,
            self.numbers,
            self.checks_added,
            self.checks_removed,
            self.figures,
            self.cells,
        )
        return not any((*moved, self.outputs))


def compare(before: Side, after: Side) -> Comparison:
    """What moved from `before` to `after`."""
    old, new = ({c.check_id: c for c in side.checks} for side in (before, after))
    return Comparison(
        before.name,
        after.name,
        tuple(_verdicts(before, after)),
        tuple(_numbers(old, new)),
        tuple(k for k in new if k not in old),
        tuple(k for k in old if k not in new),
        tuple(_figures(before, after)),
        tuple(plain.changed_cells(before.tables, after.tables)),
        tuple(plain.changed_outputs(before.outputs, after.outputs)),
        {
            k: (before.parameters.get(k), after.parameters.get(k))
            for k in sorted({*before.parameters, *after.parameters})
            if before.parameters.get(k) != after.parameters.get(k)
        },
        tuple(_rows(before, after)),
        tuple(
            k for k in sorted({*before.inputs, *after.inputs}) if before.inputs.get(k) != after.inputs.get(k)
        ),
        (before.told, after.told),
        tuple(sorted(before.notebooks)) if before.is_part or after.is_part else (),
        (before.lacking, after.lacking),
        before.is_unjudged,
    )


def _verdicts(before: Side, after: Side) -> list[VerdictChange]:
    old, new = ({c.claim_id: c for c in side.claims} for side in (before, after))
    found = []
    for claim_id in {**old, **new}:
        a, b = old.get(claim_id), new.get(claim_id)
        if a and b and (a.verdict, a.is_decision_error) == (b.verdict, b.is_decision_error):
            continue
        row = b or a
        assert row is not None
        was, now = a.verdict if a else "", b.verdict if b else ""
        found.append(
            VerdictChange(
                claim_id, row.metric, as_printed(row), {x: gloss(row, x) for x in row.said}, was, now,
                a.reason if a else "", b.reason if b else "", _severity(now) > _severity(was),
            )
        )  # fmt: skip
    return sorted(found, key=lambda v: (-abs(_severity(v.after) - _severity(v.before)), not v.is_worse))


def _severity(verdict: str) -> int:
    """How bad a verdict is; a claim that is not there is less than unchecked."""
    return SEVERITY.get(verdict, -2)


def plainly(value: float, digits: int) -> str:
    """A number of so many significant digits, without an exponent.

    >>> plainly(1234567.8, 6), plainly(40.91360477, 6), plainly(2e-7, 6)
    ('1234570', '40.9136', '0.0000002')
    """
    return format(Decimal(f"{value:.{digits}g}"), "f")


def _numbers(old: Mapping[str, CheckRow], new: Mapping[str, CheckRow]) -> list[Moved]:
    found = []
    for check_id, a in old.items():
        b = new.get(check_id)
        if b is None or a.computed is None or b.computed is None:
            continue
        was, now = a.computed, b.computed
        size = max(abs(was), abs(now))
        if size and abs(now - was) / size > RELATIVE:
            relative = (now - was) / abs(was) * 100 if was * now > 0 else None
            points = now - was if b.unit in POINTS else None
            found.append(
                Moved(check_id, plainly(was, DIGITS), plainly(now, DIGITS), b.unit, relative, points, a.arithmetic, b.arithmetic)
            )  # fmt: skip
    return sorted(found, key=lambda m: -math.inf if m.relative_pct is None else -abs(m.relative_pct))


def _figures(before: Side, after: Side) -> list[FigureChange]:
    found = []
    for name in {**before.figures, **after.figures}:
        a, b = before.figures.get(name), after.figures.get(name)
        if a == b:
            continue
        some = b or a
        assert some is not None
        what = "added" if a is None else "removed" if b is None else "data" if a.data != b.data else "picture"
        found.append(FigureChange(name, some.title, a.wide if a else "", b.wide if b else "", what))
    return found


KEYS = (
    ("claim_id",),
    ("series_id", "period", "edition"),
    ("caveat_id",),
    ("document_id",),
    ("finding",),
    ("exhibit",),
)


def _rows(before: Side, after: Side) -> list[RowChange]:
    """Rows of data files that differ, matched by the file's key, or by the whole row where it has none."""
    if not before.data or not after.data:
        return []
    found: list[RowChange] = []
    for file in sorted({*before.data, *after.data}):
        a, b = before.data.get(file, ""), after.data.get(file, "")
        if a != b:
            found += _row_changes(file, _keyed(a, file), _keyed(b, file), after.idle)
    return found


def _keyed(text: str, file: str) -> dict[str, dict[str, str]]:
    rows = reading.rows_in(text, Path(file)) if text else []
    columns = set(rows[0]) if rows else set()
    key = next((k for k in KEYS if set(k) <= columns), None)
    return {" @ ".join(r[c] or "–" for c in key) if key else ", ".join(map(str, r.values())): r for r in rows}


def _row_changes(
    file: str, a: Mapping[str, Row], b: Mapping[str, Row], idle: Mapping[str, str]
) -> list[RowChange]:
    found = []
    for key in {**a, **b}:
        if key not in b:
            found.append(RowChange(file, key, "removed", {}))
        elif key not in a:
            value = {c: ("", str(b[key][c])) for c in ("value", "printed") if b[key].get(c)}
            ref = f"{Path(file).stem}:{key.replace(' @ ', '@')}"
            found.append(RowChange(file, key, "added", value, ref in idle, idle.get(ref, "")))
        elif a[key] != b[key]:
            cells = {
                c: (str(a[key].get(c, "")), str(b[key].get(c, "")))
                for c in {**a[key], **b[key]}
                if a[key].get(c) != b[key].get(c)
            }
            found.append(RowChange(file, key, "changed", cells))
    return found
