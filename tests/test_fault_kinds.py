"""Every kind of fault that was met has a test, named here; where other tests hold none, it is in this file.

The keys are those of a list that reviewers keep: F public bug reports, A to E, I to K, S, X hostile inputs, N a new user's day.
"""

from __future__ import annotations

import ast
import csv
import html
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from analysis import writing
from analysis.cli import cli
from analysis.errors import UserError
from analysis.site import sheet, source
from tests.command_line import call, ended
from tests.hostile import spoiling
from tests.miniature import rows, run_all, write

TESTS = Path(__file__).parent
KINDS: dict[str, tuple[str, ...]] = {
    # a new user's day
    "N1 a partial run says so first": ("test_site_pages::test_a_run_without_scorecard_judges_by_the_ledger_of_its_inputs", "test_site_pages::test_failed_notebook_is_said_on_its_page_and_on_the_index", "test_site_pages::test_a_run_of_which_nothing_came_out_says_how_many_statements_it_leaves_open"),
    "N2 changed parameters at the top": ("test_site_pages::test_changed_parameters_stand_at_the_top_of_every_page",),
    "N3 commands name the run": ("test_commands::test_commands_name_the_run_and_its_parameters_and_mean_the_default_one_without_a_name",),
    "N4 S1 S2 S3 F3 F24 nothing read is outside the key": ("test_cache_inputs::test_every_way_of_reading_shows_what_is_there_now", "test_cache_inputs::test_variables_that_are_not_declared_do_not_reach_a_notebook", "test_cache_inputs::test_a_notebook_that_reads_the_clock_runs_each_time"),
    "N2 other members, other labels": ("test_windows::test_a_check_of_other_members_or_another_mean_has_another_label",),
    "N5 F19 windows": ("test_windows::test_every_valid_window_works_in_every_notebook", "test_desk::test_a_window_that_ends_before_it_begins_is_refused", "test_suite_hostile::test_a_window_that_ends_before_it_begins_is_refused_before_anything_runs"),
    "N6 one default everywhere; a notebook checks itself": ("test_suite_params::test_one_name_has_one_type_and_default_everywhere", "test_desk::test_a_value_that_does_not_fit_stops_the_notebook_and_is_named"),
    "N7 full precision": ("test_site_export::test_workbook_values", "test_fault_kinds::test_numbers_keep_their_digits_in_results_and_workbook"),
    "N8 the latest row counts": ("test_desk::test_the_window_ends_where_the_data_do_unless_told",),
    "N9 one working folder": ("test_cache_inputs::test_a_notebook_works_in_its_own_folder_as_in_jupyter",),
    "N10 without a browser": ("test_commands::test_without_a_browser_export_writes_what_needs_none",),
    "N11 what a parameter turns": ("test_suite_cli::test_params_name_the_verdicts_that_turned_in_the_last_sweep",),
    "N12 old to new, points for rates": ("test_compare::test_numbers_that_moved_never_look_the_same", "test_compare::test_a_rate_moves_by_points_an_amount_by_per_cent", "test_compare::test_checks_that_come_and_go_and_parameters"),
    "N13 search in claims": ("test_commands::test_a_filter_that_fits_nothing_names_what_there_is", "test_commands::test_an_exhibit_is_found_as_every_language_writes_it", "test_commands::test_words_are_searched_in_everything_that_is_said_of_a_claim"),
    "N14 a claim is decided or says what is missing": ("test_data_investment::test_every_claim_of_the_sections_is_decided_or_says_what_is_missing",),
    "N15 outside a project; foreign lock files": ("test_new_report::test_outside_any_project_every_command_says_how_to_start_one", "test_new_report::test_a_lock_file_that_another_tool_leaves_is_no_input"),
    "N16 runs are listed and removed; Ctrl-C keeps": ("test_commands::test_runs_are_listed_opened_and_removed", "test_sweep_run::test_ctrl_c_keeps_what_is_done_and_resume_does_the_rest"),
    # public cases
    "F1 pasted pictures": ("test_site_cells::test_a_pasted_picture_is_in_the_page", "test_site_cells::test_a_picture_that_is_not_there_is_named"),
    "F2 characters that the font lacks": ("test_site_cells::test_pages_come_out_whatever_a_cell_shows", "test_site_fonts::test_a_character_that_the_face_lacks_is_named_and_costs_nothing"),
    "F4 ratios are no clock": ("test_census_kinds::test_terms_of_a_ratio_are_quantities", "test_census_kinds::test_a_time_of_day_is_no_quantity"),
    "F5 mixed numerals": ("test_census_kinds::test_an_amount_written_in_words_is_worth_what_it_says", "test_census_kinds::test_groups_of_falling_power_are_one_number", "test_census_kinds::test_kind"),
    "F6 F23 lists share unit, sign and hedge": ("test_census_kinds::test_a_list_shares_sign_and_unit", "test_census_kinds::test_kind"),
    "F7 joined lines": ("test_census_kinds::test_lines_of_contents_are_not_joined", "test_census_kinds::test_digits_before_a_dash_do_not_continue_the_line_above"),
    "F8 small fractions": ("test_census_kinds::test_no_printed_fraction_is_read_as_nothing",),
    "F9 days that do not exist": ("test_fault_kinds::test_no_text_of_a_row_breaks_the_workbook", "test_data_package::test_a_wrong_cell_of_a_series_is_named"),
    "F11 B1 dates": ("test_suite_hostile::test_a_date_is_written_as_one", "test_suite_hostile::test_a_day_that_does_not_exist_is_refused"),
    "F12 lists without a type": ("test_suite_hostile::test_a_list_without_a_type_takes_that_of_its_items",),
    "F13 B8 types that no parameter has": ("test_suite_hostile::test_a_type_that_no_parameter_can_have_is_named_with_its_place", "test_suite_hostile::test_a_quoted_type_is_resolved"),
    "F14 money in prose": ("test_site_cells::test_sums_of_money_are_no_formulas",),
    "F15 tables with styles": ("test_site_cells::test_the_look_of_a_styler_is_the_same_in_one_file",),
    "F16 local pictures": ("test_site_cells::test_a_pasted_picture_stays_in_the_run", "test_site_cells::test_only_plain_files_beside_the_notebook_are_taken_along"),
    "F17 C1 half characters": ("test_suite_params::test_half_a_character_is_refused", "test_suite_run::test_half_a_character_costs_at_most_its_cell", "test_site_cells::test_pages_come_out_whatever_a_cell_shows"),
    "F18 hanzi in figures": ("test_site_cells::test_pages_come_out_whatever_a_cell_shows",),
    "F20 series with gaps": ("test_statistics_reference::test_a_series_with_gaps_or_out_of_order_is_refused",),
    "F22 traditional characters": ("test_census_kinds::test_kind",),
    "F25 folders of other notebooks": ("test_new_report::test_plain_notebooks_run_under_the_folders_title", "test_new_report::test_plain_notebooks_are_compared_by_what_they_print"),
    "F26 F28 announced errors, early ends": ("test_suite_run::test_cells_that_announce_an_error_or_leave_early_are_done",),
    "F27 unknown magics": ("test_fault_kinds::test_an_unknown_magic_is_named",),
    "F29 colours of terminals": ("test_site_cells::test_pages_come_out_whatever_a_cell_shows",),
    "F30 B2 B3 B13 YAML": ("test_reading::test_yaml_that_would_be_guessed_at_is_refused", "test_reading::test_yaml_is_read_without_the_surprises_of_its_first_version", "test_suite_hostile::test_a_parameter_given_twice_is_refused"),
    "F32 F34 what the census missed": ("test_census_kinds::test_kind", "test_census_kinds::test_rows_with_bars_at_their_end_are_tables"),
    "F35 A4 A5 digits of other scripts": ("test_data_package::test_a_wrong_cell_of_a_series_is_named",),
    "F36 E3 terminals of other encodings": ("test_fault_kinds::test_a_terminal_of_any_encoding_is_written_to",),
    "F37 a stopped sweep": ("test_sweep_run::test_a_stopped_sweep_leaves_one_line",),
    "F38 no scheduler": ("test_sweep_cluster::test_a_scheduler_that_is_not_there_is_one_clear_message",),
    "F40 Excel": ("test_fault_kinds::test_downloads_are_read_by_a_spreadsheet_as_utf_8",),
    "F41 B12 I1 names of pages and places": ("test_suite_hostile::test_a_notebook_with_the_name_of_a_page_is_refused", "test_suite_hostile::test_names_that_something_else_has_are_no_runs"),
    "F42 hidden files": ("test_suite_hostile::test_hidden_files_are_passed_over",),
    "F43 links between notebooks": ("test_site_cells::test_links_lead_to_pages_and_nowhere_harmful",),
    # hostile inputs
    "A1 A2 special files": ("test_reading::test_what_is_no_plain_file_is_refused_by_kind",),
    "A3 zero bytes": ("test_reading::test_rows_of_unequal_length_and_zero_bytes_are_named",),
    "A6 long cells": ("test_reading::test_messages_are_one_short_line",),
    "B4 B5 B10 schemas": ("test_fault_kinds::test_a_schema_of_a_wrong_shape_is_named_by_file_and_place", "test_data_package::test_a_broken_descriptor_is_named"),
    "B6 texts that are not UTF-8": ("test_census_coverage::test_what_is_no_text_is_refused", "test_reading::test_no_bytes_break_a_reader"),
    "B7 C2 spoiled notebooks": ("test_suite_hostile::test_a_spoiled_notebook_is_one_message_with_its_name",),
    "B9 names that are not UTF-8": ("test_fault_kinds::test_a_notebook_with_a_name_of_other_bytes_is_one_message",),
    "B11 time and size": ("test_census_coverage::test_no_text_takes_quadratic_time", "test_reading::test_a_file_too_large_is_not_opened"),
    "B14 time-outs": ("test_engine_failures::test_time_limits_do_not_stop_who_keeps_them",),
    "I2 I4 I5 spoiled runs and sweeps": ("test_hostile::test_a_sample_of_hostile_inputs_holds",),
    "I3 E11 manifests": ("test_fault_kinds::test_no_shape_of_a_manifest_breaks_a_command", "test_fault_kinds::test_no_word_of_a_table_breaks_a_command", "test_hostile::test_a_sample_of_hostile_inputs_holds", "test_suite_reuse::test_any_change_makes_pages_anew"),
    "I6 E8 places to write": ("test_writing::test_only_files_are_replaced",),
    "I7 ranges of a sweep": ("test_sweep_plan::test_wrong_values_are_refused_before_anything_runs",),
    "J1 K6 sweeps of one name": ("test_writing::test_a_finished_sweep_stays_until_the_next_is_complete", "test_writing::test_two_sweeps_of_one_name_do_not_mix"),
    "E1 K2 full disks": ("test_writing::test_a_full_disk_leaves_the_good_export_and_names_the_file", "test_writing::test_a_refusal_at_any_step_leaves_the_old_file"),
    "a browser that prints nothing": ("test_writing::test_a_browser_that_prints_no_pdf_is_named_in_one_line",),
    "E2 K1 K4 signals": ("test_writing::test_a_signal_at_any_moment_leaves_nothing_beside_a_file", "test_engine_isolation::test_no_polite_signal_to_all_reaches_the_fork_server", "test_writing::test_a_signal_leaves_no_browser_profile_or_half_file", "test_suite_run::test_a_killed_run_leaves_the_old_one_and_no_processes"),
    "E4 closed outputs": ("test_hostile::test_closed_outputs_are_no_fault",),
    "E5 deleted folder": ("test_reading::test_a_deleted_folder_is_named",),
    "E6 variables that name no folder": ("test_fault_kinds::test_a_data_folder_that_is_none_is_named_with_its_variable_before_anything_runs",),
    "E9 a folder in the place of a data file": ("test_fault_kinds::test_what_is_no_file_where_a_table_should_be_is_named",),
    "E7 few files, little memory": ("test_hostile::test_a_sample_of_hostile_inputs_holds",),
    "E10 K7 K8 links and files in the place of folders": ("test_writing::test_a_latest_that_is_no_link_is_said_before_anything_runs", "test_writing::test_a_run_in_the_place_of_a_link_leaves_nothing_beside_it"),
    "K3 K5 kills of any part": ("test_engine_isolation::test_nothing_survives_the_death_of_the_command", "test_engine_isolation::test_a_kill_of_the_fork_server_takes_the_notebook_along_and_is_reported"),
    "C3 C4 endless cells": ("test_engine_failures::test_output_without_end_is_stopped", "test_engine_failures::test_a_cell_that_ignores_the_time_limit_is_killed"),
    "C5 children of cells": ("test_engine_isolation::test_processes_that_a_notebook_left_running_end_with_it",),
    "C6 cells that write": ("test_writing::test_a_cell_that_changes_what_the_run_rests_on_is_noticed",),
    "C7 the cell is named": ("test_site_cells::test_a_bad_output_is_named_with_its_cell",),
    "X1 X3 no markup": ("test_site_pages::test_what_a_row_says_is_never_markup", "test_compare::test_what_a_run_says_is_no_markup_on_the_page"),
    "X2 addresses": ("test_site_cells::test_links_lead_to_pages_and_nowhere_harmful", "test_fault_kinds::test_no_address_of_a_row_can_be_clicked_into_a_program"),
    "X4 live formulas": ("test_fault_kinds::test_no_text_of_a_row_breaks_the_workbook", "test_fault_kinds::test_no_csv_holds_a_formula"),
    "the unforeseen": ("test_suite_cli::test_the_unforeseen_on_a_full_disk_is_one_line_too", "test_suite_cli::test_the_unforeseen_is_one_line_and_a_report_to_send",),
    "damaged cache": ("test_cache_inputs::test_a_damaged_entry_is_never_used_never_waits_and_makes_room",),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_tests(kind: str) -> None:
    for name in KINDS[kind]:
        file, _, test = name.partition("::")
        tree = ast.parse((TESTS / f"{file}.py").read_text(encoding="utf-8"))
        assert test in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}, name


