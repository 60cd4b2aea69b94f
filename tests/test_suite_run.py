"""Runs of miniature projects: order, failures, publication, interruption, and sameness of bytes."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import UserError
from analysis.mime import FIGURE, SVG
from analysis.suite import collect, files, manifest
from analysis.suite.document import read
from analysis.suite.project import Project
from analysis.suite.run import Interrupted
from tests.miniature import ENGINE, contents, rows, run_all, write

RATE = 'fx_rate: PositiveFloat = 6.9  # CNY per USD\nlanguage: Language = "en"  # of labels'
CLAIM = rows("claims", "[{'claim_id': 'a', 'verdict': 'reproduced', 'value': fx_rate, 'language': language}]")


def small(root: Path) -> Path:
    """One notebook with a parameter and a claim, one without, and one that needs both."""
    write(root, "01_first", CLAIM, parameters=RATE)
    write(root, "02_second", rows("claims", "[{'claim_id': 'b', 'verdict': 'hedged'}]"))
    count = "from analysis.suite import collect\nprint(len(collect.rows('claims')))"
    write(root, "90_last", count, needs=("0*",))
    return root


def outputs_text(path: Path) -> str:
    return json.dumps([c.get("outputs") for c in read(path)["cells"]], ensure_ascii=False)


def test_versions_are_those_that_the_packages_say() -> None:
    """Only the heads of their descriptions are read."""
    said = {found.name: found.version for found in metadata.distributions()}
    assert {name: manifest._version(name) for name in said} == said
    listed = manifest.versions(Path(__file__).parents[1])
    assert {n: v for n, v in listed.items() if n in said} == {n: said[n] for n in listed if n in said}
    assert len(listed.keys() & said.keys()) > 15


def test_the_commit_is_told_with_its_day_whatever_git_is_set_to_show(tmp_path: Path) -> None:
    assert manifest._commit(tmp_path) is None
    as_one = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (
        ["init", "--quiet"],
        ["config", "log.showSignature", "true"],
        ["config", "color.ui", "always"],
        [*as_one, "commit", "--quiet", "--allow-empty", "--message", "A subject\n\nand a body", "--date", "2020-01-02T12:00:00Z"],
    ):  # fmt: skip
        subprocess.run(
            ["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True,
            env={**os.environ, "GIT_COMMITTER_DATE": "2021-03-04T12:00:00Z"},
        )  # fmt: skip
    told = manifest._commit(tmp_path)
    assert told is not None and len(told.pop("id")) == 40
    assert told == {"date": "2021-03-04", "is_dirty": False}
    (tmp_path / "new").write_text("1")
    assert (manifest._commit(tmp_path) or {})["is_dirty"] is False, (
        "what git does not know is no change of it"
    )
    subprocess.run(["git", "-C", str(tmp_path), "add", "new"], check=True)
    assert (manifest._commit(tmp_path) or {})["is_dirty"] is True


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project after a run with defaults; tests may not change it."""
    root = small(tmp_path_factory.mktemp("done"))
    outcome = run_all(root)
    assert outcome.is_ok
    return root


def test_a_run_holds_notebooks_results_and_manifest(done: Path) -> None:
    run = done / "reports" / "default"
    assert sorted(contents(run)) == [
        "inputs/pyproject.toml", "inputs/report.toml",
        "notebooks/01_first.ipynb", "notebooks/02_second.ipynb", "notebooks/90_last.ipynb", "results/claims.csv",
    ]  # fmt: skip
    assert (run / "results" / "claims.csv").read_text() == (
        "claim_id,language,value,verdict,notebook\na,en,6.9,reproduced,01_first\nb,,,hedged,02_second\n"
    )
    assert (done / "reports" / "latest").readlink() == Path("default")
    facts = manifest.read(run)
    assert facts["verdicts"] == {"reproduced": 1, "hedged": 1}
    assert facts["ok"] is True
    assert set(facts["outputs"]) == set(contents(run))
    assert set(facts["inputs"]) >= {"notebooks/01_first.ipynb"}
    assert [p.name for p in (done / "reports").iterdir() if p.name.startswith(".")] == []


