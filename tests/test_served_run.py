"""The run that a served page shows first: the one that was there at the start, as long as it and its files are as they were."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.live.choice import Choice
from analysis.live.session import Session
from analysis.suite import manifest
from analysis.suite.project import Project
from tests.command_line import call

SECOND = Path(__file__).parent / "second_report"
PLAIN = Choice({}, "en")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "report"
    shutil.copytree(SECOND, folder, ignore=shutil.ignore_patterns("reports", ".cache"))
    (folder / "notebooks" / "helper.py").write_text("VALUE = 1\n")
    call(folder, "run", "--quiet", "--no-html")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "report"
    shutil.copytree(made, copy, symlinks=True)
    with contextlib.chdir(copy):
        yield copy


def session(folder: Path, name: str = "latest") -> Session:
    place = folder.parent / "served"
    place.mkdir()
    return Session(Project(folder), name, place)


def test_it_is_shown_while_everything_is_as_it_was(folder: Path) -> None:
    assert session(folder).state(PLAIN) is not None


def test_another_run_that_latest_leads_to_is_not_taken_for_it(folder: Path) -> None:
    served = session(folder)
    call(folder, "run", "built", "--quiet", "--no-html", "-p", "additions=built")
    assert (folder / "reports" / "latest").resolve().name == "built"
    found = served.state(PLAIN)
    assert found is not None and [p.value for p in found.variant.parameters if p.name == "additions"] != [
        "built"
    ]


def test_a_run_that_took_its_place_or_is_gone_is_not_taken_for_it(folder: Path) -> None:
    served = session(folder, "default")
    path = folder / "reports" / "default" / manifest.NAME
    content = path.read_text("utf-8")
    path.write_text(content.replace('"format"', ' "format"', 1))
    assert served.state(PLAIN) is None
    path.unlink()
    (folder / "data" / "README.md").write_text("changed")
    assert served.refresh() and served.state(PLAIN) is None


@pytest.mark.parametrize(
    "name", ["notebooks/helper.py", "notebooks/locale/xx.toml", "data/series/capacity.csv"]
)
def test_it_is_not_shown_once_a_file_beside_the_notebooks_changed(folder: Path, name: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text("utf-8") if path.exists() else "") + "\n", encoding="utf-8")
    assert session(folder).state(PLAIN) is None
    assert any(
        name in line for line in manifest.input_differences(folder / "reports" / "default", Project(folder))
    )


def test_a_scenario_that_the_run_was_not_made_with_changes_nothing_for_it(folder: Path) -> None:
    scenarios = folder / "notebooks" / "scenarios"
    scenarios.mkdir(exist_ok=True)
    for name in ("mine", "other"):
        (scenarios / f"{name}.yaml").write_text("intent: as built\nparameters:\n  additions: built\n")
    call(folder, "run", "--scenario", "mine", "--quiet", "--no-html")
    changed = [
        (name, manifest.input_differences(folder / "reports" / run, Project(folder)))
        for name in ("other", "mine")
        for run in ("default", "mine")
        if (scenarios / f"{name}.yaml").write_text("intent: another\nparameters:\n  additions: built\n")
    ]
    assert [line for _, line in changed] == [[], [], [], ["changed: notebooks/scenarios/mine.yaml"]]
