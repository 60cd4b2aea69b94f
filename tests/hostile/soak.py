"""Hundreds of changes of a served report: its memory stays flat, and nothing that it started is left.

Run with `python -m tests.hostile.soak`; exit code 1 when memory grows or a process stays.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from tests.engine_tools import stop_fork_server

SETTLED = 0.3
"""Share of the changes after which memory must not grow further: until then its stores fill up."""
GROWTH = 1.15
"""How much more memory than then is still flat."""
FEW = 20
PAGES = ("index.html", "01_plans.html", "03_kinds.html", "index.zh.html")


def memory(pids: list[int]) -> float:
    """What these processes hold for themselves, in MB (Linux)."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def change(address: str, asked: dict[str, str], page: str) -> None:
    """What a browser does after a control was moved: wait for the events' end, then take the page."""
    query = urllib.parse.urlencode(asked)
    language = "zh" if ".zh." in page else "en"
    with urllib.request.urlopen(f"{address}live/events?{query}&language={language}", timeout=300) as events:
        said = events.read().decode()
    assert "event: ready" in said, said
    with urllib.request.urlopen(f"{address}{page}?{query}", timeout=300) as answer:
        assert answer.headers["X-State"] == "ready"
        answer.read()


def soak(folder: Path, changes: int, seed: int) -> list[str]:
    """Make the changes; gives what is wrong."""
    from tests import command_line
    from tests.browser import test_live as live

    project = folder / "report"
    shutil.copytree(live.SECOND, project, ignore=shutil.ignore_patterns("reports", ".cache"))
    live.with_another_edition(project)
    live.in_two_languages(project)
    (project / "notebooks" / "03_kinds.ipynb").write_text(json.dumps(live.kinds()), encoding="utf-8")
    command_line.call(project, "run", "--quiet", "--language", "both")
    server, address = live.start(project)
    chance, sizes, began = random.Random(seed), list[float](), time.monotonic()
    try:
        for number in range(changes):
            asked = {"p.share": f"{chance.random():.4f}", "p.items": str(chance.randrange(2, 40))}
            if chance.random() < 0.3:
                asked["p.additions"] = "built"
            if chance.random() < 0.3:
                asked[f"d.{live.ROW}@eia-2025-02"] = f"{chance.uniform(9, 14):.3f}"
            change(address, asked, chance.choice(PAGES))
            sizes.append(memory([server.pid, *live.children(server.pid)]))
            if (number + 1) % 50 == 0:
                rate = (time.monotonic() - began) / (number + 1)
                print(f"{number + 1} changes, {rate:.2f} s each, {sizes[-1]:.0f} MB", flush=True)
        started = live.children(server.pid)
    finally:
        server.send_signal(signal.SIGINT)
        code = server.wait(60)
    for _ in range(150):  # a busy machine takes its time
        if not any(Path(f"/proc/{pid}").exists() for pid in started):
            break
        time.sleep(0.1)
    wrong = [f"the server ended with exit code {code}"] if code else []
    wrong += [f"process {pid} is left" for pid in started if Path(f"/proc/{pid}").exists()]
    return wrong + grown(sizes)


def grown(sizes: list[float]) -> list[str]:
    """What is wrong with the memory after each change, in MB. Of a few changes nothing is known: the stores still fill up."""
    settled = max(sizes[: max(1, int(SETTLED * len(sizes)))])
    if len(sizes) < FEW or max(sizes[-10:]) <= GROWTH * settled:
        return []
    return [f"memory grew from {settled:.0f} MB to {max(sizes[-10:]):.0f} MB"]


def main() -> int:
    """Run it with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong = soak(Path(folder), options.changes, options.seed)
        stop_fork_server()  # while the folder is there in which it began
    print("\n".join(wrong) or f"{options.changes} changes: memory flat, no process left")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
