"""What one cell holds costs at most that cell: pages always come out, and a warning names notebook and cell."""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path

import pytest

from analysis import site
from analysis.site import blocks, frame, markdown
from analysis.suite.document import read
from analysis.suite.pictures import LARGEST, attached
from tests.miniature import rows, run_all, show, write

PNG = base64.b64encode(b"\x89PNG\r\n").decode("ascii")


def prose(source: str, **around: object) -> str:
    """HTML of a passage."""
    return markdown.render(source, "en", markdown.Contents(), "link", markdown.Surroundings(**around))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "formulas"),
    [
        ("from $5 to $10", 0), ("价格为$100，涨到$200", 0), ("$5", 0), ("a $ b $ c", 0), ("$100 and $200 and $300", 0),
        ("$x$", 1), ("$5x$ and $y$.", 2), ("from $a_1$ to $b$", 2), ("costs $5, $x$ is 3", 1), ("$价格$", 0), ("\\$5 to \\$6", 0),
        ("$$x$$", 1), ("US$5和US$6", 0), ("$5–$10", 0), ("$x$2", 0), ("$\\frac{1}{2}$", 1),
    ],
)  # fmt: skip
def test_sums_of_money_are_no_formulas(source: str, formulas: int) -> None:
    made = prose(source)
    assert made.count("<math") == formulas
    if not formulas:
        assert re.sub(r"\\(?=\$)|<[^>]+>|\s+", "", made) == re.sub(r"\\(?=\$)|\s+", "", source)


@pytest.mark.parametrize(
    "source", ["![x](attachment:a.png)", "<img src='attachment:a.png'>", "a <img alt='x' src=\"a.png\"> b", "![x](a.png)", "![x](a%2Epng)"]
)  # fmt: skip
def test_a_pasted_picture_is_in_the_page(source: str) -> None:
    assert f"data:image/png;base64,{PNG}" in prose(source, attachments={"a.png": {"image/png": PNG}})


@pytest.mark.parametrize(
    "forms", [None, {}, {"image/png": None}, {"image/png": 5}, {"text/html": "<script>"}, [], "x", {"": ""}]
)
@pytest.mark.parametrize(
    "source", ["![words](attachment:a.png)", "<img src='attachment:a.png'>", "![words](a.png)"]
)
def test_a_picture_that_is_not_there_is_named(source: str, forms: object) -> None:
    absent: list[str] = []
    made = prose(source, attachments={"a.png": forms}, absent=absent)
    assert absent == ["a.png"]
    assert "attachment:" not in made and "script" not in made


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("02_b.ipynb", "02_b.zh.html"), ("./02_b.ipynb#part-1", "02_b.zh.html#part-1"), ("02%5Fb.ipynb", "02_b.zh.html"),
        ("other.ipynb", "other.ipynb"), ("https://example.org/02_b.ipynb", "https://example.org/02_b.ipynb"),
        ("../02_b.ipynb", "../02_b.ipynb"), ("javascript:alert(1)", "#harmful-link"), ("JavaScript:x", "#harmful-link"),
        ("file:///etc/passwd", "#harmful-link"), ("data:text/html,x", "#harmful-link"),
    ],
)  # fmt: skip
def test_links_lead_to_pages_and_nowhere_harmful(url: str, leads: str) -> None:
    assert f'href="{leads}"' in prose(f"[x]({url})", pages={"02_b": "02_b.zh.html"})


def test_only_plain_files_beside_the_notebook_are_taken_along(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"\x89PNG\r\n")
    (folder / "large.png").write_bytes(b"x" * (LARGEST + 1))
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "folder.png").mkdir()
    (folder / "secret.txt").write_text("x")
    (tmp_path / "b.png").write_bytes(b"x")
    names = ["a.png", "large.png", "loop.png", "zero.png", "folder.png", "secret.txt", "../b.png", "none.png", "/etc/passwd", "a\0.png", "x" * 5000 + ".png"]  # fmt: skip
    cell = {
        "cell_type": "markdown",
        "id": "p",
        "metadata": {},
        "source": " ".join(f"![x]({n})" for n in names),
    }
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (made,) = attached(content, folder)["cells"]
    assert made["attachments"] == {"a.png": {"image/png": PNG}}
    assert made["source"] == cell["source"] and "attachments" not in cell


