"""Whether a verdict survives other assumptions: shares of verdicts over the universes of a sweep, and what flips them.

Multiverse analysis after Steegen, Tuerlinckx, Gelman and Vanpaemel, Perspectives on Psychological Science 11 (2016).

A claim's verdict is a function of a few of the swept parameters. A small decision tree finds these; the verdict in every
combination of them then gives shares over the whole space, in which every combination counts the same. So a sample serves as
well as the full product as soon as it has met each combination of the few, and two notebooks that check one claim are combined
over the parameters that they share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import places
from analysis.report.catalog import CatalogError, read_table
from analysis.report.verdict import SEVERITY

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.report.ledger import Claim

TABLE = "checks"
COLUMNS = {
    "check_id": "text", "claim_id": "text", "basis": "text", "decides": "flag", "outcome": "text",
    "is_decision_error": "flag", "computed": "number", "computed_low": "number", "computed_high": "number",
    "unit": "text",
}  # fmt: skip
"""The columns of `checks` that a sweep keeps, with their kinds."""

PUBLISHED = Path("sweep") / "robustness.csv"
"""Where in the data folder the default sweep is published for the scorecard."""

VERDICTS = ("reproduced", "hedged", "contradicted", "unchecked")
_NAMES = {severity: verdict for verdict, severity in SEVERITY.items()}
_UNCHECKED = SEVERITY["unchecked"]


@dataclass(frozen=True)
class Grid:
    """The swept parameters: values of each, and which of them is the default."""

    values: Mapping[str, Sequence[Any]]
    default: Mapping[str, int]
    notebooks: Mapping[str, Sequence[str]]
    """The parameters that each notebook declares."""

    @classmethod
    def of(
        cls, axes: Iterable[tuple[str, Sequence[Any], int]], notebooks: Mapping[str, Sequence[str]]
    ) -> Grid:
        """From (name, values, index of the default) of each parameter."""
        listed = list(axes)
        return cls({n: v for n, v, _ in listed}, {n: d for n, _, d in listed}, notebooks)


@dataclass(frozen=True)
class Robustness:
    """What the sweep says of one claim.

    shares: verdict → share of universes. flips: parameter → share of otherwise equal universes between which the
    verdict changes when this parameter moves (among those in which the claim is checked), largest first.
    alone: (parameter, value, verdict) for each value that, alone, changes the verdict of the default.
    executions: cases of notebooks behind it. moves: the parameters on which the value of a deciding check depends.
    """

    claim_id: str
    verdict_default: str
    shares: Mapping[str, float]
    flips: Mapping[str, float]
    alone: Sequence[tuple[str, Any, str]]
    executions: int
    notebooks: Sequence[str] = field(default_factory=tuple)
    moves: Sequence[str] = field(default_factory=tuple)

    @property
    def kind(self) -> str:
        """`robust`: one verdict wherever the claim is checked; `fragile`: several; empty: never checked."""
        met = [v for v, share in self.shares.items() if share > 0 and v != "unchecked"]
        return "" if not met else "robust" if len(met) == 1 else "fragile"


def robustness(rows: pd.DataFrame, grid: Grid) -> list[Robustness]:
    """One entry for each claim that a deciding check reaches in some universe, in the order of their ids.

    rows: the checks of a sweep with columns notebook, case, the swept parameters, and those of `COLUMNS`.
    """
    found: dict[str, list[_Seen]] = {}
    for notebook, part in rows.groupby("notebook", observed=True, sort=True):
        for claim_id, seen in _verdicts(str(notebook), part, grid):
            found.setdefault(claim_id, []).append(seen)
    return [_combined(claim_id, found[claim_id], grid) for claim_id in sorted(found)]


@dataclass(frozen=True)
class _Seen:
    """A claim in one notebook: the parameters that matter, and the verdict for each combination met of them.

    moves: the parameters on which the number of a deciding check depends.
    """

    notebook: str
    names: tuple[str, ...]
    cells: Mapping[tuple[int, ...], int]
    executions: int
    moves: frozenset[str]


def _verdicts(notebook: str, rows: pd.DataFrame, grid: Grid) -> list[tuple[str, _Seen]]:
    """The verdict of every claim in every case of one notebook, reduced to the parameters that matter."""
    import numpy as np

    names = tuple(grid.notebooks[notebook])
    cases = rows.drop_duplicates("case").sort_values("case")
    codes = codes_of(cases, names, grid)
    position = {case: i for i, case in enumerate(cases["case"])}
    deciding = rows[rows["decides"].astype(bool)]
    severity = deciding["outcome"].astype(str).map(SEVERITY)
    worst = severity.groupby([deciding["claim_id"].astype(str), deciding["case"]]).max()
    moves = _moves(deciding, names, grid)
    found = []
    for claim_id, by_case in worst.groupby(level=0):
        verdict = np.full(len(cases), _UNCHECKED)
        verdict[[position[case] for case in by_case.index.get_level_values(1)]] = by_case.to_numpy()
        used = relevant(codes, verdict)
        cells = {tuple(int(c) for c in row): int(v) for row, v in zip(codes[:, used], verdict, strict=True)}
        seen = _Seen(
            notebook, tuple(names[i] for i in used), cells, len(cases), moves.get(str(claim_id), frozenset())
        )
        found.append((str(claim_id), seen))
    return found


def _moves(deciding: pd.DataFrame, names: Sequence[str], grid: Grid) -> dict[str, frozenset[str]]:
    """For each claim the parameters without which the values of its deciding checks could not be told."""
    import pandas as pd

    found: dict[str, frozenset[str]] = {}
    for (claim_id, _), rows in deciding.groupby(["claim_id", "check_id"], observed=True):
        labels = pd.factorize(rows["computed"].round(12))[0]
        used = relevant(codes_of(rows, names, grid), labels) if labels.max() > 0 else []
        found[str(claim_id)] = found.get(str(claim_id), frozenset()) | {names[i] for i in used}
    return found


def codes_of(rows: pd.DataFrame, names: Sequence[str], grid: Grid) -> np.ndarray:
    """Rows × parameters: which of its values each parameter has."""
    import numpy as np

    return np.column_stack([_codes(rows[name], grid.values[name]) for name in names])


def _codes(column: pd.Series, values: Sequence[Any]) -> np.ndarray:
    """Which of the values each row has."""
    import numpy as np

    index = {_key(value): i for i, value in enumerate(values)}
    return np.array([index[_key(value)] for value in column.tolist()])


def _key(value: Any) -> str:
    import json

    if isinstance(value, bool) or not isinstance(value, int | float):
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return repr(float(value))


def relevant(codes: np.ndarray, verdict: np.ndarray) -> list[int]:
    """The columns of `codes` (cases × parameters) that a decision tree needs to tell every verdict, in their order.

    The tree splits by the largest gain of information (ID3, Quinlan 1986) until each leaf holds one verdict.
    """
    used: set[int] = set()
    waiting = [verdict.argsort(kind="stable")]
    while waiting:
        rows = waiting.pop()
        if (verdict[rows] == verdict[rows[0]]).all():
            continue
        column = _best_split(codes[rows], verdict[rows])
        used.add(column)
        waiting += [rows[codes[rows, column] == value] for value in set(codes[rows, column].tolist())]
    return sorted(used)


def _best_split(codes: np.ndarray, verdict: np.ndarray) -> int:
    """The column whose values leave the least uncertainty about the verdict; never one that splits nothing."""
    import numpy as np

    labels = np.unique(verdict, return_inverse=True)[1]
    left = []
    for column in range(codes.shape[1]):
        counts = np.zeros((codes[:, column].max() + 1, labels.max() + 1))
        np.add.at(counts, (codes[:, column], labels), 1)
        totals = counts.sum(axis=1, keepdims=True)
        shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
        logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
        is_split = (totals > 0).sum() > 1
        left.append(-(counts * logs).sum() if is_split else np.inf)
    return int(np.argmin(left))


def _combined(claim_id: str, seen: list[_Seen], grid: Grid) -> Robustness:
    """The verdict of a claim over all its notebooks: the worst, in each combination of the parameters that matter."""
    names, cells = seen[0].names, dict(seen[0].cells)
    for other in seen[1:]:
        names, cells = _joined(names, cells, other)
    total = len(cells)
    shares = {v: sum(s == SEVERITY[v] for s in cells.values()) / total for v in VERDICTS}
    default = tuple(grid.default[name] for name in names)
    at_default = cells.get(default, _UNCHECKED)
    flips = {name: _switches(i, cells) for i, name in enumerate(names)}
    alone = []
    for i, name in enumerate(names):
        for value in range(len(grid.values[name])):
            moved = cells.get((*default[:i], value, *default[i + 1 :]), at_default)
            if moved != at_default:
                alone.append((name, grid.values[name][value], _NAMES[moved]))
    ordered = sorted(((n, s) for n, s in flips.items() if s > 0), key=lambda item: (-item[1], item[0]))
    return Robustness(
        claim_id, _NAMES[at_default], shares, dict(ordered), alone,
        sum(s.executions for s in seen), tuple(s.notebook for s in seen),
        sorted(frozenset[str]().union(*(s.moves for s in seen))),
    )  # fmt: skip


def _joined(
    names: tuple[str, ...], cells: Mapping[tuple[int, ...], int], other: _Seen
) -> tuple[tuple[str, ...], dict[tuple[int, ...], int]]:
    """The worse verdict of two tables for each combination in which they agree on the parameters they share."""
    shared = [n for n in names if n in other.names]
    fresh = [n for n in other.names if n not in names]
    by_shared: dict[tuple[int, ...], list[tuple[tuple[int, ...], int]]] = {}
    for combination, verdict in other.cells.items():
        at = dict(zip(other.names, combination, strict=True))
        by_shared.setdefault(tuple(at[n] for n in shared), []).append((tuple(at[n] for n in fresh), verdict))
    found = {}
    for combination, verdict in cells.items():
        at = dict(zip(names, combination, strict=True))
        for more, another in by_shared.get(tuple(at[n] for n in shared), []):
            found[(*combination, *more)] = max(verdict, another)
    return (*names, *fresh), found


def _switches(column: int, cells: Mapping[tuple[int, ...], int]) -> float:
    """Share of the groups of combinations equal but for one parameter that hold several verdicts."""
    groups: dict[tuple[int, ...], set[int]] = {}
    sizes: dict[tuple[int, ...], int] = {}
    for combination, verdict in cells.items():
        if verdict != _UNCHECKED:
            rest = (*combination[:column], *combination[column + 1 :])
            groups.setdefault(rest, set()).add(verdict)
            sizes[rest] = sizes.get(rest, 0) + 1
    comparable = [found for rest, found in groups.items() if sizes[rest] > 1]
    return sum(len(found) > 1 for found in comparable) / len(comparable) if comparable else 0.0


def with_repetitions(found: Sequence[Robustness], ledger: Mapping[str, Claim]) -> list[Robustness]:
    """The results, and those of a claim for each unchecked one that repeats it in words, or with its number and hedge."""
    by_id = {r.claim_id: r for r in found}
    for claim in ledger.values():
        first = ledger.get(claim.repeats)
        if first and first.claim_id in by_id and claim.claim_id not in by_id and _says_the_same(claim, first):
            by_id[claim.claim_id] = replace(by_id[first.claim_id], claim_id=claim.claim_id)
    return [by_id[claim_id] for claim_id in sorted(by_id)]


def _says_the_same(claim: Claim, first: Claim) -> bool:
    quantity = claim.quantity()
    return quantity.value is None or quantity.hedged == first.quantity().hedged


def as_rows(found: Sequence[Robustness]) -> list[dict[str, Any]]:
    """The results as rows of robustness.csv; shares rounded to four decimals."""
    return [
        {
            "claim_id": r.claim_id,
            "robust": r.kind,
            "universes": r.executions,
            **{f"share_{verdict}": round(r.shares[verdict], 4) for verdict in VERDICTS},
            "verdict_default": r.verdict_default,
            "flips_on": " ".join(r.flips),
            "moves_on": " ".join(r.moves),
        }
        for r in found
    ]


def flip_rows(found: Sequence[Robustness]) -> list[dict[str, Any]]:
    """One row for each parameter on which a claim flips, and each value that does so alone."""
    rows = []
    for r in found:
        for name, share in r.flips.items():
            alone = [f"{value}: {verdict}" for n, value, verdict in r.alone if n == name]
            rows.append(
                {
                    "claim_id": r.claim_id,
                    "parameter": name,
                    "share_of_moves": round(share, 4),
                    "verdict_default": r.verdict_default,
                    "alone": "; ".join(alone),
                }
            )
    return rows


def load_robustness() -> list[dict[str, Any]]:
    """The rows of the published sweep (`data/sweep/robustness.csv`), shares as numbers; none where none is published.

    `CatalogError` names row and column of a share that is no number.
    """
    path = places.data() / PUBLISHED
    try:
        table = read_table(path, ["claim_id", "robust", "verdict_default", "flips_on", "moves_on"])
    except CatalogError:
        if path.exists():
            raise
        return []  # the attempt to open it stays a dependency of the notebook
    rows: list[dict[str, Any]] = [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]
    for number, row in enumerate(rows, start=2):
        for column in (c for c in row if c.startswith("share_")):
            try:
                row[column] = float(row[column])
            except ValueError:
                raise CatalogError(
                    f"{path.name}, row {number}, column {column}: {row[column]!r} is not a number; "
                    "make the file anew: analysis sweep --default --publish"
                ) from None
    return rows
