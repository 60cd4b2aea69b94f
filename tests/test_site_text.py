"""Every word of the pages exists in both languages, and none is written past the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import site
from analysis.report import config
from analysis.site import typography
from analysis.site.voice import Voice
from analysis.words import languages, translator
from analysis.words import pages as texts
from tests.site_reading import Read, read
from tests.site_sample import make

SITE = Path(site.__file__).parent
HANZI = re.compile(r"[\u4e00-\u9fff]")
LANGUAGES = languages()
ENGLISH, CHINESE = texts("en"), texts("zh")


def source() -> str:
    files = [*SITE.glob("*.py"), *SITE.glob("templates/**/*.j2")]
    return "\n".join(f.read_text(encoding="utf-8") for f in sorted(files))


def test_every_language_has_the_same_texts() -> None:
    for language in LANGUAGES:
        assert texts(language).keys() == ENGLISH.keys()


@pytest.mark.parametrize("key", ENGLISH)
def test_both_languages_hold_the_same_placeholders(key: str) -> None:
    holes = [sorted(re.findall(r"\{(\w*)\}", texts(language)[key])) for language in LANGUAGES]
    assert holes[0] == holes[1]


@pytest.mark.parametrize("key", ENGLISH)
def test_chinese_is_chinese_and_english_is_not(key: str) -> None:
    assert HANZI.search(CHINESE[key]) or not re.search(r"\w", re.sub(r"\{\w+\}", "", CHINESE[key]))
    assert not HANZI.search(ENGLISH[key])


def test_every_key_that_is_asked_for_exists() -> None:
    asked = set(re.findall(r"""\b(?:t|self)\(\s*["']([a-z_.0-9]+)["']\s*[,)]""", source()))
    asked |= {
        key for pair in re.findall(r'"(place\.\w+)" if .*? else "(place\.\w+)"', source()) for key in pair
    }
    assert asked - ENGLISH.keys() == set()
    assert len(asked) > 60


def test_every_key_of_the_catalogue_is_used() -> None:
    text = source()
    families = re.findall(r"""\b(?:t|self)\(\s*(?:f?["'])([a-z_.]+\.)(?:["']\s*~|\{)""", text)
    used = {
        key for key in ENGLISH if f'"{key}"' in text or f"'{key}'" in text or key.startswith(tuple(families))
    }
    assert (
        ENGLISH.keys()
        - used
        - {key for key in ENGLISH if key.startswith(("symbol.", "column.", "parameter."))}
        == set()
    )


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        translator("en")("no.such.key")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Read]:
    run = make(tmp_path_factory.mktemp("text"), broken=True)
    site.build(run)
    return {path.name: read(path) for path in run.glob("*.html")}


def untranslated(page: Read, language: str) -> list[str]:
    """Words of the other language's catalogue that a page shows as its own."""
    others = [texts(other) for other in LANGUAGES if other != language]
    foreign = {text.lower() for other in others for text in other.values() if "{" not in text}
    foreign -= {text.lower() for text in texts(language).values()} | {""}
    own = "zh" if language == "zh" else "en"
    shown = [text for lang, text in page.texts if lang.startswith(own)] + page.labels
    return [text for text in shown if text.strip(" :：.。").lower() in foreign]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_shows_words_of_the_other_language(pages: dict[str, Read], language: str) -> None:
    suffix = ".zh.html" if language == "zh" else ".html"
    of_language = {n: p for n, p in pages.items() if n.endswith(".zh.html") == (language == "zh")}
    assert len(of_language) == 5
    for name, page in of_language.items():
        assert name.endswith(suffix)
        assert untranslated(page, language) == [], name


def test_the_search_for_untranslated_text_finds_some(pages: dict[str, Read]) -> None:
    page = pages["index.zh.html"]
    changed = Read(texts=[*page.texts, ("zh-CN", "All statements")], labels=page.labels)
    assert untranslated(changed, "zh") == ["All statements"]


def test_chinese_pages_carry_no_english_sentence(pages: dict[str, Read]) -> None:
    """Three English words in a row are prose; names of publishers and of packages are told by their place."""
    for name in ("index.zh.html", "90_scorecard.zh.html"):
        known = ("CB Insights", "State of Fintech", "Line. Rises")
        prose = [
            text
            for lang, text in pages[name].texts
            if lang == "zh-CN"
            and re.search(r"\b[a-z]+ [a-z]+ [a-z]+\b", text)
            and not any(k in text for k in known)
        ]
        assert prose == [], name


STRAIGHT = re.compile("[\"']")
"""Marks of a typewriter."""


def straight(page: Read) -> list[str]:
    """Texts of a page outside code, and words drawn from attributes, with straight quotation marks."""
    return [text for text in (*(text for _, text in page.texts), *page.painted) if STRAIGHT.search(text)]


def test_english_pages_have_curly_quotation_marks_outside_code(pages: dict[str, Read]) -> None:
    english = {name: page for name, page in pages.items() if not name.endswith(".zh.html")}
    assert {name: found for name, page in english.items() if (found := straight(page))} == {}
    assert any("Q2’21" in text for page in english.values() for _, text in page.texts)


RAW = re.compile(r"\b\d{4}-(?:Q[1-4]|H[12])\b")
"""A quarter or a half-year as data files have it."""


def raw(page: Read) -> list[str]:
    """Texts of a page outside code, and words read out of attributes, with such periods."""
    return [text for text in (*(text for _, text in page.texts), *page.labels) if RAW.search(text)]


def test_pages_have_periods_as_readers_write_them(pages: dict[str, Read]) -> None:
    assert {name: found for name, page in pages.items() if (found := raw(page))} == {}
    shown = {name: [text for _, text in page.texts] for name, page in pages.items()}
    for name, said in (("01_alpha.html", "2021\u00a0H1"), ("01_alpha.zh.html", "2021上半年")):
        assert any(said in text for text in shown[name])


def test_the_search_for_raw_periods_finds_some() -> None:
    assert raw(Read(texts=[("en", "in 2021-Q1"), ("en", "2021 Q1")], labels=["2021-H1"])) == [
        "in 2021-Q1",
        "2021-H1",
    ]


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("KPMG 2021-H1: 42", "en", "KPMG 2021_H1: 42"),
        ("(2021-Q1), 2020-Q4.", "en", "(2021_Q1), 2020_Q4."),
        ("2020/2021-H1", "en", "2020–2021_H1"),
        ("2019-Q1/2021-Q3", "zh", "2019Q1–2021Q3"),
        ("比2021-H1高", "zh", "比2021上半年高"),
        *((text, "en", text) for text in ("cbi-2021-Q1", "2021-Q1.csv", "2021-Q1-deals", "?from=2021-Q1", "loans@2021-Q1", "a/2021-Q1", "2021-Q1/b", "2021-Q5", "12021-Q1", "2021-Q12")),
    ],
)  # fmt: skip
def test_only_what_is_a_period_is_written_as_one(text: str, language: str, written: str) -> None:
    assert typography.readable(text, language) == written.replace("_", "\u00a0")
    assert typography.readable(written, language) == written


