"""Verdict shares over universes, against brute force over every universe."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.report.catalog import CatalogError
from analysis.report.curves import curves
from analysis.report.ledger import Claim
from analysis.report.robustness import (
    Grid,
    Robustness,
    as_rows,
    flip_rows,
    load_robustness,
    relevant,
    robustness,
    with_repetitions,
)
from analysis.report.verdict import SEVERITY

Rule = Callable[[Mapping[str, Any]], str | None]
VALUES: dict[str, Sequence[Any]] = {
    "a": [0.1, 0.2, 0.3],
    "b": ["x", "y"],
    "c": [True, False],
    "d": [1.0, 2.0, 3.0, 4.0],
}
DEFAULT = {"a": 1, "b": 0, "c": 1, "d": 0}


def grid(**notebooks: Sequence[str]) -> Grid:
    return Grid(VALUES, DEFAULT, notebooks)


def rows(
    notebook: str, names: Sequence[str], rules: Mapping[str, Rule], keep: set[int] | None = None
) -> pd.DataFrame:
    """The checks of one notebook: an outcome for each check, None where it does not decide."""
    found = []
    for case, chosen in enumerate(itertools.product(*(VALUES[n] for n in names))):
        at = dict(zip(names, chosen, strict=True))
        for check_id, rule in rules.items():
            if keep is None or case in keep:
                outcome = rule(at)
                found.append({
                    "notebook": notebook, "case": case, **at, "check_id": check_id,
                    "claim_id": check_id.split("/")[0], "decides": outcome is not None,
                    "outcome": outcome or "reproduced", "computed": float(at.get("d", 1)), "unit": "%",
                    "computed_low": 0.0, "computed_high": 9.0,
                })  # fmt: skip
    return pd.DataFrame(found)


def only(found: list[Robustness]) -> Robustness:
    assert len(found) == 1
    return found[0]


def test_one_verdict_everywhere_is_robust() -> None:
    table = rows("n", "abc", {"k/report": lambda at: "hedged"})
    result = only(robustness(table, grid(n="abc")))
    assert (result.kind, result.verdict_default, dict(result.flips)) == ("robust", "hedged", {})
    assert result.shares == {"reproduced": 0, "hedged": 1, "contradicted": 0, "unchecked": 0}
    assert result.executions == 12


def test_what_flips_a_verdict_is_named_with_its_share_and_what_does_so_alone() -> None:
    table = rows(
        "n", "abd", {"k/p": lambda at: "contradicted" if at["a"] > 0.25 and at["d"] > 2 else "reproduced"}
    )
    result = only(robustness(table, grid(n="abd")))
    assert result.kind == "fragile"
    assert result.shares["contradicted"] == pytest.approx(1 / 3 / 2)
    assert dict(result.flips) == pytest.approx({"a": 1 / 2, "d": 1 / 3})
    assert result.alone == [], "from the default, it takes both"
    table = rows("n", "ab", {"k/p": lambda at: "contradicted" if at["b"] == "y" else "reproduced"})
    result = only(robustness(table, grid(n="ab")))
    assert result.alone == [("b", "y", "contradicted")]
    assert flip_rows([result])[0]["alone"] == "y: contradicted"


def test_where_no_check_decides_the_claim_is_unchecked_and_that_is_no_flip() -> None:
    table = rows("n", "ab", {"k/p": lambda at: None if at["b"] == "y" else "reproduced"})
    result = only(robustness(table, grid(n="ab")))
    assert (result.kind, result.shares["unchecked"], dict(result.flips)) == ("robust", 0.5, {})
    assert robustness(rows("n", "ab", {"k/p": lambda at: None}), grid(n="ab")) == []


def test_the_worst_of_several_checks_is_the_verdict() -> None:
    rules: dict[str, Rule] = {
        "k/p": lambda at: "reproduced",
        "k/r": lambda at: "hedged" if at["c"] else "contradicted",
    }
    result = only(robustness(rows("n", "c", rules), grid(n="c")))
    assert (result.shares["hedged"], result.shares["contradicted"]) == (0.5, 0.5)


verdict_tables = st.lists(
    st.sampled_from(["reproduced", "hedged", "contradicted", None]), min_size=24, max_size=24
)


@given(verdict_tables, verdict_tables)
def test_two_notebooks_combine_as_brute_force_over_all_universes_does(
    one: list[str | None], other: list[str | None]
) -> None:
    first = dict(zip(itertools.product(*(VALUES[n] for n in "ad")), one, strict=False))
    second = dict(zip(itertools.product(*(VALUES[n] for n in "abc")), other, strict=False))
    rules: list[Rule] = [lambda at: first[at["a"], at["d"]], lambda at: second[at["a"], at["b"], at["c"]]]
    table = pd.concat([rows("m", "ad", {"k/p": rules[0]}), rows("n", "abc", {"k/r": rules[1]})])
    found = robustness(table, grid(m="ad", n="abc"))
    counts: Counter[str] = Counter()
    for chosen in itertools.product(*VALUES.values()):
        at = dict(zip(VALUES, chosen, strict=True))
        met = [v for rule in rules if (v := rule(at)) is not None]
        counts[max(met, key=SEVERITY.__getitem__, default="unchecked")] += 1
    total = sum(counts.values())
    if set(counts) == {"unchecked"}:
        assert found == []
    else:
        assert only(found).shares == pytest.approx({v: counts[v] / total for v in only(found).shares})


def test_a_sample_gives_the_shares_of_the_full_product_when_few_parameters_matter() -> None:
    rule: Rule = lambda at: "contradicted" if at["b"] == "y" and at["d"] > 3 else "reproduced"  # noqa: E731
    keep = set(np.random.default_rng(1).choice(48, 30, replace=False).tolist())
    full = only(robustness(rows("n", "abcd", {"k/p": rule}), grid(n="abcd")))
    part = only(robustness(rows("n", "abcd", {"k/p": rule}, keep), grid(n="abcd")))
    assert part.shares == full.shares and dict(part.flips) == dict(full.flips)
    assert (part.executions, full.executions) == (30, 48)


@given(st.lists(st.integers(0, 2), min_size=24, max_size=24))
def test_the_parameters_found_decide_the_verdict(verdicts: list[int]) -> None:
    codes = np.array(list(itertools.product(range(3), range(2), range(4))))
    verdict = np.array(verdicts)
    used = relevant(codes, verdict)
    seen: dict[tuple[int, ...], int] = {}
    for row, v in zip(codes[:, used], verdict, strict=True):
        assert seen.setdefault(tuple(row), v) == v
    for column in set(range(3)) - set(used):
        moved = pd.DataFrame(codes).drop(columns=column).assign(v=verdict)
        assert moved.groupby(moved.columns[:-1].tolist())["v"].nunique().max() == 1


def test_a_parameter_that_does_not_matter_is_not_named() -> None:
    codes = np.array(list(itertools.product(range(3), range(2), range(4))))
    assert relevant(codes, codes[:, 2] % 2) == [2]
    assert relevant(codes, (codes[:, 0] > 0) * 1 + (codes[:, 1] > 0) * 1) == [0, 1]
    assert relevant(codes, np.zeros(24)) == []


def test_rows_for_the_scorecard_are_rounded_and_in_the_order_of_ids() -> None:
    rules: dict[str, Rule] = {
        "z/p": lambda at: "hedged",
        "b/p": lambda at: "contradicted" if at["a"] == 0.1 else "reproduced",
    }
    found = as_rows(robustness(rows("n", "a", rules), grid(n="a")))
    assert found[0] == {
        "claim_id": "b", "robust": "fragile", "universes": 3, "share_reproduced": 0.6667, "share_hedged": 0.0,
        "share_contradicted": 0.3333, "share_unchecked": 0.0, "verdict_default": "reproduced", "flips_on": "a",
        "moves_on": "",
    }  # fmt: skip
    assert [row["claim_id"] for row in found] == ["b", "z"]


def test_parameters_that_move_a_number_are_named_even_where_no_verdict_turns() -> None:
    rules: dict[str, Rule] = {"k/p": lambda at: "reproduced", "words/p": lambda at: "reproduced"}
    table = rows("n", "abd", rules)
    table.loc[table["claim_id"] == "words", "computed"] = np.nan
    found = {r.claim_id: r for r in robustness(table, grid(n="abd"))}
    assert list(found["k"].moves) == ["d"] and not found["k"].flips
    assert list(found["words"].moves) == []


def test_a_repetition_shares_the_result_of_the_first_statement_only_where_it_says_the_same() -> None:
    def claim(claim_id: str, printed: str, hedge: str = "", repeats: str = "", unit: str = "%") -> Claim:
        texts = dict.fromkeys(("period", "source", "conclusion", "excludes", "readings"), "")
        return Claim(
            claim_id,
            "1.1",
            "",
            "",
            printed=printed,
            unit=unit,
            hedge=hedge,
            kind="share",
            repeats=repeats,
            metrics={},
            gaps={},
            **texts,
        )

    claims = [
        claim("k", "30"),
        claim("same", "30", "", "k"),
        claim("near", "30", "近", "k"),
        claim("other", "1"),
    ]
    results = robustness(rows("n", "a", {"k/p": lambda at: "hedged"}), grid(n="a"))
    found = with_repetitions(results, {c.claim_id: c for c in claims})
    assert [(r.claim_id, r.verdict_default) for r in found] == [("k", "hedged"), ("same", "hedged")]


def test_a_spoiled_share_is_named_by_row_and_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_DATA", str(tmp_path))
    assert load_robustness() == []  # none is published
    (tmp_path / "sweep").mkdir()
    head = "claim_id,robust,share_reproduced,verdict_default,flips_on,moves_on"
    (tmp_path / "sweep" / "robustness.csv").write_text(
        f"{head}\na,robust,1.0,reproduced,,\nb,robust,much,hedged,,\n"
    )
    with pytest.raises(
        CatalogError, match=r"robustness\.csv, row 3, column share_reproduced: 'much' is not a number"
    ):
        load_robustness()


def test_curves_show_fragile_claims_first_over_the_choices_that_move_them() -> None:
    rules: dict[str, Rule] = {
        "firm/p": lambda at: "reproduced",
        "frail/p": lambda at: "contradicted" if at["d"] > 3 else "reproduced",
    }
    table = rows("n", "abd", rules)
    results = robustness(table, grid(n="abd"))
    found = curves(table, grid(n="abd"), results)
    assert [c.claim_id for c in found] == ["frail", "firm"]
    assert found[0].choices == ("d",) and found[0].table["estimate"].tolist() == [1, 2, 3, 4]
    assert len(curves(table, grid(n="abd"), results, most=1)) == 1
    still = table.assign(computed=5.0)
    assert curves(still, grid(n="abd"), results) == []
