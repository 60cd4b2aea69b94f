"""A specification curve: every reasonable estimate in order of size, over the choices that made it.

After Simonsohn, Simmons and Nelson, Specification curve analysis, Nature Human Behaviour 4 (2020).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from analysis.charts import alt, fonts
from analysis.charts.axes import Scale, value_axis
from analysis.charts.canvas import EDGE, Canvas, KeyItem
from analysis.charts.inputs import ChartError, Measured, check_table
from analysis.charts.marks import note
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE, series_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class CurveSpec:
    """`table` sorted by estimate: estimate, low, high (may be missing) and the choices as text."""

    table: pd.DataFrame
    choices: tuple[str, ...]
    printed: tuple[float, float, float] | None  # value, low, high
    unit: str
    main: int | None = None  # the row that takes the words plainly

    def options(self) -> list[tuple[str, str]]:
        """Every choice with each of its options, in the order of the table."""
        return [(c, str(o)) for c in self.choices for o in sorted(self.table[c].astype(str).unique())]

    def meets(self) -> pd.Series:
        """Which estimates meet the printed interval (all, if nothing is printed)."""
        if self.printed is None:
            return pd.Series(True, index=self.table.index)
        _, low, high = self.printed
        bottom = self.table["low"].fillna(self.table["estimate"])
        top = self.table["high"].fillna(self.table["estimate"])
        return (bottom <= high) & (top >= low)

    def near(self) -> pd.DataFrame:
        """The estimates around the printed value: up to two on either side, and as far as the plain one."""
        assert self.printed is not None
        value = self.printed[0]
        gap = (self.table["estimate"] - value).abs()
        sides = [gap[self.table["estimate"] < value], gap[self.table["estimate"] >= value]]
        wanted = {index for side in sides for index in side.nsmallest(2).index}
        reach = max([gap[i] for i in (wanted if self.main is None else {*wanted, self.main})], default=0.0)
        return self.table.assign(gap=gap, side=self.table["estimate"] >= value)[gap <= reach]

    def said(self, row: Mapping[Any, Any], language: str) -> str:
        """One specification in one line: its estimate and its choices."""
        return alt.point(self.chosen(row, language), "", row["estimate"], self.unit, language)

    def chosen(self, row: Mapping[Any, Any], language: str) -> str:
        """The choices of one specification."""
        return alt.say("comma", language).join(row[name] for name in self.choices)


@optional
def specification_curve(
    table: pd.DataFrame,
    id: str,
    *,
    choices: Sequence[str] = (),
    printed: float | tuple[float, float, float] | Measured | None = None,
    main: Mapping[str, str] | None = None,
    unit: str = "",
    **about: Unpack[About],
) -> Chart:
    """Estimates in order of size with their intervals above; below, which option of every choice made each.

    table: one row per specification, with its estimate and, where known, low and high. main: the option of each choice
    that takes the words plainly, marked and named. choices: the columns that hold the options, where `main` does not name
    them. printed: the report's Quantity, its value, or (value, low, high); estimates that meet it are drawn darker, and
    those around it once more on a scale that shows how far they are.
    Raises ChartError if `main` is none of the specifications, or several.
    """
    choices = choices or list(main or ())
    checked = check_table(id, table, ["estimate", *choices])
    if not choices:
        raise ChartError(f"chart {id}: name at least one column of choices")
    sheet = checked.reindex(columns=["estimate", *choices, "low", "high"]).astype(dict.fromkeys(choices, str))
    sheet = sheet.sort_values("estimate", kind="stable", ignore_index=True)
    if sheet["estimate"].isna().any():
        raise ChartError(f"chart {id}: an estimate is missing; drop the specifications that gave none")
    point, own = _point(printed)
    spec = CurveSpec(sheet, tuple(choices), point, unit or own, _main(id, sheet, main))
    return make(
        id,
        about,
        sheet,
        "specification",
        _said(spec, language_of(about)),
        partial(_draw, spec=spec),
        spec.unit,
    )


def _point(
    printed: float | tuple[float, float, float] | Measured | None,
) -> tuple[tuple[float, float, float] | None, str]:
    """Value, low and high of what is printed, and its unit where it knows it."""
    if printed is None or isinstance(printed, tuple):
        return printed, ""
    if isinstance(printed, int | float):
        return (printed, printed, printed), ""
    assert printed.value is not None
    return (printed.value, printed.interval.low, printed.interval.high), printed.unit


def _main(chart: str, sheet: pd.DataFrame, main: Mapping[str, str] | None) -> int | None:
    """The row that has the options of `main`."""
    if main is None:
        return None
    found = sheet.index[
        [all(row[name] == option for name, option in main.items()) for _, row in sheet.iterrows()]
    ]
    if len(found) != 1:
        raise ChartError(f"chart {chart}: main={dict(main)} is {len(found)} of the specifications; name one")
    return int(found[0])


def _said(spec: CurveSpec, language: str) -> list[str]:
    table = spec.table
    decimals = alt.decimals_shown(table["estimate"].tolist(), spec.unit, language)
    middle = table["estimate"].median()
    first, mid, last = (
        alt.amount(v, spec.unit, language, decimals)
        for v in (table["estimate"].iloc[0], middle, table["estimate"].iloc[-1])
    )
    choices = alt.say("items", language).join(spec.choices)
    ends = {"choices": choices, "first": first, "last": last, "middle": mid}
    said = [alt.say("curve", language, n=len(table), **ends)]
    if spec.printed is not None:
        printed = alt.amount(spec.printed[0], spec.unit, language)
        said.append(alt.say("curve_meet", language, n=int(spec.meets().sum()), printed=printed))
    return said


def _draw(canvas: Canvas, spec: CurveSpec) -> None:
    language = canvas.language
    if spec.printed is not None:
        meet = KeyItem(alt.say("curve_key_meets", language), series_colour(0), "dot")
        miss = KeyItem(alt.say("curve_key_misses", language), PALETTE["context"], "dot")
        meets = spec.meets()
        occur = [item for item, there in ((meet, meets.any()), (miss, not meets.all())) if there]
        line = KeyItem(alt.say("printed", language), PALETTE["printed"], "dashed")
        canvas.key([*occur, line])
    size = canvas.size("small")
    options = spec.options()
    labels = [f"{choice}: {option}" for choice, option in options]
    room = (0.4 if canvas.narrow else 0.34) * canvas.width
    texts = ["\n".join(fonts.wrap(label, size, room)) for label in labels]
    values = [*spec.table[["estimate", "low", "high"]].stack(), *(spec.printed or ())]
    scale = Scale.of(values, spec.unit, language, target=4, room=0.05)
    left = max(scale.margin(canvas), max(canvas.measure(text, "small") for text in texts) + 14 + EDGE)
    if spec.printed is not None:
        _near(canvas, spec)
    curve = canvas.panel(160 * (0.85 if canvas.narrow else 1), left, EDGE + 4, top=6, bottom=14)
    row = max(17.0, max(text.count("\n") + 1 for text in texts) * size * 1.22 + 2)
    matrix = canvas.panel(row * len(options), left, EDGE + 4, bottom=4)
    value_axis(canvas, curve, scale)
    _curve(curve, spec)
    for index, one in enumerate(spec.table.to_dict("records")):
        canvas.tell(curve, index, one["estimate"], spec.said(one, language))
    _matrix(matrix, spec, texts, size, row)


def _near(canvas: Canvas, spec: CurveSpec) -> None:
    """The printed interval and the estimates around it on one line, each with its value where there is room."""
    assert spec.printed is not None
    value, low, high = spec.printed
    rows, meets, language = spec.near(), spec.meets(), canvas.language
    size = canvas.size("text")
    title = alt.say("curve_near", language, printed=alt.amount(value, spec.unit, language))
    axes = canvas.panel(4.6 * size, EDGE + 24, EDGE + 24, bottom=18, title=title)
    ends = [value, low, high, *rows["estimate"]]
    margin = (max(ends) - min(ends)) * 0.04 or 1.0
    axes.set_xlim(min(ends) - margin, max(ends) + margin)
    axes.set_ylim(-1, 1)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axhline(0, color=PALETTE["grid"], linewidth=1, zorder=1)
    axes.axvspan(low, high, color=PALETTE["printed"], alpha=0.18, linewidth=0, zorder=1)
    axes.axvline(value, color=PALETTE["printed"], linewidth=1.3, linestyle=(0, (4, 3)), zorder=2)
    nearest = [part["gap"].idxmin() for _, part in rows.groupby("side") if len(part)]
    for index, row in zip(rows.index, rows.to_dict("records"), strict=True):
        estimate, colour = row["estimate"], series_colour(0) if meets.loc[index] else PALETTE["muted"]
        axes.plot([estimate], [0], "o", color=colour, markersize=8, zorder=3, label="near")
        canvas.tell(axes, estimate, 0, spec.said(row, language))
        if index in nearest and index != spec.main:
            text = alt.amount(estimate, spec.unit, language, 2)
            note(axes, text, (estimate, 0), size, colour, (0, 9), va="bottom")
    if spec.main is not None:
        _plain(canvas, axes, spec, spec.table.to_dict("records")[spec.main], bool(meets.loc[spec.main]))


def _plain(canvas: Canvas, axes: Axes, spec: CurveSpec, row: dict[Any, Any], meets: bool) -> None:
    """The specification that takes the words plainly: named below, joined to what is printed."""
    assert spec.printed is not None
    size, at, value = canvas.size("text"), row["estimate"], spec.printed[0]
    colour = PALETTE["reproduced" if meets else "contradicted"]
    axes.plot([at, value], [0, 0], color=colour, linewidth=2, zorder=2.5, label="connector")
    axes.plot([at], [0], "o", color=colour, markersize=9, zorder=4, label="plain")
    text = f"{alt.amount(at, spec.unit, canvas.language, 2)}  {spec.chosen(row, canvas.language)}"
    right = at > sum(axes.get_xlim()) / 2
    note(axes, text, (at, 0), size, colour, (6 if right else -6, -9), "right" if right else "left", "top")


def _dot(spec: CurveSpec) -> float:
    return 7.0 if len(spec.table) <= 40 else 5.0 if len(spec.table) <= 120 else 3.0


def _curve(axes: Axes, spec: CurveSpec) -> None:
    table, meets = spec.table, spec.meets()
    axes.set_xlim(-0.8, len(table) - 0.2)
    axes.set_xticks([])
    for part, colour, name in ((~meets, PALETTE["context"], "misses"), (meets, series_colour(0), "meets")):
        rows = table[part]
        known = rows.dropna(subset=["low", "high"])
        axes.vlines(known.index, known["low"], known["high"], color=colour, linewidth=1.3, zorder=2)
        axes.plot(
            rows.index, rows["estimate"], "o", color=colour, markersize=_dot(spec), zorder=3, label=name
        )
    if spec.printed is not None:
        value, low, high = spec.printed
        axes.axhspan(low, high, color=PALETTE["printed"], alpha=0.12, linewidth=0, zorder=1)
        axes.axhline(value, color=PALETTE["printed"], linewidth=1.3, linestyle=(0, (4, 3)), zorder=2.6)


def _matrix(axes: Axes, spec: CurveSpec, texts: list[str], size: float, row: float) -> None:
    """One row per option, a dot where a specification uses it; every second choice on a tinted ground."""
    table, meets = spec.table, spec.meets()
    options = spec.options()
    axes.set_xlim(-0.8, len(table) - 0.2)
    axes.set_ylim(len(options) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks(range(len(options)), texts, fontsize=size, linespacing=1.1)
    axes.tick_params(axis="y", length=0, pad=6)
    for index, (choice, option) in enumerate(options):
        if spec.choices.index(choice) % 2 == 0:
            axes.axhspan(index - 0.5, index + 0.5, color=PALETTE["panel"], linewidth=0, zorder=0)
        used = table[choice].astype(str) == option
        for part, colour in ((used & ~meets, PALETTE["context"]), (used & meets, series_colour(0))):
            rows = table.index[part]
            axes.plot(
                rows, [index] * len(rows), "o", color=colour, markersize=min(_dot(spec), row / 3), zorder=3
            )
