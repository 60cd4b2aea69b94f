"""A notebook's words: English in its code, each other language in one table that lacks nothing and holds nothing idle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from analysis import places
from analysis.errors import UserError
from analysis.report import config, wording
from analysis.report.wording import Words
from analysis.suite import document
from analysis.suite.declared import parameters
from analysis.suite.project import Project
from tests.notebook_words import Use, faults, uses

PROJECT = Project.find(Path(__file__).parents[1])
OTHERS = [language for language in config.read(PROJECT.root).languages if language != "en"]


def said() -> list[Use]:
    """Every text that the notebooks of this report say, and what they say of their parameters."""
    in_code = [
        use
        for notebook in PROJECT.notebooks
        for _, cell in document.code_cells(notebook.content)
        for use in uses(cell["source"], f"{notebook.path.stem}:{cell['id']}")
    ]
    declared = [p for n in PROJECT.notebooks for p in parameters(n.path, n.content).values()]
    return in_code + [Use(p.help, "", frozenset(), p.name) for p in declared if p.name != "language"]


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_notebooks_is_translated_and_no_translation_is_idle(language: str) -> None:
    table = wording.read(PROJECT.root / wording.FOLDER / f"{language}.toml")
    assert list(faults(said(), table)) == []


def test_no_notebook_says_a_text_in_two_languages_itself() -> None:
    for notebook in PROJECT.notebooks:
        for _, cell in document.code_cells(notebook.content):
            assert "say(" not in cell["source"], f"{notebook.path.stem}:{cell['id']}"


def test_one_parameter_has_one_help_text() -> None:
    texts: dict[str, set[str]] = {}
    for notebook in PROJECT.notebooks:
        for name, parameter in parameters(notebook.path, notebook.content).items():
            texts.setdefault(name, set()).add(parameter.help)
    assert {name: told for name, told in texts.items() if len(told) > 1 or "" in told} == {}


def test_no_notebook_copies_a_function_of_another() -> None:
    bodies: dict[str, set[str]] = {}
    for notebook in PROJECT.notebooks:
        for _, cell in document.code_cells(notebook.content):
            for node in ast.walk(ast.parse(cell["source"])):
                if isinstance(node, ast.FunctionDef):
                    bodies.setdefault(ast.dump(ast.Module(node.body, [])), set()).add(notebook.path.stem)
    assert [stems for stems in bodies.values() if len(stems) > 1] == []


def idle_names(sources: list[str]) -> list[str]:
    """Names that these cells give and none of them reads; `__` is what is left over, `_name` is not needed."""
    names = [n for source in sources for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)]
    read = {n.id for n in names if not isinstance(n.ctx, ast.Store)}
    return sorted({n.id for n in names} - read - {n.id for n in names if n.id[:1] == "_"})


def test_no_notebook_gives_a_name_that_nothing_reads() -> None:
    for notebook in PROJECT.notebooks:
        sources = [cell["source"] for _, cell in document.code_cells(notebook.content)]
        idle = set(idle_names(sources)) - set(parameters(notebook.path, notebook.content))
        assert not idle, f"{notebook.path.stem}: {idle}"


def test_an_idle_name_is_noticed() -> None:
    assert idle_names(["a, b, __ = 1, 2, 3\nfor c in []: pass", "print(a)", "_x = [d for d, _e in []]"]) == [
        "b",
        "c",
    ]


TABLE = {"{n} banks": "{n}家银行", "low": {"bound": "下限", "level": "低"}}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('_("{n} banks", n=6)', []),
        ('_("{n} banks", n=6); _("all")', [("missing", "04:x: 'all'")]),
        ('_("{n} banks", n=6); _("low")', [("missing", "04:x: 'low'")]),
        ('_("{n} banks", n=6, m=7)', [("placeholders", "04:x: '{n} banks' is given m, n; its translation shows n")]),
        ("", [("unused", "{n} banks")]),
    ],
)  # fmt: skip
def test_what_is_wrong_between_code_and_table_is_named(code: str, told: list[tuple[str, str]]) -> None:
    both = '_("low", context="bound"), _("low", context="level")\n'
    assert list(faults(uses(both + code, "04:x"), TABLE)) == told


@pytest.mark.parametrize(
    ("translation", "is_right"),
    [("{yi:.1f}亿元", True), ("{billions:.2f}十亿元", False), ("许多", False)],
)
def test_a_language_may_show_the_same_value_in_its_own_unit(translation: str, is_right: bool) -> None:
    code = '_("{billions:.1f} billion", billions=x, yi=10 * x)'
    table = {"{billions:.1f} billion": translation}
    assert (not list(faults(uses(code, "04:x"), table))) == is_right


def test_a_translation_that_drops_a_value_is_found() -> None:
    found = list(faults(uses('_("{n} of {whole}", n=1, whole=2)', "04:x"), {"{n} of {whole}": "{n}"}))
    assert [kind for kind, _ in found] == ["placeholders"]


@pytest.mark.parametrize(
    "code",
    ["_(text)", '_(f"{n} banks")', '_("a", "b")', '_("a", **values)', '_("a", context=c)', "_, share = f()"],
)
def test_texts_are_written_out_and_nothing_else_is_called_underscore(code: str) -> None:
    with pytest.raises(UserError, match="04:x: "):
        list(uses(code, "04:x"))


def test_a_lookup_fills_the_placeholders_of_its_language() -> None:
    words = Words("zh", {"{share:.1f}% of all": "占{share:.1f}%", "to": {"bound": "上限"}})
    assert words("{share:.1f}% of all", share=66.667) == "占66.7%"
    assert words("to", context="bound") == "上限"
    assert Words("en")("{share:.1f}% of all", share=66.667) == "66.7% of all"
    with pytest.raises(KeyError, match="share"):
        words("{share:.1f}% of all", part=1)


def test_a_text_without_values_may_hold_braces() -> None:
    assert Words("en")("a set: {1, 2}") == "a set: {1, 2}"
    assert list(faults(uses('_("a set: {1, 2}")'), {"a set: {1, 2}": "集合：{1, 2}"})) == []


def test_a_report_without_a_table_says_its_english(tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_text('languages = ["en"]\n', encoding="utf-8")
    with places.at(tmp_path):
        assert wording.words("en")("yes") == "yes"


@pytest.mark.parametrize(
    ("content", "told"),
    [('"a" = "甲"\n"a" = "乙"', "not TOML"), ('"a" = 1', "'a': a translation is a text"), ("a", "not TOML")],
)
def test_a_broken_table_is_named(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / wording.FOLDER).mkdir(parents=True)
    (tmp_path / "report.toml").write_text('languages = ["en", "zh"]\n', encoding="utf-8")
    (tmp_path / wording.FOLDER / "zh.toml").write_text(content, encoding="utf-8")
    with places.at(tmp_path), pytest.raises(UserError, match=rf"zh\.toml: .*{told}"):
        wording.words("zh")
