"""Rules for numerals that count nothing: ordinals and marks, names, identifiers, idioms."""

from __future__ import annotations

import re

from analysis.census import numerals
from analysis.census.amounts import before
from analysis.census.expression import Draft
from analysis.census.lexicon import IDIOMS, INDICES, LATIN_UNITS, NAMES, POWER, UNIT, either

# in （ | **; not in 增长
_AT_LINE_START = re.compile(r"(?:^|\n)[\s*#>（(【]*$")
# in ， | （; not in 增长
_AT_CLAUSE_START = re.compile(r"(?:^|[\n，。；：、“”（(*！？\s])$")

# in 千方百计 | 一方面; not in 一家
IDIOM = re.compile(either(IDIOMS))
# in 两会 | 第三方; not in 三家
NAME = re.compile(either(NAMES))
# in 五中全会 | 十九届五中全会; not in 全会
PLENUM = re.compile(r"(?:第?十?[一二三四五六七八九十]{1,8}届)?[一二三四五六七八九十]{1,8}中全会")
# in 世界500强 | 500强; not in 500强化
INDEX = re.compile(
    rf"{either(INDICES)} ?(?:指数)? ?\d{{2,4}}(?!\d|[.,]\d| ?{UNIT}(?!强))(?: ?强| ?指数)?|\d{{2,4}} ?强(?!化|调|度|大)"
)
# in 95后 | 00 后; not in 75后5
COHORT = re.compile(r"[0-9][05] ?后(?!的?\d)")
# in 60岁及以上 | 18-35岁; not in 60年
AGES = re.compile(
    r"\d{1,3}(?: ?[-–—~～至] ?\d{1,3})? ?周?岁 ?(?:及|或|\(含\))?(?:以上|以下|以内)|\d{1,3} ?[-–—~～至] ?\d{1,3} ?周?岁|\d{1,3} ?周?岁(?=老|人口|人群|青年|儿童)"
)
# in 12345热线 | 7×24小时 | 3·15; not in 12345元
HOTLINE = re.compile(
    r"1(?:1[0-9]|2[0-2]|23\d\d)(?= ?(?:热线|平台|电话|网站))|7 ?[×xX*] ?24(?: ?小时)?|24 ?[×xX*] ?7|3·15|9·11|(?<=[“双])(?:11|12|618|3060)(?!\d)|\d\+[A-Z](?![A-Za-z])|\d+\.\d+ ?版"
)
# in 010-62301234 | 400-810-8888; not in 010-12
TELEPHONE = re.compile(
    r"0\d{2,3}[-－ ]\d{7,8}(?!\d)|400-\d{3,4}-\d{3,4}|1[3-9]\d{9}(?!\d)|\(0\d{2,3}\) ?\d{7,8}|\+86[- ]?\d[\d -]{7,}"
)
# in 邮编：100191 | ISBN 978-7-115; not in 编号
CODED = re.compile(
    r"(?:邮编|邮政编码|电话|传真|手机|账号|编号|代码|证号|文号|书号|统一书号|QQ|ISBN|ISSN|CN|DOI)[：: ]{0,2}(?P<code>\d[\dXx/.()（） -]*\d)"
)
# in 〔2021〕5号 | 第13号; not in 号召
DOCUMENT = re.compile(
    r"[〔\[［（(](?:19|20)\d\d[〕\]］）)] ?(?:第 ?)?\d+ ?号|(?:第 ?)?\d+ ?号(?!召)|\d+(?:号)?楼|\d{3,4}室"
)
# in [3] | [1,4-6]; not in (3)
CITATION = re.compile(r"\[\d{1,3}(?:[-,，]\d{1,3})*\]")
# in 5G; not in 5GB
GENERATION = re.compile(r"[1-6]G(?![A-Za-z0-9])")
# in ISO-27001 | R&D; not in 2021
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_./&+·@][A-Za-z0-9]+)*")
# in 3D打印 | 4K; not in 30GB
DIGITS_FIRST = re.compile(
    rf"(?!\d+(?:\.\d+)? ?{either(LATIN_UNITS)}(?![A-Za-z0-9]))\d+(?:\.\d+)?[A-Za-z][A-Za-z0-9]*(?:[-+][A-Za-z0-9]+)*|\d[A-Z]\d*级"
)
# in RMB100; not in RMB
_PREFIXED_MONEY = re.compile(r"(?:USD|RMB|CNY|HKD|EUR|GBP|JPY)(?=\d)")

