"""`python -m tests.mutants`: put faults into the modules that decide verdicts, and count which the tests notice.

Results are kept in .cache/mutants.jsonl, so that a stopped run goes on where it was; --fresh takes none of them.
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
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.mutants import swap
from tests.mutants.beside import ROOT, SOURCE, beside
from tests.mutants.operators import Mutant, mutants
from tests.mutants.trial import PRELOADED, Seen, noticed

EQUIVALENT = Path(__file__).parent / "equivalent.csv"
KEPT = ROOT / ".cache" / "mutants.jsonl"
NOTICED = "noticed"
AT_FIRST = {"numbers": "85 %", "report": "63 %", "census": "56 %", "all": "55 %"}
"""The share noticed when the mutants of a room were tried for the first time; docs/testing.md says what was tried."""
LIMIT = 60.0
"""Seconds of processor for the tests beside a module while they are watched; they need five at most, and twenty when watched."""


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


def tried(wanted: list[Mutant], jobs: int = 2, *, is_fresh: bool = False) -> list[Tried]:
    """Try each mutant, or take what an earlier run found: one that was noticed stays so until its line is edited, one that
    lived is tried again when its module or the tests beside it change. With `is_fresh` nothing of an earlier run is taken."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # what was imported is shared by all forks, and collected in none
    if is_fresh:
        KEPT.unlink(missing_ok=True)
    accepted = equivalents()
    digests = {m: _digest([SOURCE / m, *beside()[m]]) for m in {m.module for m in wanted}}
    groups: dict[tuple[Path, ...], list[Mutant]] = {}
    known = _kept()
    for m in wanted:
        if known.get("|".join(m.key)) not in (NOTICED, digests[m.module]):
            groups.setdefault(tuple(beside()[m.module]), []).append(m)
    with ThreadPoolExecutor(jobs) as pool:
        largest = sorted(groups, key=lambda tests: -len(groups[tests]))
        are_sound = dict(
            zip(
                largest,
                pool.map(lambda tests: _of_one_group(groups[tests], tests, digests), largest),
                strict=True,
            )
        )
    # Tests that fail as it is would notice everything.
    if failing := sorted({t.name for tests, is_sound in are_sound.items() if not is_sound for t in tests}):
        raise SystemExit(
            f"without any fault put in, there are failures in {', '.join(failing)}; mend them first"
        )
    known = _kept()
    return [Tried(m, known["|".join(m.key)] == NOTICED, accepted.get(m.key, "")) for m in wanted]


def _of_one_group(group: list[Mutant], tests: tuple[Path, ...], digests: dict[str, str]) -> bool:
    """Try the mutants that the same tests stand beside, keeping what became of each; False when the tests fail without any."""
    with tempfile.NamedTemporaryFile(suffix=".json") as kept:

        def see(seen: Seen) -> None:
            Path(kept.name).write_text(json.dumps(vars(seen)), encoding="utf-8")

        def tell(mutant: Mutant, is_noticed: bool) -> None:
            _keep("|".join(mutant.key), NOTICED if is_noticed else digests[mutant.module])

        if not swap.tried(group, SOURCE, tests, LIMIT, tell, see):
            return False
        seen = Seen(**json.loads(Path(kept.name).read_bytes()))
    known, accepted = _kept(), equivalents()
    for m in group:
        if known.get("|".join(m.key)) not in (NOTICED, digests[m.module]):
            is_noticed = m.key not in accepted and _anew(m, seen)
            _keep("|".join(m.key), NOTICED if is_noticed else digests[m.module])
    return True


def _anew(mutant: Mutant, seen: Seen) -> bool:
    """Whether a mutant is noticed when everything is imported anew."""
    path = SOURCE / mutant.module
    name = "analysis." + mutant.module.removesuffix(".py").replace("/", ".")
    order = seen.order(path, mutant.number)
    return noticed(name, path, mutant.source, beside()[mutant.module], seen.limit(order), order)


def earlier() -> list[Tried]:
    """What earlier runs found last of the mutants that there are."""
    known, accepted = _kept(), equivalents()
    found = [(m, known.get("|".join(m.key))) for m in chosen([], None, 0, None)]
    return [Tried(m, state == NOTICED, accepted.get(m.key, "")) for m, state in found if state is not None]


def _digest(files: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:16]


def _kept() -> dict[str, str]:
    """Mutant → `noticed`, or the digest of module and tests with which it lived."""
    if not KEPT.is_file():
        return {}
    return dict(map(json.loads, KEPT.read_text(encoding="utf-8").splitlines()))


def _keep(name: str, state: str) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as handle:
        handle.write(json.dumps([name, state], ensure_ascii=False) + "\n")


def tables(results: list[Tried]) -> str:
    """The share noticed by room, beside what it was at first, and by module; equivalents are listed apart and not counted."""
    by_room: dict[str, Counter[str]] = {}
    by_module: dict[str, Counter[str]] = {}
    for result in results:
        module = result.mutant.module
        by_module.setdefault(f"`{module}`", Counter())[result.state] += 1
        by_room.setdefault(f"`{module.partition('/')[0]}/`", Counter())[result.state] += 1
    by_room["**all**"] = sum(by_room.values(), Counter())
    first = [
        "| room | at first | mutants | noticed | equivalent | lived | share noticed |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    then = [
        "| module | mutants | noticed | equivalent | lived | share noticed |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    rooms = [
        _row(f"{name} | {AT_FIRST.get(name.strip('`*/'), 'not known')}", by_room[name]) for name in by_room
    ]
    modules = [_row(name, by_module[name]) for name in sorted(by_module)]
    return "\n".join([*first, *rooms, "", *then, *modules])


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
    parser.add_argument("--fresh", action="store_true", help="try all again, also what was noticed before")
    parser.add_argument("--earlier", action="store_true", help="try nothing: tell what earlier runs found")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", type=Path, help="write the table between the marks of this Markdown file")
    given = parser.parse_args()
    if given.since and not _is_commit(given.since):
        print(f"There is no commit {given.since} here, so no line is known to have changed: no mutants.")
        return 0
    wanted = [] if given.earlier else chosen(given.modules, given.sample, given.seed, given.since)
    results = earlier() if given.earlier else tried(wanted, given.jobs, is_fresh=given.fresh)
    lived = [r.mutant for r in results if r.state == "lived"]
    for m in lived:
        print(f"lived: {m.module}:{m.number} {m.function}: {m.change}\n    {m.line}")
    if not (given.modules or given.since or given.sample or given.earlier):
        for key in sorted(equivalents().keys() - {r.mutant.key for r in results if r.state == "equivalent"}):
            print(f"no mutant any longer or noticed, delete it from {EQUIVALENT.name}: {', '.join(key)}")
    print(tables(results))
    if given.report:
        before, _, rest = given.report.read_text(encoding="utf-8").partition("<!-- mutants -->\n")
        after = rest.partition("<!-- /mutants -->")[2]
        given.report.write_text(
            f"{before}<!-- mutants -->\n{tables(results)}\n<!-- /mutants -->{after}", encoding="utf-8"
        )
    real = [r for r in results if r.state != "equivalent"]
    return 1 if len(lived) * 100 > (100 - given.least) * len(real) else 0


if __name__ == "__main__":
    sys.exit(main())
