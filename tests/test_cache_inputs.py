"""No way of reading something that changes gives old output: what a notebook reads is in its key, or it runs each time."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.kept import packed
from analysis.suite import inputs, process
from analysis.suite.cache import Cache, Key
from analysis.suite.inputs import Inputs
from analysis.suite.project import Project
from analysis.suite.watch import Seen
from tests.engine_tools import stop_fork_server
from tests.miniature import run_all, write

pytestmark = pytest.mark.skipif(
    not process.available(), reason="what a notebook reads is seen in forks (Linux)"
)

# How a cell reads the file P, a text that changes between two runs.
TEXT = {
    "open": "print(open(P).read())",
    "pathlib": "from pathlib import Path\nprint(Path(P).read_text())",
    "os.open": "import os\nprint(os.read(os.open(P, os.O_RDONLY), 99))",
    "pandas": "import pandas as pd\nprint(pd.read_csv(P))",
    "pandas with Arrow": "import pandas as pd\nprint(pd.read_csv(P, engine='pyarrow'))",
    "numpy": "import numpy as np\nprint(np.loadtxt(P, dtype=str, delimiter=','))",
    "mmap": "import mmap\nwith open(P) as f:\n    print(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:])",
    "linecache": "import linecache\nprint(linecache.getlines(P))",
    "fileinput": "import fileinput\nprint(list(fileinput.input(P)))",
    "codecs": "import codecs\nprint(codecs.open(P).read())",
    "csv": "import csv\nprint(list(csv.reader(open(P))))",
    "arrow": "import pyarrow.csv as arrow\nprint(arrow.read_csv(P))",
    "arrow, core": "import pyarrow as pa\nprint(pa.input_stream(P).read())",
    "a thread": "import threading\nt = threading.Thread(target=lambda: print(open(P).read()))\nt.start()\nt.join()",
    "a fork": "import os\npid = os.fork()\nif not pid:\n    os.system('cat ' + P)\n    os._exit(0)\nos.waitpid(pid, 0);",
    "subprocess": "import subprocess\nprint(subprocess.check_output(['cat', P]))",
    "os.system": "import os\nos.system('cat ' + P);",
    "os.popen": "import os\nprint(os.popen('cat ' + P).read())",
    "shell line": "!cat {P}",
    "cell magic": "%%bash -s \"$P\"\ncat $1",
    "run magic": "%run -i {P}.py\nprint(X)",
    "C": "import ctypes\nb = ctypes.create_string_buffer(99)\nc = ctypes.CDLL(None)\n"
    "c.read(c.open(P.encode(), 0), b, 99)\nprint(b.value)",
    "exists": "import os\nprint(os.path.exists(P + '.new'))",
    "pathlib exists": "from pathlib import Path\nprint(Path(P + '.new').exists())",
    "missing": "try:\n    print(open(P + '.new').read())\nexcept OSError:\n    print('none')",
    "access": "import os\nprint(os.access(P + '.new', os.R_OK))",
    "size": "import os\nprint(os.path.getsize(P))",
    "stat": "import os\nprint(os.stat(P).st_size)",
    "time of the file": "import os\nprint(os.path.getmtime(P))",
    "time in its status": "from pathlib import Path\nprint(Path(P).stat().st_mtime_ns)",
    "listdir": "import os\nprint(sorted(os.listdir(os.path.dirname(P))))",
    "scandir": "import os\nprint(sorted(e.name for e in os.scandir(os.path.dirname(P))))",
    "glob": "import glob, os\nprint(sorted(glob.glob(os.path.dirname(P) + '/*')))",
    "rglob": "from pathlib import Path\nprint(sorted(p.name for p in Path(P).parent.rglob('*')))",
    "walk": "import os\nprint(sorted(os.walk(os.path.dirname(P))))",
    "readlink": "import os\nprint(os.readlink(P + '.link'))",
    "through a link": "print(open(P + '.link').read())",
    "import": "import importlib.util as u\ns = u.spec_from_file_location('m', P + '.py')\n"
    "m = u.module_from_spec(s)\ns.loader.exec_module(m)\nprint(m.X)",
    "search path": "import os, sys\nsys.path.insert(0, os.path.dirname(P))\nimport helper_of_test\nprint(helper_of_test.X)",
    "runpy": "import runpy\nprint(runpy.run_path(P + '.py')['X'])",
    "exec": "exec(open(P + '.py').read())\nprint(X)",
    "zip": "import zipfile\nprint(zipfile.ZipFile(P + '.zip').read('x'))",
    "json": "import json\nprint(json.load(open(P + '.json')))",
    "pickle": "import pandas as pd\nprint(pd.read_pickle(P + '.pkl'))",
    "parquet": "import pandas as pd\nprint(pd.read_parquet(P + '.parquet'))",
    "parquet folder": "import pandas as pd\nprint(pd.read_parquet(P + '.parts'))",
    "feather": "import pandas as pd\nprint(pd.read_feather(P + '.feather'))",
    "compiled code of a package": "from lxml import etree\nprint(etree.parse(P + '.xml').getroot().text)",
    "compiled code, included": "from lxml import etree\nt = etree.fromstring('<r xmlns:i=\"http://www.w3.org/2001/XInclude\"><i:include href=\"' + P + '.xml\"/></r>')\n"
    "t.getroottree().xinclude()\nprint(etree.tostring(t))",
    "below an open folder": "import os\nf = os.open(os.path.dirname(P), os.O_RDONLY)\nprint(os.read(os.open(os.path.basename(P), os.O_RDONLY, dir_fd=f), 99))",
    "status below an open folder": "import os\nf = os.open(os.path.dirname(os.path.dirname(P)), os.O_RDONLY)\n"
    "print(os.stat(os.path.relpath(P, os.path.dirname(os.path.dirname(P))), dir_fd=f).st_size)",
    "walk with open folders": "import os\nprint([(a, sorted(c)) for a, b, c, _ in os.fwalk(os.path.dirname(P))])",
    "posix": "import posix\nprint(posix.stat(P).st_size)",
    "links that are counted": "import os\nprint(os.stat(P).st_nlink)",
    "sqlite": "import sqlite3\nprint(sqlite3.connect(P + '.db').execute('select * from t').fetchall())",
}  # fmt: skip
PLACES = {
    "data": [],
    "notebooks": ["pandas"],
    "elsewhere": ["pandas"],
    "temporary": ["pandas"],
    "hidden": ["pandas"],
}
"""Where the text lies → what is imported ahead there: a notebook that imports it itself is to be seen reading as well."""


def fill(path: Path, value: int) -> None:
    """A text at the path, and beside it what each way reads; other content for each value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x\n" + str(value) * value + "\n")
    for name in (f"{path}.py", path.parent / "helper_of_test.py"):
        Path(name).write_text(f"X = {'1' * value}\n")
    Path(f"{path}.xml").write_text(f"<a>{value}</a>")
    Path(f"{path}.json").write_text(f"[{value}]")
    frame = pd.DataFrame({"a": [value]})
    frame.to_pickle(f"{path}.pkl")
    frame.to_parquet(f"{path}.parquet")
    Path(f"{path}.parts").mkdir(exist_ok=True)
    frame.to_parquet(f"{path}.parts/0.parquet")
    frame.to_feather(f"{path}.feather")
    Path(f"{path}.db").unlink(missing_ok=True)
    with sqlite3.connect(f"{path}.db") as base:
        base.execute(f"create table t as select {value} as a")
    base.close()
    shutil.make_archive(f"{path}", "zip", root_dir=path.parent, base_dir=path.name)
    import zipfile

    with zipfile.ZipFile(f"{path}.zip", "w") as packed:
        packed.writestr("x", str(value))
    Path(f"{path}.link").unlink(missing_ok=True)
    Path(f"{path}.target{value}").write_text(str(value))
    Path(f"{path}.link").symlink_to(f"{path}.target{value}")
    if value > 1:
        Path(f"{path}.new").write_text("new")
        Path(f"{path}.same").hardlink_to(path)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(p, marks=pytest.mark.deep) if p in ("elsewhere", "temporary", "hidden") else p
        for p in PLACES
    ],
)
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, bool]]:
    """For each way: whether the notebook shows other content in the run after the change."""
    root = tmp_path_factory.mktemp("project")
    outside = Path(tempfile.mkdtemp())
    folder = {
        "data": root / "data", "notebooks": root / "notebooks" / "own", "elsewhere": root / "elsewhere",
        "temporary": outside / "x", "hidden": root / ".hidden",
    }[request.param]  # fmt: skip
    path = folder / "read.txt"
    fill(path, 1)
    stop_fork_server()  # each place imports its own ahead
    for number, source in enumerate(TEXT.values()):
        source = source if source.startswith("%%") else f"P = {str(path)!r}\n{source}"
        write(root, f"n{number:02d}", f"P = {str(path)!r}", source)
    write(root, "reads_nothing", "1")
    (root / "pyproject.toml").write_text(f"[tool.analysis]\npreload = {json.dumps(PLACES[request.param])}\n")
    first = run_all(root, cache=True)
    assert first.is_ok, [str(n.failure) for n in first.notebooks if n.failure]
    fill(path, 2)
    cached = run_all(root, name="second", cache=True)
    is_input = request.param in ("data", "notebooks")
    assert {n.name: n.status for n in cached.notebooks}["reads_nothing"] == ("ok" if is_input else "cached")
    yield {
        way: (cached.folder / "notebooks" / name).read_bytes()
        != (first.folder / "notebooks" / name).read_bytes()
        for way, name in zip(TEXT, [f"n{n:02d}.ipynb" for n in range(len(TEXT))], strict=True)
    }
    shutil.rmtree(outside)
    stop_fork_server()


