"""The pages that show a comparison of two runs, one for each language of the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.report.config import Report
from analysis.site import frame, svg
from analysis.site.voice import Voice

if TYPE_CHECKING:
    from analysis.site.differences import Comparison


def write(
    told: Mapping[str, Comparison], path: Path, report: Report, reports: Path, compared: str = ""
) -> None:
    """Write the comparison as a self-contained page to `path`; in the other languages beside it, as <name>.<language>.html.

    told: the comparison in each language of the report. reports: the folder of the runs, where the way to the last full one leads.
    compared: what the page notes of its sides, for machines.
    """
    pages = frame.pages(path, report.languages)
    for language, page in pages.items():
        comparison, voice, colours = told[language], Voice(language, report), svg.Colours()
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
        title = voice("compare.title", before=comparison.before, after=comparison.after)
        home = frame.way_home(page, reports, report.suffix(language))
        twins = frame.twins({x: p.name for x, p in pages.items()})
        context = frame.context(voice, title, "comparison", home, twins=twins)
        template = frame.environment().get_template("comparison.html.j2")
        frame.write(
            page,
            template.render(
                **context, c=comparison, figures=figures, colours=colours.rules(), compared=compared
            ),
        )