def test_a_notebook_sees_the_results_of_the_run_it_is_in(done: Path) -> None:
    assert '"2\\n"' in outputs_text(done / "reports" / "default" / "notebooks" / "90_last.ipynb")


def test_verify_finds_what_was_changed_added_or_removed(done: Path, tmp_path: Path) -> None:
    run = tmp_path / "copy"
    shutil.copytree(done / "reports" / "default", run)
    assert manifest.output_differences(run) == []
    (run / "results" / "claims.csv").write_text("changed")
    (run / "notebooks" / "02_second.ipynb").unlink()
    (run / "extra.txt").write_text("x")
    assert manifest.output_differences(run) == [
        "added: extra.txt", "missing: notebooks/02_second.ipynb", "changed: results/claims.csv",
    ]  # fmt: skip
    (run / "manifest.json").write_text("{")
    with pytest.raises(UserError, match="is damaged"):
        manifest.output_differences(run)


def test_parameters_reach_exactly_the_notebooks_that_declare_them(tmp_path: Path) -> None:
    hostile = '\'); import os; os._exit(7)\n""" 广东'
    root = small(tmp_path)
    write(root, "01_first", "print(place)\n" + CLAIM, parameters=f'{RATE}\nplace: str = "x"')
    outcome = run_all(root, "fx_rate=7", f"place={hostile}", name="other")
    assert outcome.is_ok
    run = root / "reports" / "other"
    first, second = (read(run / "notebooks" / f"{s}.ipynb") for s in ("01_first", "02_second"))
    assert first["cells"][2]["source"] == f"# Parameters of this run\nfx_rate = 7.0\nplace = {hostile!r}"
    assert hostile in first["cells"][3]["outputs"][0]["text"]
    assert len(second["cells"]) == 1
    assert collect.rows("claims", run / "notebooks")[0]["value"] == 7.0
    facts = manifest.read(run)
    assert facts["parameters"] == {"fx_rate": 7.0, "place": hostile}
    assert facts["notebooks"]["02_second"]["parameters"] == {}


def test_variants_are_executed_beside_the_main_notebooks(tmp_path: Path) -> None:
    write(tmp_path, "01_first", CLAIM, parameters=RATE)
    outcome = run_all(tmp_path, variants={"zh": {"language": "zh"}})
    assert [n.name for n in outcome.notebooks] == ["01_first", "zh/01_first"]
    run = tmp_path / "reports" / "default"
    assert "language = 'zh'" in read(run / "notebooks" / "zh" / "01_first.ipynb")["cells"][2]["source"]
    assert (run / "results" / "claims.csv").read_text().count("\n") == 2


def test_variants_run_side_by_side_and_need_only_their_own(tmp_path: Path) -> None:
    """The second notebook waits for the first of the other variant, which fails there."""
    language, there = 'language: str = "en"', f"from pathlib import Path\nthere = Path({str(tmp_path)!r})\n"
    waits = f"""{there}
import time
deadline = time.monotonic() + 60
while language == "en" and not (there / "zh").exists():
    assert time.monotonic() < deadline, "the other variant did not begin"
    time.sleep(0.01)
"""
    write(
        tmp_path,
        "01_first",
        f'{there}(there / language).touch()\nassert language == "en"',
        parameters=language,
    )
    write(tmp_path, "02_second", waits, parameters=language)
    write(tmp_path, "90_last", "2", needs=("01_first", "02_second"))
    outcome = run_all(tmp_path, variants={"zh": {"language": "zh"}}, jobs=2)
    assert [(n.name, n.status) for n in outcome.notebooks] == [
        ("01_first", "ok"), ("02_second", "ok"), ("90_last", "ok"),
        ("zh/01_first", "failed"), ("zh/02_second", "ok"), ("zh/90_last", "skipped"),
    ]  # fmt: skip
    assert str(outcome.notebooks[5].failure) == "zh/90_last: not run: needs zh/01_first"


