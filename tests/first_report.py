"""The words by which the report of this repository would be recognised, taken from its report.toml, data and notebooks."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from functools import cache
from pathlib import Path

from analysis.report import config, desk
from analysis.words import pages as words_of_pages

ROOT = Path(__file__).parents[1]


@cache
def words() -> frozenset[str]:
    """Title, publishers, entities, claims, notebooks, scenarios and own parameters of the report; common words left out."""
    report = config.read(ROOT)
    found: set[str] = set()
    for text in report.text.values():
        found |= {text.title, text.short, text.source, text.publisher, text.exhibits}
    for column, path in (("claim_id", "report/claims.csv"), ("source", "report/claims.csv")):
        found |= {cell for row in rows(path) for cell in row[column].split(" | ")}
    for file in sorted((ROOT / "data" / "series").glob("*.csv")):
        for row in rows(f"series/{file.name}"):
            found |= {row.get("entity", ""), row.get("publisher", "")}
    found |= {value for kind in report.parameters.values() for value in kind.values}
    found |= {*report.parameters, *own_parameters()}
    found |= {
        path.stem for path in (ROOT / "notebooks").glob("[!9]*.ipynb")
    }  # 90_scorecard is in every report
    found |= {path.stem for path in (ROOT / "notebooks" / "scenarios").glob("*.yaml")}
    found |= {part for word in found for part in re.findall(r"[^()（）]+", word)}
    return frozenset(word for word in (w.strip() for w in found) if is_telling(word))


def is_telling(word: str) -> bool:
    """Long enough to be no chance: a name of three Chinese characters, of four capitals, or of two words (BankSet is two)."""
    han = len(re.findall(r"[\u4e00-\u9fff]", word))
    return han >= 3 or (
        not han and bool(re.search(r"\w[ _-]\w|[a-z][A-Z]", word) or re.fullmatch(r"[A-Z]{4,}", word))
    )


def own_parameters() -> set[str]:
    """The parameters that its notebooks declare, but those that the package itself knows by name."""
    found: set[str] = set()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        declared = next(c for c in cells if "parameters" in c["metadata"].get("tags", ()))
        found |= set(re.findall(r"^(\w+):", "".join(declared["source"]), re.MULTILINE))
    known = {key.removeprefix("parameter.") for key in words_of_pages("en") if key.startswith("parameter.")}
    return found - known - set(desk.KNOWN)


def distribution() -> str:
    """The name under which the package is installed. Pages say it, as that of the tool; a file of the package reads it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["name"])


def rows(path: str) -> list[dict[str, str]]:
    """The rows of a CSV below data/."""
    with (ROOT / "data" / path).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def found_in(text: str) -> list[str]:
    """The report's words that a text holds, whole words only."""
    lowered = text.lower()
    return sorted(
        word
        for word in words()
        if word.lower() in lowered
        and re.search(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", text, re.IGNORECASE)
    )
