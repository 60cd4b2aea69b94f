"""Verdict shares over universes: every universe judged by the standard, against brute force over all of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import UserError
from analysis.numbers.printed import Reading
from analysis.report import cells
from analysis.report.bench import Bench
from analysis.report.curves import curves
from analysis.report.ledger import Claim
from analysis.report.robustness import Robustness, flip_rows, load_robustness, published, robustness
from analysis.report.rows import CheckRow
from analysis.report.universes import COLUMNS, Grid, relevant, universes
from analysis.writing import write_atomically
from tests import verdict_tools
from tests.verdict_tools import REPORT, check, claim, ledger, of_report, step

At = Mapping[str, Any]
Rule = Callable[[At], Iterable[CheckRow]]
VALUES: dict[str, Sequence[Any]] = {
    "edition": ["first", "second", "third"],
    "group": ["x", "y"],
    "is_net": [True, False],
    "ratio": [1.0, 2.0, 3.0, 4.0],
    "hedge_about": [0.02, 0.05, 0.10],
    "word_level": ["strict", "default", "loose"],
}
DEFAULT = {"edition": 0, "group": 0, "is_net": 1, "ratio": 0, "hedge_about": 1, "word_level": 1}
K = claim("k", "30", "%", kind="share", source="NBS")


def grid(**notebooks: Sequence[str]) -> Grid:
    return Grid(VALUES, DEFAULT, notebooks)


def swept(notebook: str, names: Sequence[str], rule: Rule, keep: set[int] | None = None) -> pd.DataFrame:
    """What a sweep stores of one notebook: the checks of each case, or of those in `keep`."""
    found = []
    for case, chosen in enumerate(itertools.product(*(VALUES[n] for n in names))):
        at = dict(zip(names, chosen, strict=True))
        if keep is None or case in keep:
            found += [{"notebook": notebook, "case": case, **at, **_stored(row)} for row in rule(at)]
    return pd.DataFrame(found)


def _stored(row: CheckRow) -> dict[str, Any]:
    written = cells.write(row)
    return {name: None if written[name] == "" else written[name] for name in COLUMNS}


def judged(frames: Iterable[pd.DataFrame], g: Grid, *claims: Claim) -> dict[str, Robustness]:
    table = pd.concat(list(frames), ignore_index=True)
    found = robustness(universes(table, g), g, ledger(claims), REPORT)
    return {r.claim_id: r for r in found}


def source(value: str, claim_id: str = "k", **more: object) -> CheckRow:
    """A check of a claim against one published number."""
    return check(claim_id, verdict_tools.published("value", value), **more)  # type: ignore[arg-type]


# --- classes --------------------------------------------------------------------------------------------------------


def test_a_claim_whose_evidence_no_assumption_reaches_is_not_exposed() -> None:
    found = judged(
        [swept("n", ["edition", "group"], lambda at: [source("30")])], grid(n=["edition", "group"]), K
    )
    assert (found["k"].kind, found["k"].verdict_default, found["k"].moves) == (
        "not exposed",
        "reproduced",
        (),
    )
    assert found["k"].shares["reproduced"] == 1 and found["k"].combinations == 1


def test_a_claim_that_an_assumption_reaches_and_does_not_turn_is_robust() -> None:
    values = {"first": "30.1", "second": "29.9", "third": "30.2"}
    rule: Rule = lambda at: [source(values[at["edition"]])]  # noqa: E731
    found = judged([swept("n", ["edition", "group"], rule)], grid(n=["edition", "group"]), K)["k"]
    assert (found.kind, found.moves, dict(found.flips)) == ("robust", ("edition",), {})


def test_a_claim_that_turns_is_fragile_and_says_on_what_how_often_and_what_turns_it_alone() -> None:
    rule: Rule = lambda at: [source("40" if at["edition"] == "third" and at["ratio"] > 2 else "30")]  # noqa: E731
    g = grid(n=["edition", "group", "ratio"])
    found = judged([swept("n", g.notebooks["n"], rule)], g, K)["k"]
    assert found.kind == "fragile" and found.moves == ("edition", "ratio")
    assert found.shares["contradicted"] == pytest.approx(1 / 3 / 2)
    assert dict(found.flips) == pytest.approx({"edition": 1 / 2, "ratio": 1 / 3})
    assert found.alone == [], "from the default, it takes both"
    rule = lambda at: [source("40" if at["edition"] == "third" else "30")]  # noqa: E731
    found = judged([swept("n", g.notebooks["n"], rule)], g, K)["k"]
    assert found.alone == [("edition", "third", "contradicted")]
    assert flip_rows([found])[0].alone == "third: contradicted"


def test_evidence_without_a_say_exposes_nothing() -> None:
    rule: Rule = lambda at: [source("30"), source(str(20 + at["ratio"]), fits="differs", because="another place", label="beside")]  # noqa: E731  # fmt: skip
    found = judged([swept("n", ["ratio"], rule)], grid(n=["ratio"]), K)["k"]
    assert (found.kind, found.moves) == ("not exposed", ())


def test_where_nothing_has_a_say_the_claim_is_unchecked_and_in_no_class() -> None:
    nothing: Rule = lambda at: [source("30", fits="differs", because="another place")]  # noqa: E731
    assert judged([swept("n", ["group"], nothing)], grid(n=["group"]), K) == {}
    half: Rule = lambda at: [source("30", fits="same" if at["group"] == "x" else "differs")]  # noqa: E731
    found = judged([swept("n", ["group"], half)], grid(n=["group"]), K)["k"]
    assert (found.kind, found.shares["unchecked"], dict(found.flips)) == ("fragile", 0.5, {"group": 1.0})


def test_a_claim_of_form_has_no_robustness() -> None:
    form = claim("f", "六个", kind="form")
    row = CheckRow("f/", "f", "form", "in", "own")
    assert judged([swept("n", ["group"], lambda at: [row])], grid(n=["group"]), form) == {}


# --- how a claim is read --------------------------------------------------------------------------------------------


def test_a_claim_is_read_anew_in_every_reading_of_its_hedge() -> None:
    about = claim("k", "30", "%", "约", kind="share", source="NBS")
    found = judged(
        [swept("n", ["hedge_about"], lambda at: [source("31.4")])], grid(n=["hedge_about"]), about
    )["k"]
    by_hand = [
        Bench({"k": about}, [source("31.4")], Reading(about=share), REPORT).judge("k").verdict
        for share in VALUES["hedge_about"]
    ]
    assert len(set(by_hand)) > 1, "the case must turn"
    assert {v: n / 3 for v, n in Counter(by_hand).items()} == pytest.approx(
        {v: s for v, s in found.shares.items() if s}
    )
    assert (found.kind, found.moves) == ("fragile", ("hedge_about",))


def test_another_definition_of_a_word_reaches_its_claim() -> None:
    words = claim("k", "上升", kind="trend", source="NBS")

    def rule(at: At) -> list[CheckRow]:
        asked = [verdict_tools.published("a", "100"), verdict_tools.published("b", "103")]
        return [check("k", *asked, definition=f"growing_fast/{at['word_level']}")]

    found = judged([swept("n", ["word_level"], rule)], grid(n=["word_level"]), words)["k"]
    assert found.moves == ("word_level",)


def test_the_bar_for_evidence_reaches_what_had_to_pass_it_and_nothing_else() -> None:
    axes = {**VALUES, "evidence_width": [1.0, 2.0, 4.0]}
    g = Grid(axes, {**DEFAULT, "evidence_width": 1}, {"n": ["group"]})
    inside = claim("inside", "30", "%", kind="share", source="NBS")
    wide = check("k", verdict_tools.published("value", "30.1", half=0.9))
    frame = swept("n", ["group"], lambda at: [wide, source("30.0", "inside")])
    found = robustness(universes(frame, g), g, ledger([K, inside]), REPORT)
    assert {r.claim_id: (r.kind, r.moves) for r in found} == {
        "inside": ("not exposed", ()), "k": ("fragile", ("evidence_width",)),
    }  # fmt: skip


def test_a_premise_is_read_as_the_claim_itself_whatever_the_notebook_read() -> None:
    base = claim("base", "60", "%", "近", kind="level")
    grids = Grid({"hedge_near": [0.0001, 0.10]}, {"hedge_near": 1}, {"n": []})
    row = check("k", step("base ÷ 2", of_report(base, "base")), fits="")
    found = robustness(universes(swept("n", [], lambda at: [row]), grids), grids, ledger([base, K]), REPORT)
    assert [r.moves for r in found if r.claim_id == "k"] == [("hedge_near",)]


# --- claims that lean on each other ---------------------------------------------------------------------------------


def test_a_premise_in_another_notebook_reaches_what_is_derived_from_it() -> None:
    base = claim("base", "60", "%", kind="share", source="NBS")
    derived = check("k", step("base ÷ 2", of_report(base, "base")), fits="")
    frames = [
        swept("m", ["edition"], lambda at: [source("70" if at["edition"] == "third" else "60", "base")]),
        swept("n", ["group"], lambda at: [derived]),
    ]
    found = judged(frames, grid(m=["edition"], n=["group"]), base, K)
    assert (found["k"].verdict_default, found["k"].kind, found["k"].moves) == (
        "reproduced",
        "fragile",
        ("edition",),
    )
    assert found["k"].notebooks == ("m", "n")


def test_the_evidence_of_a_pair_reaches_the_other_statement() -> None:
    other = claim("other", "20", "%", kind="share", source="NBS", excludes="k")
    frames = [
        swept("n", ["edition"], lambda at: [source("20" if at["edition"] == "third" else "25", "other")])
    ]
    found = judged(frames, grid(n=["edition"]), K, other)
    assert found["k"].alone == [("edition", "third", "contradicted")] or found["k"].kind == "fragile"
    assert found["k"].moves == ("edition",)


def test_a_repetition_shares_its_first_statements_evidence_with_its_own_digits() -> None:
    again = claim("again", "30", "%", kind="share", repeats="k")
    wrong = claim("wrong", "33", "%", kind="share", repeats="k")
    found = judged([swept("n", ["group"], lambda at: [source("30")])], grid(n=["group"]), K, again, wrong)
    assert [found[c].verdict_default for c in ("k", "again", "wrong")] == [
        "reproduced",
        "reproduced",
        "contradicted",
    ]


POOL = [
    source("30"), source("40"), source("30.2", fits="open", because="one of two", label="open"),
    source("34", fits="differs", because="another year", label="beside"), check("k", verdict_tools.published("value", "29.8", by="IMF"), label="other"),
]  # fmt: skip
chosen = st.lists(
    st.lists(st.sampled_from(range(len(POOL))), max_size=2, unique=True), min_size=12, max_size=12
)


@pytest.mark.deep
@pytest.mark.slow("brute force over all universes of forty generated sweeps")
@given(chosen, chosen)
@settings(deadline=None, max_examples=40)
def test_two_notebooks_combine_as_brute_force_over_all_universes_does(
    one: list[list[int]], other: list[list[int]]
) -> None:
    shared, first, second = "edition", ("edition", "ratio"), ("edition", "group", "is_net")
    here = dict(zip(itertools.product(*(VALUES[n] for n in first)), one, strict=True))
    there = dict(zip(itertools.product(*(VALUES[n] for n in second)), other, strict=True))
    marker = source("1", fits="differs", because="nothing", label="marker")
    rules: list[Rule] = [
        lambda at: [marker, *(POOL[i] for i in here[tuple(at[n] for n in first)])],
        lambda at: [marker, *(POOL[i] for i in there[tuple(at[n] for n in second)])],
    ]
    g = grid(m=first, n=second)
    found = judged([swept("m", first, rules[0]), swept("n", second, rules[1])], g, K).get("k")
    counts: Counter[str] = Counter()
    names = (shared, "ratio", "group", "is_net")
    for values in itertools.product(*(VALUES[n] for n in names)):
        at = dict(zip(names, values, strict=True))
        counts[
            Bench({"k": K}, [c for rule in rules for c in rule(at)], setting=REPORT).judge("k").verdict
        ] += 1
    total = sum(counts.values())
    if found is None:
        assert set(counts) == {"unchecked"}
        return
    assert found.shares == pytest.approx({v: counts[v] / total for v in found.shares})


def test_a_sample_gives_the_shares_of_the_full_product_when_few_parameters_matter() -> None:
    names = ["edition", "group", "is_net", "ratio"]
    rule: Rule = lambda at: [source("40" if at["group"] == "y" and at["ratio"] > 3 else "30")]  # noqa: E731
    keep = set(np.random.default_rng(1).choice(48, 30, replace=False).tolist())
    full = judged([swept("n", names, rule)], grid(n=names), K)["k"]
    part = judged([swept("n", names, rule, keep)], grid(n=names), K)["k"]
    assert part.shares == full.shares and dict(part.flips) == dict(full.flips) and part.moves == full.moves


# --- the parameters that matter -------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2), min_size=24, max_size=24))
def test_the_parameters_found_decide_the_label_and_none_is_too_many(labels: list[int]) -> None:
    codes = np.array(list(itertools.product(range(3), range(2), range(4))))
    label = np.array(labels)
    used = relevant(codes, label)

    def decide(columns: Sequence[int]) -> bool:
        seen: dict[tuple[int, ...], int] = {}
        return all(
            seen.setdefault(tuple(row), v) == v for row, v in zip(codes[:, list(columns)], label, strict=True)
        )

    assert decide(used)
    assert not any(decide([c for c in used if c != column]) for column in used)


def test_a_parameter_that_does_not_matter_is_not_named() -> None:
    codes = np.array(list(itertools.product(range(3), range(2), range(4))))
    assert relevant(codes, codes[:, 2] % 2) == [2]
    assert relevant(codes, (codes[:, 0] > 0) * 1 + (codes[:, 1] > 0) * 1) == [0, 1]
    assert relevant(codes, np.zeros(24)) == []


# --- in and out -----------------------------------------------------------------------------------------------------


def test_a_stored_check_is_judged_as_the_one_handed_out() -> None:
    row = check("k", step("a + b", *(verdict_tools.published(n, v) for n, v in (("a", "20"), ("b", "10")))))
    g = grid(n=["group"])
    found = universes(swept("n", ["group"], lambda at: [row]), g)
    assert len(found.checks) == 1, "what does not differ is kept once"
    assert found.checks[0].steps == row.steps and found.checks[0].inputs == row.inputs


def test_a_check_of_an_unknown_claim_is_named() -> None:
    with pytest.raises(UserError, match=r"claims\.csv has no claim 'k'"):
        judged([swept("n", ["group"], lambda at: [source("30")])], grid(n=["group"]))


def test_the_published_table_gives_the_results_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule: Rule = lambda at: [source("40" if at["edition"] == "third" else "30")]  # noqa: E731
    found = judged([swept("n", ["edition"], rule)], grid(n=["edition"]), K)["k"]
    monkeypatch.setenv("ANALYSIS_DATA", str(tmp_path))
    assert load_robustness() == []  # none is published
    (tmp_path / "sweep").mkdir()
    write_atomically(tmp_path / "sweep" / "robustness.csv", cells.to_csv([found.row]))
    row = published(tmp_path)[0]
    assert (row.claim_id, row.robust, row.universes, row.flips_on) == ("k", "fragile", 3, "edition")
    assert (row.share_reproduced, row.share_contradicted) == (0.6667, 0.3333)


def test_a_spoiled_share_is_named_by_row_and_column(tmp_path: Path) -> None:
    (tmp_path / "sweep").mkdir()
    head = "claim_id,robust,universes,share_reproduced,verdict_default"
    (tmp_path / "sweep" / "robustness.csv").write_text(
        f"{head}\na,robust,1,1.0,reproduced\nb,robust,1,much,hedged\n"
    )
    with pytest.raises(UserError, match=r"robustness\.csv, row 3, column share_reproduced: 'much'"):
        published(tmp_path)


def test_curves_show_fragile_claims_first_over_the_choices_that_move_them() -> None:
    firm = claim("firm", "30", "%", kind="share", source="NBS")

    def rule(at: At) -> list[CheckRow]:
        rows = source(str(29.9 + at["ratio"] / 20), "firm"), source("40" if at["ratio"] > 3 else "30")
        return [
            replace(row, computed=row.steps[0].value, computed_low=0.0, computed_high=50.0) for row in rows
        ]

    table = swept("n", ["edition", "ratio"], rule)
    g = grid(n=["edition", "ratio"])
    results = robustness(universes(table, g), g, ledger([K, firm]), REPORT)
    found = curves(table, g, results)
    assert [c.claim_id for c in found] == ["k", "firm"]
    assert found[0].choices == ("ratio",) and found[0].table["estimate"].tolist() == [30, 30, 30, 40]
    assert len(curves(table, g, results, most=1)) == 1
    assert curves(table.assign(computed=5.0), g, results) == []
