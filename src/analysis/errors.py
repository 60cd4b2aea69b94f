"""Errors that a user can act on. The command line prints their message alone and exits with their code."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterable

# The system refuses: full or read-only disk, missing permission, a folder where a file should be. Nobody's bug.
_REFUSED = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR,
    errno.ENAMETOOLONG, errno.ELOOP, errno.EEXIST, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENXIO, errno.EBUSY,
    errno.ENOTEMPTY, errno.ENODEV, errno.EINVAL, errno.ENOENT,
}  # fmt: skip


class UserError(Exception):
    """Something in the input is wrong: the message names file, row, column or parameter, and what to do."""

    exit_code = 2


class CheckFailed(UserError):
    """The input is readable, but something that must hold does not."""

    exit_code = 1


def refusal(error: OSError) -> str:
    """What the system refused, and for which file; empty when the error is of another kind, and should be seen whole."""
    if isinstance(error, shutil.Error):  # of many files: what the system said of the first
        _, target, said = error.args[0][0]
        return f"{said.partition(': ')[0].partition('] ')[2] or said} ({target})"
    if error.errno not in _REFUSED:
        return ""
    place = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror}{place}"


def meant(name: str, known: Iterable[str], otherwise: str = "", most: int = 1, cutoff: float = 0.6) -> str:
    """The end of a message about a name that is not known: the `most` nearest ones, or what to do `otherwise`.

    >>> meant("balanse", ["balance", "rate"], "name a series"), meant("x", ["balance"], "name a series")
    ('; did you mean balance?', '; name a series')
    """
    if near := nearest(name, known, most, cutoff):
        return f"; did you mean {', '.join(near)}?"
    return otherwise and f"; {otherwise}"


def nearest(name: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The `most` known names that are nearest to one that is not known; none where none is near.

    >>> nearest("balanse", ["balance", "rate"]), nearest("x", ["balance"])
    (['balance'], [])
    """
    from difflib import get_close_matches

    return get_close_matches(name, sorted(set(known)), n=most, cutoff=cutoff)


def counted(number: int, noun: str) -> str:
    """A number of things, as every message counts them.

    >>> [counted(n, "file") for n in (0, 1, 2)], counted(1200, "entry"), counted(2, "own row of data")
    (['0 files', '1 file', '2 files'], '1,200 entries', '2 own rows of data')
    """
    if number == 1:
        return f"1 {noun}"
    head, of, rest = noun.partition(" of ")
    more = f"{head[:-1]}ies" if re.search("[^aeiou]y$", head) else f"{head}s"
    return f"{number:,} {more}{of}{rest}"
