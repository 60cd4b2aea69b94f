"""What is given: for each entrance a way to draw one hostile input, and the commands that meet it."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from tests.hostile import cells, spoiling, telling
from tests.hostile.bed import Around
from tests.hostile.given import QUICK, Commands, Given, cell, lay

READING = (("data", "validate"), ("claims",), ("params",), ("data", "dictionary", "--check"))


def _replaced(draw: Random, path: Path, how: Callable[[Random, bytes], tuple[str, bytes]]) -> str:
    """Spoils a file's content, or now and then its kind."""
    if draw.random() < 0.12:
        return f"{path.name}: {spoiling.other_kind(draw, path)}"
    what, content = how(draw, path.read_bytes())
    path.write_bytes(content)
    return f"{path.name}: {what}"


# --- entrances -------------------------------------------------------------------------------------------------------


def rows(draw: Random, root: Path) -> Given:
    """A cell, row, column or byte of a data file."""
    path = draw.choice((root / "data" / "report" / "claims.csv", root / "data" / "series" / "trips.csv"))
    what = _replaced(draw, path, spoiling.csv_spoiled)
    commands: list[Sequence[str]] = [("data", "validate")]
    commands += draw.sample((
        ("claims",), ("claims", "--format", "json"), ("run", *QUICK), ("data", "dictionary"), ("census", "text.txt"), ("compare", "default", "baseline", "--json"),
        ("run", "--no-html", *QUICK), ("claims", "--run", "baseline"), ("sweep", "new", "-p", "hedge_about=0.02,0.05", "-q"),
    ), 1)  # fmt: skip
    return Given(what, commands)


def own_rows(draw: Random, root: Path) -> Given:
    """A folder of rows of one's own, laid over the project's data."""
    kind, name = draw.choice(
        (("series", "trips.csv"), ("report", "claims.csv"), ("series", "other.csv"), ("", "trips.csv"))
    )
    path = root / "own" / kind / name
    path.parent.mkdir(parents=True)
    source = next((p for p in (root / "data").rglob(name)), root / "data" / "series" / "trips.csv")
    path.write_bytes(source.read_bytes())
    what = _replaced(draw, path, spoiling.csv_spoiled)
    folder = draw.choice(
        ("own", "own", "own", "own/", "data", "reports", ".", "own/series", "text.txt", "/dev", "nothing")
    )
    more = (
        ("sweep", "new", "-q", "-p", "hedge_about=0.02,0.05", "--data", folder),
        ("run", "more", "--no-html", *QUICK, "--data", folder),
    )
    return Given(f"{what} by {folder}", [("run", "more", *QUICK, "--data", folder), draw.choice(more)])


def schemas(draw: Random, root: Path) -> Given:
    """A schema, or the list of data files."""
    path = draw.choice(
        (root / "data" / "datapackage.json", *sorted((root / "data" / "schemas").glob("*.json")))
    )
    what = _replaced(draw, path, spoiling.json_spoiled)
    more = (("data", "dictionary"), ("data", "add", "data/series/trips.csv", "--title", "x"), ("run", *QUICK), ("data", "dictionary", "--check"))  # fmt: skip
    return Given(what, [("data", "validate"), draw.choice(more)])


def parameter_files(draw: Random, root: Path) -> Given:
    """A file of parameter values in YAML, TOML or JSON form."""
    kind = draw.choice(("yaml", "yaml", "yaml", "json", "toml", "txt", "yml"))
    path = root / f"given.{kind}"
    if kind == "json":
        path.write_text(json.dumps({"hedge_about": 0.1, "language": "en"}), encoding="utf-8")
        what = _replaced(draw, path, spoiling.json_spoiled)
    else:
        path.write_text("hedge_about: 0.1\nlanguage: en\n", encoding="utf-8")
        what = _replaced(draw, path, spoiling.settings_spoiled)
    return Given(what, [("run", "--no-html", *QUICK, "--params-file", path.name)], names=("given.", "hedge_about", "language", "parameter", "No notebook"))  # fmt: skip


