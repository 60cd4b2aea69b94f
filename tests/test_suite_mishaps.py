"""Mishaps of the suite, each put into its source in turn: a named test notices it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from analysis.suite import process
from tests.mutants.beside import ROOT
from tests.mutants.mishaps import MISHAPS, WITHOUT

pytestmark = pytest.mark.skipif(not process.available(), reason="mishaps are put in in forks (Linux)")


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    """Mishap → what happened instead of its being noticed; all of them tried in one process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants.mishaps"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.deep
@pytest.mark.slow("each of 39 mishaps gets a copy of the package and a pytest of its own")
@pytest.mark.parametrize("what", [WITHOUT, *(m.what for m in MISHAPS)])
def test_a_mishap_is_noticed(outcomes: dict[str, str], what: str) -> None:
    assert outcomes[what] == ""


def test_no_mishap_is_listed_twice_and_each_changes_its_file() -> None:
    edits = [(m.file, m.edited()) for m in MISHAPS]
    assert len(set(edits)) == len(MISHAPS) >= 30
