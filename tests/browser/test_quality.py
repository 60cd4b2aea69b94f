"""Every page of a real run: opens offline, weighs little, fits both widths, and axe finds no violation."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visits
from tests.site_reading import broken_links, read

Open = Callable[..., Any]
STEMS = [path.stem for path in sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))]
PAGES = [f"{stem}{suffix}.html" for stem in ["index", *STEMS] for suffix in ("", ".zh")]
FIRST = [n for n in PAGES if n.startswith(("index", "03") if ".zh." in n else ("index", "03", "06", "90"))]
# The index lists all 347 statements. A third of the Chinese one is its Chinese font.
INDEX_BYTES, TOPIC_BYTES, WHOLE_BYTES = 500_000, 1_500_000, 5_400_000
OVERFLOW = """[...document.querySelectorAll("main, main *")].filter(
  (e) => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, pre, svg, .unseen")
    && !e.parentElement.closest(".line")  // a line of a folded card is cut with an ellipsis
).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(
    scope="module", params=[n if n in FIRST else pytest.param(n, marks=pytest.mark.deep) for n in PAGES]
)
def visit(real: Path, browser: Any, request: pytest.FixtureRequest) -> Iterator[tuple[str, Any, Visits]]:
    """A page of the real run, opened once for the tests that look at it: its name, itself, and what it complained of.

    English in light colours and Chinese in dark ones: each page meets both languages and both schemes.
    """
    visits = Visits(browser)
    scheme = "dark" if ".zh." in request.param else "light"
    yield request.param, visits.open(real / request.param, scheme=scheme), visits
    visits.close()


def test_opens_offline_and_fits(visit: tuple[str, Any, Visits], real: Path) -> None:
    name, page, visits = visit
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator("h1").count() == 1
        assert page.evaluate(OVERFLOW) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{name} scrolls sideways at {width} px"
        )
    assert visits.complaints == []


def test_a_topic_takes_ten_screens_at_most(visit: tuple[str, Any, Visits]) -> None:
    name, page, _ = visit
    most = math.inf if name.startswith("index") else 10 * 800
    assert page.evaluate("document.documentElement.scrollHeight") <= most


def test_every_chart_has_an_alt_text_with_numbers(visit: tuple[str, Any, Visits]) -> None:
    name, page, _ = visit
    told = (
        "[...document.querySelectorAll('.drawing svg.chart')].map((c) => c.getAttribute('aria-label') ?? '')"
    )
    enough = 20 if ".zh." in name else 40
    for alt in page.evaluate(told):
        assert len(alt) > enough and re.search(r"\d", alt), alt


def test_every_table_has_heads_and_a_caption(visit: tuple[str, Any, Visits]) -> None:
    bare = """[...document.querySelectorAll("table")].filter(
      (t) => !t.caption?.textContent.trim() || !t.querySelector("th[scope]")).map((t) => t.outerHTML.slice(0, 160))"""
    assert [t for t in visit[1].evaluate(bare) if 'class="data"><thead' not in t] == []


@pytest.mark.slow("axe looks at every element of pages of a megabyte")
def test_axe_finds_nothing(visit: tuple[str, Any, Visits]) -> None:
    """The last to look at a page: it unfolds what is folded."""
    assert violations(visit[1]) == []


def test_the_page_of_everything_is_laid_out_a_few_times(real: Path, browser: Any) -> None:
    """A script that asks folded boxes for their size lays each of them out: a thousand times, half a minute."""
    page = browser.new_page()
    page.set_default_timeout(120_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.goto((real / "report.html").as_uri())
    counts = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    page.close()
    assert counts["LayoutCount"] < 100


LOOKS = """() => {
  document.querySelectorAll("details").forEach((d) => (d.open = true));
  document.querySelectorAll("[data-look]").forEach((e) => e.removeAttribute("data-look"));
  const known = new Map(), grounds = new Map(), longest = new Map();
  const ground = (e) => {
    if (!e) return 0;
    if (!grounds.has(e)) {
      const s = getComputedStyle(e), plain = ["rgba(0, 0, 0, 0)", "none", "1", "static"];
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.position];
      const all = own.every((value, n) => value === plain[n]) ? ground(e.parentElement) : [ground(e.parentElement), ...own].join("|");
      if (!known.has(all)) known.set(all, typeof all === "number" ? all : known.size + 1);
      grounds.set(e, known.get(all));
    }
    return grounds.get(e);
  };
  const look = (e) => {
    const s = getComputedStyle(e);
    return [ground(e), s.color, s.fontSize, s.fontWeight, s.textShadow].join("|");
  };
  const said = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("").length;
  const block = (e) => (getComputedStyle(e).display.startsWith("inline") ? block(e.parentElement) : e);
  for (const e of document.querySelectorAll("body *")) {
    const length = e.matches("input, select, textarea") ? 1 : said(e);
    if (!length || !e.checkVisibility() || !e.getClientRects().length) continue;
    const isInText = e.tagName === "A" && said(e.parentElement) + said(block(e.parentElement)) > 0;
    const key = `${look(e)} ${isInText}`;
    if (length > (longest.get(key)?.[0] ?? 0)) longest.set(key, [length, e]);
  }
  for (const [, e] of longest.values()) e.setAttribute("data-look", "");
  return longest.size;
}"""
"""Unfolds everything, and marks the longest text of each look: colour, size and weight of its own, and what shows behind it of all
that it stands in; of links, one within a text and one that stands alone."""


TAKEN_OUT = """() => {
  window.taken = [...document.querySelectorAll("details, tbody tr")].filter((e) => !e.querySelector("[data-look]"))
    .map((e) => { const place = [e, e.parentNode, e.nextSibling]; e.remove(); return place; });
}"""
"""Takes folds and rows without a marked text out of the page, and remembers where they were."""


def violations(page: Any) -> list[tuple[str, str]]:
    """Rules of axe-core that the page breaks, each with the first offender; everything folded is opened first.

    Contrasts take axe most of its time, by the size of the page, and are the same for all texts of one look: they are measured once
    for each, on what is left of the page when folds and rows without such a text are taken out of it.
    """
    assert page.evaluate(LOOKS) > 0
    contrasts = ["color-contrast", "link-in-text-block"]
    others = {"rules": {name: {"enabled": False} for name in contrasts}}
    found = _run_axe(page, None, others)
    page.evaluate(TAKEN_OUT)
    found += _run_axe(page, {"include": [["[data-look]"]]}, {"runOnly": contrasts})
    page.evaluate("taken.reverse().forEach(([e, parent, next]) => parent.insertBefore(e, next))")
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]


