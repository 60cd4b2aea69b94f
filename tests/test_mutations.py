"""Proof that the verdicts can fail: each printed number, each evidence row and each grade is made wrong in turn.

A printed number is moved past what it allows, and past the evidence where that proves nothing; a contradicted one is
made right. A published value on which a check with a say rests is scaled, a little and then a lot; where other witnesses
would hold the verdict up, they are set aside, so that each of them is seen to be able to fail. What sets a verdict
is lowered to evidence of something else. Each time a verdict must turn. The checks are those of the committed notebooks,
judged anew. What escapes is listed in mutation_exceptions.csv with a reason; that list can only shrink.
`pytest tests/test_mutations.py -s` prints the shares.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from analysis.errors import UserError
from analysis.numbers.printed import Interval
from analysis.report import config
from analysis.report.bench import Judged
from analysis.report.cells import read_all
from analysis.report.grades import setting_of
from analysis.report.hearing import has_number
from analysis.report.ledger import Claim, load_claims
from analysis.report.rows import CheckRow
from analysis.suite import collect
from tests import verdict_tools
from tests.mutations import Told, World, lowered, neighbours, places, reprinted, scaled, told
from tests.verdict_tools import check, claim, of_report, published, step

ROOT = Path(__file__).parents[1]
EXCEPTIONS = Path(__file__).with_name("mutation_exceptions.csv")
MOST_EXCEPTIONS = 19
FACTORS = (1.1, 1 / 1.1, 3.0, 1 / 3.0, 10.0, 0.1)
"""Published values are scaled by a tenth first; values behind wide claims by three or ten."""
RATE = re.compile("growth|yoy")
"""Series of rates, which may turn their sign too."""


@cache
def world() -> World:
    """The committed ledger with the checks of the committed notebooks."""
    checks = read_all(CheckRow, collect.rows("checks", ROOT / "notebooks"), "checks")
    return World(load_claims(ROOT / "data" / "report" / "claims.csv"), checks, setting_of(config.read(ROOT)))


@cache
def around(claim_id: str) -> World:
    return world().around(claim_id)


@cache
def judged() -> dict[str, Judged]:
    """The claims on which something has a say; claims of form are counts of their own sentence."""
    found = {
        c: around(c).judge(c)
        for c in {x.claim_id for x in world().checks}
        if world().claims[c].kind != "form"
    }
    return {c: j for c, j in found.items() if j.verdict != "unchecked"}


def turns(mutated: World, claim_id: str) -> bool:
    """Whether a claim's verdict is another, or its evidence no longer makes sense at all (a rate below zero)."""
    try:
        return told(mutated.judge(claim_id)) != told(judged()[claim_id])
    except UserError:
        return True


def exceptions(kind: str) -> dict[str, str]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as handle:
        return {row["name"]: row["reason"] for row in csv.DictReader(handle) if row["kind"] == kind}


def settle(kind: str, tried: set[str], caught: set[str]) -> None:
    """Every mutation is caught but the listed ones, which are not caught and have a reason."""
    allowed, escaped = exceptions(kind), tried - caught
    share = len(caught) / len(tried) if tried else 1.0
    print(f"\n{kind}: {len(caught)} of {len(tried)} mutations caught ({share:.1%}), {len(escaped)} escaped")
    assert not escaped - set(allowed), f"blind: {sorted(escaped - set(allowed))}"
    assert not set(allowed) - escaped, (
        f"no longer escaping, remove from the list: {sorted(set(allowed) - escaped)}"
    )
    assert all(len(reason) > 20 for reason in allowed.values())


def texts(c: Claim, j: Judged) -> Iterator[tuple[str, str]]:
    """How the claim's number is made wrong; a contradicted one is made right instead."""
    if j.verdict != "contradicted":
        wide = [h.interval for h in j.heard if h.says and h.interval] if j.verdict == "consistent" else []
        yield from neighbours(c, wide)
    elif j.deciding and j.deciding.value is not None:
        yield "to what was found", f"{j.deciding.value:.{places(c)}f}"


def test_a_wrong_printed_number_turns_its_verdict() -> None:
    tried, caught = set(), set()
    for claim_id, j in judged().items():
        c = world().claims[claim_id]
        if not has_number(c, c.quantity()):
            continue
        for name, text in texts(c, j):
            tried.add(f"{claim_id} {name}")
            if turns(reprinted(around(claim_id), claim_id, text), claim_id):
                caught.add(f"{claim_id} {name}")
    settle("printed", tried, caught)


