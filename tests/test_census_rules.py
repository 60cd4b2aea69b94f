"""The rules of the census one by one: what each takes, what it leaves to the next, and how lines are joined."""

from __future__ import annotations

import re
import string
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.census import Claim, amounts, dates, layout, numerals, scan
from analysis.census.coverage import says
from analysis.census.expression import Expression
from analysis.census.layout import lay_out, narrow
from analysis.census.lexicon import either
from analysis.errors import UserError

Found = tuple[str, str, str]


def quantities(text: str) -> list[Found]:
    return [(e.value, e.unit, e.hedge) for e in scan(text) if e.kind == "quantity"]


def of_kind(text: str, kind: str) -> list[str]:
    return [e.text for e in scan(text) if e.kind == kind]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("增速下降\n\n5.5%的企业受益。", [("5.5", "%", "")]),  # the word stands on another line
        ("增速下降5.5%。", [("-5.5", "%", "")]),
        ("约占全部网点的5家。", [("5", "家", "")]),  # across 的 a hedge governs shares alone
        ("约占全部网点的一半。", [("50", "%", "约")]),
        ("由5到3亿元。", [("5", "", ""), ("3", "亿元", "")]),  # no range
        ("由3到5亿元。", [("3", "亿元", ""), ("5", "亿元", "")]),
        ("约3至5家。", [("3", "家", "约"), ("5", "家", "约")]),
        ("下降3至5%。", [("-3", "%", ""), ("-5", "%", "")]),
        ("三成至五成用户。", [("30", "%", ""), ("50", "%", "")]),
        ("5亿至13亿元。", [("5", "亿", ""), ("13", "亿元", "")]),
        ("约1/4的网点，2/3以上的用户。", [("25", "%", "约"), ("66.67", "%", "以上")]),
        ("三分之一以上，七分之二。", [("33.33", "%", "以上"), ("28.57", "%", "")]),
        ("千分之三点五，万分之二，百分之零点五。", [("3.5", "‰", ""), ("2", "‱", ""), ("0.5", "%", "")]),
        ("百分之五至八，千分之三到六。", [("5", "%", ""), ("8", "%", ""), ("3", "‰", ""), ("6", "‰", "")]),
        ("百分之八至五。", [("8", "%", "")]),
        ("下降百分之三。", [("-3", "%", "")]),
        ("一成半，两成半，不足三成，四成多。", [("15", "%", ""), ("25", "%", ""), ("30", "%", "不足"), ("40", "%", "多")]),
        ("比重分布为3:5:92。", [("3", "%", ""), ("5", "%", ""), ("92", "%", "")]),
        ("比重分布为3:5:91.6，构成为3:5:93。", [("3", "%", ""), ("5", "%", ""), ("91.6", "%", ""), ("3", "", ""), ("5", "", ""), ("93", "", "")]),
        ("翻了近两番，翻番，翻3番多。", [("2", "番", "近"), ("1", "番", ""), ("3", "番", "多")]),
        ("形成3+1格局。", [("4", "", "")]),
        ("前十大客户，前20%的企业，前5名。", [("10", "大", ""), ("20", "%", ""), ("5", "名", "")]),
        ("七八个部门，八七个部门。", [("7", "个", ""), ("8", "个", "")]),
        ("三四千户，五六成。", [("3000", "户", ""), ("4000", "户", ""), ("50", "%", ""), ("60", "%", "")]),
        ("零下5℃，负三个百分点。", [("-5", "℃", ""), ("-3", "个百分点", "")]),
        ("位居第三，全国排名第 12 位，第二大市场。", [("3", "", ""), ("12", "位", ""), ("2", "大", "")]),
        ("仅一家，唯一一家，一倍，一番，二成。", [("1", "家", ""), ("1", "倍", ""), ("1", "番", ""), ("20", "%", "")]),
        ("十个，百余个，两百个，三点五倍。", [("10", "个", ""), ("100", "个", "余"), ("200", "个", ""), ("3.5", "倍", "")]),
        ("共12,345.60亿元。", [("12345.60", "亿元", "")]),
        ("得分3/3。", [("3", "", ""), ("3", "", "")]),  # no share of a whole
        ("，/2/3，", [("2", "", ""), ("3", "", "")]),
        ("1,5万3千元", [("1", "", ""), ("5", "万", ""), ("3", "千元", "")]),  # a comma out of place
        ("5万3千元", [("53", "千元", "")]),
        ("零分之五，二一分之三。", []),  # no share of nothing, nor of what is no numeral
        ("十三十七家企业。", [("", "家", "")]),  # no neighbours, nor one number
        ("余额三万亿五万亿元。", [("", "元", "")]),
        ("余额3万亿5万亿元。", [("3", "万亿", ""), ("5", "万亿元", "")]),  # digits tell where the second begins
        ("余额3.54.2亿元，占3.54%。", [("", "元", ""), ("3.54", "%", "")]),
        ("分别下降5.2%和3.1.1%。", [("-5.2", "%", ""), ("", "%", "")]),  # nor is it given a sign, whatever its list is
        ("近五年和30，", [("30", "", "")]),  # the hedge is that of a length of time
        ("近千亿百亿元。", [("", "元", "")]),
        ("下降三万亿五万亿元、3亿元。", [("", "元", ""), ("3", "亿元", "")]),  # what is not read shares nothing
        ("位列前三。", [("3", "", "")]),
        ("共3 及 5家。", [("3", "家", ""), ("5", "家", "")]),
        ("人数近百，百余，规模近亿。", [("100", "", "余"), ("1", "亿", "近")]),
        ("百项任务，千家万户，四海之内，零五会议，三星手机。", []),
        ("共十五，", [("15", "", "")]),
        ("由5至5亿元。", [("5", "", ""), ("5", "亿元", "")]),  # no range from a number to itself
        ("三至五，", []),
        ("三百万至五百万元。", [("300", "万元", ""), ("500", "万元", "")]),
        ("百分之五至五。", [("5", "%", "")]),
        ("结构为3:5:91.5。", [("3", "%", ""), ("5", "%", ""), ("91.5", "%", "")]),  # half a point from the whole
        ("百分之5.0，1/2的网点。", [("5.0", "%", ""), ("50", "%", "")]),
        ("约占全部网点的三分之一。", [("33.33", "%", "约")]),
        ("全国第三产业增长。", []),
        ("分别为-3、-5%，−3、5个百分点。", [("-3", "%", ""), ("-5", "%", ""), ("-3", "个百分点", ""), ("5", "个百分点", "")]),
        ("三成、五家。", [("30", "%", ""), ("5", "家", "")]),
        ("全国第三次普查，居全国第三批。", []),  # it counts off, whatever stands before
        ("第二大市场，规模第二大。", [("2", "大", ""), ("2", "大", "")]),
        ("五成六，占六成五，六成半。", [("56", "%", ""), ("65", "%", ""), ("65", "%", "")]),
        ("前3.5名，前10%的企业。", [("3.5", "名", ""), ("10", "%", "")]),
        ("共3万4000.50吨，1亿2000万人。", [("34000.50", "吨", ""), ("12000", "万人", "")]),
        ("一亿二千万人，三万四千吨。", [("12000", "万人", ""), ("34000", "吨", "")]),  # in words alone
        ("零家，百分之零，1000分之0。", [("0", "%", ""), ("0", "‰", "")]),
        ("三斤重，四个，五折。", [("4", "个", "")]),
    ],
)  # fmt: skip
def test_quantities_by_rule(text: str, expected: list[Found]) -> None:
    assert quantities(text) == expected


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("近五个季度以来，", ["五个季度以来"]), ("近半年来，", ["半年来"]), ("半个世纪以来，", ["半个世纪以来"]), ("过去3年间，", ["3年间"]), ("3年期国债。", []), ("期限为3年。", []),
        ("延长至3天。", []), ("连续3天上涨。", ["3天"]), ("3天内完成。", ["3天内"]), ("第3年。", []), ("2015-2020年，", ["2015-2020年"]), ("2020-2015年，", ["2020", "2015年"]), ("2020-2020年。", ["2020", "2020年"]), ("3.5年内完成，第3年内，2020/3天内，千年以来。", ["2020/3"]), ("$2021 and ￥2021。", []),
        ("2021家，2021,000元。", []), ("2021/06/30，", ["2021/06/30"]), ("2021年3、4月，", ["2021年3、4月"]), ("上午10:30，", ["10:30"]), ("贷存比为10:30。", []), ("9:00-11:30。", ["9:00", "11:30"]),
        ("营业时间24小时不间断。", ["24小时"]), ("缩短24小时服务。", []), ("H1收入，Q3增长。", ["H1", "Q3"]), ("H5页面。", []), ("二〇二一年六月，", ["二〇二一年六月"]), ("21世纪90年代，", ["21世纪90年代"]),
    ],
)  # fmt: skip
def test_dates_and_lengths_of_time(text: str, dates: list[str]) -> None:
    assert of_kind(text, "date") == dates


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2021年6月", "2021-06"), ("2021年11月", "2021-11"), ("2021年6月5日", "2021-06-05"), ("2021-06-30", "2021-06-30"), ("2021年3-11月", "2021-03/11"), ("2021上半年", "2021-H1"), ("2021年后半年", "2021-H2"),
        ("2021年第三季度", "2021-Q3"), ("2021年4季度", "2021-Q4"), ("2021Q3", "2021-Q3"), ("2021H2", "2021-H2"), ("2021年", "2021"), ("2013至2021年", "2013/2021"), ("3月末", ""), ("一季度", ""),
    ],
)  # fmt: skip
def test_the_period_of_a_date(text: str, period: str) -> None:
    assert [e.value for e in scan(f"截至{text}，") if e.kind == "date"] == [period]


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        ("数字三是奇数。", []), ("，三是创新。", ["3"]), ("（2）创新", ["2"]), ("说明(3)创新", ["3"]), ("其一是。", ["1"]), ("①创新②发展", ["1", "2"]), ("⑳", ["20"]), ("第十二条", ["12"]), ("首家银行", ["1"]), ("图 3-1 网点", ["3"]),
        ("附表十二", ["12"]), ("增长⁴。", ["4"]), ("面积km²。", []), ("面积m²。", []), ("        31 家", []), ("占比¹²。", ["12"]), ("一、概况", ["1"]), ("十二、概况", ["12"]), ("2.1 市场", ["2.1"]), ("引用[12]。", ["12"]), ("第3批试点", ["3"]), ("\n- 7 -\n", ["7"]),
        ("第一章 总则……12\n", ["1", "12"]), ("共有7\n", []),
    ],
)  # fmt: skip
def test_ordinals_and_marks(text: str, ordinals: list[str]) -> None:
    assert [e.value for e in scan(text) if e.kind == "ordinal"] == ordinals


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Windows 10 系统", ["10"]), ("Windows 10 年", []), ("《规划》5家，", []), ("GDP 10 万亿元", []), ("ISO 9001 认证", ["9001"]), ("USD5亿", []), ("邮编：100140。", ["100140"]), ("沪深300指数", ["沪深300指数"]), ("COVID-19", ["COVID-19"]), ("FinTech", []), ("5G网络", ["5G"]),
        ("《规划2020》", ["2020"]), ("https://a.cn/2021/5", []), ("60岁以上老人", ["60岁以上"]), ("10年期国债", ["10年期"]), ("12345热线", ["12345"]), ("12306平台", ["12306"]),
    ],
)  # fmt: skip
def test_numbers_of_names(text: str, names: list[str]) -> None:
    assert of_kind(text, "name") == names


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("共127\n其中5家\n", "共127\n其中5家\n"),  # a short line is complete
        ("增长34.\n54%，\n", "增长34.54%，\n"), ("增长34\n.5%，\n", "增长34.5%，\n"), ("达127\n1笔\n", "达1271笔\n"), ("达127\n,001笔\n", "达127,001笔\n"), ("于20\n21年\n", "于2021年\n"), ("达20\n31年\n", "达2031年\n"), ("达18\n31年\n", "达18\n31年\n"),
        ("达2078\n亿元\n", "达2078亿元\n"), ("达35\n2020年，\n", "达35\n2020年，\n"), ("达35\n2021笔，\n", "达35\n2021笔，\n"), ("见表 1\n2笔\n", "见表 1\n2笔\n"), ("达16\n1—12 构成\n", "达16\n1—12 构成\n"),
        ("这一行有十六个字这一行有十六个字\n下行\n", "这一行有十六个字这一行有十六个字下行\n"), ("这一行有十五字这一行有十五个字\n下行\n", "这一行有十五字这一行有十五个字\n下行\n"),
        ("这一行有十六个字这一行有十六个字。\n下行\n", "这一行有十六个字这一行有十六个字。\n下行\n"), ("这一行有十六个字这一行有十六个字\n\n\n\n下行\n", "这一行有十六个字这一行有十六个字下行\n"), ("这一行有十六个字这一行有十六个字\n\n\n\n\n下行\n", "这一行有十六个字这一行有十六个字\n下行\n"),
        ("这一行有十六个字这一行有十六\tA\n下行\n", "这一行有十六个字这一行有十六\tA\n下行\n"), ("这一行有十六个字这一行有十六个字\n（一）下行\n", "这一行有十六个字这一行有十六个字\n（一）下行\n"), ("这一行有十六个字这一行有十六个A\nB行\n", "这一行有十六个字这一行有十六个A\nB行\n"),
        ("这一行有十六个字这一行有十六个字\n  下行\n", "这一行有十六个字这一行有十六个字下行\n"), ("目录这一行有十六个字....12\n下行\n", "目录这一行有十六个字....12\n下行\n"), ("", ""), ("\n \n", ""),
    ],
)  # fmt: skip
def test_lines_that_go_on_are_joined(source: str, text: str) -> None:
    layout = lay_out(source)
    assert layout.text == text
    for at, character in enumerate(layout.text):
        if character != "\n":
            assert narrow(source[layout.origin(at)]) == character


