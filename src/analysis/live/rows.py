"""Data with changed rows: joined with the project's, each in a folder of its own."""

from __future__ import annotations

import hashlib
import shutil
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from analysis.errors import UserError
from analysis.live.remembering import Remembering
from analysis.report.datapackage import overlay as overlays
from analysis.report.datapackage import what_if
from analysis.suite.project import Project
from analysis.writing import write_atomically

MOST_LAID = 8
"""Data with changed rows that are kept."""
Texts = tuple[str, ...]
"""Changed rows as `--what-if` takes them."""


@dataclass(frozen=True)
class Laid:
    """Changed rows joined with the project's data: where, which, and a project and a cache that have them."""

    folder: Path
    overlay: overlays.Overlay
    project: Project
    cache: Remembering


class Rows:
    """The changed rows of a project as its files are now. folder: an empty one."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project, self.folder = project, folder
        self._laid: OrderedDict[Texts, Laid] = OrderedDict()

    @cached_property
    def series(self) -> what_if.Series:
        """The rows of the data that can be others for the sake of argument. DataError for a file that cannot be read."""
        return what_if.Series.of(self.project.data)

    @property
    def caches(self) -> list[Remembering]:
        """Those of the projects with changed rows."""
        return [laid.cache for laid in self._laid.values()]

    def lay(self, texts: Texts) -> Laid:
        """The project's data with these rows changed. UserError where its rules refuse them."""
        laid = self._laid.pop(texts, None) or self._joined(texts)
        self._laid[texts] = laid
        while len(self._laid) > MOST_LAID:
            shutil.rmtree(self._laid.popitem(last=False)[1].folder, ignore_errors=True)
        return laid

    def _joined(self, texts: Texts) -> Laid:
        folder = self.folder / hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
        data, own = folder / "inputs" / "data", folder / "own"
        for path, content in self.series.changed(texts).items():
            write_atomically(own / path, content, is_durable=False)
        overlay = overlays.lay(self.project.data, own, "--what-if")
        shutil.copytree(self.project.data, data)
        for path, content in overlay.contents.items():
            write_atomically(data / path, content, is_durable=False)
        try:
            overlay.refuse_unsound(data, self.project.data)
        except UserError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        project = Project(self.project.root, data)
        return Laid(folder, overlay, project, Remembering(project))
