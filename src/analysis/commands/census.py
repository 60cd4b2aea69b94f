"""`analysis census`: list every number of a text, and fail where a quantity or date is covered by no claim."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from analysis import census, places
from analysis.census import english
from analysis.commands import shared
from analysis.errors import CheckFailed, counted
from analysis.writing import csv_text

COLUMNS = ("line", "column", "text", "value", "unit", "hedge", "kind", "claims")


@click.command("census")
@click.argument("text", type=click.Path(path_type=Path))
@click.option(
    "--claims",
    "ledger",
    type=click.Path(path_type=Path),
    help="The ledger that must cover the text (default: data/report/claims.csv of the project).",
)
@click.option(
    "--allow",
    type=click.Path(path_type=Path),
    help="CSV with columns text, quote, reason: quantities and dates that need no claim. A row that matches none is an error.",
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(census.KINDS),
    multiple=True,
    help="List only these kinds (repeatable).",
)
@click.option(
    "--uncovered", "only_open", is_flag=True, help="List only the quantities and dates that no claim covers."
)
@shared.listed_as
@shared.as_json
def command(
    text: Path,
    ledger: Path | None,
    allow: Path | None,
    kinds: tuple[str, ...],
    only_open: bool,
    form: str,
    as_json: bool,
) -> None:
    """List every numeric expression of a Chinese or English TEXT (UTF-8 or GB18030) with the claims that cover it.

    English texts are read more plainly: figures, half and double, percentages, units, dates; other numbers in words are not
    listed.

    Kinds: quantity, date (also periods), ordinal (also headings and footnote marks), name (5G, G20, 十四五) and table
    (a printed table cell). Exits 1 where a quantity or date is covered by no claim, 2 when the text cannot be read.
    """
    source = census.read(text)
    claims = census.read_claims(ledger or places.data() / "report" / "claims.csv")
    allowances = census.read_allowances(allow) if allow else []
    reader = english if english.is_english(source) else census
    expressions = reader.cover(reader.scan(source), source, claims)
    missing, idle = census.uncovered(expressions, source, allowances)
    shown = missing if only_open else [e for e in expressions if not kinds or e.kind in kinds]
    _FORMATS["json" if as_json else form](shown)
    click.echo(_summary(expressions, missing, len(claims)), err=True)
    _judge(text, missing, idle, allow)


def _judge(
    text: Path, missing: list[census.Expression], idle: list[census.Allowance], allow: Path | None
) -> None:
    if idle:
        rows = "; ".join(f"{a.text} in “{a.quote}”" for a in idle)
        raise CheckFailed(f"{allow}: these rows allow nothing any longer, delete them: {rows}")
    if missing:
        first = ", ".join(
            f"{e.line}:{e.column} {e.text}{'' if e.value else ' (no one number)'}" for e in missing[:5]
        )
        more = f" and {len(missing) - 5} more (list them with --uncovered)" if len(missing) > 5 else ""
        said = " and ".join(
            _counted(missing, kind) for kind in _CLAIMED if any(e.kind == kind for e in missing)
        )
        verb = "is" if len(missing) == 1 else "are"
        raise CheckFailed(f"{text}: {said} {verb} covered by no claim: {first}{more}")


_CLAIMED = ("quantity", "date")


def _counted(missing: list[census.Expression], kind: str) -> str:
    return counted(sum(e.kind == kind for e in missing), kind)


def _summary(expressions: list[census.Expression], missing: list[census.Expression], claims: int) -> str:
    count = Counter(e.kind for e in expressions)
    kinds = ", ".join(counted(count[kind], kind) for kind in census.KINDS)
    open_ = ", ".join(_counted(missing, kind) for kind in _CLAIMED)
    return f"{counted(len(expressions), 'numeric expression')}: {kinds}; {open_} uncovered; {counted(claims, 'claim')}"


def _cells(expression: census.Expression) -> list[str]:
    claims = " ".join(expression.claims)
    e = expression
    return [str(e.line), str(e.column), e.text, e.value, e.unit, e.hedge, e.kind, claims]


def _csv(expressions: list[census.Expression]) -> None:
    click.echo(csv_text([COLUMNS, *(_cells(e) for e in expressions)]), nl=False)


def _json(expressions: list[census.Expression]) -> None:
    rows = []
    for e in expressions:
        row: dict[str, object] = dict(zip(COLUMNS, _cells(e), strict=True))
        rows.append(row | {"line": e.line, "column": e.column, "claims": list(e.claims)})
    shared.say_json(rows)


def _table(expressions: list[census.Expression]) -> None:
    from rich.cells import cell_len

    rows = [list(COLUMNS), *(_cells(e) for e in expressions)]
    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        cells = [
            " " * (w - cell_len(c)) + c if i in (0, 1, 3) else c + " " * (w - cell_len(c))
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


_FORMATS = {"table": _table, "csv": _csv, "json": _json}
