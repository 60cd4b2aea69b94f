"""docs/testing.md lists the slow tests as they say it themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests import slow
from tests.conftest import group, pytest_collection_modifyitems


def test_the_list_of_slow_tests_is_that_of_their_marks() -> None:
    text = slow.DOCUMENT.read_text(encoding="utf-8")
    assert slow.renewed(text) == text, "write it anew: python -m tests.slow"
    assert len(list(slow.reasons())) > 15


def test_what_is_made_once_is_made_by_one_worker() -> None:
    assert (
        group("tests/browser/test_use.py::test_a")
        == group("tests/browser/test_print.py::test_b[en]")
        == "pages"
    )
    assert group("tests/browser/test_live.py::test_a") == "tests/browser/test_live.py"
    assert group("tests/test_suite_mishaps.py::test_a[x@y]") == "tests/test_suite_mishaps.py"


class Item:
    """As much of a test as its order depends on."""

    def __init__(self, nodeid: str, is_slow: bool = False) -> None:
        self.nodeid, self.is_slow = nodeid, is_slow

    def get_closest_marker(self, name: str) -> bool:
        return name == "slow" and self.is_slow


def test_groups_with_many_slow_tests_come_first_and_files_stay_together() -> None:
    items = [Item("tests/test_a.py::a"), Item("tests/test_b.py::a", True), Item("tests/test_a.py::b")]
    items += [Item("tests/test_c.py::a"), Item("tests/test_c.py::b", True), Item("tests/test_c.py::c", True)]
    pytest_collection_modifyitems(items)  # type: ignore[arg-type]
    assert [item.nodeid[11:] for item in items] == [
        "c.py::a",
        "c.py::b",
        "c.py::c",
        "b.py::a",
        "a.py::a",
        "a.py::b",
    ]


class Marked(Item):
    """A case of a table of which the first two are left."""

    def __init__(self, nodeid: str) -> None:
        super().__init__(nodeid)
        self.own_markers = [pytest.mark.deep(keep=2).mark]

    def get_closest_marker(self, name: str) -> Any:
        return next((mark for mark in self.own_markers if mark.name == name), None)


def test_of_a_table_of_deep_cases_the_first_are_left() -> None:
    items = [Marked(f"tests/test_a.py::{name}[{n}]") for n in range(3) for name in ("x", "y")]
    pytest_collection_modifyitems(items)  # type: ignore[arg-type]
    assert [item.nodeid for item in items if item.own_markers] == [
        "tests/test_a.py::x[2]",
        "tests/test_a.py::y[2]",
    ]
