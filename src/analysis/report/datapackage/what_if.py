"""Another value for a single row of the data, or another edition of it, as rows to be laid over the project's (`overlay`).

trips:bicycle_trips@2019@census=34.5     this value in place of the published one
trips:bicycle_trips@2019=survey          this edition, which is in the data, in place of the main one
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import UserError, counted, meant
from analysis.numbers import units
from analysis.numbers.numerals import PLAIN_NUMBER
from analysis.report.catalog import claimed_range
from analysis.report.datapackage import files
from analysis.report.datapackage.descriptor import DESCRIPTOR, Resource, load
from analysis.report.datapackage.files import Row
from analysis.report.datapackage.problems import DataError

MOST = 20
"""Rows that may be changed at once: whoever changes more writes a file of rows."""
_LONGEST = 30
_BOUNDED = {"%": 100.0, "": 1.0}
"""What a share can be at most, by its unit."""


@dataclass(frozen=True)
class Series:
    """The rows of the series files of a data folder, as they can be changed. by_row: (topic, series, period) → its editions."""

    resources: Mapping[str, Resource]
    by_row: Mapping[tuple[str, ...], Sequence[Row]]

    @classmethod
    def of(cls, data: Path) -> Series:
        """Those of a data folder; none where nothing describes it. DataError for a file that cannot be read."""
        resources, found = {}, dict[tuple[str, ...], list[Row]]()
        for resource in load(data) if (data / DESCRIPTOR).is_file() else ():
            if resource.kind == "series":
                rows, problems = files.read(data, resource)
                if problems:
                    raise DataError("\n".join(map(str, problems)))
                topic = Path(resource.path).stem
                resources[topic] = resource
                for row in rows:
                    found.setdefault((topic, row["series_id"], row["period"]), []).append(row)
        return cls(resources, found)

    def editions(self, ref: str) -> Sequence[Row]:
        """The rows of the same series and period as an observation, by its reference; none for anything else."""
        topic, _, key = ref.partition(":")
        return self.by_row.get((topic, *key.split("@")[:2]), ())

    def changed(self, texts: Iterable[str]) -> dict[str, bytes]:
        """Path below data/ → the file of changed rows that `REF=VALUE` or `REF=EDITION` ask for. UserError names the first that is not allowed."""
        given: dict[str, str] = {}
        for ref, value in map(_parts, texts):
            if given.setdefault(ref, value) is not value:
                raise UserError(f"{ref} is given twice; keep one of the values.")
        if len(given) > MOST:
            raise UserError(
                f"{counted(len(given), 'row')} at once, at most {MOST} can be changed; write a file for --data."
            )
        rows: dict[str, dict[tuple[str, ...], Row]] = {}
        for ref, value in sorted(given.items(), key=lambda item: item[0].count("@")):  # editions first
            topic, _, key = ref.partition(":")
            place = tuple(key.split("@"))
            editions = self.by_row.get((topic, *place[:2])) if len(place) in (2, 3) else None
            if editions is None:
                raise UserError(f"{ref}: there is no such row{self._meant(topic, place)}")
            known = rows.setdefault(topic, {})
            editions = [known.get(_key(row), row) for row in editions]
            changed = _valued(ref, editions, place[2], value) if place[2:] else _swapped(ref, editions, value)
            known |= {_key(row): row for row in changed}
        return {
            self.resources[topic].path: files.written(self.resources[topic], found.values())
            for topic, found in sorted(rows.items())
        }

    def _meant(self, topic: str, place: Sequence[str]) -> str:
        """The nearest that there is."""
        if topic not in self.resources:
            return meant(topic, self.resources, most=3)
        of = sorted(p for t, s, p in self.by_row if t == topic and s == place[0])
        if of:
            return f"; periods of {place[0]}: {', '.join(of)}"
        return meant(place[0], {s for t, s, _ in self.by_row if t == topic}, most=3)


def _key(row: Row) -> tuple[str, ...]:
    return row["series_id"], row["period"], row["edition"]


def _parts(text: str) -> tuple[str, str]:
    ref, equals, value = text.partition("=")
    if not (equals and ref and value):
        raise UserError(
            f"{text[:80]!r}: write FILE:SERIES@PERIOD@EDITION=VALUE or FILE:SERIES@PERIOD=EDITION"
        )
    return ref, value


def _valued(ref: str, editions: Sequence[Row], edition: str, value: str) -> list[Row]:
    """The row with another value."""
    row = next((r for r in editions if r["edition"] == edition), None)
    if row is None:
        raise UserError(f"{ref}: there is no such row; editions: {', '.join(r['edition'] for r in editions)}")
    if not _is_plain(value):
        raise UserError(
            f"{ref}: {value[:_LONGEST]!r} is not a plain number of at most {_LONGEST} characters; "
            f"write digits and a decimal point, in {row['unit'] or 'the unit of the row'}."
        )
    if problem := _outside(row, value):
        raise UserError(f"{ref}: {value} {problem}")
    return [{**row, "value": value}]


def _is_plain(value: str) -> bool:
    """Whether it is a number as the data write them."""
    return len(value) <= _LONGEST and bool(re.fullmatch(PLAIN_NUMBER, value))


def _main(editions: Sequence[Row]) -> str:
    """The edition that the notebooks take, else the first."""
    return next((r["edition"] for r in editions if r["status"] == "main"), editions[0]["edition"])


def _outside(row: Row, value: str) -> str:
    """Why a number cannot be one of its unit; empty where it can."""
    most = _BOUNDED.get(row["unit"]) if "share" in row["series_id"].split("_") else None
    if most is not None and not 0 <= float(value) <= most:
        return f"is no share: it lies between 0 and {most:g}."
    is_ratio = units.get(row["unit"]).dimension == units.get("%").dimension
    if value.startswith("-") and not is_ratio and not row["value"].startswith("-"):
        return f"lies below nothing, where {row['value']} {row['unit']} is published."
    try:
        claimed_range(value, row["unit"], row["hedge"], row["series_id"])
    except (UserError, ValueError) as error:
        return f"cannot be read with its unit and hedge word: {error}"
    return ""


def _swapped(ref: str, editions: Sequence[Row], edition: str) -> list[Row]:
    """The rows of a period with another one as the main one."""
    row = next((r for r in editions if r["edition"] == edition), None)
    if row is None or row["status"] == "main":
        others = [r["edition"] for r in editions if r["status"] != "main"]
        have = f"others: {', '.join(others)}" if others else "there is no other"
        value = f" For another value write {ref}@{_main(editions)}={edition}" if _is_plain(edition) else ""
        raise UserError(f"{ref}: {edition[:80]!r} is no other edition of it in the data; {have}.{value}")
    main = [{**r, "status": "alternative"} for r in editions if r["status"] == "main"]
    return [{**row, "status": "main"}, *main]
