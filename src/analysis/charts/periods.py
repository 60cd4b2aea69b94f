"""Periods such as 2020, 2021-H1, 2021-Q1, 2020-12: their place on a time axis and their label."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

_PATTERN = re.compile(r"^(\d{4})(?:-(?:H([12])|Q([1-4])|(0[1-9]|1[0-2])))?$")


def position(period: str) -> float | None:
    """The end of a period in years (2020 and 2020-Q4 both end at 2021.0); None if it is not a period."""
    match = _PATTERN.match(period)
    if not match:
        return None
    year, half, quarter, month = match.groups()
    part = int(half) / 2 if half else int(quarter) / 4 if quarter else int(month) / 12 if month else 1.0
    return int(year) + part


def label(period: str, language: str = "en") -> str:
    """A period as readers write it: 2021Q1, 2021 H1 or 2021上半年; other text stays as it is."""
    match = _PATTERN.match(period)
    if not match:
        return period
    year, half, quarter, month = match.groups()
    if half:
        return f"{year}{'上' if half == '1' else '下'}半年" if language == "zh" else f"{year} H{half}"
    return f"{year}Q{quarter}" if quarter else f"{year}-{month}" if month else year


def positions(periods: Sequence[str]) -> dict[str, float]:
    """Place of every period on the axis: in time where all are periods, else one after the other as given."""
    unique = list(dict.fromkeys(periods))
    placed = {period: position(period) for period in unique}
    if all(place is not None for place in placed.values()):
        return {period: float(place) for period, place in placed.items() if place is not None}
    return {period: float(index) for index, period in enumerate(unique)}


def in_order(periods: Sequence[str]) -> list[str]:
    """The distinct periods by their place on the axis."""
    place = positions(periods)
    return sorted(place, key=lambda period: place[period])


def step(periods: Sequence[str]) -> float:
    """The smallest distance between neighbouring periods, in years (1 where there is only one)."""
    places = sorted(set(positions(periods).values()))
    gaps = [after - before for before, after in itertools.pairwise(places)]
    return min(gaps) if gaps else 1.0
