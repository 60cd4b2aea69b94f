"""Cells that do what cells should not, and texts that stand in prose."""

from __future__ import annotations

import re
from random import Random

from tests.hostile.spoiling import text

# Sources of code cells. T stands for a hostile text as a Python expression.
SHOWN = (
    "print(T)", "T", "import sys\nsys.stderr.write(T)", "raise ValueError(T)", "raise type(T[:5] or 'E', (Exception,), {})(T)",
    "from IPython.display import display\ndisplay({'text/html': T, 'text/plain': T}, raw=True)",
    "from IPython.display import display\ndisplay({'text/markdown': T, 'text/plain': 'x'}, raw=True)",
    "from IPython.display import display\ndisplay({'text/latex': T, 'text/plain': 'x'}, raw=True)",
    "from IPython.display import display\ndisplay({'image/svg+xml': T, 'text/plain': 'x'}, raw=True)",
    "from IPython.display import display\ndisplay({'image/png': T, 'text/plain': 'x'}, raw=True)",
    "from IPython.display import display\ndisplay({'application/json': {'a': T}, T: T}, raw=True)",
    "from IPython.display import display\ndisplay({'application/javascript': 'alert(1)', 'text/plain': T}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.rows+json': {'table': 'claims', 'rows': [{'claim_id': T}], 'key': 'claim_id'}, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.rows+json': {'table': T, 'rows': [{'a': 1}], 'key': None}, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.rows+json': {'table': 'extra', 'rows': [{'a': T, T: 1}], 'key': 'a'}, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.rows+json': {'table': 'extra', 'rows': T, 'key': 'a'}, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.rows+json': {'table': 'checks', 'rows': [{'check_id': T, 'claim_id': T}], 'key': 'check_id'}, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.rows+json': T, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.rows+json': {'table': 'extra', 'rows': [1, None, {}], 'key': []}, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.figure+json': {'id': T, 'title': T}, 'image/svg+xml': '<svg/>', 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.figure+json': {'id': 'a'}, 'image/svg+xml': T, 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'application/vnd.suite.figure+json': [], 'text/plain': ''}, raw=True)",
    "from IPython.display import display\ndisplay({'text/html': ['a', 'b'], 'text/plain': None}, raw=True)",
    "from IPython.display import HTML, SVG, Markdown, Image, display\ndisplay(HTML(T), Markdown(T))",
    "from IPython.display import display\nh = display(T, display_id=True)\nh.update(T + 'x')",
    "class A:\n    def __repr__(self): return T\n    def _repr_html_(self): return T\nA()",
    "class A:\n    def __repr__(self): raise ValueError(T)\nA()",
    "class A:\n    def _repr_html_(self): return 5\nA()",
    "class A:\n    def _repr_mimebundle_(self, **k): return {'text/plain': 1, 'x': object()}\nA()",
    "import warnings\nwarnings.warn(T)",
    "import logging\nlogging.error(T)",
    "__import__('os').environ[T[:9].replace('\\0', '').replace('=', '') or 'x'] = 'y'",
    "{T: [T] * 9}",
)  # fmt: skip

DONE = (
    "import shutil\nshutil.rmtree('../.cache', ignore_errors=True)",
    "import sys\nsys.exit(0)", "import sys\nsys.exit(T)", "import sys\nsys.exit(3)", "exit()", "quit()", "raise SystemExit", "raise KeyboardInterrupt",
    "raise GeneratorExit", "raise BaseException('x')", "raise MemoryError", "raise RecursionError", "import os\nos._exit(0)", "import os\nos._exit(9)",
    "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "import os, signal\nos.kill(os.getpid(), signal.SIGINT)", "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "import ctypes\nctypes.string_at(0)",
    "%%nosuchmagic\nselect 1", "%nosuchmagic", "%%bash\nexit 3", "!exit 3", "!no-such-program", "%%html\n<b>x</b>", "%%javascript\nalert(1)", "%%time\n1", "%time 1",
    "%run nothing.py", "%load_ext nothing", "%matplotlib qt", "%cd /", "%%capture\nprint(1)", "%debug", "%pdb on\n1/0", "%reset -f", "?print", "print??",
    "def f(): return f()\nf()", "1 +", "x = '", "\tx", "return 1", "await 1", "import asyncio\nawait asyncio.sleep(0)", "from __future__ import annotations", "\0", "class", "ü = 1\nü",
    "import os\nos.close(1)", "import os\nos.close(2)", "import os\nfor n in range(3, 60):\n    try: os.close(n)\n    except OSError: pass",
    "import sys\nsys.stdout = None", "import sys\nsys.stdout.close()", "import sys\nsys.displayhook = None", "import builtins\nbuiltins.print = None", "import sys\nsys.modules.clear()",
    "import sys\nsys.setrecursionlimit(50)", "import sys\nsys.excepthook = None\n1/0", "import os\nos.chdir('/')", "import os, tempfile\nd = tempfile.mkdtemp()\nos.chdir(d)\nos.rmdir(d)",
    "import subprocess\nsubprocess.Popen(['sleep', '300'])", "import os\nos.system('sleep 300 &')", "import os\nif not os.fork():\n    import time\n    time.sleep(300)",
    "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session=True)",
    "import threading, time\nthreading.Thread(target=time.sleep, args=(300,)).start()", "import threading, time\nthreading.Thread(target=time.sleep, args=(300,), daemon=True).start()",
    "import threading\nthreading.Thread(target=lambda: 1/0).start()", "import atexit, time\natexit.register(time.sleep, 300)", "import atexit\natexit.register(lambda: 1/0)",
    "while True: pass", "import time\ntime.sleep(300)", "while True:\n    try:\n        while True: pass\n    except BaseException: pass", "input('name')", "import getpass\ngetpass.getpass()",
    "import signal\nfor n in (2, 15, 14): signal.signal(n, signal.SIG_IGN)\nwhile True: pass", "while True: print('x' * 1000)", "print('x' * 30_000_000)", "'x' * 5_000_000",
    "list(range(10**6))", "print('\\r' * 1000)", "for n in range(20000): print(n)", "import resource\nresource.setrlimit(resource.RLIMIT_AS, (400_000_000,) * 2)\nx = bytearray(10**9)",
    "class A:\n    def __del__(self): raise ValueError('x')\nA()", "del __builtins__", "get_ipython().ask_exit()", "get_ipython().run_cell('1/0')", "get_ipython().kernel",
    "import multiprocessing as m\nm.Process(target=print, args=(1,)).start()", "from concurrent.futures import ProcessPoolExecutor as P\nwith P(1) as p: print(list(p.map(abs, [-1])))",
    "import socket\nsocket.socket().connect(('127.0.0.1', 1))", "import random\nrandom.random()", "import time\ntime.time()", "import faulthandler\nfaulthandler.enable()",
    "import gc\ngc.collect()", "import locale\nlocale.setlocale(locale.LC_ALL, 'C')", "import sys\nsys.flags = None", "import os\nos.umask(0o777)\nopen(os.devnull)", "import os\nos.nice(19)",
)  # fmt: skip

