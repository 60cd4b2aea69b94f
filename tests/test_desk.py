"""The desk validates a notebook's parameters and opens what they describe, wherever the notebook runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import charts, places
from analysis.errors import UserError
from analysis.numbers.periods import label
from analysis.report import catalog, open_desk
from analysis.report.parameters import LastQuarter, Probability, Quarter, WordLevel

TYPES = {
    "language": Literal["en", "zh"], "hedge_near": Probability, "currency": Literal["CNY", "USD"],
    "first_period": Quarter, "last_period": LastQuarter, "word_level": WordLevel,
}  # fmt: skip


def desk(**parameters: Any) -> Any:
    return open_desk({"__annotations__": TYPES, **parameters})


def test_parameters_open_the_desk() -> None:
    opened = desk(language="zh", hedge_near=0.02, currency="USD", fx_rate=6.9, word_level="strict")
    assert opened.book.reading.near == 0.02
    assert (opened.book.language, opened.book.level) == ("zh", "strict")
    assert opened.words.language == "zh"
    assert opened.money(69) == pytest.approx(10)
    assert (opened.money_unit("万亿元"), desk().money_unit("万亿元")) == ("万亿美元", "万亿元")
    assert desk().money(69) == 69


@pytest.fixture
def storage() -> Iterator[None]:
    """Whatever a test sets of it, pandas' own choice before and after."""
    with pd.option_context("mode.string_storage", "auto"):
        yield


def test_texts_of_a_notebook_are_kept_as_those_of_the_data_are(storage: None) -> None:
    of_data = catalog.load("green_loans")["unit"]
    assert pd.Series(["a", "b"]).dtype.storage == of_data.dtype.storage  # before a desk, too
    desk()
    own, of_data = pd.Series(["a", "b"]), catalog.load("green_loans")["unit"]
    assert own.dtype == of_data.dtype == "str"
    assert own.dtype.storage == of_data.dtype.storage == "python"


def test_another_report_counts_in_its_own_money(tmp_path: Path) -> None:
    settings, given = tmp_path / "report.toml", {"currency": "GBP", "fx_rate": 0.8}
    own = TYPES | {"currency": Literal["EUR", "GBP"]}
    (tmp_path / "data" / "report").mkdir(parents=True)
    (tmp_path / "data" / "report" / "claims.csv").write_text(
        "claim_id,section,quote,period,printed,unit,hedge,kind\n"
    )
    with places.at(tmp_path):
        settings.write_text("[money]\nunit = 'EUR bn'\nrate = 'GBP/EUR'\n")
        opened = open_desk({"__annotations__": own, **given})
        assert (opened.money(5), opened.money(5, "EUR m")) == (4, 4)
        assert (opened.money_unit(), opened.money_words()) == ("GBP bn", "GBP bn")
        settings.write_text("")
        opened = open_desk({"__annotations__": own, **given})
        with pytest.raises(
            UserError, match=r"in which unit are the amounts\? Give it, or `unit` of \[money\]"
        ):
            opened.money(5)
        with pytest.raises(UserError, match="a rate without its currencies does not exchange them"):
            opened.money(5, "EUR bn")


@pytest.mark.parametrize(
    ("name", "value"),
    [("currency", "EUR"), ("hedge_near", 1.5), ("hedge_near", "much"), ("language", "fr"), ("first_period", "2021"), ("word_level", "loosest")],
)  # fmt: skip
def test_a_value_that_does_not_fit_stops_the_notebook_and_is_named(name: str, value: object) -> None:
    with pytest.raises(UserError, match=f"parameter {name} = "):
        desk(**{name: value})


def test_a_window_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UserError, match="first_period 2021-Q2 lies after last_period 2021-Q1"):
        desk(first_period="2021-Q2", last_period="2021-Q1")


SERIES = pd.DataFrame({"value": [1.0, 2.0, 3.0]}, index=["2020-Q1", "2020-Q4", "2021-Q1"])


def test_the_window_ends_where_the_data_do_unless_told() -> None:
    assert list(desk(first_period="2020-Q2").window(SERIES).index) == ["2020-Q4", "2021-Q1"]
    assert list(desk(first_period="2020-Q1", last_period="2020-Q4").window(SERIES).index) == [
        "2020-Q1",
        "2020-Q4",
    ]
    assert desk(first_period="2020-Q2").is_seen("2030-Q1")
    assert not desk(last_period="2020-Q4").is_seen("2021-Q1")
    assert not desk(first_period="2021-Q1").is_seen("2020-Q4")


