"""The environment in which notebooks run: the same on every machine, so that their outputs are."""

from __future__ import annotations

import gc
import os
import platform
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from analysis.kept import FOLDER_VARIABLE
from analysis.suite import settings

_FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "0",
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "80",
    "LINES": "24",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    # One thread: the last bits of a matrix product depend on how many share it, and forks stay safe.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "JUPYTER_PLATFORM_DIRS": "1",
}
# What a process cannot do without, handed on as it is; and our own settings, which begin with the prefix.
_HANDED_ON = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
_PREFIX = "ANALYSIS_"
# One thread: a fork copies only the one that calls it. (Arrow's allocator would start one to give memory back.)
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}


def of_notebooks(root: Path) -> dict[str, str]:
    """All variables that a notebook of the project sees: fixed ones, those it cannot do without, those declared.

    Declared are the names under `[tool.analysis] environment` in pyproject.toml, and ours (ANALYSIS_…). No other variable
    reaches a notebook, so none can change what it computes.
    """
    declared = settings.names(root, "environment", ())
    given = {k: v for k, v in os.environ.items() if k in (*_HANDED_ON, *declared) or k.startswith(_PREFIX)}
    given.pop(FOLDER_VARIABLE, None)  # that of whoever runs this command is of another state of the code
    if "PATH" in given:  # the same whether this environment is activated or not
        own = str(Path(sys.executable).parent)
        given["PATH"] = os.pathsep.join([own, *(p for p in given["PATH"].split(os.pathsep) if p != own)])
    for name in ("HOME", "TMPDIR"):  # a relative one would lie among the notebooks
        if not os.path.isabs(given.get(name, "/")):  # noqa: PTH117
            del given[name]
    variables = {**given, **_FIXED, "IPYTHONDIR": str(root / ".cache" / "ipython")}
    home = os.path.expanduser("~")  # noqa: PTH111 (Path.home() raises where there is none)
    if not (os.path.isdir(home) and os.access(home, os.W_OK)):  # noqa: PTH112
        # Else matplotlib makes a folder among the temporary files, which stays where a notebook is killed.
        variables["MPLCONFIGDIR"] = str(root / ".cache" / "matplotlib")
    if platform.machine().lower() in ("x86_64", "amd64"):
        # The kernel that OpenBLAS picks by processor decides the last bits; all 64-bit PCs since 2013 have this one.
        variables["OPENBLAS_CORETYPE"] = "Haswell"
    return variables


def of_forks(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables with what every forked notebook has, whoever asks for it: Jupyter's figures, one thread."""
    backend = variables.get("MPLBACKEND") or _FIXED["MPLBACKEND"]
    return {**variables, **_ONE_THREAD, "MPLBACKEND": backend}


# The environment is one for all threads: who sets it back to what it was must not have noted it while another had changed it.
_changing = threading.RLock()


@contextmanager
def for_fork_server(preload: Sequence[str]) -> Iterator[None]:
    """The environment in which the fork server starts: what counts when a process starts is the same for all notebooks."""
    with _changing:
        before = dict(os.environ)
        os.environ.update({**of_forks(before), "PYTHONHASHSEED": "0", "ANALYSIS_PRELOAD": ",".join(preload)})
        try:
            yield
        finally:
            _set(before)


def _set(variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)


@contextmanager
def prepared(root: Path) -> Iterator[None]:
    """Sets environment, current folder (that of the notebooks) and umask for the time of a run, and restores them.

    A notebook's working folder is its own, as in Jupyter.
    """
    folder, mask = _here(), os.umask(0o022)
    with _changing:
        before = dict(os.environ)
        _set(of_notebooks(root))
    try:
        Path(os.environ["IPYTHONDIR"]).mkdir(parents=True, exist_ok=True)
        os.chdir(root / "notebooks")
        yield
    finally:
        os.umask(mask)
        with _changing:
            _set(before)
        if folder is not None:
            os.chdir(folder)


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Lets a polite kill (SIGTERM, a closed terminal) take the way of Ctrl-C, which cleans up; one that is ignored stays so.

    Neither is lost where Python passes over an exception, as in `__del__` or a callback of the garbage collector: it comes again.
    """
    passed_over = sys.unraisablehook

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    def again(ignored: sys.UnraisableHookArgs) -> None:
        if not issubclass(ignored.exc_type, KeyboardInterrupt):
            passed_over(ignored)
            return
        number = (heard or [signal.SIGINT])[0]
        main = threading.main_thread().ident
        # From within it would be passed over too; a signal of the system wakes a thread that waits for something.
        later = threading.Timer(0.02, signal.pthread_kill, (main, number))
        later.daemon = True
        later.start()

    signals = [signal.SIGTERM] + ([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])
    heard = [number for number in signals if signal.getsignal(number) != signal.SIG_IGN]  # nohup
    try:
        before = {number: signal.signal(number, interrupt) for number in heard}
    except ValueError:  # not in the main thread: whoever started it handles signals
        yield
        return
    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = passed_over
        for number, handler in before.items():
            signal.signal(number, handler)


def collect_seldom() -> None:
    """Look for garbage seldom: where a process ends soon, or looks when nobody waits, that takes longer than what it finds is worth."""
    gc.enable()
    gc.set_threshold(100_000, 50, 50)


_NOTEBOOK_KIB = 400 * 1024
"""Memory that a notebook may take."""


def default_jobs() -> int:
    """How many notebooks run at once: the cores there are, fewer where memory is short."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free_kib = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return max(1, cores)
    return max(1, min(cores, free_kib // _NOTEBOOK_KIB))


def _here() -> Path | None:
    try:
        return Path.cwd()
    except FileNotFoundError:  # the folder in which the command was started is gone
        return None
