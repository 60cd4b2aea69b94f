"""How the pages of a report speak in one language: the package's words, and what the report calls its own parts."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from analysis import words
from analysis.report.config import Report, Text


@dataclass(frozen=True)
class Voice:
    """A page's language, and the report that the page is about. Called with a key it gives the package's words."""

    language: str
    report: Report

    def __call__(self, key: str, **values: object) -> str:
        """The text of that key in `words/<language>.toml`, its placeholders filled."""
        return words.translator(self.language)(key, **values)

    def typed(self, key: str, **values: object) -> Markup:
        """The text of that key as HTML, its values as code: what a reader may type stays to the letter."""
        marks = {name: f"\0{name}\0" for name in values}
        said = html.escape(self(key, **marks), quote=False)
        for name, value in values.items():
            said = said.replace(marks[name], f"<code>{html.escape(str(value), quote=False)}</code>")
        return Markup(said)

    def knows(self, key: str) -> bool:
        """Whether there is a text of that key."""
        return key in words.pages(self.language)

    def family(self, prefix: str) -> dict[str, str]:
        """The texts whose keys begin with `prefix`, which is taken off."""
        return dict(_family(self.language, prefix))

    def parameter(self, name: str) -> str:
        """A parameter in words: the package's own, else the report's, else its name."""
        return self.report.parameter(name, self.language)

    @property
    def own(self) -> Text:
        """What the report says of itself."""
        return self.report.say(self.language)

    @property
    def brand(self) -> str:
        """The report in a few words."""
        return self.own.short or self.own.title

    @property
    def source(self) -> str:
        """The line that cites the report; empty where neither it nor a publisher is known."""
        own = self.own
        if own.source or not own.publisher:
            return own.source
        return self(
            "index.source", publisher=", ".join(filter(None, [own.publisher, str(self.report.year or "")]))
        )

    def place(self, section: str, exhibit: str) -> str:
        """Where in the report a claim stands: section, and figure or table."""
        parts = []
        if section:
            is_preface = section == "preface"
            parts = [self("place.preface") if is_preface else self("place.section", number=section)]
        return " · ".join([*parts, *filter(None, [self.exhibit(exhibit)])])

    def exhibit(self, exhibit: str) -> str:
        """A figure or table as the reader's language writes it, anything else as it is."""
        return self.report.exhibits.said(exhibit, self.language)

    def anchor(self, exhibit: str) -> str:
        """The anchor of a figure or table on a page: figure-10; empty for anything else."""
        parsed = self.report.exhibits.parse(exhibit)
        return "-".join(parsed) if parsed else ""


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


@cache
def _family(language: str, prefix: str) -> Mapping[str, str]:
    """The texts of a language whose keys begin with `prefix`; asked for at every formula of a page."""
    return {k.removeprefix(prefix): v for k, v in words.pages(language).items() if k.startswith(prefix)}
