"""One recomputation of one claim, as a notebook shows it and hands it on."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace

from analysis import words
from analysis.mime import ROWS, Asked
from analysis.numbers.interval import Interval
from analysis.numbers.printed import Quantity
from analysis.report import cells, outcomes
from analysis.report.computed import shown, significant
from analysis.report.grades import Setting
from analysis.report.hearing import Heard, has_number, hear
from analysis.report.ledger import Claim
from analysis.report.rows import CheckRow
from analysis.statistics import vocabulary


@dataclass(frozen=True)
class Check:
    """A claim held against evidence: `row` is the check as data, `says` what it would say of the claim alone.

    The verdict is worked out later, from all checks of all notebooks.
    """

    claim: Claim
    quantity: Quantity
    row: CheckRow
    says: str
    language: str = "en"

    @classmethod
    def of(
        cls,
        claim: Claim,
        quantity: Quantity,
        row: CheckRow,
        setting: Setting,
        sources: tuple[str, ...],
        language: str,
    ) -> Check:
        """A check as its inputs stand: outcome, grade and range are worked out here."""
        heard = hear(claim, quantity, row, setting=setting, sources=sources)
        return cls(claim, quantity, _filled(row, claim, quantity, heard), heard.says, language)

    @property
    def check_id(self) -> str:
        """Claim, grade of the evidence and label: unique in a run."""
        return self.row.check_id

    @property
    def arithmetic(self) -> str:
        """The computation with its numbers."""
        return self.row.arithmetic

    def _lines(self) -> list[tuple[str, str]]:
        def word(key: str) -> str:
            return words.label(key, self.language)

        row = self.row
        lines = [(word("printed"), _printed(self.claim, self.quantity))]
        if row.way == "number" and row.computed is not None:
            lines.append(
                (
                    word("recomputed"),
                    f"{shown(row.computed)}{row.unit}{_spread(row.computed_low, row.computed_high)}",
                )
            )
        lines.append((word("formula"), row.arithmetic))
        if meaning := read_as(row, self.language):
            lines.append((word("read_as"), meaning))
        because = f" ({row.because})" if row.because else ""
        lines.append((word("evidence"), word(f"grade_{row.grade}") + because))
        lines.append((word("outcome"), outcomes.told(row.grade, row.outcome, self.language)))
        lines.append((word("says"), word(self.says or "says_nothing")))
        return [*lines, ("", row.note)] if row.note else lines

    def as_interval(self) -> dict[str, str | float | None]:
        """A row of `charts.dot_interval`: what is printed, what its hedge word allows, what was computed, in `unit`; a share
        that is printed as a word (half) in per cent.
        """
        printed, hedged, row = self.quantity.interval, self.quantity.hedged, self.row
        is_bare = self.claim.kind == "share" and not self.claim.unit
        numbers = {
            "printed": self.quantity.value, "low": printed.low, "high": printed.high,
            "hedged_low": hedged.low, "hedged_high": hedged.high,
            "computed": row.computed, "computed_low": row.computed_low, "computed_high": row.computed_high,
        }  # fmt: skip
        scaled = {name: v if v is None else v * (100 if is_bare else 1) for name, v in numbers.items()}
        return {
            "label": self.claim.metric(self.language), **scaled,
            "unit": "%" if is_bare else self.claim.unit, "outcome": self.says or "unchecked",
        }  # fmt: skip

    def __repr__(self) -> str:
        head = f"{self.check_id}: {self.claim.metric(self.language)}"
        return "\n".join([head, *(f"  {k}: {v}" if k else f"  {v}" for k, v in self._lines())])

    def _html(self) -> str:
        body = "".join(
            f'<tr><th scope="row">{html.escape(k)}</th><td>{html.escape(v)}</td></tr>'
            for k, v in self._lines()
        )
        caption = html.escape(f"{self.claim.metric(self.language)} {self.claim.period}".strip())
        return f'<table class="check {self.says or "aside"}"><caption>{caption}</caption><tbody>{body}</tbody></table>'

    def _repr_mimebundle_(self, include: Asked = None, exclude: Asked = None) -> dict[str, object]:
        data: dict[str, object] = {ROWS: cells.bundle("checks", [self.row])}
        if include is not None and not {"text/plain", "text/html"} & set(include):
            return data  # a sweep asks for rows alone
        return {"text/plain": repr(self), "text/html": self._html(), **data}


def read_as(row: CheckRow, language: str) -> str:
    """What the words of a check are taken to mean: the definition, its threshold where the run set another, and of how many
    parts it must hold. Empty for a check that tries no words.
    """
    if row.way != "words":
        return ""
    word, level = vocabulary.named(row.definition)
    said = word.at(level).said(language)
    if row.threshold not in (None, word.at(level).bounds[0].threshold):
        said += f" ({words.label('threshold', language)} {shown(row.threshold)})"
    is_of_parts = len({s.part for s in row.steps}) > 1
    return f"{said}{words.label(f'of_{row.quantifier}', language)}" if is_of_parts else said


def _filled(row: CheckRow, claim: Claim, quantity: Quantity, heard: Heard) -> CheckRow:
    """The row with what hearing it gave."""
    label = f"/{row.label}" if row.label else ""
    found = replace(
        row, check_id=f"{claim.claim_id}/{heard.grade}{label}", outcome=heard.outcome, grade=heard.grade,
        unit=claim.unit, computed=heard.value,
    )  # fmt: skip
    if heard.interval is not None:
        i = heard.interval
        found = replace(
            found, computed_low=i.low, computed_high=i.high, low_open=i.low_open, high_open=i.high_open
        )
    if not has_number(claim, quantity):
        return found
    printed, hedged = quantity.interval, quantity.hedged
    return replace(
        found, printed_low=printed.low, printed_high=printed.high, hedged_low=hedged.low, hedged_high=hedged.high,
        gap_pct=_gap(quantity, heard),
    )  # fmt: skip


def _gap(quantity: Quantity, heard: Heard) -> float | None:
    """How far evidence that excludes the claim lies from what it allows, in per cent of the printed value."""
    if heard.interval is None or heard.outcome != "out" or not quantity.value:
        return None
    below, above = quantity.hedged.low - heard.interval.high, heard.interval.low - quantity.hedged.high
    return significant((above if above > 0 else -below) / abs(quantity.value) * 100, 6)


def _printed(claim: Claim, quantity: Quantity) -> str:
    if not has_number(claim, quantity):
        return claim.printed
    text = f"{quantity}{_spread(quantity.interval.low, quantity.interval.high)}"
    if quantity.blurs:
        text += f", {quantity.hedge}{_spread(quantity.hedged.low, quantity.hedged.high)}"
    return text


def _spread(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None or low == high else f" [{Interval(low, high).written(shown)}]"
