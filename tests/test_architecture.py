"""Arrows point down only: a module imports from its own floor or from those below it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "analysis"

# The floor of each top-level part of the package; see docs/architecture.md.
FLOORS = {
    "errors": 0, "places": 0, "draft": 0,
    "words": 1, "numbers": 1, "statistics": 1,
    "report": 2, "charts": 2, "census": 2,
    "suite": 3,
    "site": 4,
    "commands": 5, "cli": 5, "__main__": 5,
}  # fmt: skip
# The suite would run any folder of notebooks: of ours it may know the errors and where a project lies.
ALLOWED_IN_SUITE = {"errors", "places", "suite"}


def part(module: str) -> str:
    """`analysis.report.book` → `claims`."""
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


REPORT_WORDS = (
    "工商银行",
    "ICBC",
    "CB Insights",
    "毕马威",
    "KPMG",
    "white paper",
    "白皮书",
    "2021-Q",
    "2020-Q",
)


general = [p for p in modules() if FLOORS.get(p.relative_to(SOURCE).parts[0].removesuffix(".py"), 9) <= 3]


@pytest.mark.parametrize("path", general, ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_module_knows_the_report(path: Path) -> None:
    """What is about this report is data or narrative (floors 1 to 3); docstrings may give it as an example."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, (ast.Module, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
        and n.body
        and isinstance(n.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            assert not [w for w in REPORT_WORDS if w in node.value], node.value
