"""What an author writes in a notebook: checks that say what their evidence is, and refuse what they cannot mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analysis import report
from analysis.errors import UserError
from analysis.mime import ROWS
from analysis.report import cells
from analysis.report.catalog import COLUMNS, pick
from analysis.report.computed import assume
from analysis.report.documents import Document, made
from analysis.report.findings import Findings, _source, counts, findings, form
from analysis.report.ledger import columns
from analysis.report.rows import CheckRow, ClaimRow
from tests.test_claims import write
from tests.verdict_tools import claim, judged

SERIES = [
    dict(series_id="balance", period="2021", value="13.03", unit="万亿元", edition="a", publisher="PBoC"),
    dict(series_id="balance", period="2020", value="10.46", unit="万亿元", edition="a", publisher="PBoC"),
    dict(series_id="balance", period="2019", value="8.3", unit="万亿元", edition="a", publisher="PBoC"),
    dict(series_id="rank", period="2021", value="1", unit="", edition="a", publisher="Bloomberg"),
]
CLAIMS = [
    dict(claim_id="level", printed="13", unit="万亿元", kind="level", source="PBoC"),
    dict(claim_id="again", printed="14", unit="万亿元", kind="level", repeats="level", missing_en="as the first", missing_zh="同前"),
    dict(claim_id="times", printed="3", unit="倍", kind="multiple", readings="×3 | ×4"),
    dict(claim_id="rising", printed="逐年递增", kind="trend", source="PBoC"),
    dict(claim_id="far", printed="远高于", kind="comparison", conclusion="x > 1"),
    dict(claim_id="largest", printed="最大", kind="rank", conclusion="x = 1"),
    dict(claim_id="issued", printed="发布", kind="text", source="CBIRC", conclusion="x = issued"),
    dict(claim_id="april", printed="4 月", kind="event", period="2021-04"),
    dict(claim_id="places", printed="十", unit="个", kind="form"),
    dict(claim_id="silent", printed="7", unit="倍", kind="multiple", missing_en="no data", missing_zh="无数据"),
]  # fmt: skip


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> report.Book:
    monkeypatch.setenv("ANALYSIS_DATA", str(tmp_path))
    series = [{"status": "main", "attested": "original", "restated_by": "1", **row} for row in SERIES]
    write(tmp_path / "series" / "loans.csv", [*COLUMNS, "metric_en", "metric_zh"], [{c: r.get(c, "") for c in COLUMNS} for r in series])  # fmt: skip
    write(
        tmp_path / "report" / "claims.csv", columns(("en", "zh")), [{"section": "5.2", **c} for c in CLAIMS]
    )
    return report.Book(sections=["5.2"])


def balance(year: str) -> report.Source:
    return pick("loans", "balance", year)


def last(book: report.Book) -> report.Check:
    return list(book.checks.values())[-1]


def rows(book: report.Book) -> dict[str, ClaimRow]:
    return {r.claim_id: r for r in report.verdicts(book.ledger, [c.row for c in book.checks.values()])}


def test_one_number_travels_the_whole_way(book: report.Book) -> None:
    book.reconcile("level", balance("2021"), fits="same", because="of the same thing")
    row = last(book).row
    assert (row.check_id, row.outcome, row.grade, last(book).says) == (
        "level/same",
        "in",
        "same",
        "reproduced",
    )
    assert (row.computed, row.computed_low, row.computed_high) == pytest.approx((13.03, 13.025, 13.035))
    bundle = last(book)._repr_mimebundle_()[ROWS]
    back = cells.read_all(CheckRow, bundle["rows"], "checks")
    assert (bundle["table"], bundle["key"]) == ("checks", "check_id")
    assert cells.write(back[0]) == bundle["rows"][0] == cells.write(row)
    verdict = rows(book)["level"]
    assert (verdict.verdict, verdict.ground, verdict.check_id) == ("reproduced", "quoted", "level/same")
    assert rows(book)["again"].verdict == "contradicted", "the repetition, by its own digits"


def test_units_of_a_claim_and_its_evidence_agree(book: report.Book) -> None:
    with pytest.raises(UserError, match="cannot be compared"):
        book.reconcile("level", assume(13, "万亿美元", "dollars"))
    book.reconcile("level", assume(130300, "亿元", "yuan"))
    assert last(book).row.computed == pytest.approx(13.03)


def test_a_check_on_published_data_says_what_it_is_and_names_the_cell(
    book: report.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match=r"^level: the evidence is published \(PBoC\); say what it is: fits="):
        book.reconcile("level", balance("2021"))
    monkeypatch.setattr("analysis.report.book._current_cell", lambda: (12, "source"))
    with pytest.raises(UserError, match=r"^cell \[12\], rising: the evidence is published"):
        book.decide("rising", "rising_every_year", [balance("2020"), balance("2021")])
    with pytest.raises(UserError, match="fits='differs' needs a reason"):
        book.reconcile("level", balance("2021"), fits="differs")


def test_the_reports_own_numbers_need_no_fits(book: report.Book) -> None:
    book.decide("far", "far_above", [book["times"], book["silent"]])
    assert (last(book).row.grade, last(book).says) == ("own", "consistent")
    assert last(book).arithmetic == "7 ÷ 3 = 2.333 ≥ 1.5"


def test_a_second_check_on_equal_grade_needs_a_label(book: report.Book) -> None:
    book.reconcile("level", balance("2021"), fits="same", because="of the same thing")
    with pytest.raises(UserError, match="level/same stands there twice: give the second check a label"):
        book.reconcile("level", balance("2021"), fits="same", because="of the same thing")
    book.reconcile("level", balance("2020"), fits="differs", because="a year earlier")
    assert [c.says for c in book.checks.values()] == ["reproduced", ""]
    assert rows(book)["level"].verdict == "reproduced"


def test_words_are_tried_on_the_ranges_of_their_steps(book: report.Book) -> None:
    decision = book.decide(
        "rising",
        "rising_every_year",
        [balance(y) for y in ("2019", "2020", "2021")],
        fits="same",
        because="of the same thing",
    )
    assert (decision.truth, decision.evidence) == ("holds", "8.3 → 10.46 → 13.03")
    assert (last(book).row.definition, last(book).says) == ("rising_every_year/default", "reproduced")
    assert rows(book)["rising"].verdict == "reproduced"


def test_another_level_is_shown_without_a_say_unless_the_run_asks_for_it(book: report.Book) -> None:
    falling = [balance(y) for y in ("2021", "2020", "2019")]
    book.decide("rising", "rising_every_year/loose", falling, fits="same", because="of the same thing")
    assert (last(book).row.outcome, last(book).row.is_aside, last(book).says) == ("out", True, "")
    assert rows(book)["rising"].verdict == "unchecked"
    loose = report.Book(level="loose")
    loose.decide("rising", "rising_every_year", falling, fits="same", because="of the same thing")
    assert last(loose).says == "contradicted"


def test_a_statement_about_several_parts_is_put_together_by_its_quantifier(book: report.Book) -> None:
    parts = {
        "banks": [assume(4, "%", "a"), assume(34, "%", "b")],
        "brokers": [assume(25, "%", "c"), assume(28, "%", "d")],
    }
    for quantifier, outcome in (("every", "out"), ("some", "in"), ("most", "out"), ("plural", "meets")):
        book.decide("far", "far_above", parts, quantifier=quantifier, label=quantifier)  # type: ignore[arg-type]
        assert last(book).row.outcome == outcome
    book.decide("far", "far_above", parts, threshold=1.1, label="1.1")
    assert (last(book).row.outcome, last(book).row.threshold) == ("in", 1.1)


def test_a_test_that_can_only_refute_does_not_confirm(book: report.Book) -> None:
    book.reconcile("times", assume(3, "倍", "nearest"), refutes_only=True, label="fits")
    assert (last(book).row.outcome, last(book).says) == ("blunt", "")
    book.reconcile("times", assume(5, "倍", "nearest"), refutes_only=True, label="fails")
    assert (last(book).row.outcome, last(book).says) == ("out", "contradicted")


def test_a_rank_fails_when_a_rival_is_ahead_on_every_measure_found(book: report.Book) -> None:
    one, two, three = (assume(v, "亿元", str(v)) for v in (1, 2, 3))

    def outcome(**measures: list[report.Source]) -> str:
        named = measures.pop("is_named", False)
        full = measures.pop("is_full", False)
        book.rank("largest", measures, is_named=bool(named), is_full=bool(full), label=str(len(book.checks)))
        return last(book).row.outcome

    assert outcome(value=[one, two], sales=[two, three]) == "out"
    assert outcome(value=[one, two], sales=[three, two]) == "meets"
    assert outcome(value=[one, two]) == "meets", "one measure of several possible ones"
    assert outcome(value=[one, two], is_named=True) == "out"  # type: ignore[arg-type]
    assert outcome(value=[three, two, one]) == "meets", "a rival may be missing"
    assert outcome(value=[three, two, one], is_full=True) == "in"  # type: ignore[arg-type]
    assert rows(book)["largest"].is_decision_error is False
    found = [c.row for c in book.checks.values()]
    assert (found[0].computed_low, found[0].computed_high) == (2, float("inf")), "there may be more rivals"
    assert (found[-1].computed_low, found[-1].computed_high) == (1, 1)


def test_a_ranking_or_a_witness_of_the_day_gives_the_place(book: report.Book) -> None:
    book.rank("largest", ranking=pick("loans", "rank", "2021"), fits="same", because="of the same thing")
    assert rows(book)["largest"].verdict == "reproduced"
    book.rank(
        "largest",
        ranking=pick("loans", "rank", "2021"),
        fits="same",
        because="of the same thing",
        place=2,
        label="second",
    )
    assert last(book).row.outcome == "out"


QUOTED = "报告要求“促进健康发展”"
TOLD = "报告要求促进健康发展"
VERBATIM, ALIKE, ELSEWHERE = "要促进健康发展，完善监管", "促进互联网和健康的发展", "完善监管"


@pytest.mark.parametrize(
    ("sentence", "passage", "outcome"),
    [
        (QUOTED, VERBATIM, "in"), (QUOTED, ALIKE, "out"), (QUOTED, ELSEWHERE, "out"),
        (TOLD, VERBATIM, "in"), (TOLD, ALIKE, "meets"), (TOLD, ELSEWHERE, "blunt"),
    ],
)  # fmt: skip
def test_only_words_in_quotation_marks_promise_the_wording(
    book: report.Book, sentence: str, passage: str, outcome: str
) -> None:
    book.ledger = {**book.ledger, "told": claim("told", "促进健康发展", kind="text", quote=sentence)}
    book.text("told", passage, ACT, is_passage=True, subject="健康", fits="same", because="of the same thing")
    assert last(book).row.outcome == outcome


@pytest.mark.parametrize(
    ("kind", "outcome"), [("text", "meets"), ("comparison", "blunt"), ("trend", "blunt")]
)
def test_a_passage_on_the_subject_bears_on_what_a_document_says_and_on_nothing_else(
    book: report.Book, kind: str, outcome: str
) -> None:
    """A turn in wordings is not borne out by the fact that a passage speaks of the subject."""
    book.ledger = {**book.ledger, "told": claim("told", "转变", kind=kind, quote="报告表述的转变")}
    book.text("told", ALIKE, ACT, is_passage=True, subject="健康", fits="open", because="no measure is named")
    assert last(book).row.outcome == outcome


def test_a_party_on_its_own_rank_is_no_witness(book: report.Book) -> None:
    book.rank(
        "largest",
        ranking=pick("loans", "rank", "2021"),
        fits="same",
        because="of the same thing",
        is_party=True,
    )
    assert (rows(book)["largest"].verdict, rows(book)["largest"].caps) == ("consistent", "party")


def test_a_status_is_that_of_the_act(book: report.Book) -> None:
    act = pick("loans", "rank", "2021")
    book.text("issued", "draft", act, said="issued", fits="same", because="of the same thing")
    found = rows(book)["issued"]
    assert (found.verdict, found.is_decision_error) == ("contradicted", True)
    book.text("issued", "issued", said="issued")
    assert rows(book)["issued"].verdict == "contradicted", "the report agrees with itself: no evidence"


def test_an_act_that_is_the_same_says_how_it_was_read(book: report.Book) -> None:
    read = {copy: made(status="issued", signed="2021-04-02", attested=copy) for copy in ("original", "loose")}
    for language, told in (
        ("en", {"original": "The act itself.", "loose": "The act, read at second hand."}),
        ("zh", {"original": "文件本身。", "loose": "该文件，据转载或转述。"}),
    ):
        book = report.Book(language=language)
        for copy, act in read.items():
            book.event("april", act, of="signed", fits="same", label=f"event {copy}")
            assert last(book).row.because == told[copy]
            book.text("issued", act.status, act, said="issued", fits="same", label=f"text {copy}")
            assert last(book).row.because == told[copy]
    book.event("april", read["loose"], of="signed", fits="same", because="as told", label="given")
    assert last(book).row.because == "as told"
    with pytest.raises(UserError, match="fits='differs' needs a reason"):
        book.event("april", read["loose"], of="signed", fits="differs")
    with pytest.raises(UserError, match="fits='same' needs a reason"):
        book.text("issued", "issued", pick("loans", "rank", "2021"), said="issued", fits="same")


def test_what_a_sentence_lists_is_told_in_the_words_of_the_page(book: report.Book) -> None:
    for language, told in (("en", "2: Beijing, Shanghai"), ("zh", "2: 北京、上海")):
        book = report.Book(language=language)
        book.count("places", ["北京", "上海"], number=2)
        assert last(book).row.arithmetic == told


def test_what_was_done_on_a_day_is_told_in_the_words_of_the_page(book: report.Book) -> None:
    act = pick("loans", "rank", "2021")
    days = {"published": "2021-06-29", "in the second quarter": "2021-Q2"}
    for language, told in (
        ("en", "2021-04 / published 2021-06-29, in the second quarter 2021-Q2"),
        ("zh", "2021-04 / 发布 2021-06-29、第二季度 2021-Q2"),
    ):
        book = report.Book(language=language)
        book.event("april", days, act, of="published", fits="same", because="of the same thing")
        assert last(book).row.arithmetic == told


def test_a_date_is_held_at_its_printed_precision_against_the_act_the_verb_names(book: report.Book) -> None:
    act = pick("loans", "rank", "2021")
    days = {"published": "2021-06-29", "in force": "2021-04-01"}
    for of, outcome in (("", "in"), ("published", "out"), ("in force", "in")):
        book.event("april", days, act, of=of, fits="same", because="of the same thing", label=of or "any")
        assert last(book).row.outcome == outcome
    with pytest.raises(UserError, match="no day is known of signed"):
        book.event("april", days, act, of="signed", fits="same", because="of the same thing")


def test_how_long_it_took_is_counted_in_months_from_the_first_date_to_the_last(book: report.Book) -> None:
    act = pick("loans", "rank", "2021")
    days = {"before": "2020-04", "after": "2021-03-14"}
    for within, outcome, told in (
        (12, "in", "11 months ≤ 12 months"),
        (10, "out", "11 months > 10 months"),
        (1, "out", "11 months > 1 month"),
    ):
        book.event(
            "april", days, act, within=within, fits="same", because="of the same thing", label=str(within)
        )
        assert last(book).row.outcome == outcome
        assert last(book).row.arithmetic.endswith(told)
    with pytest.raises(UserError, match="dates with a month"):
        book.event(
            "april",
            {"before": "2020", "after": "2021-03"},
            act,
            within=12,
            fits="same",
            because="of the same thing",
        )


def test_form_stands_apart(book: report.Book) -> None:
    book.form("places", False, "nine are named")
    assert rows(book)["places"].verdict == "fails"
    book.reconcile("level", balance("2021"), fits="same", because="of the same thing")
    table = counts(rows(book).values(), "kind")
    assert "form" not in table and table["level"]["reproduced"] == 1, (
        "and the repetition is not counted again"
    )
    assert form(rows(book).values())["fails"] == 1


def test_each_kind_of_claim_has_its_method(book: report.Book) -> None:
    with pytest.raises(UserError, match=r"rising prints no number to reconcile .*: use decide\(\)"):
        book.reconcile("rising", balance("2021"), fits="same", because="of the same thing")
    with pytest.raises(UserError, match=r"level prints a number .*: use reconcile\(\)"):
        book.decide("level", "rising", [1.0, 2.0])
    with pytest.raises(UserError, match=r"places is of kind form: use form\(\)"):
        book.text("places", "ten")
    with pytest.raises(UserError, match="none of its readings"):
        book.reconcile("times", assume(3, "倍", "x"), definition="×5")
    with pytest.raises(UserError, match="no claim 'levle'; did you mean level"):
        book["levle"]


def test_what_is_missing_is_said(book: report.Book) -> None:
    missing = book.explain_missing()
    assert "no data" in repr(missing)
    assert repr(missing).splitlines()[0] == missing.caption, "it reads as every table does"
    bundle = missing._repr_mimebundle_()
    handed = bundle["application/vnd.suite.rows+json"]
    assert handed["table"] == "unheard" and "silent" in [row["claim_id"] for row in handed["rows"]]
    assert "key" not in handed, "two notebooks may name one claim"
    assert 'id="unheard-silent"' in bundle["text/html"]
    book.reconcile("silent", assume(7, "倍", "x"))
    assert "no data" not in repr(book.explain_missing())


def test_a_repetition_is_missing_only_with_its_first_statement(book: report.Book) -> None:
    assert "as the first" in repr(book.explain_missing())
    book.reconcile("level", balance("2021"), fits="same", because="of the same thing")
    assert "as the first" not in repr(book.explain_missing())


def test_a_finding_names_evidence_grade_and_rule(book: report.Book) -> None:
    assert findings(rows(book).values(), []) == []
    book.reconcile(
        "level", balance("2020"), fits="same", because="of the same thing", note="Likeliest: a year late."
    )
    found = findings(rows(book).values(), [c.row for c in book.checks.values()])
    text = repr(Findings(found, "en"))
    assert [f.claim.claim_id for f in found] == ["level"], "its repetition is the same finding"
    assert (
        "The report prints 13万亿元" in text
        and "Evidence: 10.46 (the publisher whom the report names" in text
    )
    assert "The source itself decides." in text
    assert "15.7% of the printed value" in text and "From PBoC." in text and "Likeliest: a year late." in text


def test_findings_come_with_decision_errors_first_and_the_farthest_next(book: report.Book) -> None:
    book.reconcile("level", balance("2020"), fits="same", because="of the same thing")
    row, check = rows(book)["level"], next(iter(book.checks.values())).row
    drawn = [("near", False, 5.0), ("far", False, -30.0), ("error", True, 1.0), ("words", False, None)]
    claims = [replace(row, claim_id=n, check_id=n, is_decision_error=error) for n, error, _ in drawn]
    found = findings(claims, [replace(check, check_id=n, gap_pct=gap) for n, _, gap in drawn])
    assert [(f.claim.claim_id, f.distance) for f in found] == [
        ("error", 1.0),
        ("far", 30.0),
        ("near", 5.0),
        ("words", 0.0),
    ]
    assert [f.distance for f in findings(claims[:1], [])] == [0.0]


def test_a_finding_is_told_in_the_readers_language(book: report.Book) -> None:
    book.reconcile("level", balance("2020"), fits="same", because="of the same thing")
    row = replace(rows(book)["level"], metric={"en": "the balance", "zh": "余额"})
    (found,) = findings([row], [])
    assert "the balance" in found.sentence("en") and "余额" in found.sentence("zh")
    (other,) = findings([replace(row, metric={"en": "", "zh": "余额"})], [])
    assert "余额" in other.sentence("en")
    pair = ("Nobody", "A document")
    assert (_source(pair, "en"), _source(pair, "zh"), _source(("Nobody", ""), "zh")) == (
        "Nobody, A document",
        "Nobody，A document",
        "Nobody",
    )


def test_statements_of_form_are_counted_apart(book: report.Book) -> None:
    listed = rows(book).values()
    assert sum(form(listed).values()) == sum(c.is_form and not c.repeats for c in listed) > 0


def test_the_two_numbers_of_a_pair_are_one_finding() -> None:
    left, right = (
        claim("left", "20", "%", excludes="right", section="2.2"),
        claim("right", "30", "%", section="4.4"),
    )
    found = findings(judged([left, right], []).values(), [])
    assert [(f.claim.claim_id, f.also.claim_id if f.also else "") for f in found] == [("left", "right")]
    assert "It prints 30% of the same in section 4.4." in found[0].sentence("en")
    assert "one of the two is wrong" in found[0].sentence("en")


ACT = Document(
    "order-13", "互联网保险业务监管办法", "Measures", "CBIRC", "2020/13", "issued", "2020-12-07", "2020-12-14", "2021-02-01",
    "Wikisource", "order 13", "https://…", "自2021年2月1日起施行", "named", "",
)  # fmt: skip


def test_an_act_stands_for_its_issuer_whoever_prints_it(book: report.Book) -> None:
    book.text("issued", ACT.status, ACT, said="issued", fits="same", because="of the same thing")
    row = last(book).row
    assert (row.grade, row.inputs[0].publisher, row.inputs[0].document) == (
        "same",
        "CBIRC",
        "order 13",
    )
    assert (rows(book)["issued"].verdict, rows(book)["issued"].ground) == ("reproduced", "quoted")
    book.text(
        "issued",
        ACT.passage,
        ACT,
        said="自 2021 年 2 月 1 日起",
        is_passage=True,
        fits="same",
        because="of the same thing",
        label="passage",
    )
    assert last(book).row.outcome == "in"


def test_what_was_only_told_of_happened_on_its_day(book: report.Book) -> None:
    """A forum that was held, a firm that was founded: nothing was published on that day."""
    forum = replace(ACT, status="announced", signed="", published="2021-04-18", in_force="")
    assert forum.dates == {"happened": "2021-04-18"}
    book.event("april", forum, fits="same", because="of the same thing")
    assert last(book).arithmetic == "2021-04 / happened 2021-04-18"


def test_the_dates_of_an_act_are_those_of_its_row(book: report.Book) -> None:
    book.event("april", ACT, of="in_force", fits="same", because="of the same thing")
    assert (last(book).row.outcome, last(book).row.found) == ("out", "2021-02-01")
    assert last(book).arithmetic == "2021-04 / signed 2020-12-07, published 2020-12-14, in force 2021-02-01"
