"""Every valid window of time works in every notebook, and every way of giving a parameter gives the same answer."""

from __future__ import annotations

import math
import os
import random
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from analysis import kept
from analysis.suite import collect, environment, normalise, params, process, settings
from analysis.suite.params import Catalogue
from analysis.suite.project import Project
from tests import titles
from tests.command_line import call

ROOT = Path(__file__).parents[1]
PROJECT = Project(ROOT)
CATALOGUE = Catalogue.of(PROJECT.notebooks)
QUARTERS = [f"{year}-Q{quarter}" for year in range(2008, 2028) for quarter in (1, 2, 3, 4)]
# Before all data, after all data, one quarter, two quarters, a year, and those that have no data in one notebook or another.
KNOWN = [
    ("1990-Q1", "1990-Q4"), ("2099-Q1", "2099-Q4"), ("2030-Q1", "latest"), ("2021-Q1", "2021-Q1"), ("2021-Q1", "2021-Q2"),
    ("2023-Q1", "2023-Q4"), ("2015-Q1", "2019-Q4"), ("1950-Q1", "2098-Q4"),
]  # fmt: skip
COUNT = int(os.environ.get("WINDOWS", "3"))
pytestmark = pytest.mark.skipif(not process.available(), reason="needs forks")


def windows(stem: str) -> list[tuple[str, str]]:
    """A handful for a notebook, the same each time: one that is known to be hard, others drawn. WINDOWS=n tries n."""
    drawn = random.Random(zlib.crc32(stem.encode()))
    found = [KNOWN[zlib.crc32(stem.encode()) % len(KNOWN)]] if len(KNOWN) > COUNT else list(KNOWN)
    while len(found) < COUNT:
        begin = drawn.randrange(len(QUARTERS))
        length = drawn.choice(
            (drawn.randrange(4), drawn.randrange(len(QUARTERS)))
        )  # every second one is short
        first, last = QUARTERS[begin], QUARTERS[min(begin + length, len(QUARTERS) - 1)]
        found.append((first, drawn.choice([last, last, first, "latest"])))
    return found


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[process.Runner]:
    """Runs notebooks; a chart that shows what one of another run shows is drawn once, as in a run."""
    with environment.prepared(ROOT), process.Runner(settings.preload(ROOT)) as made:
        os.environ[kept.FOLDER_VARIABLE] = str(tmp_path_factory.mktemp("pictures"))
        yield made


CASES = [(stem, *window) for stem in CATALOGUE.users("first_period") for window in windows(stem)]
DRAWN = [pytest.param(*c, marks=[] if c[1:] in KNOWN else pytest.mark.deep) for c in CASES]


@pytest.mark.slow("a whole notebook is executed for each window")
@pytest.mark.parametrize(("stem", "first", "last"), DRAWN)
def test_every_valid_window_works_in_every_notebook(
    runner: process.Runner, stem: str, first: str, last: str
) -> None:
    """In each window charts are composed; in those that are known to be hard they are drawn too."""
    notebook = PROJECT.notebook(stem)
    given = {"first_period": first, "last_period": last}
    params.refuse_backwards(CATALOGUE, given)
    made = normalise.without_outputs(params.injected(notebook.content, given))
    is_known = (first, last) in KNOWN
    outcome = runner.execute(made, cwd=ROOT / "notebooks", rows_only=not is_known)
    assert outcome.status == "ok", f"{made['cells'][outcome.cell]['id']}: {outcome.message}"
    assert told_wrongly(made) == {}


def told_wrongly(made: dict[str, Any]) -> dict[str, list[str]]:
    """Cell → what the chart that it draws says and does not show."""
    found = {cell: titles.faults(figure) for cell, figure in titles.figures(made)}
    return {cell: told for cell, told in found.items() if told}


# Windows in which a finding of the default is not there, or turns round.
ODD = [
    ("01_global_investment", "2021-Q2", "2021-Q2", "en"), ("02_china_investment", "2019-Q1", "2019-Q4", "zh"),
    ("04_green_finance", "2020-Q3", "2020-Q4", "en"), ("04_green_finance", "2023-Q3", "2023-Q4", "zh"),
    ("05_rural_finance", "2016-Q1", "2018-Q4", "en"), ("05_rural_finance", "2015-Q1", "2016-Q4", "zh"),
    ("10_trends_forecasts", "2021-Q2", "2021-Q4", "en"),
]  # fmt: skip
TURNED = [(stem, first, last, {"en": "zh", "zh": "en"}[language]) for stem, first, last, language in ODD]


