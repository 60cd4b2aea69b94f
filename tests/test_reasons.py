"""What the reasons tell: every number in a reason is one of the claim's own or among the inputs of its checks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from analysis.report import Claim, cells, load_claims
from analysis.report.rows import CheckRow
from analysis.suite import collect

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LEDGER = load_claims()

MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NO_MEASURE = re.compile(
    rf"\d{{1,2}} (?:{MONTHS})|(?:19|20)\d\d(?:-(?:Q\d|H\d))?年?|\d{{1,2}}月(?:\d{{1,2}}日)?|Q\d|\b5G\b|十\d+家"
    r"|section \d\.\d|(?:[Tt]able|[Ff]igure|No) \d+|[图表]\d+|第\d+号|JR/T \d+—\d+|〔\d+〕\d+号|\d\.\d节"
)
"""Dates, exhibits and the numbers of acts are no measures."""
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@cache
def checks() -> dict[str, list[CheckRow]]:
    found: dict[str, list[CheckRow]] = {}
    for row in cells.read_all(CheckRow, collect.rows("checks", NOTEBOOKS), "checks"):
        found.setdefault(row.claim_id, []).append(row)
    return found


def told(text: str) -> Iterator[str]:
    """The numbers of a reason that are measures.

    >>> list(told("Of 657 deals in 2020-Q1, by table 5 of 8 January 2021, 37% are new"))
    ['657', '37']
    """
    yield from (n.replace(",", "") for n in NUMBER.findall(NO_MEASURE.sub(" ", text)))


def known(claim: Claim) -> list[float]:
    """What the claim prints and what its checks read or come to; a repetition has those of its first statement."""
    rows = checks().get(claim.claim_id, [])
    inputs = [i.value for row in rows for i in row.inputs]
    computed = [row.computed for row in rows if row.computed is not None]
    steps = [step.value for row in rows for step in row.steps]
    return [*inputs, *computed, *steps, *(float(n) for n in told(claim.printed))]


def is_among(number: str, values: list[float]) -> bool:
    """Whether the digits are those of a value, rounded as printed, in any power of ten (2.241 million is 224.1万).

    >>> is_among("2.241", [224.1]), is_among("37", [36.63]), is_among("38", [36.63])
    (True, True, False)
    """
    asked, place = float(number), len(number.partition(".")[2])
    finite = [abs(v) for v in values if math.isfinite(v)]
    if any(abs(v - asked) <= 0.5 * 10**-place + 1e-9 for v in finite):
        return True
    return any(math.isclose(v * 10.0**k, asked, rel_tol=1e-9) for v in finite for k in range(-9, 10))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_number_that_a_reason_tells_is_read_by_a_check_of_its_claim(language: str) -> None:
    loose = [
        (claim.claim_id, number)
        for claim in LEDGER.values()
        for number in told(claim.gaps.get(language, ""))
        if not is_among(number, known(claim))
    ]
    assert loose == []


def test_another_number_in_its_place_is_found() -> None:
    """Each number, moved by a third: nothing that its claim's checks hold is that close by chance but now and then."""
    moved = [
        is_among(f"{float(number) * 1.37:.3f}", known(claim))
        for claim in LEDGER.values()
        for number in told(claim.gaps.get("en", ""))
    ]
    assert len(moved) > 20 and sum(moved) < len(moved) / 10
