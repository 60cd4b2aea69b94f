"""What moved between two runs: verdicts first, then numbers by relative size, figures, parameters and data rows."""

from analysis.compare.differences import Comparison, FigureChange, Moved, RowChange, VerdictChange, compare
from analysis.compare.sides import Side, load

__all__ = ["Comparison", "FigureChange", "Moved", "RowChange", "Side", "VerdictChange", "compare", "load"]
