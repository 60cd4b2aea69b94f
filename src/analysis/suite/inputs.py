"""What a notebook may use, and the checksum of all of it; and why a result that used more is not kept."""

from __future__ import annotations

import ast
import fnmatch
import hashlib
import json
import os
import platform
import site
import stat
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from analysis import places, reading
from analysis.errors import UserError
from analysis.kept import FOLDER_VARIABLE
from analysis.reading import parsed
from analysis.suite import collect
from analysis.suite.document import Document, code_cells
from analysis.suite.project import Notebook, Project
from analysis.suite.watch import LISTED, Seen

FORMAT = "4"
LOCK_FILES = ("requirements.lock", "pylock.toml", "uv.lock", "poetry.lock")
_IGNORED = {".git", ".cache", "__pycache__", ".ipynb_checkpoints"}
PACKAGE = Path(__file__).parents[1]
# Which run collects the results, and how a sweep draws: no input. The data count by their content, wherever they lie.
_NO_INPUT = {
    collect.FOLDER_VARIABLE, places.DATA_VARIABLE, "ANALYSIS_PROJECT", "ANALYSIS_PRELOAD", FOLDER_VARIABLE,
}  # fmt: skip
_PLOTTING = Path.home() / ".config" / "matplotlib"
"""A user's own settings of charts, if there are any; the folder itself comes with the first chart."""
_MOMENTS = ("now", "today")
"""Words that numpy reads as the present moment, in compiled code that nobody can watch."""


@dataclass(frozen=True)
class Inputs:
    """Everything that notebooks of a project may use; taken when a run starts. environment: all their variables."""

    project: Project
    environment: Mapping[str, str]

    @cached_property
    def files(self) -> dict[str, str]:
        """Path → checksum of each file in data/, in src/ and beside the notebooks, and of this package and the locks."""
        _ = self.signature  # taken first: what is written to while it is read, or later, counts as changed
        return dict(_checksums(self._folders, self._single))

    @cached_property
    def signature(self) -> list[Any]:
        """When and how large the files are: changes whenever one of them is written to."""
        return sorted(signature(path) for path in _walk(self._folders, self._single))

    def is_as_before(self) -> bool:
        """Whether no input changed since this was made."""
        return Inputs(self.project, self.environment).signature == self.signature

    def digest(self, notebook: Notebook) -> str:
        """The checksum of all that this notebook may use."""
        patterns = declared_data(notebook.path, notebook.content)
        if patterns is None:
            return self._whole
        return self._digest({p: c for p, c in self.files.items() if self._is_declared(p, patterns)})

    @cached_property
    def code(self) -> str:
        """The checksum of all but the data."""
        data = self._data + "/"
        return self._digest({p: c for p, c in self.files.items() if not p.startswith(data)})

    @cached_property
    def _data(self) -> str:
        """The folder of the data, as names of files begin."""
        return str(self.project.data.absolute())

    @cached_property
    def _whole(self) -> str:
        return self._digest(self.files)

    def _digest(self, files: Mapping[str, str]) -> str:
        # The same data elsewhere, as rows of one's own are joined with the project's, are the same input.
        data = self._data
        named = {f"data{p.removeprefix(data)}" if p.startswith(data) else p: c for p, c in files.items()}
        return hashlib.sha256(json.dumps([self._common, named], sort_keys=True).encode()).hexdigest()

    def holds(self, path: str, notebook: Notebook) -> bool:
        """Whether a path is an input of the notebook: it, or the folder where it would be, is in its checksum."""
        path = _source(path)
        real = os.path.realpath(path)
        if any(root == path or root.startswith(path.rstrip("/") + "/") for root in self._roots):
            return True  # a folder above: looked at on the way
        inside = any(name.startswith(root + "/") for name in (path, real) for root in self._roots)
        if not inside or ".." in Path(path).parts:
            return False
        is_known = (
            path in self.files or real in self.files or (not Path(real).is_file() and self._is_walked(path))
        )
        return is_known and self._is_declared(path, declared_data(notebook.path, notebook.content))

    def _is_walked(self, path: str) -> bool:
        """Whether a file that came to this place would be an input, or all files that came to this folder."""
        for folder in self._folders:
            for root in (str(folder.absolute()), str(folder.resolve())):
                if path.startswith(root + "/"):
                    parts = path.removeprefix(root + "/").split("/")
                    is_known = _IGNORED.isdisjoint(parts) and not parts[-1].endswith(".pyc")
                    is_own = _has_notebooks(folder) and (
                        parts[0] == "scenarios" or parts[-1] == LISTED[1:] or parts[-1].endswith(".ipynb")
                    )
                    return is_known and not is_own
        return False

    @cached_property
    def _folders(self) -> list[Path]:
        root = self.project.root
        return [self.project.data, root / "src", root / "notebooks", PACKAGE, _PLOTTING / "stylelib"]

    @cached_property
    def _roots(self) -> list[str]:
        named = [
            form for path in [*self._folders, *self._single] for form in (path.absolute(), path.resolve())
        ]
        return list(dict.fromkeys(map(str, named)))

    @property
    def project_code(self) -> list[Path]:
        """Where the project's own modules are."""
        return [self.project.root / "src", self.project.root / "notebooks"]

    @property
    def _single(self) -> list[Path]:
        named = (*LOCK_FILES, "pyproject.toml", places.REPORT)
        return [*(self.project.root / name for name in named), _PLOTTING / "matplotlibrc"]

    @cached_property
    def _common(self) -> dict[str, Any]:
        variables = {k: v for k, v in self.environment.items() if k not in _NO_INPUT}
        machine = [platform.node(), platform.release(), platform.machine(), os.cpu_count()]
        return {"format": FORMAT, "python": sys.version, "packages": packages(), "variables": variables, "machine": machine}  # fmt: skip

    def _is_declared(self, path: str, patterns: list[str] | None) -> bool:
        """Whether a path, when it lies in data/, is among the files that a notebook declares (default: all are)."""
        folder = next((root for root in self._roots[:2] if path.startswith(root + "/")), "")
        if patterns is None or not folder or folder in map(str, self._folders[1:]):
            return True
        name = path.removeprefix(folder + "/")  # a folder of declared files is looked at on the way
        return any(fnmatch.fnmatch(name, p) or p.startswith(name + "/") for p in patterns)


