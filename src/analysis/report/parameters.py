"""Types of notebook parameters. A notebook's `parameters` cell annotates each default with one of these names.

Each is a pydantic type, so that a value from the command line or a file is validated before any kernel starts;
in a notebook it is an ordinary annotation. The default sweep tries every value that a type lists; where `examples`
are named, these alone (one for a type that changes only how results are presented); any other type at the default and the
values that the scenarios give.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Language = Annotated[Literal["en", "zh"], Field(examples=["en"])]
Currency = Annotated[Literal["CNY", "USD"], Field(examples=["CNY"])]
Bases = Literal["both", "report", "primary"]
Edition = Literal["contemporary", "latest"]
BankSet = Literal["six", "five_without_psbc", "five_without_bocom", "four"]
Aggregation = Literal["sum", "mean", "median"]
TrailingZeros = Literal["printed", "insignificant"]
Revenue = Literal["ifrs", "cas"]
TrendReading = Literal["default", "loosest"]

PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]
# About the averages of 2021 and of 2020.
ExchangeRate = Annotated[float, Field(gt=1, lt=20, allow_inf_nan=False, examples=[6.45, 6.90])]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=-100, le=1000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Quarter = Annotated[str, Field(pattern=r"^(19|20)\d\d-Q[1-4]$")]
Period = Annotated[str, Field(pattern=r"^(19|20)\d\d(-(Q[1-4]|H[12]|(0[1-9]|1[0-2])))?$")]
