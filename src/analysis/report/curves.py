"""What specification curves of a sweep show: for the claims whose recomputed value moves most, every distinct value of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.report.robustness import Robustness
from analysis.report.universes import Grid, codes_of, relevant

if TYPE_CHECKING:
    import pandas as pd

_SAME = 1e-9
MOST_ROWS = 240
"""Specifications in one picture; of more, every n-th in order of size is shown."""


@dataclass(frozen=True)
class CurveData:
    """One check over the choices that move it: columns estimate, low, high and the `choices`; `total` before thinning."""

    claim_id: str
    check_id: str
    unit: str
    choices: tuple[str, ...]
    table: pd.DataFrame
    total: int


def curves(rows: pd.DataFrame, grid: Grid, results: Sequence[Robustness], most: int = 6) -> list[CurveData]:
    """The curves of at most `most` claims whose value depends on a choice: fragile ones first, then the widest."""
    kinds = {r.claim_id: r.kind for r in results}
    values = rows.dropna(subset=["computed"])
    keys = ["notebook", "claim_id", "check_id"]
    spread = values.groupby(keys, observed=True)["computed"].agg(["min", "max"])
    size = spread.abs().max(axis=1)
    widths = ((spread["max"] - spread["min"]) / size).reset_index()
    ranked = sorted(
        (kinds.get(str(claim_id)) != "fragile", -width, str(claim_id), str(check_id), str(notebook))
        for notebook, claim_id, check_id, width in widths.itertuples(index=False)
        if width > _SAME
    )
    chosen: dict[str, CurveData] = {}
    for _, _, claim_id, check_id, notebook in ranked:
        if claim_id not in chosen and len(chosen) < most:
            own = values[(values["notebook"] == notebook) & (values["check_id"] == check_id)]
            chosen[claim_id] = _curve(claim_id, check_id, own, grid)
    return list(chosen.values())


def _curve(claim_id: str, check_id: str, rows: pd.DataFrame, grid: Grid) -> CurveData:
    import pandas as pd

    names = list(grid.notebooks[str(rows["notebook"].iloc[0])])
    codes = codes_of(rows, names, grid)
    used = relevant(codes, pd.factorize(rows["computed"])[0])
    choices = {names[i]: [grid.values[names[i]][code] for code in codes[:, i].tolist()] for i in used}
    estimates = {"estimate": "computed", "low": "computed_low", "high": "computed_high"}
    table = pd.DataFrame({k: rows[column].to_numpy() for k, column in estimates.items()} | choices)
    distinct = table.drop_duplicates(list(choices)).sort_values(["estimate", *choices])
    shown = distinct.iloc[:: -(-len(distinct) // MOST_ROWS)]
    unit = str(rows["unit"].iloc[0]) if rows["unit"].notna().any() else ""
    return CurveData(claim_id, check_id, unit, tuple(choices), shown.reset_index(drop=True), len(distinct))
