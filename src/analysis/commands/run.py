"""`analysis run`: execute the notebooks and write a run directory."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from analysis import site, words
from analysis.commands import comparisons, own_data, shared
from analysis.errors import UserError, counted
from analysis.suite import environment, manifest
from analysis.suite.project import Project

if TYPE_CHECKING:
    from analysis.report.cells import R
    from analysis.suite.cache import Cache
    from analysis.suite.collect import Table
    from analysis.suite.params import Catalogue
    from analysis.suite.progress import Silent
    from analysis.suite.run import Outcome, Settings

SHOWN = 12
"""Own rows without use that the terminal names."""
_STATUS_WORDS = {"ok": "run", "cached": "unchanged", "failed": "failed", "skipped": "not run"}


class Options(TypedDict):
    """What a call may say."""

    name: str | None
    parameters: tuple[str, ...]
    params_file: Path | None
    own_data: Path | None
    what_if: tuple[str, ...]
    scenario: str | None
    only: tuple[str, ...]
    language: str | None
    engine: str
    jobs: int | None
    timeout: int
    html: bool
    cache: bool
    quiet: bool
    as_json: bool


@click.command()
@click.argument("name", required=False)
@click.option(
    "-p",
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a parameter (repeatable).",
)
@click.option(
    "--params-file",
    type=click.Path(path_type=Path),
    help="YAML file of parameters, one `name: value` a line.",
)
@own_data.option
@own_data.what_if
@click.option("--scenario", help="A named set of parameters (notebooks/scenarios/).")
@shared.only
@click.option(
    "--language",
    type=click.Choice(["both", *words.languages()]),
    help="Labels and pages in one language or both (default: those of the run that it replaces, else the first).",
)
@click.option("--engine", type=click.Choice(["warm", "stock"]), default="warm", show_default=True,
              help="warm: fast, forked; stock: Jupyter's own kernel.")  # fmt: skip
@shared.jobs
@shared.timeout
@click.option("--html/--no-html", default=True, help="Write HTML pages (default) or not.")
@click.option(
    "--cache/--no-cache", default=True, help="Take over notebooks of which nothing changed (default) or not."
)
@click.option("--quiet", "-q", is_flag=True, help="Say only how it ended.")
@shared.as_json
@shared.in_project
def command(project: Project, **options: Unpack[Options]) -> int:
    """Execute the notebooks in order and write results, figures, pages and manifest to reports/NAME.

    \b
    analysis run                                    everything, with defaults
    analysis run narrow -p hedge_about=0.01
    analysis run --scenario strict        the values of notebooks/scenarios/strict.yaml
    analysis run --only '01*'                       one notebook and what it needs
    analysis run mine --data mine                   with the rows of mine/series/… over those of data/series/…
    analysis run if --what-if topic:series@2019@edition=34.5
    """
    environment.collect_seldom()
    settings = _settings(project, options)
    _begin_imports(project, settings, options)
    from analysis.suite.run import run

    texts, before = options["what_if"], _made_with(project, settings.name)
    with (
        own_data.folder_of(project, options["own_data"], texts) as own,
        own_data.laid_over(project, own, "--what-if" if texts else "") as laid,
    ):
        if laid:
            settings = replace(settings, own_data=laid.refs, instead=laid.instead, added=laid.added)
        outcome = run(project, settings, _reporter(options["quiet"] or options["as_json"]))
    removed = comparisons.remove_stale(project)
    if options["as_json"]:
        shared.say_json(outcome.as_json())
    else:
        _summary(project, outcome, partial=bool(settings.only))
        if settings.variants and not options["language"]:
            kept = ", ".join(words.name(x) if x in words.languages() else x for x in settings.variants)
            click.echo(f"In {kept} too, as the run that this one replaces (--language chooses).")
        if outcome.is_ok and before not in ("", _made_with(project, settings.name)):
            click.echo(f"It took the place of the run {settings.name} made with {before}.")
        if removed:
            click.echo(f"Removed, as they showed what was replaced: {', '.join(removed)}.")
    return 0 if outcome.is_ok else 1


def _begin_imports(project: Project, asked: Settings, options: Options) -> None:
    """Let the process from which notebooks are forked import what they use while the rest is looked up, where some will likely run.

    With rows of one's own it must wait until they are laid over the project's data, which it reads too.
    """
    is_new = not (project.reports / asked.name / manifest.NAME).is_file()
    is_likely = asked.values or not asked.cache or is_new
    if asked.engine != "warm" or options["own_data"] or options["what_if"] or not is_likely:
        return
    from analysis.suite import process, settings

    if process.available():
        with suppress(UserError, OSError), environment.prepared(project.root):  # who meets it again says so
            process.Runner(settings.preload(project.root)).start()


def _settings(project: Project, options: Options) -> Settings:
    """What the options ask for, checked before anything runs."""
    from analysis.suite.params import Catalogue, resolve, run_name
    from analysis.suite.run import Settings, cache_of

    only, texts, language = options["only"], options["parameters"], options["language"]
    own = options["own_data"]
    rows = " ".join(options["what_if"]) or (own.resolve().name if own else "")
    if language in words.languages():
        texts = (*texts, f"language={language}")
    stems = [n.stem for n in project.select(only)]
    catalogue = Catalogue.of(project.notebooks)
    values = resolve(project, catalogue, texts, options["params_file"], options["scenario"])
    catalogue.refuse_unused(texts, stems)
    differing = catalogue.differing({k: v for k, v in values.items() if set(stems) & set(catalogue.users(k))})
    is_plain = not options["parameters"] and not options["params_file"] and language in (None, "both")
    scenario, name = options["scenario"] if is_plain else None, options["name"]
    name = run_name(differing, scenario, only, rows) if name is None else name
    if name == manifest.DEFAULT and (other := rows or ", ".join(differing)):
        raise UserError(
            f"{name} is the name of the run with default parameters, and this one differs in {other}: "
            "give it another name (analysis run NAME …)."
        )
    cache = cache_of(project) if options["cache"] else None
    spoken = set() if language or "language" in values else _languages(project, catalogue, name)
    variants = {
        other: variant
        for other, variant in _variants(catalogue, values).items()
        if language == "both" or other in spoken
    }
    main = _main_language(catalogue, values)
    languages = [main, *variants] if main else words.languages()
    return Settings(
        name=name,
        values=values,
        scenario=options["scenario"],
        only=only,
        variants=variants,
        engine=options["engine"],
        jobs=options["jobs"] or 0,
        timeout=options["timeout"],
        cache=options["cache"],
        pages=partial(site.build, cache=cache, jobs=options["jobs"] or 0) if options["html"] else None,
        meanwhile=partial(_get_ready, project, languages, cache) if options["html"] else None,
        summary=verdicts,
    )


def verdicts(tables: Mapping[str, Table]) -> Mapping[str, int]:
    """How many claims have each verdict, the most frequent first."""
    rows = tables["claims"].rows if "claims" in tables else []
    return dict(Counter(str(row["verdict"]) for row in rows if row.get("verdict")).most_common())


def _variants(catalogue: Catalogue, values: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """The other languages that the notebooks know, each a variant of the run."""
    from analysis.suite.values import alternatives

    main = _main_language(catalogue, values)
    if not main:
        return {}
    others = [v for v in alternatives(catalogue["language"].type) if v != main]
    return {other: {"language": other} for other in others}


def _main_language(catalogue: Catalogue, values: Mapping[str, object]) -> str:
    """The language of a run with these values, but for its variants; empty where the notebooks know of none."""
    return str(values.get("language", catalogue.default("language"))) if catalogue.users("language") else ""


def _made_with(project: Project, name: str) -> str:
    """What the run that has this name now was made with; empty where there is none, or none that can be read."""
    try:
        return manifest.parameters_told(manifest.read(project.reports / name))
    except UserError:
        return ""


def _languages(project: Project, catalogue: Catalogue, name: str) -> set[str]:
    """The languages of the run that has this name now: one that replaces it shall not lose any in silence."""
    try:
        before = manifest.read(project.reports / name)
    except UserError:  # there is none, or none that can be read
        return set()
    return {_main_language(catalogue, before.get("parameters") or {}), *(before.get("variants") or {})}


def _get_ready(project: Project, languages: Sequence[str], cache: Cache | None) -> Iterator[None]:
    """Import what makes pages, and do what they need of what is known before, while the notebooks run."""
    from analysis.site import assemble

    yield from assemble.get_ready(project, languages, cache)


def _reporter(is_quiet: bool) -> Silent:
    from analysis.suite.progress import Lines, Live, Silent

    if is_quiet:
        return Silent()
    return Live() if sys.stderr.isatty() else Lines(sys.stderr)


def _summary(project: Project, outcome: Outcome, partial: bool) -> None:
    """How the run ended: failures first, then where to look, then the verdicts."""
    failed = [(n.name, n.failure) for n in outcome.notebooks if n.status == "failed" and n.failure]
    skipped = [n.failure for n in outcome.notebooks if n.status == "skipped" and n.failure]
    for name, failure in failed:
        click.echo(f"Failed: {replace(failure, notebook=name)}", err=True)
        click.echo(
            f"        with its traceback: {shared.near(outcome.folder)}/notebooks/{name}.ipynb",
            err=True,
        )
    if failed and (first := shared.unsound_data(project)):
        click.echo(first, err=True)
    for failure in skipped:
        click.echo(f"Not run: {failure.notebook} ({failure.error.removeprefix('not run: ')})", err=True)
    for problem in outcome.problems:
        click.echo(f"Problem: {problem}", err=True)
    counts = Counter[str](n.status for n in outcome.notebooks)
    became = ", ".join(f"{counts[s]} {w}" for s, w in _STATUS_WORDS.items() if counts[s])
    click.echo(f"{counted(len(outcome.notebooks), 'notebook')}: {became} in {outcome.seconds:.1f} s")
    if not outcome.is_ok:
        click.echo(_kept(project, outcome.name))
    elif partial:
        click.echo("A run of some notebooks only: latest was not moved.")
    click.echo(shared.near(outcome.index or outcome.folder))
    _own_rows(outcome.folder)
    if outcome.verdicts:
        parts = ", ".join(f"{n} {verdict}" for verdict, n in outcome.verdicts.items())
        click.echo(f"{counted(sum(outcome.verdicts.values()), 'claim')}: {parts}")
        from analysis.report.rows import ClaimRow

        if said := shared.on_pages(_table(ClaimRow, outcome.folder, "claims")):
            click.echo(said)


def _kept(project: Project, failed: str) -> str:
    """Where a run with failures is kept, and what shows how far it came: beside the last good run, else the committed notebooks."""
    from analysis.suite import collect

    said, latest = f"This run has failures: it is kept as {failed}", project.reports / "latest"
    before = failed.removesuffix(manifest.FAILED)
    if latest.exists():
        said = f"{said}, and latest still shows the last good run"
    if not (project.reports / before / manifest.NAME).is_file():
        before = latest.resolve().name if latest.exists() else ""
    if not before:
        before = manifest.BASELINE if collect.tables(project.root / "notebooks", []) else ""
    return f"{said}. What came out: analysis compare {before} {failed}" if before else f"{said}."


def _own_rows(run: Path) -> None:
    """Say of rows laid over the project's data which are new, and of which of these no check makes use."""
    facts = manifest.read(run)
    if not (own := facts.get("own_data")):
        return
    from analysis.report.rows import CheckRow
    from analysis.site import own_rows

    added = facts.get("added") or {}
    click.echo(
        f"Rows laid over the project's data: {len(own) - len(added)} in place of one that it has, {len(added)} new."
    )
    idle = own_rows.idle(added, _table(CheckRow, run, "checks"))
    for ref, near in list(idle.items())[:SHOWN]:
        meant = f"; did you mean {near}?" if near else "."
        click.secho(f"New row {ref}: no check of this run uses it{meant}", fg="yellow")
    if len(idle) > SHOWN:
        click.echo(f"… and {counted(len(idle) - SHOWN, 'new row')} more that no check uses.")


def _table(kind: type[R], run: Path, name: str) -> list[R]:
    """The rows of a table of a run; none where its notebooks hand out some of a form of their own."""
    from analysis.report.cells import read_csv

    try:
        return read_csv(kind, run / "results" / f"{name}.csv")
    except UserError:
        return []
