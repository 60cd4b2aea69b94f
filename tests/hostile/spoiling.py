"""Ways to spoil what a file holds: bytes, JSON values, CSV cells, lines of text, and the kind of the file itself."""

from __future__ import annotations

import copy
import csv
import io
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

TEXTS = (
    "", " ", "0", "-0", "NaN", "nan", "inf", "-inf", "1e400", "1e-400", "9" * 5000, "0x10", "010", "1_000", "1,000", "1e5",
    "１２.５", "٣٤", "०", "²", "½", "Ⅳ", "−5", "12,5", "+3", ".5", "5.", "--1", "1:30", "2021-02-30", "2021/2020", "2021-13",
    "2021-Q5", "20240101", "1970", "yes", "no", "on", "~", "null", "true", "TRUE", "None", "[]", "{}", "!!int x", "&a *a",
    "<b>x</b>", "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "javascript:alert(1)", "file:///etc/passwd",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1+1", "{{7*7}}", "{title}", "${HOME}", "$(id)", "`id`", "%s%n", "{0}",
    "../../etc/passwd", "/etc/passwd", "C:\\x", "CON", "a" * 70_000, "x\ny", "x\r\ny", "x\ry", "\t", "\0", "a\0b", "\x1b[31mred\x1b[0m",
    "\u202eabc", "\u200b", "\ufeff", "\u2028", "e\u0301", "ﬁ", "ß", "İ", "😀", "⚠️", "👨‍👩‍👧", "𠮷", "한글", "العربية", "中文", "丨",
    "$5 to $10", "$\\frac{1}{0", "\\(x", "![x](attachment:x.png)", "[x](x.ipynb)", "# 大", "~~~", "'", '"', "\\", ";", "a;b", "a,b",
    "\udcb1", "x\ud800y", "https://example.org/\" onclick=\"x", "1" + "0" * 400, "𝟙𝟚", "1\u00a0000", "0.1.2", "a-b", "--help", "-p",
)  # fmt: skip

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e308, float("inf"), float("nan"), 10**30, "", " ", "x", "x" * 70_000, [], {}, [None], [[]], {"a": 1}, {"": ""},
    ["x", 1], "😀", "x\0y", "\ud800", "../../x", "/etc/passwd", "<b>", "javascript:x", "(", "[", "^(", 2, "1", {"name": None}, [{}],
)  # fmt: skip


def text(draw: Random) -> str:
    """A text that somebody will put somewhere."""
    chosen = draw.choice(TEXTS)
    if draw.random() < 0.15:
        chosen += draw.choice(TEXTS)[:2000]
    if draw.random() < 0.1:
        chosen = "".join(
            chr(draw.choice((draw.randrange(1, 0xD800), draw.randrange(0xE000, 0x110000))))
            for _ in range(draw.randrange(1, 9))
        )
    return chosen  # fmt: skip


def word(draw: Random) -> str:
    """A text that the system can hand on as an argument or a variable: bytes without a zero, not too many."""
    raw = text(draw).replace("\0", "")[:8000].encode("utf-8", "surrogatepass")
    return raw.decode("utf-8", "surrogateescape")


def scalar(draw: Random) -> str:
    """A YAML, TOML or JSON value as text."""
    return draw.choice((
        text(draw), text(draw), json.dumps(text(draw)), "[1, 2", "{a: 1", "[" * 20_000, "!!timestamp x", "!!python/name:os.system x",
        "!!binary x", "&a [*a]", "*a", "? x", "- 1\n- 2", "|\n  x\n  y", ">", "0xff", "0o17", "1e3", ".inf", ".nan", "-.inf", "2021-01-02",
        "2021-01-02T03:04:05Z", "01", "1__0", "[1, 2]", "{a: {b: {c: 1}}}", "'", '"', "\t1", "1 # x", "<<: *a", "{? : }", "1" * 5000,
    ))  # fmt: skip


# --- bytes -----------------------------------------------------------------------------------------------------------


