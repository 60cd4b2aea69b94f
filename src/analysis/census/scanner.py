"""The census proper: walk through a text once and let the first rule that fits name each numeric expression."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from operator import itemgetter

from analysis.census import amounts, dates, labels
from analysis.census.expression import Draft, Expression
from analysis.census.layout import Layout, lay_out
from analysis.census.lexicon import HEDGES_BEFORE

_DIGIT = "0123456789"
_NUMERAL = "零〇一二两三四五六七八九十百千万亿"
_LETTER = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

Builder = Callable[[re.Match[str]], list[Draft] | None]


@dataclass(frozen=True)
class Rule:
    """A shape of numeric expression: the characters it can begin with, its pattern, and what a match means.

    `build` gives the drafts of a match, none to pass over it silently, or None when the context says that it is
    something else, so that the next rule is tried.
    """

    name: str
    starts: str
    pattern: re.Pattern[str]
    build: Builder


_IDIOM_STARTS = "".join(sorted({w[0] for w in labels.IDIOMS.split()}))
_NAME_STARTS = "".join(sorted({w[0] for w in labels.NAMES.split()}))
_INDEX_STARTS = "".join(sorted({w[0] for w in labels.INDICES.split()}))

RULES: tuple[Rule, ...] = (
    Rule("page number", _DIGIT + "-–—", labels.PAGE, labels.page),
    Rule("heading", _DIGIT + _NUMERAL, labels.HEADING, labels.heading),
    Rule("identifier", "邮电传手账编代证文书统QICD", labels.CODED, labels.coded),
    Rule("telephone", _DIGIT + "(+", labels.TELEPHONE, labels.name),
    Rule("document number", _DIGIT + "〔[［（(第", labels.DOCUMENT, labels.name),
    Rule("citation", "[", labels.CITATION, labels.ordinal),
    Rule("footnote mark", "⁰¹²³⁴⁵⁶⁷⁸⁹", labels.FOOTNOTE, labels.footnote),
    Rule("generation", "123456", labels.GENERATION, labels.name),
    Rule("index", _DIGIT + _INDEX_STARTS, labels.INDEX, labels.name),
    Rule("hotline", _DIGIT, labels.HOTLINE, labels.name),
    Rule("around the clock", "2", dates.AROUND_THE_CLOCK, dates.around_the_clock),
    Rule("cohort", _DIGIT, labels.COHORT, labels.name),
    Rule("age group", _DIGIT, labels.AGES, labels.name),
    Rule("years", "12", dates.YEARS, dates.years),
    Rule("year", "12", dates.YEAR, dates.year),
    Rule("tenor", _DIGIT + _NUMERAL, dates.TENOR, dates.tenor),
    Rule("month", _DIGIT, dates.MONTH, dates.plain),
    Rule("quarter", "第前上下后一二三四1234", dates.QUARTER, dates.plain),
    Rule("clock", _DIGIT + _NUMERAL, dates.CLOCK, dates.clock),
    Rule("terms of a ratio", _DIGIT, amounts.TERMS, amounts.terms),
    Rule("day", _DIGIT, dates.DAY, dates.plain),
    Rule("date in words", "一二三四五六七八九十", dates.IN_WORDS, dates.plain),
    Rule("era", _DIGIT + _NUMERAL, dates.ERA, dates.plain),
    Rule("range of parts", "百千万", amounts.PARTS_RANGE, amounts.parts_range),
    Rule("parts", _DIGIT + _NUMERAL, amounts.PARTS, amounts.parts),
    Rule("plenum", "第" + _NUMERAL, labels.PLENUM, labels.name),
    Rule("name", _NAME_STARTS, labels.NAME, labels.name),
    Rule("idiom", _IDIOM_STARTS, labels.IDIOM, labels.skip),
    Rule("enumerator", "其①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳" + _DIGIT + _NUMERAL, labels.ENUMERATOR, labels.enumerator),
    Rule("exhibit", "附图表专案脚公注", labels.EXHIBIT, labels.ordinal),
    Rule("half", "一半过近超逾不", amounts.HALF, amounts.half),
    Rule("doubled", "翻", amounts.DOUBLED, amounts.doubled),
    Rule("rank", "首榜居列之头第", amounts.RANK, amounts.rank),
    Rule("ordinal", "第首", labels.ORDINAL, labels.ordinal),
    Rule("duration", _DIGIT + _NUMERAL + "半", dates.DURATION, dates.duration),
    Rule("leading", "前", amounts.LEADING, amounts.leading),
    Rule("ratio", _DIGIT, amounts.RATIO, amounts.ratio),
    Rule("sum", _DIGIT, amounts.SUM, amounts.total),
    Rule("mixed numeral", _DIGIT + _NUMERAL, amounts.MIXED, amounts.mixed),
    Rule("range", _DIGIT + _NUMERAL, amounts.RANGE, amounts.bounds),
    Rule("two neighbours above ten", "十", amounts.TEENS, amounts.teens),
    Rule("pair", _NUMERAL, amounts.PAIR, amounts.pair),
    Rule("name with digits", _DIGIT, labels.DIGITS_FIRST, labels.name),
    Rule("Latin word", _LETTER, labels.LATIN, labels.latin),
    Rule("number of a Latin name", _DIGIT, labels.BESIDE_LATIN, labels.beside_latin),
    Rule("numbers run together", _DIGIT, amounts.RUN_TOGETHER, amounts.run_together),
    Rule("amount", _DIGIT, amounts.AMOUNT, amounts.arabic),
    Rule("amount in words", _NUMERAL, amounts.WORDED, amounts.worded),
)


def _by_first_character() -> dict[str, list[Rule]]:
    table: dict[str, list[Rule]] = {}
    for rule in RULES:
        for character in set(rule.starts):
            table.setdefault(character, []).append(rule)
    return table


_TABLE = _by_first_character()
# in 5 | 第; not in 的
_CANDIDATE = re.compile("[" + re.escape("".join(_TABLE)) + "]")
# in 三万 | GDP; not in 5%
_RUN = re.compile(f"[{_NUMERAL}]+|[A-Za-z]+")
_LEADING_HEDGES = frozenset(HEDGES_BEFORE.split())
# in 和 | （含税）、; not in 的
_LIST = re.compile(r"\s*(?:[（(][^（()）\n]{0,12}[)）])?\s*(?:、|和|及|与|以及)\s*")


def drafts(text: str) -> Iterator[Draft]:
    """The numeric expressions of a joined text, in order."""
    at = 0
    while found := _CANDIDATE.search(text, at):
        at = found.start()
        for rule in _TABLE[text[at]]:
            match = rule.pattern.match(text, at)
            if match is None or match.end() == at:
                continue
            result = rule.build(match)
            if result is None:
                continue
            yield from result
            at = max(match.end() if not result else max(d.end for d in result), at + 1)
            break
        else:
            at = _after(text, at)


def _after(text: str, at: int) -> int:
    """Where to go on when no rule fits: a run of numerals that is no number is passed over whole."""
    run = _RUN.match(text, at)
    return run.end() if run else at + 1


def _listed(found: Iterator[Draft], text: str) -> Iterator[Draft]:
    """Unit, sign and hedge that a list prints once belong to all its members.

    分别回落2.16和1.66个百分点 is −2.16 and −1.66, both 个百分点; 逾46%和28% hedges both.
    """
    group: list[Draft] = []
    for draft in found:
        if group and not _continues_list(group[-1], draft, text):
            yield from _shared(group, text)
            group = []
        group.append(draft)
    yield from _shared(group, text)


def _continues_list(last: Draft, draft: Draft, text: str) -> bool:
    are_read = last.kind == draft.kind == "quantity" and last.value and draft.value
    return bool(are_read) and _LIST.fullmatch(text, last.end, draft.start) is not None


def _shared(group: list[Draft], text: str) -> list[Draft]:
    """The members of one list with what they share. A member that prints a unit, sign or hedge of its own keeps it."""
    if len(group) < 2:
        return group
    unit = group[-1].unit
    short = ("", "个") if unit in ("个百分点", "个基点") else ("",)  # 回落0.3个、0.5个百分点
    are_digits = all(text[d.start].isdigit() or text[d.start] in "-−–" for d in group)
    if unit and are_digits and all(d.unit in (*short, unit) for d in group):
        group = [replace(d, unit=unit) for d in group]
    first = group[0]
    falls = first.value.startswith("-") and text[first.start] not in "-−–负零"
    leads = first.hedge if first.hedge in _LEADING_HEDGES else ""
    return [first, *(_as_first(d, first.unit, falls, leads) for d in group[1:])]


_RATES = {"%", "‰", "个百分点", "百分点", "个基点"}


def _as_first(draft: Draft, unit: str, falls: bool, hedge: str) -> Draft:
    if draft.unit != unit:
        are_rates = {draft.unit, unit} <= _RATES  # 分别下降5.2%和3.1个百分点
        return (
            replace(draft, value="-" + draft.value)
            if falls and are_rates and draft.value[0] != "-"
            else draft
        )
    if falls and not draft.value.startswith("-"):
        draft = replace(draft, value="-" + draft.value)
    return replace(draft, hedge=draft.hedge or hedge)


# in 《规划》; not in 规划
_TITLE = re.compile(r"《[^《》\n]{1,150}》")
# in https://example.org | a@example.org; not in example
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s，。；）)]+|(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+\.[A-Za-z0-9.]+"
)
# in 3 数据来源：央行 | 来源: 央行; not in 见来源：
_SOURCE_LINE = re.compile(
    r"(?:^|\n)[\s*]*(?:[⁰¹²³⁴-⁹]+|\[\d+\]|\d{1,2})?\s*(?:数据|资料|图片)?来源\s*[:：][^\n]*"
)
# in 图3 余额 | 2021年3月; not in 2021年增长
_TITLE_LINE = re.compile(
    r"(?:^|\n)[\s*]*(?:[图表] ?\d+[ :：][^\n]*|[⁰¹²³⁴-⁹]+[^\n]*|(?:19|20)\d\d ?年(?: ?\d{1,2} ?月)?(?: ?\d{1,2} ?日)?[\s*]*(?=\n|$))"
)
"""A caption, a footnote, or the line that dates the document: a date there belongs to a title."""
# in 亿元 | 约%; not in 增长
_CELL_REST = re.compile(r"[\s()（）%‰*+,.\-−–—~～/<>≥≤=约近超过余以上下左右为亿元万户美]*")


# in |甲|乙| ; not in 甲乙
_ROW = re.compile(r"^(?:[^\n\t]*\t[^\n]*| *\|[^\n]*|[^\n|]*\|[^\n|]*\|[^\n]*)$", re.MULTILINE)
_WIDEST_CELL = 60
"""A cell of more characters is prose."""


def scan(source: str) -> list[Expression]:
    """Every numeric expression of a text, by line and column."""
    layout = lay_out(source)
    text = layout.text
    titles = [m.span() for m in _TITLE.finditer(text)]
    links = [m.span() for m in _LINK.finditer(text)]
    notes = [m.span() for m in _SOURCE_LINE.finditer(text)]
    named = sorted(notes + [m.span() for m in _TITLE_LINE.finditer(text)])
    cells = _cells(text)
    found = []
    for draft in _listed(drafts(text), text):
        if _inside(draft, links):
            continue
        if draft.kind != "ordinal" and (
            _inside(draft, titles)
            or (draft.kind == "quantity" and _inside(draft, notes))
            or (draft.kind == "date" and _inside(draft, named))
        ):
            draft = Draft(draft.start, draft.end, "name")
        elif draft.kind == "quantity" and _is_cell(draft, text, cells):
            draft = replace(draft, kind="table")
        found.append(_place(draft, layout))
    return sorted(found, key=lambda e: (e.start, e.end, e.value))


def _inside(draft: Draft, regions: list[tuple[int, int]]) -> bool:
    at = bisect_right(regions, draft.start, key=itemgetter(0)) - 1
    return at >= 0 and draft.start < regions[at][1]


def _cells(text: str) -> list[tuple[int, int]]:
    """Where table cells lie: between tabs, or between bars."""
    found = []
    for row in _ROW.finditer(text):
        mark = "\t" if "\t" in row[0] else "|"
        at = row.start()
        for cell in row[0].split(mark):
            found.append((at, at + len(cell)))
            at += len(cell) + 1
    return found


def _is_cell(draft: Draft, text: str, cells: list[tuple[int, int]]) -> bool:
    """Whether the expression is all that stands in a table cell."""
    at = bisect_right(cells, draft.start, key=itemgetter(0)) - 1
    if at < 0 or draft.end > cells[at][1] or cells[at][1] - cells[at][0] > _WIDEST_CELL:
        return False
    rest = text[cells[at][0] : draft.start] + text[draft.end : cells[at][1]]
    return _CELL_REST.fullmatch(re.sub(r"[\d.,]", "", rest)) is not None


def _place(draft: Draft, layout: Layout) -> Expression:
    start = layout.origin(draft.start)
    end = layout.origin(draft.end - 1) + 1
    line, column = layout.position(start)
    text = "".join(layout.source[layout.origin(at)] for at in range(draft.start, draft.end))
    return Expression(line, column, text, draft.value, draft.unit, draft.hedge, draft.kind, start, end)