def _texts() -> list[str]:
    """Texts of any kind that a cell of a table can hold."""
    return [
        *spoiling.TEXTS,
        "2021-02-30",
        "2021-13-01",
        "0000-00-00",
        "9999-99-99",
        "2021-02-28",
        "1899-12-31",
    ]


def test_no_text_of_a_row_breaks_the_workbook(tmp_path: Path) -> None:
    """Whatever stands in a row is in the workbook as it is: as text, never as a formula."""
    texts = [t for t in _texts() if t.isprintable() and t and len(t) < 30_000]
    write(
        tmp_path,
        "01_a",
        rows("things", repr([{"thing_id": str(n), "value": t} for n, t in enumerate(texts)])),
    )
    folder = run_all(tmp_path).folder
    book = tmp_path / "x.xlsx"
    sheet.write(source.read(folder), book)
    cells = [c for row in openpyxl.load_workbook(book)["things"].iter_rows(min_row=2) for c in row]
    shown = {str(c.value) for c in cells}
    assert not [c for c in cells if c.data_type == "f"]
    assert {"=1+1", "2021-02-30", "9999-99-99", "@SUM(1)", "😀"} <= shown


def test_numbers_keep_their_digits_in_results_and_workbook(tmp_path: Path) -> None:
    values = [141178, 4398.15, 0.1 + 0.2, 1e-9, 123456789.123]
    write(
        tmp_path,
        "01_a",
        rows("things", repr([{"thing_id": str(n), "value": v} for n, v in enumerate(values)])),
    )
    folder = run_all(tmp_path).folder
    written = (folder / "results" / "things.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [float(line.split(",")[1]) for line in written] == values


def test_an_unknown_magic_is_named(tmp_path: Path) -> None:
    write(tmp_path, "01_a", "%%nosuchmagic\nselect 1")
    write(tmp_path, "02_b", "%nosuchmagic")
    failures = [str(n.failure) for n in run_all(tmp_path).notebooks]
    assert all("UsageError" in f and "nosuchmagic" in f and "----" not in f for f in failures), failures


ONE_BY_ONE = """
import json, sys
from analysis import cli
for arguments in json.loads(sys.argv[1]):
    try:
        cli.main(arguments)
    except SystemExit as left:
        print(f"\\nended with {left.code or 0}", flush=True)
"""


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1", "cp1252", "utf-8"])
def test_a_terminal_of_any_encoding_is_written_to(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "text.txt").write_text(
        "下降−2.5%，占比⅓，增长约40%，亏损 −3 亿元，😀 12家，𠮷 3人。\n", encoding="utf-8"
    )
    commands = [
        ["census", "text.txt", "--claims", "none.csv"],
        ["census", "text.txt", "--format", "json", "--claims", "c.csv"],
        ["run", "报告😀"],
        ["--help"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", ONE_BY_ONE, json.dumps(commands)], cwd=tmp_path, capture_output=True, check=False, timeout=60,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert done.returncode == 0 and done.stdout.count(b"ended with ") == len(commands)
    assert set(re.findall(rb"ended with (\d+)", done.stdout)) <= {b"0", b"1", b"2"}
    assert b"Traceback" not in done.stderr and b"unforeseen" not in done.stderr


def test_downloads_are_read_by_a_spreadsheet_as_utf_8() -> None:
    from analysis.site.blocks import csv_link

    assert csv_link("指标\n1\n").startswith("data:text/csv;charset=utf-8,%EF%BB%BF")


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({}, "fields"), ({"fields": {}}, "fields"), ({"fields": 1.5}, "fields"), ({"fields": []}, "fields"), ({"fields": [1]}, "fields.0"),
        ({"fields": [{"type": "string"}]}, "fields.0.name"), ({"fields": [{"name": None, "type": "string"}]}, "fields.0.name"),
        ({"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "("}}]}, "fields.0.constraints.pattern"),
        ({"fields": [{"name": "a", "type": "string", "constraints": {"enum": 1}}]}, "fields.0.constraints.enum"),
        ({"fields": [{"name": "a", "type": "string"}], "foreignKeys": 1}, "foreignKeys"), ({"fields": [{"name": "a", "type": "string"}], "primaryKey": {}}, "primaryKey"),
    ],
)  # fmt: skip
def test_a_schema_of_a_wrong_shape_is_named_by_file_and_place(
    tmp_path: Path, schema: object, place: str
) -> None:
    from analysis.report.datapackage import DataError, validate

    (tmp_path / "x.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "x.json").write_text(json.dumps(schema), encoding="utf-8")
    listed = {"name": "x", "path": "x.csv", "title": "x", "schema": "x.json"}
    package = {"title": "x", "resources": [listed]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(DataError, match=rf"x\.json: {place}"):
        validate(tmp_path)
    for outside in ("../x.json", "/etc/passwd", "a\0.json", ""):
        package["resources"] = [{**listed, "schema": outside}]
        (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
        with pytest.raises(
            DataError, match=r"datapackage\.json: resources\.0\.schema: is no path below data/"
        ):
            validate(tmp_path)


def test_a_notebook_with_a_name_of_other_bytes_is_one_message(tmp_path: Path) -> None:
    write(tmp_path, "01_a", "1")
    folder = os.fsencode(tmp_path / "notebooks")
    os.rename(folder + b"/01_a.ipynb", folder + b"/\xb1\xa8\xb8\xe6.ipynb")  # noqa: PTH104  # bytes
    for command in ("params", "run"):
        done = subprocess.run(
            [sys.executable, "-m", "analysis", command],
            cwd=tmp_path,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2 and b"Traceback" not in done.stderr and b"unforeseen" not in done.stderr
        assert b"name" in done.stderr


@pytest.fixture(scope="module")
def trips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new report, which has not run."""
    folder = tmp_path_factory.mktemp("trips")
    call(folder, "new", "report")
    return folder / "report"


@pytest.mark.parametrize("value", ["/nope", "/etc/passwd", "/dev/null", "nowhere", "x" * 3000, "😀", " "])
@pytest.mark.parametrize("command", [("run",), ("data", "validate"), ("baseline", "--check", "--engine", "warm")])  # fmt: skip
def test_a_data_folder_that_is_none_is_named_with_its_variable_before_anything_runs(
    trips: Path, command: tuple[str, ...], value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYSIS_DATA", value)
    done = ended(trips, *command)
    assert (done.code, done.out) == (2, ""), done.err
    assert len(done.err.splitlines()) == 1 and "ANALYSIS_DATA names" in done.err
    assert not list((trips / "reports").glob("*"))


@pytest.mark.parametrize("file", ["series/trips.csv", "report/claims.csv"])
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda p: p.symlink_to(p.name), lambda p: p.symlink_to("/dev/zero")], ids=["folder", "pipe", "loop", "device"])  # fmt: skip
@pytest.mark.parametrize("command", [("run",), ("data", "validate")], ids=["run", "validate"])
def test_what_is_no_file_where_a_table_should_be_is_named(
    trips: Path, tmp_path: Path, command: tuple[str, ...], make: Callable[[Path], object], file: str
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(trips, root)
    (root / "data" / file).unlink()
    make(root / "data" / file)
    done = ended(root, *command)
    assert done.code == 2 and done.err.count("Error:") == 1, done.err
    assert Path(file).name in done.err and "Traceback" not in done.err
    assert not list((root / "reports").glob("*/manifest.json"))


HARMFUL = [
    "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//evil.example",
    "&#106;avascript:alert(1)", "blob:x", "http:javascript", "https://a.example/\"onclick=alert(1) x=\"", "https://", "\x01javascript:alert(1)",
]  # fmt: skip


def test_no_address_of_a_row_can_be_clicked_into_a_program(trips: Path, tmp_path: Path) -> None:
    """Whoever made the run: `analysis data validate` is not asked before."""
    root = tmp_path / "copy"  # at one place one fork server does for all
    for address in HARMFUL[::5]:
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(trips, root)
        series = root / "data" / "series" / "trips.csv"
        quoted = '"' + address.replace('"', '""') + '"'
        series.write_text(series.read_text("utf-8").replace("https://example.org/", quoted), encoding="utf-8")
        done = ended(root, "run", "--language", "en")
        assert done.code in (0, 2) and "Traceback" not in done.err, done.err
        pages = [p.read_text("utf-8") for p in (root / "reports").glob("*/*.html")]
        assert pages or done.code == 2
        links = {link for page in pages for link in re.findall(r"""(?:href|src|action)\s*=\s*["']?([^"'>\s]*)""", page)}  # fmt: skip
        schemes = {html.unescape(link).strip().lower().partition(":")[0] for link in links if ":" in html.unescape(link)}  # fmt: skip
        assert schemes <= {"http", "https", "mailto", "data"}, (address, schemes)
        assert not [k for k in links if html.unescape(k).lower().startswith(("data:text/html", "//"))], (
            address
        )


LIVE = ["=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1+1", "-cmd", "\t=1", "\r=1", "=HYPERLINK(1)", "+A1", "-", "-3.2", "+5%", "'=1", "''", "a=b", "−5"]  # fmt: skip


@given(st.one_of(st.sampled_from(LIVE), st.text(alphabet="=+-@'\t\r1aB.,%", max_size=6), st.text(max_size=8)))
def test_a_text_is_no_formula_in_a_csv_and_comes_back_as_it_was(text: str) -> None:
    cell = writing.inert(text)
    assert writing.as_given(cell) == text
    assert cell[:1] not in ("=", "@", "\t", "\r")
    if cell[:1] in ("+", "-") and not set(cell) <= set("+-"):
        assert re.fullmatch(r"[-+][\d.,]+([eE][-+]?\d+)? ?[%‰]?", cell)


def test_no_csv_holds_a_formula(tmp_path: Path) -> None:
    write(
        tmp_path, "01_a", rows("things", repr([{"thing_id": str(n), "value": t} for n, t in enumerate(LIVE)]))
    )
    folder = run_all(tmp_path).folder
    with (folder / "results" / "things.csv").open(encoding="utf-8", newline="") as stream:
        found = [row["value"] for row in csv.DictReader(stream)]
    assert found == [writing.inert(text) for text in LIVE] != LIVE
    from analysis.site.blocks import csv_link

    assert urllib.parse.quote("\n'=1+1,-3.2\n") in csv_link("a,b\n=1+1,-3.2\n")


SHAPES = (None, 0, 1.5, "x", [], {}, [1], {"a": 1}, {"a": None}, {"a": [1]}, "gone")


@pytest.mark.deep
def test_no_shape_of_a_manifest_breaks_a_command(trips: Path, tmp_path: Path) -> None:
    """Each part of a manifest missing, or of another type, is one message or harmless."""
    root = tmp_path / "copy"
    shutil.copytree(trips, root)
    assert ended(root, "run", "--language", "en").code == 0
    path = root / "reports" / "default" / "manifest.json"
    good = json.loads(path.read_text("utf-8"))
    drawn = random.Random(1)
    for name in good:
        for shape in drawn.sample(SHAPES, 3):
            spoiled = (
                {k: v for k, v in good.items() if k != name} if shape == "gone" else {**good, name: shape}
            )
            path.write_text(json.dumps(spoiled), encoding="utf-8")
            for command in (("claims",), ("verify",), ("compare", "default", "default", "--json"), ("runs", "--json"), ("export", "-f", drawn.choice(("html", "xlsx", "crate")))):  # fmt: skip
                done = CliRunner().invoke(cli, ["--project", str(root), *command])
                assert done.exception is None or isinstance(done.exception, (SystemExit, UserError)), (name, shape, command, done.exception)  # fmt: skip


@pytest.mark.deep
@pytest.mark.parametrize("table", ["claims", "checks"])
def test_no_word_of_a_table_breaks_a_command(trips: Path, tmp_path: Path, table: str) -> None:
    """A name that nothing has, in each column of a run's table in turn, is one message or harmless."""
    root = tmp_path / "copy"
    shutil.copytree(trips, root)
    assert ended(root, "run", "--language", "en").code == 0
    path = root / "reports" / "default" / "results" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        good = list(csv.DictReader(stream))
    for column, word in itertools.product(good[0], ("1_000", "")):
        spoiled = [{**row, column: word} for row in good]
        path.write_text(
            writing.csv_text([list(good[0]), *(list(row.values()) for row in spoiled)]), encoding="utf-8"
        )
        for command in (("claims", "cyclists-share"), ("compare", "default", "default", "--json")):
            done = CliRunner().invoke(cli, ["--project", str(root), *command])
            assert done.exception is None or isinstance(done.exception, (SystemExit, UserError)), (column, word, command, done.exception)  # fmt: skip
