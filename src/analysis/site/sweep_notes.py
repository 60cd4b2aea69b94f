"""The published sweep as a page of docs/: which verdicts are robust, fragile or not exposed; the same text for the same results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.errors import counted
from analysis.report import config
from analysis.report.ledger import Claim
from analysis.report.meanings import beside
from analysis.report.rows import VERDICTS
from analysis.site.voice import capital

if TYPE_CHECKING:
    from analysis.report.robustness import Robustness
    from analysis.suite.sweep_plan import Plan


def notes(plan: Plan, results: Sequence[Robustness], ledger: Mapping[str, Claim]) -> str:
    """Markdown with the counts, every claim by class, and what was tried."""
    of = {kind: [r for r in results if r.kind == kind] for kind in ("fragile", "robust", "not exposed")}
    parts = [
        _opening(plan, of),
        f"## Fragile: {counted(len(of['fragile']), 'claim')}\n\n"
        + "\n".join(_fragile(of["fragile"], ledger)),
        f"## Robust: {counted(len(of['robust']), 'claim')}\n\n" + "\n".join(_robust(of["robust"], ledger)),
        f"## Not exposed: {counted(len(of['not exposed']), 'claim')}\n\n" + _unreached(of["not exposed"]),
        "## What was tried\n\n" + "\n".join(_tried(plan)),
    ]
    return "\n\n".join(parts) + "\n"


def _opening(plan: Plan, of: Mapping[str, Sequence[Robustness]]) -> str:
    counts = {kind: len(found) for kind, found in of.items()}
    exposed = counts["fragile"] + counts["robust"]
    return (
        "# Which verdicts survive other assumptions\n\n"
        "Written by `analysis sweep --default --publish`; do not edit. The page of the sweep itself "
        "(`reports/sweeps/default/index.html`) has the specification curves.\n\n"
        f"{counted(plan.universes, 'universe')} of {counted(len(plan.axes), 'parameter')}, {counted(plan.cases, 'execution')} of "
        f"{counted(len(plan.notebooks), 'notebook')}. Every claim is judged anew, with its premises and pairs, in each combination "
        f"of the parameters that reach it. Of {counted(sum(counts.values()), 'claim')} with a verdict {exposed} are exposed to an "
        f"assumption: **{counts['robust']} are robust** ({_held(of['robust'])}), their verdict never turns; "
        f"**{counts['fragile']} are fragile**. {counts['not exposed']} are *not exposed*: nothing that was tried moves "
        "their evidence or what they claim, which says nothing of how firm they are. Shares are of combinations: they "
        "tell how the tried values fall, not how likely each is."
    )


def _held(results: Sequence[Robustness]) -> str:
    held = Counter(r.verdict_default for r in results)
    return ", ".join(f"{held[v]} {v}" for v in VERDICTS if held[v]) or "none"


def _fragile(results: Sequence[Robustness], ledger: Mapping[str, Claim]) -> Iterator[str]:
    yield "| claim | printed | by default | share of combinations | turns with (share of its moves) | alone |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for r in sorted(results, key=lambda r: (max(r.shares.values()), r.claim_id)):
        shares = ", ".join(f"{v} {_percent(s)}" for v, s in r.shares.items() if s)
        turns = ", ".join(f"`{name}` {_percent(share)}" for name, share in r.flips.items())
        alone = "; ".join(f"`{name}={value}`: {verdict}" for name, value, verdict in r.alone)
        yield f"| {_claim(r, ledger)} | {r.verdict_default} | {shares} | {turns} | {alone or '–'} |"


def _robust(results: Sequence[Robustness], ledger: Mapping[str, Claim]) -> Iterator[str]:
    yield "| claim | printed | verdict | reached by |"
    yield "| --- | --- | --- | --- |"
    for r in sorted(results, key=lambda r: (VERDICTS.index(r.verdict_default), r.claim_id)):
        yield f"| {_claim(r, ledger)} | {r.verdict_default} | {', '.join(f'`{name}`' for name in r.moves)} |"


def _unreached(results: Sequence[Robustness]) -> str:
    by_verdict = {v: [f"`{r.claim_id}`" for r in results if r.verdict_default == v] for v in VERDICTS}
    return (
        "\n\n".join(f"{v.capitalize()}: {', '.join(ids)}." for v, ids in by_verdict.items() if ids) or "None."
    )


def _tried(plan: Plan) -> Iterator[str]:
    yield "| parameter | default | values |"
    yield "| --- | --- | --- |"
    for axis in plan.axes:
        yield f"| `{axis.name}` | {axis.default} | {', '.join(map(str, axis.values))} |"
    yield ""
    yield "| notebook | combinations | executed |"
    yield "| --- | ---: | ---: |"
    for cases in plan.notebooks:
        yield f"| {cases.stem} | {cases.product:,} | {len(cases.numbers):,} |"
    if plan.limit:
        yield ""
        yield (
            f"Of more than {counted(plan.limit, 'combination')} a sample is drawn (seed {plan.seed}); it holds the default and "
            "all that differs from it in one parameter."
        )


def _claim(r: Robustness, ledger: Mapping[str, Claim]) -> str:
    """The first two cells of a row: what is claimed, and the number as printed."""
    claim = ledger.get(r.claim_id)
    if claim is None:
        return f"`{r.claim_id}` | "
    metric = claim.metric(config.current().languages[0])
    text = capital(metric) + (f" ({claim.period})" if claim.period else "")
    text = text.replace("|", "\\|")
    return f"{text}<br>`{r.claim_id}` | {beside(claim, config.current().languages[0])}".replace("\n", " ")


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
