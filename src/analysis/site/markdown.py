"""Prose cells as HTML: formulas as MathML, headings with stable anchors, Chinese quotations marked as Chinese."""

from __future__ import annotations

import html
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathInlineParser

from analysis.mime import SVG
from analysis.site import tongues
from analysis.site.enclosed import enclosed

_HANZI = re.compile(r"[\u4e00-\u9fff]")
_TAG = re.compile(r"<[^>]+>")
_SOURCE = re.compile(r"""(<img\b[^>]*?\bsrc=)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
_NOTEBOOK = re.compile(r"(?:\./)?([^/:?#]+)\.ipynb(#.*)?")
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_PICTURES = (SVG, "image/png", "image/jpeg", "image/gif", "image/webp")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """An entry of the table of contents. `level` is 2 or 3."""

    level: int
    anchor: str
    text: str


@dataclass
class Contents:
    """Numbers the headings of a page as they are met: the same anchors in every language."""

    headings: list[Heading] = field(default_factory=list)
    counters: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, level: int, text: str) -> str:
        """The anchor for the next heading."""
        if level == 2:
            self.counters = [self.counters[0] + 1, 0]
            anchor = f"part-{self.counters[0]}"
        else:
            self.counters[1] += 1
            anchor = f"part-{self.counters[0]}-{self.counters[1]}"
        if level <= 3:
            self.headings.append(Heading(level, anchor, html.unescape(_TAG.sub("", text)).strip()))
        return anchor


def mostly_chinese(text: str) -> bool:
    """Whether a passage is Chinese, not just an English one that names a Chinese term."""
    plain = _TAG.sub("", text)
    return len(_HANZI.findall(plain)) > 0.3 * max(1, len(plain.strip()))


class Inline(MathInlineParser):
    """nbconvert's parser, with sums of money that are no formulas.

    As in Pandoc: no blank behind the first dollar sign, none before the second, and no digit behind that; hanzi are words.
    """

    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathInlineParser.SPECIFICATION,
        "inline_math_tex": r"(?<![$\\])\$(?![\s$])(?P<math_inline_tex>[^$\u3000-\u9fff]*?[^\s$\\\u3000-\u9fff])\$(?![\d$])",
    }


@dataclass(frozen=True)
class Surroundings:
    """What is around a prose cell. attachments: name → MIME type → base64. pages: notebook → the name of its page."""

    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    """Pictures that the prose names and that are nowhere to be had, as they are met."""

    def picture(self, url: str) -> str:
        """The address of a picture in a page that needs no other file; empty where it is not to be had."""
        name = urllib.parse.unquote(url.removeprefix("attachment:"))
        forms = self.attachments.get(name)
        if isinstance(forms, Mapping) and (
            kind := next((k for k in _PICTURES if isinstance(forms.get(k), str)), "")
        ):
            return f"data:{kind};base64,{''.join(forms[kind].split())}"
        if _ELSEWHERE.match(url) and not url.startswith("attachment:"):
            return url
        self.absent.append(name)
        return ""


class Renderer(IPythonRenderer):
    """nbconvert's renderer with our headings, formulas, quotations, tables and pictures; links lead to pages."""

    def __init__(
        self, language: str, contents: Contents, anchor_label: str, around: Surroundings | None = None
    ) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, allow_harmful_protocols=False)
        self.language, self.contents, self.anchor_label = language, contents, anchor_label
        self.around = around or Surroundings()

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that the page holds; its words alone where it is not to be had."""
        found = self.around.picture(url)
        if not found:
            return f"<em>{text or html.escape(url)}</em>"
        name = f' title="{html.escape(title)}"' if title else ""
        return (
            f'<img src="{html.escape(self.safe_url(found))}" alt="{html.escape(_TAG.sub("", text))}"{name}>'
        )

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link; one to another notebook leads to its page."""
        match = _NOTEBOOK.fullmatch(urllib.parse.unquote(url))
        page = self.around.pages.get(match[1]) if match else None
        return str(super().link(text, f"{page}{match[2] or ''}" if match and page else url, title))

    def block_html(self, html: str) -> str:
        """HTML in prose, its pictures held by the page."""
        return str(super().block_html(self._held(html)))

    def inline_html(self, html: str) -> str:
        """HTML in a line of prose, its pictures held by the page."""
        return str(super().inline_html(self._held(html)))

    def _held(self, source: str) -> str:
        def held(match: re.Match[str]) -> str:
            return f'{match[1]}"{html.escape(self.around.picture(html.unescape(match[3])))}"'

        return _SOURCE.sub(held, source)

    def heading(self, text: str, level: int, **attrs: object) -> str:
        """A heading with an anchor; the page has its own h1, so a second one counts as h2."""
        level = max(2, level)
        anchor = self.contents.add(level, text)
        plain = html.escape(html.unescape(_TAG.sub("", text)), quote=True)
        link = f'<a class="anchor" href="#{anchor}" aria-label="{self.anchor_label}: {plain}">#</a>'
        return f'<h{level} id="{anchor}">{text}{link}</h{level}>\n'

    def block_math(self, body: str) -> str:
        """A displayed formula."""
        return f'<p class="formula scroll" tabindex="0">{latex(body, "block")}</p>\n'

    def inline_math(self, body: str) -> str:
        """A formula in a line of text."""
        return latex(body)

    def latex_environment(self, name: str, body: str) -> str:
        """A LaTeX environment, such as align."""
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def block_quote(self, text: str) -> str:
        """A quotation; the report's own words are Chinese on an English page too."""
        marked = _PARAGRAPH.sub(lambda m: self._quoted(m[1]), text)
        return f"<blockquote>\n{marked}</blockquote>\n"

    def _quoted(self, text: str) -> str:
        """A paragraph of a quotation, its language said where it is not the page's."""
        lang = ' lang="zh-CN"' if self.language != "zh" and mostly_chinese(text) else ""
        return f"<p{lang}>{text}</p>"

    def table(self, text: str) -> str:
        """A table in a frame that scrolls by itself on a narrow screen."""
        return f'<div class="scroll" tabindex="0"><table class="data">{text}</table></div>\n'

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code in prose; reachable by keyboard, because it may scroll."""
        return f'<pre tabindex="0"><code>{html.escape(code)}</code></pre>\n'


@lru_cache(maxsize=4096)
def latex(source: str, display: str = "inline") -> str:
    """A LaTeX formula as MathML, which the browser draws itself: a page needs neither a script nor a font for it. The source
    itself, as code, where it cannot be read."""
    from latex2mathml.converter import convert

    try:
        return str(convert(source, display=display))
    except Exception:  # latex2mathml raises many unrelated types on malformed input
        return f"<code>{html.escape(source)}</code>"


def render(
    source: str, language: str, contents: Contents, anchor_label: str, around: Surroundings | None = None
) -> str:
    """HTML of a prose cell. `around`: its attachments, and where the pages of other notebooks are."""
    renderer = Renderer(language, contents, anchor_label, around)
    text = MarkdownWithMath(renderer=renderer, inline=Inline(hard_wrap=False)).render(source)
    # A per cent sign does not begin a line.
    return tongues.within(re.sub(r"(?<=\d) %", "\u00a0%", enclosed(text)), language)
