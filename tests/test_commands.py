"""What every command that prints a result has in common, and `analysis runs` and `analysis claims`."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from analysis import cli
from analysis.errors import UserError
from analysis.report import config
from analysis.suite import files, manifest
from tests import command_line, miniature

WORDLESS = {"runs open", "serve"}
"""Commands that print an address alone."""


def every() -> dict[str, click.Command]:
    """All commands and their subcommands by name."""
    found: dict[str, click.Command] = {}
    context = click.Context(cli.cli)
    for name in cli.COMMANDS:
        command = cli.cli.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": inner for sub, inner in command.commands.items()}
            if not command.invoke_without_command:
                del found[name]
    return found


@pytest.mark.parametrize("name", sorted(set(every()) - WORDLESS))
def test_every_command_that_prints_a_result_prints_it_as_json(name: str) -> None:
    assert "--json" in [option for parameter in every()[name].params for option in parameter.opts]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report as `analysis new` writes it, run once with defaults and once with another parameter."""
    root = tmp_path_factory.mktemp("new") / "cycling"
    assert call(root.parent, "new", str(root)).exit_code == 0
    assert call(root, "run").exit_code == 0
    assert call(root, "run", "wide", "-p", "hedge_about=0.2").exit_code == 0
    return root


def call(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, ["--project", str(root), *arguments])


def refused(result: Result) -> str:
    assert isinstance(result.exception, UserError), result.output
    return str(result.exception)


@pytest.mark.parametrize(
    "arguments",
    [
        ("runs",), ("claims",), ("claims", "cycle"), ("params",), ("verify",), ("cache", "info"), ("data", "validate"),
        ("data", "dictionary"), ("export", "-f", "xlsx"), ("compare", "default", "wide"), ("run",), ("cache", "clear"),
    ],
)  # fmt: skip
def test_what_is_printed_as_json_is_json_alone(project: Path, arguments: tuple[str, ...]) -> None:
    json.loads(call(project, *arguments, "--json").stdout)


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [(("verify",), "default (default parameters)"), (("verify", "wide"), "wide (hedge_about=0.2)"),
     (("verify", "latest"), "latest"), (("claims",), "default (default parameters)"),
     (("claims", "--run", "latest"), "latest"), (("export", "-f", "xlsx"), "default (default parameters)"),
     (("export", "-f", "xlsx", "wide"), "wide (hedge_about=0.2)")],
)  # fmt: skip
def test_commands_name_the_run_and_its_parameters_and_mean_the_default_one_without_a_name(
    project: Path, arguments: tuple[str, ...], parameters: str
) -> None:
    result = call(project, *arguments)
    if parameters == "latest":
        is_wide = (project / "reports" / "latest").resolve().name == "wide"
        parameters = "wide (hedge_about=0.2)" if is_wide else "default (default parameters)"
    assert parameters in result.stdout + result.stderr


def test_without_any_run_claims_are_those_of_the_baseline(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "fresh", ignore=shutil.ignore_patterns("reports"))
    shutil.copytree(
        project / "reports" / "default" / "notebooks", tmp_path / "fresh" / "notebooks", dirs_exist_ok=True
    )
    found = call(tmp_path / "fresh", "claims")
    assert "Run baseline (the committed notebooks)" in found.stderr and "2 claims" in found.stdout
    assert "There is no run default; there are: none yet" in refused(call(tmp_path / "fresh", "verify"))


def ids(result: Result) -> list[str]:
    return [row["claim_id"] for row in json.loads(result.stdout)]


