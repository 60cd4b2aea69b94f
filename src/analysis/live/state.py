"""A state of a site, some of whose notebooks may still run, and what can be shown of it before they have ended."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analysis.live.choice import Choice
from analysis.report.bench import Bench
from analysis.site import assemble, record, sides
from analysis.site.source import Run, Variant
from analysis.suite.execute import Failure

_log = logging.getLogger("analysis")
INDEX = "index"
MOST_STATES = 24


@dataclass
class State:
    """A choice, executed. `failures`: notebooks that ended in an error or were not run; `pages`: made so far, by name."""

    choice: Choice
    variant: Variant
    run: Run
    failures: Sequence[Failure] = ()
    but: frozenset[str] = frozenset()
    """Notebooks that are still to come, for which their execution with the defaults stands in."""
    judges: frozenset[str] = frozenset()
    """Those that only judge what the others checked."""
    pages: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def model(self) -> assemble.Model:
        """Its pages before they are written."""
        return assemble.model(self.run, self.variant)

    @cached_property
    def side(self) -> sides.Side:
        """What a comparison needs to know of it."""
        record = self.model.record
        claims, checks = list(record.claims.values()), list(record.checks.values())
        return sides.Side(self.choice.key, claims, checks, {}, {}, {}, {}, {}, {})

    @cached_property
    def bench(self) -> Bench:
        """What bears on what."""
        return Bench(self.run.ledger, self.model.record.checks.values())

    @property
    def is_whole(self) -> bool:
        """Whether every check is made."""
        return self.but <= self.judges

    def is_settled(self, claim_id: str) -> bool:
        """Whether all checks are made that bear on a claim."""
        return self.is_whole or self.but.isdisjoint(self.bench.bearing(claim_id))

    def is_known(self, stem: str) -> bool:
        """Whether the page of a notebook, or the overview, shows nothing that may yet change."""
        if stem in self.but:
            return False
        return self.is_whole if stem == INDEX else self.but.isdisjoint(self.bench.behind(stem))


class Trust:
    """Which kinds of change are shown before the notebook that judges has ended: those for which it was seen to give the verdicts
    that are given here; and none at all once a page that was shown early was not the last one.
    """

    def __init__(self) -> None:
        self.to_learn: deque[tuple[State | None, State]] = deque(maxlen=MOST_STATES)
        self._agreed: set[str] = set()
        self._disagreed = False

    def has(self, choice: Choice) -> bool:
        """Whether a choice may be shown early."""
        return not self._disagreed and _kinds(choice) <= self._agreed

    def learn(self) -> bool:
        """Learn from one of the states; gives whether there was one."""
        if not self.to_learn:
            return False
        early, state = self.to_learn.popleft()
        if self._disagreed or not state.run.path.is_dir():  # its data had to go for others
            return True
        try:
            self._learn(early, state)
        except Exception as error:  # what cannot be compared is not trusted
            self._disagreed = True
            _log.warning("%s: %s", type(error).__name__, error)
        return True

    def _learn(self, early: State | None, state: State) -> None:
        if early is not None and not _is_confirmed(early, state):
            self._disagreed = True
        elif not state.failures and not self.has(state.choice):
            judged_here = record.judged_here(state.run, state.variant)
            if judged_here == list(state.model.record.claims.values()):
                self._agreed |= _kinds(state.choice)
            else:
                self._disagreed = True


def _is_confirmed(early: State, last: State) -> bool:
    """Whether the pages that were made of a state too early are those of the last one."""
    if early.is_whole and early.model.record.claims != last.model.record.claims:
        return False
    places = {n.stem: place for place, n in enumerate(last.variant.notebooks)}
    known = [page for page in early.model.shell.pages.made.values() if early.is_known(page.stem)]
    others = last.model.shell.pages
    return all(others[places[page.stem]] == page for page in known if page.stem in places)


def _kinds(choice: Choice) -> set[str]:
    """What of a choice is changed."""
    return {*choice.values, *(["rows"] if choice.rows else [])}
