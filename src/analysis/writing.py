"""The one way in which a file is written: whole under its name, or not at all; what stood there before stays until then."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from analysis.errors import UserError

STAGING = ".staging-"
"""How the names of what is not complete begin: whatever is left of a dead process is known by it."""


def write_atomically(path: Path, content: bytes | str, is_durable: bool = True) -> None:
    """Replace `path` by `content` (text as UTF-8); a crash, a signal or a full disk leaves the old file as it was.

    is_durable: wait until the content is on disk; needless in a staging directory, which is waited for as a whole.
    Raises UserError where something else than a file has the name, OSError that names `path` when the system refuses.

    >>> import tempfile
    >>> write_atomically(Path(tempfile.mkdtemp()) / "a" / "b.txt", "there at once")
    """
    _write({path: content}, is_durable)


def write_together(files: Mapping[Path, bytes | str]) -> None:
    """Replace several files: all are complete beside their places before the first takes its own.

    Raises as `write_atomically`.
    """
    _write(files, True)


def _write(files: Mapping[Path, bytes | str], is_durable: bool) -> None:
    staged: dict[
        Path, Path
    ] = {}  # a name is known before its file is there: a signal at any moment leaves nothing
    try:
        for path, content in files.items():
            refuse_other_than_file(path)
            with _naming(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                prefix = f"{STAGING}{path.name[:80]}-"
                if is_durable:
                    _clear_dead(path.parent, prefix)
                staged[path] = path.with_name(f"{prefix}{os.urandom(4).hex()}")
                _fill(staged[path], _bytes(path, content), is_durable)
        for path, temporary in staged.items():
            with _naming(path):
                temporary.replace(path)
    except BaseException:
        for temporary in staged.values():
            with suppress(OSError):
                temporary.unlink()
        raise


def _bytes(path: Path, content: bytes | str) -> bytes:
    """The content as a file holds it; half a character, as undecodable arguments bring it, is no text."""
    try:
        return content.encode() if isinstance(content, str) else content
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise UserError(
            f"{path.name}: {half!r} is no character and cannot be written; leave it out."
        ) from None


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """An error of the system names the file that was to be written."""
    try:
        yield
    except OSError as error:
        if error.filename is None or Path(error.filename).name.startswith(STAGING):
            error.filename, error.filename2 = str(path), None
        raise


def refuse_other_than_file(path: Path) -> None:
    """Raises UserError when a folder, a device or a pipe has the name: none of them may be replaced by a file."""
    try:
        kind = path.stat().st_mode
    except OSError:
        return  # nothing there, or said by the system when it is written
    if not stat.S_ISREG(kind):
        what = "a folder" if stat.S_ISDIR(kind) else "no plain file"
        raise UserError(f"{path} is {what}; name a file to write to.")


def _fill(path: Path, content: bytes, is_durable: bool) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        mark_as_living(handle)
        stream.write(content)
        if is_durable:
            stream.flush()
            os.fsync(stream.fileno())
    path.chmod(0o644)


def _clear_dead(folder: Path, prefix: str) -> None:
    """Remove what processes that were killed left of a file: nobody holds its lock."""
    for entry in os.scandir(folder):
        if entry.name.startswith(prefix) and entry.is_file(follow_symlinks=False):
            with suppress(OSError):
                handle = os.open(entry.path, os.O_RDONLY)
                try:
                    if mark_as_living(handle):
                        Path(entry.path).unlink()
                finally:
                    os.close(handle)


def mark_as_living(handle: int) -> bool:
    """Lock an open file or folder for as long as it is open; False when another living process has done so.

    An advisory lock tells the living from the dead: it vanishes with the process, whatever killed it, and process ids are
    not trusted across containers.
    """
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


_FORMULA = re.compile(
    r"'*(?:[=@\t\r]|[-+](?![-+]*$|(?:[\d,]*\.?\d+|\d+\.)(?:[eE][-+]?\d+)? ?[%\u2030]?$).)", re.DOTALL
)


def inert(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula: an apostrophe before it makes it a text; `as_given` undoes that.

    >>> [inert(text) for text in ("=1+1", "@SUM(A1)", "-1+1", "-3.2", "+5%", "-", "a=b", "'=1")]
    ["'=1+1", "'@SUM(A1)", "'-1+1", '-3.2', '+5%', '-', 'a=b', "''=1"]
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_given(cell: str) -> str:
    """What `inert` was given.

    >>> [as_given(inert(text)) for text in ("=1+1", "'=1", "'x", "-3")]
    ['=1+1', "'=1", "'x", '-3']
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


_PARTING = re.compile(r'[,"\r\n]')


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV (lines end in LF), every text in them `inert`.

    >>> csv_text([["a", "b"], ["=1", -3.5]])
    "a,b\\n'=1,-3.5\\n"
    """
    lines = [
        ",".join(_quoted(inert(c) if isinstance(c, str) else "" if c is None else str(c)) for c in row)
        for row in rows
    ]
    return "".join(f"{line}\n" if line else '""\n' for line in lines)


def _quoted(cell: str) -> str:
    """A cell in quotes where it needs them: a lone carriage return, which `csv` leaves bare, too.

    >>> [_quoted(cell) for cell in ("a b", "a,b", 'a"b', "a\\rb", "a\\nb")]
    ['a b', '"a,b"', '"a""b"', '"a\\rb"', '"a\\nb"']
    """
    return '"' + cell.replace('"', '""') + '"' if _PARTING.search(cell) else cell
