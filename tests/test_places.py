"""Where a project is looked for, again and again in one process."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import places


def test_the_project_above_is_found_and_found_anew_when_it_is_none_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "outer" / "inner" / "notebooks"
    inner.mkdir(parents=True)
    outer, near = inner.parents[1] / places.REPORT, inner.parent / places.REPORT
    outer.touch()
    near.touch()
    monkeypatch.chdir(inner)
    assert places.nearest() == near.parent
    near.unlink()
    assert places.nearest() == outer.parent
    outer.unlink()
    assert places.nearest() is None
    near.touch()
    assert places.nearest() == near.parent


def test_it_is_looked_for_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "notebooks").mkdir(parents=True)
        (tmp_path / name / places.REPORT).touch()
    for name in ("one", "two", "one"):
        monkeypatch.chdir(tmp_path / name)
        assert places.nearest() == places.nearest(Path("notebooks")) == tmp_path / name
