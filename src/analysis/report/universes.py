"""The checks of a sweep as typed rows, and which of a claim's checks stand in which combination of parameters.

A notebook is executed once for each choice of the parameters that it declares, but a claim's checks differ on a few of
them only. A small decision tree finds these, so that a claim is judged over the combinations of a few parameters instead
of all universes; a sample serves as well as the full product as soon as it has met each combination of the few.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from analysis.report import cells
from analysis.report.rows import CheckRow

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TABLE = "checks"
COLUMNS: Mapping[str, Literal["text", "number", "flag"]] = {
    "check_id": "text", "claim_id": "text", "way": "text", "outcome": "text", "grade": "text", "fits": "text",
    "refutes_only": "flag", "definition": "text", "threshold": "number", "quantifier": "text", "is_aside": "flag",
    "is_party": "flag", "found": "text", "unit": "text", "computed": "number", "computed_low": "number",
    "computed_high": "number", "low_open": "flag", "high_open": "flag", "steps": "text", "inputs": "text",
}  # fmt: skip
"""The columns of `checks` that a sweep keeps, with their kinds: all that the standard reads, without what pages show."""

Combination = tuple[int, ...]
"""Which of its values each of some parameters has."""


@dataclass(frozen=True)
class Grid:
    """The swept parameters: values of each, and which of them is the default."""

    values: Mapping[str, Sequence[object]]
    default: Mapping[str, int]
    notebooks: Mapping[str, Sequence[str]]
    """The parameters that each notebook declares."""

    @classmethod
    def of(
        cls, axes: Iterable[tuple[str, Sequence[object], int]], notebooks: Mapping[str, Sequence[str]]
    ) -> Grid:
        """From (name, values, index of the default) of each parameter."""
        listed = list(axes)
        return cls({n: v for n, v, _ in listed}, {n: d for n, _, d in listed}, notebooks)


@dataclass(frozen=True)
class Table:
    """What stands in each combination of some parameters that was met: the numbers of checks in `Universes.checks`."""

    names: tuple[str, ...]
    cells: Mapping[Combination, tuple[int, ...]]


EVERYWHERE = Table((), {(): ()})
"""Nothing, in every universe."""


@dataclass(frozen=True)
class Universes:
    """All that a sweep found: the distinct checks, and for each claim one table for each notebook that checks it."""

    checks: Sequence[CheckRow]
    tables: Mapping[str, Sequence[Table]]
    notebooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The notebooks that check a claim."""


def universes(rows: pd.DataFrame, grid: Grid) -> Universes:
    """The checks of a sweep, from its stored rows.

    rows: with columns notebook, case and those of `COLUMNS`.
    `UserError` names the column of a row that is no check.
    """
    checks: list[CheckRow] = []
    tables: dict[str, list[Table]] = {}
    notebooks: dict[str, tuple[str, ...]] = {}
    for notebook, part in rows.groupby("notebook", observed=True, sort=True):
        stem = str(notebook)
        number = _numbered(part, checks)
        for claim_id, table in _tables(part, number, tuple(grid.notebooks[stem]), grid):
            tables.setdefault(claim_id, []).append(table)
            notebooks[claim_id] = (*notebooks.get(claim_id, ()), stem)
    return Universes(checks, tables, notebooks)


def _numbered(part: pd.DataFrame, checks: list[CheckRow]) -> np.ndarray:
    """The number of each row among the distinct checks, to which those of this notebook are added."""
    import numpy as np
    import pandas as pd

    groups = np.zeros(len(part), dtype=np.int64)
    for column in COLUMNS:
        codes, known = pd.factorize(part[column], use_na_sentinel=False)
        groups = np.unique(groups * len(known) + codes, return_inverse=True)[1]
    _, first = np.unique(groups, return_index=True)
    start = len(checks)
    for record in part.iloc[first][list(COLUMNS)].to_dict("records"):
        given = {str(k): v for k, v in record.items() if not _is_missing(v)}
        checks.append(cells.read(CheckRow, given, TABLE))
    return np.asarray(groups + start)


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _tables(
    part: pd.DataFrame, number: np.ndarray, names: tuple[str, ...], grid: Grid
) -> Iterable[tuple[str, Table]]:
    """The checks of every claim in every case of one notebook, reduced to the parameters that move one of them."""
    import numpy as np

    cases = part.drop_duplicates("case").sort_values("case")
    codes = codes_of(cases, names, grid)
    position = {case: i for i, case in enumerate(cases["case"].tolist())}
    met: dict[str, list[list[int]]] = {}
    for claim_id, case, n in zip(part["claim_id"], part["case"].tolist(), number.tolist(), strict=True):
        met.setdefault(str(claim_id), [[] for _ in position])[position[case]].append(n)
    for claim_id, found in met.items():
        listed = [tuple(sorted(numbers)) for numbers in found]
        known = {numbers: i for i, numbers in enumerate(dict.fromkeys(listed))}
        used = relevant(codes, np.array([known[numbers] for numbers in listed]))
        rows = map(tuple, codes[:, used].tolist())
        yield claim_id, Table(tuple(names[i] for i in used), dict(zip(rows, listed, strict=True)))


