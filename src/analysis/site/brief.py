"""The brief: what a run says, on five printed pages at most. Result, findings, topics, method, sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.report.rows import CheckRow, ClaimRow
from analysis.site import assemble, binding, front, paper
from analysis.site.frame import environment, write
from analysis.site.source import Run, Variant
from analysis.writing import write_atomically

PAGES = 5
"""A brief is printed on no more pages than these."""
METHOD = ("range", "recomputed", "evidence", "table", "again")
"""What is said of the method: keys of the words brief.method."""


@dataclass(frozen=True)
class Room:
    """How much a brief may hold: findings, topics, statements named in a line of a topic, publishers."""

    findings: int
    topics: int
    named: int
    publishers: int


ROOMS = (Room(12, 60, 3, 60), Room(10, 60, 2, 40), Room(8, 40, 1, 24), Room(5, 30, 0, 12))
"""Tried in turn until the brief fits; the last one fits whatever a report says."""


@dataclass(frozen=True)
class Publisher:
    """Who made published numbers on which verdicts rest: how many of them, and the documents that they stand in."""

    name: str
    numbers: int
    documents: Sequence[str]


def publish(run: Run, variant: Variant, pdf: Path, scratch: Path) -> None:
    """Print the brief of a run in one language to `pdf`; `scratch` is a folder for the page that is printed.

    UserError when there is no browser, or it fails.
    """
    made = assemble.model(run, variant)
    shell, title = made.shell, variant.voice.own.title
    context = {
        **shell.context("brief", title, "brief"), "links": [], "twins": [], "home": "", "colours": "", "method": METHOD,
        "o": front.overview(run, variant, shell.pages, made.record), "pages": shell.pages,
        "publishers": publishers(made.record.claims.values(), made.record.checks),
    }  # fmt: skip
    page, template = scratch / variant.page("brief"), environment().get_template("brief.html.j2")
    for room in ROOMS:
        write(page, template.render(**context, room=room))
        printed = page.with_suffix(".pdf")
        paper.write(page, printed)
        if binding.length(printed.read_bytes()) <= PAGES:
            break
    write_atomically(pdf, printed.read_bytes())


def publishers(claims: Iterable[ClaimRow], checks: Mapping[str, CheckRow]) -> list[Publisher]:
    """The publishers of the numbers that set verdicts, each published number once: most numbers first."""
    numbers: dict[str, dict[str, str]] = {}
    for row in claims:
        check = checks.get(row.check_id)
        for i in check.inputs if check else ():
            if i.is_published and i.publisher:
                numbers.setdefault(i.publisher, {})[i.ref] = i.document
    found = [
        Publisher(name, len(by_ref), [d for d, _ in Counter(filter(None, by_ref.values())).most_common()])
        for name, by_ref in numbers.items()
    ]
    return sorted(found, key=lambda p: (-p.numbers, p.name))
