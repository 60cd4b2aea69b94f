"""Which tests stand beside which module: those that must notice a fault in it without help from afar."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "analysis"
TESTS = ROOT / "tests"

_BY_ROOM: dict[str, tuple[str, ...]] = {
    "numbers/printed.py": ("test_printed.py",),
    "numbers/units.py": ("test_units.py",),
    "numbers/growth.py": ("test_growth.py",),
    "numbers/groups.py": ("test_aggregate.py",),
    "statistics/*.py": ("test_statistics_reference.py", "test_statistics.py"),
    "census/*.py": (
        "test_census_kinds.py",
        "test_census_scan.py",
        "test_census_tables.py",
        "test_census_coverage.py",
    ),
}


def beside() -> dict[str, list[Path]]:
    """Module path below src/analysis → the files of tests beside it, the likeliest first."""
    found: dict[str, list[Path]] = {}
    for pattern, names in _BY_ROOM.items():
        for path in sorted(SOURCE.glob(pattern)):
            if path.name != "__init__.py":
                found[str(path.relative_to(SOURCE))] = [TESTS / name for name in names]
    return found
