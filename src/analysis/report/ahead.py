"""What a process reads before it forks notebooks, so that each of them finds it read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from analysis.errors import UserError
from analysis.report import catalog, documents, ledger
from analysis.report.desk import TEXTS


def read() -> None:
    """Read the ledger, the documents and every series of the project we are in, as far as they are there and can be read.

    A fork asks again for the state of a file, and reads one that has changed.
    """
    import pandas as pd

    readers: list[Callable[[], object]] = [ledger.load_claims, documents.load_documents]
    readers += [partial(catalog.read_ahead, topic) for topic in catalog.topics()]
    with pd.option_context(*TEXTS):
        for reader in readers:
            with suppress(UserError):  # whoever needs it is told
                reader()
