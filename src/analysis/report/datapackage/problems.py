"""What can be wrong with a data file, said in one line."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import UserError


class DataError(UserError):
    """The data are broken: the message has one line per problem."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong: where (file relative to `data/`, row as an editor counts it, column), what, and what to do."""

    file: str
    row: int
    column: str
    text: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row:
            where.append(f"row {self.row}")
        if self.column:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: {self.text}"
