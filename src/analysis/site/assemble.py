"""Builds the site of a run: reads, renders, embeds the fonts, writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.report import cells
from analysis.report.bench import verdicts
from analysis.report.grades import setting_of
from analysis.report.ledger import load_claims
from analysis.report.rows import CheckRow, ClaimRow, RobustnessRow
from analysis.site import frame, front, page, single, source
from analysis.site.page import Page, Scores
from analysis.site.source import Run, Variant


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
        return frame.twins(
            {
                v.language: v.page(stem)
                for v in self.run.variants
                if v is self.variant
                or any(n.stem == stem for n in v.notebooks)
                or stem in ("index", "report")
            }
        )

    def context(self, stem: str, title: str, kind: str) -> dict[str, Any]:
        """The variables of layout.html.j2."""
        page = self.variant.page(stem)
        home = self.variant.page("index")
        return frame.context(self.variant.voice, title, kind, home, self.links(page), self.twins(stem))


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
    scores = _scores(run, variant)
    pages = [page.render(variant, notebook, scores) for notebook in variant.notebooks]
    shell = Shell(run, variant, pages)
    items = [_item(p, variant) for p in pages]
    environment = frame.environment()
    topic = environment.get_template("topic.html.j2")
    for n, (made, item) in enumerate(zip(pages, items, strict=True)):
        context = shell.context(made.notebook.stem, made.title, "topic")
        around = {
            "before": items[n - 1] if n else None,
            "after": items[n + 1] if n + 1 < len(items) else None,
        }
        text = topic.render(**context, **around, item=item, colours=made.colours.rules())
        frame.write(folder / variant.page(made.notebook.stem), text)
    overview = _overview(run, variant, pages, scores, items)
    title = variant.voice.own.title
    text = environment.get_template("front.html.j2").render(
        **shell.context("index", title, "front"), **overview, single=variant.page("report")
    )
    frame.write(folder / variant.page("index"), text)
    text = environment.get_template("single.html.j2").render(
        **shell.context("report", title, "single"), **overview, single=""
    )
    frame.write(folder / variant.page("report"), single.join(text, variant, pages))


def _overview(
    run: Run,
    variant: Variant,
    pages: Sequence[Page],
    scores: Scores,
    items: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    model = front.model(run, variant, pages, scores)
    colours = page.svg.Colours()
    for made in pages:
        colours.used |= made.colours.used
    failed = [item for item in items if item["failed"]]
    return {**model, "items": items, "failed": failed, "colours": colours.rules()}


def _scores(run: Run, variant: Variant) -> Scores:
    """What is known of the claims: rows of the scorecard, else the verdicts of the checks that this run made.

    Without a scorecard only claims that were checked are shown, and without a ledger none.
    """
    checks = cells.read_all(CheckRow, variant.rows("checks"), "checks")
    claims = cells.read_all(ClaimRow, variant.rows("claims"), "claims")
    ledger = run.data / "report" / "claims.csv"
    if not claims and checks and ledger.is_file():
        found = verdicts(load_claims(ledger), checks, variant.language, setting=setting_of(variant.report))
        heard = {check.claim_id for check in checks}
        claims = [claim for claim in found if claim.claim_id in heard]
    swept = cells.read_all(RobustnessRow, source.listed(run, variant, "robustness"), "robustness.csv")
    homes: dict[str, tuple[str, str]] = {}
    for check in checks:
        homes.setdefault(check.claim_id, (check.notebook, check.check_id))
    own = {check.check_id: (check.notebook, check.check_id) for check in checks}
    homes |= {
        claim.claim_id: own[claim.check_id]
        for claim in claims
        if claim.check_id in own and claim.claim_id in homes
    }
    return Scores({c.claim_id: c for c in claims}, {r.claim_id: r for r in swept}, homes)


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
