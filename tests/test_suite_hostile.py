"""Parameters, names and notebooks as people mistype them: refused before anything runs, with the place."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from analysis.errors import UserError
from analysis.suite import values
from analysis.suite.declared import parameters
from analysis.suite.document import parse
from analysis.suite.params import Catalogue, assignments, refuse_backwards
from analysis.suite.project import Project
from analysis.suite.run import check_name


def code(source: str, *tags: str) -> dict[str, object]:
    """A code cell as a notebook has it."""
    return {
        "cell_type": "code",
        "id": f"c{abs(hash(source))}",
        "source": source,
        "metadata": {"tags": list(tags)},
        "outputs": [],
    }


def notebook(*cells: dict[str, object]) -> dict[str, object]:
    """A notebook of these cells."""
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def declared(cell: str, imports: str = "") -> dict[str, object]:
    """Name → type of the parameters in a cell."""
    content = notebook(code(imports), code(cell, "parameters"))
    return {p.name: p.type for p in parameters(Path("x.ipynb"), content).values()}


@pytest.mark.parametrize("value", [2024, 86400, 20240101, 1.5, "2024", "20240101", "1 January 2024", True])
@pytest.mark.parametrize("kind", [datetime.date, datetime.datetime, datetime.date | None])
def test_a_date_is_written_as_one(kind: object, value: object) -> None:
    """A number would be seconds since 1970, silently."""
    with pytest.raises(values.NotAllowed, match="write the day as 2024-01-31"):
        values.literal(kind, value)


@pytest.mark.parametrize("value", ["2024-01-31", datetime.date(2024, 1, 31)])
def test_a_date_in_its_form_is_taken(value: object) -> None:
    assert values.literal(datetime.date, value) == "2024-01-31"


@pytest.mark.parametrize("text", ["2021-13-45", "2021-02-30"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(values.NotAllowed):
        values.from_text(datetime.date, text)


@pytest.mark.parametrize(
    ("cell", "text", "value"),
    [
        ("sizes = [1, 2]", "3,4", [3, 4]), ("sizes = [1, 2]", "[3, 4]", [3, 4]), ("names = ['a']", "b,c", ["b", "c"]),
        ("rates = [0.5]", "0.1,1", [0.1, 1.0]), ("pair = (1, 2)", "3,4", [3, 4]),
    ],
)  # fmt: skip
def test_a_list_without_a_type_takes_that_of_its_items(cell: str, text: str, value: object) -> None:
    (kind,) = declared(cell).values()
    assert values.from_text(kind, text) == value


@pytest.mark.parametrize(
    ("cell", "imports"),
    [
        ("x: int[3] = 1", ""), ("x: int.nope = 1", ""), ("x: 3 = 1", ""), ("x: range = 1", ""), ("x: 'no type' = 1", ""),
        ("x: pd.Timestamp = None", "import pandas as pd"), ("x: np.ndarray = None", "import numpy as np"),
    ],
)  # fmt: skip
def test_a_type_that_no_parameter_can_have_is_named_with_its_place(cell: str, imports: str) -> None:
    with pytest.raises(UserError, match=r"x\.ipynb: parameters cell, line 1: type of x"):
        declared(cell, imports)


def test_a_quoted_type_is_resolved() -> None:
    assert declared("x: 'int' = 1") == {"x": int}
    assert declared("x: 'NoneType' = None") == {"x": type(None)}


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(UserError, match="-p rate is given twice \\(1 and 2\\)"):
        assignments(("rate=1", "rate=2"))


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [
        ("2021-Q2", "2021-Q1", True), ("2021-Q1", "2021-Q1", False), ("2020-Q4", "2021-Q1", False),
        ("2023-Q1", "latest", False), (5, 4, True), (4, 5, False),
    ],
)  # fmt: skip
def test_a_window_that_ends_before_it_begins_is_refused_before_anything_runs(
    first: object, last: object, is_refused: bool
) -> None:
    cell = code(f"first_period = {first!r}\nlast_period = {last!r}", "parameters")
    catalogue = Catalogue({"x": parameters(Path("x.ipynb"), notebook(cell))})
    if is_refused:
        with pytest.raises(UserError, match=f"first_period={first} lies after last_period={last}"):
            refuse_backwards(catalogue, {})
    else:
        refuse_backwards(catalogue, {})


@pytest.mark.parametrize(
    "name", ["exports", "latest", "LATEST", "Baseline", "CON", "con.x", "nul", "COM1", "README.md", "a-b.html", "index", "Report", "a.csv"]
)  # fmt: skip
def test_names_that_something_else_has_are_no_runs(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot be the name of a run"):
        check_name(Project(tmp_path), name)


@pytest.mark.parametrize("name", ["strict", "p-1a2b", "v1.2", "console", "export"])
def test_other_names_are(tmp_path: Path, name: str) -> None:
    check_name(Project(tmp_path), name)


def lay(folder: Path, name: str, content: bytes) -> Project:
    (folder / "notebooks").mkdir(exist_ok=True)
    (folder / "notebooks" / name).write_bytes(content)
    return Project(folder)


@pytest.mark.parametrize("name", ["._01.ipynb", ".x.ipynb"])
def test_hidden_files_are_passed_over(tmp_path: Path, name: str) -> None:
    assert lay(tmp_path, name, b"\0\1\2").notebooks == []


@pytest.mark.parametrize("name", ["index.ipynb", "report.ipynb", "Index.ipynb"])
def test_a_notebook_with_the_name_of_a_page_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="page .* of every run has this name"):
        _ = lay(tmp_path, name, b"{}").notebooks


SPOILED = {
    "metadata null": '{"metadata": null, "nbformat": 4, "nbformat_minor": 5, "cells": []}',
    "suite a list": '{"metadata": {"suite": []}, "nbformat": 4, "nbformat_minor": 5, "cells": []}',
    "a cell of text": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": ["x"]}',
    "source null": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "code", "source": null}]}',
    "source of numbers": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "code", "source": [1]}]}',
    "outputs null": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "code", "source": "", "outputs": null}]}',
    "an output of text": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "code", "source": "", "outputs": ["x"]}]}',
    "an output of no kind": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "code", "source": "", "outputs": [{"data": {}}]}]}',
    "a stream of numbers": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "name": "stdout", "text": [1]}]}]}',
    "an error without words": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "code", "source": "", "outputs": [{"output_type": "error", "ename": "x", "traceback": []}]}]}',
    "a cell of no kind": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "cell_type": "heading", "source": ""}]}',
    "id a number": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": 1, "cell_type": "code", "source": ""}]}',
    "no cell type": '{"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [{"id": "a", "source": ""}]}',
    "deep": "[" * 50_000,
    "long number": '{"nbformat": ' + "1" * 5000 + "}",
    "no JSON": "{",
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_notebook_is_one_message_with_its_name(name: str) -> None:
    with pytest.raises(UserError, match=r"spoiled\.ipynb"):
        parse(SPOILED[name].encode(), Path("spoiled.ipynb"))
