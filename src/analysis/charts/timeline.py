"""A timeline of events by issuer and topic: each event is a dot in time with its title beside it, none hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis.charts import alt, fonts
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, check_table
from analysis.charts.model import About, Chart, language_of, make, optional
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


@optional
def timeline(
    table: pd.DataFrame, id: str, *, rows: str = "issuer", colour: str = "topic", **about: Unpack[About]
) -> Chart:
    """Events in time, a line each with its title, grouped by the column `rows`, coloured and shaped by `colour`.

    table: columns date (2021, 2021-03 or 2021-03-15), title, and those two. Groups stand in the order of their
    first row. A year alone is drawn at its middle. Raises ChartError for other dates.
    """
    checked = check_table(id, table, ["date", "title", rows, colour])
    events = pd.DataFrame(
        {"lane": checked[rows], "topic": checked[colour], "date": checked["date"], "title": checked["title"]}
    )
    events = events.astype(str)
    bad = events.loc[~events["date"].str.match(_DATE), "date"]
    if len(bad):
        raise ChartError(
            f"chart {id}: date {bad.iloc[0]!r} in row {bad.index[0] + 1} is not 2021, 2021-03 or 2021-03-15"
        )
    lanes = {name: index for index, name in enumerate(dict.fromkeys(events["lane"]))}
    events["x"] = events["date"].map(_place)
    events["order"] = events["lane"].map(lanes)
    events = events.sort_values(["order", "x"], kind="stable", ignore_index=True)
    spec = TimeSpec(events, tuple(dict.fromkeys(checked[colour].astype(str))))
    data = events[["lane", "topic", "date", "title"]].rename(columns={"lane": rows, "topic": colour})
    return make(id, about, data, "timeline", [_said(events, language_of(about))], partial(_draw, spec=spec))


def _place(date: str) -> float:
    """Years as a number; a month or a year alone stands at its middle."""
    year, month, day = (int(part) if part else 0 for part in re.match(_DATE, date).groups())  # type: ignore[union-attr]
    if not month:
        return year + 0.5
    return year + (month - 1 + ((day - 0.5) / 31 if day else 0.5)) / 12


def _said(events: pd.DataFrame, language: str) -> str:
    counts = events["lane"].value_counts(sort=False)
    lanes = [alt.say("beside", language, name=name, said=count) for name, count in counts.items()]
    by_time = events.sort_values("x", kind="stable")
    first, last = by_time.iloc[0], by_time.iloc[-1]
    ends = {"first": first["date"], "last": last["date"]}
    ends |= {"first_title": first["title"], "last_title": last["title"]}
    return alt.say("timeline", language, n=len(events), lanes=alt.say("comma", language).join(lanes), **ends)


def _draw(canvas: Canvas, spec: TimeSpec) -> None:
    """Titles at the right, and at the left one sheet of time on which every event has its own line."""
    looks = {topic: spec.look(topic) for topic in spec.topics}
    canvas.key([KeyItem(topic, tone, "dot", mark) for topic, (tone, mark) in looks.items()])
    strip = 92.0 if canvas.narrow else 0.34 * canvas.width
    left = EDGE + canvas.measure("2020", "small") / 2
    start = canvas.cursor + canvas.size("text") * 1.6
    canvas.cursor = start + 4
    heights: list[float] = []
    for lane, events in spec.table.groupby("lane", sort=False):
        canvas.paragraph(str(lane), "text", PALETTE["ink"], bold=True)
        heights += [_title(canvas, event, left + strip + 14) - start for event in events.to_dict("records")]
        canvas.cursor += 4
    axes = canvas.place(left, start, strip, canvas.cursor - start)
    axes.set_ylim(canvas.cursor - start, 0)
    _years(canvas, axes, strip, spec.table["x"])
    axes.hlines(heights, *axes.get_xlim(), color=PALETTE["grid"], linewidth=1, zorder=1)
    for topic, (tone, mark) in looks.items():
        chosen = (spec.table["topic"] == topic).tolist()
        ys = [y for y, wanted in zip(heights, chosen, strict=True) if wanted]
        xs = spec.table.loc[chosen, "x"]
        axes.plot(xs, ys, mark, color=tone, markersize=9, zorder=3, clip_on=False, label=topic)
    for y, event in zip(heights, spec.table.to_dict("records"), strict=True):
        said = f"{event['title']} ({event['lane']}, {event['topic']})"
        canvas.tell(axes, event["x"], y, alt.named(event["date"], said, canvas.language))


def _title(canvas: Canvas, event: dict[Any, Any], x: float) -> float:
    """Date and title of one event at the cursor, which moves below; gives the middle of its line."""
    size = canvas.size("small" if canvas.narrow else "text")
    lines = fonts.wrap(f"{event['date']}  {event['title']}", size, canvas.width - x - EDGE)
    tall = max(len(lines) * size * 1.32 + 6, 20)
    for number, line in enumerate(lines):
        canvas.write(x, canvas.cursor + 3 + number * size * 1.32, line, fontsize=size)
    middle = canvas.cursor + 3 + size * 0.62
    canvas.cursor += tall
    return middle


def _years(canvas: Canvas, axes: Axes, strip: float, places: pd.Series) -> None:
    """Whole years around the events, marked above."""
    low, high = int(places.min()), int(places.max()) + 1
    axes.set_xlim(low, high)
    every = max(1, -int(-canvas.measure("2020 ") * (high - low) // strip))
    years = [year for year in range(low, high + 1) if (high - year) % every == 0]
    axes.set_xticks(years, [str(year) for year in years], fontsize=canvas.size("small"))
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0, pad=2)
    axes.set_yticks([])
    axes.grid(axis="x", color=PALETTE["grid"], linewidth=1)
