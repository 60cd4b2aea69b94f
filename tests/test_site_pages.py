"""Pages of a run: links and ids, anchors, verdicts and findings, parameters, sameness of bytes, wrong input."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import site, words
from analysis.numbers.printed import Quantity
from analysis.report import cells, config
from analysis.report.computed import as_input
from analysis.report.config import Report
from analysis.report.meanings import amount_of, reckoned_in
from analysis.report.rows import Attested, RobustnessRow
from analysis.site import assemble, bars, blocks, cards, fonts, frame, source, svg
from analysis.site.amounts import Amounts
from analysis.site.proofs import Places
from analysis.site.source import RunError
from analysis.site.voice import Voice
from analysis.suite import document
from analysis.suite.cache import Cache
from analysis.suite.inputs import Inputs
from analysis.suite.project import Project
from analysis.writing import write_atomically
from tests import site_sample
from tests.site_reading import broken_links, read

ROOT = Path(__file__).parents[1]
VOICE = Voice("en", Report())
PAGES = ["01_alpha", "02_broken", "90_scorecard", "index", "report"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = site_sample.make(tmp_path_factory.mktemp("site"), broken=True)
    assert site.build(made) == made / "index.html"
    yield made


def html(run: Path, name: str) -> str:
    return (run / name).read_text(encoding="utf-8")


def test_every_page_in_every_language(run: Path) -> None:
    expected = {f"{stem}{suffix}.html" for stem in PAGES for suffix in ("", ".zh")}
    assert {path.name for path in run.glob("*.html")} == expected
    for name in expected:
        assert f'<html lang="{"zh-CN" if ".zh." in name else "en"}">' in html(run, name)


def test_same_run_same_bytes(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(run / "notebooks", copy / "notebooks")
    shutil.copytree(run / "inputs", copy / "inputs")
    site.build(copy)
    for path in sorted(run.glob("*.html")):
        assert path.read_bytes() == (copy / path.name).read_bytes(), path.name


def test_pages_of_a_run_ask_the_report_that_was_kept_with_it(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project may be another by now: what its report.toml says of names and publishers is not the run's."""
    monkeypatch.setattr(config, "current", None)
    site.build(run, output=tmp_path)
    for path in sorted(run.glob("*.html")):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_what_the_cache_keeps_is_not_prepared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Cache:
        def __init__(self, is_full: bool) -> None:
            self.is_full, self.read = is_full, list[str]()

        def holds(self, name: str) -> bool:
            return self.is_full

        def entry(self, name: str, read: object) -> None:
            self.read.append(name)

    monkeypatch.setattr(fonts, "get_ready", lambda text: iter(text[:1]))
    project = Project(ROOT)
    cells = sum(len(document.code_cells(n.content)) for n in project.notebooks)
    always = len(frame.environment().list_templates()) + 1 + cells  # the face
    full, empty = Cache(True), Cache(False)
    steps = [sum(1 for _ in assemble.get_ready(project, ["zh", "en"], c)) for c in (full, empty)]  # type: ignore[arg-type]
    assert steps == [always + 2, always + 1]
    assert (len(full.read), len(empty.read)) == (2, 0)


def test_what_was_read_ahead_is_what_pages_are_made_of(run: Path, tmp_path: Path) -> None:
    read: list[str] = []

    class Noting(Cache):
        def entry(self, name: str, of: Callable[[bytes], Any]) -> Any:
            read.append(name)
            return super().entry(name, of)

    shutil.copytree(run / "inputs", tmp_path / "project")
    project = Project(ROOT)
    there = SimpleNamespace(root=tmp_path / "project", notebooks=[])
    for ahead in (0, 2):
        cache = Noting(tmp_path / "cache", Inputs(project, {}))
        assert [None for _ in assemble.get_ready(there, ["en", "zh"], cache)]  # type: ignore[arg-type]
        assert len(read) == ahead
        site.build(run, output=tmp_path / str(ahead), cache=cache)
        assert len(set(read)) == len(read) == 2
        read.clear()
    for page in (tmp_path / "0").glob("*.html"):
        assert (
            page.read_bytes() == (tmp_path / "2" / page.name).read_bytes() == (run / page.name).read_bytes()
        )


def test_the_table_of_a_chart_says_its_unit_and_has_no_empty_column() -> None:
    data = "series,period,value,low,high\n,2020,1.23456789,,\n,2021,12.5,,\n"
    drawing = source.Drawing("trips", "", "Trips rose", "", "<svg/>", "", data, "Survey", "Trips, million")
    made = blocks.chart(drawing, "01_trips", lambda name: name, VOICE)
    assert [name for name, _ in made.head] == ["period", "value"]
    assert [list(row) for row in made.rows] == [["2020", "1.23457"], ["2021", "12.5"]]
    assert (made.numeric, made.subtitle) == ([True, True], "Trips, million")
    assert "1.23456789" in made.download and "low%2Chigh" in made.download  # the file is whole


