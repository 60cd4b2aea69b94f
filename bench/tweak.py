"""A change in the browser against papermill, the same cells in one process, marimo, Voilà; and multiversum.

Peers that are no dependency are installed into an environment of their own, which sees the packages of this one.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sysconfig
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

from analysis.suite import collect
from bench import measure, served, workload
from bench.measure import Timing
from bench.ways import BIN, PYTHON

Changes = Callable[[str], tuple[str, str]]
PEERS = ("multiversum==0.7.2", "marimo==0.25.2", "voila==0.5.13")
"""Installed from PyPI where it can be reached; else what needs one is left out."""
ONE, ALL = "10_trends_forecasts", "hedge_near"
"""The notebook of which one parameter is changed, with the scorecard that needs it; a parameter that all declare."""
SWEPT = {"currency": ["CNY", "USD"], "first_period": ["2015-Q1", "2019-Q1"]}
"""Beside `fx_rate`, which takes as many values as the number of universes needs."""


@dataclass
class Tweaks:
    """What was measured, in one call. timings: by label, interleaved. left_out: what was not, and why."""

    rounds: int
    timings: list[Timing] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Labels of what was ended when it had taken `MOST_TIMES` as long as ours."""
    loop: float = 0.0
    """Seconds of a plain loop: how fast this machine is beside another."""
    is_busy: bool = False
    """Whether the machine had more to do than its cores could, when it began."""

    def median(self, label: str) -> float | None:
        """Median seconds, None where it was not measured."""
        return next((t.median for t in self.timings if t.label == label and t.seconds), None)


OVERVIEW = "in the served overview, which waits for all but the scorecard"
"""In a served page: that of the notebook, or of each topic in turn."""
TWEAK, PLAIN, PAPERMILL = "in a served page", "same cells, one plain process", "papermill, command line"
MARIMO, VOILA = "marimo, the cells that depend on it", "Voilà, the whole page"
OF_ONE, OF_ALL = "a parameter of one notebook", "a parameter of all"
SWEEP, MULTIVERSUM = "analysis sweep", "multiversum"
MOST_TIMES = 25
"""How many times as long as ours multiversum may take."""


def named(way: str, what: str) -> str:
    """The label of a measurement."""
    return f"{what}: {way}"


def universes(count: int) -> str:
    """The label of so many universes."""
    return f"{count} universes of one notebook, two jobs"


def measured(
    folder: Path, rounds: int, sizes: tuple[int, ...], only: Sequence[str], say: Callable[[str], None]
) -> Tweaks:
    """Measure each way in each round, in turn. sizes: numbers of universes, each measured once. only: texts of labels."""
    found = Tweaks(rounds, loop=_loop(), is_busy=os.getloadavg()[0] > (os.cpu_count() or 1))
    project = workload.own_project(folder / "tweak")
    measure.run([[PYTHON, "-m", "analysis", "run", "bench", "--quiet"]], project)
    peers = _peers(folder / "peers", found, say)
    with ExitStack() as until:
        address = until.enter_context(_served(project))
        all_ways = itertools.chain(_ways(project, address), _peers_ways(project, folder, peers, until))
        ways = {k: v for k, v in all_ways if not only or any(text in k for text in only)}
        by_label = {label: Timing(label) for label in ways}
        for number in range(
            rounds + 1
        ):  # the first round, which fills caches, is not counted; where each process is new there is none
            for label, once in list(ways.items()):
                if not number and (PAPERMILL in label or label == named(VOILA, OF_ALL)):
                    continue
                try:
                    seconds = once()
                except (measure.Failed, OSError, HTTPException) as error:
                    found.left_out.append(f"{label}: {_reason(error)}")
                    say(f"left out, {found.left_out[-1]}")
                    del ways[label]
                    continue
                if number:
                    by_label[label].seconds.append(seconds)
                say(f"{'warm-up' if not number else f'round {number}'}: {label}: {seconds:.2f} s")
    for size in sizes:
        _of_universes(folder / f"universes-{size}", size, peers.get("multiversum"), by_label, found, say)
    found.timings = [t for t in by_label.values() if t.seconds]
    return found


def _loop() -> float:
    began, total = time.perf_counter(), 0
    for n in range(20_000_000):
        total += n
    return time.perf_counter() - began


def _peers(folder: Path, found: Tweaks, say: Callable[[str], None]) -> dict[str, Path]:
    """For each peer that can be installed, by name, the interpreter of an environment that has it too."""
    python, installed = folder / "bin" / "python", {}
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        measure.run([[PYTHON, "-m", "venv", str(folder)]], workload.ROOT)
        above = next((folder / "lib").glob("python*/site-packages")) / "above.pth"
        above.write_text(
            f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n", encoding="utf-8"
        )
    except measure.Failed:
        found.left_out.append(f"{', '.join(PEERS)}: no environment for them could be made")
        say(f"left out, {found.left_out[-1]}")
        return {}
    for peer in PEERS:
        say(f"installing {peer}")
        try:
            measure.run([[*pip, peer]], workload.ROOT)
            installed[peer.partition("==")[0]] = python
        except measure.Failed as error:
            found.left_out.append(f"{peer}: not installed ({_reason(error)})")
            say(f"left out, {found.left_out[-1]}")
    return installed


