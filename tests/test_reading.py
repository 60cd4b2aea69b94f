"""Files that people spoil: each is one message with its name, never a traceback, never a wait without end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis import reading
from analysis.errors import UserError
from analysis.reading import Unreadable


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: None, "there is no such file"),
        (lambda p: p.mkdir(), "a folder where a file is wanted"),
        (lambda p: os.mkfifo(p), "a pipe where a file is wanted"),
        (lambda p: p.symlink_to(p.name), "cannot be read"),
        (lambda p: p.symlink_to("/dev/zero"), "a device where a file is wanted"),
    ],
)
def test_what_is_no_plain_file_is_refused_by_kind(tmp_path: Path, make: object, said: str) -> None:
    path = tmp_path / "x.json"
    make(path)  # type: ignore[operator]
    with pytest.raises(Unreadable, match=said) as refused:
        reading.content(path)
    assert str(path) in str(refused.value)


def test_a_file_too_large_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"x" * 101)
    with pytest.raises(Unreadable, match="at most"):
        reading.content(path, limit=100)
    assert reading.content(path, limit=101) == b"x" * 101


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "not JSON"), (b"\xff\xfe", "not UTF-8 \\(byte 0\\)"), (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "not JSON"), (b"[1]", "an object is wanted"), (b"", "not JSON"),
    ],
)  # fmt: skip
def test_json_that_is_none_is_named(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(raw)
    with pytest.raises(Unreadable, match=said):
        reading.mapping_of(path)


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_break_a_reader(tmp_path: Path, raw: bytes) -> None:
    """Whatever stands in a file: a value, or an error that a user can act on."""
    path = tmp_path / "any"
    path.write_bytes(raw)
    for read in (reading.json_of, reading.yaml_of, reading.toml_of, reading.rows_of, reading.text):
        try:
            read(path)
        except UserError as error:
            assert "any" in str(error) or "line" in str(error)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("a: no", {"a": "no"}), ("a: yes", {"a": "yes"}), ("a: on", {"a": "on"}), ("a: 1:30", {"a": "1:30"}),
        ("a: 010", {"a": "010"}), ("a: 2021-02-30", {"a": "2021-02-30"}), ("a: 2021-01-02", {"a": "2021-01-02"}),
        ("a: 0x10", {"a": "0x10"}), ("a: 1_000", {"a": "1_000"}), ("a: true", {"a": True}), ("a: ~", {"a": None}),
        ("a:", {"a": None}), ("a: -1.5e3", {"a": -1500.0}), ("a: 7", {"a": 7}), ("a: [1, x]", {"a": [1, "x"]}), ("", None),
        ('a: "\\ud83d\\ude00"', {"a": "😀"}),
    ],
)  # fmt: skip
def test_yaml_is_read_without_the_surprises_of_its_first_version(raw: str, value: object) -> None:
    assert reading.yaml_in(raw) == value


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: a stands in line 1 already"), ("{1: 2}", "line 1: 1 is no name"),
        ("x: {b: 1, b: 2}", "line 1: b stands in line 1 already"), ("a: !!timestamp x", "the tag"),
        ("a: !!python/object/apply:os.system [id]", "the tag"), ("a: !!binary x", "the tag"),
        ('a: 1\nb: "\\ud83d x"', "line 2: half a character"),
    ],
)  # fmt: skip
def test_yaml_that_would_be_guessed_at_is_refused(raw: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        reading.yaml_in(raw)


def test_rows_of_unequal_length_and_zero_bytes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="row 3: 2 cells needed"):
        reading.rows_of(path)
    path.write_bytes(b"a,b\n1,x\0y\n")
    with pytest.raises(Unreadable, match="row 2, column b: contains a zero byte"):
        reading.rows_of(path)
    path.write_text("\ufeffa,b\n1,2\n", encoding="utf-8")
    assert reading.rows_of(path) == [{"a": "1", "b": "2"}]


def test_messages_are_one_short_line() -> None:
    assert reading.shortened("a\n  b") == "a b"
    assert len(reading.shortened("x" * 70_000)) == 160


def test_a_deleted_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(Unreadable, match="no longer exists"):
        reading.here()


TREES = """
import gc, sys, threading, time
from analysis.reading import parsed

class Slow:
    def __del__(self): time.sleep(0)  # lets another thread in while a tree is being made

def make():
    for _ in range(60):
        for _ in range(5):
            a = Slow()
            a.itself = a
        try:
            parsed("x = [1, 2, 3]\\n" * 50)
        except SystemError as error:
            wrong.append(error)

gc.set_threshold(20)
wrong = []
threads = [threading.Thread(target=make) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
sys.exit(len(wrong))
"""


def test_trees_made_at_once_in_several_threads_do_not_mix() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TREES], timeout=60, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
