"""Titles, statuses, quotations and dates of acts: equal or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from analysis.errors import UserError
from analysis.report.rows import Outcome

_IGNORED = re.compile(r"[\s《》〈〉「」『』“”‘’\"'()（）〔〕\[\].,;:。，；：、·—–-]")

_GAP = re.compile(r"…+|\.{3,}")
"""What a passage leaves out: 推广贷款。…… 强化监管。"""
_MARKED = re.compile(r"[“「『\"]([^”」』\"]*)[”」』\"]")


def plain(text: str) -> str:
    """A text without brackets, quotation marks, punctuation and spaces, full-width forms as half-width.

    >>> plain("《金融业数据能力建设指引》") == plain("金融业数据能力建设指引")
    True
    """
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).casefold()


def as_issued(printed: str, found: str) -> Outcome:
    """Whether a text equals that of the act as issued.

    >>> as_issued("发布", "征求意见")
    'out'
    """
    return "in" if plain(printed) == plain(found) else "out"


def _lies_in(day: str, period: str) -> bool:
    """Whether a day (or month) lies in a year, half-year, quarter, month, or is that day."""
    parts = {"H": 6, "Q": 3}.get(period[5:6])
    if parts is None:
        return day.startswith(period)
    return day[:4] == period[:4] and len(day) >= 7 and (int(day[5:7]) - 1) // parts + 1 == int(period[6:])


def stands_in(quotation: str, passage: str) -> Outcome:
    """Whether a quotation stands in a passage, word for word.

    >>> stands_in("确保金融创新", "强化监管，确保金融创新在审慎监管的前提下进行")
    'in'
    """
    return "in" if plain(quotation) in plain(passage) else "out"


def where(quotation: str, passage: str) -> str:
    """The piece of a passage with gaps (……) in which a quotation stands; the whole where it stands in none alone.

    >>> where("确保金融创新", "推广贷款。…… 强化监管，确保金融创新在前提下进行。…… 做好工作。")
    '强化监管，确保金融创新在前提下进行。'
    """
    pieces = [piece.strip() for piece in _GAP.split(passage)]
    return next((piece for piece in pieces if stands_in(quotation, piece) == "in"), passage)


def is_quoted(words: str, sentence: str) -> bool:
    """Whether a sentence has the words in quotation marks, so that it promises the very wording.

    >>> is_quoted("促进发展", "报告要求“促进发展”"), is_quoted("促进发展", "报告指出，要促进发展")
    (True, False)
    """
    return any(plain(words) in plain(marked) for marked in _MARKED.findall(sentence))


def describes(description: str, passage: str, subject: str) -> Outcome:
    """What a passage says of a description, which promises no wording: the same words bear it out; other words on its
    subject meet it; a passage on another subject says nothing.

    >>> describes("对互联网金融等累积风险要高度警惕", "对不良资产、互联网金融等累积风险要高度警惕", "互联网金融")
    'meets'
    """
    if plain(description) in plain(passage):
        return "in"
    return "meets" if subject and plain(subject) in plain(passage) else "blunt"


def same_day(printed: str, dates: Mapping[str, str], of: str = "") -> tuple[Outcome, str]:
    """Whether a date (2021, 2021-04, 2021-04-12) agrees, as far as it is printed, with the day that `of` names, else with
    any; and that day.

    >>> same_day("2021-04", {"published": "2021-07-01"})
    ('out', '2021-07-01')
    >>> same_day("2019-Q4", {"signed": "2019-10-26"})
    ('in', '2019-10-26')
    """
    known = {name: day for name, day in dates.items() if day}
    if not known or (of and of not in known):
        raise UserError(f"no day is known of {of or 'the act'}; there are: {', '.join(known) or 'none'}")
    days = [known[of]] if of else list(known.values())
    if any(len(day) < len(printed) for day in days):
        raise UserError(f"{printed} is printed more exactly than the day known ({', '.join(days)})")
    agreeing = [day for day in days if _lies_in(day, printed)]
    return ("in", agreeing[0]) if agreeing else ("out", min(days))


def within_months(dates: Mapping[str, str], months: int) -> tuple[Outcome, str]:
    """Whether all dates lie within so many months of the first; and how many there are from the first to the last.

    `UserError` for a date that names no month.

    >>> within_months({"before": "2020-04", "after": "2021-03-14"}, 12)
    ('in', '11')
    """
    if coarse := [day for day in dates.values() if not re.match(r"\d{4}-\d{2}", day)]:
        raise UserError(f"a span in months needs dates with a month, not {', '.join(coarse)}")
    places = [12 * int(day[:4]) + int(day[5:7]) for day in dates.values()]
    span = max(places) - min(places)
    return ("in" if span <= months else "out", str(span))
