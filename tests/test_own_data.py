"""`--data FOLDER`: own rows over those of the project, validated alike, in key and manifest, and marked on every page."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import places
from analysis.cli import cli
from analysis.errors import UserError
from analysis.numbers.numerals import PLAIN_NUMBER
from analysis.report.datapackage import DataError, load, overlay, what_if
from analysis.report.rows import CheckRow, Input
from analysis.site import crate, own_rows, sheet, source
from analysis.suite.project import Project

ROOT = Path(__file__).parents[1]
PLAIN = re.compile(PLAIN_NUMBER)
COLUMNS = ("series_id", "period", "edition")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report that `analysis new` writes: two claims and one series, `trips`."""
    root = tmp_path_factory.mktemp("new") / "cycling"
    assert CliRunner().invoke(cli, ["new", str(root)]).exit_code == 0
    return root


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test finds its copy: at one place one fork server does for all."""
    return tmp_path_factory.mktemp("place") / "cycling"


@pytest.fixture
def project(made: Path, place: Path) -> Path:
    """A copy of it."""
    shutil.rmtree(place, ignore_errors=True)
    return Path(shutil.copytree(made, place))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, rows: list[dict[str, str]], columns: list[str] | None = None) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def analysis(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(project), *arguments], catch_exceptions=True)


@pytest.mark.deep(keep=2)
@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (
            lambda text: text.replace(",2023,412,", ",2023,many,"),
            "row 2, column value: 'many' is not a plain number",
        ),
        (lambda text: text.replace("series_id,", "series,", 1), "column"),
        (lambda text: text, ""),
    ],
    ids=["a cell", "a column", "sound"],
)
def test_a_run_that_fails_on_unsound_data_names_the_command_that_tells(
    project: Path, spoil: Callable[[str], str], told: str
) -> None:
    path = project / "data" / "series" / "trips.csv"
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    if not told:  # it fails for a reason of its own
        for notebook in (project / "notebooks").glob("*.ipynb"):
            notebook.write_text(
                notebook.read_text("utf-8").replace("book.explain_missing()", "1 / 0"), "utf-8"
            )
    done = CliRunner().invoke(
        cli, ["--project", str(project), "run", "--no-html", "-q"], standalone_mode=False
    )
    assert done.return_value == 1, done.output
    assert ("`analysis data validate`" in done.output and told in done.output) == bool(told)
    assert "it is kept as default-failed.\n" in done.output, "nothing to compare with, and no latest"


def test_a_run_that_fails_names_the_command_that_shows_how_far_it_came(project: Path) -> None:
    whole = project / "notebooks"
    assert analysis(project, "run", "good", "--no-html", "-q").exit_code == 0
    kept = {p.name: p.read_text("utf-8") for p in whole.glob("*.ipynb")}

    def ended(*arguments: str) -> Result:
        return CliRunner().invoke(cli, ["--project", str(project), *arguments], standalone_mode=False)

    def failing(before: str) -> None:
        done = ended("run", "bad", "--no-html", "-q")
        assert done.return_value == 1 and f": analysis compare {before} bad-failed\n" in done.output
        assert ("latest still shows" in done.output) == (before == "good")
        command = done.output.partition("What came out: analysis ")[2].splitlines()[0]
        assert ended(*command.split()).return_value in (0, 1)

    for name, text in kept.items():
        (whole / name).write_text(text.replace("book.explain_missing()", "1 / 0"), "utf-8")
    failing("good")
    for path in (project / "reports" / "good" / "notebooks").glob("*.ipynb"):  # as they are committed
        shutil.copy(path, whole / path.name)
    for name in kept:
        text = (whole / name).read_text("utf-8")
        (whole / name).write_text(text.replace("book.explain_missing()", "1 / 0"), "utf-8")
    (project / "reports" / "latest").unlink()
    failing("baseline")


def series(project: Path) -> list[dict[str, str]]:
    return rows_of(project / "data" / "series" / "trips.csv")


@settings(max_examples=40)
@given(data=st.data())
def test_own_rows_replace_by_key_or_are_added_and_all_others_stay(
    made: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    before = series(made)
    chosen = data.draw(st.lists(st.sampled_from(range(len(before))), unique=True, max_size=len(before)))
    years = data.draw(st.lists(st.integers(1950, 1990), unique=True, min_size=0 if chosen else 1, max_size=4))
    values = st.integers(1, 10**6).map(str)
    own = [{**before[n], "value": data.draw(values)} for n in chosen]
    own += [{**before[0], "period": str(year), "value": data.draw(values)} for year in years]
    own = data.draw(st.permutations(own))
    folder = tmp_path_factory.mktemp("own")
    write(folder / "series" / "trips.csv", own)
    laid = overlay.lay(made / "data", folder)
    after = list(csv.DictReader(io.StringIO(laid.contents["series/trips.csv"].decode())))

    def keyed(rows: list[dict[str, str]]) -> dict[tuple[str, ...], dict[str, str]]:
        return {tuple(row[c] for c in COLUMNS): row for row in rows}

    assert keyed(after) == {**keyed(before), **keyed(own)}
    assert [tuple(r[c] for c in COLUMNS) for r in after][: len(before)] == list(keyed(before)), "none moves"
    assert list(laid.refs) == [f"trips:{r['series_id']}@{r['period']}@{r['edition']}" for r in own]
    for (path, row), (_, mine) in laid.places.items():
        assert path == "series/trips.csv" and after[row - 2] == own[mine - 2]


def test_every_file_of_the_package_has_a_key(made: Path) -> None:
    root = Path(__file__).parents[1]
    for data in (made / "data", root / "data"):
        for resource in load(data):
            assert resource.schema.key, resource.path


def changed(project: Path, **cells: str) -> dict[str, str]:
    """The last row of the series with other cells."""
    return {**series(project)[-1], **cells}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"value": "1,5"}, "row 3, column value: '1,5' is not a plain number"),
        ({"unit": "parsecs"}, "row 3, column unit"),
        ({"period": "spring"}, "row 3, column period"),
        ({"url": "", "caveat": ""}, "row 3, column url"),
        ({"status": "perhaps"}, "row 3, column status"),
    ],
)
def test_own_rows_are_held_to_the_rules_and_named_by_their_own_file(
    project: Path, tmp_path: Path, cells: dict[str, str], message: str
) -> None:
    own = write(
        tmp_path / "own/series/trips.csv", [changed(project, period="1999"), changed(project, **cells)]
    )
    done = analysis(project, "run", "--data", str(tmp_path / "own"))
    assert isinstance(done.exception, DataError) and f"{own}, {message}" in str(done.exception)
    assert not (project / "reports").exists() and not list((project / ".cache" / "data").iterdir())


def test_trouble_of_the_project_that_was_there_before_is_not_the_overlays(
    project: Path, tmp_path: Path
) -> None:
    broken = series(project)
    broken[0]["url"] = broken[0]["caveat"] = ""
    write(project / "data" / "series" / "trips.csv", broken)
    write(tmp_path / "own" / "series" / "trips.csv", [changed(project, value="77")])
    assert analysis(project, "run", "--no-html", "--data", str(tmp_path / "own")).exit_code == 0


def spoil(kind: str, own: Path, project: Path) -> None:
    row = changed(project, value="77")
    file = write(own / "series" / "trips.csv", [row])
    if kind == "another name":
        file.rename(own / "series" / "trip.csv")
    elif kind == "another form":
        file.rename(own / "series" / "trips.xlsx")
    elif kind == "columns missing":
        write(file, [{k: row[k] for k in ("series_id", "period", "edition", "value")}])
    elif kind == "a key twice":
        write(file, [row, row])
    elif kind == "no rows":
        write(file, [], list(row))
    elif kind == "nothing":
        file.unlink()
    elif kind == "not UTF-8":
        file.write_bytes("série,1\n".encode("latin-1"))
    else:
        (project / "data" / "datapackage.json").unlink()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("another name", "the project has no data file series/trip.csv; did you mean series/trips.csv?"),
        ("another form", "the project has no data file series/trips.xlsx; did you mean series/trips.csv?"),
        ("columns missing", "is missing; the columns are series_id"),
        ("a key twice", "stands in row 2 already; keep one of the two"),
        ("no rows", "has a header but no rows"),
        ("nothing", "holds no file; it mirrors data/, as in report/claims.csv"),
        ("not UTF-8", "not UTF-8"),
        ("no package", "without it nobody knows the keys of its rows"),
    ],
)
def test_a_folder_that_does_not_fit_is_one_message(
    project: Path, tmp_path: Path, kind: str, message: str
) -> None:
    spoil(kind, tmp_path / "own", project)
    done = analysis(project, "run", "--data", str(tmp_path / "own"))
    assert isinstance(done.exception, UserError) and message in str(done.exception)
    assert done.exception.exit_code == 2


def test_a_run_with_own_rows_computes_with_them_says_so_and_leaves_the_project(
    project: Path, tmp_path: Path
) -> None:
    data = {p: p.read_bytes() for p in sorted((project / "data").rglob("*")) if p.is_file()}
    assert analysis(project, "run").exit_code == 0
    last = series(project)[-1]
    ref = f"trips:{last['series_id']}@{last['period']}@{last['edition']}"
    write(tmp_path / "my rows" / "series" / "trips.csv", [{**last, "value": "77"}])
    done = analysis(project, "run", "--data", str(tmp_path / "my rows"), "--json")
    assert done.exit_code == 0, done.output
    outcome = json.loads(done.stdout)
    assert outcome["run"] == "data-my-rows", "the default run is not replaced by one with other data"
    run = project / "reports" / "data-my-rows"
    assert json.loads((run / "manifest.json").read_text())["own_data"] == [ref]
    assert str(tmp_path) not in (run / "manifest.json").read_text()
    assert rows_of(run / "inputs" / "data" / "series" / "trips.csv")[-1]["value"] == "77"
    said = "what if: All trips 2023 77 persons instead of 1,007 persons"
    pages = {p.name: p.read_text(encoding="utf-8") for p in run.glob("*.html")}
    assert len(pages) >= 3
    for name, page in pages.items():
        assert page.index(said) < page.index('class="opening"'), f"{name} must say it first"
        assert "own data" not in page and str(tmp_path) not in page
    topic = next(page for name, page in pages.items() if name.startswith("01"))
    assert f'<span class="own">Rests on rows of one’s own: {said}' in topic, (
        "a card that rests on the row says so"
    )
    plain = (project / "reports" / "default" / "index.html").read_text()
    assert said not in plain and 'class="own"' not in plain
    assert data == {p: p.read_bytes() for p in sorted((project / "data").rglob("*")) if p.is_file()}
    assert "ANALYSIS_DATA" not in os.environ and places.data(project) == project / "data"
    again = json.loads(analysis(project, "run", "--data", str(tmp_path / "my rows"), "--json").stdout)
    assert {n["status"] for n in again["notebooks"]} == {"cached"}, "the same rows are found in the cache"
    write(tmp_path / "my rows" / "series" / "trips.csv", [{**last, "value": "78"}])
    other = json.loads(analysis(project, "run", "--data", str(tmp_path / "my rows"), "--json").stdout)
    assert {n["status"] for n in other["notebooks"]} == {"ok"}, "other rows are another key"
    assert len(list((project / ".cache" / "data").iterdir())) == 1, "joined data that nobody uses go"
    verified = analysis(project, "verify", "data-my-rows", "--inputs")
    assert verified.exit_code == 0, "what the rows lie over did not change"
    assert "trips.csv: own rows of this run lie over it" in verified.output
    moved = analysis(project, "compare", "default", "data-my-rows")
    assert "series/trips.csv" in moved.output and "78" in moved.output


def test_a_notebook_that_reads_the_projects_data_itself_is_not_passed_over(
    project: Path, tmp_path: Path
) -> None:
    import nbformat

    path = project / "notebooks" / "02_own.ipynb"
    code = nbformat.v4.new_code_cell("open('../data/series/trips.csv').read()[:9]")
    nbformat.write(nbformat.v4.new_notebook(cells=[code]), path)
    assert analysis(project, "run", "--no-html").exit_code == 0
    write(tmp_path / "own" / "series" / "trips.csv", [changed(project, value="77")])
    done = analysis(project, "run", "--no-html", "--data", str(tmp_path / "own"))
    assert (
        "This run has failures" in done.output
        and "02_own reads " in done.output
        and "analysis.places.data()" in done.output
    )


def test_a_sweep_with_own_rows_says_so_and_is_not_published(project: Path, tmp_path: Path) -> None:
    row = changed(project, value="77")
    write(tmp_path / "own" / "series" / "trips.csv", [row])
    swept = ("sweep", "-p", "hedge_about=0.05,0.02", "--data", str(tmp_path / "own"))
    refused = analysis(project, *swept, "--publish")
    assert "--publish: the scorecard shows what the project's own data say" in refused.output
    done = analysis(project, *swept, "--json")
    assert done.exit_code == 0, done.exception
    page = Path(json.loads(done.stdout)["index"]).read_text(encoding="utf-8")
    ref = f"trips:{row['series_id']}@{row['period']}@{row['edition']}"
    assert page.index(ref) < page.index("<h1")


def contents(run: Path) -> dict[str, bytes]:
    """Every file of a run but its manifest, which says when it was made."""
    files = (p for p in run.rglob("*") if p.is_file() and p.name != "manifest.json")
    return {p.relative_to(run).as_posix(): p.read_bytes() for p in files}


def with_another_edition(project: Path) -> dict[str, str]:
    """A second edition of the last row, in the data; gives its row."""
    other = changed(project, edition="revised", value="1009", status="alternative")
    write(project / "data" / "series" / "trips.csv", [*series(project), other])
    return other


def test_what_if_is_a_folder_of_the_same_rows(project: Path, tmp_path: Path) -> None:
    row, other = series(project)[-1], with_another_edition(project)
    place = f"trips:{row['series_id']}@{row['period']}"
    for text, rows, said in (
        (f"{place}@{row['edition']}=77", [{**row, "value": "77"}], "77 persons"),
        (
            f"{place}=revised",
            [{**other, "status": "main"}, {**row, "status": "alternative"}],
            "1,009 persons",
        ),
    ):
        shutil.rmtree(tmp_path / "mine", ignore_errors=True)
        write(tmp_path / "mine" / "series" / "trips.csv", rows)
        assert analysis(project, "run", "x", "--data", str(tmp_path / "mine")).exit_code == 0
        mine = contents(project / "reports" / "x")
        facts = json.loads((project / "reports" / "x" / "manifest.json").read_text())
        assert analysis(project, "run", "x", "--no-cache", "--what-if", text).exit_code == 0
        assert contents(project / "reports" / "x") == mine
        again = json.loads((project / "reports" / "x" / "manifest.json").read_text())
        assert again["own_data"] == facts["own_data"] and again["instead"] == facts["instead"]
        assert f"what if: All trips 2023 {said} instead of 1,007 persons".encode() in mine["index.html"]


@settings(max_examples=60)
@given(data=st.data())
def test_what_is_no_row_or_no_value_is_refused_in_one_message(made: Path, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(series(made)))
    parts = ["trips", row["series_id"], row["period"], row["edition"]]
    known = what_if.Series.of(made / "data")
    ref = "{}:{}@{}@{}".format
    good = data.draw(st.decimals(0, 10**9, places=2).map(str))
    assert list(known.changed([f"{ref(*parts)}={good}"])) == ["series/trips.csv"]
    bad = data.draw(
        st.text(min_size=1).filter(lambda x: not PLAIN.fullmatch(x)) | st.just("-1") | st.just("9" * 31)
    )
    spoilt = data.draw(st.sampled_from(range(4)))
    with pytest.raises(UserError, match=r"^[^\n]+$"):
        known.changed([f"{ref(*parts)}={bad}".replace("\n", " ")])
    with pytest.raises(UserError, match="there is no such row"):
        known.changed([f"{ref(*(p + 'x' * (n == spoilt) for n, p in enumerate(parts)))}=1"])
    with pytest.raises(UserError, match="is no other edition") as refused:
        known.changed(["{}:{}@{}={}".format(*parts)])
    assert "write" not in str(refused.value), "the name of an edition is no value"
    with pytest.raises(UserError, match="is no other edition") as refused:
        known.changed(["{}:{}@{}".format(*parts[:3]) + f"={good}"])
    assert known.changed([str(refused.value).partition("For another value write ")[2]])
    many = [f"trips:{row['series_id']}@{1000 + n}@x=1" for n in range(what_if.MOST + 1)]
    with pytest.raises(UserError, match="at most 20"):
        known.changed(many)


def test_a_what_if_that_the_rules_refuse_is_told_without_a_folder(project: Path, tmp_path: Path) -> None:
    row = series(project)[-1]
    ref = f"trips:{row['series_id']}@{row['period']}@{row['edition']}"
    both = analysis(project, "run", "--data", str(tmp_path), "--what-if", f"{ref}=1")
    assert "give one of them" in str(both.exception)
    twice = analysis(project, "run", "--what-if", f"{ref}=1", "--what-if", f"{ref}=2")
    assert "is given twice" in str(twice.exception)
    assert not (project / "reports").exists()


def test_rows_of_ones_own_are_not_published_as_if_they_were_data(project: Path, tmp_path: Path) -> None:
    row = series(project)[-1]
    ref = f"trips:{row['series_id']}@{row['period']}@{row['edition']}"
    assert analysis(project, "run", "x", "--what-if", f"{ref}=77").exit_code == 0
    refused = analysis(project, "publish", str(tmp_path / "_site"), "x")
    assert "rows of one's own" in str(refused.exception)
    assert not (tmp_path / "_site").exists()
    run = source.read(project / "reports" / "x")
    said = "Rows laid over the project’s data: 1: what if: All trips 2023 77 persons instead of 1,007 persons"
    assert run.warning("en").replace("：", ":") == said
    sheet.write(run, tmp_path / "x.xlsx")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        assert said in book.read("xl/sharedStrings.xml").decode()
    facts = crate.metadata(run, {})
    assert any(str(node.get("description", "")).startswith(said) for node in facts["@graph"])


def test_notebooks_that_do_not_read_the_changed_file_come_from_the_cache(
    project: Path, tmp_path: Path
) -> None:
    path = project / "notebooks" / "01_first.ipynb"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"]["suite"] = {**content["metadata"].get("suite", {}), "data": ["report/*.csv"]}
    path.write_text(json.dumps(content), encoding="utf-8")
    other = {
        "cells": [],
        "metadata": {"suite": {"data": ["report/*.csv"]}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (project / "notebooks" / "02_other.ipynb").write_text(json.dumps(other), encoding="utf-8")
    row = series(project)[-1]
    ref = f"trips:{row['series_id']}@{row['period']}@{row['edition']}"
    first = json.loads(analysis(project, "run", "--json").stdout)
    assert {n["name"]: n["status"] for n in first["notebooks"]}["02_other"] == "ok"
    done = json.loads(analysis(project, "run", "x", "--json", "--what-if", f"{ref}=77").stdout)
    assert {n["name"]: n["status"] for n in done["notebooks"]} == {
        "01_first": "ok", "02_other": "cached", "90_scorecard": "ok",
    }  # fmt: skip


@pytest.mark.deep
@pytest.mark.slow(
    "the walkthrough of docs/own-data.md on the real data: the notebooks that read its row, three times"
)
def test_the_walkthrough_says_what_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("data", "notebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for name in ("report.toml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    text = (ROOT / "docs" / "own-data.md").read_text(encoding="utf-8")
    block = re.search(r"```console\n(.*?)```", text, re.DOTALL)
    assert block
    typed = [line.removeprefix("$ ") for line in block[1].splitlines() if line.startswith("$ ")]
    shell = [line for line in typed if not line.startswith("analysis ")]
    assert typed[len(shell) :] == ["analysis run --data mine", "analysis compare default data-mine"]
    subprocess.run(["bash", "-euc", "\n".join(shell)], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    reads = [
        n.stem
        for n in Project.find(tmp_path).notebooks
        if "series/green_loans.csv" in n.content["metadata"]["suite"].get("data", []) and not n.needs
    ]
    assert "10_trends_forecasts" in reads
    some = [part for stem in reads for part in ("--only", stem)]

    def run(name: str, *more: str) -> Result:
        return CliRunner().invoke(cli, ["run", name, *some, "--no-html", "-q", *more], standalone_mode=False)

    assert run("default").return_value == 0
    assert run("data-mine", "--data", "mine").return_value == 0
    compared = CliRunner().invoke(cli, ["compare", "default", "data-mine"]).output
    shown = [line for line in block[1].splitlines() if line and line[0] not in "$…"]
    assert shown and all(f"\n{line}\n" in compared for line in shown)
    rows = tmp_path / "mine" / "series" / "green_loans.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace(",13.1,", ",13.9,"), encoding="utf-8")
    failed = run("data-mine", "--data", "mine")
    stopped = re.search(r"With 13\.9 .*? example: `([^`]+)`", text, re.DOTALL)
    assert stopped and f"Failed: {stopped[1]}" in failed.output
    assert (
        "kept as data-mine-failed" in failed.output and (tmp_path / "reports" / "data-mine-failed").is_dir()
    )


def slipped(project: Path, column: str) -> tuple[dict[str, str], str, str]:
    """The last row with a slip in a column of its key, the name of that, and the one that was meant."""
    last = series(project)[-1]
    text = last[column]
    wrong = {
        **last,
        "value": "77",
        column: text[:-2] + text[-1] + text[-2] if column == "period" else text[:-1],
    }
    names = [f"trips:{'@'.join(row[c] for c in COLUMNS)}" for row in (wrong, last)]
    assert names[0] != names[1]
    return wrong, names[0], names[1]


@pytest.mark.deep(keep=1)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_new_row_that_no_check_uses_is_told_with_the_one_that_was_meant(
    project: Path, tmp_path: Path, column: str
) -> None:
    assert analysis(project, "run").exit_code == 0
    wrong, ref, meant = slipped(project, column)
    wrong["status"] = "alternative" if column == "edition" else wrong["status"]
    write(tmp_path / "own" / "series" / "trips.csv", [series(project)[0], wrong])
    done = analysis(project, "run", "mine", "--data", str(tmp_path / "own"))
    assert done.exit_code == 0, done.output
    assert "Rows laid over the project's data: 1 in place of one that it has, 1 new." in done.output
    assert f"New row {ref}: no check of this run uses it; did you mean {meant}?" in done.output
    page = (project / "reports" / "mine" / "index.html").read_text(encoding="utf-8")
    notice = page[page.index("Rows laid over") : page.index('class="opening"')]
    assert "data: 2; of these new: 1" in notice
    told = f"<code>{ref}</code>; new; <strong>no check of this run uses it</strong>; did you mean {meant}?"
    assert told in notice and "in place of the project’s row" in notice
    assert notice.index(ref) < notice.index("in place of")
    moved = analysis(project, "compare", "default", "mine")
    assert f"; no check of mine uses it; did you mean {meant}?" in moved.output
    pages = (project / "reports" / "compare-default-mine.html").read_text(encoding="utf-8")
    assert f"did you mean {meant}?" in pages


def test_a_row_that_checks_use_or_would_not_name_is_not_called_idle() -> None:
    check = CheckRow(
        "a/same", "a", "number", "in", "same", inputs=(Input("x", "t:s@1@e", "", "1", 1.0, 1.0, 1.0),)
    )
    added = {"t:s@1@e": "t:s@2@e", "claims:a": "", "claims:b": "claims:a", "caveats:new": "", "t:s@9@e": ""}
    assert own_rows.idle(added, [check]) == {"claims:b": "claims:a", "t:s@9@e": ""}
    assert own_rows.idle(added, []) == {}, "notebooks without checks use their rows otherwise"
