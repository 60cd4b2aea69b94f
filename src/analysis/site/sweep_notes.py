"""The published sweep as a page of docs/: which verdicts are robust and which fragile, the same text for the same results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.report import config
from analysis.report.ledger import Claim

if TYPE_CHECKING:
    from analysis.report.robustness import Robustness
    from analysis.suite.sweep_plan import Plan

VERDICTS = ("contradicted", "hedged", "reproduced")


def notes(plan: Plan, results: Sequence[Robustness], ledger: Mapping[str, Claim]) -> str:
    """Markdown with the counts, every fragile claim, every robust one, and what was tried."""
    fragile = [r for r in results if r.kind == "fragile"]
    robust = [r for r in results if r.kind == "robust"]
    parts = [
        _opening(plan, fragile, robust),
        f"## Fragile: {len(fragile)} claims\n\n" + "\n".join(_fragile(fragile, ledger)),
        f"## Robust: {len(robust)} claims\n\n" + "\n".join(_robust(robust, ledger)),
        "## What was tried\n\n" + "\n".join(_tried(plan)),
    ]
    return "\n\n".join(parts) + "\n"


def _opening(plan: Plan, fragile: Sequence[Robustness], robust: Sequence[Robustness]) -> str:
    held = Counter(r.verdict_default for r in robust)
    kinds = ", ".join(f"{held[v]} {v}" for v in VERDICTS if held[v])
    return (
        "# Which verdicts survive other assumptions\n\n"
        "Written by `analysis sweep --default --publish`; do not edit. The page of the sweep itself "
        "(`reports/sweeps/default/index.html`) has the specification curves.\n\n"
        f"{plan.universes:,} universes of {len(plan.axes)} parameters, {plan.cases:,} executions of "
        f"{len(plan.notebooks)} notebooks. **{len(robust)} claims are robust** ({kinds}): their verdict is the same in "
        f"every universe in which they are checked. **{len(fragile)} are fragile.**"
    )


def _fragile(results: Sequence[Robustness], ledger: Mapping[str, Claim]) -> Iterator[str]:
    yield "| claim | printed | by default | share of universes | turns with (share of its moves) | alone |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for r in sorted(results, key=lambda r: (max(r.shares[v] for v in VERDICTS), r.claim_id)):
        shares = ", ".join(f"{v} {_percent(s)}" for v, s in r.shares.items() if s)
        turns = ", ".join(f"`{name}` {_percent(share)}" for name, share in r.flips.items())
        alone = "; ".join(f"`{name}={value}`: {verdict}" for name, value, verdict in r.alone)
        yield f"| {_claim(r, ledger)} | {r.verdict_default} | {shares} | {turns} | {alone or '–'} |"


def _robust(results: Sequence[Robustness], ledger: Mapping[str, Claim]) -> Iterator[str]:
    yield "| claim | printed | verdict | its number moves with |"
    yield "| --- | --- | --- | --- |"
    order = {v: n for n, v in enumerate(VERDICTS)}
    for r in sorted(results, key=lambda r: (order.get(r.verdict_default, 9), r.claim_id)):
        moves = ", ".join(f"`{name}`" for name in r.moves)
        met = next(v for v, s in r.shares.items() if s and v != "unchecked")
        yield f"| {_claim(r, ledger)} | {met} | {moves or '–'} |"


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
            f"Of more than {plan.limit:,} combinations a sample is drawn (seed {plan.seed}); it holds the default and "
            "all that differs from it in one parameter."
        )


def _claim(r: Robustness, ledger: Mapping[str, Claim]) -> str:
    """The first two cells of a row: what is claimed, and the number as printed."""
    claim = ledger.get(r.claim_id)
    if claim is None:
        return f"`{r.claim_id}` | "
    metric = claim.metric(config.current().languages[0])
    text = metric[:1].upper() + metric[1:] + (f" ({claim.period})" if claim.period else "")
    text = text.replace("|", "\\|")
    return f"{text}<br>`{r.claim_id}` | {claim.hedge}{claim.printed}{claim.unit}".replace("\n", " ")


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"
