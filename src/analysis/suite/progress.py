"""What a run says while it goes: live bars on a terminal, one line per notebook elsewhere, or nothing."""

from __future__ import annotations

import os
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Status = Literal["ok", "cached", "failed", "skipped"]
_MARK: dict[str, str] = {"ok": "✓", "cached": "✓", "failed": "✗", "skipped": "-"}


class Reporter(Protocol):
    """Hears of a run's notebooks; called from several threads."""

    def __enter__(self) -> Reporter: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def start(self, names: list[str]) -> None:
        """These notebooks will run, in about this order."""

    def begin(self, name: str, cells: int) -> None:
        """One of them starts."""

    def cell(self, name: str, number: int) -> None:
        """Its cell of that number (from 1) is done."""

    def end(self, name: str, status: Status, seconds: float, note: str = "") -> None:
        """It is finished."""

    def phase(self, text: str) -> None:
        """Something other than a notebook is being done."""


class Silent:
    """Says nothing."""

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def start(self, names: list[str]) -> None:
        return None

    def begin(self, name: str, cells: int) -> None:
        return None

    def cell(self, name: str, number: int) -> None:
        return None

    def end(self, name: str, status: Status, seconds: float, note: str = "") -> None:
        return None

    def phase(self, text: str) -> None:
        return None


class Lines(Silent):
    """One line for each finished notebook: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.width, self._lock = stream, 0, threading.Lock()

    def start(self, names: list[str]) -> None:
        self.width = max((len(name) for name in names), default=0)

    def end(self, name: str, status: Status, seconds: float, note: str = "") -> None:
        time = f"{seconds:6.2f} s" if status in ("ok", "failed") else " " * 8
        with self._lock:
            line = f"{_MARK[status]} {name:<{self.width}}  {status:<7} {time}  {note}".rstrip()
            self.stream.write(line + "\n")
            self.stream.flush()


class Live(Silent):
    """A bar for each notebook that runs, one for all, drawn in place on a terminal.

    Made before a run sets the environment of its notebooks: width and colours are those that the user has.
    """

    def __init__(self) -> None:
        self._environment = dict(os.environ)
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._all: TaskID | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Live:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.table import Column

        console = Console(stderr=True, _environ=self._environment)
        is_narrow = console.width < 72  # a line that wraps cannot be drawn over
        bar = [] if is_narrow else [BarColumn(bar_width=24)]
        self._progress = Progress(
            TextColumn("{task.fields[mark]} {task.description}", table_column=Column(no_wrap=True)),
            *bar,
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", table_column=Column(no_wrap=True)),
            console=console,
        )
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def start(self, names: list[str]) -> None:
        if self._progress is not None:
            self._all = self._progress.add_task("[bold]notebooks", total=len(names), mark=" ", note="")

    def begin(self, name: str, cells: int) -> None:
        with self._lock:
            if self._progress is not None and name not in self._tasks:
                self._tasks[name] = self._progress.add_task(name, total=cells, mark="▸", note="")

    def cell(self, name: str, number: int) -> None:
        if self._progress is not None and name in self._tasks:
            self._progress.update(self._tasks[name], completed=number)

    def end(self, name: str, status: Status, seconds: float, note: str = "") -> None:
        self.begin(name, 1)
        colour = {"ok": "green", "cached": "green", "failed": "red", "skipped": "yellow"}[status]
        with self._lock:
            if self._progress is None:
                return
            task, shown = self._tasks[name], note or ("" if status == "ok" else status)
            self._progress.update(task, mark=f"[{colour}]{_MARK[status]}[/]", note=shown.replace("[", r"\["))
            if status in ("ok", "cached"):
                self._progress.update(task, completed=self._progress.tasks[task].total)
            self._progress.stop_task(task)
            if self._all is not None:
                self._progress.advance(self._all)

    def phase(self, text: str) -> None:
        if self._progress is not None and self._all is not None:
            self._progress.update(self._all, note=text)
