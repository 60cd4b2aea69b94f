"""What a schema cannot say: rules about the meaning of rows, and between files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from analysis.errors import UserError, counted, meant
from analysis.numbers import units
from analysis.numbers.numerals import PLAIN_NUMBER
from analysis.report import consequence, evidence
from analysis.report.datapackage.descriptor import Resource
from analysis.report.datapackage.files import Row
from analysis.report.datapackage.problems import Problem
from analysis.report.ledger import NUMBERS, Claim, loose_ends, unreadable
from analysis.report.meanings import worked_out

Tables = Mapping[str, tuple[Resource, list[Row]]]
"""Path of a file → its resource and its rows."""

_GUARD = re.compile(r"(\S+)@(\S+)@(\S+) != (\S+)@(\S+)@(\S+)")
NO_ADDRESS = "no address"
TEXTS = ("said_", "numbers_", "so_")
"""How the columns of a finding's plain words begin."""


def check(tables: Tables, notebooks: Path | None) -> Iterator[Problem]:
    """Every problem that our own rules find. `notebooks` is the folder that exhibits refer to, if there is one."""
    for resource, rows in tables.values():
        if resource.kind == "series":
            yield from series(resource.path, rows)
        elif resource.kind == "claims":
            yield from claims(resource.path, rows)
        elif resource.kind == "caveats":
            yield from caveats(resource.path, rows, tables)
        elif resource.kind == "documents":
            yield from documents(resource.path, rows)
        elif resource.kind == "exhibits" and notebooks is not None:
            yield from exhibits(resource.path, rows, notebooks)
        elif resource.kind == "findings":
            yield from told(resource.path, rows, tables)
    yield from _series_in_one_file(tables)
    yield from _restated(tables)


def series(file: str, rows: list[Row]) -> Iterator[Problem]:
    """Rules of a series file: numbers as published, units, keys, one main row, addresses, evidence, one meaning."""
    keys: dict[tuple[str, str, str], int] = {}
    mains: dict[tuple[str, str], int] = {}
    meanings: dict[str, tuple[int, Row]] = {}
    readable = {evidence.key(row): row for row in rows if _readable(row)}
    for number, row in _numbered(rows):
        yield from _series_cells(file, number, row)
        for column, text in evidence.doubts(row, readable) if _readable(row) else ():
            yield Problem(file, number, column, text)
        key = (row["series_id"], row["period"], row["edition"])
        if key in keys:
            text = f"{' '.join(key)} stands in row {keys[key]} already; give one of the two another edition"
            yield Problem(file, number, "series_id", text)
        keys.setdefault(key, number)
        if row["status"] == "main":
            if key[:2] in mains:
                text = f"{key[0]} {key[1]} has its main row in row {mains[key[:2]]}; mark one alternative or superseded"
                yield Problem(file, number, "status", text)
            mains.setdefault(key[:2], number)
            yield from _one_meaning(file, number, row, meanings)


def _series_cells(file: str, number: int, row: Row) -> Iterator[Problem]:
    if not re.fullmatch(PLAIN_NUMBER, row["value"]):
        text = f"{row['value']!r} is not a plain number; write digits and a decimal point as published, no commas or spaces"
        yield Problem(file, number, "value", text)
    if row["unit"] not in units.UNITS:
        yield Problem(file, number, "unit", _unknown_unit(row["unit"]))
    if not row["url"] and NO_ADDRESS not in row["caveat"].lower():
        text = f"is empty; give the address, or say in caveat why there is {NO_ADDRESS}"
        yield Problem(file, number, "url", text)
    if row["status"] in ("conflict", "superseded") and not row["caveat"]:
        yield Problem(file, number, "caveat", f"is empty in a {row['status']} row; say what is wrong with it")


def _readable(row: Row) -> bool:
    return row["unit"] in units.UNITS and bool(re.fullmatch(PLAIN_NUMBER, row["value"]))


def _unknown_unit(unit: str) -> str:
    try:
        units.get(unit)
    except units.UnitError as error:
        return str(error)
    return f"{unit!r} is unknown"


