"""The data dictionary: `data/README.md`, written from the descriptor, the schemas and the rows themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.report import config
from analysis.report.datapackage import files
from analysis.report.datapackage.descriptor import Resource, load, package_of
from analysis.report.datapackage.problems import DataError
from analysis.report.ledger import by_language

Tables = dict[str, tuple[Resource, list[files.Row]]]


def dictionary(folder: Path) -> str:
    """The text of `data/README.md`. `DataError` when a file cannot be read."""
    package = package_of(folder)
    tables = _tables(folder)
    parts = [
        _opening(package),
        _files(tables),
        _columns(tables),
        _series(tables),
        _caveats(tables),
        _sources(package, tables),
    ]
    return "\n".join(parts)


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


def _opening(package: dict[str, Any]) -> str:
    lines = [
        f"# {package['title']}: the data dictionary",
        "",
        "<!-- Written by `analysis data dictionary` from datapackage.json, schemas/ and the rows; edit those, not this file. -->",
        "",
        package.get("description", ""),
        "",
        "- `analysis data validate` checks every file: form, types, keys, units, quotes, caveats; it names file, row and column.",
        "- `analysis data dictionary` writes this file anew; `--check` only says whether it is up to date.",
        "- `analysis data add FILE --title TITLE` lists a new CSV in `datapackage.json`.",
        "",
        "**To add a number**, append a row to the series file: one row is one number of one publisher in one edition, with the",
        "document and address where it can be read. Keep the digits as published. If the new edition differs from the old one,",
        "keep both: the one to compute with is `main`, the other `superseded`, `alternative` or `conflict`, with the reason in `caveat`.",
        "Say whose number it is (`publisher`), which release it comes from (`origin`, shared by every page that repeats it), with which word the",
        "source blurs it (`hedge`) and how it was read (`attested`): a `loose` row counts only when a row of the release vouches for it.",
        "An empty cell means: not stated. Nothing in these files is estimated.",
        "",
    ]
    return "\n".join(lines)


def _files(tables: Tables) -> str:
    lines = ["## Files", "", "| file | rows | what it holds | periods |", "|---|---:|---|---|"]
    for path, (resource, rows) in tables.items():
        periods = sorted(row["period"] for row in rows if row.get("period"))
        span = f"{periods[0]} – {periods[-1]}" if periods and resource.kind == "series" else ""
        lines.append(f"| `{path}` | {len(rows)} | {_cell(resource.title)} | {span} |")
    return "\n".join([*lines, ""])


def _columns(tables: Tables) -> str:
    lines = ["## Columns", ""]
    done: dict[str, list[str]] = {}
    for path, (resource, _) in tables.items():
        done.setdefault(resource.schema_path, []).append(path)
    schemas = {resource.schema_path: resource.schema for resource, _ in tables.values()}
    for schema_path, paths in done.items():
        lines += [f"### {', '.join(f'`{p}`' for p in paths)}", "", *_fields(schemas[schema_path]), ""]
    return "\n".join(lines)


def _fields(schema: dict[str, Any]) -> Iterator[str]:
    key = schema.get("primaryKey", [])
    yield "| column | type | rules | meaning |"
    yield "|---|---|---|---|"
    for field in schema["fields"]:
        rules = field.get("constraints", {})
        said = ["key"] if field["name"] in key else []
        said += ["required"] if rules.get("required") else []
        if "enum" in rules:
            # The list of all units is long and stands in the schema.
            short = len(rules["enum"]) <= 12
            said.append(
                ", ".join(f"`{v}`" for v in rules["enum"]) if short else f"one of {len(rules['enum'])} names"
            )
        if "pattern" in rules and len(rules["pattern"]) <= 40:
            said.append(f"`{_cell(rules['pattern'])}`")
        said += [
            f"refers to `{link['reference']['resource'] or 'this file'}`"
            for link in schema.get("foreignKeys", [])
            if field["name"] in link["fields"]
        ]
        yield f"| `{field['name']}` | {field['type']} | {'; '.join(said)} | {_cell(field.get('description', ''))} |"
    yield ""
    yield f"Primary key: {', '.join(f'`{k}`' for k in key)}."


def _series(tables: Tables) -> str:
    lines = ["## Series", ""]
    for path, (resource, rows) in tables.items():
        if resource.kind != "series":
            continue
        lines += [f"### {_cell(resource.title)} (`{path}`)", ""]
        lines += [resource.description, ""] if resource.description else []
        lines += ["| series | what | unit | periods | rows |", "|---|---|---|---|---:|"]
        by_series: dict[str, list[files.Row]] = {}
        for row in rows:
            by_series.setdefault(row["series_id"], []).append(row)
        lines += [_series_line(name, own) for name, own in by_series.items()]
        lines.append("")
    return "\n".join(lines)


def _series_line(name: str, rows: list[files.Row]) -> str:
    first = next((row for row in rows if row["status"] == "main"), rows[0])
    periods = sorted({row["period"] for row in rows})
    span = periods[0] if len(periods) == 1 else f"{periods[0]} – {periods[-1]}"
    units = ", ".join(dict.fromkeys(row["unit"] for row in rows))
    metrics = by_language(first, "metric")
    own, *others = (metrics[x] for x in config.current().languages if x in metrics)
    what = _cell(own) + (f" ({_cell('; '.join(others))})" if others else "")
    return f"| `{name}` | {what} | {units} | {span} | {len(rows)} |"


def _caveats(tables: Tables) -> str:
    lines = ["## Known caveats", ""]
    for resource, rows in tables.values():
        if resource.kind != "caveats":
            continue
        lines += ["| caveat | series | period | kind | what |", "|---|---|---|---|---|"]
        lines += [
            f"| `{row['caveat_id']}` | `{row['file']}`: `{row['series_id']}` | {row['period']} | {row['kind']} "
            f"| {_cell(' '.join(by_language(row, 'text').values()))} |"
            for row in rows
        ]
    return "\n".join([*lines, ""])


def _sources(package: dict[str, Any], tables: Tables) -> str:
    lines = ["## Sources and licences", ""]
    lines += [
        f"- {_cell(source['title'])}{' <' + source['path'] + '>' if 'path' in source else ''}"
        for source in package.get("sources", [])
    ]
    for path, (resource, rows) in tables.items():
        if resource.kind == "series":
            named = "; ".join(f"{_cell(name)} ({count})" for name, count in _publishers(rows))
            lines.append(f"- `{path}`, rows by publisher: {named}")
    lines += [""]
    lines += [f"{license['title']}." for license in package.get("licenses", [])]
    return "\n".join([*lines, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
