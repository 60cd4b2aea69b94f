"""The parts of the standard one by one: grades, outcomes, texts and dates, ranks, what a check is heard to say."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from analysis.errors import UserError
from analysis.numbers.printed import Interval, Quantity, Reading
from analysis.numbers.units import UnitError
from analysis.report import bench, config, grades, outcomes, ranks, texts
from analysis.report import steps as making
from analysis.report.computed import assume, compute
from analysis.report.conclusion import Conclusion
from analysis.report.flips import flips, truth
from analysis.report.grades import Leaf, Setting
from analysis.report.hearing import Heard, as_it_stands, has_number, hear
from analysis.report.meanings import range_notes
from analysis.report.rows import CheckRow, Input, Step
from analysis.report.verdict import CAPS, RULES, SEVERITY
from analysis.words import label
from tests.verdict_tools import check, claim, judged, published, step

INF = math.inf


def leaf(i: Input, grade: grades.Grade | None = None) -> Leaf:
    return Leaf(i, i.interval, i.value, grade)


# --- grades ---------------------------------------------------------------------------------------------------------

OURS = Setting(frozenset({"Us", "Our Institute"}), "2021-10", {"KPMG": ("2021h1", "2021q"), "BIS": ("2021",)})
OWN = replace(published("a", "7"), ref="claim:a")
ASSUMED = replace(published("a", "7"), ref="assumption:rate")
NUMBER = replace(published("a", "7"), ref="number")


def test_how_a_setting_names_publishers_is_no_part_of_what_it_is() -> None:
    """It is another function in each process, and must neither make verdicts anew nor stand in what is told of a setting."""
    other = replace(OURS, named=lambda name, language: name.upper())
    assert other == OURS and repr(other) == repr(OURS)


@pytest.mark.parametrize(
    ("i", "expected"),
    [
        (OWN, "own"), (ASSUMED, "own"), (NUMBER, "own"),
        (published("a", "7", by="Us"), "own"), (published("a", "7", by="our institute"), "own"),
        (published("a", "7", by=""), "neighbour"), (published("a", "7", by="NBS", attested="loose"), "neighbour"),
        (published("a", "7", by="NBS", attested="named"), "same"), (published("a", "7", by="NBS", attested="loose", vouched_by="a@2020"), "same"),
        (published("a", "7", by="nbs"), "same"), (published("a", "7", by="PBoC"), "other"),
        (replace(published("a", "7", by="PBoC"), ref="act:order-13"), "same"),
    ],
)  # fmt: skip
def test_the_grade_of_one_input(i: Input, expected: str) -> None:
    assert grades.of_leaf(leaf(i), ["NBS"], OURS) == expected


def test_a_premise_has_the_grade_of_its_evidence() -> None:
    assert grades.of_leaf(leaf(published("a", "7", by=""), "other"), [], OURS) == "other"


@pytest.mark.parametrize(
    ("day", "other", "after"),
    [
        ("2021-11-03", "2021-10", True), ("2021-10-03", "2021-10", False), ("2021-10", "2021-10", False), ("2021-09", "2021-10", False),
        ("2021", "2021-10", False), ("2022", "2021-10", True), ("2021-10-02", "2021-10-01", True), ("", "2021", False),
    ],
)  # fmt: skip
def test_a_day_lies_after_another_as_far_as_both_are_known(day: str, other: str, after: bool) -> None:
    assert grades.is_after(day, other) is after


def restating(edition: str, *, by: str = "KPMG", day: str = "2021-08", factor: float = 1.6) -> Input:
    return published("a", "7", by=by, edition=edition, published=day, restated_by=factor)


@pytest.mark.parametrize(
    ("inputs", "moved"),
    [
        ([restating("2021h1")], set()),
        ([restating("2021h1-first")], set()),
        ([restating("2021q2")], set()),
        ([restating("2020h2")], {0}),
        ([restating("2020h2", factor=1)], set()),
        ([restating("2020h2", factor=0.8)], {0}),
        ([restating("2021h1", day="2021-11")], {0}),
        ([restating("2021h1", day="2021-10-31")], set()),
        ([restating("2021h1"), restating("2021q2")], {0, 1}),  # two editions in one computation
        ([restating("2021h1"), restating("2021h1")], set()),
        ([restating("2021h1"), restating("2021", by="BIS")], set()),
        ([restating("2021h1"), restating("2020", by="BIS")], {1}),
        ([restating("any", by="unlisted")], set()),
        ([restating("any", by="unlisted", day="2022")], {0}),
        ([restating("2021h1"), restating("2020h2", factor=1)], set()),
    ],
)  # fmt: skip
def test_which_inputs_a_restatement_may_have_moved(inputs: list[Input], moved: set[int]) -> None:
    assert grades.of_another_edition([leaf(i) for i in inputs], OURS) == moved


def test_a_premise_is_not_restated_again() -> None:
    assert grades.of_another_edition([leaf(restating("2020h2"), "same")], OURS) == set()


@pytest.mark.parametrize(
    ("date", "year", "known"), [("2021-10", 2020, "2021-10"), ("", 2020, "2020"), ("", None, "")]
)  # fmt: skip
def test_a_report_is_of_its_date_or_else_of_its_year(date: str, year: int | None, known: str) -> None:
    found = grades.setting_of(config.Report(date=date, year=year, publishers=("Us",)))
    assert (found.date, found.publishers) == (known, {"Us"})


# --- outcomes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "low", "high", "blunt"),
    [
        (100, 95, 105, False), (100, 95, 105.05, True), (100, 92.5, 107.5, True), (100, 99, 101, False), (-100, -105, -95, False), (-100, -108, -95, True),
        (100, 98, INF, True), (-100, -INF, -98, True), (0, 0, 0, False), (0, 0, 0.001, True), (2, 1.95, 2.1, False),
    ],
)  # fmt: skip
def test_evidence_wider_than_a_tenth_of_its_value_is_blunt(
    value: float, low: float, high: float, blunt: bool
) -> None:
    assert outcomes.is_blunt(value, Interval(low, high)) is blunt


def test_the_bar_for_blunt_evidence_is_a_matter_of_reading() -> None:
    assert outcomes.is_blunt(100, Interval(98, 102), 0.03)
    assert not outcomes.is_blunt(100, Interval(90, 110), 0.2)


TWENTY_FIVE = Quantity.parse("25", "%")  # [24.5, 25.5), one wide


@pytest.mark.parametrize(
    ("value", "evidence", "expected"),
    [
        (25, Interval(24.5, 25.5, high_open=True), "in"),
        (25, Interval(24, 26), "in"),  # exactly twice as wide
        (25, Interval(23.99, 26.01), "meets"),
        (25.5, Interval(25.4, 25.6), "meets"),  # its value is just outside
        (24.5, Interval(24.4, 24.6), "in"),
        (26, Interval(25.5, 26.5), "out"),  # they touch at an end that is left out
        (24, Interval(23.5, 24.5), "meets"),
        (25, Interval(23.7, 26.3), "blunt"),  # wider than 2.5
        (25, Interval(23.76, 26.24), "meets"),
        (25, Interval(20, INF), "blunt"),
        (25, Interval(26, INF), "out"),
    ],
)  # fmt: skip
def test_the_outcome_at_each_boundary(value: float, evidence: Interval, expected: str) -> None:
    assert outcomes.of_number(TWENTY_FIVE, value, evidence) == expected


def test_evidence_may_be_twice_as_wide_as_the_claim_however_narrow_that_is() -> None:
    exact = Quantity.parse("25.0", "%")  # a tenth wide
    assert outcomes.of_number(exact, 25, Interval(24.9, 25.1)) == "in"
    assert outcomes.of_number(exact, 25, Interval(24.8, 25.2)) == "meets"


def test_evidence_of_words_is_blunt_by_the_middle_of_its_range() -> None:
    """10.5 are a tenth of 105, the middle, and more than a tenth of the value 100 that stands in it."""
    hundred = step("a", published("a", "100"))
    for interval, outcome in ((Interval(99.75, 110.25), "meets"), (Interval(99.7, 110.3), "blunt")):
        assert outcomes._words_outcome("open", [hundred], [interval], False, 0.1) == outcome
    assert outcomes._words_outcome("open", [hundred], [Interval(99, INF)], False, 0.1) == "blunt"


def test_the_outcome_of_what_blurs_quotes_or_can_only_refute() -> None:
    near = Quantity.parse("30", "%", "近")  # [29.5, 30), allowed [27, 30)
    assert outcomes.of_number(near, 29.7, Interval(29.6, 29.8)) == "in"
    assert outcomes.of_number(near, 28, Interval(27.5, 28.5)) == "blurred"
    assert outcomes.of_number(near, 26, Interval(25.5, 26.5)) == "out"
    wide = Interval(20, INF)
    assert outcomes.of_number(TWENTY_FIVE, 25, wide, is_quotation=True) == "in"
    assert outcomes.of_number(TWENTY_FIVE, 25, wide, is_same_number=True) == "meets"
    assert outcomes.of_number(TWENTY_FIVE, 25, Interval(25, 25), refutes_only=True) == "blunt"
    assert outcomes.of_number(TWENTY_FIVE, 26, Interval(26, 26), refutes_only=True) == "out"
    strict = Quantity.parse("25", "%", reading=Reading(widest=1.0, blunt=0.05))
    assert outcomes.of_number(strict, 25, Interval(24.4, 25.6)) == "meets"
    assert outcomes.of_number(strict, 25, Interval(24.3, 25.7)) == "blunt"


def test_a_restated_range_is_tried_but_its_width_is_not_held_against_it() -> None:
    plain = Interval(26, 26.2)
    assert outcomes.of_number(TWENTY_FIVE, 26.1, plain, plain.stretched(2)) == "meets"
    assert (
        outcomes.of_number(Quantity.parse("30", "%", "近"), 30.1, Interval(30, 30.2), Interval(28, 29))
        == "blurred"
    )
    assert outcomes.of_number(TWENTY_FIVE, 25, Interval(24.9, 25.1), Interval(40, 41)) == "in"


def values(
    *pairs: tuple[float, float], part: str = "", unit: str = "亿元", periods: tuple[str, ...] = ()
) -> list[Step]:
    return [
        replace(step(f"v{n}", replace(published(f"v{n}", "1", unit), value=(a + b) / 2, low=a, high=b)), low=a, high=b, value=(a + b) / 2, unit=unit,
                part=part, period=periods[n] if periods else "")
        for n, (a, b) in enumerate(pairs)
    ]  # fmt: skip


def told(definition: str, made: list[Step], **more: object) -> outcomes.Found:
    ranges = [s.interval for s in made]
    return outcomes.of_words(definition, made, ranges, ranges, [s.value for s in made], **more)  # type: ignore[arg-type]


def test_the_outcome_of_words() -> None:
    assert told("rising", values((1, 1), (2, 2))).outcome == "in"
    assert told("rising", values((2, 2), (1, 1))).outcome == "out"
    assert told("rising", values((99, 101), (100, 102))).outcome == "meets"
    assert told("rising", values((90, 110), (100, 102))).outcome == "blunt"
    assert told("rising", values((99, 101), (92, 112))).outcome == "blunt"
    assert told("rising", values((96, 104), (100, 102)), blunt=0.05).outcome == "blunt"
    assert told("rising", values((99, INF), (100, 102))).outcome == "blunt"
    assert told("fast_rate", values((30, 30), unit="%")).outcome == "in"
    assert told("fast_rate", values((15, 15), unit="%"), threshold=20).outcome == "out"
    assert told("rising", values((1, 1), (2, 2)), refutes_only=True).outcome == "blunt"
    assert told("rising", values((2, 2), (1, 1)), refutes_only=True).outcome == "out"


def test_the_measure_of_words_is_that_of_the_parts_that_failed() -> None:
    up, down = values((1, 1), (4, 4), part="up"), values((10, 10), (5, 5), part="down")
    found = told("rising", up + down)
    assert (found.outcome, found.interval, found.value) == ("out", Interval(-50, -50), -50)
    some = told("rising", up + down, quantifier="some")
    assert (some.outcome, some.interval) == ("in", Interval(300, 300))
    both = told("rising", values((1, 1), (2, 3), part="a") + values((1, 1), (5, 5), part="b"))
    assert (both.interval, both.value) == (Interval(100, 400), None)
    assert told("rising", values((1, 1), (2, INF))).value is None


def test_what_words_measure_is_shown_as_published_however_far_it_is_tested() -> None:
    made = values((1, 1), (4, 4))
    plain, stretched = [s.interval for s in made], [Interval(0.5, 2), Interval(2, 8)]
    found = outcomes.of_words("rising", made, plain, stretched, [1, 4])
    assert (found.outcome, found.interval, found.value) == ("meets", Interval(300, 300), 300)
    skewed = values((0.5, 3.5), (10, 10))
    at_the_value = outcomes.of_words("rising", skewed, *[[s.interval for s in skewed]] * 2, [1, 10])
    assert at_the_value.value == 900


def test_the_values_of_a_part_are_measured_in_the_unit_of_its_first() -> None:
    made = values((5000, 5000)) + values((1, 1), unit="万亿元")
    assert told("above_in_points", made).interval == Interval(5000, 5000)


def test_words_that_speak_of_more_steps_than_there_are() -> None:
    assert told("rising_again", values((1, 1), (2, 2), (3, 3))).has_enough_steps
    assert not told("rising_again", values((1, 1), (2, 2))).has_enough_steps
    yearly = ("2019", "2020", "2021")
    assert told("rising_every_year", values((1, 1), (2, 2), (3, 3), periods=yearly)).has_enough_steps
    one_short = values((1, 1), (2, 2), (3, 3), part="a", periods=yearly) + values(
        (1, 1), (2, 2), part="b", periods=yearly
    )
    assert not told("rising_every_year", one_short).has_enough_steps


@pytest.mark.parametrize(
    ("formula", "is_quoted"),
    [("value", True), (" value ", True), ("value × 10", True), ("value ÷ 1,000 × 10^2", True), ("value × 2 + 1", False), ("−value", False), ("value × value", False), ("100 − value", False)],
)  # fmt: skip
def test_a_quotation_is_one_number_in_another_unit_at_most(formula: str, is_quoted: bool) -> None:
    i = published("value", "7")
    made = replace(step("value", i), formula=formula)
    assert (outcomes.quoted([made]) is i) is is_quoted
    assert outcomes.quoted([made, made]) is None
    assert outcomes.quoted([replace(made, inputs=(i, published("b", "2")))]) is None
    assert outcomes.quoted([replace(made, inputs=(replace(i, ref="claim:a"),))]) is None


def test_a_quotation_is_of_the_same_number_with_a_hedge_of_the_same_side() -> None:
    over, plain = published("value", "5", hedge="over"), published("value", "5")
    more, exactly = Quantity.parse("5", "%", "超过"), Quantity.parse("5", "%")
    for quantity, i, is_quotation in (
        (more, over, True),
        (more, plain, False),
        (exactly, plain, True),
        (exactly, over, False),
    ):
        made = [step("value", i)]
        assert outcomes.is_quotation(quantity, made, 5.0) is is_quotation
        assert outcomes.is_same_number(quantity, made, 5.0)
        assert not outcomes.is_same_number(quantity, made, 5.001)
        assert not outcomes.is_quotation(quantity, made, 5.001)
    assert not outcomes.is_same_number(Quantity.parse("远高于", words=True), [step("value", plain)], 5.0)
    assert not outcomes.is_same_number(exactly, [step("value × 2 + 1", plain)], 5.0)
    assert [outcomes.side(hedge) for hedge in ("", "超过", "不足", "约", "over", "less than")] == [
        "",
        "above",
        "below",
        "",
        "above",
        "below",
    ]


# --- titles, statuses, dates ----------------------------------------------------------------------------------------


def test_texts_are_equal_but_for_brackets_marks_spaces_width_and_case() -> None:
    assert texts.plain("《金融科技(FinTech)发展规划》（2019—2021年）") == "金融科技fintech发展规划20192021年"
    assert texts.as_issued("《办法》", "办法") == "in"
    assert texts.as_issued("《办法》", "草案") == "out"
    assert texts.stands_in("确保 创新", "强化监管，确保创新。") == "in"
    assert texts.stands_in("强化监管，确保创新。", "确保创新") == "out"


@pytest.mark.parametrize(
    ("words", "passage", "translated"),
    [
        ("促进发展", "Promote development", True), ("同网同速", "「同一ネットワーク」を実現", True), ("FinTech", "金融科技", True),
        ("促进发展", "发展 (MIIT)", False), ("A股", "Ａ股市场", False), ("fintech plan", "The FinTech plan", False),
        ("FinTech发展", "发展", False), ("发展", "2021", False),
    ],
)  # fmt: skip
def test_a_passage_in_letters_that_the_words_have_none_of_is_a_translation(
    words: str, passage: str, translated: bool
) -> None:
    """Names in Latin letters, full width or not, and digits make no language."""
    assert texts.is_translated(words, passage) is translated


@pytest.mark.parametrize(
    ("printed", "day", "agrees"),
    [
        ("2021", "2021-07-01", True), ("2021", "2020-12-31", False), ("2021-04", "2021-04-12", True), ("2021-04", "2021-05-01", False),
        ("2021-04-12", "2021-04-12", True), ("2021-04-12", "2021-04-13", False),
        ("2019-H1", "2019-01-01", True), ("2019-H1", "2019-06-30", True), ("2019-H1", "2019-07-01", False), ("2019-H2", "2019-07-01", True), ("2019-H2", "2019-12", True), ("2019-H2", "2019-06", False),
        ("2019-Q1", "2019-03-31", True), ("2019-Q1", "2019-04-01", False), ("2019-Q2", "2019-04-01", True), ("2019-Q3", "2019-09", True), ("2019-Q4", "2019-10-26", True), ("2019-Q4", "2019-09-30", False),
        ("2019-Q4", "2020-10-26", False), ("2019-H2", "2018-08-01", False),
    ],
)  # fmt: skip
def test_a_day_agrees_with_a_date_as_far_as_it_is_printed(printed: str, day: str, agrees: bool) -> None:
    assert texts.same_day(printed, {"signed": day}) == ("in" if agrees else "out", day)


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [("2021", "2021-01-01", "2021-12-31"), ("2021-04", "2021-04-01", "2021-04-31"), ("2021-04-12", "2021-04-12", "2021-04-12"), ("2021-H2", "2021-07-01", "2021-12-31"), ("2021-Q2", "2021-04-01", "2021-06-31")],
)  # fmt: skip
def test_a_date_runs_from_its_first_day_to_its_last(date: str, first: str, last: str) -> None:
    assert texts._span(date) == (first, last), "days are compared as texts: a month may end on a 31st"


def test_of_a_passage_with_gaps_the_piece_with_the_quotation_is_shown() -> None:
    passage = "推广贷款。…… 强化监管，确保创新。…… 做好工作。"
    assert texts.where("确保创新", passage) == "强化监管，确保创新。"
    assert texts.where("推广贷款", passage) == "推广贷款。"
    assert texts.where("没有此语", passage) == passage


def test_a_date_is_held_against_the_day_that_is_named_or_against_any() -> None:
    days = {"signed": "2021-03-02", "published": "2021-04-09", "in force": "2021-05-01", "unknown": ""}
    assert texts.same_day("2021-04", days) == ("in", "2021-04-09")
    assert texts.same_day("2021-04", days, "signed") == ("out", "2021-03-02")
    assert texts.same_day("2021-06", days) == ("out", "2021-03-02"), "the first day there is"
    assert texts.same_day("2021", days) == ("in", "2021-03-02")
    for of, told_ in (
        ("unknown", "no day is known of unknown; there are: signed, published, in force"),
        ("drafted", "no day is known of drafted"),
    ):
        with pytest.raises(UserError, match=told_):
            texts.same_day("2021", days, of)
    with pytest.raises(UserError, match="no day is known of the act; there are: none"):
        texts.same_day("2021", {"signed": ""})


@pytest.mark.parametrize(
    ("printed", "known", "outcome"),
    [
        ("2021-03", "2021", "meets"), ("2021-03", "2020", "out"), ("2021-03", "2021-H1", "meets"), ("2021-03", "2021-H2", "out"),
        ("2020-10", "2020-Q4", "meets"), ("2020-10", "2020-Q3", "out"), ("2020-12", "2020-Q4", "meets"), ("2021-01", "2020-Q4", "out"),
        ("2021-04-09", "2021-04", "meets"), ("2021-04-09", "2021-03", "out"), ("2021-Q1", "2021-H1", "meets"), ("2021-Q3", "2021-H1", "out"),
        ("2021-04-01", "2021-04", "meets"), ("2021-03-31", "2021-03", "meets"), ("2021-04-01", "2021-03", "out"), ("2021-03-31", "2021-04", "out"),
        ("2021-Q1", "2021-Q1", "in"), ("2021-H1", "2021-Q2", "in"), ("2021", "2021", "in"), ("2021-04", "2021-04", "in"),
    ],
)  # fmt: skip
def test_a_date_known_more_coarsely_neither_bears_out_nor_excludes_what_lies_in_it(
    printed: str, known: str, outcome: str
) -> None:
    assert texts.same_day(printed, {"signed": known}) == (outcome, known)


def test_of_several_dates_one_that_agrees_counts_before_one_that_is_too_coarse() -> None:
    assert texts.same_day("2021-03", {"signed": "2021", "published": "2021-03-09"}) == ("in", "2021-03-09")
    assert texts.same_day("2021-03", {"signed": "2020-01", "published": "2021"}) == ("meets", "2021")


@pytest.mark.parametrize(
    ("days", "months", "span"),
    [(("2020-04", "2021-03-14"), 11, "11"), (("2021-03", "2020-04"), 11, "11"), (("2020-12-31", "2021-01-01"), 1, "1"), (("2020-05",), 0, "0"), (("2019-01", "2020-07", "2021-01"), 24, "24")],
)  # fmt: skip
def test_a_span_is_counted_in_months(days: tuple[str, ...], months: int, span: str) -> None:
    named = {str(n): day for n, day in enumerate(days)}
    assert texts.within_months(named, months) == ("in", span)
    assert texts.within_months(named, months - 1) == ("out", span)
    with pytest.raises(UserError, match="dates with a month, not 2020"):
        texts.within_months({**named, "year": "2020"}, 3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_neighbour_agrees_or_not_and_excludes_nothing(language: str) -> None:
    told = {
        g: [outcomes.told(g, o, language) for o in ("in", "blurred", "out")] for g in ("same", "neighbour")
    }
    assert not set(told["same"]) & set(told["neighbour"])
    assert told["same"] == [label(f"outcome_{o}", language) for o in ("in", "blurred", "out")]
    assert outcomes.told("neighbour", "meets", language) == outcomes.told("same", "meets", language)


# --- ranks ----------------------------------------------------------------------------------------------------------


def amount(value: float, low: float | None = None, high: float | None = None, unit: str = "亿元") -> object:
    return assume(value, unit, f"of {value:g}", low=low, high=high)


def place(*measures: list[object], claimed: int = 1, full: bool = True, named: bool = False) -> ranks.Place:
    return ranks.placed({f"m{n}": m for n, m in enumerate(measures)}, claimed, None, full, named)  # type: ignore[misc]


@pytest.mark.parametrize(("language", "told"), [("en", "USD 400 billion"), ("zh", "4,000亿美元")])
def test_a_rival_that_is_computed_is_told_in_the_readers_unit(language: str, told: str) -> None:
    now = published("now", "640", "十亿美元")
    formula = "640 ÷ (1 + 60 ÷ 100)"
    made = replace(step("now ÷ (1 + 60 ÷ 100)", now, unit="十亿美元"), arithmetic=f"{formula} = 400")
    assert ranks._amount(made, language) == f"{formula} = {told}"


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([5, 3, 4], 1, 1), ([3, 5, 4], 3, 3), ([4, 5, 3], 2, 2), ([5], 1, 1),
        ([(5, 4, 6), (5.5, 5, 7)], 1, 2),  # either may be ahead
        ([(5, 4, 6), (7, 6, 8)], 1, 2),  # they may be equal
        ([(5, 4, 6), (7, 6.1, 8)], 2, 2),
        ([(5, 4, 6), (3, 2, 4)], 1, 1),  # equal at most
        ([(5, 4, 6), (4.5, 3, 4.1)], 1, 2),
    ],
)  # fmt: skip
def test_a_place_among_rivals(
    values: list[float | tuple[float, float, float]], low: float, high: float
) -> None:
    made = [amount(*v) if isinstance(v, tuple) else amount(v) for v in values]
    assert place(made).interval == Interval(low, high)
    assert place(made, full=False).interval == Interval(low, INF), (
        "without a full list there may be more ahead"
    )


def test_what_rounds_to_neighbouring_numbers_is_in_order() -> None:
    """13 is below 13.5 and 14 not: they touch and do not meet. 12 may not be ahead of 13."""
    thirteen, fourteen, twelve = (Quantity.parse(t, "亿元", ref=f"claim:{t}") for t in ("13", "14", "12"))
    assert place([thirteen, fourteen]).interval == Interval(2, 2)
    assert place([fourteen, thirteen, twelve]).interval == Interval(1, 1)
    assert place([thirteen, twelve, twelve]).interval == Interval(1, 1)


def test_rivals_are_compared_in_one_unit() -> None:
    found = place([amount(1, unit="万亿元"), amount(9000), amount(20000)], claimed=2)
    assert (found.interval, found.outcome, found.text) == (Interval(2, 2), "in", "2")
    assert (
        found.arithmetic
        == "m0: of 20000 CNY 2,000.0 billion > of 1 CNY 1 trillion > of 9000 CNY 900.0 billion"
    )


def test_the_outcome_of_a_place() -> None:
    first, second = [amount(5), amount(3)], [amount(3), amount(5)]
    assert [place(first, claimed=n).outcome for n in (1, 2)] == ["in", "meets"]
    assert place(first, claimed=2, named=True).outcome == "out"
    assert place(second, named=True).outcome == "out"
    assert place(second).outcome == "meets", "one measure that was found excludes nothing"
    assert place(second, second).outcome == "out"
    assert place(second, first).outcome == "meets"
    assert place(first, first).outcome == "in"
    assert place(first, full=False).outcome == "meets"
    assert place(second, first).interval == Interval(1, 2)
    unsure = [amount(5, 4, 6), amount(5.5, 5, 7)]
    assert place(unsure, named=True).outcome == "meets"
    assert place(unsure, claimed=3, named=True).outcome == "out"


def test_a_rival_is_called_as_the_data_name_its_one_value_else_by_its_label(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ranks.catalog, "said", lambda ref, language: f"{language} {ref}")
    one, other = published("a", "5"), published("b", "3")
    alone, total = (
        replace(step(formula, *used), label="told")
        for formula, used in (("a", (one,)), ("a + b", (one, other)))
    )
    assert ranks._name(alone, "zh") == f"zh {one.ref}"
    assert ranks._name(total, "zh") == "told"


def test_a_ranking_gives_the_place() -> None:
    ranking = making.step(assume(2, "", "of the year"))
    for claimed, outcome in ((2, "in"), (1, "out")):
        found = ranks.placed({}, claimed, ranking, False, False)
        assert (found.outcome, found.interval, found.text, found.arithmetic) == (
            outcome,
            Interval(2, 2),
            "2",
            "of the year: 2",
        )
    with pytest.raises(UserError, match="a rank needs measures, or a ranking"):
        ranks.placed({}, 1, None, False, False)


# --- steps ----------------------------------------------------------------------------------------------------------


def test_steps_of_parts_and_their_periods() -> None:
    parts = {"a": [assume(1, "亿元", "x"), assume(2, "万亿元", "y")], "b": [assume(3, "%", "z")] * 2}
    made = making.of_parts(parts, ["2020", "2021"])
    assert [(s.part, s.period, s.value, s.unit) for s in made] == [
        ("a", "2020", 1, "亿元"),
        ("a", "2021", 2, "万亿元"),
        ("b", "2020", 3, "%"),
        ("b", "2021", 3, "%"),
    ]
    assert [s.period for s in making.of_parts(parts)] == ["", "", "", ""]
    with pytest.raises(UserError, match="2 steps and 1 period:"):
        making.of_parts(parts, ["2020"])
    with pytest.raises(UnitError, match="cannot be compared"):
        making.of_parts({"a": [assume(1, "亿元", "x"), assume(2, "%", "y")]})
    with pytest.raises(UnitError, match="cannot be compared"):
        making.step(assume(1, "亿元", "x"), unit="%")
    assert making.step(assume(1, "亿元", "x"), unit="万亿元").unit == "亿元", "what is quoted keeps its unit"
    made_of = compute("a × 2", unit="亿元", a=assume(5000, "亿元", "x"))
    assert (making.step(made_of, unit="万亿元").value, making.step(made_of).value) == (1, 10000)
    assert making.step(made_of, unit="").unit == "亿元"
    assert making.step(7).inputs == ()


def test_sources_of_a_text_are_numbered_inputs() -> None:
    given = published("value", "7")
    found = making.sources([assume(1, "", "x"), given, assume(2, "", "y")])
    assert [i.name for i in found] == ["source 1", "value", "source 3"]
    assert making.sources(assume(1, "", "x"))[0].name == "source 1"
    assert making.leaves([step("value + b", given, published("b", "1")), step("value", given)]) == (
        given,
        published("b", "1"),
    )


# --- one check heard ------------------------------------------------------------------------------------------------

SEVEN = claim("c", "7", "%", source="NBS")


def heard(row: CheckRow, printed: object = SEVEN, **more: object) -> Heard:
    return hear(printed, printed.quantity(), row, setting=OURS, sources=("NBS",), **more)  # type: ignore[attr-defined, arg-type]


def test_a_heard_check_has_its_range_in_the_unit_of_the_claim() -> None:
    found = heard(check("c", published("value", "70", "‰")))
    assert (found.grade, found.outcome, found.says, found.ground) == ("same", "in", "reproduced", "quoted")
    assert found.interval is not None and (found.interval.low, found.interval.high) == pytest.approx(
        (6.95, 7.05)
    )
    assert found.value == pytest.approx(7)
    assert (found.remark.low, found.remark.high) == (found.interval.low, found.interval.high)
    assert found.width == pytest.approx(0.1 / 7)


def test_the_width_of_evidence_is_relative_to_its_value() -> None:
    found = heard(check("c", published("value", "7")))
    assert replace(found, interval=Interval(1, 3), value=-2.0).width == 1
    assert replace(found, interval=None).width == 0
    assert replace(found, interval=Interval(-1, 1), value=0.0).width == 2
    assert replace(found, interval=Interval(2, 4), value=None).width == pytest.approx(2 / 3)
    assert replace(found, interval=Interval(2, INF), value=None).width == INF
    remark = replace(found, interval=None).remark
    assert (remark.low, remark.high) == (None, None)


def test_an_aside_has_no_say_and_a_check_of_another_way_is_blunt() -> None:
    assert heard(check("c", published("value", "7"), is_aside=True)).says == ""
    assert heard(check("c", published("value", "9"), is_aside=True)).outcome == "out"
    words = check("c", published("a", "1"), published("b", "2"), definition="rising")
    assert heard(words).outcome == "blunt"
    assert heard(words, claim("c", "上升", kind="trend")).outcome == "in"
    assert heard(check("c", published("value", "7")), claim("c", "上升", kind="trend")).outcome == "blunt"


@pytest.mark.parametrize(
    ("stored", "refutes", "outcome"), [("in", False, "in"), ("in", True, "blunt"), ("out", True, "out"), ("meets", False, "meets"), ("meets", True, "blunt")]
)  # fmt: skip
def test_a_text_has_the_outcome_that_its_author_found(stored: str, refutes: bool, outcome: str) -> None:
    act = replace(published("value", "1"), ref="act:order")
    row = CheckRow("c/", "c", "text", stored, "own", "same", found="x", refutes_only=refutes, inputs=(act,))  # type: ignore[arg-type]
    assert heard(row, claim("c", "发布", kind="text")).outcome == outcome
    assert heard(row, claim("c", "发布", kind="text")).ground == "quoted"


@pytest.mark.parametrize(
    ("kind", "printed", "number"), [("growth", "7", True), ("forecast", "7", True), ("forecast", "增长", False), ("rank", "2", False), ("event", "2021", False), ("level", "7", True)]
)  # fmt: skip
def test_which_claims_are_held_against_a_number(kind: str, printed: str, number: bool) -> None:
    made = claim("c", printed, kind=kind)
    assert has_number(made, made.quantity()) is number


def test_another_premise_is_computed_with() -> None:
    a, b = published("a", "10"), published("b", "3")
    row = check("c", step("a − b", a, b))

    def resolve(i: Input) -> Leaf:
        return Leaf(i, Interval(19, 21), 20.0, "same") if i.name == "a" else as_it_stands(i)

    found = heard(row, resolve=resolve)
    assert (found.value, found.interval) == (17, Interval(15.5, 18.5, True, False))
    alone = heard(check("c", a), resolve=resolve)
    assert (alone.value, alone.interval) == (20, Interval(19, 21))
    as_given = heard(row)
    assert as_given.value == 7 and as_given.interval == row.steps[0].interval


def test_a_premise_for_which_other_evidence_stands_is_named() -> None:
    """The sum in printed numbers (10.46 × 1.25 = 13.075) is not the range that was judged (13.02 … 13.04)."""
    level, growth = (
        claim("level", "13", "万亿元", kind="level", source="PBoC"),
        claim("growth", "25", "%", kind="growth", source="PBoC"),
    )
    printed = Input(
        "growth", "claim:growth", "growth of green loans", "25", 25.0, 24.5, 25.5, high_open=True, unit="%"
    )
    before = published("before", "10.46", "万亿元", by="PBoC")
    grown = check("level", step("before × (1 + growth ÷ 100)", before, printed, unit="万亿元"))
    found = check("growth", published("rate", "24.6", "%", by="PBoC"))
    alone = judged([level, growth], [grown])["level"].remarks[0]
    with_evidence = judged([level, growth], [grown, found])["level"].remarks[0]
    assert (alone.premises, with_evidence.premises) == ("", "growth")
    assert with_evidence.low > alone.low and with_evidence.high < alone.high
    report = config.Report(names={"zh": {"KPMG": "毕马威"}})
    assert range_notes(grown, alone, "en", report) == ()
    (note,) = range_notes(grown, with_evidence, "en", report)
    assert "growth of green loans" in note
    (note,) = range_notes(grown, replace(alone, stretched="KPMG × 1.64"), "zh", report)
    assert "毕马威" in note and "KPMG" not in note


def test_only_another_number_in_place_of_the_printed_one_makes_a_premise() -> None:
    """A reading that stretches a printed number finds nothing; evidence equal to the print changes nothing."""
    row = check("c", step("a × 2", OWN))

    def premises(interval: Interval, grade: grades.Grade | None) -> tuple[str, ...]:
        return heard(row, resolve=lambda i: Leaf(i, interval, 7.0, grade)).premises

    assert premises(Interval(6, 8), "same") == ("a",)
    assert premises(OWN.interval, "same") == ()
    assert premises(Interval(6, 8), None) == ()


@pytest.mark.parametrize(("fits", "says"), [("same", "reproduced"), ("open", "reproduced"), ("differs", "")])
def test_a_number_within_open_evidence_is_reproduced_and_words_are_consistent(fits: str, says: str) -> None:
    rising = check("c", published("a", "1"), published("b", "2"), definition="rising", fits=fits)
    assert heard(check("c", published("value", "7"), fits=fits)).says == says
    in_words = "consistent" if fits == "open" else says
    assert heard(rising, claim("c", "上升", kind="trend", source="NBS")).says == in_words


def test_what_was_stretched_is_told_with_its_factor() -> None:
    moved, other = restating("2020h2", factor=1.6449), replace(restating("2021", by="BIS"), name="b")
    found = heard(check("c", step("a + b", moved, other)))
    assert (found.stretched, found.remark.stretched) == ("KPMG × 1.64", "KPMG × 1.64")
    assert heard(check("c", restating("2021h1"))).stretched == ""


@pytest.mark.parametrize(
    ("period", "days", "capped"),
    [
        ("2025", ("2023-05", "2023-05"), True), ("2025", ("2026-01", "2023-05"), False), ("2025", ("2025-12-31", "2023"), False), ("2025", ("2025-11", "2023-05"), True),
        ("2025", ("", ""), True), ("soon", ("2026-02", "2026-02"), True), ("2025-H1", ("2025-06-30", ""), False), ("2025-H1", ("2025-05-31", ""), True),
    ],
)  # fmt: skip
def test_a_forecast_runs_until_data_of_its_end_appear(
    period: str, days: tuple[str, str], capped: bool
) -> None:
    ahead = claim("c", "80", "%", kind="forecast", period=period)
    a, b = published("a", "70", published=days[0]), published("b", "10", published=days[1])
    assert heard(check("c", step("a + b", a, b)), ahead).caps == (("forecast",) if capped else ())
    assert heard(check("c", published("a", "80", published=days[0])), ahead).caps == (), "a quotation"


@pytest.mark.parametrize(
    ("last", "origins", "capped"),
    [("2025", ("one", "one"), False), ("2024", ("one", "one"), True), ("2025", ("one", "two"), True), ("", ("one", "one"), True)],
)  # fmt: skip
def test_the_direction_of_a_quoted_forecast_is_quoted_up_to_its_period(
    last: str, origins: tuple[str, str], capped: bool
) -> None:
    rising = claim("c", "上升", kind="forecast", period="2021/2025", source="NBS")
    a, b = (
        published(n, t, origin=o, published="2021-04")
        for n, t, o in zip("ab", ("10", "80"), origins, strict=True)
    )
    row = check("c", a, b, definition="above")
    dated = replace(row, steps=(row.steps[0], replace(row.steps[1], period=last)))
    found = heard(dated, rising)
    assert (found.says, found.caps) == ("reproduced", ("forecast",) if capped else ())


def test_a_quoted_forecast_of_several_steps_reaches_as_far_as_its_last() -> None:
    rising = claim("c", "上升", kind="forecast", period="2021/2025", source="NBS")
    inputs = [
        published(n, t, origin="one", published="2021-04")
        for n, t in zip("abc", ("10", "40", "80"), strict=True)
    ]
    row = check("c", *inputs, definition="rising")
    for years, capped in ((("2021", "2023", "2025"), False), (("2021", "2025", "2024"), True)):
        steps = tuple(replace(s, period=year) for s, year in zip(row.steps, years, strict=True))
        assert heard(replace(row, steps=steps), rising).caps == (("forecast",) if capped else ())


def test_what_caps_a_check() -> None:
    again = claim("c", "逐步上升", kind="trend")
    two = check("c", published("a", "1"), published("b", "2"), definition="rising_again")
    assert heard(two, again).caps == ("steps",)
    rank = CheckRow("c/", "c", "rank", "in", "own", "same", is_party=True, inputs=(published("value", "1"),))
    assert heard(rank, claim("c", "最大", kind="rank")).caps == ("party",)
    assert heard(replace(rank, is_party=False), claim("c", "最大", kind="rank")).caps == ()
    assert heard(check("c", published("value", "7"), is_party=True)).caps == ()
    assert set(CAPS) == {"steps", "readings", "forecast", "party"}


@pytest.mark.parametrize(
    ("inputs", "ground"),
    [((published("a", "7"),), "recomputed"), ((OWN,), "own"), ((published("a", "7"), replace(OWN, name="b")), "mixed")],
)  # fmt: skip
def test_the_ground_of_a_check(inputs: tuple[Input, ...], ground: str) -> None:
    made = step(" + ".join(["1", *(i.name for i in inputs)]), *inputs)
    assert heard(check("c", made)).ground == ground


# --- which checks set a verdict -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "verdict", "rule", "bears"),
    [
        ("reproduced", "reproduced", "same", True), ("hedged", "reproduced", "same", False), ("consistent", "consistent", "consistent", True), ("reproduced", "consistent", "consistent", False),
        ("contradicted", "consistent", "same-both", True), ("reproduced", "consistent", "same-both", True), ("", "consistent", "same-both", False), ("", "unchecked", "unchecked", False),
    ],
)  # fmt: skip
def test_the_words_that_set_a_verdict(word: str, verdict: str, rule: str, bears: bool) -> None:
    assert bench._bears(word, verdict, rule) is bears


def test_a_check_of_the_grade_that_decides_speaks_for_the_verdict() -> None:
    named = check("c", published("value", "7", half=0.4), label="named")
    narrower = check("c", published("value", "7", by="PBoC", half=0.01), label="narrower")
    row = judged([SEVEN], [named, narrower])["c"]
    assert (row.verdict, row.check_id, row.grade) == ("reproduced", "c/named", "same")


def test_of_the_checks_that_decide_the_strongest_then_the_narrowest_speaks() -> None:
    wide, narrow = (
        check("c", published("value", "7", half=h), label=name) for h, name in ((0.4, "a"), (0.01, "b"))
    )
    assert judged([SEVEN], [wide, narrow])["c"].check_id == "c/b"
    near = claim("c", "30", "%", "近", source="NBS")
    blurred, inside = (
        check("c", published("value", "28", half=0.01), label="a"),
        check("c", published("value", "29.7", half=0.2), label="b"),
    )
    assert judged([near], [blurred, inside])["c"].check_id == "c/b"


LEFT, RIGHT = (
    claim("left", "20", "%", source="NBS", excludes="right"),
    claim("right", "30", "%", source="NBS", excludes="left"),
)


def test_a_statement_that_evidence_contradicts_says_so_though_its_pair_is_reproduced() -> None:
    rows = judged(
        [LEFT, RIGHT], [check("left", published("value", "25")), check("right", published("value", "30"))]
    )
    assert (rows["left"].rule, rows["left"].evidence, rows["left"].check_id) == ("same", 25, "left/")
    assert rows["right"].verdict == "reproduced"


def test_a_statement_that_only_the_report_contradicts_is_beside_the_evidence_for_its_pair() -> None:
    half = claim("half", "11", "%")
    own = check("left", step("half × 2", replace(published("half", "11"), ref="claim:half")), fits="")
    rows = judged([half, LEFT, RIGHT], [own, check("right", published("value", "30"))])
    assert (rows["left"].verdict, rows["left"].rule, rows["left"].evidence) == (
        "contradicted",
        "pair-other-reproduced",
        30,
    )


def test_pairs_and_premises_in_other_units_are_put_into_one() -> None:
    left = claim("left", "20", "亿元", kind="level", source="NBS", excludes="right")
    right = claim("right", "30", "百万元", kind="level", source="NBS")
    rows = judged([left, right], [check("right", published("value", "30", "百万元"))])
    assert (rows["left"].rule, rows["left"].evidence) == ("pair-other-reproduced", 0.3)
    same = claim("right", "2000", "百万元", kind="level", source="NBS")
    assert judged([left, same], [])["left"].verdict == "unchecked", "20 亿 are 2000 million"
    used = replace(published("a", "30", "百万元"), ref="claim:right")
    of_it = check("sum", step("a × 2", used, unit="百万元"), fits="")
    found = judged(
        [right, claim("sum", "60", "百万元", source="NBS")],
        [check("right", published("value", "0.300", "亿元")), of_it],
    )
    assert (found["sum"].verdict, found["sum"].evidence) == ("reproduced", 60)


def test_a_claim_of_form_holds_or_fails_by_its_first_count() -> None:
    places = claim("c", "十", "个", kind="form")

    def row(outcome: str, label: str) -> CheckRow:
        return CheckRow(f"c/{label}", "c", "form", outcome, "own", label=label)  # type: ignore[arg-type]

    assert judged([places], [row("in", "a")])["c"].verdict == "holds"
    assert (
        judged([places], [row("in", "a"), row("out", "b")])["c"].verdict,
        judged([places], [row("in", "a"), row("out", "b")])["c"].check_id,
    ) == ("fails", "c/b")
    assert judged([places], [row("blunt", "a")])["c"].verdict == "unchecked"
    assert judged([places], [])["c"].rule == "form"


# --- conclusions and order ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "x", "others", "expected"),
    [
        ("x > [a]", (5, 6), (3, 4), "holds"), ("x > [a]", (5, 6), (6, 7), "fails"), ("x > [a]", (5, 6), (5.5, 5.6), "open"), ("x > [a]", (4, 6), (3, 4), "open"), ("x >= [a]", (4, 6), (3, 4), "holds"),
        ("x < [a]", (5, 6), (7, 8), "holds"), ("x < [a]", (5, 6), (4, 5), "fails"), ("x <= [a]", (5, 6), (4, 5), "open"), ("x < [a]", (5, 6), (5.5, 7), "open"),
        ("x > 2*[a]", (5, 6), (2, 2.4), "holds"), ("x > 2*[a]", (5, 6), (2, 2.6), "open"), ("x > 2*[a]", (5, 6), (3, 4), "fails"), ("x > -1*[a]", (5, 6), (-4, -3), "holds"),
        ("x = [a]", (5, 6), (6, 7), "open"), ("x = [a]", (5, 6), (7, 8), "fails"), ("x = [a]", (5, 5), (5, 5), "holds"), ("x = [a]", (5, 5), (4, 6), "open"), ("x = [a]", (4, 6), (5, 5), "open"),
        ("x != [a]", (5, 6), (7, 8), "holds"), ("x != [a]", (5, 5), (5, 5), "fails"), ("x != [a]", (5, 6), (6, 7), "open"),
        ("x > 3 and x < 9", (4, 5), (0, 0), "holds"), ("x > 3 and x < 4.5", (4, 5), (0, 0), "open"), ("x > 6 and x < 9", (4, 5), (0, 0), "fails"), ("x > 3", (3, 3), (0, 0), "fails"),
        ("x < 3", (3.5, 3.6), (0, 0), "fails"), ("x > 3", (3.5, 3.6), (0, 0), "holds"),
    ],
)  # fmt: skip
def test_a_conclusion_over_ranges(
    test: str, x: tuple[float, float], others: tuple[float, float], expected: str
) -> None:
    assert truth(Conclusion.parse(test), Interval(*x), lambda name: Interval(*others)) == expected


def test_a_status_passes_by_what_it_says() -> None:
    issued = Conclusion.parse("x = issued")
    assert [truth(issued, x, {}.__getitem__) for x in ("issued", "draft", Interval(1, 2))] == [
        "holds",
        "fails",
        "fails",
    ]  # type: ignore[arg-type]
    assert truth(Conclusion.parse("x > 1"), "issued", {}.__getitem__) == "fails"
    assert flips(issued, None, ["draft"], {}.__getitem__, {}.__getitem__)
    assert not flips(issued, None, [], {}.__getitem__, {}.__getitem__)
    assert not flips(issued, None, ["draft", "issued"], {}.__getitem__, {}.__getitem__)


def test_verdicts_are_listed_by_how_far_they_are_from_a_reproduction() -> None:
    order = ["unchecked", "reproduced", "hedged", "consistent", "contradicted"]
    assert [SEVERITY[v] for v in order] == list(range(SEVERITY["unchecked"], SEVERITY["unchecked"] + 5))
    assert (SEVERITY["holds"], SEVERITY["fails"]) == (SEVERITY["reproduced"], SEVERITY["contradicted"])
    assert SEVERITY["reproduced"] == 0, "a change for the worse is positive"
    assert len({r.key for r in RULES}) == len(RULES)