# in 一、总体情况 | 2.1. 结果; not in 第一
HEADING = re.compile(
    r"[一二三四五六七八九十]{1,3}(?=、)|[一二三四五六七八九十]{1,3}(?=[)）])|\d{1,2}(?:\.\d{1,2}){0,3}(?=[.．、](?!\d)|[)）])|"
    rf"\d{{1,2}}[-–—]\d{{1,2}}(?=\s+[\u4e00-\u9fff])|\d{{1,2}}(?=\.[1-6]G)|\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}(?=\s+[^\s\d%])(?!\s*(?:{POWER}|{UNIT}|年|月|日))"
)
# in 一是完善 | ①; not in 一定
ENUMERATOR = re.compile(
    r"(?:其)?[一二三四五六七八九十](?=是|则)|[①-⑳]|[一二三四五六七八九十\d]{1,2}(?=[)）])"
)
# in 图 3 | 附件2 | 表2-1; not in 代表3
EXHIBIT = re.compile(
    rf"(?<![代发仪报列手钟地试草版意企])(?:附?[图表]|专栏|附件|附录|案例|脚注|图表|公式|(?<![关])注) ?[（(]?(?P<number>\d+|[一二三四五六七八九十]{{1,8}})(?:[-.]\d+)*(?! ?(?:{UNIT}|{POWER}|年|月))"
)
# in 第 3 | 第十二 | 首家; not in 首都
ORDINAL = re.compile(r"第 ?(?P<number>[一二三四五六七八九十百]{1,8}|\d+)|首(?=[家个批款单只张例台艘座])")
# in ¹²; not in 12
FOOTNOTE = re.compile(r"[⁰¹²³⁴-⁹]+")
# in - 12 -; not in 一二
PAGE = re.compile(r"[-–— ]*(?P<number>\d{1,3})[-–— ]*(?=\n|$)")
# in 概述......; not in 概述
_LEADERS = re.compile(r"(?:\.{2,}|…+|·{2,})\s*$")
# The line of a contents list without its page.
# in 1-13 社会总产值 ; not in 社会总产值
_CONTENTS_LINE = re.compile(r"\s*\d{1,2}(?:[-–—.]\d{1,2})+\s+[^\d\s][^，。；\n]*\s$")
# in 2.0 | 365; not in 12%
BESIDE_LATIN = re.compile(r"\d{1,5}(?:\.0)?(?![\d.,%])")
# in 亿 | 年; not in 的
_COUNTED = re.compile(rf" ?(?:{POWER}|{UNIT}|年|月)")
# A Latin word and a blank before a number.
# in Windows ; not in GDP
_LATIN_BEFORE = re.compile(
    r"(?<![A-Za-z])(?!GDP|CPI|PPI|PMI|USD|RMB|CNY|EUR|HKD|GBP|IPO|All|of|about|over|the|and|in|to)[A-Za-z][A-Za-z-]*[ ]$"
)


def skip(match: re.Match[str]) -> list[Draft] | None:
    """An idiom: passed over, nothing listed."""
    return []


def name(match: re.Match[str]) -> list[Draft] | None:
    """Part of a name or identifier."""
    return [Draft(match.start(), match.end(), "name")]


def coded(match: re.Match[str]) -> list[Draft] | None:
    """A telephone number, postcode or other identifier after the word that announces it."""
    return [Draft(match.start("code"), match.end("code"), "name")]


def latin(match: re.Match[str]) -> list[Draft] | None:
    """A Latin word: listed when it contains digits (G20, P2P, COVID-19), as a date when it is one (Q1, H2)."""
    word = match[0]
    if not any(c.isdigit() for c in word):
        return []
    if _PREFIXED_MONEY.match(word):
        return None
    return [Draft(match.start(), match.end(), "date" if re.fullmatch(r"[QH][1-4]", word) else "name")]


def _line_before(match: re.Match[str]) -> str:
    return match.string[: match.start()].rpartition("\n")[2]


def heading(match: re.Match[str]) -> list[Draft] | None:
    """The number of a heading at the start of a line."""
    return [_ordinal(match)] if _AT_LINE_START.search(_line_before(match)) else None


def enumerator(match: re.Match[str]) -> list[Draft] | None:
    """A number that only counts off: 一是, （2）, ①."""
    if match[0][0] in "其①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳":
        return [_ordinal(match)]
    return [_ordinal(match)] if _AT_CLAUSE_START.search(_line_before(match)) else None


def ordinal(match: re.Match[str]) -> list[Draft] | None:
    """A numeral with 第, of an exhibit, or a footnote mark."""
    return [_ordinal(match)]


def footnote(match: re.Match[str]) -> list[Draft] | None:
    """A footnote mark; after a Latin letter it is a power (km²)."""
    previous = match.string[match.start() - 1 : match.start()]
    return [] if previous.isascii() and previous.isalpha() else [_ordinal(match)]


def page(match: re.Match[str]) -> list[Draft] | None:
    """A page number: alone on its line, or after the leaders of a table of contents."""
    line = _line_before(match)
    if line.strip(" -–—") and not (_LEADERS.search(line) or _CONTENTS_LINE.match(line)):
        return None
    return [Draft(match.start("number"), match.end("number"), "ordinal", match["number"])]


def beside_latin(match: re.Match[str]) -> list[Draft] | None:
    """A number that belongs to the Latin word before it: Windows 10, ISO 9001."""
    if not _LATIN_BEFORE.search(before(match.string, match.start())):
        return None
    if _COUNTED.match(match.string, match.end()):
        return None
    return name(match)


def _ordinal(match: re.Match[str]) -> Draft:
    number = match.groupdict().get("number") or match[0]
    digits = re.sub(r"[^\d]", "", number) if re.search(r"\d", number) else ""
    value = re.sub("[–—]", "-", number) if re.fullmatch(r"\d+(?:[-–—.]\d+)*", number) else digits
    if not value:
        marks = {ord(c): str(i) for i, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
        worded = numerals.chinese(re.sub(r"[^一二三四五六七八九十百]", "", number) or "零")
        value = number.translate(marks) if number[0] in "⁰¹²³⁴⁵⁶⁷⁸⁹" else str(worded or "")
        value = str(ord(number[0]) - 0x245F) if "①" <= number[0] <= "⑳" else value
    return Draft(match.start(), match.end(), "ordinal", "1" if match[0] == "首" else value)
