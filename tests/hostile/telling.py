"""What must be told of a run: that it is not whole, that its parameters differ, what moved; and how commands speak on a terminal.

Each entrance draws an input, the commands that meet it, and what must hold of what they made (`Given.holds`).
"""

from __future__ import annotations

import csv
import html
import json
import math
import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from analysis import words
from tests.hostile import spoiling
from tests.hostile.bed import Around, Done
from tests.hostile.given import QUICK, Given, cell, lay

CLAIMS = {"cyclists-share": ("40%", "about 40% of trips", "Share of trips by bicycle"), "cyclists-next-year": ("45%", "will reach 45% next year", "Share of trips by bicycle")}  # fmt: skip
"""Statement → what its card shows: printed value, quote, title."""
CALM = ("--timeout", "100", "--no-cache")
"""Nothing hangs here: a busy machine is given its time."""
_UNTOLD = re.compile(r">\s*(None|nan|NaN|undefined|inf)\s*<")
_OUTSIDE = re.compile(
    "|".join(
        re.escape(words.pages(language)["page.unjudged"].partition("{count}")[0]) + r"(\d+)"
        for language in ("en", "zh")
    )
)
"""How many statements no check bears on, as the pages say it."""
_NOTICE = {"en": ("some notebooks only", "not whole"), "zh": ("部分", "不完整")}