def test_a_notebook_never_runs_beside_itself_in_another_variant(tmp_path: Path) -> None:
    """Its folder is the same in both, and so is what it leaves there for a while; what has no language is kept for both."""
    scratch = """
import time
from pathlib import Path
path = Path("scratch.tmp")
path.write_text(language)
time.sleep(0.5)
assert path.read_text() == language, "another wrote there"
path.unlink()
"""
    write(tmp_path, "01_scratch", scratch, parameters='language: str = "en"')
    write(tmp_path, "02_chance", "import random\nrandom.random()")
    outcome = run_all(tmp_path, variants={"zh": {"language": "zh"}}, cache=True, jobs=4)
    assert outcome.is_ok
    assert {n.name: n.status for n in outcome.notebooks}["zh/02_chance"] == "cached"


def test_only_runs_what_is_asked_and_what_it_needs(tmp_path: Path) -> None:
    root = small(tmp_path)
    write(root, "03_other", "1/0")
    outcome = run_all(root, only=("90*",), name="only-x")
    assert [n.name for n in outcome.notebooks] == ["01_first", "02_second", "03_other", "90_last"]
    outcome = run_all(root, only=("02*",), name="only-x")
    assert [n.name for n in outcome.notebooks] == ["02_second"]
    assert outcome.is_ok
    assert not (root / "reports" / "latest").is_symlink()


def test_others_go_on_after_a_failure_and_the_last_good_run_stays(tmp_path: Path) -> None:
    root = small(tmp_path)
    assert run_all(root).is_ok
    good = contents(root / "reports" / "default")
    write(root, "02_second", "x = 1\n\nx / 0", "2")
    outcome = run_all(root)
    assert [(n.name, n.status) for n in outcome.notebooks] == [
        ("01_first", "ok"), ("02_second", "failed"), ("90_last", "skipped"),
    ]  # fmt: skip
    failure = outcome.notebooks[1].failure
    assert str(failure) == "02_second, cell 1 (cell-1), line 3: ZeroDivisionError: division by zero"
    assert outcome.folder.name == "default-failed"
    assert contents(root / "reports" / "default") == good
    assert (root / "reports" / "latest").readlink() == Path("default")
    text = outputs_text(outcome.folder / "notebooks" / "02_second.ipynb")
    assert "ZeroDivisionError" in text
    assert str(root) not in text
    assert (outcome.folder / "results" / "failures.csv").read_text() == (
        "status,cell,cell_id,line,error,notebook\n"
        "failed,1,cell-1,3,ZeroDivisionError: division by zero,02_second\n"
        "skipped,,,,not run: needs 02_second,90_last\n"
    )
    write(root, "02_second", "1")
    assert run_all(root).is_ok
    assert not outcome.folder.exists()


@pytest.mark.parametrize(
    ("source", "settings", "message"),
    [
        ("import os\nos._exit(3)", {}, "the notebook's process ended in this cell"),
        ("import time\ntime.sleep(60)", {"timeout": 2}, "longer than 2 s"),
        ("import sys\nsys.exit(1)", {}, "SystemExit"),
        ("%%nosuchmagic\n1", {}, "UsageError: Cell magic `%%nosuchmagic` not found"),
    ],
)
def test_a_dead_or_endless_notebook_is_a_failure(
    tmp_path: Path, source: str, settings: dict[str, Any], message: str
) -> None:
    write(tmp_path, "01_first", "1", source, "3")
    outcome = run_all(tmp_path, **settings)
    failure = outcome.notebooks[0].failure
    assert failure is not None
    assert (failure.cell, failure.cell_id) == (2, "cell-2")
    assert message in failure.error
    assert message in outputs_text(outcome.folder / "notebooks" / "01_first.ipynb")


