"""What a project's pyproject.toml says to the runner, under `[tool.analysis]`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from analysis.errors import UserError

# What nearly every analysis imports, in the order in which they import each other. What is not installed is passed over.
_PRELOAD = ("numpy", "pandas", "matplotlib.pyplot", "seaborn", "statsmodels.api", "statsmodels.formula.api")
# What the first figure of a notebook makes matplotlib import.
_FIGURES = ("matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "matplotlib_inline.config")


def names(root: Path, key: str, default: Sequence[str]) -> list[str]:
    """The list of names under `[tool.analysis]` of that key.

    Raises UserError when the file cannot be read or holds something else than a list of texts.
    """
    path = root / "pyproject.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        content = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}).") from None
    named = content.get("tool", {}).get("analysis", {}).get(key, list(default))
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise UserError(f"{path}: [tool.analysis] {key} must be a list of names.")
    return named


def preload(root: Path) -> list[str]:
    """The modules that the fork server imports ahead."""
    named = names(root, "preload", _PRELOAD)
    figures = _FIGURES if any(name.startswith(("matplotlib", "seaborn")) for name in named) else ()
    return [*named, *figures]


def nearest_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, with a pyproject.toml; `start` itself when there is none."""
    return next((p for p in [start, *start.parents] if (p / "pyproject.toml").is_file()), start)
