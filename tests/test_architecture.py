"""Arrows point down only: a module imports from its own floor or from those below it."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import mime, report
from tests import first_report

SOURCE = Path(__file__).parents[1] / "src" / "analysis"

# The floor of each top-level part of the package; see docs/architecture.md.
FLOORS = {
    "errors": 0, "places": 0, "draft": 0, "mime": 0, "reading": 0, "writing": 0, "kept": 0,
    "words": 1, "numbers": 1, "statistics": 1,
    "report": 2, "charts": 2, "census": 2,
    "suite": 3,
    "site": 4, "live": 5,
    "commands": 6, "cli": 6, "__main__": 6,
}  # fmt: skip
# The suite would run any folder of notebooks: of ours it may know the lowest floor.
ALLOWED_IN_SUITE = {"errors", "kept", "mime", "places", "reading", "writing", "suite"}


def part(module: str) -> str:
    """`analysis.report.book` → `report`."""
    return module.split(".")[1]


def imports(source: str) -> set[str]:
    """The parts of the package that a module's source imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module == "analysis":
                found |= {alias.name for alias in node.names}
            elif node.module.startswith("analysis."):
                found.add(part(node.module))
        elif isinstance(node, ast.Import):
            found |= {part(a.name) for a in node.names if a.name.startswith("analysis.")}
    return found


def upward(here: str, source: str) -> set[str]:
    """What a module of part `here` imports although it must not."""
    wrong = {other for other in imports(source) if FLOORS[other] > FLOORS[here]}
    if here == "suite":
        wrong |= imports(source) - ALLOWED_IN_SUITE
    return wrong


def modules() -> list[Path]:
    return sorted(p for p in SOURCE.rglob("*.py") if p.parent != SOURCE or p.stem != "__init__")


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_arrows_point_down(path: Path) -> None:
    relative = path.relative_to(SOURCE)
    here = relative.parts[0].removesuffix(".py")
    assert here in FLOORS, f"give {here} a floor in docs/architecture.md and here"
    assert not upward(here, path.read_text(encoding="utf-8"))


def test_an_arrow_that_points_up_is_caught() -> None:
    assert upward("numbers", "from analysis.report import Book") == {"report"}
    assert upward("suite", "def f():\n    from analysis import report") == {"report"}
    assert upward("report", "from analysis.numbers.printed import Interval") == set()


