"""The descriptor `datapackage.json` and the schemas it refers to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import reading
from analysis.errors import UserError
from analysis.report.datapackage.problems import DataError
from analysis.writing import write_atomically

DESCRIPTOR = "datapackage.json"
HAS_OWN_SCHEMA = ("claims", "caveats", "exhibits")
"""Files with a schema of their name; any other file in series/ has the schema `series`."""


@dataclass(frozen=True)
class Resource:
    """One CSV of the package: its name, path relative to `data/`, title, and Table Schema."""

    name: str
    path: str
    title: str
    description: str
    schema_path: str
    schema: dict[str, Any]

    @property
    def columns(self) -> list[str]:
        """Column names in the order of the schema."""
        return [f["name"] for f in self.schema["fields"]]

    @property
    def kind(self) -> str:
        """The schema's name: series, claims, caveats, exhibits, table1 …"""
        return Path(self.schema_path).stem


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file; `DataError` says in which line it breaks."""
    try:
        return reading.mapping_of(path)
    except UserError as error:
        raise DataError(str(error)) from None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Two spaces, Chinese readable, one line feed at the end: the form in which the descriptor is committed."""
    write_atomically(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def load(folder: Path) -> list[Resource]:
    """The resources that `datapackage.json` in `folder` lists. `DataError` when it or a schema is broken."""
    listed = read_json(folder / DESCRIPTOR).get("resources", [])
    try:
        return [
            Resource(
                r["name"],
                r["path"],
                r["title"],
                r.get("description", ""),
                r["schema"],
                read_json(folder / r["schema"]),
            )
            for r in listed
        ]
    except (KeyError, TypeError) as error:
        raise DataError(
            f"{DESCRIPTOR}: a resource lacks {error}; each has name, path, title and the path of its schema"
        ) from None


def register(folder: Path, file: Path, title: str, description: str = "") -> str:
    """List a CSV of `folder` as a resource and give its name. `DataError` when it lies elsewhere or is listed already."""
    try:
        relative = file.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        raise DataError(f"{file}: lies outside {folder}; move it to series/ or report/ there") from None
    package = read_json(folder / DESCRIPTOR)
    if any(r["path"] == relative for r in package["resources"]):
        raise DataError(f"{relative} is listed in {DESCRIPTOR} already")
    schema = f"schemas/{schema_for(relative)}.json"
    if not (folder / schema).is_file():
        raise DataError(
            f"{relative}: there is no {schema}; write its Table Schema first, one entry per column"
        )
    name = file.stem.replace("_", "-")
    package["resources"].append(
        {
            "name": name,
            "path": relative,
            "profile": "tabular-data-resource",
            "title": title,
            **({"description": description} if description else {}),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": schema,
        }
    )
    package["resources"].sort(key=lambda r: r["path"])
    write_json(folder / DESCRIPTOR, package)
    return name


def schema_for(relative: str) -> str:
    """The schema of a file, by its place: files in series/ share one, others have their own."""
    path = Path(relative)
    return "series" if path.parts[0] == "series" and path.stem not in HAS_OWN_SCHEMA else path.stem
