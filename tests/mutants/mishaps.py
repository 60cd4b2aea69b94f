"""Mishaps of the suite: each put in as an edit of its source, with the test that must notice it.

`python -m tests.mutants.mishaps` puts in all of them, or those whose words are given, and writes what became of each as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.mutants.beside import ROOT, SOURCE
from tests.mutants.trial import QUICK, silent, waited

LIMIT = 90.0
"""Seconds for the test of one mishap, which needs ten on a busy machine; five times that for all of them without any."""
WITHOUT = "without a mishap the same tests pass"
PRELOADED = (
    "multiprocessing.forkserver",
    "nbformat.v4",
    "pandas",
    "pyarrow",
    "pydantic.type_adapter",
    "pytest",
    "yaml",
)


@dataclass(frozen=True)
class Mishap:
    """What goes wrong, the edit of a file (as seen from src/analysis/suite) that makes it so, and the test that notices."""

    what: str
    file: str
    old: str
    new: str
    test: str

    def edited(self) -> str:
        """The file's source with the mishap in it. `ValueError` when the place is not there any more."""
        source = (SOURCE / "suite" / self.file).read_text(encoding="utf-8")
        if self.old not in source:
            raise ValueError(
                f"{self.file} has no longer {self.old!r}: say anew how this mishap would come about"
            )
        return source.replace(self.old, self.new)


_KEY = "test_cache_inputs.py::test_parameters_upstream_results_environment_packages_and_interpreter_are_in_the_key"
_PART = "test_cache_inputs.py::test_every_part_of_the_project_is_in_the_key"
_GOES_ON = "test_suite_run.py::test_others_go_on_after_a_failure_and_the_last_good_run_stays"
_FULL = "test_suite_run.py::test_a_full_disk_leaves_the_old_run_and_one_message"
_ANEW = "test_suite_reuse.py::test_any_change_makes_pages_anew"

