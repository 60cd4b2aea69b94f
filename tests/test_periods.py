"""Periods: where each ends on the axis of time, how it is written, and which lie between two."""

from __future__ import annotations

import pytest

from analysis.numbers import periods

MONTHS = [f"2020-{month:02d}" for month in range(1, 13)]


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2020", 2021.0), ("1999", 2000.0), ("2020-H1", 2020.5), ("2020-H2", 2021.0), ("2020-Q1", 2020.25), ("2020-Q2", 2020.5),
        ("2020-Q3", 2020.75), ("2020-Q4", 2021.0), ("2020-01", 2020 + 1 / 12), ("2020-06", 2020.5), ("2020-09", 2020.75), ("2020-12", 2021.0),
        ("2020-00", None), ("2020-13", None), ("2020-H3", None), ("2020-Q5", None), ("2020-Q0", None), ("202", None), ("2020-1", None), ("about 2020", None),
    ],
)  # fmt: skip
def test_a_period_stands_where_it_ends(period: str, end: float | None) -> None:
    assert periods.position(period) == (None if end is None else pytest.approx(end))


@pytest.mark.parametrize(
    ("period", "en", "zh"),
    [
        ("2020", "2020", "2020"), ("2020-H1", "2020 H1", "2020上半年"), ("2020-H2", "2020 H2", "2020下半年"),
        ("2020-Q1", "2020 Q1", "2020Q1"), ("2020-12", "2020-12", "2020-12"), ("by region", "by region", "by region"),
    ],
)  # fmt: skip
def test_a_period_is_written_as_readers_write_it(period: str, en: str, zh: str) -> None:
    assert (periods.label(period), periods.label(period, "en"), periods.label(period, "zh")) == (en, en, zh)


def test_a_year_before_is_the_same_part_of_a_year() -> None:
    assert [periods.year_before(p) for p in ("2020", "2020-H2", "2021-Q1", "2000-01")] == [
        "2019", "2019-H2", "2020-Q1", "1999-01",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="'2019/2021' is no period"):
        periods.year_before("2019/2021")


def test_periods_stand_in_time_and_other_names_one_after_the_other() -> None:
    assert periods.positions(["2021", "2020-H1", "2021"]) == {"2021": 2022.0, "2020-H1": 2020.5}
    assert periods.positions(["2021", "b", "a", "b"]) == {"2021": 0.0, "b": 1.0, "a": 2.0}
    assert periods.positions([]) == {}


def test_periods_are_sorted_in_time_and_other_names_stay() -> None:
    assert periods.in_order(["2021", "2019-Q4", "2020-H1", "2021"]) == ["2019-Q4", "2020-H1", "2021"]
    assert periods.in_order(["north", "all", "north"]) == ["north", "all"]


@pytest.mark.parametrize(
    ("names", "years"),
    [
        (["2020", "2022", "2021"], 1.0), (["2018", "2020", "2023"], 2.0), (["2020-Q1", "2020-Q2"], 0.25), (["2020-H1", "2020-Q3"], 0.25),
        (["2020"], 1.0), ([], 1.0), (["2020-Q4", "2020"], 1.0),
    ],
)  # fmt: skip
def test_the_step_is_the_smallest_distance(names: list[str], years: float) -> None:
    assert periods.step(names) == pytest.approx(years)


@pytest.mark.parametrize(
    ("names", "filled"),
    [
        (["2018", "2019", "2021"], ["2018", "2019", "2020", "2021"]),
        (["2021", "2018", "2019"], ["2018", "2019", "2020", "2021"]),
        (["2019-Q3", "2019-Q4", "2020-Q2"], ["2019-Q3", "2019-Q4", "2020-Q1", "2020-Q2"]),
        (["2019-H1", "2019-H2", "2020-H2"], ["2019-H1", "2019-H2", "2020-H1", "2020-H2"]),
        (["2019-11", "2019-12", "2020-02"], ["2019-11", "2019-12", "2020-01", "2020-02"]),
        (["2019-10", "2019-11", "2020-01"], ["2019-10", "2019-11", "2019-12", "2020-01"]),
        ([MONTHS[0], MONTHS[1], MONTHS[3]], MONTHS[:4]),
        (["2018", "2019", "2020", "2022"], ["2018", "2019", "2020", "2021", "2022"]),
        (["2019-Q1", "2019-Q2", "2019-Q4"], ["2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"]),
        (["2010", "2011", "2018"], [str(year) for year in range(2010, 2019)]),  # nine from three
        (["2010", "2011", "2019"], ["2010", "2011", "2019"]),  # and no more
        (MONTHS, MONTHS),
    ],
    ids=lambda names: " ".join(names[:3]),
)  # fmt: skip
def test_missing_periods_of_an_even_grid_are_filled_in(names: list[str], filled: list[str]) -> None:
    assert periods.filled(names) == filled


@pytest.mark.parametrize(
    "names",
    [
        ["2019", "2021"],  # two points know no grid
        ["2018-H1", "2019-H1", "2020-H1"],  # their own step is a year
        ["2019", "2020-H1", "2021-H1"],  # two kinds
        ["2018-Q1", "2018-H2", "2020-Q1"],
        ["2018-H2", "2019-Q1", "2019-H2"],  # halves and quarters, with a gap
        ["2018-H2", "2019-03", "2019-H2"],
        ["a", "b", "c"],
        ["2018", "2020", "2023"],  # three years are no whole number of steps of two
    ],
    ids=" ".join,
)
def test_what_stands_on_no_even_grid_is_only_sorted(names: list[str]) -> None:
    assert periods.filled(names) == names


def test_no_more_than_two_in_three_periods_are_filled_in() -> None:
    """2001, 2002 and 2009 span nine years: three times as many as there are; 2010 would make ten."""
    assert periods.filled(["2001", "2002", "2009"]) == [str(year) for year in range(2001, 2010)]
    assert periods.filled(["2001", "2002", "2010"]) == ["2001", "2002", "2010"]


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("KPMG 2021-H1", "en", "KPMG 2021 H1"), ("KPMG 2021-H1", "zh", "KPMG 2021上半年"), ("from 2020-Q4 to 2021-Q1", "en", "from 2020 Q4 to 2021 Q1"), ("2021", "zh", "2021"),
        ("cbi-2021q1", "en", "cbi-2021q1"),
    ],
)  # fmt: skip
def test_periods_within_a_text_are_written_as_readers_write_them(
    text: str, language: str, written: str
) -> None:
    assert periods.within(text, language) == written
