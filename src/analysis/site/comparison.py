"""The page that shows a comparison of two runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.site import fonts, svg
from analysis.site.assemble import style_sheet
from analysis.suite.files import write_atomically

if TYPE_CHECKING:
    from analysis.site.differences import Comparison

TEMPLATES = Path(__file__).parent / "templates"


def write(comparison: Comparison, path: Path) -> None:
    """Write the comparison as one self-contained page."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)
    colours = svg.Colours()
    figures = [
        {
            "title": f.title,
            "what": f.what,
            "before": svg.inline(f.svg_before, f"before-{n}") if f.svg_before else "",
            "after": svg.inline(f.svg_after, f"after-{n}") if f.svg_after else "",
        }
        for n, f in enumerate(comparison.figures)
    ]
    for figure in figures:
        colours.note(figure["before"] + figure["after"])
    text = environment.get_template("comparison.html.j2").render(
        c=comparison, figures=figures, css=style_sheet(), colours=colours.rules()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text.replace("/*fonts*/", fonts.css(text, text), 1).encode())