def report_settings(draw: Random, root: Path) -> Given:
    """report.toml or pyproject.toml."""
    path = draw.choice((root / "report.toml", root / "report.toml", root / "pyproject.toml"))
    if path.name == "pyproject.toml" and draw.random() < 0.5:
        key, value = draw.choice(("preload", "environment", "data", "", "name")), spoiling.scalar(draw)
        path.write_bytes(f"[tool.analysis]\n{key} = {value}\n".encode("utf-8", "surrogatepass"))
        what = f"pyproject.toml: {key} = {value[:40]!r}"
    else:
        what = _replaced(draw, path, spoiling.settings_spoiled)
    more = (("data", "validate"), ("claims",), ("params",), ("compare", "default", "narrow"), ("export", "-f", "html"), ("census", "text.txt"), ("verify",), ("sweep", "new", "-q", "--default"))  # fmt: skip
    return Given(
        what, [draw.choice(more), draw.choice((("run", *QUICK), ("params",), ("baseline", "--check")))]
    )


def scenarios(draw: Random, root: Path) -> Given:
    """A scenario, its name too."""
    path = root / "notebooks" / "scenarios" / "tight.yaml"
    what = _replaced(draw, path, spoiling.settings_spoiled)
    if draw.random() < 0.2:
        path.with_name("😀 x.yaml").write_bytes(b"parameters: {}\n")
    return Given(what, [("params",), ("run", "--no-html", *QUICK, "--scenario", "tight")])


def notebooks(draw: Random, root: Path) -> Given:
    """A notebook's file: JSON, metadata, cells, nesting, outputs."""
    path = draw.choice(sorted((root / "notebooks").glob("*.ipynb")))
    what = _replaced(draw, path, spoiling.json_spoiled)
    more = (("claims", "--run", "baseline"), ("run", *QUICK), ("baseline", "--check", "--engine", "warm"), ("compare", "default", "baseline", "--json"), ("run", "--no-html", *QUICK), ("sweep", "new", "-q", "-p", "hedge_about=0.02,0.05"))  # fmt: skip
    return Given(what, [("params",), draw.choice(more)])


def code(draw: Random, root: Path) -> Given:
    """A cell that shows, ends or does something it should not, in a notebook of its own."""
    source = draw.choice(cells.SHOWN if draw.random() < 0.55 else cells.DONE)
    filled = cells.filled(draw, source)
    made = [cell(filled, draw.choice(((), (), (), (draw.choice(cells.TAGS),)))), cell("print('after')")]
    lay(root / "notebooks" / "05_more.ipynb", *made)
    extra = draw.choice(((), (), ("export", "-f", "html,xlsx", "more"), ("compare", "default", "more", "--json"), ("claims", "--run", "more")))  # fmt: skip
    commands: list[Sequence[str]] = [("run", "more", "--only", "05*", *QUICK)]
    return Given(f"{filled[:120]!r}", [*commands, *([extra] if extra else [])])  # fmt: skip


def writing(draw: Random, root: Path) -> Given:
    """A cell that writes into the report, or into the run that is being made."""
    source = draw.choice(cells.WRITING)
    lay(root / "notebooks" / "05_more.ipynb", cell(source), cell("print('after')"))
    return Given(
        source, [("run", "more", "--only", "05*", *QUICK)], wants=(1, 2),
        written=("data/*", "notebooks/*", "report.toml", "pyproject.toml", "reports/default/*", "reports/.staging-*"),
    )  # fmt: skip


def prose(draw: Random, root: Path) -> Given:
    """Prose, its attachments, a raw cell, outputs that were saved."""
    source = "\n\n".join(
        cells.filled(draw, draw.choice(cells.PROSE), False) for _ in range(draw.choice((1, 1, 3)))
    )
    told: dict[str, Any] = {
        "cell_type": draw.choice(("markdown", "markdown", "markdown", "raw")),
        "id": "prose",
        "metadata": {},
        "source": source,
    }
    if draw.random() < 0.3:
        told["attachments"] = draw.choice(
            ({"x.png": {"image/png": spoiling.text(draw)}}, {"x.png": {}}, {}, {"x.png": {"image/png": "iVBORw0KGgo="}})
        )  # fmt: skip
    lay(root / "notebooks" / "05_more.ipynb", told, cell("1"))
    commands: list[Sequence[str]] = [("run", "more", "--only", "05*", *QUICK)]
    if draw.random() < 0.3:
        commands.append(("export", "-f", "html,xlsx", "more"))
    return Given(source[:120], commands, wants=(0, 2) if "attachments" in told else (0,))