def test_claims_of_a_run_older_than_its_inputs_come_with_a_word_of_it(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "copy"
    shutil.copytree(project, root)
    assert "Since this run" not in call(root, "claims").stderr
    (root / "data" / "report" / "claims.csv").open("a").write("\n")
    assert "Since this run 1 input changed (changed: data/report/claims.csv)" in call(root, "claims").stderr


def test_words_are_searched_in_everything_that_is_said_of_a_claim(project: Path) -> None:
    rows = json.loads(call(project, "claims", "--json").stdout)
    for row in rows:
        for text in (
            row["quote"],
            row["claim_id"],
            row["printed"],
            *(v for k, v in row.items() if k.startswith("metric")),
        ):
            for word in filter(None, [text[:6], text.upper(), text[-4:].swapcase()]):
                assert row["claim_id"] in [
                    r["claim_id"] for r in _found(call(project, "claims", "--json", "--", word))
                ], word
    assert "not said of any claim (2)" in refused(call(project, "claims", "zeppelin"))


def _found(result: Result) -> list[dict[str, str]]:
    found = json.loads(result.stdout)
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("option", ["--section", "--exhibit", "--kind"])
def test_a_filter_that_fits_nothing_names_what_there_is(project: Path, option: str) -> None:
    said = refused(call(project, "claims", option, "abc"))
    assert f"{option} abc: no claim is there. There are: " in said
    known = said.rpartition("There are: ")[2].rstrip(".").split(", ")
    for value in known:
        if value != "none":
            assert ids(call(project, "claims", option, value, "--json"))


def test_an_exhibit_is_found_as_every_language_writes_it() -> None:
    root = Path(__file__).parents[1]
    asked = [ids(call(root, "claims", "--run", "baseline", "--exhibit", form, "--json")) for form in
             ("图10", "图 10", "Figure 10", "figure10", "FIGURE 10")]  # fmt: skip
    assert asked[0] and all(found == asked[0] for found in asked)
    assert ids(call(root, "claims", "--run", "baseline", "--section", "5", "--json")) > ids(
        call(root, "claims", "--run", "baseline", "--section", "5.2", "--json")
    )


def test_an_english_listing_names_figures_and_tables_in_english() -> None:
    root = Path(__file__).parents[1]
    rows = json.loads(call(root, "claims", "--run", "baseline", "--json").stdout)
    named = {row["exhibit"]: row["claim_id"] for row in rows if row["exhibit"] and not row["repeats"]}
    ledger, english = config.read(root).exhibits, config.Exhibits()
    assert named and all(re.fullmatch(ledger.pattern, exhibit) for exhibit in named)
    listed = call(root, "claims", "--run", "baseline", "--exhibit", *list(named)[:1]).output
    explained = call(root, "claims", "--run", "baseline", next(iter(named.values()))).output.partition("「")[
        0
    ]
    for text in (listed, explained):
        assert re.search(english.pattern, text) and not re.search(ledger.pattern, text)


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "done", "mine"), ("compare", "mine", "done"), ("verify", "mine"), ("claims", "--run", "mine"),
        ("export", "--format", "xlsx", "mine"), ("publish", "_site", "mine"), ("serve", "mine"),
        ("runs", "open", "mine"), ("runs", "remove", "mine"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_says_under_which_name_a_failed_run_is_kept(
    arguments: tuple[str, ...], failed: Path
) -> None:
    assert refused(call(failed, *arguments)).endswith(" mine; it failed, and is kept as mine-failed.")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("compare", "done", "mine-failed"), 1), (("compare", "done", "done"), 0), (("runs",), 0), (("cache", "info"), 0),
        (("export", "--format", "xlsx", "done"), 0), (("run", "again", "--no-html"), 1), (("runs", "open", "again-failed", "--print"), 2),
    ],
    ids=str,
)  # fmt: skip
def test_paths_are_told_as_seen_from_here(
    arguments: tuple[str, ...], code: int, failed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(failed)
    done = CliRunner().invoke(cli.cli, [*arguments], standalone_mode=False)
    assert str(failed) not in done.output
    assert code == (2 if done.exception else done.return_value or 0)


def test_a_name_that_is_nearly_that_of_a_run_is_met_with_it(failed: Path) -> None:
    assert refused(call(failed, "verify", "doen")) == "There is no run doen; did you mean done?"


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a good run and one that failed."""
    root = tmp_path_factory.mktemp("failed")
    for name, cell in (("done", "1"), ("mine", "1 / 0")):
        miniature.write(root, "01_a", cell, parameters=miniature_parameters())
        miniature.run_all(root, name=name)
    return root


def test_a_failed_run_is_compared_in_what_ran_to_its_end(tmp_path: Path) -> None:
    for name, last in (("done", "2"), ("mine", "1 / 0")):
        miniature.write(tmp_path, "01_a", f"print('{name}')", parameters=miniature_parameters())
        miniature.write(tmp_path, "02_b", last, parameters=miniature_parameters())
        miniature.run_all(tmp_path, name=name)
    said = command_line.call(tmp_path, "compare", "done", "mine-failed", code=1)
    assert "Compared is only what both hold: 01_a." in said
    assert "output 01_a" in said and "output 02_b" not in said


def test_a_run_is_not_named_like_a_notebook(tmp_path: Path) -> None:
    miniature.write(tmp_path, "01_a", "1", parameters=miniature_parameters())
    said = command_line.call(tmp_path, "run", "01_a", code=2)
    assert "01_a is a notebook; to run it and what it needs: analysis run --only 01_a" in said
    assert not (tmp_path / "reports").exists()


def test_the_name_of_the_run_with_defaults_is_given_to_no_other(tmp_path: Path) -> None:
    miniature.write(tmp_path, "01_first", "print(x)", parameters="x: PositiveFloat = 1.0  # a number")
    for arguments, code in ((["default"], 0), (["default", "-p", "x=1"], 0), (["mine", "-p", "x=2"], 0)):
        command_line.call(tmp_path, "run", *arguments, "--no-html", code=code)
    again = command_line.call(tmp_path, "run", "mine", "-p", "x=2", "--no-html")
    other = command_line.call(tmp_path, "run", "mine", "-p", "x=3", "--no-html")
    assert "It took the place of" not in again
    assert "It took the place of the run mine made with x=2.0." in other
    assert "this one differs in x: give it another name" in command_line.call(
        tmp_path, "run", "default", "-p", "x=2", code=2
    )
    assert manifest.read(tmp_path / "reports" / "default")["parameters"] == {}


HALF = "q\udcff"
"""An argument that is no UTF-8, as the shell hands it on."""


@pytest.mark.deep(keep=6)
@pytest.mark.parametrize(
    "arguments",
    [
        ("run", HALF), ("run", "-p", f"fx_rate={HALF}"), ("run", "-p", f"{HALF}=1"), ("run", "--only", HALF), ("run", "--scenario", HALF), ("run", "--data", HALF),
        ("run", "--what-if", f"{HALF}=3"), ("claims", HALF), ("census", HALF), ("params", HALF), ("sweep", HALF, "-p", "fx_rate=1,2"), ("sweep", "-p", f"{HALF}=1,2"),
        ("compare", HALF, HALF), ("export", HALF), ("publish", "site", "--base-url", f"https://{HALF}.org"), ("publish", "site", "--run", HALF), ("verify", HALF), ("runs", "remove", HALF),
        ("data", "add", HALF, "--title", HALF), ("serve", "--host", HALF), ("serve", HALF), ("baseline", HALF), ("new", HALF), (HALF,),
    ],
)  # fmt: skip
def test_an_argument_that_is_no_text_is_told_by_every_command(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    miniature.write(tmp_path, "01_a", "1", parameters=miniature_parameters())
    miniature.run_all(tmp_path, name="default")

    def there() -> list[Path]:
        return sorted(p for p in tmp_path.rglob("*") if ".cache" not in p.parts)

    before = there()
    said = command_line.ended(tmp_path, *arguments)
    assert said.code == 2, said
    assert "Error: " in said.err and "unforeseen" not in said.err
    assert there() == before


def test_runs_are_listed_opened_and_removed(tmp_path: Path) -> None:
    miniature.write(tmp_path, "01_a", "1", parameters=miniature_parameters())
    assert call(tmp_path, "runs").stdout == "There are no runs yet; `analysis run` makes one.\n"
    for name in ("one", "two"):
        miniature.run_all(tmp_path, name=name)
    miniature.write(tmp_path, "01_a", "1 / 0", parameters=miniature_parameters())
    assert not miniature.run_all(tmp_path, name="one").is_ok
    assert call(tmp_path, "sweep", "tried", "-p", "fx_rate=1,2", "-q").exit_code in (0, 1)
    listed = {e["name"]: e for e in json.loads(call(tmp_path, "runs", "--json").stdout)}
    kinds = {
        name: (e["kind"], e["is_latest"]) for name, e in listed.items() if not name.startswith("sweeps/")
    }
    assert kinds == {"one": ("run", False), "two": ("run", True), "one-failed": ("failed run", False)}
    assert "two has no pages" in refused(call(tmp_path, "runs", "open", "latest", "--print"))
    said = refused(call(tmp_path, "runs", "remove", "one", "three"))
    there = re.search(r"There is no run or sweep three; there are: ([^.]+)", said)
    assert there and {"one", "two", "one-failed"} <= set(there[1].split(", ")), said  # the newest first
    assert (tmp_path / "reports" / "one").is_dir(), "nothing goes when one of the names is wrong"
    assert "latest is whichever was made last" in refused(call(tmp_path, "runs", "remove", "latest"))
    for before, after in (("one", "two"), ("two", "one"), ("one", "one-failed")):
        assert call(tmp_path, "compare", before, after).exit_code in (0, 1)
    (tmp_path / "reports" / "compare-one-two-more.html").write_text("somebody's own")
    assert call(tmp_path, "runs", "remove", "two").stdout.startswith("Removed two, ")
    kept = sorted(p.name for p in (tmp_path / "reports").glob("*.html"))
    failed = ["compare-one-one-failed.html", "compare-one-one-failed.zh.html"]
    assert kept == [*failed, "compare-one-two-more.html"], "comparisons with it go along, no others"
    for name in kept:
        (tmp_path / "reports" / name).unlink()
    left = sorted(p.name for p in (tmp_path / "reports").iterdir())
    assert [name for name in left if name != "sweeps"] == ["latest", "one", "one-failed"]
    assert (tmp_path / "reports" / "latest").resolve().name == "one", "the last that is whole"
    (tmp_path / "reports" / "one" / manifest.NAME).write_text("{")
    assert {e["kind"] for e in json.loads(call(tmp_path, "runs", "--json").stdout) if e["name"] == "one"} == {
        "damaged"
    }


def test_latest_leads_to_the_last_whole_run_that_is_left(tmp_path: Path) -> None:
    for stem in ("01_a", "02_b"):
        miniature.write(tmp_path, stem, "1")
    miniature.run_all(tmp_path, name="whole")
    miniature.run_all(tmp_path, name="part", only=("01_a",))
    miniature.run_all(tmp_path, name="newest")
    latest = tmp_path / "reports" / "latest"
    assert latest.resolve().name == "newest"
    call(tmp_path, "runs", "remove", "newest")
    assert latest.resolve().name == "whole"
    call(tmp_path, "runs", "remove", "whole")
    assert not latest.is_symlink(), "a link to nothing goes, and a part is no run to lead to"


def miniature_parameters() -> str:
    return "fx_rate: PositiveFloat = 2.0"


def test_a_run_that_is_being_made_is_not_removed(tmp_path: Path) -> None:
    miniature.write(tmp_path, "01_a", "1")
    miniature.run_all(tmp_path, name="one")
    handle = files.lock(tmp_path / "reports" / "one")
    assert handle is not None
    assert "one is in the hands of another process" in refused(call(tmp_path, "runs", "remove", "one"))
    os.close(handle)
    assert call(tmp_path, "runs", "remove", "one", "--json").exit_code == 0


def test_open_says_where_the_pages_are(project: Path) -> None:
    for name in ((), ("wide",), ("reports/wide/",), ("latest",)):
        said = call(project, "runs", "open", "--print", *name).stdout.strip()
        assert said.endswith("index.html") and Path(said).is_file()


def test_without_a_browser_export_writes_what_needs_none(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROME", "/no/such/browser")
    result = call(project, "export")
    assert "What needs no browser was written." in refused(result) and refused(result).startswith(
        "PDF is printed by a browser."
    )
    assert (
        result.stdout.count("MB") == 2 and "default.html" in result.stdout and "default.xlsx" in result.stdout
    )


def test_a_comparison_goes_with_the_run_that_it_shows(tmp_path: Path) -> None:
    reports = tmp_path / "reports"

    def pages() -> set[str]:
        return {p.name for p in reports.glob("compare-*.html")}

    def run(name: str, source: str = "1") -> str:
        miniature.write(tmp_path, "01_a", miniature.rows("checks", "[]"), source)
        return call(tmp_path, "run", name, "-q", "--no-html").stdout

    run("one"), run("two"), run("three")
    for a, b in (("one", "two"), ("one", "three"), ("baseline", "two")):
        assert call(tmp_path, "compare", a, b).exit_code in (0, 1)
    assert len(pages()) == 6 and "Removed" not in run("two"), "what is the same stays"
    assert "Removed, as they showed what was replaced: compare-baseline-two.html" in run("two", "2")
    assert pages() == {"compare-one-three.html", "compare-one-three.zh.html"}
    assert "compare one one-failed" in run("one", "1 / 0"), "beside the last good run of its own name"
    call(tmp_path, "compare", "one", "one-failed")
    run("one")
    assert pages() == {"compare-one-three.html", "compare-one-three.zh.html"}, "the failed run is gone"
    call(tmp_path, "compare", "one", "two")
    shutil.rmtree(reports / "two")  # by hand, or by a command that was killed before it removed the page
    run("four")
    assert pages() == {"compare-one-three.html", "compare-one-three.zh.html"}
    call(tmp_path, "compare", "baseline", "one")
    call(tmp_path, "runs", "remove", "one")
    assert pages() == set()


def test_a_comparison_of_other_runs_is_not_written_over(tmp_path: Path) -> None:
    miniature.write(tmp_path, "01_a", "1")
    for name in ("a", "b-c", "a-b", "c"):
        call(tmp_path, "run", name, "-q", "--no-html")
    call(tmp_path, "compare", "a", "b-c")
    said = refused(call(tmp_path, "compare", "a-b", "c"))
    assert "compare-a-b-c.html shows a and b-c; write this one elsewhere with --out" in said
    miniature.write(tmp_path, "01_a", "2")
    assert "Removed" not in call(tmp_path, "run", "a-b", "-q", "--no-html").stdout


def test_a_run_that_is_not_whole_is_never_just_the_same(tmp_path: Path) -> None:
    miniature.write(tmp_path, "01_a", "1")
    miniature.write(tmp_path, "02_b", "1")
    miniature.write(tmp_path, "90_c", miniature.rows("claims", "[]"), needs=("02_b",))
    command_line.call(tmp_path, "run", "-q", "--no-html")
    miniature.write(tmp_path, "02_b", "1 / 0")
    command_line.call(tmp_path, "run", "-q", "--no-html", code=1)
    # a failed check, whatever else is the same
    said = command_line.call(tmp_path, "compare", "default", "default-failed", code=1)
    assert "default-failed is not whole: 02_b, 90_c failed or could not run." in said
    assert "Of what both hold, no result differs" in said
    said = command_line.call(tmp_path, "claims", "--run", "default-failed", code=2)
    assert "has no claims: 02_b, 90_c failed or could not run" in said
    said = command_line.call(tmp_path, "publish", str(tmp_path / "site"), "default-failed", code=2)
    assert "default-failed is not whole" in said and not (tmp_path / "site").exists()
    for arguments in (("publish", str(tmp_path / "site")), ("export", "default", "-f", "html")):
        assert "Since this run 1 input changed" in command_line.call(tmp_path, *arguments)
    page = (tmp_path / "reports").glob("compare-*.html")
    assert all("not whole" in p.read_text("utf-8") or "不完整" in p.read_text("utf-8") for p in page)
