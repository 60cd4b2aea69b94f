"""The ledger open on the desk of one notebook: look a claim up, reconcile it, say what stays unchecked."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from analysis.numbers.printed import Quantity, Reading
from analysis.report.check import Basis, Check, against, flips, outcome_of
from analysis.report.computed import Computed, Input, Source, _as_input, shown
from analysis.report.ledger import Claim, LedgerError, find, load_claims
from analysis.report.table import Table
from analysis.words import label as word


class Book:
    """The claims of the report under one reading.

    `bases` says which bases set the verdict (`both`, `report`, `primary`); checks on the other one are shown as
    explorations. `sections` are those that the notebook answers for, used by `explain_missing`.
    """

    def __init__(
        self,
        reading: Reading | None = None,
        language: str = "en",
        bases: str = "both",
        sections: Iterable[str] = (),
    ) -> None:
        self.ledger = load_claims()
        self.reading = reading or Reading()
        self.language = language
        self.bases = bases
        self.sections = tuple(sections)
        self.checks: dict[str, Check] = {}
        self._cells: dict[str, tuple[int, str] | None] = {}

    def claim(self, claim_id: str) -> Claim:
        """The claim of that id; `LedgerError` names the nearest ids otherwise."""
        return find(self.ledger, claim_id)

    def __getitem__(self, claim_id: str) -> Quantity:
        """The printed quantity of a claim, an input for `compute`."""
        return self.claim(claim_id).quantity(self.reading, self.language)

    def reconcile(
        self,
        claim_id: str,
        computed: Computed | Source,
        *,
        basis: Basis | None = None,
        label: str = "",
        decides: bool = True,
        note: str = "",
    ) -> None:
        """Hold a claim against a recomputation, show the check and keep it as data in the cell's output.

        `basis` follows from the inputs: `primary` as soon as a published series is among them. A second check of a
        claim on the same basis needs a `label`. `decides=False` marks an exploration that does not set the verdict.
        An observation or a quantity may stand for the recomputation itself.
        """
        claim = self.claim(claim_id)
        quantity = self[claim_id]
        if quantity.value is None:
            raise LedgerError(f"{claim_id} is a statement in words ({claim.printed}): use decide()")
        recomputed = against(quantity, _as_computed(computed))
        basis = basis or basis_of(recomputed.inputs)
        outcome = outcome_of(quantity, recomputed.interval)
        wrong = outcome == "contradicted" and flips(claim, quantity, recomputed.interval)
        self._keep(
            Check(
                claim, quantity, basis, outcome, wrong, recomputed, recomputed.formula, recomputed.arithmetic,
                recomputed.inputs, label, decides and self.bases in ("both", basis), note, self.language,
            )
        )  # fmt: skip

    def decide(
        self,
        claim_id: str,
        holds: bool,
        evidence: str,
        inputs: Iterable[Source] = (),
        *,
        basis: Basis | None = None,
        label: str = "",
        decides: bool = True,
        note: str = "",
        flips: bool = True,
    ) -> None:
        """Decide a statement in words: whether it `holds`, by which arithmetic (`evidence`), from which inputs.

        A statement that does not hold is a decision error, unless `flips` says that only its degree or wording fails
        (for example "far above" where the one is above the other, but not far).
        """
        claim = self.claim(claim_id)
        used = _inputs_of(inputs)
        basis = basis or basis_of(used)
        self._keep(
            Check(
                claim, self[claim_id], basis, "reproduced" if holds else "contradicted", flips and not holds, None,
                claim.printed, evidence, used, label, decides and self.bases in ("both", basis), note, self.language,
            )
        )  # fmt: skip

    def explain_missing(self, sections: Iterable[str] | None = None) -> Table:
        """The claims of the notebook's sections that no deciding check has reached, with what would settle them."""
        import pandas as pd

        wanted = tuple(sections) if sections is not None else self.sections
        decided = {c.claim.claim_id for c in self.checks.values() if c.decides}
        open_claims = [
            c
            for c in self.ledger.values()
            if c.section in wanted and c.claim_id not in decided and c.missing(self.language)
        ]
        columns = [
            word("claim", self.language),
            word("printed", self.language),
            word("missing", self.language),
        ]
        rows = [
            (c.metric(self.language), str(c.quantity(self.reading)), c.missing(self.language))
            for c in open_claims
        ]
        caption = word("missing" if rows else "nothing_missing", self.language)
        return Table(pd.DataFrame(rows, columns=columns), caption)

    def _keep(self, check: Check) -> None:
        """Store and display a check. Running its cell again replaces it; another cell may not reuse its id."""
        cell = _current_cell()
        if check.check_id in self.checks:
            before = self._cells[check.check_id]
            rerun = cell is not None and before is not None and cell[1] == before[1] and cell[0] != before[0]
            if not rerun:
                raise LedgerError(
                    f"{check.check_id} is reconciled twice: give the second check a label, or remove it"
                )
        self.checks[check.check_id] = check
        self._cells[check.check_id] = cell
        if cell is not None or _shell() is not None:
            from IPython.display import display

            display(check)


def basis_of(inputs: Iterable[Input]) -> Basis:
    """`report` when every input is printed in the report (or assumed), `primary` when a published series is used."""
    own = ("claim:", "assumption:", "number", "table:")
    return "report" if all(i.ref.startswith(own) for i in inputs) else "primary"


def _as_computed(source: Computed | Source) -> Computed:
    if isinstance(source, Computed):
        return source
    i = _as_input("value", source)
    return Computed(i.value, i.low, i.high, i.unit, "value", f"{i.text}", (i,), i.label)


def _inputs_of(sources: Iterable[Source]) -> tuple[Input, ...]:
    found: dict[str, Input] = {}
    for number, source in enumerate(sources, start=1):
        if isinstance(source, Computed):
            for i in source.inputs:
                found.setdefault(i.ref, i)
        elif not (isinstance(source, Quantity) and source.value is None):
            i = _as_input(f"input {number}", source)
            found.setdefault(i.ref if i.ref != "number" else f"number {shown(i.value)}", i)
    return tuple(found.values())


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _current_cell() -> tuple[int, str] | None:
    """Execution count and source of the running cell, where a shell keeps them."""
    shell = _shell()
    inputs = shell.user_ns.get("In") if shell else None
    return (int(shell.execution_count), str(inputs[-1])) if inputs else None
