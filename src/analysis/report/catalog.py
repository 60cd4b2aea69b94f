"""Published series: load, validate and pick single observations from `data/series/`.

A row is one number that one publisher printed in one edition. Editions are never mixed silently: a series is the rows
whose status is `main`, and asking for another edition or status is explicit.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import places, reading, words
from analysis.errors import UserError, counted, meant
from analysis.numbers import periods, units
from analysis.numbers.numerals import PLAIN_NUMBER
from analysis.numbers.printed import Interval, Quantity
from analysis.report import config, evidence

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "series_id", "entity", "period", "value", "unit", "publisher", "document",
    "edition", "origin", "published", "hedge", "attested", "vouched_by", "restated_by",
    "url", "retrieved_from", "status", "caveat",
]  # fmt: skip
STATUSES = ("main", "alternative", "conflict", "superseded")
KEY = ["series_id", "period", "edition"]


class CatalogError(UserError):
    """A data file is missing, broken, or has no such row."""


_REF = re.compile(r"(\w+):(.+)@(.+)@(.*)")
"""Topic, series, period and edition of an observation."""


@dataclass(frozen=True)
class Observation:
    """One published number: `value` and the range it claims, in `unit`, where it stands, and how well.

    `low` … `high`, with an end left out if `_open`: its rounding interval, or what its hedge word allows; "more than 98" of
    a share is (98, 100], "over 39" of money (39, ∞). The evidence columns (`origin` … `restated_by`) are those of the series files; `restated_by` is a factor, 1 for none.
    An assumption has none of them.
    """

    value: float
    low: float
    high: float
    unit: str
    ref: str
    label: str
    text: str
    period: str
    publisher: str
    document: str
    edition: str
    url: str
    status: str
    caveat: str
    origin: str = ""
    published: str = ""
    hedge: str = ""
    attested: str = ""
    vouched_by: str = ""
    restated_by: float = 1.0
    low_open: bool = False
    high_open: bool = False

    @property
    def interval(self) -> Interval:
        """The range that the published number claims, its hedge word included."""
        return Interval(self.low, self.high, self.low_open, self.high_open)


_Row = tuple[Observation, Mapping[str, str]]
"""An observation but for its label, and what names it: its entity, and what it measures in each language, by column."""


def topics() -> list[str]:
    """The names that `load` knows: the series files in `data/series/`, caveats apart."""
    return sorted(p.stem for p in (places.data() / "series").glob("*.csv") if p.stem != "caveats")


def read_table(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """A CSV as strings, every cell kept as printed, missing cells empty.

    `CatalogError` names the file and what is wrong: missing file, encoding other than UTF-8, ragged rows,
    missing columns.
    """
    import pandas as pd

    try:
        # Reading the bytes in Python keeps every opened file visible to the run's record of inputs.
        text = io.StringIO(reading.text(path), newline="")
        table = pd.read_csv(text, dtype=str, na_filter=False, on_bad_lines="error")
    except reading.Unreadable as error:
        raise CatalogError(str(error)) from None
    except pd.errors.EmptyDataError:
        raise CatalogError(f"{path.name}: the file is empty; its first row names the columns") from None
    except pd.errors.ParserError as error:
        raise CatalogError(f"{path.name}: {str(error).strip()}; quote cells that contain commas") from None
    if columns and (missing := [c for c in columns if c not in table.columns]):
        raise CatalogError(f"{path.name}: column {', '.join(missing)} is missing")
    return table


@cache
def _load(path: Path, stamp: reading.Stamp, languages: tuple[str, ...], storage: str) -> pd.DataFrame:
    import pandas as pd

    with pd.option_context("mode.string_storage", storage):
        return _loaded(path, languages)


def _loaded(path: Path, languages: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    table = read_table(path, COLUMNS + [f"metric_{language}" for language in languages])
    if table.empty:
        raise CatalogError(f"{path.name}: has a header but no rows; add rows or remove the file")
    _refuse(path, table, table["series_id"] == "", "series_id", "is empty")
    duplicated = table.duplicated(KEY)
    _refuse(path, table, duplicated, "series_id", "has the same series, period and edition as an earlier row")
    _refuse(path, table, ~table["status"].isin(STATUSES), "status", f"is not one of {', '.join(STATUSES)}")
    _refuse(path, table, ~table["value"].str.fullmatch(PLAIN_NUMBER), "value", "is not a number")
    known = table["unit"].map({u: u in units.UNITS for u in table["unit"].unique()})
    _refuse(path, table, ~known.astype(bool), "unit", "is not a unit of analysis/numbers/units.py")
    _refuse_doubtful(path, table)
    printed = table[["value", "unit", "hedge", "series_id"]].itertuples(index=False)
    ranges = pd.DataFrame([vars(claimed_range(*cells)) for cells in printed])
    return table.assign(text=table["value"], value=table["value"].astype(float), **ranges)


def claimed_range(value: str, unit: str, hedge: str, series_id: str) -> Interval:
    """What a published number says, with its hedge word; a series whose name has the word share lies in 0 … 100 %.

    >>> claimed_range("98", "%", "more than", "villages_share_min")
    Interval(low=98.0, high=100.0, low_open=True)
    >>> claimed_range("39", "十亿美元", "over", "emea_funding")
    Interval(low=39.0, high=inf, low_open=True)
    """
    kind = "share" if "share" in series_id.split("_") else "level"
    return Quantity.parse(value, unit, hedge, kind=kind).hedged


def _refuse_doubtful(path: Path, table: pd.DataFrame) -> None:
    """One clear error for the first row whose evidence columns cannot be right."""
    rows = _records(table)
    by_key = {evidence.key(row): row for row in rows}
    for number, row in enumerate(rows, start=2):
        for column, problem in evidence.doubts(row, by_key):
            raise CatalogError(f"{path.name}, row {number}, column {column}: {problem}")


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table by column, as `to_dict("records")` gives them, in a sixth of the time where they are text."""
    columns = [str(column) for column in table]
    cells = (table[column].to_numpy(dtype=object).tolist() for column in table)
    return [dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)]


