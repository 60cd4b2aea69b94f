"""The sheet on which a form draws: title and source are set by it, panels are asked of it, all measured in px."""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis import words
from analysis.charts import fonts
from analysis.charts.facts import Facts
from analysis.charts.inputs import ChartError
from analysis.charts.palette import PALETTE
from analysis.charts.style import SIZES, settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE, NARROW = 760.0, 360.0
EDGE = 6.0  # px left free at both sides
LEADING = 1.32
_BACKEND = "module://analysis.charts.backend"
_STRAIGHT = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "..."})


_SAMPLES: dict[str, dict[str, Any]] = {
    "dashed": {"linestyle": (0, (4, 3)), "linewidth": 1.4},
    "dot": {"linestyle": "", "markersize": 8},
    "ring": {"linestyle": "", "marker": "o", "markersize": 7, "markeredgewidth": 1.8},
    "printed": {"linestyle": "", "marker": "D", "markersize": 7.5, "markeredgewidth": 1.7},
}
for _hollow in ("ring", "printed"):
    _SAMPLES[_hollow]["markerfacecolor"] = PALETTE["paper"]


@dataclass(frozen=True)
class KeyItem:
    """One entry of the key above a plot: a sample in a colour, and what it means.

    sample: line, dashed, bar, faint (a band), dot (with `marker`), ring, or printed (the report's diamond).
    """

    text: str
    colour: str
    sample: str = "line"
    marker: str = "o"


