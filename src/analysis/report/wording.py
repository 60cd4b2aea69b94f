"""The words of a report's notebooks: English in the code, every other language in a table beside it.

    _ = desk.words
    _("Share of all other industries, %")
    _("{n} of {whole} rates follow from balances", n=9, whole=11)

The table is notebooks/locale/<language>.toml, a line for each text: `"English" = "translation"`, with the same
{placeholders}. Where one English text is two things, `_("from", context="bound")` names which, and its line says
`"from" = { source = "依据", bound = "下限" }`. What the table lacks is shown in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from analysis import places, reading
from analysis.errors import UserError

FOLDER = Path("notebooks", "locale")
Table = Mapping[str, str | Mapping[str, str]]
"""English text → its translation, or context → translation."""


@dataclass(frozen=True)
class Words:
    """What a notebook says, in one language.

    >>> words = Words("zh", {"share": "占比", "{n} banks": "{n}家银行", "from": {"bound": "下限"}})
    >>> words("share"), words("{n} banks", n=6), words("from", context="bound"), words("not yet translated")
    ('占比', '6家银行', '下限', 'not yet translated')
    """

    language: str
    table: Table = field(default_factory=dict)

    def __call__(self, text: str, /, *, context: str = "", **values: object) -> str:
        """The text in this language, with `values` in its placeholders; `KeyError` for a placeholder without value."""
        found = self.table.get(text, text)
        said = found if isinstance(found, str) else found.get(context, text)
        return said.format(**values) if values else said


def words(language: str) -> Words:
    """The words of the project we are in; those of the code where it has no table for the language."""
    path = (places.nearest() or Path.cwd()) / FOLDER / f"{language}.toml"
    if not path.is_file():
        return Words(language)
    status = path.stat()
    return Words(language, _read(path, reading.stamp(status)))


def read(path: Path) -> Table:
    """The table of a language. `UserError` names file and what is wrong, such as a text that stands there twice."""
    table = reading.toml_of(path)
    for text, entry in table.items():
        for said in entry.values() if isinstance(entry, dict) else [entry]:
            if not isinstance(said, str):
                raise UserError(f"{path}: {text!r}: a translation is a text, or one for each context")
    return table


@cache
def _read(path: Path, stamp: reading.Stamp) -> Table:
    return read(path)
