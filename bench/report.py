"""docs/benchmarks.md and its chart, from the measurements."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench import before, tweak, ways
from bench.growth import Point, Series
from bench.measure import Timing
from bench.phases import Phases

NO_AIM = "—"
OF_PEERS = """
marimo and Voilà show the notebooks alone: no scorecard, which cannot run there, no verdicts, no comparison
with the default. marimo, in a warm app in which all has run once: from a field's new value until the outputs
of all cells that depend on it have come; cells that only name values were taken apart, so that no more runs
again than must. Voilà: the whole page, from a new kernel. Where all notebooks declare the parameter, one after
the other is asked."""
PACKAGES = (
    "papermill",
    "nbclient",
    "ipykernel",
    "nbmake",
    "ploomber-engine",
    "pandas",
    "matplotlib",
    "statsmodels",
)


@dataclass
class Results:
    """Everything that one call measured; `left_out` says what was not and why."""

    notebooks: int
    rounds: int
    timings: list[Timing]
    growth: list[Series]
    phases: Phases | None
    left_out: list[str]
    tweaks: tweak.Tweaks | None = None
    beside: before.Beside | None = None
    machine: str = field(default_factory=lambda: machine())
    versions: list[str] = field(default_factory=lambda: versions())

    def median(self, label: str) -> float | None:
        """Median seconds of a way, None when it was not measured."""
        return next((t.median for t in self.timings if t.label == label), None)


def _rounds(number: int) -> str:
    return f"{number} round{'s' * (number != 1)}"


def nothing() -> Results:
    """Results without a measurement, on this machine."""
    return Results(0, 0, [], [], None, [])


def write(results: Results, folder: Path, name: str = "benchmarks") -> Path:
    """Write <name>.md, <name>.svg and <name>.json; gives the first."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.svg").write_text(chart(results), encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(asdict(results), indent=1, ensure_ascii=False) + "\n")
    page = folder / f"{name}.md"
    page.write_text("\n".join(_page(results, name)) + "\n", encoding="utf-8")
    return page


def read(folder: Path, name: str = "benchmarks") -> Results:
    """What was measured before, as `write` left it."""
    facts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    parts, tweaks, beside = facts["phases"], facts.get("tweaks"), facts.get("beside")
    return Results(
        facts["notebooks"], facts["rounds"], [Timing(**t) for t in facts["timings"]],
        [Series(s["title"], s["unit"], [Point(**p) for p in s["points"]]) for s in facts["growth"]],
        Phases(**{**parts, "cells": [tuple(c) for c in parts["cells"]]}) if parts else None, facts["left_out"],
        tweak.Tweaks(**{**tweaks, "timings": [Timing(**t) for t in tweaks["timings"]]}) if tweaks else None,
        before.Beside(**{**beside, "timings": [Timing(**t) for t in beside["timings"]]}) if beside else None,
        facts["machine"], facts["versions"],
    )  # fmt: skip


