"""Every number of the notebooks' English prose is computed, asserted or quoted beside it."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from analysis.suite.project import Project
from tests import prose

PROJECT = Project.find(Path(__file__).parents[1])

EXCEPTIONS: dict[str, dict[str, list[str]]] = {}
"""Notebook → prose cell → numbers that stand in no cell beside it. None is left: a new one is computed or asserted instead."""


def lacking() -> dict[str, dict[str, list[str]]]:
    found = {n.path.stem: prose.unfounded(n.content["cells"]) for n in PROJECT.notebooks}
    return {stem: cells for stem, cells in found.items() if cells}


def test_every_number_of_the_prose_is_found_beside_it() -> None:
    assert lacking() == EXCEPTIONS, "an assert in the cell beside it says a number; an idle exception goes"


def test_most_numbers_of_the_prose_would_be_missed_if_they_were_others() -> None:
    """Numbers of three digits or more, each made another in turn: a chance number of the outputs seldom agrees."""
    drawn, tried, noticed = random.Random(7), 0, 0
    for notebook in PROJECT.notebooks:
        cells = notebook.content["cells"]
        for place, cell in enumerate(cells):
            if (
                cell["cell_type"] != "markdown"
                or not cell["id"].endswith("-en")
                or cell["id"] in prose.OF_ALL
            ):
                continue
            told = [n for n in prose.numbers(prose.plain(cell)) if len(n.replace(".", "").strip("0")) >= 3]
            if not told:
                continue
            number = drawn.choice(told)
            changed: list[dict[str, Any]] = copy.copy(cells)
            text = "".join(cell["source"]).replace(number, f"{number[:-1]}{(int(number[-1]) + 4) % 10}")
            changed[place] = {**cell, "source": [text]}
            tried += 1
            noticed += cell["id"] in prose.unfounded(changed)
    assert tried > 30
    assert noticed / tried > 0.8, f"{noticed} of {tried}"


@pytest.mark.parametrize(
    ("text", "beside", "told"),
    [
        ("It is 78.5%.", "78.4919", []),
        ("It is 78.5%.", "78.6", ["78.5"]),
        ("USD 53.6 billion", "536", []),
        ("40% of them", "4", ["40"]),
        ("In 2020, by section 1.3 and figure 8, on 24 June", "x", []),
        ("> 99 of the report\n\nso 99", "x", []),
    ],
)
def test_a_number_without_a_cell_is_named(text: str, beside: str, told: list[str]) -> None:
    cells = [
        {"id": "a-en", "cell_type": "markdown", "source": [text]},
        {"id": "a", "cell_type": "code", "source": [f"x = {beside}"], "outputs": []},
    ]
    assert prose.unfounded(cells) == ({"a-en": told} if told else {})
