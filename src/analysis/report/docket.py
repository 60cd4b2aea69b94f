"""Which claims a verdict may rest on, so that one claim can be judged with these alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.report.bench import Bench
from analysis.report.ledger import Claim
from analysis.report.rows import CheckRow


class Docket:
    """A ledger by what leans on what: first statements, pairs, and premises over all checks that were ever met."""

    def __init__(self, claims: Mapping[str, Claim], checks: Iterable[CheckRow]) -> None:
        bench = Bench(claims, ())
        self.claims, self.family, self.pairs = claims, bench.family, bench.pairs
        self._members: dict[str, list[str]] = {}
        for claim_id, first in self.family.items():
            self._members.setdefault(first, []).append(claim_id)
        self._premises: dict[str, set[str]] = {}
        for check in checks:
            inputs = (*check.inputs, *(i for step in check.steps for i in step.inputs))
            used = self._premises.setdefault(check.claim_id, set())
            used.update(i.claim_id for i in inputs if i.claim_id)

    def needed(self, claim_id: str) -> list[str]:
        """The claims whose checks the verdict may rest on: its own, first statements, premises and pairs, and theirs."""
        found: dict[str, None] = {}
        waiting = [claim_id]
        while waiting:
            here = waiting.pop()
            if here not in found and here in self.claims:
                found[here] = None
                waiting += [self.family[here], *self.pairs.get(self.family[here], ())]
                waiting += sorted(self._premises.get(here, ()))
        return list(found)

    def ledger(self, needed: Iterable[str]) -> dict[str, Claim]:
        """These claims with all repetitions, so that families and pairs are those of the whole ledger."""
        families = dict.fromkeys(self.family[c] for c in needed)
        return {c: self.claims[c] for first in families for c in self._members[first]}