def spoiled(draw: Random, raw: bytes) -> tuple[str, bytes]:
    """Bytes spoiled in one way; gives the way's name too."""
    ways: dict[str, Callable[[], bytes]] = {
        "empty": lambda: b"",
        "cut": lambda: raw[: draw.randrange(len(raw) or 1)],
        "bit": lambda: _bits(draw, raw),
        "zeros": lambda: _insert(draw, raw, b"\0" * draw.choice((1, 100))),
        "all zeros": lambda: b"\0" * len(raw),
        "mark": lambda: b"\xef\xbb\xbf" + raw,
        "two marks": lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + raw,
        "mark inside": lambda: _insert(draw, raw, b"\xef\xbb\xbf"),
        "utf-16": lambda: raw.decode("utf-8", "replace").encode("utf-16"),
        "utf-32": lambda: raw.decode("utf-8", "replace").encode("utf-32"),
        "gb18030": lambda: (raw.decode("utf-8", "replace") + "中文").encode("gb18030"),
        "latin-1": lambda: raw + "é".encode("latin-1"),
        "surrogate": lambda: _insert(draw, raw, b"\xed\xa0\x80"),
        "crlf": lambda: raw.replace(b"\n", b"\r\n"),
        "cr": lambda: raw.replace(b"\n", b"\r"),
        "separators": lambda: raw.replace(b"\n", "\u2028".encode()),
        "line gone": lambda: _lines(draw, raw, 0),
        "line twice": lambda: _lines(draw, raw, 2),
        "doubled": lambda: raw + raw,
        "lines shuffled": lambda: b"\n".join(draw.sample(raw.split(b"\n"), len(raw.split(b"\n")))),
        "noise": lambda: draw.randbytes(draw.choice((1, 50, 5000))),
        "deep": lambda: b"[" * 50_000,
        "deep braces": lambda: b'{"a":' * 50_000,
        "long number": lambda: b"1" * 5000,
        "long line": lambda: raw + b"x" * 300_000,
        "quote": lambda: _insert(draw, raw, b'"'),
        "text in the middle": lambda: _insert(draw, raw, text(draw).encode("utf-8", "surrogatepass")),
        "page": lambda: b"<!doctype html><title>404</title>",
        "conflict": lambda: b"<<<<<<< HEAD\n" + raw + b"=======\n" + raw + b">>>>>>> other\n",
        "lfs": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        "zip": lambda: b"PK\x03\x04" + raw,
    }
    name = draw.choice(list(ways))
    return name, ways[name]()


def _bits(draw: Random, raw: bytes) -> bytes:
    changed = bytearray(raw or b"x")
    for _ in range(draw.choice((1, 3, 20))):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _insert(draw: Random, raw: bytes, what: bytes) -> bytes:
    place = draw.randrange(len(raw) + 1)
    return raw[:place] + what + raw[place:]


def _lines(draw: Random, raw: bytes, times: int) -> bytes:
    lines = raw.split(b"\n")
    place = draw.randrange(len(lines))
    return b"\n".join([*lines[:place], *[lines[place]] * times, *lines[place + 1 :]])


# --- the kind of a file ----------------------------------------------------------------------------------------------


def other_kind(draw: Random, path: Path) -> str:
    """Puts something else in the file's place."""
    path.unlink(missing_ok=True)
    ways: dict[str, Callable[[], Any]] = {
        "gone": lambda: None,
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "loop": lambda: path.symlink_to(path.name),
        "dangling": lambda: path.symlink_to("nothing"),
        "zero": lambda: path.symlink_to("/dev/zero"),
        "full": lambda: path.symlink_to("/dev/full"),
        "null": lambda: path.symlink_to("/dev/null"),
        "memory": lambda: path.symlink_to("/proc/self/mem"),
        "socket": lambda: _socket(path),
        "link to a folder": lambda: path.symlink_to("."),
    }
    name = draw.choice(list(ways))
    ways[name]()
    return name


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # its address may be no longer than 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


# --- JSON ------------------------------------------------------------------------------------------------------------


def json_spoiled(draw: Random, raw: bytes) -> tuple[str, bytes]:
    """JSON text in which one to three values are gone, renamed or of another kind; or spoiled as any bytes are."""
    if draw.random() < 0.25:
        return spoiled(draw, raw)
    try:
        value = json.loads(raw)
    except ValueError:  # the cache keeps other things too
        return spoiled(draw, raw)
    said = []
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        value, what = _changed(draw, value)
        said.append(what)
    return "; ".join(said), json.dumps(value, ensure_ascii=True).encode()


