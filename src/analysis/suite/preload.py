"""Which modules the warm process imports ahead, and a warm process set up for a project."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import UserError

if TYPE_CHECKING:
    from analysis.suite.warm import Warm

# What nearly every analysis imports, in the order in which they import each other. What is not installed is passed over.
DEFAULT = ("numpy", "pandas", "matplotlib.pyplot", "seaborn", "statsmodels.api", "statsmodels.formula.api")
# What the first figure of a notebook makes matplotlib import. Never matplotlib_inline.backend_inline itself: it
# registers its figure formats with the shell when imported, and every figure would be lost.
_FIGURES = ("matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "matplotlib_inline.config")


def modules(root: Path) -> list[str]:
    """The modules named under `[tool.analysis] preload` in the project's pyproject.toml, or the default ones.

    Raises UserError when the file cannot be read or names something else than a list of texts.
    """
    path = root / "pyproject.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        settings = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}).") from None
    named = settings.get("tool", {}).get("analysis", {}).get("preload", list(DEFAULT))
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise UserError(f"{path}: [tool.analysis] preload must be a list of module names.")
    figures = _FIGURES if any(name.startswith(("matplotlib", "seaborn")) for name in named) else ()
    return [*named, *figures]


def nearest_root(start: Path) -> Path:
    """The nearest folder, from `start` upwards, with a pyproject.toml; `start` itself when there is none."""
    return next((p for p in [start, *start.parents] if (p / "pyproject.toml").is_file()), start)


def warm_for(root: Path, ignored: Sequence[Path] = (), env: Mapping[str, str] | None = None) -> Warm:
    """A warm process for the project in `root`, not yet started.

    ignored: folders whose files are never an input (finished runs). Raises WarmUnavailable without forks.
    """
    from analysis.suite.warm import Warm

    return Warm(modules(root), [root], ignored, env)
