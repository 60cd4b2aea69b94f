"""A published sweep in compact form: the verdict of each fragile claim in each combination of the values that turn it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis import reading
from analysis.errors import counted
from analysis.report.robustness import Robustness
from analysis.report.rows import FORM_VERDICTS, VERDICTS, Verdict
from analysis.report.universes import Grid

PUBLISHED = Path("sweep") / "verdicts.json"
"""Where in the data folder it stands, beside the table of the scorecard."""
_UNTRIED = "-"
MOST_COMBINATIONS = 4096
"""Of one claim; one that more combinations turn is left out, and whoever asks is told that it is not known."""


@dataclass(frozen=True)
class Axis:
    """A swept parameter: its values as `-p` takes them, and which of them is the default."""

    name: str
    values: Sequence[str]
    default: int


@dataclass(frozen=True)
class Turned:
    """A claim that turns. names: the parameters that turn it; codes: a letter for each combination, the last name fastest."""

    claim_id: str
    names: Sequence[str]
    codes: str


@dataclass(frozen=True)
class Change:
    """A value of a parameter at which, the others at their defaults, a claim has another verdict."""

    claim_id: str
    value: str
    verdict: Verdict


@dataclass(frozen=True)
class Swept:
    """What a sweep says of the claims that turn."""

    axes: Mapping[str, Axis] = field(default_factory=dict)
    claims: Sequence[Turned] = ()

    def verdict(self, claim: Turned, chosen: Mapping[str, str]) -> Verdict | None:
        """The verdict at these values, the others at their defaults; None where that was not tried.

        >>> swept = Swept({"reach": Axis("reach", ("0.1", "0.2"), 0)}, [Turned("a", ("reach",), "ro")])
        >>> [swept.verdict(swept.claims[0], {"reach": value}) for value in ("0.1", "0.2", "0.3")]
        ['reproduced', 'contradicted', None]
        """
        place = 0
        for name in claim.names:
            axis = self.axes[name]
            value = chosen.get(name, axis.values[axis.default])
            if value not in axis.values:
                return None
            place = place * len(axis.values) + axis.values.index(value)
        return BY_LETTER.get(claim.codes[place])

    def changes(self, name: str) -> list[Change]:
        """Where a parameter alone turns claims: for each, the value nearest to the default that does."""
        exposed = [claim for claim in self.claims if name in claim.names]
        return [change for claim in exposed if (change := self._nearest(claim, self.axes[name]))]

    def _nearest(self, claim: Turned, axis: Axis) -> Change | None:
        default = self.verdict(claim, {})
        by_distance = sorted(range(len(axis.values)), key=lambda n: abs(n - axis.default))
        for n in by_distance:
            verdict = self.verdict(claim, {axis.name: axis.values[n]})
            if verdict is not None and verdict != default:
                return Change(claim.claim_id, axis.values[n], verdict)
        return None


def compact(found: Iterable[Robustness], grid: Grid) -> Swept:
    """The claims of a sweep that turn, each over the parameters that turn it."""
    claims = [made for r in found if r.flips and (made := _turned(r, grid))]
    used = {name for claim in claims for name in claim.names}
    axes = {
        name: Axis(name, tuple(map(_text, values)), grid.default[name])
        for name, values in grid.values.items()
        if name in used
    }
    return Swept(axes, claims)


def _turned(found: Robustness, grid: Grid) -> Turned | None:
    names = tuple(sorted(found.flips))
    sizes = [range(len(grid.values[name])) for name in names]
    product = list(itertools.islice(itertools.product(*sizes), MOST_COMBINATIONS + 1))
    if len(product) > MOST_COMBINATIONS:
        return None
    at = [found.moves.index(name) for name in names]
    said: dict[tuple[int, ...], set[Verdict]] = {}
    for combination, verdict in found.verdicts.items():
        said.setdefault(tuple(combination[i] for i in at), set()).add(verdict)
    codes = "".join(
        _LETTERS[next(iter(met))] if len(met := said.get(place, set())) == 1 else _UNTRIED
        for place in product
    )
    return Turned(found.claim_id, names, codes)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def text_of(swept: Swept) -> str:
    """As it is published: a line for each parameter and each claim."""
    axes = [json.dumps([a.name, list(a.values), a.default], ensure_ascii=False) for a in swept.axes.values()]
    claims = [json.dumps([c.claim_id, list(c.names), c.codes]) for c in swept.claims]
    parts = (("axes", axes), ("claims", claims))
    return "{" + ",\n".join(f'"{name}": [\n' + ",\n".join(lines) + "\n]" for name, lines in parts) + "}\n"


def published(data: Path) -> Swept:
    """What is published in a folder of data; nothing where nothing is. `UserError` for a file that is something else."""
    path = data / PUBLISHED
    if not path.exists():
        return Swept()
    facts = reading.mapping_of(path)
    with reading.parsing(path, "verdicts of a sweep; publish the sweep again"):
        axes = [Axis(str(n), tuple(map(str, v)), int(d)) for n, v, d in facts["axes"]]
        by_name = {axis.name: axis for axis in axes}
        claims = [Turned(str(i), tuple(map(str, n)), str(c)) for i, n, c in facts["claims"]]
        for claim in claims:
            size = 1
            for name in claim.names:
                size *= len(by_name[name].values)
            if size != len(claim.codes):
                raise ValueError(
                    f"{claim.claim_id}: {counted(len(claim.codes), 'verdict')} for {counted(size, 'combination')}"
                )
        if any(not 0 <= a.default < len(a.values) for a in axes):
            raise ValueError("a default is none of the values")
    return Swept(by_name, claims)


def _letters() -> dict[Verdict, str]:
    """A letter for each verdict: the first of its word that no other has."""
    found: dict[Verdict, str] = {}
    for verdict in (*VERDICTS, *FORM_VERDICTS):
        found[verdict] = next(x for x in verdict if x not in found.values())
    return found


_LETTERS = _letters()
BY_LETTER = {letter: verdict for verdict, letter in _LETTERS.items()}
