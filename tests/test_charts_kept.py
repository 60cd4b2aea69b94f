"""Pictures that were drawn before are taken again where nothing that they show has changed, and only there."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from analysis import kept
from analysis.charts import Chart, bars
from analysis.charts.canvas import depends_on

ABOUT = {"id": "x", "title": "A finding", "subtitle": "Things, 2020", "source": "Somebody"}
DATA = {"one": 1.0, "two": 2.5}


def chart(data: dict[str, float] = DATA, **about: str) -> Chart:
    return bars(data, unit="%", **{**ABOUT, **about})  # type: ignore[arg-type]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The charts that were drawn, by title."""
    from analysis.charts import canvas

    found: list[str] = []
    draw = canvas.drawn
    monkeypatch.setattr(canvas, "drawn", lambda c, narrow=False: (found.append(c.title), draw(c, narrow))[1])
    monkeypatch.setenv(kept.FOLDER_VARIABLE, str(tmp_path / "pictures"))
    return found


def test_an_equal_chart_is_drawn_once(drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = [chart().svg(), chart().svg(narrow=True)]
    assert first == [chart().svg(), chart().svg(narrow=True)] and len(drawn) == 2
    monkeypatch.delenv(kept.FOLDER_VARIABLE)
    assert first == [chart().svg(), chart().svg(narrow=True)] and len(drawn) == 4


@pytest.mark.parametrize(
    "other", [{"data": DATA | {"two": 2.6}}, {"title": "Another"}, {"subtitle": "Other things"}, {"notes": "A note"}, {"language": "zh"}]
)  # fmt: skip
def test_whatever_it_shows_draws_it_anew(drawn: list[str], other: dict[str, str]) -> None:
    before = chart().svg()
    assert chart(**other).svg() != before and len(drawn) == 2  # type: ignore[arg-type]


def test_settings_of_matplotlib_draw_it_anew(drawn: list[str]) -> None:
    import matplotlib

    chart().svg()
    with matplotlib.rc_context({"lines.linewidth": 7.0}):
        chart().svg()
    assert len(drawn) == 2


def test_a_damaged_picture_is_drawn_anew(drawn: list[str], tmp_path: Path) -> None:
    before = chart().svg()
    for content in (b"", b"<svg>", b"\xff\xfe", b"0" * 64 + b"\n<svg/>"):
        for path in (tmp_path / "pictures").iterdir():
            path.write_bytes(content)
        assert chart().svg() == before
    assert len(drawn) == 5


def test_what_a_cell_draws_itself_is_drawn_each_time(drawn: list[str]) -> None:
    plain = chart()
    own = Chart(**{**vars(plain), "draw": lambda canvas: plain.draw(canvas)})
    assert own.svg() == own.svg() and len(drawn) == 2


def test_a_warning_is_told_each_time(drawn: list[str], tmp_path: Path) -> None:
    def draw() -> str:
        warnings.warn("dim", UserWarning, stacklevel=1)
        return "<svg/>"

    for _ in range(2):
        with pytest.warns(UserWarning, match="dim"):
            assert kept.text(depends_on(chart()), draw) == "<svg/>"
