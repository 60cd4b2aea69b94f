"""What one cell puts on a page stays within its cell."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.site.enclosed import enclosed

VOID = ("br", "img", "hr")
PIECES = (
    "<div>", "</div>", "<b class='a>b'>", "</b>", "<table><tr><td>", "</table>", "<p>", "<li>", "<br>", "<img src=x>", "<textarea>", "</textarea>", "<select><option>", "<title>", "</title>",
    "<meta http-equiv='refresh' content='0;url=http://x'>", "<base href=http://x>", "<plaintext>", "<noscript>", "<template>", "<script>1 < 2", "</script>", "<style>a > b {}", "</style>", "<!--", "-->", "<!-- x -->",
    "<!doctype html>", "<?xml version='1.0'?>", "</body></html>", "<main>", "</main>", "<svg><path d='M0'/>", "<svg><title>", "</svg>", "a < b & c &amp; &#39;", "<", "</", "<div/>", "<x-y>", "<a href='", "text", "</p>",
)  # fmt: skip
LEFT_OPEN = {"p", "li", "tr", "td", "option"}


@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_whatever_is_left_open_is_closed_and_what_is_of_the_page_goes(pieces: list[str]) -> None:
    shown = enclosed("".join(pieces))
    assert enclosed(shown) == shown
    text = re.sub(r"<(script|style)\b.*?</\1>", "", shown, flags=re.DOTALL)
    open_tags: list[str] = []
    for closes, name, rest in re.findall(r"<(/?)([a-z][^\s/>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", text):
        assert name not in ("html", "body", "main", "meta", "base", "plaintext")
        if not closes and name not in VOID and not rest.endswith("/"):
            open_tags.append(name)
        elif closes:
            while open_tags[-1] != name:
                assert open_tags.pop() in LEFT_OPEN
            open_tags.pop()
    assert set(open_tags) <= LEFT_OPEN
    assert "<!--" not in text


@pytest.mark.parametrize(
    "source",
    [
        "", "a &lt; b", "<p>a<br>b</p>", "<table class=\"data\"><tr><td>1</td></tr></table>", "<style>a > b { color: red }</style><i>x</i>",
        "<svg viewBox='0 0 1 1'><title>t</title><linearGradient/><path d='M0'/></svg>", "<math><mi>x</mi></math>", "<a title='<b>'>x</a>",
    ],
)  # fmt: skip
def test_what_is_whole_stays_as_it_is(source: str) -> None:
    assert enclosed(source) == source


@pytest.mark.parametrize(
    "rules",
    [
        "body{display:none}",
        "* { color: red }",
        "td, html { color: red }",
        "@media print { main { color: red } }",
        ":root{--a: 1}",
        "div > body { }",
    ],
)
def test_style_that_names_the_page_holds_for_the_cell(rules: str) -> None:
    assert enclosed(f"<style>{rules}</style>") == f"<style>@scope {{ {rules} }}</style>"
    assert enclosed(f"<style>}} {rules}</style>") == "<style></style>"


@pytest.mark.parametrize(
    "rules", ["#T_1 td { color: red }", ".body td:hover { }", "td.main { }", ".dataframe tbody tr th { }"]
)
def test_style_of_a_table_stays(rules: str) -> None:
    assert enclosed(f"<style>{rules}</style>") == f"<style>{rules}</style>"
