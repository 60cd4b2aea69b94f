"""Pictures that were drawn before are taken again where nothing that they show has changed, and only there."""

from __future__ import annotations

import os
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


def test_an_entry_in_another_ones_place_is_not_believed(drawn: list[str], tmp_path: Path) -> None:
    first, second = chart().svg(), chart(title="Another").svg()
    one, other = sorted((tmp_path / "pictures").iterdir())
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])
    assert [chart().svg(), chart(title="Another").svg()] == [first, second] and len(drawn) == 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_in_the_place_of_an_entry_is_not_waited_for(drawn: list[str], tmp_path: Path) -> None:
    first = chart().svg()
    (entry,) = (tmp_path / "pictures").iterdir()
    entry.unlink()
    os.mkfifo(entry)
    assert chart().svg() == first and len(drawn) == 2


@pytest.mark.parametrize("made", ["a\rb\r\nc\n", "\ud800", ""])
def test_every_text_comes_back_as_it_was_made(drawn: list[str], made: str) -> None:
    for _ in range(2):
        assert kept.text(b"this", lambda: made) == made


def test_a_warning_that_nobody_wanted_to_hear_is_heard_by_others(drawn: list[str]) -> None:
    def draw() -> str:
        warnings.warn("dim", UserWarning, stacklevel=1)
        return "<svg/>"

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kept.text(b"this", draw)
    with pytest.warns(UserWarning, match="dim"):
        kept.text(b"this", draw)


def test_what_warns_before_it_fails_is_heard(drawn: list[str]) -> None:
    def draw() -> str:
        warnings.warn("dim", UserWarning, stacklevel=1)
        raise ValueError("dark")

    with pytest.warns(UserWarning, match="dim"), pytest.raises(ValueError, match="dark"):
        kept.text(b"this", draw)


def test_a_warning_is_told_each_time(drawn: list[str], tmp_path: Path) -> None:
    def draw() -> str:
        warnings.warn("dim", UserWarning, stacklevel=1)
        return "<svg/>"

    for _ in range(2):
        with pytest.warns(UserWarning, match="dim"):
            assert kept.text(depends_on(chart()), draw) == "<svg/>"
