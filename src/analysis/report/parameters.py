"""Types of notebook parameters. A notebook's `parameters` cell annotates each default with one of these names.

Each is a pydantic type, so that a value from the command line or a file is validated before any kernel starts;
in a notebook it is an ordinary annotation. The default sweep tries every value that a type lists; where `examples`
are named, these alone (one for a type that changes only how results are presented); any other type at the default and the
values that the scenarios give.

`Language` and the types of [parameters] in report.toml are names of this module too: those of the report we are in.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from analysis.report import config

Edition = Literal["contemporary", "latest"]
Aggregation = Literal["sum", "mean", "median"]
TrailingZeros = Literal["printed", "insignificant"]
"""Whether the last zero of a whole number after 约 counts as a printed digit."""
Rounding = Literal["half up", "truncated"]
"""Whether digits that a printed number leaves out were rounded or cut off."""
WordLevel = Literal["strict", "default", "loose"]
Quantifier = Literal["plural", "every", "most"]
"""Of how many parts a statement about several must hold."""

PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
HedgeShare = Annotated[float, Field(ge=0, le=0.5, allow_inf_nan=False)]
"""How far a hedge may reach beyond the value beside it, as a share of it: half of it at most."""
ConfidenceLevel = Annotated[float, Field(gt=0, le=0.9999)]
"""How often an interval is to hold the truth: never, or always, is no interval."""
EvidenceWidth = Annotated[float, Field(ge=1, le=10, examples=[1.0, 2.0, 4.0])]
"""How many times wider than a claim evidence may be that bears it out."""
BluntWidth = Annotated[float, Field(gt=0, le=1, examples=[0.05, 0.1, 0.2])]
"""The width, as a share of its value, from which evidence could hardly fail."""
Count = Annotated[int, Field(ge=1, le=10_000)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Quarter = Annotated[str, Field(pattern=r"^(19|20)\d\d-Q[1-4]$")]
LastQuarter = Annotated[str, Field(pattern=r"^((19|20)\d\d-Q[1-4]|latest)$", examples=["latest"])]
"""A quarter, or the latest that the data have."""
Period = Annotated[str, Field(pattern=r"^(19|20)\d\d(-(Q[1-4]|H[12]|(0[1-9]|1[0-2])))?$")]


def __getattr__(name: str) -> object:
    """`Language`, and the types that report.toml declares."""
    if name.startswith("_"):
        raise AttributeError(name)
    return config.current().type(name)