QUARTERS = [f"{year}-Q{quarter}" for year in range(1999, 2031) for quarter in (1, 2, 3, 4)]
WINDOWS = st.one_of(
    st.tuples(st.sampled_from(QUARTERS), st.sampled_from(QUARTERS)).map(sorted),
    st.sampled_from(QUARTERS).map(lambda quarter: [quarter, quarter]),
)


@given(
    window=WINDOWS,
    is_open=st.booleans(),
    periods=st.one_of(
        st.lists(st.sampled_from(QUARTERS), max_size=12),
        st.lists(st.integers(1999, 2030).map(str), max_size=12),
    ),
)
def test_a_window_shows_what_lies_in_it_and_says_so_where_nothing_does(
    window: list[str], is_open: bool, periods: list[str]
) -> None:
    said: list[Any] = []
    opened = desk(first_period=window[0], last_period="latest" if is_open else window[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", said.append)
        table = pd.DataFrame({"value": range(len(periods))}, index=periods)
        shown = opened.window(table)
    year_end = {p: p if "Q" in p else f"{p}-Q4" for p in periods}
    inside = [p for p in periods if window[0] <= year_end[p] and (is_open or year_end[p] <= window[1])]
    assert list(shown.index) == (inside or periods)
    assert len(said) == (not inside and bool(periods))
    if said:
        first, last, begins, ends = map(label, (*window, min(periods), max(periods)))
        within = f"in {first}" if first == last else f"from {first} to {last}"
        asked = f"since {first}" if is_open else within
        assert f"No data {asked}: this series runs from {begins} to {ends}," in said[0].data


def test_the_note_of_an_empty_window_has_no_english_word_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    monkeypatch.setattr("IPython.display.display", said.append)
    desk(first_period="2022-Q1", language="zh").window(SERIES)
    assert said[0].data.startswith("*2022Q1以来没有数据：该序列起于2020Q1，止于2021Q1，")


def test_a_published_number_is_of_the_edition_that_the_run_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(catalog, "pick", lambda *given: asked.append(("pick", *given)))
    monkeypatch.setattr(catalog, "vintage", lambda *given: asked.append(("vintage", *given)))
    desk(edition="latest").published("trips", "all", "2020")
    desk(edition="latest").published("trips", "all", "2020", "first-print")
    assert asked == [
        ("vintage", "trips", "all", "2020", "latest", "en"),
        ("pick", "trips", "all", "2020", "first-print", "en"),
    ]


def test_caveats_are_shown_in_the_language_of_the_run() -> None:
    known = pd.DataFrame(
        {"series_id": ["trips"], "period": ["2020"], "kind": ["break"], "text_en": ["New count."], "text_zh": ["新口径。"]}
    )  # fmt: skip
    assert repr(desk().caveats(known)) == (
        "Known caveats of the data used here\nseries\tperiod\tkind\tcaveat\ntrips\t2020\tbreak\tNew count."
    )
    assert "trips\t2020\t口径中断\t新口径。" in repr(desk(language="zh").caveats(known))


TOLD = {"title": "It rises", "subtitle": "Index", "source": "Source: made for a test"}


def test_charts_of_the_desk_speak_the_language_of_the_run() -> None:
    assert desk(language="zh").charts.bars({"2020": 1.0}, "balance", **TOLD).language == "zh"
    assert desk(language="zh").charts.bars({"2020": 1.0}, "balance", language="en", **TOLD).language == "en"


@pytest.mark.parametrize(
    ("id", "told", "exhibit"),
    [
        ("figure-8", {}, "图8"), ("figure3-shares", {}, "图3"), ("table6", {}, "表6"),
        ("figures-8", {}, ""), ("figure-8bc", {}, ""), ("shares", {"exhibit": "图9"}, "图9"), ("figure-8", {"exhibit": ""}, ""),
    ],
)  # fmt: skip
def test_the_id_of_a_chart_names_its_exhibit(id: str, told: dict[str, str], exhibit: str) -> None:
    assert desk().charts.lines({"2020": 1.0}, id, **told, **TOLD).exhibit == exhibit


def test_the_desk_has_every_form() -> None:
    forms = {name for name in charts.__all__ if name.islower()}
    assert forms == {name for name in vars(desk().charts) if not name.startswith("_")}


def test_a_chart_of_the_desk_refuses_what_its_form_does_not_have() -> None:
    with pytest.raises(charts.ChartError, match="chart balance: this form has no option 'colours'"):
        desk().charts.bars({"2020": 1.0}, "balance", colours="red", **TOLD)


def test_a_draft_composes_no_chart_of_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_DRAW", "none")
    assert desk().charts.bars({}, "figure-8", **TOLD)._repr_mimebundle_() == {}
