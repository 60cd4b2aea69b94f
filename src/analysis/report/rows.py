"""The rows that travel from a notebook's cell to a page: inputs, checks, verdicts of claims, robustness.

Each is a frozen dataclass, read and written by `analysis.report.cells`. The lists of verdicts, grades, outcomes, fits and
kinds stand here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator

from analysis.numbers.printed import Interval
from analysis.report.cells import Factor, Maybe, unpacked
from analysis.words import hedges, label

Verdict: TypeAlias = Literal[
    "reproduced", "hedged", "consistent", "contradicted", "unchecked", "holds", "fails"
]
Grade: TypeAlias = Literal["same", "other", "open", "mixed", "own", "neighbour"]
Outcome: TypeAlias = Literal["in", "blurred", "meets", "out", "blunt"]
Fits: TypeAlias = Literal["", "same", "open", "differs"]
Ground: TypeAlias = Literal["", "quoted", "recomputed", "mixed", "own"]
Kind: TypeAlias = Literal[
    "level", "growth", "share", "multiple", "count", "comparison", "trend", "rank", "text", "event", "forecast", "form"
]  # fmt: skip
Robust: TypeAlias = Literal["", "robust", "fragile", "not exposed"]
Way: TypeAlias = Literal["number", "words", "rank", "text", "event", "form"]
"""How a check looks at its claim."""
Quantifier: TypeAlias = Literal["every", "most", "some", "plural"]

VERDICTS: tuple[Verdict, ...] = ("reproduced", "hedged", "consistent", "contradicted", "unchecked")
FORM_VERDICTS: tuple[Verdict, ...] = ("holds", "fails")
"""The verdicts of a claim of form (how many things a sentence lists): in no count."""
GRADES: tuple[Grade, ...] = get_args(Grade)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
GROUNDS: tuple[Ground, ...] = ("quoted", "recomputed", "mixed", "own")
KINDS: tuple[Kind, ...] = get_args(Kind)
NUMBERS = frozenset({"level", "growth", "share", "multiple", "count"})
"""Kinds whose printed text is a number."""
WORDS = frozenset({"comparison", "trend"})
"""Kinds decided by a named definition."""
DERIVED = frozenset({"growth", "share", "multiple"}) | WORDS
"""Kinds that the report has from other numbers of its own, so that these can contradict it."""
REPORT_REFS = ("claim:", "table:", "assumption:", "number")
"""How the reference begins of an input that the report prints or an analyst assumes."""
ATTESTED = ("original", "named", "loose")
"""How what was seen vouches: the release itself, a page that names publisher and date, or an inference of ours."""
Attested: TypeAlias = Literal["", "original", "named", "loose"]


def _worded(kind: str, keys: str) -> str:
    """Keys that the packs of words have words for. Raises ValueError for another."""
    for key in keys.split():
        try:
            label(f"{kind}_{key.replace('-', '_')}", "en")
        except KeyError:
            raise ValueError(f"there is no {kind} of that name") from None
    return keys


def _hedging(word: str) -> str:
    """A hedge word that the packs of words know, or none. Raises ValueError for another."""
    if word and word not in hedges():
        raise ValueError("there is no hedge word of that name")
    return word


Hedge: TypeAlias = Annotated[str, AfterValidator(_hedging)]


@dataclass(frozen=True)
class Input:
    """One leaf of a computation: a published observation, a number of the report (`claim:`) or an assumption.

    `name` stands for it in the formula, `text` is how it is printed, `low` … `high` what its digits and hedge claim.
    """

    name: str
    ref: str
    label: str
    text: str
    value: float
    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    unit: str = ""
    publisher: str = ""
    """Who made the number, whoever repeats it."""
    origin: str = ""
    """The release or estimate that it comes from: one origin, one witness."""
    published: str = ""
    """The day (month, year) on which this edition appeared."""
    hedge: Hedge = ""
    attested: Attested = ""
    vouched_by: str = ""
    """The row of the release itself that agrees with a loose one within rounding."""
    restated_by: Factor = 1.0
    """The largest factor by which this publisher restated; 1: none seen."""
    document: str = ""
    edition: str = ""
    url: str = ""
    caveat: str = ""

    @property
    def interval(self) -> Interval:
        """What the published digits claim."""
        return Interval(self.low, self.high, self.low_open, self.high_open)

    @property
    def claim_id(self) -> str:
        """The claim whose printed number this is; empty for any other input."""
        return self.ref.removeprefix("claim:") if self.ref.startswith("claim:") else ""

    @property
    def is_act(self) -> bool:
        """Whether it is an act, whose words and dates its issuer makes."""
        return self.ref.startswith("act:")

    @property
    def is_published(self) -> bool:
        """Whether it comes from outside the report and is no assumption."""
        return not self.ref.startswith(REPORT_REFS)


Inputs = Annotated[tuple[Input, ...], BeforeValidator(unpacked)]


@dataclass(frozen=True)
class Step:
    """One recomputed value of a check: a formula over its inputs, with the range that they allow.

    A check of a number has one step, a check of words one for each value in time order. `part` names the series it
    belongs to where a statement speaks of several (each institution, number and value).
    """

    label: str
    formula: str
    value: float
    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    unit: str = ""
    arithmetic: str = ""
    inputs: Inputs = ()
    part: str = ""
    period: str = ""

    @property
    def interval(self) -> Interval:
        """The range of the formula over its inputs."""
        return Interval(self.low, self.high, self.low_open, self.high_open)


Steps = Annotated[tuple[Step, ...], BeforeValidator(unpacked)]


@dataclass(frozen=True)
class CheckRow:
    """One recomputation of one claim: what its evidence is and what came out; what it may decide is the standard's.

    `outcome`, `grade` are those of the inputs as they stand; `verdict` reads premises first. For words `definition` is
    `word/level` of the vocabulary, with its `threshold` and `quantifier`; for a number it names one of the claim's
    `readings`. `found` is what a rank, a text or an event turned out to be.
    """

    check_id: str
    claim_id: str
    way: Way
    outcome: Outcome
    grade: Grade
    fits: Fits = ""
    because: str = ""
    refutes_only: bool = False
    definition: str = ""
    threshold: Maybe = None
    quantifier: Quantifier = "every"
    is_aside: bool = False
    """Another definition than the one that decides in this run: shown, without a say."""
    is_party: bool = False
    """The witness of a rank is one of those ranked."""
    found: str = ""
    unit: str = ""
    computed: Maybe = None
    computed_low: Maybe = None
    computed_high: Maybe = None
    low_open: bool = False
    high_open: bool = False
    printed_low: Maybe = None
    printed_high: Maybe = None
    hedged_low: Maybe = None
    hedged_high: Maybe = None
    gap_pct: Maybe = None
    """How far the evidence lies outside what the claim allows, in per cent of the printed value."""
    formula: str = ""
    arithmetic: str = ""
    label: str = ""
    note: str = ""
    steps: Steps = ()
    inputs: Inputs = ()
    """The leaves of all steps, each once, or the sources of a rank, a text or an event."""
    notebook: str = ""

    @property
    def interval(self) -> Interval | None:
        """The range of the evidence in the claim's unit; None where it has no number."""
        if self.computed_low is None or self.computed_high is None:
            return None
        return Interval(self.computed_low, self.computed_high, self.low_open, self.high_open)


