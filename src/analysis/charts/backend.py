"""matplotlib's SVG, by a renderer that asks a face in memory how large a text is, and once in a process for each text.

`savefig` takes this module as its backend. matplotlib itself reads a glyph from the open file, in a dozen pieces, each time that it
measures a text with it, anew for each picture. The bytes written are those of its own canvas: a test compares them.
"""

from __future__ import annotations

from functools import lru_cache
from io import StringIO
from typing import Any

from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags

from analysis.charts import fonts

_POINTS = 100.0
"""The size at which texts of every size are measured, as `matplotlib.textpath` does."""


@lru_cache(maxsize=8192)
def _measured(line: str) -> tuple[float, float, float]:
    """Width, height and descent of a line in points, at `_POINTS`."""
    face = fonts.face()
    face.set_size(_POINTS, 72)
    face.set_text(line, 0.0, flags=LoadFlags.NO_HINTING)
    width, height = face.get_width_height()
    return width / 64, height / 64, face.get_descent() / 64


class Renderer(RendererSVG):
    """Writes what matplotlib's writes, of figures in the face of all charts."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        if ismath or list(prop.get_family()) != [fonts.FAMILY]:
            return super().get_text_width_height_descent(s, prop, ismath)
        width, height, descent = _measured(s)
        scale = prop.get_size_in_points() / _POINTS
        return width * scale, height * scale, descent * scale


class FigureCanvas(FigureCanvasSVG):
    """Writes a figure of lines, areas and texts: matplotlib's way to have parts of it as pixels is left out."""

    def print_svg(self, filename: StringIO, *, metadata: Any = None, **_: object) -> None:
        """Write the figure into a text stream."""
        self.figure.dpi = 72
        width, height = self.figure.get_size_inches() * 72
        renderer = Renderer(width, height, filename, image_dpi=72, metadata=metadata)
        self.figure.draw(renderer)
        renderer.finalize()
