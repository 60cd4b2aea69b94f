"""At which value of an assumption a verdict turns: the map of verdicts over the two parameters that turn it most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.report.robustness import Robustness
from analysis.report.rows import Verdict
from analysis.report.universes import Grid


@dataclass(frozen=True)
class Turn:
    """Between two neighbouring values of a parameter, the others at their defaults, one verdict gives way to another."""

    name: str
    last: object
    first: object
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class HeatMap:
    """The verdicts of a claim over one or two parameters, the others at their defaults.

    rows × columns: `cells[i][j]` is the verdict at `row_values[i]` and `column_values[j]`, None where it was not tried;
    `row` is empty where one parameter alone turns it. `default`: row and column of the default. `turns`: in the order of
    the values.
    """

    claim_id: str
    row: str
    column: str
    row_values: Sequence[object]
    column_values: Sequence[object]
    cells: Sequence[Sequence[Verdict | None]]
    default: tuple[int, int]
    turns: Sequence[Turn]


def heat_map(found: Robustness, grid: Grid) -> HeatMap | None:
    """The map of a claim whose verdict turns; None of any other. The parameter with more values runs along the columns.

    >>> grid = Grid({"reach": (0.1, 0.2, 0.3)}, {"reach": 0}, {})
    >>> verdicts = {(0,): "reproduced", (1,): "reproduced", (2,): "contradicted"}
    >>> found = Robustness("a", "reproduced", {}, {"reach": 1.0}, [], 3, (), ("reach",), verdicts)
    >>> [(turn.last, turn.first, turn.after) for turn in heat_map(found, grid).turns]
    [(0.2, 0.3, 'contradicted')]
    """
    if not (found.flips and found.verdicts):
        return None
    names = sorted(list(found.flips)[:2], key=lambda name: (len(grid.values[name]), name))
    row, column = ("", names[0]) if len(names) == 1 else (names[0], names[1])
    row_values = grid.values[row] if row else (None,)
    default = {name: grid.default[name] for name in found.moves}

    def verdict(**chosen: int) -> Verdict | None:
        at = default | chosen
        return found.verdicts.get(tuple(at[name] for name in found.moves))

    cells = [
        [verdict(**({row: i} if row else {}), **{column: j}) for j in range(len(grid.values[column]))]
        for i in range(len(row_values))
    ]
    turns = [
        Turn(name, values[n], values[n + 1], here, there)
        for name in filter(None, (column, row))
        for values in (grid.values[name],)
        for n in range(len(values) - 1)
        if (here := verdict(**{name: n})) and (there := verdict(**{name: n + 1})) and here != there
    ]
    at = (grid.default[row] if row else 0, grid.default[column])
    return HeatMap(found.claim_id, row, column, row_values, grid.values[column], cells, at, turns)