def _source(path: str) -> str:
    """The module whose bytecode a path is, any other path as it is.

    >>> _source("/a/__pycache__/b.cpython-311.pyc")
    '/a/b.py'
    """
    folder, name = os.path.split(path)
    if not (name.endswith(".pyc") and folder.endswith("/__pycache__")):
        return path
    return f"{os.path.dirname(folder)}/{name.partition('.')[0]}.py"  # noqa: PTH120 (texts, thousands of them)


def declared_data(path: Path, content: Document) -> list[str] | None:
    """The patterns of files in data/ that a notebook's metadata names under suite.data; None: all files.

    Raises UserError for something else than a list of patterns.
    """
    found = content.get("metadata", {}).get("suite", {}).get("data")
    if found is not None and (
        not isinstance(found, list) or not all(isinstance(name, str) for name in found)
    ):
        raise UserError(f"{path}: metadata suite.data must be a list of patterns such as series/*.csv.")
    return found


def reason_not_to_keep(inputs: Inputs, notebook: Notebook, seen: Seen | None, upstream: str = "") -> str:
    """Why a notebook must run each time; empty when its result depends on its declared inputs alone."""
    if not notebook.may_be_kept:
        return "its metadata says suite.cache: false"
    if seen is None:
        return "nobody watched what it used"
    if seen.reasons:
        return seen.reasons[0]
    temporary = os.path.realpath(tempfile.gettempdir()) + "/"
    for path in seen.written:
        is_bytecode = "__pycache__" in path.split(
            "/"
        )  # which Python keeps of what it imports for the first time
        if not is_bytecode and (not path.startswith(temporary) or path.startswith(f"{inputs.project.root}/")):
            return f"it writes files ({path})"
    if place := _names_moment(inputs, notebook.content, seen):
        return f"it reads the time ({place})"
    for path in seen.paths:
        is_result = upstream and (path + "/").startswith(upstream + "/")
        if not (is_result or is_installed(path) or inputs.holds(path, notebook)):
            return f"it reads {path}, which is no declared input"
    return "" if inputs.is_as_before() else "an input changed during the run"


