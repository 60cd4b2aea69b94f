"""What a run draws on a terminal: within its width, and without colours where the user wants none."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.miniature import ENGINE, write

ESCAPE = re.compile(r"\x1b\[[0-9;?]*([A-Za-z])")
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38;[\d;]+)m")
LONG = "06_digital_currency_payments_and_more"


def on_terminal(root: Path, columns: int, **environment: str) -> str:
    """Standard error of `analysis run` on a terminal of so many columns."""
    own, given = pty.openpty()
    fcntl.ioctl(given, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    command = [sys.executable, "-m", "analysis", "run", "--no-html", "--no-cache", "--engine", ENGINE]
    variables = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CI")}
    variables |= {"TERM": "xterm", **environment}
    process = subprocess.Popen(command, cwd=root, stderr=given, stdout=subprocess.DEVNULL, env=variables)
    os.close(given)
    drawn = b""
    try:
        while piece := os.read(own, 65536):
            drawn += piece
    except OSError:  # how Linux says that the other side is closed
        pass
    finally:
        os.close(own)
    process.wait(timeout=30)
    return drawn.decode()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, LONG, "1")
    write(tmp_path, "07_fails", "1 / 0")
    return tmp_path


@pytest.mark.parametrize("columns", [40, 100])
def test_bars_stay_within_the_terminal(project: Path, columns: int) -> None:
    shown = on_terminal(project, columns)
    bars = [ESCAPE.sub("", line) for line in re.split(r"[\r\n]+", shown.partition("Failed:")[0])]
    assert max(map(len, bars)) <= columns
    assert any(line.startswith("✓ 06_digital") for line in bars)
    assert any("✗ 07_fails" in line for line in bars)
    assert any("━" in line for line in bars) == (columns == 100)


def test_no_colour_where_none_is_wanted(project: Path) -> None:
    assert COLOUR.search(on_terminal(project, 100))
    assert not COLOUR.search(on_terminal(project, 100, NO_COLOR="1"))


def test_errors_have_no_colour_where_none_is_wanted(tmp_path: Path) -> None:
    assert COLOUR.search(on_terminal(tmp_path, 100))  # no notebooks: one message
    assert not COLOUR.search(on_terminal(tmp_path, 100, NO_COLOR="1"))


CALLBACKS = {
    "__del__": "class A:\n    def __del__(self): strike()\nA()",
    "a weak reference": "import weakref\nclass A: pass\na = A()\nkept = weakref.ref(a, lambda _: strike())\ndel a",
    "the garbage collector": "import gc\ngc.callbacks.append(lambda phase, _: phase == 'start' and strike())\ngc.collect()\ngc.callbacks.clear()",
}
PASSED_OVER = """
import os, signal, sys, time
from analysis.suite.environment import termination_as_interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)
struck = []
def strike():
    if not struck:
        struck.append(1)
        os.kill(os.getpid(), {number})
        time.sleep(1)
try:
    with termination_as_interrupt():
        exec({source!r})
        time.sleep(10)
        print("went on")
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("place", CALLBACKS)
def test_a_signal_is_heard_where_python_passes_over_exceptions(place: str, number: int) -> None:
    script = PASSED_OVER.format(number=int(number), source=CALLBACKS[place])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("stopped\n", "")
