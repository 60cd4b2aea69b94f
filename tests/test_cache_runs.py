"""After each kind of change, the notebooks that may depend on it run again, and a cached run has the bytes of a fresh one."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.suite import process
from analysis.suite.run import Outcome
from tests.miniature import contents, rows, run_all, write

pytestmark = pytest.mark.skipif(
    not process.available(), reason="what a notebook uses is seen in forked processes (Linux)"
)

PATH = "import sys\nsys.path.insert(0, '../src')"
READ = "from pathlib import Path\nvalue = Path('../data/read.csv').read_text()"
HAND_OUT = rows("claims", "[{'claim_id': 'reader', 'value': value}]")
LATE = (
    "from analysis.suite import collect\n"
    "print([row['value'] for row in collect.rows('claims')], len(collect.rows('claims')))"
)
FILES = {
    "data/read.csv": "1\n",
    "data/unread.csv": "1\n",
    "src/direct.py": "import transitive\nVALUE = transitive.VALUE\n",
    "src/transitive.py": "VALUE = 'value'\n",
    "src/unused.py": "VALUE = 'unused'\n",
    "requirements.lock": "a==1\n",
}
ALL = {"01_plain", "02_module", "03_data", "04_parameter", "90_late"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Five notebooks that depend on different things; every one of them is in the cache."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    write(tmp_path, "01_plain", "print(1)")
    write(tmp_path, "02_module", PATH, "import direct\nprint(direct.VALUE)")
    write(tmp_path, "03_data", READ, HAND_OUT)
    write(
        tmp_path, "04_parameter", "print(fx_rate)", parameters="fx_rate: PositiveFloat = 6.9  # CNY per USD"
    )
    write(tmp_path, "90_late", LATE, needs=("03*",))
    assert again(tmp_path) == ALL
    return tmp_path


def outcome_of(root: Path, *texts: str, **settings: object) -> Outcome:
    outcome = run_all(root, *texts, cache=True, **settings)
    assert outcome.is_ok, outcome
    return outcome


def again(root: Path, *texts: str) -> set[str]:
    """The notebooks that a run executes, not found in the cache."""
    return {n.name for n in outcome_of(root, *texts).notebooks if n.status == "ok"}


def edit(name: str, text: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_text(text)


def new_source(root: Path) -> None:
    write(root, "01_plain", "print(2)")


def test_only_a_run_with_a_cache_takes_what_was_made_before(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not without one, whoever starts it; nor a notebook that wants to run each time."""
    asks = "import os\nprint(os.environ.get('ANALYSIS_KEPT', 'none'))"
    write(root, "05_asks", asks)
    write(root, "06_each_time", asks)
    path = root / "notebooks" / "06_each_time.ipynb"
    content = json.loads(path.read_text("utf-8"))
    content["metadata"]["suite"] = {**content["metadata"].get("suite", {}), "cache": False}
    path.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setenv("ANALYSIS_KEPT", str(root / "elsewhere"))
    told = {}
    for has_cache in (True, False):
        outcome = run_all(root, cache=has_cache)
        assert outcome.is_ok, outcome
        for stem in ("05_asks", "06_each_time"):
            executed = json.loads((outcome.folder / "notebooks" / f"{stem}.ipynb").read_text("utf-8"))
            told[stem, has_cache] = "".join(executed["cells"][-1]["outputs"][0]["text"])
    assert told.pop(("05_asks", True)).startswith("./.cache/kept/")
    assert set(told.values()) == {"none\n"}


CHANGES: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "nothing": (lambda root: None, set()),
    "a source": (new_source, {"01_plain"}),
    "data that is read": (edit("data/read.csv", "2\n"), ALL),
    "data that is read, same result": (lambda root: (root / "data/read.csv").touch(), set()),
    "data that is not read": (edit("data/unread.csv", "2\n"), ALL),
    "new data": (edit("data/more.csv", "2\n"), ALL),
    "a module": (edit("src/direct.py", "VALUE = 'new'\n"), ALL),
    "a module of a module": (edit("src/transitive.py", "VALUE = 'new'\n"), ALL),
    "a comment in a module": (edit("src/transitive.py", "VALUE = 'value'  # why\n"), ALL),
    "a module that is not imported": (edit("src/unused.py", "VALUE = 'new'\n"), ALL),
    "the lock file": (edit("requirements.lock", "a==2\n"), ALL),
    "data removed": (lambda root: (root / "data/unread.csv").unlink(), ALL),
}


@pytest.mark.parametrize("change", CHANGES)
def test_exactly_what_depends_on_a_change_runs_again(root: Path, change: str) -> None:
    make, expected = CHANGES[change]
    make(root)
    assert again(root) == expected
    assert again(root) == set()


def test_a_parameter_reruns_its_notebook_and_only_that(root: Path) -> None:
    assert again(root, "fx_rate=7.5") == {"04_parameter"}
    assert again(root, "fx_rate=7.5") == set()
    assert again(root, "fx_rate=6.9") == set(), "a default given by name is the default"
    assert again(root) == set()


def test_an_upstream_result_that_stays_the_same_reruns_nothing(root: Path) -> None:
    """The file changed and its reader ran again, but what the reader hands on is the same."""
    write(root, "03_data", READ, rows("claims", "[{'claim_id': 'reader', 'value': value.strip()}]"))
    for path in (root / "notebooks").glob("*.ipynb"):
        if path.stem != "03_data":  # the others say that they read no data
            content = json.loads(path.read_text())
            content["metadata"]["suite"]["data"] = []
            path.write_text(json.dumps(content))
    again(root)
    (root / "data" / "read.csv").write_text("1")
    assert again(root) == {"03_data"}


def test_a_cached_run_has_the_bytes_of_a_fresh_one(root: Path) -> None:
    cached = contents(outcome_of(root).folder)
    fresh = contents(run_all(root, name="fresh", cache=False).folder)
    single = contents(run_all(root, name="single", cache=False, jobs=1).folder)
    assert cached == fresh == single


def test_a_damaged_entry_is_run_again_with_a_warning(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = contents(outcome_of(root).folder)
    for entry in (root / ".cache" / "notebooks").glob("*"):
        entry.write_bytes(entry.read_bytes()[:-20])
    with caplog.at_level(logging.WARNING):
        assert again(root) == ALL
    assert caplog.text.count("is damaged") == len(ALL)
    assert contents(outcome_of(root).folder) == before


def test_without_the_cache_everything_runs(root: Path) -> None:
    assert {n.status for n in run_all(root, cache=False).notebooks} == {"ok"}


def test_a_notebook_with_effects_outside_always_runs(root: Path) -> None:
    write(root, "05_writer", "from pathlib import Path\nPath('../written.txt').write_text('x');")
    write(root, "06_program", "import subprocess\nsubprocess.run(['true']);")
    assert again(root) == {"05_writer", "06_program"}
    assert again(root) == {"05_writer", "06_program"}


def test_a_failed_notebook_is_not_kept(root: Path) -> None:
    write(root, "05_fails", "1 / 0")
    for _ in range(2):
        outcome = run_all(root, cache=True)
        assert {n.name: n.status for n in outcome.notebooks}["05_fails"] == "failed"
    write(root, "05_fails", "1 / 1")
    assert again(root) == {"05_fails"}