def parameters_cells(draw: Random, root: Path) -> Given:
    """What a parameters cell declares."""
    declared = cells.filled(draw, draw.choice(cells.DECLARED))
    lay(root / "notebooks" / "05_more.ipynb", cell("import datetime\nimport pandas as pd\nfrom analysis.report.parameters import *"),
         cell(declared, ("parameters",)), cell("print(1)"))  # fmt: skip
    value = spoiling.word(draw)
    more = (("run", "more", "--only", "05*", *QUICK, "-p", f"x={value}"), ("run", "more", "--only", "05*", *QUICK), ("sweep", "new", "-q", "-p", f"x={value}"), ("params", "--json"))  # fmt: skip
    return Given(declared[:120], [("params",), draw.choice(more)])


def names(draw: Random, root: Path) -> Given:
    """The name of a notebook, run, sweep, or folder."""
    name = draw.choice((
        spoiling.word(draw)[:300], "exports", "latest", "LATEST", "con", "nul.txt", "a/b", "..", ".", ".x", "a" * 300, "-x", "x.html", "default-failed", "baseline", "sweeps", "报告", "a b",
        "Default", "narrow ", "x\n", "🎉", "ｃｏｎ", "x.", "COM1", "runs", "compare-a-b.html", "\udcb1\udce8",
    ))  # fmt: skip
    which = draw.choice(("run", "sweep", "notebook", "notebook", "new", "read"))
    if which == "notebook":
        raw = os.fsencode(name.replace("/", "_").replace("\0", ""))[:200] or b"x"
        try:
            file = root / "notebooks" / os.fsdecode(raw + b".ipynb")
            (root / "notebooks" / "90_scorecard.ipynb").rename(file)
        except OSError:
            raw = b"none"
        return Given(f"notebook {raw!r}", [("params",), draw.choice((("run", *QUICK), ("claims", "--run", "baseline"), ("data", "validate")))])  # fmt: skip
    given = "./" + name if name.startswith("-") else name
    commands = {
        "run": [("run", given, "--no-html", *QUICK)],
        "sweep": [("sweep", given, "-q", "-p", "hedge_about=0.02,0.05")],
        "new": [("new", f"new/{given}"[:3000], "--title", spoiling.word(draw) or "x")],
        "read": [draw.choice((("verify", given), ("export", "-f", "html", given), ("claims", "--run", given), ("compare", given), ("sweep", given, "--resume")))],
    }[which]  # fmt: skip
    return Given(f"{which} {name[:60]!r}", commands, written=("new/*", "reports/sweeps/*"))


def manifests(draw: Random, root: Path) -> Given:
    """What a finished run holds: manifest, results, inputs, notebooks, figures, pages."""
    run = root / "reports" / "default"
    found = [p for p in sorted(run.rglob("*")) if p.is_file()]
    path = draw.choice(
        (run / "manifest.json", draw.choice(found), draw.choice(sorted((run / "results").glob("*.csv"))))
    )
    how = {".json": spoiling.json_spoiled, ".ipynb": spoiling.json_spoiled, ".csv": spoiling.csv_spoiled}.get(path.suffix, spoiling.spoiled)  # fmt: skip
    what = _replaced(draw, path, how)
    commands = (
        ("claims",), ("claims", "cyclists-share"), ("verify",), ("verify", "--inputs"), ("compare", "narrow", "default"), ("compare", "default", "narrow", "--json"), ("export", "-f", "html,xlsx"),
        ("export", "-f", "xlsx"), ("claims", "--format", "csv"), ("run", "--timeout", "9"), ("params",), ("compare", "baseline", "default"),
    )  # fmt: skip
    return Given(what, draw.sample(commands, 2))


def cache_entries(draw: Random, root: Path) -> Given:
    """What the cache keeps, with the right checksum too."""
    path = draw.choice([p for p in sorted((root / ".cache" / "notebooks").iterdir()) if p.is_file()])
    if draw.random() < 0.5:
        what = _replaced(draw, path, spoiling.spoiled)
    else:
        said, content = spoiling.json_spoiled(draw, path.read_bytes().partition(b"\n")[2])
        path.write_bytes(hashlib.sha256(path.name.encode() + content).hexdigest().encode() + b"\n" + content)
        what = f"entry with its checksum: {said}"
    return Given(
        what, [("cache", "info"), ("run", "--timeout", "9"), draw.choice((("cache", "clear"), ("claims",)))]
    )


