"""What notebooks made before and takes long to make, taken again where all that it was made of is equal.

Drawing is half of the time that notebooks take and fitting models much of the rest, and most changes of a parameter leave
most pictures and fits as they were. Whoever runs notebooks names a folder in the environment, one for each state of the
code; without it everything is made each time.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from analysis import reading
from analysis.errors import UserError
from analysis.writing import write_atomically

FOLDER_VARIABLE = "ANALYSIS_KEPT"


def text(made_of: bytes, make: Callable[[], str]) -> str:
    """What `make` gives now, or gave before for the same `made_of`: all that it depends on beside the code.

    >>> text(b"two and two", lambda: str(2 + 2))
    '4'
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if not (folder and made_of):
        return make()
    name = hashlib.sha256(made_of).hexdigest()
    path = Path(folder) / name
    with suppress(OSError, UserError, ValueError):
        return unpacked(reading.content(path), name).decode()
    made, has_warned = _heard(make)
    if not has_warned:  # what a reader is told is told each time
        with suppress(OSError, UserError, ValueError):
            write_atomically(path, packed(made.encode(), name), is_durable=False)
    return made


def _heard(make: Callable[[], str]) -> tuple[str, bool]:
    """What `make` gives, and whether it warned, be it that nobody wants to hear: then others may."""
    warned: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            return make(), bool(warned)
    finally:
        for w in warned:
            warnings.warn_explicit(w.message, w.category, w.filename, w.lineno)


def packed(content: bytes, name: str) -> bytes:
    """A line with the checksum of the entry's name and content, and the content."""
    return hashlib.sha256(name.encode() + content).hexdigest().encode() + b"\n" + content


def unpacked(entry: bytes, name: str) -> bytes:
    """The content of what was packed under this name. ValueError for anything else."""
    content = entry.partition(b"\n")[2]
    if packed(content, name) != entry:
        raise ValueError("its checksum is wrong")
    return content
