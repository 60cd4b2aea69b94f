"""Works done beside each other, in forks of this process: the pages of one language need nothing of those of another."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from analysis.errors import UserError
from analysis.suite import child, environment, process

_works: Sequence[Callable[[], None]] = ()


def do_all(works: Sequence[Callable[[], None]]) -> None:
    """Do each of them: the first here, the others in forks, or one after the other where forks would be no gain or not safe.

    Raises what one of them raises, UserError where a fork was killed.
    """
    first, *others = works
    is_alone = (
        threading.active_count() == 1
    )  # a fork has this thread alone, and what others held stays locked
    if not (others and is_alone and process.available() and environment.default_jobs() > 1):
        for work in works:
            work()
        return
    with ProcessPoolExecutor(len(others), multiprocessing.get_context("fork"), _begin, (others,)) as forks:
        begun = [forks.submit(_do, n) for n in range(len(others))]
        first()
        try:
            for one in begun:
                one.result()
        except BrokenProcessPool:
            raise UserError(
                "A process that made pages was killed, as when memory runs out: run again, in one language (--language)."
            ) from None


def _begin(works: Sequence[Callable[[], None]]) -> None:
    """In a fork: these are the works, and the end of who asked for them is its own."""
    global _works
    _works = works
    child.die_with_owner()


def _do(number: int) -> None:
    _works[number]()
