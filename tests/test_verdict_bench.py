"""Claims that lean on each other: premises, rings, repetitions and pairs; and what no arrangement may change."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import UserError
from analysis.numbers.printed import Reading
from analysis.report.bench import Bench, Kept, verdicts
from analysis.report.grades import Setting
from analysis.report.ledger import Claim
from analysis.report.rows import CheckRow, Input
from tests.verdict_tools import REPORT, check, claim, judged, ledger, of_report, published, step

LEVELS = [
    claim(f"c{n}", text, "亿元", kind="growth", source="NBS")
    for n, text in enumerate(("100", "50", "150", "30"))
]


def evidence(claim_id: str, text: str, **more: object) -> CheckRow:
    return check(claim_id, published("value", text, "亿元", **more.pop("published", {})), **more)  # type: ignore[arg-type, arg-type]


def derived(target: str, formula: str, *sources: Claim, **more: object) -> CheckRow:
    inputs = [of_report(c, c.claim_id) for c in sources]
    return check(target, step(formula, *inputs, unit="亿元"), fits="", label="derived", **more)  # type: ignore[arg-type]


A, B, C, D = LEVELS


def test_numbers_that_nobody_inferred_speak_first_then_the_narrowest() -> None:
    wide, narrow = evidence("c0", "100", label="wide"), evidence("c0", "100.0", label="narrow")
    inferred = evidence("c0", "100.00", label="inferred", published={"attested": "loose", "vouched_by": "x"})
    found = judged(LEVELS, [wide, narrow, inferred])["c0"]
    assert (found.verdict, found.check_id) == ("reproduced", "c0/narrow")
    assert judged(LEVELS, [wide, inferred])["c0"].check_id == "c0/wide"
    assert judged(LEVELS, [inferred])["c0"].check_id == "c0/inferred"


def test_of_several_that_agree_the_best_grade_speaks_first_however_wide() -> None:
    own = derived("c1", "c0 ÷ 2", A)
    beside = evidence("c1", "51", published={"by": "Other", "half": 1.8}, label="beside")
    found = judged(LEVELS, [own, beside])["c1"]
    assert (found.verdict, found.grade, found.check_id) == ("consistent", "other", "c1/beside")


def test_a_statements_own_check_speaks_before_that_of_its_first_statement() -> None:
    first, again = claim("a", "7", "%", source="NBS"), claim("b", "7", "%", repeats="a")
    checks = [check("a", published("value", "7.00")), check("b", published("value", "7.0"))]
    found = judged([first, again], checks)
    assert (found["a"].check_id, found["b"].check_id) == (checks[0].check_id, checks[1].check_id)


def test_a_verdict_of_both_sides_tells_both_with_their_hedges_and_units() -> None:
    one = replace(evidence("c0", "100", label="one"), arithmetic="100")
    two = replace(evidence("c0", "160", published={"hedge": "over"}, label="two"), arithmetic="160")
    found = judged(LEVELS, [one, two])["c0"]
    told = "CNY 10.0 billion; more than CNY 16.0 billion"
    assert (found.verdict, found.rule, found.reason) == ("consistent", "same-both", told)


# --- premises -------------------------------------------------------------------------------------------------------


def test_a_reproduced_premise_enters_with_its_evidence_and_grade() -> None:
    found = judged(LEVELS, [evidence("c0", "100"), derived("c2", "c0 + 50", A)])
    assert (found["c2"].verdict, found["c2"].grade, found["c2"].ground) == (
        "reproduced",
        "same",
        "recomputed",
    )


def test_a_contradicted_premise_enters_with_what_contradicts_it() -> None:
    found = judged(LEVELS, [evidence("c0", "120"), derived("c2", "c0 + 50", A)])
    assert (found["c0"].verdict, found["c2"].verdict) == ("contradicted", "contradicted")
    assert (found["c2"].evidence, found["c2"].grade) == (170, "same")


def test_any_other_premise_enters_as_the_reports_own_number() -> None:
    found = judged(LEVELS, [derived("c2", "c0 + c1", A, B)])
    assert (found["c2"].verdict, found["c2"].grade) == ("consistent", "own")
    coarse = judged(LEVELS, [evidence("c0", "104", published={"half": 5}), derived("c2", "c0 + c1", A, B)])
    assert (coarse["c0"].verdict, coarse["c2"].grade) == ("consistent", "own")


def test_a_premise_in_another_unit_enters_with_value_and_range_in_that_of_the_check() -> None:
    """2 亿元 are 200 百万元: half of the 2.4 that were found are 120, not 1.2 and not 0.012."""
    source, half = claim("source", "2", "亿元", kind="level", source="NBS"), claim("half", "120", "百万元")
    used = replace(of_report(source, "a"), unit="百万元", value=200.0, low=150.0, high=250.0)
    checks = [
        check("source", published("value", "2.40", "亿元")),
        check("half", step("a ÷ 2", used, unit="百万元"), fits=""),
    ]
    found = judged([source, half], checks)["half"]
    assert (found.verdict, found.evidence) == ("reproduced", pytest.approx(120))
    assert (found.evidence_low, found.evidence_high) == (pytest.approx(119.75), pytest.approx(120.25))


def test_a_premise_from_outside_the_ledger_enters_as_it_stands() -> None:
    elsewhere = claim("elsewhere", "100", "亿元")
    found = judged([C], [derived("c2", "elsewhere + 50", elsewhere)])["c2"]
    assert (found.verdict, found.grade, found.evidence) == ("consistent", "own", 150)


ABOUT = claim("about", "200", "亿元", "约", kind="level")
"""Under a reading by which 约 reaches a fifth of the number, it allows 160 … 240."""


def read_as(reading: Reading | None, used: Claim, unit: str = "亿元") -> tuple[float | None, float | None]:
    """The range with which a claim enters a check, under a reading of the hedge words."""
    i = replace(of_report(used, "a"), unit=unit, low=199.0, high=201.0)
    claims = ledger([used, claim("same", "200", unit)])
    rows = verdicts(
        claims, [check("same", step("a", i, unit=unit), fits="")], reading=reading, setting=REPORT
    )
    (remark,) = next(r for r in rows if r.claim_id == "same").remarks
    return remark.low, remark.high


def test_a_premise_enters_with_what_it_prints_under_the_reading_of_the_bench() -> None:
    assert read_as(Reading(about=0.2), ABOUT) == (160, 240)
    assert read_as(Reading(about=0.2), ABOUT, "百万元") == (16000, 24000)


def test_under_the_ordinary_reading_a_premise_enters_as_the_notebook_saw_it() -> None:
    assert read_as(None, ABOUT) == read_as(Reading(), ABOUT) == (199, 201)


def test_a_premise_that_prints_no_number_enters_as_the_notebook_saw_it_under_any_reading() -> None:
    """A date has no range that a reading could stretch; what the notebook took from it stands."""
    event = claim("day", "200", "亿元", kind="event")
    row = replace(of_report(ABOUT, "a"), ref="claim:day", low=199.0, high=201.0)
    made = check("same", step("a", row, unit="亿元"), fits="")
    for reading in (None, Reading(about=0.2)):
        rows = verdicts(
            ledger([event, claim("same", "200", "亿元")]), [made], reading=reading, setting=REPORT
        )
        assert (rows[1].evidence_low, rows[1].evidence_high) == (199, 201)


def test_premises_carry_on_through_several_claims() -> None:
    checks = [evidence("c0", "100"), derived("c1", "c0 × 0.5", A), derived("c3", "c1 × 0.6", B)]
    assert {c: judged(LEVELS, checks)[c].verdict for c in ("c0", "c1", "c3")} == dict.fromkeys(
        ("c0", "c1", "c3"), "reproduced"
    )


def test_a_premise_on_evidence_beside_an_own_number_is_mixed() -> None:
    found = judged(LEVELS, [evidence("c0", "100"), derived("c2", "c0 + c1", A, B)])
    assert (found["c2"].grade, found["c2"].verdict) == ("mixed", "consistent")


def test_a_ring_of_own_numbers_reproduces_nothing() -> None:
    ring = [derived("c0", "c1 × 2", B), derived("c1", "c0 ÷ 2", A)]
    assert {r.verdict for r in judged([A, B], ring).values()} == {"consistent"}


def test_a_ring_with_evidence_at_one_place_settles() -> None:
    ring = [evidence("c0", "100"), derived("c0", "c1 × 2", B), derived("c1", "c0 ÷ 2", A)]
    found = judged([A, B], ring)
    assert [found[c].verdict for c in ("c0", "c1")] == ["reproduced", "reproduced"]
    assert {r.check_id: r.grade for r in found["c0"].remarks} == {"c0/": "same", "c0/derived": "own"}


# --- repetitions ----------------------------------------------------------------------------------------------------


def test_a_repetition_takes_the_first_statements_evidence_with_its_own_digits() -> None:
    coarse, wrong = (
        claim("again", "100", "亿元", repeats="c0"),
        claim("wrong", "110", "亿元", repeats="again"),
    )
    found = judged([A, coarse, wrong], [evidence("c0", "100")])
    assert [found[c].verdict for c in ("c0", "again", "wrong")] == [
        "reproduced",
        "reproduced",
        "contradicted",
    ]


def test_a_repetition_of_what_the_ledger_does_not_hold_is_a_first_statement() -> None:
    alone = claim("alone", "100", "亿元", repeats="elsewhere", source="NBS")
    found = judged([alone], [evidence("alone", "100")])["alone"]
    assert (found.verdict, found.repeats) == ("reproduced", "elsewhere")


def test_saying_it_twice_is_no_evidence() -> None:
    again = claim("again", "100", "亿元", repeats="c0")
    found = judged([A, again], [derived("c0", "again", again), derived("again", "c0", A)])
    assert {r.verdict for r in found.values()} == {"unchecked"}


def test_a_ring_of_repetitions_is_an_error() -> None:
    with pytest.raises(UserError, match="c0 repeats again repeats c0"):
        judged([replace(A, repeats="again"), claim("again", "100", "亿元", repeats="c0")], [])


# --- pairs ----------------------------------------------------------------------------------------------------------

LEFT = claim("left", "20", "%", source="NBS", excludes="right")
RIGHT = claim("right", "30", "%", source="NBS", excludes="left")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", ("contradicted", "contradicted")),  # one of the two
        ("20", "", ("reproduced", "contradicted")),
        ("", "30", ("contradicted", "reproduced")),
        ("25", "", ("contradicted", "unchecked")),  # evidence tells which one is wrong
        ("25", "25", ("contradicted", "contradicted")),
        ("20", "30", ("consistent", "consistent")),  # each has evidence
        ("20", "25", ("reproduced", "contradicted")),
    ],
)
def test_two_numbers_for_one_thing(left: str, right: str, expected: tuple[str, str]) -> None:
    checks = [check(c, published("value", text)) for c, text in (("left", left), ("right", right)) if text]
    found = judged([LEFT, RIGHT], checks)
    assert (found["left"].verdict, found["right"].verdict) == expected
    swapped = judged([RIGHT, LEFT], checks)
    assert (swapped["left"].verdict, swapped["right"].verdict) == expected, "prose and table rank alike"


def test_a_pair_named_on_one_side_alone_is_a_pair() -> None:
    found = judged([LEFT, replace(RIGHT, excludes="")], [check("left", published("value", "20"))])
    assert found["right"].rule == "pair-other-reproduced"


def test_numbers_that_have_a_value_in_common_do_not_exclude_each_other() -> None:
    close = replace(RIGHT, printed="20.4")
    assert {r.verdict for r in judged([LEFT, close], []).values()} == {"unchecked"}


def test_a_pair_holds_for_repetitions_too() -> None:
    again = claim("again", "30", "%", repeats="right")
    assert (
        judged([LEFT, RIGHT, again], [check("left", published("value", "20"))])["again"].verdict
        == "contradicted"
    )


def test_a_number_and_words_of_a_pair_exclude_each_other_whatever_they_say() -> None:
    rising = claim("rising", "上升", kind="trend", source="NBS", excludes="left")
    level = replace(LEFT, excludes="rising")
    found = judged([level, rising], [check("left", published("value", "20"))])
    assert (found["left"].verdict, found["rising"].verdict) == ("reproduced", "contradicted")
    undecided = judged([level, rising], [])
    assert (undecided["left"].rule, undecided["rising"].rule) == ("pair-one-of-two", "pair-texts")


def test_evidence_that_is_no_number_excludes_the_other_statement_too() -> None:
    """Of two dates for one act, the act bears out one: that is what speaks against the other, and it has no range."""
    april, may = (
        claim(month, text, kind="event", source="NBS", excludes=other)
        for month, text, other in (("april", "4 月", "may"), ("may", "5 月", "april"))
    )
    act = CheckRow(
        "april/",
        "april",
        "event",
        "in",
        "same",
        "same",
        found="2021-04-09",
        inputs=(published("value", "1"),),
    )
    found = judged([april, may], [act])
    assert found["april"].verdict == "reproduced"
    assert (found["may"].verdict, found["may"].rule) == ("contradicted", "pair-other-reproduced")
    assert (found["may"].check_id, found["may"].evidence) == ("april/", None)


def test_own_numbers_do_not_decide_a_pair() -> None:
    half = claim("half", "10", "%")
    own = check("left", step("half × 2", of_report(half, "half")), fits="")
    found = judged([half, LEFT, RIGHT], [own])
    assert {found[c].rule for c in ("left", "right")} == {"pair-one-of-two"}


# --- what a row tells -----------------------------------------------------------------------------------------------


def test_the_setting_that_is_given_is_the_reports_and_not_that_of_the_place() -> None:
    """Who publishes the report is no witness for it: his number is the report's own."""
    checks = [evidence("c0", "100")]
    by_nbs = judged(LEVELS, checks, Setting(frozenset({"NBS"})))["c0"]
    assert (by_nbs.grade, by_nbs.verdict) == ("own", "consistent")
    assert judged(LEVELS, checks, Setting(frozenset({"Another"})))["c0"].grade == "same"


