"""A new report's folder runs at once; a folder of plain notebooks needs neither report.toml nor claims; report.toml says what is wrong with it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis import places, words
from analysis.errors import UserError
from analysis.report import config
from analysis.report.config import Report, ReportError
from analysis.report.datapackage import schemas
from analysis.suite import manifest
from analysis.suite.project import Project
from tests.command_line import call
from tests.site_reading import read
from tests.test_site_text import untranslated

ROOT = Path(__file__).parents[1]


@pytest.mark.slow("a run as a newcomer makes it, all libraries loaded")
def test_a_new_report_gives_a_verdict_at_once(tmp_path: Path) -> None:
    said = call(tmp_path, "new", "cycling", "--title", "Cycling in numbers")
    assert "cd cycling && analysis run" in said
    folder = tmp_path / "cycling"
    assert "2 claims: 1 hedged, 1 unchecked" in call(folder, "run")
    assert "Sound: 2 files." in call(folder, "data", "validate")
    index = (folder / "reports" / "latest" / "index.html").read_text(encoding="utf-8")
    assert "<h1>Cycling in numbers</h1>" in index
    assert "reports/" in (folder / ".gitignore").read_text()


@pytest.mark.parametrize("arguments", [("new", "one", "--title", "x\udcff"), ("new", "y\udcff")])
def test_a_title_that_is_no_text_is_told_and_leaves_nothing(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    said = call(tmp_path, *arguments, code=2)
    assert "holds what is no character" in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert "not empty" in call(tmp_path, "new", ".", code=2)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("folder", ["src/analysis/skeleton", "tests/second_report"])
def test_a_notebook_opens_its_desk_in_one_line(folder: str) -> None:
    for path in sorted((ROOT / folder / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        source = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
        assert "report.open_desk(globals()" in source, path
        assert "Reading(" not in source and "report.Book(" not in source, path


def test_a_further_language_is_a_schema_written_anew(tmp_path: Path) -> None:
    call(tmp_path, "new", "cycling")
    folder = tmp_path / "cycling"
    settings, claims = folder / "report.toml", folder / "data" / "schemas" / "claims.json"
    text = settings.read_text(encoding="utf-8").replace('languages = ["en"]', 'languages = ["en", "zh"]')
    settings.write_text(text + '[text.zh]\ntitle = "骑行"\n', encoding="utf-8")
    before = claims.read_bytes()
    call(folder, "data", "dictionary")
    assert claims.read_bytes() == before  # what is there is its author's
    claims.unlink()
    assert "schemas/claims.json: there is no such file" in call(
        folder, "data", "dictionary", "--check", code=2
    )
    said = call(folder, "data", "dictionary", code=2)
    assert (
        "claims.csv, row 1, column said_en: is missing; the columns are claim_id" in said
        and "missing_zh" in said
    )
    (folder / "data" / "schemas" / "series.json").rename(folder / "data" / "schemas" / "own.json")
    listed = folder / "data" / "datapackage.json"
    listed.write_text(listed.read_text(encoding="utf-8").replace("schemas/series.json", "schemas/mine.json"))
    assert "there is no schemas/mine.json; write its Table Schema first" in call(
        folder, "data", "dictionary", code=2
    )


def test_outside_any_project_every_command_says_how_to_start_one(tmp_path: Path) -> None:
    for command in (["run"], ["claims"], ["params"], ["data", "validate"], ["sweep", "--default"]):
        assert "analysis new FOLDER" in call(tmp_path, *command, code=2), command


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one parameterised notebook and nothing else."""
    folder = tmp_path_factory.mktemp("plain") / "Sales of the shop"
    cells = [
        new_markdown_cell("# Sales by year", id="title"),
        new_code_cell("rate = 0.2  # growth", id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell("print(f'total: {100 * (1 + rate):.0f}')", id="total"),
    ]
    notebook = new_notebook(cells=cells)
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    (folder / "notebooks").mkdir(parents=True)
    nbformat.write(notebook, folder / "notebooks" / "sales.ipynb")
    call(folder, "run", "--quiet")
    call(folder, "run", "more", "--quiet", "-p", "rate=0.3")
    return folder


@pytest.mark.slow("two runs, made once for the file")
def test_plain_notebooks_run_under_the_folders_title(plain: Path) -> None:
    index = (plain / "reports" / "default" / "index.html").read_text(encoding="utf-8")
    assert "<h1>Sales of the shop</h1>" in index
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", index)
    assert headings == ["Topics", "Parameters", "Reproducibility"]


def test_plain_notebooks_are_compared_by_what_they_print(plain: Path) -> None:
    said = call(plain, "compare", "default", "more", code=1)
    assert "output sales, cell total: total: 120 → total: 130" in said
    page = (plain / "reports" / "compare-default-more.html").read_text(encoding="utf-8")
    assert "Sales of the shop" in page and "total: 130" in page


def test_plain_notebooks_have_no_claims_and_nothing_to_turn(plain: Path) -> None:
    assert "Run default (default parameters) has no claims" in call(plain, "claims", code=2)
    assert "analysis sweep" not in call(plain, "params")


def test_plain_notebooks_are_exported_and_swept(plain: Path) -> None:
    call(plain, "export", "more", "--format", "html,xlsx", "--quiet")
    assert (plain / "reports" / "exports" / "more.xlsx").is_file()
    assert "hand out no checks" in call(plain, "sweep", "-p", "rate=0.1,0.2")
    page = next((plain / "reports" / "sweeps").glob("*/index.html")).read_text(encoding="utf-8")
    assert "<h1>2 combinations of parameters</h1>" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("languages = ['en'", "not TOML"),
        ("titel = 'x'", "titel: there is no such key"),
        ("languages = ['xx']", "languages: no words for language 'xx'; there are: en, zh"),
        ("languages = []", "languages: name at least one"),
        ("languages = ['en', 'zh']\n[text.en]\ntitle = 'x'", "text.zh is missing"),
        ("[text.en]\nshort = 'x'", "text.en.title: Field required"),
        ("sections = '('", "sections: not a regular expression"),
        ("[money]\nunit = 'GW'", "money: unit: 'GW' is no unit of money"),
        ("[money]\nrate = 'EUR'", "money: rate: 'EUR' is no pair of currencies such as CNY/USD"),
        ("[money]\nrate = 'EUR/EUR'", "money: rate: 'EUR/EUR' is no pair"),
        ("[parameters.Scope]\nexamples = ['a']", "parameters.Scope: give either values"),
        ("[parameters.Scope]\nvalues = ['a']\nexamples = ['b']", "'b' is not among the values"),
    ],
)
def test_a_broken_report_toml_is_named_by_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "report.toml").write_text(text)
    with pytest.raises(ReportError) as error:
        config.read(tmp_path)
    assert str(error.value).startswith(str(tmp_path / "report.toml"))
    assert said in str(error.value)


