"""A claim and a recomputation make a check; the checks of a claim make its verdict.

book = Book(reading=Reading(), language="en")
growth_2024 = compute(growth.yoy, now=pick(...), before=pick(...))
book.reconcile("cyclists-growth", growth_2024, fits="same", because="The survey itself.")
"""

from analysis.report.bench import verdicts
from analysis.report.book import Book
from analysis.report.check import Check
from analysis.report.computed import Computed, Source, assume, compute
from analysis.report.desk import Desk, open_desk
from analysis.report.findings import Finding, Findings, counted, counts, findings
from analysis.report.ledger import Claim, LedgerError, load_claims
from analysis.report.robustness import load_robustness
from analysis.report.table import Records, Table, ranges, show_table

__all__ = [
    "Book", "Check", "Claim", "Computed", "Desk", "Finding", "Findings", "LedgerError", "Records", "Source", "Table", "assume",
    "compute", "counted", "counts", "findings", "load_claims", "load_robustness", "open_desk", "ranges", "show_table", "verdicts",
]  # fmt: skip
