"""What is wrong with a committed notebook, as a file: nbval, which runs it again, cannot see most of it."""

from __future__ import annotations

import re
from pathlib import Path

from analysis.suite import baseline, document, normalise
from analysis.suite.document import INJECTED
from analysis.suite.execute import failure_in

_MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|root|Users|tmp|private|work|var/folders)/[\w.-]+")


def problems(path: Path) -> list[str]:
    """Why a committed notebook is not a valid baseline; empty when it is. nbval cannot see most of these.

    Code cells that were not run or failed, outputs of another version of the code, outputs edited or removed after
    the run, injected parameters, traces of the machine.
    """
    content = document.read(path)
    found: list[str] = []
    failure = failure_in(path.name, content)
    if failure is not None:
        found.append(str(failure))
    counts = [c["execution_count"] for _, c in document.code_cells(content) if document.must_run(c)]
    if None not in counts and counts != list(range(1, len(counts) + 1)):
        found.append(f"{path.name}: the cells were not run once each from top to bottom: {counts}")
    stored = content["metadata"].get("suite", {}).get(normalise.STAMP)
    fresh = normalise.stamp(content)
    if stored is None:
        found.append(f"{path.name}: was not written by `analysis baseline` (it has no stamp)")
    else:
        for part, words in (("code", "code was edited after"), ("outputs", "outputs are not those of")):
            if stored.get(part) != fresh[part]:
                found.append(f"{path.name}: its {words} the last `analysis baseline`")
    if (
        any(INJECTED in document.tags(cell) for cell in content["cells"])
        or "papermill" in content["metadata"]
    ):
        found.append(f"{path.name}: has injected parameters; a baseline has the defaults")
    for number, cell in document.code_cells(content):
        machine = _MACHINE_PATH.search(baseline.text(cell["outputs"]))
        if machine:
            found.append(f"{path.name}, cell {number} ({cell['id']}): a path of this machine: {machine[0]}")
    return found
