"""The packs themselves: one TOML file for each language, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a pack.

    >>> languages()
    ('en', 'zh')
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def pack(language: str) -> Mapping[str, Any]:
    """The words of a language. `ValueError` for a language without a pack."""
    if language not in languages():
        raise ValueError(f"language is {' or '.join(languages())}, not {language!r}")
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
