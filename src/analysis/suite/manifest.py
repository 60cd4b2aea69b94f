"""manifest.json: what a run was made from, what it made, when and where; and the check that both still hold."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from analysis import reading
from analysis.errors import UserError, counted, meant
from analysis.suite import settings
from analysis.suite.project import Project
from analysis.writing import write_atomically

NAME = "manifest.json"
FORMAT = 1
DEFAULT = "default"
"""The run with default parameters, which commands mean that are given no name."""
BASELINE = "baseline"
"""What stands where a run is asked for, and means the committed notebooks."""
FAILED = "-failed"
"""How the name of a run with failures ends: the last good run of that name stays."""
_IGNORED = {"__pycache__", ".ipynb_checkpoints"}


def inputs(project: Project) -> dict[str, str]:
    """Checksum of every file that a run depends on: notebooks and what lies beside them, data, our own code, lock files.

    This package's files are among them, as analysis/..., where it is installed apart from the project.
    """
    root, found = project.root, [*project.root.glob("*.toml"), *_locks(project.root)]
    found += [*_own_files(root / "notebooks"), *(root / "src").rglob("*")]
    checksums = _checksums(root, found)
    checksums |= {f"data/{k}": v for k, v in _checksums(project.data, project.data.rglob("*")).items()}
    package = Path(__file__).parents[1]
    if not package.is_relative_to(root):
        checksums |= _checksums(package.parent, package.rglob("*"))
    return checksums


def _own_files(folder: Path) -> Iterator[Path]:
    """The files of a folder that its author wrote: no hidden ones, and nothing that Python or Jupyter left there."""
    for path in folder.rglob("*"):
        if not any(p.startswith(".") or p == "__pycache__" for p in path.relative_to(folder).parts):
            yield path


def _locks(root: Path) -> list[Path]:
    """The project's lock files. One that git does not know was left by a tool that ran here: what it installed counts,
    and is among the versions."""
    found = sorted(root.glob("*.lock"))
    if not found or not (root / ".git").exists():
        return found
    try:
        known = set(_git(root, "ls-files", "--", "*.lock").splitlines())
    except (OSError, subprocess.SubprocessError):
        return found
    return [path for path in found if path.name in known]


def outputs(run: Path) -> dict[str, str]:
    """Checksum of every file of a run except the manifest itself."""
    return _checksums(run, (path for path in run.rglob("*") if path != run / NAME))


def origins(project: Project) -> dict[str, Any]:
    """What a run is made from: commit, versions, checksums of the inputs. Taken before it starts."""
    return {
        "commit": _commit(project.root),
        "versions": versions(project.root),
        "inputs": inputs(project),
    }


def write_draft(run: Path, facts: dict[str, Any]) -> None:
    """Write what is known before the pages are made, and depends on neither time nor place: the pages may show it."""
    _write(run, {"format": FORMAT, **facts})


def write(run: Path, facts: dict[str, Any]) -> None:
    """Write the manifest of a finished run. facts: what the runner knows (parameters, origins, timings, failures)."""
    content = {
        "format": FORMAT,
        **facts,
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "platform": {
            "system": platform.platform(),
            "machine": platform.machine(),
            "cores": os.cpu_count(),
            "python": sys.version.split()[0],
        },
        "outputs": outputs(run),
    }
    _write(run, content)


_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:[/\\]|(^|[/\\])\.\.([/\\]|$)")
"""A path that is not below the folder it is told from.

