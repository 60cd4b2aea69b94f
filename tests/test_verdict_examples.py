"""The examples of the standard come out by rule: its section 9, the ten hardest claims, the conclusions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.numbers.printed import Interval
from analysis.report.conclusion import Conclusion
from analysis.report.flips import flips
from analysis.report.rows import CheckRow
from tests.verdict_tools import (
    REPORT,
    check,
    claim,
    judged,
    needs_printed,
    of_report,
    published,
    step,
    verdict,
)

NBS = {"source": "NBS"}


def words(claim_id: str, definition: str, *steps: object, **more: object) -> CheckRow:
    return check(claim_id, *steps, way="words", definition=f"{definition}/default", **more)  # type: ignore[arg-type]


# --- one example for each rule --------------------------------------------------------------------------------------


def test_same_in() -> None:
    level = claim("c", "13", "万亿元", kind="level", **NBS)
    assert verdict(level, check("c", published("value", "13.03", "万亿元"))) == "reproduced"
    balances = published("now", "13.03", "万亿元"), published("before", "10.46", "万亿元")
    rate = check("c", step("(now ÷ before − 1) × 100", *balances))
    assert verdict(claim("c", "25", "%", "高达", **NBS), rate) == "reproduced"


def test_quotation() -> None:
    over = published("value", "2087", "万个", hedge="超过")
    one_sided = replace(over, low=2087.0, high=float("inf"), low_open=True)
    printed = claim("c", "2087", "万个", "余", kind="count", **NBS)
    assert verdict(printed, check("c", one_sided)) == "reproduced"
    assert verdict(printed, check("c", replace(one_sided, hedge=""))) != "reproduced", "of another side"
    billions = claim("c", "950", "亿美元", kind="level", **NBS)
    assert verdict(billions, check("c", published("value", "95", "十亿美元", half=2))) == "reproduced"


def test_vouched() -> None:
    printed = claim("c", "29.3", "%", kind="share", **NBS)
    users, total = published("users", "14189.65", "万户"), published("total", "48355", "万户")
    loose = replace(users, attested="loose")
    share = step("users ÷ total × 100", loose, total)
    assert verdict(printed, check("c", share)) == "unchecked"
    vouched = step("users ÷ total × 100", replace(loose, vouched_by="users@2020@release"), total)
    assert verdict(printed, check("c", vouched)) == "reproduced"


def test_blurred() -> None:
    near_hundred = claim("c", "100", "项", "近", kind="count", **NBS)
    assert verdict(near_hundred, check("c", published("value", "97", "项"))) == "hedged"


def test_meets() -> None:
    wide = published("value", "4.42", half=0.15)
    assert verdict(claim("c", "4.44", "%", **NBS), check("c", wide)) == "consistent"
    beside = published("value", "6.1256", half=0.0012)
    assert verdict(claim("c", "6.12", "%", **NBS), check("c", beside)) == "consistent"


def test_own_in_and_own_out() -> None:
    amounts = [
        claim(i, text, "亿元", kind="level")
        for i, text in (("q19", "197.2"), ("q20", "55.9"), ("q21", "126.7"))
    ]
    q19, q20, q21 = (of_report(c, c.claim_id) for c in amounts)
    rate = claim("rate", "130", "%", "近")
    near = claim("near", "接近", kind="comparison", conclusion="x >= 0.85")
    found = judged(
        [*amounts, rate, near],
        [
            check("rate", step("(q21 ÷ q20 − 1) × 100", q21, q20), fits=""),
            words("near", "close_to_level", q19, q21, fits=""),
        ],
    )
    assert (found["rate"].verdict, found["rate"].ground) == ("consistent", "own")
    assert (found["near"].verdict, found["near"].rule, found["near"].is_decision_error) == (
        "contradicted",
        "own",
        True,
    )
    level_charged = check("q21", step("q19 × 0.1", q19, unit="亿元"), fits="")
    assert judged(amounts, [level_charged])["q21"].verdict == "unchecked", "a level is not derived"


def test_mixed_and_blunt() -> None:
    half = claim("half", "536", "亿美元", kind="level")
    before = published("before", "216", "亿美元", by="CB Insights", edition="older", half=30)
    rate = check("c", step("(half ÷ before − 1) × 100", of_report(half, "half"), before))
    assert judged([half, claim("c", "154", "%")], [rate])["c"].verdict == "unchecked"


def test_same_out() -> None:
    assert (
        verdict(claim("c", "34.54", "%", **NBS), check("c", published("value", "33.5", half=0.08)))
        == "contradicted"
    )


def test_neighbour() -> None:
    six_countries = check(
        "c", published("value", "70", by="e-Conomy"), fits="differs", because="six countries"
    )
    assert verdict(claim("c", "2/3", "", "约", kind="share"), replace(six_countries)) == "unchecked"


def test_restated() -> None:
    kpmg = dict(by="KPMG", restated_by=1.64, unit="十亿美元")
    now = published("now", "112.7", published="2021-08", edition="2021h1", **kpmg)  # type: ignore[arg-type]
    before = published("before", "150.4", published="2020-09", edition="2020h1", **kpmg)  # type: ignore[arg-type]
    falling = claim("c", "下滑", kind="trend", source="KPMG")
    row = judged([falling], [words("c", "falling", before, now)])["c"]
    assert row.verdict == "consistent"
    assert row.reason.endswith("; the publisher’s editions differ (KPMG × 1.64)"), (
        "else it reads as if it held"
    )
    one_edition = replace(before, edition="2021h1", published="2021-08")
    assert verdict(falling, words("c", "falling", one_edition, now)) == "reproduced"


def test_cap() -> None:
    shares = [
        published(f"s{y}", text, by="PBoC") for y, text in ((2019, "36.1"), (2020, "38.2"), (2021, "41.8"))
    ]
    yearly = [step(s.name, s, period=f"{2019 + n}-Q1") for n, s in enumerate(shares)]
    rising = claim("c", "逐年递增", kind="trend", source="PBoC")
    assert verdict(rising, words("c", "rising_every_year", *yearly[1:])) == "consistent"
    assert verdict(rising, words("c", "rising_every_year", *yearly)) == "reproduced"
    quarters = [replace(s, period=f"2020-Q{n}") for n, s in enumerate(yearly, start=1)]
    assert verdict(rising, words("c", "rising_every_year", *quarters)) == "consistent", "not in years"
    assert verdict(rising, words("c", "rising_every_year", *reversed(yearly[1:]))) == "contradicted", (
        "one step refutes"
    )


# --- the ten hardest ------------------------------------------------------------------------------------------------


def test_insurers_growth_is_a_pair() -> None:
    regulator = "China Banking and Insurance Regulatory Commission"
    revenue = claim("revenue", "6.12", "%")
    told = claim("told", "27", "%", source=regulator, excludes="table", conclusion="x > 0")
    table = claim("table", "9.86", "%", excludes="told", conclusion="x > [revenue]")
    claims = [revenue, told, table]
    evidence = check("told", published("value", "27", by=regulator))
    main = check("told", step("(spent ÷ 330 − 1) × 100", published("spent", "351", "亿元", by=regulator)), label="main", fits="differs", because="main insurers")  # fmt: skip
    found = judged(claims, [evidence, main])
    assert found["told"].verdict == "reproduced"
    assert [r.check_id for r in found["told"].remarks] == ["told/", "told/main"], "the other number is shown"
    assert (found["table"].verdict, found["table"].rule) == ("contradicted", "pair-other-reproduced")
    assert (found["table"].evidence, found["table"].is_decision_error) == (27, False)
    without = judged(claims, [])
    assert {without[c].rule for c in ("told", "table")} == {"pair-one-of-two"}
    assert {without[c].verdict for c in ("told", "table")} == {"contradicted"}


def test_six_banks_and_all_banks_are_no_pair() -> None:
    six = claim("six", "34.54", "%", source="ICBC | ABC", conclusion="x > 1.5*[revenue]")
    every = claim("all", "20", "%", source="CBIRC")
    revenue = claim("revenue", "4.44", "%")
    found = judged(
        [six, every, revenue],
        [
            check("six", published("value", "33.5", by="ICBC", half=0.08)),
            check("all", published("value", "20", by="CBIRC")),
        ],
    )
    assert (found["six"].verdict, found["six"].is_decision_error, found["all"].verdict) == (
        "contradicted", False, "reproduced",
    )  # fmt: skip


def test_funding_of_an_unknown_scope_is_unchecked() -> None:
    printed = claim("c", "197.2", "亿元", kind="level", source="CB Insights")
    venture = published("value", "23.3", "亿元", by="CB Insights")
    assert verdict(printed, check("c", venture, fits="open", because="venture capital alone")) == "unchecked"


@needs_printed
def test_nearly_half_is_contradicted_and_its_conclusion_stands() -> None:
    printed = claim("c", "一半", "", "近", kind="share", source="KPMG", conclusion="x >= 0.4")
    parts = published("us", "42.1", "十亿美元", by="KPMG"), published("world", "98", "十亿美元", by="KPMG")
    row = judged([printed], [check("c", step("us ÷ world", *parts, unit=""))])["c"]
    assert (row.verdict, row.is_decision_error) == ("contradicted", False)


def act(text: str) -> object:
    return replace(published("value", "13", ""), ref="document:order-13", text=text, publisher="CBIRC")


def test_issued_act_is_reproduced_by_the_act() -> None:
    issued = claim("c", "发布", kind="text", conclusion="x = issued", source="CBIRC")
    row = CheckRow("c/", "c", "text", "in", "own", "same", found="issued", inputs=(act("order 13"),))  # type: ignore[arg-type]
    assert verdict(issued, row) == "reproduced"
    table = replace(row, check_id="c/table", outcome="out", fits="", inputs=(), found="draft")
    assert verdict(issued, row, table) == "reproduced", "the report's own table does not charge a text"


def test_two_titles_without_the_act_are_both_unchecked() -> None:
    prose = claim("prose", "《金融业数据能力建设指引》", kind="text", excludes="table")
    table = claim("table", "金融业数据能力指引", kind="text")
    found = judged([prose, table], [])
    assert {(r.verdict, r.rule) for r in found.values()} == {("unchecked", "pair-texts")}


def test_two_ordinary_readings_one_of_which_fails() -> None:
    multiple = claim("c", "3", "倍", kind="multiple", readings="×3 | ×4", source="Stripe")
    now, before = (
        published("now", "95", "十亿美元", by="Stripe"),
        published("before", "36", "十亿美元", by="Stripe"),
    )
    times = check(
        "c", step("now ÷ before", now, before, unit="倍"), definition="×3", label="×3", arithmetic="95 ÷ 36"
    )
    more = check(
        "c",
        step("now ÷ before − 1", now, before, unit="倍"),
        definition="×4",
        label="×4",
        arithmetic="95 ÷ 36 − 1",
    )
    row = judged([multiple], [times, more])["c"]
    assert (row.verdict, row.caps) == ("consistent", "readings")
    assert row.reason == "×3: 95 ÷ 36; ×4: 95 ÷ 36 − 1", "what fails is told beside what holds"
    assert judged([multiple], [times])["c"].verdict == "reproduced"
    assert judged([multiple], [more])["c"].verdict == "contradicted"


def test_a_reading_that_nothing_excludes_keeps_a_statement_from_being_contradicted() -> None:
    """Of the report (27 January 2021) October 2020 is untrue, of the questioning (late in 2020) it may be true."""
    month = claim(
        "c", "2020 年 10 月", kind="event", period="2020-10", source="PBoC", readings="report | answers"
    )

    def told(reading: str, outcome: str) -> CheckRow:
        return CheckRow(
            f"c/{reading}", "c", "event", outcome, "own", "same", definition=reading, inputs=(act("opinion"),)
        )  # type: ignore[arg-type]

    report, answers = told("report", "out"), told("answers", "meets")
    row = judged([month], [report, answers])["c"]
    assert (row.verdict, row.caps, row.check_id) == ("consistent", "readings", "c/answers")
    assert verdict(month, report) == "contradicted", "the other reading was not tried"
    assert verdict(month, report, told("answers", "blunt")) == "contradicted", "or says nothing"
    both = judged(
        [month],
        [replace(report, arithmetic="2021-01"), replace(told("answers", "out"), arithmetic="2020-12")],
    )["c"]
    assert (both.verdict, both.reason) == ("contradicted", "answers: 2020-12; report: 2021-01"), (
        "every date that excludes it"
    )
    own = replace(answers, check_id="c/own", definition="", inputs=())
    assert verdict(month, report, own) == "contradicted", "the report's own number is no reading"


@needs_printed
def test_exactly_the_bound_is_not_more_than_it() -> None:
    more = claim("c", "5", "亿美元", "超过", kind="level", source="Bright Health")
    assert (
        verdict(more, check("c", published("value", "500", "百万美元", by="Bright Health"))) == "consistent"
    )


def test_the_month_of_an_act() -> None:
    april = claim("c", "4 月", kind="event", period="2021-04", source="PBoC")
    row = CheckRow("c/", "c", "event", "out", "own", "same", found="2021-06-29", inputs=(act("opinion"),))  # type: ignore[arg-type]
    assert verdict(april, row) == "contradicted"


# --- conclusions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "printed", "others", "evidence", "turns"),
    [
        ("x > 1.5*[revenue]", (34.535, 34.545), {"revenue": (4.39, 4.41)}, [(33.4, 33.6)], False),
        ("x > [revenue]", (9.855, 9.865), {"revenue": (6.1, 6.15)}, [(26.5, 27.5)], False),
        ("x >= 0.4", (0.45, 0.5), {}, [(0.427, 0.432)], False),
        ("x >= 0.85", None, {}, [(0.64, 0.65)], True),
        ("x = 1", None, {}, [(2, float("inf"))], True),
        ("x < [later]", (55.85, 55.95), {"later": (126.6, 126.8)}, [], False),
        ("x = issued", None, {}, ["issued"], False),
        ("x = issued", None, {}, ["draft"], True),
        ("x > 50", (69.5, 70.5), {}, [(40, 45), (52, 53)], False),  # not all of the evidence fails
        ("x > 50", (49.5, 50.5), {}, [(40, 45)], True),
        ("x > 60", (49.5, 50.5), {}, [(40, 45)], False),  # what is printed does not pass either
        ("x > 1 and x < 3", (1.5, 2.5), {}, [(4, 5)], True),
    ],
)
def test_a_conclusion_flips_when_print_passes_and_all_evidence_fails(
    test: str,
    printed: tuple[float, float] | None,
    others: dict[str, tuple[float, float]],
    evidence: list[tuple[float, float] | str],
    turns: bool,
) -> None:
    found = [e if isinstance(e, str) else Interval(*e) for e in evidence]
    known = {name: Interval(*pair) for name, pair in others.items()}
    shown = Interval(*printed) if printed else None
    assert flips(Conclusion.parse(test), shown, found, known.__getitem__, known.__getitem__) is turns


def test_a_claim_without_a_conclusion_never_flips() -> None:
    assert not flips(None, None, [Interval(0, 1)], {}.__getitem__, {}.__getitem__)


# --- editions, forecasts, caps, sources -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edition", "appeared", "expected"),
    [
        ("2021h1", "2021-08", "contradicted"),  # the edition that the report could use
        ("2021h2", "2022-02", "consistent"),  # a later one
        ("2020h1", "2020-09", "consistent"),  # an older one
    ],
)
def test_another_edition_is_tried_with_what_its_publisher_restates(
    edition: str, appeared: str, expected: str
) -> None:
    printed = claim("c", "150", "亿美元", kind="level", source="KPMG")
    row = published(
        "value", "100", "亿美元", by="KPMG", restated_by=1.64, edition=edition, published=appeared, half=0.5
    )
    assert verdict(printed, check("c", row)) == expected
    unlisted = replace(REPORT, editions={})
    assert verdict(printed, check("c", row), setting=unlisted) == (
        "consistent" if appeared > "2021-10" else "contradicted"
    )


def test_two_editions_in_one_formula_are_both_tried_with_their_restatement() -> None:
    printed = claim("c", "40", "%", source="KPMG")
    kpmg = dict(by="KPMG", unit="亿美元", half=0.1, restated_by=1.64, published="2021-08")
    now, before = (
        published("now", "150", edition="2021h1", **kpmg),
        published("before", "100", edition="2021h1", **kpmg),
    )  # type: ignore[arg-type]
    rate = step("(now ÷ before − 1) × 100", now, before)
    assert verdict(printed, check("c", rate)) == "contradicted"
    mixed = step("(now ÷ before − 1) × 100", now, replace(before, edition="2021h1-first"))
    assert verdict(printed, check("c", mixed)) == "consistent"


def test_a_forecast_is_consistent_at_most_until_its_period_is_over() -> None:
    ahead = claim("c", "80", "%", kind="forecast", period="2025", source="Gartner")
    quoted = published("value", "80", by="Gartner", published="2021-04")
    assert verdict(ahead, check("c", quoted)) == "reproduced", "a quotation"
    parts = (
        published("a", "70", by="Gartner", published="2023-05"),
        published("b", "10", by="Gartner", published="2023-05"),
    )
    row = judged([ahead], [check("c", step("a + b", *parts))])["c"]
    assert (row.verdict, row.caps) == ("consistent", "forecast")
    later = [replace(p, published="2026-02") for p in parts]
    assert verdict(ahead, check("c", step("a + b", *later))) == "reproduced"


def test_a_cap_holds_only_if_every_check_that_sets_the_verdict_has_it() -> None:
    rising = claim("c", "持续增长", kind="trend", source="NBS")
    two, three = (
        [published(f"v{n}", t, "亿元") for n, t in enumerate(v)]
        for v in (("1.1", "2.2"), ("1.1", "2.2", "3.3"))
    )
    short = words("c", "rising_again", *two, label="short")
    assert judged([rising], [short])["c"].caps == "steps"
    assert verdict(rising, short, words("c", "rising_again", *three, label="long")) == "reproduced"


def test_a_repetition_shares_the_sources_of_its_first_statement() -> None:
    first, again = claim("first", "7", "%", source="NBS"), claim("again", "7", "%", repeats="first")
    found = judged([first, again], [check("first", published("value", "7"))])
    assert found["again"].grade == "same"


def test_a_pair_of_which_evidence_excludes_one_says_so_by_that_evidence() -> None:
    left, right = (
        claim("left", "20", "%", source="NBS", excludes="right"),
        claim("right", "30", "%", source="NBS"),
    )
    row = judged([left, right], [check("left", published("value", "25"))])["left"]
    assert (row.rule, row.evidence) == ("same", 25)


def test_a_stretched_range_in_which_the_formula_bends_is_enclosed() -> None:
    kpmg = dict(by="KPMG", unit="亿美元", half=0.01, restated_by=1.64, edition="2020h1", published="2020-09")
    whole, part = published("whole", "9", **kpmg), published("part", "8", **kpmg)  # type: ignore[arg-type]
    rate = published("rate", "6.9", "CNY/USD", by="Fed", half=0.005)
    rest = step("(whole − part) × rate", whole, part, rate, unit="亿元")
    printed = claim("c", "40", "亿元", kind="level", source="KPMG")
    assert verdict(printed, check("c", rest)) == "consistent", "restated, the rest is −53.5 … 68.6"
    far = claim("c", "100", "亿元", kind="level", source="KPMG")
    assert verdict(far, check("c", rest)) == "contradicted"
