"""Following a notebook that runs in a warm child: its messages, its time, and how it ended."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.errors import UserError

ROWS = "application/vnd.suite.rows+json"
OUTPUT_LIMIT = 20_000_000
_GRACE_SECONDS = 2.0
_TIMEOUT_SIGNAL = getattr(signal, "SIGXCPU", signal.SIGTERM)

Cell = dict[str, Any]


class WarmUnavailable(UserError):
    """This platform cannot fork, or the warm process could not start."""


@dataclass(frozen=True)
class CellResult:
    """What a cell put out: `index` counts from 0 among all cells, outputs are those of the notebook format."""

    index: int
    execution_count: int
    outputs: list[dict[str, Any]]
    ok: bool
    seconds: float


@dataclass
class Outcome:
    """How a notebook ended.

    status: `ok`, `error` (a cell raised), `timeout`, or `died` (its process ended in a cell).
    cell: index from 0 of the cell it stopped in, -1 when it ran to its end. message: what happened, empty when ok.
    observed: what it used (see `trace.Observer.report`); empty unless it ran to its end.
    """

    status: str = "ok"
    cell: int = -1
    message: str = ""
    results: list[CellResult] = field(default_factory=list)
    observed: dict[str, Any] = field(default_factory=dict)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Table → rows of all outputs of the kind that the suite collects, in order."""
        found: dict[str, list[dict[str, Any]]] = {}
        for result in self.results:
            for output in result.outputs:
                bundle = output.get("data", {}).get(ROWS)
                if bundle:
                    found.setdefault(bundle["table"], []).extend(bundle["rows"])
        return found


@dataclass(frozen=True)
class Limits:
    """Seconds for each cell and for the whole notebook (None: no limit), characters of output for each cell."""

    cell_seconds: float | None = None
    notebook_seconds: float | None = None
    output: int = OUTPUT_LIMIT


class Follower:
    """Follows one notebook's messages: fills in outputs, keeps the time, and sums up at the end."""

    def __init__(
        self,
        notebook: Mapping[str, Any],
        limits: Limits,
        on_start: Callable[[int], None] | None,
        on_cell: Callable[[CellResult], None] | None,
    ) -> None:
        self.cells: Sequence[Cell] = notebook["cells"]
        self.limits, self.on_start, self.on_cell = limits, on_start, on_cell
        self.results: list[CellResult] = []
        self.current = -1
        self.ended: dict[str, Any] | None = None
        self.exit: int | None = None
        self.crash = ""
        self.signals = 0
        self.began = time.monotonic()
        self.cell_began: float | None = None

    def seconds_left(self) -> float | None:
        """Until the next deadline; None when there is none."""
        if self.signals:
            return _GRACE_SECONDS
        now, left = time.monotonic(), []
        if self.limits.cell_seconds and self.cell_began is not None:
            left.append(self.cell_began + self.limits.cell_seconds - now)
        if self.limits.notebook_seconds and self.cell_began is not None:
            left.append(self.began + self.limits.notebook_seconds - now)
        return max(0.0, min(left)) if left else None

    def next_signal(self) -> int:
        """First the one that shows where the cell hangs, then the one that cannot be ignored."""
        self.signals += 1
        return int(_TIMEOUT_SIGNAL if self.signals == 1 else signal.SIGKILL)

    def take(self, message: dict[str, Any]) -> bool:
        """Note a message; True when it is the last that matters."""
        if "start" in message:
            if not self.results and self.current < 0:
                self.began = time.monotonic()  # waiting for the warm process is not the notebook's time
            self.current, self.cell_began = message["start"], time.monotonic()
            if self.on_start:
                self.on_start(self.current)
        elif "cell" in message:
            self.cell_began = None
            self._finish_cell(message)
        elif "end" in message:
            self.ended = message["end"]
        elif "exit" in message:
            self.exit = message["exit"]
        elif "crash" in message:
            self.crash = message["crash"]
        elif "fatal" in message:
            raise WarmUnavailable(f"Notebooks cannot be run warm: {message['fatal']}")
        return self.ended is not None or self.exit is not None

    def _finish_cell(self, message: dict[str, Any]) -> None:
        for update in message["updates"]:
            output = self.cells[update["cell"]]["outputs"][update["output"]]
            output["data"], output["metadata"] = update["data"], update["metadata"]
        result = CellResult(
            message["cell"], message["execution_count"], message["outputs"], message["ok"], message["seconds"]
        )
        cell = self.cells[result.index]
        cell["outputs"], cell["execution_count"] = result.outputs, result.execution_count
        self.results.append(result)
        self.current = -1 if result.ok or may_fail(cell) else result.index
        if self.on_cell:
            self.on_cell(result)

    def outcome(self) -> Outcome:
        """How it ended. Raises WarmUnavailable when the warm process died or failed."""
        if self.crash or (self.ended is None and self.exit is None):
            reason = self.crash or "the warm process ended unexpectedly"
            raise WarmUnavailable(f"Notebooks cannot be run warm: {reason}")
        if self.ended is None:
            return self._death()
        failed = next((r for r in self.results if r.index == self.current), None)
        if failed is None:
            return Outcome(results=self.results, observed=self.ended)
        error = next((o for o in failed.outputs if o["output_type"] == "error"), None)
        message = f"{error['ename']}: {error['evalue']}" if error else "the cell failed"
        status = "timeout" if self.signals else "error"
        return Outcome(status, failed.index, message, self.results)

    def _death(self) -> Outcome:
        """The child ended without saying so: killed for its time, by the system, or by its own code."""
        if self.signals:
            name, text = "CellTimeoutError", "this cell took too long, did not react, and was killed"
        else:
            name, text = (
                "DeadKernelError",
                f"the notebook's process ended in this cell ({_ending(self.exit)})",
            )
        index = max(self.current, 0)
        error = {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
        self.cells[index]["outputs"] = [error]
        status = "timeout" if self.signals else "died"
        return Outcome(status, index, f"{name}: {text}", self.results)


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        return f"signal {name}" + (", as when memory runs out" if name == "SIGKILL" else "")
    return f"exit code {code}"


def messages(
    source: socket.socket, seconds_left: Callable[[], float | None]
) -> Iterator[dict[str, Any] | None]:
    """Messages as they come, None whenever a deadline passes; ends with the connection."""
    pending = bytearray()
    while True:
        source.settimeout(seconds_left())
        try:
            piece = source.recv(1 << 20)
        except (TimeoutError, BlockingIOError):
            yield None
            continue
        except ConnectionResetError:
            return
        if not piece:
            return
        pending += piece
        if b"\n" not in piece:
            continue
        *lines, rest = pending.split(b"\n")
        pending = bytearray(rest)
        for line in lines:
            with contextlib.suppress(json.JSONDecodeError):  # cut off by the death of its writer
                if line:
                    yield json.loads(line)


def must_run(cell: Cell) -> bool:
    """Whether a cell is executed: code that is not empty and not tagged `skip-execution`."""
    tags = cell.get("metadata", {}).get("tags", [])
    return cell["cell_type"] == "code" and bool(cell["source"].strip()) and "skip-execution" not in tags


def may_fail(cell: Cell) -> bool:
    """Whether the author announced that this cell raises."""
    return "raises-exception" in cell.get("metadata", {}).get("tags", [])
