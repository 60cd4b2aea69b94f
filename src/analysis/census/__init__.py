"""A census of the numbers in a Chinese text: every numeric expression, what it is, and which claim covers it."""

from analysis.census.coverage import Allowance, Claim, cover, read_allowances, read_claims, uncovered
from analysis.census.expression import KINDS, Expression, Kind
from analysis.census.layout import read
from analysis.census.scanner import scan

__all__ = [
    "KINDS",
    "Allowance",
    "Claim",
    "Expression",
    "Kind",
    "cover",
    "read",
    "read_allowances",
    "read_claims",
    "scan",
    "uncovered",
]
