"""No page of the real run speaks another language than it says: the script of every text against its lang attribute."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.site_reading import closed, read
from tests.test_site_text import straight

EXCEPTIONS = Path(__file__).with_name("mixtures.csv")
"""Mixtures that are known, a line each. The list can only shrink: one that occurs no more must be taken out."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENGLISH = re.compile(r"\b[a-z]{3,}\b[ ,]+\b[a-z]{2,}\b|^[a-z]{4,}$")
"""Two English words in a row, or a text that is one; names of their own (KPMG, Nubank) are the same in Chinese."""
_SPOKEN = ("alt", "aria-label", "title", "placeholder")
_SILENT = {"script", "style", "code", "pre", "annotation"}
_NAMES = {"host", "edition", "software"}
"""Classes of what is the same in every language: addresses, names of editions and of programs."""
_QUOTING, _QUOTED = {"blockquote", "h1", "h2", "h3"}, {"evidence", "found", "twin"}
"""Where a document in another language is quoted as it stands."""
_VOID = {"meta", "link", "br", "img", "input", "hr", "source", "wbr"}


class _Reader(HTMLParser):
    """Every text of a page, in nodes and spoken attributes, charts among them, with the language that it is said to be in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self.told: list[tuple[str, str]] = []  # without what is quoted
        self.sums: list[str] = []  # in lines of arithmetic
        self.open: list[tuple[str, str, bool, bool]] = []
        self.classes: list[set[str]] = []
        self.before = ""
        """The text before: behind an opening title mark stands the name of a work, in its own language."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language, silent, quoted = self.open[-1][1:] if self.open else ("", False, False)
        language = given.get("lang", language)
        self.found += [(language, given[name]) for name in _SPOKEN if given.get(name)]
        if tag not in _VOID:
            silent = silent or tag in _SILENT or bool(_NAMES & set(given.get("class", "").split()))
            quoted = quoted or tag in _QUOTING or bool(_QUOTED & set(given.get("class", "").split()))
            self.open.append((tag, language, silent, quoted))
            self.classes.append(set(given.get("class", "").split()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.open.pop()
            self.classes.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and not self.open[-1][2]:
            said = (self.open[-1][1], " ".join(data.split()))
            self.found.append(said)
            if not self.open[-1][3] and not self.before.endswith("《"):
                self.told.append(said)
            if any("arithmetic" in classes for classes in self.classes):
                self.sums.append(said[1])
            self.before = said[1]


def mixtures(source: str) -> Iterator[str]:
    """The texts of a page whose script is not that of their language."""
    reader = _Reader()
    reader.feed(closed(source))
    for language, text in reader.found:
        if text.startswith(("http://", "https://")):
            continue
        if language.startswith("en") and _HAN.search(text):
            yield text
        if language.startswith("zh") and _ENGLISH.search(text) and not _named(text):
            yield text


def untranslated(source: str) -> Iterator[str]:
    """What a Chinese page says in English, and says so, though it is neither quoted nor a name."""
    reader = _Reader()
    reader.feed(closed(source))
    for language, text in reader.told:
        if language == "en" and " " in text and _ENGLISH.search(text) and not _named(text):
            yield text


_WORD = re.compile(r"(?<![\w./@’'&+=?-])[a-z]{3,}(?!\w|[-./@=]\w)")
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) (?:\d|$)"
)
_SMALL = {"analysis", "arttha", "diginomica", "findexable", "gpi", "jqknews", "serve"}
"""Names that are written small, and our own command."""
_PLACE = re.compile(r"; git [0-9a-f]+|^GitHub |\.tmx\b")
"""Where a picture was made, and files of repositories."""
_TITLE = re.compile(r"《[^》]*(?:》|$)|^[^《]*》")
_NAME = re.compile(r"\b[A-Z][\w&’+-]*(?:(?: (?:of|and|the|on|for|in|a|new))* [\w&’+-]+)*")


