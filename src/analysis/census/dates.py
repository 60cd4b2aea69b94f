"""Rules for dates, periods and durations. The value of a date is its period: 2021-06, 2021-Q1, 2021-H1, 2015/2020."""

from __future__ import annotations

import re

from analysis.census import numerals
from analysis.census.amounts import before
from analysis.census.expression import Draft
from analysis.census.lexicon import POWER

_YEAR = r"(?:19|20|21)\d\d"
_TO = r" ?(?:[-–—~～－]{1,2}|至|到) ?"
_EDGE = r"(?:年?[初中末底]|以来|上旬|中旬|下旬)?"
_COUNTED = rf" {{0,2}}(?:{POWER}|[%‰倍元家户人笔起件项种张台套次名位只辆吨米亩点条款座余万亿]|个(?!人|体|性)|多[家个项]|[美欧日港][元金]|公[里斤顷])"

# in 2019-2021年 | 2019 年至 2021 年间; not in 2019年
YEARS = re.compile(rf"(?P<first>{_YEAR}) ?年?{_TO}(?P<last>{_YEAR})(?!\d) ?(?:年(?:间|期间|[初末底])?)?")
# in 2021年3月5日 | 2021/03 | 2021年上半年 | 2021Q1; not in 二〇二一年
YEAR = re.compile(
    rf"(?P<year>{_YEAR})(?!\d)(?:"
    rf" ?年 ?(?P<month>1[0-2]|0?[1-9])(?: ?(?:[-–—~～至、和]) ?(?P<to>1[0-2]|[1-9]))? ?月份?(?: ?(?P<day>\d{{1,2}}) ?日)?{_EDGE}"
    r"|[/.-](?P<month2>1[0-2]|0?[1-9])(?:[/.-](?P<day2>[0-3]?\d))?(?![\d.])"
    r"| ?年? ?(?P<half>[上下前后]半年)(?:末|底)?"
    r"| ?年? ?前(?P<upto>[一二三]|\d{1,2} ?个) ?(?:季度|月)"
    r"| ?年? ?第?(?P<quarter>[一二三四1-4]) ?季(?:度|末|报)?(?:末|初|底)?"
    r"| ?(?P<code>[QH][1-4])(?![A-Za-z0-9])"
    rf"| ?年(?:度|全年|代)?{_EDGE}"
    r"|(?P<bare>))"
)
# in 家 | %; not in 年
_NOT_A_YEAR = re.compile(rf"{_COUNTED}|\.\d|,\d{{3}}(?!\d)|[A-Za-z]{{1,4}}\b")

# in 3月 | 1-6月份; not in 3月活跃
MONTH = re.compile(
    rf"(?P<month>1[0-2]|0?[1-9])(?:(?:{_TO}|、)(?P<to>1[0-2]|[1-9]))? ?月(?!活|费)(?:份|末|底|初|上旬|中旬|下旬)?(?: ?\d{{1,2}} ?日)?"
)
# in 15日; not in 15日均
DAY = re.compile(r"(?:[12]?\d|3[01]) ?日(?!均|元|本|常|益|历|内瓦)")
# in 上半年 | 第一季度 | 前三季度; not in 半年报
QUARTER = re.compile(
    r"[上下前后]半年(?:末|底)?|(?:第? ?[一二三四1-4]|前[二三两]|[一二三]?[、至]?[二三四]) ?(?:个)?季度(?:末|初|底)?|前三季度"
)
# in 14:30 | 9时15分 | 八点半; not in 8点建议
CLOCK = re.compile(
    r"(?P<digital>(?:[01]?\d|2[0-4])(?:[:：][0-5]\d){1,2}(?!\d))|(?:[01]?\d|2[0-4]) ?时(?![代期间段刻速长效点尚而])(?:\d{1,2}分)?"
    r"|[一两二三四五六七八九十]{1,3}点(?:半|整|钟|[一二三四五六七八九十]{1,3}分)(?!之)"
)
# hh:mm is a time of day beside words of time, a date or a byline; elsewhere it is a ratio.
# in 上午 | 3月5日为; not in 比例为
_BEFORE_CLOCK = re.compile(
    r"(?:上午|下午|中午|早晨|早上|凌晨|晚上?|傍晚|时间|时刻|时段|日|号|星期[一二三四五六日天]|周[一二三四五六日天]|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|[-–—~～至到])"
    r"(?:[（(][^（）()\n]{0,8}[)）])?(?:为|是|在|至|到|：|:)?\s*$"
)
# in 开盘 | -15:30 | 来源; not in 配比
_AFTER_CLOCK = re.compile(
    r"\s*(?:时|点|分|前|后|起|开[盘始市幕]|收盘|闭市|许|左右)|\s*[-–—~～至到]\s*\d{1,2}[:：]\d\d|\s*(?:来源|作者|编辑|$|\n)"
)
# in 14:30-; not in 14:30
_FIRST_OF_SPAN = re.compile(r"\d[:：]\d\d\s*[-–—~～至到]\s*$")
# in 二〇二一年三月 | 十二月; not in 一个月
IN_WORDS = re.compile(
    r"(?:[一二][九〇零○0][〇零○0一二三四五六七八九]{2}) ?年(?: ?[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?)?(?:[初末底]|以来)?"
    r"|(?:[一二三四五六七八九]|十[一二]?)月(?:份|末|底|初)?(?:[一二三四五六七八九十]{1,3}日)?"
)
# in 21世纪 | 90年代初; not in 90年
ERA = re.compile(
    r"(?:\d{1,2}|[一二]十[一二]?) ?世纪(?:(?:\d0|[一二三四五六七八九]十)年代)?|(?:\d0|[二三四五六七八九]十)年代(?:初|中期|末|以来)?"
)

