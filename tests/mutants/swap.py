"""Many mutants on trial in forks of one process that has collected the tests already.

A fork gets the mutant's code in the functions that there are; it neither imports nor collects anything, which is most of what
a trial costs. What is done once at import cannot be changed so: of such mutants nothing is said here.
"""

from __future__ import annotations

import math
import os
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from tests.mutants.operators import Mutant
from tests.mutants.trial import QUICK, Order, Seen, Watch, silent, waited, watched_by

UNDECIDED, NOTICED, LIVED = 0, 1, 2
"""The exit code of a fork; any other means that it crashed or was ended, which is noticed too."""


def put_in(module: ModuleType, source: str) -> list[str]:
    """Give the functions and methods of a module the code of a changed source; the names of those that changed."""
    codes = {code.co_qualname: code for code in _codes(compile(source, str(module.__file__), "exec"))}
    changed = []
    for function in _functions(module, module.__name__, set()):
        code = codes.get(function.__qualname__)
        if code is not None and code != function.__code__:
            function.__code__ = code
            changed.append(function.__qualname__)
    return changed


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The codes of functions and methods: those of what stands inside a function go with it."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_class = not inner.co_flags & 0x02  # a class body has no fast locals, CO_NEWLOCALS
            if is_class:
                yield from _codes(inner)
            elif not inner.co_name.startswith("<"):
                yield inner


def _functions(holder: Any, name: str, seen: set[int]) -> Iterator[FunctionType]:
    """The functions that belong to the module of that name, below decorators, and those of its classes."""
    for value in list(vars(holder).values()):
        if isinstance(value, type) and value.__module__ == name and id(value) not in seen:
            seen.add(id(value))
            yield from _functions(value, name, seen)
        for inner in _below(value):
            if inner.__module__ == name and id(inner) not in seen:
                seen.add(id(inner))
                yield inner


def _below(value: Any) -> Iterator[FunctionType]:
    """The function below a decorator, a property, a class or static method."""
    parts = [getattr(value, part, None) for part in ("fget", "func", "__func__", "__wrapped__")]
    for found in (value, *parts):
        if isinstance(found, FunctionType):
            yield found
        elif isinstance(getattr(found, "__wrapped__", None), FunctionType):
            yield found.__wrapped__  # type: ignore[union-attr]


class Trials:
    """A plug-in for pytest that runs no test itself: it watches them once in a fork, then tries each mutant in one."""

    def __init__(
        self,
        mutants: Sequence[Mutant],
        source: Path,
        limit: float,
        tell: Callable[[Mutant, bool], None],
        see: Callable[[Seen], None],
    ) -> None:
        self.mutants, self.source, self.limit, self.tell, self.see = mutants, source, limit, tell, see
        self.imports = Watch(sorted({source / m.module for m in mutants}))

    def pytest_configure(self, config: pytest.Config) -> None:
        """Watched from the start: which functions run at import."""
        config.pluginmanager.register(self.imports)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of the loop over all tests."""
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # one for all forks
        session.config.pluginmanager.unregister(self.imports)
        seen = watched_by(
            lambda watch: self._all(session, watch), sorted(map(Path, self.imports.files)), self.limit
        )
        if seen is None:
            session.testsfailed = 1
            return True
        self.see(seen)
        by_id = {item.nodeid: item for item in session.items}
        for mutant in self.mutants:
            running = seen.running(self.source / mutant.module, mutant.number)
            child = os.fork()
            if child == 0:
                self._try(session, mutant, [by_id[test] for test in running], seen.limit(running))
            code = waited(child, 40 * seen.limit(running))
            if code != UNDECIDED:
                self.tell(mutant, code != LIVED)
        return True

    def _all(self, session: pytest.Session, watch: Watch) -> bool:
        session.config.pluginmanager.register(watch)
        return _passed(session, session.items)

    def _try(
        self, session: pytest.Session, mutant: Mutant, items: Sequence[pytest.Item], limit: float
    ) -> None:
        """In the fork: never returns."""
        code = UNDECIDED
        try:
            silent()
            resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(limit), math.ceil(limit)))
            name = "analysis." + mutant.module.removesuffix(".py").replace("/", ".")
            if name in sys.modules and (changed := put_in(sys.modules[name], mutant.source)):
                is_early = any(f"{self.source / mutant.module}:{c}" in self.imports.early for c in changed)
                code = NOTICED if not _passed(session, items) else UNDECIDED if is_early else LIVED
        finally:
            os._exit(code)


def _passed(session: pytest.Session, items: Sequence[pytest.Item]) -> bool:
    """Run tests until one fails."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return False
    return True


def tried(
    mutants: Sequence[Mutant],
    source: Path,
    tests: Sequence[Path],
    limit: float,
    tell: Callable[[Mutant, bool], None],
    see: Callable[[Seen], None],
) -> bool:
    """Try the mutants, all of modules that the same tests stand beside; `tell` of each whether it is noticed where that
    can be said, in a process of its own.

    False when a test fails though no fault was put in.
    """
    child = os.fork()
    if child == 0:
        try:
            silent()
            trials = Trials(mutants, source, limit, tell, see)
            os._exit(int(pytest.main([*QUICK, "-s", *map(str, tests)], plugins=[trials, Order([])])))
        except BaseException:
            os._exit(70)
    return waited(child, math.inf) == 0