def singles(source: str) -> Iterator[str]:
    """What a Chinese page says in a single English word, or in the name of a month: ccb, all loans 24.6, April 2020."""
    reader = _Reader()
    reader.feed(source)
    for _, text in reader.told:
        if _PLACE.search(text):
            continue
        bare = _TITLE.sub("", text)
        bare = bare if _HAN.search(text) else _NAME.sub("", bare)
        is_id = re.fullmatch(r"[\w./_-]+", text) and re.search(r"[-_/.\d]", text)
        words = set(_WORD.findall(bare)) - _SMALL
        if not text.startswith("http") and ((words and not is_id) or _MONTH.search(text)):
            yield text


def in_sums(source: str) -> Iterator[str]:
    """What arithmetic on an English page says in Chinese: what a sentence lists, a part, a symbol."""
    reader = _Reader()
    reader.feed(source)
    yield from (text for text in reader.sums if _HAN.search(text))


_CODED = re.compile(r"(?<![\w./-])(?:inf|nan|NaN|None|NaT)(?![\w/-])|…\s*(?:inf|∞)|(?<![\w./=&?#+%~:-])-\d")


def coded(source: str) -> Iterator[str]:
    """Numbers as programs write them: inf, nan, a hyphen for a minus."""
    reader = _Reader()
    reader.feed(source)
    yield from (text for _, text in reader.found if _CODED.search(text) and not text.startswith("http"))


def _named(text: str) -> bool:
    """Whether what is English stands in the name of a work or firm that is quoted as it is: State of Fintech."""
    return not any(
        _ENGLISH.search(part)
        for part in re.split(r"\b[A-Z][\w&'’.-]*(?: (?:of|and|the|on|for|in) [A-Z]?[\w-]*)*", text)
    )


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<html lang="en"><p>Funding 投入</p></html>', ["Funding 投入"]),
        ('<html lang="en"><p>Funding <span lang="zh-CN">投入</span></p></html>', []),
        (
            '<html lang="en"><svg role="img" aria-label="单位"><text>亿元</text></svg></html>',
            ["单位", "亿元"],
        ),
        ('<html lang="zh-CN"><td>published rate</td></html>', ["published rate"]),
        ('<html lang="zh-CN"><td>State of Fintech 一文</td></html>', []),
        ('<html lang="zh-CN"><td lang="en">published rate</td></html>', []),
    ],
)
def test_a_mixture_is_found(page: str, expected: list[str]) -> None:
    assert list(mixtures(page)) == expected


def test_what_is_not_translated_is_found() -> None:
    said = '<html lang="zh-CN"><p>附注：<span lang="en">{}</span></p></html>'
    assert list(untranslated(said.format("counted by hand"))) == ["counted by hand"]
    assert list(untranslated(said.format("State of Fintech"))) == []
    assert list(untranslated(said.replace("附注：", "见《").format("beyond all borders"))) == []
    assert list(untranslated(said.replace("<p>", "<blockquote>").format("counted by hand"))) == []


@pytest.mark.parametrize(
    ("found", "page", "expected"),
    [
        (singles, '<html lang="zh-CN"><math><mi>{}</mi></math>', ["ccb", "all loans 24.6", "April 2020"]),
        (
            in_sums,
            '<html lang="en"><div class="arithmetic"><span>{}</span></div>',
            ["3: 电信、移动", "信贷: 3"],
        ),
        (coded, '<html lang="en"><p>{}</p>', ["10 … inf", "nan", "-83% YoY", "(-0.5)"]),
    ],
)
def test_each_kind_of_slip_is_found(
    found: Callable[[str], Iterator[str]], page: str, expected: list[str]
) -> None:
    for text in expected:
        assert list(found(page.format(text))) == [text]


@pytest.mark.parametrize(
    ("found", "page"),
    [
        (singles, '<html lang="zh-CN"><p>据《The 600+ unicorns》，findexable统计</p>'),
        (singles, '<html lang="zh-CN"><p>cbi-2020q1</p><p>State of Fintech</p>'),
        (in_sums, '<html lang="en"><blockquote><p>电信、移动、联通</p></blockquote>'),
        (coded, '<html lang="en"><p>2021-03, 4-5, cbi-2020</p><code>-0.5, inf</code>'),
    ],
)
def test_what_is_no_slip_is_not_found(found: Callable[[str], Iterator[str]], page: str) -> None:
    assert list(found(page)) == []


