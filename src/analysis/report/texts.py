"""Titles, statuses, quotations and dates of acts: equal or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from analysis.errors import UserError
from analysis.report.rows import Outcome

_IGNORED = re.compile(r"[\s《》〈〉「」『』“”‘’\"'()（）〔〕\[\].,;:。，；：、·—–-]")


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


def stands_in(quotation: str, passage: str) -> Outcome:
    """Whether a quotation stands in a passage, word for word.

    >>> stands_in("确保金融创新", "强化监管，确保金融创新在审慎监管的前提下进行")
    'in'
    """
    return "in" if plain(quotation) in plain(passage) else "out"


def same_day(printed: str, dates: Mapping[str, str], of: str = "") -> tuple[Outcome, str]:
    """Whether a date (2021, 2021-04, 2021-04-12) agrees, as far as it is printed, with the day that `of` names, else with
    any; and that day.

    >>> same_day("2021-04", {"published": "2021-07-01"})
    ('out', '2021-07-01')
    """
    known = {name: day for name, day in dates.items() if day}
    if not known or (of and of not in known):
        raise UserError(f"no day is known of {of or 'the act'}; there are: {', '.join(known) or 'none'}")
    days = [known[of]] if of else list(known.values())
    if any(len(day) < len(printed) for day in days):
        raise UserError(f"{printed} is printed more exactly than the day known ({', '.join(days)})")
    agreeing = [day for day in days if day.startswith(printed)]
    return ("in", agreeing[0]) if agreeing else ("out", min(days))
