"""One mutant on trial: a fork that imports the changed module and runs the tests beside it, those first that run its line."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import math
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

PRELOADED = (
    "hypothesis.strategies", "matplotlib", "multiprocessing.forkserver", "numpy", "pandas", "pdb", "pydantic.type_adapter",
    "pytest", "scipy.optimize", "scipy.stats", "statsmodels.api", "statsmodels.tsa.exponential_smoothing.ets",
    "statsmodels.tsa.statespace.structural", "tomllib", "xml.etree.ElementTree",
)  # fmt: skip
"""Imported once before the forks; nothing of the project itself, which each fork imports with its fault."""

QUICK = ["-x", "-q", "--no-header", "--assert=plain", "-W", "ignore", "-m", "not timed"]
QUICK += [
    f"-pno:{name}"
    for name in (
        "cacheprovider",
        "unraisableexception",
        "threadexception",
        "junitxml",
        "faulthandler",
    )
]
"""No plug-in, no rewriting of assertions, no clean-up: only whether the tests pass is asked, thousands of times."""


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module from a changed source, every other one from its file."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self.name, self.path, self.source = name, path, source

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for the changed module alone."""
        if name != self.name:
            return None
        is_package = self.path.name == "__init__.py"
        spec = importlib.util.spec_from_loader(name, self, origin=str(self.path), is_package=is_package)
        assert spec is not None
        if is_package:
            spec.submodule_search_locations = [str(self.path.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source in the module."""
        module.__file__ = str(self.path)
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


@dataclass
class Seen:
    """What each test runs when all is well: its seconds of processor, and the lines of each file (`path:line`)."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, list[str]] = field(default_factory=dict)

    def running(self, path: Path, line: int) -> list[str]:
        """The tests that run the line, quick before slow."""
        return sorted(self.lines.get(f"{path}:{line}", ()), key=self.seconds.__getitem__)

    def limit(self, tests: Sequence[str]) -> float:
        """Seconds of processor that are more than enough for the tests: twice what they took when watched, which slows them."""
        return 2 + 2 * sum(self.seconds[test] for test in tests)

    def order(self, path: Path, line: int) -> list[str]:
        """All tests: those first that run the line, then the others, quick before slow."""
        running = self.running(path, line)
        return [*running, *sorted(self.seconds.keys() - set(running), key=self.seconds.__getitem__)]


class Watch:
    """A plug-in for pytest that writes down which test runs which lines of some files."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.files, self.seen, self._ran = set(map(str, files)), Seen(), set[str]()
        self.early = set[str]()
        """Functions (`path:name`) that run while tests are collected: what they made then stays as it was."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Before any module of the project is imported."""
        sys.settrace(self._on_early_call)

    def pytest_collection_finish(self) -> None:
        """When all are."""
        sys.settrace(None)

    def _on_early_call(self, frame: FrameType, event: str, arg: object) -> None:
        if frame.f_code.co_filename in self.files:
            self.early.add(f"{frame.f_code.co_filename}:{frame.f_code.co_qualname}")

    def _on_call(self, frame: FrameType, event: str, arg: object) -> Any:
        return self._on_line if frame.f_code.co_filename in self.files else None

    def _on_line(self, frame: FrameType, event: str, arg: object) -> Any:
        self._ran.add(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return self._on_line

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, object, object]:
        """Around each test. What an earlier one left in a cache would be run by none."""
        for module in [m for name, m in sys.modules.items() if name.startswith("analysis.")]:
            for cached in [v for v in vars(module).values() if hasattr(v, "cache_clear")]:
                cached.cache_clear()
        self._ran, begun = set(), time.process_time()
        sys.settrace(self._on_call)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.seen.seconds[item.nodeid] = time.process_time() - begun
            for line in self._ran:
                self.seen.lines.setdefault(line, []).append(item.nodeid)


class Order:
    """A plug-in for pytest: tests in a given order, and no search for the simplest failing example."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {test: n for n, test in enumerate(tests)}

    def pytest_configure(self) -> None:
        """After the settings of tests/conftest.py, before any test is imported."""
        settings.register_profile("trial", settings(), phases=(Phase.explicit, Phase.generate))
        settings.load_profile("trial")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Those that are not known come last."""
        items.sort(key=lambda item: self.place.get(item.nodeid, len(self.place)))


def watched_by(run: Callable[[Watch], bool], files: Sequence[Path], limit: float) -> Seen | None:
    """What tests run of the files, watched in a fork that runs them; None when one of them fails, though no fault was put in."""
    with tempfile.NamedTemporaryFile(suffix=".json") as kept:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                silent()
                watch = Watch(files)
                code = int(not run(watch))
                Path(kept.name).write_text(json.dumps(vars(watch.seen)), encoding="utf-8")
            finally:
                os._exit(code)
        if waited(child, 20 * limit) != 0:
            return None
        return Seen(**json.loads(Path(kept.name).read_bytes()))


def noticed(
    name: str, path: Path, source: str, tests: Sequence[Path], limit: float, order: Sequence[str] = ()
) -> bool:
    """Whether the tests, run in the given order, fail, crash or use up `limit` seconds of processor with the module changed to `source`."""
    child = os.fork()
    if child == 0:
        _run(name, path, source, tests, limit, order)
    return waited(child, 20 * limit) != 0


def waited(child: int, limit: float) -> int | None:
    """The exit code of a fork; None if it outlasts `limit` seconds and is ended, with all that it started."""
    ends = time.monotonic() + limit
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def silent() -> None:
    """In a fork: a process group of its own, and what it writes goes nowhere."""
    os.setpgid(0, 0)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"


def _run(
    name: str, path: Path, source: str, tests: Sequence[Path], limit: float, order: Sequence[str]
) -> None:
    """In the fork: never returns."""
    try:
        silent()
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit)))
        sys.meta_path.insert(0, Changed(name, path, source))
        os._exit(int(pytest.main([*QUICK, *map(str, tests)], plugins=[Order(order)])))
    except BaseException:
        os._exit(70)  # a module that cannot be imported is noticed
