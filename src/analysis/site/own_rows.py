"""Rows of one's own in a run: which took the place of one, which are new, and which of these no check of the run uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.report.rows import CheckRow

_TABLES = {"claim": "claims", "act": "documents", "document": "documents"}
"""How references of checks begin that do not name the file in which their row stands."""


@dataclass(frozen=True)
class OwnRow:
    """A row laid over the project's data. said: what it puts in place of what, else its name. how: whether the project has its
    key, empty where that is not known. is_idle: new, and without use; near: the nearest row that the project has, for such a one.
    """

    ref: str
    said: str
    how: Literal["", "new", "replaces"] = ""
    is_idle: bool = False
    near: str = ""


def row_of(ref: str) -> str:
    """The row of the data that a check's input comes from, as `file:key`."""
    kind, _, key = ref.partition(":")
    return f"{_TABLES.get(kind, kind)}:{key}"


def idle(added: Mapping[str, str], checks: Iterable[CheckRow]) -> dict[str, str]:
    """The new rows that no check uses → the nearest that the project has; none of files that no check names, or without checks."""
    used = {row_of(ref) for c in checks for ref in (f"claim:{c.claim_id}", *(i.ref for i in c.inputs))}
    return {ref: near for ref, near in added.items() if used and _is_named(ref) and ref not in used}


def listed(own: Mapping[str, str], added: Mapping[str, str], checks: Iterable[CheckRow]) -> Sequence[OwnRow]:
    """The own rows of a run, by name with what is to be said of each: those without use first, then the other new ones."""
    without = idle(added, checks)
    found = [
        OwnRow(ref, said, "new" if ref in added else "replaces", ref in without, without.get(ref, ""))
        for ref, said in own.items()
    ]
    return sorted(found, key=lambda row: (not row.is_idle, row.how))


def _is_named(ref: str) -> bool:
    """Whether checks would name a row: an observation, a claim, or a document."""
    stem, _, key = ref.partition(":")
    return "@" in key or stem in _TABLES.values()
