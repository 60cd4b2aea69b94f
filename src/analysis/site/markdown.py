"""Prose cells as HTML: formulas as MathML, headings with stable anchors, Chinese quotations marked as Chinese."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from analysis.site import maths

_HANZI = re.compile(r"[\u4e00-\u9fff]")
_TAG = re.compile(r"<[^>]+>")


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


class Renderer(IPythonRenderer):
    """nbconvert's renderer with our headings, formulas, quotations and tables."""

    def __init__(self, language: str, contents: Contents, anchor_label: str) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.language, self.contents, self.anchor_label = language, contents, anchor_label

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """A heading with an anchor; the page has its own h1, so a second one counts as h2."""
        level = max(2, level)
        anchor = self.contents.add(level, text)
        plain = html.escape(html.unescape(_TAG.sub("", text)), quote=True)
        link = f'<a class="anchor" href="#{anchor}" aria-label="{self.anchor_label}: {plain}">#</a>'
        return f'<h{level} id="{anchor}">{text}{link}</h{level}>\n'

    def block_math(self, body: str) -> str:
        """A displayed formula."""
        return f'<p class="formula scroll" tabindex="0">{maths.latex(body, "block")}</p>\n'

    def inline_math(self, body: str) -> str:
        """A formula in a line of text."""
        return maths.latex(body)

    def latex_environment(self, name: str, body: str) -> str:
        """A LaTeX environment, such as align."""
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def block_quote(self, text: str) -> str:
        """A quotation; the report's own words are Chinese on an English page too."""
        lang = ' lang="zh-CN"' if self.language != "zh" and mostly_chinese(text) else ""
        return f"<blockquote{lang}>\n{text}</blockquote>\n"

    def table(self, text: str) -> str:
        """A table in a frame that scrolls by itself on a narrow screen."""
        return f'<div class="scroll" tabindex="0"><table class="data">{text}</table></div>\n'

    def block_code(self, code: str, info: str | None = None) -> str:
        """Code in prose; reachable by keyboard, because it may scroll."""
        return f'<pre tabindex="0"><code>{html.escape(code)}</code></pre>\n'


def render(source: str, language: str, contents: Contents, anchor_label: str) -> str:
    """HTML of a prose cell."""
    text = MarkdownWithMath(renderer=Renderer(language, contents, anchor_label)).render(source)
    # A per cent sign does not begin a line.
    return re.sub(r"(?<=\d) %", "\u00a0%", text)
