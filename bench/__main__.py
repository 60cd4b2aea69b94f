"""`python -m bench`: measure, and write docs/benchmarks.md. `--quick` tries everything once and writes to .cache/."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench import before, growth, measure, phases, report, tweak, ways, workload
from bench.measure import Timing

PARTS = ("ways", "growth", "phases", "tweak", "before")


def say(text: str) -> None:
    """Progress goes to stderr."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="two notebooks, one round, small sizes: a rehearsal"
    )
    parser.add_argument("--rounds", type=int, default=5, help="executions of each way (default 5)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="TEXT", help="ways whose label contains this"
    )
    parser.add_argument("--skip", action="append", default=[], choices=[*PARTS, "memory"])
    parser.add_argument(
        "--part", choices=PARTS, help="measure this part alone; the others stay as they were measured before"
    )
    parser.add_argument(
        "--before",
        metavar="COMMIT",
        help="a commit to compare the command with (needs the repository's history)",
    )
    parser.add_argument(
        "--universes",
        type=int,
        action="append",
        help="sizes of the sweep beside multiversum (default 24 and 240)",
    )
    options = parser.parse_args()
    if options.part == "before" and not options.before:
        parser.error("--part before needs --before COMMIT")
    asked = (
        {options.part}
        if options.part
        else {*PARTS} - {*options.skip, *([] if options.before else ["before"])}
    )
    docs = workload.ROOT / "docs"
    results = report.read(docs) if options.part else report.nothing()
    rounds = 1 if options.quick else options.rounds
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        if "before" in asked:
            results.beside = before.measured(folder, options.before, rounds, say)
        if "tweak" in asked:
            sizes = tuple(options.universes or ((24,) if options.quick else (24, 240)))
            results.tweaks = tweak.measured(folder, rounds, sizes, options.only, say)
        if "ways" in asked:
            notebooks = 2 if options.quick else 6
            left_out = [text for text in results.left_out if text.startswith("left out")]
            timings = _ways(folder, notebooks, rounds, options, left_out)
            results = replace(report.nothing(), notebooks=notebooks, rounds=rounds, timings=timings, left_out=left_out,
                              growth=results.growth, phases=results.phases, tweaks=results.tweaks, beside=results.beside)  # fmt: skip
        if "growth" in asked:
            results.left_out = [text for text in results.left_out if not text.startswith("left out")]

            def note(text: str) -> None:
                say(text)
                if text.startswith("left out"):
                    results.left_out.append(text)

            results.growth = list(growth.all_series(folder, options.quick, note))
        if "phases" in asked:
            results.phases = phases.of_own_notebooks(folder)
    target = workload.ROOT / ".cache" / "bench" if options.quick or options.only else docs
    say(f"wrote {report.write(results, target)}")


def _ways(
    folder: Path, notebooks: int, rounds: int, options: argparse.Namespace, left_out: list[str]
) -> list[Timing]:
    """Each way in each round, in turn, so that a slow minute of the machine hits all alike."""
    found: list[tuple[ways.Way, Path, Timing]] = []
    for way in ways.chosen(ways.all_ways(), options.only):
        if way.missing:
            left_out.append(f"{way.label}: {way.needs} is not installed")
            say(left_out[-1])
            continue
        project = workload.project(folder / f"way-{len(found)}", notebooks)
        found.append((way, project, Timing(way.label)))
    for number in range(rounds + 1):  # the first round, which fills caches, is not counted
        for way, project, timing in list(found):
            try:
                seconds = measure.run(way.commands(project), project)
            except measure.Failed as error:
                left_out.append(f"{way.label}: {error}")
                say(left_out[-1])
                found.remove((way, project, timing))
                continue
            if number:
                timing.seconds.append(seconds)
            say(f"{'warm-up' if not number else f'round {number}'}: {way.label}: {seconds:.2f} s")
    if "memory" not in options.skip:
        for way, project, timing in found:
            timing.peak_mb = measure.peak_mb(way.commands(project), project)
    return [timing for _, _, timing in found]


if __name__ == "__main__":
    main()
