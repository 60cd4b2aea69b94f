"""`analysis claims`: the scorecard in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from analysis.commands import shared
from analysis.errors import UserError, counted, meant
from analysis.report import outcomes
from analysis.report.cells import read_all, read_csv, to_csv, write
from analysis.report.config import current
from analysis.report.meanings import amount_of, apart, beside, range_notes, reckoned_in, tongue
from analysis.report.rows import CheckRow, ClaimRow
from analysis.suite import collect, manifest
from analysis.suite.project import Project
from analysis.words import label

SHOWN = ["claim_id", "section", "exhibit", "printed", "verdict", "reason"]
VERDICTS = ("contradicted", "consistent", "hedged", "reproduced", "unchecked", "holds", "fails")
COLOURS = {
    "contradicted": "red", "fails": "red", "consistent": "cyan", "hedged": "yellow", "reproduced": "green", "holds": "green",
    "unchecked": "dim",
}  # fmt: skip


@click.command()
@click.argument("words", nargs=-1, metavar="[CLAIM | WORD…]")
@click.option(
    "--run", "run_name", default="default", show_default=True, help="Run to read, 'latest', or 'baseline'."
)
@click.option("--verdict", type=click.Choice(VERDICTS), multiple=True, help="Only claims with this verdict.")
@click.option("--section", multiple=True, help="Only claims of this section, e.g. 5.2, or chapter, e.g. 5.")
@click.option(
    "--exhibit",
    multiple=True,
    help="Only claims of this figure or table, as any language of the report writes it.",
)
@click.option("--kind", multiple=True, help="Only claims of this kind, e.g. growth.")
@click.option("--flips", is_flag=True, help="Only decision errors: the conclusion turns round.")
@shared.listed_as
@shared.as_json
@shared.in_project
def command(
    project: Project,
    words: tuple[str, ...],
    run_name: str,
    verdict: tuple[str, ...],
    section: tuple[str, ...],
    exhibit: tuple[str, ...],
    kind: tuple[str, ...],
    flips: bool,
    form: str,
    as_json: bool,
) -> None:
    """List the report's claims with their verdicts, explain one CLAIM with every check of it, or search for words.

    \b
    analysis claims                                 all of them
    analysis claims cyclists-share                  one, with its arithmetic and sources
    analysis claims bicycle trips                   those that speak of both, in any language
    analysis claims --verdict unchecked --section 1
    """
    rows, checks, run = _read(project, run_name)
    form = "json" if as_json else form
    click.echo(f"Run {run}", err=True)
    if len(words) == 1 and (row := next((r for r in rows if r.claim_id == words[0]), None)):
        _one(row, checks, form)
        return
    sections = _known_sections(section, rows)
    exhibits, kinds = _known_exhibits(exhibit, rows), _known_kinds(kind, rows)
    chosen = [
        r
        for r in rows
        if (not verdict or r.verdict in verdict)
        and (not section or r.section in sections)
        and (not exhibit or r.exhibit in exhibits)
        and (not kind or r.kind in kinds)
        and (not flips or r.is_decision_error)
        and all(_speaks_of(r, word) for word in words)
    ]
    if words and not any(all(_speaks_of(r, word) for word in words) for r in rows):
        otherwise = f"no id, and not said of any claim ({len(rows)})."
        raise UserError(
            f"No claim {' '.join(words)!r}{meant('-'.join(words), [r.claim_id for r in rows], otherwise, most=3)}"
        )
    {"table": _table, "csv": _csv, "json": _json}[form](chosen)


def _read(project: Project, run_name: str) -> tuple[list[ClaimRow], list[CheckRow], str]:
    """Claims and checks of a run, and how it is called; those of the committed notebooks where nothing has been run yet."""
    baseline = project.root / "notebooks"
    if run_name == manifest.BASELINE or (
        run_name == manifest.DEFAULT and not (project.reports / run_name).exists()
    ):
        return (
            read_all(ClaimRow, collect.rows("claims", baseline), "claims"),
            read_all(CheckRow, collect.rows("checks", baseline), "checks"),
            "baseline (the committed notebooks)",
        )
    run = manifest.find_run(project, run_name)
    told, results = manifest.told(run), run / "results"
    if not (results / "claims.csv").is_file():
        lacking = [
            n for n, s in (manifest.read(run).get("status") or {}).items() if s in ("failed", "skipped")
        ]
        why = (
            f"{', '.join(lacking)} failed or could not run"
            if lacking
            else "none of its notebooks hands any out"
        )
        raise UserError(f"Run {told} has no claims: {why}.")
    shared.hint_at_changes(project, run)
    return read_csv(ClaimRow, results / "claims.csv"), read_csv(CheckRow, results / "checks.csv"), told


def _speaks_of(row: ClaimRow, word: str) -> bool:
    """Whether a word stands in anything that is said of a claim, in any language; case does not count."""
    said = (
        row.claim_id,
        row.quote,
        row.printed,
        row.period,
        row.reason,
        row.exhibit,
        *row.metric.values(),
        *_shown_exhibit(row.exhibit),
    )
    return any(word.casefold() in text.casefold() for text in said)


def _known_sections(asked: Sequence[str], rows: Sequence[ClaimRow]) -> set[str]:
    """The sections that were asked for, those within a chapter too. Raises UserError for one that has no claim."""
    known = list(dict.fromkeys(r.section for r in rows))
    found = {s: {k for k in known if k == s or k.startswith(f"{s}.")} for s in asked}
    _refuse_empty("--section", found, known)
    return set().union(*found.values())


def _known_exhibits(asked: Sequence[str], rows: Sequence[ClaimRow]) -> set[str]:
    """The exhibits that were asked for, as the ledger writes them: Figure 10, figure10 and 图10 are one."""
    known = list(dict.fromkeys(r.exhibit for r in rows if r.exhibit))
    found = {e: {k for k in known if _plain(e) in map(_plain, (k, *_shown_exhibit(k)))} for e in asked}
    _refuse_empty("--exhibit", found, [_shown_exhibit(k)[0] for k in known])
    return set().union(*found.values())


def _known_kinds(asked: Sequence[str], rows: Sequence[ClaimRow]) -> set[str]:
    known = sorted({r.kind for r in rows})
    _refuse_empty("--kind", {k: {k} & set(known) for k in asked}, known)
    return set(asked)


def _refuse_empty(option: str, found: Mapping[str, set[str]], known: Sequence[str]) -> None:
    for asked, fitting in found.items():
        if not fitting:
            raise UserError(f"{option} {asked}: no claim is there. There are: {', '.join(known) or 'none'}.")


def _plain(exhibit: str) -> str:
    return "".join(exhibit.split()).casefold()


def _shown_exhibit(exhibit: str) -> list[str]:
    """A figure or table as the languages of the report write it."""
    return [current().exhibits.said(exhibit, language) for language in current().languages]


def _exhibit(row: ClaimRow) -> str:
    """The figure or table of a claim, as a line in English names it."""
    return current().exhibits.said(row.exhibit, "en")


def _printed(row: ClaimRow) -> str:
    return beside(row, "en")


def _metric(row: ClaimRow) -> str:
    """What the claim measures, in the first language that the row speaks."""
    return next((row.metric[x] for x in current().languages if row.metric.get(x)), row.claim_id)


def _table(rows: list[ClaimRow]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=False, width=None if sys.stdout.isatty() else 160)
    table = Table(*(n.replace("_", " ") for n in SHOWN), box=None, header_style="bold", pad_edge=False)
    for row in rows:
        verdict = row.verdict + (" (flips)" if row.is_decision_error else "")
        style = COLOURS[row.verdict]
        cells = [
            row.claim_id,
            row.section,
            _exhibit(row),
            _printed(row),
            Text(verdict, style=style),
            row.reason,
        ]
        table.add_row(*(c if isinstance(c, Text) else Text(str(c)) for c in cells))
    console.print(table)
    counts = ", ".join(f"{n} {v}" for v in VERDICTS if (n := sum(r.verdict == v for r in rows)))
    console.print(f"{counted(len(rows), 'claim')}: {counts}", highlight=False)
    if said := shared.on_pages(rows):
        console.print(said, highlight=False)


def _csv(rows: list[ClaimRow]) -> None:
    click.echo(to_csv(rows), nl=False)


def _json(rows: list[ClaimRow]) -> None:
    shared.say_json([write(row) for row in rows])


def _one(row: ClaimRow, checks: list[CheckRow], form: str) -> None:
    """One claim with every check of it."""
    if form == "json":
        heard = {r.check_id for r in row.remarks}
        own = [write(c) for c in checks if c.check_id in heard]
        shared.say_json(write(row) | {"checks": own})
    elif form == "csv":
        _csv([row])
    else:
        _explain(row, checks)


def _explain(row: ClaimRow, checks: list[CheckRow]) -> None:
    place = f"section {row.section}" + (f", {_exhibit(row)}" if row.exhibit else "")
    said = f"    {row.said['en']}\n" if row.said.get("en") else ""
    quote = label("in_quotes", tongue(row, current().printed_in)).format(text=row.quote)
    click.echo(f"{_metric(row)} {row.period} ({place})\n  {quote}\n{said}  printed: {_printed(row)}")
    click.echo(f"  verdict: {row.verdict}" + (" (the conclusion flips)" if row.is_decision_error else ""))
    rule = label(f"rule_{row.rule.replace('-', '_')}", "en") if row.rule else "no rule is named."
    caps = ", ".join(label(f"cap_{cap}", "en") for cap in row.caps.split())
    click.echo(f"  why: {rule}" + (f" At most consistent: {caps}." if caps else ""))
    if not row.check_id:
        click.echo(f"  missing: {row.reason}")
    by_id = {c.check_id: c for c in checks}
    for remark in apart(row):
        check = by_id.get(remark.check_id)
        click.echo(
            f"\n  {remark.check_id}: {label(f'grade_{remark.grade}', 'en')}; {outcomes.told(remark.grade, remark.outcome, 'en')}: {remark.says or 'says nothing'}"
        )
        units = reckoned_in(check, "en") if check else []
        click.echo(f"    {remark.arithmetic}" + (f" (inputs in {', '.join(units)})" if units else ""))
        if check:
            for said in range_notes(check, remark, "en", current()):
                click.echo(f"    {said}")
            _sources(check)


def _sources(check: CheckRow) -> None:
    for i in check.inputs:
        assumed = "assumed" if i.ref.startswith("assumption:") else ""
        source = ", ".join(filter(None, (assumed or i.publisher, i.document, i.url)))
        click.echo(f"    {amount_of(i, 'en')}  {i.label}" + (f" — {source}" if source else ""))
        if i.caveat:
            click.echo(f"      {i.caveat}")
    for said in filter(None, (check.because, check.note)):
        click.echo(f"    {said}")
