"""Builds the site of a run: reads, renders, embeds the fonts, writes."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import words
from analysis.site import fonts, front, page, single, source
from analysis.site.bars import VERDICTS
from analysis.site.page import Page
from analysis.site.source import Row, Run, RunError, Variant
from analysis.suite.files import write_atomically

STATIC = Path(__file__).parent / "static"
_INVISIBLE = re.compile(r"<style>.*?</style>|<script>.*?</script>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# Words that are shown from an attribute, at once or by the script
_SHOWN = re.compile(r' (?:placeholder|data-show|data-hide|data-text|data-none)="([^"]*)"')
_HEADINGS = re.compile(
    r"<h[1-4]\b[^>]*>(.*?)</h[1-4]>|<b>(.*?)</b>|<a class=\"brand\"[^>]*>(.*?)</a>|<p class=\"metric\">(.*?)</p>"
    r"|<a rel=[^>]*>(.*?)</a>|<ol class=\"topics\">(.*?)</ol>",
    re.DOTALL,
)


@dataclass(frozen=True)
class Shell:
    """What every page of one language shares."""

    run: Run
    variant: Variant
    pages: Sequence[Page]

    def links(self, current: str) -> list[dict[str, Any]]:
        """The menu: the index and every notebook."""
        t = self.variant.voice
        entries = [(self.variant.page("index"), t("nav.home"))]
        entries += [(self.variant.page(p.notebook.stem), p.title) for p in self.pages]
        return [{"href": href, "title": title, "current": href == current} for href, title in entries]

    def twins(self, stem: str) -> list[dict[str, str]]:
        """The same page in every language of the run; nothing when there is only one."""
        if len(self.run.variants) < 2:
            return []
        return [
            {"language": v.language, "href": v.page(stem), "name": words.name(v.language)}
            for v in self.run.variants
            if v is self.variant or any(n.stem == stem for n in v.notebooks) or stem in ("index", "report")
        ]

    def context(self, stem: str, title: str, kind: str) -> dict[str, Any]:
        """The variables of layout.html.j2."""
        script = (STATIC / "site.js").read_text(encoding="utf-8")
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
        t = self.variant.voice
        return {
            "t": t,
            "printed_in": self.variant.report.printed_in,
            "language": self.variant.language,
            "title": title if title == t.own.title else f"{title} · {t.brand}",
            "kind": kind,
            "css": style_sheet(),
            "script": script,
            "script_hash": f"sha256-{digest}",
            "home": self.variant.page("index"),
            "links": self.links(self.variant.page(stem)),
            "twins": self.twins(stem),
            "verdict_order": VERDICTS,
        }


def style_sheet() -> str:
    """The style sheet without comments and line breaks."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "site.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def build(run_dir: Path, languages: Sequence[str] | None = None, output: Path | None = None) -> Path:
    """Write index.html, a page per notebook and report.html of a run, in each language; gives the index.

    The pages go into the run itself, or into the folder `output`. Twin pages of a further language end in .<language>.html. The same run gives the same bytes.
    RunError when the directory is no finished run, or a language is missing.
    """
    run = source.read(run_dir, languages)
    for variant in run.variants:
        _build_variant(run, variant, output or run_dir)
    return (output or run_dir) / run.variants[0].page("index")


def _build_variant(run: Run, variant: Variant, folder: Path) -> None:
    claims = _claims(run, variant)
    places = page.where(variant)
    pages = [page.render(variant, notebook, claims, places) for notebook in variant.notebooks]
    shell = Shell(run, variant, pages)
    items = [_item(p, variant) for p in pages]
    environment = page.exporter().environment
    topic = environment.get_template("topic.html.j2")
    for n, (made, item) in enumerate(zip(pages, items, strict=True)):
        context = shell.context(made.notebook.stem, made.title, "topic")
        around = {
            "before": items[n - 1] if n else None,
            "after": items[n + 1] if n + 1 < len(items) else None,
        }
        text = topic.render(**context, **around, item=item, colours=made.colours.rules())
        _write(folder / variant.page(made.notebook.stem), text)
    overview = _overview(run, variant, pages, claims, items)
    title = variant.voice.own.title
    text = environment.get_template("front.html.j2").render(
        **shell.context("index", title, "front"), **overview, single=variant.page("report")
    )
    _write(folder / variant.page("index"), text)
    text = environment.get_template("single.html.j2").render(
        **shell.context("report", title, "single"), **overview
    )
    _write(folder / variant.page("report"), single.join(text, variant, pages))


def _overview(
    run: Run,
    variant: Variant,
    pages: Sequence[Page],
    claims: Mapping[str, Row],
    items: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    model = front.model(run, variant, pages, claims)
    colours = page.svg.Colours()
    for made in pages:
        colours.used |= made.colours.used
    failed = [item for item in items if item["failed"]]
    return {**model, "items": items, "failed": failed, "colours": colours.rules()}


def _claims(run: Run, variant: Variant) -> dict[str, Row]:
    """The claims by id: rows of the scorecard in this language, else of results/claims.csv, else those checked.

    Each with what the sweep found of it, where there is one.
    """
    rows = variant.rows("claims") or run.table("claims")
    if not rows:
        rows = [{"claim_id": row["claim_id"], "unit": row["unit"]} for row in variant.rows("checks")]
    swept = {str(row["claim_id"]): row for row in source.listed(run, variant, "robustness")}
    return {str(row["claim_id"]): {**swept.get(str(row["claim_id"]), {}), **row} for row in rows}


def _item(made: Page, variant: Variant) -> dict[str, Any]:
    """A notebook as the templates see it."""
    changed = [
        {"name": name, "value": value, "default": default}
        for name, (default, value) in made.notebook.parameters().items()
        if value != default and name != "language"
    ]
    stem = made.notebook.stem
    return {
        "stem": stem,
        "number": stem.split("_", 1)[0],
        "href": variant.page(stem),
        "title": made.title,
        "tally": made.tally,
        "failed": made.notebook.failed,
        "changed": changed,
        "headings": made.contents.headings,
        "body": made.body,
    }


def _write(path: Path, text: str) -> None:
    """Lay the fonts into a page and write it."""
    text = re.sub(r"\n{2,}", "\n", text)
    seen = _visible(text)
    if boxes := fonts.missing(seen):
        raise RunError(
            f"{path.name}: the font of the pages has no glyph for {' '.join(boxes)}; write these characters otherwise"
        )
    headings = "".join(_visible("".join(m)) for m in _HEADINGS.findall(text))
    write_atomically(path, text.replace("/*fonts*/", fonts.css(seen, headings), 1).encode("utf-8"))


def _visible(text: str) -> str:
    """What a reader may see of a page: its texts, and words that stand in attributes; entities resolved."""
    bare = _INVISIBLE.sub("", text)
    return html.unescape(_TAG.sub(" ", bare) + "".join(_SHOWN.findall(bare)))
