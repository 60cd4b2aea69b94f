"""Periods such as 2020, 2021-H1, 2021-Q1, 2020-12: their place on a time axis and their label."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from analysis import words

_PART = re.compile(r"\b\d{4}-(?:Q[1-4]|H[12])\b")
_PATTERN = re.compile(r"^(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?$")


def position(period: str) -> float | None:
    """The end of a period in years (2020 and 2020-Q4 both end at 2021.0); None if it is not a period.

    >>> position("2020"), position("2020-Q3"), position("soon")
    (2021.0, 2020.75, None)
    """
    match = _PATTERN.match(period)
    if not match:
        return None
    year, half, quarter, month = match.groups()
    part = int(half) / 2 if half else int(quarter) / 4 if quarter else int(month) / 12 if month else 1.0
    return int(year) + part


def label(period: str, language: str = "en") -> str:
    """A period as readers write it: 2021 Q1, 2021 H1, in the words of [periods]; other text stays as it is.

    >>> label("2021-H1"), label("2021-Q1"), label("2021-12")
    ('2021 H1', '2021 Q1', '2021-12')
    """
    match = _PATTERN.match(period)
    if not match:
        return period
    year, half, quarter, month = match.groups()
    if half or quarter:
        said = words.pack(language)["periods"]["quarter" if quarter else f"H{half}"]
        return str(said).format(year=year, quarter=quarter)
    return f"{year}-{month}" if month else year


def span(text: str, language: str = "en") -> str:
    """A period, or the first and the last of several, as readers write them.

    >>> span("2015/2020-H1"), span("2021-Q1")
    ('2015–2020 H1', '2021 Q1')
    """
    return "–".join(label(part, language) for part in text.split("/"))


def year_before(period: str) -> str:
    """The same part of the year before.

    >>> year_before("2021-Q1"), year_before("2021"), year_before("2021-12")
    ('2020-Q1', '2020', '2020-12')
    """
    if not _PATTERN.match(period):
        raise ValueError(f"{period!r} is no period: write a year, or a half, a quarter or a month of one")
    return f"{int(period[:4]) - 1}{period[4:]}"


def within(text: str, language: str = "en") -> str:
    """A text with its half-years and quarters as readers write them.

    >>> within("trips 2021-H1"), within("trips-2021q1")
    ('trips 2021 H1', 'trips-2021q1')
    """
    return _PART.sub(lambda m: label(m[0], language), text)


def positions(periods: Sequence[str]) -> dict[str, float]:
    """Place of every period on the axis: in time where all are periods, else one after the other as given.

    >>> positions(["2020", "2020-H1"]), positions(["before", "after"])
    ({'2020': 2021.0, '2020-H1': 2020.5}, {'before': 0.0, 'after': 1.0})
    """
    unique = list(dict.fromkeys(periods))
    placed = {period: position(period) for period in unique}
    if all(place is not None for place in placed.values()):
        return {period: float(place) for period, place in placed.items() if place is not None}
    return {period: float(index) for index, period in enumerate(unique)}


def in_order(periods: Sequence[str]) -> list[str]:
    """The distinct periods by their place on the axis.

    >>> in_order(["2021-Q1", "2020-Q4", "2021-Q1"])
    ['2020-Q4', '2021-Q1']
    """
    place = positions(periods)
    return sorted(place, key=lambda period: place[period])


def step(periods: Sequence[str]) -> float:
    """The smallest distance between neighbouring periods, in years (1 where there is only one).

    >>> step(["2020-Q1", "2020-Q2", "2020-Q4"])
    0.25
    """
    places = sorted(set(positions(periods).values()))
    gaps = [after - before for before, after in itertools.pairwise(places)]
    return min(gaps) if gaps else 1.0


def filled(periods: Sequence[str]) -> list[str]:
    """The periods in order with the missing ones between them, where all are years, halves, quarters or months.

    Nothing is filled where they do not stand on one even grid (a half-year per year, single months here and there).

    >>> filled(["2020-Q1", "2020-Q2", "2020-Q4"])
    ['2020-Q1', '2020-Q2', '2020-Q3', '2020-Q4']
    """
    ordered = in_order(periods)
    kinds = {(len(name), name[5:6] if name[5:6] in "HQ" else "") for name in ordered}
    if len(ordered) < 3 or len(kinds) != 1 or position(ordered[0]) is None:
        return ordered
    places, size = positions(ordered), step(ordered)
    counts = [(places[b] - places[a]) / size for a, b in itertools.pairwise(ordered)]
    if any(abs(count - round(count)) > 1e-6 for count in counts) or sum(counts) + 1 > 3 * len(ordered):
        return ordered
    first, total = places[ordered[0]], round(sum(counts))
    known = {round((place - first) / size): name for name, place in places.items()}
    return [known.get(index) or _name(first + index * size, ordered[0]) for index in range(total + 1)]


def _name(end: float, like: str) -> str:
    """The period that ends at `end`, written as `like` is."""
    parts = {"": 1, "H": 2, "Q": 4}.get(like[5:6], 12)
    total = round(end * parts) - 1
    year, part = divmod(total, parts)
    if parts == 1:
        return str(year)
    return f"{year}-{part + 1:02d}" if parts == 12 else f"{year}-{like[5]}{part + 1}"
