"""A small report with finished runs, exports and a sweep; copies of it; and the command line called in a fork of this process."""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import multiprocessing.util
import os
import pkgutil
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path

import analysis
from tests import miniature

LIMIT = 120.0
"""Seconds that one command may take, on a busy machine too."""

IMPORTED = ("pandas", "matplotlib.pyplot", "analysis.charts", "analysis.report.catalog", "analysis.report.parameters", "analysis.numbers.growth")  # fmt: skip
"""What notebooks of the bed import, so that forks find it: for speed."""

SCENARIO = "parameters:\n  hedge_about: 0.02\nintent:\n  en: a narrower about\n"
PARAMETERS = "hedge_about: 0.1\n"
TEXT = "In 2023 about 40% of trips were made by bicycle; it will reach 45% next year.\n"
SETTINGS = "[tool.analysis]\npreload = []\n"
MADE = (
    ("run",),
    ("run", "narrow", "-p", "hedge_about=0.02"),
    ("sweep", "two", "-p", "hedge_about=0.02,0.05"),
    ("export", "-f", "html,xlsx"),
    ("compare", "narrow", "default"),
    ("baseline", "--engine", "warm"),
)


@dataclass(frozen=True)
class Done:
    """How a command ended. code: None when it had to be killed after `LIMIT`. left: processes that outlived it."""

    code: int | None
    out: str
    err: str
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What is around a command: variables, the largest file that it may write, how many it may open, who runs it."""

    variables: Mapping[str, str] = field(default_factory=dict)
    bytes: int | None = None
    files: int | None = None
    is_powerless: bool = False
    closed: tuple[int, ...] = ()


class Bed:
    """A report in a folder of its own, as it is after a good day's work; each input meets a copy."""

    def __init__(self, folder: Path, is_plain: bool = False) -> None:
        self.folder, self.master, self.count = folder, folder / "report", 0
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)
        warm_up()
        self._expect(folder, "new", "report", "--title", "Trips")
        if is_plain:
            self._make_plain()
        (self.master / "pyproject.toml").write_text(SETTINGS, encoding="utf-8")
        (self.master / "notebooks" / "scenarios").mkdir()
        (self.master / "notebooks" / "scenarios" / "tight.yaml").write_text(SCENARIO, encoding="utf-8")
        (self.master / "values.yaml").write_text(PARAMETERS, encoding="utf-8")
        (self.master / "text.txt").write_text(TEXT, encoding="utf-8")
        for arguments in MADE:
            self._expect(self.master, *arguments)

    def _make_plain(self) -> None:
        """Notebooks that import nothing, so that most of a command's time is its own."""
        (self.master / "notebooks" / "01_first.ipynb").unlink()
        settings = (self.master / "report.toml").read_text(encoding="utf-8")
        figure = "{'image/svg+xml': '<svg/>', 'application/vnd.suite.figure+json': {'id': 'a', 'title': 'A'}, 'text/plain': ''}"
        miniature.write(
            self.master, "01_first", "print(open('../data/series/trips.csv').read())",
            miniature.rows("things", "[{'thing_id': 'a', 'value': hedge_about}]"),
            miniature.rows("checks", "[]"), f"display({figure}, raw=True)",
            parameters="hedge_about = 0.05", imports="1",
        )  # fmt: skip
        miniature.write(self.master, "90_scorecard", "print(2)", needs=("01_first",))
        (self.master / "report.toml").write_text(settings, encoding="utf-8")

    def _expect(self, folder: Path, *arguments: str) -> None:
        done = call(folder, arguments, self.temporary())
        if done.code not in (0, 1 if arguments[0] == "compare" else 0):
            raise RuntimeError(f"{arguments}: {done.code}\n{done.err}")

    def temporary(self) -> Path:
        """A folder for the temporary files of one command."""
        return Path(tempfile.mkdtemp(prefix="tmp-", dir=self.folder))

    @contextlib.contextmanager
    def copy(self) -> Iterator[Path]:
        """A copy of the report, gone afterwards."""
        self.count += 1
        place = Path(tempfile.mkdtemp(prefix=f"bed-{self.count}-", dir=self.folder)) / "report"
        shutil.copytree(self.master, place, symlinks=True)
        try:
            yield place
        finally:
            remove(place.parent)


