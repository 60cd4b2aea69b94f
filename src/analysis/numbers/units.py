"""Units of printed numbers: which may be compared, and by what factor.

A unit belongs to one dimension; only units of one dimension convert into each other. 亿元 and 万亿元 do,
亿元 and 亿美元 do not: that takes an exchange rate, which is an assumption and therefore explicit (`exchange`).
The units themselves are data: [units] of the packs in analysis/words/.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from analysis import words
from analysis.errors import UserError


class UnitError(UserError):
    """A unit is unknown, or two units measure different things."""


@dataclass(frozen=True)
class Unit:
    """A unit: `value × factor` is the value in the base unit of its `dimension`."""

    name: str
    dimension: str
    factor: float


def _table() -> dict[str, Unit]:
    """All units by name, from the packs: 万 stands before a unit (万户), bn behind it (USD bn)."""
    scales = words.units("scales")
    units = {"": Unit("", "ratio", 1.0)}
    units |= {n: Unit(n, d, float(f)) for n, (d, f) in words.units("measures").items()}
    units |= {n: Unit(n, d, 1.0) for n, d in words.units("counted").items()}
    for name, dimension in {**words.units("money"), **words.units("counters")}.items():
        units[name] = Unit(name, dimension, 1.0)
        for scale, power in scales.items():
            if scale.isascii() == name.isascii():
                whole = f"{name} {scale}" if name.isascii() else f"{scale}{name}"
                units[whole] = Unit(whole, dimension, 10.0**power)
    for alias, name in words.units("aliases").items():
        units[alias] = Unit(alias, units[name].dimension, units[name].factor)
    return units


UNITS: dict[str, Unit] = _table()
CURRENCIES = frozenset(words.units("money").values())
_COUNTED = frozenset({*words.units("counters"), *words.units("counted")})


def get(name: str) -> Unit:
    """The unit of that name.

    A counter word that the table does not know (行, 城市, 领域 …) is not guessed at:
    `UnitError` names the nearest known units.

    >>> get("亿元")
    Unit(name='亿元', dimension='CNY', factor=100000000.0)
    """
    try:
        return UNITS[name]
    except KeyError:
        near = difflib.get_close_matches(name, UNITS, n=3, cutoff=0.3)
        hint = f"; nearest known: {', '.join(near)}" if near else ""
        raise UnitError(
            f"unknown unit {name!r}{hint} (a line in [units] of analysis/words/ adds one)"
        ) from None


def counter(name: str) -> Unit:
    """The unit of that name, or a unit of its own for a counter word nobody else shares (行, 城市, 领域).

    >>> counter("城市").dimension
    'count of 城市'
    """
    return UNITS.get(name) or Unit(name, f"count of {name}", 1.0)


def counts(name: str) -> bool:
    """Whether the unit counts things one by one: 家, 个, a counter word of nobody else; 万户 counts ten thousands.

    >>> counts("家"), counts("部委"), counts("万户"), counts("亿元"), counts("")
    (True, True, False, False, False)
    """
    return name in _COUNTED or name not in UNITS


def convertible(a: str, b: str) -> bool:
    """Whether values in `a` can be expressed in `b`.

    >>> convertible("万亿元", "亿元"), convertible("亿元", "亿美元"), convertible("times", ""), convertible("times", "%")
    (True, False, True, False)
    """
    return _alike(counter(a), counter(b))


def _alike(a: Unit, b: Unit) -> bool:
    """Whether two units measure one thing; a number without a unit may count times: double is 2 times."""
    is_bare = "" in (a.name, b.name) and {a.dimension, b.dimension} == {"ratio", "multiple"}
    return is_bare or a.dimension == b.dimension


@cache
def factor(source: str, target: str) -> float:
    """By what a value in `source` is multiplied to be in `target`; `UnitError` when they measure different things.

    >>> factor("万亿元", "亿元")
    10000.0
    """
    a, b = counter(source), counter(target)
    if not _alike(a, b):
        raise UnitError(
            f"{source or 'a pure number'} ({a.dimension}) cannot be compared with {target or 'a pure number'} ({b.dimension})"
            + (": state an exchange rate" if {a.dimension, b.dimension} <= CURRENCIES else "")
        )
    # Decimals are divided as they are printed: 0.001 / 1e-06 is no thousand in floats.
    return float(Fraction(repr(a.factor)) / Fraction(repr(b.factor)))


def convert(value: float, source: str, target: str) -> float:
    """`value` in `target` units. `UnitError` when the dimensions differ.

    >>> convert(1.5, "万亿元", "亿元")
    15000.0
    """
    ratio = factor(source, target)
    return value * ratio if ratio >= 1 else value / (1.0 / ratio)


def exchange(value: float, source: str, target: str, rate: float, quoted: str = "CNY/USD") -> float:
    """`value` in `target` units; where the currencies differ, at `rate`, which counts what `quoted` says: CNY for one USD.

    `UnitError` where they are not both money, or the rate is one of other currencies.

    >>> exchange(100, "亿元", "亿美元", 6.4), exchange(5, "EUR bn", "GBP bn", 1.25, "EUR/GBP")
    (15.625, 4.0)
    """
    a, b = get(source), get(target)
    if a.dimension == b.dimension:
        return convert(value, source, target)
    if not {a.dimension, b.dimension} <= CURRENCIES:
        raise UnitError(f"{source} and {target} are not both money")
    counted, _, one = quoted.partition("/")
    if {a.dimension, b.dimension} != {counted, one}:
        raise UnitError(
            f"{source} and {target}: a rate {f'in {quoted}' if quoted else 'without its currencies'} does not exchange "
            f"them; say one in {a.dimension}/{b.dimension} or {b.dimension}/{a.dimension}"
        )
    base = value * a.factor * (rate if a.dimension == one else 1.0 / rate)
    return base / b.factor


def in_currency(unit: str, currency: str) -> str:
    """The unit of another currency with the same power of ten, in the same language. `UnitError` where there is none.

    >>> in_currency("亿元", "USD"), in_currency("EUR bn", "GBP"), in_currency("亿元", "CNY")
    ('亿美元', 'GBP bn', '亿元')
    """
    if get(unit).dimension == currency:
        return unit
    money = words.units("money")
    own = max((name for name in money if name in unit), key=len, default="")
    other = next((n for n, c in money.items() if c == currency and n.isascii() == own.isascii()), "")
    if not own or not other:
        raise UnitError(f"{unit} has no counterpart in {currency}: there are {', '.join(sorted(CURRENCIES))}")
    return get(unit.replace(own, other)).name