def test_an_expression_begins_with_its_sign_or_its_many() -> None:
    found = [e.text for e in scan("共数十家，几十亿元，零下5℃，利润-3.2亿元。") if e.kind == "quantity"]
    assert found == ["数十家", "几十亿元", "零下5℃", "-3.2亿元"]


@pytest.mark.parametrize(
    ("text", "printed"),
    [("占六成五，", "六成五"), ("占六成半，", "六成半"), ("六成以上", "六成"), ("前10%的企业", "10%"), ("前3.5名", "3.5名"), ("前3名", "前3名"), ("10%及以上用户", "10%"), ("10% 或以上用户", "10%")],
)  # fmt: skip
def test_an_expression_ends_with_its_last_tenth_and_before_what_joins(text: str, printed: str) -> None:
    assert [e.text for e in scan(text)] == [printed]


@pytest.mark.parametrize(("between", "sign"), [("：" * 38, "-"), ("：" * 39, "")])
def test_words_of_direction_are_searched_forty_characters_back(between: str, sign: str) -> None:
    assert amounts.before("回落" + between, 2 + len(between)) == ("回落" + between)[-40:]
    assert [e.value for e in scan(f"回落{between}5%")] == [f"{sign}5"]


@pytest.mark.parametrize(("text", "before"), [("\n甲5", "甲"), ("甲5", "甲"), ("甲\n5", ""), ("5", "")])
def test_what_stands_on_the_line_above_leads_to_no_number(text: str, before: str) -> None:
    assert amounts.before(text, len(text) - 1) == before


