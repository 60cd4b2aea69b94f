"""matplotlib's SVG, by a renderer that asks a face in memory how large a text is, and once in a process for each text.

`savefig` takes this module as its backend. matplotlib itself reads a glyph from the open file, in a dozen pieces, each time that it
measures a text with it, anew for each picture. The bytes written are those of its own canvas: a test compares them.
"""

from __future__ import annotations

import codecs
import threading
from functools import lru_cache
from typing import IO, Any

from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.cbook import file_requires_unicode
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags

from analysis.charts import fonts

_POINTS = 100.0
"""The size at which texts of every size are measured, as `matplotlib.textpath` does."""
_measuring = threading.Lock()
"""The face holds one text at a time."""


@lru_cache(maxsize=8192)
def _measured(line: str) -> tuple[float, float, float]:
    """Width, height and descent of a line in points, at `_POINTS`."""
    with _measuring:
        face = fonts.face()
        face.set_size(_POINTS, 72)
        face.set_text(line, 0.0, flags=LoadFlags.NO_HINTING)
        width, height = face.get_width_height()
        return width / 64, height / 64, face.get_descent() / 64


class Renderer(RendererSVG):
    """Writes what matplotlib's writes; texts in another face than that of all charts it measures as that does."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        if ismath or prop.get_file() is not None or list(prop.get_family()) != [fonts.FAMILY]:
            return super().get_text_width_height_descent(s, prop, ismath)
        width, height, descent = _measured(s)
        scale = prop.get_size_in_points() / _POINTS
        return width * scale, height * scale, descent * scale


class FigureCanvas(FigureCanvasSVG):
    """matplotlib's canvas with that renderer."""

    def print_svg(
        self, filename: IO[Any], *, bbox_inches_restore: Any = None, metadata: Any = None, **_: object
    ) -> None:
        """Write the figure into a stream of texts or bytes."""
        stream = filename if file_requires_unicode(filename) else codecs.getwriter("utf-8")(filename)
        dpi, (width, height) = self.figure.dpi, self.figure.get_size_inches()
        self.figure.dpi = 72
        svg = Renderer(width * 72, height * 72, stream, image_dpi=dpi, metadata=metadata)
        renderer: Any = MixedModeRenderer(
            self.figure, width, height, dpi, svg, bbox_inches_restore=bbox_inches_restore
        )
        self.figure.draw(renderer)
        renderer.finalize()
