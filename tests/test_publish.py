"""`analysis publish`: whole or not at all, nothing of others touched, every link found when it is served under a path."""

from __future__ import annotations

import html
import http.server
import json
import re
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import site
from analysis.commands.publish import command
from analysis.errors import UserError
from analysis.site import hosting, source
from analysis.suite import manifest
from tests import site_sample

BASE = "https://example.org/a/report"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> source.Run:
    folder = site_sample.make(tmp_path_factory.mktemp("publish") / "run", broken=True)
    facts = {"format": 1, "platform": {"system": "secret-host"}, "inputs": {"data/a.csv": "0" * 64}}
    (folder / manifest.NAME).write_text(json.dumps(facts))
    (folder / "results").mkdir()
    (folder / "results" / "claims.csv").write_text("claim_id\nalpha\n")
    site.build(folder)
    return source.read(folder)


@pytest.fixture
def served(run: source.Run, tmp_path: Path) -> Iterator[str]:
    """The address of the published site, two folders below the root of a server."""
    hosting.publish(run, tmp_path / "a" / "b")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/a/b/"
    server.shutdown()


def visible(page: str) -> str:
    return re.sub(r"<script\b.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)


def broken(start: str) -> list[str]:
    """Links of a served site that lead nowhere: no file, or no such place in it."""
    pages: dict[str, str | None] = {}

    def text(address: str) -> str | None:
        if address not in pages:
            try:
                with urllib.request.urlopen(address) as answer:
                    pages[address] = answer.read().decode("utf-8")
            except urllib.error.HTTPError:
                pages[address] = None
        return pages[address]

    wrong, waiting, seen = [], [start], set()
    while waiting:
        here = waiting.pop()
        seen.add(here)
        for link in re.findall(r'\b(?:href|src)="([^"]*)"', visible(text(here) or "")):
            target, anchor = urllib.parse.urldefrag(urllib.parse.urljoin(here, html.unescape(link)))
            if not target.startswith("http://127.0.0.1"):
                continue
            found = text(target)
            if found is None or (anchor and f'id="{urllib.parse.unquote(anchor)}"' not in found):
                wrong.append(f"{here}: {link}")
            elif target.endswith(".html") and target not in seen and target not in waiting:
                waiting.append(target)
    assert len(seen) >= 6
    return wrong


def test_every_link_is_found_under_a_path(served: str) -> None:
    assert broken(served + "index.html") == []
    assert broken(served + "404.html") == []


def test_the_link_checker_finds_a_page_and_a_place_that_are_not_there(served: str, tmp_path: Path) -> None:
    index = tmp_path / "a" / "b" / "index.html"
    links = '<a href="gone.html"></a><a href="01_alpha.html#nowhere"></a>'
    index.write_text(index.read_text(encoding="utf-8").replace("<main", links + "<main", 1), encoding="utf-8")
    assert [line.split(": ")[1] for line in broken(served + "index.html")] == [
        "gone.html",
        "01_alpha.html#nowhere",
    ]


def test_what_is_written(run: source.Run, tmp_path: Path) -> None:
    names = hosting.publish(run, tmp_path / "site", BASE)
    there = [
        p.relative_to(tmp_path / "site").as_posix() for p in (tmp_path / "site").rglob("*") if p.is_file()
    ]
    assert sorted(there) == names
    assert {"index.html", "index.zh.html", "404.html", "robots.txt", "sitemap.xml", "claims.jsonld",
            "results/claims.csv"} <= set(names)  # fmt: skip
    assert f"Sitemap: {BASE}/sitemap.xml" in (tmp_path / "site" / "robots.txt").read_text()
    assert f'href="{BASE}/index.html"' in (tmp_path / "site" / "404.html").read_text(encoding="utf-8")


def test_the_sitemap_lists_every_page_with_its_twins(run: source.Run, tmp_path: Path) -> None:
    names = hosting.publish(run, tmp_path / "site", BASE)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    root = ET.parse(tmp_path / "site" / "sitemap.xml").getroot()
    listed = [url.findtext("s:loc", "", space) for url in root.findall("s:url", space)]
    assert sorted(listed) == [f"{BASE}/{n}" for n in names if n.endswith(".html") and n != "404.html"]
    for url in root.findall("s:url", space):
        twins = {link.get("hreflang"): link.get("href", "") for link in url.findall("x:link", space)}
        assert twins.keys() == {"en", "zh-CN"}
        assert twins["zh-CN"].endswith(".zh.html") and not twins["en"].endswith(".zh.html")


def test_without_an_address_there_is_no_sitemap(run: source.Run, tmp_path: Path) -> None:
    assert "sitemap.xml" not in hosting.publish(run, tmp_path / "site")
    assert "Sitemap" not in (tmp_path / "site" / "robots.txt").read_text()


def test_nothing_of_the_machine_is_published(run: source.Run, tmp_path: Path) -> None:
    hosting.publish(run, tmp_path / "site", BASE)
    for path in (p for p in (tmp_path / "site").rglob("*") if p.is_file()):
        content = path.read_bytes()
        for secret in ("secret-host", str(Path.home()), str(run.path), str(tmp_path), socket.gethostname()):
            assert secret.encode() not in content or len(secret) < 5, (path.name, secret)


def test_the_same_run_gives_the_same_bytes_with_or_without_pages(run: source.Run, tmp_path: Path) -> None:
    bare = site_sample.make(tmp_path / "again" / "run", broken=True)
    for name in (manifest.NAME, "results/claims.csv"):
        (bare / name).parent.mkdir(exist_ok=True)
        (bare / name).write_bytes((run.path / name).read_bytes())
    hosting.publish(run, tmp_path / "a", BASE)
    hosting.publish(source.read(bare), tmp_path / "b", BASE)
    one, other = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in (tmp_path / "a", tmp_path / "b")
    )
    assert one == other


