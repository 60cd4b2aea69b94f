"""Rules for quantities: number, unit as printed, hedge word, sign."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from analysis.census import numerals
from analysis.census.expression import Draft
from analysis.census.lexicon import (
    COUNTED_IN_WORDS,
    FALLING,
    FALLS,
    HEDGES_AFTER,
    HEDGES_BEFORE,
    PLAIN_HEDGES,
    POWER,
    UNIT,
    either,
)
from analysis.numbers import numerals as exact

ARABIC = rf"(?:\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,3}}(?:，\d{{3}})+(?=(?:\.\d+)? ?(?:{POWER}|[元人户家笔件]))|\d+)(?:\.\d+)?"
CHINESE = rf"[{numerals.CHINESE}]{{1,24}}(?:点[{numerals.DIGITS}]{{1,12}})?"
_MORE = rf"余(?!额|下|款|量|地|杭|姚)|(?:多|几|来)(?= ?(?:{POWER}|{UNIT}))"
_TAIL = (
    rf"(?: {{0,2}}(?P<more>{_MORE}))?(?: {{0,2}}(?P<power>{POWER}))?(?: {{0,2}}(?P<rest>{_MORE}))?"
    rf"(?: {{0,2}}(?P<unit>{UNIT}(?:/{UNIT})?))?"
)
_AFTER = rf"(?: ?(?:及|或)?(?P<after>{either(HEDGES_AFTER)}|多(?=[,，。；、]|$)))?"

# in 1,200万元 | 34.54% | 3.5万余户; not in 元
AMOUNT = re.compile(rf"(?P<number>{ARABIC}){_TAIL}{_AFTER}")
# in 3.54.2亿元; not in 3.54万亿元
RUN_TOGETHER = re.compile(rf"(?P<number>\d+(?:\.\d+){{2,}}){_TAIL}{_AFTER}")
# in 三千余家 | 五成以上; not in 家
WORDED = re.compile(rf"(?P<number>{CHINESE}){_TAIL}{_AFTER}")
# in 家 | 个百分点; not in 的
_COUNTED = re.compile(f" ?{COUNTED_IN_WORDS}")

_WITH = r"(?:了|有|为|占|占比|达到|达|是|合计|合|在)?"
# in 超过 | 近 | 约为; not in 附近
_HEDGE = re.compile(
    rf"(?:(?P<word>{either(PLAIN_HEDGES)}|(?<![附邻靠亲最贴接将])近|(?<![节合公契条制特大])约|(?<!赶)超|逾){_WITH}"
    r"|(?<![参总人户笔件个系分少多函指字常倍基位次])(?P<some>[数几])|(?<![线网以路车史])(?P<upto>上)|(?<![通超不经])(?P<past>过))"
    r"(?:US\\?\$|HK\$|[$￥¥€£])? ?$"
)
# in 约占全国的; not in 全国的
_OF = re.compile(r"(?P<word>约占|约为|超过|不足|接近|近|超|约)[^，。；、：\n\d]{1,24}的 ?$")
_SOFT = rf"(?:了|分别|幅度|{either(HEDGES_BEFORE)}|达到|达|[ :：])*"
# in 下降 | 较上年减少; not in 上涨
_FELL = re.compile(
    rf"(?:(?<!涨){either(FALLS)}(?:分别)?(?:均)?(?:为|在|达到|达|约为)?|(?<![涨升]){either(FALLING)}(?:幅度?)?){_SOFT}$"
    rf"|[比较][^，。；\n]{{1,16}}(?:少|低){_SOFT}$"
)
# in 减少 | 下降; not in 上涨
_FALL_HINT = re.compile("[" + "".join(sorted({w[-1] for w in (FALLING + " " + FALLS).split()})) + "少低]")
"""Every word of falling ends in one of these: without any of them the longer search can be spared."""
# in 的降幅 | 同比负增长; not in 增幅
_FALL_FOLLOWS = re.compile(r" ?的?(?:同比|环比)?(?:降幅|跌幅|减幅|降速|负增长|萎缩|跌势)")
# in 负 | 为 -; not in 3-
_MINUS = re.compile(r"(?<![\dA-Za-z%)）年月日])[-−–] ?$|(?:负|零下) ?$")
# in US$ | RMB; not in 元
_CURRENCY = re.compile(r"(US\\?\$|HK\$|(?<![A-Za-z])(?:USD|RMB|CNY|EUR|HKD|GBP|JPY)|[$￥¥€£]) ?$")
_THRESHOLDS = "突破 跨越 迈上 站上 跃上 达到 达 破 上 过 数 几 成 " + HEDGES_BEFORE
# in 突破 | 达到了; not in 增长
_POWER_ALONE = re.compile(rf"{either(_THRESHOLDS)}(?:了|有|为|占)? ?$")
# in 仅有 | 仅; not in 不仅如
_ONLY = re.compile(r"(?:仅有|只有|仅)(?:此|这)?$")

_REACH = 40
"""How many characters before a number are searched for its hedge and its direction word."""


def before(text: str, start: int) -> str:
    """The characters before an offset in which its hedge and direction words stand, on the same line."""
    return text[max(0, start - _REACH) : start].rpartition("\n")[2]


def hedge_before(text: str, start: int, share: bool = False) -> str:
    """The hedge word that governs the number at `start`; for a share also across 的 (约占总量的一半)."""
    context = before(text, start)
    if match := _HEDGE.search(context):
        return next(g for g in match.groups() if g)
    if share and (match := _OF.search(context)):
        return match["word"].removesuffix("占").removesuffix("为")
    return ""


def is_negative(text: str, start: int, end: int) -> bool:
    """Whether a minus sign or a word of falling (下降 减少 降幅 回落 …) gives the number at `start` a negative sign.

    下降至, 降到 and 下降为 lead to a level, which keeps its sign.
    """
    context = before(text, start)
    if _MINUS.search(context) or _FALL_FOLLOWS.match(text, end):
        return True
    return _FALL_HINT.search(context) is not None and _FELL.search(context) is not None


def signed(value: str, negative: bool) -> str:
    """The value with a minus sign where it is negative."""
    return f"-{value}" if negative and not value.startswith("-") else value


def _spaceless(text: str | None) -> str:
    return re.sub(r"\s", "", text or "")


# in 半 | 五， | 三左右; not in 五家
_TENTHS = re.compile(r"半|[一二三四五六七八九](?=[，。；、,;)） ]|的|左右|以[上下内]|和|与|$)", re.MULTILINE)
"""What makes 六成 六成半 or 六成五: 65 %."""


def _draft(match: re.Match[str], value: str, power: str) -> Draft:
    """One amount. 成 is a tenth: 两成 is 20 %."""
    unit, hedge = power + _spaceless(match["unit"]), ""
    text, start = match.string, match.start()
    end = match.start("after") if match["after"] else match.end()
    if unit == "成":
        more = _TENTHS.match(text, end)
        digit = 0 if more is None else 5 if more[0] == "半" else numerals.chinese(more[0]) or 0
        value, unit, end = _plain(Decimal(value) * 10 + digit), "%", end + (more is not None)
        hedge = "多" if text.startswith("多", end) else ""
    while text[end - 1] in " 及或":
        end -= 1
    if currency := _CURRENCY.search(before(text, start)):
        unit = currency[1].replace("\\", "") + unit
    hedge = hedge_before(text, start) or hedge or match["rest"] or match["more"] or match["after"] or ""
    negative = is_negative(text, start, end) and value.strip("0.") != ""
    return Draft(_with_prefix(text, start, hedge), end, "quantity", signed(value, negative), unit, hedge)


def _with_prefix(text: str, start: int, hedge: str) -> int:
    """Where the expression begins: a minus sign, and 数 or 几 of 数十, belong to it."""
    if text[start - 2 : start] == "零下":
        return start - 2
    if _MINUS.search(before(text, start)) or (hedge in ("数", "几") and text[start - 1] == hedge):
        return start - 1
    return start


def _unread(match: re.Match[str]) -> Draft:
    """Numerals that say no one number, as where two ran together: told without a value, so that no claim covers them."""
    return Draft(match.start(), match.end(), "quantity", unit=_spaceless(match["unit"]))


def arabic(match: re.Match[str]) -> list[Draft] | None:
    """A number in digits, with or without a unit."""
    return [_draft(match, str(numerals.arabic(match["number"])), match["power"] or "")]


def run_together(match: re.Match[str]) -> list[Draft] | None:
    """Digits with two points (3.54.2亿元) are more than one number, and where one ends nobody can tell."""
    return [_unread(match)]


def worded(match: re.Match[str]) -> list[Draft] | None:
    """A Chinese numeral that carries a quantity, or None: 一 in 一方面 and 三 in 三星 count nothing.

    Numerals run together (三万亿五万亿元, 十三十七家) are a quantity that cannot be read.
    """
    run = match["number"]
    number, power = numerals.split_power(run)
    power += match["power"] or ""
    if not number or all(c in "百千万亿" for c in number):
        return _power_alone(match, number, power)
    value = numerals.counted(run)[0]
    if not _carries(match, number, power):
        return None
    return [_unread(match) if value is None else _draft(match, _plain(value), power)]


def _power_alone(match: re.Match[str], number: str, power: str) -> list[Draft] | None:
    """近百项, 上千亿元, 万余户: a power of ten counts one of itself, but only after a hedge or before 余."""
    more = match["more"] or match["rest"]
    is_bound = bool(match["unit"] and match["after"])  # 亿元以上, 百万元以下
    if not more and not is_bound and not _POWER_ALONE.search(before(match.string, match.start())):
        return None
    if not more and not match["unit"] and not power:
        return None
    value = numerals.chinese(number) if number else Decimal(1)
    return [_unread(match) if value is None else _draft(match, _plain(value), power)]


def _carries(match: re.Match[str], number: str, power: str) -> bool:
    """Whether a numeral counts something. Single characters need a counter word; 一 and 二 are rarely counts."""
    unit = _spaceless(match["unit"])
    if power or match["more"] or match["rest"]:
        return True
    if len(number) > 1:
        return any(c in "十百千点万亿" for c in number)
    if number == "一":
        return unit in ("成", "倍", "番") or (
            bool(unit) and _ONLY.search(before(match.string, match.start())) is not None
        )
    if number in "二零〇":
        return unit in ("成", "倍")
    return _COUNTED.match(match.string, match.end("number")) is not None


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


_GROUP = rf"(?:\d{{1,4}}(?:,\d{{3}})*|[{numerals.DIGITS}十百千]{{1,7}})"
# in 1亿2000万 | 3万5千; not in 3万
MIXED = re.compile(
    rf"(?P<groups>{_GROUP} ?{POWER}(?:零? ?{_GROUP} ?{POWER})*)零? ?(?P<number>\d{{1,4}}(?:,\d{{3}})*(?:\.\d+)?|[{numerals.DIGITS}十百千]{{1,7}})"
    rf"{_TAIL}{_AFTER}"
)


def mixed(match: re.Match[str]) -> list[Draft] | None:
    """One number in groups of falling power, in digits, words or both: 14亿1178万人 is 141178 万人, 3万4000吨 34000 吨.

    The value counts the last group's power, so that no printed digit is lost. None where the powers do not fall.
    """
    if match["more"] or (match.string[match.start() - 1 : match.start()] in (".", ",") and match.start()):
        return None
    printed, power = match["number"], match["power"] or ""
    end = match.end("power") if power else match.end("number")
    text = match.string[match.start() : end]
    try:
        found = exact.read(text)
    except exact.PrintedNumberError:
        return None
    if isinstance(found.value, Fraction):
        return None
    value = found.value / (numerals.POWER_OF[power] if power else 1)
    return [_draft(match, f"{value:f}" if "." in printed else _plain(value), power)]


_BOUND = rf"(?:{ARABIC}|{CHINESE})"
# in 10-15% | 三至五家; not in 10%
RANGE = re.compile(
    rf"(?P<low>{_BOUND})(?P<lowunit>(?: ?{POWER})?(?: ?{UNIT})?) ?(?:[-–—~～－]{{1,2}}|至|到) ?(?P<high>{_BOUND})"
    rf"(?P<highunit>(?: ?{POWER})?(?: ?{UNIT})?){_AFTER}"
)


def bounds(match: re.Match[str]) -> list[Draft] | None:
    """Both ends of a range, each in its own unit or that of the upper end: 5至6亿 is 5 亿 and 6 亿."""
    low, high = _number(match["low"]), _number(match["high"])
    if low is None or high is None or low >= high:
        return None
    high_unit = _spaceless(match["highunit"])
    low_unit = _spaceless(match["lowunit"]) or high_unit
    if (not high_unit and not match["low"].isascii()) or _base(low_unit) not in ("", _base(high_unit)):
        return None
    text = match.string
    negative = is_negative(text, match.start(), match.end())
    hedge = hedge_before(text, match.start()) or match["after"] or ""
    low_end, high_end = match.end("lowunit"), match.end("highunit")
    return [
        _bound(match.start("low"), low_end, match["low"], low, low_unit, hedge, negative),
        _bound(match.start("high"), high_end, match["high"], high, high_unit, hedge, negative),
    ]


def _base(unit: str) -> str:
    """A unit without its power of ten: 5亿至13亿元 is a range, 回落0.5个百分点至8.1% is none."""
    return re.sub(f"^{POWER}", "", unit)


def _bound(
    start: int, end: int, printed: str, value: Decimal, unit: str, hedge: str, negative: bool
) -> Draft:
    if unit == "成":
        value, unit = value * 10, "%"
    count, power = (None, "") if printed.isascii() else numerals.counted(printed)
    if count is not None and power:
        value, unit = count, power + unit
    text = str(value) if printed.isascii() else _plain(value)
    return Draft(start, end, "quantity", signed(text, negative), unit, hedge)


def _number(text: str) -> Decimal | None:
    return numerals.arabic(text) if text[0].isdigit() else numerals.chinese(text)


# in 三分之二 | 100分之5; not in 三分
PARTS = re.compile(rf"(?P<whole>{CHINESE}|\d+)分之(?P<part>{CHINESE}|{ARABIC})(?! ?分之){_AFTER}")
# in 百分之五至十; not in 百分之五
PARTS_RANGE = re.compile(
    rf"(?P<whole>[百千万])分之(?P<low>{CHINESE}|{ARABIC}) ?(?:[-–—~～]|至|到) ?(?P<high>{CHINESE}|{ARABIC})(?!分之| ?[%年月日])"
)
_PARTS_UNITS = {Decimal(100): "%", Decimal(1000): "‰", Decimal(10000): "‱", Decimal(10**6): "ppm"}


def parts(match: re.Match[str]) -> list[Draft] | None:
    """百分之三十五 (35 %), 千分之五 (5 ‰), 三分之二 (66.67 %)."""
    whole, part = _number(match["whole"]), _number(match["part"])
    if whole is None or part is None or whole == 0:
        return None
    unit = _PARTS_UNITS.get(whole, "")
    return [_share(match, part, Decimal(1), unit) if unit else _share(match, part, whole, "%")]


def parts_range(match: re.Match[str]) -> list[Draft] | None:
    """百分之二十至三十: both ends in the same hundredths."""
    whole, low, high = (_number(match[group]) for group in ("whole", "low", "high"))
    if whole is None or low is None or high is None or low >= high:
        return None
    negative = is_negative(match.string, match.start(), match.end())
    hedge = hedge_before(match.string, match.start())
    ends = [(match.start(), match.end("low"), low), (match.start("high"), match.end("high"), high)]
    return [
        Draft(start, end, "quantity", signed(_plain(value), negative), _PARTS_UNITS[whole], hedge)
        for start, end, value in ends
    ]


# in 6:3:1; not in 6比3
TERMS = re.compile(r"\d{1,3}(?:\.\d+)?(?: ?[:：∶] ?\d{1,3}(?:\.\d+)?){1,3}(?![\d:：])")
# in 3.5; not in 三
_TERM = re.compile(r"\d+(?:\.\d+)?")
# in 产业结构为 | 占比是; not in 增速为
_STRUCTURE = re.compile(r"(?:结构|构成|比重|占比|比例|分布)[^，。；\n]{0,16}$")


def terms(match: re.Match[str]) -> list[Draft] | None:
    """The terms of a ratio, 1:16 or 4:39:57; parts of a structure that make up the whole are per cent."""
    text, start = match.string, match.start()
    values = [Decimal(m[0]) for m in _TERM.finditer(match[0])]
    is_structure = _STRUCTURE.search(before(text, start)) and abs(sum(values, Decimal(0)) - 100) <= Decimal(
        "0.5"
    )
    hedge = hedge_before(text, start)
    return [
        Draft(start + m.start(), start + m.end(), "quantity", m[0], "%" if is_structure else "", hedge)
        for m in _TERM.finditer(match[0])
    ]


# in 3/4; not in 3比4
RATIO = re.compile(rf"(?P<part>\d{{1,2}})/(?P<whole>\d{{1,2}})(?![\d/年月]){_AFTER}")


def ratio(match: re.Match[str]) -> list[Draft] | None:
    """A fraction in digits, 2/3, as a share: 66.67 %."""
    part, whole = Decimal(match["part"]), Decimal(match["whole"])
    if part >= whole or match.string[match.start() - 1 : match.start()] == "/":
        return None
    return [_share(match, part, whole, "%")]


def _share(match: re.Match[str], part: Decimal, whole: Decimal, unit: str) -> Draft:
    value = part if whole == 1 else _per_cent(part, whole)
    text, start = match.string, match.start()
    end = match.start("after") if match["after"] else match.end()
    hedge = hedge_before(text, start, share=True) or match["after"] or ""
    shown = _plain(value) if whole != 1 or not str(match["part"]).isascii() else str(value)
    return Draft(start, end, "quantity", signed(shown, is_negative(text, start, end)), unit, hedge)


def _per_cent(part: Decimal, whole: Decimal) -> Decimal:
    """A fraction in per cent: two decimals, or four significant digits where that keeps more. Never rounded to nothing."""
    value = part * 100 / whole
    places = max(2, 3 - value.adjusted())
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# in 过半 | 一半 | 近半; not in 半年
HALF = re.compile(
    rf"(?P<word>过半数?|近半数?|超半数?|逾半数?|不足半数|(?<!另)一半|半数)(?!年|个|月|导体|天|岛|径|辈|生|世){_AFTER}"
)


def half(match: re.Match[str]) -> list[Draft] | None:
    """一半, 半数, 过半, 近半: 50 %, hedged by the character before 半."""
    start = match.start()
    end = match.start("after") if match["after"] else match.end()
    own = match["word"].rstrip("数").removesuffix("半").replace("一", "")
    hedge = own or hedge_before(match.string, start, share=True) or match["after"] or ""
    return [Draft(start, end, "quantity", signed("50", is_negative(match.string, start, end)), "%", hedge)]


# in 翻番 | 翻了两番 | 翻一番; not in 番茄
DOUBLED = re.compile(
    rf"翻了?(?:近|约|超过?|逾)?(?P<number>{CHINESE}|\d+)?(?P<more>多|余)?番(?!茄|薯|号|禺)(?P<over>多)?"
)


def doubled(match: re.Match[str]) -> list[Draft] | None:
    """翻番 (1 番), 翻两番 (2 番): times doubled."""
    value = _number(match["number"]) if match["number"] else Decimal(1)
    if value is None:
        return None
    hedge = re.search("近|约|超过|超|逾", match[0])
    shown = hedge[0] if hedge else match["more"] or match["over"] or hedge_before(match.string, match.start())
    return [Draft(match.start(), match.end(), "quantity", _plain(value), "番", shown)]


# in 1+8; not in 1+N
SUM = re.compile(r"(?P<a>\d+)\+(?P<b>\d+)(?![\dA-Za-z%.])")


def total(match: re.Match[str]) -> list[Draft] | None:
    """A sum printed as such: 10+1 is 11."""
    value = str(int(match["a"]) + int(match["b"]))
    return [
        Draft(match.start(), match.end(), "quantity", value, "", hedge_before(match.string, match.start()))
    ]


# in 十七、十八家 | 十五至十六个; not in 十五个
TEENS = re.compile(
    rf"十(?P<low>[一二三四五六七八])(?:、|至)?十(?P<high>[二三四五六七八九])(?P<unit>{COUNTED_IN_WORDS})"
)


def teens(match: re.Match[str]) -> list[Draft] | None:
    """十七十八家: two neighbouring numbers between ten and twenty name both ends of an estimate."""
    low, high = numerals.chinese("十" + match["low"]), numerals.chinese("十" + match["high"])
    if low is None or high is None or high != low + 1:
        return None
    hedge = hedge_before(match.string, match.start())
    return [
        Draft(match.start(), match.end(), "quantity", _plain(v), match["unit"], hedge) for v in (low, high)
    ]


# in 三五家 | 七八个 | 四五十人; not in 三家
PAIR = re.compile(
    rf"(?P<low>[一二两三四五六七八])(?P<high>[二三四五六七八九])(?P<power>[十百千万亿]*)(?P<unit>{COUNTED_IN_WORDS})"
)


def pair(match: re.Match[str]) -> list[Draft] | None:
    """七八成, 三四百家: two neighbouring digits name both ends of an estimate."""
    low = numerals.chinese(match["low"] + match["power"])
    high = numerals.chinese(match["high"] + match["power"])
    if low is None or high is None or numerals.chinese(match["high"]) != _successor(match["low"]):
        return None
    unit, scale = (match["unit"], 1) if match["unit"] != "成" else ("%", 10)
    hedge = hedge_before(match.string, match.start())
    return [
        Draft(match.start(), match.end(), "quantity", _plain(v * scale), unit, hedge) for v in (low, high)
    ]


def _successor(digit: str) -> Decimal | None:
    value = numerals.chinese(digit)
    return None if value is None else value + 1


# in 前十 | 前 3 名; not in 之前3
LEADING = re.compile(
    rf"(?<![之以从此先目当日提])前 ?(?P<number>{ARABIC}|{CHINESE}) ?(?P<unit>{UNIT})?(?!季度|个?月|年|届|者|所|期|次|天)"
)


def leading(match: re.Match[str]) -> list[Draft] | None:
    """前十笔, 前20家, 前三: the number of those that lead."""
    value = _number(match["number"])
    if value is None:
        return None
    unit = _spaceless(match["unit"])
    if unit == "%" or "." in match["number"]:
        return None
    return [Draft(match.start(), match.end(), "quantity", _plain(value), unit)]


# in 首位 | 第 3 位 | 榜首; not in 首次
RANK = re.compile(
    r"(?P<top>首位(?!度|次)|榜首|[居列]首(?!位|次|个|家|批)|之首|头名)|第 ?(?P<number>[一二三四五六七八九十]{1,8}|\d+) ?(?P<unit>大|位|名)?"
)
# in 位居 | 规模列; not in 发布
_RANKED = re.compile(
    r"(?:居|列|排名?|位|跃|升至|升到|升|占|全球|世界|全国|国内|全省|全市|行业|同业|亚洲|欧洲|亚太|业内|总量|规模)(?:为|在|到|至|于)?[^，。；、\d]{0,4}$"
)
# in 次 | 季度; not in 名
_ENUMERATED = re.compile(
    r"[一二三四五六七八九十\d]* ?(?:次|届|季度|产业|方|条|章|节|部|批|期|阶段|代|号|轮|回|步|页|款|项|个|家|线|时间|手|人称|国界|任)"
)


def rank(match: re.Match[str]) -> list[Draft] | None:
    """A place in an order (首位, 位居第二, 第三大经济体), or None where 第 only counts off."""
    text, start = match.string, match.start()
    if match["top"]:
        return [Draft(start, match.end(), "quantity", "1", "位" if match["top"] == "首位" else "", "")]
    if _ENUMERATED.match(text, match.end()) and not match["unit"]:
        return None
    if not match["unit"] and not _RANKED.search(before(text, start)):
        return None
    value = _number(match["number"])
    return (
        None if value is None else [Draft(start, match.end(), "quantity", _plain(value), match["unit"] or "")]
    )
