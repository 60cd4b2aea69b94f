"""The warm engine's outputs are those of Jupyter's kernel, cell by cell."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from papermill.execute import execute_notebook

from analysis.suite import process as process_module
from analysis.suite.process import Runner
from tests.engine_tools import PRELOAD, apart, cell, comparable, notebook, run, text

pytestmark = pytest.mark.skipif(not process_module.available(), reason="needs forked processes (Linux)")

# What a tidy analysis does, and some that it should not; one feature in each cell.
FEATURES: dict[str, str | dict[str, Any]] = {
    "imports": "import sys, warnings\nimport numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt",
    "stdout": "print('one')\nprint('two', end='')",
    "both streams": "print('out')\nprint('err', file=sys.stderr)\nprint('out again')",
    "value": "21 * 2",
    "nothing": "x = 1",
    "last value": "_ + 1, Out[4]",
    "semicolon": "40;",
    "empty": "",
    "table": "frame = pd.DataFrame({'地区': ['广东', '江苏'], 'value': [1.5, float('nan')]})\nframe",
    "styled table": "frame.style.format(precision=1).set_caption('Caption')",
    "series": "frame['value'].describe()",
    "display": "from IPython.display import HTML, Image, Markdown, Math, SVG, JSON, Latex, display\n"
    "print('before')\ndisplay(HTML('<b>x</b>'), Markdown('**y**'))\nprint('after')",
    "formats": "display(Math('x^2'), Latex('$x$'), JSON({'a': [1, None]}))",
    "svg": 'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>\')',
    "raw bundle": "display({'text/plain': 'p', 'application/x+json': {'b': [1, 2.5]}}, raw=True,"
    " metadata={'isolated': True})",
    "bundle of an object": "class Rich:\n"
    "    def _repr_mimebundle_(self, include=None, exclude=None):\n"
    "        return {'text/plain': 'plain', 'application/vnd.x+json': {'n': 1}}, {'text/plain': {'m': 1}}\n"
    "Rich()",
    "figure": "figure, axes = plt.subplots(figsize=(3, 2))\naxes.plot([1, 3, 2])\nplt.show()",
    "figure at the end": "plt.figure(figsize=(2, 2))\nplt.plot([1, 2])",
    "figure as value": "figure",
    "svg figures": "%config InlineBackend.figure_formats = ['png']\nplt.plot([2, 1]);",
    "magic": "%who_ls str",
    "cell magic": "%%capture kept\nprint('hidden')",
    "captured": "kept.stdout",
    "shell command": "!echo from the shell",
    "own warning": "warnings.warn('careful', UserWarning)",
    "deprecation": "warnings.warn('old', DeprecationWarning)",
    "async": "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    "task": "task = asyncio.create_task(asyncio.sleep(0, 'done'))",
    "task's result": "await task",
    "display id": "handle = display('first', display_id='same')",
    "update": "handle.update('second')\nprint('updated')",
    "clear": "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
    "clear later": "print('old')\nclear_output(wait=True)\nprint('new')",
    "unprintable": "class Broken:\n    def __repr__(self):\n        return 'plain'\n"
    "    def _repr_html_(self):\n        return '<i>h</i>'\nBroken()",
    "huge integer": "10 ** 30, float('inf'), '\\ud800'.encode('utf-8', 'replace'), b'\\x00'",
    "unicode": "print('金融科技 −×')\n'亿元'",
    "class pickled": "import pickle\nclass Point:\n    pass\ntype(pickle.loads(pickle.dumps(Point())))",
    "name": "__name__, get_ipython().__class__.__name__",
    "search path": "[p for p in sys.path if p in ('', '.')], sys.path[0] == ''",
    "source": "import inspect\ndef double(x):\n    return 2 * x\nprint(inspect.getsource(double))",
    "no input": cell("input('name?')", "raises-exception"),
    "announced error": cell("def inner():\n    return 1 / 0\ninner()", "raises-exception"),
    "syntax error": cell("for in range(3)", "raises-exception"),
    "error in library": cell("pd.DataFrame({'a': [1]})['b']", "raises-exception"),
    "chained": cell(
        "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('因为') from e",
        "raises-exception",
    ),
    "error in repr": cell(
        "class Bad:\n    def __repr__(self):\n        raise KeyError('no')\nBad()", "raises-exception"
    ),
    "skipped": cell("print('never')", "skip-execution"),
    "count": "len(In)",
}


def papermill(made: dict[str, Any], engine: str) -> dict[str, Any]:
    """The executed notebook, also when papermill raises for an error in it."""
    node = nbformat.from_dict(copy.deepcopy(made))
    kept: list[Any] = []
    from papermill.engines import papermill_engines

    base = papermill_engines.get_engine(engine)

    class Keeping(base):  # type: ignore[misc, valid-type]
        @classmethod
        def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
            kept.append(super().execute_notebook(nb, kernel_name, **options))
            return copy.deepcopy(kept[0])

    papermill_engines.register("keeping", Keeping)
    try:
        execute_notebook(
            node, None, engine_name="keeping", progress_bar=False, request_save_on_cell_execute=False
        )
    except Exception as error:
        assert type(error).__name__ == "PapermillExecutionError", error
    return kept[0]


@pytest.fixture(scope="module")
def warm() -> Iterator[Runner]:
    with Runner(PRELOAD) as process:
        yield process


@pytest.fixture(scope="module")
def both(warm: Runner, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("both"))
        made = notebook(*FEATURES.values())
        return {engine: papermill(made, engine) for engine in ("nbclient", "warm")}


@pytest.mark.slow("all features run on both engines, once for the file")
@pytest.mark.parametrize("feature", FEATURES)
def test_outputs_equal_those_of_jupyters_kernel(both: dict[str, dict[str, Any]], feature: str) -> None:
    index = list(FEATURES).index(feature)
    stock, ours = (both[engine]["cells"][index] for engine in ("nbclient", "warm"))
    if feature == "no input":  # the refusal comes from the kernel's own code, which the traceback shows
        for output in (stock["outputs"][0], ours["outputs"][0]):
            output["traceback"] = output["traceback"][-1:]
    assert comparable([ours]) == comparable([stock])
    assert ours["execution_count"] == stock["execution_count"]


def test_the_comparison_sees_a_difference(both: dict[str, dict[str, Any]]) -> None:
    changed = copy.deepcopy(both["warm"]["cells"])
    changed[3]["outputs"][0]["data"]["text/plain"] = "43"
    assert comparable(changed) != comparable(both["nbclient"]["cells"])


def test_metadata_is_that_of_the_stock_engine(both: dict[str, dict[str, Any]]) -> None:
    stock, ours = both["nbclient"], both["warm"]
    assert ours["metadata"]["language_info"] == stock["metadata"]["language_info"]
    states = [[c["metadata"]["papermill"]["status"] for c in nb["cells"]] for nb in (stock, ours)]
    assert states[0] == states[1]


def test_pictures_are_there(both: dict[str, dict[str, Any]]) -> None:
    """Importing the inline backend before the shell exists would lose all of them without a word."""
    pictures = [
        output["data"]["image/png"]
        for c in both["warm"]["cells"]
        for output in c.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 4 and all(len(p) > 1000 for p in pictures)


def test_an_empty_choice_of_backend_is_none(tmp_path: Path) -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2]);"
    _, _, cells = apart(PRELOAD, source, env={"MPLBACKEND": ""}, cwd=str(tmp_path))
    assert "image/png" in cells[0]["outputs"][-1]["data"]


def test_an_error_ends_the_notebook_as_in_stock(warm: Runner) -> None:
    made = notebook("1", "import math\nmath.sqrt(-1)", "3")
    stock, ours = papermill(made, "nbclient"), papermill(made, "warm")
    assert comparable(ours["cells"]) == comparable(stock["cells"])
    for key in ("status", "exception"):
        values = [[c["metadata"]["papermill"][key] for c in nb["cells"]] for nb in (stock, ours)]
        assert values[0] == values[1]
    assert [c["execution_count"] for c in ours["cells"]] == [1, 2, None]


def test_outputs_come_in_the_order_of_the_kernel(warm: Runner) -> None:
    """stdout before stderr between two displays, and an explicit flush where it stands."""
    made, _ = run(
        warm,
        "import sys\nprint('e1', file=sys.stderr)\nprint('o1', flush=True)\nprint('o2')\n"
        "from IPython.display import display\ndisplay(1)\nprint('o3')",
    )
    kinds = [(o["output_type"], o.get("name"), o.get("text")) for o in made["cells"][0]["outputs"]]
    assert kinds == [
        ("stream", "stdout", "o1\no2\n"),
        ("stream", "stderr", "e1\n"),
        ("display_data", None, None),
        ("stream", "stdout", "o3\n"),
    ]


def test_what_programs_write_is_caught(warm: Runner) -> None:
    shown = text(
        warm,
        "import os, subprocess, sys\nprint('python')\nos.system('echo system')\nsubprocess.run(['echo', 'run']);",
        "import multiprocessing\nworker = multiprocessing.get_context('fork').Process(target=print, args=('worker',))\n"
        "worker.start()\nworker.join()",
    )
    assert shown == "python\nsystem\nrun\nworker\n"


def test_the_same_warning_has_the_same_text_each_time(warm: Runner) -> None:
    source = "import warnings\nwarnings.warn('careful')"
    first, second = (run(warm, source)[0]["cells"][0]["outputs"] for _ in range(2))
    assert first == second and "UserWarning: careful" in first[0]["text"]


@pytest.mark.deep
@pytest.mark.slow("two libraries are imported once ahead and once in the notebook")
def test_preloading_changes_no_output(tmp_path: Path) -> None:
    libraries = ["seaborn", "statsmodels.api"]
    source = (
        f"import {', '.join(libraries)}, matplotlib\nimport matplotlib.pyplot as plt\n"
        "plt.figure(figsize=(2, 1))\nplt.plot([1, 2])\nprint(sorted(matplotlib.rcParams.items()))"
    )
    plain, ahead = (apart(p, source, cwd=str(tmp_path)) for p in ([], [*libraries, *PRELOAD]))
    assert plain[0] == "ok" and comparable(plain[2]) == comparable(ahead[2])


def test_the_command_line_of_papermill_runs_warm(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.analysis]\npreload = []\n")
    made = notebook(cell("x = 1", "parameters"), "print(x + 1)", "import os\nos.getppid(), os.getcwd()")
    nbformat.write(nbformat.from_dict(made), tmp_path / "in.ipynb")
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--engine",
        "warm",
        "in.ipynb",
        "out.ipynb",
        "-p",
        "x",
        "41",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    outputs = [c["outputs"] for c in nbformat.read(tmp_path / "out.ipynb", 4)["cells"]]
    assert outputs[2][0]["text"] == "42\n"
    assert str(tmp_path) in outputs[3][0]["data"]["text/plain"]


def test_the_engine_can_be_imported_before_papermill() -> None:
    code = "import analysis.suite.engine as e, sys; assert 'papermill' not in sys.modules; import papermill.engines"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_papermill_is_not_imported_in_the_warm_process(warm: Runner) -> None:
    """It would load the engine from inside the engine."""
    assert (
        text(warm, "import sys\n[m for m in sys.modules if m.startswith(('papermill', 'zmq', 'nbclient'))]")
        == "[]"
    )


THREADED = "import threading, time\nthreading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
CALL = """
import sys
from analysis.suite import process
from papermill.execute import execute_notebook
if sys.argv[1] == "platform":
    process.available = lambda: False
