"""The descriptor `datapackage.json` and the schemas it refers to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from analysis import reading
from analysis.report.datapackage.problems import DataError
from analysis.writing import write_atomically

DESCRIPTOR = "datapackage.json"
MANUAL = "see https://datapackage.org/standard/"
HAS_OWN_SCHEMA = ("claims", "caveats", "exhibits")
"""Files with a schema of their name; any other file in series/ has the schema `series`."""


def _inside(path: str) -> str:
    if not path or "\0" in path or Path(path).is_absolute() or ".." in Path(path).parts:
        raise ValueError("is no path below data/")
    return path


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is no pattern ({error})") from None
    return text


Inside = Annotated[str, AfterValidator(_inside)]
"""A path relative to data/ that stays in it."""


class _Shape(BaseModel):
    """A part of the descriptor or of a schema: the keys that we read; others are for other tools."""

    model_config = ConfigDict(extra="allow", strict=True)


class _Titled(_Shape):
    title: str


class _Listed(_Titled):
    name: str
    path: Inside
    description: str = ""
    table_schema: Inside = Field(alias="schema")


class _Package(_Titled):
    description: str = ""
    licenses: list[_Titled] = []
    sources: list[_Titled] = []
    resources: list[_Listed]


class _Constraints(_Shape):
    required: bool = False
    enum: list[str] | None = Field(default=None, min_length=1)
    pattern: Annotated[str, AfterValidator(_pattern)] = ""


class Column(_Shape):
    """A column as a Table Schema describes it."""

    name: str
    type: str
    description: str = ""
    constraints: _Constraints = _Constraints()


class _Reference(_Shape):
    resource: str
    fields: str | list[str]


class _Link(_Shape):
    fields: str | list[str]
    reference: _Reference


class Schema(_Shape):
    """A Table Schema."""

    fields: list[Column] = Field(min_length=1)
    primary_key: str | list[str] = Field(default=[], alias="primaryKey")
    foreign_keys: list[_Link] = Field(default=[], alias="foreignKeys")

    @property
    def key(self) -> list[str]:
        """The columns that tell one row from another."""
        return [self.primary_key] if isinstance(self.primary_key, str) else self.primary_key

    def as_given(self) -> dict[str, object]:
        """The schema as its file has it, for other tools."""
        return self.model_dump(by_alias=True, exclude_unset=True)


S = TypeVar("S", bound=_Shape)


def _shaped(kind: type[S], content: Mapping[str, object], path: Path) -> S:
    """The content as that shape. `DataError` names file and place of the first part that is of another."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = first["msg"].removeprefix("Value error, ")
        raise DataError(f"{path}: {place or 'all of it'}: {what[:1].lower()}{what[1:]}; {MANUAL}") from None
    except RecursionError:
        raise DataError(f"{path}: nested too deeply") from None


@dataclass(frozen=True)
class Resource:
    """One CSV of the package: its name, path relative to `data/`, title, and Table Schema."""

    name: str
    path: str
    title: str
    description: str
    schema_path: str
    schema: Schema

    @property
    def columns(self) -> list[str]:
        """Column names in the order of the schema."""
        return [f.name for f in self.schema.fields]

    @property
    def kind(self) -> str:
        """The schema's name: series, claims, caveats, exhibits, table1 …"""
        return Path(self.schema_path).stem


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write it in the form in which the descriptor is committed."""
    write_atomically(path, as_json(content))


def as_json(content: Mapping[str, object]) -> str:
    """Two spaces, Chinese readable, one line feed at the end."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def load(folder: Path) -> list[Resource]:
    """The resources that `datapackage.json` in `folder` lists. `UserError` when it or a schema is broken."""
    package = _shaped(_Package, reading.mapping_of(folder / DESCRIPTOR), folder / DESCRIPTOR)
    found = []
    for r in package.resources:
        path = folder / r.table_schema
        schema = _shaped(Schema, reading.mapping_of(path), path)
        found.append(Resource(r.name, r.path, r.title, r.description, r.table_schema, schema))
    return found


def package_of(folder: Path) -> dict[str, Any]:
    """`datapackage.json` of a folder, of the shape that it must have. `DataError` names the first place that has another."""
    content = reading.mapping_of(folder / DESCRIPTOR)
    _shaped(_Package, content, folder / DESCRIPTOR)
    return content


def unlisted(folder: Path, file: Path) -> str:
    """The path of a CSV relative to `folder`. `DataError` when it lies elsewhere or is listed already."""
    try:
        relative = file.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        raise DataError(f"{file}: lies outside {folder}; move it to series/ or report/ there") from None
    if any(r["path"] == relative for r in package_of(folder)["resources"]):
        raise DataError(f"{relative} is listed in {DESCRIPTOR} already")
    return relative


def register(folder: Path, file: Path, title: str, description: str = "") -> str:
    """List a CSV of `folder` as a resource and give its name. `DataError` as `unlisted`, or where there is no schema."""
    relative, package = unlisted(folder, file), package_of(folder)
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
