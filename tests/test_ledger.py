"""The ledger as committed: quotes, kinds, conclusions, pairs and repetitions hold; and what breaks them is named."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.numbers import units
from analysis.report import documents
from analysis.report.conclusion import Conclusion, ConclusionError
from analysis.report.documents import DocumentError, load_documents
from analysis.report.ledger import IN_WORDS, Claim, LedgerError, columns, find, load_claims, loose_ends
from analysis.report.rows import KINDS, NUMBERS

ROOT = Path(__file__).parents[1]
LEDGER = load_claims(ROOT / "data/report/claims.csv")
DOCUMENTS = load_documents(ROOT / "data/report/documents.csv")
REPORT = Path(os.environ.get("REPORT_TEXT", ROOT.parent / "shared/report/whitepaper.zh.txt"))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_every_quote_stands_in_the_report() -> None:
    if not REPORT.is_file() and not os.environ.get("CI"):
        pytest.skip("the report's text is not part of the project; point REPORT_TEXT to it")
    text = squeezed(REPORT.read_text(encoding="utf-8"))
    assert [c.claim_id for c in LEDGER.values() if squeezed(c.quote) not in text] == []


def test_every_printed_text_stands_in_its_quote() -> None:
    assert [c.claim_id for c in LEDGER.values() if squeezed(c.printed) not in squeezed(c.quote)] == []


AGAIN = re.compile("逐年|逐步|逐渐|持续|不断|日趋|日益|越来越")
"""Words that speak of more than one step."""


def test_no_word_that_asserts_a_course_is_cut_from_what_is_held_against_evidence() -> None:
    """已逐渐成为主力军 says more than 主力军: cutting 逐渐 off would let one survey bear it out."""
    cut = [
        (c.claim_id, clause)
        for c in LEDGER.values()
        if c.kind in ("comparison", "trend")
        for clause in re.split("[，。；]", c.quote)
        if c.printed in clause and AGAIN.search(clause[: clause.index(c.printed)][-8:])
    ]
    assert cut == []


def test_every_kind_is_known_and_in_use() -> None:
    assert {c.kind for c in LEDGER.values()} == set(KINDS)


def test_titles_and_dates_are_no_numbers() -> None:
    """2021/1 in a table is a month, no fraction."""
    assert {c.kind for c in LEDGER.values() if c.quantity().value is None} <= set(IN_WORDS)
    assert [
        c.claim_id for c in LEDGER.values() if c.kind in ("text", "event") and c.quantity().value is not None
    ] == []


def test_conclusions_name_claims_with_a_number() -> None:
    named = [(c.claim_id, other) for c in LEDGER.values() if c.taken_away for other in c.taken_away.claims]
    assert len(named) > 20
    assert [pair for pair in named if LEDGER[pair[1]].quantity().value is None] == []


def test_every_printed_number_passes_its_own_conclusion() -> None:
    """What the text draws from a number holds for the number as printed, else the quotation or the test is wrong."""
    wrong = []
    for claim in LEDGER.values():
        value, test = claim.quantity().value, claim.taken_away
        if test is not None and value is not None and claim.kind != "rank":
            others = {other: LEDGER[other].quantity().value or 0.0 for other in test.claims}
            wrong += [] if test.passes(value, others) else [claim.claim_id]
    assert wrong == []


def test_pairs_are_named_by_both_and_are_about_one_thing() -> None:
    pairs = {frozenset((c.claim_id, other)) for c in LEDGER.values() for other in c.pairs}
    assert len(pairs) >= 5
    for one, other in map(sorted, pairs):
        assert LEDGER[one].pairs == (other,)
        assert LEDGER[other].pairs == (one,)
        assert LEDGER[one].kind == LEDGER[other].kind
        assert not LEDGER[one].repeats
        assert not LEDGER[other].repeats


def test_repetitions_lead_to_first_statements() -> None:
    again = [c for c in LEDGER.values() if c.repeats]
    assert len(again) > 30
    assert [c.claim_id for c in again if LEDGER[c.repeats].repeats] == []
    measured = [(c, LEDGER[c.repeats]) for c in again if c.kind in NUMBERS and c.kind != "count"]
    assert [c.claim_id for c, first in measured if not units.convertible(c.unit, first.unit)] == []


def test_no_assertion_is_made_twice() -> None:
    said = Counter((squeezed(c.quote), c.printed, c.metric("en")) for c in LEDGER.values())
    assert [text for text, count in said.items() if count > 1] == []
    metrics = Counter((c.metric("en"), c.period, c.printed) for c in LEDGER.values())
    assert [text for text, count in metrics.items() if count > 1] == []


def test_an_event_has_a_date_or_says_that_it_has_none() -> None:
    assert [c.claim_id for c in LEDGER.values() if c.kind == "event" and not c.period] == [
        "supervision-framework-decades"
    ]


COLUMNS = columns(("en", "zh"))
SOUND = dict.fromkeys(COLUMNS, "") | {"section": "1.1", "kind": "growth", "printed": "5", "unit": "%"}


def ledger(folder: Path, *changes: dict[str, str]) -> dict[str, Claim]:
    with (folder / "claims.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        writer.writerows(
            {**SOUND, "claim_id": f"claim-{n}", **change} for n, change in enumerate(changes, start=1)
        )
    return dict(load_claims(folder / "claims.csv"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "guess"}, r"row 3, column kind: 'guess' is not one of level"),
        (
            {"conclusion": "x is large"},
            r"row 3, column conclusion: 'x is large' is not of the form: x op term",
        ),
        ({"conclusion": "x > [claim-7]"}, r"row 3, column conclusion: there is no claim 'claim-7'"),
        ({"excludes": "claim-7"}, r"row 3, column excludes: there is no claim 'claim-7'"),
        ({"excludes": "claim-1"}, r"row 3, column excludes: claim-1 does not exclude claim-2"),
        ({"excludes": "claim-2"}, r"row 3, column excludes: claim-2 does not exclude claim-2"),
        ({"repeats": "claim-7"}, r"row 3, column repeats: there is no claim 'claim-7'"),
        ({"repeats": "claim-3"}, r"row 3, column repeats: claim-3 repeats claim-1 itself"),
        ({"readings": "×3"}, r"row 3, column readings: '×3' names one reading"),
        ({"readings": "×3 | "}, r"row 3, column readings"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, change: dict[str, str], says: str) -> None:
    assert len(ledger(tmp_path, {}, {}, {"repeats": "claim-1"})) == 3
    with pytest.raises(LedgerError, match=rf"claims\.csv, {says}"):
        ledger(tmp_path, {}, change, {"repeats": "claim-1"})


def test_a_ledger_of_one_row_names_its_missing_column(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("claim_id,kind\na,level\n")
    with pytest.raises(LedgerError, match=r"claims\.csv: column .*section.* is missing"):
        load_claims(tmp_path / "claims.csv")


def test_a_conclusion_is_followed_where_it_can_be_read(tmp_path: Path) -> None:
    sound = ledger(tmp_path, {}, {"readings": "×3 | ×4"})
    broken = sound["claim-1"], replace(sound["claim-2"], conclusion="x > [claim-7]", readings="×3")
    assert [(c, column) for c, column, _ in loose_ends({c.claim_id: c for c in broken})] == [
        ("claim-2", "conclusion")
    ]
    unread = replace(sound["claim-1"], conclusion="x is large")
    assert list(loose_ends({"claim-1": unread})) == []


def test_what_is_measured_is_said_in_the_readers_language_or_the_first_there_is(tmp_path: Path) -> None:
    claims = ledger(
        tmp_path, {"metric_en": "a share", "metric_zh": "比例", "missing_en": "no data", "missing_zh": "无数据"},
        {"metric_zh": "比例", "missing_zh": "无数据"}, {},
    )  # fmt: skip
    said = [(c.metric("zh"), c.metric("en"), c.missing("zh"), c.missing("en")) for c in claims.values()]
    assert said[0] == ("比例", "a share", "无数据", "no data")
    assert said[1] == ("比例", "比例", "无数据", "无数据")
    assert said[2] == ("", "", "", "")


def test_three_nearest_claims_are_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="has no claim 'claim-9'") as error:
        find(ledger(tmp_path, {}, {}, {}, {}, {}), "claim-9")
    assert str(error.value).count("claim-") == 1 + 3


def test_lists_in_a_cell_are_read(tmp_path: Path) -> None:
    claims = ledger(
        tmp_path,
        {"excludes": "claim-2 claim-3", "source": "CB Insights | KPMG", "readings": "×3 | ×4"},
        {"excludes": "claim-1"},
        {"excludes": "claim-1"},
    )
    first = claims["claim-1"]
    assert (first.pairs, first.sources, first.ways) == (
        ("claim-2", "claim-3"), ("CB Insights", "KPMG"), ("×3", "×4"),
    )  # fmt: skip
    assert (claims["claim-2"].sources, claims["claim-2"].taken_away) == ((), None)


@pytest.mark.parametrize(
    ("text", "x", "others", "passes"),
    [
        ("x > 1.5*[revenue]", 33.5, {"revenue": 4.4}, True),
        ("x > 1.5*[revenue]", 6.5, {"revenue": 4.4}, False),
        ("x > [revenue]", 27, {"revenue": 6.1}, True),
        ("x >= 0.4", 0.43, {}, True),
        ("x >= 0.85", 0.64, {}, False),
        ("x = 1", 2, {}, False),
        ("x <= 2", 2, {}, True),
        ("x != 1", 2, {}, True),
        ("x < [now] and x > 0", 55.9, {"now": 126.7}, True),
        ("x < [now] and x > 60", 55.9, {"now": 126.7}, False),
        ("x = issued", "issued", {}, True),
        ("x != draft", "draft", {}, False),
    ],
)
def test_a_conclusion_is_a_test(text: str, x: float | str, others: dict[str, float], passes: bool) -> None:
    assert Conclusion.parse(text).passes(x, others) is passes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "y > 1",
        "x >",
        "x > much",
        "x => 1",
        "x > [a b]",
        "x > 2*",
        "x > 2[a]",
        "x > issued",
        "x > 1 or x < 0",
    ],
)
def test_what_is_no_conclusion_is_refused(text: str) -> None:
    with pytest.raises(ConclusionError):
        Conclusion.parse(text)


def test_every_document_was_seen_and_has_a_date_or_says_why_not() -> None:
    assert [d.document_id for d in DOCUMENTS.values() if not d.passage] == []
    undated = [d for d in DOCUMENTS.values() if not d.dates]
    assert [d.document_id for d in undated if "no date" not in d.caveat.lower()] == []


def test_a_document_keeps_the_precision_that_was_seen() -> None:
    opinion = documents.find(DOCUMENTS, "rural-finance-opinion")
    assert opinion.dates == {"published": "2021-06"}
    assert (opinion.title("zh")[:4], opinion.title("en")[:8]) == ("关于金融", "Opinions")


def test_a_wrong_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no document 'cryptographie-law'; did you mean cryptography-law"):
        documents.find(DOCUMENTS, "cryptographie-law")
    with pytest.raises(DocumentError, match=r"documents\.csv: no such file"):
        load_documents(tmp_path / "documents.csv")
    rows = (ROOT / "data/report/documents.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    for old, new, says in (
        (",issued,", ",signed,", r"row 2, column status: 'signed' is not one of draft, issued, announced"),
        (",original,", ",seen,", r"row 2, column attested: 'seen' is not one of original, named, loose"),
    ):
        file = tmp_path / f"{new.strip(',')}.csv"
        row = next(r for r in rows[1:] if old in r)
        file.write_text(rows[0] + row.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(DocumentError, match=says):
            load_documents(file)
    twice = tmp_path / "twice.csv"
    twice.write_text("".join([*rows[:2], rows[1]]), encoding="utf-8")
    with pytest.raises(DocumentError, match="row 3, column document_id: .* stands in an earlier row"):
        load_documents(twice)
