"""The cache of executed notebooks: found when nothing changed, and only then; never in the way."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from analysis.suite import cache as cache_module
from analysis.suite.cache import Cache


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("data/a.csv", "module.py", "requirements.lock"):
        (tmp_path / name).write_text(f"content of {name}\n")
        os.utime(tmp_path / name, (1, 1))
    return tmp_path


def cache_of(root: Path, **options: Any) -> Cache:
    return Cache(root, root / ".cache" / "notebooks", **options)


def observed(root: Path, **changes: Any) -> dict[str, Any]:
    used = {
        "modules": {"module": str(root / "module.py")},
        "reads": [str(root / "data" / "a.csv")],
        "listed": [str(root / "data")],
        "written": [],
        "opaque": [],
        "since": time.time(),
    }
    return used | changes


SOURCE, UPSTREAM, CONTENT = b"source", {"01": "abc"}, b"executed\nnotebook"


def keep(root: Path) -> Cache:
    assert cache_of(root).keep(SOURCE, UPSTREAM, CONTENT, observed(root)) == ""
    return cache_of(root)


def test_what_was_kept_is_found(root: Path) -> None:
    assert keep(root).find(SOURCE, UPSTREAM) == CONTENT


def test_an_empty_cache_finds_nothing(root: Path) -> None:
    assert cache_of(root).find(SOURCE, UPSTREAM) is None


CHANGES: dict[str, Any] = {
    "source": lambda root: (b"other", UPSTREAM),
    "upstream result": lambda root: (SOURCE, {"01": "other"}),
    "one more upstream": lambda root: (SOURCE, {**UPSTREAM, "02": "x"}),
    "data": lambda root: (root / "data/a.csv").write_text("other"),
    "data removed": lambda root: (root / "data/a.csv").unlink(),
    "one more file in a folder": lambda root: (root / "data/b.csv").write_text("new"),
    "module": lambda root: (root / "module.py").write_text("other"),
    "lock": lambda root: (root / "requirements.lock").write_text("other"),
    "lock removed": lambda root: (root / "requirements.lock").unlink(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_makes_it_run_again(root: Path, change: str) -> None:
    keep(root)
    asked = CHANGES[change](root)
    source, upstream = asked if isinstance(asked, tuple) else (SOURCE, UPSTREAM)
    assert cache_of(root).find(source, upstream) is None


@pytest.mark.parametrize("harmless", ["data/sub/deep.csv", "other.csv", "data/.hidden", "reports/x"])
def test_other_changes_do_not(root: Path, harmless: str) -> None:
    (root / "data" / "sub").mkdir()
    keep(root)
    (root / harmless).parent.mkdir(exist_ok=True)
    (root / harmless).write_text("new")
    assert cache_of(root).find(SOURCE, UPSTREAM) == CONTENT


def test_a_change_undone_is_found_again(root: Path) -> None:
    keep(root)
    (root / "module.py").write_text("other")
    os.utime(root / "module.py", (1, 1))
    assert cache_of(root).keep(SOURCE, UPSTREAM, b"second", observed(root)) == ""
    assert cache_of(root).find(SOURCE, UPSTREAM) == b"second"
    (root / "module.py").write_text("content of module.py\n")
    assert cache_of(root).find(SOURCE, UPSTREAM) == CONTENT


def test_a_file_that_was_missing_and_comes_is_a_change(root: Path) -> None:
    missing = str(root / "data" / "later.csv")
    cache_of(root).keep(SOURCE, UPSTREAM, CONTENT, observed(root, reads=[missing], listed=[]))
    assert cache_of(root).find(SOURCE, UPSTREAM) == CONTENT
    Path(missing).write_text("here")
    assert cache_of(root).find(SOURCE, UPSTREAM) is None


def test_settings_in_the_environment_count(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(root)
    monkeypatch.setenv("ANALYSIS_NOTEBOOKS", "/some/run")
    assert cache_of(root).find(SOURCE, UPSTREAM) == CONTENT
    monkeypatch.setenv("ANALYSIS_DATA", "/other/data")
    assert cache_of(root).find(SOURCE, UPSTREAM) is None


@pytest.mark.parametrize("what", ["python", "packages", "suite"])
def test_interpreter_packages_and_our_own_code_count(
    root: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(root)
    if what == "python":
        monkeypatch.setattr(sys, "version", "3.99")
    elif what == "packages":
        monkeypatch.setattr(cache_module, "_packages", lambda: ["pandas-99.dist-info"])
    else:
        plain = cache_module._file_checksum
        monkeypatch.setattr(
            cache_module, "_file_checksum", lambda path: "new" if path.name == "shell.py" else plain(path)
        )
    assert cache_of(root).find(SOURCE, UPSTREAM) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"written": ["/project/out.csv"]}, "writes files"),
        ({"opaque": ["it uses the network"]}, "network"),
        ({"since": 0.0}, "changed during the run"),
    ],
)
def test_a_notebook_that_cannot_be_judged_is_not_kept(
    root: Path, changes: dict[str, Any], reason: str
) -> None:
    cache = cache_of(root)
    assert reason in cache.keep(SOURCE, UPSTREAM, CONTENT, observed(root, **changes))
    assert "nobody watched" in cache.keep(SOURCE, UPSTREAM, CONTENT, {})
    assert cache.find(SOURCE, UPSTREAM) is None


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "foreign"])
def test_a_damaged_entry_is_removed_with_a_warning(
    root: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = keep(root)
    (entry,) = (path for path, _ in cache._entries())
    good = entry.read_bytes()
    bad = {
        "truncate": good[:-3],
        "flip": good[:-3] + bytes([good[-3] ^ 1]) + good[-2:],
        "empty": b"",
        "foreign": b"{}\n",
    }[damage]
    entry.write_bytes(bad)
    with caplog.at_level(logging.WARNING):
        assert cache.find(SOURCE, UPSTREAM) is None
    assert "is damaged" in caplog.text and not entry.exists()
    assert keep(root).find(SOURCE, UPSTREAM) == CONTENT


def test_the_cache_may_move_with_its_project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    keep(root)
    moved = root.rename(tmp_path_factory.mktemp("new") / "project")
    assert cache_of(moved).find(SOURCE, UPSTREAM) == CONTENT


def test_the_oldest_entries_go_when_it_is_full(root: Path) -> None:
    cache = cache_of(root, max_bytes=30_000)
    for number in range(8):
        cache.keep(b"%d" % number, {}, b"x" * 8_000, observed(root))
        for path, _ in cache._entries():
            os.utime(path, (path.stat().st_mtime - 10,) * 2)
        cache.find(b"0", {})  # used each time, so it stays
    assert cache.info().bytes <= 30_000
    assert [cache.find(b"%d" % n, {}) is not None for n in range(8)] == [True, *[False] * 5, True, True]


def test_clear_and_info(root: Path) -> None:
    cache = keep(root)
    assert cache.info().entries == 1 and cache.info().bytes > len(CONTENT)
    assert cache.clear().entries == 1
    assert (cache.info().entries, cache.info().bytes, cache.find(SOURCE, UPSTREAM)) == (0, 0, None)
    assert cache.clear().entries == 0


def test_a_cache_that_cannot_be_written_is_no_error(root: Path) -> None:
    (root / ".cache").write_text("a file where the folder should be")
    assert "cannot be written" in cache_of(root).keep(SOURCE, UPSTREAM, CONTENT, observed(root))
    assert cache_of(root).find(SOURCE, UPSTREAM) is None


def test_several_writers_and_readers_at_once(root: Path) -> None:
    content = {n: bytes([n]) * 200_000 for n in range(4)}

    def work(number: int) -> bool:
        cache, n = cache_of(root, max_bytes=500_000), number % 4
        if number % 7 == 0:
            cache.clear()
        cache.keep(b"%d" % n, {}, content[n], observed(root))
        return cache.find(b"%d" % n, {}) in (None, content[n])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(60)))


def test_the_commands(tmp_path: Path, root: Path) -> None:
    (root / "notebooks").mkdir()
    (root / "notebooks" / "01_a.ipynb").write_text("{}")
    keep(root)

    def call(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "analysis", *arguments],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "1 entries" in call("cache", "info") or "1 entry" in call("cache", "info")
    assert "Removed 1" in call("cache", "clear")
    assert cache_of(root).find(SOURCE, UPSTREAM) is None
