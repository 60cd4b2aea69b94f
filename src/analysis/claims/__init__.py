"""A claim and a recomputation make a check; the checks of a claim make its verdict.

book = Book(reading=Reading(), language="en")
growth_2021q1 = compute(growth.yoy, now=pick(...), before=pick(...))
book.reconcile("green-loans-2021q1-yoy", growth_2021q1)
"""

from analysis.claims.book import Book
from analysis.claims.check import Check
from analysis.claims.computed import Computed, Source, assume, compute
from analysis.claims.findings import Finding, Findings, counts, findings
from analysis.claims.ledger import Claim, LedgerError, load_claims
from analysis.claims.robustness import load_robustness
from analysis.claims.table import Records, Table, show_table
from analysis.claims.verdict import verdicts

__all__ = [
    "Book", "Check", "Claim", "Computed", "Finding", "Findings", "LedgerError", "Records", "Source", "Table", "assume",
    "compute", "counts", "findings", "load_claims", "load_robustness", "show_table", "verdicts",
]  # fmt: skip
