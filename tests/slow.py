"""`python -m tests.slow`: write the tests that take more than five seconds, and why, into docs/testing.md.

They say it themselves, by `pytest.mark.slow("why")` above a test or for a whole file.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
DOCUMENT = TESTS.parent / "docs" / "testing.md"
BEGIN, END = "<!-- slow -->\n", "<!-- /slow -->\n"


def reasons() -> Iterator[tuple[str, str]]:
    """Each slow test, or file of tests, with its reason."""
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            is_file = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
            marks = (
                node.decorator_list if isinstance(node, ast.FunctionDef) else [node.value] if is_file else []
            )  # type: ignore[attr-defined]
            for call in (inner for mark in marks for inner in ast.walk(mark)):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.slow":
                    name = "" if is_file else f"::{node.name}"  # type: ignore[attr-defined]
                    yield path.relative_to(TESTS.parent).as_posix() + name, ast.literal_eval(call.args[0])


def table() -> str:
    """The reasons as a Markdown table."""
    rows = [f"| `{name}` | {why} |" for name, why in reasons()]
    return "\n".join(["| test | why it takes its time |", "|---|---|", *rows]) + "\n"


def renewed(text: str) -> str:
    """A document with the table between its marks."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
