"""What a sweep runs: axes of values, and for each notebook the cases that differ on the parameters it declares.

A universe gives every swept parameter one value. A notebook sees only those that it declares, so it is executed once for
each distinct choice of them (a case), however many universes share it.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from analysis.errors import UserError, counted
from analysis.suite import manifest, params
from analysis.suite import values as kinds
from analysis.suite.params import Catalogue, Scenario
from analysis.suite.project import Notebook, Project

DEFAULT_LIMIT = 4000
"""Cases of one notebook in the default sweep; a larger product is sampled."""
_MOST_VALUES = 10_000
_NUMBER = r"[-+]?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER}):({_NUMBER}):({_NUMBER})\s*")

Values = dict[str, kinds.Plain]


@dataclass(frozen=True)
class Axis:
    """A swept parameter and its values; the default of the notebooks may be among them."""

    name: str
    values: tuple[kinds.Plain, ...]
    default: kinds.Plain

    @property
    def centre(self) -> int:
        """The index of the default, or of the first value when the default is not among them."""
        return next((i for i, v in enumerate(self.values) if _key(v) == _key(self.default)), 0)


@dataclass(frozen=True)
class Cases:
    """The cases of one notebook: all combinations of its axes, or a seeded sample of them.

    A case is known by the number of its combination, the last axis varying fastest; `numbers` are those to run.
    """

    stem: str
    axes: tuple[Axis, ...]
    numbers: Sequence[int]

    @property
    def product(self) -> int:
        """How many combinations there are."""
        return math.prod(len(axis.values) for axis in self.axes)

    @property
    def is_sampled(self) -> bool:
        """Whether some combinations are left out."""
        return len(self.numbers) < self.product

    def indices(self, number: int) -> tuple[int, ...]:
        """Which value of each axis a case has."""
        found = []
        for axis in reversed(self.axes):
            number, index = divmod(number, len(axis.values))
            found.append(index)
        return tuple(reversed(found))

    def values(self, number: int) -> Values:
        """The parameters of a case."""
        chosen = zip(self.axes, self.indices(number), strict=True)
        return {axis.name: axis.values[index] for axis, index in chosen}

    def number(self, indices: Sequence[int]) -> int:
        """The case that has these values."""
        found = 0
        for axis, index in zip(self.axes, indices, strict=True):
            found = found * len(axis.values) + index
        return found

    def centre(self) -> int:
        """The case in which every parameter has its default."""
        return self.number([axis.centre for axis in self.axes])


@dataclass(frozen=True)
class Plan:
    """Everything that decides what a sweep computes. `limit`: cases of a notebook at most, None for all.

    own_data: rows that are not the project's, by name; they are among the inputs.
    """

    axes: tuple[Axis, ...]
    notebooks: tuple[Cases, ...]
    limit: int | None
    seed: int
    inputs: Mapping[str, str]
    own_data: tuple[str, ...] = ()

    @property
    def universes(self) -> int:
        """How many universes the axes span."""
        return math.prod(len(axis.values) for axis in self.axes)

    @property
    def cases(self) -> int:
        """How many executions of notebooks that takes."""
        return sum(len(n.numbers) for n in self.notebooks)

    def tasks(self) -> Iterator[tuple[Cases, int]]:
        """Every case of every notebook, in order."""
        for notebook in self.notebooks:
            for number in notebook.numbers:
                yield notebook, number

    def as_json(self) -> dict[str, Any]:
        """The plan for plan.json."""
        return {
            "axes": [{"name": a.name, "values": list(a.values), "default": a.default} for a in self.axes],
            "limit": self.limit,
            "seed": self.seed,
            "universes": self.universes,
            "notebooks": {
                n.stem: {
                    "axes": [a.name for a in n.axes],
                    "combinations": n.product,
                    "cases": len(n.numbers),
                    "digest": _digest(n.numbers),
                }
                for n in self.notebooks
            },
            "inputs": dict(self.inputs),
            "own_data": list(self.own_data),
        }


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True)


class _Axis(_Shape):
    name: str
    values: list[Any]
    default: Any


class _Notebook(_Shape):
    axes: list[str]


class _Plan(_Shape):
    """What plan.json holds, as far as it is read again."""

    axes: list[_Axis]
    notebooks: dict[str, _Notebook]
    limit: int | None
    seed: int
    inputs: dict[str, str]
    own_data: list[str] = []


def from_json(content: Mapping[str, Any]) -> Plan:
    """The plan that plan.json describes. ValueError where it has another shape."""
    found = _Plan.model_validate(content)
    axes = {a.name: Axis(a.name, tuple(a.values), a.default) for a in found.axes}
    notebooks = []
    for stem, facts in found.notebooks.items():
        own = tuple(axes[name] for name in facts.axes)
        notebooks.append(Cases(stem, own, _numbers(stem, own, found.limit, found.seed)))
    own_data = tuple(found.own_data)
    return Plan(tuple(axes.values()), tuple(notebooks), found.limit, found.seed, found.inputs, own_data)


def asked_axes(catalogue: Catalogue, texts: Sequence[str]) -> list[Axis]:
    """The axes of `-p name=a,b,c` or `-p name=start:stop:step`, every value validated. Raises UserError."""
    found = []
    for name, text in params.assignments(tuple(texts)).items():
        kind = catalogue[name].type
        parts = [p for part in _split(text) for p in _expanded(kind, part, name)]
        if not parts:
            raise UserError(f"-p {name}=: give the values to try, for example -p {name}=a,b or 6.4:7.3:0.1.")
        values = _distinct([catalogue.from_text(name, part) for part in parts])
        found.append(Axis(name, values, catalogue.default(name)))
    return found


def declared_axes(catalogue: Catalogue, scenarios: Sequence[Scenario]) -> list[Axis]:
    """The axes of the default sweep: every declared alternative of every parameter.

    A type that names `examples` is tried at these; one that lists its values, at all of them; any other at its default
    and the values that scenarios give it. Parameters left with one value are no axes.
    """
    found = []
    for name in catalogue.names:
        kind, default = catalogue[name].type, catalogue.default(name)
        listed = kinds.examples(kind) or kinds.alternatives(kind)
        if not listed:
            given = [s.parameters[name] for s in scenarios if name in s.parameters]
            listed = sorted(_distinct([default, *(catalogue.from_yaml(name, v) for v in given)]), key=_order)
        values = _distinct([kinds.literal(kind, value) for value in listed])
        if len(values) > 1:
            found.append(Axis(name, values, default))
    return found


def of_project(
    project: Project,
    texts: Sequence[str] | None,
    only: tuple[str, ...] = (),
    limit: int | None = None,
    seed: int = 1,
    judged: Collection[str] = (),
) -> Plan:
    """What `-p name=values` asks for, or without `texts` the default sweep, at most `DEFAULT_LIMIT` cases a notebook.

    judged: the parameters that whoever evaluates the rows applies himself; no case is executed for them.

    Raises UserError for a value that is not allowed, and when there is nothing to sweep.
    """
    catalogue = Catalogue.of(project.notebooks)
    if texts is None:
        selected = {n.stem for n in _matching(project, only) if not n.needs}
        declared = declared_axes(catalogue, params.scenarios(project))
        axes = [a for a in declared if a.name in judged or selected & set(catalogue.users(a.name))]
        limit = limit or DEFAULT_LIMIT
    else:
        axes = asked_axes(catalogue, texts)
    return make(project, catalogue, axes, only, limit, seed, manifest.inputs(project), judged)


def make(
    project: Project,
    catalogue: Catalogue,
    axes: Sequence[Axis],
    only: tuple[str, ...],
    limit: int | None,
    seed: int,
    inputs: Mapping[str, str],
    judged: Collection[str] = (),
) -> Plan:
    """The cases of every selected notebook that declares a swept parameter and reads no other notebook's results.

    For the `judged` parameters no case is executed; where a notebook declares no other, it is executed once.

    Raises UserError when a swept parameter reaches none of them.
    """
    selected = [n for n in _matching(project, only) if not n.needs]
    notebooks = []
    for notebook in selected:
        used = [axis for axis in axes if axis.name in {*catalogue.declared[notebook.stem], *judged}]
        own = tuple(axis for axis in used if axis.name not in judged)
        if used:
            notebooks.append(Cases(notebook.stem, own, _numbers(notebook.stem, own, limit, seed)))
    reached = {axis.name for cases in notebooks for axis in cases.axes} | set(judged)
    for axis in axes:
        if axis.name not in reached:
            names = ", ".join(n.stem for n in selected)
            raise UserError(
                f"-p {axis.name}: none of the notebooks to sweep ({names}) declares it; "
                f"{', '.join(catalogue.users(axis.name))} would."
            )
    if not notebooks:
        raise UserError(
            "Nothing to sweep: no parameter of these notebooks has a type that lists its values or examples. "
            "Say what to try, for example: -p rate=0.1,0.2."
        )
    return Plan(tuple(axes), tuple(notebooks), limit, seed, inputs)


def _matching(project: Project, only: tuple[str, ...]) -> list[Notebook]:
    """The notebooks that match a pattern, without those they need: a sweep reads no results of others."""
    import fnmatch

    project.select(only)  # refuses a pattern that matches nothing
    patterns = [pattern.removesuffix(".ipynb") for pattern in only] or ["*"]
    return [n for n in project.notebooks if any(fnmatch.fnmatch(n.stem, p) for p in patterns)]


def _numbers(stem: str, axes: tuple[Axis, ...], limit: int | None, seed: int) -> Sequence[int]:
    """All cases, or a sample: the default, what differs from it in one parameter, and a seeded draw without repeats."""
    cases = Cases(stem, axes, ())
    if limit is None or cases.product <= limit:
        return range(cases.product)
    if cases.product > sys.maxsize:
        raise UserError(f"{stem}: more combinations than {sys.maxsize}; give fewer values.")
    centre = [axis.centre for axis in axes]
    near = {cases.number([*centre[:i], v, *centre[i + 1 :]])
            for i, axis in enumerate(axes) for v in range(len(axis.values))}  # fmt: skip
    first = [cases.centre(), *sorted(near - {cases.centre()})][:limit]
    draw = random.Random(f"{seed} {stem}").sample(range(cases.product), limit)
    return [*first, *(n for n in draw if n not in set(first))][:limit]


def _split(text: str) -> list[str]:
    """The parts of a list separated by commas; commas inside brackets and quotes do not separate."""
    parts, depth, quote, part = [], 0, "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "[{":
            depth += 1
        elif character in "]}":
            depth -= 1
        elif character == "," and depth <= 0:
            parts.append(part.strip())
            part = ""
            continue
        part += character
    return [p for p in [*parts, part.strip()] if p]


def _expanded(kind: Any, part: str, name: str) -> list[str]:
    """The numbers of a range start:stop:step, the stop included; the part itself when it is none."""
    match = _RANGE.fullmatch(part)
    if match is None or not kinds.is_numeric(kind):
        return [part]
    start, stop, step = (Decimal(g) for g in match.groups())
    if step == 0 or (stop - start) * step < 0:
        raise UserError(f"-p {name}={part}: from {start} to {stop} there is no way in steps of {step}.")
    if abs(stop - start) >= _MOST_VALUES * abs(step):
        raise UserError(f"-p {name}={part}: more than {counted(_MOST_VALUES, 'value')}.")
    count = int((stop - start) / step) + 1
    return [str(start + i * step) for i in range(count)]


def _distinct(values: Sequence[kinds.Plain]) -> tuple[kinds.Plain, ...]:
    """The values in their order, each once."""
    first: dict[str, kinds.Plain] = {}
    for value in values:
        first.setdefault(_key(value), value)
    return tuple(first.values())


def _key(value: kinds.Plain) -> str:
    return json.dumps(value, sort_keys=True)


def _order(value: kinds.Plain) -> tuple[bool, Any]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (not is_number, value if is_number else _key(value))


def _digest(numbers: Sequence[int]) -> str:
    text = repr(numbers) if isinstance(numbers, range) else ",".join(map(str, numbers))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