def test_values_that_a_reader_may_type_stay_to_the_letter() -> None:
    said = Voice("en", config.Report()).typed(
        "param.here", name="first", value='2021-Q1"<', default="2015-Q1"
    )
    assert said == '<code>first</code> is <code>2021-Q1"&lt;</code> (default <code>2015-Q1</code>)'
    assert typography.dated(said, "en") == said


def test_the_search_for_straight_marks_finds_some() -> None:
    assert straight(Read(texts=[("en", "the bank's"), ("en", "“so”")], painted=['"so"'])) == [
        "the bank's",
        '"so"',
    ]


PIECES = [
    *(
        "<p>",
        "</p>",
        "<em title=\"a>'b'\">",
        "</em>",
        "<br>",
        "<!-- it's -->",
        "<code>x='y'</code>",
        '<pre>"z"</pre>',
    ),
    *("'", '"', "&#39;", "&#34;", "&quot;", "&amp;", " ", "(", "word", "5", ".", "<", "> ", "中国"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_only_the_marks_of_prose_change(pieces: list[str]) -> None:
    """Tags, attributes, comments and code stay to the letter; every mark of prose becomes one of the same kind."""
    source = "".join(pieces)
    made = typography.within(source)
    assert typography.within(made) == made
    kinds = str.maketrans("‘’“”", "''\"\"")
    plain = source.replace("&#39;", "'").replace("&#34;", '"').replace("&quot;", '"')
    assert made.translate(kinds).replace("&#39;", "'") == plain
    held = re.compile(r"<(code|pre)>.*?</\1>|<!--.*?-->|<[a-z/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
    assert [m[0] for m in held.finditer(made)] == [m[0] for m in held.finditer(source)]
    assert not STRAIGHT.search(held.sub("", made))


@given(
    st.lists(
        st.sampled_from(
            [
                *PIECES,
                "2021-Q1",
                "2020/2021-H1",
                '<i title="2021-Q1, 2021-Q1" id="2021-Q1">',
                "<p id='2021-Q1'>",
                '<code>title="2021-Q1"</code>',
            ]
        ),
        max_size=30,
    )
)
def test_only_periods_of_prose_change(pieces: list[str]) -> None:
    """Tags, comments and code stay to the letter, and everything else but periods does too."""
    source = "".join(pieces)
    made = typography.dated(source, "en")
    assert typography.dated(made, "en") == made
    back = made.replace("2020–2021\u00a0H1", "2020/2021-H1").replace("2021\u00a0Q1", "2021-Q1")
    assert back == source
    held = re.compile(r"<(code|pre)>.*?</\1>|<!--.*?-->|<p id='2021-Q1'>", re.DOTALL)
    assert [m[0] for m in held.finditer(made)] == [m[0] for m in held.finditer(source)]


@pytest.mark.parametrize(
    ("text", "curly"),
    [
        ("the bank's 'near' and \"so\"", "the bank’s ‘near’ and “so”"),
        ('("a") "b"/"c", Q3\'21', "(“a”) “b”/“c”, Q3’21"),
        ('"\'a\' b" 5 " 6', "“‘a’ b” 5 ” 6"),
    ],
)
def test_marks_open_and_close(text: str, curly: str) -> None:
    assert typography.curled(text) == curly
