"""A page as PDF, printed by a Chromium that the system has; one with a table of contents gets bookmarks from it."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from analysis.errors import UserError
from analysis.reading import parsing
from analysis.site import binding
from analysis.suite.files import scratch
from analysis.writing import write_atomically

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge",
    "msedge",
)
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_SECONDS = 180
_WHOLE = {".pdf": (b"%PDF-", b"%%EOF"), ".png": (b"\x89PNG\r\n", b"IEND")}
"""How a file of the kind begins and ends."""
_PR_SET_PDEATHSIG = 1
_DATE = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}([^)]*\))")
_NODE = re.compile(rb"\(node(\d{8})\)")  # (node00000363)
_XMP_DATE = re.compile(rb"(<xmp:(?:CreateDate|ModifyDate|MetadataDate)>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


class NoBrowser(UserError):
    """PDF needs a Chromium, and none was found."""


def browser() -> str:
    """The path of a Chromium, Chrome or Edge: $CHROME if set, else what is installed. NoBrowser when there is none."""
    given = os.environ.get("CHROME", "")
    candidates = [given] if given else [*_NAMES, *_PLACES]
    for candidate in candidates:
        found = shutil.which(candidate)
        if found:
            return found
    looked = (
        f"CHROME names {given}, which cannot be run." if given else "No Chromium, Chrome or Edge was found."
    )
    raise NoBrowser(
        f"PDF is printed by a browser. {looked} Install one (Debian/Ubuntu: apt install chromium; macOS: brew install "
        "--cask chromium), or name its program in the environment variable CHROME."
    )


def write(page: Path, pdf: Path) -> None:
    """Print an HTML file as PDF. UserError when the browser fails.

    The same page gives the same bytes.
    """
    content = _settled(_browse(page, "page.pdf", "--no-pdf-header-footer", "--print-to-pdf={}"))
    entries = binding.contents(page.read_text(encoding="utf-8"))
    with _printing():
        bound = binding.bound(content, entries)
    write_atomically(pdf, bound if entries else content)


def picture(page: Path, width: int, height: int) -> bytes:
    """The upper left part of a page, of that size in px, as PNG of twice as many pixels. UserError when the browser fails."""
    size = f"--window-size={width},{height}"
    return _browse(page, "page.png", size, "--force-device-scale-factor=2", "--screenshot={}")


def _printing() -> AbstractContextManager[None]:
    """What fails within is the browser's fault, and one line with its name."""
    return parsing(Path(browser()), "a browser that prints")


def _browse(page: Path, name: str, *options: str) -> bytes:
    """The file `name` that a browser makes of a page; {} in an option stands for its path."""
    program = browser()
    with scratch("print") as profile:
        made = profile / name
        command = [
            program, "--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--hide-scrollbars",
            "--virtual-time-budget=10000",  # fonts that load late are waited for
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={profile}/profile", *(option.format(made) for option in options), page.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium's sandbox refuses to start for root
        try:
            code, said = _run(command, profile)
        except subprocess.TimeoutExpired:
            raise UserError(f"{program} did not finish printing {page.name} within {_SECONDS} s.") from None
        if code or not made.is_file():
            last = (said.strip().splitlines() or ["no message"])[-1]
            raise UserError(f"{program} could not print {page.name} (exit {code}): {last}")
        content = made.read_bytes()
        begin, end = _WHOLE[made.suffix]
        if not content.startswith(begin) or end not in content[-1024:]:
            raise UserError(
                f"{program} could not print {page.name}: what it wrote is no whole {made.suffix[1:].upper()}"
            )
        return content


def _run(command: list[str], folder: Path) -> tuple[int, str]:
    """Exit code and messages of a browser. It and its helpers end with us, however we end; what they keep is in `folder`.

    Raises subprocess.TimeoutExpired.
    """
    with _printing():
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
            env={**os.environ, "TMPDIR": str(folder)}, preexec_fn=_end_with_owner(),
        )  # fmt: skip
    try:
        said = started.communicate(timeout=_SECONDS)[1]
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    return started.returncode, said.decode("utf-8", "replace")


def _end_with_owner() -> Callable[[], None] | None:
    """What a browser calls before it starts, so that the system ends it with this process (Linux)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _settled(content: bytes) -> bytes:
    """The PDF without the time of printing, its nodes counted from one; lengths stay, so that its table of offsets holds.

    Chromium names the cells of a table after its own count of nodes, which begins elsewhere once in many prints.
    """
    order = {name: b"%08d" % rank for rank, name in enumerate(sorted(set(_NODE.findall(content))), start=1)}
    content = _NODE.sub(lambda found: b"(node" + order[found[1]] + b")", content)
    content = _DATE.sub(rb"\g<1>20000101000000\2", content)
    return _XMP_DATE.sub(rb"\g<1>2000-01-01T00:00:00", content)
