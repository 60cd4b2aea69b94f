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


def _span(date: str) -> tuple[str, str]:
    """First and last day of a date as it is written: a day, month, quarter, half-year or year.

    >>> _span("2020-Q4"), _span("2021")
    (('2020-10-01', '2020-12-31'), ('2021-01-01', '2021-12-31'))
    """
    if months := {"H": 6, "Q": 3}.get(date[5:6]):
        last = int(date[6:]) * months
        return f"{date[:4]}-{last - months + 1:02}-01", f"{date[:4]}-{last:02}-31"
    return date + "-01-01"[len(date) - 4 :], date + "-12-31"[len(date) - 4 :]


def stands_in(quotation: str, passage: str) -> Outcome:
    """Whether a quotation stands in a passage, word for word.

    >>> stands_in("确保金融创新", "强化监管，确保金融创新在审慎监管的前提下进行")
    'in'
    """
    return "in" if plain(quotation) in plain(passage) else "out"


def is_translated(words: str, passage: str) -> bool:
    """Whether a passage is written in other letters than the words, so that it cannot have them as they are.

    >>> is_translated("同网同速", "「同一ネットワーク」を実現"), is_translated("同网同速", "基本实现“同网同速” (ABC)")
    (True, False)
    """
    return not _letters(passage) <= _letters(words)


def _letters(text: str) -> set[str]:
    """The scripts of a text, Latin only where it has no other: those of its names say nothing of its language."""
    found = {unicodedata.name(c, "").split(" ")[0].split("-")[0] for c in plain(text) if c.isalpha()}
    return found - {"LATIN"} or found


def where(quotation: str, passage: str) -> str:
    """The piece of a passage with gaps (……) in which a quotation stands; the whole where it stands in none alone.

    >>> where("确保金融创新", "推广贷款。…… 强化监管，确保金融创新在前提下进行。…… 做好工作。")
    '强化监管，确保金融创新在前提下进行。'
    """
    return next((piece for piece in pieces(passage) if stands_in(quotation, piece) == "in"), passage)


def pieces(passage: str) -> list[str]:
    """What stands between the gaps (……) of a passage."""
    return [piece.strip() for piece in _GAP.split(passage)]


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
    any; and that day. A date known only more coarsely, in which the printed one lies, neither bears it out nor excludes it.

    >>> same_day("2021-04", {"published": "2021-07-01"})
    ('out', '2021-07-01')
    >>> same_day("2019-Q4", {"signed": "2019-10-26"})
    ('in', '2019-10-26')
    >>> same_day("2021-03", {"published": "2021"})
    ('meets', '2021')
    """
    known = {name: day for name, day in dates.items() if day}
    if not known or (of and of not in known):
        raise UserError(f"no day is known of {of or 'the act'}; there are: {', '.join(known) or 'none'}")
    first, last = _span(printed)
    found: dict[Outcome, str] = {}
    for day in [known[of]] if of else sorted(known.values()):
        begin, end = _span(day)
        is_in, is_near = first <= begin and end <= last, begin <= last and first <= end
        found.setdefault("in" if is_in else "meets" if is_near else "out", day)
    return next((outcome, found[outcome]) for outcome in ("in", "meets", "out") if outcome in found)


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
