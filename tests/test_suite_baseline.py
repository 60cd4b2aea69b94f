"""The baseline: renewed on demand, and refused when it is not what a run would give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import CheckFailed
from analysis.suite import baseline
from analysis.suite.document import read
from analysis.suite.document import write as save
from analysis.suite.progress import Silent
from analysis.suite.project import Project
from analysis.suite.run import Settings
from tests.miniature import ENGINE, show, write

PARAMETERS = 'language: Language = "en"  # of labels'


def changes(root: Path) -> list[baseline.Change]:
    return baseline.changes(Project.find(root), Settings("baseline", engine=ENGINE, cache=False), Silent())


def figure(points: str) -> str:
    return show("image/svg+xml", f"'<svg>{points}</svg>'", "a chart")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose baseline was just written."""
    root = tmp_path_factory.mktemp("fresh")
    write(root, "01_first", "print('6.90')\n1 + 1", figure("1 2"), parameters=PARAMETERS)
    found = changes(root)
    assert found[0].details == ["first output of cell 3 (cell-3), cell 4 (cell-4)"]
    baseline.write(found)
    return root


def test_a_fresh_baseline_has_no_problems_and_nothing_to_change(fresh: Path) -> None:
    assert baseline.problems(fresh / "notebooks" / "01_first.ipynb") == []
    assert changes(fresh) == []


def edited(fresh: Path, tmp_path: Path, edit: Callable[[list[dict[str, Any]]], None]) -> list[str]:
    content = read(fresh / "notebooks" / "01_first.ipynb")
    edit(content["cells"])
    path = tmp_path / "01_first.ipynb"
    save(content, path)
    return baseline.problems(path)


def strip(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        cell.update(outputs=[], execution_count=None)


def strip_outputs_only(cells: list[dict[str, Any]]) -> None:
    cells[2]["outputs"] = []


def edit_digit(cells: list[dict[str, Any]]) -> None:
    cells[2]["outputs"][0]["text"] = "6.91\n"


def edit_picture(cells: list[dict[str, Any]]) -> None:
    cells[3]["outputs"][0]["data"]["image/svg+xml"] = "<svg>1 3</svg>"


def edit_code(cells: list[dict[str, Any]]) -> None:
    cells[2]["source"] = "print('6.90')\n1 + 2"


def rerun_one_cell(cells: list[dict[str, Any]]) -> None:
    cells[2]["execution_count"] = 9


def fail(cells: list[dict[str, Any]]) -> None:
    error = {"output_type": "error", "ename": "ValueError", "evalue": "bad", "traceback": []}
    cells[2]["outputs"] = [error]


def leave_parameters(cells: list[dict[str, Any]]) -> None:
    cells[2]["metadata"] = {"tags": ["injected-parameters"]}


def show_machine(cells: list[dict[str, Any]]) -> None:
    cells[2]["outputs"][0]["text"] = "/home/someone/data.csv\n"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (strip, "cell 1 (cell-1): this cell was not executed"),
        (strip_outputs_only, "its outputs are not those of the last"),
        (edit_digit, "its outputs are not those of the last"),
        (edit_picture, "its outputs are not those of the last"),
        (edit_code, "its code was edited after the last"),
        (rerun_one_cell, "not run once each from top to bottom: [1, 2, 9, 4]"),
        (fail, "ValueError: bad"),
        (leave_parameters, "has injected parameters"),
        (show_machine, "a path of this machine: /home/someone"),
    ],
)
def test_every_way_to_spoil_a_baseline_is_seen(
    fresh: Path, tmp_path: Path, edit: Callable[[list[dict[str, Any]]], None], message: str
) -> None:
    assert message in "\n".join(edited(fresh, tmp_path, edit))


def test_a_notebook_that_was_never_written_by_baseline_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "01_first", "")
    assert baseline.problems(path) == [
        "01_first.ipynb: was not written by `analysis baseline` (it has no stamp)"
    ]


def test_changes_are_shown_cell_by_cell(tmp_path: Path) -> None:
    source = "import pathlib\nn = pathlib.Path('../number.txt').read_text()\nprint('rate', n)\nprint('same')"
    picture = "from IPython.display import display\ndisplay({'image/svg+xml': f'<svg>{n}</svg>', 'text/plain': 'x'}, raw=True)"
    write(tmp_path, "01_first", source, picture)
    write(tmp_path, "02_second", "1")
    (tmp_path / "number.txt").write_text("6.9")
    baseline.write(changes(tmp_path))
    (tmp_path / "number.txt").write_text("7.1")
    (change,) = changes(tmp_path)
    assert change.path.name == "01_first.ipynb"
    assert change.details == [
        "cell 1 (cell-1):\n    -rate 6.9\n    +rate 7.1",
        "cell 2 (cell-2): image/svg+xml changed",
    ]


def test_a_failing_notebook_leaves_the_baseline_as_it_was(tmp_path: Path) -> None:
    path = write(tmp_path, "01_first", "1/0")
    before = path.read_bytes()
    with pytest.raises(CheckFailed, match=r"01_first, cell 1 \(cell-1\), line 1: ZeroDivisionError") as error:
        changes(tmp_path)
    assert "The baseline was left as it was." in str(error.value)
    assert path.read_bytes() == before
    assert json.loads(before)["cells"][0]["outputs"] == []


def test_a_notebook_that_reads_another_is_renewed(tmp_path: Path) -> None:
    """The results that it is given while it runs are ours, and no file that a cell left."""
    write(tmp_path, "01_first", "print(1)")
    write(tmp_path, "02_second", "print(2)", needs=("01_first",))
    assert [c.path.name for c in changes(tmp_path)] == ["01_first.ipynb", "02_second.ipynb"]