def test_duplicate_keys_and_unreadable_pages_make_the_run_fail(tmp_path: Path) -> None:
    for stem in ("01_first", "02_second"):
        write(tmp_path, stem, rows("checks", "[{'check_id': 'same'}]"))

    def pages(run: Path) -> Path:
        raise UserError("no template")

    outcome = run_all(tmp_path, pages=pages)
    assert outcome.problems == [
        "checks: check_id same occurs twice, in 01_first and in 02_second.",
        "The pages could not be made: no template",
    ]
    assert outcome.folder.name == "default-failed"


@pytest.mark.parametrize("spoiled", ["", "zh"])
def test_a_notebook_spoiled_by_another_costs_what_is_of_its_language(tmp_path: Path, spoiled: str) -> None:
    """The one that runs last writes over an earlier one of the run, where the run keeps it."""
    drawn = {FIGURE: {"id": "it"}, SVG: "<svg/>"}
    show = f"from IPython.display import display\ndisplay({drawn!r}, raw=True)"
    write(tmp_path, "01_first", CLAIM + "\n" + show, parameters=RATE)
    spoil = f"""
from pathlib import Path
for path in Path.cwd().parent.glob("reports/*/notebooks/{spoiled or "."}/01_first.ipynb"):
    path.write_text("no notebook")
"""
    write(tmp_path, "02_second", spoil, needs=("01*",), parameters='language: Language = "en"  # of labels')
    outcome = run_all(tmp_path, variants={"zh": {"language": "zh"}}, jobs=1)
    run = tmp_path / "reports" / "default-failed"
    assert any("01_first.ipynb" in problem for problem in outcome.problems)
    assert (run / "results" / "claims.csv").is_file() is bool(spoiled)
    assert (run / "figures" / "01_first-it.svg").is_file() is bool(spoiled)
    assert (run / "figures" / "zh" / "01_first-it.svg").is_file() is not bool(spoiled)


def test_pages_are_made_before_the_run_appears(tmp_path: Path) -> None:
    write(tmp_path, "01_first", "1")

    def pages(run: Path) -> Path:
        assert not (tmp_path / "reports" / "default").exists()
        (run / "index.html").write_text("<p>")
        return run / "index.html"

    outcome = run_all(tmp_path, pages=pages)
    assert outcome.index == tmp_path / "reports" / "default" / "index.html"
    assert "index.html" in manifest.read(outcome.folder)["outputs"]


def test_what_is_done_meanwhile_ends_with_the_notebooks_and_before_the_pages(tmp_path: Path) -> None:
    write(tmp_path, "01_first", "import threading\nthreading.Event().wait(0.5)")
    done, ended, others = [0.0], [], threading.active_count()

    def endless() -> Iterator[None]:
        try:
            while True:
                time.sleep(0.01)
                done.append(time.monotonic())
                yield
        finally:
            ended.append(time.monotonic())

    def pages(run: Path) -> Path:
        # Pages are made in forks, which have no other thread.
        assert ended and threading.active_count() == others
        (run / "index.html").write_text("<p>")
        return run / "index.html"

    assert run_all(tmp_path, pages=pages, meanwhile=endless, cache=True).is_ok
    assert len(done) > 20
    done.clear()
    assert run_all(tmp_path, pages=pages, meanwhile=endless, cache=True).is_ok
    assert not done  # the notebook came from the cache


def test_what_fails_meanwhile_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "01_first", "1")
    begun: list[int] = []
    tracebacks: list[object] = []  # that a terminal would show
    monkeypatch.setattr(threading, "excepthook", tracebacks.append)

    def failing() -> Iterator[None]:
        begun.append(1)
        raise OSError("no font")
        yield

    def pages(run: Path) -> Path:
        (run / "index.html").write_text("<p>")
        return run / "index.html"

    outcome = run_all(tmp_path, pages=pages, meanwhile=failing)
    assert (outcome.is_ok, outcome.problems, begun, tracebacks) == (True, [], [1], [])