def test_a_claim_that_nothing_decides_says_what_is_missing_and_else_what_was_heard() -> None:
    beside = evidence("c0", "100", fits="differs", because="another scope")
    silent = replace(A, gaps={"en": "No count of it was published."})
    assert judged([silent], [])["c0"].reason == "No count of it was published."
    assert judged([silent], [beside])["c0"].reason == "No count of it was published."
    heard = judged([A], [beside])["c0"]
    assert (heard.verdict, len(heard.remarks)) == ("unchecked", 1)
    assert heard.reason and heard.reason != silent.gaps["en"]
    assert judged([A], [])["c0"].reason == ""


def test_what_decides_is_told_alone_where_nothing_of_its_grade_contradicts() -> None:
    found = judged(LEVELS, [evidence("c0", "100.0", label="narrow"), evidence("c0", "100", label="wide")])[
        "c0"
    ]
    assert (found.verdict, found.reason) == ("reproduced", "CNY 10.00 billion")


def test_of_several_numbers_that_exclude_a_printed_one_the_one_that_decides_is_told() -> None:
    found = judged(LEVELS, [evidence("c0", "160.0", label="narrow"), evidence("c0", "170", label="wide")])[
        "c0"
    ]
    assert (found.verdict, found.reason) == ("contradicted", "CNY 16.00 billion")