def test_the_types_of_a_report_are_those_of_the_folder_that_is_asked(tmp_path: Path) -> None:
    from analysis.report import parameters

    (tmp_path / "report.toml").write_text("[parameters.Scope]\nvalues = ['all', 'part']\n")
    with places.at(tmp_path):
        assert parameters.Scope.__args__ == ("all", "part")
        with pytest.raises(AttributeError, match="BankSet is no parameter type"):
            _ = parameters.BankSet
    with places.at(ROOT):
        assert "four" in parameters.BankSet.__args__


def test_data_lie_in_the_nearest_project_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="No project in"):
        places.data()
    (tmp_path / "report.toml").touch()
    (tmp_path / "deeper").mkdir()
    monkeypatch.chdir(tmp_path / "deeper")
    assert places.data() == tmp_path.resolve() / "data"
    with places.at(ROOT):
        assert places.data() == ROOT / "data"


@pytest.mark.parametrize("name", ["claims", "series", "exhibits", "caveats", "findings", "robustness"])
def test_a_templates_columns_are_those_of_this_repositorys_files(name: str) -> None:
    """Names, order, types and constraints; descriptions may say more here."""
    committed = json.loads((ROOT / "data" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    made = schemas.schema(name, config.read(ROOT))
    assert [f["name"] for f in made["fields"]] == [f["name"] for f in committed["fields"]]
    for ours, theirs in zip(made["fields"], committed["fields"], strict=True):
        rules, other = (dict(f.get("constraints", {})) for f in (ours, theirs))
        if ours["name"] in ("section", "exhibit"):  # the report's own patterns, written in two ways
            rules.pop("pattern"), other.pop("pattern")
        assert (ours["type"], rules) == (theirs["type"], other), ours["name"]
    assert made.get("primaryKey") == committed.get("primaryKey")


def test_a_schema_holds_the_reports_own_patterns() -> None:
    report = Report(languages=("zh", "en"), sections="[1-3]")
    fields = {f["name"]: f for f in schemas.schema("claims", report)["fields"]}
    assert fields["section"]["constraints"]["pattern"] == "^([1-3])$"
    assert re.fullmatch(fields["exhibit"]["constraints"]["pattern"], "Table 6")
    assert {"metric_en", "metric_zh", "missing_en", "missing_zh"} <= fields.keys()


def test_a_lock_file_that_another_tool_leaves_is_no_input(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, capture_output=True)

    for name in ("requirements.lock", "uv.lock"):
        (tmp_path / name).touch()
    git("init", "--quiet")
    git("add", "requirements.lock")
    found = manifest.inputs(Project(tmp_path))
    assert "requirements.lock" in found
    assert "uv.lock" not in found
    git("add", "uv.lock")
    assert "uv.lock" in manifest.inputs(Project(tmp_path))


@pytest.fixture(scope="module")
def bilingual(tmp_path_factory: pytest.TempPathFactory, plain: Path) -> Path:
    """The same notebook in a report of two languages, compared and swept."""
    folder = tmp_path_factory.mktemp("two") / "report"
    shutil.copytree(plain / "notebooks", folder / "notebooks")
    text = "languages = ['en', 'zh']\n[text.en]\ntitle = 'Sales'\n[text.zh]\ntitle = '销售'\n"
    (folder / "report.toml").write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[tool.analysis]\npreload = []\n")  # its notebook imports nothing
    call(folder, "run", "--quiet")
    call(folder, "run", "more", "--quiet", "-p", "rate=0.3")
    call(folder, "compare", "default", "more", code=1)
    call(folder, "sweep", "two", "-p", "rate=0.1,0.2")
    return folder / "reports"


@pytest.mark.slow("two runs, a comparison and a sweep in two languages, made once")
@pytest.mark.parametrize("page", ["compare-default-more", "sweeps/two/index"])
@pytest.mark.parametrize(("language", "suffix"), [("en", ""), ("zh", ".zh")])
def test_sweep_and_comparison_speak_every_language(
    bilingual: Path, page: str, language: str, suffix: str
) -> None:
    path = bilingual / f"{page}{suffix}.html"
    found = read(path)
    assert found.texts and all(count == 1 for count in found.ids.values())
    assert set(untranslated(found, language)) <= {"default", "total"}  # the names of a run and of a cell
    text = path.read_text(encoding="utf-8")
    assert f'<html lang="{words.tag(language)}">' in text
    assert f">{words.name('zh' if language == 'en' else 'en')}</a>" in text
    if language == "zh":
        own = [t for lang, t in found.texts if lang == "zh-CN" and re.search(r"\b[a-z]+ [a-z]+ [a-z]+\b", t)]
        assert own == []


def test_they_lead_back_to_the_overview(bilingual: Path) -> None:
    assert '<a class="brand" href="../../latest/index.html">Sales</a>' in (
        bilingual / "sweeps" / "two" / "index.html"
    ).read_text(encoding="utf-8")
    page = (bilingual / "compare-default-more.html").read_text(encoding="utf-8")
    assert '<a class="brand" href="latest/index.html">Sales</a>' in page