def test_its_own_folder_is_replaced_and_no_other(run: source.Run, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    hosting.publish(run, folder, BASE)  # an empty folder is nobody's
    hosting.publish(run, folder)
    assert not (folder / "sitemap.xml").exists()
    (folder / "CNAME").write_text("example.org")
    with pytest.raises(UserError, match="holds CNAME, which this command did not write"):
        hosting.publish(run, folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "diary.txt").write_text("mine")
    with pytest.raises(UserError, match="was not made by this command"):
        hosting.publish(run, other)
    with pytest.raises(UserError, match="is no folder"):
        hosting.publish(run, other / "diary.txt")
    (other / "diary.txt").rename(other / hosting.MARK)
    with pytest.raises(UserError, match="is damaged"):
        hosting.publish(run, other)
    assert (other / hosting.MARK).read_text() == "mine"


@pytest.mark.parametrize("after", [0, 3, 12])
def test_a_failure_leaves_the_old_site_and_nothing_else(
    run: source.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    hosting.publish(run, tmp_path / "site", BASE)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    left = [after]

    def full(path: Path, content: bytes, is_durable: bool = True) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device", str(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr(hosting, "write_atomically", full)
    with pytest.raises(OSError, match="No space left"):
        hosting.publish(run, tmp_path / "site")
    with pytest.raises(OSError, match="No space left"):
        hosting.publish(run, tmp_path / "new")
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize(
    "wrong",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://a.org/?q=1",
        "https://u:p@a.org",
        "https://a\udcff.org",
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_written(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(UserError, match="--base-url"):
        CliRunner().invoke(
            command, [str(tmp_path / "site"), "--base-url", wrong], obj=tmp_path, catch_exceptions=False
        )
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_wrote(run: source.Run, tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_alpha.ipynb").write_text("{}")
    done = CliRunner().invoke(
        command, [str(tmp_path / "s"), str(run.path), "--json"], obj=tmp_path, catch_exceptions=False
    )
    said = json.loads(done.output)
    assert said["run"] == "run" and "index.html" in said["files"]