def _run_axe(page: Any, context: Any, options: dict[str, Any]) -> list[Any]:
    from axe_playwright_python.sync_playwright import Axe

    return list(Axe().run(page, context, {"resultTypes": ["violations"], **options}).response["violations"])


@pytest.mark.parametrize("name", ["report.html", "report.zh.html", "02_broken.html"])
def test_axe_finds_nothing_in_the_sample(sample: Path, opened: Open, name: str) -> None:
    assert violations(opened(sample / name)) == []


def test_axe_would_find_something(sample: Path, opened: Open) -> None:
    page = opened(sample / "index.html")
    page.evaluate("document.querySelector('.lead').style.color = '#ddd'")
    page.evaluate(
        "document.querySelectorAll('.filters label').forEach((l) => l.replaceWith(...l.querySelectorAll('select')))"
    )
    page.evaluate("""document.querySelector('main').insertAdjacentHTML('beforeend',
      '<p style="color: #222; background: #fff">What it says <a href="#a" style="color: #444; text-decoration: none">further below</a> is the same.</p>')""")
    assert {"color-contrast", "select-name", "link-in-text-block"} <= {rule for rule, _ in violations(page)}


def test_of_many_texts_of_one_look_one_with_poor_contrast_is_found(sample: Path, opened: Open) -> None:
    page = opened(sample / "index.html")
    cells = page.locator(".scorecard tbody td:visible").filter(has_text=re.compile(r"\w{4}"))
    assert cells.count() > 5
    cells.nth(cells.count() // 2).evaluate("(e) => { e.style.color = '#ddd'; e.style.background = '#fff'; }")
    assert [rule for rule, _ in violations(page)] == ["color-contrast"]


def test_pages_weigh_little(real: Path) -> None:
    heavy = {}
    for path in real.glob("*.html"):
        stem = path.name.split(".")[0]
        limit = {"index": INDEX_BYTES, "report": WHOLE_BYTES}.get(stem, TOPIC_BYTES)
        if path.stat().st_size > limit:
            heavy[path.name] = path.stat().st_size
    assert heavy == {}


def test_links_and_ids_of_the_real_pages(real: Path) -> None:
    assert broken_links(real) == []
    for path in real.glob("*.html"):
        page = read(path)
        assert [i for i, n in page.ids.items() if n > 1] == [], path.name
        assert page.unbalanced == [], path.name


def test_topics_add_up_to_the_overview_and_every_statement_leads_to_its_place(real: Path) -> None:
    page = (real / "index.html").read_text(encoding="utf-8")
    open_lines = re.findall(r'<li class="consistent">.*?<small>(.*?)</small>', page, re.DOTALL)
    parts = (
        "neither proved nor excluded",
        "agreeing with the report’s own numbers only",
        "that nothing found can decide",
    )
    found = [sum(int(n) for n in re.findall(rf"(\d+) {part}", " ".join(open_lines))) for part in parts]
    told = {v: int(n) for v, n in re.findall(r'id="count-(\w+)"[^>]*><b>(\d+)</b>', page)}
    assert told["unchecked"] == found[2] > 100
    assert told["consistent"] == found[0] + found[1] > 50
    rows = re.findall(r"<tr data-kind=[^>]*><td>.*?<td>", page, re.DOTALL)
    assert len(rows) > 300 and all('<th scope="row"><a href=' in row for row in rows)


def test_what_rests_on_something_published_names_its_publisher(real: Path) -> None:
    page = (real / "index.html").read_text(encoding="utf-8")
    rests = re.findall(r"<td>(Published[^<]*)(<small>.+?</small>)?<td>", page)
    assert len(rests) > 150
    assert [words for words, name in rests if not name] == []


def test_every_exhibit_is_in_the_gallery(real: Path, opened: Open) -> None:
    page = opened(real / "index.html")
    assert page.locator(".gallery > li").count() == 16


@pytest.mark.parametrize("name", ["01_global_investment.zh.html", "index.html"])
def test_tables_fit_the_printed_page(real: Path, opened: Open, name: str) -> None:
    page = opened(real / name, width=680)
    page.emulate_media(media="print")
    wide = """[...document.querySelectorAll("table")].filter((t) => t.offsetParent &&
      t.getBoundingClientRect().right > 684).map((t) => t.outerHTML.slice(0, 160))"""
    assert page.evaluate(wide) == []


def test_every_notebook_names_all_data_that_it_reads(real: Path) -> None:
    """One that reads more than its metadata say is executed in each run, and would not be rerun for a changed row alone."""
    again = ["--project", str(real.parents[1]), "run", "again", "--no-html", "--language", "both", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "analysis", *again], capture_output=True, text=True, check=True
    )
    notebooks = json.loads(done.stdout)["notebooks"]
    assert {n["name"]: n["status"] for n in notebooks} == dict.fromkeys(
        (n["name"] for n in notebooks), "cached"
    )
