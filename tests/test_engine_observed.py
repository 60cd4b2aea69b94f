"""What a notebook used is found by watching it: modules of the project, files it read, folders it listed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.suite import warm as warm_module
from analysis.suite.trace import Area
from analysis.suite.warm import Warm
from tests.engine_tools import run, text

pytestmark = pytest.mark.skipif(not warm_module.available(), reason="needs forked processes (Linux)")

SOURCES = {
    "alone.py": "VALUE = 'alone'\n",
    "upper.py": "import lower\n\ndef late():\n    import latecomer\n    return latecomer.VALUE\n",
    "lower.py": "from pack.inner import deep\nVALUE = deep.VALUE\n",
    "latecomer.py": "VALUE = 'late'\n",
    "pack/__init__.py": "",
    "pack/inner/__init__.py": "",
    "pack/inner/deep.py": "from .. import sibling\nVALUE = 'deep'\n",
    "pack/sibling.py": "VALUE = 'sibling'\n",
    "pack/unused.py": "VALUE = 'unused'\n",
    "dynamic.py": "import importlib\nVALUE = importlib.import_module('alone').VALUE\n",
    "fresh.py": "VALUE = 'fresh'\n",
    "reader.py": "from pathlib import Path\nVALUE = Path(__file__).with_name('table.txt').read_text()\n",
    "table.txt": "1\n",
    "shadow/__init__.py": "from .shadow import shadow\n",
    "shadow/shadow.py": "def shadow():\n    return 'function'\n",
}
PACKAGES = {"pack", "pack.inner", "pack.inner.deep", "pack.sibling"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for name, source in SOURCES.items():
        path = root / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    (root / "data").mkdir()
    for name in ("a.csv", "b.csv"):
        (root / "data" / name).write_text("x,y\n1,2\n")
    time.sleep(0.02)
    return root


@pytest.fixture(scope="module")
def warm(root: Path) -> Iterator[Warm]:
    preload = ["pandas", "alone", "upper", "pack.unused", "dynamic", "shadow", "reader"]
    with Warm(preload, [root], [root / "reports"], {"PYTHONPATH": str(root / "src")}) as process:
        yield process


def observed(warm: Warm, root: Path, *cells: str) -> dict[str, Any]:
    _, outcome = run(warm, *cells, cwd=root, observe=True)
    assert outcome.status == "ok", outcome.message
    return outcome.observed


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("1", set()),
        ("import alone", {"alone"}),
        ("import fresh", {"fresh"}),
        ("from alone import VALUE", {"alone"}),
        ("import upper", {"upper", "lower", *PACKAGES}),
        ("import upper\nupper.late()", {"upper", "lower", "latecomer", *PACKAGES}),
        ("import pack", {"pack"}),
        ("from pack import sibling", {"pack", "pack.sibling"}),
        ("import pack.inner.deep", PACKAGES),
        ("import importlib\nimportlib.import_module('alone')", {"alone"}),
        ("import dynamic", {"dynamic", "alone"}),
        ("__import__('lower')", {"lower", *PACKAGES}),
        ("import pickle\npickle.loads(b'calone\\nVALUE\\n.')", {"alone"}),
        ("try:\n    import not_there\nexcept ImportError:\n    import alone", {"alone"}),
    ],
)
def test_modules_of_the_project_are_found(warm: Warm, root: Path, source: str, modules: set[str]) -> None:
    found = observed(warm, root, source)["modules"]
    assert set(found) == modules
    assert all(path == str(root / "src" / name.replace(".", "/")) + ".py" or path.endswith("__init__.py")
               for name, path in found.items())  # fmt: skip


def test_modules_from_the_shelf_are_as_if_just_imported(warm: Warm, root: Path) -> None:
    source = (
        "import sys, pack\nprint(hasattr(pack, 'unused'), 'pack.unused' in sys.modules)\n"
        "import pack.unused, upper, lower, shadow\n"
        "print(pack.unused.VALUE, upper.lower is lower, sys.modules['lower'] is lower, shadow.shadow())\n"
        "print(lower.__spec__.name, type(lower.__spec__.loader).__name__, lower.__spec__.origin == lower.__file__)\n"
        "import importlib\nprint(importlib.reload(lower) is lower)"
    )
    assert text(warm, source, cwd=root) == (
        "False False\nunused True True function\nlower SourceFileLoader True\nTrue\n"
    )


@pytest.mark.parametrize(
    "read",
    [
        "open('data/a.csv').read()",
        "import pandas as pd\npd.read_csv('data/a.csv')",
        "import pandas as pd\npd.read_csv('data/a.csv', engine='pyarrow')",
        "from pathlib import Path\nPath('data/a.csv').read_bytes()",
        "import os\nos.read(os.open('data/a.csv', os.O_RDONLY), 9)",
        "import numpy as np\nnp.loadtxt('data/a.csv', delimiter=',', skiprows=1)",
        "import os\nos.chdir('data')\nopen('a.csv').close()",
        "import csv\nlist(csv.reader(open('data/../data/a.csv')))",
        "import threading\nt = threading.Thread(target=open, args=('data/a.csv',))\nt.start()\nt.join()",
    ],
)
def test_files_that_are_read_are_found(warm: Warm, root: Path, read: str) -> None:
    found = observed(warm, root, read)
    assert found["reads"] == [str(root / "data" / "a.csv")]
    assert found["opaque"] == [] and found["written"] == []


def test_a_file_that_a_preloaded_module_read_is_found(warm: Warm, root: Path) -> None:
    table = str(root / "src" / "table.txt")
    assert table in observed(warm, root, "import reader\nreader.VALUE")["reads"]
    assert observed(warm, root, "1")["reads"] == []


def test_a_file_that_is_missing_is_a_dependency_too(warm: Warm, root: Path) -> None:
    found = observed(warm, root, "try:\n    open('data/missing.csv')\nexcept FileNotFoundError:\n    pass")
    assert found["reads"] == [str(root / "data" / "missing.csv")]


@pytest.mark.parametrize(
    "look", ["import os\nos.listdir('data')", "from pathlib import Path\nsorted(Path('data').glob('*.csv'))"]
)
def test_folders_that_are_listed_are_found(warm: Warm, root: Path, look: str) -> None:
    found = observed(warm, root, look)
    assert found["listed"] == [str(root / "data")] and found["reads"] == []


def test_what_is_no_input_is_left_out(warm: Warm, root: Path) -> None:
    """Installed packages, temporary files, caches, ignored folders, and what the notebook wrote itself."""
    (root / "reports").mkdir(exist_ok=True)
    (root / "reports" / "old.csv").write_text("1")
    source = (
        "import tempfile, json, matplotlib.pyplot as plt, seaborn\n"
        "plt.plot([1])\nplt.show()\nopen('reports/old.csv').close()\nopen('/etc/hostname').close()\n"
        "with tempfile.TemporaryFile() as f:\n    f.write(b'x')\n1 / 1"
    )
    found = observed(warm, root, source)
    assert (found["reads"], found["listed"], found["written"]) == ([], [], [])


@pytest.mark.parametrize(
    "write",
    [
        "open('data/new.csv', 'w').close()",
        "open('data/a.csv', 'r+').close()",
        "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('data/new.csv')",
        "import os\nos.close(os.open('data/new.csv', os.O_WRONLY | os.O_CREAT))",
        "open('data/new.csv', 'a').close()\nimport os\nos.rename('data/new.csv', 'data/newer.csv')",
    ],
)
def test_writing_is_seen(warm: Warm, root: Path, write: str) -> None:
    assert observed(warm, root, write)["written"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import subprocess\nsubprocess.run(['true'])", "programs"),
        ("import os\nos.system('true')", "programs"),
        ("!true", "process"),
        ("import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError:\n    pass", "network"),
        ("import os\npid = os.fork()\nif not pid:\n    os._exit(0)\nos.waitpid(pid, 0);", "process"),
        ("import sqlite3\nsqlite3.connect(':memory:').close()", "database"),
        ("import pyarrow.csv as arrow\narrow.read_csv('data/a.csv');", "pyarrow"),
        ("from pyarrow.csv import read_csv\nread_csv('data/a.csv');", "pyarrow"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_said(warm: Warm, root: Path, source: str, reason: str) -> None:
    assert reason in "; ".join(observed(warm, root, source)["opaque"])


def test_a_tidy_notebook_gives_no_reason(warm: Warm, root: Path) -> None:
    source = (
        "import pandas as pd, matplotlib.pyplot as plt\nframe = pd.read_csv('data/a.csv')\n"
        "frame.plot()\nplt.show()\nframe.describe()"
    )
    assert observed(warm, root, source, "import asyncio\nawait asyncio.sleep(0)")["opaque"] == []


def test_nothing_is_reported_of_a_notebook_that_failed(warm: Warm, root: Path) -> None:
    _, outcome = run(warm, "open('data/a.csv')\n1 / 0", cwd=root, observe=True)
    assert outcome.observed == {}


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("/project/data/a.csv", True),
        ("/project/.cache/x", False),
        ("/project/.venv/lib/python3.11/site-packages/x.py", False),
        ("/project/reports/a.csv", False),
        ("/projects/a.csv", True),
        ("/elsewhere/a.csv", True),
        ("/usr/share/zoneinfo/UTC", False),
        ("relative.csv", False),
    ],
)
def test_which_files_count(path: str, counts: bool) -> None:
    assert (path in Area(["/project"], ["/project/reports"])) == counts


def test_a_project_may_lie_in_a_temporary_or_system_folder() -> None:
    assert "/usr/src/project/a.csv" in Area(["/usr/src/project"])
    assert "/tmp/project/a.csv" in Area(["/tmp/project"])
    assert "/tmp/other/a.csv" not in Area(["/tmp/project"])