def _pages(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Name, text before the first heading, and whole text of every page of a run."""
    for path in sorted(folder.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        yield path.name, html.unescape(text.partition("<h1")[0]), text


def _made(root: Path, name: str) -> Path | None:
    """The run of that name that was made last: whole, or kept as failed."""
    found = [p for p in (root / "reports" / name, root / "reports" / f"{name}-failed") if p.is_dir()]
    return max(found, key=lambda p: (p / "manifest.json").stat().st_mtime_ns, default=None)


# --- runs that are not whole -----------------------------------------------------------------------------------------

_FAILING = (
    "1 / 0", "raise ValueError('<b>' * 9)", "raise ValueError('😀' * 50)", "import os\nos._exit(3)", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "while True: pass", "import sys\nsys.exit('over')\nraise ValueError", "x = ", "assert False, 'x' * 9000", "raise KeyboardInterrupt", "def f(): f()\nf()",
    "class A(Exception):\n    def __str__(self): return ''\nraise A", "import nothing_of_that_name", "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])", "open('nothing')",
    "1\n\n1 / 0", "raise ValueError(chr(0xd800))", "import os, subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session=True)\nos.kill(os.getpid(), 9)",
)  # fmt: skip


def parts(draw: Random, root: Path) -> Given:
    """A run of some notebooks, or of some that fail: it says so first, and tells of every statement all the same."""
    way = draw.choice(
        (
            "only",
            "only",
            "fails",
            "fails",
            "fails",
            "first fails",
            "scorecard fails",
            "no scorecard",
            "no data",
            "slow",
        )
    )
    more: list[str] = []
    folder = root / "notebooks"
    lay(folder / "05_more.ipynb", cell("print('five')"))
    failing = draw.choice(_FAILING)
    if way == "only":
        more = draw.choice((["--only", "01*"], ["--only", "05*"], ["--only", "01*", "--only", "05*"], ["--only", "*_first"], ["--only", "01_first", "-p", "hedge_about=0.2"], ["--only", "0[15]*"]))  # fmt: skip
    elif way == "fails":
        lay(folder / "05_more.ipynb", cell("print('before')"), cell(failing), cell("print('after')"))
    elif way in ("first fails", "scorecard fails"):
        path = folder / ("01_first.ipynb" if way == "first fails" else "90_scorecard.ipynb")
        content = json.loads(path.read_text("utf-8"))
        last = len(content["cells"])
        content["cells"].insert(draw.randrange(min(2, last), last + 1), {**cell(failing), "id": "failing"})
        path.write_text(json.dumps(content), encoding="utf-8")
    elif way == "no scorecard":
        (folder / "90_scorecard.ipynb").unlink()
    elif way == "no data":
        lay(folder / "05_more.ipynb", cell("import pandas as pd\npd.read_csv('../data/series/none.csv')"))
    else:
        lay(folder / "05_more.ipynb", cell("import time\ntime.sleep(60)"))
    commands = [("run", "some", *QUICK[:1], "2", *QUICK[2:], *more)]
    told = draw.choice(
        (("claims", "--run"), ("verify",), ("export", "-f", "html,xlsx"), ("compare", "default"))
    )
    name = "some" if way in ("only", "no scorecard") else "some-failed"
    commands.append((*told, name))
    is_whole = way == "no scorecard"
    return Given(f"{way} {more} {failing[:60]!r}", commands, holds=partial(_parts_hold, is_whole=is_whole))


def _parts_hold(root: Path, done: Sequence[Done], is_whole: bool) -> Iterator[str]:
    run = _made(root, "some")
    if run is None:
        yield "no run was kept"
        return
    every = html.unescape("".join(text for _, _, text in _pages(run)))
    for name, before, text in _pages(run):
        language = "zh" if name.endswith(".zh.html") else "en"
        if not is_whole and not any(word in before for word in _NOTICE[language]):
            yield f"{name} does not say first that the run is not whole"
        if found := _UNTOLD.search(text):
            yield f"{name} shows {found[0]}"
    cards = {claim for claim in CLAIMS if f'id="claim-{claim}"' in every}
    told = cards | {claim for claim in CLAIMS if f'id="{claim}"' in every}
    outside = _OUTSIDE.search(every)
    counted = int(outside[1] or outside[2]) if outside else 0
    if (run / "index.html").is_file() and len(told) + counted != len(CLAIMS):
        yield f"told are {sorted(told)}, outside {outside and outside[0]}"
    yield from (f"{claim} lacks {part}" for claim in cards for part in CLAIMS[claim] if part not in every)
    said = done[-1].out + done[-1].err
    if not is_whole and done[-1].code != 2 and not ("only " in said or "with failures" in said):
        yield "the command does not say that the run is not whole"


# --- runs with other parameters --------------------------------------------------------------------------------------

_TEXTS = (
    "plain",
    "a b",
    "<b>x</b>",
    "😀",
    "中文",
    "x" * 300,
    "'",
    '"',
    "a\nb",
    "a=b",
    "-1",
    "None",
    "$5 to $10",
    "\u202e",
    "{x}",
    "%s",
    "&amp;",
    "1e5",
    "true",
    "",
)
_DECLARED = "text: str = 'first'\nnumber: float = 1.5\nwhole: int = 3\nis_on: bool = False\nmany: list[int] = [1, 2]\nperhaps: int | None = None"


def parameters(draw: Random, root: Path) -> Given:
    """A run with other values than the defaults: every page says which, with the default, before anything else."""
    lay(
        root / "notebooks" / "05_more.ipynb",
        cell("print('five')"),
        cell(_DECLARED, ("parameters",)),
        cell("print(text, number, many)"),
    )
    values: dict[str, Any] = {
        "hedge_about": draw.choice((0.1, 0.2, 0.0501, 1e-9, 0.05, 0.050)),
        "text": draw.choice(_TEXTS),
        "number": draw.choice((1.5, -0.0, 1e300, 2, 1e-300, 0.1 + 0.2)),
        "whole": draw.choice((3, 0, -1, 10**30)),
        "is_on": draw.choice((True, False)),
        "many": draw.choice(([1, 2], [], [1], [2, 1], [1] * 40)),
        "perhaps": draw.choice((None, 0, 7)),
    }
    given = {name: values[name] for name in draw.sample(list(values), draw.choice((1, 1, 2, 3, 7)))}
    way = draw.choice(("-p", "-p", "file", "scenario", "both", "again"))
    first = (
        ["--params-file=given.json"]
        if way in ("file", "both")
        else ["--scenario=given"]
        if way == "scenario"
        else []
    )
    (root / "given.json").write_text(
        json.dumps(given if way == "file" else {"hedge_about": 0.3}), encoding="utf-8"
    )
    scenario = {"parameters": given, "intent": {"en": "other values"}}
    (root / "notebooks" / "scenarios" / "given.yaml").write_text(json.dumps(scenario), encoding="utf-8")
    options = first if way in ("file", "scenario") else [*first, *(x for n, v in given.items() for x in ("-p", f"{n}={v if isinstance(v, str) else json.dumps(v)}"))]  # fmt: skip
    if way == "both":
        given = {"hedge_about": 0.3, **given}
    commands = [("run", "other", *CALM, *options)]
    if way == "again":  # what was told of the run before must go
        commands.insert(0, ("run", "other", *CALM, "-p", "hedge_about=0.4", "-p", "whole=99"))
    commands.append(
        draw.choice((("claims", "--run", "other"), ("export", "-f", "html", "other"), ("verify", "other")))
    )
    return Given(f"{way} {given}", commands, holds=partial(_parameters_hold, given=given))


_DEFAULTS: dict[str, Any] = {
    "hedge_about": 0.05,
    "text": "first",
    "number": 1.5,
    "whole": 3,
    "is_on": False,
    "many": [1, 2],
    "perhaps": None,
}


def _parameters_hold(root: Path, done: Sequence[Done], given: dict[str, Any]) -> Iterator[str]:
    run = root / "reports" / "other"
    if done[-2].code != 0:
        if done[-2].code == 1 or not any(name in done[-2].err for name in given):
            yield f"the run was not made: {done[-2].err.strip()[-200:]}"
        return
    changed = {
        n
        for n, v in given.items()
        if v != _DEFAULTS[n] or isinstance(v, bool) != isinstance(_DEFAULTS[n], bool)
    }
    pages = list(_pages(run))
    exported = root / "reports" / "exports" / "other.html"
    if exported.is_file():
        text = exported.read_text("utf-8")
        pages.append(("the single file", html.unescape(text.partition("<h1")[0]), text))
    for page, before, _ in pages:
        notice = before.rpartition("</header>")[2]
        told = {name for name in _DEFAULTS if re.search(rf"\b{name} (is|取) ", notice)}
        if told != changed:
            yield f"{page} tells of {sorted(told)}, not of {sorted(changed)}"
    said = done[-1].out + done[-1].err
    for name in changed:
        if f"{name}=" not in said:
            yield f"the command does not say {name}"
    if not changed and "default parameters" not in said:
        yield "the command does not say that the parameters are the defaults"


# --- comparisons -----------------------------------------------------------------------------------------------------


def comparisons(draw: Random, root: Path) -> Given:
    """Two runs between which something moved: each number with its old and new value, a rate by points, both ways the same."""
    series = root / "data" / "series" / "trips.csv"
    notebook = root / "notebooks" / "01_first.ipynb"
    way = draw.choice(
        (
            "value",
            "value",
            "value",
            "parameter",
            "nothing",
            "row gone",
            "ledger",
            "printed",
            "notebook gone",
            "prose",
            "words",
        )
    )
    options: list[str] = []
    before = series.read_text("utf-8")
    if way == "value":
        new = draw.choice(
            ("413", "412.0", "0.001", "1e3", "999999999", "412.000001", "-412", "40", "1", "824", "4120")
        )
        series.write_text(before.replace(",412,", f",{new},"), encoding="utf-8")
    elif way == "parameter":
        options = ["-p", f"hedge_about={draw.choice((0.0, 0.01, 0.2, 0.5))}"]
    elif way == "row gone":
        lines = before.splitlines()
        series.write_text("\n".join(lines[: draw.randrange(1, len(lines))]) + "\n", encoding="utf-8")
    elif way in ("ledger", "printed"):
        ledger = root / "data" / "report" / "claims.csv"
        old, new = (
            ("40", draw.choice(("41", "4", "40.0", "39")))
            if way == "printed"
            else ("about ", draw.choice(("", "nearly ", "more than ")))
        )
        ledger.write_text(ledger.read_text("utf-8").replace(old, new), encoding="utf-8")
    elif way == "notebook gone":
        notebook.unlink()
    elif way in ("prose", "words"):
        content = json.loads(notebook.read_text("utf-8"))
        made = (
            {"cell_type": "markdown", "id": "more", "metadata": {}, "source": spoiling.text(draw)[:500]}
            if way == "prose"
            else {**cell("print('more words')"), "id": "more"}
        )
        content["cells"].append(made)
        notebook.write_text(json.dumps(content), encoding="utf-8")
    commands = [
        ("run", "after", *CALM, *options),
        ("compare", "default", "after", "--json"),
        ("compare", "after", "default", "--json"),
        ("compare", "default", "after"),
    ]
    return Given(f"{way} {options}", commands, holds=_comparisons_hold)


def _numbers(run: Path) -> dict[str, tuple[str, str]]:
    path = run / "results" / "checks.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        return {r["check_id"]: (r["computed"], r["unit"]) for r in csv.DictReader(stream)}


def _comparisons_hold(root: Path, done: Sequence[Done]) -> Iterator[str]:
    if done[0].code != 0 or any(d.code == 2 for d in done[1:]):
        return
    there, back = json.loads(done[1].out), json.loads(done[2].out)
    mirrored = {m["check_id"]: (m["after"], m["before"]) for m in back["numbers"]}
    if mirrored != {m["check_id"]: (m["before"], m["after"]) for m in there["numbers"]}:
        yield "the way back is another"
    before, after = _numbers(root / "reports" / "default"), _numbers(root / "reports" / "after")
    told = {m["check_id"]: m for m in there["numbers"]}
    for check in before.keys() & after.keys():
        (was, unit), (now, _) = before[check], after[check]
        has_moved = bool(was and now) and not math.isclose(float(was), float(now), rel_tol=1e-9)
        if has_moved != (check in told):
            yield f"{check}: {was} → {now} is {'not ' if has_moved else ''}told"
        if check in told:
            moved = told[check]
            if (float(moved["before"]), float(moved["after"])) != (float(was), float(now)):
                yield f"{check}: {moved['before']} → {moved['after']} is not {was} → {now}"
            if (moved["points"] is not None) != (unit in ("%", "percent", "个百分点", "points")):
                yield f"{check} in {unit} moves by {moved['points']} points"
    if (there["is_same"] if "is_same" in there else done[1].code == 0) != (done[1].code == 0):
        yield "exit code and words differ"
    page = root / "reports" / "compare-default-after.html"
    if not page.is_file():
        yield "no page was written"


# --- terminals -------------------------------------------------------------------------------------------------------

_WORDS = (
    ("run", *QUICK, "--no-html"), ("claims",), ("claims", "cyclists-share"), ("params",), ("verify",), ("runs",), ("data", "validate"), ("census", "text.txt"), ("compare", "narrow", "default"),
    ("cache", "info"), ("data", "dictionary"), ("export", "-f", "html,xlsx"), ("claims", "中文"), ("runs", "open", "--print"), ("runs", "remove", "narrow"), ("runs", "remove", "报告"), ("claims", "--format", "csv"), ("run", "名", "--no-html", *QUICK),
    ("runs", "open", "narrow", "--print"), ("runs", "remove", "narrow", "narrow"), ("runs", "remove", "sweeps/two"), ("runs", "remove", "narrow", "nothing"), ("runs", "open", "sweeps/two", "--print"), ("runs", "remove", "reports/narrow/"),
    ("sweep", "new", "-q", "-p", "hedge_about=0.02,0.05"), ("export", "narrow"), ("export", "-f", "pdf"), ("export", "-f", "html,pdf"), ("baseline", "--check", "--engine", "warm"), ("cache", "clear"), ("params", "hedge_about"),
)  # fmt: skip


def terminals(draw: Random, root: Path) -> Given:
    """A terminal of another encoding or width, without a browser; a JSON answer is JSON whatever it says."""
    title = draw.choice(("中文 − ≈ 😀", "é ½", "한글", "plain", "−5 → 6"))
    settings = root / "report.toml"
    settings.write_text(settings.read_text("utf-8").replace("Trips", title, 1), encoding="utf-8")
    command = draw.choice(_WORDS)
    variables = {
        "PYTHONIOENCODING": draw.choice(("gbk", "ascii", "latin-1", "cp1252", "big5", "utf-8", "cp437", "shift_jis")), "COLUMNS": draw.choice(("1", "20", "80", "400", "x", "")),
        "CHROME": "/no/such/browser", "TERM": draw.choice(("dumb", "xterm", "", "unset")), "NO_COLOR": draw.choice(("", "1", "unset")),
    }  # fmt: skip
    is_json = draw.random() < 0.5 and command[:2] != ("runs", "open") and "--format" not in command
    if is_json:
        command = (*command, "--json")
    return Given(f"{variables['PYTHONIOENCODING']} {title}", [command], holds=partial(_terminals_hold, command=command, is_json=is_json), around=Around(variables), written=("reports/*",) if command[:2] == ("runs", "remove") else ())  # fmt: skip


def _terminals_hold(root: Path, done: Sequence[Done], command: Sequence[str], is_json: bool) -> Iterator[str]:
    last = done[-1]
    if is_json and last.code in (0, 1):
        try:
            json.loads(last.out)
        except ValueError as error:
            yield f"no JSON: {error}: {last.out[:200]!r}"
    gone = {n for n in ("default", "narrow", "sweeps/two") if not (root / "reports" / n).is_dir()}
    removed = {"narrow", "sweeps/two"} & {a.removeprefix("reports/").rstrip("/") for a in command} if command[:2] == ("runs", "remove") else set()  # fmt: skip
    if gone != (removed if last.code == 0 else set()):
        yield f"gone: {sorted(gone)}"
