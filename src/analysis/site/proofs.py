"""A check as a reader sees it: how good its evidence is, how it turned out, the arithmetic, and where the inputs come from."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from analysis import words
from analysis.numbers.formula import Formula
from analysis.report import outcomes
from analysis.report.check import read_as
from analysis.report.computed import plain, shown
from analysis.report.documents import told_as
from analysis.report.meanings import amount_of, range_notes, reckoned_in
from analysis.report.rows import CheckRow, ClaimRow, Input, Remark, Step
from analysis.site.amounts import Amounts
from analysis.site.tongues import marked
from analysis.site.voice import Voice


@dataclass(frozen=True)
class Origin:
    """One input of a check: its symbol in the formula, what it is, its value, who made it and where it was read.

    `is_mirror`: read not in the release itself but where somebody repeats it.
    """

    symbol: str
    label: str
    value: str
    publisher: str
    document: str
    edition: str
    url: str
    host: str
    is_mirror: bool
    caveat: str
    is_inferred: bool
    claim_id: str


@dataclass(frozen=True)
class Proof:
    """A check, ready for the template. `arithmetic` and `formula` are HTML, everything else is text."""

    check_id: str
    claim_id: str
    label: str
    grade: str
    outcome: str
    says: str
    found: str
    arithmetic: str
    arithmetic_text: str
    units: str
    """Those of the arithmetic, where its inputs are told in others."""
    formula: str
    read_as: str
    notes: tuple[str, ...]
    """Why its range is not that of the numbers beside it."""
    because: str
    note: str
    origins: tuple[Origin, ...]

    @property
    def anchor(self) -> str:
        """Its place on a page."""
        return "check-" + re.sub(r"[/\s]+", "-", self.check_id)


def proof(check: CheckRow, claim: ClaimRow | None, t: Voice, remark: Remark | None = None) -> Proof:
    """A check for the template; `remark` is what it said of the claim in the end, where a verdict was worked out."""
    grade, outcome = (remark.grade, remark.outcome) if remark else (check.grade, check.outcome)
    says = remark.says if remark else ""
    step = check.steps[0] if check.way == "number" and check.steps else None
    computes = step is not None and bool(set(step.formula) & set("÷×−+^("))
    return Proof(
        check_id=check.check_id,
        claim_id=check.claim_id,
        label=t.report.named(check.label, t.language),
        grade=words.label(f"grade_{grade}", t.language),
        outcome=outcomes.told(grade, outcome, t.language),
        says=t(f"verdict.{says}") if says else "",
        found=found(check, claim, t),
        arithmetic=_sum(step, t)
        if step and computes
        else ""
        if step or check.way == "text"
        else _plain(check.arithmetic, t.language),
        arithmetic_text=check.arithmetic,
        units=in_units(check, t),
        formula=_formula(step, t) if step and computes else "",
        read_as=read_as(check, t.language),
        notes=range_notes(check, remark, t.language, t.report) if remark else (),
        because=check.because,
        note=check.note,
        origins=tuple(_origin(i, t) for i in check.inputs),
    )


def in_units(check: CheckRow, t: Voice) -> str:
    """In which units a check's arithmetic is, where its inputs are told in others."""
    units = reckoned_in(check, t.language)
    return t("check.in_units", units=t("mark.comma").join(units)) if units else ""


def found(check: CheckRow, claim: ClaimRow | None, t: Voice) -> str:
    """What a check found, in short: a value, a rank, a wording, a date; empty for words, whose arithmetic says it."""
    if check.way == "rank" and check.found:
        return t("check.rank", rank=check.found)
    if check.found:
        titles = {i.text: i.label for i in check.inputs if i.ref.startswith("document:")}
        return titles.get(check.found) or told_as(check.found, t.language)
    if check.way != "number" or check.computed is None:
        return ""
    amounts = Amounts(claim.printed, check.unit, t, claim.kind) if claim else Amounts("", check.unit, t)
    return amounts.supported(check.computed, check.interval)


def _plain(text: str, language: str) -> str:
    return f'<span class="plain">{marked(text, language)}</span>' if text else ""


def _math(inside: str) -> str:
    return f'<math displaystyle="true"><mrow>{inside}</mrow></math>'


def _sum(step: Step, t: Voice) -> str:
    """The step with its numbers, and what comes out; functions in the reader's words."""
    numbers = {**_symbols(t), **{i.name: plain(i) for i in step.inputs}}
    result = f"<mo>=</mo><mn>{html.escape(shown(step.value))}</mn>"
    return _math(Formula.parse(step.formula).mathml(numbers) + result)


def _formula(step: Step, t: Voice) -> str:
    """The step in the reader's words."""
    return _math(Formula.parse(step.formula).mathml(_symbols(t)))


@dataclass(frozen=True)
class Places:
    """Where the numbers of checks were read, host → address: in the releases themselves, and where somebody repeats them."""

    releases: Mapping[str, str]
    repeats: Mapping[str, str]

    @classmethod
    def of(cls, checks: Iterable[CheckRow]) -> Places:
        """The places of all that was published among the inputs of these checks."""
        read = [i for check in checks for i in check.inputs if i.is_published and _address(i)]
        releases = {_host(i): _address(i) for i in reversed(read) if not _is_mirror(i)}
        repeats = {_host(i): _address(i) for i in reversed(read) if _is_mirror(i)}
        return cls(dict(reversed(releases.items())), dict(reversed(repeats.items())))


def _address(i: Input) -> str:
    return i.url if i.url.startswith(("https://", "http://")) else ""


def _host(i: Input) -> str:
    return (urlsplit(i.url).hostname or "").removeprefix("www.")


def _is_mirror(i: Input) -> bool:
    return bool(i.url) and i.attested in ("named", "loose")


def _origin(i: Input, t: Voice) -> Origin:
    publisher = i.publisher
    if i.claim_id:
        publisher = t("check.from_report")
    elif i.ref.startswith("assumption:"):
        publisher = t("check.assumed")
    return Origin(
        symbol=symbol(i.name, _symbols(t)),
        label=i.label,
        value=amount_of(i, t.language),
        publisher=publisher,
        document=i.document,
        edition=i.edition,
        url=_address(i),
        host=_host(i),
        is_mirror=_is_mirror(i),
        caveat=i.caveat,
        is_inferred=i.attested == "loose" and not i.vouched_by,
        claim_id=i.claim_id,
    )


def _symbols(t: Voice) -> dict[str, str]:
    """Names in formulas → the reader's words: the package's, else the report's."""
    return {**t.report.names.get(t.language, {}), **t.family("symbol.")}


def symbol(name: str, names: Mapping[str, str]) -> str:
    """A symbol of a formula in the reader's words, its number behind it: part_2 → 部分 2."""
    if (indexed := re.fullmatch(r"(.+?)_?(\d+)", name)) and indexed[1] in names:
        return f"{names[indexed[1]]} {indexed[2]}"
    return names.get(name) or name.replace("_", " ")
