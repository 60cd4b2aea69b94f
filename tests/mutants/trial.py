"""One mutant on trial: a fork that imports the changed module and runs the tests beside it."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import math
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

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


def noticed(name: str, path: Path, source: str, tests: Sequence[Path], limit: float) -> bool:
    """Whether the tests fail, crash or use up `limit` seconds of processor with the module changed to `source`."""
    child = os.fork()
    if child == 0:
        _run(name, path, source, tests, limit)
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


def _run(name: str, path: Path, source: str, tests: Sequence[Path], limit: float) -> None:
    """In the fork: never returns."""
    try:
        silent()
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit)))
        sys.meta_path.insert(0, Changed(name, path, source))
        import pytest

        os._exit(int(pytest.main([*QUICK, *map(str, tests)])))
    except BaseException:
        os._exit(70)  # a module that cannot be imported is noticed