def test_what_joins_two_amounts_belongs_to_neither() -> None:
    assert [e.text for e in scan("共3 及 5家。")] == ["3", "5家"]


@pytest.mark.parametrize(
    ("characters", "is_prose"),
    [
        ("甲" * 49 + "\ue000", True), ("甲" * 48 + "\ue000", False), ("甲" * 48 + "\uf8ff", False), ("甲" * 48 + "\x1f", False), ("甲" * 48 + "\x7f", False),
        ("甲" * 48 + "\n\r\t\f", True), ("甲" * 48 + " ", True), ("甲" * 48 + "\uf900", True), ("甲" * 98 + "\ue000\x00", True), ("", True),
    ],
)  # fmt: skip
def test_two_odd_characters_in_a_hundred_are_prose_and_more_are_not(characters: str, is_prose: bool) -> None:
    assert layout._is_prose(characters) is is_prose


def test_only_what_is_read_as_gb18030_has_to_be_prose(tmp_path: Path) -> None:
    (tmp_path / "utf8").write_text("\ue000" * 9, encoding="utf-8")
    assert layout.read(tmp_path / "utf8") == "\ue000" * 9
    (tmp_path / "other").write_bytes(("\ue000" * 9).encode("gb18030"))
    with pytest.raises(UserError, match="neither UTF-8 nor GB18030"):
        layout.read(tmp_path / "other")