def test_every_way_of_reading_shows_what_is_there_now(outcomes: dict[str, bool]) -> None:
    assert [way for way, is_new in outcomes.items() if not is_new] == []


CLOCKS = [
    "import datetime\nprint(datetime.datetime.now())",
    "import time\nprint(time.time())",
    "from time import time_ns\nprint(time_ns())",
    "import pandas as pd\nprint(pd.Timestamp('now'))",
    "import numpy as np\nprint(np.datetime64('now', 'ns'))",
    "from datetime import datetime as d\nask = d.now\nprint(d.now())",
    "print(__import__('time').time())",
    "import importlib\nprint(importlib.import_module('time').time())",
    "import timeit\nprint(timeit.default_timer())",
    "import datetime\nprint(getattr(datetime.datetime, 'now')())",
    "import pandas as pd\nprint(pd.date_range(end='now', periods=1))",
    "import pandas as pd\nprint(pd.to_datetime(['now']))",
    "import pandas as pd\nwhen = 'today'\nprint(pd.Timestamp(when))",
    "import pandas as pd\nprint(pd.Series(['now']).astype('datetime64[ns]'))",
    "from email.utils import localtime\nprint(localtime())",
    "import logging\nlogging.basicConfig(format='%(asctime)s.%(msecs)d', force=True)\nlogging.warning('')",
    "import os\nprint(os.times().elapsed)",
    "import shutil\nprint(shutil.disk_usage('.').free)",
    "%time sum(range(9))",
    "%%timeit -n1 -r1\n1",
    "import helper_that_reads_it as h\nprint(h.now())",
    "from parts.inner import WHEN\nprint(WHEN)",
    # by a name that no reader of the text would know
    "import datetime\nprint(getattr(datetime.datetime, 'n' + 'ow')())",
    "import datetime\nprint(getattr(datetime.date, 'to' + 'day')())",
    "import pandas as pd\nprint(pd.Timestamp('n' + 'ow'))",
    "import pandas as pd\nprint(pd.Timestamp.now())",
    "import pandas as pd\nprint(pd.to_datetime(['to' + 'day']))",
    "import datetime\nclass D(datetime.datetime): pass\nprint(D.now())",
    "import asyncio\nprint(asyncio.get_event_loop().time())",
    "import asyncio\nasync def f(): return asyncio.get_running_loop().time()\nprint(await f())",
    "import threading\nprint(threading._time())",
    "import logging\nprint(logging.time.time())",
    "import sys\nprint(vars(sys.modules['ti' + 'me'])['time']())",
    "import logging\nlogging.basicConfig(format='%(asc' + 'time)s', force=True)\nlogging.warning('')",
    "from threading import Thread\nimport helper_that_reads_it as h\nt = Thread(target=h.tell)\nt.start(); t.join()",
    "import time\nclass A:\n    ask = time.perf_counter\nprint(A().ask())",
    "import uuid\nprint(uuid.uuid1())",
    "import email.utils as u\nprint(u.formatdate())",
    "import zipfile, io\nz = zipfile.ZipFile(b := io.BytesIO(), 'w')\nz.writestr('x', '')\nz.close()\nprint(b.getvalue())",
    "import resource\nprint(resource.getrusage(0).ru_utime)",
    "import statsmodels.api as sm\nprint(sm.OLS([1, 2, 4, 5], [[1], [2], [3], [5]]).fit().summary())",
    "exec(compile('import time\\nprint(time.time())', 'x', 'exec'))",
    "import cProfile\ncProfile.run('sum(range(9))')",
    "%prun -q sum(range(9))",
    "import timeit\nprint(timeit.timeit('1', number=1))",
    # what the system says of itself and of files
    "print(open('/proc/uptime').read())",
    "from pathlib import Path\nprint(Path('/proc/loadavg').read_text())",
    "import socket\nprint(socket.gethostname())",
    "import os\nprint(getattr(os.stat('.'), 'st_m' + 'time'))",
    "from pathlib import Path\nprint(getattr(Path('.').stat(), 'st_m' + 'time'))",
    "import os\nprint(getattr(os.path, 'getm' + 'time')('.'))",
    "import os\nwith open('01_clock.ipynb') as f:\n    print(max(os.fstat(f.fileno())))",
    "import os\nprint([max(e.stat()) for e in os.scandir('.')])",
    "import importlib\nprint(max(importlib.import_module('po' + 'six').stat('.')))",
    "import dateutil.parser\nprint(dateutil.parser.parse('12:30'))",
]


