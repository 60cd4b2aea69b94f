"""A timeline of events by issuer and topic: each event is a dot in time with its title beside it, none hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from analysis.charts import alt, fonts
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, check_table
from analysis.charts.model import About, Chart, make
from analysis.charts.palette import PALETTE, series_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = ("o", "s", "^", "D", "v", "P")
_DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


@dataclass(frozen=True)
class TimeSpec:
    """`table` has lane, topic, date, title and x (years), sorted by lane and date."""

    table: pd.DataFrame
    topics: tuple[str, ...]

    def look(self, topic: str) -> tuple[str, str]:
        """Colour and marker of a topic."""
        index = self.topics.index(topic)
        return series_colour(index), MARKS[index % len(MARKS)]


def timeline(
    table: pd.DataFrame, *, rows: str = "issuer", colour: str = "topic", **about: Unpack[About]
) -> Chart:
    """Events in time, a line each with its title, grouped by the column `rows`, coloured and shaped by `colour`.

    table: columns date (2021, 2021-03 or 2021-03-15), title, and those two. Groups stand in the order of their
    first row. A year alone is drawn at its middle. Raises ChartError for other dates.
    """
    checked = check_table(about["id"], table, ["date", "title", rows, colour])
    events = pd.DataFrame(
        {"lane": checked[rows], "topic": checked[colour], "date": checked["date"], "title": checked["title"]}
    )
    events = events.astype(str)
    bad = events.loc[~events["date"].str.match(_DATE), "date"]
    if len(bad):
        raise ChartError(
            f"chart {about['id']}: date {bad.iloc[0]!r} in row {bad.index[0] + 1} is not 2021, 2021-03 or 2021-03-15"
        )
    lanes = {name: index for index, name in enumerate(dict.fromkeys(events["lane"]))}
    events["x"] = events["date"].map(_place)
    events["order"] = events["lane"].map(lanes)
    events = events.sort_values(["order", "x"], kind="stable", ignore_index=True)
    spec = TimeSpec(events, tuple(dict.fromkeys(checked[colour].astype(str))))
    data = events[["lane", "topic", "date", "title"]].rename(columns={"lane": rows, "topic": colour})
    return make(about, data, _alt(spec, about.get("language", "en")), partial(_draw, spec=spec))


def _place(date: str) -> float:
    """Years as a number; a month or a year alone stands at its middle."""
    year, month, day = (int(part) if part else 0 for part in re.match(_DATE, date).groups())  # type: ignore[union-attr]
    if not month:
        return year + 0.5
    return year + (month - 1 + ((day - 0.5) / 31 if day else 0.5)) / 12


def _alt(spec: TimeSpec, language: str) -> str:
    table, zh = spec.table, language == "zh"
    counts = table["lane"].value_counts(sort=False)
    by_time = table.sort_values("x", kind="stable")
    first, last = by_time.iloc[0], by_time.iloc[-1]
    listed = ("，" if zh else ", ").join(
        f"{name}{'' if zh else ' '}{count}" for name, count in counts.items()
    )
    if zh:
        return (
            f"{alt.kind('timeline', language)}。共{len(table)}项：{listed}。最早为{first['date']}《{_bare(first['title'])}》，"
            f"最后为{last['date']}《{_bare(last['title'])}》。"
        )
    return (
        f"{alt.kind('timeline', language)}. {len(table)} events: {listed}. First {first['date']}, {first['title']}; "
        f"last {last['date']}, {last['title']}."
    )


def _bare(title: str) -> str:
    return title.strip("《》")


def _draw(canvas: Canvas, spec: TimeSpec) -> None:
    looks = {topic: spec.look(topic) for topic in spec.topics}
    canvas.key([KeyItem(topic, tone, "dot", mark) for topic, (tone, mark) in looks.items()])
    size = canvas.size("text" if not canvas.narrow else "small")
    strip = 0.34 * canvas.width if not canvas.narrow else 92.0
    low, high = _span(spec.table["x"])
    left, text_left = EDGE + 4, EDGE + strip + 18
    start = canvas.cursor
    canvas.cursor += size * 1.6
    for lane, events in spec.table.groupby("lane", sort=False):
        canvas.cursor += 4
        canvas.paragraph(str(lane), "text", PALETTE["ink"], bold=True)
        for event in events.to_dict("records"):
            lines = fonts.wrap(f"{event['date']}  {event['title']}", size, canvas.width - text_left - EDGE)
            tall = max(len(lines) * size * 1.32 + 5, 20)
            axes = canvas.place(left, canvas.cursor, strip, tall)
            _strip(axes, low, high, event["x"], looks[event["topic"]])
            for number, line in enumerate(lines):
                canvas.write(text_left, canvas.cursor + 2 + number * size * 1.32, line, "text", fontsize=size)
            canvas.cursor += tall
    _years(canvas, left, start, strip, low, high)


def _span(places: pd.Series) -> tuple[float, float]:
    """Whole years around the events, wide enough not to touch the edge."""
    low, high = float(int(places.min())), float(int(places.max()) + 1)
    return low, high


def _strip(axes: Axes, low: float, high: float, x: float, look: tuple[str, str]) -> None:
    """One event's own line of time."""
    axes.set_xlim(low, high)
    axes.set_ylim(-1, 1)
    axes.axis("off")
    axes.plot([low, high], [0, 0], color=PALETTE["grid"], linewidth=1, zorder=1)
    axes.plot([x], [0], look[1], color=look[0], markersize=9, zorder=3, clip_on=False)


def _years(canvas: Canvas, left: float, start: float, strip: float, low: float, high: float) -> None:
    """Year marks above the strips and light lines down through them."""
    axes = canvas.place(
        left, start + canvas.size("text") * 1.5, strip, canvas.cursor - start - canvas.size("text") * 1.5
    )
    axes.set_xlim(low, high)
    axes.set_zorder(-1)
    every = max(1, -int(-canvas.measure("2020 ") * (high - low) // strip))
    years = [year for year in range(int(low), int(high) + 1) if (int(high) - year) % every == 0]
    axes.set_xticks(years, [str(year) for year in years], fontsize=canvas.size("small"))
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, pad=2)
    axes.set_yticks([])
    axes.grid(axis="x", color=PALETTE["grid"], linewidth=1)
