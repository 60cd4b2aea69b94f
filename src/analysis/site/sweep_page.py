"""The page of a sweep: for each claim the share of universes with each verdict, what flips it, and specification curves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis import charts
from analysis.charts.model import Chart
from analysis.numbers.printed import Reading
from analysis.report.ledger import Claim
from analysis.site import fonts, svg
from analysis.site.assemble import style_sheet
from analysis.site.bars import stacked_bar
from analysis.suite.files import write_atomically
from analysis.suite.sweep import Outcome

if TYPE_CHECKING:
    from analysis.report.curves import CurveData
    from analysis.report.robustness import Robustness

TEMPLATES = Path(__file__).parent / "templates"
_ORDER = {"fragile": 0, "robust": 1, "": 2}


def write(
    outcome: Outcome,
    results: Sequence[Robustness],
    curves: Sequence[CurveData],
    ledger: Mapping[str, Claim],
) -> Path:
    """Write index.html into the folder of the sweep, as one self-contained page; gives its path."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True)
    colours = svg.Colours()
    drawn = [{"claim_id": c.claim_id, "svg": _drawn(c, ledger, n)} for n, c in enumerate(curves)]
    for curve in drawn:
        colours.note(curve["svg"])
    text = environment.get_template("sweep.html.j2").render(
        outcome=outcome,
        plan=outcome.plan,
        counts=Counter(r.kind for r in results),
        claims=[_entry(r, ledger.get(r.claim_id)) for r in _ordered(results)],
        curves=drawn,
        css=style_sheet(),
        colours=colours.rules(),
    )
    path = outcome.folder / "index.html"
    write_atomically(path, text.replace("/*fonts*/", fonts.css(text, text), 1).encode())
    return path


def _ordered(results: Sequence[Robustness]) -> list[Robustness]:
    """Fragile claims first, those whose verdicts are most evenly divided on top."""
    return sorted(results, key=lambda r: (_ORDER[r.kind], max(_met(r).values(), default=0.0), r.claim_id))


def _met(r: Robustness) -> dict[str, float]:
    return {v: s for v, s in r.shares.items() if v != "unchecked"}


def _entry(r: Robustness, claim: Claim | None) -> dict[str, Any]:
    """A claim as the template shows it."""
    printed = f"{claim.hedge}{claim.printed}{claim.unit}" if claim else ""
    return {
        "id": r.claim_id,
        "metric": claim.metric_en if claim else r.claim_id,
        "period": claim.period if claim else "",
        "printed": printed,
        "kind": r.kind or "never checked",
        "bar": stacked_bar({v: round(s * 10_000) for v, s in r.shares.items()}, 10_000),
        "shares": [(v, s) for v, s in r.shares.items() if s > 0],
        "default": r.verdict_default,
        "flips": list(r.flips.items()),
        "alone": [f"{name} = {value}: {verdict}" for name, value, verdict in r.alone],
        "notebooks": list(r.notebooks),
    }


def _drawn(curve: CurveData, ledger: Mapping[str, Claim], number: int) -> str:
    chart = _chart(curve, ledger.get(curve.claim_id), number)
    return svg.inline(chart.svg(), f"curve-{number}", chart.alt)


def _chart(curve: CurveData, claim: Claim | None, number: int) -> Chart:
    quantity = claim.quantity(Reading()) if claim else None
    printed = None
    if quantity is not None and quantity.value is not None:
        printed = (quantity.value, quantity.hedged.low, quantity.hedged.high)
    low, high = curve.table["estimate"].min(), curve.table["estimate"].max()
    shown = "" if len(curve.table) == curve.total else f", {len(curve.table)} of them drawn"
    name = f"{claim.metric_en} {claim.period}".strip() if claim else curve.check_id
    return charts.specification_curve(
        curve.table,
        choices=list(curve.choices),
        printed=printed,
        unit=curve.unit,
        id=f"curve-{number}",
        title=f"{name}: from {low:.4g} to {high:.4g}",
        subtitle=f"{curve.check_id}; {curve.total} distinct choices of {', '.join(curve.choices)}{shown}",
        source="Source: the checks of this sweep",
        language="en",
    )
