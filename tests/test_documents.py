"""README and docs say what the measurements and the committed results say."""

from __future__ import annotations

import json
import re
import statistics
from collections import Counter
from functools import cache
from pathlib import Path

from click.testing import CliRunner

from analysis.cli import cli
from analysis.suite import collect

ROOT = Path(__file__).parents[1]


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_readme_quotes_the_benchmark_as_measured() -> None:
    timings = json.loads(text("docs/benchmarks.json"))["timings"]
    median = {t["label"]: statistics.median(t["seconds"]) for t in timings}
    quoted = {
        "analysis run, side by side": r"six notebooks take ([\d.]+) s",
        "papermill, Python API in a loop": r"against ([\d.]+) s with papermill's Python API",
        "papermill, command line in a loop": r"and ([\d.]+) s with its command line",
        "analysis run, nothing changed": r"([\d.]+) s when nothing changed",
    }
    for label, pattern in quoted.items():
        found = re.search(pattern, text("README.md"))
        assert found, pattern
        decimals = len(found[1].partition(".")[2])
        assert found[1] == f"{median[label]:.{decimals}f}", label


def test_readme_counts_the_verdicts_of_the_committed_scorecard() -> None:
    verdicts = Counter(row["verdict"] for row in collect.rows("claims", ROOT / "notebooks"))
    line = f"{verdicts.total()} claims: " + ", ".join(f"{n} {v}" for v, n in verdicts.most_common())
    assert line in text("README.md")
    said = CliRunner().invoke(cli, ["--project", str(ROOT), "claims", "--run", "baseline"]).stdout
    pages = " ".join(said.split()).rpartition("The pages count ")[2]
    assert f"\nThe pages count {pages}\n" in text("README.md")


def test_readme_shows_the_published_sweep() -> None:
    page = text("docs/robustness.md")
    counts = re.search(
        r"Of (\d+) claims .*\*\*(\d+) are robust\*\*.*\*\*(\d+) are fragile\*\*\. (\d+) are \*not exposed",
        page,
    )
    sizes = re.search(r"([\d,]+) universes of \d+ parameters, ([\d,]+) executions of (\d+) notebooks", page)
    assert counts and sizes
    claims, robust, fragile, rest = counts.groups()
    shown = [line for line in text("README.md").splitlines() if "robust, " in line and "fragile" in line]
    assert [set(line.removeprefix(f"{claims} claims: ").split(", ")) for line in shown] == [
        {f"{robust} robust", f"{rest} not exposed", f"{fragile} fragile"}
    ]
    assert f"{sizes[1]} universes, {sizes[2]} cases of {sizes[3]} notebooks" in text("README.md")


def test_links_between_documents_lead_somewhere() -> None:
    pages = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
    ]
    broken = [
        f"{page}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text(page))
        if not ((ROOT / page).parent / target).exists()
    ]
    assert not broken


def test_the_readme_shows_a_claim_as_the_command_does() -> None:
    block = re.search(r"\$ analysis claims ([a-z0-9-]+)\n(.*?)```", text("README.md"), re.DOTALL)
    assert block is not None
    said = CliRunner().invoke(cli, ["--project", str(ROOT), "claims", "--run", "baseline", block[1]]).stdout
    lines = [line.partition("…")[0] for line in block[2].splitlines() if not line.startswith("Run ")]
    assert len(lines) > 8
    place = 0
    for line in lines:
        place = said.index(line, place)
