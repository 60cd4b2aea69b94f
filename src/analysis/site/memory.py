"""What pages were made of before, taken again where nothing that it shows has changed.

An entry has a name (which card, which page) and the parts from which it was made; it counts as long as its parts are equal.
Of a record, which holds all claims of a report, only those rows are parts that were looked at.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from analysis.report.bench import Kept
from analysis.suite.inputs import PACKAGE, packages

if TYPE_CHECKING:
    from analysis.suite.cache import Cache

T = TypeVar("T")
KEPT = 3
"""Entries of one name: going back to a former value of a parameter finds them."""
Key = tuple[str, Hashable]
Seen = dict[Key, object]
"""What was looked at, and what stood there: None where nothing did."""
_ALL = ("every",)
"""Stands for all keys of a mapping: somebody went through it."""


class Watchable(Protocol):
    """What says of which of its mappings a product was made."""

    def watched(self: W, seen: Seen) -> W:
        """The same, noting in `seen` what is looked at."""


W = TypeVar("W", bound=Watchable)


class Memory:
    """Remembers, within one language of one report.

    >>> memory = Memory()
    >>> [memory.made("sum", (1, 2), lambda: 1 + 2), memory.made("sum", (1, 2), lambda: 0)]
    [3, 3]
    """

    is_changed = False
    """Whether something was made since it was read."""

    def __init__(self) -> None:
        self.judged = Kept()
        self._entries: dict[Hashable, list[tuple[tuple[object, ...], Seen, Any]]] = {}

    def made(self, name: Hashable, parts: tuple[object, ...], make: Callable[[], T]) -> T:
        """What was made of equal parts before, else what `make` gives."""
        found: T
        kept = self._entries.setdefault(name, [])
        for known, _, found in kept:
            if _alike(known, parts):
                return found
        found, self.is_changed = make(), True
        kept[:] = [(parts, {}, found), *kept[: KEPT - 1]]
        return found

    def made_of(
        self, name: Hashable, parts: tuple[object, ...], record: W, make: Callable[[W], tuple[T, bool]]
    ) -> T:
        """The same for what is made of a record too; `make` also says whether its product may be kept."""
        found: T
        kept = self._entries.setdefault(name, [])
        for known, seen, found in kept:
            if _alike(known, parts) and all(_is(value, look(record, key)) for key, value in seen.items()):
                return found
        noted: Seen = {}
        found, is_kept = make(record.watched(noted))
        if is_kept:
            self.is_changed = True
            kept[:] = [(parts, noted, found), *kept[: KEPT - 1]]
        return found


@dataclass(frozen=True)
class Memories:
    """The memories of a project's pages, kept from run to run. settings: of the report, as its files hold them.

    They are pickles, in the project's own cache like the notebooks, whose code runs too: whoever may write there may do all.
    """

    cache: Cache
    settings: Sequence[bytes]
    read: dict[str, Memory] = field(default_factory=dict)

    def of(self, language: str) -> Memory:
        """That of one language; an empty one where there is none of this very package and report."""
        if language not in self.read:
            self.read[language] = self.cache.entry(self._name(language), _unpickled) or Memory()
        return self.read[language]

    def holds(self, language: str) -> bool:
        """Whether pages in that language were made before, by this very package and of this report."""
        return self.cache.holds(self._name(language))

    def keep(self, language: str) -> None:
        """Write that of a language, if something was added to it."""
        memory = self.of(language)
        if memory.is_changed:
            memory.is_changed = False
            self.cache.put(self._name(language), pickle.dumps(memory, pickle.HIGHEST_PROTOCOL))

    def _name(self, language: str) -> str:
        return hashlib.sha256(repr((language, self.settings, *_code())).encode()).hexdigest()


@cache
def _code() -> tuple[object, ...]:
    """What pages are made by: this package, the libraries around it, Python."""
    files = sorted(p for p in PACKAGE.rglob("*") if p.is_file() and p.suffix != ".pyc")
    digest = hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in files)).hexdigest()
    return digest, packages(), sys.version


def _unpickled(content: bytes) -> Memory:
    try:
        found = pickle.loads(content)
    except Exception as error:  # whatever a damaged pickle raises
        raise ValueError(str(error)) from None
    if not isinstance(found, Memory):
        raise ValueError("it is no memory of pages")
    return found


def _is(one: object, other: object) -> bool:
    return one is other or one == other


def _alike(known: tuple[object, ...], parts: tuple[object, ...]) -> bool:
    return len(known) == len(parts) and all(map(_is, known, parts))


def look(holder: object, key: Key) -> object:
    """What stands in one of the mappings of an object, by the name of the mapping."""
    name, of = key
    mapping: Mapping[Hashable, object] = getattr(holder, name)
    return list(mapping.items()) if of == _ALL else mapping.get(of)


class Noting(Mapping[Any, Any]):
    """A mapping that notes which of its keys are asked for, and what stood there; it holds no None."""

    def __init__(self, name: str, mapping: Mapping[Any, Any], seen: Seen) -> None:
        self._name, self._mapping, self._seen = name, mapping, seen

    def __getitem__(self, key: Hashable) -> Any:
        found = self._seen[self._name, key] = self._mapping.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Hashable]:
        self._note_all()
        return iter(self._mapping)

    def __len__(self) -> int:
        self._note_all()
        return len(self._mapping)

    def _note_all(self) -> None:
        self._seen[self._name, _ALL] = list(self._mapping.items())