@pytest.mark.parametrize(
    ("subtitle", "second", "shown"),
    [("Trips, million", "million", False), ("", "million", True), ("Trips", "%", True)],
)
def test_a_table_names_the_unit_where_nothing_above_it_does(subtitle: str, second: str, shown: bool) -> None:
    data = f"period,value,unit\n2020,1.5,million\n2021,12.5,{second}\n"
    drawing = source.Drawing("trips", "", "Trips rose", "", "<svg/>", "", data, "Survey", subtitle)
    made = blocks.chart(drawing, "01_trips", lambda name: name, VOICE)
    assert (len(made.head) == 3) is shown and "unit" in made.download


def test_output_folder_leaves_the_run_alone(run: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(run / "notebooks", copy / "notebooks")
    assert site.build(copy, output=tmp_path / "out") == tmp_path / "out" / "index.html"
    assert not list(copy.glob("*.html"))


def test_links_lead_somewhere_ids_are_unique_tags_match(run: Path) -> None:
    assert broken_links(run) == []
    for path in run.glob("*.html"):
        page = read(path)
        assert [i for i, n in page.ids.items() if n > 1] == [], path.name
        assert page.unbalanced == [], path.name
        assert page.tags["h1"] >= 1


def test_a_broken_link_would_be_found(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "copy")
    page = tmp_path / "copy" / "index.html"
    page.write_text(
        html(run, "index.html").replace('01_alpha.html#claim-alpha"', '01_alpha.html#claim-aleph"')
    )
    assert broken_links(tmp_path / "copy") == ["index.html → 01_alpha.html#claim-aleph"] * 3


def test_nothing_is_fetched_and_scripts_are_named_by_hash(run: Path) -> None:
    for path in run.glob("*.html"):
        text = html(run, path.name)
        assert [f for f in read(path).fetched if not f.startswith("data:")] == [], path.name
        assert "@import" not in text
        assert set(re.findall(r"url\((.{5})", text)) <= {"data:", "#0"} | set(
            re.findall(r"url\((#.{4})", text)
        )
        scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
        assert len(scripts) == 1
        digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
        assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text


def test_single_file_holds_everything_and_leads_nowhere_else(run: Path) -> None:
    whole = read(run / "report.html")
    assert [a for a in whole.links if not a.startswith(("#", "http", "data:", "report.zh"))] == []
    for stem in ("01_alpha", "02_broken", "90_scorecard"):
        assert stem in whole.ids
    assert {"claim-alpha", "figure-2", "01_alpha--part-1", "90_scorecard--cell-s3"} <= whole.ids.keys()


def test_anchors_of_claims_and_exhibits(run: Path) -> None:
    ids = read(run / "01_alpha.html").ids
    assert {
        "claim-alpha",
        "claim-alpha-again",
        "claim-beta",
        "claim-gamma",
        "figure-2",
        "part-1",
        "part-1-1",
    } <= ids.keys()
    assert "check-alpha-neighbour-x" in ids  # a check that set no verdict has a place of its own
    assert "check-alpha-same" not in ids  # the one that set it stands in the card
    chinese = read(run / "01_alpha.zh.html").ids
    assert {i for i in ids if not i.endswith("-en")} == {i for i in chinese if not i.endswith("-zh")}


def test_links_of_other_notebooks_find_the_claim(run: Path) -> None:
    assert 'href="01_alpha.html#claim-alpha"' in html(run, "90_scorecard.html")
    assert 'href="01_alpha.zh.html#claim-alpha"' in html(run, "90_scorecard.zh.html")


def test_cells_of_the_other_language_are_left_out(run: Path) -> None:
    english, chinese = html(run, "01_alpha.html"), html(run, "01_alpha.zh.html")
    assert "How fast does it grow?" in english
    assert "增长有多快" not in english
    assert "增长有多快" in chinese
    assert "How fast does it grow?" not in chinese
    assert 'hreflang="zh-CN"' in english
    assert 'hreflang="en"' in chinese


def test_changed_parameters_stand_at_the_top_of_every_page(run: Path) -> None:
    for name in ("01_alpha", "90_scorecard", "index", "report"):
        text = html(run, f"{name}.html")
        assert text.index("<code>fx_rate</code> is <code>7.0</code> (default <code>6.9</code>)") < text.index(
            "<h1>"
        ), name
    assert "<code>fx_rate</code> 取 <code>7.0</code>（默认 <code>6.9</code>）" in html(
        run, "01_alpha.zh.html"
    )
    assert "language" not in html(run, "01_alpha.zh.html").split("与默认值不同的参数")[1].split("</div>")[0]


def card(run: Path, claim_id: str, page: str = "01_alpha.html") -> str:
    text = html(run, page)
    return text[text.index(f'id="claim-{claim_id}"') :].split("</article>")[0]


REPEATED = {"original": False, "named": True, "loose": True}


@pytest.mark.parametrize("attested", REPEATED)
@pytest.mark.parametrize(
    ("language", "said"), [("en", "Read where it is repeated: "), ("zh", "读自转引处：")]
)
def test_a_source_that_decides_says_where_it_was_read_by_another_hand(
    attested: Attested, language: str, said: str, tmp_path: Path
) -> None:
    run = site_sample.make(tmp_path)
    for path in (run / "notebooks").rglob("01_alpha.ipynb"):
        text = path.read_text("utf-8").replace(
            '\\"attested\\": \\"named\\"', f'\\"attested\\": \\"{attested}\\"'
        )
        path.write_text(text, encoding="utf-8")
    site.build(run)
    suffix = "" if language == "en" else ".zh"
    shown = card(run, "alpha", f"01_alpha{suffix}.html")
    index = html(run, f"index{suffix}.html")
    finding = index[index.index('class="finding"') :].split("</li>")[0]
    assert (said.rstrip(": ：") in shown.split('class="line"')[1].split("</span>")[0]) == REPEATED[attested]
    assert (f"{said}example.org" in shown.split('class="why"')[1].split("</p>")[0]) == REPEATED[attested]
    assert '<a href="https://example.org/a?b=1&amp;c=2" rel="noreferrer">example.org</a>' in finding
    assert (said.rstrip() in finding) == REPEATED[attested]


def test_places_are_named_once_and_releases_apart() -> None:
    one = replace(site_sample.NOW, url="https://www.example.org/first", attested="original")
    again, other = (
        replace(one, url="https://example.org/second"),
        replace(one, url="http://b.org/", attested="loose"),
    )
    none = replace(one, url="ftp://c.org/")
    found = Places.of([site_sample.check("alpha", "out", inputs=(one, other, again, none))])
    assert found == Places({"example.org": "https://www.example.org/first"}, {"b.org": "http://b.org/"})


AMOUNTS = [(unit, language) for language in words.languages() for unit in words.pack("en")["amounts"] if unit]


@pytest.mark.parametrize(("unit", "language"), AMOUNTS)
def test_arithmetic_says_its_unit_where_its_inputs_are_told_in_another(unit: str, language: str) -> None:
    told = replace(site_sample.NOW, text="126.7", value=126.7, unit=unit)
    row = site_sample.check("alpha", "out", inputs=(told, told), arithmetic="126.7 ÷ 197.2 = 0.6425")
    differs = "126.7" not in amount_of(told, language)
    assert reckoned_in(row, language) == ([words.one(unit, language)] if differs else [])
    assert reckoned_in(replace(row, arithmetic="26.7 ÷ 1126.7"), language) == []


@pytest.mark.parametrize("language", words.languages())
def test_an_input_is_told_with_its_hedge_also_where_it_is_a_word(language: str) -> None:
    half, thirds = (as_input("share", Quantity.parse(text, hedge="约")) for text in ("一半", "2/3"))
    told = {
        "en": ("about half", "about two thirds", "about 16", "BIS Papers"),
        "zh": ("约一半", "约2/3", "约16", "BIS Papers"),
    }[language]
    number = as_input("share", Quantity.parse("16", hedge="约"))
    act = replace(site_sample.NOW, text="BIS Papers", value=0.0, unit="", ref="act:bis")
    assert tuple(amount_of(i, language) for i in (half, thirds, number, act)) == told


def test_cards_show_the_unit_of_their_arithmetic(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, languages=("en",))
    for path in (run / "notebooks").rglob("01_alpha.ipynb"):
        path.write_text(path.read_text("utf-8").replace("笔", "亿元"), encoding="utf-8")
    site.build(run)
    shown = card(run, "alpha")
    assert "CNY 127.1 billion" in shown and '<small class="units">inputs in CNY 100 million</small>' in shown


def test_a_claims_card_says_it_all(run: Path) -> None:
    for part in (
        "Contradicted", "The conclusion flips", "Published, recomputed", "Section 1.3 · Figure 2", "同比增长 24.6%",
        "24.4%", "−0.2 points", "The source itself decides.", "The same edition.", "<mfrac>", "CB Insights", "State of Fintech",
        "edition cbi-2021q2", 'href="https://example.org/a?b=1&amp;c=2"', "Restated in later editions",
        'class="bar contradicted"', 'href="01_alpha.html#claim-delta"', "Said again: Section 2.1",
    ):  # fmt: skip
        assert part in card(run, "alpha"), part


def test_a_claim_has_one_card_and_its_repetition_a_line(run: Path) -> None:
    text = html(run, "01_alpha.html")
    assert text.count('class="check card') == 6
    assert '<li id="claim-alpha-again">' in card(run, "alpha")


def test_a_check_that_set_no_verdict_wears_a_neutral_mark(run: Path) -> None:
    text = html(run, "01_alpha.html")
    aside = text[text.index('id="check-alpha-neighbour-x"') :].split("</article>")[0]
    for part in (
        "a neighbour",
        "overlaps, and neither proves nor excludes it",
        "Another region.",
        "shape-beside",
    ):
        assert part in aside
    assert 'class="verdict' not in aside and "shape-contradicted" not in aside
    others = card(run, "alpha").split('class="others"')[1]
    assert "Another region." in others and 'class="verdict' not in others


def test_what_was_only_looked_up_is_not_called_recomputed(run: Path) -> None:
    text = card(run, "zeta")
    assert "Published" in text and "Recomputed" not in text and "CNY 13.03 trillion" in text


def test_an_unchecked_claim_shows_what_stands_beside_it_and_what_would_settle_it(run: Path) -> None:
    text = card(run, "delta")
    assert "What would settle it: No open data." in text
    beside = text.split('class="others"')[1]
    assert "2,000 deals" in beside and "All sectors." in beside
    assert "Recomputed" not in text and "Published" not in text


def test_words_stand_with_their_arithmetic_and_what_holds_them_down(run: Path) -> None:
    text = card(run, "gamma")
    assert "1 &lt; 2 &lt; 3" in text and "At most consistent: too few steps for the word." in text
    assert '<svg class="bar' not in text


def test_interval_bar_draws_the_three_ranges_on_a_scale() -> None:
    row = site_sample.claim("b", "hedged", printed="30", hedge="近")
    check = site_sample.check("b", "blurred")
    bar = cards.evidence(row, check, VOICE).bar
    x = {
        k: (float(a), float(b))
        for k, a, b in re.findall(r'<line class="(\w+)" x1="([\d.]+)%" x2="([\d.]+)%"', bar)
    }
    quantity = cards.quantity(row, None)
    assert quantity is not None
    hedged, printed = quantity.hedged, quantity.interval
    scale = (x["hedge"][1] - x["hedge"][0]) / hedged.width
    start = x["hedge"][0] - hedged.low * scale
    for name, low, high in (("printed", printed.low, printed.high), ("computed", 24.25, 24.47)):
        assert x[name] == pytest.approx((start + low * scale, start + high * scale), abs=0.03)
    assert "; the hedge word allows" in bar and bar.count('class="tick"') >= 4
    plain = cards.evidence(site_sample.claim("a", "consistent"), check, VOICE).bar
    assert 'class="hedge"' not in plain


ENDS = st.tuples(
    st.integers(-2_000_000, 2_000_000).map(lambda n: n / 1000),
    st.sampled_from([0.0, 0.001, 0.3, 1.0, 5.0, 740.0]),
).map(lambda x: bars.Interval(x[0], x[0] + x[1]))


@given(
    ENDS,
    ENDS,
    st.sampled_from(["%", "亿元", "万户", "亿美元", "个", "万笔"]),
    st.sampled_from(words.languages()),
)
def test_each_tick_of_a_bar_says_where_it_stands(
    printed: bars.Interval, found: bars.Interval, unit: str, language: str
) -> None:
    """Numbers that are rounded stood at three places as one and the same."""
    amounts = Amounts("5", unit, Voice(language, Report()))
    ranges, said = bars.Ranges(printed, printed, found, found.low), dict[str, float]()

    def write(value: float, step: float) -> str:
        text = amounts.tick(value, step)
        said[text] = value
        tenth = amounts.tick(value + step / 10, step / 10)
        assert not step or text != tenth
        return text

    bar = bars.interval_bar(ranges, {"label": "", "printed": "", "found": ""}, "consistent", write)
    ticks = re.findall(r'class="tick" x1="([\d.]+)%"', bar)
    assert 1 <= len(ticks) <= 6 and len(said) >= len(ticks)
    lowest, highest = (f(printed.low, printed.high, found.low, found.high) for f in (min, max))
    assert len(said) >= 2 or lowest == highest
    assert lowest == highest or len({round(v, 9) for v in said.values()}) == len(said)
    texts = re.findall(r'<text class="tick"[^>]*>([^<]*)</text>', bar)
    numbers = [float(re.sub(r"[^\d.-]", "", text.replace("−", "-"))) for text in texts]
    if (
        len({re.sub(r"[\d.,−]", "", text) for text in said}) == 1
    ):  # one unit: evenly spaced numbers at their places
        at = [float(x) for x in ticks]
        assert numbers == sorted(numbers)
        if len(numbers) > 2:
            slope = (numbers[-1] - numbers[0]) / (at[-1] - at[0])
            assert numbers == pytest.approx(
                [numbers[0] + (x - at[0]) * slope for x in at], rel=1e-3, abs=abs(slope)
            )


@pytest.mark.parametrize(
    ("printed", "unit", "language", "texts"),
    [
        ((57.5, 58.5), "%", "en", ["57.5", "58.0", "58.5%"]),
        ((10, 10), "个", "en", ["10"]),
        ((10, 10), "家", "zh", ["10家"]),
        ((350.5, 351.5), "亿元", "en", ["CNY 35.05", "35.10", "35.15 billion"]),
        ((7074.5, 7076), "万笔", "en", ["70.745", "70.760 million transactions"]),
    ],
)
def test_ticks_say_their_unit_once_and_as_many_as_a_phone_has_room_for(
    printed: tuple[float, float], unit: str, language: str, texts: list[str]
) -> None:
    ranges = bars.Ranges(
        bars.Interval(*printed), bars.Interval(*printed), bars.Interval(*printed), printed[0]
    )
    write = Amounts("5", unit, Voice(language, Report())).tick
    bar = bars.interval_bar(ranges, {"label": "", "printed": "", "found": ""}, "consistent", write)
    assert re.findall(r'<text class="tick"[^>]*>([^<]*)</text>', bar) == texts


def test_a_range_without_end_runs_to_the_edge() -> None:
    i = bars.Interval
    ranges = bars.Ranges(i(1, 2), i(1, float("inf")), i(3, float("inf")), 3)
    bar = bars.interval_bar(
        ranges, {"label": "", "printed": "", "found": ""}, "consistent", lambda value, _: str(value)
    )
    assert "inf" not in bar and 'x2="100.00%"' in bar


@pytest.mark.parametrize("language", words.languages())
def test_the_parts_of_the_opening_sentence_are_the_counts_below_it_and_add_up(
    run: Path, language: str
) -> None:
    text = html(run, "index.html" if language == "en" else f"index.{language}.html")
    lead = re.search(r'<p class="lead">(.*?)</p>', text)
    assert lead
    whole = re.sub(r" ?[(（].*?[)）]", "", lead[1])
    all_, *parts = map(int, re.findall(r"\d+", whole))
    below = {v: int(n) for v, n in re.findall(r'<li class="(\w+)" id="count-\1"><b>(\d+)</b>', text)}
    assert sorted(parts) == sorted(n for n in below.values() if n) and sum(parts) == all_
    t = Voice(language, Report())
    stems = {v: t(f"verdict.{v}").lower()[: -1 if language == "en" else None] for v in below}
    told = {v for v in below if stems[v] in whole.lower()}
    assert told == set(below), "each verdict is named as the counts name it"


@pytest.mark.parametrize("language", words.languages())
def test_the_rows_of_the_table_are_reckoned_from_the_statements_that_are_counted(
    run: Path, language: str
) -> None:
    text = html(run, "index.html" if language == "en" else f"index.{language}.html")
    told = re.findall(r'<p class="intro">(.*?)</p>', text)[-1]
    rows, counted, *others = map(int, re.findall(r"\d+", told))
    assert (rows, counted) == (len(re.findall("<tr data-kind", text)), 6)
    assert rows == counted + sum(others) and all(others)


def test_index_says_the_result_counts_and_finds(run: Path) -> None:
    text = html(run, "index.html")
    lead = re.search(r'<p class="lead">(.*?)</p>', text)
    assert lead and lead[1].startswith("Of 6 statements: 1 reproduced from published numbers and documents")
    assert "(1 of these agrees with the report’s own numbers)" in lead[1]
    found = text[text.index('id="findings"') : text.index('id="topics"')]
    assert found.count('class="finding"') == 1
    assert "Growth of global fintech funding, 2021 H1: 24.6%" in found
    assert "Recomputed: 24.4%; −0.2 points from the printed number" in found
    assert "weight 2 × 3 × 3 = 18" in found
    assert "The conclusion flips" in found and "Section 1.3 · Figure 2, Section 2.1" in found
    counts = re.findall(r'<li class="(\w+)" id="count-\1"><b>(\d+)</b>', text)
    assert counts == [(v, "1") for v in bars.ORDER[:-1]] + [("unchecked", "2")]
    assert "Statements that the report repeats (1) count once." in text
    assert "1 holds, 0 fail" in text
    verdicts = re.findall(r'<tr data-kind.*?><td><svg><use href="#shape-(\w+)"/>', text)
    assert " ".join(verdicts) == (
        "contradicted contradicted consistent hedged reproduced unchecked unchecked holds"
    )
    assert "No open data." in text
    assert (
        '<td><span lang="zh-CN">13.03万亿元</span><small>CNY 13.03 trillion</small>' in text
    )  # as the report prints it, with its meaning


def test_gallery_shows_the_chart_and_says_what_is_missing(run: Path) -> None:
    text = html(run, "index.html")
    gallery = text[text.index('class="gallery"') : text.index('id="verdicts"')]
    assert 'href="01_alpha.html#figure-2"' in gallery
    assert '<use href="#thumb-alpha"/>' in gallery  # drawn once, with its topic
    assert '<svg aria-hidden="true" id="thumb-alpha"' in text
    assert "The series." in gallery


@pytest.mark.parametrize("name", ["a\\1b", "x\ud800y", "\\g<9>", "(", "a\\"])
def test_a_thumbnail_may_be_called_anything(name: str) -> None:
    small = svg.thumbnail('<svg viewBox="0 0 9 9"><g id="x"/><use href="#x"/></svg>', f"01_a-{name}")
    assert f'id="01_a-{name}' in small


def test_a_class_that_only_a_script_gives_keeps_its_rules() -> None:
    scripts = "".join(path.read_text(encoding="utf-8") for path in frame.STATIC.glob("*.js"))
    given = re.findall(r'(?:classList\.\w+\(|className = )"([\w -]+)"', scripts)
    assert len(given) > 5
    for name in " ".join(given).split():
        assert frame.met(f".{name}{{top:0}}", []) == f".{name}{{top:0}}"
    assert frame.met(".of-no-page{top:0}", ["other"]) == ""


def test_a_class_that_a_script_gives_the_whole_page_is_no_part_of_it() -> None:
    """Rules for the part would hold for everything on the page."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in frame.STATIC.glob("*.js"))
    given = set(re.findall(r"documentElement\.classList\.\w+\(\"([\w-]+)\"", scripts))
    templates = (frame.STATIC.parent / "templates").rglob("*.j2")
    parts = "".join(path.read_text(encoding="utf-8") for path in templates)
    named = {name for found in re.findall(r'class="([^"]*)"', parts) for name in found.split()}
    assert given and not given & named


def test_a_page_without_a_server_has_no_lines_for_one() -> None:
    """Every part that is for a server ends, and what is left calls nothing of it."""
    marks = re.findall(
        r"^ *// With (a server|or without)$", (frame.STATIC / "panel.js").read_text("utf-8"), re.MULTILINE
    )
    assert marks == ["a server", "or without"] * (len(marks) // 2) and len(marks) > 4
    script = str(frame._scripted(("site", "table", "panel"))["script"])
    assert "fetch(" not in script and 'EventSource("/live/events' not in script and "patch(" not in script
    assert not re.search(r"^\s|^//", script, re.MULTILINE)


def test_a_thumbnail_keeps_every_printed_word_and_number() -> None:
    words = ["24.63% more", "2021-08 MyData", "19.72", "L 5 z"]
    texts = "".join(f'<text x="10.123" y="{20 + 9 * n}.456">{word}</text>' for n, word in enumerate(words))
    path = '<path d="M 10.123 20.456 L 11.5 300.7 z"/>'
    small = svg.thumbnail(f'<svg width="360pt" viewBox="0 0 360 400">{path}{texts}</svg>', "t")
    assert re.findall(r"<text[^>]*>([^<]*)</text>", small) == words
    assert 'x="10" y="20"' in small and 'd="M10 20L12 301z"' in small


def test_failed_notebook_is_said_on_its_page_and_on_the_index(run: Path) -> None:
    page = html(run, "02_broken.html")
    assert "no &lt;such&gt; column" in page
    assert "\x1b" not in page
    assert "This notebook failed" in page
    index = html(run, "index.html")
    notice = index.split('class="failure"')[1].split("</div>")[0]
    assert 'href="02_broken.html"' in notice
    assert re.search(
        r'02_broken, cell \d+ \([\w-]+\): <code lang="en">ValueError: no &lt;such&gt; column</code>', notice
    )
    assert index.index("This run is not whole") < index.index("<h1>")


def test_chart_brings_its_data_as_table_and_download(run: Path) -> None:
    text = html(run, "01_alpha.html")
    figure = text[text.index('id="figure-2"') :].split("</figure>")[0]
    assert '<td class="number">3.5</td>' in figure
    assert (
        'download="01_alpha-alpha.csv" href="data:text/csv;charset=utf-8,%EF%BB%BFperiod%2Cseries' in figure
    )
    assert "<caption>Alpha grows faster than printed<small>" in figure


def test_drawings_do_not_share_ids_and_turn_with_the_scheme(run: Path) -> None:
    text = html(run, "01_alpha.html")
    used = re.findall(r"url\(#([^)]+)\)", text)
    assert len(used) == len(set(used)) == 2
    assert '}[stroke="#14487f"]{stroke:' in text
    assert svg.dark_of("#1f2933") == "#e8edf1"
    assert svg.dark_of("#000000") == "#f7f7f7"
    assert svg.dark_of("#ffcc00") == "#ffcc00"


def test_one_language_has_no_twin_links(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, languages=("zh",))
    site.build(run)
    assert (run / "index.html").read_text(encoding="utf-8").count('hreflang="en"') == 0
    assert not (run / "index.zh.html").exists()
    assert "hreflang" not in html(run, "index.html")


def test_a_run_without_scorecard_judges_by_the_ledger_of_its_inputs(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, languages=("en",))
    (run / "notebooks" / "90_scorecard.ipynb").unlink()
    (run / "manifest.json").write_text('{"only": ["01*"], "status": {"01_alpha": "ok"}}')
    site.build(run)
    index = html(run, "index.html")
    assert 'href="01_alpha.html#claim-beta"' in index
    assert index.index("A run of some notebooks only (01*)") < index.index("<h1>")
    assert "No check of this run bears on 1 statement of the report, which is not counted" in index
    text = card(run, "alpha")
    for part in ("Growth of global fintech funding", "24.6%", "同比增长 24.6%", "Section 1.3 · Figure 2"):
        assert part in text, part


@pytest.mark.parametrize(
    ("facts", "command"),
    [
        ({"run": "default"}, "analysis run"),
        (
            {"run": "mine", "parameters": {"rate": 6.5, "names": ["a b"]}, "variants": {"zh": {}}, "own_data": ["s:k"]},
            "analysis run mine -p rate=6.5 -p &#39;names=[&#34;a b&#34;]&#39; --language both --data FOLDER",
        ),
    ],
)  # fmt: skip
def test_the_page_of_a_failed_run_says_how_to_go_on(
    tmp_path: Path, facts: dict[str, object], command: str
) -> None:
    run = site_sample.make(tmp_path, broken=True)
    (run / "manifest.json").write_text(json.dumps(facts))
    site.build(run)
    for name, told in (("index.html", "go on with: "), ("index.zh.html", "修正所列问题后继续：")):
        notice = html(run, name).split('class="failure"')[1].split("</div>")[0]
        assert f'<code lang="en">{command}</code>' in notice and told.strip() in notice


def test_a_whole_run_says_of_no_command_to_go_on_with(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, languages=("en",))
    (run / "manifest.json").write_text('{"run": "default"}')
    site.build(run)
    assert "go on with" not in html(run, "index.html")


def test_a_run_of_which_nothing_came_out_says_how_many_statements_it_leaves_open(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, languages=("en",))
    for path in (run / "notebooks").glob("*.ipynb"):
        content = json.loads(path.read_text("utf-8"))
        for cell in content["cells"]:
            cell.update({"outputs": []} if cell["cell_type"] == "code" else {})
        path.write_text(json.dumps(content), encoding="utf-8")
    site.build(run)
    index = html(run, "index.html")
    assert re.search(
        r"No check of this run bears on \d statements of the report, which are not counted",
        index.partition("<h1")[0],
    )


def test_what_a_row_says_is_never_markup(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, languages=("en",))
    path = run / "notebooks" / "90_scorecard.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("growth of global fintech funding", "<i>x</i>"),
        encoding="utf-8",
    )
    site.build(run)
    for name in ("index.html", "01_alpha.html", "report.html"):
        assert "<i>x</i>" not in html(run, name)
        assert "&lt;i&gt;x&lt;/i&gt;" in html(run, name)


def test_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a finished run"):
        site.build(tmp_path)


def test_parameters_are_read_as_literals_only(tmp_path: Path) -> None:
    cell = site_sample.code("p", "a: int = 1\nb = [1, 2]\nc = open('x')\nd.e = 3\n", tags=("parameters",))
    given = site_sample.code("i", "a = 2\n", tags=("injected-parameters",))
    notebook = source.Notebook("x", {"cells": [cell, given]})
    assert notebook.parameters == [
        source.Parameter("a", 1, 2),
        source.Parameter("b", [1, 2], [1, 2]),
    ]


@pytest.mark.parametrize(
    ("printed", "unit", "value", "shown"),
    [("24.6", "%", 24.364, "24.4%"), ("24.6", "%", 24.58, "24.58%"), ("一半", "", 0.785448, "78.5%"), ("9.86", "%", 27.0, "27%"),
     ("1271", "笔", 1300.0, "1,300 deals"), ("197.2", "亿元", 23.253, "CNY 2.33 billion")],
)  # fmt: skip
def test_contradicted_values_are_told_apart_without_false_digits(
    printed: str, unit: str, value: float, shown: str
) -> None:
    kind = "share" if not unit else "level"
    row = site_sample.claim("a", "contradicted", printed=printed, unit=unit, kind=kind, evidence=value)
    assert cards.evidence(row, site_sample.check("a", "out"), VOICE).found == shown


@pytest.mark.parametrize(
    ("printed", "unit", "value", "said"),
    [("34.54", "%", 33.498, "−1.04 points from the printed number"), ("197.2", "亿元", 23.3, "the report prints 8.5 times as much"),
     ("100", "笔", 90.0, "−10.0% of the printed number"), ("一半", "", 0.429592, "−7.0 points from the printed number")],
)  # fmt: skip
def test_a_difference_is_in_points_for_a_rate_and_a_multiple_where_far_apart(
    printed: str, unit: str, value: float, said: str
) -> None:
    kind = "share" if not unit else "level"
    row = site_sample.claim("a", "contradicted", printed=printed, unit=unit, kind=kind, evidence=value)
    assert cards.evidence(row, site_sample.check("a", "out"), VOICE).difference == said


def test_robustness_stands_on_the_card_and_in_the_table(tmp_path: Path) -> None:
    run = site_sample.make(tmp_path, languages=("en",))
    swept = [
        RobustnessRow("alpha", "fragile", 1536, 0.75, share_contradicted=0.25, verdict_default="contradicted", flips_on="edition fx_rate"),
        RobustnessRow("beta", "robust", 24, share_hedged=1.0, verdict_default="hedged"),
        RobustnessRow("gamma", "not exposed", 1, share_consistent=1.0, verdict_default="consistent"),
        RobustnessRow("zeta", "robust", 9, share_contradicted=1.0, verdict_default="contradicted"),  # of another run
    ]  # fmt: skip
    (run / "inputs" / "data" / "sweep").mkdir()
    write_atomically(run / "inputs" / "data" / "sweep" / "robustness.csv", cells.to_csv(swept))
    site.build(run)
    assert html(run, "01_alpha.html").count('class="robust"') == 3
    said = "Under 1,536 tried combinations of assumptions: Contradicted in 25%, Reproduced in 75%, turns with edition of the data, fx rate"
    assert said in card(run, "alpha")
    assert "Under 24 tried combinations of assumptions: it stays hedged" in card(run, "beta")
    assert "no assumption reaches its evidence" in card(run, "gamma")
    index = html(run, "index.html")
    assert '<td class="fragile">no<small>turns with edition of the data, fx rate</small><td>' in index
    assert "<td>yes<td>" in index
    assert '<select name="robust" data-column="4">' in index


def test_without_a_sweep_the_scorecard_has_no_column_for_it(run: Path) -> None:
    index = html(run, "index.html")
    assert "Robust?" not in index and '<select name="ground" data-column="4">' in index


@pytest.mark.parametrize(
    ("printed", "value", "low", "high", "shown"),
    [("25", 24.57, 24.5, 24.7, "24.6%"), ("25", 24.6, 24.55, 24.65, "24.6%"), ("27.2", 27.2272, 27.2272, 27.2272, "27.2%"),
     ("13", 13.03, 13.0, 14.0, "13%")],
)  # fmt: skip
def test_reproduced_values_show_the_digits_that_their_range_supports(
    printed: str, value: float, low: float, high: float, shown: str
) -> None:
    row = site_sample.claim(
        "a", "reproduced", printed=printed, evidence=value, evidence_low=low, evidence_high=high
    )
    assert cards.evidence(row, site_sample.check("a", "in"), VOICE).found == shown