MISHAPS = (
    # What a kept result depends on.
    Mishap("a key without the lock file", "inputs.py", '(*LOCK_FILES, "pyproject.toml"', '("pyproject.toml"', f"{_PART}[lock]"),
    Mishap("a key without the data", "inputs.py", "return [self.project.data, root", "return [root", f"{_PART}[data]"),
    Mishap("a key without the project's modules", "inputs.py", 'root / "src", root', "root", f"{_PART}[source]"),
    Mishap("a key without the project's settings", "inputs.py", '*LOCK_FILES, "pyproject.toml"', "*LOCK_FILES", f"{_PART}[settings]"),
    Mishap("a key without this package", "inputs.py", '"notebooks", PACKAGE, _PLOTTING', '"notebooks", _PLOTTING', _KEY),
    Mishap("a key without the parameters", "cache.py", "sha256(key.source)", "sha256(key.notebook.stem.encode())", _KEY),
    Mishap("a key without the results of other notebooks", "cache.py", "sorted(key.upstream.items())", "[]", _KEY),
    Mishap("a key without the installed packages", "inputs.py", '"packages": packages()', '"packages": []', _KEY),
    Mishap("a key without the interpreter", "inputs.py", '"python": sys.version', '"python": ""', _KEY),
    Mishap("a key without the environment", "inputs.py", '"variables": variables', '"variables": {}', _KEY),
    # What may be kept, and what may be used again.
    Mishap("a notebook that read what is no input is kept", "inputs.py", "or inputs.holds(path, notebook))", "or True)",
           "test_cache_inputs.py::test_a_notebook_may_declare_the_data_that_it_reads"),
    Mishap("a notebook that reads the clock is kept", "watch.py", "if not self.imports and _for_cell(", "if self.imports and _for_cell(",
           "test_cache_inputs.py::test_a_notebook_that_reads_the_clock_runs_each_time"),
    Mishap("an input that changed meanwhile is not noticed", "inputs.py", 'return "" if inputs.is_as_before() else', 'return "" if True else',
           "test_cache_inputs.py::test_an_input_that_changes_while_a_notebook_runs_is_noticed"),
    Mishap("what a notebook writes is not watched", "watch.py", "self.written[name] = None", "pass",
           "test_cache_runs.py::test_a_notebook_with_effects_outside_always_runs"),
    Mishap("an entry of another run is used under this one's name", "../kept.py", "sha256(name.encode() + content)", "sha256(content)",
           "test_cache_inputs.py::test_a_damaged_entry_is_never_used_never_waits_and_makes_room[another's]"),
    Mishap("a damaged entry is used", "../kept.py", "if packed(content, name) != entry", "if not content",
           "test_cache_inputs.py::test_a_damaged_entry_is_never_used_never_waits_and_makes_room[another's]"),
    Mishap("the newest entries go when the cache is full", "cache.py", "entry[1].st_mtime_ns)", "-entry[1].st_mtime_ns)",
           "test_cache_store.py::test_the_oldest_entries_go_when_it_is_full"),
    # Order.
    Mishap("a notebook starts before those it needs", "schedule.py", "[n for n in needed if n in needs]", "[]",
           "test_suite_schedule.py::test_a_task_starts_after_those_it_needs"),
    Mishap("a notebook runs although what it needs failed", "schedule.py", "if not succeeded[n]), None)", "if n is None), None)",
           "test_suite_schedule.py::test_a_task_whose_need_failed_is_skipped_and_so_are_those_after_it"),
    Mishap("a skipped notebook counts as done", "run.py", 'result.failure is None and result.status != "skipped"', "True", _GOES_ON),
    Mishap("more notebooks at once than were allowed", "schedule.py", "while waiting and running < jobs", "while waiting",
           "test_suite_schedule.py::test_independent_tasks_run_side_by_side_but_never_more_than_jobs"),
    Mishap("needs in a circle are not refused", "project.py", "        _refuse_circles({n.stem: n.needs for n in found})\n", "",
           "test_suite_run.py::test_needs_that_cannot_be_met_are_refused"),
    Mishap("a notebook sees the results of another run", "run.py", "str(self._results_for(label, notebook))", 'str(self.project.reports / "latest" / "notebooks")',
           "test_suite_run.py::test_a_notebook_sees_the_results_of_the_run_it_is_in"),
    # Parameters.
    Mishap("a file beats the command line", "params.py", "values |= {name: catalogue.from_text(name, text) for name, text in assignments(texts).items()}",
           "values = {name: catalogue.from_text(name, text) for name, text in assignments(texts).items()} | values",
           "test_suite_params.py::test_command_line_beats_file_beats_scenario"),
    Mishap("a parameter reaches a notebook that does not declare it", "params.py", "for name in self.declared[stem] if name in values", "for name in values",
           "test_suite_run.py::test_parameters_reach_exactly_the_notebooks_that_declare_them"),
    Mishap("a default given by name makes another run", "params.py", "and not _same(values[n], self.default(n))", "",
           "test_suite_params.py::test_values_equal_to_the_default_do_not_count"),
    Mishap("a value is run as code", "params.py", "{name} = {value!r}", "{name} = {value}",
           "test_suite_params.py::test_hostile_values_stay_data_in_the_injected_cell"),
    # Publication.
    Mishap("two writers: a living run is cleared away as a dead one's", "files.py", "if mark_as_living(handle):", "if mark_as_living(handle) or True:",
           "test_suite_run.py::test_the_staging_directory_of_a_living_run_is_left_alone"),
    Mishap("a failed run takes the place of a good one", "run.py", "if outcome.is_ok else failed", "if True else failed", _GOES_ON),
    Mishap("`latest` follows a part of the notebooks", "run.py", "if not settings.only:", "if True:",
           "test_suite_run.py::test_only_runs_what_is_asked_and_what_it_needs"),
    Mishap("a run is published before it is on disk", "run.py", "    files.sync_tree(staged)\n", "", "test_suite_run.py::test_every_file_is_on_disk_before_the_run_appears"),
    Mishap("the staging directory of a stopped run stays", "files.py", "remove(path)\n    finally:\n        remove(path)\n", "pass\n    finally:\n", _FULL),
    Mishap("the run that was replaced stays beside the new one", "files.py", "        staged = aside\n    discard(staged)", "        staged = aside\n    None",
           "test_suite_run.py::test_publishing_replaces_a_directory_whole"),
    Mishap("a run that died between two renames is thrown away", "files.py", "            aside.rename(final)\n", "            shutil.rmtree(aside)\n",
           "test_suite_run.py::test_a_run_that_died_between_two_renames_is_put_back"),
    Mishap("a folder that is no run is replaced", "run.py", "if is_taken and not", "if False and not",
           "test_suite_run.py::test_a_folder_that_is_not_a_run_is_never_replaced"),
    Mishap("a changed output passes verification", "manifest.py", "elif before[name] != after[name]", "elif False",
           "test_suite_run.py::test_verify_finds_what_was_changed_added_or_removed"),
    Mishap("pages are taken over although an input changed", "reuse.py", "not index or not same or", "not index or", f"{_ANEW}[change_input]"),
    Mishap("pages that were edited are taken over", "reuse.py", "if document.sha256(contents[name]) != listed[name]", "if False", f"{_ANEW}[change_page]"),
    Mishap("two results under one key pass", "collect.py", "if other is not row", "if False",
           "test_suite_outputs.py::test_a_key_that_occurs_twice_is_named_with_both_notebooks"),
)  # fmt: skip


