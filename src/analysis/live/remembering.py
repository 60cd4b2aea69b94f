"""The project's cache while it is served: from memory where it can be, written when nobody waits."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial

from analysis.suite.cache import Cache, Key
from analysis.suite.project import Project
from analysis.suite.run import cache_of
from analysis.suite.watch import Seen

MOST_REMEMBERED = 64
"""Executed notebooks in memory."""


class Remembering(Cache):
    """The project's cache, which also keeps what it found in memory, and looks at the files only when it is asked to."""

    def __init__(self, project: Project) -> None:
        plain = cache_of(project)
        super().__init__(plain.folder, plain.inputs, plain.max_bytes)
        self._found: OrderedDict[bytes, bytes] = OrderedDict()
        self._later: deque[Callable[[], str]] = deque(maxlen=MOST_REMEMBERED)
        assert self.inputs.signature and self.inputs.files

    def keep(self, key: Key, content: bytes, seen: Seen | None, folder: str = "") -> str:
        """Leaves it to `settle`: nobody waits for what is kept for later."""
        self._later.append(partial(super().keep, key, content, seen, folder))
        return ""

    def settle(self) -> bool:
        """Keep one of the executed notebooks that were to be kept; gives whether there was one."""
        if not self._later:
            return False
        self._later.popleft()()
        return True

    def is_as_before(self) -> bool:
        """Whether no file changed since this was made."""
        return self.inputs.is_as_before()

    def find(self, key: Key) -> bytes | None:
        """The executed notebook, from memory if it was asked for before."""
        name = hashlib.sha256(
            key.source + json.dumps([key.notebook.stem, dict(key.upstream)]).encode()
        ).digest()
        found = self._found.get(name)
        if found is None and (found := super().find(key)) is not None:
            self._found[name] = found
            while len(self._found) > MOST_REMEMBERED:
                self._found.popitem(last=False)
        return found