BAD = {
    "no facts of a figure": show("application/vnd.suite.figure+json", "[]"),
    "no JSON of a figure": show("application/vnd.suite.figure+json", "'{'"),
    "emoji": "print('⚠️ 😀 한글 𠮷')",
    "half a character": r"print('\udcb1 \ud800')",
    "colours": r"print('\x1b[31mred\x1b[0m \x1b]8;;http://x\x1b\\link')",
    "picture that is none": show("image/png", "'no picture'"),
    "drawing that is none": show("image/svg+xml", "'<svg'"),
    "hanzi in a figure": "import matplotlib.pyplot as p\np.plot([1]); p.title('中文')\np.show()",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one notebook for each bad cell; its single notebooks all end well."""
    root = tmp_path_factory.mktemp("bad")
    for number, source in enumerate(BAD.values()):
        write(root, f"n{number:02d}", source, "print('the next cell')")
    return run_all(root, pages=site.build).folder


@pytest.mark.parametrize("name", BAD)
def test_pages_come_out_whatever_a_cell_shows(pages: Path, name: str) -> None:
    text = (pages / f"n{list(BAD).index(name):02d}.html").read_text(encoding="utf-8")
    assert "the next cell" in text
    if name == "emoji":
        assert "⚠️ 😀 한글 𠮷" in text
    if name == "colours":
        assert '<pre tabindex="0" class="stream">red link\n</pre>' in text
    if name == "hanzi in a figure":
        assert "Glyph" not in text  # no warning of a font that lacks them


def test_a_bad_output_is_named_with_its_cell(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.site import blocks

    def broken(*given: object) -> blocks.Markup:
        raise RuntimeError("whatever")

    monkeypatch.setattr(blocks, "markup", broken)
    write(tmp_path, "01_a", "1", show("text/html", "'<b>x</b>'"), "print('the next cell')")
    done = run_all(tmp_path, pages=site.build)
    assert done.is_ok
    page = (done.folder / "01_a.html").read_text(encoding="utf-8")
    assert "This output cannot be shown: RuntimeError: whatever" in page and "the next cell" in page
    assert "01_a.html, cell 2: an output cannot be shown (RuntimeError: whatever)" in caplog.text


def test_the_look_of_a_styler_is_the_same_in_one_file(tmp_path: Path) -> None:
    source = "import pandas as pd\npd.DataFrame({'a': [1, 2]}).style.background_gradient()"
    write(tmp_path, "01_a", source, source.replace("2]", "3]"))
    done = run_all(tmp_path, pages=site.build)
    for name in ("01_a.html", "report.html"):
        text = (done.folder / name).read_text(encoding="utf-8")
        styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL))
        cells = set(re.findall(r'id="([^"]*T_[^"]*)"', text))
        selected = set(re.findall(r"#([^\s{},]*T_[^\s{},]*)", styles))
        assert len(cells) >= 4 and selected and selected <= cells, name
        assert len(cells) == len(re.findall(r'id="[^"]*T_[^"]*"', text)), "every id once"


def test_a_pasted_picture_stays_in_the_run(tmp_path: Path) -> None:
    path = write(tmp_path, "01_a", "1")
    content = json.loads(path.read_text(encoding="utf-8"))
    cell = {
        "cell_type": "markdown",
        "id": "p",
        "metadata": {},
        "source": "![x](attachment:a.png) ![y](b.png)",
    }
    content["cells"].insert(0, {**cell, "attachments": {"a.png": {"image/png": PNG}}})
    path.write_text(json.dumps(content), encoding="utf-8")
    (path.parent / "b.png").write_bytes(b"\x89PNG\r\n")
    folder = run_all(tmp_path, pages=site.build).folder
    (path.parent / "b.png").unlink()
    for name in ("01_a.html", "report.html"):
        assert (folder / name).read_text(encoding="utf-8").count(f"data:image/png;base64,{PNG}") == 2
    assert set(read(folder / "notebooks" / "01_a.ipynb")["cells"][0]["attachments"]) == {"a.png", "b.png"}


@pytest.mark.parametrize(
    "bad",
    [
        rows("a/b", "[{'a': 1}]"), rows("trips", "5"), show("application/vnd.suite.rows+json", "5"),
        show("application/vnd.suite.figure+json", "{'id': '../x'}"), show("application/vnd.suite.figure+json", "5"),
    ],
)  # fmt: skip
def test_what_is_no_table_or_figure_costs_no_page_and_no_other_table(tmp_path: Path, bad: str) -> None:
    write(tmp_path, "01_bad", bad, "print('after')")
    write(tmp_path, "02_good", rows("goods", "[{'good_id': 'g', 'value': 7}]"))
    done = run_all(tmp_path, pages=site.build)
    assert len(done.problems) == 1 and "01_bad" in done.problems[0]
    assert "g,7" in (done.folder / "results" / "goods.csv").read_text()
    assert ">after" in (done.folder / "01_bad.html").read_text() and done.index is not None


def test_code_marks_what_the_style_sheet_colours_and_nothing_else() -> None:
    """Whatever is written, its text stays, and no mark is without its colour: plain ones were the most of all."""
    coloured = set(re.findall(r"\.highlight \.(\w+)", frame.style_sheet()))
    marked = set()
    for path in sorted(Path(blocks.__file__).parent.glob("*.py")):
        source = path.read_text(encoding="utf-8").strip()
        made = blocks.code(source)
        assert html.unescape(re.sub(r"<[^>]*>", "", made)) == source, path
        marked |= set(re.findall(r'<span class="(\w+)">', made))
    assert marked <= coloured and len(marked) > 8