def _changed(draw: Random, value: Any) -> tuple[Any, str]:
    places = list(_places(value, ()))
    if not places:
        return draw.choice(VALUES), "all"
    # Shallow places first: most of a notebook is deep.
    depth = draw.choice(sorted({len(p) for p in places}))
    place = draw.choice([p for p in places if len(p) == depth])
    value = copy.deepcopy(value)
    parent = value
    for step in place[:-1]:
        parent = parent[step]
    last = place[-1]
    way = draw.choice(("replaced", "replaced", "replaced", "gone", "renamed", "hostile text"))
    if way == "gone":
        del parent[last]
    elif way == "renamed" and isinstance(parent, dict):
        parent[text(draw)] = parent.pop(last)
    elif way == "hostile text":
        parent[last] = text(draw)
    else:
        parent[last] = copy.deepcopy(draw.choice(VALUES))
    return value, f"{way} {'/'.join(map(str, place))}"[:200]


def _places(value: Any, here: tuple[Any, ...]) -> Any:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*here, key)
            yield from _places(item, (*here, key))


# --- CSV -------------------------------------------------------------------------------------------------------------


def csv_spoiled(draw: Random, raw: bytes) -> tuple[str, bytes]:
    """CSV text with a hostile cell, or another column, row, header, separator; or spoiled as any bytes are."""
    if draw.random() < 0.2 or not raw.strip():
        return spoiled(draw, raw)
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    row, column = draw.randrange(len(rows)), draw.randrange(len(rows[0]))
    way = draw.choice(("cell",) * 6 + ("column gone", "column twice", "row gone", "row twice", "short", "long", "renamed", "separator", "empty rows", "header only"))  # fmt: skip
    what = text(draw)
    if way == "cell":
        rows[row][column] = what
    elif way == "column gone":
        rows = [r[:column] + r[column + 1 :] for r in rows]
    elif way == "column twice":
        rows = [[*r, r[column]] for r in rows]
    elif way == "row gone":
        del rows[row]
    elif way == "row twice":
        rows.insert(row, rows[row])
    elif way == "short":
        rows[row] = rows[row][:column]
    elif way == "long":
        rows[row] = [*rows[row], what]
    elif way == "renamed":
        rows[0][column] = what
    elif way == "empty rows":
        rows += [[], []]
    elif way == "header only":
        rows = rows[:1]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n", delimiter=";" if way == "separator" else ",").writerows(
        [[c.replace("\0", "\x01") if way != "cell" else c for c in r] for r in rows]
    )
    name = rows[0][column] if rows and column < len(rows[0]) else ""
    return f"{way} in row {row + 1}, {name}: {what[:40]!r}", written.getvalue().encode(
        "utf-8", "surrogatepass"
    )


# --- lines of settings -----------------------------------------------------------------------------------------------


def settings_spoiled(draw: Random, raw: bytes) -> tuple[str, bytes]:
    """YAML or TOML text in which one value or key is another; or spoiled as any bytes are."""
    if draw.random() < 0.25:
        return spoiled(draw, raw)
    lines = raw.decode("utf-8").split("\n")
    places = [i for i, line in enumerate(lines) if ":" in line or "=" in line or line.startswith("[")]
    place = draw.choice(places)
    line = lines[place]
    sign = next((s for s in (":", "=") if s in line), "")
    head, _, tail = line.partition(sign) if sign else (line, "", "")
    what = scalar(draw)
    way = draw.choice(("value",) * 4 + ("key", "twice", "gone", "nested"))
    if way == "value":
        lines[place] = f"{head}{sign} {what}"
    elif way == "key":
        lines[place] = f"{what}{sign}{tail}"
    elif way == "twice":
        lines.insert(place, line)
    elif way == "gone":
        del lines[place]
    else:
        lines[place] = f"{head}{sign} [{tail.strip()}, {what}]"
    return f"{way} in line {place + 1}: {what[:40]!r}", "\n".join(lines).encode("utf-8", "surrogatepass")
