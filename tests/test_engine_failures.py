"""What can go wrong in a cell ends the notebook with a clear error: never silently, and never without end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from analysis.suite import process as process_module
from analysis.suite.process import Limits, Runner
from tests.engine_tools import PRELOAD, cell, notebook, run

pytestmark = pytest.mark.skipif(not process_module.available(), reason="needs forked processes (Linux)")


@pytest.fixture(scope="module")
def warm() -> Iterator[Runner]:
    with Runner(PRELOAD) as process:
        yield process


def error_of(made: dict[str, Any], index: int) -> dict[str, Any]:
    (error,) = (o for o in made["cells"][index]["outputs"] if o["output_type"] == "error")
    return dict(error)


@pytest.mark.parametrize(
    "hang", ["import time\ntime.sleep(60)", "while True: pass", "import asyncio\nawait asyncio.sleep(60)"]
)
def test_a_cell_that_hangs_is_stopped_and_shows_where(warm: Runner, hang: str) -> None:
    began = time.monotonic()
    made, outcome = run(warm, "1", f"print('before')\n{hang}", "3", limits=Limits(cell_seconds=0.5))
    assert time.monotonic() - began < 5
    assert (outcome.status, outcome.cell) == ("timeout", 1)
    assert "took longer than 0.5 s" in outcome.message
    error = error_of(made, 1)
    assert error["ename"] == "CellTimeoutError"
    if "asyncio" not in hang:
        assert "In[2]" in "".join(error["traceback"])
    assert made["cells"][1]["outputs"][0]["text"] == "before\n"
    assert [c["execution_count"] for c in made["cells"]] == [1, 2, None]


def test_a_cell_that_ignores_the_time_limit_is_killed(warm: Runner) -> None:
    stubborn = "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except BaseException: pass"
    made, outcome = run(warm, stubborn, "2", limits=Limits(cell_seconds=0.3))
    assert (outcome.status, outcome.cell) == ("timeout", 0)
    assert "killed" in error_of(made, 0)["evalue"]


def test_the_time_of_all_cells_together_is_limited(warm: Runner) -> None:
    wait = "import time\ntime.sleep(0.4)"
    _, outcome = run(warm, wait, wait, wait, limits=Limits(notebook_seconds=1.0))
    assert (outcome.status, outcome.cell) == ("timeout", 2)


def test_time_limits_do_not_stop_who_keeps_them(warm: Runner) -> None:
    _, outcome = run(warm, *["import time\ntime.sleep(0.2)"] * 3, limits=Limits(0.6, 30))
    assert outcome.status == "ok"


@pytest.mark.parametrize(
    ("death", "named"),
    [
        ("import os\nos._exit(0)", "exit code 0"),
        ("import os\nos._exit(3)", "exit code 3"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("import ctypes\nctypes.string_at(0)", "SIGSEGV"),
    ],
)
def test_a_dead_process_is_an_error_of_its_cell(warm: Runner, death: str, named: str) -> None:
    made, outcome = run(warm, "1", death, "3")
    assert (outcome.status, outcome.cell) == ("died", 1)
    assert named in outcome.message
    assert error_of(made, 1)["ename"] == "DeadKernelError"
    assert [c["execution_count"] for c in made["cells"]] == [1, None, None]


@pytest.mark.parametrize("death", ["import os\nos._exit(0)", "exit()", "quit"])
def test_papermill_hears_of_a_notebook_that_ended_itself(warm: Runner, death: str) -> None:
    made = nbformat.from_dict(notebook("1", death, "3"))
    with pytest.raises(PapermillExecutionError) as raised:
        execute_notebook(
            made, None, engine_name="warm", progress_bar=False, request_save_on_cell_execute=False
        )
    assert raised.value.cell_index == 1


@pytest.mark.parametrize(
    "endless",
    [
        "while True: print('x' * 1000)",
        "while True:\n    try:\n        print('x' * 1000)\n    except Exception: pass",
        "import sys\nwhile True: sys.stderr.write('x' * 1000)",
        "from IPython.display import HTML, display\nwhile True: display(HTML('x' * 1000))",
        "'x' * 1_000_000",
        "import os\nos.system('yes')",
    ],
)
def test_output_without_end_is_stopped(warm: Runner, endless: str) -> None:
    made, outcome = run(warm, endless, "2", limits=Limits(cell_seconds=20, output=100_000))
    assert (outcome.status, outcome.cell) == ("error", 0)
    error = error_of(made, 0)
    assert error["ename"] == "OutputLimit" and "100,000 characters" in error["evalue"]
    assert sum(len(str(o)) for o in made["cells"][0]["outputs"]) < 150_000


def test_output_below_the_limit_is_kept_whole(warm: Runner) -> None:
    made, outcome = run(warm, "print('x' * 99_000)", "print('y' * 99_000)", limits=Limits(output=100_000))
    assert outcome.status == "ok"
    assert [len(c["outputs"][0]["text"]) for c in made["cells"]] == [99_001, 99_001]


def test_an_announced_error_does_not_end_the_notebook(warm: Runner) -> None:
    made, outcome = run(warm, cell("1 / 0", "raises-exception"), "2")
    assert outcome.status == "ok" and outcome.cell == -1
    assert made["cells"][1]["execution_count"] == 2


def test_the_error_is_named_with_its_cell(warm: Runner) -> None:
    made, outcome = run(warm, "1", "raise KeyError('广东')", "3")
    assert (outcome.status, outcome.cell, outcome.message) == ("error", 1, "KeyError: '广东'")
    assert made["cells"][2]["execution_count"] is None


def test_outputs_of_an_earlier_run_do_not_stay(warm: Runner) -> None:
    made = notebook("1 / 0", "2")
    made["cells"][1].update(
        execution_count=9, outputs=[{"output_type": "stream", "name": "stdout", "text": "old"}]
    )
    warm.execute(made)
    assert (made["cells"][1]["execution_count"], made["cells"][1]["outputs"]) == (None, [])


def test_what_is_shown_that_is_not_json_is_the_cells_error(warm: Runner) -> None:
    _, outcome = run(warm, "from IPython.display import display\ndisplay({'a/b': object()}, raw=True)")
    assert (outcome.status, outcome.cell) == ("error", 0)


def test_stock_options_of_papermill_are_understood(warm: Runner, tmp_path: Path) -> None:
    made = nbformat.from_dict(notebook("import time\ntime.sleep(60)"))
    with pytest.raises(PapermillExecutionError, match="took longer than 0.5 s"):
        execute_notebook(
            made, str(tmp_path / "out.ipynb"), engine_name="warm", progress_bar=False, execution_timeout=0.5
        )
    kept = nbformat.read(tmp_path / "out.ipynb", 4)
    assert any("took longer" in str(c.get("outputs")) for c in kept.cells)
    with (tmp_path / "log").open("w") as log:
        made = nbformat.from_dict(notebook("print('told')"))
        execute_notebook(made, None, engine_name="warm", progress_bar=False, stdout_file=log)
    assert (tmp_path / "log").read_text() == "told\n"
