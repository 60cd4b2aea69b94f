"""Project modules imported ahead of need, and put on a shelf until a notebook asks for them.

Importing them once, before the fork, saves the time; but then `sys.modules` would no longer say which of them a
notebook uses. So the zygote takes them out of `sys.modules` again, and an import in the notebook takes a module
off the shelf, together with the modules that it imported itself when it was loaded.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import resolve_name
from types import ModuleType
from typing import Any

IsOurs = Callable[[ModuleType], bool]


class Shelf:
    """Modules by name, what each of them imported, and where each hangs in its parent package.

    A finder of the import system: `sys.meta_path` asks it first.
    """

    def __init__(self) -> None:
        self.modules: dict[str, ModuleType] = {}
        self.imports: dict[str, set[str]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Records, for the time of the block, which module imports which."""
        plain, plain_by_name = builtins.__import__, importlib.import_module

        def watched(
            name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
        ) -> Any:
            result = plain(name, globals, locals, fromlist, level)
            if globals and "__name__" in globals:
                package = globals.get("__package__") or ""
                full = resolve_name("." * level + name, package) if level else name
                names = [full, *(f"{full}.{item}" for item in fromlist or ())]
                self.imports.setdefault(globals["__name__"], set()).update(names)
            return result

        def watched_by_name(name: str, package: str | None = None) -> ModuleType:
            module = plain_by_name(name, package)
            importer = sys._getframe(1).f_globals.get("__name__", "")
            self.imports.setdefault(importer, set()).add(module.__name__)
            return module

        builtins.__import__, importlib.import_module = watched, watched_by_name
        try:
            yield
        finally:
            builtins.__import__, importlib.import_module = plain, plain_by_name

    def put_away(self, is_ours: IsOurs) -> None:
        """Take our modules out of `sys.modules` and out of their packages, and answer their imports from now on."""
        ours = {name: module for name, module in list(sys.modules.items()) if is_ours(module)}
        self.modules.update(ours)
        for name, module in ours.items():
            del sys.modules[name]
            package, _, attribute = name.rpartition(".")
            if package in ours and vars(ours[package]).get(attribute) is module:
                delattr(ours[package], attribute)
        sys.meta_path.insert(0, self)

    def needed_by(self, name: str) -> list[str]:
        """The module and all on the shelf that came with it when it was imported, its packages first."""
        found: dict[str, None] = {}
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in found or current not in self.modules:
                continue
            found[current] = None
            package = current.rpartition(".")[0]
            waiting += [package, *(part for n in self.imports.get(current, ()) for part in _prefixes(n))]
        return sorted(found)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A specification that hands out the module of that name, when it is here."""
        return ModuleSpec(name, self) if name in self.modules else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module as it was loaded; the import system will write the new specification into it."""
        module = self.modules[spec.name]
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed again: what came with the module is put back beside it."""
        spec = module.__spec__
        if spec is not None and spec.loader is self:
            module.__spec__ = spec.loader_state
        for name in self.needed_by(module.__name__):
            other = self.modules[name]
            sys.modules[name] = other
            package, _, attribute = name.rpartition(".")
            if package in self.modules and attribute not in vars(self.modules[package]):
                setattr(self.modules[package], attribute, other)


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]
