"""Growth, shares and the values they imply: named formulas.

Percentages are numbers of per cent (24.6, not 0.246). Each formula brings the unit of its result (`same` means that of
its first argument; `multiple` and `points` stand in [formulas] of the packs, as a language has them), the arguments that
must be in one unit, and those that are per cent. They are functions of plain numbers as well. Definitions follow the
IMF's *Quarterly National Accounts Manual* (2017), chapter on growth rates.

    >>> round(yoy(13.03, 10.46), 2)
    24.57
    >>> yoy.formula.text
    '(now ÷ before − 1) × 100'
"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.numbers.formula import Formula, FormulaError


@dataclass(frozen=True)
class Named:
    """A formula with what it means and what it asks of units.

    `alike` arguments are put into one unit, `percent` ones are per cent, `positive` ones must be so.
    """

    formula: Formula
    unit: str
    meaning: str
    alike: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()

    def __call__(self, *values: float, **named: float) -> float:
        """The value for plain numbers, in the order of the formula or by name. `FormulaError` where it has none."""
        given = dict(zip(self.formula.names, values, strict=False)) | named
        self.check(given)
        return self.formula.value(**given)

    def check(self, given: dict[str, float]) -> None:
        """`FormulaError` for an unknown argument, or one that has to be positive and is not."""
        if unknown := set(given) - set(self.formula.names):
            raise FormulaError(f"{self.formula.text} has no {', '.join(sorted(unknown))}")
        for name in self.positive:
            if name in given and given[name] <= 0:
                raise FormulaError(f"{self.formula.text}: {name} has to be positive, not {given[name]:g}")


def named(
    text: str,
    unit: str,
    meaning: str,
    alike: str = "",
    percent: str = "",
    positive: str = "",
) -> Named:
    """A named formula; names of arguments separated by blanks.

    >>> named("part ÷ whole × 100", "%", "A share.", alike="part whole")(part=1, whole=4)
    25.0
    """
    return Named(
        Formula.parse(text),
        unit,
        meaning,
        tuple(alike.split()),
        tuple(percent.split()),
        tuple(positive.split()),
    )


yoy = named(
    "(now ÷ before − 1) × 100",
    "%",
    "Year-on-year growth: a period against the same period a year earlier.",
    "now before",
)
qoq = named("(now ÷ before − 1) × 100", "%", "Growth on the preceding period, not annualised.", "now before")
cagr = named(
    "((last ÷ first) ^ (1 ÷ years) − 1) × 100",
    "%",
    "Compound annual growth over `years`.",
    "last first",
    positive="years",
)
share = named("part ÷ whole × 100", "%", "A part of a whole in per cent.", "part whole")
multiple = named(
    "now ÷ before", "multiple", "How many times the earlier value the later one is.", "now before"
)
increase_multiple = named(
    "now ÷ before − 1",
    "multiple",
    "By how many times the earlier value has grown: n + 1 times the base.",
    "now before",
)
implied_base = named(
    "now ÷ (1 + growth ÷ 100)",
    "same",
    "The earlier value that a level and its growth imply.",
    percent="growth",
)
implied_now = named(
    "before × (1 + growth ÷ 100)",
    "same",
    "The later value that a base and its growth imply.",
    percent="growth",
)
implied_whole = named(
    "part ÷ (share ÷ 100)", "same", "The whole that a part and its share imply.", percent="share"
)
implied_part = named(
    "whole × share ÷ 100", "same", "The part that a whole and a share imply.", percent="share"
)
remainder = named("100 − share", "%", "What a share leaves of one hundred per cent.", percent="share")
change_pp = named("a − b", "points", "The difference of two percentages in points.", percent="a b")
total = named("a + b", "same", "The sum of two values.", "a b")
difference = named("a − b", "same", "The difference of two values.", "a b")
implied_size_growth = named(
    "((1 + value ÷ 100) ÷ (1 + count ÷ 100) − 1) × 100", "%",
    "Growth of the average size when value and count grow so (value = count × size).", percent="value count",
)  # fmt: skip
contribution = named(
    "(part_now − part_before) ÷ whole_before × 100", "points",
    "Percentage points that a part adds to the growth of its whole.", "part_now part_before whole_before",
)  # fmt: skip
