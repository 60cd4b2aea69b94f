"""How well a published number is attested: the evidence columns of a series row, and what may vouch for a loose one.

The terms are those of the standard of evidence: `original` was read in the publisher's own document, `named` on a page
that names publisher and period, `loose` where publisher, period or value is our inference. A loose row counts only when
a row of the release itself agrees with it within rounding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from analysis.numbers import printed, units
from analysis.numbers.printed import decimals_interval
from analysis.report.rows import ATTESTED

Cells = Mapping[str, object]
"""A row of a series file by column: the cells as printed."""

_FACTOR = re.compile(r"[1-9][0-9]*(\.[0-9]+)?")


def key(row: Cells) -> str:
    """The name by which another row refers to this one: `series_id@period@edition`.

    >>> key({"series_id": "trips", "period": "2021-Q1", "edition": "survey-2021", "value": "13.03"})
    'trips@2021-Q1@survey-2021'
    """
    return f"{row['series_id']}@{row['period']}@{row['edition']}"


def doubts(row: Cells, rows: Mapping[str, Cells]) -> Iterator[tuple[str, str]]:
    """What is wrong with the evidence of a row: column and problem. `rows` are those of its file by `key`.

    >>> list(doubts({"attested": "seen", "hedge": "", "restated_by": "1", "vouched_by": ""}, {}))
    [('attested', "'seen' is not one of original, named, loose")]
    """
    if row["attested"] not in ATTESTED:
        yield "attested", f"{row['attested']!r} is not one of {', '.join(ATTESTED)}"
    if row["hedge"] and row["hedge"] not in printed.HEDGES:
        yield "hedge", f"{row['hedge']!r} is no hedge word known; known: {', '.join(sorted(printed.HEDGES))}"
    if not _FACTOR.fullmatch(str(row["restated_by"])):
        yield "restated_by", f"{row['restated_by']!r} is no factor; write a number from 1 (1: none seen)"
    if row["vouched_by"] and (problem := _not_vouched(row, rows)):
        yield "vouched_by", f"{row['vouched_by']!r} {problem}"


def _not_vouched(row: Cells, rows: Mapping[str, Cells]) -> str:
    voucher = rows.get(str(row["vouched_by"]))
    if row["attested"] != "loose":
        return "vouches for a row that is not loose; leave it empty"
    if voucher is None:
        return "is no row of this file; name series_id@period@edition"
    if voucher["attested"] == "loose":
        return "is loose itself; name a row of the release"
    if voucher["period"] != row["period"]:
        return f"is of {voucher['period']}, not of {row['period']}"
    unit, other = str(row["unit"]), str(voucher["unit"])
    if not units.convertible(other, unit):
        return f"is in {other}, which is no {unit}"
    factor = units.factor(other, unit)
    said = decimals_interval(str(voucher["value"]))
    if not decimals_interval(str(row["value"])).meets(said.scaled(factor)):
        return f"says {voucher['value']} {other}, which does not agree with {row['value']} {unit} within rounding"
    return ""


Kind = tuple[str, str]
"""A publisher and the dimension of a unit: his amounts, his counts, his shares."""


def kind(row: Cells) -> Kind:
    """Publisher and dimension of a row; restatement is a habit of a publisher with one kind of quantity.

    >>> kind({"publisher": "Statistics office", "unit": "USD bn"})
    ('Statistics office', 'USD')
    """
    return str(row["publisher"]), units.get(str(row["unit"])).dimension


def restatements(rows: Iterable[Cells]) -> dict[Kind, float]:
    """The largest factor by which each publisher restates a quantity of each kind, where any was seen.

    Two rows of one series, period and publisher are a restatement when they come from two releases and their printed
    digits exclude each other. Rows in conflict, loose or hedged tell nothing of the publisher's habit.

    >>> first = dict(series_id="s", period="2017", publisher="P", unit="亿元", status="main", hedge="", attested="named",
    ...              value="31", origin="p-2017")
    >>> restatements([first, first | dict(value="50.8", origin="p-2018")])
    {('P', 'CNY'): 1.6387096774193548}
    """
    printings = defaultdict(list)
    for row in rows:
        if row["status"] != "conflict" and row["attested"] != "loose" and not row["hedge"]:
            printings[row["series_id"], row["period"], *kind(row)].append(row)
    seen: dict[Kind, float] = {}
    for (_, _, publisher, dimension), found in printings.items():
        for one, other in combinations(found, 2):
            if one["origin"] != other["origin"]:
                factor = _ratio(one, other)
                if factor > seen.get((publisher, dimension), 1):
                    seen[publisher, dimension] = factor
    return seen


def _ratio(one: Cells, other: Cells) -> float:
    """How many times the smaller of two printed numbers goes into the larger; 1 where their digits agree."""
    scale = units.factor(str(other["unit"]), str(one["unit"]))
    near, far = decimals_interval(str(one["value"])), decimals_interval(str(other["value"]))
    if near.meets(far.scaled(scale)):
        return 1.0
    value, restated = float(str(one["value"])), float(str(other["value"])) * scale
    return max(value / restated, restated / value) if value * restated > 0 else 1.0
