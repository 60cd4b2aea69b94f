"""Notebooks that run warm share nothing, start as if alone, and leave nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analysis.kept import FOLDER_VARIABLE
from analysis.suite import environment
from analysis.suite import process as process_module
from analysis.suite.child import CellResult
from analysis.suite.process import Closed, Limits, Runner
from tests.engine_tools import PRELOAD, apart, children, living, notebook, run, stop_fork_server, text

pytestmark = pytest.mark.skipif(not process_module.available(), reason="needs forked processes (Linux)")

# Kind of state → (how a notebook spoils it, what the next one must not see).
STATE = {
    "pandas options": (
        "import pandas as pd\npd.set_option('display.max_rows', 7)",
        "import pandas as pd\npd.get_option('display.max_rows')",
    ),
    "rcParams": (
        "import matplotlib as m\nm.rcParams['font.size'] = 77",
        "import matplotlib as m\nm.rcParams['font.size']",
    ),
    "figures": (
        "import matplotlib.pyplot as plt\nplt.ioff()\nplt.figure()",
        "import matplotlib.pyplot as plt\nplt.get_fignums(), plt.isinteractive()",
    ),
    "environment": ("import os\nos.environ['LEAK'] = '1'", "import os\n'LEAK' in os.environ"),
    "search path": ("import sys\nsys.path.append('/leak')", "import sys\n'/leak' in sys.path"),
    "current folder": (
        "import os\nbefore = os.getcwd()\nos.chdir('/')\nbefore != '/'",
        "import os\nos.getcwd() == '/'",
    ),
    "monkeypatch": ("import json\njson.dumps = None", "import json\njson.dumps is None"),
    "builtins": ("import builtins\nbuiltins.leak = 1", "import builtins\nhasattr(builtins, 'leak')"),
    "names": ("leak = 1", "'leak' in globals()"),
    "modules": ("import mailbox", "import sys\n'mailbox' in sys.modules"),
    "warning filters": ("import warnings\nwarnings.simplefilter('error')", "import warnings\nwarnings.filters[:1]"),
    "history": ("1\n2", "len(In), len(Out)"),
    "hooks": (
        "get_ipython().events.register('pre_run_cell', lambda *_: print('leak'))",
        "len(get_ipython().events.callbacks['pre_run_cell'])",
    ),
    "numpy errors": ("import numpy as np\nnp.seterr(all='raise')", "import numpy as np\nnp.geterr()"),
    "locale": ("import locale\nlocale.setlocale(locale.LC_ALL, 'C')", "import locale\nlocale.setlocale(locale.LC_ALL)"),
    "umask": ("import os\nos.umask(0o077)", "import os\nm = os.umask(0o022)\nos.umask(m)\nm"),
    "open files": ("kept = [open('/dev/null') for _ in range(5)]", "import os\nlen(os.listdir('/proc/self/fd'))"),
    "signal handlers": (
        "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "import signal\nsignal.getsignal(signal.SIGUSR1)",
    ),
    "limits of the process": (
        "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))",
        "import resource\nresource.getrlimit(resource.RLIMIT_CORE)[1]",
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=["forked when asked for", "forked ahead"])
def warm(request: pytest.FixtureRequest) -> Iterator[Runner]:
    with Runner(PRELOAD) as process:
        process.expect(1_000_000 if request.param == "forked ahead" else 0)
        yield process


@pytest.mark.parametrize("kind", STATE)
def test_no_state_reaches_the_next_notebook(warm: Runner, kind: str) -> None:
    spoil, look = STATE[kind]
    before = text(warm, look)
    seen_by_itself = text(warm, spoil, look).removeprefix(text(warm, spoil))
    assert text(warm, look) == before
    if kind != "history":
        assert seen_by_itself != before, "the first notebook changes nothing, so this test shows nothing"


@pytest.mark.parametrize("source", ["import numpy\nnumpy.random.random()", "import random\nrandom.random()"])
def test_siblings_draw_different_random_numbers(warm: Runner, source: str) -> None:
    assert len({text(warm, source) for _ in range(4)}) == 4


def test_a_seed_gives_the_same_numbers_everywhere(warm: Runner) -> None:
    source = (
        "import numpy, random\nnumpy.random.seed(1)\nrandom.seed(1)\nnumpy.random.random(), random.random()"
    )
    assert len({text(warm, source) for _ in range(3)}) == 1


def test_side_by_side_notebooks_keep_their_outputs_apart(warm: Runner) -> None:
    def one(number: int) -> str:
        return text(
            warm, f"import time\nfor i in range(5):\n    print({number})\n    time.sleep(0.01)", f"{number}"
        )

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(one, range(12))) == [f"{n}\n" * 5 + f"{n}" for n in range(12)]


def test_the_warm_process_has_one_thread(warm: Runner) -> None:
    """A fork copies one; BLAS keeps to it, because the last bits of a product depend on their number."""
    source = (
        "import os\nos.environ['OPENBLAS_NUM_THREADS'], len(os.listdir('/proc/self/task')), "
        "len(os.listdir(f'/proc/{os.getppid()}/task'))"
    )
    assert text(warm, source) == "('1', 1, 1)"


def test_numbers_equal_those_of_a_plain_process(warm: Runner) -> None:
    source = (
        "import numpy as np\na = np.random.default_rng(1).normal(size=(200, 200))\n"
        "print((a @ a).tobytes()[:800].hex(), np.linalg.svd(a)[1].tobytes().hex())"
    )
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    plain = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=environment)
    assert text(warm, source) == plain.stdout


def test_a_module_that_starts_a_thread_is_refused_by_name(
    tmp_path: Path,
) -> None:
    """A lock that the other thread holds at the fork would stay locked for ever in the notebook."""
    (tmp_path / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
    )
    status, message, _ = apart(["threaded"], "1", env={"PYTHONPATH": str(tmp_path)})
    assert status == "unavailable" and "threaded started 1 thread" in message


@pytest.mark.parametrize("name", ["stuck", "stuck:read"])
def test_what_never_ends_when_preloaded_is_named(tmp_path: Path, name: str) -> None:
    endless = "\n    try:\n        time.sleep(60)\n    except Exception:\n        pass\n"
    body = f"def read():{endless}" if ":" in name else f"if True:{endless}"
    (tmp_path / "stuck.py").write_text(f"import time\n{body}")
    code = f"from analysis.suite import preload as p; print(p.preload(['{name}'], p.WATCH, 0.2))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == f"importing {name} took more than 0.2 s; take it out of `preload`\n", done.stderr


def test_the_fork_server_imports_no_more_once_its_owner_has_ended(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text("print('imported', flush=True)")
    script = (
        "from analysis.suite import preload\n{then}preload.preload(['told'], preload.WATCH)\nprint('alive')"
    )
    for then, said in (("", "imported\nalive\n"), ("preload._OWNER = -1\n", "")):
        done = subprocess.run(
            [sys.executable, "-c", script.format(then=then)], env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, said), done.stderr


def test_a_module_that_cannot_be_preloaded_fails_in_the_notebook_that_needs_it(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise ValueError('broken module')\n")
    preload, env = ["broken", "no_such_module"], {"PYTHONPATH": str(tmp_path)}
    assert apart(preload, "1 + 1", env=env)[0] == "ok"
    status, message, _ = apart(preload, "import broken", env=env)
    assert status == "error" and "broken module" in message


def test_variables_and_folder_are_those_of_the_job(warm: Runner, tmp_path: Path) -> None:
    source = "import os\nprint(os.environ.get('OF_THE_JOB'), os.getcwd())"
    assert text(warm, source, env={"OF_THE_JOB": "yes"}, cwd=tmp_path) == f"yes {tmp_path}\n"
    assert text(warm, source, cwd="/").startswith("None /")


def wait_until(condition: object, seconds: float = 10.0) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


OWNER = """
import json, sys, time
from analysis.suite.process import Runner
cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
report = (
    "import os, subprocess\\nabove = os.getppid()\\nserver = open(f'/proc/{above}/stat').read().rpartition(')')[2].split()[1]\\n"
    "far = subprocess.Popen(['sleep', '60'], start_new_session=True).pid\\nprint(os.getpid(), above, server, far, flush=True)"
)
hang = "while True: pass"
made = {"cells": [{**cell, "source": s} for s in (report, hang)]}
def told(result):
    while Runner._ahead._waiting is None:
        time.sleep(0.01)
    print(Runner._ahead._waiting.process.pid, result.outputs[0]["text"], flush=True)
