"""The frame that every page shares: templates, style, script, masthead and foot, fonts."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis import words
from analysis.report.rows import FORM_VERDICTS
from analysis.site import fonts, typography
from analysis.site.bars import ORDER
from analysis.site.memory import Memory
from analysis.site.tongues import marked
from analysis.site.voice import Voice
from analysis.writing import write_atomically

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
_SCRIPTS = {"front": ("site", "table"), "topic": ("site", "charts"), "single": ("site", "table", "charts")}
"""Kind of page → the scripts that it has a use for; of others it is the first alone."""
_BARE = re.compile(r"^(?:\s+|//.*\n)+", re.MULTILINE)
"""Of a script: the indent of a line, comments that have lines of their own, empty lines."""
_SERVED = re.compile(r"^ *// With a server$.*?^ *// With or without$", re.DOTALL | re.MULTILINE)
_INVISIBLE = re.compile(r"<style>.*?</style>|<script\b.*?</script>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Words that are shown from an attribute, at once or by the script
_SHOWN = re.compile(r' (?:placeholder|data-show|data-hide|data-text|data-none|data-paper)="([^"]*)"')
_SPOKEN = re.compile(r'<html lang="([^"]*)"')
_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_STYLE = re.compile(r"(?<=<style>\n/\*fonts\*/\n).*?(?=</style>)", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_WITHIN = re.compile(r"\([^()]*\)")
_CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
_STRING = re.compile(r"""'([^'\n]*)'|"([^"\n]*)"|`([^`\n]*)`""")
_CLASSES = re.compile(r""" class=["']?([^"'>]*)""")
_HEADINGS = re.compile(
    r"<h[1-4]\b[^>]*>(.*?)</h[1-4]>|<b\b[^>]*>(.*?)</b>|<a class=\"brand\"[^>]*>(.*?)</a>|<span class=\"metric\">(.*?)</span>"
    r"|<a rel=[^>]*>(.*?)</a>|<ol class=\"topics\">(.*?)</ol>",
    re.DOTALL,
)


Context: TypeAlias = dict[str, object]
"""The variables of a template."""
SET = "<!--set in type-->"
"""Stands before and after a part of a page whose marks are already as they are printed (`printed`); goes when the page is finished."""


@dataclass(frozen=True)
class Link:
    """A way to a page."""

    href: str
    title: str
    is_current: bool = False


@dataclass(frozen=True)
class Twin:
    """The same page in a language, which it names in its own words."""

    language: str
    href: str
    name: str


def html_lang() -> dict[str, str]:
    """Language → its tag in HTML."""
    return {language: words.tag(language) for language in words.languages()}


@cache
def _tagged() -> Mapping[str, str]:
    """Tag → language."""
    return {words.tag(language): language for language in words.languages()}


@cache
def environment() -> Environment:
    """Jinja with the templates of the pages: every text is escaped unless a template calls it safe."""
    loader = FileSystemLoader(TEMPLATES / "suite")
    made = Environment(loader=loader, undefined=StrictUndefined, autoescape=True)
    made.filters.update(sections=sections, marked=marked)
    made.globals.update(html_lang=html_lang(), all_verdicts=(*ORDER, *FORM_VERDICTS), answer_href="")
    return made


def sections(markup: str) -> list[Link]:
    """The sections of a rendered part of a page: the anchors and words of its headings of the second order."""
    return [
        Link(f"#{anchor}", html.unescape(_TAG.sub("", text)).strip())
        for anchor, text in _SECTION.findall(markup)
    ]


def context(
    voice: Voice,
    title: str,
    kind: str,
    home: str = "",
    links: Sequence[Link] = (),
    twins: Sequence[Twin] = (),
) -> Context:
    """The variables of layout.html.j2. `home`: the way to the overview, empty where there is none."""
    return {
        "t": voice,
        "language": voice.language,
        "printed_in": voice.report.printed_in,
        "title": title if title == voice.own.title else f"{title} · {voice.brand}",
        "kind": kind,
        "panel": "",
        **_scripted(_SCRIPTS.get(kind, ("site",))),
        "home": home,
        "links": links,
        "twins": twins,
        "verdict_order": ORDER,
        "notice": None,
    }


@cache
def _scripted(names: tuple[str, ...]) -> Mapping[str, str]:
    """The scripts of these names, one behind the other, for pages without a server, and the style sheets of those that have one."""
    script = "".join((STATIC / f"{name}.js").read_text(encoding="utf-8") for name in names)
    script = _BARE.sub("", _SERVED.sub("", script))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    css = "\n".join(style_sheet(name) for name in names if (STATIC / f"{name}.css").is_file())
    return {"css": css, "script": script, "script_hash": f"sha256-{digest}"}


def with_panel(page: Context, panel: Mapping[str, object] | None) -> Context:
    """The variables of a page that also has the panel of assumptions, which needs no server; None: it has none."""
    if panel is None:
        return page
    made = environment().get_template("live.html.j2").render(**page, **panel)
    return {**page, **_scripted((*_SCRIPTS[str(page["kind"])], "panel")), "panel": made}


def twins(names: Mapping[str, str]) -> list[Twin]:
    """The same page in other languages (language → file name); nothing when there is only one."""
    if len(names) < 2:
        return []
    return [Twin(x, href, words.name(x)) for x, href in names.items()]


