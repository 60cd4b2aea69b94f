"""Settings shared by all tests."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine, and no time limit: machines here are noisy.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
