"""Every file that a user can spoil is read here: whatever its parser raises becomes one line with the file's name.

Devices, pipes, folders and loops of links are refused by kind, so that nothing hangs; a file above `LIMIT` bytes is refused before it
is read. YAML is read in its version 1.2 sense: `no` is a word, dates stay text, and a key that stands twice is an error.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import os
import stat
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.errors import UserError, counted

LIMIT = 200_000_000
"""Bytes above which a file is not opened: nothing that people write by hand comes near."""
Stamp = tuple[int, ...]
_SHORT = 160
_PARSER = threading.RLock()


class Unreadable(UserError):
    """A file is missing, of the wrong kind, or not what its name says."""


def parsed(source: str) -> ast.Module:
    """The tree of a Python source. One thread at a time: CPython 3.11 counts the depth of all trees in one place, and ends
    with a SystemError where two are made at once (python/cpython issue 106905). Raises what `ast.parse` does.
    """
    with _PARSER:
        return ast.parse(source)


def shortened(text: str, length: int = _SHORT) -> str:
    """A text fit for a message: one line, no more than `length` characters.

    >>> shortened("a\\n b" + "c" * 200, 9)
    'a bccccc…'
    """
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def content(path: Path, limit: int = LIMIT) -> bytes:
    """The bytes of a plain file. `Unreadable` names what is wrong with anything else."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{path}: {_kind(status.st_mode)} where a file is wanted")
        if status.st_size > limit:
            raise Unreadable(f"{path}: {status.st_size / 1e6:.0f} MB; at most {limit / 1e6:.0f} MB are read")
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise Unreadable(f"{path}: cannot be read ({said})") from None


def stamp(status: os.stat_result) -> Stamp:
    """What changes whenever a file is written to or replaced: what was read of it before may be used while this is equal."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def text(path: Path, limit: int = LIMIT) -> str:
    """The text of a UTF-8 file, with or without a byte-order mark. `Unreadable` names the first byte that is none."""
    return decoded(content(path, limit), path)


def decoded(raw: bytes, path: Path) -> str:
    """Bytes as UTF-8 text; `path` is for the message."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8, for example: iconv -f GB18030 -t UTF-8"
        ) from None


@contextmanager
def parsing(path: Path, what: str) -> Iterator[None]:
    """Turns whatever a parser or a wrong shape raises into one `Unreadable`: {path} is not {what}, and why."""
    try:
        yield
    except UserError:
        raise
    except RecursionError:
        raise Unreadable(f"{path}: not {what}: nested too deeply") from None
    except MemoryError:
        raise Unreadable(f"{path}: not {what}: too large for this machine's memory") from None
    except Exception as error:
        raise Unreadable(f"{path}: not {what}: {shortened(str(error) or type(error).__name__)}") from None


def json_of(path: Path) -> Any:
    """What a JSON file holds."""
    return json_in(content(path), path)


def json_in(raw: bytes, path: Path) -> Any:
    """What JSON text holds; `path` is for the message."""
    with parsing(path, "JSON"):
        return json.loads(decoded(raw, path))


def mapping_of(path: Path) -> dict[str, Any]:
    """A JSON file that holds an object."""
    found = json_of(path)
    if not isinstance(found, dict):
        raise Unreadable(f"{path}: holds a {type(found).__name__}; an object is wanted")
    return found


