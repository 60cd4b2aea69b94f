"""Files that appear whole or not at all: atomic writes, exchange of directories, stale staging directories."""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STAGING = ".staging-"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write_atomically(path: Path, content: bytes, is_durable: bool = True) -> None:
    """Replace `path` by `content`; a crash or a full disk leaves the old file as it was.

    is_durable: wait until the content is on disk; needless in a staging directory, which `sync_tree` waits for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            if is_durable:
                stream.flush()
                os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def point_link(link: Path, target: str) -> None:
    """Make the symbolic link point to `target`, in one step."""
    temporary = link.with_name(f".{link.name}-{os.getpid()}")
    with suppress(FileNotFoundError):
        temporary.unlink()
    temporary.symlink_to(target)
    temporary.replace(link)


def sync_tree(folder: Path) -> None:
    """Ask the system to put every file of `folder` on disk, so that a rename never precedes the content."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


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
    shutil.rmtree(staged, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two directories in one step where the system can (Linux, most file systems)."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    done = renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(done == 0)


def remove(folder: Path) -> None:
    """Remove a directory if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def staging(folder: Path, label: str) -> Iterator[Path]:
    """A private directory in `folder`, removed at the end unless it was published (renamed) before.

    An advisory lock on the directory itself tells the living from the dead: it vanishes with the process,
    whatever killed it, and process ids are not trusted across containers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clear_stale(folder)
    path, lock = _locked_directory(folder, label)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _locked_directory(folder: Path, label: str) -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=f"{STAGING}{label}-", dir=folder))
        path.chmod(0o755)
        lock = _lock(path)
        # Between the two steps another process may have taken the directory for a stale one.
        if lock is not None and path.exists():
            return path, lock


def clear_stale(folder: Path) -> list[Path]:
    """Remove staging directories of dead processes; put back a run that died between two renames."""
    removed = []
    for path in sorted(folder.glob(f"{STAGING}*")):
        lock = _lock(path)
        if lock is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
            removed.append(path)
    for aside in sorted(folder.glob(".old-*")):
        final = folder / aside.name.removeprefix(".old-")
        if final.exists():
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.rename(final)
    return removed


def _lock(path: Path) -> int | None:
    """A handle that holds the lock of the directory, or None when a living process holds it."""
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
