"""Pages from a finished run: one per notebook, an index, and everything in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.suite.cache import Cache


def build(run_dir: Path, output: Path | None = None, cache: Cache | None = None, jobs: int = 0) -> Path:
    """Write the pages of a run directory (into it, or into `output`) and give the path of the index.

    cache: keeps what pages are made of, so that the next ones are made of the same where it did not change.
    jobs: how many languages at once, 0 chooses. RunError when the directory is no finished run.
    """
    from analysis.site import assemble

    return assemble.build(Path(run_dir), output, cache, jobs)