def _one_meaning(file: str, number: int, row: Row, meanings: dict[str, tuple[int, Row]]) -> Iterator[Problem]:
    first, known = meanings.setdefault(row["series_id"], (number, row))
    for column in ("entity", *(c for c in row if c.startswith("metric_"))):
        if row[column] != known[column]:
            text = (
                f"{row[column]!r} differs from {known[column]!r} in row {first}: one series has one meaning"
            )
            yield Problem(file, number, column, text)
    both_known = row["unit"] in units.UNITS and known["unit"] in units.UNITS
    if both_known and not units.convertible(row["unit"], known["unit"]):
        text = f"{row['unit']} measures something else than {known['unit']} in row {first}: use another series_id"
        yield Problem(file, number, "unit", text)


def claims(file: str, rows: list[Row]) -> Iterator[Problem]:
    """Rules of the ledger: the quote holds the number, number and conclusion can be read, references lead somewhere."""
    ledger = {row["claim_id"]: Claim.of(row) for row in rows}
    numbers = {row["claim_id"]: number for number, row in _numbered(rows)}
    for id_, count in Counter(row["claim_id"] for row in rows).items():
        if count > 1:
            yield Problem(
                file, numbers[id_], "claim_id", f"{id_} stands in {counted(count, 'row')}; ids are used once"
            )
    for id_, claim in ledger.items():
        yield from _claim_cells(file, numbers[id_], claim)
    for id_, column, text in loose_ends(ledger):
        yield Problem(file, numbers[id_], column, text)


def _claim_cells(file: str, number: int, claim: Claim) -> Iterator[Problem]:
    if squeezed(claim.printed) not in squeezed(claim.quote):
        text = f"does not contain {claim.printed!r}; quote the words around the number as printed"
        yield Problem(file, number, "quote", text)
    try:
        claim.quantity()
    except UserError as error:
        yield Problem(file, number, "hedge" if "hedge" in str(error) else "printed", str(error))
    for column, text in unreadable(claim):
        yield Problem(file, number, column, text)
    # A counter word may be anybody's (行, 城市); money, shares and rates have units that convert.
    if claim.kind in NUMBERS and claim.kind != "count" and claim.unit not in units.UNITS:
        yield Problem(file, number, "unit", _unknown_unit(claim.unit))
    for language, text in claim.means.items():
        if claim.said.get(language) and not text and not worked_out(claim, language):
            said = f"is empty; {claim.printed!r} is no number: say in that language what it means"
            yield Problem(file, number, f"means_{language}", said)
    told = [language for language, text in claim.said.items() if text]
    if claim.said and len(told) < len(claim.said) - 1:
        missing = next(language for language in reversed(list(claim.said)) if language not in told)
        yield Problem(
            file, number, f"said_{missing}", "is empty; translate the quote into every other language"
        )
    silent = [language for language, text in claim.gaps.items() if not text]
    if silent and len(silent) < len(claim.gaps):
        yield Problem(file, number, f"missing_{silent[0]}", "is empty; say in every language what is missing")


def documents(file: str, rows: list[Row]) -> Iterator[Problem]:
    """Rules of the documents: an address or the reason why there is none, and no act in force before it was signed."""
    for number, row in _numbered(rows):
        if not row["url"] and NO_ADDRESS not in row["caveat"].lower():
            text = f"is empty; give the address, or say in caveat why there is {NO_ADDRESS}"
            yield Problem(file, number, "url", text)
        if row["in_force"] and row["signed"] > row["in_force"]:
            yield Problem(
                file, number, "in_force", f"lies before the day on which it was signed, {row['signed']}"
            )


def caveats(file: str, rows: list[Row], tables: Tables) -> Iterator[Problem]:
    """Rules of the caveats: file and series exist, and the rows that a guard names still differ."""
    for number, row in _numbered(rows):
        path = f"series/{row['file']}.csv"
        if path not in tables:
            yield Problem(file, number, "file", f"there is no {path}; name a series file without .csv")
            continue
        known = tables[path][1]
        names = {r["series_id"] for r in known}
        if row["series_id"] and row["series_id"] not in names:
            hint = meant(row["series_id"], names, "name a series of that file")
            yield Problem(file, number, "series_id", f"{path} has no series {row['series_id']!r}{hint}")
        if row["guard"]:
            yield from _guard(file, number, row["guard"], path, known)


