"""Directories that appear whole or not at all: exchange by name, staging directories and what the dead left of them."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analysis.errors import UserError
from analysis.writing import STAGING, mark_as_living

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def point_link(link: Path, target: str) -> None:
    """Make the symbolic link point to `target`, in one step."""
    temporary = link.with_name(f"{STAGING}{link.name}-{os.getpid()}")
    remove(temporary)
    try:
        temporary.symlink_to(target)
        temporary.replace(link)
    finally:
        remove(temporary)


def refuse_other_than_link(link: Path) -> None:
    """Raises UserError when something else than a link has the name, as after a copy that followed links."""
    if link.exists() and not link.is_symlink():
        raise UserError(f"{link} must be a link to the last run, and is something else; remove it.")


def sync_tree(folder: Path) -> None:
    """Ask the system to put every file of `folder` on disk, so that a rename never precedes the content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def refuse_linked_folders(folder: Path) -> None:
    """Raises UserError for a link to a folder below this one: whether what lies there stays as it is, nobody would watch."""
    for where, inner, _ in os.walk(folder):
        for name in inner:
            if os.path.islink(f"{where}/{name}"):  # noqa: PTH114 (texts, hundreds of them)
                raise UserError(
                    f"{where}/{name} is a link to a folder, of which a run would not notice changes; put the files there, link "
                    "each of them, or let ANALYSIS_DATA name the whole data folder"
                )


def publish(staged: Path, final: Path) -> None:
    """Give a complete directory its name. A directory that had the name stays until this one takes its place."""
    if not final.exists():
        staged.rename(final)
        return
    if not _exchange(staged, final):
        # Without an atomic exchange: `recover` undoes the first step if we die before the second.
        aside = final.with_name(f".old-{final.name}")
        shutil.rmtree(aside, ignore_errors=True)
        final.rename(aside)
        staged.rename(final)
        staged = aside
    discard(staged)  # which holds the old one now


def _exchange(one: Path, other: Path) -> bool:
    """Swap two directories in one step where the system can (Linux, most file systems)."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    done = renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(done == 0)


def remove(path: Path) -> None:
    """Remove a directory or file if it is there."""
    if path.is_dir() and not path.is_symlink():
        try:
            shutil.rmtree(path, ignore_errors=True)
        except OSError as error:  # a signal in it: it closes a folder twice
            if isinstance(error.__context__, KeyboardInterrupt):
                raise KeyboardInterrupt from None
    else:
        with suppress(OSError):
            path.unlink()


def discard(folder: Path) -> None:
    """Remove a directory so that it is never half there under its name: first the name goes, then what it holds."""
    aside = folder.with_name(f"{STAGING}{folder.name}-{os.getpid()}")
    try:
        folder.rename(aside)
        remove(aside)
    finally:
        remove(aside)  # a signal in the first removal leaves nothing


@contextmanager
def staging(folder: Path, label: str) -> Iterator[Path]:
    """A private directory in `folder`, removed at the end unless it was published (renamed) before; locked meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    clear_stale(folder)
    with _private(folder, label) as path:
        yield path


@contextmanager
def scratch(label: str) -> Iterator[Path]:
    """A private directory among the system's temporary files, removed at the end; those of dead processes are removed first."""
    folder = Path(tempfile.gettempdir())
    _clear(folder, f"{STAGING}{label}-")
    with _private(folder, label) as path:
        yield path


@contextmanager
def _private(folder: Path, label: str) -> Iterator[Path]:
    """A locked directory that is gone afterwards.

    Its name is known before it is there, and it is removed twice: a signal at any moment, in the removal too, leaves nothing.
    """
    path, handle = folder / f"{STAGING}{label}-{os.urandom(4).hex()}", None
    try:
        try:
            while (
                handle is None or not path.exists()
            ):  # another process took it for a stale one before it had its lock
                path.mkdir(exist_ok=True)
                path.chmod(0o755)
                handle = lock(path)
            yield path
        finally:
            remove(path)
    finally:
        remove(path)
        if handle is not None:
            os.close(handle)


def clear_stale(folder: Path) -> list[Path]:
    """Remove what dead processes left incomplete; put back a run that died between two renames."""
    removed = _clear(folder, STAGING)
    for aside in sorted(folder.glob(".old-*")):
        final = folder / aside.name.removeprefix(".old-")
        if final.exists():
            remove(aside)
        else:
            aside.rename(final)
    return removed


def _clear(folder: Path, prefix: str) -> list[Path]:
    removed = []
    for path in sorted(folder.glob(f"{prefix}*")):
        if path.is_symlink():
            with suppress(OSError):
                path.unlink()
            continue
        handle = lock(path)
        if handle is not None:
            remove(path)
            os.close(handle)
            removed.append(path)
    return removed


def lock(path: Path) -> int | None:
    """A handle that holds the lock of a file or directory, to be closed; None when a living process holds it."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    if mark_as_living(handle):
        return handle
    os.close(handle)
    return None