def _refuse(path: Path, table: pd.DataFrame, bad: pd.Series, column: str, problem: str) -> None:
    """One clear error for the first bad row: file, row as an editor counts it, column, content, problem."""
    if not bad.any():
        return
    row = int(bad.to_numpy().argmax())
    cell = table[column].iloc[row]
    more = f" (and {counted(int(bad.sum()) - 1, 'more row')})" if bad.sum() > 1 else ""
    raise CatalogError(f"{path.name}, row {row + 2}, column {column}: {cell!r} {problem}{more}")


def load(topic: str) -> pd.DataFrame:
    """All rows of `data/series/<topic>.csv`, every edition and status.

    The columns of the file, with `value` as float, `text` as published, and `low`, `high`, `low_open`, `high_open` as the
    range that it claims (`claimed_range`) in `unit`. `CatalogError` names file, row and column of the first thing wrong.
    """
    return _load(*_found(topic)).copy()


def _found(topic: str) -> tuple[Path, reading.Stamp, tuple[str, ...], str]:
    """The file of a topic, what tells one version of it from another, the languages that it must speak, and as what pandas keeps texts:
    those of frames that are joined must be alike.
    """
    import pandas as pd

    path = places.data() / "series" / f"{topic}.csv"
    try:
        status = path.stat()
    except FileNotFoundError:
        raise CatalogError(f"no series file {topic}.csv; there are: {', '.join(topics())}") from None
    storage = pd.get_option("mode.string_storage")
    return path, reading.stamp(status), config.current().languages, storage


def series(
    topic: str, series_id: str, edition: str | None = None, status: str | Iterable[str] = "main"
) -> pd.DataFrame:
    """The rows of one series, indexed by period in time order.

    Without `edition`, the rows of the given status (`main` unless told); with it, that edition's rows of any status.
    `CatalogError` when there are none, or when a period would stand there twice.
    """
    wanted = (status,) if isinstance(status, str) else tuple(status)
    found = _series(*_found(topic), series_id, edition, wanted)
    return found.copy(deep=False)  # pandas copies what is written to


@cache
def _series(
    path: Path,
    stamp: reading.Stamp,
    languages: tuple[str, ...],
    storage: str,
    series_id: str,
    edition: str | None,
    wanted: tuple[str, ...],
) -> pd.DataFrame:
    known = _numbers(path, stamp, languages, storage)
    if series_id not in known:
        raise CatalogError(f"{path.name} has no series {series_id!r}{meant(series_id, known, most=3)}")
    rows = _load(path, stamp, languages, storage).iloc[known[series_id]]
    chosen = rows[rows["edition"] == edition] if edition is not None else rows[rows["status"].isin(wanted)]
    if chosen.empty:
        raise CatalogError(
            f"{path.name}: {series_id} has no row of edition {edition!r}; editions: {', '.join(sorted(set(rows['edition'])))}"
            if edition is not None
            else f"{path.name}: {series_id} has no row with status {' or '.join(wanted)}"
        )
    if chosen["period"].duplicated().any():
        twice = chosen.loc[chosen["period"].duplicated(), "period"].iloc[0]
        raise CatalogError(f"{path.name}: {series_id} has period {twice} twice: choose an edition")
    return chosen.set_index("period").sort_index()


@cache
def _numbers(
    path: Path, stamp: reading.Stamp, languages: tuple[str, ...], storage: str
) -> Mapping[str, list[int]]:
    """Series of a file → the numbers of its rows, from 0."""
    found: dict[str, list[int]] = {}
    for number, name in enumerate(_load(path, stamp, languages, storage)["series_id"].to_numpy(dtype=object)):
        found.setdefault(name, []).append(number)
    return found