def test_nothing_at_all_is_laid_out_too() -> None:
    assert (lay_out("").text, lay_out("").origin(0)) == ("", 0)
    assert lay_out("  甲\n").text == "  甲\n"


@pytest.mark.parametrize(
    "source",
    [
        "1-12 社会总产值 15\n3家银行增长，\n",
        "达到12\n1-13 社会总产值\n",
        "十六个字的这一行有十六个字目....\n下行\n",
        "十六个字的这一行有十六个字.. 12\n下行\n",
        "十六个字的这一行有十六个字目……\n下行\n",
    ],
)
def test_lines_of_contents_end(source: str) -> None:
    assert lay_out(source).text == source


def test_a_line_is_found_by_any_of_its_characters() -> None:
    layout = lay_out("甲乙\n丙\n")
    assert [layout.position(at) for at in range(5)] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]


def test_wide_traditional_and_bankers_forms_are_read_as_plain_ones() -> None:
    assert narrow("ＡＢＺａｂｚ０９％．　") == "ABZabz09%. "
    wide = "".join(chr(ord(c) + 0xFEE0) for c in string.ascii_letters)  # as Unicode places them
    assert narrow(wide) == string.ascii_letters
    assert narrow("［＠｀") == "［＠｀", "only letters and what numbers are made of"
    assert narrow("伍仟元，叁拾万，大陆，伍") == "五千元，三十万，大陆，伍"


