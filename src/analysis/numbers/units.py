"""Units of printed numbers: which may be compared, and by what factor.

A unit belongs to one dimension; only units of one dimension convert into each other. 亿元 and 万亿元 do,
亿元 and 亿美元 do not: that takes an exchange rate, which is an assumption and therefore explicit (`exchange`).
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from analysis.errors import UserError


class UnitError(UserError):
    """A unit is unknown, or two units measure different things."""


@dataclass(frozen=True)
class Unit:
    """A unit: `value × factor` is the value in the base unit of its `dimension`."""

    name: str
    dimension: str
    factor: float


_SCALES = {"": 1.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "十亿": 1e9, "万亿": 1e12}
_COUNTED = {
    "户": "households",
    "人": "persons",
    "笔": "deals",  # deals and payment transactions are both counted in 笔
    "个": "items",
    "家": "institutions",
    "张": "cards",
    "项": "entries",
}
_SINGLE = {
    "": ("ratio", 1.0),
    "%": ("ratio", 0.01),
    "％": ("ratio", 0.01),
    "‰": ("ratio", 0.001),
    "成": ("ratio", 0.1),
    "个百分点": ("percentage points", 1.0),
    "百分点": ("percentage points", 1.0),
    "倍": ("multiple", 1.0),
    "起": ("deals", 1.0),
    "种": ("kinds", 1.0),
    "类": ("kinds", 1.0),
    "次": ("times", 1.0),
    "位": ("rank", 1.0),
    "岁": ("years of age", 1.0),
    "年": ("years", 1.0),
    "天": ("days", 1.0),
    "日": ("days", 1.0),
    "小时": ("hours", 1.0),
    "M": ("Mbit/s", 1.0),
    "Mbps": ("Mbit/s", 1.0),
    "CNY/USD": ("exchange rate", 1.0),
    "times": ("multiple", 1.0),
    "W": ("power", 1e-6),
    "kW": ("power", 1e-3),
    "MW": ("power", 1.0),
    "GW": ("power", 1e3),
}
_ALIASES = {
    "亿": "亿元",  # money without its currency word, as prose prints it
    "万亿": "万亿元",
    "CNY": "元",
    "CNY 100m": "亿元",
    "100 million CNY": "亿元",
    "CNY bn": "十亿元",
    "trillion CNY": "万亿元",
    "USD": "美元",
    "USD m": "百万美元",
    "USD bn": "十亿美元",
    "USD trillion": "万亿美元",
    "美金": "美元",
    "亿美金": "亿美元",
    "人民币": "元",
    "亿人民币": "亿元",
    "deals": "笔",
    "10 thousand households": "万户",
    "人次": "次",
    "pp": "个百分点",
}


def _table() -> dict[str, Unit]:
    units = {name: Unit(name, dimension, factor) for name, (dimension, factor) in _SINGLE.items()}
    for prefix, scale in _SCALES.items():
        for money, dimension in (("元", "CNY"), ("美元", "USD")):
            units[prefix + money] = Unit(prefix + money, dimension, scale)
        for counter, dimension in _COUNTED.items():
            units[prefix + counter] = Unit(prefix + counter, dimension, scale)
    for alias, name in _ALIASES.items():
        units[alias] = Unit(alias, units[name].dimension, units[name].factor)
    return units


UNITS: dict[str, Unit] = _table()


def get(name: str) -> Unit:
    """The unit of that name.

    A counter word that the table does not know (行, 城市, 领域 …) is not guessed at:
    `UnitError` names the nearest known units.
    """
    try:
        return UNITS[name]
    except KeyError:
        near = difflib.get_close_matches(name, UNITS, n=3, cutoff=0.3)
        hint = f"; nearest known: {', '.join(near)}" if near else ""
        raise UnitError(
            f"unknown unit {name!r}{hint} (add it to analysis/numbers/units.py if it is right)"
        ) from None


def counter(name: str) -> Unit:
    """The unit of that name, or a unit of its own for a counter word nobody else shares (行, 城市, 领域)."""
    return UNITS.get(name) or Unit(name, f"count of {name}", 1.0)


def convertible(a: str, b: str) -> bool:
    """Whether values in `a` can be expressed in `b`."""
    return counter(a).dimension == counter(b).dimension


def factor(source: str, target: str) -> float:
    """By what a value in `source` is multiplied to be in `target`; `UnitError` when they measure different things."""
    a, b = counter(source), counter(target)
    if a.dimension != b.dimension:
        raise UnitError(
            f"{source or 'a pure number'} ({a.dimension}) cannot be compared with {target or 'a pure number'} ({b.dimension})"
            + (": state an exchange rate" if {a.dimension, b.dimension} == {"CNY", "USD"} else "")
        )
    # Powers of ten divide exactly only in this order: 1e12 / 1e8, not 1e12 * 1e-8.
    return a.factor / b.factor if a.factor >= b.factor else 1.0 / (b.factor / a.factor)


def convert(value: float, source: str, target: str) -> float:
    """`value` in `target` units. `UnitError` when the dimensions differ."""
    ratio = factor(source, target)
    return value * ratio if ratio >= 1 else value / (1.0 / ratio)


def exchange(value: float, source: str, target: str, cny_per_usd: float) -> float:
    """`value` in `target` units, at `cny_per_usd` yuan a dollar where the currencies differ."""
    a, b = get(source), get(target)
    if a.dimension == b.dimension:
        return convert(value, source, target)
    if {a.dimension, b.dimension} != {"CNY", "USD"}:
        raise UnitError(f"{source} and {target} are not both money")
    base = value * a.factor * (cny_per_usd if a.dimension == "USD" else 1.0 / cny_per_usd)
    return base / b.factor
