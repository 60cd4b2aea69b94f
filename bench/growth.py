"""How cost grows: with the number of notebooks, of universes, of data rows, and with the length of a text."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import measure, workload

PYTHON = sys.executable
SWEPT = ("-p", "hedge_about=0:0.2:0.004", "-p", "hedge_near=0:0.2:0.01", "-p", "hedge_above=0:0.2:0.02")


@dataclass(frozen=True)
class Point:
    """One measurement: size, seconds, and the most memory of the process or its children in MB."""

    size: int
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Series:
    """How one cost grows."""

    title: str
    unit: str
    points: list[Point]


def all_series(folder: Path, is_quick: bool, say: Callable[[str], None]) -> Iterator[Series]:
    """The four series; each names what it leaves out when it cannot be measured."""
    for title, unit, sizes, one in (
        ("Notebooks in a run", "notebooks", (1, 2, 4, 8, 16, 32), _notebooks),
        ("Universes of a sweep", "universes", (1, 10, 100, 1_000, 10_000), _universes),
        ("Rows of a data file", "rows", (100, 1_000, 10_000, 100_000, 1_000_000), _rows),
        ("Length of a text in the census", "kB", (10, 100, 1_000, 10_000), _text),
    ):
        points = []
        for size in sizes[: 2 if is_quick else None]:
            say(f"growth: {size:,} {unit}")
            try:
                points.append(one(folder, size))
            except measure.Failed as error:
                say(f"left out, {title}, {size:,} {unit}: {error}")
                break
        yield Series(title, unit, points)


def _notebooks(folder: Path, count: int) -> Point:
    project = workload.project(folder / "many", count)
    command = [PYTHON, "-m", "analysis", "run", "bench", "--no-html", "--no-cache", "--quiet"]
    return Point(count, measure.run([command], project), measure.peak_mb([command], project))


def _universes(folder: Path, count: int) -> Point:
    project = workload.own_project(folder / "own")
    command = [
        PYTHON,
        "-m",
        "analysis",
        "sweep",
        "bench",
        *SWEPT,
        "--sample",
        str(count),
        "--only",
        "04*",
        "-q",
    ]
    seconds, peak = measure.seconds_and_peak(command, project)
    course = json.loads(
        (project / "reports" / "sweeps" / "bench" / "course.json").read_text(encoding="utf-8")
    )
    return Point(course[-1]["cases"], seconds, peak)


_LOAD = (
    "import resource, sys, time\nfrom analysis import catalog\nimport pandas\nbegan = time.perf_counter()\n"
    "assert len(catalog.load('many')) == int(sys.argv[1])\n"
    "print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def _rows(folder: Path, count: int) -> Point:
    """A series file of that many rows, read and checked by the catalogue."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    (data / "series").mkdir(parents=True)
    shutil.copy(workload.ROOT / "data" / "datapackage.json", data / "datapackage.json")
    with next((workload.ROOT / "data" / "series").glob("green_loans.csv")).open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    with (data / "series" / "many.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, rows[0], lineterminator="\n")
        writer.writeheader()
        for number in range(count):
            writer.writerow(rows[number % len(rows)] | {"edition": f"edition-{number}"})
    return _inside(count, _LOAD, [str(count)], {"ANALYSIS_DATA": str(data)})


_CENSUS = (
    "import resource, sys, time\nfrom pathlib import Path\nfrom analysis.census import scan\n"
    "text = Path(sys.argv[1]).read_text(encoding='utf-8')\nbegan = time.perf_counter()\n"
    "assert scan(text)\n"
    "print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
)


def _text(folder: Path, kilobytes: int) -> Point:
    """A text made of the statements of the ledger, each with its number in it."""
    with (workload.ROOT / "data" / "report" / "claims.csv").open(encoding="utf-8") as source:
        quotes = [row["quote"] for row in csv.DictReader(source)]
    page = "。\n".join(quotes) + "。\n"
    times = kilobytes * 1000 // len(page.encode()) + 1
    content = (page * times).encode()[: kilobytes * 1000].decode(errors="ignore")
    path = folder / "text.txt"
    path.write_text(content, encoding="utf-8")
    return _inside(kilobytes, _CENSUS, [str(path)], {})


def _inside(size: int, code: str, arguments: list[str], variables: dict[str, str]) -> Point:
    """Seconds and memory that a program reports of itself, without its start."""
    done = subprocess.run(
        [PYTHON, "-c", code, *arguments],
        cwd=workload.ROOT,
        env={**measure.environment(), **variables},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise measure.Failed(done.stderr[-400:])
    seconds, kilobytes = done.stdout.split()[-2:]
    return Point(size, float(seconds), int(kilobytes) * 1024 / 1e6)
