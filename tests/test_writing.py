"""Every file appears in one step: full disks, refusals and signals leave what was there, and nothing else."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from analysis import writing
from analysis.cli import cli
from analysis.errors import UserError
from analysis.suite import files, manifest, sweep
from analysis.suite.project import Project
from tests import miniature
from tests.command_line import Said, ended
from tests.engine_tools import living
from tests.test_site_export import project as project  # a fixture
from tests.test_suite_run import contents
from tests.test_sweep_run import KEEP, PARAMETERS, ROWS, stored
from tests.test_sweep_run import project as swept  # noqa: F401  # a fixture


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    found = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


@settings(max_examples=30)
@given(
    old=st.binary(max_size=50),
    new=st.binary(max_size=50),
    step=st.sampled_from(["write", "fsync", "chmod", "replace"]),
)
def test_a_refusal_at_any_step_leaves_the_old_file(
    tmp_path_factory: pytest.TempPathFactory, old: bytes, new: bytes, step: str
) -> None:
    folder = tmp_path_factory.mktemp("refused")
    (folder / "a.txt").write_bytes(old)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        if step == "write":
            patch.setattr(writing.os, "fdopen", refuse)
        elif step == "fsync":
            patch.setattr(writing.os, "fsync", refuse)
        else:
            patch.setattr(Path, step, refuse)
        with pytest.raises(OSError, match=r"No space left on device.*a\.txt"):
            writing.write_atomically(folder / "a.txt", new)
    assert listing(folder) == {"a.txt": old}
    writing.write_atomically(folder / "a.txt", new)
    assert listing(folder) == {"a.txt": new}


def test_a_signal_at_any_moment_leaves_nothing_beside_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """600 times at another microsecond of a staging folder and of two files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    drawn, stopped, is_armed = random.Random(1), 0, False

    def interrupt(*_: object) -> None:
        if is_armed:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for number in range(600):
            try:
                is_armed = True
                signal.setitimer(signal.ITIMER_REAL, drawn.uniform(1e-5, drawn.choice((1.5e-3, 1e-2))))
                with files.scratch("x") as folder:
                    writing.write_atomically(folder / "b.txt", b"b", is_durable=False)
                    writing.write_atomically(tmp_path / "a.txt", f"{number}", is_durable=False)
                is_armed = False  # the last that may be stopped: what comes later must not end the tests
            except KeyboardInterrupt:
                stopped += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert {p.name for p in tmp_path.iterdir()} <= {"a.txt"}
    finally:
        signal.signal(signal.SIGALRM, before)
    assert 20 < stopped < 600


@pytest.mark.parametrize("half", ["\ud800", "\udcff", "x\udfff\n"])
def test_text_that_no_file_can_hold_is_told_and_leaves_the_old_file(tmp_path: Path, half: str) -> None:
    path = tmp_path / "kept.txt"
    path.write_text("old")
    with pytest.raises(UserError, match=r"kept\.txt: .* is no character"):
        writing.write_atomically(path, f"new {half}")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("kept.txt", "old")]


def test_what_a_killed_process_left_of_a_file_goes_with_the_next(tmp_path: Path) -> None:
    dead, living, other = (tmp_path / f".staging-{name}" for name in ("a.txt-1", "a.txt-2", "b.txt-1"))
    for path in (dead, living, other):
        path.write_text("half")
    with living.open() as held:
        assert writing.mark_as_living(held.fileno())
        writing.write_atomically(tmp_path / "a.txt", "whole")
    assert {p.name for p in tmp_path.iterdir()} == {"a.txt", living.name, other.name}


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda p: p.symlink_to("/dev/null")])
def test_only_files_are_replaced(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "there")
    with pytest.raises(UserError, match="there is .*; name a file to write to"):
        writing.write_atomically(tmp_path / "there", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["there"]


def analysis(root: Path, *arguments: str, limit: int = 0, **variables: str) -> subprocess.Popen[str]:
    """The command in a process of its own; limit: the bytes that a file may have there, as on a disk that is full."""

    def bounded() -> None:
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "analysis", "--project", str(root), *arguments],
        env={**os.environ, **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=bounded,
    )  # fmt: skip


def export_here(root: Path, patch: pytest.MonkeyPatch, *arguments: str, **variables: str) -> Said:
    """An export in this process, with those variables set."""
    for name, value in variables.items():
        patch.setenv(name, value)
    patch.setattr("tempfile.tempdir", None)  # which is found in TMPDIR, once
    return ended(root, "export", "first", *arguments)