def test_two_runs_in_different_surroundings_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = (
        "import locale, os, time\nprint(time.tzname, locale.getlocale(), os.environ.get('LANGUAGE'), os.umask(0o22))",
        "print({'b', 'a', 'c', 'd'}, object(), os.getcwd() == os.path.realpath('.'))",
        "import warnings\nwarnings.warn('careful')",
        "import pandas as pd\npd.DataFrame({'x': [1.5]}).style",
    )
    found = []
    for folder, zone, seed, mask, jobs in (
        ("a", "Asia/Shanghai", "1", 0o77, 1),
        ("b/c", "UTC", "2", 0o22, 2),
    ):
        root = tmp_path / folder
        write(root, "01_first", *sources)
        write(root, "02_second", "import time\ntime.sleep(0.1)")
        monkeypatch.setenv("TZ", zone)
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        monkeypatch.setenv("LC_ALL", "C" if jobs == 1 else "C.UTF-8")
        before = os.umask(mask)
        try:
            outcome = run_all(root, jobs=jobs)
        finally:
            os.umask(before)
        assert outcome.is_ok, outcome.notebooks
        assert oct(outcome.folder.stat().st_mode & 0o777) == "0o755"
        found.append(contents(outcome.folder))
    assert found[0] == found[1]


@pytest.mark.parametrize("engine", ["warm", "stock"])
def test_cells_that_announce_an_error_or_leave_early_are_done(tmp_path: Path, engine: str) -> None:
    """As nbclient and papermill have it: the tag raises-exception, and exit code 0."""
    path = write(tmp_path, "01_announced", "1 / 0", "print('goes on')")
    content = json.loads(path.read_text())
    content["cells"][0]["metadata"]["tags"] = ["raises-exception"]
    path.write_text(json.dumps(content))
    write(tmp_path, "02_leaves", "print('early')", "import sys\nsys.exit(0)", "print('never')")
    outcome = run_all(tmp_path, engine=engine)
    assert outcome.is_ok, outcome
    assert "goes on" in outputs_text(outcome.folder / "notebooks" / "01_announced.ipynb")
    left = outputs_text(outcome.folder / "notebooks" / "02_leaves.ipynb")
    assert "early" in left and "never" not in left


@pytest.mark.parametrize(
    "source", ["print('\\udcb1')", "raise ValueError('\\ud800')", "'\\udcb1.csv'", "{'\\udcb1': 1}"]
)
def test_half_a_character_costs_at_most_its_cell(tmp_path: Path, source: str) -> None:
    """As in a file name that is not UTF-8."""
    write(tmp_path, "01_a", source)
    outcome = run_all(tmp_path)
    (path,) = outcome.folder.glob("notebooks/*.ipynb")
    path.read_text(encoding="utf-8").encode("utf-8")
    assert r"\ud" in outputs_text(path) and outcome.is_ok == ("raise" not in source)


def test_a_full_disk_leaves_the_old_run_and_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "01_first", "1")
    assert run_all(tmp_path).is_ok
    before = contents(tmp_path / "reports" / "default")
    write(tmp_path, "01_first", "2")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "x.ipynb")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(UserError, match=r"No space left on device .*Earlier runs are as they were"):
        run_all(tmp_path)
    assert contents(tmp_path / "reports" / "default") == before
    assert sorted(p.name for p in (tmp_path / "reports").iterdir()) == ["default", "latest"]


def test_every_file_is_on_disk_before_the_run_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "01_first", "1")
    on_disk, sync, publish = set[int](), files.os.fsync, files.publish

    def synced(handle: int) -> None:
        on_disk.add(os.fstat(handle).st_ino)
        sync(handle)

    def published(staged: Path, final: Path) -> None:
        assert {path.stat().st_ino for path in staged.rglob("*") if path.is_file()} <= on_disk
        publish(staged, final)

    monkeypatch.setattr(files.os, "fsync", synced)
    monkeypatch.setattr(files, "publish", published)
    assert run_all(tmp_path).is_ok


