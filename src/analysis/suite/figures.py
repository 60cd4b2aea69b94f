"""The bundled Chinese face stands behind the fonts of every matplotlib figure of a notebook: no boxes, no warnings of glyphs."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_MODULE = "matplotlib.font_manager"


class BundledFace(importlib.abc.MetaPathFinder):
    """Waits for matplotlib's fonts to be imported, whoever asks for them first, and adds the face then."""

    def install(self) -> None:
        """Begin to wait."""
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own place, with a loader that adds the face after it."""
        if fullname != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def then_add(module: ModuleType) -> None:
                load(module)
                _add(module)

            spec.loader.exec_module = then_add  # type: ignore[method-assign]
        return spec


def _add(fonts: ModuleType) -> None:
    """Let every search for fonts end with the face; nothing where this matplotlib searches in another way."""
    from pylopdf_fonts_zh_cn import sans_path

    manager: Any = getattr(fonts, "FontManager", None)
    find = getattr(manager, "_find_fonts_by_props", None)
    if find is None:
        return
    kind = getattr(fonts, "FontPath", None)
    face = kind(sans_path(), 0) if kind else str(sans_path())

    def found(self: Any, prop: Any, fontext: str = "ttf", *args: Any, **options: Any) -> list[Any]:
        paths = list(find(self, prop, fontext, *args, **options))
        return paths if fontext != "ttf" or face in paths else [*paths, face]

    manager._find_fonts_by_props = found