def remove(folder: Path) -> None:
    """Removes a folder, read-only ones too."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for path in (folder, *(p for p in folder.rglob("*") if p.is_dir() and not p.is_symlink())):
            path.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)


def warm_up() -> None:
    """Import ahead what commands import, and read the fonts of pages, so that their forks find it: for speed."""
    os.environ.update({"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"})
    for name in ("frictionless", "nbconvert", "papermill", "pyarrow.parquet", "pandas", "xlsxwriter", "yaml"):
        importlib.import_module(name)
    for found in pkgutil.walk_packages(analysis.__path__, "analysis."):
        if found.name not in ("analysis.__main__", "analysis.suite.preload"):
            importlib.import_module(found.name)
    fonts = importlib.import_module("analysis.site.fonts")
    fonts.css(fonts.LATIN + "、。（）", fonts.LATIN)


def share_fork_server() -> None:
    """Let every call use one fork server that stays warm: for speed; kills start processes of their own."""
    from analysis.suite.process import Runner

    os.chdir(tempfile.gettempdir())  # it outlives every folder of ours
    Runner(IMPORTED).start()


@dataclass(frozen=True)
class Started:
    """A command that runs: its process, where it works, and the files that take what it says."""

    pid: int
    folder: Path
    out: Path
    err: Path


def call(
    folder: Path,
    arguments: Sequence[str],
    temporary: Path,
    around: Around | None = None,
    limit: float = LIMIT,
) -> Done:
    """One command in a fork of this process, in a session of its own; whatever it leaves running is ended and named."""
    return finish(start(folder, arguments, temporary, around), limit)


def start(folder: Path, arguments: Sequence[str], temporary: Path, around: Around | None = None) -> Started:
    """Begin a command."""
    out, err = temporary.parent / f"{temporary.name}.out", temporary.parent / f"{temporary.name}.err"
    out.touch()
    err.touch()
    pid = os.fork()
    if not pid:
        _child(folder, arguments, temporary, around or Around(), out, err)
    return Started(pid, folder, out, err)


def finish(started: Started, limit: float = LIMIT) -> Done:
    """Wait for a command to end."""
    code = _wait(started.pid, limit)
    left = tuple(_leftovers(started.pid, started.folder))
    said = [p.read_text(encoding="utf-8", errors="replace") for p in (started.out, started.err)]
    started.out.unlink()
    started.err.unlink()
    return Done(code, said[0], said[1], left)


def _child(
    folder: Path, arguments: Sequence[str], temporary: Path, around: Around, out: Path, err: Path
) -> None:
    code = 99
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, path in ((1, out), (2, err)):
            os.dup2(_sink(path, around), number)
        variables = {**os.environ, "TMPDIR": str(temporary), "PYTHONIOENCODING": "utf-8", **around.variables}
        os.environ.clear()
        os.environ.update({k: v for k, v in variables.items() if v != "unset"})
        if os.environ.get("TMPDIR") == str(temporary):
            tempfile.tempdir = str(temporary)
        else:
            tempfile.tempdir = None
        encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
        sys.stdout, sys.stderr = (
            None if n in around.closed else open(n, "w", encoding=encoding, closefd=False)  # type: ignore[assignment]  # noqa: SIM115
            for n in (1, 2)
        )
        os.chdir(folder)
        sys.argv = ["analysis", *arguments]
        for kind, value in ((resource.RLIMIT_FSIZE, around.bytes), (resource.RLIMIT_NOFILE, around.files)):
            if value is not None:
                resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))
        if around.is_powerless:
            _drop_rights(folder)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _pretend_own_fork_server()
        from analysis import cli

        try:
            cli.main(list(arguments))
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
    except BaseException:
        with contextlib.suppress(BaseException):
            os.write(2, traceback.format_exc().encode(errors="replace"))
    finally:
        with contextlib.suppress(BaseException):
            multiprocessing.util._exit_function()  # as at the end of any process: it removes its folder
        os._exit(code)


def _sink(path: Path, around: Around) -> int:
    """Where a command's words go: a file, or, where files have a limit, a process that copies them into one."""
    handle = os.open(path, os.O_WRONLY)
    if around.bytes is None:
        return handle
    ours, theirs = os.pipe()
    if not os.fork():
        os.close(theirs)
        while chunk := os.read(ours, 65536):
            os.write(handle, chunk)
        os._exit(0)
    os.close(ours)
    os.close(handle)
    return theirs


def _pretend_own_fork_server() -> None:
    """A server that our parent started cannot be waited for here; it is alive as long as we are."""
    if forkserver._forkserver._forkserver_pid is not None:  # type: ignore[attr-defined]
        forkserver.ForkServer.ensure_running = lambda self: None  # type: ignore[method-assign]
        forkserver.ensure_running = lambda: None


def _drop_rights(folder: Path) -> None:
    """Makes everything below a folder read-only, for the superuser too."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    if os.geteuid():
        return
    libc = ctypes.CDLL(None, use_errno=True)
    no_root_on_exec, set_secure_bits, overrides = 3, 28, 0b1110
    libc.prctl(set_secure_bits, no_root_on_exec, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    libc.capget(header, data)
    for part in range(3):
        data[part] &= ~overrides
    libc.capset(header, data)


def _wait(pid: int, limit: float) -> int | None:
    end = time.monotonic() + limit
    pause = 0.002
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(0.05, pause * 1.3)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def _leftovers(session: int, folder: Path, patience: float = 6.0) -> list[str]:
    """The processes of a session, or that work in a folder, which are still there after a while; they are ended."""
    end = time.monotonic() + patience
    while True:
        found = running(session, folder)
        if not found or time.monotonic() > end:
            break
        time.sleep(0.05)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return list(found.values())


def running(session: int, folder: Path) -> dict[int, str]:
    """Process → command line of those that belong to a session or work below a folder."""
    found: dict[int, str] = {}
    for path in Path("/proc").iterdir():
        if not path.name.isdigit() or int(path.name) == os.getpid():
            continue
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            where = str((path / "cwd").readlink()) if fields[0] != "Z" else ""
            said = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")[:200]
        except OSError:
            continue
        if fields[0] != "Z" and (int(fields[3]) == session or where.startswith(str(folder))):
            found[int(path.name)] = said
    return found