def start(root: Path, *options: str) -> subprocess.Popen[str]:
    """`analysis run` as a process of its own, at the moment when its first notebook sleeps."""
    command = [
        sys.executable,
        "-m",
        "analysis",
        "run",
        "--no-html",
        "--no-cache",
        "--engine",
        ENGINE,
        *options,
    ]
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not (root / "started").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_run_leaves_the_old_one_and_no_processes(tmp_path: Path, number: int) -> None:
    write(tmp_path, "01_first", "1")
    assert run_all(tmp_path).is_ok
    before = contents(tmp_path / "reports" / "default")
    pid = "import os, pathlib, time\npathlib.Path('../started').write_text(str(os.getpid()))\ntime.sleep(60)"
    write(tmp_path, "01_first", pid)
    process = start(tmp_path)
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    staging = list((tmp_path / "reports").glob(".staging-*"))
    if number == signal.SIGKILL:
        assert len(staging) == 1
        assert files.clear_stale(tmp_path / "reports") == staging
    else:
        assert process.returncode == Interrupted.exit_code
        assert errors.strip() == "Error: Stopped. Nothing was published; earlier runs are as they were."
        assert staging == []
    assert contents(tmp_path / "reports" / "default") == before
    kernel, deadline = int((tmp_path / "started").read_text()), time.monotonic() + 15
    while _is_alive(kernel):
        assert time.monotonic() < deadline, "the notebook's process outlived the run"
        time.sleep(0.1)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_the_staging_directory_of_a_living_run_is_left_alone(tmp_path: Path) -> None:
    with files.staging(tmp_path, "one") as mine:
        script = f"from pathlib import Path; from analysis.suite import files; print(files.clear_stale(Path({str(tmp_path)!r})))"
        shown = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout
        assert shown.strip() == "[]"
        assert mine.is_dir()
    assert not mine.exists()


