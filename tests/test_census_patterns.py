"""The examples that stand above the regular expressions of the census: what each is found in, and what not."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "src" / "analysis" / "census"
_TOLD = re.compile(r"^# in (.+); not in (.+)\n(\w+) = re\.compile\(", re.MULTILINE)
TOLD = [
    (p.stem, *found)
    for p in sorted(FOLDER.glob("*.py"))
    for found in _TOLD.findall(p.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(
    ("module", "inside", "outside", "name"), TOLD, ids=lambda text: text if text.isascii() else ""
)
def test_a_pattern_finds_what_its_examples_say(module: str, inside: str, outside: str, name: str) -> None:
    pattern = getattr(importlib.import_module(f"analysis.census.{module}"), name)
    assert all(pattern.search(text) for text in inside.split(" | "))
    found = pattern.search(outside)
    assert found is None or not found[0]


@pytest.mark.parametrize("module", sorted(p.stem for p in FOLDER.glob("*.py")))
def test_every_pattern_has_examples(module: str) -> None:
    code = (FOLDER / f"{module}.py").read_text(encoding="utf-8")
    told = {name for stem, _, _, name in TOLD if stem == module}
    assert set(re.findall(r"^(\w+)(?::.*)? = re\.compile\(", code, re.MULTILINE)) - told == set()
