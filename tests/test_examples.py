"""The examples in docstrings give what they say."""

from __future__ import annotations

import ast
import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [
    p.relative_to(ROOT) for folder in ("src/analysis", "tests") for p in sorted((ROOT / folder).rglob("*.py"))
]
WITH_EXAMPLES = [p for p in FILES if "\n    >>> " in (ROOT / p).read_text(encoding="utf-8")]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=str)
def test_the_examples_of_a_module_are_true(
    path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Those of the package in an empty folder: they need no report's data."""
    monkeypatch.chdir(tmp_path if path.parts[0] == "src" else ROOT)
    module = importlib.import_module(".".join(path.with_suffix("").parts).removeprefix("src."))
    found = doctest.testmod(module)  # it prints what differs
    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize("room", ["numbers", "statistics"])
def test_every_public_function_of_numbers_has_an_example(room: str) -> None:
    lacking = []
    for path in sorted((ROOT / "src" / "analysis" / room).rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                lacking += (
                    [f"{path.stem}.{node.name}"] if ">>> " not in (ast.get_docstring(node) or "") else []
                )
    assert lacking == []
