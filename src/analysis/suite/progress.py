"""What a run says while it goes: live bars on a terminal, one line per notebook elsewhere, or nothing."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Literal, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import TaskID

Status = Literal["ok", "cached", "failed", "skipped"]
_MARK: dict[str, str] = {"ok": "✓", "cached": "✓", "failed": "✗", "skipped": "-"}


class Silent:
    """Hears of a run's notebooks, called from several threads, and says nothing; the others say something of it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def start(self, names: list[str]) -> None:
        """These notebooks will run, in about this order."""

    def begin(self, name: str, cells: int) -> None:
        """One of them starts."""

    def cell(self, name: str, number: int) -> None:
        """Its cell of that number (from 1) is done; 0: the first is to begin."""

    def end(self, name: str, status: Status, seconds: float, note: str = "") -> None:
        """It is finished."""

    def phase(self, text: str) -> None:
        """Something other than a notebook is being done."""


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
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.table import Column

        console = Console(stderr=True, _environ=dict(os.environ))
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
        self._tasks: dict[str, TaskID] = {}
        self._all: TaskID | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def start(self, names: list[str]) -> None:
        self._all = self._progress.add_task("[bold]notebooks", total=len(names), mark=" ", note="")

    def begin(self, name: str, cells: int) -> None:
        with self._lock:
            if name not in self._tasks:
                self._tasks[name] = self._progress.add_task(name, total=cells, mark="▸", note="")

    def cell(self, name: str, number: int) -> None:
        if name in self._tasks:
            self._progress.update(self._tasks[name], completed=number)

    def end(self, name: str, status: Status, seconds: float, note: str = "") -> None:
        self.begin(name, 1)
        colour = {"ok": "green", "cached": "green", "failed": "red", "skipped": "yellow"}[status]
        with self._lock:
            task, shown = self._tasks[name], note or ("" if status == "ok" else status)
            self._progress.update(task, mark=f"[{colour}]{_MARK[status]}[/]", note=shown.replace("[", r"\["))
            if status in ("ok", "cached"):
                self._progress.update(task, completed=self._progress.tasks[task].total)
            self._progress.stop_task(task)
            if self._all is not None:
                self._progress.advance(self._all)

    def phase(self, text: str) -> None:
        if self._all is not None:
            self._progress.update(self._all, note=text)
        self._progress.stop()  # its thread goes: what is done now may be done in forks
