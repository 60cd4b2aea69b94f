"""Kinds of numeric expression that were once misread: each with its bounds, and generated members of the kind."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.census import lexicon, numerals, scan

Found = tuple[str, str, str]


def quantities(text: str) -> list[Found]:
    """Value, unit and hedge of each quantity."""
    return [(e.value, e.unit, e.hedge) for e in scan(text) if e.kind == "quantity"]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(e.text, e.kind) for e in scan(text)]


CASES: dict[str, tuple[str, list[Found]]] = {
    "digits in two powers": ("总人口14亿1178万人。", [("141178", "万人", "")]),
    "ten thousands and thousands": ("支出13万2千元。", [("132", "千元", "")]),
    "a last group without power": ("产量3万4000吨。", [("34000", "吨", "")]),
    "words, then digits": ("投资十亿3000万元。", [("103000", "万元", "")]),
    "decimals in the last group only": ("共2亿3.5万元。", [("20003.5", "万元", "")]),
    "powers that do not fall are two numbers": ("增加2万和3亿元。", [("2", "万", ""), ("3", "亿元", "")]),
    "a list of shares has one unit": (
        "占比分别为6.8、36.5和56.7%。",
        [("6.8", "%", ""), ("36.5", "%", ""), ("56.7", "%", "")],
    ),
    "a list that falls, falls throughout": (
        "比重分别回落2.16和1.66个百分点。",
        [("-2.16", "个百分点", ""), ("-1.66", "个百分点", "")],
    ),
    "units that differ are kept": ("新增3家、50人。", [("3", "家", ""), ("50", "人", "")]),
    "a hedge before a list holds for it": ("分别增长逾46%和28%。", [("46", "%", "逾"), ("28", "%", "逾")]),
    "a hedge of one's own is kept": ("分别为近10%和20%以上。", [("10", "%", "近"), ("20", "%", "以上")]),
    "a hedge does not cross units": ("超过200家和50亿元。", [("200", "家", "超过"), ("50", "亿元", "")]),
    "millionths": ("缺陷率为百万分之五。", [("5", "ppm", "")]),
    "a small fraction keeps its digits": ("约为三千分之一。", [("0.03333", "%", "约为")]),
    "traditional characters": (
        "總額12萬億元，增長3.5個百分點，產量213.3萬噸。",
        [("12", "万亿元", ""), ("3.5", "个百分点", ""), ("213.3", "万吨", "")],
    ),
    "bankers' numerals": ("合同金额伍仟元整，另有叁拾万元。", [("5000", "元", ""), ("30", "万元", "")]),
    "characters that are bankers' numerals elsewhere": ("大陆地区的陆地面积与队伍建设。", []),
    "elliptic": ("预算三万五，另一笔三万零五。", [("35000", "", ""), ("30005", "", "")]),
    "a power alone before 以上": (
        "亿元以上项目，百万元以上合同，千万元以下企业。",
        [("1", "亿元", "以上"), ("100", "万元", "以上"), ("1000", "万元", "以下")],
    ),
    "a power alone without a bound counts nothing": ("亿元项目与万元户。", []),
    "groups in words alone": ("总人口十四亿一千一百七十八万人。", [("141178", "万人", "")]),
    "groups in traditional words": ("約三億五千萬美元。", [("35000", "万美元", "约")]),
    "hundreds within a group": ("收入3千5百万元。", [("35", "百万元", "")]),
    "tenths and half tenths": ("占六成五，另有三成半。", [("65", "%", ""), ("35", "%", "")]),
    "a list of points has one unit": ("分别比上年回落0.3个、0.5个百分点。", [("-0.3", "个百分点", ""), ("-0.5", "个百分点", "")]),
    "rates and points fall together": ("分别下降5.2%和3.1个百分点。", [("-5.2", "%", ""), ("-3.1", "个百分点", "")]),
    "a sign of its own is not doubled": ("分别下降5.2%和-3.1个百分点。", [("-5.2", "%", ""), ("-3.1", "个百分点", "")]),
    "a unit missing in the middle": ("分别增长5.1%、6和7.2%。", [("5.1", "%", ""), ("6", "%", ""), ("7.2", "%", "")]),
    "two neighbours above ten": ("十七十八家企业。", [("17", "家", ""), ("18", "家", "")]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_kind(name: str) -> None:
    text, expected = CASES[name]
    assert quantities(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三次产业结构调整为4:39:57。", [("4", "%", ""), ("39", "%", ""), ("57", "%", "")]),
        ("三次产业结构为14:39:57。", [("14", "", ""), ("39", "", ""), ("57", "", "")]),
        ("师生比为1:16。", [("1", "", ""), ("16", "", "")]),
        ("贷存比为10:30。", [("10", "", ""), ("30", "", "")]),
        ("收入之比为2.61:1。", [("2.61", "", ""), ("1", "", "")]),
    ],
)
def test_terms_of_a_ratio_are_quantities(text: str, expected: list[Found]) -> None:
    assert quantities(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "会议于上午10:30召开。",
        "2021-06-30 18:05:00 来源：新华社",
        "交易时间9:00-11:30。",
        "北京时间20:15，比赛开始。",
        "下午两点半开会。",
        "6月30日（周三）15:00起开放。",
    ],
)
def test_a_time_of_day_is_no_quantity(text: str) -> None:
    assert quantities(text) == []


def test_lines_of_contents_are_not_joined() -> None:
    found = kinds("1—13 社会总产值增长速度 16\n1—12 社会总产值构成 15\n")
    assert found == [("1—13", "ordinal"), ("16", "ordinal"), ("1—12", "ordinal"), ("15", "ordinal")]


@pytest.mark.parametrize("mark", "-–—‒−/~～")
def test_digits_before_a_dash_do_not_continue_the_line_above(mark: str) -> None:
    """Whatever dash follows the first digits of a line, they number something."""
    assert "161" not in [e.value for e in scan(f"本年增长速度为16\n1{mark}12 社会总产值构成\n")]


def test_a_number_broken_by_the_line_is_still_one() -> None:
    assert quantities("大型银行投入同比增长34.\n54%，达到127\n1笔。") == [
        ("34.54", "%", ""),
        ("1271", "笔", ""),
    ]


def test_rows_with_bars_at_their_end_are_tables() -> None:
    text = "指标 | 绝对数 | 比上年增长 |\n生产总值 | 617.50 | 5.2 |\n"
    assert {e.kind for e in scan(text)} == {"table"}


@given(st.integers(1, 99), st.integers(1, 9999))
def test_groups_of_falling_power_are_one_number(hundred_millions: int, ten_thousands: int) -> None:
    text = f"总人口{hundred_millions}亿{ten_thousands}万人。"
    assert quantities(text) == [(str(hundred_millions * 10**4 + ten_thousands), "万人", "")]


@given(
    st.lists(st.decimals(0, 99, places=1).filter(lambda d: d > 0), min_size=2, max_size=5),
    st.sampled_from(["下降", "回落", "减少"]),
)
def test_a_list_shares_sign_and_unit(values: list[object], verb: str) -> None:
    text = f"分别{verb}" + "、".join(map(str, values[:-1])) + f"和{values[-1]}个百分点。"
    assert quantities(text) == [(f"-{v}", "个百分点", "") for v in values]


@given(st.integers(1, 9), st.integers(3, 9))
def test_no_printed_fraction_is_read_as_nothing(part: int, zeros: int) -> None:
    found = quantities(f"概率为1{'0' * zeros}分之{part}。")
    assert float(found[0][0]) > 0


_DIGITS, _UNITS = "零一二三四五六七八九", ["", "十", "百", "千"]


def written_out(value: int) -> str:
    """A number as Chinese texts write it in full: 100100000 is 一亿零十万."""
    groups, text = [], ""
    while value:
        value, rest = divmod(value, 10_000)
        groups.append(rest)
    for place in range(len(groups) - 1, -1, -1):
        digits = f"{groups[place]:04d}"
        part = re.sub(
            "零+",
            "零",
            "".join(_DIGITS[int(d)] + (_UNITS[3 - n] if d != "0" else "") for n, d in enumerate(digits)),
        ).rstrip("零")
        text += part + (["", "万", "亿"][place] if part else "")
    text = re.sub("零+", "零", text).strip("零")
    return text[1:] if text.startswith("一十") else text


@given(
    st.one_of(
        st.integers(1, 10**12 - 1),
        st.sampled_from([10**n for n in range(12)]),
        st.builds(lambda a, b: a * 10**8 + b * 10**4, st.integers(1, 99), st.integers(1, 99)),
    )
)
def test_a_numeral_written_in_full_is_read_exactly(value: int) -> None:
    """一亿十万 is 100,100,000: no group is dropped, with 零 between the groups or without."""
    text = written_out(value)
    assert numerals.chinese(text) == value, text
    assert numerals.chinese(text.replace("零", "〇")) == value


@given(st.integers(10, 10**12 - 1), st.sampled_from(["元", "人", "吨"]))
def test_an_amount_written_in_words_is_worth_what_it_says(value: int, unit: str) -> None:
    found = quantities(f"共计{written_out(value)}{unit}。")
    assert len(found) == 1
    power = found[0][1].removesuffix(unit)
    assert Decimal(found[0][0]) * (numerals.POWER_OF[power] if power else 1) == value, found


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["万", "亿", "万亿"]), st.booleans())
def test_two_amounts_run_together_are_never_one_other_number(
    one: int, other: int, power: str, in_words: bool
) -> None:
    """In words nobody can tell where the second begins, so the amount has no value; digits are the two that they are."""
    first, second = (written_out(one), written_out(other)) if in_words else (str(one), str(other))
    found = quantities(f"余额{first}{power}{second}{power}元。")
    if in_words:
        assert found == [("", "元", "")]
    else:
        assert found == [(str(one), power, ""), (str(other), f"{power}元", "")]


def test_of_an_idiom_nothing_is_listed_not_even_its_first_or_its_second() -> None:
    assert {idiom for idiom in lexicon.IDIOMS.split() if scan(f"在{idiom}。")} == set()


@given(st.text(alphabet="零〇一二两三九十百千万亿点", max_size=9))
def test_no_run_of_numeral_characters_breaks_the_reader(text: str) -> None:
    value = numerals.chinese(text)
    assert value is None or value >= 0
    scan(f"共{text}元。")


@pytest.mark.parametrize(
    ("text", "value"), [("一亿十万", 100_100_000), ("二亿十一万", 200_110_000), ("万十一", 10_011), ("零十一", 11), ("亿零", 10**8), ("千万亿", 10**15), ("零点零五", Decimal("0.05"))]
)  # fmt: skip
def test_groups_are_added_whatever_stands_between_them(text: str, value: object) -> None:
    assert numerals.chinese(text) == value
