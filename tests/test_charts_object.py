"""The chart object: what it shows, that it is the same everywhere, and that it notices a changed number."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import pytest
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties, findfont

from analysis import charts, kept
from analysis.charts import PALETTE, PALETTE_DARK, Chart, ChartError, backend, canvas, fonts
from analysis.charts.palette import SERIES, lightness, text_on
from analysis.errors import UserError
from analysis.mime import FIGURE, SVG
from analysis.words import packs
from tests.charts_samples import ABOUT, FORMS, QUARTERS, lines

every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())


def _run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@every_form
def test_bundle_carries_picture_text_and_data(form):
    chart = form()
    bundle = chart._repr_mimebundle_()
    facts = bundle[FIGURE]
    assert facts["id"] == chart.id and facts["title"] == chart.title
    assert facts["alt"] and facts["source"] == chart.source
    assert facts["data_csv"].count("\n") == len(chart.data) + 1
    for part in (chart.title, chart.subtitle, chart.source, chart.alt):
        assert part in bundle["text/plain"]
    assert bundle[SVG].startswith("<svg") and facts["svg_narrow"].startswith("<svg")


UNITS = {"lines": "USD 100 million", "bars": "deals", "lying": "%", "stacked_share": "%", "slope": "CNY 100 million", "fan": "%", "specification_curve": "%"}  # fmt: skip


@every_form
def test_a_file_of_values_names_their_unit(form):
    rows = list(csv.DictReader(io.StringIO(form().data_csv())))
    if form.__name__ in UNITS:
        assert {row["unit"] for row in rows} == {UNITS[form.__name__]}
    elif form.__name__ == "levels_and_growth":
        assert [row["unit"] for row in rows] == ["万亿元"] * 5 + ["%"] * 3
    else:  # no values, or values that were given without a unit
        assert form.__name__ in ("timeline", "diagram", "card", "waterfall", "dot_interval")
        assert "unit" not in rows[0]


@every_form
def test_svg_is_fit_to_stand_in_a_page(form):
    chart = form()
    for narrow in (False, True):
        text = chart.svg(narrow)
        root = ElementTree.fromstring(text)
        assert root.get("role") == "img" and chart.alt in root.get("aria-label", "")
        assert float(root.get("width")) == (360 if narrow else 760)
        assert (
            "<style" not in text
            and "<metadata" not in text
            and "<!DOCTYPE" not in text
            and "<?xml" not in text
        )
        assert not re.search(r"\d\.\d{3,}", re.sub(r">[^<]*<|aria-label=\"[^\"]*\"", "", text)), (
            "more than two decimals"
        )
        ids = re.findall(r' id="([^"]+)"', text)
        # Numbered: checksums of unrounded coordinates would differ between versions of numpy and processors.
        assert len(ids) == len(set(ids))
        assert all(re.fullmatch(rf"{chart.id}-(?:wide|narrow)-\d+", name) for name in ids)
        assert set(re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", text)) == {
            (name, "") if f"url(#{name})" in text else ("", name) for name in ids
        }
        assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


@every_form
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_a_picture_is_byte_for_byte_that_of_matplotlib_s_own_canvas(form, narrow, monkeypatch):
    """Which measures every text anew, and looks for a place for labels that no axis has."""
    monkeypatch.delenv(kept.FOLDER_VARIABLE, raising=False)
    ours = form().svg(narrow)
    monkeypatch.setattr(canvas, "_BACKEND", None)
    monkeypatch.setattr(Axis, "set_label_coords", lambda *_: None)
    monkeypatch.setattr(backend, "_measured", None)
    assert form().svg(narrow) == ours


def test_a_cell_s_own_drawing_is_that_of_matplotlib_s_own_canvas(monkeypatch):
    """With what no form has: labels of axes, parts as pixels, a face by its file; and settings of the notebook."""

    def draw(sheet):
        axes = sheet.panel(200, 60, bottom=50)
        axes.scatter([0, 1], [0, 1], rasterized=True)
        axes.set_xlabel("Across")
        axes.set_ylabel("Up")
        mono = FontProperties(fname=findfont("DejaVu Sans Mono"), size=20)
        axes.text(0.5, 0.5, "Other face", rotation=30, ha="center", fontproperties=mono)

    monkeypatch.delenv(kept.FOLDER_VARIABLE, raising=False)
    made = charts.Chart(**{**vars(lines()), "draw": draw})
    for own in ({}, {"savefig.bbox": "tight"}, {"figure.autolayout": True}):
        with matplotlib.rc_context(own), warnings.catch_warnings(action="ignore"):
            with monkeypatch.context() as theirs:
                theirs.setattr(canvas, "_BACKEND", None)
                theirs.setattr(Axis, "set_label_coords", lambda *_: None)
                expected = made.svg()
            assert "Across" in expected and "<image" in expected
            assert made.svg() == expected


def test_texts_are_measured_right_by_several_threads_at_once() -> None:
    fonts.register()
    texts, plain = [f"{n} of {n * n}" for n in range(400)], RendererSVG(400, 300, io.StringIO())
    face = FontProperties(family=[fonts.FAMILY], size=100)
    backend._measured.cache_clear()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(backend._measured, texts))
    finally:
        sys.setswitchinterval(interval)
    assert found == [plain.get_text_width_height_descent(text, face, False) for text in texts]


def test_a_text_in_another_face_or_a_formula_is_measured_by_matplotlib() -> None:
    fonts.register()
    ours, theirs = (made(400, 300, io.StringIO()) for made in (backend.Renderer, RendererSVG))
    chinese, other = (FontProperties(family=[name], size=11) for name in (fonts.FAMILY, "DejaVu Sans"))
    for asked in (("Rate 2021", chinese, False), ("Rate", other, False), ("$x^2$", chinese, True)):
        assert ours.get_text_width_height_descent(*asked) == theirs.get_text_width_height_descent(*asked)
    sizes = {ours.get_text_width_height_descent("Rate", prop, False) for prop in (chinese, other)}
    assert len(sizes) == 2


@every_form
def test_texts_are_real_and_inside_the_picture(form):
    chart = form()
    for narrow in (False, True):
        root = ElementTree.fromstring(chart.svg(narrow))
        texts = [element for element in root.iter() if element.tag.endswith("text")]
        drawn = "".join("".join(element.itertext()) for element in texts).replace(" ", "")
        assert chart.title.replace(" ", "") in drawn and chart.source.replace(" ", "") in drawn
        wide, high = float(root.get("width")), float(root.get("height"))
        for element in texts:
            x, y = _place(element)
            assert 0 <= x <= wide and 0 <= y <= high, "".join(element.itertext())


def _place(element: ElementTree.Element) -> tuple[float, float]:
    """Where a text is anchored: by x and y, or by a translation."""
    moved = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
    if moved:
        return float(moved.group(1)), float(moved.group(2))
    return float(element.get("x", "nan")), float(element.get("y", "nan"))


@every_form
def test_only_colours_of_the_palette_are_drawn(form):
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', form().svg()))
    assert used and used <= set(PALETTE.values()), used - set(PALETTE.values())


@every_form
def test_labels_are_not_cut_off_and_do_not_lie_on_each_other(form):
    from analysis.charts.canvas import figure

    for narrow in (False, True):
        boxes = [box for box in _text_boxes(figure(form(), narrow)) if box[0].strip()]
        for index, (text, box) in enumerate(boxes):
            assert box.x0 >= -1 and box.x1 <= (360 if narrow else 760) + 1, f"{text!r} is cut off"
            for other, second in boxes[:index]:
                across = min(box.x1, second.x1) - max(box.x0, second.x0)
                along = min(box.y1, second.y1) - max(box.y0, second.y0)
                assert across <= 2 or along <= 5, f"{text!r} lies on {other!r}"


def _text_boxes(drawn):
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from analysis.charts.style import settings

    with matplotlib.rc_context(settings()):
        FigureCanvasAgg(drawn).draw()
        texts = [text for text in drawn.findobj(Text) if text.get_text() and text.get_visible()]
        return [(text.get_text(), text.get_window_extent()) for text in texts]


@pytest.mark.deep
def test_same_bytes_in_every_process():
    code = (
        "import hashlib; from tests.charts_samples import FORMS;"
        "print(hashlib.sha256(''.join(str(f()._repr_mimebundle_()) for f in FORMS.values()).encode()).hexdigest())"
    )
    one = _run(code, PYTHONHASHSEED="1", TZ="Asia/Shanghai", LC_ALL="C")
    two = _run(code, PYTHONHASHSEED="2", TZ="America/New_York", SOURCE_DATE_EPOCH="1600000000")
    assert one == two and len(one) == 64


def test_drawing_twice_gives_the_same_bytes():
    assert lines().svg() == lines().svg()


def test_a_notebooks_own_matplotlib_settings_change_nothing():
    import matplotlib

    before = lines().svg()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert lines().svg() == before


def test_a_changed_number_changes_text_data_and_picture():
    changed = lines({**QUARTERS, "2020-Q3": 14.01})
    before, after = lines()._repr_mimebundle_(), changed._repr_mimebundle_()
    assert before["text/plain"] != after["text/plain"]
    assert before[SVG] != after[SVG]
    assert before[FIGURE]["data_csv"] != after[FIGURE]["data_csv"]


def test_a_draft_shows_no_chart_and_loads_no_matplotlib():
    code = (
        "import sys; from tests.charts_samples import FORMS;"
        "assert all(make()._repr_mimebundle_() == {} for make in FORMS.values());"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'matplotlib', 'seaborn', 'cycler'}))"
    )
    assert _run(code, ANALYSIS_DRAW="none") == "[]"


def test_matplotlib_is_loaded_to_draw_and_not_to_compose():
    code = (
        "import sys; from tests.charts_samples import FORMS; made = [make() for make in FORMS.values()];"
        "before = 'matplotlib' in sys.modules; made[-1].svg(); print(before, 'matplotlib' in sys.modules)"
    )
    assert _run(code) == "False True"


def test_missing_glyph_names_character_and_chart():
    chart = charts.bars({"a": 1.0}, id="odd", **{**ABOUT, "title": "Up 🦄 and away"})
    with pytest.raises(ChartError, match=r"chart odd: the font has no glyph for '🦄' \(U\+1F984\)"):
        chart.svg()


def test_missing_glyph_fails_on_the_second_drawing_too():
    for _ in range(2):
        with pytest.raises(ChartError, match="no glyph"):
            charts.bars({"🦄": 1.0}, id="odd", **ABOUT).svg()


def test_chinese_comes_from_the_installed_face_alone():
    assert re.search(r"font-family=\"'Noto Sans SC', sans-serif\"", FORMS["levels_and_growth"]().svg())


@pytest.mark.parametrize("field", ["title", "subtitle", "source"])
def test_every_chart_states_its_words(field):
    with pytest.raises(ChartError, match=f"chart x: {field} is empty"):
        charts.bars({"a": 1.0}, id="x", **{**ABOUT, field: " "})


def test_bad_id_and_language():
    with pytest.raises(ChartError, match="small letters, digits and hyphens"):
        charts.bars({"a": 1.0}, id="Figure 1", **ABOUT)
    with pytest.raises(UserError, match="language is en or zh, not 'fr'"):
        charts.bars({"a": 1.0}, id="x", language="fr", **ABOUT)


@every_form
def test_an_option_that_a_form_does_not_have_is_refused(form, monkeypatch):
    for name in FORMS.keys() & set(charts.__all__):
        made = getattr(charts, name)
        monkeypatch.setattr(charts, name, lambda *a, made=made, **k: made(*a, **k, colours="red"))
    with pytest.raises(ChartError, match=r"chart [\w-]+: this form has no option 'colours'"):
        form()


def test_a_further_language_is_a_file(tmp_path, monkeypatch):
    """A third pack, a copy of the English one: every form is drawn in it, and says the same."""
    asked = {"language": "en"}
    for name in FORMS.keys() & set(charts.__all__):
        form = getattr(charts, name)
        monkeypatch.setattr(charts, name, lambda *a, form=form, **k: form(*a, **{**k, **asked}))
    english = [(chart.alt, chart.svg()) for chart in (make() for make in FORMS.values())]
    for path in packs._FOLDER.glob("*.toml"):
        shutil.copy(path, tmp_path)
    shutil.copy(tmp_path / "en.toml", tmp_path / "fr.toml")
    monkeypatch.setattr(packs, "_FOLDER", tmp_path)
    try:
        packs.languages.cache_clear()
        asked["language"] = "fr"
        assert [(chart.alt, chart.svg()) for chart in (make() for make in FORMS.values())] == english
    finally:
        monkeypatch.undo()
        packs.languages.cache_clear()
        packs.pack.cache_clear()


def test_alt_text_can_be_replaced_and_survives():
    chart = charts.bars({"a": 1.0}, id="x", alt="Told otherwise.", **ABOUT)
    assert chart.alt == "Told otherwise." and "Told otherwise." in chart.svg()


def test_curly_quotes_are_straight_in_english_only():
    english = charts.bars({"a": 1.0}, id="x", **{**ABOUT, "title": "The bank’s “share”"})
    assert "The bank's" in english.svg()
    chinese = charts.bars({"甲": 1.0}, id="x", language="zh", **{**ABOUT, "title": "“份额”"})
    assert "“份额”" in chinese.svg()


def test_palettes_match_and_can_be_told_apart():
    assert PALETTE.keys() == PALETTE_DARK.keys()
    assert len(set(PALETTE.values())) == len(PALETTE), "a page maps colours by their value"
    shades = sorted(lightness(colour) for colour in SERIES)
    assert all(_contrast(colour, 1.0) >= 3 for colour in SERIES)
    assert all(b - a > 0.008 for a, b in itertools.pairwise(shades)), "legible in grey"


def _contrast(colour: str, ground: float) -> float:
    return (ground + 0.05) / (lightness(colour) + 0.05)


@pytest.mark.parametrize("name", [f"series{i}" for i in range(1, 7)] + ["context"])
def test_text_on_a_fill_is_legible_on_both_grounds(name):
    key = next(key for key, value in PALETTE.items() if value == text_on(PALETTE[name]))
    for palette in (PALETTE, PALETTE_DARK):
        fill, ink = lightness(palette[name]), lightness(palette[key])
        assert (max(fill, ink) + 0.05) / (min(fill, ink) + 0.05) >= 3, name


def test_draw_is_called_lazily_and_may_be_ones_own():
    calls = []

    def draw(canvas):
        calls.append(canvas.narrow)
        canvas.panel(100, left=40).plot([0, 1], [1, 2])

    data = charts.lines(QUARTERS, id="x", **ABOUT).data
    chart = Chart(id="own", data=data, alt="Own.", draw=draw, **ABOUT)
    assert not calls
    assert hashlib.sha256(chart.svg().encode()).digest() == hashlib.sha256(chart.svg().encode()).digest()
    assert calls == [False, False]