def sweep_stores(draw: Random, root: Path) -> Given:
    """What a sweep left: plan, course, parts in Parquet, results."""
    folder = root / "reports" / "sweeps" / "two"
    path = draw.choice((folder / "plan.json", folder / "course.json", *(folder / "checks").glob("*"), *(folder / "results").glob("*")))  # fmt: skip
    if path.suffix == ".parquet" and draw.random() < 0.5:
        what = f"part: {_other_part(draw, path)}"
    else:
        how = {".json": spoiling.json_spoiled, ".csv": spoiling.csv_spoiled}.get(
            path.suffix, spoiling.spoiled
        )
        what = _replaced(draw, path, how)
    commands: Commands = [("sweep", "two", "--resume", "-q"), draw.choice((("params",), ("sweep", "--resume", "-q"), ("sweep", "two", "-p", "hedge_about=0.02,0.05", "-q", "--json")))]  # fmt: skip
    return Given(what, commands)


def texts(draw: Random, root: Path) -> Given:
    """A text for the census, the ledger that covers it, a list of what needs no claim."""
    path = root / "text.txt"
    if draw.random() < 0.5:
        what = _replaced(draw, path, spoiling.spoiled)
    else:
        pieces = [draw.choice((_numeral(draw), _numeral(draw), spoiling.text(draw)[:500], "约", "近", "和", "、", "，", "\n", "亿元", "%", "个百分点", "about ", "million ")) for _ in range(draw.randrange(1, 60))]  # fmt: skip
        written = "".join(pieces)
        path.write_bytes(written.encode("utf-8", "surrogatepass"))
        what = written[:80]
    (root / "allow.csv").write_bytes(
        f"text,quote,reason\n{spoiling.text(draw)},x,y\n".encode("utf-8", "surrogatepass")
    )
    extra = draw.choice(((), (), ("--format", "json"), ("--format", "csv"), ("--uncovered",), ("--allow", "allow.csv"), ("--claims", "text.txt"), ("--kind", "quantity")))  # fmt: skip
    other = draw.choice((("data", "validate", "--text", "text.txt"), ("census", "text.txt", *extra)))
    return Given(what, [("census", "text.txt", *extra), other])


def environments(draw: Random, root: Path) -> Given:
    """Variables, closed outputs, few files, little space, no rights."""
    name = draw.choice(("ANALYSIS_DATA", "ANALYSIS_PROJECT", "ANALYSIS_DRAW", "ANALYSIS_PRELOAD", "ANALYSIS_RESULTS", "HOME", "TMPDIR", "COLUMNS", "TERM", "NO_COLOR", "LC_ALL", "PATH", "TZ", "PYTHONIOENCODING", "LANG", "IPYTHONDIR", "MPLBACKEND", "PYTHONPATH", "DISPLAY", "USER", "MPLCONFIGDIR", "XDG_CACHE_HOME"))  # fmt: skip
    value = draw.choice(("unset", "", "/nope", "/etc/passwd", "/dev/null", ".", "data", "x" * 3000, "-1", "0", "GB18030", "zh_CN.GBK", "C", "ascii", "😀", "reports/default", "/proc/self", "a:b", spoiling.word(draw)))  # fmt: skip
    if name == "PYTHONIOENCODING":
        value = draw.choice(("gbk", "ascii", "latin-1", "cp1252", "utf-16"))
    commands = draw.choice((("run", *QUICK), ("claims",), ("census", "text.txt"), ("data", "validate"), ("params",), ("export", "-f", "html,xlsx"), ("compare", "narrow", "default"), ("run", "--no-html"), ("verify",)))  # fmt: skip
    way = draw.choice(("variable",) * 5 + ("closed", "closed", "files", "rights"))
    if way == "closed":
        return Given(
            "outputs closed",
            [commands],
            around=Around(closed=draw.choice(((1,), (2,), (1, 2)))),
            wants=(0, 1),
        )
    if way == "files":
        number = draw.choice((16, 24, 32, 64))
        return Given(f"{number} open files", [commands], around=Around(files=number))
    if way == "rights":
        return Given("no right to write", [commands], around=Around(is_powerless=True))
    return Given(f"{name}={value[:60]!r}", [commands], around=Around({name: value}))


