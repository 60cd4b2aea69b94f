"""Numbers on charts: how many decimals a set of values needs, and round steps for an axis."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence

MINUS = "−"


def decimals_of(values: Iterable[float], most: int = 2) -> int:
    """The fewest decimals, at most `most`, that show all `values` to four significant digits."""
    needed = 0
    for value in values:
        if not math.isfinite(value) or value == 0:
            continue
        digits = max(0, 3 - math.floor(math.log10(abs(value))))
        text = f"{value:.{min(digits, most)}f}".rstrip("0")
        needed = max(needed, len(text.partition(".")[2]))
    return min(needed, most)


def plain(value: float, decimals: int) -> str:
    """A number with thousands separators and a true minus sign: 1,271 or −2.5."""
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        return text[1:] if float(text.replace(",", "")) == 0 else MINUS + text[1:]
    return text


def signed(value: float, decimals: int) -> str:
    """A change with its sign: +8.3 or −1.2."""
    text = plain(value, decimals)
    return text if text.startswith(MINUS) or float(text.replace(",", "")) == 0 else f"+{text}"


def nice_step(span: float, target: int) -> float:
    """A step of 1, 2 or 5 times a power of ten (25, 250 ... too) that divides `span` into about `target` parts."""
    rough = span / max(target, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for multiple in (1, 2, 2.5, 5, 10):
        if multiple == 2.5 and power < 10:
            continue
        if rough <= multiple * power * 1.0000001:
            return multiple * power
    return 10 * power


def nice_ticks(low: float, high: float, target: int = 5) -> list[float]:
    """Round numbers that enclose [low, high]: about `target` of them, evenly spaced."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    step = nice_step(high - low, target)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def tick_texts(ticks: Sequence[float], factor: float = 1.0, suffix: str = "") -> list[str]:
    """Texts of axis ticks with equal decimals; `suffix` (such as %) stands at the highest one only."""
    shown = [tick * factor for tick in ticks]
    step = min((abs(b - a) for a, b in itertools.pairwise(shown)), default=abs(shown[0]) or 1.0)
    decimals = next((n for n in range(6) if abs(round(step, n) - step) < 1e-9 * max(step, 1)), 6)
    texts = [plain(value, decimals) for value in shown]
    return [*texts[:-1], texts[-1] + suffix]
