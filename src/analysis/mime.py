"""The kinds of content in a cell's output by which its rows, its figures and their pictures are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

ROWS = "application/vnd.suite.rows+json"
"""Rows of a named table, collected into `results/<table>.csv`."""
FIGURE = "application/vnd.suite.figure+json"
"""What is said of a figure, and its plotted data."""
SVG = "image/svg+xml"
"""The picture of a figure."""
Asked: TypeAlias = Iterable[str] | None
"""The kinds that a shell asks an output for, or leaves out; None: all."""