def _reason(error: Exception) -> str:
    """The last line of what an error says, or the last one marked as an error; no command, no trace."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1])[:200]


@contextmanager
def _served(project: Path) -> Iterator[str]:
    """The address of a server of the project's run, until the block ends."""
    command = [PYTHON, "-m", "analysis", "serve", "bench", "--port", "0"]
    with subprocess.Popen(
        command, cwd=project, env=measure.environment(), stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield next(line.split()[0] for line in server.stdout if line.startswith("http://"))
        finally:
            server.terminate()
            server.stdout.read()


def _ways(project: Path, address: str) -> Iterator[tuple[str, Callable[[], float]]]:
    stems = _stems(project)
    reached = {OF_ONE: [ONE, stems[-1]], OF_ALL: stems}
    changed, topics = _changes(), itertools.cycle(stems[:-1])
    on_show = {OF_ONE: lambda: ONE, OF_ALL: lambda: next(topics)}
    for what in (OF_ONE, OF_ALL):
        yield named(TWEAK, what), lambda what=what: _tweaked(address, on_show[what](), *changed(what))  # type: ignore[misc]
        if what == OF_ALL:
            yield named(OVERVIEW, what), lambda: _tweaked(address, "index", *changed(OF_ALL))
        yield (
            named(PLAIN, what),
            lambda what=what: measure.run(
                _plain(project, reached[what], *changed(what)), project, env=_results(project)
            ),
        )  # type: ignore[misc]
        yield (
            named(PAPERMILL, what),
            lambda what=what: measure.run(
                _papermill(project, reached[what], *changed(what)),
                project / "notebooks",
                env=_results(project),
            ),
        )  # type: ignore[misc]


def _peers_ways(
    project: Path, folder: Path, peers: dict[str, Path], until: ExitStack
) -> Iterator[tuple[str, Callable[[], float]]]:
    """Those of marimo and Voilà, without the scorecard. Servers start when first asked, end with `until`."""
    reached = {OF_ONE: [ONE], OF_ALL: _stems(project)[:-1]}
    changed = _changes()
    if "marimo" in peers:
        for what, stems in reached.items():
            part = folder / f"marimo-{len(stems)}"
            apps = served.Marimo(peers["marimo"], part, stems, changed(what)[0], until)
            yield named(MARIMO, what), partial(_rerun, apps, changed, what)
    if "voila" in peers:
        voila = served.Voila(peers["voila"], folder / "voila", until)
        for what, stems in reached.items():
            yield named(VOILA, what), partial(_page, voila, stems, changed, what)


def _rerun(apps: served.Marimo, changed: Changes, what: str) -> float:
    return apps.again(changed(what)[1])


def _page(voila: served.Voila, stems: list[str], changed: Changes, what: str) -> float:
    return voila.pages(stems, *changed(what))


def _stems(project: Path) -> list[str]:
    """The notebooks, the scorecard last."""
    return [path.stem for path in sorted((project / "notebooks").glob("*.ipynb"))]


def _changes() -> Changes:
    """Gives, for what is changed, a parameter, and a value of it that was not there before."""
    counter = itertools.count(1)
    return lambda what: (
        ("confidence", f"{0.8 + next(counter) / 1000:.3f}")
        if what == OF_ONE
        else (ALL, f"{0.1 + next(counter) / 10000:.4f}")
    )


def _results(project: Path) -> dict[str, str]:
    """Where the scorecard finds the results of the others."""
    return {collect.FOLDER_VARIABLE: str(project / "reports" / "bench" / "notebooks")}


def _tweaked(address: str, stem: str, name: str, value: str) -> float:
    """From the change to the page on show that shows it: what the panel waits for, without the browser's own part. The page is asked for
    as soon as it is known, as the panel does; then the rest is waited for.
    """
    query = urllib.parse.urlencode({f"p.{name}": value})
    began, seconds, told = time.perf_counter(), 0.0, ""
    with urllib.request.urlopen(f"{address}live/events?{query}&page={stem}.html", timeout=600) as events:
        for line in events:
            told += line.decode()
            if not seconds and line.strip() in (b"event: early", b"event: ready"):
                with urllib.request.urlopen(f"{address}{stem}.html?{query}", timeout=600) as page:
                    page.read()
                seconds = time.perf_counter() - began
    if "event: ready" not in told:
        raise measure.Failed(told[-300:])
    return seconds


_IN_ONE_PROCESS = """
import json, sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from analysis.suite.figures import BundledFace
BundledFace().install()
name, value, *paths = sys.argv[1:]
shell = InteractiveShell.instance()
shell.display_formatter.active_types = shell.display_formatter.format_types
sys.stdout = open('/dev/null', 'w')
for path in paths:
    shell.reset()
    for cell in json.loads(Path(path).read_text(encoding='utf-8'))['cells']:
        if cell['cell_type'] == 'code':
            ended = shell.run_cell(''.join(cell['source']))
            if not ended.success:
                sys.exit(f'{path}, {cell["id"]}: {ended.error_in_exec!r}')
            if 'parameters' in cell['metadata'].get('tags', []) and name in shell.user_ns:
                shell.user_ns[name] = type(shell.user_ns[name])(value)
"""


def _paths(project: Path, stems: list[str]) -> list[str]:
    return [str(project / "notebooks" / f"{stem}.ipynb") for stem in stems]


def _plain(project: Path, stems: list[str], name: str, value: str) -> list[list[str]]:
    """All cells of these notebooks in one process, which shows what they show, and keeps nothing."""
    return [[PYTHON, "-c", _IN_ONE_PROCESS, name, value, *_paths(project, stems)]]


def _papermill(project: Path, stems: list[str], name: str, value: str) -> list[list[str]]:
    options = ["--no-progress-bar", "-p", name, value]
    return [[str(BIN / "papermill"), *options, path, "/dev/null"] for path in _paths(project, stems)]


def _of_universes(
    folder: Path,
    size: int,
    peer: Path | None,
    by_label: dict[str, Timing],
    found: Tweaks,
    say: Callable[[str], None],
) -> None:
    """The same universes by both, one after the other."""
    project, axes = workload.own_project(folder), axes_of(size)
    stem = next((project / "notebooks").glob("04*.ipynb")).stem
    texts = [x for name, values in axes.items() for x in ("-p", f"{name}={','.join(map(str, values))}")]
    sweep = [PYTHON, "-m", "analysis", "sweep", "bench", *texts, "--only", stem, "-q"]
    commands = {SWEEP: [sweep]}
    if peer:
        script = folder / "of_universes.py"  # multiversum takes a multiverse.py for its settings
        script.write_text(_MULTIVERSE.format(axes=axes), encoding="utf-8")
        (folder / "universe.ipynb").write_text(json.dumps(_universe(project, stem)), encoding="utf-8")
        commands[MULTIVERSUM] = [[str(peer), str(script)]]
    most: float | None = None
    for way, command in commands.items():
        label = named(way, universes(size))
        try:
            seconds = measure.run(command, folder, most=most)
            by_label[label] = Timing(label, [seconds])
            if most is not None and seconds >= most:
                found.ended.append(label)
            most = MOST_TIMES * seconds
            say(f"{label}: {seconds:.1f} s")
        except measure.Failed as error:
            found.left_out.append(f"{label}: {_reason(error)}")
            say(f"left out, {found.left_out[-1]}")


def axes_of(size: int) -> dict[str, list[Any]]:
    """The values of each parameter, so many combinations in all.

    >>> import math
    >>> math.prod(map(len, axes_of(24).values()))
    24
    """
    rates = size // 4
    return {"fx_rate": [round(6 + n / 100, 2) for n in range(rates)], **SWEPT}


_MULTIVERSE = """
from pathlib import Path
from multiversum import MultiverseAnalysis
if __name__ == "__main__":
    analysis = MultiverseAnalysis(dimensions={axes!r}, universe=Path("universe.ipynb"), output_dir=Path("out"))
    analysis.examine_multiverse(n_jobs=2)
    assert len(analysis.aggregate_data()) == len(analysis.generate_grid())
"""
_BEGIN = """from pathlib import Path
from multiversum import Universe
universe = Universe(settings=settings)
globals().update(universe.dimensions)"""
_END = """import pandas as pd
universe.save_data(pd.DataFrame([{"checks": len(book.checks)}]))"""


def _universe(project: Path, stem: str) -> dict[str, Any]:
    """The notebook as multiversum wants it: settings come in one parameter, results go out as a table."""
    content: dict[str, Any] = json.loads(
        (project / "notebooks" / f"{stem}.ipynb").read_text(encoding="utf-8")
    )

    def cell(name: str, source: str, *tags: str) -> dict[str, Any]:
        return {"cell_type": "code", "id": name, "metadata": {"tags": list(tags)}, "source": source, "outputs": [], "execution_count": None}  # fmt: skip

    cells = []
    for given in content["cells"]:
        if "parameters" in given["metadata"].get("tags", []):
            cells.append({**given, "metadata": {}})
            cells += [cell("settings", "settings = ''", "parameters"), cell("universe", _BEGIN)]
        else:
            cells.append(given)
    return {**content, "cells": [*cells, cell("results", _END)]}
