"""Commands stopped at random moments by a random signal: what was there is whole old or whole new, and running again heals all."""

from __future__ import annotations

import os
import re
import signal
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.hostile import bed, law
from tests.hostile.bed import Bed

OLD = "what was exported yesterday"
COMMANDS: dict[str, Sequence[str]] = {
    "run": ("run", "--no-cache"),
    "cached run": ("run",),
    "export": ("export", "-f", "html,xlsx"),
    "compare": ("compare", "narrow", "default"),
    "sweep": ("sweep", "two", "-p", "hedge_about=0.01,0.02,0.05", "-q"),
    "baseline": ("baseline", "--engine", "warm"),
    "dictionary": ("data", "dictionary"),
}
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGHUP)
_WITH_TIMES = ("manifest.json", "course.json")
"""Files that say when and how long: they differ from run to run."""
_SOONEST = 0.1
"""Seconds: before, the command line has not begun."""


@dataclass(frozen=True)
class Whole:
    """A command that was left alone: the files before it and after it, and how long it took."""

    before: law.Files
    after: law.Files
    seconds: float


def prepare(root: Path) -> None:
    """Something to do for each command: a number changed since, and exports of yesterday."""
    series = root / "data" / "series" / "trips.csv"
    series.write_text(series.read_text("utf-8").replace(",412,", ",413,"), encoding="utf-8")
    (root / "data" / "README.md").write_text(OLD, encoding="utf-8")
    for path in (*(root / "reports" / "exports").iterdir(), *(root / "reports").glob("compare-*.html")):
        path.write_text(OLD, encoding="utf-8")


def campaign(made: Bed, seed: int, numbers: Iterable[int]) -> int:
    """Kills as many commands as there are numbers; gives how many of them broke the law."""
    wholes: dict[str, Whole] = {}
    landed: Counter[str] = Counter()
    faults = tried = 0
    for number in numbers:
        draw = Random(zlib.crc32(f"kill {seed} {number}".encode()))
        name, number_of = draw.choice(list(COMMANDS)), draw.choice(SIGNALS)
        if name not in wholes:  # the quicker of two: a kill should come before the end
            wholes[name] = min((_whole(made, COMMANDS[name]) for _ in range(2)), key=lambda w: w.seconds)
        whole = wholes[name]
        moment, is_for_all = (
            draw.uniform(_SOONEST, max(2 * _SOONEST, whole.seconds)),
            draw.random() < 0.5,
        )
        found, has_landed = _one(made, COMMANDS[name], whole, moment, number_of, is_for_all)
        tried += 1
        landed[name] += has_landed
        if found:
            faults += 1
            print(f"kill {number}: {name}, {number_of.name} after {moment:.2f} s{' to all' if is_for_all else ''}: {'; '.join(found)}", flush=True)  # fmt: skip
    print(
        f"{tried} kills, seed {seed}, {sum(landed.values())} before the end: {dict(landed)}; {faults} broke the law"
    )
    return faults


def _whole(made: Bed, command: Sequence[str]) -> Whole:
    with made.copy() as root:
        prepare(root)
        before, began = law.files(root), time.monotonic()
        done = bed.call(root, command, made.temporary())
        seconds = time.monotonic() - began
        if done.code not in (0, 1) or (done.code == 1 and command[0] != "compare"):
            raise RuntimeError(f"{command}: {done.code}\n{done.err}")
        return Whole(before, law.files(root), seconds)


def _one(
    made: Bed, command: Sequence[str], whole: Whole, moment: float, number: int, is_for_all: bool
) -> tuple[list[str], bool]:
    with made.copy() as root:
        prepare(root)
        temporary = made.temporary()
        done, has_landed = _killed(root, command, temporary, moment, number, is_for_all)
        found = list(_after_kill(root, temporary, whole, done, number, has_landed))
        again = bed.call(root, command, made.temporary())
        if again.code not in (0, 1) or (again.code == 1 and command[0] != "compare"):
            found.append(f"again: {again.code}: {again.err.strip()[-300:]}")
        found += [f"again, {line}" for line in _differences(law.files(root), whole.after)]
        found += [f"again, left running {again.left}"] if again.left else []
        bed.remove(temporary)
        return found, has_landed


def _killed(
    root: Path, command: Sequence[str], temporary: Path, moment: float, number: int, is_for_all: bool
) -> tuple[bed.Done, bool]:
    """Starts a command and signals it, or it and all its children, after so many seconds; whether it still ran then."""
    started = bed.start(root, command, temporary)
    time.sleep(moment)
    has_landed = not os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if has_landed:
        try:
            (os.killpg if is_for_all else os.kill)(started.pid, number)
        except ProcessLookupError:  # not yet leader of its group
            os.kill(started.pid, number)
    return bed.finish(started), has_landed


def _after_kill(
    root: Path, temporary: Path, whole: Whole, done: bed.Done, number: int, has_landed: bool
) -> Iterable[str]:
    after = law.files(root)
    said = done.out + done.err
    is_polite = number != signal.SIGKILL
    if done.code is None:
        yield "it did not end"
    if has_landed and done.code not in (0, 1, 2, 130, 143, 129, -number):
        yield f"exit code {done.code}"
    if "Traceback (most recent call last)" in said or "Exception ignored" in said:
        yield f"a traceback: {said.strip()[-800:]}"
    if done.code in (2, 130) and len(re.findall(r"^(?:Error: |Stopped)", done.err, re.MULTILINE)) != 1:
        yield f"not one line: {done.err.strip()[-300:]}"
    if done.left:
        yield f"left running: {done.left}"
    if is_polite and (left := sorted(p.name for p in temporary.iterdir())):
        yield f"left in the temporary folder: {left}"
    if is_polite and (litter := [n for n in after if ".staging-" in n and not n.startswith(".cache/")]):
        yield f"left behind: {litter[:5]}"
    yield from law.whole_runs(root, whole.before, after)
    for group, old in _groups(whole.before).items():
        now = {n: after.get(n) for n in {**old, **_groups(whole.after).get(group, {})} | {n: "" for n in after if _group(n) == group}}  # fmt: skip
        new = _groups(whole.after).get(group, {})
        if not any(_same(now, side) for side in (old, new)):
            differing = [n for n in now if now[n] not in (old.get(n), new.get(n))] or sorted(now)
            yield f"{group} is neither old nor new: {differing[:4]}"


def _group(name: str) -> str:
    """What appears in one step together: a run, a finished sweep, else a file."""
    parts = name.split("/")
    if name.startswith("reports/sweeps/") and len(parts) > 3:
        return "/".join(parts[:3])
    if name.startswith("reports/") and len(parts) > 2 and parts[1] != "exports":
        return "/".join(parts[:2])
    return name


def _groups(found: law.Files) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for name, content in found.items():
        if not name.startswith(".cache/") and ".staging-" not in name:
            groups.setdefault(_group(name), {})[name] = content
    return groups


def _same(now: Mapping[str, str | None], side: law.Files) -> bool:
    names = {n for n, content in now.items() if content is not None} | set(side)
    return all(now.get(n) == side.get(n) or (n.endswith(_WITH_TIMES) and n in side and now.get(n)) for n in names)  # fmt: skip


def _differences(now: law.Files, wanted: law.Files) -> list[str]:
    """Files that a complete run after the kill left otherwise than one without it."""
    names = [
        n for n in now.keys() | wanted.keys() if not n.startswith(".cache/") and not n.endswith(_WITH_TIMES)
    ]
    differing = sorted(n for n in names if now.get(n) != wanted.get(n))
    return [f"differs from a run without a kill: {differing[:5]}"] if differing else []
