"""LaTeX of prose as MathML, which the browser draws itself: a page needs neither a script nor a font for it."""

from __future__ import annotations

import functools
import html


@functools.lru_cache(maxsize=4096)
def latex(source: str, display: str = "inline") -> str:
    """MathML of a LaTeX formula; the source itself, as code, where it cannot be read."""
    from latex2mathml.converter import convert

    try:
        return str(convert(source, display=display))
    except Exception:  # latex2mathml raises many unrelated types on malformed input
        return f"<code>{html.escape(source)}</code>"
