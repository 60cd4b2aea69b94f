"""The command line as a user calls it, in this process: what it imports, and its fork server, serve the next call too."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

from analysis import cli
from tests.engine_tools import stop_fork_server


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it wrote to both outputs."""

    code: int
    out: str
    err: str


_last_folder: list[Path] = []


def ended(folder: Path, *arguments: str) -> Said:
    """`analysis …` in that folder. A fork server looks where it was started, so another folder has another one."""
    if _last_folder != [folder]:
        stop_fork_server()
        _last_folder[:] = [folder]
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main(list(arguments))
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


def call(folder: Path, *arguments: str, code: int = 0) -> str:
    """All that `analysis …` says in that folder; it must end with that exit code."""
    said = ended(folder, *arguments)
    assert said.code == code, f"{arguments}: {said.out}\n{said.err}"
    return said.out + said.err