@pytest.mark.parametrize(
    ("edition", "half", "verdict", "is_told"),
    [("2020", 0.5, "consistent", True), ("2021h1", 5.0, "consistent", False), ("2020", 0.01, "reproduced", False)],
)  # fmt: skip
def test_restatements_are_told_where_they_alone_keep_a_number_from_holding_or_failing(
    edition: str, half: float, verdict: str, is_told: bool
) -> None:
    value = "100" if verdict == "reproduced" else "104"
    by_kpmg = {"by": "KPMG", "half": half, "edition": edition, "restated_by": 1.05}
    found = judged([replace(A, source="KPMG")], [evidence("c0", value, published=by_kpmg)])["c0"]
    assert found.verdict == verdict
    assert ("KPMG × 1.05" in found.reason) is is_told


def test_a_number_of_another_grade_that_contradicts_is_not_told_beside_both_sides() -> None:
    far = evidence("c0", "170", label="far", published={"by": "Other"})
    found = judged(LEVELS, [evidence("c0", "100", label="one"), evidence("c0", "160", label="two"), far])[
        "c0"
    ]
    assert (found.rule, found.reason) == ("same-both", "CNY 10.0 billion; CNY 16.0 billion")


def test_a_conclusion_about_another_claim_is_tried_with_what_was_found_for_that() -> None:
    """30 > 10 as printed. What was found is 15: below the 20 found for the other, above the 10 that it prints."""
    ahead = claim("ahead", "30", "%", source="NBS", conclusion="x > [behind]")
    behind = claim("behind", "10", "%", source="NBS")
    contradicts = check("ahead", published("value", "15"))
    found = judged([ahead, behind], [contradicts, check("behind", published("value", "20"))])
    assert (found["ahead"].verdict, found["behind"].verdict) == ("contradicted", "contradicted")
    assert found["ahead"].is_decision_error
    assert not judged([ahead, behind], [contradicts])["ahead"].is_decision_error


