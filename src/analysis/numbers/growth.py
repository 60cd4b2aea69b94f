"""Growth, shares and the values they imply: plain functions of numbers.

Percentages are numbers of per cent (24.6, not 0.246). Each function carries the notation that a reader sees beside
its result, the unit of that result (`same` means the unit of its first argument), and the arguments that must be in
one unit. Definitions follow the IMF's *Quarterly National Accounts Manual* (2017), chapter on growth rates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., float])


@dataclass(frozen=True)
class Form:
    """How a function's result is written: notation, unit (or `same`), which arguments share a unit, which are per cent."""

    notation: str
    unit: str
    alike: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()


def formula(notation: str, unit: str, *alike: str, percent: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Attach a `Form` to a function of numbers."""

    def attach(function: F) -> F:
        function.form = Form(notation, unit, alike, percent)  # type: ignore[attr-defined]
        return function

    return attach


def form_of(function: Callable[..., Any]) -> Form | None:
    """The `Form` of a function, if it carries one."""
    return getattr(function, "form", None)


@formula("(now ÷ before − 1) × 100", "%", "now", "before")
def yoy(now: float, before: float) -> float:
    """Year-on-year growth in per cent: a period against the same period a year earlier."""
    return (now / before - 1) * 100


@formula("(now ÷ before − 1) × 100", "%", "now", "before")
def qoq(now: float, before: float) -> float:
    """Growth on the preceding period in per cent, not annualised."""
    return (now / before - 1) * 100


def cagr(last: float, first: float, years: float) -> float:
    """Compound annual growth rate in per cent over `years` (> 0)."""
    if years <= 0:
        raise ValueError("cagr needs a positive number of years")
    return ((last / first) ** (1 / years) - 1) * 100


cagr.form = Form("((last ÷ first)^(1 ÷ years) − 1) × 100", "%", ("last", "first"))  # type: ignore[attr-defined]


@formula("part ÷ whole × 100", "%", "part", "whole")
def share(part: float, whole: float) -> float:
    """A part of a whole in per cent."""
    return part / whole * 100


@formula("now ÷ before", "倍", "now", "before")
def multiple(now: float, before: float) -> float:
    """How many times the earlier value the later one is."""
    return now / before


@formula("now ÷ before − 1", "倍", "now", "before")
def increase_multiple(now: float, before: float) -> float:
    """By how many times the earlier value has grown: 增长了 n 倍 read literally (n + 1 times the base)."""
    return now / before - 1


@formula("now ÷ (1 + growth ÷ 100)", "same", percent=("growth",))
def implied_base(now: float, growth: float) -> float:
    """The earlier value that a level and its growth in per cent imply."""
    return now / (1 + growth / 100)


@formula("before × (1 + growth ÷ 100)", "same", percent=("growth",))
def implied_now(before: float, growth: float) -> float:
    """The later value that a base and its growth in per cent imply."""
    return before * (1 + growth / 100)


@formula("part ÷ (share ÷ 100)", "same", percent=("share",))
def implied_whole(part: float, share: float) -> float:
    """The whole that a part and its share in per cent imply."""
    return part / (share / 100)


@formula("whole × share ÷ 100", "same", percent=("share",))
def implied_part(whole: float, share: float) -> float:
    """The part that a whole and a share in per cent imply."""
    return whole * share / 100


@formula("a − b", "个百分点", percent=("a", "b"))
def change_pp(a: float, b: float) -> float:
    """The difference of two percentages in percentage points."""
    return a - b


@formula("a + b", "same", "a", "b")
def total(a: float, b: float) -> float:
    """The sum of two values."""
    return a + b


@formula("a − b", "same", "a", "b")
def difference(a: float, b: float) -> float:
    """The difference of two values."""
    return a - b


@formula("((1 + value ÷ 100) ÷ (1 + count ÷ 100) − 1) × 100", "%", percent=("value", "count"))
def implied_size_growth(value: float, count: float) -> float:
    """Growth of the average size when value and count grow by these percentages (value = count × size)."""
    return ((1 + value / 100) / (1 + count / 100) - 1) * 100


@formula(
    "(part_now − part_before) ÷ whole_before × 100", "个百分点", "part_now", "part_before", "whole_before"
)
def contribution(part_now: float, part_before: float, whole_before: float) -> float:
    """Percentage points that a part adds to the growth of its whole."""
    return (part_now - part_before) / whole_before * 100


def attainable_percentages(count: int, decimals: int) -> Sequence[str]:
    """Every percentage that a whole number out of `count` can print with `decimals` decimals.

    The integer test of Brown and Heathers (2017, GRIM) for shares: a printed percentage outside this list
    cannot come from `count` answers. Rounding is half up, as printed reports do.
    """
    from decimal import ROUND_HALF_UP, Decimal

    if count <= 0:
        raise ValueError("attainable_percentages needs a positive count")
    step = Decimal(1).scaleb(-decimals)
    return [str((Decimal(100 * k) / Decimal(count)).quantize(step, ROUND_HALF_UP)) for k in range(count + 1)]
