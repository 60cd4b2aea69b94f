"""The one face of all charts, from an installed package, never from the system; and the widths of texts in it."""

from __future__ import annotations

import io
import re
from functools import cache, lru_cache
from typing import Any

from analysis.charts.inputs import ChartError

FAMILY = "Noto Sans SC"
_BOLD = 1.06  # a browser's bold is drawn from the regular face and a little wider

# Line breaking: Chinese may break anywhere but before closing marks; Latin words and numbers stay whole.
_NEVER_FIRST = "，。、；：！？）》”’％%…·"
_NEVER_LAST = "（《“‘"
_PIECES = re.compile(r"[A-Za-z0-9À-ɏ.,+\-−–%‰/&$€¥'’:;()\[\]]+|\s+|.", re.DOTALL)


@cache
def face() -> Any:
    """The face as FreeType reads it, from memory: of a file it would ask a dozen times for each glyph."""
    from matplotlib.ft2font import FT2Font
    from pylopdf_fonts_zh_cn import sans_path

    return FT2Font(io.BytesIO(sans_path().read_bytes()))


@cache
def register() -> None:
    """Makes the face known to matplotlib under its family name; once per process."""
    from matplotlib import font_manager
    from pylopdf_fonts_zh_cn import sans_path

    font_manager.fontManager.addfont(str(sans_path()))


@cache
def _characters() -> frozenset[int]:
    return frozenset(face().get_charmap())


@lru_cache(maxsize=8192)
def _advance(character: str) -> float:
    from matplotlib.ft2font import LoadFlags

    if ord(character) not in _characters():
        return 1.0  # `check` refuses it by name once the figure is complete
    glyph = face().load_char(ord(character), flags=LoadFlags.NO_SCALE | LoadFlags.NO_HINTING)
    return float(glyph.horiAdvance) / float(face().units_per_EM)


def read_ahead() -> None:
    """Read the face and make it known, before notebooks are forked that each would.

    Nothing of it stays open: processes that read one file by one handle would move it under each other.
    """
    register()
    _characters()


def width(text: str, size: float, bold: bool = False) -> float:
    """Width in px of one line of text at `size` px."""
    return sum(_advance(character) for character in text) * size * (_BOLD if bold else 1.0)


def check(chart: str, text: str) -> None:
    """Raises a ChartError that names the first character the face cannot show."""
    for character in text:
        if character != "\n" and ord(character) not in _characters():
            raise ChartError(
                f"chart {chart}: the font has no glyph for {character!r} (U+{ord(character):04X}) in {text!r}; "
                "write it another way"
            )


def wrap(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """The text in lines of at most `room` px; explicit newlines are kept."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and width((line + piece).rstrip(), size, bold) > room:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return lines


def balanced(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """As `wrap`, but lines of about one length: a title does not end in a single word."""
    lines = wrap(text, size, room, bold)
    best = lines
    while len(lines) > 1 and len(best) == len(lines):
        lines, room = best, room * 0.96
        best = wrap(text, size, room, bold)
    return lines


def _pieces(text: str) -> list[str]:
    """Unbreakable pieces; a closing mark sticks to what stands before it, an opening one to what follows."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        if pieces and (piece[0] in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
