"""Which universes a sweep spans, and which cases of each notebook that takes."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import UserError
from analysis.suite import params, sweep_plan, values
from analysis.suite.params import Catalogue
from analysis.suite.project import Project
from analysis.suite.sweep_plan import Axis, Cases, Plan
from tests import miniature

IMPORTS = """\
from datetime import date
from typing import Annotated, Literal
from pydantic import Field
from analysis.report.parameters import BankSet, Currency, Language, PositiveFloat, Quarter
"""
ALL = """\
language: Language = "en"
currency: Currency = "CNY"
fx_rate: PositiveFloat = 7.0
bank_set: BankSet = "six"
flag: bool = False
names: list[str] = ["a"]
day: date = "2021-06-30"
quarter: Quarter = "2021-Q1"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    miniature.write(tmp_path, "01_all", "1", parameters=ALL, imports=IMPORTS)
    miniature.write(tmp_path, "02_rate", "1", parameters="fx_rate: PositiveFloat = 7.0", imports=IMPORTS)
    miniature.write(tmp_path, "03_none", "1")
    miniature.write(
        tmp_path, "90_sum", "1", parameters="fx_rate: PositiveFloat = 7.0", imports=IMPORTS, needs=("0*",)
    )
    return Project(tmp_path)


def planned(
    project: Project, *texts: str, limit: int | None = None, seed: int = 1, only: tuple[str, ...] = ()
) -> Plan:
    catalogue = Catalogue.of(project.notebooks)
    axes = sweep_plan.asked_axes(catalogue, texts)
    return sweep_plan.make(project, catalogue, axes, only, limit, seed, {})