>>> [bool(_OUTSIDE.search(name)) for name in ("data/a.csv", "a/..b/c", "/etc/x", "../x", "a/../b", "a/..", "C:/x", "a\\\\..\\\\b")]
[False, False, True, True, True, True, True, True]
"""
_DAMAGED = "the run is damaged: run the analysis again."
_SHAPE: dict[str, type] = {
    **dict.fromkeys(("parameters", "variants", "notebooks", "verdicts", "commit", "versions", "status", "seconds", "platform", "instead", "added"), dict),
    **dict.fromkeys(("inputs", "outputs"), dict), **dict.fromkeys(("only", "own_data", "problems"), list),
    **dict.fromkeys(("run", "project", "scenario", "engine", "index", "finished"), str), "ok": bool,
}  # fmt: skip
"""What each part of a manifest is, where it is there."""


def read(run: Path) -> dict[str, Any]:
    """The manifest of a run. Raises UserError when the folder is not a run."""
    if not (run / NAME).exists():
        raise UserError(f"{run} is not a run: it has no {NAME}.")
    try:
        content = reading.mapping_of(run / NAME)
    except UserError as error:
        raise UserError(f"{error}; {_DAMAGED}") from None
    if content.get("format") != FORMAT:
        raise UserError(f"{run / NAME} was written by another version of this tool; run the analysis again.")
    for name, kind in _SHAPE.items():
        if content.get(name) is not None and not isinstance(content[name], kind):
            raise UserError(f"{run / NAME}: {name} holds a {type(content[name]).__name__}; {_DAMAGED}")
    if not content.get("inputs"):
        raise UserError(f"{run / NAME}: inputs is missing; {_DAMAGED}")
    for name in ("inputs", "outputs"):
        listed = content.get(name, {})
        if not isinstance(listed, dict) or not all(isinstance(v, str) for v in listed.values()):
            raise UserError(f"{run / NAME}: {name} is not a list of checksums; run the analysis again.")
        if strange := list(filter(_OUTSIDE.search, listed)):
            raise UserError(
                f"{run / NAME}: {name} names {strange[0]!r}, which lies outside; the run was tampered with."
            )
    return content


def parameters_told(facts: dict[str, Any]) -> str:
    """What a run was made with, in a line: `default parameters`, or those that differ; what was left out; own rows.

    >>> parameters_told({"parameters": {"hedge_about": 0.1}, "only": ["01*"]})
    'hedge_about=0.1; only 01*'
    """
    given = ", ".join(f"{name}={value}" for name, value in (facts.get("parameters") or {}).items())
    parts = [given or "default parameters"]
    if only := facts.get("only"):
        parts.append(f"only {', '.join(map(str, only))}")
    if own := facts.get("own_data"):
        parts.append(counted(len(own), "own row of data"))
    if facts.get("ok") is False:
        parts.append("with failures")
    return "; ".join(parts)


def command(facts: dict[str, Any]) -> str:
    """The command that makes a run anew; FOLDER stands for that of own rows, of which a manifest knows no place.

    >>> command({"run": "strict", "parameters": {"level": "strict"}, "variants": {"zh": {}}, "only": ["04*"]})
    "analysis run strict -p level=strict --only '04*' --language both"
    >>> command({"run": "default"})
    'analysis run'
    """
    name = str(facts.get("run") or DEFAULT)
    parts = ["analysis", "run", *([name] if name != DEFAULT else [])]
    if scenario := facts.get("scenario"):
        parts += ["--scenario", str(scenario)]
    for parameter, value in (facts.get("parameters") or {}).items():
        parts += ["-p", f"{parameter}={written(value)}"]
    for pattern in facts.get("only") or ():
        parts += ["--only", str(pattern)]
    parts += ["--language", "both"] if facts.get("variants") else []
    parts += ["--data", "FOLDER"] if facts.get("own_data") else []
    return shlex.join(parts)


def written(value: Any) -> str:
    """A value as the text that means it on the command line.

    >>> written("2015-Q1"), written(0.1), written(True), written(None), written(["a", "b"])
    ('2015-Q1', '0.1', 'true', 'null', '["a", "b"]')
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def told(run: Path) -> str:
    """A run as messages call it: its name, and what it was made with."""
    return f"{run.resolve().name} ({parameters_told(read(run))})"


def find_run(project: Project, name: str = DEFAULT) -> Path:
    """The folder of a run, by name, by path, or `latest`; the default run without a name.

    Raises UserError listing the runs there are.
    """
    for candidate in (project.reports / name, Path(name)):
        if (candidate / NAME).is_file():
            return candidate
    found = sorted(p.parent.name for p in project.reports.glob(f"[!.]*/{NAME}"))
    raise UserError(f"There is no run {name}{instead(name, found)}")