@pytest.mark.parametrize(
    "beside",
    [
        published("value", "24", half=8),  # of the same grade: excludes nothing
        published("value", "25", by="Other"),  # excludes it too, but does not set the verdict
    ],
)
def test_a_conclusion_flips_by_the_evidence_that_sets_the_verdict_alone(beside: Input) -> None:
    """30 is above 20, and the 15 of the publisher whom the report names is not; what else was heard is not asked."""
    above = claim("above", "30", "%", source="NBS", conclusion="x > 20")
    sets, other = check("above", published("value", "15")), check("above", beside, label="beside")
    found = judged([above], [sets, other])["above"]
    assert (found.verdict, found.rule, found.is_decision_error) == ("contradicted", "same", True)


# --- what no arrangement may change ---------------------------------------------------------------------------------

TARGETS = st.sampled_from([c.claim_id for c in LEVELS])
VALUES = ("100", "50", "150", "30", "99", "120")


OUTSIDE = [
    check("", published("value", text, "亿元", by=by), fits=fits)
    for text, by, fits in itertools.product(VALUES, ("NBS", "PBoC"), ("same", "open"))
]
OWN = [
    check("", step(f"x{factor}", of_report(source, "x"), unit="亿元"), fits="")
    for source, factor in itertools.product(LEVELS, ("", " × 0.5", " × 2", " + 50"))
]
MANY_CHECKS = st.lists(st.tuples(TARGETS, st.sampled_from(OUTSIDE) | st.sampled_from(OWN)), max_size=6).map(
    lambda drawn: [
        replace(c, check_id=f"{to}/{n}", claim_id=to, label=str(n)) for n, (to, c) in enumerate(drawn)
    ]
)
"""Up to six checks on the four claims: published numbers, and numbers that follow from others of the report."""