def noticed(mishap: Mishap) -> str:
    """Empty when the named test fails with the mishap put in; else what happened instead."""
    try:
        code = _tested([mishap.test], mishap)
    except ValueError as error:
        return str(error)
    return "" if code == 1 else _said(code)


def _said(code: int | None) -> str:
    known = {
        None: "no end",
        0: "its test passes",
        1: "a test fails",
        4: "there is no such test",
        5: "there is no such test",
    }
    return known.get(code, f"the tests end with exit code {code}")


def _tested(tests: list[str], mishap: Mishap | None = None) -> int | None:
    """The exit code of pytest over a copy of the package, with the mishap in it or without any."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "analysis"
        package.mkdir()
        for entry in SOURCE.iterdir():  # a copy of the six hundred files would take as long as a test
            if entry.name != "suite":
                (package / entry.name).symlink_to(entry)
        shutil.copytree(SOURCE / "suite", package / "suite", ignore=shutil.ignore_patterns("__pycache__"))
        if mishap is not None:
            place = package / "suite" / mishap.file
            place.unlink()  # it may be a link to the file itself
            place.write_text(mishap.edited(), encoding="utf-8")
        child = os.fork()
        if child == 0:
            _run(folder, [str(ROOT / "tests" / test) for test in tests])
        return waited(child, LIMIT if mishap else 5 * LIMIT)


def _run(folder: str, tests: list[str]) -> None:
    """In the fork: never returns. The processes that the test starts have the mishap too."""
    try:
        silent()
        sys.modules["__main__"] = ModuleType(
            "__main__"
        )  # which processes started by a test would import again
        sys.path.insert(0, folder)
        os.environ |= {"PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        import pytest

        os._exit(int(pytest.main([*QUICK, *tests])))
    except BaseException:
        os._exit(70)


def main() -> None:
    """What became of each mishap whose words are given, of all without: a JSON mapping, empty texts where it was noticed."""
    for name in PRELOADED:
        importlib.import_module(name)
    wanted = [m for m in MISHAPS if not sys.argv[1:] or any(text in m.what for text in sys.argv[1:])]
    with ThreadPoolExecutor(2) as pool:
        without = pool.submit(_tested, sorted({m.test for m in wanted}))
        found = dict(zip([m.what for m in wanted], pool.map(noticed, wanted), strict=True))
        print(
            json.dumps(found | {WITHOUT: "" if without.result() == 0 else _said(without.result())}, indent=1)
        )


if __name__ == "__main__":
    main()
