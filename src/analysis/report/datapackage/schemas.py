"""Table Schemas of the files that every report has, filled in with the report's own languages, sections and exhibits.

A template is a Table Schema in which `{language}` in a field's name stands for every language of the report, `{sections}`
and `{exhibits}` for the patterns of report.toml, `{units}` for all unit names. `each` orders the languages: `pages` as
report.toml lists them, `printed first` with the report's own language in front, `printed` that one alone, `others`
without it; `of several` leaves out what a report that speaks and is printed in one language does not need.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.numbers import units
from analysis.report.config import Report
from analysis.report.datapackage.descriptor import package_of, write_json
from analysis.report.datapackage.problems import DataError

_FOLDER = Path(__file__).parent / "schemas"


def schema(name: str, report: Report) -> dict[str, Any]:
    """The Table Schema of that name for a report.

    >>> [field["name"] for field in schema("caveats", Report())["fields"]][-3:]
    ['kind', 'text_en', 'guard']
    """
    text = (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    for key, value in (("sections", report.sections), ("exhibits", report.exhibits.pattern)):
        text = text.replace(f"{{{key}}}", json.dumps(value, ensure_ascii=False)[1:-1])
    content: dict[str, Any] = json.loads(text)
    content["fields"] = [made for field in content["fields"] for made in _fields(field, report)]
    return content


def provide(folder: Path, name: str, report: Report) -> Path:
    """The path of a schema in the data folder, written there first where the folder has none.

    `DataError` for a table of the report's own, whose schema only its author can write.
    """
    path = folder / "schemas" / f"{name}.json"
    if not path.is_file():
        if not (_FOLDER / f"{name}.json").is_file():
            raise DataError(
                f"there is no schemas/{name}.json; write its Table Schema first, one entry per column"
            )
        write_json(path, schema(name, report))
    return path


def provide_listed(folder: Path, report: Report) -> None:
    """Write the schemas that `datapackage.json` names and the data folder lacks; `DataError` as `provide`."""
    for resource in package_of(folder)["resources"]:
        if not (folder / resource["schema"]).is_file():
            provide(folder, Path(resource["schema"]).stem, report)


def _fields(field: dict[str, Any], report: Report) -> Iterator[dict[str, Any]]:
    """The field, or one for each language; the list of units filled in."""
    each = field.pop("each", "")
    rules = field.get("constraints", {})
    if rules.get("enum") == ["{units}"]:
        rules["enum"] = list(units.UNITS)
    if not each:
        yield field
        return
    own = [report.printed_in]
    languages = own if each == "printed" else list(report.languages)
    if each == "others":
        languages = [language for language in languages if language not in own]
    if each.startswith("printed first"):
        languages.sort(key=lambda language: language not in own)
    if each.endswith("of several") and languages == own:
        return
    for language in languages:
        yield {**field, "name": field["name"].format(language=language)}