@pytest.mark.parametrize("can_exchange", [True, False])
def test_publishing_replaces_a_directory_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(name)
    files.publish(tmp_path / "new", tmp_path / "old")
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")] == ["old", "old/new.txt"]


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_kill_while_the_old_directory_goes_leaves_no_half_of_it_under_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    """The half of a sweep that was stopped would be refused as no sweep."""
    if not can_exchange:
        monkeypatch.setattr(files, "_exchange", lambda one, other: False)
    for name in ("two", "two-unfinished"):
        (tmp_path / name).mkdir()
        for file in ("plan.json", "rows"):
            (tmp_path / name / file).write_text(name)

    def killed(path: Path, ignore_errors: bool = False) -> None:
        if path.exists():
            (path / "plan.json").unlink(missing_ok=True)
            raise KeyboardInterrupt

    monkeypatch.setattr(files.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        files.publish(tmp_path / "two-unfinished", tmp_path / "two")
    monkeypatch.undo()
    assert (tmp_path / "two" / "plan.json").read_text() == "two-unfinished"
    files.clear_stale(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["two"]


def test_a_run_that_died_between_two_renames_is_put_back(tmp_path: Path) -> None:
    (tmp_path / ".old-default").mkdir()
    (tmp_path / ".old-default" / "x").write_text("x")
    files.clear_stale(tmp_path)
    assert (tmp_path / "default" / "x").is_file()


@pytest.mark.parametrize("name", ["latest", "baseline", "../x", ".hidden", "a/b", "x-failed", "a b", ""])
def test_names_that_are_not_for_runs_are_refused(done: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a run"):
        run_all(done, name=name)


def test_a_folder_that_is_not_a_run_is_never_replaced(tmp_path: Path) -> None:
    write(tmp_path, "01_first", "1")
    (tmp_path / "reports" / "mine").mkdir(parents=True)
    (tmp_path / "reports" / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="exists and is not a run"):
        run_all(tmp_path, name="mine")


@pytest.mark.parametrize(
    ("needs", "message"),
    [
        ({"01_a": ("02_b",), "02_b": ("01_a",)}, "need each other in a circle: 01_a, 02_b"),
        ({"01_a": ("nothing",)}, "needs 'nothing', and there is no such notebook"),
    ],
)
def test_needs_that_cannot_be_met_are_refused(
    tmp_path: Path, needs: dict[str, tuple[str, ...]], message: str
) -> None:
    for stem, needed in needs.items():
        write(tmp_path, stem, "1", needs=needed)
    with pytest.raises(UserError, match=message):
        _ = Project.find(tmp_path).notebooks


def test_both_engines_give_the_same_bytes(done: Path, tmp_path: Path) -> None:
    outcome = run_all(small(tmp_path), engine="stock")
    assert contents(outcome.folder) == contents(done / "reports" / "default")


def test_only_what_a_parameter_reaches_runs_again(tmp_path: Path) -> None:
    root = small(tmp_path)
    made = []

    def pages(run: Path) -> Path:
        made.append(run)
        (run / "index.html").write_text("<p>")
        return run / "index.html"

    def statuses(*texts: str) -> list[str]:
        return [n.status for n in run_all(root, *texts, cache=True, pages=pages).notebooks]

    assert statuses() == ["ok", "ok", "ok"]
    first = contents(root / "reports" / "default")
    assert statuses() == ["cached", "cached", "cached"]
    assert contents(root / "reports" / "default") == first
    assert len(made) == 1
    assert statuses("fx_rate=7") == ["ok", "cached", "ok"]
    assert statuses() == ["cached", "cached", "cached"]
    assert contents(root / "reports" / "default") == first


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\nassert x == 2  # as the text says", "AssertionError: assert x == 2  # as the text says"),
        ("assert False, 'in words'", "AssertionError: in words"),
        ("raise AssertionError", "AssertionError: raise AssertionError"),
        ("raise KeyError", "KeyError"),
    ],
)
def test_a_bare_assertion_says_what_does_not_hold(tmp_path: Path, source: str, said: str) -> None:
    write(tmp_path, "01_first", source)
    failure = run_all(tmp_path).notebooks[0].failure
    assert failure is not None and failure.error == said


def test_ctrl_c_after_the_run_took_its_place_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "01_first", "1")
    before = run_all(tmp_path)
    discard = files.discard

    def struck(folder: Path) -> None:
        discard(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "discard", struck)
    write(tmp_path, "01_first", "2")
    with pytest.raises(Interrupted, match=r"Stopped, after the run had taken its place as default\."):
        run_all(tmp_path)
    assert contents(before.folder)["notebooks/01_first.ipynb"].count(b'"2"') > 0


def test_a_notebook_saved_as_the_run_begins_is_not_run_under_the_new_ones_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "01_first", "1")
    origins = manifest.origins

    def saved_meanwhile(project: Project) -> dict[str, object]:
        write(tmp_path, "01_first", "2")
        return origins(project)

    monkeypatch.setattr(manifest, "origins", saved_meanwhile)
    with pytest.raises(UserError, match=r"01_first\.ipynb was saved as the run began; run it again"):
        run_all(tmp_path)
    assert not (tmp_path / "reports" / "default").exists()


@pytest.mark.parametrize("where", ["data", "notebooks", "src"])
def test_a_linked_folder_of_which_nobody_would_notice_changes_is_refused(tmp_path: Path, where: str) -> None:
    write(tmp_path, "01_first", "1")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / where).mkdir(exist_ok=True)
    (tmp_path / where / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match=rf"{where}/linked is a link to a folder"):
        run_all(tmp_path)
