"""What a process reads that it was not given: watched from the first preloaded module on, judged by `cache.Inputs`.

Python's audit events show every file that Python opens and every folder that it lists; questions about files (whether one is
there, how large) and about the time have no event, so the functions that ask them are wrapped, by whatever name or module they
are called. What neither shows (programs, the network, databases, C functions, Arrow's own readers) is a reason not to keep the
notebook's result.
"""

from __future__ import annotations

import ctypes
import datetime
import functools
import gc
import os
import resource
import sys
import sysconfig
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"}
_BELOW = {"os.remove", "os.rmdir"}
"""Of these, the second argument is an open folder below which the name lies, or -1."""
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
    "socket.gethostbyname": "it uses the network",
    "socket.gethostbyaddr": "it uses the network",
    "socket.getnameinfo": "it uses the network",
    "socket.gethostname": "it asks for the name of the machine",
    "sys.setprofile": "it measures how long code takes",
    "sqlite3.connect": "it uses a database",
    "ctypes.dlopen": "it calls C functions",
    "ctypes.dlsym": "it calls C functions",
}
_HEARD = frozenset({"open", "os.listdir", "os.scandir", "import", *_CHANGES, *_UNSEEN})
_ARROW = ("csv", "dataset", "feather", "fs", "json", "orc", "parquet")
_SEEN_READERS = {
    "PIL", "brotli", "charset_normalizer", "contourpy", "fontTools", "kiwisolver", "markupsafe", "matplotlib", "msgpack", "numpy", "pandas", "patsy", "pyarrow",
    "pydantic_core", "regex", "rpds", "scipy", "sklearn", "statsmodels", "tornado", "wrapt", "yaml", "_yaml", "zmq",
}  # fmt: skip
"""Packages with compiled parts that read no file, or through Python's own `open`; Arrow's parts are told apart above."""
_IMPORTING = ("<frozen importlib.", "/importlib/metadata/", "/importlib_metadata/")
_CLOCKS: dict[ModuleType, dict[str, int]] = {
    time: {
        **dict.fromkeys(("time", "monotonic", "perf_counter", "process_time", "thread_time"), 0),
        **dict.fromkeys(("time_ns", "monotonic_ns", "perf_counter_ns", "process_time_ns", "thread_time_ns"), 0),
        "clock_gettime": 0, "clock_gettime_ns": 0, "localtime": 1, "gmtime": 1, "ctime": 1, "asctime": 1, "strftime": 2,
    },
    os: dict.fromkeys(("times", "getloadavg", "statvfs", "fstatvfs", "getxattr", "listxattr"), 0),
    resource: {"getrusage": 0}, uuid: {"_generate_time_safe": 0},
}  # fmt: skip
"""Module → function that tells the time or the state of the system → how many arguments make it tell of these instead."""
_TIMES_OF_FILES = {"getmtime", "getatime", "getctime"}
_STATUS_READERS = ("filecmp.py", "tarfile.py", "zipfile.py")
"""Modules of the standard library that use more of a file's status than its kind and size."""
_STATE = ("/proc/", "/sys/")
_TIMELESS = ("/matplotlib/category.py",)
"""Modules of packages whose answer is the same at any time: whether a text can be a date is tried with today's as the rest of it."""
_FONTS = ("/matplotlib/font_manager.py", "/matplotlib/_afm.py")
"""Modules that list the installed fonts where no list is kept yet: what they read belongs to the machine, as the list does."""
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
        sys.addaudithook(self._hook())
        for name in ("stat", "lstat", "fstat", "access", "readlink", "open"):
            self._wrap(name)
        self._watch_clocks()

    @contextmanager
    def unnoted(self) -> Iterator[None]:
        """What is read within is not noted."""
        noted = dict(self.paths)
        try:
            yield
        finally:
            self.paths = noted

    def seen(self) -> Seen:
        """What was noted so far."""
        arrow = [f"pyarrow.{name}" for name in _ARROW if f"pyarrow.{name}" in sys.modules]
        if arrow:
            self.reasons[f"it uses {arrow[0]}, whose reading of files cannot be seen"] = None
        return Seen(tuple(self.paths), tuple(self.written), tuple(self.reasons))

    def _hook(self) -> Callable[[str, tuple[Any, ...]], None]:
        """What hears all events, a hundred thousand while modules are imported, and passes on the few that matter."""
        heard, hear = _HEARD, self._hear

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event in heard:
                hear(event, arguments)

        return hook

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self._opened(*arguments)
        elif event in ("os.listdir", "os.scandir"):
            # An import looks there for modules alone, or for packages' metadata, and what it finds it opens.
            asker = sys._getframe(2).f_code.co_filename
            is_import = any(part in asker for part in _IMPORTING)
            if event == "os.scandir" and not self.imports and not is_installed(asker):
                self.reasons["it asks for the status of files"] = None
            self._read("." if arguments[0] is None else arguments[0], "" if is_import else LISTED)
        elif event == "import" and isinstance(arguments[1], str):
            self._loaded(arguments[1])
        elif self.imports:
            return
        elif event in _UNSEEN:
            self.reasons[_UNSEEN[event]] = None
        elif event in _CHANGES:
            folder = _of_descriptor(arguments[1]) if event in _BELOW and arguments[1] >= 0 else ""
            for path in arguments[: 1 if folder else 2]:
                self._changed(os.path.join(folder, os.fsdecode(path)) if folder else path)  # noqa: PTH118

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
        if isinstance(path, int) or not (name := _absolute(path)) or name in self.written:
            return
        if name + more in self.paths:  # noted: who asks again does not matter, and to find out takes time
            return
        asker = _file(_asker())
        is_own = asker.endswith(_FONTS) or name.startswith(_STATE)
        if not (is_own and is_installed(asker)):
            self.paths[name + more] = None

    def _wrap(self, name: str) -> None:
        plain: Callable[..., Any] = getattr(os, name)

        @functools.wraps(plain)
        def asked(path: Any, *rest: Any, **options: Any) -> Any:
            if (folder := options.get("dir_fd")) is not None:
                self._read(os.path.join(_of_descriptor(folder), os.fsdecode(path)))  # noqa: PTH118
            elif name != "open":  # that one raises an event
                self._read(path)
            if name.endswith("stat") and not self.imports:
                self._hand_status(sys._getframe(1))
            return plain(path, *rest, **options)

        setattr(os, name, asked)
        kinds: Iterable[set[Any]] = (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks)
        for supported in kinds:
            if plain in supported:
                supported.add(asked)

    def _hand_status(self, asker: FrameType) -> None:
        """Who has a file's status may read its times or number, which are in no key; most ask only whether and what it is."""
        while asker.f_code.co_name in ("stat", "lstat") and asker.f_back and _is_library(_file(asker)):
            asker = asker.f_back
        file = _file(asker)
        is_time = asker.f_code.co_name in _TIMES_OF_FILES or file.endswith(_STATUS_READERS)
        if (is_time and _for_cell(asker)) or not is_installed(file):
            self.reasons["it asks for the status of files"] = None

    def _watch_clocks(self) -> None:
        """Wrap what tells the time, wherever a module holds it by now."""
        wrapped: dict[int, Any] = {}
        for module, names in _CLOCKS.items():
            for name, most in names.items():
                if (plain := getattr(module, name, None)) is not None:
                    tell = functools.partial(self._tell_time, f"{module.__name__}.{name}")
                    wrapped[id(plain)] = _Clock(plain, most, tell)
        for holder, module in list(sys.modules.items()):
            held = vars(module) if isinstance(module, ModuleType) and holder != "posix" else {}
            held.update({name: wrapped[id(value)] for name, value in held.items() if id(value) in wrapped})
        # The import system goes on with the module `posix` itself; who imports it gets what `os` has.
        shown = ModuleType("posix")
        vars(shown).update(
            {name: getattr(os, name, value) for name, value in vars(sys.modules["posix"]).items()}
        )
        sys.modules["posix"] = shown
        for name in ("now", "utcnow"):
            self._watch_moments(name)

    def _watch_moments(self, name: str) -> None:
        """A built-in class lets no attribute be set; the dictionary behind it does, and its readers are told."""
        held = gc.get_referents(vars(datetime.datetime))[0]
        plain = held[name]

        @functools.wraps(plain)
        def told(kind: type[datetime.datetime], *rest: Any, **options: Any) -> Any:
            self._tell_time(f"datetime.{name}")
            return plain.__get__(None, kind)(*rest, **options)

        held[name] = classmethod(told)
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))

    def _tell_time(self, name: str) -> None:
        if not self.imports and _for_cell(sys._getframe(1)):
            self.reasons[f"it reads the time or the state of the system ({name})"] = None


