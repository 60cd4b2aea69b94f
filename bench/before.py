"""The command on this repository's notebooks, beside what it was at a commit before: both in turn, in one call."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from bench import measure, workload
from bench.measure import Timing
from bench.ways import PYTHON

WHOLE = "all notebooks in two languages, with pages, nothing kept"
ONE_LANGUAGE = "all notebooks in one language, with pages, nothing kept"
TWEAKED = "one parameter of one notebook changed"
AIMS = {WHOLE: 0.6, TWEAKED: 1 / 3}
"""To the seconds at the commit before, where that is the one that the aim was set at."""
NOW, BEFORE = "now", "before"


@dataclass
class Beside:
    """What was measured. commit: the one before. timings: labels are those above, with ` | now` or ` | before`."""

    commit: str
    rounds: int
    timings: list[Timing] = field(default_factory=list)

    def median(self, what: str, when: str) -> float | None:
        """Median seconds, None where it was not measured."""
        return next((t.median for t in self.timings if t.label == f"{what} | {when}" and t.seconds), None)


def measured(folder: Path, commit: str, rounds: int, say: Callable[[str], None]) -> Beside:
    """Measure each command in each round, now and before in turn; the first round, which fills caches, is not counted. Raises Failed.

    A package that the commit before needs, and that is not installed here, is to be installed first.
    """
    projects = {NOW: _checkout(folder / NOW, "HEAD"), BEFORE: _checkout(folder / BEFORE, commit)}
    values = (f"{0.8 + n / 1000:.3f}" for n in itertools.count(1))
    found = Beside(_git("rev-parse", "--short", commit).decode().strip(), rounds)
    whole, both = ["default", "--no-cache"], ["--language", "both"]
    for number in range(rounds + 1):
        value = next(values)
        commands = {
            WHOLE: [*whole, *both],
            ONE_LANGUAGE: [*whole, "--language", "en"],
            TWEAKED: ["x", "-p", f"confidence={value}", "--language", "en"],
        }
        for what, options in commands.items():
            for when, project in projects.items():
                command = [
                    str(project / ".venv" / "bin" / "python"),
                    "-m",
                    "analysis",
                    "run",
                    *options,
                    "--quiet",
                ]
                seconds = measure.run([command], project)
                say(f"{'warm-up' if not number else f'round {number}'}: {what}, {when}: {seconds:.2f} s")
                if number:
                    _timing(found, f"{what} | {when}").seconds.append(seconds)
    return found


def _timing(found: Beside, label: str) -> Timing:
    timing = next((t for t in found.timings if t.label == label), None)
    if timing is None:
        timing = Timing(label)
        found.timings.append(timing)
    return timing


def _git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], cwd=workload.ROOT, capture_output=True, check=False)
    if done.returncode:
        raise measure.Failed(f"git {' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _checkout(folder: Path, commit: str) -> Path:
    """The files of a commit, without its history, and an interpreter that has its package and what is installed here."""
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(_git("archive", "--format=tar", commit))) as files:
        files.extractall(folder, filter="data")
    measure.run([[PYTHON, "-m", "venv", "--without-pip", str(folder / ".venv")]], folder)
    own = next((folder / ".venv" / "lib").glob("python*/site-packages"))
    # As its own, for the cache keeps what reads nothing else; a second package of this name must not be on the way.
    purelib = sysconfig.get_path("purelib")
    shutil.copytree(purelib, own, ignore=shutil.ignore_patterns("*.pth"), dirs_exist_ok=True)
    shutil.copytree(Path(sys.prefix) / "share", folder / ".venv" / "share", dirs_exist_ok=True)
    (own / "paths.pth").write_text(f"{folder / 'src'}\n", encoding="utf-8")
    return folder