class Canvas:
    """A figure that grows downwards: header, key, panels, footer.

    `width` is in px; `narrow` says that it is drawn for a phone. Panels are placed in px from the top; the height
    of the figure follows from what was put on it.
    """

    def __init__(self, chart: Facts, narrow: bool = False) -> None:
        from matplotlib.figure import Figure

        self.chart, self.narrow = chart, narrow
        self.language = chart.language
        self.width = NARROW if narrow else WIDE
        self.figure = Figure(figsize=(self.width / 72, 10), dpi=72)
        self.cursor = 4.0
        self._axes: list[tuple[Axes, tuple[float, float, float, float]]] = []
        self._notes: list[tuple[float, float, str, dict[str, Any]]] = []
        self._samples: list[tuple[float, float, KeyItem]] = []
        self._told: list[tuple[Axes, float, float, str]] = []
        self._bold = 0

    def size(self, name: str) -> float:
        """Font size in px: title, subtitle, text or small."""
        return SIZES[name][1 if self.narrow else 0]

    def measure(self, text: str, name: str = "text") -> float:
        """Width in px of the widest line of a text."""
        return max((fonts.width(line, self.size(name)) for line in text.split("\n")), default=0.0)

    def write(self, x: float, y: float, text: str, name: str = "text", **style: Any) -> None:
        """A text on the figure whose top is at `y` px from the top."""
        self._notes.append((x, y, text, {"fontsize": self.size(name), "va": "top", **style}))

    def paragraph(
        self,
        text: str,
        name: str,
        colour: str,
        bold: bool = False,
        x: float = EDGE,
        room: float | None = None,
    ) -> None:
        """Wrapped text at the cursor, which moves below it."""
        size = self.size(name)
        wrap = fonts.balanced if name == "title" else fonts.wrap
        for line in wrap(text, size, room or self.width - x - EDGE, bold):
            style: dict[str, Any] = {"color": colour}
            if bold:
                style["gid"] = self.bold_id()
            self.write(x, self.cursor, line, name, **style)
            self.cursor += size * LEADING

    def bold_id(self) -> str:
        """A group id that the SVG pass turns into bold type (the package brings the regular face only)."""
        self._bold += 1
        return f"bold-{self._bold}"

    def header(self) -> None:
        """Title (the finding) and subtitle (measure, unit, period)."""
        title = f"{self.chart.title}"
        self.paragraph(title, "title", PALETTE["ink"], bold=True)
        self.cursor += 2
        self.paragraph(self.chart.subtitle, "subtitle", PALETTE["muted"])
        self.cursor += 8

    def footer(self) -> None:
        """Notes and source."""
        self.cursor += 8
        for text in (self.chart.notes, self.chart.source):
            if text:
                self.paragraph(text, "small", PALETTE["muted"])
        self.cursor += 4

    def key(self, items: list[KeyItem]) -> None:
        """Entries in rows above the next panel."""
        if not items:
            return
        size, x = self.size("text"), EDGE
        for item in items:
            lines = fonts.wrap(item.text, size, self.width - EDGE * 2 - 26)
            need = 26 + max(fonts.width(line, size) for line in lines) + 18
            if x > EDGE and x + need - 18 > self.width - EDGE:
                x, self.cursor = EDGE, self.cursor + size * 1.5
            self._samples.append((x, self.cursor + size * 0.62, item))
            for number, line in enumerate(lines):
                self.write(x + 26, self.cursor + number * size * LEADING, line, color=PALETTE["ink"])
            self.cursor += (len(lines) - 1) * size * LEADING
            x += need
        self.cursor += size * 1.5 + 4

    def mark(self, x: float, y: float, colour: str, sample: str = "dot", marker: str = "o") -> None:
        """A sample as in a key, its centre at `x` and at `y` px from the top."""
        self._samples.append((x - 10, y, KeyItem("", colour, sample, marker)))

    def tell(self, axes: Axes, x: float, y: float, text: str) -> None:
        """What the mark at a point of the data stands for; a page shows it to pointer and keyboard."""
        self._told.append((axes, x, y, text))

    def told(self) -> list[tuple[float, float, str]]:
        """Every mark that stands for a value: its place in px from the top left, and its text."""
        marks = []
        for axes, x, y, text in self._told:
            left, top, wide, high = self.box(axes)
            (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
            marks.append((left + (x - x0) / (x1 - x0) * wide, top + (y1 - y) / (y1 - y0) * high, text))
        return marks

    def panel(
        self,
        height: float,
        left: float,
        right: float = EDGE,
        top: float = 0.0,
        bottom: float = 24.0,
        title: str = "",
    ) -> Axes:
        """Axes of `height` px between the margins, at the cursor; `top` and `bottom` px are kept free around it."""
        if title:
            self.paragraph(title, "text", PALETTE["ink"], bold=True)
            self.cursor += 4
        self.cursor += top
        axes = self.place(left, self.cursor, self.width - left - right, height)
        self.cursor += height + bottom
        return axes

    def place(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes at an exact place, px from the top left; the cursor does not move."""
        if width < 40:
            raise ChartError(f"chart {self.chart.id}: its labels leave no room for the plot; shorten them")
        axes = self.figure.add_axes((0.1, 0.1, 0.5, 0.5))
        self._axes.append((axes, (x, y, width, height)))
        return axes

    def box(self, axes: Axes) -> tuple[float, float, float, float]:
        """Left, top, width and height in px of axes placed here."""
        return next(box for known, box in self._axes if known is axes)

    def extent(self, axes: Axes) -> tuple[float, float]:
        """Width and height in px of axes placed here."""
        return self.box(axes)[2:]

    def finish(self) -> Any:
        """The figure, its height fixed, everything in its place."""
        self.footer()
        height = float(round(self.cursor))
        self.figure.set_size_inches(self.width / 72, height / 72)
        for axes, (x, y, wide, high) in self._axes:
            axes.set_position((x / self.width, 1 - (y + high) / height, wide / self.width, high / height))
            for axis in (axes.xaxis, axes.yaxis):
                if not axis.label.get_text():  # else all numbers are measured, to find it a place beside them
                    axis.set_label_coords(0, 0)
        for x, y, text, style in self._notes:
            size = style["fontsize"]
            # va=baseline at a fixed ascent: independent of the letters of the line
            self.figure.text(x / self.width, 1 - (y + size) / height, text, **{**style, "va": "baseline"})
        for x, y, item in self._samples:
            self._sample(x, y, item, height)
        return self.figure

    def _sample(self, x: float, y: float, item: KeyItem, height: float) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        fx, fy = x / self.width, 1 - y / height
        across = self.figure.transFigure
        if item.sample in ("bar", "faint"):
            corner, wide, high = (fx, fy - 5.5 / height), 18 / self.width, 11 / height
            box = Rectangle(corner, wide, high, facecolor=item.colour, transform=across, linewidth=0)
            box.set_alpha(0.35 if item.sample == "faint" else None)
            self.figure.add_artist(box)
            return
        xs = [fx, fx + 20 / self.width] if item.sample in ("line", "dashed") else [fx + 10 / self.width]
        style: dict[str, Any] = {"color": item.colour, "linewidth": 2.2, **_SAMPLES.get(item.sample, {})}
        if item.sample == "dot":
            style["marker"] = item.marker
        self.figure.add_artist(Line2D(xs, [fy] * len(xs), transform=across, **style))


def figure(chart: Facts, narrow: bool = False) -> Any:
    """The matplotlib figure of a chart, every text checked against the font."""
    return drawn(chart, narrow)[0]


def drawn(chart: Facts, narrow: bool = False) -> tuple[Any, list[tuple[float, float, str]]]:
    """The matplotlib figure of a chart, and what its marks stand for (`Canvas.told`)."""
    import matplotlib
    from matplotlib.text import Text

    with matplotlib.rc_context(settings()):
        canvas = Canvas(chart, narrow)
        canvas.header()
        chart.draw(canvas)
        sheet = canvas.finish()
    for text in sheet.findobj(Text):
        if words.spaces(chart.language):
            text.set_text(western(text.get_text()))
        fonts.check(chart.id, text.get_text())  # matplotlib itself would draw a box
    return sheet, canvas.told()


def western(text: str) -> str:
    """With straight quotation marks: the face draws the curly ones a full em wide, as Chinese alone wants them.

    >>> western("“near”…")
    '"near"...'
    """
    return text.translate(_STRAIGHT)


def depends_on(chart: Facts, narrow: bool = False) -> bytes:
    """All that a picture depends on beside the code; nothing where a cell's own function draws it."""
    import matplotlib

    try:
        content = pickle.dumps((chart, narrow), protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError):
        return b""
    if b"__main__" in content:
        return b""
    return content + repr(sorted(matplotlib.rcParams.items())).encode()


def render(chart: Facts, narrow: bool = False) -> str:
    """The picture of a chart as SVG, the same bytes in every process."""
    import matplotlib

    from analysis.charts.svg import tidy

    sheet, told = drawn(chart, narrow)
    buffer = io.StringIO()
    variant = f"{chart.id}-{'narrow' if narrow else 'wide'}"
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with matplotlib.rc_context({**settings(), "svg.hashsalt": variant}):
        sheet.savefig(buffer, format="svg", backend=_BACKEND, transparent=True, metadata=nothing)
    return tidy(buffer.getvalue(), chart, variant, told)
