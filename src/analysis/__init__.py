"""Recompute the printed numbers of a report, and say of each whether it holds."""