def readers() -> dict[str, set[str]]:
    """Published value → the claims on which a check of it has a say, as a number or in words."""
    found: dict[str, set[str]] = {}
    for claim_id, j in judged().items():
        for h in j.heard:
            if h.says and h.check.way in ("number", "words"):
                for i in h.check.inputs:
                    if i.is_published:
                        found.setdefault(i.ref, set()).add(claim_id)
    return found


def turns_alone(ref: str, factor: float, claim_id: str) -> bool:
    """Whether a moved value turns a verdict, or would if it were the only witness of the claim."""
    if turns(scaled(around(claim_id), ref, factor), claim_id):
        return True
    alone = lowered(around(claim_id), others(judged()[claim_id], ref))
    try:
        return told(scaled(alone, ref, factor).judge(claim_id)) != told(alone.judge(claim_id))
    except UserError:
        return True


def others(j: Judged, ref: str) -> list[str]:
    """The checks with a say on a claim that do not use a value."""
    return [h.check.check_id for h in j.heard if h.says and ref not in {i.ref for i in h.check.inputs}]


def test_a_wrong_published_value_turns_a_verdict() -> None:
    caught = {
        ref
        for ref, claims in readers().items()
        if any(
            turns_alone(ref, factor, c)
            for factor in (*FACTORS, *((-1.0,) if RATE.search(ref) else ()))
            for c in sorted(claims)
        )
    }
    settle("published", set(readers()), caught)


def test_a_lowered_grade_turns_its_verdict() -> None:
    tried, caught = set(), set()
    for claim_id, j in judged().items():
        if j.deciding is None or j.partners:
            continue  # set by the other statement of a pair
        tried.add(claim_id)
        setting = [h.check.check_id for h in j.heard if h.grade == j.deciding.grade and h.says]
        if turns(lowered(around(claim_id), setting), claim_id):
            caught.add(claim_id)
    settle("grade", tried, caught)


def test_the_list_of_exceptions_only_shrinks() -> None:
    kinds = ("printed", "published", "grade")
    assert sum(len(exceptions(kind)) for kind in kinds) <= MOST_EXCEPTIONS


# --- the mutations themselves ---------------------------------------------------------------------------------------


def small() -> World:
    whole = claim("whole", "100", "亿元", kind="growth", source="NBS")
    part = claim("part", "50", "亿元", kind="growth", source="NBS")
    checks = [
        check("whole", published("value", "100", "亿元")),
        check("part", step("whole × 0.5", of_report(whole, "whole"), unit="亿元"), fits="", label="half"),
    ]
    return World({c.claim_id: c for c in (whole, part)}, checks, verdict_tools.REPORT)


def tell(w: World, claim_id: str) -> Told:
    return told(w.judge(claim_id))


def test_a_number_is_moved_to_the_nearest_that_has_nothing_in_common_with_it() -> None:
    assert dict(neighbours(claim("c", "34.54", "%"))) == {"up": "34.55", "down": "34.53"}
    about = dict(neighbours(claim("c", "200", "亿元", "约", kind="level")))
    assert about == {"up": "222", "down": "180"}
    assert dict(neighbours(claim("c", "536", kind="level"), [Interval(533.46, 537)])) == {
        "up": "538",
        "down": "532",
    }
    over = dict(neighbours(claim("c", "4", "亿美元", "超过", kind="level")))
    assert over == {"up": "5", "down": "3"}
    assert dict(neighbours(claim("c", "2/3", kind="share"))) == {}


def test_a_reprinted_number_reaches_the_claims_that_use_it() -> None:
    bare = replace(small(), checks=small().checks[1:])
    assert tell(bare, "part")[0] == "consistent"
    assert tell(reprinted(bare, "whole", "120"), "part")[0] == "contradicted"


def test_scaled_evidence_reaches_every_step_that_uses_it() -> None:
    (ref,) = {i.ref for i in small().checks[0].inputs}
    assert tell(small(), "part")[0] == "reproduced"
    assert tell(scaled(small(), ref, 1.1), "part")[0] == "contradicted"


def test_a_lowered_check_has_no_say() -> None:
    assert tell(lowered(small(), ["whole/"]), "whole")[0] == "unchecked"


def test_a_blind_check_would_be_named() -> None:
    with pytest.raises(AssertionError, match=r"blind: \['x up'\]"):
        settle("printed", {*exceptions("printed"), "x up"}, set())
