"""Mutations that checks must catch: a ledger or a data file with one thing wrong, and which can be wrong together.

A check that no change of its numbers can turn is blind. To find blind ones, every printed number is moved by one more
than its interval and hedge allow, and every published value that a check uses is scaled; then the notebooks are run
again. Changes that no claim sees together are made together, which saves most of the runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal

from analysis.numbers.printed import Quantity, Reading
from analysis.report.ledger import Claim

MAX_STEPS = 10**7


def moved(claim: Claim, up: bool, reading: Reading | None = None) -> str | None:
    """The nearest printed text, with as many decimals, that the original number contradicts; None for words.

    Upwards it is the first number whose hedged interval lies wholly above the original's, downwards wholly below; above a
    number without an upper end (超过98) what counts is the range that its digits claim.
    """
    quantity = claim.quantity(reading)
    if quantity.value is None or quantity.span is not None:
        return None
    places = (
        max(0, -int(Decimal(claim.printed.replace(",", "")).as_tuple().exponent)) if _is_plain(claim) else 0
    )
    step = Decimal(1).scaleb(-places) * (1 if up else -1)
    original = quantity.hedged if math.isfinite(quantity.hedged.width) else quantity.interval
    start = Decimal(repr(quantity.value))

    def is_clear(steps: int) -> bool:
        other = _quantity(start + step * steps, claim, reading).hedged
        is_beyond = other.low >= original.high if up else other.high <= original.low
        return is_beyond and not other.meets(original)

    far = 1
    while not is_clear(far):
        far *= 2
        if far > MAX_STEPS:
            return None
    near = far // 2
    while far - near > 1:
        middle = (near + far) // 2
        near, far = (near, middle) if is_clear(middle) else (middle, far)
    found = start + step * far
    return f"{found:.{places}f}" if found * start >= 0 else None  # 超过 of another sign is another claim


def _is_plain(claim: Claim) -> bool:
    return claim.printed.replace(",", "").replace(".", "").isdigit()


def _quantity(value: Decimal, claim: Claim, reading: Reading | None) -> Quantity:
    return Quantity.parse(str(value), claim.unit, claim.hedge, reading, kind=claim.kind)


def batches(readers: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Groups of things that may be wrong together: thing → the claims that read it; no claim reads two of a group.

    Greedy colouring, things with the most readers first; the same input gives the same groups.
    """
    groups: list[tuple[list[str], set[str]]] = []
    for thing in sorted(readers, key=lambda t: (-len(set(readers[t])), t)):
        seen = set(readers[thing])
        for members, taken in groups:
            if not taken & seen:
                members.append(thing)
                taken |= seen
                break
        else:
            groups.append(([thing], seen))
    return [members for members, _ in groups]
