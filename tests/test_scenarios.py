"""The scenarios of this project: each can be run as it stands, and says in both languages what it is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import UserError
from analysis.suite.params import Catalogue, resolve, scenario, scenarios
from analysis.suite.project import Project

PROJECT = Project.find(Path(__file__).parents[1])
NAMES = [path.stem for path in sorted(PROJECT.scenarios.glob("*.yaml"))]
EXPECTED = {
    "strict_reading",
    "lenient_reading",
    "hardest_test",
    "latest_vintage",
    "usd",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(PROJECT.notebooks)


def test_the_agreed_scenarios_are_there() -> None:
    assert set(NAMES) >= EXPECTED


@pytest.mark.parametrize("name", NAMES)
def test_each_scenario_changes_something_and_says_why(name: str, catalogue: Catalogue) -> None:
    values = resolve(PROJECT, catalogue, scenario_name=name)
    found = scenario(PROJECT, name)
    assert set(values) == set(found.parameters)
    assert catalogue.differing(values), "a scenario equal to the defaults is none"
    assert set(found.intent) == {"en", "zh"}
    assert all(text.strip().endswith((".", "。", "？", "?")) for text in found.intent.values())


def test_no_two_scenarios_set_the_same_values() -> None:
    seen = [tuple(sorted(map(str, s.parameters.items()))) for s in scenarios(PROJECT)]
    assert len(seen) == len(set(seen))


def test_a_scenario_with_a_wrong_value_names_itself_and_what_is_allowed(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    class Elsewhere(Project):
        @property
        def scenarios(self) -> Path:
            return tmp_path

    (tmp_path / "odd.yaml").write_text("intent: Odd.\nparameters:\n  edition: first\n", encoding="utf-8")
    with pytest.raises(
        UserError, match=r"Scenario odd: edition='first' is not allowed.*contemporary or latest"
    ):
        resolve(Elsewhere(PROJECT.root), catalogue, scenario_name="odd")
