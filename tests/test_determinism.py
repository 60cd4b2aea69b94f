"""Two runs of one commit are the same, byte for byte, outside the manifest; and `analysis verify` sees a changed byte.

Real notebooks and data, each run by a process of its own: only a new process takes a hash seed, a locale, a time zone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.miniature import contents

PROJECT = Path(__file__).parents[1]
PARTS = ("notebooks", "data", "src", "report.toml", "pyproject.toml", "requirements.lock")
ONLY = ("--only", "08_*", "--only", "09_*", "--language", "both")


def copied(folder: Path) -> Path:
    """The project in another folder, without its runs and its cache."""
    folder.mkdir(parents=True)
    for name in PARTS:
        source, target = PROJECT / name, folder / name
        if source.is_dir():
            shutil.copytree(
                source, target, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            )
        else:
            shutil.copy(source, target)
    return folder


def analysis(
    root: Path, *arguments: str, mask: int = 0o022, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analysis", *arguments]
    variables = os.environ | {"PYTHONPATH": str(root / "src")} | environment
    return subprocess.run(
        command, cwd=root, env=variables, umask=mask, capture_output=True, text=True, timeout=120
    )


def run(root: Path, name: str, *options: str, mask: int = 0o022, **environment: str) -> dict[str, bytes]:
    done = analysis(root, "run", name, "-q", *ONLY, *options, mask=mask, **environment)
    assert done.returncode == 0, done.stderr
    return contents(root / "reports" / name)


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project that was run one notebook at a time, in the west, without a cache."""
    root = copied(tmp_path_factory.mktemp("near") / "project")
    run(root, "same", "--jobs", "1", "--no-cache", TZ="America/New_York", LC_ALL="C", PYTHONHASHSEED="1")
    yield root


@pytest.mark.deep
@pytest.mark.slow("two notebooks run three times in both languages, with their pages")
def test_runs_in_different_surroundings_have_the_same_bytes(
    near: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    far = copied(tmp_path_factory.mktemp("far") / "另一个 folder" / "deeper")
    first = contents(near / "reports" / "same")
    east = {"TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "zh", "PYTHONHASHSEED": "2"}
    fresh = run(far, "same", "--jobs", "2", mask=0o077, **east)
    cached = run(far, "same", PYTHONHASHSEED="random")
    status = json.loads((far / "reports" / "same" / "manifest.json").read_bytes())["status"]
    assert set(status.values()) == {"cached"}
    for other in (fresh, cached):
        assert sorted(other) == sorted(first)
        assert [name for name in first if first[name] != other[name]] == []
    kinds = {Path(name).suffix for name in first}
    assert kinds >= {".html", ".ipynb", ".svg", ".csv", ".json"}


@pytest.mark.deep
@pytest.mark.slow("two notebooks run on Jupyter's own kernel")
def test_jupyters_kernel_gives_the_same_bytes(near: Path) -> None:
    first = contents(near / "reports" / "same" / "notebooks")
    run(near, "stock", "--engine", "stock", "--no-html", "--jobs", "2", "--no-cache")
    assert contents(near / "reports" / "stock" / "notebooks") == first


def test_verify_finds_nothing_in_an_unchanged_run(near: Path) -> None:
    assert analysis(near, "verify", "same").returncode == 0


@pytest.mark.parametrize("pattern", ["*.html", "notebooks/*.ipynb", "figures/*.svg", "results/*.csv"])
def test_verify_sees_one_changed_byte(near: Path, pattern: str) -> None:
    folder = near / "reports" / "same"
    path = min(folder.glob(pattern))
    before = path.read_bytes()
    middle = len(before) // 2
    path.write_bytes(before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :])
    try:
        found = analysis(near, "verify", "same")
    finally:
        path.write_bytes(before)
    assert found.returncode == 1
    assert found.stdout == f"output changed: {path.relative_to(folder).as_posix()}\n"
