"""The trial of mutants itself: which changes are made, which are left alone, and what is accepted."""

from __future__ import annotations

from tests.mutants.__main__ import equivalents
from tests.mutants.beside import beside
from tests.mutants.operators import mutants


def test_every_accepted_equivalent_has_a_reason() -> None:
    assert len(equivalents()) > 40
    assert all(module in beside() and reason for (module, *_), reason in equivalents().items())


def test_every_module_has_tests_beside_it() -> None:
    for module, tests in beside().items():
        assert tests and all(test.is_file() for test in tests), module


def test_mutants_of_a_line_are_told_apart() -> None:
    found = [(m.change, m.source) for m in mutants("x.py", "def f(a):\n    return a + 1 < 1 and not a\n")]
    assert sorted(change for change, _ in found) == [
        "1 → 2", "1 → 2, place 2 of its line", "Add → Sub", "And → Or", "Lt → Gt", "Lt → LtE", "Not dropped",
    ]  # fmt: skip
    assert len({source for _, source in found}) == 7


def test_what_no_test_can_see_is_left_alone() -> None:
    source = 'from x import y\n\n\n@cache(1)\ndef f(a: Literal[1]) -> Literal[2]:\n    """1 < 2"""\n    raise ValueError(1)\n'
    assert list(mutants("x.py", source)) == []
    assert list(mutants("x.py", "z = zip(a, b, strict=True)\n")) == []
