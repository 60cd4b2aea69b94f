"""The ledger open on the desk of one notebook: look a claim up, hold evidence against it, say what stays unchecked.

An author says what the evidence *is*, never what it may do: `fits` (same, open, differs: quantity, definition, scope,
place and period) with `because`, `refutes_only` for a test that cannot confirm, `definition` for a word or a reading.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from analysis import words
from analysis.errors import UserError
from analysis.numbers.printed import Quantity, Reading
from analysis.report import config, outcomes
from analysis.report import steps as making
from analysis.report.check import Check, read_as
from analysis.report.computed import Source
from analysis.report.documents import Document, told_as
from analysis.report.grades import setting_of
from analysis.report.hearing import has_number
from analysis.report.ledger import Claim, LedgerError, find, load_claims
from analysis.report.meanings import Beside
from analysis.report.ranks import Measures, placed
from analysis.report.rows import CheckRow, Fits, Outcome, Quantifier
from analysis.report.steps import Evidence
from analysis.report.table import Named, Unheard
from analysis.report.texts import (
    as_issued,
    describes,
    is_quoted,
    is_translated,
    same_day,
    stands_in,
    where,
    within_months,
)
from analysis.statistics import vocabulary
from analysis.words import label as word


class Book:
    """The claims of the report under one reading.

    `level` is the level of definition that decides words in this run (the others are shown). `sections` are those that
    the notebook answers for, used by `explain_missing`.
    """

    def __init__(
        self,
        reading: Reading | None = None,
        language: str = "en",
        sections: Iterable[str] = (),
        level: vocabulary.Level = "default",
    ) -> None:
        self.ledger = load_claims()
        self.reading = reading or Reading()
        self.language = language
        self.sections = tuple(sections)
        self.level = level
        self.setting = setting_of(config.current())
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
        computed: Source,
        *,
        fits: Fits = "",
        because: str = "",
        label: str = "",
        note: str = "",
        refutes_only: bool = False,
        definition: str = "",
    ) -> None:
        """Hold a printed number, or a forecast that prints one, against a recomputation or a published number.

        `fits` must be said as soon as a published number is among the inputs, and why. `definition`
        names one of the claim's ordinary `readings`. A second check on evidence of the same grade needs a `label`.

            book.reconcile("cyclists-2023", trips("cyclists", "2023"), fits="same", because="…")
            book.reconcile("cyclists-abroad", survey, fits="differs", because="six towns, not the region")
            book.reconcile("trips-multiple", increase, fits="same", because="…", definition="×4")
            book.reconcile("trips-growth", nearest, refutes_only=True, label="integer test")
        """
        claim = self.claim(claim_id)
        if not has_number(claim, self[claim_id]):
            raise LedgerError(
                f"{claim_id} prints no number to reconcile ({claim.printed}): use {_verb(claim)}()"
            )
        _refuse_reading(claim, definition)
        step = making.step(computed, unit=claim.unit)
        row = CheckRow(
            "", claim_id, "number", "meets", "own", fits, because, refutes_only, definition,
            formula=step.formula, arithmetic=step.arithmetic, label=label, note=note, steps=(step,), inputs=step.inputs,
        )  # fmt: skip
        self._keep(row)

    def decide(
        self,
        claim_id: str,
        definition: str,
        steps: Sequence[Source] | Mapping[str, Sequence[Source]],
        *,
        fits: Fits = "",
        because: str = "",
        threshold: float | None = None,
        quantifier: Quantifier = "every",
        periods: Sequence[str] = (),
        label: str = "",
        note: str = "",
        refutes_only: bool = False,
    ) -> vocabulary.Decision:
        """Hold words against values by a named definition of the vocabulary, tried on the values' ranges.

        `steps`: values in time order, or what is compared with and then what is compared; by name of the part where a
        statement speaks of several (`quantifier`: every, most, some). `definition` is a word at the run's level;
        `word/strict` and `word/loose` show what another level would say. `threshold` replaces the definition's own.
        Gives the decision on the first part, for the prose beside it.

            book.decide("trips-decline", "falling", [trips_2019, trips_2020], fits="open", because="…")
            book.decide("trips-near-level", "close_to_level", [q1_2019, q1_2021])
            book.decide("cars-far-above", "far_above", {"towns": [bicycles, cars], "villages": [few, many]})
        """
        claim, quantity = self.claim(claim_id), self[claim_id]
        if has_number(claim, quantity):
            raise LedgerError(f"{claim_id} prints a number ({claim.printed}): use reconcile()")
        asked = definition if "/" in definition else f"{definition}/{self.level}"
        _, level = vocabulary.named(asked)
        made = making.of_parts(steps if isinstance(steps, Mapping) else {"": steps}, periods)
        told = outcomes.decisions(asked, made, [s.interval for s in made], threshold)
        said = config.current().named
        evidence = "; ".join(f"{said(part, self.language)} {d.evidence}".strip() for part, d in told.items())
        row = CheckRow(
            "", claim_id, "words", "meets", "own", fits, because, refutes_only, asked, threshold, quantifier,
            is_aside=level != self.level and asked not in claim.ways,
            arithmetic=evidence, label=label, note=note, steps=made, inputs=making.leaves(made),
        )  # fmt: skip
        self._keep(replace(row, formula=read_as(row, self.language)))
        return next(iter(told.values()))

    def rank(
        self,
        claim_id: str,
        measures: Measures | None = None,
        *,
        place: int = 1,
        ranking: Source | None = None,
        is_full: bool = False,
        is_named: bool = False,
        is_party: bool = False,
        fits: Fits = "",
        because: str = "",
        label: str = "",
        note: str = "",
    ) -> None:
        """Hold a rank against its rivals on one or more measures, or against a `ranking`'s own place (or the witness of
        the day: a first is its number).

        `measures`: name → the one that is ranked, then its rivals. `is_full`: no rival is left out. `is_named`: the
        sentence names the measure; else all that were found count, at least two. `is_party`: the witness is ranked.

            book.rank("bicycle-first", {"trips": [bicycle, car], "length": [b, c]}, fits="same", because="…")
            book.rank("first-mention", ranking=mention, fits="same", because="…")
        """
        found = placed(
            measures or {},
            place,
            making.step(ranking) if ranking is not None else None,
            is_full,
            is_named,
            self.language,
        )
        row = CheckRow(
            "", claim_id, "rank", found.outcome, "own", fits, because, is_party=is_party, found=found.text,
            computed=found.interval.low, computed_low=found.interval.low, computed_high=found.interval.high,
            arithmetic=found.arithmetic, label=label, note=note, inputs=found.inputs,
        )  # fmt: skip
        self._keep(row)

    def text(
        self,
        claim_id: str,
        found: str,
        source: Evidence | Sequence[Evidence] = (),
        *,
        said: str = "",
        is_passage: bool = False,
        subject: str = "",
        fits: Fits = "",
        because: str = "",
        label: str = "",
        note: str = "",
    ) -> None:
        """Hold a title, status or quotation against the act as issued: equal without brackets and spaces.

        `found` is what the act has: its title, its status, or (`is_passage`) a passage in which the words stand. What the
        report has in quotation marks must stand there as quoted; what it tells without them promises no wording: other
        words on the `subject` neither prove nor exclude it. A passage in another language has no wording to compare.
        `said` is what the sentence says of it where that is not the printed text itself (`issued` for 发布). Without a
        `source` (an act of the table of documents, an observation) the other place is the report itself. Of an act that is
        the same the reason is, unless given, whether it was read itself or at second hand.

            book.text("cycling-act-title", act.title("en"), act, fits="same")
            book.text("cycling-act-issued", act.status, act, said="issued", fits="same")
            book.text("cycling-act-quote", act.passage, act, is_passage=True, fits="same", because="…")
        """
        because = because or self._read_as(fits, source)
        printed = said or self.claim(claim_id).printed
        if not is_passage:
            outcome = as_issued(printed, found)
        elif is_translated(self.claim(claim_id).printed, found):
            outcome = "blunt"
        elif is_quoted(printed, self.claim(claim_id).quote):
            outcome = stands_in(printed, found)
        else:
            outcome = describes(printed, found, subject) if self.claim(claim_id).kind == "text" else "blunt"
        told = where((subject if outcome == "blunt" else "") or printed, found) if is_passage else found
        meaning = source.meaning(told, self.language) if isinstance(source, Document) else ""
        told = f"{told_as(printed, self.language)} / {told_as(told, self.language)}"
        told += f" ({meaning})" if meaning else ""
        row = CheckRow(
            "", claim_id, "text", outcome, "own", fits, because, found=found, arithmetic=told, label=label, note=note,
            inputs=making.sources(source),
        )  # fmt: skip
        self._keep_known(row)

    def event(
        self,
        claim_id: str,
        act: Document | Mapping[str, str],
        source: Evidence | Sequence[Evidence] = (),
        *,
        of: str = "",
        definition: str = "",
        period: str = "",
        within: int = 0,
        fits: Fits = "",
        because: str = "",
        label: str = "",
        note: str = "",
    ) -> None:
        """Hold a date, at the precision of the claim's period, against those of an act or event.

        `of` names the date that the verb means (发布 `published`, 施行 `in_force`), else any may agree. Without a row in
        the table of documents give the dates by name, and their `source`. `definition` names one of the claim's ordinary
        `readings`, and `period` what the date means in it. `within` so many months: the sentence says how long it took.

            book.event("cycling-act-date", act, of="published", fits="same")
            book.event("bridge-opening", {"opened": "2021-06-08"}, notice, fits="same", because="…")
            book.event("within-a-year", {"before": "2020-04", "after": "2021-03"}, [a, b], within=12, fits="same", because="…")
        """
        dates, given = (act.dates, act) if isinstance(act, Document) else (act, source)
        because = because or self._read_as(fits, given)
        claim = self.claim(claim_id)
        _refuse_reading(claim, definition)
        comma = words.pages(self.language)["mark.comma"]
        listed = comma.join(f"{told_as(name, self.language)} {d}" for name, d in dates.items())
        if within:
            outcome, span = within_months(dates, within)
            in_months = word("months", self.language)
            found = words.filled(in_months, months=int(span))
            told = f"{listed}: {found} {'≤' if outcome == 'in' else '>'} {words.filled(in_months, months=within)}"
        else:
            outcome, found = same_day(period or claim.period, dates, of)
            told = f"{period or claim.period} / {listed}"
        row = CheckRow(
            "", claim_id, "event", outcome, "own", fits, because, definition=definition, found=found, arithmetic=told,
            label=label, note=note, inputs=making.sources(given),
        )  # fmt: skip
        self._keep_known(row)

    def form(self, claim_id: str, holds: bool, evidence: str, *, label: str = "", note: str = "") -> None:
        """Say whether a sentence keeps to its own form: it lists as many as it says, its rows lie where it says.

        book.form("ten-towns", len(set(towns)) == 10, ", ".join(towns))
        """
        outcome: Outcome = "in" if holds else "out"
        self._keep_known(
            CheckRow("", claim_id, "form", outcome, "own", arithmetic=evidence, label=label, note=note)
        )

    def count(self, claim_id: str, items: Sequence[str], number: float | None = None) -> None:
        """Say whether a sentence lists as many as it says; `number` where the ledger has none for it. The items are told in
        the reader's words, as `[names]` of report.toml has them.

        book.count("three-towns", ["Amsterdam", "Ghent", "Münster"])
        """
        said = self[claim_id].value if number is None else number
        report, comma = config.current(), words.pages(self.language)["mark.comma"]
        told = comma.join(report.named(item, self.language) for item in items)
        self.form(claim_id, len(items) == said, f"{len(items)}: {told}")

    def _keep_known(self, row: CheckRow) -> None:
        """Keep a check whose outcome is known at once."""
        claim = self.claim(row.claim_id)
        if (claim.kind == "form") != (row.way == "form"):
            raise LedgerError(f"{row.claim_id} is of kind {claim.kind}: use {_verb(claim)}()")
        self._keep(row)

    def _read_as(self, fits: Fits, source: Evidence | Sequence[Evidence]) -> str:
        """What an act that is the same is to a statement on it: itself, or told at second hand."""
        inputs = making.sources(source)
        if fits != "same" or not inputs or not all(i.ref.startswith(("act:", "document:")) for i in inputs):
            return ""
        is_own = all(i.attested == "original" for i in inputs)
        return word("act_itself" if is_own else "act_second_hand", self.language)

    def explain_missing(self) -> Unheard:
        """The claims of the notebook's sections on which no check has a say, nor on what they repeat, with what would settle them."""
        import pandas as pd

        heard = {c.claim.claim_id for c in self.checks.values() if c.says}
        missing = [
            c for c in self.ledger.values()
            if c.section in self.sections and not heard & {c.claim_id, c.repeats} and c.missing(self.language)
        ]  # fmt: skip
        columns = [word(name, self.language) for name in ("claim", "printed", "missing")]
        usual = config.current().printed_in
        rows = [
            (
                Named(c.metric(self.language), f"unheard-{c.claim_id}"),
                Beside(c, self.language, usual),
                c.missing(self.language),
            )
            for c in missing
        ]
        caption = word("missing" if rows else "nothing_missing", self.language)
        return Unheard(
            pd.DataFrame(rows, columns=columns),
            caption,
            claims=tuple((c.section, c.claim_id) for c in missing),
        )

    def _keep(self, row: CheckRow) -> None:
        """Work a check out, store and display it. Running its cell again replaces it; another cell may not reuse its id."""
        cell = _current_cell()
        self._refuse(row, cell)
        claim = self.claim(row.claim_id)
        first = find(self.ledger, claim.repeats) if claim.repeats else claim
        check = Check.of(
            claim, self[claim.claim_id], row, self.setting, claim.sources or first.sources, self.language
        )
        if check.check_id in self.checks:
            before = self._cells[check.check_id]
            rerun = cell is not None and before is not None and cell[1] == before[1] and cell[0] != before[0]
            if not rerun:
                raise LedgerError(
                    f"{check.check_id} stands there twice: give the second check a label, or remove it"
                )
        self.checks[check.check_id] = check
        self._cells[check.check_id] = cell
        if cell is not None or _shell() is not None:
            from IPython.display import display

            display(check)

    def _refuse(self, row: CheckRow, cell: tuple[int, str] | None) -> None:
        """A check on published data says what its evidence is, and why: of the same thing, or what differs."""
        where = f"cell [{cell[0]}], {row.claim_id}" if cell else row.claim_id
        published = sorted({i.publisher or i.ref for i in row.inputs if i.is_published})
        if published and not row.fits:
            raise UserError(
                f"{where}: the evidence is published ({', '.join(published)}); say what it is: fits='same', 'open' or "
                "'differs', with because="
            )
        if (published or row.fits in ("open", "differs")) and not row.because:
            raise UserError(f"{where}: fits={row.fits!r} needs a reason: because='…'")


def _refuse_reading(claim: Claim, definition: str) -> None:
    """`LedgerError` for a reading that the ledger does not give the claim."""
    if definition and definition not in claim.ways:
        raise LedgerError(
            f"{claim.claim_id}: {definition!r} is none of its readings ({' | '.join(claim.ways) or 'it has none'})"
        )


def _verb(claim: Claim) -> str:
    """The method that holds evidence against a claim of that kind."""
    return claim.kind if claim.kind in ("rank", "text", "event", "form") else "decide"


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _current_cell() -> tuple[int, str] | None:
    """Execution count and source of the running cell, where a shell keeps them."""
    shell = _shell()
    inputs = shell.user_ns.get("In") if shell else None
    return (int(shell.execution_count), str(inputs[-1])) if inputs else None
