"""Every declared parameter as the control that fits its type."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.report.rows import RobustnessRow
from analysis.report.swept import Swept
from analysis.site.assumptions import Control, Group, Kind, Turn
from analysis.suite import manifest, values
from analysis.suite.params import Catalogue

LANGUAGE = "language"
"""The parameter that pages set themselves: each is in one language."""


def control(
    catalogue: Catalogue, name: str, rows: Sequence[RobustnessRow] = (), swept: Swept | None = None
) -> Control:
    """The control of a parameter. rows: of the published sweep; swept: the same sweep, value by value."""
    at = {c.claim_id: Turn(c.claim_id, c.value, c.verdict) for c in (swept.changes(name) if swept else ())}
    declared = catalogue[name]
    schema = values.schema(declared.type)
    kind, options, bounds = _kind(declared.type, schema), _options(declared.type), ("", "", "")
    if kind == "number":
        bounds = _bounds(schema)
    return Control(
        name, kind, declared.type_name or type(declared.default).__name__, values.describe(declared.type),
        manifest.written(catalogue.default(name)), declared.help, tuple(catalogue.users(name)), options, *bounds,
        tuple(at.get(r.claim_id, Turn(r.claim_id)) for r in rows if name in r.flips_on.split()),
    )  # fmt: skip


def groups(
    catalogue: Catalogue, rows: Sequence[RobustnessRow] = (), swept: Swept | None = None
) -> list[Group]:
    """All parameters but the language: those of several notebooks first, then those of each, in their order."""
    found: dict[str, list[Control]] = {"": []}
    for name in catalogue.names:
        if name != LANGUAGE:
            users = catalogue.users(name)
            found.setdefault("" if len(users) > 1 else users[0], []).append(
                control(catalogue, name, rows, swept)
            )
    return [Group(stem, made) for stem, made in found.items() if made]


def _kind(type_: Any, schema: Mapping[str, Any]) -> Kind:
    if schema.get("type") == "boolean":
        return "switch"
    if values.alternatives(type_):
        return "choice"
    if schema.get("type") in ("number", "integer"):
        return "number"
    pattern = schema.get("pattern", "")
    is_quarter = pattern and re.search(pattern, "2020-Q4") and not re.search(pattern, "2020-H1")
    return "quarter" if is_quarter else "text"


def _options(type_: Any) -> tuple[str, ...]:
    return tuple(map(manifest.written, values.alternatives(type_) or values.examples(type_)))


def _bounds(schema: Mapping[str, Any]) -> tuple[str, str, str]:
    """Least, most and step of a number: a bound that is itself not allowed is a step away."""
    is_whole = schema.get("type") == "integer"
    low, high = (
        schema.get(name, schema.get(outside))
        for name, outside in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
    )
    if low is None or high is None:
        return _number(low), _number(high), "1" if is_whole else "any"
    step = 1.0 if is_whole else 10 ** math.floor(math.log10((high - low) / 50))
    least = low if "minimum" in schema else low + step
    most = high if "maximum" in schema else high - step
    return _number(least), _number(most), _number(step)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"
