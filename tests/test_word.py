"""`analysis export --format docx`: what an editor finds in the document."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import docx
import pytest
from PIL import Image

from analysis.errors import UserError
from analysis.site import paper, source, word
from tests import site_sample


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The sizes of the sheets that were drawn, by a browser that draws nothing."""
    sizes = []

    def picture(page: Path, width: int, height: int) -> bytes:
        assert "data:font/woff2" in page.read_text(encoding="utf-8")
        sizes.append((width, height))
        png = io.BytesIO()
        Image.new("RGB", (2 * width, 2 * height), "white").save(png, "PNG")
        return png.getvalue()

    monkeypatch.setattr(paper, "picture", picture)
    return sizes


def made(tmp_path: Path, language: str = "en", name: str = "a.docx") -> Any:
    folder = tmp_path / "run"
    run = source.read(folder if folder.exists() else site_sample.make(folder))
    variant = next(v for v in run.variants if v.language == language)
    word.write(run, variant, tmp_path / name, tmp_path)
    return docx.Document(str(tmp_path / name))


def texts(document: Any, style: str) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == style]


@pytest.mark.parametrize(
    ("language", "title", "topic", "verdict"),
    [
        ("en", "A report, recomputed", "01 Alpha & its growth", "Contradicted"),
        ("zh", "报告数据复核", "01 甲及其增长", "不符"),
    ],
)
def test_topics_verdicts_and_charts_in_the_language(
    tmp_path: Path, drawn: list[tuple[int, int]], language: str, title: str, topic: str, verdict: str
) -> None:
    document = made(tmp_path, language)
    assert texts(document, "Title") == [title]
    assert topic in texts(document, "Heading 1")
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    assert verdict in cells and any("同比增长 24.6%" in text for text in cells)
    assert "24.6%" in cells
    assert len(document.inline_shapes) == 1 and drawn == [(760, 200)]
    assert document.core_properties.author == ""


def test_prose_keeps_headings_quotes_formulas_and_no_anchors(tmp_path: Path, drawn: object) -> None:
    document = made(tmp_path)
    assert texts(document, "Heading 2") == ["How fast"]
    assert texts(document, "Quote") == ["同比增长 24.6%"]
    whole = "\n".join(p.text for p in document.paragraphs)
    assert "Growth is g = a/b - 1." in whole.replace("−", "-")
    assert "#" not in whole and "<" not in whole
    assert "1. How fast does it grow?" in texts(document, "List")


def test_tables_of_notebooks_are_tables_with_heads(tmp_path: Path, drawn: object) -> None:
    document = made(tmp_path)
    grids = [[[c.text for c in row.cells] for row in table.rows] for table in document.tables]
    assert [["甲"], ["1"]] in grids
    heads = [t for t in document.tables if "tblHeader" in t.rows[0]._tr.xml]
    assert len(heads) >= 2


def test_the_same_run_gives_the_same_bytes(tmp_path: Path, drawn: object) -> None:
    made(tmp_path, name="a.docx")
    made(tmp_path, name="b.docx")
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()


def test_many_charts_are_drawn_on_several_sheets(
    tmp_path: Path, drawn: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = source.read(site_sample.make(tmp_path / "run"))
    from analysis.site import assemble

    page = assemble.model(run, run.variants[0]).shell.pages[0]
    monkeypatch.setattr(word, "_TALLEST", 150)
    pictures = word._drawn([page, page], tmp_path, "en")
    assert drawn == [(760, 200), (760, 200)]
    assert len(pictures) == 1
    with Image.open(io.BytesIO(next(iter(pictures.values())))) as png:
        assert png.size == (1520, 400)


def test_numbered_lists_count_for_themselves(tmp_path: Path, drawn: object) -> None:
    writer = word._Writer(word.library(), source.read(site_sample.make(tmp_path / "r")).variants[0].voice, {})
    writer.markup("<ol><li>a<ul><li>x</li></ul></li><li>b</li></ol><p>between</p><ol><li>c</li></ol>")
    assert [(p.style.name, p.text) for p in writer.document.paragraphs] == [
        ("List", "1. a"), ("List Bullet", "x"), ("List", "2. b"), ("Normal", "between"), ("List", "1. c"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("math", "line"),
    [
        ("<mfrac><mi>a</mi><mi>b</mi></mfrac>", "a/b"),
        (
            "<msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mn>1</mn><mo>)</mo></mrow><mn>2</mn></msup>",
            "((a + 1))^2",
        ),
        ("<msqrt><mi>n</mi></msqrt><mo>=</mo><mn>3</mn>", "√(n) = 3"),
        ("<mi>x", " x"),
    ],
)
def test_formulas_on_a_line(math: str, line: str) -> None:
    closing = "" if math == "<mi>x" else "</math>"
    assert word.linear(f"<math>{math}{closing}").strip() == line.strip()


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(UserError, match=r"pip install 'fintech-whitepaper-analysis\[docx\]'") as raised:
        word.library()
    assert raised.value.exit_code == 2
