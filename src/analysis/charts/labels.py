"""Places texts so that they do not sit on each other or on the lines they explain."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field


def spread(wanted: Sequence[float], sizes: Sequence[float], low: float, high: float) -> list[float]:
    """Centres near the `wanted` ones, in [low, high], whose boxes of `sizes` px do not overlap.

    Boxes that touch are pooled and centred on the mean of what they wanted (pool adjacent violators), so that
    the sum of squared moves is least.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    pools: list[tuple[list[int], float]] = []  # members and the lower edge of the pool
    for index in order:
        pools.append(([index], wanted[index] - sizes[index] / 2))
        while len(pools) > 1 and _top(pools[-2], sizes) > pools[-1][1] + 1e-9:
            members = pools[-2][0] + pools[-1][0]
            pools[-2:] = [(members, _lower_edge(members, wanted, sizes))]
        last, edge = pools[-1]
        pools[-1] = (last, min(max(edge, low), high - sum(sizes[i] for i in last)))
        while len(pools) > 1 and _top(pools[-2], sizes) > pools[-1][1] + 1e-9:
            members = pools[-2][0] + pools[-1][0]
            edge = _lower_edge(members, wanted, sizes)
            pools[-2:] = [(members, max(low, min(edge, high - sum(sizes[i] for i in members))))]
    centres = [0.0] * len(wanted)
    for members, edge in pools:
        for index in members:
            centres[index] = edge + sizes[index] / 2
            edge += sizes[index]
    return centres


def _top(pool: tuple[list[int], float], sizes: Sequence[float]) -> float:
    return pool[1] + sum(sizes[index] for index in pool[0])


def _lower_edge(members: Sequence[int], wanted: Sequence[float], sizes: Sequence[float]) -> float:
    offset, total = 0.0, 0.0
    for index in members:
        total += wanted[index] - sizes[index] / 2 - offset
        offset += sizes[index]
    return total / len(members)


Box = tuple[float, float, float, float]  # left, bottom, right, top in px


@dataclass
class Placer:
    """Finds a free place for small texts beside points; remembers what is taken, in px of one panel."""

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)

    def block(self, x: float, y: float, reach: float = 4.0) -> None:
        """Marks the surroundings of a drawn point as taken."""
        self.taken.append((x - reach, y - reach, x + reach, y + reach))

    def block_box(self, left: float, bottom: float, right: float, top: float) -> None:
        """Marks a filled area as taken."""
        self.taken.append((left, bottom, right, top))

    def block_line(self, points: Sequence[tuple[float, float]]) -> None:
        """Marks what a line covers as taken, sampled every few px."""
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            count = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / 6))
            for part in range(count + 1):
                self.block(x0 + (x1 - x0) * part / count, y0 + (y1 - y0) * part / count, 2.0)

    def beside(self, x: float, y: float, w: float, h: float, gap: float = 8.0) -> tuple[float, float]:
        """Centre of the best place for a text of w × h px beside (x, y): above, below, right, left or at a corner."""
        near, far = gap + h / 2, gap + w / 2
        places = [(x, y + near), (x, y - near), (x + far, y), (x - far, y)]
        places += [(x + far, y + near), (x - far, y + near), (x + far, y - near), (x - far, y - near)]
        inward = w / 2 - 5  # text that ends or begins at the point, for points near an edge
        places += [
            (x - inward, y + near),
            (x + inward, y + near),
            (x - inward, y - near),
            (x + inward, y - near),
        ]
        further = [(x, y + side * (near + rows * h)) for rows in (1, 2) for side in (1, -1)]
        places += [*further, *((px + side, py) for side in (inward, -inward) for px, py in further)]
        best = min(range(len(places)), key=lambda index: (self._cost(places[index], w, h), index))
        centre = places[best]
        self.taken.append(_box(centre, w, h))
        return centre

    def _cost(self, centre: tuple[float, float], w: float, h: float) -> float:
        box = _box(centre, w, h)
        outside = (
            max(0, -box[0]) + max(0, box[2] - self.width) + max(0, -box[1]) + max(0, box[3] - self.height)
        )
        return round(outside * h + sum(_overlap(box, other) for other in self.taken), 3)


def _box(centre: tuple[float, float], w: float, h: float) -> Box:
    return (centre[0] - w / 2, centre[1] - h / 2, centre[0] + w / 2, centre[1] + h / 2)


def _overlap(a: Box, b: Box) -> float:
    across = min(a[2], b[2]) - max(a[0], b[0])
    along = min(a[3], b[3]) - max(a[1], b[1])
    return across * along if across > 0 and along > 0 else 0.0
