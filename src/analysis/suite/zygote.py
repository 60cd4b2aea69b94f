"""The warm process: imports everything once, then forks a child for each notebook.

Started by `analysis.suite.warm` as `python -m analysis.suite.zygote DESCRIPTOR CONFIGURATION`; talks over an inherited
socket whose end of file, that is the end of the process that owns it, ends it and its children. It stays
single-threaded: a fork copies the calling thread alone, and a lock that another thread held would stay locked.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from analysis.suite import child
from analysis.suite.prime import prime
from analysis.suite.shelf import Shelf
from analysis.suite.shell import NotebookShell, create
from analysis.suite.trace import Area, Observer

_PR_SET_PDEATHSIG = 1


class NotSafeToFork(Exception):
    """A preloaded module left a thread running."""


@dataclass
class Zygote:
    """Forks children on request and reports how they ended.

    since: when it started. early: files that preloaded modules of the project read. problem: why no notebook can
    run, empty when all is well. children: process id → (number of the job, its socket).
    """

    control: socket.socket
    shell: NotebookShell
    area: Area
    since: float
    early: list[str]
    problem: str = ""
    children: dict[int, tuple[int, socket.socket]] = field(default_factory=dict)

    def serve(self) -> None:
        """Answer requests until the owner is gone."""
        wakeup, wakeup_end = socket.socketpair()
        for end in (wakeup, wakeup_end):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakeup_end.fileno(), warn_on_full_buffer=False)
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(wakeup, select.POLLIN)
        alive = True
        while alive:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if wakeup.fileno() in ready:
                with contextlib.suppress(BlockingIOError):
                    wakeup.recv(4096)
            self._reap()
            if self.control.fileno() in ready:
                alive = self._answer((wakeup, wakeup_end))
        signal.set_wakeup_fd(-1)  # the children that end now would report to a closed socket
        for pid in self.children:
            _kill(pid, signal.SIGKILL)

    def _answer(self, own: tuple[socket.socket, ...]) -> bool:
        """Handle one request; False when there is no one left to ask."""
        message, descriptors, _, _ = socket.recv_fds(self.control, 65536, 1)
        if not message:
            return False
        request = json.loads(message)
        if "signal" in request:
            for pid, (number, _) in self.children.items():
                if number == request["job"]:
                    _kill(pid, request["signal"])
            return True
        job = socket.socket(fileno=descriptors[0])
        if self.problem:
            _tell(job, {"fatal": self.problem})
            job.close()
            return True
        self._fork(request["job"], job, own)
        return True

    def _fork(self, number: int, job: socket.socket, own: tuple[socket.socket, ...]) -> None:
        zygote = os.getpid()
        pid = os.fork()
        if pid:
            with contextlib.suppress(OSError):  # the child does the same; whoever comes first
                os.setpgid(pid, pid)
            self.children[pid] = (number, job)
            return
        code = 70
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            die_with_parent(zygote)
            for end in (self.control, *own, *(other for _, other in self.children.values())):
                end.close()
            code = child.run(job, self.shell, self.area, self.since, self.early)
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """Report the children that ended, and end what they left running."""
        for pid in list(self.children):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            _kill(pid, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            _, job = self.children.pop(pid)
            _tell(job, {"exit": status})
            job.close()


def _tell(job: socket.socket, message: dict[str, Any]) -> None:
    # The line break ends what a killed child may have left unfinished.
    with contextlib.suppress(OSError):
        job.sendall(b"\n" + json.dumps(message).encode() + b"\n")


def _kill(pid: int, number: int) -> None:
    """Signal a child; with SIGKILL, also the processes that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if number == signal.SIGKILL:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, whatever ended it (Linux)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def preload(names: list[str], area: Area, shelf: Shelf, early: Observer) -> list[str]:
    """Import the modules that can be imported, ours onto the shelf; gives those that could not.

    early: notes what our modules read; it hears none of the imports of others before the first of ours, for it slows
    them down.
    Raises NotSafeToFork naming the module that left a thread running.
    """
    failed = []
    for name in names:
        try:
            if _is_ours(name, area):
                early.start()
                with shelf.watching():
                    import_module(name)
            else:
                import_module(name)
        except Exception:  # the notebook that needs the module will show the error where it arises
            failed.append(name)
        threads = len(list(Path("/proc/self/task").iterdir()))
        if threads > 1:
            raise NotSafeToFork(
                f"importing {name} started {threads - 1} threads; take it out of `suite.preload`"
            )
    return failed


def _is_ours(name: str, area: Area) -> bool:
    spec = find_spec(name.partition(".")[0])
    return spec is not None and (spec.origin or "") in area


def in_area(module: ModuleType, area: Area) -> bool:
    """Whether a module's file lies in the project."""
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and file in area


def _set_search_path() -> None:
    """Let notebooks import what lies in their folder, at the place where Jupyter's kernel puts it."""
    here = {"", str(Path.cwd())}
    if sys.path and sys.path[0] in here:
        del sys.path[0]
    packages = ("site-packages", "dist-packages")
    index = next((i for i, p in enumerate(sys.path) if p.endswith(packages)), len(sys.path))
    sys.path.insert(index, "")


def main(descriptor: int, configuration: dict[str, Any]) -> None:
    """Warm up and serve.

    configuration: `preload`, `roots`, `ignored`; `parent` (a process id) and `prime` (a file, see `prime.prime`) or null.
    """
    since = time.time()
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    if configuration["parent"]:
        die_with_parent(configuration["parent"])
    # Nothing that is imported will be garbage, and looking for some slows imports down.
    gc.disable()
    if not os.environ.get("MPLBACKEND"):
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    _set_search_path()
    sys.argv = ["ipykernel_launcher.py"]
    area = Area(configuration["roots"], configuration["ignored"])
    # The shell comes first, as in a kernel: pyplot, when imported, looks for a shell to show figures in.
    shell, early = create(), Observer(area, since)
    problem = _import_ahead(configuration["preload"], area, early)
    early.stop()
    if configuration.get("prime") and not problem:
        problem = prime(shell, Path(configuration["prime"]))
    for module in list(sys.modules.values()):
        # A notebook gets its own first warning from each place.
        getattr(module, "__warningregistry__", {}).clear()
    gc.freeze()
    Zygote(control, shell, area, since, sorted(early.reads), problem).serve()


def _import_ahead(names: list[str], area: Area, early: Observer) -> str:
    """Import the modules and put ours on the shelf; gives what makes this process unfit, empty when nothing does."""
    shelf, problem = Shelf(), ""
    # What this process itself needed of ours is not what a notebook imports.
    for name in [name for name, module in list(sys.modules.items()) if in_area(module, area)]:
        if name != "__main__":
            del sys.modules[name]
    try:
        preload(names, area, shelf, early)
    except NotSafeToFork as error:
        problem = str(error)
    except BaseException:
        problem = traceback.format_exc()
    shelf.put_away(lambda module: in_area(module, area))
    return problem


if __name__ == "__main__":
    main(int(sys.argv[1]), json.loads(sys.argv[2]))
    os._exit(0)  # nothing to save; taking the loaded modules down in order would keep the owner waiting
