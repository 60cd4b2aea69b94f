"""The packs themselves: one TOML file for each language, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import UserError

_FOLDER = Path(__file__).parent


class UnknownLanguage(UserError, ValueError):
    """There is no pack for a language."""


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a pack.

    >>> languages()
    ('en', 'zh')
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def pack(language: str) -> Mapping[str, Any]:
    """The words of a language. `UnknownLanguage` for one without a pack."""
    if language not in languages():
        raise UnknownLanguage(f"language is {' or '.join(languages())}, not {language!r}")
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
