"""Works done beside each other, in forks of this process: the pages of one language need nothing of those of another."""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection

from analysis.errors import UserError
from analysis.suite import child, environment, process

Work = Callable[[], None]
_GRACE_SECONDS = 2.0


def do_all(works: Sequence[Work], jobs: int = 0) -> None:
    """Do each of them: the first here, the others in forks, or one after the other where forks are no gain, not safe, or not to be had.

    jobs: how many at once, 0 chooses by cores and memory. Raises what one of them raises, UserError where a fork was killed.
    However it ends, no fork is left.
    """
    first, *others = works
    # A fork has this thread alone, and what others held stays locked.
    is_alone = threading.active_count() == 1
    if not (others and is_alone and process.available() and (jobs or environment.default_jobs()) > 1):
        for work in works:
            work()
        return
    with contextlib.ExitStack() as until:
        begun = [until.enter_context(_begun(work)) for work in others]
        first()
        for wait in begun:
            wait()


@contextlib.contextmanager
def _begun(work: Work) -> Iterator[Work]:
    """A work that goes on in a fork; what is given waits for its end, or does it where there is no fork."""
    forks = multiprocessing.get_context("fork")
    ours, theirs = forks.Pipe(duplex=False)
    fork = forks.Process(target=_do, args=(work, theirs), daemon=True)

    def wait() -> None:
        try:
            error = pickle.loads(ours.recv_bytes())
        except EOFError:
            raise UserError(
                "A process that made pages was killed, as when memory runs out: run again with --jobs 1, or in one language."
            ) from None
        fork.join(_GRACE_SECONDS)
        if error is not None:
            raise error

    try:
        # A terminal's Ctrl-C is for this process, which ends the fork; there it stays without effect.
        with child.deaf_to_interrupts():
            fork.start()
    except OSError:  # no process to be had
        yield work
        return
    finally:
        theirs.close()
    try:
        yield wait
    except Exception:  # an error, no signal: what the fork writes becomes whole
        with contextlib.suppress(EOFError):
            ours.recv_bytes()
        fork.join(_GRACE_SECONDS)
        raise
    finally:
        fork.kill()
        fork.join()
        ours.close()


def _do(work: Work, connection: Connection) -> None:
    """In a fork: do it, and send what it raised, or None. Who asked for it ends it."""
    child.die_with_owner()
    error: Exception | None = None
    try:
        work()
    except Exception as raised:  # told where it was asked for
        error = raised
    connection.send_bytes(_as_sent(error))


def _as_sent(error: Exception | None) -> bytes:
    """An error as bytes; one that would not come back is told in its words."""
    try:
        sent = pickle.dumps(error)
        pickle.loads(sent)
    except Exception:  # whatever its own class does with it
        return pickle.dumps(RuntimeError(f"{type(error).__name__}: {error}"))
    return sent
