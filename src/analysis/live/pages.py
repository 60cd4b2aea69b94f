"""A page of a state, with the panel on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.live.choice import PREFIX, ROW_PREFIX, Choice
from analysis.live.session import Session
from analysis.live.state import State
from analysis.report.findings import counted
from analysis.report.rows import Verdict
from analysis.report.wording import words
from analysis.site import assemble
from analysis.site.bars import ORDER
from analysis.site.differences import Comparison
from analysis.site.frame import environment, finished
from analysis.site.record import tally
from analysis.suite.manifest import written

SHOWN = 12
"""Numbers that moved, of which the panel shows so many."""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">\n?')
_FIRST_SCRIPT = "<script>"


@dataclass(frozen=True)
class Made:
    """A page and the policy under which a browser may run it."""

    content: bytes
    policy: str


@dataclass(frozen=True)
class Count:
    """How many claims have a verdict, before and now."""

    verdict: Verdict
    before: int
    now: int


def page(session: Session, state: State, stem: str) -> Made:
    """The page of a notebook or the overview, as the run of that choice has it, and the panel."""
    found = state.pages.get(stem)
    if found is None:
        model, context = state.model, _context(session, state, stem)
        text = assemble.text(model, stem)
        panel = environment().get_template("live.html.j2").render(**context)
        # The panel's script must see the page as it was written, before the page's own script changes it.
        at = text.rindex(_FIRST_SCRIPT)
        text = f"{text[:at]}{panel}\n{text[at:]}"
        text = text.replace("</head>", '<link rel="stylesheet" href="/live/panel.css">\n</head>', 1)
        found = finished(text, state.variant.memory, stem).encode("utf-8")
        if context["moved"] is not None or state.choice.is_plain:  # else the defaults are still to come
            state.pages[stem] = found
    head = found[: found.index(b"</head>")].decode("utf-8")
    match = _POLICY.search(head)
    policy = match[1] if match else ""
    content = found.replace(match[0].encode(), b"", 1) if match else found
    return Made(content, served(policy))


def inputs(session: Session, choice: Choice, claim_id: str, stem: str) -> list[Mapping[str, object]] | None:
    """The inputs of a claim's card on the page of a notebook, in the order in which the card shows them, each with the editions that the data have of it;
    None where there is no such card. `row`: how it is named where it is changed; empty for what is no row of a series.
    """
    state = session.state(choice) or session.early(choice, stem) or session.some(choice.language)
    row = state.model.record.claims.get(claim_id) if state else None
    if state is None or row is None:
        return None
    checks = state.model.record.checks
    said = [row.check_id, *(r.check_id for r in row.remarks if r.check_id != row.check_id)]
    found: list[Mapping[str, object]] = []
    for i in (i for name in said if name in checks for i in checks[name].inputs):
        editions = session.series.editions(i.ref)
        main = next((r["edition"] for r in editions if r["status"] == "main"), "")
        others = [{"edition": r["edition"], "value": r["value"]} for r in editions if r["status"] != "main"]
        found.append({"row": i.ref if editions else "", "value": i.text, "main": main, "others": others})
    return found


def served(policy: str) -> str:
    """A page's own policy, which also admits what this server gives."""
    own = {"style-src", "script-src"}
    parts = [f"{p} 'self'" if p.split()[0] in own else p for p in (x.strip() for x in policy.split(";")) if p]
    return "; ".join([*parts, "connect-src 'self'", "frame-ancestors 'none'"])


def _context(session: Session, state: State, stem: str) -> Mapping[str, object]:
    moved, chosen = session.moved(state), state.choice
    record = state.model.record
    said = words(chosen.language)
    texts = {name: written(value) for name, value in chosen.values.items()}
    return {
        "t": state.variant.voice,
        "groups": session.groups,
        "titles": state.model.shell.titles,
        "said": said,
        "values": texts,
        "prefix": PREFIX,
        "table": "",
        "options": session.options,
        "moved": moved,
        "numbers": moved.numbers[:SHOWN] if moved else (),
        "counts": _counts(session, state, moved) if moved else (),
        "is_partial": not state.is_whole,
        "uncomputed": _uncomputed(session, state) if moved else 0,
        "claims": record.claims,
        "language": chosen.language,
        "page": state.variant.page(stem),
        "ways": state.model.ways,
        "failures": state.failures,
        "rows": _rows(state),
        "row_prefix": ROW_PREFIX,
    }


def _rows(state: State) -> Mapping[str, str]:
    """Changed row, as it was asked for → what is to be said of it: of another edition, what is said of its row."""
    said = state.run.own_data(state.choice.language)
    return {ref: said.get(ref) or said.get(f"{ref}@{value}", ref) for ref, value in state.choice.rows.items()}


def _counts(session: Session, state: State, moved: Comparison) -> list[Count]:
    """The verdicts of which there are more or fewer than with the defaults, counted as the overview does."""
    plain = session.state(Choice({}, state.choice.language))
    if plain is None:
        return []
    rows = counted(plain.side.claims)
    after = {v.claim_id: v.after for v in moved.verdicts}
    before, now = tally(rows), Counter(after.get(row.claim_id, row.verdict) for row in rows)
    return [Count(v, before[v], now[v]) for v in ORDER if before[v] != now[v]]


def _uncomputed(session: Session, state: State) -> int:
    """How many statements, as the overview counts them, were not computed because notebooks failed."""
    without, plain = session.uncomputed(state), session.state(Choice({}, state.choice.language))
    rows = {r.claim_id: r for s in (state, plain) if s for r in s.side.claims}
    return sum(row.claim_id in without for row in counted(rows.values()))
