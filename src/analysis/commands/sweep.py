"""`analysis sweep`: which verdicts survive other assumptions."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from analysis.commands import own_data, shared
from analysis.errors import counted
from analysis.suite import sweep, sweep_plan
from analysis.suite.project import Project
from analysis.suite.sweep import Executor, Outcome
from analysis.suite.sweep_plan import Plan
from analysis.suite.sweep_store import FAILURES, Store

if TYPE_CHECKING:
    from analysis.site.sweep_results import Results

SHOWN = 12
RENEW = " Renew the scorecard with: analysis baseline --only '90*'"


class Options(TypedDict):
    """What a call may say."""

    name: str | None
    parameters: tuple[str, ...]
    own_data: Path | None
    is_default: bool
    sample: int | None
    seed: int
    only: tuple[str, ...]
    resume: bool
    workers: int | None
    scheduler: str | None
    timeout: int
    publish: bool
    quiet: bool
    as_json: bool


@click.command()
@click.argument("name", required=False)
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUES",
              help="Values to try: a,b,c or start:stop:step (repeatable).")  # fmt: skip
@own_data.option
@click.option("--default", "is_default", is_flag=True, help="Every declared alternative of every parameter.")
@click.option("--sample", type=click.IntRange(1), metavar="N",
              help="At most N cases of a notebook, drawn from all combinations.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True, help="Of the draw.")
@click.option("--only", multiple=True, metavar="GLOB", help="Only these notebooks (repeatable).")
@click.option("--resume", is_flag=True, help="Go on with a sweep that was stopped.")
@click.option(
    "--workers", type=click.IntRange(1, 256), help="That many worker processes on this machine (Dask)."
)
@click.option("--scheduler", metavar="ADDRESS", help="A running Dask cluster, such as tcp://10.0.0.1:8786.")
@shared.timeout
@click.option(
    "--publish",
    is_flag=True,
    help="Hand the result to the scorecard (data/sweep/robustness.csv) and to docs/.",
)
@click.option("--quiet", "-q", is_flag=True, help="Say only how it ended.")
@shared.as_json
@shared.in_project
def command(project: Project, **options: Unpack[Options]) -> int:
    """Execute the notebooks over many choices of parameters and show which verdicts hold in all of them.

    \b
    analysis sweep --default                        every declared alternative
    analysis sweep -p hedge_about=0.01,0.05,0.1
    analysis sweep wide -p hedge_about=0:0.2:0.01 --sample 10
    analysis sweep wide --resume                    after Ctrl-C
    """
    if options["publish"] and options["own_data"]:
        raise click.UsageError(
            "--publish: the scorecard shows what the project's own data say; leave --data out."
        )
    with own_data.laid_over(project, options["own_data"]) as laid:
        return _sweep(project, _store(project, options, laid.refs if laid else ()), options)


def _sweep(project: Project, store: Store, options: Options) -> int:
    from analysis.site import sweep_results

    if options["publish"]:
        sweep_results.refuse_partial(project, store.plan)
    is_quiet = options["quiet"] or options["as_json"]
    evaluated: list[Results] = []

    def finish(outcome: Outcome) -> None:
        evaluated.append(sweep_results.evaluate(project, store, outcome))

    progress, timeout = Progress(not is_quiet), options["timeout"]
    outcome = sweep.run(project, store, progress, _executor(options), timeout, finish)
    results = evaluated[0]
    if options["publish"]:
        written = sweep_results.publish(project, store, results.claims)
        click.echo(f"Written: {', '.join(map(shared.near, written))}.{RENEW}", err=True)
    if options["as_json"]:
        shared.say_json(outcome.as_json() | {"index": outcome.folder / results.page})
    else:
        _summary(project, outcome, results)
    return 1 if outcome.failures else 0


def _store(project: Project, options: Options, own_rows: tuple[str, ...]) -> Store:
    """Where to sweep into, and what: everything is checked before anything runs."""
    from analysis.site.sweep_results import KEEP

    if options["resume"]:
        if options["parameters"] or options["is_default"] or options["only"] or options["sample"]:
            raise click.UsageError(
                "--resume goes on with the values of the stopped sweep: give its name alone."
            )
        return sweep.resume(project, options["name"], KEEP)
    plan = replace(_plan(project, options), own_data=own_rows)
    is_default = options["is_default"] and not own_rows
    name = options["name"] or ("default" if is_default else sweep.name_for(plan))
    return sweep.prepare(project, name, plan, KEEP)


def _plan(project: Project, options: Options) -> Plan:
    from analysis.report.desk import READING  # with pandas

    if bool(options["parameters"]) == options["is_default"]:
        raise click.UsageError(
            "Say what to try: -p name=a,b,c (repeatable), or --default. `analysis params` lists the parameters."
        )
    texts = None if options["is_default"] else options["parameters"]
    return sweep_plan.of_project(
        project, texts, options["only"], options["sample"], options["seed"], judged=READING
    )


def _executor(options: Options) -> Executor | None:
    """Dask when it is asked for; None: this process."""
    if options["workers"] and options["scheduler"]:
        raise click.UsageError("--workers starts a cluster, --scheduler uses one: give one of them.")
    if not (options["workers"] or options["scheduler"]):
        return None
    from analysis.site.sweep_results import KEEP
    from analysis.suite.cluster import on_cluster

    return on_cluster(KEEP.table, options["timeout"], options["workers"], options["scheduler"])


class Progress:
    """A line with rate and time left: rewritten in place on a terminal, every ten seconds elsewhere."""

    def __init__(self, is_shown: bool) -> None:
        self.is_shown, self.is_live = is_shown, sys.stderr.isatty()
        self.total = self.before = self.count = self.failed = 0
        self.began = self.said = time.monotonic()

    def begin(self, total: int, done: int) -> None:
        """So many cases in all, so many of them done before."""
        self.total, self.before, self.began = total, done, time.monotonic()
        if self.is_shown:
            kept = f", {done:,} of them done before" if done else ""
            click.echo(f"{counted(total, 'case')}{kept}", err=True)

    def case(self, stem: str, failed: bool) -> None:
        """One more is done."""
        self.count += 1
        self.failed += failed
        now = time.monotonic()
        if self.is_shown and now - self.said >= (0.2 if self.is_live else 10):
            self.said = now
            self._say(stem, now - self.began)

    def end(self) -> None:
        """No more will come."""
        if self.is_shown and self.is_live and self.count:
            click.echo("\r\x1b[K", err=True, nl=False)

    def _say(self, stem: str, seconds: float) -> None:
        rate = self.count / seconds
        left = (self.total - self.before - self.count) / rate
        text = f"{self.before + self.count:,} of {self.total:,}  {rate:.1f}/s  {_duration(left)} left  {stem}"
        text += f"  {self.failed} failed" if self.failed else ""
        click.echo(f"\r\x1b[K{text}" if self.is_live else text, err=True, nl=not self.is_live)


def _summary(project: Project, outcome: Outcome, results: Results) -> None:
    plan = outcome.plan
    click.echo(
        f"{counted(plan.universes, 'universe')}, {counted(plan.cases, 'case')} of {counted(len(plan.notebooks), 'notebook')}: "
        f"{outcome.cases:,} executed in {_duration(outcome.seconds)} ({outcome.rate:.1f}/s)"
        + (f", {outcome.kept:,} kept" if outcome.kept else "")
    )
    for cases in plan.notebooks:
        if cases.is_sampled:
            click.echo(
                f"{cases.stem}: a sample of {len(cases.numbers):,} of {counted(cases.product, 'combination')}"
            )
    _classes(results)
    click.echo(shared.near(outcome.folder / results.page))
    if outcome.failures:
        path = shared.near(outcome.folder / FAILURES)
        click.echo(
            f"Failed: {counted(outcome.failures, 'case')}, listed in {path}; --resume tries again.", err=True
        )
        if first := shared.unsound_data(project):
            click.echo(first, err=True)


def _classes(results: Results) -> None:
    """How many claims are of each class, and the fragile ones."""
    if not results.claims:
        click.echo("These notebooks hand out no checks: there are no verdicts to tell apart.")
        return
    counts = Counter(str(r.kind) for r in results.claims)
    click.echo(
        f"{counted(len(results.claims), 'claim')}: "
        + ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
    )
    fragile = [r for r in results.claims if r.kind == "fragile"]
    for r in fragile[:SHOWN]:
        shares = ", ".join(f"{v} {s:.0%}" for v, s in r.shares.items() if s)
        click.echo(f"  {click.style(r.claim_id, bold=True)}: {shares}; turns on {', '.join(r.flips) or '-'}")
    if len(fragile) > SHOWN:
        click.echo(f"  … and {len(fragile) - SHOWN} more")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
