"""What pages were made of before, taken again where nothing that it shows has changed.

An entry has a name (which card, which page) and the parts from which it was made; it counts as long as its parts are equal.
Of a record, which holds all claims of a report, only those rows are parts that were looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

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

    def __init__(self) -> None:
        self._entries: dict[Hashable, list[tuple[tuple[object, ...], Seen, Any]]] = {}

    def made(self, name: Hashable, parts: tuple[object, ...], make: Callable[[], T]) -> T:
        """What was made of equal parts before, else what `make` gives."""
        found: T
        kept = self._entries.setdefault(name, [])
        for known, _, found in kept:
            if _alike(known, parts):
                return found
        found = make()
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
            kept[:] = [(parts, noted, found), *kept[: KEPT - 1]]
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
