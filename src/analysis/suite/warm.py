"""Warm execution of notebooks: one process that has imported everything, and a fork of it for each notebook.

Knows nothing of papermill. The owner is a command's process; everything it started ends with it. Safe to use from several
threads at once, which is how notebooks run side by side.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from analysis.suite.follow import (
    ROWS,
    Cell,
    CellResult,
    Follower,
    Limits,
    Outcome,
    WarmUnavailable,
    may_fail,
    messages,
    must_run,
)

__all__ = ["CellResult", "Closed", "Limits", "Outcome", "Warm", "WarmUnavailable", "available"]

# The warm process has one thread, because a fork copies only the one that calls it. (Several threads of BLAS would also
# change the last bits of a product; Arrow's allocator would start one to give memory back.)
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}

Document = Mapping[str, Any]


class Closed(RuntimeError):
    """The owner ended the warm process while this notebook ran: it is not to be run in another way."""


def available() -> bool:
    """Whether this platform can fork warm processes safely: Linux, in practice."""
    return sys.platform == "linux" and hasattr(os, "fork") and hasattr(os, "memfd_create")


class Warm:
    """Owns the warm process; starts it when first needed.

    preload: modules to import ahead, in this order; those that cannot be imported are left to the notebooks.
    roots: folders whose modules and files count as the project's. ignored: folders under them that do not.
    prime: a JSON list of cells to run once in the warm process itself (see `prime.prime`).
    Raises WarmUnavailable where forks are not to be had.
    """

    def __init__(
        self,
        preload: Sequence[str] = (),
        roots: Sequence[Path] = (),
        ignored: Sequence[Path] = (),
        env: Mapping[str, str] | None = None,
        prime: Path | None = None,
    ) -> None:
        if not available():
            raise WarmUnavailable("Notebooks cannot be run warm on this platform; use the stock engine.")
        self.preload, self.roots, self.ignored = list(preload), list(roots), list(ignored)
        self.env, self.prime = dict(env or {}), prime
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Warm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the warm process if it is not running; returns at once, its imports go on meanwhile."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            in_main = threading.current_thread() is threading.main_thread()
            configuration = {
                "preload": self.preload,
                "roots": [str(path) for path in self.roots],
                "ignored": [str(path) for path in self.ignored],
                # The kernel takes the thread that forked for the parent; only the main thread lives long enough.
                "parent": os.getpid() if in_main else None,
                "prime": str(self.prime) if self.prime else None,
            }
            command = [sys.executable, "-m", "analysis.suite.zygote", str(theirs.fileno())]
            with theirs:
                self._process = subprocess.Popen(
                    [*command, json.dumps(configuration)],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env={**os.environ, **self.env, **_ONE_THREAD},
                    start_new_session=True,  # Ctrl-C reaches the owner, which ends the notebooks in order
                )
            self._control = ours

    def close(self) -> None:
        """End the warm process and every notebook that still runs."""
        with self._lock:
            if self._control is not None:
                self._control.close()
                self._control = None
            process, self._process = self._process, None
        if process is not None:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def execute(
        self,
        notebook: Document,
        *,
        cwd: Path | str | None = None,
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        observe: bool = False,
        ignored: Sequence[Path] = (),
        rows_only: bool = False,
        on_start: Callable[[int], None] | None = None,
        on_cell: Callable[[CellResult], None] | None = None,
    ) -> Outcome:
        """Run the code cells of a notebook in a fresh child and write their outputs into it, in place.

        cwd: default the current folder. env: variables for this notebook only. observe: report what it used, without
        what lies in the `ignored` folders. rows_only: other outputs than rows are not made (a sweep's universes).
        on_start gets a cell's index, on_cell its result, as they happen.
        Raises WarmUnavailable when the warm process itself cannot run; never for what a cell does.
        """
        limits = limits or Limits()
        job = {
            "cells": [_job_cell(i, cell) for i, cell in enumerate(notebook["cells"]) if must_run(cell)],
            "cwd": str(cwd or Path.cwd()),
            "env": dict(env or {}),
            "limit": limits.output,
            "observe": observe,
            "ignored": [str(path) for path in ignored],
            "only": ROWS if rows_only else None,
            "timeout_text": f"this cell took longer than {limits.cell_seconds:g} s and was stopped"
            if limits.cell_seconds
            else "this notebook took too long and was stopped",
        }
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
        return self._run(Follower(notebook, limits, on_start, on_cell), job)

    def _run(self, follower: Follower, job: dict[str, Any]) -> Outcome:
        self.start()
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._request({"job": number}, theirs)
            try:
                with contextlib.suppress(BrokenPipeError):  # what happened is told on the same socket
                    ours.sendall(json.dumps(job).encode() + b"\n")
                for message in messages(ours, follower.seconds_left):
                    if message is None:
                        self._request({"job": number, "signal": follower.next_signal()})
                    elif follower.take(message):
                        break
            except BaseException:
                self._request({"job": number, "signal": int(signal.SIGKILL)})
                raise
        if self._control is None:
            raise Closed("The warm process was closed while a notebook ran.")
        return follower.outcome()

    def _request(self, request: dict[str, Any], descriptor: socket.socket | None = None) -> None:
        with self._lock:
            control = self._control
        if control is None:
            return
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            files = [descriptor.fileno()] if descriptor is not None else []
            socket.send_fds(control, [json.dumps(request).encode()], files)


def _job_cell(index: int, cell: Cell) -> dict[str, Any]:
    return {"index": index, "source": cell["source"], "may_fail": may_fail(cell)}
