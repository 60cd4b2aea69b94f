"""Where the time of a run goes: warm start, cells by what they do, the engine's own part, and what comes after."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from analysis.suite import document, environment, settings
from analysis.suite.process import Runner
from bench import measure, workload


@dataclass(frozen=True)
class Phases:
    """Seconds of one run of this repository's notebooks, one at a time.

    parts: what → seconds. overhead: for each notebook, the seconds above those of its cells (the first one without
    the start of the warm process). cells: the slowest cells (notebook, first line, seconds).
    """

    parts: dict[str, float]
    overhead: list[float]
    cells: list[tuple[str, str, float]]

    @property
    def overhead_median(self) -> float:
        """Median seconds a notebook."""
        return statistics.median(self.overhead)


def of_own_notebooks(folder: Path) -> Phases:
    """Execute this repository's notebooks warm and take the time of every part."""
    root = workload.own_project(folder / "own")
    overhead, cells = [], []
    with environment.prepared(root), Runner(settings.preload(root)) as warm:
        began = time.perf_counter()
        paths = sorted((root / "notebooks").glob("*.ipynb"))
        warm.expect(1 + len(paths))
        warm.execute({"cells": []})
        start = time.perf_counter() - began
        for path in paths:
            content = document.read(path)
            began = time.perf_counter()
            outcome = warm.execute(content, cwd=root / "notebooks")
            seconds = time.perf_counter() - began
            overhead.append(seconds - sum(r.seconds for r in outcome.results))
            for result in outcome.results:
                first = content["cells"][result.index]["source"].strip().split("\n")[0]
                cells.append((path.stem, first, result.seconds, _draws(result.outputs)))
    parts = {
        "interpreter and imports, once": start,
        "cells that draw": sum(c[2] for c in cells if c[3]),
        "all other cells": sum(c[2] for c in cells if not c[3]),
        "fork, transfer and exit, all notebooks": sum(overhead),
    }
    parts |= _around(root)
    slowest = sorted(((name, first, seconds) for name, first, seconds, _ in cells), key=lambda c: -c[2])[:8]
    return Phases(parts, overhead, slowest)


def _draws(outputs: list[dict[str, object]]) -> bool:
    return any({"image/svg+xml", "image/png"} & set(o.get("data", {})) for o in outputs)  # type: ignore[call-overload]


def _around(root: Path) -> dict[str, float]:
    """What a whole command adds: its own start, collecting results, and the pages."""
    command = [sys.executable, "-m", "analysis", "run", "phases", "--quiet", "--no-cache"]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=root, env=measure.environment(), capture_output=True)
    whole = time.perf_counter() - began
    manifests = sorted((root / "reports").glob("phases*/manifest.json"))
    if done.returncode > 1 or not manifests:
        raise measure.Failed(done.stderr.decode(errors="replace")[-400:])
    seconds = json.loads(manifests[0].read_text(encoding="utf-8"))["seconds"]
    return {
        "pages in two languages": seconds.get("pages", 0.0),
        "start of the command, results, checksums": whole - seconds["notebooks"] - seconds.get("pages", 0.0),
    }