@dataclass(frozen=True)
class Remark:
    """What one check of a claim said in the end: shown beside the verdict, whether it set it or not."""

    check_id: str
    grade: Grade
    outcome: Outcome
    says: str
    """`reproduced`, `hedged`, `consistent`, `contradicted`, or empty where the check has no say."""
    low: Maybe = None
    high: Maybe = None
    arithmetic: str = ""
    stretched: str = ""
    """By how much its inputs were stretched, because their publisher restates: `BIS × 1.11`."""
    premises: str = ""
    """The claims among its inputs for which what was found stands, in place of what is printed; their ids."""


Remarks = Annotated[tuple[Remark, ...], BeforeValidator(unpacked)]


@dataclass(frozen=True)
class ClaimRow:
    """One claim of the ledger with its verdict, what it rests on and by which rule, and all else that was found.

    `rule` is a key of `verdict.RULES`, `caps` those of `verdict.CAPS` that held it down; `grade` and `check_id` are of
    the check that set it. `evidence_low` … `evidence_high` is that check's range in the claim's unit.
    """

    claim_id: str
    section: str
    exhibit: str
    period: str
    printed: str
    unit: str
    hedge: Hedge
    kind: Kind
    verdict: Verdict
    ground: Ground = ""
    grade: Grade | Literal[""] = ""
    rule: Annotated[str, AfterValidator(partial(_worded, "rule"))] = ""
    caps: Annotated[str, AfterValidator(partial(_worded, "cap"))] = ""
    reason: str = ""
    is_decision_error: bool = False
    conclusion: str = ""
    check_id: str = ""
    evidence: Maybe = None
    evidence_low: Maybe = None
    evidence_high: Maybe = None
    notebook: str = ""
    quote: str = ""
    repeats: str = ""
    excludes: str = ""
    remarks: Remarks = ()
    metric: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})
    """Language → what is measured: the columns metric_<language>."""
    said: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})
    """Language → the quote in it: the columns said_<language>."""
    means: Mapping[str, str] = field(default_factory=dict, metadata={"by_language": True})
    """Language → what printed words mean in it: the columns means_<language>."""

    @property
    def is_form(self) -> bool:
        """Whether it stands apart from every count."""
        return self.kind == "form"


@dataclass(frozen=True)
class FlipRow:
    """A parameter on which the verdict of a claim flips: in which share of its moves, and which of its values do so alone."""

    claim_id: str
    parameter: str
    share_of_moves: float
    verdict_default: Verdict
    alone: str = ""


@dataclass(frozen=True)
class RobustnessRow:
    """What the published sweep says of one claim; shares are of combinations, 0 … 1."""

    claim_id: str
    robust: Robust
    universes: int
    share_reproduced: float = 0.0
    share_hedged: float = 0.0
    share_consistent: float = 0.0
    share_contradicted: float = 0.0
    share_unchecked: float = 0.0
    verdict_default: Verdict = "unchecked"
    flips_on: str = ""
    moves_on: str = ""
