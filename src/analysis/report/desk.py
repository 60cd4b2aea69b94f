"""The desk of a notebook: what its parameters open, in one line.

    desk = report.open_desk(globals(), sections=["5.2"])

Each annotated parameter of the `parameters` cell is validated here too, so that a wrong value stops the notebook wherever
it runs: under `analysis run`, stock papermill or JupyterLab.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError

from analysis import places, words
from analysis.draft import is_draft
from analysis.errors import UserError
from analysis.numbers import periods, units
from analysis.numbers.printed import Reading
from analysis.report import appendix, catalog, config
from analysis.report.book import Book
from analysis.report.catalog import Observation
from analysis.report.config import Money
from analysis.report.table import Table
from analysis.report.wording import Words
from analysis.report.wording import words as words_in

if TYPE_CHECKING:
    import pandas as pd

    from analysis.report.charted import Charts

    Periods = TypeVar("Periods", pd.DataFrame, pd.Series[Any])

LATEST = "latest"
"""The last period of a window that ends where the data do."""


@dataclass(frozen=True)
class Desk:
    """The ledger under this run's reading, its language, its currency and its window of time."""

    book: Book
    language: str
    words: Words = field(default_factory=lambda: Words("en"))
    """`_ = desk.words`, then `_("balance")`: the notebook's texts in this run's language."""
    currency: str = ""
    fx_rate: float = 1.0
    edition: str = "contemporary"
    first_period: str = ""
    last_period: str = LATEST
    amounts: Money = field(default_factory=Money)
    """How amounts of money are exchanged: [money] of report.toml."""

    @cached_property
    def charts(self) -> Charts:
        """Every form of `analysis.charts` in the language of this run: `desk.charts.bars(data, "balance", title=…, …)`."""
        from analysis.report.charted import Charts  # pandas, which not every command needs

        return Charts(self.language, config.current().exhibits)

    def published(self, topic: str, series_id: str, period: str, edition: str = "") -> Observation:
        """One observation, in the edition named or else in the one that this run asks for."""
        if edition:
            return catalog.pick(topic, series_id, period, edition, self.language)
        return catalog.vintage(topic, series_id, period, self.edition, self.language)

    def money(self, amount: float, unit: str = "") -> float:
        """An amount in `unit` (unless given, `unit` of [money] in report.toml) in the currency of this run, at its rate."""
        unit = unit or self.amounts.unit
        return units.exchange(amount, unit, self.money_unit(unit), self.fx_rate, self.amounts.rate)

    def money_unit(self, unit: str = "") -> str:
        """The unit in which `money` gives an amount in `unit`: CNY bn, or USD bn where the run is in dollars."""
        unit = unit or self.amounts.unit
        if not unit:
            raise UserError(
                f"in which unit are the amounts? Give it, or `unit` of [money] in {places.REPORT}"
            )
        return units.in_currency(unit, self.currency) if self.currency else unit

    def money_words(self, unit: str = "") -> str:
        """That unit as readers write it: CNY billion, 亿元."""
        return words.display_unit(self.money_unit(unit), self.language)[1]

    def window(self, table: Periods) -> Periods:
        """The rows of a series, indexed by period, between the first and the last period of this run; see `seen`."""
        shown = set(self.seen(table.index))
        found: Periods = table[[period in shown for period in table.index]]
        return found

    def seen(self, periods: Iterable[str]) -> list[str]:
        """The periods that lie in the window of this run. Where none does, all of them, and a note above the chart says so:
        a window is what one looks at, and a series that ended before is shown as it is.
        """
        known = list(periods)
        found = [period for period in known if self.is_seen(period)]
        if not found and known and not is_draft():
            from IPython.display import Markdown, display

            display(Markdown(self._nothing_in_window(known)))
        return found or known

    def is_seen(self, period: str) -> bool:
        """Whether the end of a period (a quarter, a year) lies in the window."""
        place, first, last = map(periods.position, (period, self.first_period, self.last_period))
        return place is not None and (first is None or first <= place) and (last is None or place <= last)

    def _nothing_in_window(self, known: list[str]) -> str:
        """The note that the window holds none of the periods of a series."""
        said = {
            "first": self.first_period,
            "last": self.last_period,
            "begins": min(known),
            "ends": max(known),
        }
        key = "window_empty_in" if self.first_period == self.last_period else "window_empty"
        key = "window_empty_since" if self.last_period == LATEST else key
        text = words.label(key, self.language)
        return text.format(**{name: periods.label(period, self.language) for name, period in said.items()})

    def caveats(self, known: pd.DataFrame) -> Table:
        """The rows of `catalog.caveats` that concern this notebook, as a table."""
        return appendix.caveats(known, self.language)

    def documents(self) -> Table:
        """The documents behind the checks of this notebook, as a table."""
        return appendix.documents((check.row for check in self.book.checks.values()), self.language)


