"""Whether the files that a run is made from, and its own, stay as they are while its notebooks run.

What a cell writes beside them (the temporary folder, say) is its own affair; what it changes in data/, notebooks/, src/ or the
run makes its results, and those of every other notebook, rest on something else than the manifest says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.suite import inputs, manifest
from analysis.suite.project import Project

_PASSED_OVER = {"__pycache__", ".ipynb_checkpoints"}
_SHOWN = 5
_RUNS = "reports"


@dataclass(frozen=True)
class Untouched:
    """How files are to stay, and which notebooks did not leave them so.

    folders: the name by which messages call a folder → the folder. before: file, by that name → its signature.
    """

    folders: Mapping[str, Path]
    before: dict[str, str]
    root: Path | None = None
    """The project's own folder, of which the settings count."""

    @classmethod
    def of_project(cls, project: Project) -> Untouched:
        """The files of a project that notebooks may read, as they stand now."""
        root = project.root
        folders = {"data": project.data, "notebooks": root / "notebooks", "src": root / "src"}
        return cls(folders, _state(folders, root), root)

    def expect(self, path: Path) -> None:
        """A file of the folders was written by its owner, and is to stay as it is now."""
        for name, folder in self.folders.items():
            if path.is_relative_to(folder):
                self.before[f"{name}/{path.relative_to(folder).as_posix()}"] = _signature(path)

    def problems(self, written: Mapping[str, Iterable[str]]) -> list[str]:
        """One message when a file changed, came or went; written: notebook → absolute paths that it wrote to."""
        found = manifest.differences(self.before, _state(self.folders, self.root))
        found = [
            line for line in found if not line.startswith(f"added: {_RUNS}/")
        ]  # another process may make runs
        if not found:
            return []
        changed = {str(self._path(line.partition(": ")[2])) for line in found}
        by = [name for name, paths in written.items() if not changed.isdisjoint(paths)]
        who = f"{', '.join(by)} changed files" if by else "files changed"
        shown = ", ".join(found[:_SHOWN]) + (
            f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        )
        said = f"While the notebooks ran, {who} that results rest on ({shown}). "
        return [said + "Hand out results as tables and figures; other files belong into a temporary folder."]

    def _path(self, name: str) -> Path:
        label, _, rest = name.partition("/")
        if not rest and self.root is not None:
            return self.root.absolute() / label
        folder = self.folders.get(label) or (self.root or Path()) / label
        return folder.absolute() / rest


def _state(folders: Mapping[str, Path], root: Path | None = None) -> dict[str, str]:
    """How files stand: those below the folders, and in a project the settings in its own folder; which folders and finished runs there are, too."""
    found = {path.name: _signature(path) for path in (root.glob("*.toml") if root is not None else ())}
    if root is not None:
        found |= {
            f"{_RUNS}/{path.parent.name}": "a run" for path in (root / _RUNS).glob(f"[!.]*/{manifest.NAME}")
        }
    for name, folder in folders.items():
        for path in folder.rglob("*"):
            relative = path.relative_to(folder)
            is_hidden = any(p.startswith(".") or p in _PASSED_OVER for p in relative.parts)
            is_folder = path.is_dir() and not path.is_symlink()
            if not is_hidden and (not is_folder or root is not None):
                found[f"{name}/{relative.as_posix()}"] = "a folder" if is_folder else _signature(path)
    return found


def _signature(path: Path) -> str:
    return " ".join(inputs.signature(path)[1:])