BROWSER = """#!/bin/sh
for option in "$@"; do case $option in --print-to-pdf=*) target=${option#*=};; --user-data-dir=*) profile=${option#*=};; esac; done
mkdir -p "$profile"; touch "$TMPDIR/socket"
{ending}
"""


def browser(folder: Path, ending: str) -> str:
    pages = PdfWriter()
    for _ in range(40):
        pages.add_blank_page(500, 700)
    pages.write(folder / "blank.pdf")
    program = folder / "chrome"
    program.write_text(BROWSER.replace("{ending}", ending))
    program.chmod(0o755)
    return str(program)


PRINTS = 'cp "$(dirname $0)/blank.pdf" $target'


@pytest.mark.slow("an export in a process of its own, for a limit of the process is its own")
@pytest.mark.parametrize(
    "form", ["pdf", *(pytest.param(form, marks=pytest.mark.deep) for form in ("html", "xlsx"))]
)
def test_a_full_disk_leaves_the_good_export_and_names_the_file(
    project: Path, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    (prints := tmp_path / "bin").mkdir()
    run = {"CHROME": browser(prints, PRINTS), "TMPDIR": str(temporary)}
    arguments = ("-f", form, "-o", str(tmp_path / "out"))
    assert export_here(project, monkeypatch, *arguments, **run).code == 0
    good = listing(tmp_path / "out")
    assert good
    assert not list(temporary.iterdir())
    full = analysis(project, "export", "first", *arguments, limit=2_000, **run)
    _, said = full.communicate(timeout=60)
    assert full.returncode == 2 and "Traceback" not in said
    assert listing(tmp_path / "out") == good
    assert not list(temporary.iterdir())


NO_PDF = {
    "nothing": ":", "an empty file": ": > $target", "words": "echo no > $target", "half": 'head -c 900 "$(dirname $0)/blank.pdf" > $target',
    "only a head": "printf '%%PDF-1.7\\n%%%%EOF' > $target", "a folder": "mkdir $target", "noise": "head -c 5000 /dev/urandom > $target", "a complaint": "echo no display >&2; exit 3", "a crash": "kill -SEGV $$",
    "a pipe": "mkfifo $target",
}  # fmt: skip


@pytest.mark.parametrize("form", ["pdf", "brief"])
@pytest.mark.parametrize("what", [*NO_PDF, "not a program"])
def test_a_browser_that_prints_no_pdf_is_named_in_one_line(
    project: Path, tmp_path: Path, what: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    (out := tmp_path / "out").mkdir()
    (out / "first.pdf").write_bytes(b"the last good one")
    program = browser(tmp_path, NO_PDF.get(what, ""))
    if what == "not a program":
        Path(program).write_bytes(b"\x7fELF")
    said = export_here(
        project, monkeypatch, "-f", form, "-o", str(out), CHROME=program, TMPDIR=str(temporary)
    )
    assert said.code == 2 and len(said.err.strip().splitlines()) == 1 and program in said.err, said
    assert listing(out) == {"first.pdf": b"the last good one"} and not list(temporary.iterdir())


@pytest.mark.slow("an export in a process of its own, which is killed")
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        *(pytest.param(n, marks=pytest.mark.deep) for n in (signal.SIGKILL, signal.SIGHUP, signal.SIGINT)),
    ],
)
def test_a_signal_leaves_no_browser_profile_or_half_file(
    project: Path, tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    (hangs := tmp_path / "bin").mkdir()
    (out := tmp_path / "out").mkdir()
    (out / "first.pdf").write_bytes(b"the last good one")
    hanging = f"sleep 300 & echo $! > {hangs}/helper; echo $$ > {hangs}/pid; wait"
    run = {"CHROME": browser(hangs, hanging), "TMPDIR": str(temporary)}
    process = analysis(project, "export", "first", "-f", "pdf", "-o", str(out), **run)
    deadline = time.monotonic() + 60
    while not (hangs / "pid").exists() or not (hangs / "pid").read_text().strip():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    ours = [int((hangs / "pid").read_text())]
    if number != signal.SIGKILL:  # Chromium's helpers end with it, whatever ends it; a shell's do not
        assert said.strip() == "Stopped." and process.returncode == 130
        assert not list(temporary.iterdir())
        ours.append(int((hangs / "helper").read_text()))
    else:
        os.kill(int((hangs / "helper").read_text()), signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any(map(living, ours)):
        assert time.monotonic() < deadline, "a browser outlived the command"
        time.sleep(0.05)
    assert listing(out) == {"first.pdf": b"the last good one"}
    run["CHROME"] = browser(hangs, PRINTS)
    assert export_here(project, monkeypatch, "-f", "pdf", "-o", str(out), **run).code == 0
    assert not list(temporary.iterdir()), "what a killed command left goes with the next"


MEDDLING = {
    "data": "from pathlib import Path\nPath('../data/a.csv').write_text('changed')",
    "same bytes": "from pathlib import Path\np = Path('../data/a.csv'); p.write_bytes(p.read_bytes())",
    "new data": "from pathlib import Path\nPath('../data/b.csv').write_text('new')",
    "data gone": "import os\nos.remove('../data/a.csv')",
    "a notebook": "from pathlib import Path\np = Path('02_last.ipynb'); p.write_text(p.read_text() + ' ')",
    "beside the notebooks": "from pathlib import Path\nPath('out.csv').write_text('x')",
    "the run": "import os\nfrom pathlib import Path\nfor p in Path('../reports').glob('.staging-*'): (p / 'x.csv').write_text('x')",
    "inputs of the run": "from pathlib import Path\nfor p in Path('../reports').glob('.staging-*/inputs/data/a.csv'): p.write_text('x')",
    "all of the run": "import shutil\nfrom pathlib import Path\nfor p in Path('../reports').glob('.staging-*'): shutil.rmtree(p / 'inputs')",
    "settings": "from pathlib import Path\np = Path('../report.toml'); p.write_text(p.read_text() + '# x')",
    "a folder": "import os\nos.mkdir('../data/more')",
    "a folder beside the notebooks": "import os\nos.makedirs('new/er')",
    "another run": "import shutil\nshutil.rmtree('../reports/default')",
    "another program": "import subprocess\nsubprocess.run(['touch', '../data/a.csv'])",
}  # fmt: skip


@pytest.fixture(scope="module", params=["warm", pytest.param("stock", marks=pytest.mark.deep)])
def harmless(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """An engine, and a project that it ran; tests take copies."""
    root, engine = tmp_path_factory.mktemp("harmless"), str(request.param)
    (root / "data").mkdir()
    (root / "data" / "a.csv").write_text("a\n1\n")
    source = "import tempfile, pathlib\nwith tempfile.TemporaryDirectory() as f: pathlib.Path(f, 'x').write_text('x')"
    miniature.write(root, "01_first", source)
    miniature.write(root, "02_last", "1", needs=("01_first",))
    assert miniature.run_all(root, engine=engine).is_ok
    return engine, root


@pytest.mark.slow("Jupyter's own kernel starts for each notebook")
@pytest.mark.parametrize("kind", list(MEDDLING))
def test_a_cell_that_changes_what_the_run_rests_on_is_noticed(
    tmp_path: Path, kind: str, harmless: tuple[str, Path]
) -> None:
    engine, root = harmless
    shutil.copytree(root, tmp_path, symlinks=True, dirs_exist_ok=True)
    good = contents(tmp_path / "reports" / "default")
    miniature.write(tmp_path, "01_first", MEDDLING[kind])
    only = () if engine == "warm" else ("01_first",)  # a kernel takes a second to start
    outcome = miniature.run_all(tmp_path, engine=engine, only=only)
    assert not outcome.is_ok and outcome.name == "default-failed"
    assert len(outcome.problems) == 1 and "results rest on" in outcome.problems[0]
    if engine == "warm" and kind not in ("another program", "all of the run"):  # what is seen by its name
        assert "01_first changed files" in outcome.problems[0]
    assert kind == "another run" or contents(tmp_path / "reports" / "default") == good


def test_a_sweep_whose_inputs_change_is_not_published(swept: Project) -> None:  # noqa: F811
    store = stored(swept, "fx_rate=1,2")

    def meddle(found: Project, *_: object) -> list[object]:
        miniature.write(found.root, "01_a", ROWS, "2", parameters=PARAMETERS)
        return []

    with pytest.raises(UserError, match=r"its inputs changed \(changed: notebooks/01_a\.ipynb\)"):
        sweep.run(swept, store, Quiet(), meddle)  # type: ignore[arg-type]
    assert not (swept.reports / "sweeps" / "try").exists()


class Quiet:
    """Hears nothing."""

    def begin(self, total: int, done: int) -> None: ...
    def case(self, stem: str, failed: bool) -> None: ...
    def end(self) -> None: ...


def test_a_finished_sweep_stays_until_the_next_is_complete(swept: Project) -> None:  # noqa: F811
    sweep.run(swept, stored(swept, "fx_rate=1,2"), Quiet())
    good = listing(swept.reports / "sweeps" / "try")
    second = stored(swept, "fx_rate=1,2,3")
    assert listing(swept.reports / "sweeps" / "try") == good

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep.run(swept, second, Quiet(), finish=fails)
    assert listing(swept.reports / "sweeps" / "try") == good
    sweep.run(swept, sweep.resume(swept, "try", KEEP), Quiet())
    assert len(sweep.resume(swept, "try", KEEP).done()) == 3
    assert sorted(p.name for p in (swept.reports / "sweeps").iterdir()) == ["latest", "try"]


def test_a_sweep_killed_while_it_wrote_its_plan_is_in_nobodys_way(swept: Project) -> None:  # noqa: F811
    folder = swept.reports / "sweeps" / f"try{sweep.UNFINISHED}"
    folder.mkdir(parents=True)
    (folder / f"{writing.STAGING}plan.json-abcdefgh").write_text("{")
    store = stored(swept, "fx_rate=1,2")
    assert [p.name for p in store.folder.iterdir()] == ["plan.json"]


def test_two_sweeps_of_one_name_do_not_mix(swept: Project) -> None:  # noqa: F811
    store = stored(swept, "fx_rate=1,2")
    handle = files.lock(store.folder)  # as another process that is sweeping
    assert handle is not None
    for attempt in (
        lambda: stored(swept, "fx_rate=3,4"),
        lambda: sweep.run(swept, sweep.resume(swept, "try", KEEP), Quiet()),
    ):
        with pytest.raises(UserError, match="try is being made by another process"):
            attempt()
    os.close(handle)
    assert sweep.run(swept, store, Quiet()).cases == 2


@pytest.mark.parametrize("where", ["beyond", "empty", "here"])
def test_a_new_report_appears_whole(tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cycling"
    if where != "beyond":
        folder.mkdir()
    if where == "here":
        monkeypatch.chdir(folder)
    named = "." if where == "here" else str(folder)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.commands.new._describe", refuse)
        assert isinstance(CliRunner().invoke(cli, ["new", named]).exception, OSError)
    assert not folder.exists() or not list(folder.iterdir())
    assert CliRunner().invoke(cli, ["new", named]).exit_code == 0
    assert (folder / "report.toml").is_file() and (folder / ".gitignore").is_file()
    assert [p.name for p in tmp_path.iterdir()] == ["cycling"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_latest_that_is_no_link_is_said_before_anything_runs(tmp_path: Path, kind: str) -> None:
    miniature.write(tmp_path, "01_first", "1")
    (tmp_path / "reports").mkdir()
    latest = tmp_path / "reports" / "latest"
    latest.mkdir() if kind == "folder" else latest.write_text("x")
    with pytest.raises(
        UserError, match="latest must be a link to the last run, and is something else; remove it"
    ):
        miniature.run_all(tmp_path)
    assert [p.name for p in (tmp_path / "reports").iterdir()] == ["latest"]


def test_a_run_in_the_place_of_a_link_leaves_nothing_beside_it(tmp_path: Path) -> None:
    miniature.write(tmp_path, "01_first", "1")
    assert miniature.run_all(tmp_path, name="one").is_ok
    (tmp_path / "reports" / "default").symlink_to("one")
    assert miniature.run_all(tmp_path).is_ok
    assert (tmp_path / "reports" / "one" / manifest.NAME).is_file()
    assert not list((tmp_path / "reports").glob(".*"))


def test_files_that_belong_together_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    """One of two that is new would say what the other does not."""
    first, second = tmp_path / "a" / "first", tmp_path / "second"
    second.mkdir()
    with pytest.raises(UserError, match="second is a folder"):
        writing.write_together({first: "1", second: "2"})
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == []
    second.rmdir()
    writing.write_together({first: "1", second: b"2"})
    assert (first.read_text(), second.read_text()) == ("1", "2")
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["first", "second"]