runner = Runner()
runner.expect(2)
runner.execute(made, on_cell=told)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_survives_the_death_of_the_command(number: int) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert owner.stdout is not None
    started = [int(pid) for pid in owner.stdout.readline().split()]
    assert len(started) == 5 and all(map(living, started))
    owner.send_signal(number)
    owner.wait(timeout=10)
    assert wait_until(lambda: not any(map(living, started)))


ABOVE = "import os\nos.getppid()"


def waiting(runner: Runner) -> int:
    """The process that was forked ahead, once it is there."""
    assert wait_until(lambda: runner._ahead._waiting is not None)
    assert runner._ahead._waiting is not None and runner._ahead._waiting.process.pid
    return runner._ahead._waiting.process.pid


def cells_run_in(above: int) -> int:
    """The process below the one that runs no cell."""
    assert wait_until(lambda: bool(children(above)))
    return children(above)[0]


def test_the_process_of_the_next_notebook_is_there_while_one_runs() -> None:
    with Runner() as runner:
        runner.expect(5)
        for _ in range(2):
            text(runner, "1")
            ahead = waiting(runner)
            assert int(text(runner, ABOVE)) == ahead
        last = waiting(runner)
    assert not living(last), "the runner was closed"


def test_no_more_processes_are_forked_than_notebooks_are_expected() -> None:
    with Runner() as runner:
        runner.expect(2)
        runner.expect(-1)
        text(runner, "import time\ntime.sleep(0.3)")
        assert runner._ahead._waiting is None


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_process_that_ended_while_it_waited_gets_no_notebook(number: int) -> None:
    with Runner() as runner:
        runner.expect(2)
        text(runner, "1")
        ahead = waiting(runner)
        os.kill(ahead, number)
        assert wait_until(lambda: not living(ahead))
        assert int(text(runner, ABOVE)) != ahead


