"""Claims as intervals: what is printed, what its hedge word allows, and what comes out when it is recomputed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis import words
from analysis.charts import alt, fonts, numbers
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, check_table
from analysis.charts.marks import note
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, VERDICT_MARKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = ("axes fraction", "data")
NUMBERS = ("printed", "low", "high", "hedged_low", "hedged_high", "computed", "computed_low", "computed_high")


@dataclass(frozen=True)
class IntervalSpec:
    """`rows` has the columns of NUMBERS, label and outcome; `shown` the same on the scale of the axis."""

    rows: pd.DataFrame
    shown: pd.DataFrame
    relative: bool
    unit: str
    limit: float | None


@optional
def dot_interval(
    rows: pd.DataFrame,
    id: str,
    *,
    relative: bool = True,
    unit: str = "%",
    limit: float | None = None,
    **about: Unpack[About],
) -> Chart:
    """One row per claim: printed interval as a band, hedge as a paler band, the recomputation as dot and whisker.

    rows: columns label, printed, low, high, computed; optional computed_low, computed_high, hedged_low,
    hedged_high, unit (of the row's own numbers), outcome (a verdict: colour and shape of the dot). relative: the
    axis is the deviation from the printed value in % of it, so that claims of any unit compare; else the values
    themselves in `unit`. limit: rows beyond ±limit are drawn as arrows at the edge.
    """
    table = check_table(id, rows, ["label", "printed", "low", "high", "computed"])
    own = ["unit"] if "unit" in table else []
    full = table.reindex(columns=["label", *NUMBERS, *own, "outcome"]).copy()
    for column in NUMBERS:
        full[column] = pd.to_numeric(full[column], errors="coerce")
    for column in ("printed", "low", "high", "computed"):
        if full[column].isna().any():
            label = full.loc[full[column].isna(), "label"].iloc[0]
            raise ChartError(f"chart {id}: {column} of “{label}” is not a number")
    if relative and (full["printed"] == 0).any():
        raise ChartError(f"chart {id}: a printed value of zero has no relative deviation; set relative=False")
    full["outcome"] = full["outcome"].where(full["outcome"].notna(), "unchecked")
    shown = full.copy()
    if relative:
        for column in NUMBERS:
            shown[column] = (full[column] - full["printed"]) / full["printed"].abs() * 100
    language = language_of(about)
    spec = IntervalSpec(full, shown, relative, "%" if relative else unit, limit)
    told, draw = _told(full, language), partial(_draw, spec=spec)
    return make(id, about, told, "interval", [_said(spec, language)], draw, "" if own or relative else unit)


def _told(rows: pd.DataFrame, language: str) -> pd.DataFrame:
    """The rows for those who read the data: numbers in the unit that the language shows, and its words."""
    if "unit" not in rows:
        return rows
    told = [words.display_unit(unit, language) for unit in rows["unit"]]
    factors = [factor for factor, _ in told]
    scaled = {column: (rows[column] * factors).round(10) for column in NUMBERS}
    return rows.assign(**scaled, unit=[unit for _, unit in told])


def _said(spec: IntervalSpec, language: str) -> str:
    counts = spec.rows["outcome"].value_counts()
    tally = [
        alt.say("interval_tally", language, n=int(counts[name]), verdict=words.label(name, language))
        for name in VERDICT_MARKS
        if name in counts
    ]
    gap = spec.shown["computed"] - (0 if spec.relative else spec.shown["printed"])
    worst = int(gap.abs().to_numpy().argmax())
    name, size = spec.rows["label"].iloc[worst], numbers.signed(gap.iloc[worst], 1 if spec.relative else 2)
    last = spec.rows.iloc[-1].to_dict()
    printed, computed = _pair(last, spec, language)
    ends = {"name": name, "size": size + spec.unit, "last": last["label"]}
    ends |= {"tally": alt.say("comma", language).join(tally), "printed": printed, "computed": computed}
    return alt.say("interval", language, n=len(spec.rows), **ends)


def _draw(canvas: Canvas, spec: IntervalSpec) -> None:
    language = canvas.language
    outcomes = [name for name in VERDICT_MARKS if name in set(spec.rows["outcome"])]
    key = [KeyItem(alt.say("interval_printed", language), PALETTE["context"], "bar")]
    if spec.rows["hedged_low"].notna().any():
        key.append(KeyItem(alt.say("interval_hedge", language), PALETTE["grid"], "bar"))
    for name in outcomes:
        text = alt.say("interval_check", language, verdict=words.label(name, language))
        key.append(KeyItem(text, PALETTE[name], "dot", VERDICT_MARKS[name]))
    canvas.key(key)
    size, count = canvas.size("text"), len(spec.rows)
    room = canvas.width - 2 * EDGE if canvas.narrow else 0.36 * canvas.width
    texts = [fonts.wrap(str(label), size, room) for label in spec.rows["label"]]
    values = [" → ".join(_pair(row, spec, language)) for row in spec.rows.to_dict("records")]
    right = EDGE + max(fonts.width(text, size) for text in values) + 12
    tall = max(len(lines) for lines in texts) * size * 1.25
    band = (tall + 26) if canvas.narrow else max(tall + 8, 28)
    left = (
        EDGE + 8 if canvas.narrow else EDGE + max(fonts.width(x, size) for lines in texts for x in lines) + 14
    )
    axes = canvas.panel(band * count, left, right, top=4, bottom=26)
    axes.set_ylim(count - 0.5, -0.5)
    _limits(canvas, axes, spec)
    for index, lines in enumerate(texts):
        _row_label(axes, index, lines, size, canvas.narrow)
        note(axes, values[index], (1, index), size, shift=(8, 0), ha="left", coords=ACROSS)
    _bands(axes, spec)
    _dots(canvas, axes, spec)


def _pair(row: Mapping[Any, Any], spec: IntervalSpec, language: str) -> tuple[str, str]:
    """What is printed and what was recomputed, as the reader writes amounts of that unit, which is said once."""
    unit = row.get("unit", "" if spec.relative else spec.unit)

    def text(value: float, *beside: float) -> str:
        said = words.number(value, unit, language, numbers.decimals_of([value, *beside]))
        return said.replace("-", numbers.MINUS)

    printed, computed = words.shortened(text(row["printed"]), text(row["computed"], row["printed"]))
    return printed, computed


def _row_label(axes: Axes, index: int, lines: list[str], size: float, above: bool) -> None:
    text = "\n".join(lines)
    if above:
        note(axes, text, (0, index), size, shift=(-8, 11), ha="left", va="bottom", coords=ACROSS)
    else:
        note(axes, text, (0, index), size, shift=(-10, 0), ha="right", coords=ACROSS)


def _limits(canvas: Canvas, axes: Axes, spec: IntervalSpec) -> None:
    columns = list(NUMBERS[1:] if spec.relative else NUMBERS)
    values = spec.shown[columns].stack().dropna().to_numpy(dtype=float)
    low, high = float(values.min()), max(float(values.max()), 0.0)
    low = min(low, 0.0) if spec.relative else low
    if spec.limit is not None:
        low, high = max(low, -spec.limit), min(high, spec.limit)
    margin = (high - low) * 0.04 or 1.0
    axes.set_xlim(low - margin, high + margin)
    ticks = [t for t in numbers.nice_ticks(low, high, 4) if low - margin <= t <= high + margin]
    decimals = 0 if all(float(t).is_integer() for t in ticks) else 1
    texts = [numbers.signed(t, decimals) if spec.relative else numbers.plain(t, decimals) for t in ticks]
    suffix = "%" if spec.unit == "%" else ""
    axes.set_xticks(ticks, [text + suffix for text in texts], fontsize=canvas.size("text"))
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0, pad=6)
    # On a phone the labels stand between the rows, so the lines are drawn beside the rows only.
    rows, reach = range(len(spec.rows)), 0.2 if canvas.narrow else 0.5
    for tick in ticks:
        colour = PALETTE["muted"] if spec.relative and tick == 0 else PALETTE["grid"]
        axes.vlines(
            [tick] * len(rows),
            [r - reach for r in rows],
            [r + reach for r in rows],
            color=colour,
            linewidth=1,
            zorder=1,
        )


def _bands(axes: Axes, spec: IntervalSpec) -> None:
    """Hedge band, printed band on it; never thinner than 2 px would be."""
    least = (axes.get_xlim()[1] - axes.get_xlim()[0]) / 250
    for name, low, high, height in (
        ("hedge", "hedged_low", "hedged_high", 0.5),
        ("printed", "low", "high", 0.36),
    ):
        known = spec.shown.dropna(subset=[low, high])
        width = (known[high] - known[low]).clip(lower=least)
        left = (known[high] + known[low]) / 2 - width / 2
        colour = PALETTE["grid"] if name == "hedge" else PALETTE["context"]
        axes.barh(
            known.index, width, left=left, height=height, color=colour, linewidth=0, zorder=2, label=name
        )


def _dots(canvas: Canvas, axes: Axes, spec: IntervalSpec) -> None:
    low, high = axes.get_xlim()
    for index, row in enumerate(spec.shown.to_dict("records")):
        colour, mark = PALETTE[row["outcome"]], VERDICT_MARKS[row["outcome"]]
        inside = low <= row["computed"] <= high
        if not inside:
            mark = "<" if row["computed"] < low else ">"
        elif pd.notna(row["computed_low"]) and pd.notna(row["computed_high"]):
            axes.plot(
                [row["computed_low"], row["computed_high"]],
                [index, index],
                color=colour,
                linewidth=2,
                zorder=3,
            )
        x = min(max(row["computed"], low), high)
        start = min(max(0.0 if spec.relative else row["printed"], low), high)
        axes.plot([start, x], [index, index], color=colour, linewidth=1.2, zorder=2.4, label="connector")
        look: dict[str, Any] = {"markersize": 8, "markeredgecolor": PALETTE["paper"], "clip_on": False}
        axes.plot([x], [index], mark, color=colour, zorder=4, label=str(row["label"]), **look)
        canvas.tell(axes, x, index, _row_said(spec, index, canvas.language))


def _row_said(spec: IntervalSpec, index: int, language: str) -> str:
    """A row in one line: what is printed, what was recomputed, the verdict."""
    row = spec.rows.iloc[index].to_dict()
    printed, computed = _pair(row, spec, language)
    verdict = words.label(str(row["outcome"]), language)
    told = {"printed": printed, "computed": computed, "verdict": verdict}
    return alt.say("interval_row", language, name=row["label"], **told)
