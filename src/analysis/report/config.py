"""What a report says of itself: `report.toml` in its folder.

The package knows no report. Title, publisher, languages, the form of section numbers and exhibits, and the parameter
types that only this report needs are read from here; a folder without report.toml is a report without any of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis import places, reading, words
from analysis.errors import UserError
from analysis.numbers import units


class ReportError(UserError):
    """report.toml is broken: the message names file and key."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Table):
    """What the pages say of the report in one language. Empty: the page leaves it out."""

    title: str
    """The heading of the pages, also their name in a browser."""
    short: str = ""
    """The same in a few words, for the head of every page."""
    lead: str = ""
    """The first paragraph; {claims} stands for their number."""
    description: str = ""
    """One sentence for search engines and link previews."""
    publisher: str = ""
    """Who published the report."""
    source: str = ""
    """The line at the foot of every page, as the publisher asks to be cited; publisher and year unless given."""
    exhibits: str = ""
    """The heading above the figures and tables of the report."""


class Exhibits(_Table):
    """The words that come before the number of a figure or a table, as the ledger writes them: Figure 3, 表6."""

    figure: str = "Figure"
    table: str = "Table"

    def parse(self, exhibit: str) -> tuple[Literal["figure", "table"], str] | None:
        """Kind and number of an exhibit, None for anything else.

        >>> Exhibits().parse("Table 6")
        ('table', '6')
        """
        for kind in ("figure", "table"):
            if match := re.fullmatch(rf"{re.escape(getattr(self, kind))}\s*(\d+[A-Za-z]?)", exhibit):
                return kind, match[1]
        return None

    def said(self, exhibit: str, language: str) -> str:
        """A figure or table as a language writes it, anything else as it is.

        >>> Exhibits(figure="图").said("图9", "en"), Exhibits().said("Figure 9", "zh"), Exhibits().said("box 2", "en")
        ('Figure 9', '图9', 'box 2')
        """
        parsed = self.parse(exhibit)
        return words.label(f"exhibit_{parsed[0]}", language).format(number=parsed[1]) if parsed else exhibit

    def of_chart(self, chart: str) -> str:
        """The exhibit, as the ledger writes it, that the id of a chart names; empty where it names none.

        >>> Exhibits().of_chart("figure-3"), Exhibits(table="表").of_chart("table6-shares"), Exhibits().of_chart("figures")
        ('Figure 3', '表6', '')
        """
        match = re.match(r"(figure|table)-?(\d+[a-z]?)(?![a-z0-9])", chart)
        if not match:
            return ""
        word: str = getattr(self, match[1])
        return f"{word} {match[2]}" if word.isascii() else f"{word}{match[2]}"

    @property
    def pattern(self) -> str:
        """A regular expression that fits every exhibit."""
        return rf"(?:{re.escape(self.figure)}|{re.escape(self.table)})\s*\d+[A-Za-z]?"


class Money(_Table):
    """How notebooks that offer a `currency` exchange amounts of money (`desk.money`)."""

    unit: str = ""
    """In which unit amounts are, unless a call says: CNY bn."""
    rate: str = ""
    """What the parameter `fx_rate` counts, CNY/USD: so many of the first for one of the second."""

    @model_validator(mode="after")
    def _known(self) -> Money:
        unit, pair = units.UNITS.get(self.unit), self.rate.split("/")
        if self.unit and (unit is None or unit.dimension not in units.CURRENCIES):
            raise ValueError(f"unit: {self.unit!r} is no unit of money")
        if self.rate and (len(pair) != 2 or pair[0] == pair[1] or not units.CURRENCIES.issuperset(pair)):
            raise ValueError(f"rate: {self.rate!r} is no pair of currencies such as CNY/USD")
        return self


class ParameterType(_Table):
    """A type that notebooks of this report annotate parameters with: words to choose from, or a range of numbers.

    `examples`: what the default sweep tries; all `values` unless given.
    """

    values: tuple[str, ...] = ()
    above: float | None = None
    below: float | None = None
    examples: tuple[str | float, ...] = ()

    @model_validator(mode="after")
    def _one_of_two(self) -> ParameterType:
        if bool(self.values) == (self.above is not None or self.below is not None):
            raise ValueError("give either values = [words], or above and below for a number")
        if self.values and (unknown := [e for e in self.examples if e not in self.values]):
            raise ValueError(f"examples: {unknown[0]!r} is not among the values")
        return self

    def annotation(self) -> object:
        """The pydantic type."""
        examples = list(self.examples) or None
        if self.values:
            chosen: object = Literal[self.values]
            return Annotated[chosen, Field(examples=examples)] if examples else chosen
        return Annotated[float, Field(gt=self.above, lt=self.below, allow_inf_nan=False, examples=examples)]