WRITING = (
    "%%writefile x.txt\nx",
    "open('../data/series/trips.csv', 'w').write('x')", "open('../data/new.csv', 'w').write('a\\n1\\n')", "open('01_first.ipynb', 'w').write('{}')", "import os\nos.remove('90_scorecard.ipynb')",
    "import os\nos.remove('../data/report/claims.csv')", "import shutil\nshutil.rmtree('../data')", "import shutil\nshutil.rmtree('../reports/default')",
    "import glob, shutil\nfor f in glob.glob('../reports/.staging-*'): shutil.rmtree(f)", "import glob\nfor f in glob.glob('../reports/.staging-*/inputs/report.toml'): open(f, 'w').write('x')",
    "import glob, os\nfor f in glob.glob('../reports/.staging-*'): os.rename(f, f + 'x')", "import glob, os\nfor f in glob.glob('../reports/.staging-*'): os.mkfifo(f + '/pipe')",
    "import glob, os\nfor f in glob.glob('../reports/.staging-*'): os.symlink('/dev/zero', f + '/zero')", "open('../report.toml', 'a').write('x')", "open('../pyproject.toml', 'w').write('\\xff')",
    "import os\nos.mkdir('../notebooks/new')", "import os\nos.symlink('x', 'x')",
)  # fmt: skip

PROSE = (
    "T", "# T", "$T$", "$$T$$", "[T](T)", "![T](T)", "![x](local.png)", "![x](attachment:x.png)", "<img src='T'>", "<img src='attachment:none.png'>", "<script>T</script>", "<style>T", "<!-- T",
    "| T | T |\n|---|---|\n| T | T |", "```\nT", "~~~python\nT\n~~~", "> T\n> > T", "1. T\n   - T", "[x]: T\n[x]", "<T>", "&T;", "\\(T\\)", "\\[T\\]", "from $5 to $10, T", "价格为$100，涨到$200 T", "---\nT\n---",
    "[x](02_other.ipynb#T)", "[x](javascript:T)", "[x](file:///etc/passwd)", "<iframe src=T></iframe>", "<svg onload=T>", "<details>T", "*" * 3000, "[" * 3000, "> " * 500 + "x", "- " * 300 + "x",
)  # fmt: skip

TAGS = (
    "parameters", "raises-exception", "remove-cell", "remove-input", "hide-input", "skip-execution", "injected-parameters", "no such", "", "😀",
)  # fmt: skip
DECLARED = (
    "x = 1", "x: int = T", "x: int[3] = 1", "x: 'NoneType' = None", "x: range = 1", "x: pd.Timestamp = '2020'", "x = [1, 2]", "x = ...", "x = {}", "x = 1; y = 2", "x: list[int] = [1]", "x: float = float('nan')",
    "x: float = 1e400", "x = y", "x = 1\nx = 2", "x += 1", "import os", "x: int", "def f(): pass", "x = (1,)", "x = {1, 2}", "x = b'a'", "x = 1j", "x = -1", "x = T", "x: str = T", "x: bool = 1", "x: int | None = None",
    "x: dict[str, int] = {'a': 1}", "language: str = 'en'", "hedge_about: int = 1", "class A: pass", "x = __import__('os').system('touch hacked')", "x: __import__('os').system('touch hacked') = 1", "x: Probability = 2", "é = 1",
    "x = 'a' 'b'", "x: float = 1  # T", "#", "%magic", "x = 10 ** 10", "x = 1 if True else 2", "x: 'int[' = 1", "x: lambda: 1 = 1", "x = None", "x: datetime.date = '2020-01-01'", "x: int = True", "a.b = 1", "x[0] = 1", "x, y = 1, 2",
)  # fmt: skip


_PLACE = re.compile(r"\bT\b")


def filled(draw: Random, source: str, is_code: bool = True) -> str:
    """A source with a hostile text for each T."""
    return _PLACE.sub(lambda _: repr(text(draw)) if is_code else text(draw), source)
