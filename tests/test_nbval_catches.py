"""What `pytest --nbval` must catch in a committed notebook: stock nbval passes a corrupted picture and stripped outputs."""

from __future__ import annotations

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


def nbval(project: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ANALYSIS_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "notebooks"]
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


@pytest.mark.slow("nbval starts Jupyter's kernel and runs a whole notebook")
def test_the_unchanged_notebook_passes(project: Path) -> None:
    result = nbval(project)
    assert result.returncode == 0, result.stdout[-2000:]


@pytest.mark.slow("nbval starts Jupyter's kernel and runs a whole notebook")
@pytest.mark.parametrize(
    "change", [change_a_table, change_a_chart, strip_the_outputs], ids=lambda c: c.__name__
)
def test_a_changed_notebook_fails(project: Path, change: Callable[[Notebook], None]) -> None:
    rewrite(project, change)
    assert nbval(project).returncode != 0


def test_edited_outputs_are_refused_before_a_kernel_starts(project: Path) -> None:
    path = project / "notebooks" / f"{STEM}.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    change_a_chart_in_lines = next(
        o for c in content["cells"] for o in c.get("outputs", []) if "image/svg+xml" in o.get("data", {})
    )
    change_a_chart_in_lines["data"]["image/svg+xml"] = ["<svg/>"]
    path.write_text(json.dumps(content), encoding="utf-8")
    result = nbval(project)
    assert result.returncode != 0
    assert "make baseline" in result.stdout


@pytest.mark.slow("nbval starts Jupyter's kernel and runs a whole notebook")
def test_a_changed_data_cell_fails(project: Path) -> None:
    path = project / "data" / "series" / "rural_broadband.csv"
    text = path.read_text(encoding="utf-8")
    assert "14189.65" in text
    path.write_text(text.replace("14189.65", "14289.65"), encoding="utf-8")
    assert nbval(project).returncode != 0
