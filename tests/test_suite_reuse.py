"""Pages of an earlier run are taken over only when nothing that they show has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.suite import manifest, reuse
from tests.miniature import contents, run_all, write

COURSE = {"engine", "status", "seconds", "finished", "platform", "outputs", "index"}


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with two pages."""

    def pages(run: Path) -> Path:
        (run / "index.html").write_text("<p>")
        (run / "01_first.html").write_text("<h1>")
        return run / "index.html"

    root = tmp_path_factory.mktemp("earlier")
    write(root, "01_first", "1")
    return run_all(root, pages=pages).folder


def staged(earlier: Path, folder: Path) -> tuple[Path, dict[str, Any]]:
    """The same run again, before its pages are made, and the draft of its manifest."""
    again = folder / "again"
    shutil.copytree(earlier, again, ignore=shutil.ignore_patterns("*.html", "manifest.json"))
    return again, {k: v for k, v in manifest.read(earlier).items() if k not in COURSE}


def test_pages_of_an_equal_run_are_taken_over(earlier: Path, tmp_path: Path) -> None:
    again, draft = staged(earlier, tmp_path)
    assert reuse.pages(earlier, again, draft) == again / "index.html"
    assert contents(again) == contents(earlier)


def change_notebook(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    (again / "notebooks" / "01_first.ipynb").write_text("{}")


def change_input(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    draft["inputs"] = {**draft["inputs"], "data/series/x.csv": "other"}


def change_commit(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    draft["commit"] = {"id": "other", "is_dirty": False}


def change_version(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    draft["versions"] = {"python": "3.99"}


def change_parameter(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    draft["parameters"] = {"fx_rate": 7.0}


def change_page(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    (earlier / "01_first.html").write_text("edited")


def remove_page(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    (earlier / "01_first.html").unlink()


def damage_manifest(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    (earlier / "manifest.json").write_text("{")


def without_pages(earlier: Path, again: Path, draft: dict[str, Any]) -> None:
    path = earlier / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "index": None}))


@pytest.mark.parametrize(
    "change",
    [change_notebook, change_input, change_commit, change_version, change_parameter, change_page, remove_page,
     damage_manifest, without_pages],
)  # fmt: skip
def test_any_change_makes_pages_anew(
    earlier: Path, tmp_path: Path, change: Callable[[Path, Path, dict[str, Any]], None]
) -> None:
    copy = tmp_path / "earlier"
    shutil.copytree(earlier, copy)
    again, draft = staged(copy, tmp_path)
    change(copy, again, draft)
    assert reuse.pages(copy, again, draft) is None
    assert not list(again.glob("*.html"))
