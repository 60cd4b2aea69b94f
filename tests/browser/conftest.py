"""A browser without network but this machine, and the pages to open: a small sample, and a real run in both languages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis import site
from analysis.errors import UserError
from analysis.site import paper
from tests import site_sample

ROOT = Path(__file__).parents[2]
SAFE = [
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's program. Without one the tests are skipped, saying so; in CI they fail."""
    try:
        return paper.browser()
    except UserError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must test in a browser: {error}")
        pytest.skip(f"NOT TESTED IN A BROWSER: {error}")


@pytest.fixture(scope="session")
def browser(program: str) -> Iterator[Any]:
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=[*SAFE, *sandbox])
        yield started
        started.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run with every kind of output, its pages built."""
    run = site_sample.make(tmp_path_factory.mktemp("sample"), broken=True)
    site.build(run)
    return run


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own notebooks, executed in both languages in a copy, their pages built."""
    project = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "data"):
        shutil.copytree(ROOT / name, project / name)
    for name in ("pyproject.toml", "report.toml"):
        shutil.copyfile(ROOT / name, project / name)
    # In a process of its own: what notebooks are forked from belongs to the first project of a process.
    command = [
        sys.executable,
        "-m",
        "analysis",
        "--project",
        str(project),
        "run",
        "real",
        "--language",
        "both",
        "--quiet",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "reports" / "real"


class Visits:
    """Pages opened from disk. Any request but file: and data:, and any error in the console, is a complaint."""

    def __init__(self, browser: Any) -> None:
        self.browser, self.complaints = browser, list[str]()
        self._contexts: list[Any] = []

    def open(self, path: Path, width: int = 1280, scheme: str = "light", anchor: str = "") -> Any:
        """The page in a window of its own."""
        size = {"width": width, "height": 900}
        context = self.browser.new_context(viewport=size, color_scheme=scheme, accept_downloads=True)
        self._contexts.append(context)
        context.route("**/*", self._refuse)
        page = context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.goto(path.as_uri() + (f"#{anchor}" if anchor else ""))
        return page

    def close(self) -> None:
        """All of them."""
        for context in self._contexts:
            context.close()

    def _refuse(self, route: Any) -> None:
        url = route.request.url
        if url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.complaints.append(f"requests {url}")
            route.abort()

    def _hear(self, message: Any) -> None:
        # The debugger, asked for styles, reads the page again by itself.
        if message.type in ("error", "warning") and "Unsafe attempt to load URL" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """A function that opens a page from disk. Any complaint of it fails the test."""
    visits = Visits(browser)
    yield visits.open
    visits.close()
    assert visits.complaints == []
