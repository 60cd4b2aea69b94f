"""What comes out of a printer: the whole in one PDF with contents and bookmarks, and the brief of five pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdf
import pytest

from analysis.site import binding, brief, front, paper, source

PAGES = ["report.html", "report.zh.html"]


def plain(text: str) -> str:
    """A text without spaces: lines break anywhere in Chinese, and between words in English."""
    return re.sub(r"\s", "", text)


def same_twice(make: Callable[[Path], object], folder: Path) -> bool:
    """Whether two prints are the same, byte for byte."""
    for name in ("a.pdf", "b.pdf"):
        make(folder / name)
    return (folder / "a.pdf").read_bytes() == (folder / "b.pdf").read_bytes()


def bookmarks(reader: pypdf.PdfReader, items: Any, depth: int = 1) -> Iterator[tuple[int, str, int]]:
    """Depth, words and page of each bookmark."""
    for item in items:
        if isinstance(item, list):
            yield from bookmarks(reader, item, depth + 1)
        else:
            number = reader.get_destination_page_number(item)
            assert number is not None
            yield depth, str(item.title), number


def written_in(page: pypdf.PageObject, font: str) -> list[str]:
    """The words of a page that are set in a font."""
    words: list[str] = []

    def note(text: str, matrix: Any, place: Any, style: Any, size: Any) -> None:
        if style and style.get("/BaseFont") == font:
            words.extend(text.split())

    page.extract_text(visitor_text=note)
    return words


@pytest.fixture(scope="module", params=PAGES)
def printed(
    sample: Path, program: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, Path]:
    """A page with everything, and its print."""
    page, pdf = sample / request.param, tmp_path_factory.mktemp("printed") / "a.pdf"
    paper.write(page, pdf)
    return page, pdf


def test_the_whole_has_numbered_pages_and_readable_chinese(
    printed: tuple[Path, Path], tmp_path: Path
) -> None:
    page, pdf = printed
    paper.write(page, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == pdf.read_bytes()
    pages = [page.extract_text() for page in pypdf.PdfReader(pdf).pages]
    assert len(pages) > 3
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text
    assert "同比增长" in plain("".join(pages))


def test_bookmarks_and_contents_name_the_pages_where_things_stand(printed: tuple[Path, Path]) -> None:
    page, pdf = printed
    reader = pypdf.PdfReader(pdf)
    pages = [plain(page.extract_text()) for page in reader.pages]
    entries = binding.contents(page.read_text(encoding="utf-8"))
    found = list(bookmarks(reader, reader.outline))
    assert [(e.depth, e.text) for e in entries] == [(depth, title) for depth, title, _ in found]
    assert {depth for depth, _, _ in found} == {1, 2}
    for _, title, number in found[1:]:
        assert plain(title.split(" ", 1)[-1]) in pages[number], title
    numbers = [n for page in reader.pages[: found[0][2]] for n in written_in(page, "/Helvetica")]
    assert sorted(map(int, numbers)) == sorted(number + 1 for *_, number in found)
    assert reader.trailer["/Root"]["/PageMode"] == "/UseOutlines"


@pytest.fixture(scope="session")
def briefs(real: Path, program: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The pages of the project's own brief as text, by language."""
    run, folder = source.read(real), tmp_path_factory.mktemp("briefs")
    found = {}
    for variant in run.variants:
        pdf = folder / f"{variant.language}.pdf"
        brief.publish(run, variant, pdf, folder)
        found[variant.language] = [page.extract_text() for page in pypdf.PdfReader(pdf).pages]
    return found


@pytest.mark.slow("Chromium prints the brief of the real run in both languages, once")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_brief_has_five_pages_at_most_and_every_part(
    real: Path, briefs: dict[str, list[str]], language: str
) -> None:
    pages = briefs[language]
    variant = next(v for v in source.read(real).variants if v.language == language)
    t, whole = variant.voice, plain("".join(pages))
    assert 2 <= len(pages) <= brief.PAGES
    for heading in ("index.findings_few", "index.notebooks", "brief.how", "check.sources"):
        assert plain(t(heading)) in whole
    assert plain(t("brief.method.table")) in whole
    assert plain(t.own.title) in plain(pages[0])
    for number, text in enumerate(pages, start=1):
        assert f"{number} / {len(pages)}" in text


def test_the_brief_is_the_same_twice(sample: Path, program: str, tmp_path: Path) -> None:
    run = source.read(sample)
    assert same_twice(lambda pdf: brief.publish(run, run.variants[1], pdf, tmp_path), tmp_path)


def test_however_much_there_is_to_say_a_brief_stays_brief(
    sample: Path, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, plain_overview = source.read(sample), front.overview
    many = [
        brief.Publisher(f"Publisher {n}", n, ["A document with a long name " * 5] * 3) for n in range(400)
    ]

    def long(*arguments: Any) -> front.Overview:
        made = plain_overview(*arguments)
        said = "the report says something at length " * 8
        return replace(made, findings=[replace(made.findings[0], said=said)] * 300)

    monkeypatch.setattr(front, "overview", long)
    monkeypatch.setattr(brief, "publishers", lambda *_: many)
    brief.publish(run, run.variants[0], tmp_path / "b.pdf", tmp_path)
    pages = pypdf.PdfReader(tmp_path / "b.pdf").pages
    assert 3 <= len(pages) <= brief.PAGES
    assert "more stand in the pages" in "".join(page.extract_text() for page in pages)