def joined(tables: Iterable[Table]) -> Table:
    """Several tables as one: all their checks, in each combination in which they agree on the parameters they share.

    >>> joined([Table(("a",), {(0,): (1,), (1,): (2,)}), Table((), {(): (7,)})]).cells
    {(0,): (1, 7), (1,): (2, 7)}
    """
    found = EVERYWHERE
    for table in tables:
        found = _both(found, table)
    return found


def _both(one: Table, other: Table) -> Table:
    shared = [n for n in one.names if n in other.names]
    fresh = [n for n in other.names if n not in one.names]
    by_shared: dict[Combination, list[tuple[Combination, tuple[int, ...]]]] = {}
    for combination, numbers in other.cells.items():
        at = dict(zip(other.names, combination, strict=True))
        entry = tuple(at[n] for n in fresh), numbers
        by_shared.setdefault(tuple(at[n] for n in shared), []).append(entry)
    found = {}
    for combination, numbers in one.cells.items():
        at = dict(zip(one.names, combination, strict=True))
        for more, others in by_shared.get(tuple(at[n] for n in shared), []):
            found[(*combination, *more)] = (*numbers, *others)
    return Table((*one.names, *fresh), found)


def codes_of(rows: pd.DataFrame, names: Sequence[str], grid: Grid) -> np.ndarray:
    """Rows × parameters: which of its values each has in the row's case, the last parameter varying fastest."""
    import numpy as np

    if not names:
        return np.zeros((len(rows), 0), dtype=int)
    shape = tuple(len(grid.values[name]) for name in names)
    return np.column_stack(np.unravel_index(rows["case"].to_numpy(), shape))


def relevant(codes: np.ndarray, labels: np.ndarray) -> list[int]:
    """The columns of `codes` (cases × parameters) that are needed to tell every label, in their order.

    A tree splits by the largest gain of information (ID3, Quinlan 1986) until each leaf holds one label; a column
    without which the others still tell all of them is left out again.
    """
    used: set[int] = set()
    waiting = [labels.argsort(kind="stable")]
    while waiting:
        rows = waiting.pop()
        if (labels[rows] == labels[rows[0]]).all():
            continue
        column = _best_split(codes[rows], labels[rows])
        used.add(column)
        waiting += [rows[codes[rows, column] == value] for value in set(codes[rows, column].tolist())]
    for column in sorted(used, reverse=True):
        if _tells(codes[:, sorted(used - {column})], labels):
            used.discard(column)
    return sorted(used)


def _tells(codes: np.ndarray, labels: np.ndarray) -> bool:
    """Whether cases with the same codes always have the same label."""
    seen: dict[Combination, int] = {}
    return all(
        seen.setdefault(tuple(row), label) == label
        for row, label in zip(codes.tolist(), labels.tolist(), strict=True)
    )


def _best_split(codes: np.ndarray, labels: np.ndarray) -> int:
    """The column whose values leave the least uncertainty about the label; never one that splits nothing."""
    import numpy as np

    dense = np.unique(labels, return_inverse=True)[1]
    left = []
    for column in range(codes.shape[1]):
        counts = np.zeros((codes[:, column].max() + 1, dense.max() + 1))
        np.add.at(counts, (codes[:, column], dense), 1)
        totals = counts.sum(axis=1, keepdims=True)
        shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
        logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
        is_split = (totals > 0).sum() > 1
        left.append(-(counts * logs).sum() if is_split else np.inf)
    assert min(left) < np.inf, "two cases have the same parameters"
    return int(np.argmin(left))
