"""One mutant on trial: a fork that imports the changed module and runs the tests beside it."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

PRELOADED = (
    "hypothesis",
    "matplotlib",
    "numpy",
    "pandas",
    "pydantic",
    "pytest",
    "scipy.stats",
    "statsmodels.api",
    "cn2an",
)
"""Imported once before the forks; nothing of the project itself, which each fork imports with its fault."""


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
    """Whether the tests fail, crash or outlast `limit` seconds with the module changed to `source`."""
    child = os.fork()
    if child == 0:
        _run(name, path, source, tests)
    ends = time.monotonic() + limit
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def _run(name: str, path: Path, source: str, tests: Sequence[Path]) -> None:
    """In the fork: never returns."""
    try:
        os.setpgid(0, 0)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        sys.meta_path.insert(0, Changed(name, path, source))
        import pytest

        quiet = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "-W", "ignore"]
        os._exit(int(pytest.main([*quiet, *map(str, tests)])))
    except BaseException:
        os._exit(70)  # a module that cannot be imported is noticed
