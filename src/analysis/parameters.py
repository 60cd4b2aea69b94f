"""Types of notebook parameters. A notebook's `parameters` cell annotates each default with one of these names.

Each is a pydantic type, so that a value from the command line or a file is validated before any kernel starts;
in a notebook it is an ordinary annotation. `ALTERNATIVES` of a type are the values that the default sweep tries.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

Language = Literal["en", "zh"]
Currency = Literal["CNY", "USD"]
Bases = Literal["both", "report", "primary"]
Edition = Literal["contemporary", "latest"]
BankSet = Literal["six", "five_without_psbc", "five_without_bocom", "four"]
Aggregation = Literal["sum", "mean", "median"]
TrailingZeros = Literal["printed", "insignificant"]
Revenue = Literal["ifrs", "cas"]
TrendReading = Literal["default", "loosest"]

PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ExchangeRate = Annotated[float, Field(gt=1, lt=20, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=-100, le=1000, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Year = Annotated[int, Field(ge=1990, le=2100)]
Quarter = Annotated[str, Field(pattern=r"^(19|20)\d\d-Q[1-4]$")]
Period = Annotated[str, Field(pattern=r"^(19|20)\d\d(-(Q[1-4]|H[12]|(0[1-9]|1[0-2])))?$")]
