"""The command line as a user meets it: help, exit codes, messages, speed of a refusal."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analysis import cli, errors
from analysis.commands import run
from analysis.site import sheet, source
from analysis.suite import environment, process
from analysis.suite.project import Project
from analysis.suite.run import Settings
from tests.command_line import ended
from tests.miniature import ENGINE, rows, write

RATE = "fx_rate: PositiveFloat = 6.9  # CNY per USD"


def call(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analysis", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)


def imported(root: Path, *arguments: str) -> set[str]:
    """Top-level modules that a command has imported when it ends."""
    script = (
        "import sys\nfrom analysis import cli\n"
        f"try:\n    cli.main({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.__stdout__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    return set(eval(done.stdout.splitlines()[-1]))


@pytest.fixture
def one(tmp_path: Path) -> Path:
    write(tmp_path, "01_first", rows("claims", "[{'claim_id': 'a', 'verdict': 'hedged'}]"), parameters=RATE)
    return tmp_path


def test_help_lists_every_command_and_imports_nothing_heavy(one: Path) -> None:
    shown = call(one, "--help")
    assert shown.returncode == 0
    assert all(name in shown.stdout for name in cli.COMMANDS)
    assert not imported(one, "--help") & {
        "pandas",
        "papermill",
        "nbconvert",
        "nbformat",
        "pydantic",
        "rich",
        "yaml",
    }


def test_a_refused_parameter_starts_nothing_heavy(one: Path) -> None:
    refused = call(one, "run", "-p", "fx_rat=7")
    assert refused.returncode == 2
    assert (
        refused.stderr
        == "Error: No notebook declares the parameter fx_rat. Did you mean fx_rate (01_first)?\n"
    )
    heavy = {"pandas", "papermill", "nbconvert", "nbformat", "numpy", "matplotlib"}
    assert not imported(one, "run", "-p", "fx_rat=7") & heavy
    assert not (one / "reports").exists()


PLAIN = {"name": "done"}
OWN = {"own_data": None, "what_if": ()}


@pytest.mark.skipif(not process.available(), reason="needs forks")
@pytest.mark.parametrize(
    ("asked", "options", "starts"),
    [
        ({"name": "new"}, {}, True),
        (PLAIN, {}, False),
        (PLAIN | {"values": {"rate": 7}}, {}, True),
        (PLAIN | {"cache": False}, {}, True),
        ({"name": "new", "engine": "stock"}, {}, False),
        ({"name": "new"}, {"own_data": Path("mine")}, False),
        ({"name": "new"}, {"what_if": ("a:b@2020=1",)}, False),
    ],
)
def test_imports_begin_ahead_where_something_will_likely_run(
    one: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], options: dict[str, Any], starts: bool
) -> None:
    (one / "reports" / "done").mkdir(parents=True)
    (one / "reports" / "done" / "manifest.json").write_text("{}")
    began: list[Path] = []
    monkeypatch.setattr(process.Runner, "start", lambda runner: began.append(Path.cwd()))
    run._begin_imports(Project(one), Settings(**asked), {**OWN, **options})  # type: ignore[typeddict-item]
    assert began == [one / "notebooks"] * starts


def test_what_cannot_be_prepared_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / ".cache").write_text("a file in its place")
    os.umask(mask := os.umask(0o077))
    before = dict(os.environ), Path.cwd(), mask
    with pytest.raises(OSError), environment.prepared(tmp_path):
        raise AssertionError("it was not prepared")
    os.umask(mask := os.umask(0o077))
    assert (dict(os.environ), Path.cwd(), mask) == before


def test_what_hinders_imports_ahead_is_told_by_the_run(one: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(process.Runner, "start", refuse)
    run._begin_imports(Project(one), Settings("new"), OWN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rum",), "There is no command 'rum'; did you mean run?"),
        (("runs", "rm", "done"), "There is no command 'rm' of runs; there are: open, remove."),
        (("data", "vaildate"), "There is no command 'vaildate' of data; did you mean validate?"),
        (("run", "-p", "fx_rate"), "write name=value"),
        (("run", "--only", "9*"), "no notebook has such a name. There are: 01_first."),
        (("run", "--params-file", "none.yaml"), "none.yaml: there is no such file"),
        (("verify",), "There is no run default; there are: done."),
        (("params", "07"), "07: no such notebook; there are: 01_first."),
        (("--project", "nowhere", "params"), "No notebooks/*.ipynb in"),
        (("run", ""), "'' cannot be the name of a run"),
        (
            ("export", "--format", "xlsx", "--output", "pyproject.toml/out", "done"),
            "--output pyproject.toml/out: ",
        ),
    ],
)
def test_mistakes_end_with_one_message_and_code_2(
    one: Path, arguments: tuple[str, ...], message: str
) -> None:
    (one / "reports" / "done").mkdir(parents=True)
    (one / "reports" / "done" / "manifest.json").write_text("{}")
    done = ended(one, *arguments)
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "9" * 8000),
        ("run", "--timeout", "9" * 8000),
        ("x" * 8000,),
        ("run", "-p", "fx_rate=" + "9" * 8000),
    ],
)
def test_a_message_is_never_longer_than_anybody_reads(one: Path, arguments: tuple[str, ...]) -> None:
    done = ended(one, *arguments)
    assert done.code == 2
    assert len(done.err) < 1200 and ("9" * 60 in done.err or "x" * 60 in done.err)


@pytest.mark.parametrize(
    ("first", "then", "spoken"),
    [
        ("both", (), {"en", "zh"}), ("zh", (), {"en", "zh"}), ("en", (), {"en"}), ("both", ("-p", "fx_rate=7"), {"en", "zh"}),
        ("both", ("--language", "en"), {"en"}), ("both", ("--language", "zh"), {"zh"}), ("both", ("-p", "language=en"), {"en"}),
    ],
)  # fmt: skip
def test_a_run_keeps_the_languages_of_the_one_that_it_replaces_unless_told(
    tmp_path: Path, first: str, then: tuple[str, ...], spoken: set[str]
) -> None:
    write(tmp_path, "01_first", "language", parameters=f'{RATE}\nlanguage: Language = "en"')
    quickly = ("--no-html", "--engine", ENGINE, "-q")
    assert ended(tmp_path, "run", "kept", "--language", first, *quickly).code == 0
    said = ended(tmp_path, "run", "kept", *then, *quickly)
    assert said.code == 0
    ran = (tmp_path / "reports" / "kept" / "notebooks").rglob("*.ipynb")
    assert {json.loads(p.read_text())["cells"][-1]["outputs"][0]["data"]["text/plain"][0] for p in ran} == {
        repr(language) for language in spoken
    }
    assert ("中文 too, as the run that this one replaces" in said.out) == ("zh" in spoken and "en" in spoken)


def claim(claim_id: str, kind: str, verdict: str, repeats: str = "") -> dict[str, str]:
    blank = dict.fromkeys(("section", "exhibit", "period", "printed", "unit"), "1")
    return blank | {"hedge": "", "claim_id": claim_id, "kind": kind, "verdict": verdict, "repeats": repeats}


def test_the_page_of_a_failed_run_tells_what_the_terminal_does(tmp_path: Path) -> None:
    write(tmp_path, "01_first", "1 / 0")
    write(tmp_path, "02_second", "1", needs=("01_first",))
    said = ended(tmp_path, "run", "mine", "--engine", ENGINE)
    assert "Failed: 01_first, cell 1 (cell-1), line 1: ZeroDivisionError: division by zero" in said.err
    page = (tmp_path / "reports" / "mine-failed" / "index.html").read_text(encoding="utf-8")
    notice = re.sub("<[^>]+>", "", page.split('class="failure"')[1].split("</div>")[0])
    assert "01_first, cell 1 (cell-1): ZeroDivisionError: division by zero" in notice
    assert "Not run, because what they need failed: 02_second" in notice
    assert "Mend what is named, then go on with: analysis run mine" in notice

    sheet.write(source.read(tmp_path / "reports" / "mine-failed"), tmp_path / "x.xlsx")
    about = [
        row[0] for row in openpyxl.load_workbook(tmp_path / "x.xlsx")["About"].iter_rows(values_only=True)
    ]
    assert "01_first, cell 1 (cell-1), line 1: ZeroDivisionError: division by zero" in about
    assert "Not run, because what they need failed: 02_second." in about
    assert "Mend what is named, then go on with: analysis run mine" in about


def test_a_cell_has_the_same_number_with_and_without_the_parameters_of_a_run(tmp_path: Path) -> None:
    write(tmp_path, "01_first", "1 / 0", parameters=RATE)
    for given in ((), ("-p", "fx_rate=7.1")):
        said = ended(tmp_path, "run", "mine", *given, "--engine", ENGINE, "--no-html")
        assert "Failed: 01_first, cell 3 (cell-3), line 1: ZeroDivisionError" in said.err


CLAIMS = [
    claim("a", "level", "reproduced"), claim("b", "level", "reproduced", "a"),
    claim("c", "form", "holds"), claim("d", "form", "holds", "c"),
]  # fmt: skip


def test_the_terminal_says_how_the_pages_count(tmp_path: Path) -> None:
    write(tmp_path, "01_first", rows("claims", repr(CLAIMS)))
    said = ended(tmp_path, "run", "--no-html", "--no-cache", "--engine", ENGINE)
    *_, claims, pages = said.out.splitlines()
    assert claims == "4 claims: 2 reproduced, 2 holds"
    assert pages.startswith("The pages count 1 statement, and 1 apart that says how many things are listed; ")
    assert pages.endswith("; 2 said again (1 reproduced, 1 holds) are not counted twice.")


def test_run_verify_and_params_as_a_user_sees_them(one: Path) -> None:
    run = ended(one, "run", "--no-html", "--no-cache", "--engine", ENGINE)
    assert run.code == 0, run.err
    lines = run.out.splitlines()
    assert lines[0].startswith("1 notebook: 1 run in ")
    assert lines[1:] == ["reports/default", "1 claim: 1 hedged"]
    assert "✓ 01_first  ok" in run.err
    verified = ended(one, "verify")
    assert (verified.code, verified.out) == (
        0,
        "All 4 files of default (default parameters) are as its manifest says.\n",
    )
    (one / "reports" / "default" / "results" / "claims.csv").write_text("x")
    broken = ended(one, "verify", "default")
    assert broken.code == 1
    assert broken.out == "output changed: results/claims.csv\n"
    listed = json.loads(ended(one, "params", "--json").out)
    assert listed["parameters"] == [
        {
            "name": "fx_rate", "type": "PositiveFloat", "allowed": "a number above 0", "alternatives": [],
            "default": 6.9, "help": "CNY per USD", "notebooks": ["01_first"], "verdicts_that_turn": [],
            "claims_it_reaches": [],
        }
    ]  # fmt: skip


def test_params_name_the_verdicts_that_turned_in_the_last_sweep(one: Path) -> None:
    assert "is known after" not in ended(one, "params").out, "it has no claims"
    (one / "data" / "report").mkdir(parents=True)
    (one / "data" / "report" / "claims.csv").write_text("claim_id\n")
    assert "is known after: analysis sweep --default" in ended(one, "params").out
    for folder, row in (
        (one / "data" / "sweep", "old,fragile,2,fx_rate,\nkept,fragile,2,fx_rate,fx_rate"),
        (one / "reports" / "sweeps" / "latest" / "results", "old,robust,2,,fx_rate other"),
    ):
        folder.mkdir(parents=True)
        (folder / "robustness.csv").write_text(f"claim_id,robust,universes,flips_on,moves_on\n{row}\n")
    said = ended(one, "params").out
    assert "turns the verdicts of 1: kept\n" in said
    assert "reaches 2: old, kept\n" in said and "is known after" not in said
    (one / "data" / "sweep" / "robustness.csv").write_text("something,else\n1,2\n")
    refused = ended(one, "params")
    assert refused.code == 2 and "Traceback" not in refused.err
    assert "robustness.csv, row 2, column claim_id: field required" in refused.err


def test_a_failed_run_exits_1_and_says_where(one: Path) -> None:
    write(one, "02_second", "x = 1\nx / 0")
    run = ended(one, "run", "--no-html", "--no-cache", "--engine", ENGINE)
    assert run.code == 1
    assert "Failed: 02_second, cell 1 (cell-1), line 2: ZeroDivisionError: division by zero" in run.err
    assert "reports/default-failed/notebooks/02_second.ipynb" in run.err
    assert "it is kept as default-failed" in run.out
    asked = ended(one, "run", "--no-html", "--no-cache", "--engine", ENGINE, "--json", "--only", "02*")
    told = json.loads(asked.out)
    assert (told["ok"], told["notebooks"][0]["failure"]["line"]) == (False, 2)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_refusal_of_the_system_is_one_message(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(**options: object) -> None:
        raise OSError(number, os.strerror(number), "data/README.md")

    monkeypatch.setattr(cli.cli, "main", refuse)
    with pytest.raises(SystemExit) as left:
        cli.main(["data", "dictionary"])
    assert left.value.code == 2
    assert capsys.readouterr().err == f"Error: {os.strerror(number)} (data/README.md).\n"


@pytest.mark.parametrize(
    "error", [ProcessLookupError(errno.ESRCH, "No such process"), KeyError("x"), RecursionError("deep")]
)
def test_the_unforeseen_is_one_line_and_a_report_to_send(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(**options: object) -> None:
        raise error

    monkeypatch.setattr(cli.cli, "main", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify"])
    said = capsys.readouterr().err
    (report,) = tmp_path.glob("analysis-error-*.txt")
    assert ended.value.code == cli.UNFORESEEN
    assert len(said.splitlines()) == 1 and str(report) in said and type(error).__name__ in said
    assert "Traceback" in report.read_text(encoding="utf-8")
    assert str(Path.home()) not in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("")])
def test_the_unforeseen_on_a_full_disk_is_one_line_too(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(**options: object) -> None:
        raise error

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cli.cli, "main", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify"])
    said = capsys.readouterr().err
    assert ended.value.code == cli.UNFORESEEN and len(said.splitlines()) == 1
    assert type(error).__name__ in said and "No space left on device" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("said", "told"), [("[Errno 27] File too large: 'a' -> 'b'", "File too large (b)"), ("`a` is a named pipe", "`a` is a named pipe (b)")]
)  # fmt: skip
def test_a_refusal_of_many_files_names_the_first(said: str, told: str) -> None:
    assert errors.refusal(shutil.Error([("a", "b", said), ("c", "d", "another")])) == told
