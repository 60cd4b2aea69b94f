"""The texts that notebooks say in their code, held against the table of a language."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.errors import UserError
from analysis.report.wording import Table


@dataclass(frozen=True)
class Use:
    """A text as the code says it: the names of the values that it is given, and where it stands."""

    text: str
    context: str
    values: frozenset[str]
    place: str


def uses(source: str, place: str = "") -> Iterator[Use]:
    """The texts that a cell's code says with `_(…)`.

    >>> [(u.text, sorted(u.values)) for u in uses('_("one"); print(_("{n} banks", n=len(banks)))')]
    [('one', []), ('{n} banks', ['n'])]

    `UserError` for a text that is not written out, and where `_` is used for something else.
    """
    code = "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in source.split("\n"))
    tree = ast.parse(code)
    opened = {
        id(n)
        for a in ast.walk(tree)
        if isinstance(a, ast.Assign) and "desk.words" in ast.unparse(a.value)
        for n in ast.walk(a)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Name)
            and node.id == "_"
            and isinstance(node.ctx, ast.Store)
            and id(node) not in opened
        ):
            raise UserError(f"{place}: `_` says words; call what is left unused `__`")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            yield _use(node, place)


def _use(call: ast.Call, place: str) -> Use:
    values = {k.arg: k.value for k in call.keywords}
    written = [*call.args, values.pop("context", ast.Constant(""))]
    texts = [n.value for n in written if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    if len(call.args) != 1 or len(texts) != 2 or None in values:
        raise UserError(f"{place}: {ast.unparse(call)}: write out one text, with names for its values")
    return Use(texts[0], texts[1], frozenset(map(str, values)), place)


Fault = Literal["missing", "unused", "placeholders"]


def faults(said: Iterable[Use], table: Table) -> Iterator[tuple[Fault, str]]:
    """What is wrong between code and a table, each with a line that says where: a text without translation, a
    translation that nothing uses, placeholders that are not those of the code.

    A translation shows what the English shows; where a language needs another value (a number in its own unit), the code
    gives both, and each is shown by one of the two.

    >>> list(faults(uses('_("{n} banks", n=6)', "04:table"), {"{n} banks": "{m}家银行", "old": "旧"}))
    [('placeholders', "04:table: '{n} banks' is given n; its translation shows m"), ('unused', 'old')]
    """
    known = {(text, context): t for text, entry in table.items() for context, t in _by_context(entry)}
    seen = set()
    for use in said:
        key = (use.text, use.context)
        seen.add(key)
        if key not in known:
            yield "missing", f"{use.place}: {use.text!r}" + (f" ({use.context})" if use.context else "")
            continue
        english, other = placeholders(use.text), placeholders(known[key])
        if use.values and (english | other != use.values or (english != other and english == use.values)):
            given, shown = ", ".join(sorted(use.values)), ", ".join(sorted(other)) or "none"
            yield "placeholders", f"{use.place}: {use.text!r} is given {given}; its translation shows {shown}"
    yield from (
        ("unused", text + (f" ({context})" if context else ""))
        for text, context in known
        if (text, context) not in seen
    )


def _by_context(entry: str | Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return [("", entry)] if isinstance(entry, str) else entry.items()


def placeholders(text: str) -> frozenset[str]:
    """The names in a text's placeholders.

    >>> sorted(placeholders("{share:.1f} of {whole}"))
    ['share', 'whole']
    """
    return frozenset(part[1] for part in string.Formatter().parse(text) if part[1] is not None)
