"""What a reader takes away of a statement, as a test that the statement passes: `x > 1.5*[another-claim]`.

    test := x op term [and test]        op := < <= > >= = !=        term := number | [claim] | number*[claim] | word

`x` is the claim's value in its own unit; of a comparison in words the ratio of what is compared to what it is compared
with; of a rank the place; of a document its status. A contradicted claim turns its conclusion over when the printed
value passes and what contradicts it fails.

    >>> test = Conclusion.parse("x > 1.5*[revenue-growth] and x < 100")
    >>> test.claims
    ('revenue-growth',)
    >>> test.passes(34.54, {"revenue-growth": 4.44}), test.passes(6.1, {"revenue-growth": 4.44})
    (True, False)
    >>> Conclusion.parse("x = issued").passes("draft")
    False
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.errors import UserError
from analysis.report.documents import STATUSES

_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
_TEST = re.compile(r"x (?P<op><=|>=|!=|<|>|=) (?P<term>.+)")
_TERM = re.compile(r"(?P<number>-?\d+(?:\.\d+)?)?(?:(?<=\d)\*)?(?:\[(?P<claim>[a-z0-9]+(?:-[a-z0-9]+)*)\])?")


class ConclusionError(UserError):
    """A conclusion is not of the form that this module reads."""


@dataclass(frozen=True)
class Comparison:
    """One `x op term`: the term is `factor` times a claim's value, `factor` itself without a claim, or a status."""

    op: str
    factor: float
    claim: str = ""
    status: str = ""

    @classmethod
    def parse(cls, text: str) -> Comparison:
        """`ConclusionError` when the text is no comparison."""
        match = _TEST.fullmatch(text)
        if match is None:
            raise ConclusionError(
                f"{text!r} is not of the form: x op term, with op one of {' '.join(_ORDER)}"
            )
        op, term = match["op"], match["term"]
        if term in STATUSES:
            if op not in ("=", "!="):
                raise ConclusionError(f"{text!r}: a status is compared with = or !=")
            return cls(op, math.nan, status=term)
        read = _TERM.fullmatch(term)
        if (
            read is None
            or not (read["number"] or read["claim"])
            or ("*" in term) != (None not in read.groups())
        ):
            raise ConclusionError(
                f"{term!r} is neither number, [claim] nor number*[claim], nor one of {', '.join(STATUSES)}"
            )
        return cls(op, float(read["number"] or 1), read["claim"] or "")

    def passes(self, x: float | str, values: Mapping[str, float]) -> bool:
        """Whether `x` passes; `values` has the value of the claim that the term names."""
        if self.status:
            return (x == self.status) == (self.op == "=")
        return _ORDER[self.op](float(x), self.factor * (values[self.claim] if self.claim else 1.0))


@dataclass(frozen=True)
class Conclusion:
    """Comparisons that must all hold."""

    comparisons: tuple[Comparison, ...]

    @classmethod
    def parse(cls, text: str) -> Conclusion:
        """`ConclusionError` names the part that cannot be read."""
        return cls(tuple(Comparison.parse(part) for part in text.split(" and ")))

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that it refers to."""
        return tuple(c.claim for c in self.comparisons if c.claim)

    def passes(self, x: float | str, values: Mapping[str, float] | None = None) -> bool:
        """Whether `x` passes; `values` has the value of every claim in `claims`."""
        return all(c.passes(x, values or {}) for c in self.comparisons)
