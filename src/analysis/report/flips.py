"""Whether contradicting evidence turns a conclusion round.

It does if the printed value passes the test and all of the contradicting evidence fails it, each on its whole range.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from analysis.numbers.printed import Interval
from analysis.report.conclusion import Comparison, Conclusion
from analysis.statistics.vocabulary import Bound, Operator, Truth, all_of

ValueOf = Callable[[str], Interval]
"""The range of another claim that a conclusion names."""


def flips(
    test: Conclusion | None,
    printed: Interval | None,
    evidence: Sequence[Interval | str],
    printed_value_of: ValueOf,
    evidence_of: ValueOf,
) -> bool:
    """Whether the evidence turns the conclusion; an absent one never turns.

    printed: None for a statement in words, which passes by what it says. evidence: a range, or the status that an act
    turned out to have. `printed_value_of` gives other claims as printed, `evidence_of` as their evidence has them.

    >>> test = Conclusion.parse("x >= 0.85")
    >>> flips(test, None, [Interval(0.64, 0.65)], {}.__getitem__, {}.__getitem__)
    True
    """
    if test is None or not evidence:
        return False
    if printed is not None and truth(test, printed, printed_value_of) == "fails":
        return False
    return all(truth(test, e, evidence_of) == "fails" for e in evidence)


def truth(test: Conclusion, x: Interval | str, value_of: ValueOf) -> Truth:
    """Whether x passes on all of its range, on none of it, or on a part.

    >>> truth(Conclusion.parse("x = 1"), Interval(2, 9), {}.__getitem__)
    'fails'
    """
    return all_of([_of(comparison, x, value_of) for comparison in test.comparisons])


def _of(comparison: Comparison, x: Interval | str, value_of: ValueOf) -> Truth:
    if isinstance(x, str):
        return "holds" if comparison.status and comparison.passes(x, {}) else "fails"
    if comparison.status:
        return "fails"
    other = value_of(comparison.claim) if comparison.claim else Interval(1.0, 1.0)
    ends = sorted((other.low * comparison.factor, other.high * comparison.factor))
    bound = Interval(ends[0], ends[1])
    if comparison.op in ("=", "!="):
        return _equal(x, bound, comparison.op == "=")
    # x is ahead of the whole of the other range, or behind all of it
    far, near = (bound.high, bound.low) if comparison.op.startswith(">") else (bound.low, bound.high)
    if _bound(comparison, far).truth(x) == "holds":
        return "holds"
    return "fails" if _bound(comparison, near).truth(x) == "fails" else "open"


def _bound(comparison: Comparison, threshold: float) -> Bound:
    return Bound("value", cast(Operator, comparison.op), threshold)


def _equal(x: Interval, bound: Interval, wanted: bool) -> Truth:
    if not x.meets(bound):
        return "fails" if wanted else "holds"
    if x.width == 0 and bound.width == 0:
        return "holds" if wanted else "fails"
    return "open"