@pytest.mark.slow("a whole notebook is executed, and its charts drawn, for each window")
@pytest.mark.parametrize(
    ("stem", "first", "last", "language"), [*ODD, *(pytest.param(*t, marks=pytest.mark.deep) for t in TURNED)]
)
def test_a_title_tells_what_its_window_shows(
    runner: process.Runner, stem: str, first: str, last: str, language: str
) -> None:
    given = {"first_period": first, "last_period": last, "language": language}
    made = normalise.without_outputs(params.injected(PROJECT.notebook(stem).content, given))
    outcome = runner.execute(made, cwd=ROOT / "notebooks")
    assert outcome.status == "ok", f"{made['cells'][outcome.cell]['id']}: {outcome.message}"
    assert len(list(titles.figures(made))) > 1
    assert told_wrongly(made) == {}


@pytest.mark.deep
@pytest.mark.slow("a whole notebook is executed")
@pytest.mark.parametrize("stem", [n.stem for n in PROJECT.notebooks])
def test_a_notebook_imports_nothing_that_is_not_imported_ahead(runner: process.Runner, stem: str) -> None:
    made = normalise.without_outputs(PROJECT.notebook(stem).content)
    code = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    first = {**code, "id": "first", "source": "import sys\nahead_ = set(sys.modules)"}
    last = {**code, "id": "last", "source": "print(sorted(sys.modules.keys() - ahead_))"}
    made["cells"] = [first, *made["cells"], last]
    env = {**os.environ, collect.FOLDER_VARIABLE: str(ROOT / "notebooks")}
    outcome = runner.execute(made, cwd=ROOT / "notebooks", env=env)
    assert outcome.status == "ok", outcome.message
    assert made["cells"][-1]["outputs"][0]["text"] == "[]\n"


def test_what_the_committed_charts_say_is_what_they_draw() -> None:
    seen = 0
    for notebook in PROJECT.notebooks:
        seen += len(list(titles.figures(notebook.content)))
        assert told_wrongly(notebook.content) == {}, notebook.path.stem
    assert seen > 40


SHARES = (
    "series,period,value,low,high,kind\na,2015,30.0,,,series\na,2016,25.1,,,series\na,2020,29.3,,,printed\n"
)


@pytest.mark.parametrize(
    ("title", "subtitle", "notes", "told"),
    [
        ("The share fell from 30.0 to 25.1%", "", "", []),
        ("占比由30.0%降至25.1%", "", "", []),
        ("The share rose from 30.0 to 25.1%", "", "", ["rose from 30.0 to 25.1"]),
        ("占比由30.0%升至25.1%", "", "", ["由30.0%升至25.1"]),
        ("The share fell from 30.0 to 24.7%", "", "", ["fell from 30.0 to 24.7"]),
        ("The share rose from 25.1 to 30.0%", "", "", ["rose from 25.1 to 30.0"]),
        ("Broadband grows every year", "", "", ["every year"]),
        ("The share in 2016", "to 2017", "", ["names 2017"]),
        ("2016年占比", "2018Q1为止", "", ["names 2018 Q1"]),
        ("The share", "", "Not found: .", ["lists nothing: Not found: ."]),
    ],
)
def test_a_title_that_its_data_do_not_bear_out_is_named(
    title: str, subtitle: str, notes: str, told: list[str]
) -> None:
    figure = {"title": title, "subtitle": subtitle, "notes": notes, "data_csv": SHARES}
    assert titles.faults(figure) == told


def ends(stem: str, which: str) -> dict[str, Any]:
    """The lowest, or the highest, value that the type of each numeric parameter of a notebook allows, or all but."""
    found = {}
    for name, declared in CATALOGUE.declared[stem].items():
        fields = [
            b for field in getattr(declared.type, "__metadata__", ()) for b in getattr(field, "metadata", ())
        ]
        for bound in fields:
            if hasattr(bound, f"{which}e"):
                found[name] = float(getattr(bound, f"{which}e"))
            elif hasattr(bound, f"{which}t"):
                inwards = math.inf if which == "g" else -math.inf
                found[name] = math.nextafter(getattr(bound, f"{which}t"), inwards)
    return found


@pytest.mark.slow("a whole notebook is executed for each end of its ranges")
@pytest.mark.parametrize("which", ["g", pytest.param("l", marks=pytest.mark.deep)], ids=["lowest", "highest"])
@pytest.mark.parametrize("stem", sorted(CATALOGUE.declared))
def test_the_ends_of_every_range_work_in_every_notebook(
    runner: process.Runner, stem: str, which: str
) -> None:
    """Charts are drawn at the lowest ends, composed at the highest."""
    given = ends(stem, which)
    assert given, "no range with an end"
    made = normalise.without_outputs(params.injected(PROJECT.notebook(stem).content, given))
    outcome = runner.execute(made, cwd=ROOT / "notebooks", rows_only=which == "l")
    assert outcome.status == "ok", f"{made['cells'][outcome.cell]['id']}: {outcome.message}"