def toml_of(path: Path) -> dict[str, Any]:
    """What a TOML file holds."""
    raw = text(path)
    with parsing(path, "TOML"):
        return tomllib.loads(raw)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by column. `Unreadable` names the first row that has another number of cells."""
    return rows_in(text(path), path)


def rows_in(raw: str, path: Path) -> list[dict[str, str]]:
    """The rows of CSV text; `path` is for the message."""
    with parsing(path, "CSV"):
        csv.field_size_limit(10_000_000)
        reader = csv.DictReader(io.StringIO(raw, newline=""), strict=True)
        rows = list(reader)
    if reader.fieldnames is None:
        raise Unreadable(f"{path}: the file is empty; its first row names the columns")
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise Unreadable(
                f"{path}, row {number}: {counted(len(reader.fieldnames), 'cell')} needed; quote cells that contain commas"
            )
        if found := next((c for c, v in row.items() if "\0" in v), None):
            raise Unreadable(f"{path}, row {number}, column {found}: contains a zero byte")
    return rows


def yaml_of(path: Path) -> Any:
    """What a YAML file holds; numbers, true and false, null, texts, lists and mappings only."""
    raw = text(path, 2_000_000)
    with parsing(path, "YAML"):
        return yaml_in(raw)


def yaml_in(raw: str) -> Any:
    """What YAML text holds. Raises whatever the parser raises: see `parsing`.

    >>> yaml_in("{a: no, b: 2021-01-02, c: 1:30, d: 010, e: true, f: 1e3, g: [1, 2.5]}")
    {'a': 'no', 'b': '2021-01-02', 'c': '1:30', 'd': '010', 'e': True, 'f': 1000.0, 'g': [1, 2.5]}
    """
    return _loader()(raw)


def _loader() -> Callable[[str], Any]:
    import re

    import yaml

    class Core(yaml.SafeLoader):
        """YAML's core schema (1.2) without its surprises of 1.1."""

        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    for tag, pattern, first in (
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", r"[-+]?(?:0|[1-9][0-9]{0,300})", "-+0123456789"),
        ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?|[-+]?[0-9]+[eE][-+]?[0-9]{1,3}|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", "-+0123456789."),
        ("null", r"~|null|Null|NULL|", "~nN\0"),
        ("merge", r"<<", "<"),
    ):  # fmt: skip
        resolver = re.compile(f"^(?:{pattern})$")
        Core.add_implicit_resolver(
            f"tag:yaml.org,2002:{tag}", resolver, [c if c != "\0" else "" for c in first]
        )

    def mapping(loader: Any, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: dict[Any, int] = {}
        for key, _ in node.value:
            name = loader.construct_object(key, deep=True)
            if not isinstance(name, str):
                raise UserError(f"line {key.start_mark.line + 1}: {name!r} is no name; write it as text")
            if name in seen:
                raise UserError(
                    f"line {key.start_mark.line + 1}: {name} stands in line {seen[name]} already; keep one of the two"
                )
            seen[name] = key.start_mark.line + 1
        return dict(yaml.SafeLoader.construct_mapping(loader, node, deep=True))

    def whole_text(loader: Any, node: Any) -> str:
        # A character beyond 65,535 may be written as JSON does, in two halves.
        halves = str(loader.construct_scalar(node)).encode("utf-16", "surrogatepass")
        try:
            return halves.decode("utf-16")
        except UnicodeDecodeError:
            raise UserError(f"line {node.start_mark.line + 1}: half a character") from None

    Core.add_constructor("tag:yaml.org,2002:map", mapping)
    Core.add_constructor("tag:yaml.org,2002:str", whole_text)
    Core.add_constructor(None, _refuse_tag)
    for tag in ("timestamp", "binary", "omap", "pairs", "set", "python"):
        Core.add_constructor(f"tag:yaml.org,2002:{tag}", _refuse_tag)
    return lambda raw: yaml.load(raw, Loader=Core)


def _refuse_tag(loader: Any, node: Any) -> Any:
    raise UserError(f"line {node.start_mark.line + 1}: the tag {shortened(node.tag, 60)} is not read here")


def _kind(mode: int) -> str:
    kinds: Mapping[Callable[[int], bool], str] = {
        stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket",
        stat.S_ISCHR: "a device", stat.S_ISBLK: "a device",
    }  # fmt: skip
    return next((name for test, name in kinds.items() if test(mode)), "something else")


def here() -> Path:
    """The current folder. `Unreadable` where it has been deleted."""
    try:
        return Path.cwd()
    except OSError:
        raise Unreadable(
            "the current folder no longer exists; go to another one, or name one with --project"
        ) from None
