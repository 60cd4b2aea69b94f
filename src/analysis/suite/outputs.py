"""The outputs of the cell that runs, kept as Jupyter's client would keep them; in the notebook's own process."""

from __future__ import annotations

import io
import numbers
import os
import sys
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from datetime import date
from json import dumps, loads  # by name: a notebook may replace functions of the module
from typing import Any

Output = dict[str, Any]

_MFD_ALLOW_SEALING, _F_ADD_SEALS, _F_SEAL_SHRINK, _F_SEAL_GROW = 0x2, 1033, 0x2, 0x4


class OutputLimit(BaseException):
    """A cell wrote more than a notebook can hold; not an Exception, so that `except Exception` cannot hide it."""


class Recorder:
    """Outputs of one cell after another; `limit` is the number of characters a cell may put out.

    Streams are buffered as Jupyter's kernel buffers them: what is written between two displays comes as one piece
    of stdout, then one of stderr.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.outputs: list[Output] = []
        self.updates: list[tuple[int, int, dict[str, Any]]] = []
        self._pending: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._places: dict[str, list[tuple[int, int]]] = {}
        self._cell, self._size, self._clear_next = 0, 0, False

    def begin(self, cell: int) -> None:
        """Start the outputs of a cell anew."""
        self.outputs, self.updates = [], []
        self._cell, self._size, self._clear_next = cell, 0, False

    def write(self, name: str, text: str) -> None:
        """Text for `stdout` or `stderr`. Raises OutputLimit."""
        __tracebackhide__ = True
        self._grow(len(text))
        self._pending[name].append(encodable(text))

    def flush(self, *names: str) -> None:
        """Turn what was written to the streams (default: both) into outputs."""
        for name in names or ("stdout", "stderr"):
            if self._pending[name]:
                text = "".join(self._pending[name])
                self._pending[name] = []
                self._add_stream(name, text)

    def display(self, data: dict[str, Any], metadata: dict[str, Any], transient: dict[str, Any]) -> None:
        """A bundle of `display()`; one with a display id can be replaced later."""
        self._add({"output_type": "display_data", "data": data, "metadata": metadata}, transient)

    def update(self, data: dict[str, Any], metadata: dict[str, Any], transient: dict[str, Any]) -> None:
        """Replace every output that has this display id, in this cell and in those before."""
        self.flush()
        content = plain({"data": data, "metadata": metadata})
        for cell, index in self._places.get(transient.get("display_id", ""), ()):
            if cell != self._cell:
                self.updates.append((cell, index, content))
            elif index < len(self.outputs):
                self.outputs[index].update(content)

    def result(self, count: int, data: dict[str, Any], metadata: dict[str, Any]) -> None:
        """The value of the cell's last expression."""
        self._add(
            {
                "output_type": "execute_result",
                "execution_count": count,
                "data": data,
                "metadata": metadata,
            },
            {},
        )

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """An exception; has room even when the limit is reached."""
        self.flush()
        lines = [encodable(line) for line in traceback]
        self._place(
            {"output_type": "error", "ename": name, "evalue": encodable(value), "traceback": lines}, {}
        )

    def clear(self, wait: bool) -> None:
        """Drop the outputs so far, at once or when the next one comes."""
        self.flush()
        if wait:
            self._clear_next = True
        else:
            self._drop()

    def _add(self, output: Output, transient: dict[str, Any]) -> None:
        self.flush()
        output = plain(output)
        self._grow(sum(len(value) for value in output["data"].values() if isinstance(value, str)))
        self._place(output, transient)

    def _place(self, output: Output, transient: dict[str, Any]) -> None:
        if self._clear_next:
            self._drop()
        if transient.get("display_id"):
            self._places.setdefault(transient["display_id"], []).append((self._cell, len(self.outputs)))
        self.outputs.append(output)

    def _add_stream(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs and not self._clear_next else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self._place({"output_type": "stream", "name": name, "text": text}, {})

    def _drop(self) -> None:
        self.outputs, self._clear_next = [], False
        for display_id, places in self._places.items():
            self._places[display_id] = [place for place in places if place[0] != self._cell]

    def _grow(self, size: int) -> None:
        __tracebackhide__ = True  # the error belongs to the line that wrote too much
        self._size += size
        if self._size > self.limit:
            raise OutputLimit(f"this cell put out more than {self.limit:,} characters and was stopped")


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a notebook. In a process that the notebook forked, the descriptor itself."""

    def __init__(self, name: str, descriptor: int, recorder: Recorder) -> None:
        self.name = f"<{name}>"
        self._stream, self._descriptor, self._recorder, self._pid = name, descriptor, recorder, os.getpid()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "UTF-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        return "backslashreplace"

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._descriptor

    def write(self, text: str) -> int:
        __tracebackhide__ = True
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() == self._pid:
            self._recorder.write(self._stream, text)
        else:
            os.write(self._descriptor, text.encode("utf-8", "backslashreplace"))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        if os.getpid() == self._pid:
            self._recorder.flush(self._stream)


class Descriptor:
    """Catches what programs and C code write to descriptor 1 or 2, in memory of a fixed size.

    The memory cannot grow (it is sealed), so a program that writes without end gets an error instead of the
    machine's memory.
    """

    def __init__(self, target: int, limit: int) -> None:
        import fcntl

        self._file = os.memfd_create("notebook-output", _MFD_ALLOW_SEALING)
        # A write that reaches beyond the end fails as a whole or from its page on; the room left for that makes full
        # memory hold more than the limit in any case.
        os.ftruncate(self._file, limit + (1 << 20))
        fcntl.fcntl(self._file, _F_ADD_SEALS, _F_SEAL_GROW | _F_SEAL_SHRINK)
        os.dup2(self._file, target)

    def take(self) -> str:
        """What was written since the last call."""
        size = os.lseek(self._file, 0, os.SEEK_CUR)
        if not size:
            return ""
        os.lseek(self._file, 0, os.SEEK_SET)
        return os.pread(self._file, size, 0).decode("utf-8", "replace")


def encodable(value: Any) -> Any:
    r"""The value with lone surrogates in its texts, which no file can hold, written as `\udcb1`.

    They come from file names and bytes that are not UTF-8.

    >>> encodable("\ud800x")
    '\\ud800x'
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    return [encodable(item) for item in value] if isinstance(value, list | tuple) else value


def plain(value: Any) -> Any:
    """A copy of the value that is plain JSON, by the rules of Jupyter's message protocol."""
    try:
        return loads(dumps(encodable(value), default=_plain_object, allow_nan=False))
    except ValueError:  # NaN or infinity, which JSON has not: Jupyter writes their names
        return _named_floats(loads(dumps(encodable(value), default=_plain_object)))


def _plain_object(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return b2a_base64(value, newline=False).decode("ascii")
    if isinstance(value, Iterable):
        return list(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    raise TypeError(f"{value!r} is not JSON serializable")


def _named_floats(value: Any) -> Any:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return repr(value)
    if isinstance(value, list):
        return [_named_floats(item) for item in value]
    if isinstance(value, dict):
        return {key: _named_floats(item) for key, item in value.items()}
    return value


def redirect(recorder: Recorder) -> Callable[[], None]:
    """Direct the process's output to the recorder; gives the function that collects what programs wrote."""
    taken = {1: Descriptor(1, recorder.limit), 2: Descriptor(2, recorder.limit)}
    names = {1: "stdout", 2: "stderr"}
    sys.stdout, sys.stderr = (Stream(names[n], n, recorder) for n in (1, 2))

    def collect() -> None:
        for number, descriptor in taken.items():
            text = descriptor.take()
            if text:
                recorder.write(names[number], text)
        recorder.flush()

    return collect
