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
    path = Path(folder) / hashlib.sha256(made_of).hexdigest()
    with suppress(OSError, ValueError):
        return _unpacked(path.read_text(encoding="utf-8"))
    with warnings.catch_warnings(record=True) as warned:
        made = make()
    for warning in warned:
        warnings.showwarning(warning.message, warning.category, warning.filename, warning.lineno)
    if not warned:  # what a reader is told is told each time
        with suppress(OSError, UserError):
            write_atomically(path, f"{_checksum(made)}\n{made}", is_durable=False)
    return made


def _checksum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _unpacked(packed: str) -> str:
    checksum, _, made = packed.partition("\n")
    if _checksum(made) != checksum:
        raise ValueError("damaged")
    return made
