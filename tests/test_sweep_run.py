"""Sweeps of tiny projects: rows, failures, Ctrl-C and --resume, and that priming a notebook changes nothing."""

from __future__ import annotations

import csv
import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Container, Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import UserError
from analysis.report.ledger import COLUMNS
from analysis.suite import manifest, process, sweep, sweep_local, sweep_plan
from analysis.suite.params import Catalogue
from analysis.suite.project import Project
from analysis.suite.run import Interrupted
from analysis.suite.sweep_plan import Plan
from analysis.suite.sweep_store import CaseResult, Keep, Key, Store, frame
from tests import miniature
from tests.command_line import Said, ended
from tests.engine_tools import children
from tests.test_sweep_cluster import Quiet

pytestmark = pytest.mark.skipif(not process.available(), reason="needs forks")
KEEP = Keep("checks", {"check_id": "text", "product": "number", "holds": "flag"})
PARAMETERS = "fx_rate: PositiveFloat = 2.0\nquarter: Quarter = '2021-Q1'"
ROWS = miniature.rows("checks", "[{'check_id': 'a', 'product': fx_rate * 3, 'holds': fx_rate > 2}]")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    miniature.write(tmp_path, "01_a", ROWS, parameters=PARAMETERS)
    return Project(tmp_path)


def stored(project: Project, *texts: str, name: str = "try") -> Store:
    catalogue = Catalogue.of(project.notebooks)
    axes = sweep_plan.asked_axes(catalogue, texts)
    plan = sweep_plan.make(project, catalogue, axes, (), None, 1, manifest.inputs(project))
    return sweep.prepare(project, name, plan, KEEP)


def rows_of(store: Store) -> pd.DataFrame:
    return frame(store.folder, "checks").sort_values("case", ignore_index=True)


def test_every_case_leaves_its_rows_with_its_parameters(project: Project) -> None:
    store = stored(project, "fx_rate=1,2.5", "quarter=2021-Q1,2020-Q1")
    outcome = sweep.run(project, store, Quiet())
    assert (outcome.cases, outcome.failures) == (4, 0)
    found = rows_of(store)
    assert list(found.columns) == ["notebook", "case", "fx_rate", "quarter", "check_id", "product", "holds"]
    assert found["product"].tolist() == [3.0, 3.0, 7.5, 7.5]
    assert found["quarter"].tolist() == ["2021-Q1", "2020-Q1"] * 2
    assert found["holds"].tolist() == [False, False, True, True]
    assert (project.reports / "sweeps" / "latest").resolve() == store.folder
    assert not (store.folder / "failures.csv").exists()


def test_memory_stays_flat_because_rows_are_written_in_parts(project: Project) -> None:
    store = stored(project, "fx_rate=1:12:1")
    store.batch_rows = 5
    sweep.run(project, store, Quiet())
    assert len(store.parts()) >= 2
    assert rows_of(store)["product"].tolist() == [3.0 * n for n in range(1, 13)]


def test_one_failing_case_is_listed_and_the_others_go_on(tmp_path: Path) -> None:
    miniature.write(
        tmp_path, "01_a", "if fx_rate == 3: raise ValueError('three')", ROWS, parameters=PARAMETERS
    )
    project = Project(tmp_path)
    store = stored(project, "fx_rate=1:5:1")
    assert sweep.run(project, store, Quiet()).failures == 1
    assert rows_of(store)["fx_rate"].tolist() == [1, 2, 4, 5]
    failures = (store.folder / "failures.csv").read_text().splitlines()
    assert failures[0] == "notebook,case,parameters,cell,error"
    assert failures[1] == '01_a,2,"{""fx_rate"": 3.0}",4,ValueError: three'
    again = sweep.resume(project, "try", KEEP)
    assert sweep.run(project, again, Quiet()).cases == 1, "only the failed case is tried again"


