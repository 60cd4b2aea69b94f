"""The pages of a run as a folder that any static host serves: pages, what they link to, 404, robots, sitemap."""

from __future__ import annotations

import html
import json
import re
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.errors import UserError
from analysis.site import assemble, frame
from analysis.site.source import Run
from analysis.suite import files
from analysis.writing import write_atomically

MARK = ".analysis-site.json"
"""Lists what this module wrote into a folder: by it the folder is known again, and replaced."""
_LINK = re.compile(r'\b(?:href|src)="([^"#?:]+)(?:[#?][^"]*)?"')


def address(base: str) -> str:
    """A base address with a slash at its end; empty stays empty.

    UserError for anything but http(s)://host/path.

    >>> address("https://example.org/report")
    'https://example.org/report/'
    """
    if not base:
        return ""
    parts = urllib.parse.urlsplit(base)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or not base.isprintable()
    ):
        raise UserError(
            f"--base-url {base}: give the address of the site, such as https://example.org/report/."
        )
    if parts.username or parts.password:
        raise UserError("--base-url: leave name and password out; the address is written into public files.")
    return base.rstrip("/") + "/"


def refuse_other_folder(folder: Path) -> None:
    """UserError when a folder is there that `publish` did not make, or in which something else was put since."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise UserError(f"{folder} is no folder; name one to publish to.")
    if not folder.is_dir():
        return
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    if not there:
        return
    if MARK not in there:
        raise UserError(
            f"{folder} holds files and was not made by this command (no {MARK} in it): name another folder, or empty it."
        )
    if foreign := sorted(there - set(_listed(folder)) - {MARK}):
        raise UserError(
            f"{folder} holds {foreign[0]}, which this command did not write: move it away, the folder is replaced whole."
        )


def _listed(folder: Path) -> list[str]:
    try:
        names = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except ValueError:
        names = None
    if not isinstance(names, list):
        raise UserError(f"{folder / MARK} is damaged: empty the folder, or name another.")
    return [str(name) for name in names]


def publish(run: Run, folder: Path, base: str = "") -> list[str]:
    """Write the site of a run to `folder`, in one step; gives the names of its files.

    `base`: the address at which the site will stand; with it there is a sitemap, and 404.html finds home from any depth.
    UserError when the folder holds anything that this function did not write.
    """
    base = address(base)
    refuse_other_folder(folder)
    folder = folder.absolute()
    with files.staging(folder.parent, "publish") as staged:
        found = {**_contents(run, staged), **_around(run, base)}
        found[MARK] = (json.dumps(sorted({*found, MARK}), indent=1) + "\n").encode()
        for name, content in found.items():
            write_atomically(staged / name, content, is_durable=False)
        files.sync_tree(staged)
        files.publish(staged, folder)
    return sorted(found)


def pages(run: Run) -> list[tuple[str, ...]]:
    """The pages of a run: each in all languages in which it is there, the index first."""
    stems = ["index", *(n.stem for n in run.variants[0].notebooks), "report"]
    return [
        tuple(v.page(s) for v in run.variants if s in ("index", "report") or s in [n.stem for n in v.notebooks])
        for s in stems
    ]  # fmt: skip


def _contents(run: Run, staged: Path) -> dict[str, bytes]:
    """Pages, linked data, tables, and whatever else of the run the pages link to. Made now where the run has no pages."""
    names = [name for page in pages(run) for name in page] + [v.data("claims") for v in run.variants]
    made = run.path
    if not all((made / name).is_file() for name in names):
        assemble.build(run.path, staged)
        made = staged
    tables = [f"results/{path.name}" for path in sorted((run.path / "results").glob("*.csv"))]
    found = {name: (made / name).read_bytes() for name in names}
    found |= {name: (run.path / name).read_bytes() for name in tables}
    for name in [name for name in found if name.endswith(".html")]:
        for link in _LINK.findall(found[name].decode("utf-8")):
            target = urllib.parse.unquote(html.unescape(link))
            path = (run.path / target).resolve()
            if target not in found and path.is_relative_to(run.path.resolve()) and path.is_file():
                found[target] = path.read_bytes()
    return found


def _around(run: Run, base: str) -> dict[str, bytes]:
    """What a host asks for beside the pages."""
    robots = f"User-agent: *\nAllow: /\n{f'Sitemap: {base}sitemap.xml' if base else ''}".rstrip() + "\n"
    made = {"404.html": lost(run, base), "robots.txt": robots, ".nojekyll": ""}
    if base:
        made["sitemap.xml"] = _sitemap(run, base)
    return {name: text.encode("utf-8") for name, text in made.items()}


def lost(run: Run, base: str, title: str = "") -> str:
    """The page for an address at which there is nothing, or of which `title` says what is wrong: the way home, in every
    language of the run.
    """
    voice = run.variants[0].voice
    title = title or voice("lost.title")
    homes = [(v.language, base + v.page("index"), v.voice) for v in run.variants]
    context = frame.context(voice, title, "lost", homes[0][1])
    template = frame.environment().get_template("lost.html.j2")
    return frame.finished(template.render(**context, heading=title, homes=homes, colours=""))


def _sitemap(run: Run, base: str) -> str:
    """All pages, each with its twins in other languages."""
    tags = frame.html_lang()
    language = {v.suffix: tags[v.language] for v in run.variants}
    lines = [line for page in pages(run) for line in _located(page, base, language)]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "\n".join(lines) + "\n</urlset>\n"
    )  # fmt: skip


def _located(page: Sequence[str], base: str, language: Mapping[str, str]) -> list[str]:
    def of(name: str) -> str:
        return language[Path(name.removesuffix(".html")).suffix]

    twins = "".join(
        f'<xhtml:link rel="alternate" hreflang="{of(name)}" href="{html.escape(base + urllib.parse.quote(name))}"/>'
        for name in page
    )
    return [f"<url><loc>{html.escape(base + urllib.parse.quote(name))}</loc>{twins}</url>" for name in page]
