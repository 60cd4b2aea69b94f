"""Parameters: what a notebook may declare, what a user may set, and what the messages say."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from analysis.errors import UserError
from analysis.suite import params, values
from analysis.suite.params import Catalogue
from analysis.suite.project import Project
from tests.miniature import write

RATE = "fx_rate: PositiveFloat = 6.9  # CNY per USD"


def catalogue(root: Path) -> Catalogue:
    return Catalogue.of(Project.find(root).notebooks)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two notebooks that share one parameter and have one each of their own."""
    write(tmp_path, "01_first", "fx_rate", parameters=f'{RATE}\nbank_set: BankSet = "six"')
    write(tmp_path, "02_second", "fx_rate", parameters=f'{RATE}\nlanguage: Language = "en"  # of labels')
    return tmp_path


def test_declarations_have_name_type_default_help_and_users(two: Path) -> None:
    found = catalogue(two)
    assert found.names == ["fx_rate", "bank_set", "language"]
    rate = found["fx_rate"]
    assert (rate.type_name, rate.default, rate.help) == ("PositiveFloat", 6.9, "CNY per USD")
    assert found.users("fx_rate") == ["01_first", "02_second"]
    assert values.describe(found["language"].type) == "en or zh"
    assert values.describe(rate.type) == "a number above 0"


def test_the_help_text_of_a_wrapped_line_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "01_first", "fx_rate", parameters="fx_rate: PositiveFloat = (\n    6.9  # CNY per USD\n)")
    assert catalogue(tmp_path)["fx_rate"].help == "CNY per USD"


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("fx_rate: PositiveFloat = 2 * 3", "must be a literal"),
        ("import os", "only lines like"),
        ("fx_rate: PositiveFloat", "has no default"),
        ("a = b = 1", "only lines like"),
        ("d['x'] = 1", "not a plain name"),
        ("fx_rate: Positive = 1.0", "`Positive` is neither imported in this notebook nor a built-in type"),
        ("fx_rate: PositiveFloat = -1", "not allowed by its own type"),
        ("a = 1\na = 2", "declared twice"),
        ("a = (", "is not Python"),
    ],
)
def test_a_bad_parameters_cell_is_refused_with_its_notebook(tmp_path: Path, cell: str, message: str) -> None:
    write(tmp_path, "01_first", "1", parameters=cell)
    with pytest.raises(UserError, match="01_first") as error:
        catalogue(tmp_path)
    assert message in str(error.value)


def test_one_name_has_one_type_and_default_everywhere(two: Path) -> None:
    write(two, "03_third", "1", parameters="fx_rate: PositiveFloat = 7.0")
    with pytest.raises(UserError, match="one name must have one type and one default") as error:
        catalogue(two)
    assert "01_first" in str(error.value)
    assert "03_third" in str(error.value)
    write(two, "03_third", "1", parameters="fx_rate: float = 6.9")
    with pytest.raises(UserError, match="fx_rate: float"):
        catalogue(two)


def test_types_are_found_by_module_attribute_and_union(tmp_path: Path) -> None:
    cell = "a: pm.Quarter | None = None\nb: list[int] = [1]\nc: typing.Literal[1, 2] = 1"
    imports = "import typing\nimport analysis.report.parameters as pm"
    write(tmp_path, "01_first", "1", parameters=cell, imports=imports)
    found = catalogue(tmp_path)
    assert found.from_text("a", "2021-Q1") == "2021-Q1"
    assert found.from_text("a", "none") is None
    assert found.from_text("b", "1,2") == [1, 2]
    assert found.from_text("c", "2") == 2


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (float, "7", 7.0),
        (float, "1e3", 1000.0),
        (int, "007", 7),
        (str, "007", "007"),
        (str, "true", "true"),
        (str, "", ""),
        (bool, "true", True),
        (bool, "no", False),
        (list[str], "six,four", ["six", "four"]),
        (list[str], "[a, b]", ["a", "b"]),
        (list[str], "", []),
        (list[int], "[1, 2]", [1, 2]),
        (Literal[5, 6], "6", 6),
        (int | str, "5", "5"),
        (Any, "{a: 1}", {"a": 1}),
        (__import__("datetime").date, "2021-06-30", "2021-06-30"),
        (Annotated[str, Field(pattern="^Q[1-4]$")], "Q3", "Q3"),
    ],
)
def test_texts_are_read_by_type(type_: Any, text: str, value: Any) -> None:
    read = values.from_text(type_, text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("type_", "text"),
    [(float, "true"), (float, "abc"), (float, "inf"), (int, "1.5"), (bool, "7"), (list[int], "1,x"),
     (Literal["en", "zh"], "de"), (list[str], "[1, 2]"), (float, "1,2")],
)  # fmt: skip
def test_texts_of_another_type_are_refused(type_: Any, text: str) -> None:
    with pytest.raises(values.NotAllowed):
        values.from_text(type_, text)


