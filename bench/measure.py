"""Seconds and memory of a command, and medians of several."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class Failed(RuntimeError):
    """A command that is measured ended with an error."""


@dataclass
class Timing:
    """Seconds of several executions of one thing, and the memory of one (MB; shared pages counted once)."""

    label: str
    seconds: list[float] = field(default_factory=list)
    peak_mb: float | None = None

    @property
    def median(self) -> float:
        """Median seconds."""
        return statistics.median(self.seconds)


def environment() -> dict[str, str]:
    """What every measured command runs in: one thread for BLAS, warnings about encryption silenced."""
    return {
        **os.environ,
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "",
        "PYTHONHASHSEED": "0",
        "COLUMNS": "80",
    }


def run(
    commands: Sequence[Sequence[str]],
    folder: Path,
    allowed: Sequence[int] = (0,),
    env: Mapping[str, str] | None = None,
    most: float | None = None,
) -> float:
    """Seconds that the commands take, one after the other. Raises Failed with what the failing one said.

    most: seconds after which one of them is ended, with all that it started.
    """
    began = time.perf_counter()
    for command in commands:
        with subprocess.Popen(
            command,
            cwd=folder,
            env={**environment(), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                _, said = process.communicate(timeout=most)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return time.perf_counter() - began
        if process.returncode not in allowed:
            raise Failed(f"{' '.join(command)[:200]}: {said.decode(errors='replace')[-800:]}")
    return time.perf_counter() - began


def peak_mb(commands: Sequence[Sequence[str]], folder: Path) -> float:
    """The most memory that a command and everything it started had at one time, in MB (10^6 bytes).

    Proportional set size: a page that several processes share counts once. Sampled often, so not timed together.
    """
    return max(_watched(command, folder, 0.03)[1] for command in commands)


def seconds_and_peak(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Both of one long execution, sampled twice a second, which costs it next to nothing. Raises Failed."""
    began = time.perf_counter()
    code, peak = _watched(command, folder, 0.5)
    seconds = time.perf_counter() - began
    if code:
        raise Failed(f"{' '.join(command)[:200]} ended with {code}")
    return seconds, peak


def _watched(command: Sequence[str], folder: Path, every: float) -> tuple[int, float]:
    """The exit code of a command and its memory at the most, looked at each `every` seconds."""
    peak, process = (
        0.0,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ),
    )
    while process.poll() is None:
        peak = max(peak, sum(_pss_kb(pid) for pid in _tree(process.pid)) * 1024 / 1e6)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(every)
    return process.returncode, peak


def _tree(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
