"""The data dictionary: `data/README.md`, written from the descriptor, the schemas and the rows themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis.report import config
from analysis.report.cells import by_language
from analysis.report.datapackage import files
from analysis.report.datapackage.descriptor import Column, Resource, Schema, load, package_of
from analysis.report.datapackage.problems import DataError

_TEMPLATE = Path(__file__).with_suffix(".md.j2")
Tables = dict[str, tuple[Resource, list[files.Row]]]


def dictionary(folder: Path) -> str:
    """The text of `data/README.md`. `DataError` when a file cannot be read."""
    import jinja2

    made = jinja2.Environment(autoescape=False)  # Markdown, not HTML
    made.filters |= {"cell": _cell, "texts": lambda row: " ".join(by_language(row, "text").values())}
    tables = _tables(folder)
    template = made.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        package=package_of(folder), tables=tables, schemas=_schemas(tables), rules=_rules, span=_span,
        by_series=_by_series, what=_what, publishers=_publishers,
    )  # fmt: skip


def refresh_sources(folder: Path) -> dict[str, Any]:
    """The descriptor with each series resource's `sources` as its rows name them: publisher and an address."""
    package = package_of(folder)
    tables = _tables(folder)
    for resource in package["resources"]:
        rows = tables[resource["path"]][1]
        if tables[resource["path"]][0].kind == "series":
            resource["sources"] = [_source(name, rows) for name, _ in _publishers(rows)]
    return package


def _tables(folder: Path) -> Tables:
    tables: Tables = {}
    for resource in load(folder):
        rows, broken = files.read(folder, resource)
        if broken:
            raise DataError("\n".join(map(str, broken)))
        tables[resource.path] = (resource, rows)
    return tables


def _publishers(rows: list[files.Row]) -> list[tuple[str, int]]:
    counted = Counter(row["publisher"] for row in rows)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _source(publisher: str, rows: list[files.Row]) -> dict[str, str]:
    own = [row for row in rows if row["publisher"] == publisher and row["url"]]
    best = min(
        own, key=lambda row: (row["retrieved_from"] != "primary", row["status"] != "main"), default=None
    )
    return {"title": publisher} | ({"path": best["url"]} if best else {})


def _schemas(tables: Tables) -> list[tuple[list[str], Schema]]:
    """Each schema after the files that it describes."""
    paths: dict[str, list[str]] = {}
    for path, (resource, _) in tables.items():
        paths.setdefault(resource.schema_path, []).append(f"`{path}`")
    schemas = {resource.schema_path: resource.schema for resource, _ in tables.values()}
    return [(own, schemas[name]) for name, own in paths.items()]


def _rules(field: Column, schema: Schema) -> str:
    """What a cell of a column must be."""
    rules = field.constraints
    said = ["key"] if field.name in schema.key else []
    said += ["required"] if rules.required else []
    if rules.enum:
        # The list of all units is long and stands in the schema.
        short = len(rules.enum) <= 12
        said.append(", ".join(f"`{v}`" for v in rules.enum) if short else f"one of {len(rules.enum)} names")
    if rules.pattern and len(rules.pattern) <= 40:
        said.append(f"`{_cell(rules.pattern)}`")
    said += [
        f"refers to `{link.reference.resource or 'this file'}`"
        for link in schema.foreign_keys
        if field.name in link.fields
    ]
    return "; ".join(said)


def _by_series(rows: list[files.Row]) -> Iterable[tuple[str, list[files.Row]]]:
    found: dict[str, list[files.Row]] = {}
    for row in rows:
        found.setdefault(row["series_id"], []).append(row)
    return found.items()


def _span(rows: list[files.Row]) -> str:
    """The first and the last period."""
    periods = sorted({row["period"] for row in rows if row["period"]})
    return " – ".join(dict.fromkeys((periods[0], periods[-1]))) if periods else ""


def _what(rows: list[files.Row]) -> str:
    """What a series measures, in the report's languages."""
    metrics = by_language(next((row for row in rows if row["status"] == "main"), rows[0]), "metric")
    own, *others = (metrics[x] for x in config.current().languages if x in metrics)
    return _cell(own) + (f" ({_cell('; '.join(others))})" if others else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
