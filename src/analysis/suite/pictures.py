"""Pictures that prose names by their file: taken into the executed notebook, so that a run needs no file beside it."""

from __future__ import annotations

import base64
import re
import stat
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from analysis.mime import SVG
from analysis.suite.document import Cell, Document

_NAMED = re.compile(r"""!\[[^\]]*\]\(\s*<?([^\s)>]+)|<img\b[^>]*?\bsrc=["'](.*?)["']""", re.IGNORECASE)
_KINDS = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
    ".svg": SVG,
}  # fmt: skip
LARGEST = 5_000_000
"""Bytes above which a picture is not taken along."""


def attached(content: Document, folder: Path) -> Document:
    """A copy of the notebook whose prose cells hold, as attachments, the pictures that they name.

    folder: where the notebook stands; only plain files in it or below it are taken. Of others the page says that it lacks them.
    """
    return {**content, "cells": [_attached(cell, folder) for cell in content["cells"]]}


def _attached(cell: Cell, folder: Path) -> Cell:
    if cell["cell_type"] != "markdown":
        return cell
    own = cell.get("attachments")
    held = own if isinstance(own, dict) else {}
    found = {name: forms for name, forms in _pictures(cell["source"], folder) if name not in held}
    return {**cell, "attachments": {**held, **found}} if found else cell


def _pictures(source: str, folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for match in _NAMED.finditer(source):
        name = urllib.parse.unquote(match[1] or match[2])
        kind = _KINDS.get(Path(name).suffix.lower())
        if kind is None:
            continue
        try:
            path = (folder / name).resolve()
            status = path.stat()
            if (
                path.is_relative_to(folder.resolve())
                and stat.S_ISREG(status.st_mode)
                and status.st_size <= LARGEST
            ):
                yield name, {kind: base64.b64encode(path.read_bytes()).decode("ascii")}
        except (OSError, ValueError, RuntimeError):
            continue  # it is not there, or cannot be read: the page says so
