"""docs/testing.md lists the slow tests as they say it themselves."""

from __future__ import annotations

from tests import slow
from tests.conftest import group


def test_the_list_of_slow_tests_is_that_of_their_marks() -> None:
    text = slow.DOCUMENT.read_text(encoding="utf-8")
    assert slow.renewed(text) == text, "write it anew: python -m tests.slow"
    assert len(list(slow.reasons())) > 15


def test_what_is_made_once_is_made_by_one_worker() -> None:
    assert (
        group("tests/browser/test_use.py::test_a")
        == group("tests/browser/test_print.py::test_b[en]")
        == "browser"
    )
    assert group("tests/test_suite_mishaps.py::test_a[x@y]") == "tests/test_suite_mishaps.py"
    assert group("tests/test_periods.py::test_a[1]") == "tests/test_periods.py::test_a[1]"
