"""The data package: `data/datapackage.json`, what it promises, whether the files keep it, and its dictionary.

Table Schema (types, constraints, keys) is checked by the frictionless library; what it cannot say — units, quotes that
hold their number, one main row per period, caveats that still apply — is checked here.
"""

from analysis.report.datapackage.descriptor import Resource, load, register
from analysis.report.datapackage.dictionary import dictionary, refresh_sources
from analysis.report.datapackage.problems import DataError, Problem
from analysis.report.datapackage.validate import validate

__all__ = [
    "DataError",
    "Problem",
    "Resource",
    "dictionary",
    "load",
    "refresh_sources",
    "register",
    "validate",
]
