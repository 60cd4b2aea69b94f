"""`python -m tests.mutants`: put faults into the modules that decide verdicts, and count which the tests notice.

Results are kept in .cache/mutants.jsonl until the module or its tests change, so that a stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
import gc
import hashlib
import importlib
import json
import random
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.beside import ROOT, SOURCE, beside
from tests.mutants.operators import Mutant, mutants
from tests.mutants.trial import PRELOADED, noticed

EQUIVALENT = Path(__file__).parent / "equivalent.csv"
KEPT = ROOT / ".cache" / "mutants.jsonl"
LIMIT = 30.0
"""Seconds of processor for the tests beside a module, which need three at most."""


@dataclass(frozen=True)
class Tried:
    """A mutant and what became of it."""

    mutant: Mutant
    noticed: bool
    reason: str

    @property
    def state(self) -> str:
        """`noticed`, `equivalent` (with its reason) or `lived`."""
        return "noticed" if self.noticed else "equivalent" if self.reason else "lived"


def equivalents() -> dict[tuple[str, str, str, str], str]:
    """The mutants accepted as changing nothing that can be seen, each with its reason."""
    with EQUIVALENT.open(encoding="utf-8", newline="") as handle:
        return {
            (r["module"], r["function"], r["line"], r["change"]): r["reason"] for r in csv.DictReader(handle)
        }


def chosen(names: list[str], sample: int | None, seed: int, since: str | None) -> list[Mutant]:
    """The mutants to try: of the named modules, on lines changed `since` a commit, a seeded `sample` of them."""
    found: list[Mutant] = []
    for name in sorted(beside()):
        path = SOURCE / name
        if names and not any(part in name for part in names):
            continue
        lines = _changed_lines(path, since) if since else None
        all_of_it = mutants(name, path.read_text(encoding="utf-8"))
        found += [m for m in all_of_it if lines is None or m.number in lines]
    if sample is not None and sample < len(found):
        found = sorted(
            random.Random(seed).sample(found, sample), key=lambda m: (m.module, m.number, m.change)
        )
    return found


def _is_commit(name: str) -> bool:
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"], cwd=ROOT, capture_output=True
        )
    except FileNotFoundError:
        return False
    return found.returncode == 0


def _changed_lines(path: Path, since: str) -> set[int]:
    shown = subprocess.run(
        ["git", "diff", "--unified=0", since, "--", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines: set[int] = set()
    for row in shown.splitlines():
        if row.startswith("@@"):
            start, _, count = row.split("+")[1].split(" ")[0].partition(",")
            lines |= set(range(int(start), int(start) + int(count or 1)))
    return lines


def tried(wanted: list[Mutant], jobs: int = 2) -> list[Tried]:
    """Try each mutant, or take what an earlier run found for the same module and tests."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # what was imported is shared by all forks, and collected in none
    known, accepted, stamps = _kept(), equivalents(), {}
    for module in sorted({m.module for m in wanted}):
        files = [SOURCE / module, *beside()[module]]
        stamps[module] = hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:16]

    def run(module: str, source: str, key: str) -> bool:
        if key not in known:
            name = "analysis." + module.removesuffix(".py").replace("/", ".")
            known[key] = noticed(name, SOURCE / module, source, beside()[module], LIMIT)
            _keep(key, known[key])
        return known[key]

    def one(mutant: Mutant) -> Tried:
        key = "|".join((stamps[mutant.module], str(mutant.number), *mutant.key))
        return Tried(mutant, run(mutant.module, mutant.source, key), accepted.get(mutant.key, ""))

    with ThreadPoolExecutor(jobs) as pool:
        unchanged = {m: (SOURCE / m).read_text(encoding="utf-8") for m in stamps}
        sick = pool.map(lambda m: m if run(m, unchanged[m], f"{stamps[m]}|unchanged") else "", unchanged)
        if failing := [m for m in sick if m]:
            raise SystemExit(
                f"the tests beside {', '.join(failing)} fail without any fault put in; mend them first"
            )
        return list(pool.map(one, wanted))


def _kept() -> dict[str, bool]:
    if not KEPT.exists():
        return {}
    return {r["key"]: r["noticed"] for r in map(json.loads, KEPT.read_text(encoding="utf-8").splitlines())}


def _keep(key: str, is_noticed: bool) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps({"key": key, "noticed": is_noticed}, ensure_ascii=False) + "\n")


def table(results: list[Tried]) -> str:
    """The share noticed by module, as a Markdown table; equivalents are listed apart and not counted."""
    rows = [
        "| module | mutants | noticed | equivalent | lived | share noticed |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    by_module: dict[str, Counter[str]] = {}
    for result in results:
        by_module.setdefault(result.mutant.module, Counter())[result.state] += 1
    total: Counter[str] = Counter()
    for module, counts in sorted(by_module.items()):
        total += counts
        rows.append(_row(f"`{module}`", counts))
    return "\n".join([*rows, _row("**all**", total)])


def _row(name: str, counts: Counter[str]) -> str:
    real = counts["noticed"] + counts["lived"]
    share = f"{100 * counts['noticed'] / real:.1f} %" if real else "–"
    return f"| {name} | {counts.total()} | {counts['noticed']} | {counts['equivalent']} | {counts['lived']} | {share} |"


def main() -> int:
    """Parse, try, tell. Exit 1 when more mutants live, equivalent ones apart, than `--least` allows."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "modules",
        nargs="*",
        help="parts of module paths (numbers/, statistics/forecast); all of them by default",
    )
    parser.add_argument("--sample", type=int, help="how many mutants, drawn by --seed; all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--since", help="only lines that differ from this commit")
    parser.add_argument(
        "--least", type=float, default=100, help="per cent that have to be noticed for exit code 0"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", type=Path, help="write the table between the marks of this Markdown file")
    given = parser.parse_args()
    if given.since and not _is_commit(given.since):
        print(f"There is no commit {given.since} here, so no line is known to have changed: no mutants.")
        return 0
    results = tried(chosen(given.modules, given.sample, given.seed, given.since), given.jobs)
    lived = [r.mutant for r in results if r.state == "lived"]
    for m in lived:
        print(f"lived: {m.module}:{m.number} {m.function}: {m.change}\n    {m.line}")
    if not (given.modules or given.since or given.sample):
        for key in sorted(equivalents().keys() - {r.mutant.key for r in results}):
            print(f"no mutant any longer, delete it from {EQUIVALENT.name}: {', '.join(key)}")
    print(table(results))
    if given.report:
        before, _, rest = given.report.read_text(encoding="utf-8").partition("<!-- mutants -->\n")
        after = rest.partition("<!-- /mutants -->")[2]
        given.report.write_text(
            f"{before}<!-- mutants -->\n{table(results)}\n<!-- /mutants -->{after}", encoding="utf-8"
        )
    real = [r for r in results if r.state != "equivalent"]
    return 1 if len(lived) * 100 > (100 - given.least) * len(real) else 0


if __name__ == "__main__":
    sys.exit(main())