def disks(draw: Random, root: Path) -> Given:
    """A disk that is full after so many bytes of one file."""
    commands = (
        ("run", *QUICK), ("export", "-f", "html"), ("export", "-f", "xlsx"), ("export",  "-f", "html,xlsx"), ("compare", "narrow", "default"), ("sweep", "two", "-q", "-p", "hedge_about=0.02,0.05"),
        ("sweep", "new", "-q", "-p", "hedge_about=0.02,0.05"), ("baseline", "--engine", "warm"), ("data", "dictionary"), ("data", "add", "data/series/trips2.csv", "--title", "x"), ("new", "new"), ("run", "--timeout", "9"),
    )  # fmt: skip
    if draw.random() < 0.5:
        (root / "data" / "series" / "trips2.csv").write_bytes(
            (root / "data" / "series" / "trips.csv").read_bytes()
        )
    command = draw.choice(commands)
    if command[0] in ("baseline", "data"):
        series = root / "data" / "series" / "trips.csv"
        series.write_text(series.read_text("utf-8").replace("412", "413"), encoding="utf-8")
    size = draw.choice((0, 1, 100, 1000, 3000, 5000, 10_000, 20_000, 50_000, 100_000))
    return Given(f"at most {size} bytes", [command], around=Around(bytes=size), written=("new/*",))


def arguments(draw: Random, root: Path) -> Given:
    """Words on the command line."""
    w = lambda: spoiling.word(draw)  # noqa: E731
    number = draw.choice(
        ("0", "-1", "1", "1e9", "99999999999999999999", "9999999999", "nan", "", "x", "１", "1.5")
    )
    commands: tuple[Sequence[str], ...] = (
        ("run", "--no-html", *QUICK, "-p", f"hedge_about={w()}"), ("run", "--no-html", *QUICK, "-p", w()), ("run", "--no-html", *QUICK, "-p", f"{w()}=1"), ("run", "--no-html", "--only", w()), ("run", "--no-html", "--timeout", number),
        ("run", "--no-html", *QUICK, "-j", number), ("run", "--scenario", w()), ("run", "--params-file", w() or "x"), ("run", "--engine", w()), ("run", "--language", w()), (w(), w()), (f"--{w()}",), ("claims", w()), ("claims", "--section", w()),
        ("claims", "--exhibit", w()), ("claims", "--kind", w()), ("claims", "--verdict", w()), ("claims", "--format", w()), ("claims", "--run", w()), ("compare", w(), w()), ("compare", "narrow", "default", "--out", w()),
        ("compare", "narrow", "default", "--out", draw.choice(("/dev/full", "/dev/null", "/dev/null/x.html", "data", "", ".", "text.txt/x", "x" * 4000, "reports/default"))), ("export", "-f", w()), ("export", "-f", "html", "-o", w()),
        ("export", "-f", "html,xlsx", "-o", draw.choice(("/dev/full", "/dev/null", "text.txt", "report.toml/x", "", "x" * 4000, "reports/default/index.html", "/proc/x"))), ("verify", w()), ("params", w()), ("data", "add", w() or "x", "--title", w()),
        ("data", "add", "data/series/trips.csv", "--title", w()), ("data", "add", "text.txt", "--title", "x"), ("data", "validate", "--text", w() or "x"), ("data", "validate", "--limit", number), ("census", w() or "x"), ("census", "text.txt", "--claims", w() or "x"),
        ("census", "text.txt", "--allow", draw.choice(("text.txt", "data", "/dev/zero", w() or "x"))), ("sweep", "new", "-q", "-p", f"hedge_about={w()}"), ("sweep", "new", "-q", "-p", f"hedge_about={draw.choice(('0:1', '0:1:0', '1:0:1', '0:1:1e-9', '::', '0:1:x', 'inf:1:1', '1:' + '9' * 5000 + ':1', ',', '0.1,,0.2', '0.1,0.1', '0.1,nan', '0:0.1:0.' + '0' * 5000 + '1'))}"),
        ("sweep", w(), "--resume"), ("sweep", "new", "-q", "--default", "--sample", number), ("sweep", "new", "-q", "-p", "hedge_about=0.1,0.2", "--seed", number), ("sweep", "new", "-q", "-p", "hedge_about=0.1,0.2", "--timeout", number),
        ("sweep", "new", "-q", "-p", "hedge_about=0.1,0.2", "--scheduler", draw.choice(("nonsense", "tcp://", "tcp://a:b", "http://x", w()))), ("runs", w()), ("runs", "remove", w()), ("runs", "remove", draw.choice(("latest", "..", ".", "/", "exports", "sweeps", "default/..", "narrow/../default", "a" * 300))), ("runs", "open", "--print", w()), ("runs", "--json"),
        ("publish", w() or "x"), ("publish", "new", w()), ("publish", "new", "--base-url", w()), ("publish", draw.choice(("data", "reports", "/dev/full", "text.txt", "notebooks", ".", "new/a/b"))), ("new", w() or "x"), ("new", "new", "--title", w()), ("--project", w() or "x", "params"), ("cache", w()),
    )  # fmt: skip
    command = draw.choice(commands)
    return Given(
        " ".join(a[:60] for a in command).encode("utf-8", "backslashreplace").decode()[:160], [command], written=("*",) if command[0] in ("new", "export", "compare", "publish") else (),
    )  # fmt: skip


