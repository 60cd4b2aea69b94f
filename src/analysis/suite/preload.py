"""What the fork server imports once, before it forks the first notebook. Importing this module there does the work.

The names stand in the environment variable `ANALYSIS_PRELOAD`, one a comma; what cannot be imported is left to the notebook
that needs it. `module:function` is called after the import: what it reads is no notebook's input until one asks for it. The server stays single-threaded: a fork copies the calling thread alone, and a lock that another thread held
would stay locked for ever.
"""

from __future__ import annotations

import contextlib
import ctypes  # noqa: F401 (its own start is not a notebook's call of a C function)
import gc
import os
import re
import signal
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from analysis import places
from analysis.suite.figures import BundledFace
from analysis.suite.shell import NotebookShell, create
from analysis.suite.watch import Watch, is_installed

VARIABLE = "ANALYSIS_PRELOAD"
_OWNER = os.getppid()
MOST_SECONDS = 60.0
"""For each name: a notebook that needs what takes longer can be watched, and stopped."""


class _TooLongError(BaseException):
    """Not an Exception: a module that passes over its own errors does not pass over this one."""


def threads() -> int:
    """How many threads this process has (Linux)."""
    return len(list(Path("/proc/self/task").iterdir()))


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises _TooLongError in what takes longer."""

    def stop(*_: object) -> None:
        raise _TooLongError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def preload(names: list[str], watch: Watch, seconds: float = MOST_SECONDS) -> str:
    """Import the modules that can be imported; gives why this process cannot be forked, empty when it can."""
    with watch.unnoted():
        root = places.nearest()
        names = [name for name in names if not _is_own(re.split(r"[.:]", name)[0], root)]
    for name in names:
        if os.getppid() != _OWNER:  # it has ended, and nobody else can ask for a fork
            os._exit(0)
        module, _, function = name.partition(":")
        try:
            # Whatever it raises, the notebook that needs it shows it where it arises.
            with _at_most(seconds), contextlib.suppress(Exception):
                imported = import_module(module)
                if function:
                    with watch.unnoted():
                        getattr(imported, function)()
        except _TooLongError:
            return f"importing {name} took more than {seconds:g} s; take it out of `preload`"
        if threads() > 1:
            return f"importing {name} started {threads() - 1} threads; take it out of `preload`"
    return ""


def _is_own(package: str, root: Path | None) -> bool:
    """Whether a module or package lies in the project, whose files may change while this process lives."""
    with contextlib.suppress(Exception):  # for a name that is none
        spec = find_spec(package)
        if root is not None and spec is not None and spec.origin is not None:
            return Path(spec.origin).is_relative_to(root) and not is_installed(spec.origin)
    return False


def search_path(path: list[str]) -> list[str]:
    """The search path with the notebook's own folder where Jupyter's kernel puts it: before the installed packages."""
    found = [entry for entry in path if entry not in ("", str(Path.cwd()))]
    installed = (i for i, entry in enumerate(found) if entry.endswith(("site-packages", "dist-packages")))
    index = next(installed, len(found))
    return [*found[:index], "", *found[index:]]


def _start() -> tuple[NotebookShell, Watch, str]:
    gc.disable()  # nothing that is imported will be garbage, and looking for some slows imports down
    sys.path[:] = search_path(sys.path)
    watch = Watch()
    watch.start()
    # The shell comes first, as in a kernel: pyplot, when imported, looks for a shell to show figures in. Never import
    # matplotlib_inline.backend_inline here: it registers its formats once, and every figure would be lost.
    shell = create()
    BundledFace().install()
    problem = preload(list(filter(None, os.environ.pop(VARIABLE, "").split(","))), watch)
    for module in list(sys.modules.values()):  # a notebook gets its own first warning from each place
        getattr(module, "__warningregistry__", {}).clear()
    gc.freeze()
    return shell, watch, problem


SHELL, WATCH, PROBLEM = _start()
SEARCH_PATH, MAIN = list(sys.path), sys.modules["__main__"]
EXCEPTHOOK = sys.excepthook


def _told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """What the fork server says of a child that could not begin: nothing where the owner ended while it asked for one."""
    if not issubclass(kind, (EOFError, ConnectionError)):
        EXCEPTHOOK(kind, error, trace)


sys.excepthook = _told
