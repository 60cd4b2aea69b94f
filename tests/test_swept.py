"""The published sweep in compact form says of every combination what the sweep itself says."""

from __future__ import annotations

import json
import tempfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import UserError
from analysis.report import swept
from analysis.report.robustness import Robustness
from analysis.report.rows import FORM_VERDICTS, VERDICTS, Verdict
from analysis.report.universes import Grid

NAMES = ("a", "b", "c")


@st.composite
def sweeps(draw: st.DrawFn) -> tuple[Robustness, Grid]:
    """A claim that all of three parameters reach, and that some of them turn; some combinations were not tried."""
    sizes = dict(zip(NAMES, draw(st.tuples(*[st.integers(1, 3)] * 3)), strict=True))
    values = {name: [n / 10 for n in range(size)] for name, size in sizes.items()}
    default = {name: draw(st.integers(0, size - 1)) for name, size in sizes.items()}
    flips = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    verdict = draw(st.functions(like=lambda *at: ..., returns=st.sampled_from((*VERDICTS, *FORM_VERDICTS)), pure=True))  # fmt: skip
    untried = draw(st.sets(st.tuples(*(st.integers(0, sizes[n] - 1) for n in flips)), max_size=2))
    at_all = product(*(range(size) for size in sizes.values()))
    said: dict[tuple[int, ...], Verdict] = {}
    for at in at_all:
        turning = tuple(at[NAMES.index(name)] for name in flips)
        if turning not in untried:
            said[at] = verdict(*turning)
    made = Robustness("k", "unchecked", {}, dict.fromkeys(flips, 0.5), [], len(said), (), NAMES, said)
    return made, Grid(values, default, {})


@given(sweeps())
def test_every_combination_has_the_verdict_of_the_sweep(case: tuple[Robustness, Grid]) -> None:
    found, grid = case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / swept.PUBLISHED
        path.parent.mkdir()
        path.write_text(swept.text_of(swept.compact([found], grid)), encoding="utf-8")
        read = swept.published(Path(folder))
    assert read == swept.compact([found], grid)
    (claim,) = read.claims
    for at in product(*(range(len(v)) for v in grid.values.values())):
        chosen = {name: json.dumps(grid.values[name][n]) for name, n in zip(NAMES, at, strict=True)}
        assert read.verdict(claim, chosen) == found.verdicts.get(at)
    assert read.verdict(claim, {claim.names[0]: "99"}) is None


@given(sweeps())
def test_a_change_is_the_nearest_value_that_alone_gives_another_verdict(
    case: tuple[Robustness, Grid],
) -> None:
    found, grid = case
    read = swept.compact([found], grid)
    (claim,) = read.claims
    default = read.verdict(claim, {})
    for name in NAMES:
        changes = read.changes(name) if name in claim.names else []
        others = [
            (abs(n - grid.default[name]), json.dumps(value))
            for n, value in enumerate(grid.values[name])
            if name in claim.names and read.verdict(claim, {name: json.dumps(value)}) not in (None, default)
        ]
        assert bool(changes) == bool(others)
        for change in changes:
            assert change.verdict == read.verdict(claim, {name: change.value}) != default
            assert min(others)[0] == {v: d for d, v in others}[change.value]


def test_nothing_is_published_in_an_empty_folder(tmp_path: Path) -> None:
    assert swept.published(tmp_path) == swept.Swept()


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"axes": [["a", ["1"], 3]], "claims": []}', '{"axes": [], "claims": [["x", ["a"], "r"]]}',
     '{"axes": [["a", ["1", "2"], 0]], "claims": [["x", ["a"], "r"]]}', '{"axes": 3, "claims": 4}'],
)  # fmt: skip
def test_what_is_no_such_file_is_said_in_a_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / swept.PUBLISHED
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=r"verdicts\.json") as refused:
        swept.published(tmp_path)
    assert "\n" not in str(refused.value)