def test_a_yes_or_no_in_a_file_is_not_a_number() -> None:
    with pytest.raises(values.NotAllowed, match="yes/no"):
        values.from_yaml(float, True)


def test_errors_name_parameter_value_what_is_allowed_and_notebooks(two: Path) -> None:
    with pytest.raises(UserError) as error:
        catalogue(two).from_text("fx_rate", "-3")
    for part in ("fx_rate='-3'", "a number above 0", "default 6.9", "01_first, 02_second"):
        assert part in str(error.value)
    with pytest.raises(UserError, match=r"No notebook declares the parameter fxrate. Did you mean fx_rate"):
        catalogue(two).from_text("fxrate", "1")


@pytest.mark.parametrize("name", ["x=1;import os", "x;y", "a b", "class", "1x", "", "x\nimport os"])
def test_hostile_names_are_refused(two: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a parameter"):
        catalogue(two).from_yaml(name, 1)


@pytest.mark.parametrize(
    "text",
    [
        "'); import os; os.system('x')",
        '"""',
        "a\nb",
        "\\",
        "{x}",
        "广东省",
        "\u2028",
        "\x00",
        "'\"'",
    ],
)
def test_hostile_values_stay_data_in_the_injected_cell(tmp_path: Path, text: str) -> None:
    write(tmp_path, "01_first", "place", parameters='place: str = "x"', imports="1")
    notebook = Project.find(tmp_path).notebooks[0]
    value = catalogue(tmp_path).from_yaml("place", text)
    cell = params.injected(notebook.content, {"place": value})["cells"][2]
    (statement,) = ast.parse(cell["source"]).body
    assert isinstance(statement, ast.Assign)
    assert ast.literal_eval(statement.value) == text
    assert cell["id"] == params.INJECTED


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    """No file of the run could hold it."""
    write(tmp_path, "01_first", "place", parameters='place: str = "x"\nplaces: list[str] = []', imports="1")
    for name, value in (("place", "\ud800x"), ("places", ["a", "\udc00"])):
        with pytest.raises(UserError, match=f"{name}=.*half a character"):
            catalogue(tmp_path).from_yaml(name, value)


def test_chinese_stays_readable_in_the_injected_cell(tmp_path: Path) -> None:
    write(tmp_path, "01_first", "place", parameters='place: str = "x"', imports="1")
    content = params.injected(Project.find(tmp_path).notebooks[0].content, {"place": "广东"})
    assert "place = '广东'" in content["cells"][2]["source"]


def test_command_line_beats_file_beats_scenario(two: Path) -> None:
    folder = two / "notebooks" / "scenarios"
    folder.mkdir()
    (folder / "cheap.yaml").write_text("intent: x\nparameters: {fx_rate: 5, bank_set: four, language: zh}")
    file = two / "p.yaml"
    file.write_text("fx_rate: 6\nbank_set: six\n")
    found = params.resolve(Project.find(two), catalogue(two), ("fx_rate=7",), file, "cheap")
    assert found == {"fx_rate": 7.0, "bank_set": "six", "language": "zh"}


def test_scenario_and_file_are_named_in_errors(two: Path) -> None:
    folder = two / "notebooks" / "scenarios"
    folder.mkdir()
    (folder / "strict.yaml").write_text("intent: x\nparameters: {fx_rate: much}")
    project = Project.find(two)
    with pytest.raises(UserError, match="Scenario strict: fx_rate='much'"):
        params.resolve(project, catalogue(two), scenario_name="strict")
    with pytest.raises(UserError, match="did you mean strict"):
        params.resolve(project, catalogue(two), scenario_name="strickt")
    (folder / "strict.yaml").write_text("parameters: {}")
    with pytest.raises(UserError, match="`intent` must be a sentence"):
        params.scenario(project, "strict")
    bad = two / "p.yaml"
    for text, message in (
        ("- a", "must be a mapping"),
        ("a: [", "not YAML"),
        ("fx: 1", "p.yaml: No"),
    ):
        bad.write_text(text)
        with pytest.raises(UserError, match=message):
            params.resolve(project, catalogue(two), file=bad)


def test_values_equal_to_the_default_do_not_count(two: Path) -> None:
    found = catalogue(two)
    assert found.differing({"fx_rate": 6.9, "bank_set": "four"}) == {"bank_set": "four"}
    assert params.run_name({}, None, ()) == "default"
    one, other = params.run_name({"a": 1}, None, ()), params.run_name({"a": 2}, None, ())
    assert one != other
    assert one == params.run_name({"a": 1}, None, ())
    assert params.run_name({"a": 1}, "usd", ()) == "usd"
    assert params.run_name({}, None, ("04*",)).startswith("only-")
