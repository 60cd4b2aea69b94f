"""Every place of what is read again, replaced by every kind of JSON value: read as it is, or refused in one line."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.commands import runs
from analysis.errors import UserError
from analysis.report import datapackage
from analysis.suite import declared, document, manifest, normalise, params, sweep_store
from analysis.suite.project import Project
from analysis.suite.run import Outcome
from tests import miniature
from tests.test_sweep_run import PARAMETERS, ROWS, stored

OTHERS: list[Any] = [None, True, 7, -1.5, "", "text", "NaN", [], [[]], ["x", 1], {}, {"a": []}]


def places(found: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value below one."""
    inside = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for key, value in inside:
        yield (*at, key)
        yield from places(value, (*at, key))


def replaced(found: Any, at: tuple[Any, ...], other: Any) -> Any:
    """A copy with another value there."""
    made = copy.deepcopy(found)
    holder = made
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = other
    return made


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run of one notebook with every kind of output."""
    root = tmp_path_factory.mktemp("shapes")
    shows = "print('said')\nfrom IPython.display import display\ndisplay({'text/plain': 'x'}, raw=True)\n7"
    miniature.write(root, "01_a", ROWS, shows, parameters=PARAMETERS)
    return miniature.run_all(root)


def test_any_place_of_a_notebook(run: Outcome) -> None:
    path = run.folder / "notebooks" / "01_a.ipynb"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert len(list(places(found))) > 60
    for at in places(found):
        for other in OTHERS:
            spoiled = json.dumps(replaced(found, at, other)).encode()
            try:
                read = document.parse(spoiled, path)
                values = {
                    name: parameter.default for name, parameter in declared.parameters(path, read).items()
                }
                bare = normalise.without_outputs(params.injected(read, values))
                document.to_bytes(normalise.executed(bare, read, run.folder))
            except UserError as error:
                assert str(error).startswith(str(path)) and "\n" not in str(error), (at, other)


def test_any_place_of_a_sweeps_plan(run: Outcome) -> None:
    project = Project(run.folder.parents[1])
    store = stored(project, "fx_rate=1,2.5")
    store.start()
    path = store.folder / sweep_store.PLAN
    found = json.loads(path.read_text(encoding="utf-8"))
    assert len(list(places(found))) > 15
    inputs, refused = manifest.inputs(project), 0
    for at in places(found):
        for other in OTHERS:
            path.write_text(json.dumps(replaced(found, at, other)), encoding="utf-8")
            try:
                sweep_store.resumed(store.folder, inputs)
            except UserError:
                refused += 1
    assert refused > 50


@pytest.mark.deep
def test_any_place_of_a_runs_manifest(run: Outcome) -> None:
    project = Project(run.folder.parents[1])
    path = run.folder / manifest.NAME
    found = json.loads(path.read_text(encoding="utf-8"))
    assert len(list(places(found))) > 40
    refused = 0
    for number, at in enumerate(places(found)):
        for other in OTHERS[number % 4 :: 4]:  # each kind at many places
            path.write_text(json.dumps(replaced(found, at, other)), encoding="utf-8")
            try:
                facts = manifest.read(run.folder)
                manifest.parameters_told(facts)
                manifest.output_differences(run.folder)
                manifest.input_differences(run.folder, project)
                runs.entries(project)
            except UserError:
                refused += 1
    path.write_text(json.dumps(found), encoding="utf-8")
    assert refused > 15


SCHEMA: dict[str, Any] = {
    "fields": [
        {"name": "key", "type": "string", "description": "k", "constraints": {"required": True, "unique": True}},
        {"name": "word", "type": "string", "constraints": {"pattern": "^[a-z]+$", "minLength": 1, "maxLength": 9}},
        {"name": "one_of", "type": "string", "constraints": {"enum": ["x", "y"]}},
        {"name": "count", "type": "integer", "constraints": {"minimum": 1, "maximum": 9, "enum": ["1", "2"]}},
        {"name": "value", "type": "number", "constraints": {"minimum": 0.5, "maximum": 99}},
        {"name": "day", "type": "date", "format": "default", "constraints": {"minimum": "2020-01-01"}},
        {"name": "done", "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
    ],
    "primaryKey": ["key"],
    "foreignKeys": [{"fields": ["word"], "reference": {"resource": "things", "fields": ["word"]}}],
    "missingValues": [""],
}  # fmt: skip
PACKAGE: dict[str, Any] = {
    "name": "small",
    "title": "Small",
    "licenses": [{"name": "CC0-1.0", "title": "CC0"}],
    "sources": [{"title": "Somebody", "path": "https://example.org/"}],
    "resources": [
        {
            "name": "things",
            "path": "report/things.csv",
            "profile": "tabular-data-resource",
            "title": "Things",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": "schemas/things.json",
        }
    ],
}


@pytest.mark.parametrize(
    ("file", "sound", "least"), [("schemas/things.json", SCHEMA, 200), ("datapackage.json", PACKAGE, 60)]
)
def test_any_place_of_a_data_packages_descriptors(
    file: str, sound: dict[str, Any], least: int, tmp_path: Path
) -> None:
    for name, content in (("datapackage.json", PACKAGE), ("schemas/things.json", SCHEMA)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "report").mkdir()
    rows = "key,word,one_of,count,value,day,done\na,b,x,1,2.5,2021-05-04,yes\nc,d,y,2,7,2021-06-04,no\n"
    (tmp_path / "report" / "things.csv").write_text(rows, encoding="utf-8")
    assert datapackage.validate(tmp_path) == []
    refused = 0
    for at in places(sound):
        for other in OTHERS:
            (tmp_path / file).write_text(json.dumps(replaced(sound, at, other)), encoding="utf-8")
            try:
                said = [str(problem) for problem in datapackage.validate(tmp_path)]
            except UserError as error:
                said = [str(error)]
                # a descriptor that names another file is told by that
                is_another = file == "datapackage.json" and str(tmp_path) in said[0]
                assert file in said[0] or is_another, (at, other)
            refused += bool(said)
            assert not any("\n" in line for line in said), (at, other)
    assert refused > least