def test_no_page_mixes_languages_but_for_the_known_exceptions(real: Path) -> None:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as handle:
        known = {(row["page"], row["text"]) for row in csv.DictReader(handle)}
    pages = [p for p in sorted(real.glob("*.html")) if not p.name.startswith("report")]
    assert len(pages) == 24
    found = {
        (page.name, text)
        for page in pages
        for source in [page.read_text(encoding="utf-8")]
        for text in (*mixtures(source), *coded(source), *_slips(source, page.name.endswith(".zh.html")))
    }
    assert sorted(found - known) == []
    assert sorted(known - found) == [], "these occur no more: take them out of mixtures.csv"


def _slips(source: str, is_chinese: bool) -> Iterator[str]:
    return itertools.chain(untranslated(source), singles(source)) if is_chinese else in_sums(source)


def test_every_printed_value_has_a_meaning_in_english(real: Path) -> None:
    """Behind each value printed in Chinese stands its meaning."""
    of_card, of_row = '<span class="printed"', r'<tr data-kind="\w+"><td>.*?<td><span'
    value = re.compile(rf'(?:{of_card}|{of_row}) lang="zh-CN">([^<]*)</span>(.{{0,60}})', re.DOTALL)
    silent = {
        f"{page.name}: {match[1]}"
        for page in sorted(real.glob("*.html"))
        if not page.name.endswith(".zh.html")
        for match in value.finditer(page.read_text(encoding="utf-8"))
        if _HAN.search(match[1]) and "<small" not in match[2]
    }
    assert silent == set()


def test_no_english_page_has_straight_quotation_marks_outside_code(real: Path) -> None:
    pages = [page for page in sorted(real.glob("*.html")) if not page.name.endswith(".zh.html")]
    assert len(pages) == 13
    assert {page.name: found for page in pages if (found := straight(read(page)))} == {}


_SHOWS = {"found", "evidence", "claim", "told"}
"""Classes of what holds words of the report, or of a document that it is held against."""
_LONG = re.compile(r"[\u3400-\u9fff][\u3400-\u9fff，。、；：“”《》（）]{7,}")
_TOLD = re.compile(r"[A-Za-z]{2,}(?:[ ,’-]+[A-Za-z]{2,})+")


class _Quotes(HTMLParser):
    """The words of each element that quotes, with what is said beside it: of a paragraph that of what follows as well."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        quotes = tag == "blockquote" or bool(_SHOWS & set((dict(attrs).get("class") or "").split()))
        if quotes and not any(inside for _, inside in self.open):
            self.found.append("")
        self.open.append((tag, quotes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if any(inside for _, inside in self.open):
            self.found[-1] += data


def unglossed(source: str) -> list[str]:
    """What a page quotes at length in Chinese without saying in English what it says."""
    reader = _Quotes()
    reader.feed(closed(source))
    return [text.strip() for text in reader.found if _LONG.search(text) and not _TOLD.search(text)]


def test_a_quotation_without_its_meaning_is_found() -> None:
    quoted = "促进互联网金融健康发展，完善协调机制"
    assert unglossed(f'<td class="found"><span lang="zh-CN">{quoted}</span></td>') == [quoted]
    assert unglossed(f"<blockquote><p>{quoted}</p></blockquote><p>Not this one.</p>") == [quoted]
    assert unglossed(f"<blockquote><p>{quoted}</p><p>promote sound development</p></blockquote>") == []


def test_every_quotation_on_an_english_page_has_its_meaning(real: Path) -> None:
    pages = [page for page in sorted(real.glob("*.html")) if not page.name.endswith(".zh.html")]
    assert {
        page.name: found for page in pages if (found := unglossed(page.read_text(encoding="utf-8")))
    } == {}
