"""An honest card in place of a chart whose data cannot be had."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Unpack

import pandas as pd

from analysis.charts import alt, fonts
from analysis.charts.canvas import EDGE, Canvas
from analysis.charts.inputs import ChartError
from analysis.charts.model import About, Chart, language_of, make, optional
from analysis.charts.palette import PALETTE


@optional
def card(
    shows: str,
    id: str,
    *,
    known: Mapping[str, str] | None = None,
    missing: str,
    fill_file: str = "",
    **about: Unpack[About],
) -> Chart:
    """States what the report shows, what is known as single points, what is missing, and which file completes it.

    known: {what: value as text}, for example {"Singapore, 2019": "79 %"}. The card draws nothing that is not known.
    """
    for name, text in (("shows", shows), ("missing", missing)):
        if not text.strip():
            raise ChartError(f"chart {id}: a card must say what is meant by {name!r}; it is empty")
    points = {str(what): str(value) for what, value in (known or {}).items()}
    rows = [
        ("shows", "", shows),
        *(("known", what, value) for what, value in points.items()),
        ("missing", "", missing),
    ]
    if fill_file:
        rows.append(("fill", "", fill_file))
    data = pd.DataFrame(rows, columns=["part", "what", "text"])
    return make(id, about, data, "card", _said(data, language_of(about)), partial(_draw, rows=data))


def _said(data: pd.DataFrame, language: str) -> list[str]:
    said = []
    for part, rows in data.groupby("part", sort=False):
        items = [
            alt.named(what, text, language) for what, text in zip(rows["what"], rows["text"], strict=True)
        ]
        text = alt.sentence(alt.say("semicolon", language).join(items), language)
        said.append(alt.named(alt.say(f"card_{part}", language), text, language))
    return said


def _draw(canvas: Canvas, rows: pd.DataFrame) -> None:
    """Sections under their headings inside a dashed frame: it should not look like a chart."""
    start, inset = canvas.cursor, EDGE + 16
    canvas.cursor += 14
    for part, section in rows.groupby("part", sort=False):
        head = alt.say(f"card_{part}", canvas.language)
        canvas.paragraph(head, "text", PALETTE["muted"], bold=True, x=inset)
        canvas.cursor += 2
        for item in section.to_dict("records"):
            if item["what"]:
                _known(canvas, inset, str(item["what"]), str(item["text"]))
            else:
                room = canvas.width - 2 * inset
                canvas.paragraph(str(item["text"]), "text", PALETTE["ink"], x=inset, room=room)
        canvas.cursor += 12
    _frame(canvas, start)


def _known(canvas: Canvas, inset: float, what: str, value: str) -> None:
    """One known point: a hollow diamond, its name, and its value at the right."""
    size = canvas.size("text")
    half = (canvas.width - 2 * inset) / 2
    left = fonts.wrap(
        what, size, half - 18 - size
    )  # apart from the value also where a browser's own font runs wider
    right = fonts.wrap(value, size, half - 6)
    canvas.mark(inset + 6, canvas.cursor + size * 0.62, PALETTE["printed"], "printed")
    for column, x in ((left, inset + 18), (right, inset + half + 6)):
        for number, line in enumerate(column):
            canvas.write(x, canvas.cursor + number * size * 1.32, line, color=PALETTE["ink"])
    canvas.cursor += max(len(left), len(right)) * size * 1.32 + 4


def _frame(canvas: Canvas, start: float) -> None:
    from matplotlib.patches import Rectangle

    axes = canvas.place(EDGE, start, canvas.width - 2 * EDGE, canvas.cursor - start)
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    frame = Rectangle(
        (0, 0), 1, 1, facecolor="none", edgecolor=PALETTE["muted"], linewidth=1.2, linestyle=(0, (4, 3))
    )
    frame.set_clip_on(False)
    axes.add_patch(frame)