def pick(
    topic: str, series_id: str, period: str, edition: str | None = None, language: str = ""
) -> Observation:
    """One observation: the `main` row of the period, or that of the given edition. `CatalogError` when there is none."""
    rows = _rows_of(topic).get((series_id, period), [])
    if not rows:
        table = load(topic)
        periods = sorted(table.loc[table["series_id"] == series_id, "period"])
        if not periods:
            raise CatalogError(
                f"{topic}.csv has no series {series_id!r}{meant(series_id, table['series_id'], most=3)}"
            )
        raise CatalogError(f"{topic}.csv: {series_id} has no period {period}; it has {', '.join(periods)}")
    wanted = [
        row for row in rows if (row[0].status == "main" if edition is None else row[0].edition == edition)
    ]
    if len(wanted) != 1:
        have = ", ".join(f"{o.edition} ({o.status})" for o, _ in rows)
        raise CatalogError(
            f"{topic}.csv: {series_id} {period}: {counted(len(wanted), 'row')} fit; choose an edition of: {have}"
        )
    found, names = wanted[0]
    of = config.current()
    return replace(found, label=label(names, period, language or of.languages[0], of))


def read_ahead(topic: str) -> None:
    """Read the file of a topic, so that what is asked of it later is at hand. `CatalogError` as `load`."""
    found = _found(topic)
    _index(*found)
    _numbers(*found)


def said(ref: str, language: str) -> str:
    """What the data call an observation in a language, by its reference; empty for any other input.

    >>> said("number", "en")
    ''
    """
    match = _REF.fullmatch(ref)
    # Asked for by its name: a notebook that lists the folder depends on all that lies there.
    if not match or not (places.data() / "series" / f"{match[1]}.csv").is_file():
        return ""
    found = (names for o, names in _rows_of(match[1]).get((match[2], match[3]), []) if o.edition == match[4])
    return next((label(names, match[3], language, config.current()) for names in found), "")


def label(row: Mapping[str, str], period: str, language: str, of: config.Report) -> str:
    """Entity, measure and period of a row in a language, as its report names them; the entity is not said twice."""
    entity, metric = of.named(row["entity"], language), row[f"metric_{language}"]
    gap = " " if words.spaces(language) else ""
    whole = metric if entity in metric else gap.join(filter(None, (entity, metric)))
    return " ".join(filter(None, (whole, periods.label(period, language) if not gap else period)))


def _rows_of(topic: str) -> Mapping[tuple[str, str], list[_Row]]:
    """The rows of a topic by series and period."""
    return _index(*_found(topic))


@cache
def _index(
    path: Path, stamp: reading.Stamp, languages: tuple[str, ...], storage: str
) -> Mapping[tuple[str, str], list[_Row]]:
    found: dict[tuple[str, str], list[_Row]] = {}
    columns = [f.name for f in fields(Observation) if f.name not in ("ref", "label")]
    named = ["entity", *(f"metric_{language}" for language in languages)]
    for row in _records(_load(path, stamp, languages, storage)):
        given = {name: row[name] for name in columns} | {"restated_by": float(row["restated_by"])}
        ref = f"{path.stem}:{row['series_id']}@{row['period']}@{row['edition']}"
        made = Observation(ref=ref, label="", **given)
        names = {name: row[name] for name in named}
        found.setdefault((row["series_id"], row["period"]), []).append((made, names))
    return found


def vintage(
    topic: str, series_id: str, period: str, edition: str = "contemporary", language: str = ""
) -> Observation:
    """One observation as it stood (`contemporary`: the `main` row) or as `latest` restated.

    The latest edition is the last by name, since the slugs of one publisher sort by time; rows of status
    `conflict` are passed over. `CatalogError` when there is no such row.
    """
    if edition == "contemporary":
        return pick(topic, series_id, period, None, language)
    known = _rows_of(topic).get((series_id, period), [])
    editions = [o.edition for o, _ in known if o.status != "conflict"]
    return pick(topic, series_id, period, max(editions, default=None), language)


def editions(topic: str, series_id: str) -> pd.DataFrame:
    """The first and the last edition of every period of a series, indexed by period: first, last (their values),
    first_edition, last_edition, unit, is_restated. Rows of status `conflict` are passed over.
    """
    table = load(topic)
    rows = table[(table["series_id"] == series_id) & (table["status"] != "conflict")]
    rows = rows.sort_values(["period", "edition"])
    ends = {end: ("value", end) for end in ("first", "last")}
    ends |= {f"{end}_edition": ("edition", end) for end in ("first", "last")}
    found = rows.groupby("period").agg(**ends, unit=("unit", "first"))
    return found.assign(is_restated=found["first_edition"] != found["last_edition"])


def caveats(topic: str | None = None, series_id: str | None = None) -> pd.DataFrame:
    """Known breaks, restatements and conflicts: `data/series/caveats.csv`, filtered by file and series."""
    table = read_table(places.data() / "series" / "caveats.csv")
    if topic is not None:
        table = table[table["file"].isin([topic, f"{topic}.csv"])]
    if series_id is not None:
        table = table[table["series_id"] == series_id]
    return table.reset_index(drop=True)


def report_table(name: str) -> pd.DataFrame:
    """A table of the report, cell by cell as printed: `data/report/tables/<name>.csv`."""
    return read_table(places.data() / "report" / "tables" / f"{name}.csv")
