"""The campaign: `python -m tests.hostile --seed 1 --inputs 1000 --kills 200`; one input again: `--again 17`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import zlib
from collections import Counter
from pathlib import Path
from random import Random

from tests.hostile import bed, inputs, kills, law


def main() -> int:
    """Runs the campaign; exit code 1 when anything broke the law."""
    ask = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--inputs", type=int, default=1000)
    ask.add_argument("--kills", type=int, default=200)
    ask.add_argument("--entrance", choices=inputs.ENTRANCES, help="only this one")
    ask.add_argument(
        "--again", type=int, help="only the input or kill of this number, with all that was said"
    )
    ask.add_argument("--plain", action="store_true", help="notebooks that import nothing: quicker")
    ask.add_argument("--verbose", action="store_true")
    asked = ask.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as folder:
        place = Path(folder).resolve()
        plain = bed.Bed(place / "plain", is_plain=True) if asked.kills or asked.plain else None
        faults = _kills(plain, asked) if plain and asked.kills else 0  # before a fork server is shared
        if asked.inputs:
            faults += _inputs(plain if plain and asked.plain else bed.Bed(place / "full"), asked)
        os.chdir(tempfile.gettempdir())
    print(f"{time.monotonic() - began:.0f} s; {faults} broke the law")
    return 1 if faults else 0


def _inputs(made: bed.Bed, asked: argparse.Namespace) -> int:
    bed.share_fork_server()
    codes: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    faults = 0
    for number in range(asked.inputs) if asked.again is None else [asked.again]:
        draw = Random(zlib.crc32(f"{asked.seed} {number}".encode()))
        entrance = asked.entrance or inputs.entrance_of(draw)
        has_broken, found = _one(made, draw, entrance, codes, asked.again is not None)
        tried[entrance] += 1
        faults += has_broken
        if found or asked.verbose:
            print(
                f"{number} {entrance}: {'; '.join(found) or 'held'}".encode(
                    "utf-8", "backslashreplace"
                ).decode(),
                flush=True,
            )
    print(f"inputs, seed {asked.seed}: " + ", ".join(f"{n} {name}" for name, n in sorted(tried.items())))
    print(f"{sum(tried.values())} inputs, {sum(codes.values())} commands: " + ", ".join(f"{n} with exit code {code}" for code, n in sorted(codes.items())) + f"; {faults} broke the law")  # fmt: skip
    return faults


def _one(
    made: bed.Bed, draw: Random, entrance: str, codes: Counter[str], is_told: bool
) -> tuple[bool, list[str]]:
    """Whether anything broke the law, and what to tell of it (of an input again: in any case)."""
    found: list[str] = []
    has_broken = False
    with made.copy() as root:
        given = inputs.ENTRANCES[entrance][0](draw, root)
        ended: list[bed.Done] = []
        for command in given.commands:
            before, temporary = law.files(root), made.temporary()
            done = bed.call(root, command, temporary, given.around)
            broken = law.broken(root, temporary, command, done, before, given.wants, given.names if command == given.commands[-1] else (), given.written)  # fmt: skip
            ended.append(done)
            if given.holds is not None and command is given.commands[-1] and not broken:
                broken += given.holds(root, ended)
            codes[str(done.code)] += 1
            has_broken |= bool(broken)
            told = [p.read_text(errors="replace")[-1500:] for p in temporary.glob("analysis-error-*")]
            bed.remove(temporary)
            if broken or is_told:
                said = (done.err or done.out).strip()
                shown = "\n".join([said if is_told else said[-300:], *told])
                found.append(f"[{given.what}] {' '.join(command)[:200]} → {done.code}: {', '.join(broken) or 'held'}\n    {shown}".replace(str(root), "…"))  # fmt: skip
    return has_broken, found


def _kills(made: bed.Bed, asked: argparse.Namespace) -> int:
    return kills.campaign(made, asked.seed, range(asked.kills) if asked.again is None else [asked.again])


if __name__ == "__main__":
    sys.exit(main())
