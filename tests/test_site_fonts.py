"""The fonts in a page show every character of it, and the same page gives the same font."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from analysis import site
from analysis.site import fonts
from tests import site_sample
from tests.site_reading import read

TEXT = "全国金融科技投融资 13.03万亿元，同比增长“24.6%”…—· Growth → ≈ × ✓"


def embedded(css: str) -> dict[str, TTFont]:
    """Family → font, decoded by fontTools: a reader of the format that is not ours."""
    found = re.findall(r'font-family:"([^"]+)".*?base64,([^)]+)\)', css)
    return {family: TTFont(io.BytesIO(base64.b64decode(data))) for family, data in found}


def test_every_character_has_a_glyph() -> None:
    faces = embedded(fonts.css(TEXT, "增长"))
    sans = set(faces["suite sans"].getBestCmap()) | set(faces["suite sans zh"].getBestCmap())
    assert {c for c in TEXT if ord(c) not in sans} == set()
    assert set(faces["suite serif zh"].getBestCmap()) == {ord("增"), ord("长")}


def test_outlines_are_those_of_the_face() -> None:
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    face = fonts._face("sans")
    ours = embedded(fonts.css("融", ""))["suite sans zh"]
    name = ours.getBestCmap()[ord("融")]
    theirs = TTFont(face.path).getGlyphSet()
    drawn, original = DecomposingRecordingPen(ours.getGlyphSet()), DecomposingRecordingPen(theirs)
    ours.getGlyphSet()[name].draw(drawn)
    theirs[TTFont(face.path).getBestCmap()[ord("融")]].draw(original)
    assert [verb for verb, _ in drawn.value] == [verb for verb, _ in original.value]
    ends = zip(drawn.value, original.value, strict=True)
    pairs = [(a, b) for (_, ours), (_, theirs) in ends for a, b in zip(ours, theirs, strict=True)]
    assert len(pairs) > 90
    half = 1000 / ours["head"].unitsPerEm / 2  # of a unit: coordinates are rounded
    assert all(abs(2 * m - n) <= half for a, b in pairs for m, n in zip(a, b, strict=True))
    assert ours["hmtx"].metrics[name][0] == ours["head"].unitsPerEm == 500


def test_quotation_marks_are_narrow_in_english() -> None:
    faces = embedded(fonts.css("“a”", ""))
    latin = faces["suite sans"]
    assert latin["hmtx"].metrics[latin.getBestCmap()[ord("“")]][0] < 600
    chinese = faces["suite sans zh"]
    assert chinese["hmtx"].metrics[chinese.getBestCmap()[ord("“")]][0] == chinese["head"].unitsPerEm


def test_same_text_same_bytes_in_any_order() -> None:
    first = fonts.css(TEXT, "甲乙")
    fonts._chinese_rule.cache_clear()
    assert fonts.css("".join(reversed(TEXT)), "乙甲") == first


def test_what_is_taken_ahead_is_what_pages_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    def forget() -> None:
        for kept in (fonts._face, fonts._latin_rule, fonts._chinese_rule):
            kept.cache_clear()

    forget()
    first = fonts.css(TEXT, "甲乙")
    forget()
    steps = sum(1 for _ in fonts.get_ready(TEXT + "𓀀\ud800"))
    assert steps >= 2 + sum(map(fonts.is_cjk, set(TEXT)))
    monkeypatch.setattr(fonts.Face, "latin", None)  # no face is asked for its Latin letters again
    drawn = fonts._face("sans")._drawn
    before = set(drawn)
    assert fonts.css(TEXT, "甲乙") == first
    assert set(drawn) - before == {".notdef"}


def test_a_page_that_must_weigh_little_carries_no_letter_that_it_lacks() -> None:
    whole, tight = fonts.css(TEXT, "长 of"), fonts.css(TEXT, "长 of", is_tight=True)
    assert set(embedded(tight)["suite serif"].getBestCmap()) == set(map(ord, " of"))
    assert set(embedded(tight)["suite sans zh"].getBestCmap()) == set(
        embedded(whole)["suite sans zh"].getBestCmap()
    )
    assert len(tight) < len(whole)


def test_a_page_without_chinese_carries_no_chinese_font() -> None:
    assert embedded(fonts.css("plain words", "words")).keys() == {"suite sans", "suite serif"}


@pytest.mark.parametrize("char", ["𓀀", "𠀁"])
def test_characters_that_the_face_lacks_are_named(char: str) -> None:
    assert fonts.missing(f"中{char}文 abc ⁵") == [char]


def test_every_page_carries_every_chinese_character_that_it_may_show(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, broken=True)
    site.build(run)
    for path in run.glob("*.html"):
        page = read(path)
        shown = set("".join([*(text for _, text in page.texts), *page.painted]))
        faces = embedded(path.read_text(encoding="utf-8"))
        has = set().union(*(face.getBestCmap() for name, face in faces.items() if "sans" in name))
        assert {c for c in shown if ord(c) >= 0x2E80 and ord(c) not in has} == set(), path.name


def test_a_character_that_the_face_lacks_is_named_and_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run = site_sample.make(tmp_path, languages=("en",))
    notebook = run / "notebooks" / "01_alpha.ipynb"
    notebook.write_text(
        notebook.read_text(encoding="utf-8").replace("How fast does", "How 𓀀 does"), encoding="utf-8"
    )
    site.build(run)
    assert "How 𓀀 does" in (run / "01_alpha.html").read_text(encoding="utf-8")
    assert "01_alpha.html, cell 1: the pages' font has no 𓀀" in caplog.text