TEXTS = ("mode.string_storage", "python")
"""The option of pandas that a desk sets, and its value."""


def open_desk(parameters: Mapping[str, Any], sections: Iterable[str] = ()) -> Desk:
    """The desk for a notebook's globals: `report.open_desk(globals(), sections=["5.2"])`.

    Reads the parameters that the notebook declares: `language`, the `hedge_…` and `trailing_zeros` of its reading,
    `word_level`, `currency`, `fx_rate`, `edition`, `first_period`, `last_period`. `UserError` names the first whose value
    does not fit its annotation, and a window that ends before it begins. From here pandas keeps texts as Python's own
    (`mode.string_storage`), as its `str` methods treat them: of a few hundred rows, Arrow's take longer to cut and compare than
    what they save. Open it before the notebook's own tables are made: joined with later ones, those of before are of another kind.
    """
    import pandas as pd

    pd.set_option(*TEXTS)
    refuse_invalid(parameters)
    given = {name: parameters[name] for name in KNOWN if name in parameters}
    reading = Reading(**{f: given[name] for name, f in READING.items() if name in given})
    language = given.get("language", "en")
    first, last = given.get("first_period", ""), given.get("last_period", LATEST)
    refuse_backwards(first, last)
    book = Book(reading, language, sections, level=given.get("word_level", "default"))
    shown = {name: given[name] for name in _SHOWN if name in given}
    return Desk(book, language, words_in(language), amounts=config.current().money, **shown)


READING = {
    "hedge_near": "near", "hedge_about": "about", "hedge_above": "above", "hedge_below": "below",
    "trailing_zeros": "trailing_zeros", "rounding": "rounding", "evidence_width": "widest", "blunt_width": "blunt",
}  # fmt: skip
"""The parameters that read printed numbers: name → field of `Reading`."""
_SHOWN = ("currency", "fx_rate", "edition", "first_period", "last_period")
KNOWN = (*READING, *_SHOWN, "language", "word_level")


def refuse_invalid(parameters: Mapping[str, Any]) -> None:
    """`UserError` for the first annotated parameter whose value does not fit its type."""
    for name, kind in parameters.get("__annotations__", {}).items():
        if name not in parameters:
            continue
        try:
            TypeAdapter(kind).validate_python(parameters[name])
        except PydanticSchemaGenerationError:
            continue  # an annotation of the notebook's own code, not of a parameter
        except ValidationError as error:
            told = error.errors()[0]["msg"]
            raise UserError(
                f"parameter {name} = {parameters[name]!r}: {told[:1].lower()}{told[1:]}"
            ) from None


def refuse_backwards(first: str, last: str) -> None:
    """`UserError` for a window that ends before it begins."""
    ends = periods.position(first), periods.position(last)
    if ends[0] is not None and ends[1] is not None and ends[1] < ends[0]:
        raise UserError(
            f"first_period {first} lies after last_period {last}: choose a window that begins before it ends"
        )
