"""The papermill engine ``warm``: notebooks run in children of a process that has imported everything already.

papermill imports this module whenever it starts, so it imports nothing but papermill's own engine module.
"""

from __future__ import annotations

from typing import Any

__all__ = ["WarmEngine"]


class WarmEngine:
    """Papermill engine, registered as ``warm``; the same outputs as the stock engine, without its start-up costs."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Execute `nb` in place and return it; takes the options of papermill's stock engine."""
        from papermill.engines import NBClientEngine

        return NBClientEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """The kernel that the notebook names, or `name` when given."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """The language that the notebook names, or `language` when given."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))
