"""The single file as PDF, printed by a Chromium that the system has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from analysis.errors import UserError

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
_DATE = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}([^)]*\))")
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

    The same page gives the same bytes, as far as the browser does: Chromium was seen once to lay a page out otherwise.
    """
    program = browser()
    pdf.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        printed = Path(profile) / "page.pdf"
        command = [
            program, "--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--no-pdf-header-footer",
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={profile}/profile", f"--print-to-pdf={printed}", page.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Chromium's sandbox refuses to start for root
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, errors="replace")
        except subprocess.TimeoutExpired:
            raise UserError(f"{program} did not finish printing {page.name} within {_SECONDS} s.") from None
        if done.returncode or not printed.is_file():
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise UserError(f"{program} could not print {page.name} (exit {done.returncode}): {last}")
        pdf.write_bytes(_undated(printed.read_bytes()))


def _undated(content: bytes) -> bytes:
    """The PDF without the time of printing; lengths stay, so that its table of offsets holds."""
    content = _DATE.sub(rb"\g<1>20000101000000\2", content)
    return _XMP_DATE.sub(rb"\g<1>2000-01-01T00:00:00", content)
