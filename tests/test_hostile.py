"""A small sample of the campaign of hostile inputs and kills (`make hostile` runs a thousand), and what the law itself finds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analysis.suite import process
from tests.hostile import law, soak
from tests.hostile.bed import Done

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not process.available(), reason="commands are called in forks (Linux)")


def campaign(*arguments: str) -> str:
    """What the campaign says; it must end well."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.deep
@pytest.mark.slow("twelve whole commands on hostile projects, and two that are killed")
def test_a_sample_of_hostile_inputs_holds() -> None:
    assert "0 broke the law" in campaign("--plain", "--seed", "5", "--inputs", "12", "--kills", "2")


@pytest.mark.deep
@pytest.mark.slow("a server is started, and its report run before")
def test_a_soak_of_a_few_changes_ends_well(tmp_path: Path) -> None:
    assert soak.soak(tmp_path, 3, 1) == []


def test_growth_of_memory_and_what_is_left_are_told() -> None:
    assert soak.grown([100.0] * 40 + [300.0]) == ["memory grew from 100 MB to 300 MB"]
    assert soak.grown([100.0, 300.0, 250.0] * 4 + [310.0] * 28) == []


def test_closed_outputs_are_no_fault(tmp_path: Path) -> None:
    command = f"exec {sys.executable} -m analysis --help"
    for closed in (">&-", "2>&-", ">&- 2>&-", "</dev/null >&-"):
        done = subprocess.run(
            ["sh", "-c", f"{command} {closed}"], cwd=tmp_path, capture_output=True, check=False
        )
        assert done.returncode == 0 and b"Traceback" not in done.stderr


def seen(tmp_path: Path, done: Done, change: str = "", written: tuple[str, ...] = ()) -> str:
    """What the law says of a command that ended so, after a file was changed."""
    root, temporary = tmp_path / "report", tmp_path / "temporary"
    for path in (root / "data" / "a.csv", root / "reports" / "default" / "manifest.json", temporary / "x"):
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    (temporary / "x").unlink()
    before = law.files(root)
    if change:
        path = (root / change) if not change.startswith("tmp:") else temporary / change[4:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    return "; ".join(law.broken(root, temporary, ("run",), done, before, written_by_cells=written))


def test_what_is_right_breaks_no_law(tmp_path: Path) -> None:
    assert seen(tmp_path, Done(2, "", "Error: data/a.csv, row 2: is empty.\n")) == ""


@pytest.mark.parametrize(
    ("done", "change", "says"),
    [
        (Done(70, "", "Error: unforeseen\n"), "", "exit code 70"),
        (Done(None, "", ""), "", "did not end"),
        (Done(1, "", "Traceback (most recent call last)"), "", "a traceback"),
        (Done(2, "", ""), "", "without a word"),
        (Done(2, "", "Error: a\nError: b\n"), "", "not one message"),
        (Done(2, "", "Error: " + "x" * 5000), "", "5007 characters"),
        (Done(0, "", "", ("sleep 300",)), "", "left running"),
        (Done(2, "", "Error: x"), "data/a.csv", "changed what is not its own: ['data/a.csv']"),
        (Done(1, "", ""), "reports/default/index.html", "changed what is not its own"),
        (Done(0, "", ""), "reports/.staging-default-abc/x", "left behind"),
        (Done(0, "", ""), "tmp:analysis-error.txt", "left in the temporary folder"),
        (Done(0, "", ""), "reports/default/manifest.json", "run default is half"),
    ],
)
def test_every_way_to_break_the_law_is_seen(tmp_path: Path, done: Done, change: str, says: str) -> None:
    assert says in seen(tmp_path, done, change)


def test_what_the_input_itself_writes_is_no_fault_of_the_command(tmp_path: Path) -> None:
    change = "reports/default/index.html"
    assert "not its own" not in seen(tmp_path, Done(1, "", ""), change, written=("reports/default/*",))
