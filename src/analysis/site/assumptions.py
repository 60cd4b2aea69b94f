"""The panel of assumptions: a control for each, and, in pages that no server stands behind, the verdicts of the published sweep.

One component has two sources. `live` declares a control for every parameter and asks its server; the pages of a run hold the
sweep, so that verdicts and counts follow the values that were swept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.report import swept
from analysis.report.rows import FORM_VERDICTS, Verdict
from analysis.report.swept import Swept
from analysis.site.bars import ORDER
from analysis.site.record import Record
from analysis.site.source import Run, Variant

Kind = Literal["switch", "choice", "number", "quarter", "text"]


@dataclass(frozen=True)
class Turn:
    """A claim whose verdict a parameter turns in the published sweep.

    value, verdict: at which value, the others at their defaults, and to what; empty where it turns it only together with
    others, or where that is not published.
    """

    claim_id: str
    value: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Control:
    """One parameter on the panel.

    default: as a text that the command line would read as it. options: of a choice, and suggestions for a text.
    least, most, step: of a number, empty where there is no such bound; `slides` when both are there. turns: the claims
    that it turns.
    """

    name: str
    kind: Kind
    type: str
    allowed: str
    default: str
    help: str
    notebooks: tuple[str, ...]
    options: tuple[str, ...] = ()
    least: str = ""
    most: str = ""
    step: str = ""
    turns: tuple[Turn, ...] = ()

    @property
    def slides(self) -> bool:
        """Whether both ends of a slider are known."""
        return self.kind == "number" and bool(self.least and self.most)


@dataclass(frozen=True)
class Group:
    """Controls of one notebook, or those that several declare (`stem` empty)."""

    stem: str
    controls: Sequence[Control]


def offline(run: Run, variant: Variant, record: Record) -> Mapping[str, object] | None:
    """The variables of live.html.j2 for pages without a server; None where they have nothing to tell.

    Only a run with default parameters, whose verdicts are those from which the published sweep departs, has a panel.
    """
    found = swept.published(run.data)
    if not found.claims or record.unjudged or record.own or any(p.is_changed for p in variant.parameters):
        return None
    kept = [c for c in found.claims if _agrees(found, c, record)]
    of_others = sum(c.claim_id in record.claims for c in found.claims) - len(kept)
    names = {name for claim in kept for name in claim.names}
    if not kept:
        return None
    controls = [_control(name, found, variant) for name in found.axes if name in names]
    return {
        "groups": [Group("", controls)], "titles": {}, "said": str, "values": {}, "prefix": "p.", "moved": None,
        "failures": (), "options": (), "claims": record.claims, "page": "", "table": _table(found, kept, record, variant), "of_others": of_others,
    }  # fmt: skip


def _agrees(found: Swept, claim: swept.Turned, record: Record) -> bool:
    row = record.claims.get(claim.claim_id)
    return row is not None and found.verdict(claim, {}) == row.verdict


def _control(name: str, found: Swept, variant: Variant) -> Control:
    axis = found.axes[name]
    turns = tuple(Turn(c.claim_id, c.value, c.verdict) for c in found.changes(name))
    said = variant.voice.parameter(name)
    return Control(
        name, "choice", "", "", axis.values[axis.default], said if said != name else "", (), tuple(axis.values),
        turns=turns,
    )  # fmt: skip


def _table(found: Swept, kept: Sequence[swept.Turned], record: Record, variant: Variant) -> str:
    """The verdicts as JSON, fit to stand inside a page."""
    used = {name: [list(a.values), a.default] for name, a in found.axes.items()}
    claims = [[c.claim_id, list(c.names), c.codes, not record.claims[c.claim_id].repeats] for c in kept]
    words = {
        letter: [verdict, variant.voice(f"verdict.{verdict}")]
        for letter, verdict in swept.BY_LETTER.items()
        if verdict in (*ORDER, *FORM_VERDICTS)
    }
    facts = {"axes": used, "claims": claims, "words": words}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
