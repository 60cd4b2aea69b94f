"""Executed notebooks, kept until something that they depend on changes.

An entry is found by what is known before a notebook runs (source and parameters, results of the notebooks it needs,
interpreter, installed packages, lock files, the suite's own code), and is used only if everything that the notebook
was seen to use when it ran is still the same: modules, data files, folders it listed. When in doubt there is no entry:
a notebook that wrote files, started programs or used the network is never kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.errors import UserError
from analysis.suite.files import write_atomically
from analysis.suite.trace import is_ignored_name

FORMAT = "1"
LOCK_FILES = ("requirements.lock", "pylock.toml", "uv.lock", "poetry.lock")
MAX_BYTES = 500_000_000
_ABSENT = "absent"
_PREFIX = "ANALYSIS_"
# Where a run collects its notebooks and which project it is of: different each time, and no input.
_NO_INPUT = {"ANALYSIS_NOTEBOOKS", "ANALYSIS_PROJECT"}

_log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Info:
    """Size of a cache: its entries and their bytes."""

    folder: Path
    entries: int
    bytes: int


class Cache:
    """The cache of one project; safe for several threads and processes at once.

    root: the project's folder, to which paths in entries are relative. folder: where entries are. max_bytes: beyond
    it, the entries that were not used for longest are removed.
    """

    def __init__(self, root: Path, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self.root, self.folder, self.max_bytes = root, folder, max_bytes

    def find(self, source: bytes, upstream: Mapping[str, str]) -> bytes | None:
        """The executed notebook, when nothing that it depends on has changed since it was kept.

        source: the notebook as it would be executed, parameters included. upstream: notebook → checksum of its result,
        for those that it needs. An entry that cannot be read is removed, with a warning.
        """
        for path in self._entries_of(self._key(source, upstream)):
            try:
                dependencies, content = _unpacked(path.read_bytes())
            except FileNotFoundError:  # another process removed it
                continue
            except (OSError, ValueError) as error:
                _log.warning("The cache entry %s is damaged (%s); its notebook runs again.", path.name, error)
                path.unlink(missing_ok=True)
                continue
            if all(self._checksum(name) == value for name, value in dependencies.items()):
                _touch(path)
                return content
        return None

    def keep(
        self, source: bytes, upstream: Mapping[str, str], content: bytes, observed: Mapping[str, Any]
    ) -> str:
        """Keep an executed notebook with what it was observed to use; gives why it was not kept, empty if it was.

        source, upstream: as for `find`. content: the executed notebook. observed: as `trace.Observer.report` gives it.
        """
        if reason := _unkeepable(observed):
            return reason
        names = [f"file:{self._relative(p)}" for p in (*observed["modules"].values(), *observed["reads"])]
        names += [f"folder:{self._relative(p)}" for p in observed["listed"]]
        dependencies = {name: self._checksum(name) for name in sorted(set(names))}
        for name in dependencies:
            if _changed_after(self._path(name), observed["since"]):
                return f"{name.partition(':')[2]} changed during the run"
        packed = _packed(dependencies, content)
        name = hashlib.sha256(json.dumps(dependencies).encode()).hexdigest()[:32]
        path = self.folder / self._key(source, upstream) / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, packed, is_durable=False)
        except OSError as error:
            return f"the cache cannot be written ({error.strerror})"
        self._bound()
        return ""

    def clear(self) -> Info:
        """Remove every entry; gives what there was. Raises UserError when the system refuses."""
        before = self.info()
        left = []
        # Another process may be writing or clearing: what vanishes or comes meanwhile is no trouble.
        for path, _ in self._entries():
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                left.append(error.strerror)
        if left:
            raise UserError(f"{self.folder}: {len(left)} entries could not be removed ({left[0]}).")
        shutil.rmtree(self.folder, ignore_errors=True)
        return before

    def info(self) -> Info:
        """What the cache holds."""
        sizes = [stat.st_size for _, stat in self._entries()]
        return Info(self.folder, len(sizes), sum(sizes))

    def _key(self, source: bytes, upstream: Mapping[str, str]) -> str:
        digest = hashlib.sha256(self._environment)
        digest.update(json.dumps(sorted(upstream.items())).encode())
        digest.update(source)
        return digest.hexdigest()

    @cached_property
    def _environment(self) -> bytes:
        """A checksum of what decides about every notebook: interpreter, packages, locks, settings, our own code."""
        variables = {k: v for k, v in os.environ.items() if k.startswith(_PREFIX) and k not in _NO_INPUT}
        parts = {
            "format": FORMAT,
            "python": sys.version,
            "platform": sys.platform,
            "packages": sorted(_packages()),
            "locks": {name: _file_checksum(self.root / name) for name in LOCK_FILES},
            "variables": variables,
            "suite": {p.name: _file_checksum(p) for p in sorted(Path(__file__).parent.glob("*.py"))},
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()

    def _path(self, name: str) -> Path:
        return self.root / name.partition(":")[2]

    def _checksum(self, name: str) -> str:
        path = self._path(name)
        return _folder_checksum(path) if name.startswith("folder:") else _file_checksum(path)

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self.root) if Path(path).is_relative_to(self.root) else path

    def _entries_of(self, key: str) -> list[Path]:
        """The entries of a key, the one used last first."""
        found = [(stat.st_mtime_ns, path) for path, stat in _files(self.folder / key)]
        return [path for _, path in sorted(found, reverse=True) if not path.name.startswith(".")]

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        for folder, _ in _files(self.folder):
            yield from _files(folder)

    def _bound(self) -> None:
        """Remove the entries that were not used for longest, down to nine tenths of the bound."""
        entries = sorted(self._entries(), key=lambda entry: entry[1].st_mtime_ns)
        size = sum(stat.st_size for _, stat in entries)
        if size <= self.max_bytes:
            return
        for path, stat in entries:
            if size <= self.max_bytes * 0.9:
                break
            path.unlink(missing_ok=True)
            size -= stat.st_size
            with contextlib.suppress(OSError):  # not empty, or gone
                path.parent.rmdir()


def _files(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """What is in a folder that other processes change at the same time; nothing when it is not there."""
    found = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            with contextlib.suppress(OSError):
                found.append((Path(entry.path), entry.stat()))
    return found


def _unkeepable(observed: Mapping[str, Any]) -> str:
    if not observed:
        return "nobody watched what it used"
    if observed["written"]:
        return f"it writes files ({observed['written'][0]})"
    return "; ".join(observed["opaque"])


def _packed(dependencies: Mapping[str, str], content: bytes) -> bytes:
    """A line with the checksum of the rest, a line with the dependencies, and the notebook."""
    rest = json.dumps(dependencies, ensure_ascii=False).encode() + b"\n" + content
    return hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def _unpacked(packed: bytes) -> tuple[dict[str, str], bytes]:
    checksum, _, rest = packed.partition(b"\n")
    if hashlib.sha256(rest).hexdigest().encode() != checksum:
        raise ValueError("its checksum is wrong")
    dependencies, _, content = rest.partition(b"\n")
    return json.loads(dependencies), content


def _file_checksum(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return _ABSENT
    except OSError as error:  # a folder, or a file that may not be read any more
        return f"unreadable: {error.errno}"


def _folder_checksum(path: Path) -> str:
    try:
        names = sorted(name for name in os.listdir(path) if not is_ignored_name(name))  # noqa: PTH208 (names)
    except (FileNotFoundError, NotADirectoryError):
        return _ABSENT
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def _changed_after(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime > since
    except OSError:
        return False


def _packages() -> list[str]:
    """Names and versions of the installed packages, from the names of their metadata folders."""
    found = []
    for folder in sys.path:
        if folder.endswith("-packages") and Path(folder).is_dir():
            found += [
                entry.name for entry in os.scandir(folder) if entry.name.endswith((".dist-info", ".egg-info"))
            ]
    return found


def _touch(path: Path) -> None:
    try:
        os.utime(path)
    except OSError:  # removed by another process, or a cache that is read-only
        return
