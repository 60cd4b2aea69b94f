"""Verdicts and runs as data for other tools: ClaimReview (schema.org) and RO-Crate (Process Run Crate)."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analysis import site
from analysis.site import crate, reviews, source
from analysis.site.record import Record
from analysis.suite import manifest
from tests import site_sample

# Of each type of schema.org that is used: the properties that it may have (its own and those it inherits) of those in use.
_THING = {"@type", "name", "url", "identifier", "alternateName"}
_WORK = _THING | {"inLanguage", "author", "publisher", "datePublished", "isBasedOn", "isPartOf", "text"}
PROPERTIES = {
    "ClaimReview": _WORK | {"claimReviewed", "reviewBody", "reviewRating", "itemReviewed"},
    "Claim": _WORK | {"appearance"},
    "Rating": _THING | {"ratingValue", "bestRating", "worstRating"},
    "Organization": _THING,
    "CreativeWork": _WORK,
    "Report": _WORK,
}
NEEDED = {
    "ClaimReview": {"claimReviewed", "reviewRating", "author", "itemReviewed"},
    "Rating": {"alternateName"},
    "Organization": {"name"},
    "Claim": {"text"},
}
COMMIT = {"id": "0" * 40, "date": "2026-02-03", "is_dirty": False}
FACTS = {"format": 1, "ok": True, "inputs": {"pyproject.toml": "0" * 64}, "project": "a-project", "commit": COMMIT, "versions": {"python": "3.11", "click": "8"},
         "platform": {"system": "secret-host"}, "finished": "2026-05-06T07:08:09+00:00"}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> source.Run:
    folder = site_sample.make(tmp_path_factory.mktemp("data") / "run", broken=True)
    (folder / manifest.NAME).write_text(json.dumps(FACTS))
    (folder / "inputs" / "pyproject.toml").write_text('[project]\nlicense = "MIT"\n')
    (folder / "figures").mkdir()
    (folder / "figures" / "图 1.svg").write_text("<svg/>")
    site.build(folder)
    return source.read(folder)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every node of a JSON-LD document."""
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        yield from nodes(list(value.values()))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_claim_has_a_review_that_schema_org_would_take(run: source.Run, language: str) -> None:
    variant = next(v for v in run.variants if v.language == language)
    found = json.loads((run.path / variant.data("claims")).read_text(encoding="utf-8"))
    assert found["@context"] == "https://schema.org"
    record = Record.of(run, variant)
    assert [node["identifier"] for node in found["@graph"]] == list(record.claims)
    for node in nodes(found):
        kind = node["@type"]
        assert node.keys() <= PROPERTIES[kind], (kind, node.keys() - PROPERTIES[kind])
        assert NEEDED.get(kind, set()) <= node.keys(), (kind, node)
        assert all(value not in ("", [], {}, None) for value in node.values())
    for node in found["@graph"]:
        rating, verdict = node["reviewRating"], record.claims[node["identifier"]].verdict
        assert rating["alternateName"] == variant.voice(f"verdict.{verdict}")
        assert ("ratingValue" in rating) == (verdict != "unchecked")
        if "ratingValue" in rating:
            assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]


def test_addresses_of_reviews_lead_to_cards(run: source.Run) -> None:
    for variant in run.variants:
        for node in json.loads((run.path / variant.data("claims")).read_text(encoding="utf-8"))["@graph"]:
            if "url" in node:
                page, anchor = node["url"].split("#")
                assert f'id="{anchor}"' in (run.path / page).read_text(encoding="utf-8")


def test_pages_carry_the_reviews_of_their_own_cards(run: source.Run) -> None:
    for page, count in (("01_alpha.html", 6), ("01_alpha.zh.html", 6), ("02_broken.html", 0)):
        text = (run.path / page).read_text(encoding="utf-8")
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        reviewed = [n["url"] for part in found for n in json.loads(part)["@graph"]]
        assert len(reviewed) == count
        assert all(url.split("#")[0] == page for url in reviewed)


def test_nothing_that_a_report_prints_can_end_the_element() -> None:
    node = {"@type": "Claim", "text": "</script><!-- <script>"}
    text = reviews.embedded([node])
    assert "<" not in text
    assert json.loads(text)["@graph"] == [node]


@pytest.fixture(scope="module")
def archive(run: source.Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crate") / "run.crate.zip"
    crate.write(run, path)
    return path


def test_a_crate_describes_every_file_and_nothing_else(run: source.Run, archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        graph = json.loads(packed.read(crate.METADATA))["@graph"]
        by_id = {node["@id"]: node for node in graph}
        assert len(by_id) == len(graph)
        files = {crate._address(n): packed.read(n) for n in packed.namelist() if n != crate.METADATA}
    assert manifest.NAME not in files
    described = {name for name, node in by_id.items() if node["@type"] == "File"}
    assert described == files.keys() and "figures/%E5%9B%BE%201.svg" in described
    for name in described:
        assert by_id[name]["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert by_id[name]["contentSize"] == str(len(files[name]))
    assert {part["@id"] for part in by_id["./"]["hasPart"]} == described
    known = {"https://w3id.org/ro/crate/1.1"}
    for node in graph:
        for value in node.values():
            for link in value if isinstance(value, list) else [value]:
                assert not isinstance(link, dict) or link["@id"] in by_id.keys() | known, link


def test_a_crate_says_what_was_made_from_what(run: source.Run, archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        text = packed.read(crate.METADATA).decode("utf-8")
    by_id = {node["@id"]: node for node in json.loads(text)["@graph"]}
    root, action = by_id["./"], by_id["#run"]
    assert root["conformsTo"]["@id"] == crate.PROFILE and root["mentions"]["@id"] == "#run"
    assert root["datePublished"] == "2026-02-03"
    assert by_id[root["license"]["@id"]]["name"] == "MIT"
    used, made = ({x["@id"] for x in action[side]} for side in ("object", "result"))
    assert "inputs/report.toml" in used and "notebooks/01_alpha.ipynb" in made and not used & made
    assert by_id["#parameter-fx_rate"]["value"] in (6.9, 7.0)
    assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    assert by_id["#software"]["identifier"] == f"git:{'0' * 40}"
    assert "secret-host" not in text and "07:08:09" not in text


def test_the_same_run_gives_the_same_archive_wherever_it_lies(
    run: source.Run, archive: Path, tmp_path: Path
) -> None:
    import shutil

    copy = shutil.copytree(run.path, tmp_path / "run")
    facts = {**FACTS, "platform": {"system": "another"}, "finished": "2030-01-01T00:00:00+00:00"}
    (copy / manifest.NAME).write_text(json.dumps(facts))
    crate.write(source.read(copy), tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def test_without_licence_or_commit_a_crate_says_so(run: source.Run) -> None:
    assert crate._license(b"")["name"] == "No licence is stated."
    assert crate._date(source.Manifest(finished="2026-05-06T07:08:09+00:00")) == "2026-05-06"
    failed = crate._action(replace(run, manifest=source.Manifest(is_ok=False)), [], [])
    assert failed["actionStatus"].endswith("FailedActionStatus")
