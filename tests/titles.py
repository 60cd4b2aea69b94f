"""What a chart says above its data, held against the data that it draws.

A title names years and quarters, a direction, two ends. Parameters turn the data under it: so each of these is read back
from the words, in both languages, and looked for in what is drawn.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from analysis.suite import collect

PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:[ -]?(Q[1-4]|H[12]))?")
UP = ("rose", "rises", "grew", "grows", "升")
ENDS = re.compile(
    r"(rose|rises|grew|grows|fell|falls|shrank) from (-?[\d.]*\d) to (-?[\d.]*\d)"
    r"|由(-?[\d.]*\d)%?(升|降)至(-?[\d.]*\d)"
)
STEADY = ("grows every year", "逐年增加")


def figures(content: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The figures of an executed notebook, each with the id of its cell."""
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            if found := output.get("data", {}).get(collect.FIGURE):
                yield cell["id"], found


def faults(figure: Mapping[str, Any]) -> list[str]:
    """What title, subtitle and notes say that the chart does not draw.

    >>> drawn = {"alt": "", "notes": "", "subtitle": "", "data_csv": "series,period,value\\na,2020-Q3,40.69\\na,2020-Q4,40.38\\n"}
    >>> faults({**drawn, "title": "The share rose from 40.7 to 40.4%"})
    ['rose from 40.7 to 40.4']
    >>> faults({**drawn, "title": "The share fell from 40.7 to 40.4% until 2020 Q4"})
    []
    >>> faults({**drawn, "title": "The share in 2021 Q1"})
    ['names 2021 Q1']
    """
    data = figure["data_csv"]
    found = []
    if PERIOD.search(data):
        for year, part in PERIOD.findall(f"{figure['title']} {figure['subtitle']}"):
            if not re.search(rf"{year}-?{part}" if part else year, data):
                found.append(f"names {year} {part}".rstrip())
    found += [text for text, said in _ends(figure["title"]) if not _draws(data, *said)]
    if any(word in figure["title"] for word in STEADY) and not any(
        all(a < b for a, b in itertools.pairwise(values)) for values in _series(data).values()
    ):
        found.append("every year")
    if re.search(r"[:：]\s*[.。]", figure["notes"]):
        found.append(f"lists nothing: {figure['notes']}")
    return found


def _ends(title: str) -> Iterator[tuple[str, tuple[bool, str, str]]]:
    """Each “rose from a to b” of a title, and what it says: whether upward, and both ends as printed."""
    for match in ENDS.finditer(title):
        english, first, last, first_zh, chinese, last_zh = match.groups()
        yield match[0], ((english or chinese) in UP, first or first_zh, last or last_zh)


def _draws(data: str, is_up: bool, first: str, last: str) -> bool:
    """Whether a series goes from the one value to the other, and in this direction."""
    if is_up == (float(first) >= float(last)):
        return False
    places = len(first.partition(".")[2])
    for values in _series(data).values():
        shown = [f"{value:.{places}f}" for value in values]
        if first in shown and last in shown[shown.index(first) :]:
            return True
    return False


def _series(data: str) -> dict[str, list[float]]:
    """The values of each series that is drawn, in their order; what the report prints is none of them."""
    found: dict[str, list[float]] = {}
    for row in csv.DictReader(data.splitlines()):
        if row.get("kind") != "printed" and row.get("value"):
            found.setdefault(row.get("series", ""), []).append(float(row["value"]))
    return found
