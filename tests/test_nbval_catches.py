"""What `pytest --nbval` must catch in a committed notebook: stock nbval passes a corrupted picture and stripped outputs."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.suite import document, normalise

ROOT = Path(__file__).parents[1]
STEM = "05_rural_finance"

Notebook = dict[str, Any]


def nbval(project: Path, *more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ANALYSIS_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *more, "--nbval", "notebooks"]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "report.toml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    for name in (f"{STEM}.ipynb", "conftest.py"):
        shutil.copy(ROOT / "notebooks" / name, tmp_path / "notebooks")
    return tmp_path


def rewrite(project: Path, change: Callable[[Notebook], None]) -> None:
    """Change the stored notebook and stamp it anew, so that only the comparison of outputs can tell."""
    path = project / "notebooks" / f"{STEM}.ipynb"
    content: Any = document.read(path)
    change(content)
    content["metadata"]["suite"][normalise.STAMP] = normalise.stamp(content)
    document.write(content, path)


def first_output(notebook: Notebook, mime: str, needle: str) -> dict[str, Any]:
    return next(
        o["data"]
        for c in notebook["cells"]
        if c["cell_type"] == "code"
        for o in c["outputs"]
        if needle in str(o.get("data", {}).get(mime, ""))
    )


def change_a_table(notebook: Notebook) -> None:
    data = first_output(notebook, "text/html", '<table class="data"')
    data["text/html"] = re.sub(
        r"(\d)</td>", lambda m: f"{(int(m[1]) + 1) % 10}</td>", data["text/html"], count=1
    )


def change_a_chart(notebook: Notebook) -> None:
    data = first_output(notebook, "image/svg+xml", "<svg")
    data["image/svg+xml"] = re.sub(r"(\d)\.(\d\d)\b", r"\g<1>.\g<2>1", data["image/svg+xml"], count=1)


def strip_the_outputs(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None


def failed(result: subprocess.CompletedProcess[str]) -> set[int]:
    """The numbers of the cells, code alone counted, that nbval says have failed."""
    return {
        int(n)
        for n in re.findall(rf"^FAILED notebooks/{STEM}\.ipynb::Cell (\d+)", result.stdout, re.MULTILINE)
    }


@pytest.mark.slow("nbval starts Jupyter's kernel and runs a whole notebook")
def test_cells_whose_outputs_were_changed_fail_and_no_others(project: Path) -> None:
    numbers: set[int] = set()

    def change(notebook: Notebook) -> None:
        for one in (change_a_table, change_a_chart):
            before = copy.deepcopy(notebook["cells"])
            one(notebook)
            code = [
                pair for pair in zip(before, notebook["cells"], strict=True) if pair[0]["cell_type"] == "code"
            ]
            numbers.update(n for n, (old, new) in enumerate(code) if old != new)

    rewrite(project, change)
    result = nbval(project)
    assert len(numbers) == 2
    assert failed(result) == numbers, result.stdout[-2000:]
    assert result.returncode == 1


def test_stripped_outputs_are_refused(project: Path) -> None:
    rewrite(project, strip_the_outputs)
    assert nbval(project).returncode != 0


def test_edited_outputs_are_refused_before_a_kernel_starts(project: Path) -> None:
    path = project / "notebooks" / f"{STEM}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    change_a_chart_in_lines = next(
        o for c in content["cells"] for o in c.get("outputs", []) if "image/svg+xml" in o.get("data", {})
    )
    change_a_chart_in_lines["data"]["image/svg+xml"] = ["<svg/>"]
    path.write_text(json.dumps(content), encoding="utf-8")
    result = nbval(project, "-n", "1", "--dist", "loadscope")
    assert result.returncode == 1
    assert "make baseline" in result.stdout
    assert "Traceback" not in result.stdout and "INTERNALERROR" not in result.stdout


@pytest.mark.deep
@pytest.mark.slow("nbval starts Jupyter's kernel and runs a whole notebook")
def test_a_changed_data_cell_fails(project: Path) -> None:
    path = project / "data" / "series" / "rural_broadband.csv"
    text = path.read_text(encoding="utf-8")
    assert "14189.65" in text
    path.write_text(text.replace("14189.65", "14289.65"), encoding="utf-8")
    assert nbval(project).returncode != 0
