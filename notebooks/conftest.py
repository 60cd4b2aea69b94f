"""What `pytest --nbval notebooks/` checks beyond stock nbval.

Stock nbval ignores PNG pictures and passes a notebook that carries no outputs at all. Here pictures are compared
too, and a notebook with a cell that was never run, or that stored an error, is refused before any kernel starts.
"""

from __future__ import annotations

import pytest

from analysis.suite.baseline import problems


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Before a notebook's cells are collected."""
    if not hasattr(collector, "skip_compare"):
        return
    collector.skip_compare = tuple(m for m in collector.skip_compare if not m.startswith("image/"))
    if found := problems(collector.path):
        told = "\n".join([*found, "renew the baseline: make baseline"])

        def refuse() -> list[pytest.Item]:
            raise pytest.Collector.CollectError(told)

        collector.collect = refuse  # what is raised here would end pytest with a fault of its own