@pytest.mark.parametrize("count", [4, sweep_local.WORTH_WARMING + 4])
def test_a_notebook_that_changes_module_state_is_run_plainly(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation that priming must not survive: a counter in a module, which a primed fork finds at one."""
    code = "import json\njson.count = getattr(json, 'count', 0) + 1"
    rows = miniature.rows("checks", "[{'check_id': 'a', 'product': json.count * fx_rate}]")
    miniature.write(tmp_path, "01_a", code, rows, parameters=PARAMETERS)
    project = Project(tmp_path)
    store = stored(project, f"fx_rate=1:{count}:1")
    runners: list[sweep_local.CaseRunner] = []
    check = sweep_local.CaseRunner.check
    monkeypatch.setattr(
        sweep_local.CaseRunner, "check", lambda runner: (runners.append(runner), check(runner))[1]
    )
    sweep.run(project, store, Quiet())
    assert rows_of(store)["product"].tolist() == [float(n) for n in range(1, count + 1)]
    assert [runner.is_warm for runner in runners] == [False]


def test_a_primed_notebook_gives_the_rows_of_a_plain_one(
    project: Project, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    many = f"fx_rate=1:{sweep_local.WORTH_WARMING + 2}:1"
    primed = stored(project, many, name="primed")
    sweep.run(project, primed, Quiet())
    monkeypatch.setattr(sweep_local, "WORTH_WARMING", 1000)
    plain = stored(project, many, name="plain")
    sweep.run(project, plain, Quiet())
    assert rows_of(primed).equals(rows_of(plain))
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_keeps_what_is_done_and_resume_does_the_rest(project: Project) -> None:
    store = stored(project, "fx_rate=1:9:1")

    def stopped(found: Project, plan: Plan, done: Container[Key]) -> Iterator[CaseResult]:
        for number, result in enumerate(sweep_local.execute(found, plan, done, "checks", 1, 60)):
            if number == 4:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(1)
            yield result

    with pytest.raises(Interrupted, match=r"4 of 9 cases kept; go on with: analysis sweep try --resume"):
        sweep.run(project, store, Quiet(), stopped)
    again = sweep.resume(project, None, KEEP)
    assert len(again.done()) == 4
    outcome = sweep.run(project, again, Quiet())
    assert (outcome.kept, outcome.cases) == (4, 5)
    assert rows_of(again)["fx_rate"].tolist() == [float(n) for n in range(1, 10)]
    course = json.loads((again.folder / "course.json").read_text())
    assert [entry["cases"] for entry in course] == [5]


def test_resume_is_refused_when_an_input_changed(project: Project) -> None:
    stored(project, "fx_rate=1,2")
    miniature.write(project.root, "01_a", ROWS.replace("3", "4"), parameters=PARAMETERS)
    with pytest.raises(UserError, match=r"try cannot be resumed.*changed: notebooks/01_a\.ipynb"):
        sweep.resume(Project(project.root), "try", KEEP)


def test_names_and_folders_are_checked(project: Project) -> None:
    for name in ("latest", "../x", "", ".hidden"):
        with pytest.raises(UserError, match="cannot be the name of a sweep"):
            sweep.folder_of(project, name)
    with pytest.raises(UserError, match=r"There is no sweep nothing\. There are: none yet"):
        sweep.find(project, "nothing")
    with pytest.raises(UserError, match=r"There is no sweep a/b\. There are: none yet"):
        sweep.find(project, "a/b")
    kept = project.reports / "sweeps" / "mine"
    kept.mkdir(parents=True)
    (kept / "thesis.txt").write_text("precious")
    with pytest.raises(UserError, match="exists and holds no sweep"):
        stored(project, "fx_rate=1,2", name="mine")
    assert (kept / "thesis.txt").exists()


def analysis_sweep(project: Project, *arguments: str) -> Said:
    return ended(project.root, "sweep", *arguments)


def test_the_command_line_says_what_to_give(project: Project) -> None:
    for arguments, message in (
        ((), "Say what to try: -p name=a,b,c"),
        (("-p", "fx_rate=1", "--default"), "Say what to try"),
        (("--resume", "-p", "fx_rate=1"), "give its name alone"),
        (("-p", "fx_rate=1", "--workers", "2", "--scheduler", "tcp://a:1"), "give one of them"),
        (("-p", "fx_rat=1"), "Did you mean fx_rate"),
    ):
        done = analysis_sweep(project, *arguments)
        assert done.code == 2 and message in done.err and "Traceback" not in done.err


def test_the_command_writes_tables_and_a_page_without_outside_requests(tmp_path: Path) -> None:
    leaf = (
        "dict(name='value', ref='topic:a@2020@x', label='a', text='', value=fx_rate, low=fx_rate, high=fx_rate, "
        "unit='%', publisher='NBS')"
    )
    made = f"dict(label='', formula='value', value=fx_rate, low=fx_rate, high=fx_rate, unit='%', inputs=[{leaf}])"
    row = (
        "dict(check_id='c/same', claim_id='c', way='number', outcome='meets', grade='same', fits='same', unit='%', "
        f"computed=fx_rate, computed_low=fx_rate, computed_high=fx_rate, steps=json.dumps([{made}]), "
        f"inputs=json.dumps([{leaf}]))"
    )
    miniature.write(
        tmp_path, "01_a", "import json", miniature.rows("checks", f"[{row}]"), parameters=PARAMETERS
    )
    ledger = {
        "claim_id": "c",
        "section": "1.1",
        "quote": "2.0%",
        "printed": "2.0",
        "unit": "%",
        "kind": "share",
    }
    names = [*COLUMNS, "metric_en", "metric_zh", "missing_en", "missing_zh"]
    (tmp_path / "data" / "report").mkdir(parents=True)
    with (tmp_path / "data" / "report" / "claims.csv").open("w", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, names, restval="")
        writer.writeheader()
        writer.writerow(ledger | {"source": "NBS", "metric_en": "a share", "metric_zh": "比例"})
    done = analysis_sweep(Project(tmp_path), "-p", "fx_rate=1,2,3,4", "--json")
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert (said["universes"], said["cases"], said["ok"]) == (4, 4, True)
    folder = Path(said["folder"])
    table = (folder / "results" / "robustness.csv").read_text().splitlines()
    assert table[1] == "c,fragile,4,0.25,0.0,0.0,0.75,0.0,reproduced,fx_rate,fx_rate"
    page = Path(said["index"]).read_text()
    assert "1 of 1 verdict depends on an assumption" in page and "<svg" in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")


def test_a_partial_sweep_is_not_published(project: Project) -> None:
    miniature.write(project.root, "02_b", "1", parameters="other: PositiveFloat = 1.0")
    (project.root / "data" / "report").mkdir(parents=True)
    done = analysis_sweep(project, "-p", "fx_rate=1,2", "--publish")
    assert done.code == 2 and "02_b would not run" in done.err
    assert "cases" not in done.err  # refused before anything ran


DIES = """import os, signal, struct, sys
answers = sys._getframe(1).f_locals["result_queue"]
answers._writer._send(struct.pack("!i", 1000))
os.kill(os.getpid(), signal.SIGKILL)"""
"""A case, in a worker, that is killed when it has announced so many bytes and sent none."""


def test_a_worker_that_ends_amid_its_answer_ends_the_sweep(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did not send any more would be waited for for ever, also by who ends the other workers."""
    store = stored(project, f"fx_rate=1:{sweep_local.WORTH_WARMING + 2}:1")
    monkeypatch.setattr(sweep_local.CaseRunner, "check", lambda _: None)
    monkeypatch.setattr(sweep_local, "_in_worker", functools.partial(exec, DIES))
    with pytest.raises(UserError, match="A worker process of the sweep ended"):
        sweep.run(project, store, Quiet())


def test_ctrl_c_never_strikes_amid_the_start_of_a_worker(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not known yet would not be ended."""
    starts: list[threading.Thread] = []
    hand_out = sweep_local.CaseRunner._hand_out
    monkeypatch.setattr(
        sweep_local.CaseRunner,
        "_hand_out",
        lambda *given: (starts.append(threading.current_thread()), hand_out(*given))[1],
    )
    sweep.run(project, stored(project, f"fx_rate=1:{sweep_local.WORTH_WARMING}:1"), Quiet())
    assert len(starts) >= sweep_local.WORTH_WARMING and threading.main_thread() not in starts


def test_a_stopped_sweep_leaves_one_line(project: Project) -> None:
    """Its processes end before anything that they need goes."""
    command = [
        sys.executable,
        "-m",
        "analysis",
        "--project",
        str(project.root),
        "sweep",
        "-q",
        "-p",
        "fx_rate=1:900:1",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not any(map(children, children(process.pid))):  # the processes that its fork server starts
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert len(said.splitlines()) == 1 and said.startswith("Error: Stopped."), said
