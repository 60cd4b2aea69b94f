"""Measures this runner against its peers and its limits: `python -m bench`."""