def test_a_runner_that_is_followed_leaves_its_process_to_the_next() -> None:
    with Runner(is_followed=True) as runner:
        runner.expect(2)
        text(runner, "1")
        ahead = waiting(runner)
    with Runner() as runner:
        assert int(text(runner, ABOVE)) == ahead


FOLLOWED = """
from analysis.suite.process import Runner
from tests.engine_tools import notebook
with Runner(is_followed=True) as runner:
    runner.expect(2)
    runner.execute(notebook("1"))
print(runner._ahead._waiting.process.pid)
"""


def test_what_waits_for_a_notebook_ends_with_its_owner() -> None:
    """Else `multiprocessing` would wait for it, and it for a notebook."""
    done = subprocess.run([sys.executable, "-c", FOLLOWED], capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert wait_until(lambda: not living(int(done.stdout)))


def test_what_a_notebook_does_at_its_end_is_done_when_it_has_ended(warm: Runner, tmp_path: Path) -> None:
    late = f"import atexit, pathlib, time\natexit.register(pathlib.Path({str(tmp_path / 'last')!r}).touch)\natexit.register(time.sleep, 0.3)"
    run(warm, late)
    assert (tmp_path / "last").exists()


def test_what_a_notebook_left_running_has_ended_when_the_runner_is_closed() -> None:
    for _ in range(5):
        with Runner() as runner:
            pid = int(text(runner, "import subprocess\nsubprocess.Popen(['sleep', '60'], start_new_session=True).pid"))  # fmt: skip
        assert not living(pid)


def test_a_notebook_that_keeps_starting_processes_leaves_none(capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever looks for what to end and ends the one above first lets go what was started meanwhile."""
    storm = "import subprocess\nwhile True:\n    subprocess.Popen(['sleep', '61.5'], start_new_session=True)"
    stop_fork_server()  # what the next one's processes complain of is heard here
    with Runner() as runner, ThreadPoolExecutor(1) as threads:
        started: list[int] = []
        job = threads.submit(run, runner, storm, on_start=started.append)
        assert wait_until(lambda: bool(started))
        time.sleep(0.3)
        runner.close()
        with pytest.raises(Closed):
            job.result(timeout=10)
    assert not [p for p in Path("/proc").iterdir() if reads(p / "cmdline") == b"sleep\x0061.5\x00"]
    stop_fork_server()
    assert capfd.readouterr().err == ""


def reads(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


SERVES = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-S', '-c', {source!r}], stdout=subprocess.PIPE).stdout.readline()"
LISTENS = "import socket, time\ns = socket.socket()\ns.bind(('127.0.0.1', {port}))\ns.listen()\nprint(1, flush=True)\ntime.sleep(60)"


def test_the_next_notebook_meets_nothing_of_the_last(tmp_path: Path) -> None:
    """Neither what it started, nor what it held: a port, a lock, a file that grows."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bind = f"import socket\nheld = socket.socket()\nheld.bind(('127.0.0.1', {port}))\nheld.listen()"
    lock = f"import fcntl\nkept = open({str(tmp_path / 'lock')!r}, 'w')\nfcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    grows = f"import threading\ndef grow():\n    while True:\n        with open({str(tmp_path / 'grown')!r}, 'a') as f:\n            f.write('x')\nthreading.Thread(target=grow, daemon=True).start()"
    grows += f"\nimport os\nwhile not os.path.exists({str(tmp_path / 'grown')!r}):\n    pass"  # the thread has begun
    with Runner() as runner:
        runner.expect(100)
        for _ in range(4):
            for source in (SERVES.format(source=LISTENS.format(port=port)), bind, lock, lock, grows):
                assert run(runner, source)[1].status == "ok"
            size = (tmp_path / "grown").stat().st_size
            time.sleep(0.05)
            assert (tmp_path / "grown").stat().st_size == size


def test_a_process_that_ends_as_it_gets_its_job_is_not_the_notebook_s_end() -> None:
    with Runner() as runner:
        runner.expect(100)
        for _ in range(5):
            text(runner, "1")
            os.kill(cells_run_in(waiting(runner)), signal.SIGKILL)
            assert text(runner, "2") == "2"


def test_a_process_that_does_not_read_its_job_is_ended_with_the_runner() -> None:
    with ThreadPoolExecutor(1) as threads:
        with Runner() as runner:
            runner.expect(2)
            text(runner, "1")
            os.kill(cells_run_in(waiting(runner)), signal.SIGSTOP)
            job = threads.submit(run, runner, f"x = {'y' * 3_000_000!r}")
            assert wait_until(lambda: bool(runner._running))
        with pytest.raises(Closed):
            job.result(timeout=20)


def test_where_no_thread_can_be_had_everything_is_done_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    with Runner() as runner:
        runner.expect(2)
        monkeypatch.setattr(threading.Thread, "start", refuse)
        assert text(runner, ABOVE) != text(runner, ABOVE)


def test_stopping_does_not_wait() -> None:
    """The served site stops what was overtaken where it answers requests."""
    stuck = "import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\nprint(1, flush=True)"
    with Runner() as runner, ThreadPoolExecutor(1) as threads:
        stopped: list[CellResult] = []
        job = threads.submit(run, runner, stuck, "while True: pass", on_cell=stopped.append)
        assert wait_until(lambda: bool(stopped))
        began = time.monotonic()
        runner.stop()
        assert time.monotonic() - began < 1
        with pytest.raises(Closed):
            job.result(timeout=20)


LEAVES = {
    "nothing": ("", True),
    "a thread": ("threading.Thread(target=time.sleep, args=(30,), daemon=True).start()", False),
    "a process": ("subprocess.Popen(['sleep', '30'])", False),
    "an orphan": ("subprocess.run(\"sh -c 'setsid sleep 30 &'\", shell=True)", False),
    "an open file": ("kept = open(sys.argv[1], 'w'); fcntl.flock(kept, fcntl.LOCK_EX)", True),
}
LEAVING = """
import ctypes, fcntl, os, signal, subprocess, sys, threading, time
from multiprocessing import Pipe
from analysis.suite import child
ours, theirs = Pipe()
if not (above := os.fork()):
    os.setsid()
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    if not os.fork():
        {source}
        child._leave(theirs)
        time.sleep(30)
    time.sleep(30)
theirs.close()
print(ours.poll(1.5), flush=True)
other = open(sys.argv[1], "w")
try:
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print("locked", flush=True)
for pid in (*child.below(above), above):
    os.kill(pid, signal.SIGKILL)
"""


@pytest.mark.parametrize("kind", LEAVES)
def test_a_process_says_that_it_left_where_nothing_is_left_of_it(kind: str, tmp_path: Path) -> None:
    source, has_left = LEAVES[kind]
    done = subprocess.run(
        [sys.executable, "-c", LEAVING.format(source=source or "pass"), str(tmp_path / "lock")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{has_left}\n", "")


UNGUARDED = """
import sys, threading
from analysis.suite.process import Runner
from tests.engine_tools import notebook
print("once", flush=True)
main = sys.modules["__main__"]
with Runner() as runner:
    runner.expect(1000)
    seen = "import sys\\nhasattr(sys.modules['__main__'], 'runner')"
    def some():
        for _ in range(20):
            made = notebook(seen)
            assert runner.execute(made).status == "ok"
            assert made["cells"][0]["outputs"][0]["data"]["text/plain"] == "False"
    threads = [threading.Thread(target=some) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print(sys.modules["__main__"] is main)
"""


def test_the_script_that_runs_is_not_run_again_by_forks_side_by_side(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    done = subprocess.run(
        [sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "once\nTrue\n", "")


def test_a_fork_of_the_owner_leaves_the_waiting_process_alone() -> None:
    with Runner() as runner:
        runner.expect(2)
        text(runner, "1")
        ahead = waiting(runner)
        if not (pid := os.fork()):
            runner._ahead.end()
            os._exit(0)
        os.waitpid(pid, 0)
        assert living(ahead) and int(text(runner, ABOVE)) == ahead


SLOW_FORK = """
import time
from analysis.suite.process import Runner
from tests.engine_tools import notebook
runner = Runner()
runner.expect(2)
plain = runner._forked
def slow(job=None):
    made = plain(job)
    time.sleep(0.5 if job is None else 0)
    return made
runner._forked = slow
runner.execute(notebook("1"))
"""


def test_an_end_amid_a_fork_ahead_does_not_wait_for_ever() -> None:
    done = subprocess.run([sys.executable, "-c", SLOW_FORK], capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_a_kill_of_the_fork_server_takes_the_notebook_along_and_is_reported() -> None:
    with Runner() as runner:
        pids: list[int] = []

        def end(result: CellResult) -> None:
            child, server = json.loads(result.outputs[0]["text"])
            pids.extend((child, server))
            os.kill(server, signal.SIGKILL)

        _, outcome = run(
            runner,
            "import os\nabove = open(f'/proc/{os.getppid()}/stat').read().rpartition(')')[2]\nprint([os.getpid(), int(above.split()[1])])",
            "while True: pass",
            on_cell=end,
        )
        assert outcome.status == "died"
        assert wait_until(lambda: not living(pids[0]))
        assert text(runner, "'again'") == "'again'"


BACKGROUND = {
    "a child": "subprocess.Popen(['sleep', '60']).pid",
    "in a session of its own": "subprocess.Popen(['sleep', '60'], start_new_session=True).pid",
    "an orphan in a session of its own": "subprocess.check_output('setsid sleep 60 >/dev/null 2>&1 & echo $!', shell=True, text=True)",
    "two deep": "subprocess.check_output('(setsid sh -c \"echo $$; setsid sleep 60\" 2>/dev/null & ) | head -1', shell=True, text=True)",
}  # fmt: skip


RESTS = {"ends": "1", "fails": "1 / 0", "is killed": "while True: pass", "kills itself": "import os\nos.kill(os.getpid(), 9)", "kills its group": "import os\nos.killpg(0, 9)", "leaves": "import os\nos._exit(0)"}  # fmt: skip


@pytest.mark.parametrize("rest", RESTS)
@pytest.mark.parametrize("way", BACKGROUND)
def test_processes_that_a_notebook_left_running_end_with_it(warm: Runner, way: str, rest: str) -> None:
    source = f"import subprocess\nprint({BACKGROUND[way]}, flush=True)"
    made = notebook(source, RESTS[rest])
    warm.execute(made, limits=Limits(cell_seconds=1))
    pid = int(made["cells"][0]["outputs"][0]["text"])
    assert wait_until(lambda: not living(pid))


def test_temporary_folders_are_removed_at_the_end(warm: Runner) -> None:
    folder = Path(
        text(warm, "import tempfile\nkept = tempfile.TemporaryDirectory()\nprint(kept.name)").strip()
    )
    assert wait_until(lambda: not folder.exists())


def test_closing_ends_what_still_runs() -> None:
    process = Runner()
    with ThreadPoolExecutor(1) as threads:
        started: list[int] = []
        job = threads.submit(run, process, "while True: pass", on_start=started.append, limits=Limits())
        assert wait_until(lambda: bool(started))
        process.close()
        with pytest.raises(Closed):
            job.result(timeout=10)


def test_a_thread_that_outlives_a_run_leaves_no_variable_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be starting a fork server when the run sets the environment back."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("OF_THE_USER", "1")
    before, ends = dict(os.environ), threading.Event()

    def start() -> None:
        with environment.for_fork_server([]):
            started.set()
            ends.wait()

    for _ in range(3):
        started, thread = threading.Event(), threading.Thread(target=start)
        with environment.prepared(tmp_path):
            thread.start()
            assert started.wait(10)
            threading.Timer(0.1, ends.set).start()
        thread.join(10)
        assert dict(os.environ) == before


def test_an_activated_environment_is_no_other_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What notebooks see of PATH is an input: activating would have all of them run again."""
    own, found = str(Path(sys.executable).parent), []
    for path in ("/usr/bin:/bin", f"{own}:/usr/bin:/bin", f"/usr/bin:{own}:/bin"):
        monkeypatch.setenv("PATH", path)
        found.append(environment.of_notebooks(tmp_path)["PATH"])
    assert found == [f"{own}:/usr/bin:/bin"] * 3


def test_what_another_command_kept_is_not_handed_to_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is of another state of the code; of Jupyter's own kernels too."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.analysis]\nenvironment = ["{FOLDER_VARIABLE}", "OF_THE_USER"]\n', encoding="utf-8"
    )
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setenv("OF_THE_USER", "1")
    seen = environment.of_notebooks(tmp_path)
    assert "OF_THE_USER" in seen and FOLDER_VARIABLE not in seen


INTERRUPTED = """
import os, signal, time
from multiprocessing import forkserver
from analysis.suite.process import Runner
from tests.engine_tools import notebook
polite = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
for number in polite:
    signal.signal(number, lambda *_: None)
with Runner(["pandas"]) as runner:
    runner.start()
    server = forkserver._forkserver._forkserver_pid
    for step in range(51):
        os.killpg(0, polite[step % 3])
        time.sleep(0.02)
    made = notebook("import os, signal\\ntry:\\n    os.kill(os.getpid(), signal.SIGINT)\\nexcept KeyboardInterrupt:\\n    print('its own', *signal.pthread_sigmask(signal.SIG_BLOCK, []))")
    print(runner.execute(made).status, forkserver._forkserver._forkserver_pid == server, made["cells"][0]["outputs"][0]["text"])
"""


def test_no_polite_signal_to_all_reaches_the_fork_server() -> None:
    """Ctrl-C, and a terminal that closes, is for whoever owns it; a cell can still interrupt itself."""

    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok True its own\n\n", "")


PENDING = """
import os, signal, sys
from analysis.suite import child
pid = os.fork()
if pid:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
with child.deaf_to_interrupts():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
    child.of_its_own()
    print("alive", *signal.pthread_sigmask(signal.SIG_BLOCK, []), flush=True)
os._exit(0)
"""


def test_a_signal_of_before_a_child_has_its_own_group_does_not_end_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PENDING],
        capture_output=True, text=True, check=False, start_new_session=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")


def test_an_owner_that_ends_while_it_asks_for_a_child_is_no_traceback() -> None:
    """The fork server got half a request: its owner was stopped meanwhile."""
    ask = (
        "from multiprocessing import forkserver\nfrom analysis.suite.process import Runner\nimport os, time\n"
        "Runner([]).start()\nparent, child = forkserver.connect_to_new_process([])\nos.close(child)\ntime.sleep(3)"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
