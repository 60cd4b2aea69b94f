"""The ways to run a folder of notebooks: the limits, the peers, and this runner."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench import workload

PYTHON = sys.executable
BIN = Path(PYTHON).parent
Commands = list[list[str]]

ONE_PROCESS = "same code, one process (limit)"
SCRIPTS = "plain scripts, one process each"
PAPERMILL_CLI = "papermill, command line in a loop"
PAPERMILL_API = "papermill, Python API in a loop"
COLD, PARALLEL = "analysis run, one at a time", "analysis run, side by side"
CACHED, TWEAKED = "analysis run, nothing changed", "analysis run, one parameter changed"


@dataclass(frozen=True)
class Way:
    """A way to run all notebooks of a project.

    commands: made anew for each execution. needs: a module without which it is left out.
    """

    label: str
    commands: Callable[[Path], Commands]
    needs: str = ""

    @property
    def missing(self) -> bool:
        """Whether what it needs is not installed."""
        return bool(self.needs) and find_spec(self.needs) is None


def _notebooks(project: Path) -> list[str]:
    return [str(path) for path in sorted((project / "notebooks").glob("*.ipynb"))]


def _python(code: str) -> Callable[[Path], Commands]:
    return lambda project: [[PYTHON, "-c", code, *_notebooks(project)]]


def _analysis(*options: str) -> Callable[[Path], Commands]:
    return lambda project: [[PYTHON, "-m", "analysis", "run", "bench", "--no-html", "--quiet", *options]]


_ALL_SCRIPTS = (
    "import sys\nfrom pathlib import Path\nfor path in sorted(Path('scripts').glob('*.py')):\n"
    "    exec(compile(path.read_text(), str(path), 'exec'), {'__name__': '__main__'})"
)
_PAPERMILL = (
    "import sys, papermill\nfor path in sys.argv[1:]:\n"
    "    papermill.execute_notebook(path, '/dev/null', progress_bar=False{options})"
)
_PLOOMBER = (
    "import sys\nfrom ploomber_engine import execute_notebook\nfor path in sys.argv[1:]:\n"
    "    execute_notebook(path, '/dev/null', progress_bar=False, verbose=False)"
)
_counter = itertools.count(1)


def _tweaked(project: Path) -> Commands:
    """Another value for the parameter of the last notebook; the cache holds all others."""
    last = len(_notebooks(project))
    value = f"{workload.parameter_of(last)}={next(_counter) % 40 + 5}"
    return _analysis("-p", value)(project)


def _each_papermill(project: Path) -> Commands:
    return [[str(BIN / "papermill"), "--no-progress-bar", path, "/dev/null"] for path in _notebooks(project)]


def _nbconvert(project: Path) -> Commands:
    options = ["--to", "notebook", "--execute", "--output-dir", str(project / "out")]
    return [[str(BIN / "jupyter-nbconvert"), *options, *_notebooks(project)]]


def all_ways() -> list[Way]:
    """Every way, in the order of the table."""
    return [
        Way(ONE_PROCESS, lambda project: [[PYTHON, "-c", _ALL_SCRIPTS]]),
        Way(SCRIPTS, lambda p: [[PYTHON, str(s)] for s in sorted((p / "scripts").glob("*.py"))]),
        Way(PAPERMILL_CLI, _each_papermill),
        Way(PAPERMILL_API, _python(_PAPERMILL.format(options=""))),
        Way("jupyter execute", lambda p: [[str(BIN / "jupyter-execute"), *_notebooks(p)]]),
        Way("nbconvert --execute", _nbconvert),
        Way(
            "nbmake (pytest)",
            lambda p: [[PYTHON, "-m", "pytest", "-q", "--nbmake", *_notebooks(p)]],
            "nbmake",
        ),
        Way("ploomber-engine, API in a loop", _python(_PLOOMBER), "ploomber_engine"),
        Way("papermill API with --engine warm", _python(_PAPERMILL.format(options=", engine_name='warm'"))),
        Way("analysis run --engine stock", _analysis("--no-cache", "--jobs", "1", "--engine", "stock")),
        Way(COLD, _analysis("--no-cache", "--jobs", "1")),
        Way(PARALLEL, _analysis("--no-cache")),
        Way(CACHED, _analysis()),
        Way(TWEAKED, _tweaked),
    ]


def chosen(ways: Sequence[Way], only: Sequence[str]) -> list[Way]:
    """Those whose label contains one of the texts; all when none is given."""
    return [way for way in ways if not only or any(text in way.label for text in only)]
