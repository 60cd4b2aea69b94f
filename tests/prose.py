"""The numbers of a notebook's prose, looked for where they must come from: the cells beside it, or a quote of the report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Cell = Mapping[str, Any]
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)")
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NAMES = (
    r"`[^`]*`",  # names in code
    r"^\d+\. ",  # a numbered question
    r"\b(?:[Ss]ections?|[Tt]ables?|[Ff]igures?|[Nn]otebook|[Ff]ootnote|[Cc]hapters?|Papers(?: No)?) \d+(?:\.\d+)?(?:(?:, | and | to |–)\d+(?:\.\d+)?)*",
    rf"\b\d{{1,2}} (?:to \d{{1,2}} )?(?:and \d{{1,2}} )?(?:{MONTHS})\b",  # a day
    r"\b(?:19|20)\d\d\b(?:[ -]?[QH]\d)?",  # a year, or a part of one
)
OF_ALL = ("title-en", "missing-en")
"""What speaks of the whole notebook: its questions, and what it leaves open."""


def unfounded(cells: Sequence[Cell]) -> dict[str, list[str]]:
    """English prose cell → its numbers that neither a neighbouring code cell nor any quote of the report has.

    Neighbours of prose are the code cells between it and the prose before, and those up to the next. Headings, quotes,
    sources, dates, and numbers of sections, tables and figures are no findings.

    >>> prose = {"id": "a-en", "cell_type": "markdown", "source": ["About 2.64 times, or 144."]}
    >>> unfounded([prose, {"id": "a", "cell_type": "code", "source": ["x = 95 / 36"], "outputs": [{"text": ["2.6389"]}]}])
    {'a-en': ['144']}
    """
    quotes = "\n".join(line for cell in cells if _is_prose(cell) for line in _lines(cell) if line[:1] == ">")
    found = {}
    for place, cell in enumerate(cells):
        if not _is_prose(cell) or cell["id"].startswith("sources"):
            continue
        beside = [*_run(cells[place + 1 :]), *_run(cells[:place][::-1])]
        if cell["id"] in OF_ALL:
            beside = [other for other in cells if other["cell_type"] == "code"]
        known = set(numbers("\n".join([quotes, *map(_shown, beside)])))
        values = [float(number) for number in known]
        told = dict.fromkeys(numbers(plain(cell)))
        if lacking := [number for number in told if number not in known and not _rounds(number, values)]:
            found[cell["id"]] = lacking
    return found


def numbers(text: str) -> list[str]:
    """The numbers of a text, without the commas of thousands.

    >>> numbers("1,271 deals, 53.6 billion, Q2, x10")
    ['1271', '53.6']
    """
    return [number.replace(",", "") for number in NUMBER.findall(text)]


def _rounds(number: str, values: Iterable[float]) -> bool:
    """Whether a value rounds to this number, three digits or more also in another unit (536 for 53.6 billion)."""
    decimals = len(number.partition(".")[2])
    is_telling = len(number.replace(".", "").strip("0")) >= 3
    units = range(-4, 5) if is_telling else (0,)
    return any(f"{value * 10**power:.{decimals}f}" == number for value in values for power in units)


def _is_prose(cell: Cell) -> bool:
    return cell["cell_type"] == "markdown" and cell["id"].endswith("-en")


def _lines(cell: Cell) -> list[str]:
    return "".join(cell["source"]).split("\n")


def plain(cell: Cell) -> str:
    """The prose of a cell without headings, quotes and names."""
    text = "\n".join(line for line in _lines(cell) if line[:1] not in (">", "#"))
    for name in NAMES:
        text = re.sub(name, "", text, flags=re.MULTILINE)
    return text


def _run(cells: Iterable[Cell]) -> list[Cell]:
    """The code cells with which these begin, prose before the first of them passed over."""
    found: list[Cell] = []
    for cell in cells:
        if cell["cell_type"] == "code":
            found.append(cell)
        elif found:
            break
    return found


def _shown(cell: Cell) -> str:
    """Source and outputs of a code cell, pictures left out."""
    parts = ["".join(cell["source"])]
    for output in cell.get("outputs", []):
        parts.append("".join(output.get("text", "")))
        for kind, data in output.get("data", {}).items():
            if kind.startswith("image/"):
                continue
            if isinstance(data, dict):
                data = json.dumps(
                    {k: v for k, v in data.items() if not k.startswith("svg")}, ensure_ascii=False
                )
            parts.append("".join(data))
    return "\n".join(parts)