def _guard(file: str, number: int, guard: str, path: str, known: list[Row]) -> Iterator[Problem]:
    match = _GUARD.fullmatch(guard)
    if match is None:
        text = f"{guard!r} is not of the form series@period@edition != series@period@edition"
        yield Problem(file, number, "guard", text)
        return
    by_key = {(r["series_id"], r["period"], r["edition"]): r for r in known}
    keys = [(match[n], match[n + 1], match[n + 2]) for n in (1, 4)]
    gone = [key for key in keys if key not in by_key]
    for key in gone:
        yield Problem(file, number, "guard", f"{path} has no row {'@'.join(key)}; name two rows that exist")
    if gone:
        return
    one, other = (by_key[key] for key in keys)
    if (one["value"], one["unit"]) == (other["value"], other["unit"]):
        text = f"both rows now say {one['value']} {one['unit']}: the source has been mended, so remove this caveat"
        yield Problem(file, number, "guard", text)


def exhibits(file: str, rows: list[Row], notebooks: Path) -> Iterator[Problem]:
    """Rules of the exhibits: the notebook that rebuilds each exists."""
    stems = {p.stem for p in notebooks.glob("*.ipynb")}
    for number, row in _numbered(rows):
        if row["notebook"] not in stems:
            hint = meant(row["notebook"], stems, "name a file of notebooks/ without .ipynb")
            yield Problem(file, number, "notebook", f"there is no notebook {row['notebook']!r}{hint}")


def told(file: str, rows: list[Row], tables: Tables) -> Iterator[Problem]:
    """Rules of the findings: their claims exist and belong to one finding each; a judgement has its reason."""
    ledger = {
        row["claim_id"] for resource, found in tables.values() if resource.kind == "claims" for row in found
    }
    homes: dict[str, int] = {}
    for number, row in _numbered(rows):
        named = [("claims", claim_id) for claim_id in row["claims"].split()]
        named += [(c, hole) for c in row if c.startswith(TEXTS) for hole in consequence.holes(row[c])]
        for column, claim_id in named:
            if claim_id not in ledger:
                hint = meant(claim_id, ledger, "use the id of a claim in claims.csv")
                yield Problem(file, number, column, f"there is no claim {claim_id!r}{hint}")
            elif column == "claims" and homes.setdefault(claim_id, number) != number:
                text = f"{claim_id} belongs to the finding in row {homes[claim_id]} already; name it in one of the two"
                yield Problem(file, number, column, text)
        for column in (c for c in row if c.startswith("reason_") and not row[c]):
            if row["centrality"] or row["rank"]:
                yield Problem(
                    file, number, column, "is empty; say why centrality or rank is not the computed one"
                )


def _series_in_one_file(tables: Tables) -> Iterator[Problem]:
    home: dict[str, str] = {}
    for resource, rows in tables.values():
        if resource.kind != "series":
            continue
        for number, row in _numbered(rows):
            elsewhere = home.setdefault(row["series_id"], resource.path)
            if elsewhere != resource.path:
                text = f"{row['series_id']} stands in {elsewhere} too; keep a series in one file"
                yield Problem(resource.path, number, "series_id", text)
                break


def _restated(tables: Tables) -> Iterator[Problem]:
    """Rows that know less of their publisher's restatements than the editions in the files show."""
    every = [row for resource, rows in tables.values() if resource.kind == "series" for row in rows]
    found = evidence.restatements(row for row in every if _readable(row))
    seen = {kind: f"{factor:.4f}" for kind, factor in found.items()}
    for resource, rows in tables.values():
        for number, row in _numbered(rows) if resource.kind == "series" else ():
            factor = seen.get(evidence.kind(row), "1") if _readable(row) else "1"
            if re.fullmatch(PLAIN_NUMBER, row["restated_by"]) and float(row["restated_by"]) < float(factor):
                text = f"is {row['restated_by']}, but editions in these files differ by a factor of {factor}"
                yield Problem(resource.path, number, "restated_by", text)


def _numbered(rows: list[Row]) -> Iterator[tuple[int, Row]]:
    """Rows with the number that an editor shows: the header is row 1."""
    return enumerate(rows, start=2)


def squeezed(text: str) -> str:
    """A text without spaces and line breaks, as a quote and the text that it is from are compared."""
    return re.sub(r"\s", "", text)