def instead(name: str, found: Sequence[str]) -> str:
    """The end of a message about a run that is not there: what was kept of it, the nearest name, or what there is.

    >>> instead("mine", ["default", "mine-failed"]), instead("defualt", ["default"])
    ('; it failed, and is kept as mine-failed.', '; did you mean default?')
    """
    if (failed := f"{name}{FAILED}") in found:
        return f"; it failed, and is kept as {failed}."
    return meant(name, found, f"there are: {', '.join(found) or 'none yet; `analysis run` makes one'}.")


def output_differences(run: Path) -> list[str]:
    """One line for each file of the run that is not as its manifest says: changed, missing, or not listed."""
    return differences(read(run).get("outputs") or {}, outputs(run))


def input_differences(run: Path, project: Project) -> list[str]:
    """One line for each input that changed, was added or was removed since the run; of files with own rows see `overlaid`.

    Of the scenarios the run's own alone: no other has a say in it.
    """
    facts, own = read(run), overlaid(run)
    mine, folder = f"{facts.get('scenario')}.yaml", project.scenarios.relative_to(project.root)

    def counts(name: str) -> bool:
        return name not in own and (Path(name).parent != folder or Path(name).name == mine)

    return differences(
        *({n: c for n, c in side.items() if counts(n)} for side in (facts["inputs"], inputs(project)))
    )


def overlaid(run: Path) -> list[str]:
    """The inputs over which a run laid own rows: the project's file alone is not what it was made from."""
    facts = read(run)
    stems = {str(ref).partition(":")[0] for ref in facts.get("own_data") or []}
    return sorted(n for n in facts["inputs"] if n.startswith("data/") and Path(n).stem in stems)


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """One line for each name whose checksum differs between two lists, in the order of names."""
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            found.append(f"missing: {name}")
        elif name not in before:
            found.append(f"added: {name}")
        elif before[name] != after[name]:
            found.append(f"changed: {name}")
    return found


def versions(root: Path) -> dict[str, str]:
    """Versions of Python, this package, and what it and the project ask for (the lock file pins the rest)."""
    own = distribution()
    about = own.metadata
    found = {"python": platform.python_version(), about["Name"]: about["Version"]}
    listed = settings.table(root, "project").get("dependencies", [])
    asked = [r for r in about.get_all("Requires-Dist") or [] if "extra ==" not in r] + (
        listed if isinstance(listed, list) else []
    )
    for requirement in map(str, asked):
        match = re.match(r"[A-Za-z0-9._-]+", requirement)
        if match:
            try:
                found[match[0]] = _version(match[0])
            except metadata.PackageNotFoundError:
                found[match[0]] = "not installed"
    return found


def _version(name: str) -> str:
    """The version of an installed package. Raises metadata.PackageNotFoundError.

    Its own `version` reads the whole description, which is long: of all that a run without changes does, that took the most time.
    """
    found = metadata.distribution(name)
    said = re.match(r"(?:[^\n]+\n)*?Version: ([^\n]+)", found.read_text("METADATA") or "")
    return said[1].strip() if said else found.version


def distribution() -> metadata.Distribution:
    """The installed distribution that this package belongs to: the one that brings the command `analysis`."""
    commands = metadata.entry_points(group="console_scripts", name="analysis")
    return next(c.dist for c in commands if c.dist is not None and c.module.startswith("analysis."))


def _write(run: Path, content: dict[str, Any]) -> None:
    write_atomically(run / NAME, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _checksums(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    found = {}
    for path in sorted(paths):
        relative = path.relative_to(root)
        if path.is_file() and not _IGNORED & set(relative.parts) and path.suffix != ".pyc":
            with path.open("rb") as stream:
                found[relative.as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def _commit(root: Path) -> dict[str, Any] | None:
    """Commit, its day and whether the working tree differs from it; None outside a git repository or without git."""
    try:
        head, day = _git(root, "rev-list", "--max-count=1", "--format=%H %cs", "HEAD").split()[-2:]
        return {
            "id": head,
            "date": day,
            "is_dirty": bool(_git(root, "status", "--porcelain", "--untracked-files=no")),
        }
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True, timeout=20
    )
    return done.stdout.strip()
