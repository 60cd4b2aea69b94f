"""Pages taken over from an earlier run when nothing that they show has changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from analysis.errors import UserError
from analysis.suite import document, manifest
from analysis.writing import write_atomically


def pages(previous: Path, staged: Path, draft: dict[str, Any]) -> Path | None:
    """Copy the pages of the run `previous` to the staged run; gives their index, None when they must be made anew.

    They are a function of notebooks, results, figures, and of what the draft of the manifest holds: parameters,
    commit, versions, and checksums of all inputs, the code that makes pages among them. All these must be equal,
    and the pages must still be what the earlier manifest says.
    """
    try:
        before = manifest.read(previous)
    except UserError:
        return None
    made, listed, index = manifest.outputs(staged), before.get("outputs", {}), before.get("index")
    same = json.loads(json.dumps(draft)) == {name: before.get(name) for name in draft}
    if not index or not same or any(listed.get(name) != checksum for name, checksum in made.items()):
        return None
    contents = {}
    for name in listed.keys() - made.keys():
        try:
            contents[name] = (previous / name).read_bytes()
        except OSError:
            return None
        if document.sha256(contents[name]) != listed[name]:
            return None
    for name, content in contents.items():
        write_atomically(staged / name, content, is_durable=False)
    return staged / str(index)
