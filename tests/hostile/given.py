"""One input of the campaign: what it is, the commands that meet it, and what must hold afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile.bed import Around, Done

Commands = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Given:
    """One input as it lies in a copy of the report.

    what: in a few words. commands: meet it, in this order. names: a refusal names one of them. wants: right exit codes.
    written: patterns of files that the input writes by itself. holds: what is not as it must be after the last command.
    """

    what: str
    commands: Commands
    names: Sequence[str] = ()
    wants: Sequence[int] = (0, 1, 2)
    around: Around = field(default_factory=Around)
    written: Sequence[str] = ()
    holds: Callable[[Path, Sequence[Done]], Iterable[str]] | None = None


QUICK = ("--timeout", "4", "--no-cache")
"""A cell that hangs is stopped soon, and no result of before is taken."""


def cell(source: str, tags: Sequence[str] = ()) -> dict[str, Any]:
    """A code cell."""
    return {"cell_type": "code", "execution_count": None, "id": f"c-{hashlib.sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}", "metadata": {"tags": list(tags)} if tags else {}, "outputs": [], "source": source}  # fmt: skip


def lay(path: Path, *made: dict[str, Any]) -> None:
    """Writes a notebook of these cells."""
    for number, each in enumerate(made):
        each["id"] = f"{each['id']}-{number}"
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    content = {"cells": list(made), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")  # ASCII: half a character stays an escape
