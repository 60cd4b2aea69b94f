"""Which tests stand beside which module: those that must notice a fault in it without help from afar."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "analysis"
TESTS = ROOT / "tests"

_VERDICTS = (
    "test_verdict_parts.py",
    "test_verdict_examples.py",
    "test_verdict_tables.py",
    "test_verdict_bench.py",
    "test_verdict_book.py",
)

_BY_ROOM: dict[str, tuple[str, ...]] = {
    "numbers/printed.py": ("test_printed.py",),
    "numbers/interval.py": ("test_printed.py",),
    "numbers/numerals.py": ("test_numerals.py", "test_printed.py"),
    "numbers/expressions.py": ("test_printed.py",),
    "numbers/formula.py": ("test_formula.py",),
    "numbers/enclosure.py": ("test_enclosure.py", "test_formula.py"),
    "numbers/ends.py": ("test_enclosure.py", "test_formula.py"),
    "numbers/grammar.py": ("test_enclosure.py", "test_formula.py"),
    "numbers/notation.py": ("test_formula.py",),
    "numbers/rational.py": ("test_enclosure.py", "test_formula.py"),
    "numbers/dimensions.py": ("test_dimensions.py",),
    "numbers/units.py": ("test_units.py",),
    "numbers/growth.py": ("test_growth.py",),
    "numbers/groups.py": ("test_groups.py",),
    "numbers/periods.py": ("test_periods.py",),
    "report/catalog.py": ("test_claims.py",),
    "report/ledger.py": ("test_ledger.py", "test_claims.py"),
    "report/conclusion.py": ("test_ledger.py",),
    "report/computed.py": ("test_computed.py",),
    "report/findings.py": ("test_verdict_book.py",),
    "report/outcomes.py": _VERDICTS,
    "report/grades.py": _VERDICTS,
    "report/hearing.py": _VERDICTS,
    "report/verdict.py": _VERDICTS,
    "report/bench.py": _VERDICTS,
    "report/flips.py": _VERDICTS,
    "report/ranks.py": _VERDICTS,
    "report/texts.py": _VERDICTS,
    "report/steps.py": (*_VERDICTS, "test_computed.py"),
    "statistics/measures.py": ("test_measures.py", "test_verdict_vocabulary.py"),
    "statistics/vocabulary.py": ("test_measures.py", "test_verdict_vocabulary.py"),
    "statistics/*.py": ("test_statistics_reference.py", "test_statistics.py"),
    "census/english.py": ("test_census_english.py",),
    "census/*.py": (
        "test_census_rules.py",
        "test_census_kinds.py",
        "test_census_scan.py",
        "test_census_tables.py",
        "test_census_coverage.py",
    ),
}


def beside() -> dict[str, list[Path]]:
    """Module path below src/analysis → the files of tests beside it, the likeliest first; of two patterns the first holds."""
    found: dict[str, list[Path]] = {}
    for pattern, names in _BY_ROOM.items():
        for path in sorted(SOURCE.glob(pattern)):
            if path.name != "__init__.py":
                found.setdefault(str(path.relative_to(SOURCE)), [TESTS / name for name in names])
    return found
