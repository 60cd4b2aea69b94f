"""The map of a verdict over the parameters that turn it, and the values between which it turns."""

from __future__ import annotations

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from analysis.report.robustness import Robustness
from analysis.report.rows import VERDICTS, Verdict
from analysis.report.turning import heat_map
from analysis.report.universes import Grid

verdicts = st.sampled_from(VERDICTS)


@st.composite
def swept(draw: st.DrawFn) -> tuple[Robustness, Grid]:
    """A claim over three parameters, any of which may turn it."""
    sizes = draw(st.tuples(*[st.integers(1, 4)] * 3))
    names = ("a", "b", "c")
    values = {name: [10 * n for n in range(size)] for name, size in zip(names, sizes, strict=True)}
    default = {name: draw(st.integers(0, size - 1)) for name, size in zip(names, sizes, strict=True)}
    found: dict[tuple[int, ...], Verdict] = {
        at: draw(verdicts) for at in product(*(range(size) for size in sizes))
    }
    flips = dict.fromkeys(draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)), 0.5)
    at_default = found[tuple(default[name] for name in names)]
    return Robustness("k", at_default, {}, flips, [], len(found), (), names, found), Grid(values, default, {})


@given(swept())
def test_every_cell_is_the_verdict_there_with_the_rest_at_default(case: tuple[Robustness, Grid]) -> None:
    found, grid = case
    made = heat_map(found, grid)
    assert made and {made.row, made.column} - {""} == set(list(found.flips)[:2])
    for i, row in enumerate(made.cells):
        for j, verdict in enumerate(row):
            at = grid.default | {made.column: j} | ({made.row: i} if made.row else {})
            assert verdict == found.verdicts[tuple(at[name] for name in found.moves)]
    assert made.cells[made.default[0]][made.default[1]] == found.verdict_default
    assert len(made.cells) == len(made.row_values) and len(made.cells[0]) == len(made.column_values)


@given(swept())
def test_turns_are_where_neighbours_differ(case: tuple[Robustness, Grid]) -> None:
    found, grid = case
    made = heat_map(found, grid)
    assert made
    along = made.cells[made.default[0]]
    pairs = [(v, w) for v, w in pairwise(along) if v != w]
    assert [(t.before, t.after) for t in made.turns if t.name == made.column] == pairs
    for turn in made.turns:
        assert grid.values[turn.name].index(turn.first) == grid.values[turn.name].index(turn.last) + 1


def test_a_combination_that_was_not_tried_is_empty_and_a_robust_claim_has_no_map() -> None:
    grid = Grid({"a": [1, 2], "b": [1, 2]}, {"a": 0, "b": 0}, {})
    said: dict[tuple[int, ...], Verdict] = {
        (0, 0): "reproduced",
        (1, 0): "contradicted",
        (0, 1): "reproduced",
    }
    found = Robustness("k", "reproduced", {}, {"a": 1.0, "b": 0.5}, [], 3, (), ("a", "b"), said)
    made = heat_map(found, grid)
    assert made and [list(row) for row in made.cells] == [
        ["reproduced", "reproduced"],
        ["contradicted", None],
    ]
    assert heat_map(Robustness("k", "reproduced", {}, {}, [], 1), grid) is None
