"""The page of a sweep: for each claim the share of universes with each verdict, what flips it, and specification curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import charts
from analysis.charts.model import Chart
from analysis.numbers import periods
from analysis.numbers.printed import Reading
from analysis.report.config import Report
from analysis.report.ledger import Claim
from analysis.report.meanings import as_printed, beside, gloss
from analysis.site import frame, svg
from analysis.site.assemble import Notice
from analysis.site.bars import stacked_bar
from analysis.site.own_rows import OwnRow
from analysis.site.voice import Voice, capital
from analysis.suite.sweep import Outcome

if TYPE_CHECKING:
    from analysis.report.curves import CurveData
    from analysis.report.robustness import Robustness
    from analysis.report.turning import HeatMap

_ORDER = {"fragile": 0, "robust": 1, "not exposed": 2}


def write(
    outcome: Outcome,
    results: Sequence[Robustness],
    maps: Sequence[HeatMap],
    curves: Sequence[CurveData],
    ledger: Mapping[str, Claim],
    report: Report,
) -> Path:
    """Write index.html (and its twins in other languages) into the folder of the sweep; gives the path of the first."""
    pages = frame.pages(outcome.folder / "index.html", report.languages)
    for language, page in pages.items():
        voice, colours = Voice(language, report), svg.Colours()
        drawn = [{"claim_id": c.claim_id, "svg": _drawn(c, ledger, n, voice)} for n, c in enumerate(curves)]
        for curve in drawn:
            colours.note(curve["svg"])
        home = frame.way_home(page, outcome.folder.parents[1], report.suffix(language))
        twins = frame.twins({x: p.name for x, p in pages.items()})
        title = voice("sweep.name", name=outcome.name)
        notice = Notice((), (), (), 0, (), [OwnRow(ref, ref) for ref in outcome.plan.own_data])
        context = {**frame.context(voice, title, "sweep", home, twins=twins), "notice": notice}
        text = (
            frame.environment()
            .get_template("sweep.html.j2")
            .render(
                **context,
                heading=_heading(outcome, results, voice),
                outcome=outcome,
                plan=outcome.plan,
                claims=[_entry(r, ledger.get(r.claim_id), voice) for r in _ordered(results)],
                maps=[_mapped(m, ledger.get(m.claim_id), voice) for m in maps],
                curves=drawn,
                colours=colours.rules(),
            )
        )
        frame.write(page, text)
    return next(iter(pages.values()))


def _heading(outcome: Outcome, results: Sequence[Robustness], t: Voice) -> str:
    """How many verdicts depend on an assumption; of notebooks without claims, how much was tried."""
    if not results:
        return t("sweep.title_bare", universes=outcome.plan.universes)
    return t("sweep.title", fragile=sum(r.kind == "fragile" for r in results), claims=len(results))


def _ordered(results: Sequence[Robustness]) -> list[Robustness]:
    """Fragile claims first, those whose verdicts are most evenly divided on top."""
    return sorted(results, key=lambda r: (_ORDER[r.kind], max(r.shares.values()), r.claim_id))


def _entry(r: Robustness, claim: Claim | None, t: Voice) -> dict[str, object]:
    """A claim as the template shows it."""
    return {
        "id": r.claim_id,
        "metric": capital(claim.metric(t.language)) if claim else r.claim_id,
        "period": periods.span(claim.period, t.language) if claim else "",
        "printed": as_printed(claim) if claim else "",
        "gloss": gloss(claim, t.language) if claim else "",
        "kind": r.kind.replace(" ", "_"),
        "bar": stacked_bar({v: round(s * 10_000) for v, s in r.shares.items()}, 10_000),
        "shares": [(v, s) for v, s in r.shares.items() if s > 0],
        "default": r.verdict_default,
        "flips": [(t.parameter(name), share) for name, share in r.flips.items()],
        "alone": list(r.alone),
        "moves": list(map(t.parameter, r.moves)),
    }


def _mapped(found: HeatMap, claim: Claim | None, t: Voice) -> dict[str, object]:
    """A heat map as the template shows it."""
    return {
        "map": found,
        "metric": capital(claim.metric(t.language)) if claim else found.claim_id,
        "period": periods.span(claim.period, t.language) if claim else "",
        "printed": beside(claim, t.language) if claim else "",
    }


def _drawn(curve: CurveData, ledger: Mapping[str, Claim], number: int, t: Voice) -> str:
    chart = _chart(curve, ledger.get(curve.claim_id), number, t)
    return svg.inline(chart.svg(), f"curve-{number}", chart.alt)


def _chart(curve: CurveData, claim: Claim | None, number: int, t: Voice) -> Chart:
    quantity = claim.quantity(Reading()) if claim else None
    printed = None
    if quantity is not None and quantity.value is not None:
        printed = (quantity.value, quantity.hedged.low, quantity.hedged.high)
    low, high = curve.table["estimate"].min(), curve.table["estimate"].max()
    name = f"{claim.metric(t.language)} {claim.period}".strip() if claim else curve.check_id
    drawn = "sweep.curve_subtitle" if len(curve.table) == curve.total else "sweep.curve_shown"
    facts = {"check": curve.check_id, "total": curve.total, "choices": ", ".join(curve.choices)}
    return charts.specification_curve(
        curve.table,
        choices=list(curve.choices),
        printed=printed,
        unit=curve.unit,
        id=f"curve-{number}",
        title=t("sweep.curve_title", name=name, low=f"{low:.4g}", high=f"{high:.4g}"),
        subtitle=t(drawn, **facts, shown=len(curve.table)),
        source=t("sweep.curve_source"),
        language=t.language,
    )