def _names_moment(inputs: Inputs, content: Document, seen: Seen) -> str:
    """The word of the present moment that a cell, or a module of the project that it imported, holds; empty where none does."""
    own = tuple(str(folder.absolute()) + "/" for folder in inputs.project_code)
    files = [Path(path) for path in dict.fromkeys(map(_source, seen.paths)) if path.startswith(own)]
    helpers = (f for f in files if f.suffix == ".py" and f.is_file() and not f.is_relative_to(PACKAGE))
    for _, cell in code_cells(content):
        plain = "\n".join(line for line in cell["source"].split("\n") if line.lstrip()[:1] not in "%!")
        if found := _moment_in(plain):
            return found
    for helper in helpers:
        if found := _moment_in(helper.read_text("utf-8", "replace")):
            return f"{found} in {helper.name}"
    return ""


def _moment_in(source: str) -> str:
    try:
        nodes = list(ast.walk(parsed(source)))
    except (SyntaxError, ValueError, RecursionError):
        return "a cell that is not plain Python"
    # Names of columns, no words of a date.
    names = {id(key) for n in nodes if isinstance(n, ast.Dict) for key in n.keys}
    names |= {id(n.slice) for n in nodes if isinstance(n, ast.Subscript)}
    words = (n.value for n in nodes if isinstance(n, ast.Constant) and id(n) not in names)
    return next((repr(w) for w in words if w in _MOMENTS), "")


@cache
def _installed() -> tuple[str, ...]:
    prefixes = {sys.prefix, sys.base_prefix}
    bases = [f"{prefix}/{name}" for prefix in prefixes for name in ("bin", "lib", "share", "pyvenv.cfg")]
    bases += [sysconfig.get_path("stdlib"), *site.getsitepackages(), "/usr/share/zoneinfo"]
    return tuple({form.rstrip("/") + "/" for base in bases for form in (base, os.path.realpath(base))})


def is_installed(path: str) -> bool:
    """Whether a path belongs to the interpreter, to installed packages (whose versions are in the key) or to the system.

    >>> is_installed(json.__file__), is_installed("/tmp/x.csv")
    (True, False)
    """
    if path.startswith(_installed()):
        return True
    if any(base.startswith(path.rstrip("/") + "/") for base in _installed()):
        return True  # a folder above
    if path.startswith("/dev/") or path in sys.path or path == "":
        return True
    fonts = f"{Path.home()}/.cache/matplotlib/fontlist-v"  # matplotlib's list of installed fonts
    return path.startswith(fonts) or fonts.startswith(path.rstrip("/") + "/")


def packages() -> list[str]:
    """Names and versions of the installed packages, from the names of their metadata folders."""
    found = []
    for folder in sys.path:
        if folder.endswith("-packages") and Path(folder).is_dir():
            found += [e.name for e in os.scandir(folder) if e.name.endswith((".dist-info", ".egg-info"))]
    return sorted(found)


def _walk(folders: list[Path], single: list[Path]) -> Iterator[Path]:
    """Every input, links to folders followed once; the notebooks themselves and scenarios are in keys of their own."""
    for folder in folders:
        passed = set[str]()
        for where, inner, names in os.walk(folder, followlinks=True):
            passed.add(os.path.realpath(where))
            inner[:] = sorted(
                n for n in inner if n not in _IGNORED and os.path.realpath(f"{where}/{n}") not in passed
            )
            is_notebooks = _has_notebooks(folder)
            if is_notebooks and Path(where).name == "scenarios":
                continue
            yield Path(where)
            yield from (
                Path(where, n)
                for n in sorted(names)
                if not (is_notebooks and n.endswith(".ipynb")) and not n.endswith(".pyc")
            )
    yield from single


def _has_notebooks(folder: Path) -> bool:
    return folder.name == "notebooks" and folder != PACKAGE


def signature(path: Path) -> tuple[str, ...]:
    """The path, and what changes whenever the file is written to."""
    try:
        found = path.stat()
    except OSError:
        return (str(path), "absent")
    if stat.S_ISDIR(found.st_mode):
        return (str(path), "folder")
    return (str(path), *map(str, reading.stamp(found)))


def _checksums(folders: list[Path], single: list[Path]) -> Iterator[tuple[str, str]]:
    for path in _walk(folders, single):
        link = os.readlink(path) if path.is_symlink() else ""  # noqa: PTH115 (the text of the link)
        yield str(path.absolute()), f"{link}:{_checksum(path)}"


def _checksum(path: Path) -> str:
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            return oct(kind)
        with path.open("rb") as stream:
            return f"{kind:o} {hashlib.file_digest(stream, 'sha256').hexdigest()}"
    except FileNotFoundError:
        return "absent"
    except OSError as error:  # a file that may not be read
        return f"unreadable: {error.errno}"
