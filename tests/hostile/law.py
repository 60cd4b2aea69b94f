"""What must hold whatever a command was given: one clear message, no traceback, no hang, nothing half-written, nothing lost."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.errors import UserError
from analysis.suite import manifest
from tests.hostile.bed import Done

Files = Mapping[str, str]
LONGEST = 4000
"""Characters of a message beyond which nobody reads it."""
_LITTER = re.compile(r"(^|/)\.(staging-|old-|latest-|[^/]+-[a-z0-9_]{8}$)")


def files(folder: Path) -> dict[str, str]:
    """Every file below a folder with what is in it, links and special files included."""
    found: dict[str, str] = {}
    for base, folders, names in os.walk(folder, onerror=lambda _: None):
        for name in [*names, *(f for f in folders if Path(base, f).is_symlink())]:
            path = Path(base, name)
            relative = os.fsencode(path.relative_to(folder)).decode(errors="replace")
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                found[relative] = f"→ {os.fsencode(path.readlink())!r}"
            elif stat.S_ISREG(mode):
                found[relative] = hashlib.sha256(path.read_bytes()).hexdigest()
            else:
                found[relative] = f"kind {stat.S_IFMT(mode)}"
    return found


_MAY_WRITE = {
    "run": ("reports/*",), "sweep": ("reports/sweeps/*",), "export": ("reports/exports/*",), "compare": ("reports/compare-*",),
    "baseline": ("notebooks/*.ipynb",), "dictionary": ("data/README.md", "data/datapackage.json"),
    "add": ("data/datapackage.json", "data/schemas/*"), "clear": (".cache/*",), "new": ("new/*",),
}  # fmt: skip


def may_write(arguments: Sequence[str], code: int | None, runs: Sequence[str]) -> tuple[str, ...]:
    """Patterns of the files that a command may have changed. A run writes its own name only, which stays when it fails."""
    words = [a for a in arguments if a in _MAY_WRITE]
    command = words[0] if words else ""
    if code != 0 and command not in ("run", "compare", "sweep", "export"):
        return ()
    if command == "run":
        others = [f"!reports/{name}/*" for name in runs if code != 0 or name not in arguments]
        is_default = code == 0 and not any(name in arguments for name in runs)
        return (*_MAY_WRITE["run"], *(o for o in others if not (is_default and o == "!reports/default/*")))
    return _MAY_WRITE.get(command, ())


def _is_allowed(name: str, patterns: Sequence[str]) -> bool:
    if any(fnmatch.fnmatchcase(name, p[1:]) for p in patterns if p.startswith("!")):
        return False
    return any(fnmatch.fnmatchcase(name, p) for p in patterns if not p.startswith("!"))


def broken(
    folder: Path,
    temporary: Path,
    arguments: Sequence[str],
    done: Done,
    before: Files,
    wants: Sequence[int] = (0, 1, 2),
    names: Sequence[str] = (),
    written_by_cells: Sequence[str] = (),
) -> list[str]:
    """What of the law a command broke, one line each.

    before: the files as they were. wants: exit codes that are right. names: a refusal names one of them.
    written_by_cells: patterns of files that the input itself writes.
    """
    found = [*_said(done, wants, names)]
    after = files(folder)
    allowed, own = may_write(arguments, done.code, ("default", "narrow")), (".cache/*", *written_by_cells)
    changed = sorted(
        n
        for n in before.keys() | after.keys()
        if before.get(n) != after.get(n) and not (_is_allowed(n, allowed) or _is_allowed(n, own))
    )
    if changed:
        found.append(f"changed what is not its own: {changed[:5]}")
    litter = sorted(n for n in after if _LITTER.search(n) and not _is_allowed(n, own) and n not in before)
    if litter:
        found.append(f"left behind: {litter[:5]}")
    if temporary.exists() and (left := sorted(p.name for p in temporary.iterdir())):
        found.append(f"left in the temporary folder: {left[:5]}")
    if done.left:
        found.append(f"left running: {done.left[:3]}")
    found += whole_runs(folder, before, after)
    return found


def _said(done: Done, wants: Sequence[int], names: Sequence[str]) -> list[str]:
    found = []
    if done.code is None:
        return ["it did not end"]
    if done.code not in wants:
        found.append(f"exit code {done.code}, not one of {tuple(wants)}")
    said = done.out + done.err
    if re.search(r"^Traceback \(most recent call last\)|^Exception ignored", said, re.MULTILINE):
        found.append("a traceback")
    if done.code == 2:
        message = done.err.strip()
        if not message:
            found.append("refused without a word")
        elif len(re.findall(r"^Error:", message, re.MULTILINE)) != 1:
            found.append("not one message")
        if len(message) > LONGEST:
            found.append(f"a message of {len(message)} characters")
        if names and not any(n in message for n in names):
            found.append(f"the message names none of {tuple(names)}")
    return found


def whole_runs(folder: Path, before: Files, after: Files) -> list[str]:
    """Every run that is new or other than before holds what its manifest says."""
    found = []
    reports = folder / "reports"
    if not reports.is_dir() or reports.is_symlink():
        return []
    for path in sorted(reports.iterdir()):
        prefix = f"reports/{path.name}/"
        part = {n: d for n, d in after.items() if n.startswith(prefix)}
        if (
            not path.is_dir()
            or path.is_symlink()
            or path.name in ("exports", "sweeps")
            or path.name[0] == "."
        ):
            continue
        if part == {n: d for n, d in before.items() if n.startswith(prefix)} or not part:
            continue
        try:
            if lines := manifest.output_differences(path):
                found.append(f"run {path.name}: {lines[:3]}")
        except UserError as error:
            found.append(f"run {path.name} is half: {error}")
    return found
