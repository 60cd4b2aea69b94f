"""What a notebook used: modules of the project, data files, folders it listed; found by watching, not declared.

Runs in the notebook's own process. Files are seen through Python's audit events, which report every file that
Python opens (pandas included). What they cannot show - other programs, the network, Arrow's own readers - is
reported as a reason not to cache the notebook, never passed over. Not seen: that a notebook asked whether a file
exists without opening it, environment variables, and the clock.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"}
_UNSEEN = {
    "subprocess.Popen": "it starts other programs",
    "os.system": "it starts other programs",
    "os.posix_spawn": "it starts other programs",
    "os.exec": "it starts other programs",
    "os.fork": "it starts other processes",
    "os.forkpty": "it starts other processes",
    "socket.connect": "it uses the network",
    "socket.getaddrinfo": "it uses the network",
    "sqlite3.connect": "it uses a database",
}
_IGNORED_PARTS = {".git", ".cache", "__pycache__", ".ipynb_checkpoints"}
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc", "/proc", "/sys", "/dev", "/run", "/var")
# The import system, and what looks for installed packages in the folders of sys.path.
_IMPORT_SYSTEM = ("<frozen importlib", "<frozen zipimport", str(Path(importlib.__file__).parent))


class Area:
    """Which files count as inputs: all but what the system and installed packages own.

    Files under the roots count unless they are in a cache or an ignored folder; files elsewhere unless they belong
    to the system, to the interpreter, to a user's settings, or are temporary.
    """

    def __init__(self, roots: Iterable[str], ignored: Iterable[str] = ()) -> None:
        self.roots = _as_prefixes(roots)
        self.ignored = _as_prefixes(ignored)
        self.foreign = (*_as_prefixes([tempfile.gettempdir(), *_SYSTEM]), str(Path.home()) + "/.")
        packages = _as_prefixes([sys.prefix, sys.base_prefix])
        # An interpreter may hold the project (a container's /usr/local): then its folder says nothing of its files.
        self.packages = tuple(p for p in packages if not any(root.startswith(p) for root in self.roots))

    def __contains__(self, path: str) -> bool:
        name = path + "/"
        if not path.startswith("/") or name.startswith((*self.packages, *self.ignored)):
            return False
        if not _IGNORED_PARTS.isdisjoint(path.split("/")) or "-packages/" in path:
            return False
        return name.startswith(self.roots) or not name.startswith(self.foreign)


def is_ignored_name(name: str) -> bool:
    """Whether a file or folder of that name is never an input: caches, version control, hidden files."""
    return name in _IGNORED_PARTS or name.startswith(".")


def _as_prefixes(paths: Iterable[str]) -> tuple[str, ...]:
    # As named, which is how programs will open them, and with links resolved.
    named = [str(form) for path in paths if path for form in (Path(path).absolute(), Path(path).resolve())]
    return tuple(dict.fromkeys(form.rstrip("/") + "/" for form in named))


class Observer:
    """Records what the process opens, from `start` to `report` or `stop`.

    early: files that modules of the project read when they were imported, ahead of the notebook.
    """

    def __init__(self, area: Area, since: float, early: Iterable[str] = ()) -> None:
        self.area, self.since, self.early = area, since, list(early)
        self.reads: dict[str, None] = {}
        self.listed: dict[str, None] = {}
        self.written: dict[str, None] = {}
        self.reasons: dict[str, None] = {}
        # Loaded before the notebook begins, and none of the project's: those are on the shelf until it asks for them.
        self._others = frozenset(sys.modules)
        self._pid, self._is_on = os.getpid(), False

    def start(self) -> None:
        """Begin to watch; an audit hook cannot be removed, so this belongs in a process that ends afterwards."""
        if not self._is_on:
            self._is_on = True
            sys.addaudithook(self._hear)

    def stop(self) -> None:
        """Watch no more."""
        self._is_on = False

    def report(self) -> dict[str, Any]:
        """JSON: `modules` {name: path}, `reads`, `listed`, `written` (absolute paths), `opaque` (reasons), `since`.

        A file that changed after `since` (seconds of the epoch) may have been read before it did.
        """
        modules = project_modules(self.area, self._others)
        self._note_arrow(modules)
        files = set(modules.values())
        if modules:  # which of them read the early files is not known: any may have
            self.reads.update(dict.fromkeys(self.early))
        return {
            "modules": dict(sorted(modules.items())),
            "reads": sorted(p for p in self.reads if p not in files and p not in self.written),
            "listed": sorted(self.listed),
            "written": sorted(self.written),
            "opaque": sorted(self.reasons),
            "since": self.since,
        }

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event == "open":
            self._opened(*arguments)
        elif event in ("os.listdir", "os.scandir"):
            path = _absolute(arguments[0])
            if path in self.area and not _is_import_system(sys._getframe(1)):
                self.listed[path] = None
        elif event in _UNSEEN:
            self.reasons[_UNSEEN[event]] = None
        elif event in _CHANGES:
            for argument in arguments[:2]:
                if isinstance(argument, str | bytes | os.PathLike):
                    self._note(self.written, argument)

    def _opened(self, path: Any, mode: str | None, flags: int) -> None:
        if isinstance(path, int) or os.getpid() != self._pid:
            return
        writes = any(c in mode for c in "wax+") if mode else bool(flags & _WRITE_FLAGS)
        self._note(self.written if writes else self.reads, path)

    def _note(self, record: dict[str, None], path: Any) -> None:
        name = _absolute(path)
        # A module's bytecode, or its source on the way to becoming a module: the module itself is reported.
        if name in self.area and not name.endswith(".pyc"):
            record[name] = None

    def _note_arrow(self, modules: dict[str, str]) -> None:
        """Arrow reads files in C++, unseen; who gets at it through pandas is seen, who imports it is not."""
        spaces = [vars(sys.modules[name]) for name in modules if name in sys.modules]
        for space in [vars(sys.modules["__main__"]), *spaces]:
            for value in list(space.values()):
                owner = value.__name__ if isinstance(value, ModuleType) else _module_of(value)
                if owner.partition(".")[0] == "pyarrow":
                    self.reasons["it uses pyarrow directly, whose reading of files cannot be seen"] = None
                    return


def _module_of(value: Any) -> str:
    if isinstance(value, type) or callable(value):
        found = getattr(value, "__module__", None)
        return found if isinstance(found, str) else ""
    return ""


def project_modules(area: Area, others: Collection[str]) -> dict[str, str]:
    """Name → source file of the loaded modules that lie in the area, without `__main__` and the `others`."""
    found = {}
    for name in [name for name in sys.modules if name not in others]:
        file = getattr(sys.modules[name], "__file__", None)
        if name != "__main__" and isinstance(file, str) and _absolute(file) in area:
            found[name] = _absolute(file)
    return found


def _absolute(path: Any) -> str:
    if path is None:
        return str(Path.cwd())
    try:
        return os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (links stay, and it is called for every open)
    except (TypeError, ValueError):  # an open directory, or something that only a C function accepts
        return ""


def _is_import_system(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(_IMPORT_SYSTEM)
