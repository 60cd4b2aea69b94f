"""What a project's pyproject.toml says to the runner, under `[tool.analysis]`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import reading
from analysis.errors import UserError

FILE = "pyproject.toml"
# What nearly every analysis imports, in the order in which they import each other. What is not installed is passed over.
_PRELOAD = ("numpy", "pandas", "matplotlib.pyplot", "seaborn", "statsmodels.api", "statsmodels.formula.api")
# What the first figure of a notebook makes matplotlib import.
_FIGURES = ("matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "matplotlib_inline.config")


def names(root: Path, key: str, default: Sequence[str]) -> list[str]:
    """The list of names under `[tool.analysis]` of that key.

    Raises UserError when the file cannot be read or holds something else than a list of texts.
    """
    named = table(root, "tool", "analysis").get(key, list(default))
    if not isinstance(named, list) or not all(isinstance(name, str) and "\0" not in name for name in named):
        raise UserError(f"{root / FILE}: [tool.analysis] {key} must be a list of names.")
    return named


def table(root: Path, *names: str) -> dict[str, Any]:
    """A table of pyproject.toml, empty where there is none. Raises UserError for a file that cannot be read, or for no table."""
    path = root / FILE
    if not path.exists() and not path.is_symlink():
        return {}
    found: Any = reading.toml_of(path)
    for number, name in enumerate(names, 1):
        found = found.get(name, {})
        if not isinstance(found, dict):
            raise UserError(f"{path}: [{'.'.join(names[:number])}] is not a table.")
    return dict(found)


def preload(root: Path) -> list[str]:
    """The modules that the fork server imports ahead."""
    named = names(root, "preload", _PRELOAD)
    figures = _FIGURES if any(name.startswith(("matplotlib", "seaborn")) for name in named) else ()
    return [*named, *figures]


def nearest_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, with a pyproject.toml; `start` itself when there is none."""
    return next((p for p in [start, *start.parents] if (p / "pyproject.toml").is_file()), start)
