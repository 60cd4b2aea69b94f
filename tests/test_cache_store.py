"""The cache of executed notebooks: bounded, safe for many at once, never in the way. What is in a key: test_cache_inputs."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from analysis.suite.cache import Cache, Key
from analysis.suite.inputs import Inputs
from analysis.suite.project import Project
from analysis.suite.watch import Seen
from tests.miniature import write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "01_a", "1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1")
    return tmp_path


def cache_of(root: Path, **options: Any) -> Cache:
    return Cache(root / ".cache" / "notebooks", Inputs(Project(root), {}), **options)


def key(root: Path, number: int = 0) -> Key:
    return Key(Project(root).notebooks[0], b"%d" % number, {})


CONTENT = b'{"cells": []}'


def content(number: int, size: int) -> bytes:
    return b'{"cells": "%s"}' % (b"%d" % number * size)


def keep(root: Path) -> Cache:
    assert cache_of(root).keep(key(root), CONTENT, Seen()) == ""
    return cache_of(root)


def test_what_was_kept_is_found(root: Path) -> None:
    assert cache_of(root).find(key(root)) is None
    assert keep(root).find(key(root)) == CONTENT


@pytest.mark.parametrize("harmless", ["other.csv", "reports/x", "data/.git/x", "notebooks/__pycache__/h.pyc"])
def test_changes_beside_the_inputs_do_not_count(root: Path, harmless: str) -> None:
    keep(root)
    (root / harmless).parent.mkdir(exist_ok=True)
    (root / harmless).write_text("new")
    assert cache_of(root).find(key(root)) == CONTENT


def test_a_change_undone_is_found_again(root: Path) -> None:
    keep(root)
    (root / "data" / "a.csv").write_text("other")
    assert cache_of(root).find(key(root)) is None
    (root / "data" / "a.csv").write_text("1")
    assert cache_of(root).find(key(root)) == CONTENT


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (Seen(written=("/project/out.csv",)), "writes files"),
        (Seen(reasons=("it uses the network",)), "network"),
        (Seen(paths=("/etc/hostname",)), "reads /etc/hostname, which is no declared input"),
        (None, "nobody watched"),
    ],
)
def test_a_notebook_that_used_more_than_its_inputs_is_not_kept(
    root: Path, seen: Seen | None, reason: str
) -> None:
    assert reason in cache_of(root).keep(key(root), CONTENT, seen)
    assert cache_of(root).find(key(root)) is None


def test_the_oldest_entries_go_when_it_is_full(root: Path) -> None:
    cache = cache_of(root, max_bytes=30_000)
    for number in range(8):
        cache.keep(key(root, number), content(number, 8_000), Seen())
        for path, _ in cache._entries():
            os.utime(path, (path.stat().st_mtime - 10,) * 2)
        cache.find(key(root, 0))  # used each time, so it stays
    assert cache.info().bytes <= 30_000
    assert [cache.find(key(root, n)) is not None for n in range(8)] == [True, *[False] * 5, True, True]


def test_clear_and_info(root: Path) -> None:
    cache = keep(root)
    assert cache.info().entries == 1 and cache.info().bytes > len(CONTENT)
    assert cache.clear().entries == 1
    assert (cache.info().entries, cache.info().bytes, cache.find(key(root))) == (0, 0, None)
    assert cache.clear().entries == 0


def test_a_cache_that_cannot_be_written_is_no_error(root: Path) -> None:
    (root / ".cache").write_text("a file where the folder should be")
    assert "cannot be written" in cache_of(root).keep(key(root), CONTENT, Seen())
    assert cache_of(root).find(key(root)) is None


def test_several_writers_and_readers_at_once(root: Path) -> None:
    def work(number: int) -> bool:
        cache, n = cache_of(root, max_bytes=500_000), number % 4
        if number % 7 == 0:
            cache.clear()
        cache.keep(key(root, n), content(n, 200_000), Seen())
        return cache.find(key(root, n)) in (None, content(n, 200_000))

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(60)))


def test_the_commands(tmp_path: Path, root: Path) -> None:
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
    beside = [root / ".cache" / name / "state" for name in ("kept", "pictures")]
    for folder in beside:
        folder.mkdir(parents=True)
        (folder / "entry").write_text("made before")
    assert "Removed 1" in call("cache", "clear")
    assert cache_of(root).find(key(root)) is None
    assert not any(folder.exists() for folder in beside)
