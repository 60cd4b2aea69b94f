"""A page as its reader meets it: a section for each question with prose, one exhibit, its cards; the working folded under."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analysis.report.rows import Verdict
from analysis.site.blocks import Block, Chart, Checked, Claim, Failure, Markup, Part
from analysis.site.cards import Card

STANDING = 4
"""How many cards of a section stand in sight; the others, those without a verdict and lists that count right are folded."""
_FOLDED: tuple[Verdict, ...] = ("unchecked", "holds")
ROWS, CHARACTERS = 12, 1200
"""A table of more rows, or with more text, is folded."""
_TAG = re.compile(r"<[^>]*>")
_CAPTION = re.compile(r"<caption>(.*?)</caption>", re.DOTALL)
_HEADING = re.compile(r"<h2\b")


@dataclass(frozen=True)
class Section:
    """One question. `prose` are the parts before the first output, `working` all that is neither exhibit nor card."""

    prose: Sequence[Part]
    exhibit: Block | None
    cards: Sequence[Card]
    more: Sequence[Card]
    working: Sequence[Part]

    @property
    def counts(self) -> Counter[Verdict]:
        """Verdict → how many of the folded cards."""
        return Counter(card.verdict for card in self.more)

    @property
    def holds(self) -> Counter[str]:
        """What the working holds, for its heading: charts, tables, checks; of one table its rows."""
        found = [b for part in self.working for b in part.blocks]
        if self.table:
            return Counter(rows=sum(b.html.count("<tr") - 1 for b in found if isinstance(b, Markup)))
        kinds: tuple[tuple[str, type[Block]], ...] = (
            ("charts", Chart),
            ("tables", Markup),
            ("checks", Checked),
        )
        return Counter({name: sum(isinstance(b, kind) for b in found) for name, kind in kinds})

    @property
    def table(self) -> str:
        """The caption (HTML) of the table that is all that the section shows; empty where there is more, or none."""
        found = [b for part in self.working for b in part.blocks]
        if self.exhibit or self.cards or self.more or len(found) != 1 or not isinstance(found[0], Markup):
            return ""
        caption = _CAPTION.search(found[0].html)
        return caption[1] if caption else ""

    @property
    def asks(self) -> bool:
        """Whether it is the list of questions before the first heading, which the headings take up one by one."""
        return any("<ol" in part.prose for part in self.prose) and not any(map(_begins, self.prose))

    @property
    def is_code(self) -> bool:
        """Whether the working is code alone, which a reader does not miss."""
        return not any(part.prose or part.blocks for part in self.working)

    @property
    def failed(self) -> bool:
        """Whether a cell of it ended in an error, which must be seen."""
        return any(isinstance(b, Failure) for part in self.working for b in part.blocks)


def sections(parts: Iterable[Part]) -> list[Section]:
    """The parts of a page by question: a heading of the second level begins one."""
    groups: list[list[Part]] = [[]]
    for part in parts:
        if _begins(part) and groups[-1]:
            groups.append([])
        groups[-1].append(part)
    return [_section(group) for group in groups if group]


def _begins(part: Part) -> bool:
    return bool(_HEADING.search(part.prose))


def _section(parts: Sequence[Part]) -> Section:
    first = next((n for n, part in enumerate(parts) if not part.prose and part.blocks), len(parts))
    told = [part for part in parts[:first] if part.prose]
    rest = [part for n, part in enumerate(parts) if n >= first or not part.prose]
    blocks = [b for part in rest for b in part.blocks]
    exhibit = next((b for b in blocks if isinstance(b, Chart)), None) or next(filter(_is_short, blocks), None)
    cards = sorted((b.card for b in blocks if isinstance(b, Claim)), key=_order)
    standing = [c for c in cards if c.verdict not in _FOLDED][:STANDING]
    gone = {id(exhibit), *(id(b) for b in blocks if isinstance(b, Claim))}
    working = [replace(part, blocks=[b for b in part.blocks if id(b) not in gone]) for part in rest]
    return Section(told, exhibit, standing, [c for c in cards if c not in standing], working)


def _is_short(block: Block) -> bool:
    if not isinstance(block, Markup) or block.html.count("<tr") > ROWS:
        return False
    return len(_TAG.sub("", block.html)) <= CHARACTERS


def _order(card: Card) -> tuple[bool, bool, int]:
    """Contradictions first, conclusions that flip before others; then the most central."""
    return card.verdict != "contradicted", not card.is_decision_error, -card.centrality