SCALES = {
    "千": 3,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}


def expression(value: str, unit: str, kind: str = "quantity") -> Expression:
    return Expression(1, 1, value + unit, value, unit, "", kind, 0, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", SCALES)
def test_a_claim_in_another_power_says_the_same(scale: str) -> None:
    plain = expression("5" + "0" * SCALES[scale], "元")
    assert says(Claim("c", "", "5", f"{scale}元"), plain)
    assert not says(Claim("c", "", "50", f"{scale}元"), plain)
    assert says(Claim("c", "", "5" + "0" * SCALES[scale], "户"), expression("5", f"{scale}户"))
    assert numerals.POWER_OF.get(scale, Decimal(10) ** SCALES[scale]) == Decimal(10) ** SCALES[scale]


@pytest.mark.parametrize(
    ("printed", "unit", "value", "found", "same"),
    [
        ("5", "%", "5", "%", True), ("5", "%", "-5", "%", True), ("5", "%", "5", "", False), ("5", "元", "5", "", False), ("5", "家", "5", "", True), ("5", "", "5", "位", True), ("5", "位", "5", "大", True), ("5", "家", "5", "户", False),
        ("5", "个百分点", "5", "百分点", True), ("5", "美金", "5", "美元", True), ("5", "人民币", "5", "元", True), ("三", "家", "3", "家", True), ("第三", "位", "3", "位", True), ("5.50", "%", "5.5", "%", True), ("1,234", "户", "1234", "户", True),
        ("5", "千瓦", "5000", "元", False), ("5", "千瓦", "5", "千瓦", True), ("远高于", "", "5", "", False),
    ],
)  # fmt: skip
def test_what_a_claim_says(printed: str, unit: str, value: str, found: str, same: bool) -> None:
    assert says(Claim("c", "", printed, unit), expression(value, found)) is same
    assert says(Claim("c", "", printed, unit), expression(value, found, "table")) is same
    assert not says(Claim("c", "", printed, unit), expression(value, found, "date"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0), ("一", 1), ("两", 2), ("九", 9), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35), ("百", 100), ("一百零五", 105), ("三百五", 350), ("三百五十", 350), ("千", 1000), ("两千", 2000), ("三千五", 3500), ("千万", 10**7), ("三万五", 35000),
        ("三万零五", 30005), ("三亿五", 350_000_000), ("十五亿", 1_500_000_000), ("三点五", 3.5), ("零点零五", 0.05), ("三万二千", 32000), ("三百二百", None), ("二一", None), ("", None),
    ],
)  # fmt: skip
def test_chinese_numerals(text: str, value: float | None) -> None:
    found = numerals.chinese(text)
    assert found is None if value is None else float(found or 0) == value and found is not None


@pytest.mark.parametrize(
    ("text", "number", "power"), [("三百万", "三百", "万"), ("三万二千", "三万二千", ""), ("万亿", "", "万亿"), ("五亿", "五", "亿"), ("五", "五", "")]
)  # fmt: skip
def test_the_power_at_the_end_belongs_to_the_unit(text: str, number: str, power: str) -> None:
    assert numerals.split_power(text) == (number, power)


@pytest.mark.parametrize(
    ("text", "value", "power"),
    [("三点五万", 3.5, "万"), ("三百万", 300, "万"), ("三万五千亿", 35000, "亿"), ("十四亿一千一百七十八万", 141178, "万"), ("三十五", 35, ""), ("二一万", None, "万")],
)  # fmt: skip
def test_what_is_counted_keeps_the_power_at_its_end(text: str, value: float | None, power: str) -> None:
    assert numerals.counted(text) == (None if value is None else Decimal(str(value)), power)


@pytest.mark.parametrize("blanks", ["", " ", "   "])
def test_a_date_ends_before_the_blanks_that_follow(blanks: str) -> None:
    match = re.match(r"2021年 *", f"2021年{blanks}增长")
    assert match is not None
    assert dates._date(match, "").end == 5


def test_the_longest_word_of_an_alternation_is_tried_first() -> None:
    found = re.match(either("个 个百分点 个百"), "个百分点")
    assert found is not None and found[0] == "个百分点"


def test_offsets_are_for_programs_and_not_shown() -> None:
    (found,) = scan("5家。")
    assert "start" not in repr(found) and "end" not in repr(found)
    assert "starts" not in repr(lay_out("甲")) and "origins" not in repr(lay_out("甲"))
