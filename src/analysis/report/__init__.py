"""A claim and a recomputation make a check; the checks of a claim make its verdict.

book = Book(reading=Reading(), language="en")
growth_2024 = compute(growth.yoy, now=pick(...), before=pick(...))
book.reconcile("cyclists-growth", growth_2024, fits="same", because="The survey itself.")
"""

from importlib import import_module as _import
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.report.bench import verdicts
    from analysis.report.book import Book
    from analysis.report.check import Check
    from analysis.report.computed import Computed, Source, assume, compute
    from analysis.report.desk import Desk, open_desk
    from analysis.report.findings import Finding, Findings, counted, counts
    from analysis.report.ledger import Claim, LedgerError, load_claims
    from analysis.report.robustness import load_robustness
    from analysis.report.table import Records, Table, ranges, show_table

_ROOMS = {
    "bench": ("verdicts",),
    "book": ("Book",),
    "check": ("Check",),
    "computed": ("Computed", "Source", "assume", "compute"),
    "desk": ("Desk", "open_desk"),
    "findings": ("Finding", "Findings", "counted", "counts"),
    "ledger": ("Claim", "LedgerError", "load_claims"),
    "robustness": ("load_robustness",),
    "table": ("Records", "Table", "ranges", "show_table"),
}

__all__ = [
    "Book", "Check", "Claim", "Computed", "Desk", "Finding", "Findings", "LedgerError", "Records", "Source", "Table", "assume",
    "compute", "counted", "counts", "load_claims", "load_robustness", "open_desk", "ranges", "show_table", "verdicts",
]  # fmt: skip


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A name, or a module, when it is first asked for: a command that needs one room does not wait for all others."""
        room = next((room for room, names in _ROOMS.items() if name in names), "")
        if room:
            return globals().setdefault(name, getattr(_import(f"{__name__}.{room}"), name))
        if not name.startswith("_") and find_spec(f"{__name__}.{name}"):
            return _import(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted([*__all__, *(module.name for module in iter_modules(__path__))])
