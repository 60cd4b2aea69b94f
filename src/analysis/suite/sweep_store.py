"""What a sweep leaves on disk: plan, rows in Parquet parts written whole, failures; and what of it is done."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from analysis import reading
from analysis.errors import UserError
from analysis.suite import manifest, sweep_plan
from analysis.suite.sweep_plan import Plan, Values
from analysis.writing import csv_text, write_atomically

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PLAN = "plan.json"
COURSE = "course.json"
FAILURES = "failures.csv"
_DONE = b"cases"
UNFINISHED = "-unfinished"
"""What the folder of a sweep is called, after its name, until the sweep is complete."""
_FAILURE_COLUMNS = ["notebook", "case", "parameters", "cell", "error"]

Kind = Literal["text", "number", "flag"]
Key = tuple[str, int]


@dataclass(frozen=True)
class Keep:
    """Which rows of the notebooks a sweep keeps: a table, and of it these columns with their kinds."""

    table: str
    columns: Mapping[str, Kind]


@dataclass(frozen=True)
class CaseResult:
    """One executed case: its rows, or the cell (from 1) and error in which it failed."""

    stem: str
    case: int
    values: Values
    rows: list[dict[str, Any]]
    cell: int = 0
    error: str = ""


@dataclass
class Store:
    """The folder of one sweep. Rows are gathered and written in parts, so that memory stays flat."""

    folder: Path
    plan: Plan
    keep: Keep
    batch_rows: int = 50_000
    batch_seconds: float = 20.0

    def __post_init__(self) -> None:
        self._pending: list[CaseResult] = []
        self._pending_rows = 0
        self._written = time.monotonic()
        self._part = 1 + max((_part_number(p) for p in self.parts()), default=0)
        self.failures: list[CaseResult] = []

    @property
    def name(self) -> str:
        """The name of the sweep."""
        return name_of(self.folder)

    @property
    def rows_folder(self) -> Path:
        """Where the parts are."""
        return self.folder / self.keep.table

    def parts(self) -> list[Path]:
        """The parts so far, in the order in which they were written."""
        return sorted(self.rows_folder.glob("part-*.parquet"))

    def start(self) -> None:
        """Write the plan into an empty folder."""
        text = json.dumps(self.plan.as_json(), indent=1, ensure_ascii=False) + "\n"
        write_atomically(self.folder / PLAN, text)

    def done(self) -> set[Key]:
        """The cases whose rows are on disk."""
        import pyarrow.parquet as parquet

        found: set[Key] = set()
        for path in self.parts():
            with reading.parsing(path, "a part of this sweep; remove it and resume"):
                listed = json.loads((parquet.read_schema(path).metadata or {}).get(_DONE, b"{}"))
            found |= {(stem, case) for stem, cases in listed.items() for case in cases}
        return found

    def add(self, result: CaseResult) -> None:
        """Take a finished case; writes a part when enough has gathered."""
        if result.error:
            self.failures.append(result)
            return
        self._pending.append(result)
        self._pending_rows += len(result.rows)
        is_due = time.monotonic() - self._written > self.batch_seconds
        if self._pending_rows >= self.batch_rows or is_due:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered, and the failures."""
        self._written = time.monotonic()
        if self._pending:
            write_atomically(self.rows_folder / f"part-{self._part:05d}.parquet", self._encoded())
            self._part += 1
            self._pending, self._pending_rows = [], 0
        if self.failures or (self.folder / FAILURES).exists():
            write_atomically(self.folder / FAILURES, self._failures_csv())

    def _encoded(self) -> bytes:
        import pyarrow.parquet as parquet

        buffer = io.BytesIO()
        parquet.write_table(self._table(), buffer, compression="zstd")
        return buffer.getvalue()

    def _table(self) -> pa.Table:
        import pyarrow as pa

        results = self._pending
        columns: dict[str, pa.Array] = {
            "notebook": pa.array([r.stem for r in results for _ in r.rows], pa.string()).dictionary_encode(),
            "case": pa.array([r.case for r in results for _ in r.rows], pa.int64()),
        }
        for axis in self.plan.axes:
            kind = _kind(axis.values)
            column = [_as(kind, r.values.get(axis.name)) for r in results for _ in r.rows]
            columns[axis.name] = pa.array(column, _arrow(kind))
        for name, kind in self.keep.columns.items():
            column = [_as(kind, row.get(name)) for r in results for row in r.rows]
            array = pa.array(column, _arrow(kind))
            columns[name] = array.dictionary_encode() if kind == "text" else array
        listed: dict[str, list[int]] = {}
        for r in results:
            listed.setdefault(r.stem, []).append(r.case)
        return pa.table(columns).replace_schema_metadata({_DONE: json.dumps(listed).encode()})

    def _failures_csv(self) -> bytes:
        listed = sorted(self.failures, key=lambda r: (r.stem, r.case))
        rows = ([r.stem, r.case, json.dumps(r.values, ensure_ascii=False), r.cell, r.error] for r in listed)
        return csv_text([_FAILURE_COLUMNS, *rows]).encode()


def name_of(folder: Path) -> str:
    """The name of the sweep in a folder, finished or not."""
    return folder.name.removesuffix(UNFINISHED)


def read_plan(folder: Path) -> Plan:
    """The plan of a sweep. Raises UserError when the folder holds none."""
    if not (folder / PLAN).exists():
        raise UserError(f"{folder} holds no sweep: it has no {PLAN}.")
    content = reading.mapping_of(folder / PLAN)
    with reading.parsing(folder / PLAN, f"a plan; remove {folder} and sweep again"):
        return sweep_plan.from_json(content)


def resumed(folder: Path, inputs: Mapping[str, str]) -> Plan:
    """The plan of a sweep to go on with. Raises UserError when what it was computed from has changed since."""
    plan = read_plan(folder)
    changed = manifest.differences(dict(plan.inputs), dict(inputs))
    if changed:
        shown = ", ".join(changed[:5]) + (f" and {len(changed) - 5} more" if len(changed) > 5 else "")
        raise UserError(
            f"{name_of(folder)} cannot be resumed: its inputs are no longer the same ({shown}). "
            "Start it again without --resume, or under another name."
        )
    return plan


def frame(folder: Path, table: str) -> pd.DataFrame:
    """All rows of a sweep. Raises UserError when there are none."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    parts = []
    for path in sorted((folder / table).glob("part-*.parquet")):
        with reading.parsing(path, "a part of this sweep; remove it and resume"):
            parts.append(parquet.read_table(path))
    if not parts:
        raise UserError(f"{folder} holds no finished case.")
    with reading.parsing(folder / table, "parts of one sweep; sweep again"):
        found: pd.DataFrame = pa.concat_tables([p.unify_dictionaries() for p in parts]).to_pandas()
    return found


def _part_number(path: Path) -> int:
    match = re.fullmatch(r"part-(\d+)", path.stem)
    return int(match[1]) if match else 0


def _kind(values: Iterable[Any]) -> Kind:
    listed = list(values)
    if all(isinstance(v, bool) for v in listed):
        return "flag"
    is_number = all(isinstance(v, int | float) and not isinstance(v, bool) for v in listed)
    return "number" if is_number else "text"


def _as(kind: Kind, value: Any) -> Any:
    """The value as a column of that kind holds it; None for what is not there."""
    if value is None or value == "":
        return None
    if kind == "number":
        return float(value)
    if kind == "flag":
        return str(value).lower() == "true"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _arrow(kind: Kind) -> Any:
    import pyarrow as pa

    return {"text": pa.string(), "number": pa.float64(), "flag": pa.bool_()}[kind]