def pages(path: Path, languages: Sequence[str]) -> dict[str, Path]:
    """Where a page goes in each language: the first to `path`, others beside it with their language in the name."""
    return {
        language: path.with_suffix(f".{language}.html") if n else path for n, language in enumerate(languages)
    }


def way_home(page: Path, reports: Path, suffix: str) -> str:
    """The way from a page among the runs to the overview of the last full run; empty where there is none."""
    latest = reports / "latest" / f"index{suffix}.html"
    if not latest.is_file() or not page.resolve().is_relative_to(reports.resolve()):
        return ""
    return Path(os.path.relpath(latest, page.parent)).as_posix()


def style_sheet(name: str = "site") -> str:
    """A style sheet without comments, and without the blanks that only a reader needs."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / f"{name}.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\s*([{};])\s*", r"\1", re.sub(r"\s+", " ", text))
    return text.replace(": ", ":").replace(", ", ",").replace(";}", "}").strip()


@cache
def _by_script() -> frozenset[str]:
    """Every word in the strings of the scripts: the names of classes that they give are among them."""
    texts = (path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    strings = (s for text in texts for found in _STRING.findall(text) for s in found)
    return frozenset(word for s in strings for word in re.findall(r"[\w-]+", s))


@cache
def _wanted(selectors: str) -> list[list[str]]:
    """The classes without which each of these selectors meets nothing; what stands in brackets is left out."""
    bare = _WITHIN.sub("", _WITHIN.sub("", selectors))
    return [_CLASS.findall(selector) for selector in bare.split(",")]


def met(css: str, classes: Iterable[str]) -> str:
    """The rules of a style sheet that something on a page with these classes can meet: those for others are left out.

    >>> met(".ox{top:0}.ass .ox,.cow:not(.pig){top:1}@media print{.ass{top:2}}p{top:3}", ["ox", "cow"])
    '.ox{top:0}.ass .ox,.cow:not(.pig){top:1}@media print{}p{top:3}'
    """
    there = _by_script().union(classes)

    def kept(rule: re.Match[str]) -> str:
        return rule[0] if any(map(there.issuperset, _wanted(rule[1]))) else ""

    return _RULE.sub(kept, css)


def write(path: Path, text: str, memory: Memory | None = None, is_tight: bool = False) -> None:
    """Lay the fonts into a page and write it."""
    write_atomically(path, finished(text, memory, path.name, is_tight))


def finished(text: str, memory: Memory | None = None, page: str = "", is_tight: bool = False) -> str:
    """A rendered page with the marks of its prose as they are printed, and the fonts that it needs. What they lack is left to the reader's own.

    memory: keeps the fonts of a page by its name, and what they are made of. is_tight: as `fonts.css` has it.
    """
    parts, spoken = text.split(SET), _SPOKEN.search(text)
    parts[::2] = [printed(part, spoken[1] if spoken else "") for part in parts[::2]]
    found, kept = list(map(Needed.by, parts[::2])), memory or Memory()
    for n, part in enumerate(parts[1::2]):
        digest = hashlib.sha256(part.encode()).digest()
        found.append(kept.made(("needed", page, n), (digest,), partial(Needed.by, part)))
    classes = frozenset[str]().union(*(needed.classes for needed in found))
    text = _STYLE.sub(lambda style: met(style[0], classes), "".join(parts), count=1)
    seen, headings = ("".join(chars) for chars in zip(*((n.seen, n.headings) for n in found), strict=True))
    return text.replace("/*fonts*/", fonts.css(seen, headings, memory, page, is_tight), 1)


@dataclass(frozen=True)
class Needed:
    """What a part of a page needs of fonts and style sheets: the characters that a reader may see, those in headings among
    them, each once, and the classes of its elements.
    """

    seen: str
    headings: str
    classes: frozenset[str]

    @classmethod
    def by(cls, part: str) -> Needed:
        """That of a part, which holds whole elements.

        >>> needed = Needed.by('<h1 class="a b">Oh</h1><p title="x">no &lt;</p>')
        >>> needed.seen, needed.headings, sorted(needed.classes)
        (' <Ohno', 'Oh', ['a', 'b'])
        """
        headings = "".join(_visible("".join(m)) for m in _HEADINGS.findall(part))
        named = (names.split() for names in set(_CLASSES.findall(part)))
        return cls(_once(_visible(part)), _once(headings), frozenset[str]().union(*named))


def _once(text: str) -> str:
    return "".join(sorted(set(text)))


def printed(text: str, tag: str) -> str:
    """HTML of a language with the marks and periods of its prose as they are printed, without empty lines; half characters become \ufffd."""
    text = re.sub(r"\n{2,}", "\n", text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    language = _tagged().get(tag, "")
    if language and words.spaces(language):  # a blank tells an opening quotation mark from a closing one
        text = typography.within(text)
    text = typography.negative(text)
    return typography.dated(text, language) if language else text


def _visible(text: str) -> str:
    """What a reader may see of a page: its texts, and words that stand in attributes; entities resolved."""
    bare = _INVISIBLE.sub("", text)
    return html.unescape(_TAG.sub(" ", bare) + "".join(_SHOWN.findall(bare)))