@pytest.fixture(scope="module")
def with_clocks(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Notebook → what became of it, in each of two runs of a project with a notebook for each clock."""
    root = tmp_path_factory.mktemp("clocks")
    for number, source in enumerate(CLOCKS, 1):
        write(root, f"{number:02d}_clock", source)
    write(root, "99_none", "1")
    folder = root / "notebooks"
    (folder / "helper_that_reads_it.py").write_text(
        "import time\ndef now(): return time.time()\ndef tell(): print(now())\n"
    )
    (folder / "parts").mkdir()
    (folder / "parts" / "inner.py").write_text("from datetime import datetime\nWHEN = datetime.now()\n")
    return [{n.name: n.status for n in run_all(root, cache=True).notebooks} for _ in range(2)]


@pytest.mark.parametrize("number", range(1, len(CLOCKS) + 1), ids=CLOCKS)
def test_a_notebook_that_reads_the_clock_runs_each_time(
    with_clocks: list[dict[str, str]], number: int
) -> None:
    assert [run[f"{number:02d}_clock"] for run in with_clocks] == ["ok", "ok"]


def test_a_notebook_beside_them_that_reads_none_is_kept(with_clocks: list[dict[str, str]]) -> None:
    assert [run["99_none"] for run in with_clocks] == ["ok", "cached"]


def test_a_module_that_is_compiled_for_the_first_time_is_no_effect(tmp_path: Path) -> None:
    write(
        tmp_path,
        "01_a",
        "import sys\nsys.dont_write_bytecode = False\nimport helper_of_its_own as h\nprint(h.X)",
    )
    (tmp_path / "notebooks" / "helper_of_its_own.py").write_text("X = 1\n")
    assert [run_all(tmp_path, cache=True).notebooks[0].status for _ in range(2)] == ["ok", "cached"]
    assert list((tmp_path / "notebooks").glob("__pycache__/helper_of_its_own.*.pyc"))


def test_charts_on_a_machine_that_never_drew_one_are_kept(tmp_path: Path) -> None:
    """Matplotlib lists the fonts once, and asks of each word on an axis whether it is a date: neither is an input."""
    write(
        tmp_path,
        "01_a",
        "import matplotlib.pyplot as p\n_, a = p.subplots()\na.bar(['x', '甲'], [1, 2])\nprint(1)",
    )
    (tmp_path / "pyproject.toml").write_text("[tool.analysis]\npreload = ['matplotlib.pyplot']\n")
    home = tmp_path / "home"
    home.mkdir()
    command = [sys.executable, "-m", "analysis", "--project", str(tmp_path), "run", "--no-html", "--json"]
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MPL"))} | {
        "HOME": str(home)
    }
    done = [subprocess.run(command, capture_output=True, text=True, env=variables) for _ in range(2)]
    assert [json.loads(d.stdout)["notebooks"][0]["status"] for d in done] == ["ok", "cached"]
    assert list(home.glob(".cache/matplotlib/fontlist-*"))


@pytest.mark.parametrize(
    "source",
    [
        "x = {'now': 1}\nprint(x['now'])",
        "import helper_without\nprint(helper_without.X)",
        "import time, datetime\ntime.sleep(0)\nprint(time.strftime('%Y', (2020, 1, 1, 0, 0, 0, 0, 1, 0)), time.gmtime(0))",
        "from datetime import datetime as d\nprint(d(2020, 1, 1), d.strptime('2020', '%Y'), d.fromtimestamp(0))",
        "import os\nfrom pathlib import Path\nprint(os.path.exists('.'), os.path.getsize('helper_without.py'), Path('.').is_dir(), len([*Path('../data').rglob('*')]))",
        "import asyncio\nawait asyncio.sleep(0)\nprint(1)",
        "import tempfile\nwith tempfile.TemporaryDirectory() as d:\n    open(d + '/x', 'w').close()",
        "import pandas as pd\nprint(pd.DataFrame({'a': [1]}).describe(), pd.Timestamp('2020-01-01'))",
        "import pickle, time, copy\nprint(pickle.loads(pickle.dumps(time.time)) is time.time is copy.copy(time.time), time.time)",
    ],
)
def test_a_word_that_is_a_name_is_no_clock(tmp_path: Path, source: str) -> None:
    write(tmp_path, "01_no_clock", source)
    (tmp_path / "notebooks" / "helper_without.py").write_text("X = {'today': 1}['today']\n")
    assert [run_all(tmp_path, cache=True).notebooks[0].status for _ in range(2)] == ["ok", "cached"]


# What a cell asks of the project's folders → what changes there, of which no file's content is in the notebook's key.
AROUND: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a notebook comes": (
        "import glob\nprint(sorted(glob.glob('*.ipynb')))",
        lambda r: write(r, "09_more", "1"),
    ),
    "is a notebook there": (
        "import os\nprint(os.path.exists('09_more.ipynb'))",
        lambda r: write(r, "09_more", "1"),
    ),
    "is a scenario there": (
        "import os\nprint(os.path.exists('scenarios/x.yaml'))",
        lambda r: made(r / "notebooks" / "scenarios" / "x.yaml", "parameters: {}"),
    ),
    "scenarios": (
        "import glob\nprint(glob.glob('scenarios/*'))",
        lambda r: made(r / "notebooks" / "scenarios" / "x.yaml", "parameters: {}"),
    ),
    "a folder passed over": (
        "import os\nprint(os.path.exists('../data/.cache/x'))",
        lambda r: made(r / "data" / ".cache" / "x"),
    ),
    "below a folder passed over": (
        "import os\nprint(os.listdir('../data/.cache/sub'))",
        lambda r: made(r / "data" / ".cache" / "sub" / "x"),
    ),
    "a checkpoint": (
        "import os\nprint(os.path.exists('.ipynb_checkpoints/a'))",
        lambda r: made(r / "notebooks" / ".ipynb_checkpoints" / "a"),
    ),
    "beside the folders": ("import os\nprint(sorted(os.listdir('..')))", lambda r: made(r / "x")),
    "by pattern": ("import glob\nprint(glob.glob('../x*'))", lambda r: made(r / "x")),
    "from above": ("from pathlib import Path\nprint([*Path('..').rglob('x')])", lambda r: made(r / "x")),
    "an empty folder": ("import os\nprint(os.listdir('../data'))", lambda r: (r / "data" / "x").mkdir()),
    "rights": (
        "import os\nprint(os.stat('../data/a.csv').st_mode)",
        lambda r: (r / "data" / "a.csv").chmod(0o600),
    ),
    "may it run": (
        "import os\nprint(os.access('../data/a.csv', os.X_OK))",
        lambda r: (r / "data" / "a.csv").chmod(0o755),
    ),
    "time by its place": (
        "import os\nprint(os.stat('../data/a.csv')[8])",
        lambda r: os.utime(r / "data" / "a.csv", (1, 1)),
    ),
}


def made(path: Path, content: str = "") -> None:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.mark.parametrize("way", AROUND)
def test_what_is_asked_of_the_folders_shows_what_is_there_now(tmp_path: Path, way: str) -> None:
    source, change = AROUND[way]
    for path in (tmp_path / "data" / "a.csv", tmp_path / "data" / ".cache" / "sub" / "first"):
        made(path, "1")
    write(tmp_path, "01_a", source)
    run_all(tmp_path, cache=True)
    change(tmp_path)
    shown = [
        (run_all(tmp_path, name=name, cache=name == "kept").folder / "notebooks" / "01_a.ipynb").read_text()
        for name in ("kept", "fresh")
    ]
    assert shown[0] == shown[1]


def test_variables_that_are_not_declared_do_not_reach_a_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "01_a", "import os\nprint(os.environ.get('MY_SETTING'), os.environ.get('MY_DECLARED'))")
    (tmp_path / "pyproject.toml").write_text("[tool.analysis]\npreload = []\nenvironment = ['MY_DECLARED']\n")

    def shown(setting: str, declared: str) -> tuple[str, str]:
        monkeypatch.setenv("MY_SETTING", setting)
        monkeypatch.setenv("MY_DECLARED", declared)
        outcome = run_all(tmp_path, cache=True)
        content = json.loads((outcome.folder / "notebooks" / "01_a.ipynb").read_text())
        return outcome.notebooks[0].status, "".join(content["cells"][0]["outputs"][0]["text"]).strip()

    assert shown("1", "a") == ("ok", "None a")
    assert shown("2", "a") == ("cached", "None a")
    assert shown("2", "b") == ("ok", "None b")


def test_a_notebook_may_declare_the_data_that_it_reads(tmp_path: Path) -> None:
    for name in ("mine", "other"):
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / f"{name}.csv").write_text("1")
    for stem, read in (("01_a", "mine"), ("02_b", "other")):
        path = write(tmp_path, stem, f"print(open('../data/{read}.csv').read())")
        content = json.loads(path.read_text())
        content["metadata"]["suite"]["data"] = ["mine*"]
        path.write_text(json.dumps(content))
    statuses = [[n.status for n in run_all(tmp_path, cache=True).notebooks] for _ in range(2)]
    assert statuses == [["ok", "ok"], ["cached", "ok"]], "what reads more than it declares is not kept"
    (tmp_path / "data" / "other.csv").write_text("2")
    assert [n.status for n in run_all(tmp_path, cache=True).notebooks] == ["cached", "ok"]
    (tmp_path / "data" / "mine.csv").write_text("2")
    assert [n.status for n in run_all(tmp_path, cache=True).notebooks] == ["ok", "ok"]


def test_a_notebook_may_refuse_to_be_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "01_a", "1")
    content = json.loads(path.read_text())
    content["metadata"]["suite"]["cache"] = False
    path.write_text(json.dumps(content))
    assert [run_all(tmp_path, cache=True).notebooks[0].status for _ in range(2)] == ["ok", "ok"]


# The parts of a key, each with what must be noticed.
PARTS: dict[str, Callable[[Path], object]] = {
    "lock": lambda root: (root / "requirements.lock").write_text("a==2"),
    "data": lambda root: (root / "data" / "b.csv").write_text("2"),
    "data removed": lambda root: (root / "data" / "b.csv").unlink(),
    "new data": lambda root: (root / "data" / "c.csv").write_text("1"),
    "source": lambda root: (root / "src" / "m.py").write_text("2"),
    "helper": lambda root: (root / "notebooks" / "h.py").write_text("2"),
    "settings": lambda root: (root / "pyproject.toml").write_text("[tool.analysis]\npreload = ['json']\n"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "01_a", "1")
    for name in ("requirements.lock", "data/a.csv", "data/b.csv", "src/m.py", "notebooks/h.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    return tmp_path


def key_of(
    root: Path, source: bytes = b"{}", upstream: dict[str, str] | None = None, **env: str
) -> tuple[Cache, Key]:
    project = Project(root)
    found = Inputs(project, {"A": "1", **env})
    return Cache(root / ".cache" / "notebooks", found), Key(project.notebooks[0], source, upstream or {})


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_project_is_in_the_key(root: Path, part: str) -> None:
    kept, key = key_of(root)
    assert kept.keep(key, b"{}", Seen()) == ""
    assert kept.find(key) == b"{}"
    PARTS[part](root)
    changed, key = key_of(root)
    assert changed.find(key) is None


def test_parameters_upstream_results_environment_packages_and_interpreter_are_in_the_key(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, key = key_of(root)
    assert kept.keep(key, b"{}", Seen()) == ""
    for other in (
        key_of(root, b"[]"),
        key_of(root, upstream={"02": "x"}),
        key_of(root, A="2"),
        key_of(root, B=""),
    ):
        assert other[0].find(other[1]) is None
    for target, name, value in (
        (inputs, "packages", lambda: ["pandas-99.dist-info"]), (inputs.sys, "version", "3.99"),
        (inputs, "PACKAGE", root / "src"), (inputs.platform, "node", lambda: "another"),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(target, name, value)
            other = key_of(root)
            assert other[0].find(other[1]) is None, name
    same = key_of(root, ANALYSIS_NOTEBOOKS="/some/run")
    assert same[0].find(same[1]) == b"{}"


def test_an_input_that_changes_while_a_notebook_runs_is_noticed(root: Path) -> None:
    kept, key = key_of(root)
    kept.find(key)
    (root / "data" / "a.csv").write_text("2")
    assert "changed during the run" in kept.keep(key, b"{}", Seen())


def fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink()
    (path / "inner").mkdir(parents=True)


def other_entry(path: Path) -> None:
    """The content of one entry under the name of another, checksum and all."""
    path.write_bytes(packed(b'{"cells": []}', "0" * 64))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda p: p.write_bytes(b""),
    "truncated": lambda p: p.write_bytes(p.read_bytes()[:-1]),
    "longer": lambda p: p.write_bytes(p.read_bytes() + b"x"),
    "one bit": lambda p: p.write_bytes(p.read_bytes()[:-1] + bytes([p.read_bytes()[-1] ^ 1])),
    "foreign": lambda p: p.write_bytes(b"{}\n"),
    "checksum alone": lambda p: p.write_bytes(p.read_bytes()[:64]),
    "not a notebook": lambda p: p.write_bytes(packed(b"[1]", p.name)),
    "not JSON": lambda p: p.write_bytes(packed(b"\xff", p.name)),
    "nested": lambda p: p.write_bytes(packed(b"[" * 100_000, p.name)),
    "another's": other_entry,
    "fifo": fifo,
    "folder": folder,
    "link to itself": lambda p: (p.unlink(), p.symlink_to(p.name)),
    "dangling link": lambda p: (p.unlink(), p.symlink_to("nowhere")),
    "link to a device": lambda p: (p.unlink(), p.symlink_to("/dev/zero")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_never_used_never_waits_and_makes_room(
    root: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept, key = key_of(root)
    assert kept.keep(key, b"{}", Seen()) == ""
    (entry,) = (path for path, _ in kept._entries())
    DAMAGES[damage](entry)
    assert kept.find(key) is None
    assert "is damaged" in caplog.text
    assert kept.keep(key, b"{}", Seen()) == ""
    assert kept.find(key) == b"{}"


def test_a_notebook_works_in_its_own_folder_as_in_jupyter(tmp_path: Path) -> None:
    write(
        tmp_path, "01_a", "import os\nprint(os.path.relpath(os.getcwd(), '..'), os.path.exists('01_a.ipynb'))"
    )
    for engine in ("warm", "stock"):
        outcome = run_all(tmp_path, engine=engine)
        assert "notebooks True" in (outcome.folder / "notebooks" / "01_a.ipynb").read_text()
