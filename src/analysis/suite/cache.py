"""Executed notebooks, kept until one of their declared inputs changes.

The key holds everything that a notebook may use: its source with parameters, the results of the notebooks that it needs, the
project's data, helpers and sources, this package, interpreter, installed packages, lock files and environment. What a
notebook read beside them is known from watching it (`watch`); then there is no entry, and it runs each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from analysis.errors import UserError, counted
from analysis.kept import packed, unpacked
from analysis.suite.inputs import Inputs, reason_not_to_keep
from analysis.suite.project import Notebook
from analysis.suite.watch import Seen
from analysis.writing import write_atomically

T = TypeVar("T")
MAX_BYTES = 500_000_000
MOST_KEPT = 2000
MOST_STATES = 3
"""States of the code of which pictures and fits are kept."""
_log = logging.getLogger("analysis")


@dataclass(frozen=True)
class Info:
    """Size of a cache: its entries and their bytes."""

    folder: Path
    entries: int
    bytes: int


@dataclass(frozen=True)
class Key:
    """What an execution depends on.

    notebook: as it stands in the project. source: as it would be executed, parameters included. upstream: notebook →
    checksum of its result, for those that it needs.
    """

    notebook: Notebook
    source: bytes
    upstream: Mapping[str, str]


class Cache:
    """The cache of one project; safe for several threads and processes at once.

    inputs: what the project's notebooks may use. folder: where entries are. max_bytes: beyond it, the entries that were not
    used for longest are removed.
    """

    def __init__(self, folder: Path, inputs: Inputs, max_bytes: int = MAX_BYTES) -> None:
        self.folder, self.inputs, self.max_bytes = folder, inputs, max_bytes

    def find(self, key: Key) -> bytes | None:
        """The executed notebook, when nothing that it depends on has changed since it was kept.

        An entry that cannot be used, whatever stands in its place, is removed with a warning.
        """
        return self.entry(self._path(key).name, _notebook)

    def entry(self, name: str, read: Callable[[bytes], T]) -> T | None:
        """What `read` makes of the entry of that name. It raises ValueError for what is not of its kind, which goes."""
        path = self.folder / name
        try:
            content = read(unpacked(_bytes_of(path), name))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            _log.warning("The cache entry %s is damaged (%s); it is made again.", name, error)
            with contextlib.suppress(OSError):
                _remove(path)
            return None
        with contextlib.suppress(OSError):  # removed by another process, or a cache that is read-only
            os.utime(path)
        return content

    def holds(self, name: str) -> bool:
        """Whether there is an entry of that name, sound or not."""
        return (self.folder / name).is_file()

    def keep(self, key: Key, content: bytes, seen: Seen | None, folder: str = "") -> str:
        """Keep an executed notebook; gives why it was not kept, empty if it was.

        seen: what it read. folder: where it found the results of the notebooks that it needs.
        """
        if reason := reason_not_to_keep(self.inputs, key.notebook, seen, folder):
            return reason
        return self.put(self._path(key).name, content)

    def put(self, name: str, content: bytes) -> str:
        """Keep an entry under a name; gives why it was not kept, empty if it was."""
        try:
            write_atomically(self.folder / name, packed(content, name), is_durable=False)
        except OSError as error:
            return f"the cache cannot be written ({error.strerror})"
        self._bound()
        return ""

    def kept(self) -> Path:
        """Where notebooks keep pictures of charts and fits of models: a folder for each state of the code, the last few stay."""
        folder = self.folder.parent / "kept" / self.inputs.code[:20]
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            os.utime(folder)
            states = sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            for path in states[:-MOST_STATES]:
                _remove(path)
            kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            for path in kept[:-MOST_KEPT]:
                _remove(path)
        return folder

    def clear(self) -> Info:
        """Remove every entry; gives what there was. Raises UserError when the system refuses."""
        before, left = self.info(), list[str]()
        # Another process may be writing or clearing: what vanishes or comes meanwhile is no trouble.
        for path, _ in self._entries():
            try:
                _remove(path)
            except OSError as error:
                left.append(str(error.strerror))
        if left:
            raise UserError(f"{self.folder}: {counted(len(left), 'entry')} could not be removed ({left[0]}).")
        for name in (self.folder.name, "kept", "pictures"):  # the last is of earlier versions
            shutil.rmtree(self.folder.parent / name, ignore_errors=True)
        return before

    def info(self) -> Info:
        """What the cache holds."""
        sizes = [status.st_size for _, status in self._entries()]
        return Info(self.folder, len(sizes), sum(sizes))

    def _path(self, key: Key) -> Path:
        parts = [
            self.inputs.digest(key.notebook),
            sorted(key.upstream.items()),
            hashlib.sha256(key.source).hexdigest(),
        ]
        return self.folder / hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _entries(self) -> Iterator[tuple[Path, os.stat_result]]:
        """The entries of a folder that other processes change at the same time; nothing when it is not there."""
        with contextlib.suppress(OSError):
            for entry in os.scandir(self.folder):
                with contextlib.suppress(OSError):
                    yield Path(entry.path), entry.stat(follow_symlinks=False)

    def _bound(self) -> None:
        """Remove the entries that were not used for longest, down to nine tenths of the bound."""
        entries = sorted(self._entries(), key=lambda entry: entry[1].st_mtime_ns)
        size = sum(status.st_size for _, status in entries)
        if size <= self.max_bytes:
            return
        for path, status in entries:
            if size <= self.max_bytes * 0.9:
                break
            with contextlib.suppress(OSError):
                _remove(path)
            size -= status.st_size


def _bytes_of(path: Path) -> bytes:
    """The content of a plain file. Raises OSError; never waits (a pipe in a file's place would)."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    with open(handle, "rb") as stream:  # noqa: PTH123 (of a descriptor)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("it is not a plain file")
        return stream.read()


def _remove(path: Path) -> None:
    """Remove what stands in an entry's place. Raises OSError when the system refuses."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _notebook(content: bytes) -> bytes:
    if not isinstance(json.loads(content), dict):
        raise ValueError("it is not a notebook")
    return content
