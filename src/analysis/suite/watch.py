"""What a process reads that it was not given: watched from the first preloaded module on, judged by `cache.Inputs`.

Python's audit events show every file that Python opens and every folder that it lists; questions about files (whether one is
there, how large) have no event, so the functions of `os` that ask them are wrapped. What neither shows (programs, the network,
databases, C functions, Arrow's own readers) is a reason not to keep the notebook's result.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"}
_UNSEEN = {
    "subprocess.Popen": "it starts other programs",
    "os.system": "it starts other programs",
    "os.posix_spawn": "it starts other programs",
    "os.exec": "it starts other programs",
    "os.fork": "it starts other processes",
    "os.forkpty": "it starts other processes",
    "socket.connect": "it uses the network",
    "socket.bind": "it uses the network",
    "socket.getaddrinfo": "it uses the network",
    "sqlite3.connect": "it uses a database",
    "ctypes.dlopen": "it calls C functions",
    "ctypes.dlsym": "it calls C functions",
}
_ARROW = ("csv", "dataset", "feather", "fs", "json", "orc", "parquet")
_SEEN_READERS = {
    "PIL", "brotli", "charset_normalizer", "contourpy", "fontTools", "kiwisolver", "markupsafe", "matplotlib", "msgpack", "numpy", "pandas", "patsy", "pyarrow",
    "pydantic_core", "regex", "rpds", "scipy", "sklearn", "statsmodels", "tornado", "wrapt", "yaml", "_yaml", "zmq",
}  # fmt: skip
"""Packages with compiled parts that read no file, or through Python's own `open`; Arrow's parts are told apart above."""
_IMPORTING = ("<frozen importlib.", "/importlib/metadata/", "/importlib_metadata/")
LISTED = "/*"
"""Behind the name of a folder whose content was asked for, not just the folder itself."""


@dataclass(frozen=True)
class Seen:
    """Absolute paths that were read, listed or asked for; what was written; reasons why that is not all."""

    paths: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def without(self, folder: str) -> Seen:
        """The same but for a folder that holds nothing but what was made before of the same."""
        above = folder.rpartition("/")[0]
        own = (folder, above, above.rpartition("/")[0])

        def others(paths: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(p for p in paths if p not in own and not p.startswith(folder + "/"))

        return Seen(others(self.paths), others(self.written), self.reasons)


@dataclass
class Watch:
    """Notes what this process reads, from `start` on; an audit hook stays until the process ends."""

    paths: dict[str, None] = field(default_factory=dict)
    written: dict[str, None] = field(default_factory=dict)
    reasons: dict[str, None] = field(default_factory=dict)
    imports: bool = True
    """While modules are imported ahead: what is no file of theirs is not a notebook's doing."""

    def start(self) -> None:
        """Begin to watch."""
        sys.addaudithook(self._hear)
        for name in ("stat", "lstat", "access", "readlink", "open"):
            self._wrap(name)

    def seen(self) -> Seen:
        """What was noted so far."""
        arrow = [f"pyarrow.{name}" for name in _ARROW if f"pyarrow.{name}" in sys.modules]
        if arrow:
            self.reasons[f"it uses {arrow[0]}, whose reading of files cannot be seen"] = None
        return Seen(tuple(self.paths), tuple(self.written), tuple(self.reasons))

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(*arguments)
        elif event in ("os.listdir", "os.scandir"):
            # An import looks there for modules alone, or for packages' metadata, and what it finds it opens.
            asker = sys._getframe(1).f_code.co_filename
            is_import = any(part in asker for part in _IMPORTING)
            self._read("." if arguments[0] is None else arguments[0], "" if is_import else LISTED)
        elif event == "import" and isinstance(arguments[1], str):
            self._loaded(arguments[1])
        elif self.imports:
            return
        elif event in _UNSEEN:
            self.reasons[_UNSEEN[event]] = None
        elif event in _CHANGES:
            for path in arguments[:2]:
                self._changed(path)

    def _opened(self, path: Any, mode: str | None, flags: int) -> None:
        if isinstance(path, int):
            return
        writes = any(c in mode for c in "wax+") if mode else bool(flags & _WRITES)
        if not writes or (mode and not set("wx") & set(mode)):
            self._read(path)
        if writes and not self.imports:
            self._changed(path)

    def _loaded(self, file: str) -> None:
        """A compiled module: what it reads by itself raises no event."""
        package = file.rpartition("-packages/")[2].partition("/")[0].partition(".")[0]
        if "/lib-dynload/" not in file and package not in _SEEN_READERS and not package.endswith("__mypyc"):
            package = os.path.basename(package or file)  # noqa: PTH119
            self.reasons[f"it uses {package}, compiled code whose reading of files cannot be seen"] = None

    def _changed(self, path: Any) -> None:
        if isinstance(path, str | bytes | os.PathLike) and not (name := _absolute(path)).startswith("/dev/"):
            self.written[name] = None

    def _read(self, path: Any, more: str = "") -> None:
        # What the process wrote itself before it read it is no input.
        if not isinstance(path, int) and (name := _absolute(path)) and name not in self.written:
            self.paths[name + more] = None

    def _wrap(self, name: str) -> None:
        plain: Callable[..., Any] = getattr(os, name)

        @functools.wraps(plain)
        def asked(path: Any, *rest: Any, **options: Any) -> Any:
            if (folder := options.get("dir_fd")) is not None:
                self._read(os.path.join(_of_descriptor(folder), os.fsdecode(path)))  # noqa: PTH118
            elif name != "open":  # that one raises an event
                self._read(path)
            return plain(path, *rest, **options)

        setattr(os, name, asked)
        kinds: Iterable[set[Any]] = (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks)
        for supported in kinds:
            if plain in supported:
                supported.add(asked)


def _of_descriptor(number: int) -> str:
    try:
        return os.fsdecode(_readlink(f"/proc/self/fd/{number}"))
    except OSError:
        return ""


_readlink = os.readlink


def _absolute(path: Any) -> str:
    try:
        # As named: links stay, since where they lead may change.
        return os.path.normpath(os.path.join(os.getcwd(), os.fsdecode(path)))  # noqa: PTH109, PTH118
    except (
        OSError,
        TypeError,
        ValueError,
    ):  # a folder that is gone, an open file, a name that only C accepts
        return ""