class Report(_Table):
    """A report as its folder describes it."""

    languages: tuple[str, ...] = ("en",)
    """Languages of notebooks and pages; the first is the default."""
    printed_in: str = "en"
    """The language of the report itself: how its numbers, hedge words and quotes are to be read."""
    year: int | None = None
    date: str = ""
    """When the report appeared (2021-10): evidence of later editions is told apart by it."""
    publishers: tuple[str, ...] = ()
    """Further names under which the publisher's own numbers stand among the series."""
    editions: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Publisher who restates → how the names of the editions begin that the report could use: the one it names, or his
    last before it."""
    sections: str = r"\d+(?:\.\d+)*|preface"
    """The form of a section's number in the ledger, as a regular expression."""
    exhibits: Exhibits = Exhibits()
    charts: Mapping[str, str] = Field(default_factory=dict)
    """Notebook → the one of its charts that tells its topic on the overview; the first unless given."""
    text: Mapping[str, Text] = Field(default_factory=dict)
    money: Money = Money()
    parameters: Mapping[str, ParameterType] = Field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """Language → what the data and the checks name in English (entities, labels, symbols), or the report lists in its own
    language → the same in that language."""
    name: str = ""
    """Name of the folder or package: the title of a report without report.toml."""

    @field_validator("languages", "printed_in")
    @classmethod
    def _known(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        known = words.languages()
        for language in (value,) if isinstance(value, str) else value:
            if language not in known:
                raise ValueError(f"no words for language {language!r}; there are: {', '.join(known)}")
        return value

    @field_validator("sections")
    @classmethod
    def _pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return value

    @model_validator(mode="after")
    def _said_in_all_languages(self) -> Report:
        if not self.languages:
            raise ValueError("languages: name at least one")
        if self.text and (silent := [x for x in self.languages if x not in self.text]):
            raise ValueError(f"text.{silent[0]} is missing: every language of `languages` needs a title")
        return self

    def say(self, language: str) -> Text:
        """What the pages say of the report in that language; the folder's name where nothing is written."""
        found = self.text.get(language)
        return found or Text(title=self.name or "Notebooks")

    def named(self, text: str, language: str) -> str:
        """A name of the data in the reader's language: as a whole, else part by part; what has no entry as it is.

        >>> Report(names={"zh": {"World": "全球", "integer test": "整数检验"}}).named("integer test, survey", "zh")
        '整数检验，survey'
        >>> Report(names={"en": {"全球": "World"}}).named("全球, 全部", "en")
        'World, 全部'
        """
        known = self.names.get(language)
        if not known or text in known:
            return known[text] if known else text
        parts = text.split(", ")
        if not any(part in known for part in parts):
            return text
        return words.label("between_names", language).join(known.get(part, part) for part in parts)

    def parameter(self, name: str, language: str) -> str:
        """A parameter in words: the package's own, else the report's, else its name."""
        return words.pages(language).get(f"parameter.{name}") or self.named(name, language).replace("_", " ")

    def suffix(self, language: str) -> str:
        """What tells pages of that language from those of the first."""
        return "" if language == self.languages[0] else f".{language}"

    def type(self, name: str) -> object:
        """A parameter type of this report, or `Language`. `AttributeError` when it has none of that name."""
        if name not in self._types:
            raise AttributeError(
                f"{name} is no parameter type: neither of this package nor in [parameters] of {places.REPORT}"
            )
        return self._types[name]

    @cached_property
    def _types(self) -> dict[str, object]:
        own: object = Literal[self.languages]
        known = {name: kind.annotation() for name, kind in self.parameters.items()}
        return {"Language": Annotated[own, Field(examples=[self.languages[0]])], **known}


def current() -> Report:
    """The report of the project we are in."""
    return read(places.nearest() or Path.cwd())


def read(folder: Path, name: str = "") -> Report:
    """The report of a folder; one without own words where it has no report.toml.

    `name` stands for the folder's own name there. `ReportError` names file and key of what is wrong.
    """
    path = folder / places.REPORT
    name = name or (folder if folder.is_absolute() else folder.resolve()).name
    try:
        status = path.stat()
    except FileNotFoundError:
        return _bare(name)
    except OSError:
        return _read(path, name, ())  # it says what is wrong
    return _read(path, name, reading.stamp(status))


@cache
def _bare(name: str) -> Report:
    return Report(name=name)


@cache
def _read(path: Path, name: str, stamp: reading.Stamp) -> Report:
    try:
        content = reading.toml_of(path)
    except UserError as error:
        raise ReportError(str(error)) from None
    if "name" in content:
        raise ReportError(f"{path}: name: there is no such key")
    try:
        return Report(name=name, **content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        what = (
            "there is no such key"
            if first["type"] == "extra_forbidden"
            else first["msg"].removeprefix("Value error, ")
        )
        raise ReportError(f"{path}: {key + ': ' if key else ''}{what}") from None