ENTRANCES: dict[str, tuple[Callable[[Random, Path], Given], int]] = {
    "rows": (rows, 10), "own rows": (own_rows, 4), "schemas": (schemas, 9), "parameter files": (parameter_files, 7), "report settings": (report_settings, 7), "scenarios": (scenarios, 4), "notebooks": (notebooks, 10),
    "code": (code, 9), "writing": (writing, 2), "prose": (prose, 5), "parameters cells": (parameters_cells, 6), "names": (names, 7), "manifests": (manifests, 10), "cache entries": (cache_entries, 4),
    "sweep stores": (sweep_stores, 7), "texts": (texts, 9), "environments": (environments, 7), "disks": (disks, 5), "arguments": (arguments, 12),
    "parts": (telling.parts, 5), "parameters": (telling.parameters, 5), "comparisons": (telling.comparisons, 5), "terminals": (telling.terminals, 6),
}  # fmt: skip
"""Entrance → how one input is drawn, and how often it is chosen."""


def entrance_of(draw: Random) -> str:
    """An entrance, the large ones more often."""
    return draw.choices(list(ENTRANCES), [weight for _, weight in ENTRANCES.values()])[0]


def _other_part(draw: Random, path: Path) -> str:
    """A part that is Parquet, but not of this sweep."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    table = parquet.read_table(path)
    metadata = dict(table.schema.metadata or {})
    way = draw.choice(("no metadata", "metadata", "column gone", "column of another kind", "no rows", "nulls", "another column", "cases"))  # fmt: skip
    name = draw.choice(table.column_names)
    place = table.column_names.index(name)
    if way == "no metadata":
        table = table.replace_schema_metadata(None)
    elif way == "metadata":
        table = table.replace_schema_metadata({b"cases": draw.choice((b"[]", b"{", b'{"x": 1}', b'{"01_first": ["a"]}', b"\xff", b"null", b"1", b'{"01_first": [[1]]}'))})  # fmt: skip
    elif way == "column gone":
        table = table.drop_columns([name])
    elif way == "column of another kind":
        table = table.set_column(place, name, pa.array([draw.choice(("x", "", "😀"))] * len(table)))
    elif way == "no rows":
        table = table.slice(0, 0)
    elif way == "nulls":
        table = table.set_column(place, name, pa.nulls(len(table)))
    elif way == "another column":
        table = table.append_column("more", pa.array([1] * len(table)))
    else:
        table = table.replace_schema_metadata({b"cases": b'{"01_first": [0, 1, 2, 3, 999999999999]}'})
    if way not in ("no metadata", "metadata", "cases"):
        table = table.replace_schema_metadata(metadata)
    written = io.BytesIO()
    parquet.write_table(table, written)
    path.write_bytes(written.getvalue())
    return f"{way} {name}"


_POWERS = "十百千万亿兆萬億"


def _numeral(draw: Random) -> str:
    digits = "0123456789０１２３一二三四五六七八九两零〇壹贰叁伍仟"
    return "".join(draw.choice((draw.choice(digits), draw.choice(digits), draw.choice(_POWERS), draw.choice(".,:：/—-~%‰·"))) for _ in range(draw.randrange(1, 12)))  # fmt: skip