execute_notebook("in.ipynb", "out.ipynb", engine_name="warm", progress_bar=False)
"""


@pytest.mark.parametrize("break_it", ["platform", "thread"])
def test_without_forks_jupyters_kernel_runs_and_says_so(break_it: str, tmp_path: Path) -> None:
    (tmp_path / "threaded.py").write_text(THREADED)
    (tmp_path / "pyproject.toml").write_text('[tool.analysis]\npreload = ["threaded"]\n')
    nbformat.write(nbformat.from_dict(notebook("print(6 * 7)")), tmp_path / "in.ipynb")
    done = subprocess.run(
        [sys.executable, "-c", CALL, break_it], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert nbformat.read(tmp_path / "out.ipynb", 4)["cells"][0]["outputs"][0]["text"] == "42\n"
    said = [line for line in done.stderr.splitlines() if "stock engine" in line]
    assert len(said) == 1
    assert ("threaded" in said[0]) == (break_it == "thread")


def test_a_script_without_a_guard_is_not_run_again_in_the_children(tmp_path: Path) -> None:
    """The fork server of the standard library imports the caller's script in each child, unless it is hidden from it."""
    nbformat.write(nbformat.from_dict(notebook("print(__name__)")), tmp_path / "in.ipynb")
    script = "from papermill.execute import execute_notebook\nprint('script runs')\n"
    script += "execute_notebook('in.ipynb', 'out.ipynb', engine_name='warm', progress_bar=False)\n"
    (tmp_path / "script.py").write_text(script)
    (tmp_path / "pyproject.toml").write_text("[tool.analysis]\npreload = []\n")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "script runs\n"), done.stderr
    assert nbformat.read(tmp_path / "out.ipynb", 4)["cells"][0]["outputs"][0]["text"] == "__main__\n"