@given(MANY_CHECKS, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_the_order_of_checks_and_claims_does_not_matter(checks: list[CheckRow], random: object) -> None:
    claims, mixed = list(LEVELS), list(checks)
    random.shuffle(claims), random.shuffle(mixed)  # type: ignore[attr-defined]
    assert judged(claims, mixed) == judged(LEVELS, checks)


@given(MANY_CHECKS, TARGETS, st.sampled_from(VALUES))
@settings(max_examples=150)
def test_adding_a_neighbour_changes_no_verdict(checks: list[CheckRow], target: str, text: str) -> None:
    beside = evidence(target, text, fits="differs", because="another scope", label="beside")
    before, after = judged(LEVELS, checks), judged(LEVELS, [*checks, beside])
    assert {c: r.verdict for c, r in after.items()} == {c: r.verdict for c, r in before.items()}


@given(MANY_CHECKS, st.sampled_from(LEVELS))
@settings(max_examples=150)
def test_a_claims_own_repetition_changes_no_verdict(checks: list[CheckRow], first: Claim) -> None:
    again = claim("again", first.printed, "亿元", repeats=first.claim_id)
    repeating = [derived(first.claim_id, "again", again), derived("again", first.claim_id, first)]
    before, after = judged(LEVELS, checks), judged([*LEVELS, again], [*checks, *repeating])
    assert {c: after[c].verdict for c in before} == {c: r.verdict for c, r in before.items()}
    assert after["again"].verdict == after[first.claim_id].verdict


@given(MANY_CHECKS)
@settings(max_examples=150)
def test_without_outside_evidence_nothing_is_reproduced(checks: list[CheckRow]) -> None:
    own = [c for c in checks if not any(i.is_published for i in c.inputs)]
    assert all(r.verdict in ("consistent", "contradicted", "unchecked") for r in judged(LEVELS, own).values())


@given(MANY_CHECKS)
@settings(max_examples=150)
def test_lowering_supporting_evidence_to_open_never_lifts_its_claim(checks: list[CheckRow]) -> None:
    worth = ["contradicted", "unchecked", "consistent", "hedged", "reproduced"]
    before = judged(LEVELS, checks)
    for n, c in enumerate(checks):
        said = {r.check_id: r.says for r in before[c.claim_id].remarks}.get(c.check_id)
        if c.fits == "same" and said in ("reproduced", "hedged", "consistent"):
            lowered = judged(LEVELS, [*checks[:n], replace(c, fits="open"), *checks[n + 1 :]])[c.claim_id]
            assert worth.index(lowered.verdict) <= worth.index(before[c.claim_id].verdict)


RELATED = [*LEVELS, claim("again", "100", "亿元", repeats="c0"), claim("rival", "55", "亿元", excludes="c1")]
READINGS = st.sampled_from([None, Reading(), Reading(widest=0.5), Reading(rounding="truncate")])


@given(st.lists(st.tuples(MANY_CHECKS, READINGS), min_size=2, max_size=4))
@settings(max_examples=100)
def test_what_was_kept_of_other_checks_and_readings_changes_no_row(
    states: list[tuple[list[CheckRow], Reading | None]],
) -> None:
    kept, claims = Kept(), ledger(RELATED)
    for checks, reading in [*states, states[0]]:
        found = verdicts(claims, checks, reading=reading, setting=REPORT, kept=kept)
        assert found == verdicts(claims, checks, reading=reading, setting=REPORT)


NAMING = [*RELATED, claim("ahead", "90", "亿元", conclusion="x > [c3]")]
NOTEBOOKS = st.lists(st.sampled_from(["n1", "n2", "n3"]), min_size=7, max_size=7)


@given(MANY_CHECKS, MANY_CHECKS, NOTEBOOKS)
@settings(max_examples=300)
def test_checks_of_notebooks_that_do_not_bear_on_a_claim_change_nothing_of_it(
    checks: list[CheckRow], others: list[CheckRow], notebooks: list[str]
) -> None:
    """Whether they are there or not, or of another state: where no notebook bears on the claim in either."""
    ahead = evidence("ahead", "20")
    placed, changed = (
        [replace(c, notebook=n) for c, n in zip([ahead, *drawn], notebooks, strict=False)]
        for drawn in (checks, others)
    )
    before = judged(NAMING, placed)
    for notebook in ("n1", "n2", "n3"):
        mixed = [c for c in placed if c.notebook != notebook] + [c for c in changed if c.notebook == notebook]
        benches = [Bench(ledger(NAMING), found) for found in (placed, mixed)]
        after = judged(NAMING, mixed)
        for c in NAMING:
            if all(notebook not in bench.bearing(c.claim_id) for bench in benches):
                assert after[c.claim_id] == before[c.claim_id]


def test_what_bears_on_a_claim_and_a_page() -> None:
    """c2 follows from c0; rival is the pair of c1, again says c0 once more; the conclusion of ahead names c3."""
    checks = [evidence("c0", "100"), derived("c2", "c0 + 50", A), evidence("c1", "50"), evidence("c3", "30")]
    placed = [replace(c, notebook=f"n{n}") for n, c in enumerate([*checks, evidence("ahead", "90")])]
    bench = Bench(ledger(NAMING), placed)
    found = {c.claim_id: "".join(sorted(bench.bearing(c.claim_id))) for c in NAMING}
    assert found == {
        "c0": "n0", "again": "n0", "c2": "n0n1", "c1": "n2", "rival": "n2", "c3": "n3", "ahead": "n3n4"
    }  # fmt: skip
    pages = ["".join(sorted(bench.behind(f"n{n}"))) for n in range(6)]
    assert pages == ["n0", "n0n1", "n2", "n3", "n3n4", ""]


def test_only_what_a_changed_check_bears_on_is_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    judge = Bench._heard
    monkeypatch.setattr(Bench, "_heard", lambda self, c, without: heard.append(c) or judge(self, c, without))
    kept, claims = Kept(), ledger(RELATED)
    before = [evidence("c0", "100"), derived("c2", "c0 + 50", A), evidence("c3", "30")]
    for checks, expected in (
        (before, {c.claim_id for c in RELATED}),
        (before, set()),
        ([replace(before[0], arithmetic="another"), *before[1:]], {"c0", "again", "c2"}),
    ):
        heard.clear()
        verdicts(claims, checks, setting=REPORT, kept=kept)
        assert set(heard) == expected


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, claims = Kept(), ledger(RELATED)
    verdicts(claims, [], setting=REPORT, kept=kept)
    count = len(kept.judged)
    monkeypatch.setattr(Kept, "MOST", count)
    verdicts(claims, [evidence("c0", "100")], setting=REPORT, kept=kept)
    assert len(kept.judged) > count
    verdicts(claims, [], setting=REPORT, kept=kept)
    assert (len(kept.judged), len(kept.numbers)) == (count, 0)


def test_a_premise_that_only_the_report_contradicts_stands_as_printed() -> None:
    """Else it would enter with a number made of the very claim that it is held against, and always agree."""
    one, other = claim("one", "100", "亿元"), claim("other", "60", "亿元")
    checks = [derived("one", "other × 2", other), derived("other", "one × 0.5", one)]
    found = judged([one, other], checks)
    assert (found["one"].verdict, found["other"].verdict) == ("contradicted", "contradicted")
    assert (found["one"].evidence, found["other"].evidence) == (120, 50)