def test_the_page_on_architecture_names_every_module_of_the_suite() -> None:
    page = (SOURCE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = page[page.index("## Inside the suite") :]
    assert [m for m in sorted((SOURCE / "suite").glob("[!_]*.py")) if f"`{m.stem}`" not in told] == []


FILES = sorted(p for p in SOURCE.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_file_of_the_package_knows_the_report(path: Path) -> None:
    """Nor does a docstring: the help of a command is one. Nor a comment, nor an example."""
    text = path.read_text(encoding="utf-8")
    assert first_report.found_in(text) == []
    assert first_report.distribution() not in text


def texts(path: Path) -> str:
    """What a module says: its texts without docstrings, which may give examples."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)
    docstrings = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, documented) and n.body and isinstance(n.body[0], ast.Expr)
    }
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in docstrings)
    return "\n".join(n.value for n in found if isinstance(n.value, str))


def test_the_kinds_of_output_are_named_in_one_place() -> None:
    kinds = (mime.ROWS, mime.FIGURE, mime.SVG, "vnd.suite")
    assert [path.stem for path in modules() if any(kind in texts(path) for kind in kinds)] == ["mime"]


CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
BREAKS = "charts/fonts.py"
"""The rules for the ends of lines: which marks may not stand there."""


@pytest.mark.parametrize("path", [p for p in modules() if p.parent.name == "charts"], ids=lambda p: p.stem)
def test_what_charts_say_is_in_the_packs_of_words(path: Path) -> None:
    found = CHINESE.findall(texts(path))
    assert not found or path.relative_to(SOURCE).as_posix() == BREAKS


def test_a_word_in_code_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""折线图"""\n\nSAID = f"{1}：" + "图"\n', encoding="utf-8")
    assert set(CHINESE.findall(texts(tmp_path / "a.py"))) == {"：", "图"}


def test_the_words_of_the_report_are_many_and_are_found() -> None:
    assert len(first_report.words()) > 500
    for word in (
        "China Fintech Ecosystem, recomputed",
        "中国信息通信研究院",
        "CAICT",
        "CB Insights",
        "five_without_psbc",
        "six-banks-it-growth-2020",
        "bank_set",
        "BankSet",
    ):
        assert word in first_report.words()
        assert word in first_report.found_in(f"a line about {word}, say")
    assert first_report.distribution() == "fintech-whitepaper-analysis"
    assert first_report.found_in("The distribution of growth rates") == []


def dependencies(path: Path) -> set[str]:
    """The modules of the package that a module imports, be it for types alone."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("analysis"):
            names = {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
            found |= {name for name in names if name in NAMES}
    return found


def name(path: Path) -> str:
    """src/analysis/report/book.py → analysis.report.book."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {name(p): p for p in modules()}


def circles(graph: dict[str, set[str]]) -> set[str]:
    """The modules from which a way leads back to themselves."""
    ways = {start: set(ends) for start, ends in graph.items()}
    for middle in ways:
        for ends in ways.values():
            if middle in ends:
                ends |= ways[middle]
    return {start for start, ends in ways.items() if start in ends}


# A package whose __init__ offers what its modules make; a module asks for its sibling by the package's name.
OFFERED = {name for name, path in NAMES.items() if path.stem == "__init__"}


def test_a_command_that_needs_one_room_does_not_enter_all() -> None:
    code = "import sys, analysis.report.rows, analysis.report.parameters; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "analysis.report.rows" in loaded.split()
    assert not {"analysis.report.book", "analysis.report.desk", "pandas"} & set(loaded.split())


def test_every_name_that_notebooks_take_from_the_report_is_there() -> None:
    assert sorted(name for names in report._ROOMS.values() for name in names) == sorted(report.__all__)
    assert {*report.__all__, "catalog", "cells"} <= set(dir(report))  # what an editor offers
    assert all(hasattr(report, name) for name in report.__all__)
    code = "from analysis import report; print(report.cells.__name__)"  # as where nothing was imported before
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said == "analysis.report.cells\n"
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        report.nothing  # noqa: B018


def test_no_two_modules_need_each_other() -> None:
    graph = {name: dependencies(path) - OFFERED for name, path in NAMES.items()}
    assert circles(graph) - OFFERED == set()


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {"a", "b", "c"}


# What makes, moves or removes something on disk other than through `writing`, and why it may.
WRITERS = {
    "writing": {"fdopen", "open", "replace", "unlink", "mkdir", "chmod"},
    "suite.files": {
        "rename",
        "replace",
        "rmtree",
        "symlink_to",
        "unlink",
        "mkdir",
        "chmod",
    },  # folders and links
    "suite.cache": {"mkdir", "rmtree", "unlink", "utime"},  # entries go, none is half there
    "suite.cluster": {
        "mkdtemp",
        "ZipFile",
        "extractall",
    },  # a worker's own folder, and the archive that it comes from
    "suite.run": {"mkdir"},  # in the staging folder
    "suite.environment": {"mkdir"},  # IPython's folder
    "commands.export": {"mkdir"},  # so that --output is refused before anything is made
    "commands.comparisons": {"unlink"},  # pages of runs that are gone
    "commands.new": {"copytree", "rename"},  # in the staging folder
    "site.crate": {"ZipFile"},  # in memory
    "site.word": {"ZipFile"},  # in memory, to be read
    "commands.runs": {"unlink"},  # the link `latest` of a run that is removed
    "live.server": {"TemporaryDirectory"},  # what it executes: nobody else looks there
    "live.rows": {"copytree", "rmtree"},  # in that folder
    "live.session": {"copytree", "mkdir", "rename", "rmtree"},  # there too
    "cli": {"open"},  # the null device in the place of a closed terminal
}
_WRITING = {
    "write_text", "write_bytes", "touch", "savefig", "to_csv", "to_parquet", "to_json", "to_excel", "to_pickle", "to_feather",
    "write_table", "mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile", "rmtree", "copy", "copy2",
    "copyfile", "copytree", "move", "rename", "renames", "replace", "unlink", "remove", "mkdir", "makedirs", "symlink_to",
    "symlink", "link", "hardlink_to", "extractall", "extract", "chmod", "utime", "truncate", "fdopen", "ZipFile", "Workbook",
    "open",
}  # fmt: skip
_DISK = {"os", "shutil", "tempfile", "zipfile"}


def writes(source: str) -> set[str]:
    """The calls of a module that may change something on disk."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in _WRITING and _changes_disk(name, node):
            found.add(name)
    return found


def _changes_disk(name: str, call: ast.Call) -> bool:
    owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    values = [*call.args, *(k.value for k in call.keywords)]
    constants = [v.value for v in values if isinstance(v, ast.Constant)]
    if name == "open":
        is_low = owner == "os"
        modes = [str(c) for c in constants if isinstance(c, str) and set(c) <= set("rwaxbt+U")]
        return "O_WR" in ast.unparse(call) or (not is_low and any(set(m) & set("wax+") for m in modes))
    if name in ("replace", "rename"):  # of texts, data frames and data classes: two texts, columns, keywords
        return owner in _DISK or (len(call.args) == 1 and not call.keywords)
    if name == "remove":
        return owner == "os"
    if name in ("copy", "move", "extract", "link", "truncate"):
        return owner in _DISK
    if name in ("to_csv", "to_json"):  # to a text when no path is given
        return bool(owner) and owner not in ("robustness", "sweep_store", "cells") and bool(call.args)
    if name in ("write_table", "savefig", "Workbook"):  # into memory
        return not any(isinstance(v, ast.Name) and v.id in ("buffer", "made") for v in values)
    return True


def test_every_place_that_writes_is_known() -> None:
    found = {name(p).removeprefix("analysis."): writes(p.read_text(encoding="utf-8")) for p in modules()}
    assert {module: calls for module, calls in found.items() if calls} == WRITERS


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("path.write_text('x')", "write_text"), ("open(p, 'w')", "open"), ("p.open('ab')", "open"), ("open(p, mode='r+')", "open"),
        ("os.replace(a, b)", "replace"), ("a.rename(b)", "rename"), ("shutil.copyfile(a, b)", "copyfile"),
        ("frame.to_csv(path)", "to_csv"), ("xlsxwriter.Workbook(path)", "Workbook"), ("figure.savefig(path)", "savefig"),
        ("os.open(p, os.O_WRONLY)", "open"), ("tempfile.TemporaryDirectory()", "TemporaryDirectory"),
    ],
)  # fmt: skip
def test_a_place_that_writes_is_found(source: str, call: str) -> None:
    assert writes(source) == {call}
    for harmless in (
        "open(p, 'rb')",
        "text.replace('a', 'b')",
        "frame.rename(columns={})",
        "replace(row, a=1)",
        "p.open()",
    ):
        assert writes(harmless) == set()


def test_no_cell_of_a_notebook_is_longer_than_a_screen() -> None:
    folder = Path(__file__).parents[1] / "notebooks"
    long = [
        (path.stem, cell["id"])
        for path in sorted(folder.glob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code" and len("".join(cell["source"]).splitlines()) > 30
    ]
    assert long == []
