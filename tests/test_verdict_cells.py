"""Rows as cells and back: one reader, one writer, and an error that names table, row and column."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import UserError
from analysis.report.cells import bundle, read, read_csv, to_csv, write
from analysis.report.rows import CheckRow, ClaimRow, Input, Remark, RobustnessRow, Step
from analysis.writing import write_atomically

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
NUMBER = st.floats(-1e9, 1e9).map(lambda v: float(f"{v:.10g}"))
INPUTS = st.builds(
    Input, TEXT, TEXT, TEXT, TEXT, NUMBER, NUMBER, st.one_of(NUMBER, st.just(math.inf)), unit=TEXT, publisher=TEXT,
    attested=st.sampled_from(["", "original", "loose"]), restated_by=st.sampled_from([1.0, 1.75]), low_open=st.booleans(),
)  # fmt: skip
STEPS = st.builds(
    Step, TEXT, TEXT, NUMBER, NUMBER, NUMBER, inputs=st.lists(INPUTS, max_size=2).map(tuple), part=TEXT
)
CHECKS = st.builds(
    CheckRow, TEXT, TEXT, st.sampled_from(["number", "words"]), st.sampled_from(["in", "out"]),
    st.sampled_from(["same", "own"]), computed=st.one_of(st.none(), NUMBER), is_aside=st.booleans(), note=TEXT,
    steps=st.lists(STEPS, max_size=2).map(tuple), inputs=st.lists(INPUTS, max_size=2).map(tuple),
)  # fmt: skip

CLAIM = ClaimRow(
    "a", "5.2", "", "2020", "13", "万亿元", "", "level", "reproduced", remarks=(Remark("a/same", "same", "in", "reproduced"),),
    metric={"zh": "余额", "en": "balance"},
)  # fmt: skip


@given(CHECKS)
def test_what_is_written_is_read_from_json_and_from_csv_cells(row: CheckRow) -> None:
    written = write(row)
    assert read(CheckRow, json.loads(json.dumps(written)), "checks") == row
    assert read(CheckRow, {name: str(cell) for name, cell in written.items()}, "checks") == row


def test_a_file_gives_back_its_rows(tmp_path: Path) -> None:
    write_atomically(tmp_path / "claims.csv", to_csv([CLAIM]))
    assert read_csv(ClaimRow, tmp_path / "claims.csv") == [CLAIM]
    with pytest.raises(UserError, match="none.csv: there is no such file"):
        read_csv(ClaimRow, tmp_path / "none.csv")


def test_a_text_in_several_languages_has_a_column_for_each() -> None:
    assert write(CLAIM)["metric_zh"] == "余额"
    names = list(write(CLAIM))
    assert names[names.index("remarks") + 1 :][: len(CLAIM.metric)] == [f"metric_{x}" for x in CLAIM.metric]
    assert read(ClaimRow, write(CLAIM), "claims") == CLAIM


def test_a_cells_output_names_its_table_columns_and_key() -> None:
    found = bundle("claims", [CLAIM])
    assert (found["table"], found["key"]) == ("claims", "claim_id")
    assert found["columns"] == list(write(CLAIM))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "true"}, "claims, row 7, column verdict: 'true': input should be"),
        ({"verdict": None}, "claims, row 7, column verdict: field required"),
        ({"evidence": "many"}, "claims, row 7, column evidence: 'many': input should be a valid number"),
        ({"evidence": "nan"}, "claims, row 7, column evidence: is not a number"),
        ({"remarks": '[{"check_id": "x"}]'}, "claims, row 7, column remarks.0.grade: field required"),
        ({"remarks": "[{"}, "claims, row 7, column remarks: "),
        ({"is_decision_error": "perhaps"}, "claims, row 7, column is_decision_error"),
    ],
)
def test_a_wrong_cell_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(UserError) as error:
        read(ClaimRow, {**write(CLAIM), **change}, "claims", 7)
    assert str(error.value).startswith(message)


def test_a_published_robustness_row_is_read() -> None:
    row = read(
        RobustnessRow,
        {"claim_id": "a", "robust": "not exposed", "universes": "12", "share_hedged": "0.5"},
        "robustness",
    )
    assert (row.universes, row.share_hedged, row.share_reproduced) == (12, 0.5, 0.0)
