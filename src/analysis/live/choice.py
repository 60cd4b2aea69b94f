"""What a reader chose: values of parameters, rows of the data that are others, the language of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from analysis.suite import manifest

PREFIX, ROW_PREFIX = "p.", "d."
"""How a parameter, and a changed row of the data, are written in an address: ?p.confidence=0.9&d.trips:all@2019@census=34.5"""


@dataclass(frozen=True)
class Choice:
    """Values that differ from the defaults, by name in the order of declaration, and the language of the page.

    rows: rows of the data that are others for the sake of argument, by name → value or edition.
    """

    values: Mapping[str, object]
    language: str
    rows: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """The same for equal choices."""
        return json.dumps([self.language, dict(self.values), dict(self.rows)], ensure_ascii=False)

    @property
    def row_texts(self) -> tuple[str, ...]:
        """The changed rows as `--what-if` takes them."""
        return tuple(f"{ref}={value}" for ref, value in self.rows.items())

    @property
    def is_plain(self) -> bool:
        """Whether everything is as the project has it."""
        return not (self.values or self.rows)

    def texts(self) -> tuple[str, ...]:
        """The values as `-p` takes them."""
        return tuple(f"{name}={manifest.written(value)}" for name, value in self.values.items())