_SPAN = r"(?:年|个月|个季度|季度|周年?|星期|天|日|个工作日|小时|分钟|载|旬|个年度|年度|世纪|个世纪)"
# in 3年来 | 六个月 | 3至5天; not in 三家
DURATION = re.compile(
    rf"(?:(?:\d{{1,3}}|[一两二三四五六七八九十]{{1,8}}) ?(?:[-–—~～]{{1,2}}|至|到) ?)?(?P<number>\d{{1,3}}|[一两二三四五六七八九十百千]{{1,8}}|半) ?(?:余|多|几)?(?P<half>个半|半)? ?(?P<unit>个?半?{_SPAN})(?!级|报|号|薪|利率|均|元|本|度(?!末))"
    r"(?P<after>多|余)?(?:来|以来|间|内|后|前|期间)?"
)
_SHORT = ("天", "个工作日", "小时", "分钟", "日")
# in 过去 | 未来; not in 曾经
_LOCATES = re.compile(r"(?:近|过去|最近|未来|今后|前|连续|此后|接下来|上|头|首|每|同|这|全天|持仓|下) ?$")
# in 以来 | 期间; not in 年
_LOCATING = re.compile(r"(?:来|以来|间|内|后|前|期间)$")
# in 平均 | 缩短至; not in 最近
_MEASURES = re.compile(
    r"(?:平均|均|年限|期限|寿命|时长|周期|延长|缩短|长达|工龄|为|达|至|到|约|超过|不足|仅需|只需|需)[^，。；\d]{0,3}$"
)
# in 24小时不间断 | 24 小时服务; not in 24小时之后
AROUND_THE_CLOCK = re.compile(
    r"24 ?小时(?= ?(?:不?间断|持续|在线|服务|营业|值[班守]|受理|全天候|监[测控]|自助|运[行营]|都|均|[，。、]))"
)
# in 5年期以上 | 3个月期; not in 5年期间
TENOR = re.compile(
    r"(?:\d{1,2}|[一二三五七十]{1,8}) ?(?:年|个月|天|日) ?期(?!间|限|望|货|权|初|末)(?: ?(?:及)?以上)?"
)


def years(match: re.Match[str]) -> list[Draft] | None:
    """A span of years: 2015-2020年."""
    if int(match["first"]) >= int(match["last"]):
        return None
    return [_date(match, f"{match['first']}/{match['last']}")]


def year(match: re.Match[str]) -> list[Draft] | None:
    """A date that begins with a year, or a bare year where nothing is counted (2021上半年, not 2078亿元)."""
    plain = match["bare"] is not None or match["month2"] is not None
    if plain and _NOT_A_YEAR.match(match.string, match.end()):
        return None
    if match["bare"] is not None and match.string[match.start() - 1 : match.start()] in ("$", "￥", "¥"):
        return None
    return [_date(match, match["year"] + _part(match))]


def _part(match: re.Match[str]) -> str:
    if month := match["month"] or match["month2"]:
        day = match["day"] or match["day2"]
        return f"-{int(month):02d}" + (
            f"-{int(day):02d}" if day else f"/{int(match['to']):02d}" if match["to"] else ""
        )
    if match["half"]:
        return "-H1" if match["half"][0] in "上前" else "-H2"
    if match["quarter"]:
        value = numerals.chinese(match["quarter"]) if not match["quarter"].isdigit() else match["quarter"]
        return f"-Q{value}"
    return f"-{match['code']}" if match["code"] else ""


def plain(match: re.Match[str]) -> list[Draft] | None:
    """A date without a year: 3月末, 一季度, 30日."""
    return [_date(match, "")]


def clock(match: re.Match[str]) -> list[Draft] | None:
    """A time of day, or None for a ratio: 上午10:30, 2021-06-30 18:05:00, 9:00-11:30; but 贷存比为10:30."""
    if match["digital"]:
        context = before(match.string, match.start())
        span = _FIRST_OF_SPAN.search(context)
        if not (
            span or (_BEFORE_CLOCK.search(context) and not re.search(r"\d[-–—~～至到]\s*$", context))
        ) and (not _AFTER_CLOCK.match(match.string, match.end()) or re.search(r"[比例率构]为?\s*$", context)):
            return None
    return [_date(match, "")]


def duration(match: re.Match[str]) -> list[Draft] | None:
    """A length of time. It dates something (近五年来, 5年计划) unless it measures it (平均期限3.5年, 缩短至3天)."""
    text, start = match.string, match.start()
    if match["number"] == "千" or (
        match["number"] == "半" and match["unit"] not in ("年", "个月", "天", "小时", "个世纪", "世纪")
    ):
        return None
    context = before(text, start)
    measured = match["unit"] in _SHORT or _MEASURES.search(context) is not None
    if (
        measured
        and match["number"].isdigit()
        and not _LOCATES.search(context)
        and not _LOCATING.search(match[0])
    ):
        return None
    hedge = next((w for w in ("近", "数", "约", "超过", "逾") if context.endswith(w)), "")
    return [Draft(start, match.end(), "date", "", "", hedge)]


def around_the_clock(match: re.Match[str]) -> list[Draft] | None:
    """24小时 in the sense of day and night."""
    if _MEASURES.search(before(match.string, match.start())):
        return None
    return [_date(match, "")]


def tenor(match: re.Match[str]) -> list[Draft] | None:
    """The tenor in the name of an instrument: 10年期国债, 1年期LPR."""
    return [Draft(match.start(), match.end(), "name")]


def _date(match: re.Match[str], period: str) -> Draft:
    end = match.end()
    while match.string[end - 1] == " ":
        end -= 1
    return Draft(match.start(), end, "date", period)
