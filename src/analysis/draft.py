"""Whether anybody will look at what a notebook shows.

A sweep executes a notebook thousands of times for its checks alone, with ANALYSIS_DRAW=none; composing charts and tables that
nobody sees takes a third of that time.
"""

from __future__ import annotations

import os


def is_draft() -> bool:
    """Whether charts and tables may stay empty."""
    return os.environ.get("ANALYSIS_DRAW") == "none"