def _page(results: Results, name: str) -> list[str]:
    what = (
        f"{results.notebooks} notebooks of the same kind (imports, a CSV of 1,240 rows, growth rates, a regression, two "
        f"charts, tables); {_rounds(results.rounds)}, the ways interleaved; whole-process seconds, medians. Memory: the most "
        "that a command and all its processes had at once, shared pages counted once."
    )
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`; the numbers of a section are measured by one call of it.",
        "",
        f"Machine: {results.machine}.",
        f"Versions: {', '.join(results.versions)}.",
        what,
        "",
        f"![Seconds for {results.notebooks} notebooks]({name}.svg)",
        "",
        *_ways_table(results),
        "",
        *_aims(results),
    ]
    for series in results.growth:
        lines += ["", f"## {series.title}", "", *_growth_table(series)]
    if results.phases:
        lines += ["", "## Where the time goes", "", *_phases_table(results.phases)]
    if results.beside:
        lines += ["", "## The command, now and before", "", *_beside(results.beside)]
    if results.tweaks:
        lines += ["", "## A change in the browser", "", *_tweaks(results.tweaks)]
    if results.left_out:
        lines += ["", "## Not measured", "", *(f"- {text}" for text in results.left_out)]
    return lines


def _ways_table(results: Results) -> list[str]:
    limit = results.median(ways.ONE_PROCESS)
    lines = [
        "| way | seconds | each | range | times the limit | MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for t in results.timings:
        ratio = f"{t.median / limit:.2f}" if limit else ""
        span = f"{min(t.seconds):.2f}–{max(t.seconds):.2f}"
        memory = f"{t.peak_mb:.0f}" if t.peak_mb else ""
        lines.append(
            f"| {t.label} | {t.median:.2f} | {t.median / results.notebooks:.2f} | {span} | {ratio} | {memory} |"
        )
    return lines


def _aims(results: Results) -> list[str]:
    """What was aimed at, and what was measured."""
    limit, cold, parallel = (results.median(w) for w in (ways.ONE_PROCESS, ways.COLD, ways.PARALLEL))
    api, cli, cached = (results.median(w) for w in (ways.PAPERMILL_API, ways.PAPERMILL_CLI, ways.CACHED))
    rows: list[tuple[str, str, float | None, float, bool]] = [
        ("one at a time, to the one-process limit", "≤ 1.3", _ratio(cold, limit), 1.3, True),
        ("side by side, to the one-process limit", "≤ 0.9", _ratio(parallel, limit), 0.9, True),
        ("faster than papermill's API in a loop", "≥ 4", _ratio(api, parallel), 4, False),
        ("faster than papermill's command line in a loop", "≥ 5", _ratio(cli, parallel), 5, False),
        ("rerun with nothing changed, seconds", "≤ 0.8", cached, 0.8, True),
    ]
    tweaked, scripts = results.median(ways.TWEAKED), results.median(ways.SCRIPTS)
    if tweaked and scripts:
        above = tweaked - scripts / results.notebooks
        rows.append(
            ("one parameter changed, seconds above that notebook's plain script", "≤ 0.2", above, 0.2, True)
        )
    if results.phases:
        rows.append(("overhead of a notebook, seconds", "≤ 0.12", results.phases.overhead_median, 0.12, True))
    peak = next((t.peak_mb for t in results.timings if t.label == ways.PARALLEL), None)
    rows.append(("peak memory of a run, MB", "≤ 1000", peak, 1000, True))
    sweep = next((s.points[-1] for s in results.growth if s.unit == "universes" and s.points), None)
    if sweep:
        rows.append(("universes a second", "≥ 15", sweep.size / sweep.seconds, 15, False))
    return _aimed(rows)


def _aimed(rows: Sequence[tuple[str, str, float | None, float, bool]]) -> list[str]:
    """What was aimed at, what was measured, and whether it was met, where there was an aim.

    Rows: text, wanted, measured, bound, whether at most that.
    """
    lines = ["| aim | wanted | measured | |", "| --- | ---: | ---: | --- |"]
    for text, wanted, value, bound, is_most in rows:
        if value is not None:
            met = value <= bound if is_most else value >= bound
            said = "" if wanted == NO_AIM else "met" if met else "missed"
            lines.append(f"| {text} | {wanted} | {value:.2f} | {said} |")
    return lines


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def _beside(found: before.Beside) -> list[str]:
    """The command now and at a commit before."""
    lines = [
        f"This repository's notebooks with what each commit has of them; {_rounds(found.rounds)}, both in turn; medians of whole-process seconds",
        f"(`python -m bench --part before --before {found.commit}`).",
        "",
        f"| `analysis run` | at {found.commit} | now | ratio | aim |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for what in (before.WHOLE, before.ONE_LANGUAGE, before.TWEAKED):
        then, now = found.median(what, before.BEFORE), found.median(what, before.NOW)
        if then and now:
            aim = f"{before.AIMS[what]:.2f}" if what in before.AIMS else ""
            lines.append(f"| {what} | {then:.2f} | {now:.2f} | {now / then:.2f} | {aim} |")
    return lines


def _tweaks(found: tweak.Tweaks) -> list[str]:
    """The ways to see another value of a parameter, and what was aimed at."""
    lines = [
        "This repository's notebooks. From a new value to the page on show (the notebook's own, or each topic in turn), without the browser's own",
        f"part; {_rounds(found.rounds)}, the ways interleaved; medians, ratios within this call (`python -m bench --part tweak`{', on a machine that had other work too' if found.is_busy else ''}).",
        f"Python adds up twenty million numbers in {found.loop:.2f} s here.",
        *(
            [OF_PEERS]
            if any(way in t.label for t in found.timings for way in (tweak.MARIMO, tweak.VOILA))
            else []
        ),
        "",
        "| what, and how | seconds | range |",
        "| --- | ---: | ---: |",
        *(
            f"| {t.label} | {'more than ' if t.label in found.ended else ''}{t.median:.2f} | {min(t.seconds):.2f}–{max(t.seconds):.2f} |"
            for t in found.timings
        ),
        "",
    ]
    aims: list[tuple[str, str, float | None, float, bool]] = []
    for what, limit in ((tweak.OF_ONE, 0.4), (tweak.OF_ALL, 1.5)):
        own, plain, papermill, marimo, voila = (
            found.median(tweak.named(way, what))
            for way in (tweak.TWEAK, tweak.PLAIN, tweak.PAPERMILL, tweak.MARIMO, tweak.VOILA)
        )
        aims += [
            # Seconds say nothing of a machine that has other work too; ratios still do.
            (f"{what}: seconds", f"≤ {limit}", None if found.is_busy else own, limit, True),
            (f"{what}: faster than papermill's command line", "≥ 15", _ratio(papermill, own), 15, False),
            (f"{what}: to the same cells in one plain process", "≤ 1.3", _ratio(own, plain), 1.3, True),
            (f"{what}: faster than marimo's rerun", NO_AIM, _ratio(marimo, own), 0, False),
            (f"{what}: faster than Voilà", NO_AIM, _ratio(voila, own), 0, False),
        ]
    for size in (24, 240):
        own, other = (
            found.median(tweak.named(way, tweak.universes(size))) for way in (tweak.SWEEP, tweak.MULTIVERSUM)
        )
        aims.append(
            (
                f"{size} universes: faster than multiversum"
                + (
                    ", which was ended then"
                    if tweak.named(tweak.MULTIVERSUM, tweak.universes(size)) in found.ended
                    else ""
                ),
                "≥ 20" if size > 24 else NO_AIM,
                _ratio(other, own),
                20 if size > 24 else 0,
                False,
            )
        )
    lines += _aimed(aims)
    if found.left_out:
        lines += ["", "Not measured:", "", *(f"- {text}" for text in found.left_out)]
    return lines


def _growth_table(series: Series) -> list[str]:
    lines = [f"| {series.unit} | seconds | per unit, ms | MB |", "| ---: | ---: | ---: | ---: |"]
    rows = (
        f"| {p.size:,} | {p.seconds:.3f} | {p.seconds / p.size * 1000:.4g} | {p.peak_mb:.0f} |"
        for p in series.points
    )
    return [*lines, *rows]


def _phases_table(phases: Phases) -> list[str]:
    whole = sum(phases.parts.values())
    lines = [
        "This repository's own notebooks, one at a time.",
        "",
        "| part | seconds | share |",
        "| --- | ---: | ---: |",
    ]
    lines += [f"| {part} | {s:.2f} | {s / whole:.0%} |" for part, s in phases.parts.items()]
    lines += ["", f"Overhead of a notebook above its cells: median {phases.overhead_median:.3f} s.", ""]
    lines += ["| slowest cells | first line | seconds |", "| --- | --- | ---: |"]
    for notebook, first, seconds in phases.cells:
        shown = first.replace("|", "\\|")
        lines.append(f"| {notebook} | `{shown[:60]}` | {seconds:.2f} |")
    return lines


def machine() -> str:
    """Processor, cores and memory of this machine, without its name."""
    model, memory = platform.processor() or platform.machine(), ""
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            memory = f", {int(line.split()[1]) / 1024 / 1024:.0f} GiB"
    return f"{model}, {os.cpu_count()} cores{memory}, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def versions() -> list[str]:
    """Names and versions of what was measured, those that are installed."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return found


def chart(results: Results) -> str:
    """Horizontal bars of the median seconds, ours in another colour, the range as a line."""
    rows: Sequence[Timing] = sorted(results.timings, key=lambda t: t.median)
    left, width, step = 260, 720, 26
    longest = max(max(t.seconds) for t in rows)
    scale = (width - left - 60) / longest
    height = 46 + step * len(rows)
    title = f"Seconds for {results.notebooks} notebooks (median of {results.rounds}; line: range)"
    frame = f'viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" font-size="12"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>',
        f"<title>{title}, by way of running them</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="8" y="20" font-weight="bold">{title}</text>',
    ]
    for index, t in enumerate(rows):
        y = 36 + step * index
        colour = "#0b6e75" if t.label.startswith("analysis run") else "#9aa5ad"
        low, high = left + min(t.seconds) * scale, left + max(t.seconds) * scale
        parts += [
            f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{escape(t.label)}</text>',
            f'<rect x="{left}" y="{y}" width="{t.median * scale:.1f}" height="17" fill="{colour}"/>',
            f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y + 8.5}" y2="{y + 8.5}" stroke="#222"/>',
            f'<text x="{high + 6:.1f}" y="{y + 13}">{t.median:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
