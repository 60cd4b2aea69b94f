"""Pictures of charts that were drawn before, taken again where nothing that they show has changed.

Drawing is half of the time that notebooks take, and most changes of a parameter leave most pictures as they were. Whoever
runs notebooks names a folder in the environment, one for each state of the code; without it every picture is drawn.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from analysis.charts.facts import Facts
from analysis.errors import UserError
from analysis.writing import write_atomically

FOLDER_VARIABLE = "ANALYSIS_PICTURES"


def picture(chart: Facts, narrow: bool, draw: Callable[[], str]) -> str:
    """The picture of a chart, as `draw` gives it now or gave it before for an equal chart, style and matplotlib's settings."""
    folder = os.environ.get(FOLDER_VARIABLE)
    name = _name(chart, narrow) if folder else ""
    if not (folder and name):
        return draw()
    path = Path(folder) / name
    with suppress(OSError, ValueError):
        return _unpacked(path.read_text(encoding="utf-8"))
    with warnings.catch_warnings(record=True) as warned:
        made = draw()
    for warning in warned:
        warnings.showwarning(warning.message, warning.category, warning.filename, warning.lineno)
    if not warned:  # what a reader is told is told each time
        with suppress(OSError, UserError):
            write_atomically(path, f"{_checksum(made)}\n{made}", is_durable=False)
    return made


def _name(chart: Facts, narrow: bool) -> str:
    """A checksum of all that a picture depends on beside the code; empty where a cell's own function draws it."""
    import matplotlib

    try:
        content = pickle.dumps((chart, narrow), protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError):
        return ""
    if b"__main__" in content:
        return ""
    settings = repr(sorted(matplotlib.rcParams.items())).encode()
    return hashlib.sha256(content + settings).hexdigest()


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _unpacked(text: str) -> str:
    checksum, _, made = text.partition("\n")
    if _checksum(made) != checksum:
        raise ValueError("damaged")
    return made
