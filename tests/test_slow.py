"""docs/testing.md lists the slow tests as they say it themselves."""

from __future__ import annotations

from tests import slow


def test_the_list_of_slow_tests_is_that_of_their_marks() -> None:
    text = slow.DOCUMENT.read_text(encoding="utf-8")
    assert slow.renewed(text) == text, "write it anew: python -m tests.slow"
    assert len(list(slow.reasons())) > 15