def axis(project: Project, text: str) -> tuple[object, ...]:
    return sweep_plan.asked_axes(Catalogue.of(project.notebooks), [text])[0].values


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fx_rate=6.4:7.3:0.1", (6.4, 6.5, 6.6, 6.7, 6.8, 6.9, 7.0, 7.1, 7.2, 7.3)),
        ("fx_rate=7:6:-0.5", (7.0, 6.5, 6.0)),
        ("fx_rate=1:2:0.3,9", (1.0, 1.3, 1.6, 1.9, 9.0)),
        ("fx_rate=6.5,6.5,7", (6.5, 7.0)),
        ("bank_set=six,four", ("six", "four")),
        ("flag=true,false", (True, False)),
        ("names=[a,b],[广东, 北京]", (["a", "b"], ["广东", "北京"])),
        ("day=2021-06-30,2021-12-31", ("2021-06-30", "2021-12-31")),
        ("quarter=2020-Q1,2021-Q1", ("2020-Q1", "2021-Q1")),
    ],
)
def test_ranges_and_lists_are_read_by_the_parameters_type(
    project: Project, text: str, wanted: tuple[object, ...]
) -> None:
    assert axis(project, text) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fx_rate=6:7:-1", r"from 6 to 7 there is no way in steps of -1"),
        ("fx_rate=6:7:0", r"no way in steps of 0"),
        ("fx_rate=0:1:0.5", r"fx_rate='0.0' is not allowed"),
        ("fx_rate=1:2:0.000001", r"more than 10,000 values"),
        (f"fx_rate=1:{'9' * 5000}:1", r"more than 10,000 values"),
        ("fx_rate=", r"give the values to try"),
        ("fx_rate", r"write name=value"),
        ("bank_set=six,fifteen", r"bank_set='fifteen' is not allowed.*six, five_without_psbc"),
        ("quarter=2021:2022:1", r"quarter='2021:2022:1' is not allowed"),
        ("fx_rte=6", r"Did you mean fx_rate"),
        ("x');import os#=1", r"cannot be the name of a parameter"),
    ],
)
def test_wrong_values_are_refused_before_anything_runs(project: Project, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        axis(project, text)


def test_each_notebook_runs_once_for_each_distinct_choice_of_its_own_parameters(project: Project) -> None:
    plan = planned(project, "fx_rate=6,7,8", "bank_set=six,four", "flag=true,false")
    assert {c.stem: len(c.numbers) for c in plan.notebooks} == {"01_all": 12, "02_rate": 3}
    assert (plan.universes, plan.cases) == (12, 15)
    assert [c.values(n) for c in plan.notebooks[1:] for n in c.numbers] == [
        {"fx_rate": 6.0}, {"fx_rate": 7.0}, {"fx_rate": 8.0},
    ]  # fmt: skip


def test_no_case_is_executed_for_what_is_judged_afterwards(project: Project) -> None:
    texts = ("fx_rate=6,7", "flag=true,false")
    plan = sweep_plan.of_project(project, texts, judged=("flag",))
    assert {c.stem: len(c.numbers) for c in plan.notebooks} == {"01_all": 2, "02_rate": 2, "03_none": 1}
    assert (plan.universes, [a.name for a in plan.notebooks[0].axes]) == (4, ["fx_rate"])


def test_notebooks_are_chosen_by_pattern_and_a_parameter_must_reach_one(project: Project) -> None:
    assert [c.stem for c in planned(project, "fx_rate=6,7", only=("02*",)).notebooks] == ["02_rate"]
    with pytest.raises(UserError, match=r"-p bank_set: none of the notebooks to sweep \(02_rate\)"):
        planned(project, "bank_set=six,four", only=("02*",))
    with pytest.raises(UserError, match="--only 07: no notebook has such a name"):
        planned(project, "fx_rate=6,7", only=("07",))


def test_a_sample_holds_the_default_and_its_neighbours_and_follows_from_the_seed(project: Project) -> None:
    texts = ("fx_rate=1:10:0.5", "bank_set=six,four", "flag=true,false")
    one, same, other = (planned(project, *texts, limit=40, seed=s).notebooks[0] for s in (1, 1, 2))
    assert list(one.numbers) == list(same.numbers) != list(other.numbers)
    assert len(set(one.numbers)) == 40 and one.is_sampled
    chosen = [one.values(n) for n in one.numbers]
    default = {"fx_rate": 7.0, "bank_set": "six", "flag": False}
    assert chosen[0] == default == one.values(one.centre())
    for name, options in (("fx_rate", [1.0, 9.5]), ("bank_set", ["four"]), ("flag", [True])):
        assert all({**default, name: option} in chosen for option in options)


def test_a_sample_of_an_immense_product_is_drawn_without_making_it(project: Project) -> None:
    texts = ("fx_rate=1:1000:0.1", "bank_set=six,four", "flag=true,false", "quarter=2020-Q1,2020-Q2,2020-Q3")
    plan = planned(project, *texts, limit=25)
    assert plan.universes == 9991 * 12
    assert len(plan.notebooks[0].numbers) == 25


def test_the_default_sweep_tries_what_types_and_scenarios_declare(project: Project) -> None:
    catalogue = Catalogue.of(project.notebooks)
    scenario = params.Scenario("low", {"en": "Low."}, {"fx_rate": 6.5, "currency": "USD"})
    axes = sweep_plan.declared_axes(catalogue, [scenario])
    assert {a.name: a.values for a in axes} == {
        "fx_rate": (6.5, 7.0),
        "bank_set": ("six", "five_without_psbc", "five_without_bocom", "four"),
        "flag": (False, True),
    }
    assert [a.values[a.centre] for a in axes] == [7.0, "six", False]


def test_types_that_only_present_results_are_tried_at_one_value() -> None:
    from analysis.report.parameters import BankSet, Currency, ExchangeRate, Language

    assert values.examples(Language) == ["en"] and values.alternatives(Language) == ["en", "zh"]
    assert values.examples(Currency) == ["CNY"]
    assert len(values.examples(ExchangeRate)) > 1 and values.examples(BankSet) == []


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_a_case_and_its_number_tell_each_other(sizes: list[int]) -> None:
    cases = Cases("x", tuple(Axis(f"p{i}", tuple(range(n)), 0) for i, n in enumerate(sizes)), ())
    assert cases.product == math.prod(sizes)
    seen = [cases.indices(n) for n in range(cases.product)]
    assert len(set(seen)) == len(seen)
    assert [cases.number(indices) for indices in seen] == list(range(cases.product))


def test_the_written_plan_gives_the_plan_back(project: Project) -> None:
    for limit in (None, 7):
        plan = planned(project, "fx_rate=6,7,8", "names=[a],[广东]", "flag=true,false", limit=limit)
        again = sweep_plan.from_json(json.loads(json.dumps(plan.as_json())))
        assert again.as_json() == plan.as_json()
        assert [c.values(n) for c, n in again.tasks()] == [c.values(n) for c, n in plan.tasks()]