class _Clock:
    """A function that tells the time, and who asks; like a built-in one it is no method where a class holds it."""

    def __init__(self, plain: Callable[..., Any], most: int, tell: Callable[[], None]) -> None:
        self._plain, self._most, self._tell = plain, most, tell
        self.__name__ = self.__qualname__ = plain.__name__
        self.__module__, self.__doc__ = plain.__module__, plain.__doc__

    def __call__(self, *given: Any, **options: Any) -> Any:
        if not self._most or len(given) < self._most or given[-1] is None:
            self._tell()
        return self._plain(*given, **options)

    def __repr__(self) -> str:
        return repr(self._plain)

    def __reduce__(self) -> str:
        return self.__name__


def _file(frame: FrameType) -> str:
    return frame.f_code.co_filename


def _for_cell(frame: FrameType | None) -> bool:
    """Whether a cell waits for what is done here, or a thread of its own does it; what a package does at its import is its own."""
    if threading.current_thread() is not threading.main_thread():
        return True
    while frame is not None and _file(frame) != "<frozen importlib._bootstrap>":
        if _file(frame).endswith(_TIMELESS) and is_installed(_file(frame)):
            return False
        if not (is_installed(_file(frame)) or _file(frame).startswith("<")):
            return True
        frame = frame.f_back
    return False


def _asker() -> FrameType:
    """The nearest frame that is not of the standard library, of this file or of the `open` that the shell gives to cells."""
    frame = sys._getframe(1)
    while frame.f_back and (_file(frame) in _BETWEEN or _is_library(_file(frame))):
        frame = frame.f_back
    return frame


_PACKAGE = str(Path(__file__).parents[1]) + "/"
_BETWEEN = (__file__, sysconfig.get_path("purelib") + "/IPython/core/interactiveshell.py")
_LIBRARY = (sysconfig.get_path("stdlib") + "/", "<frozen ")


@functools.cache
def _is_library(file: str) -> bool:
    """Whether code is the standard library's."""
    return file.startswith(_LIBRARY) and "-packages/" not in file


@functools.cache
def is_installed(file: str) -> bool:
    """Whether code is the standard library's, an installed package's or this one's."""
    return _is_library(file) or "-packages/" in file or file.startswith(_PACKAGE)


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