def test_all_notebooks_with_a_window_are_tried() -> None:
    assert len({stem for stem, *_ in CASES}) >= 5
    assert {tuple(w) for w in KNOWN} & {(first, last) for _, first, last in CASES}


def check_values(runner: process.Runner, given: dict[str, str]) -> dict[str, Any]:
    """Check → what it recomputed, of one run of the notebook on the banks."""
    notebook = PROJECT.notebook("03_it_spend")
    made = normalise.without_outputs(params.injected(notebook.content, given))
    outcome = runner.execute(made, cwd=ROOT / "notebooks", rows_only=True)
    assert outcome.status == "ok", f"{given}: {outcome.message}"
    rows = collect.gathered([(notebook.stem, made)])["checks"].rows
    return {row["check_id"]: (row.get("computed"), row["arithmetic"]) for row in rows}


def test_a_check_of_other_members_or_another_mean_has_another_label(runner: process.Runner) -> None:
    """What has one name in two runs has one value in both."""
    plain = check_values(runner, {})
    assert len(plain) > 20
    for bank_set in ("six", "five_without_psbc", "five_without_bocom", "four"):
        for aggregation in ("sum", "mean", "median"):
            other = check_values(runner, {"bank_set": bank_set, "aggregation": aggregation})
            same_name = [name for name in plain.keys() & other.keys() if plain[name] != other[name]]
            assert not same_name, f"{bank_set}, {aggregation}: {same_name}"


STEM = "04_green_finance"
GIVEN = {"currency": "USD", "fx_rate": "6.5", "first_period": "2023-Q1", "last_period": "2023-Q4"}
FILE = "currency: USD\nfx_rate: 6.5\nfirst_period: 2023-Q1\nlast_period: 2023-Q4\n"


def outputs(path: Path) -> list[Any]:
    """What the cells of an executed notebook put out, in all forms, without what the kernel numbers."""
    found = nbformat.read(path, 4)
    content = normalise.executed(found, found, ROOT)
    is_given = "parameters"
    return [
        [{k: v for k, v in output.items() if k != "execution_count"} for output in cell["outputs"]]
        for cell in content["cells"]
        if cell["cell_type"] == "code" and is_given not in " ".join(cell["metadata"].get("tags", []))
    ]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a scenario of its own."""
    root = tmp_path_factory.mktemp("ways")
    for name in ("data", "report.toml", "pyproject.toml", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    (root / "notebooks" / "scenarios").mkdir(parents=True)
    (root / "notebooks" / f"{STEM}.ipynb").symlink_to(ROOT / "notebooks" / f"{STEM}.ipynb")
    shutil.copytree(ROOT / "notebooks" / "locale", root / "notebooks" / "locale")
    (root / "given.yaml").write_text(FILE)
    own = (
        "intent:\n  en: Dollars in 2023.\n  zh: 2023年，美元。\nparameters:\n  "
        + FILE.replace("\n", "\n  ").rstrip()
        + "\n"
    )
    (root / "notebooks" / "scenarios" / "dollars.yaml").write_text(own)
    return root


WAYS = {
    "-p": [text for name, value in GIVEN.items() for text in ("-p", f"{name}={value}")],
    "file": ["--params-file", "given.yaml"],
    "scenario": ["--scenario", "dollars"],
}


@pytest.fixture(scope="module")
def by_papermill(copy: Path) -> list[Any]:
    """What papermill's own command gives on Jupyter's own kernel."""
    made = papermill(copy, **GIVEN)
    assert made.returncode == 0, made.stderr
    return outputs(copy / "papermill.ipynb")


def papermill(root: Path, **given: str) -> subprocess.CompletedProcess[str]:
    options = [text for name, value in given.items() for text in ("-p", name, value)]
    command = [
        sys.executable,
        "-m",
        "papermill",
        f"notebooks/{STEM}.ipynb",
        "papermill.ipynb",
        "--cwd",
        "notebooks",
    ]
    return subprocess.run(
        [*command, "--no-progress-bar", *options],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow("the command line and papermill's own each run a notebook")
@pytest.mark.parametrize("way", list(WAYS))
def test_every_way_of_giving_parameters_gives_the_same_answer(
    copy: Path, by_papermill: list[Any], way: str
) -> None:
    name = f"way-{list(WAYS).index(way)}"
    call(copy, "run", name, "--no-html", "--no-cache", "-q", *WAYS[way])
    found = outputs(copy / "reports" / name / "notebooks" / f"{STEM}.ipynb")
    assert found == by_papermill
    assert "$" in str(found) or "USD" in str(found), "the answer is in dollars"


def test_a_wrong_value_stops_stock_papermill_too(copy: Path) -> None:
    done = papermill(copy, currency="EUR")
    assert done.returncode != 0 and "parameter currency = 'EUR'" in done.stderr
