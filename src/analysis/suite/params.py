"""Values for parameters: from the command line, a file or a scenario, checked before any kernel starts."""

from __future__ import annotations

import hashlib
import json
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import reading
from analysis.errors import UserError, meant, nearest
from analysis.suite import values as kinds
from analysis.suite.declared import Parameter, parameters
from analysis.suite.document import INJECTED, Cell, Document, tags
from analysis.suite.project import Notebook, Project


@dataclass(frozen=True)
class Catalogue:
    """Every parameter of a project, and which notebooks declare it."""

    declared: dict[str, dict[str, Parameter]]  # notebook stem → name → declaration

    @classmethod
    def of(cls, notebooks: list[Notebook]) -> Catalogue:
        """Read the declarations of the notebooks.

        Raises UserError when two notebooks declare the same name with different types or defaults, or when a default
        is not allowed by its own type.
        """
        catalogue = cls({n.stem: parameters(n.path, n.content) for n in notebooks})
        for name in catalogue.names:
            _refuse_differences(name, {s: p[name] for s, p in catalogue.declared.items() if name in p})
        return catalogue

    @property
    def names(self) -> list[str]:
        """All names, in the order in which the notebooks declare them."""
        return list(dict.fromkeys(name for declared in self.declared.values() for name in declared))

    def users(self, name: str) -> list[str]:
        """The notebooks that declare a parameter."""
        return [stem for stem, declared in self.declared.items() if name in declared]

    def __getitem__(self, name: str) -> Parameter:
        """The declaration of a parameter. Raises UserError with the nearest known name."""
        users = self.users(name)
        if users:
            return self.declared[users[0]][name]
        if not name.isidentifier() or keyword.iskeyword(name):
            raise UserError(f"{name!r} cannot be the name of a parameter (letters, digits and _ only).")
        near = nearest(name, self.names, cutoff=0.5)
        if near:
            hint = f"Did you mean {near[0]} ({', '.join(self.users(near[0]))})?"
        else:
            hint = f"There are: {', '.join(self.names) or 'none'}."
        raise UserError(f"No notebook declares the parameter {name}. {hint}")

    def from_text(self, name: str, text: str) -> kinds.Plain:
        """The value that a text on the command line means. Raises UserError."""
        return self._checked(name, text, kinds.from_text)

    def from_yaml(self, name: str, value: Any) -> kinds.Plain:
        """The value that an entry of a YAML file means. Raises UserError."""
        return self._checked(name, value, kinds.from_yaml)

    def differing(self, values: Mapping[str, kinds.Plain]) -> dict[str, kinds.Plain]:
        """The values that are not the defaults, in the order of declaration: what makes one run unlike another."""
        return {n: values[n] for n in self.names if n in values and not _same(values[n], self.default(n))}

    def default(self, name: str) -> kinds.Plain:
        """The default of a parameter as its type has it: 7 for a float is 7.0."""
        parameter = self[name]
        return kinds.literal(parameter.type, parameter.default)

    def reaching(self, stem: str, values: Mapping[str, kinds.Plain]) -> dict[str, kinds.Plain]:
        """Those of the values that a notebook declares, in its order."""
        return {name: values[name] for name in self.declared[stem] if name in values}

    def refuse_unused(self, texts: tuple[str, ...], stems: list[str]) -> None:
        """Raises UserError when a parameter of the command line reaches none of the notebooks that will run."""
        for name in assignments(texts):
            if not set(self.users(name)) & set(stems):
                raise UserError(
                    f"-p {name}: none of the selected notebooks ({', '.join(stems)}) declares it; "
                    f"{', '.join(self.users(name))} would."
                )

    def _checked(self, name: str, value: Any, read: Any) -> kinds.Plain:
        parameter = self[name]
        try:
            return read(parameter.type, value)
        except kinds.NotAllowed as error:
            shown = reading.shortened(repr(value), 80)
            kind = f"{parameter.type_name}: " if parameter.type_name else ""
            raise UserError(
                f"{name}={shown} is not allowed: {error}. {name} is {kind}{kinds.describe(parameter.type)} "
                f"(default {parameter.default!r}; declared by {', '.join(self.users(name))})."
            ) from None


@dataclass(frozen=True)
class Scenario:
    """A named set of parameter values with a sentence of intent in each language."""

    name: str
    intent: dict[str, str]
    parameters: dict[str, Any]


def assignments(texts: tuple[str, ...]) -> dict[str, str]:
    """`name=value` texts as a dictionary. Raises UserError for other texts, and for a name given twice."""
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UserError(f"-p {text}: write name=value, for example -p hedge_about=0.1.")
        if name.strip() in found:
            raise UserError(
                f"-p {name.strip()} is given twice ({found[name.strip()]} and {value}); keep one."
            )
        found[name.strip()] = value
    return found


def mapping_in(path: Path) -> dict[str, Any]:
    """The mapping of names to values in a YAML file. Raises UserError naming the file."""
    try:
        content = reading.yaml_of(path)
    except reading.Unreadable:
        raise
    except UserError as error:
        raise UserError(f"{path}, {error}") from None
    content = {} if content is None else content
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise UserError(f"{path}: must be a mapping of parameter names to values, one `name: value` a line.")
    return content


def scenario(project: Project, name: str) -> Scenario:
    """The scenario notebooks/scenarios/<name>.yaml. Raises UserError, with the nearest name, when there is none."""
    known = [p.stem for p in sorted(project.scenarios.glob("*.yaml"))]
    if name not in known:
        hint = meant(name, known, f"there are: {', '.join(known) or 'none'}.", cutoff=0.4)
        raise UserError(f"There is no scenario {name} in {project.scenarios}{hint}")
    path = project.scenarios / f"{name}.yaml"
    content = mapping_in(path)
    intent, values = content.get("intent"), content.get("parameters")
    intent = {"en": intent} if isinstance(intent, str) else intent
    if not isinstance(intent, dict) or not all(isinstance(v, str) for v in intent.values()) or not intent:
        raise UserError(f"{path}: `intent` must be a sentence, or one for each language (en, zh).")
    if not isinstance(values, dict) or set(content) - {"intent", "parameters"}:
        raise UserError(
            f"{path}: a scenario has `intent` and `parameters` (a mapping of names to values) only."
        )
    return Scenario(name, intent, values)


def scenarios(project: Project) -> list[Scenario]:
    """All scenarios of a project, by name."""
    return [scenario(project, path.stem) for path in sorted(project.scenarios.glob("*.yaml"))]


def resolve(
    project: Project,
    catalogue: Catalogue,
    texts: tuple[str, ...] = (),
    file: Path | None = None,
    scenario_name: str | None = None,
) -> dict[str, kinds.Plain]:
    """Validated values: the scenario's, over them those of the file, over them those of the command line.

    Raises UserError for an unknown name, a value of the wrong type or out of bounds; says where it stood.
    """
    values: dict[str, kinds.Plain] = {}
    for source, given in (
        (f"Scenario {scenario_name}", scenario(project, scenario_name).parameters if scenario_name else {}),
        (str(file), mapping_in(file) if file else {}),
    ):
        try:
            values |= {name: catalogue.from_yaml(name, value) for name, value in given.items()}
        except UserError as error:
            raise UserError(f"{source}: {error}") from None
    values |= {name: catalogue.from_text(name, text) for name, text in assignments(texts).items()}
    refuse_backwards(catalogue, values)
    return values


def refuse_backwards(catalogue: Catalogue, values: Mapping[str, kinds.Plain]) -> None:
    """Raises UserError where `first_…` lies after `last_…`: a window that ends before it begins, in any notebook."""
    for first in (n for n in catalogue.names if n.startswith("first_")):
        last = "last_" + first.removeprefix("first_")
        if last not in catalogue.names:
            continue
        begins, ends = (values.get(name, catalogue.default(name)) for name in (first, last))
        alike = type(begins) is type(ends) and not isinstance(begins, list | dict)
        is_text = isinstance(begins, str)
        if alike and (not is_text or (begins[:1].isdigit() and ends[:1].isdigit())) and begins > ends:
            raise UserError(
                f"{first}={begins} lies after {last}={ends}; choose a window that begins before it ends."
            )


def run_name(
    differing: Mapping[str, kinds.Plain], scenario_name: str | None, only: tuple[str, ...], own_data: str = ""
) -> str:
    """A name that follows from what is run: `default`, the scenario's, `data-` and the folder's, or one made from all of it.

    own_data: the name of the folder whose rows are laid over the project's, empty without one.
    """
    if scenario_name and not only and not own_data:
        return scenario_name
    if not differing and not only:
        return f"data-{re.sub(r'[^a-zA-Z0-9.-]+', '-', own_data).strip('-.')[:60]}" if own_data else "default"
    facts = [dict(differing), sorted(only), *([own_data] if own_data else [])]
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    return ("data-" if own_data else "only-" if only else "p-") + hashlib.sha256(text.encode()).hexdigest()[
        :8
    ]


def injected(content: Document, values: Mapping[str, kinds.Plain]) -> Document:
    """A copy of the notebook with a cell that sets the values, after its parameters cell; unchanged without values.

    Values are written with `repr`, so whatever they contain arrives as data and Chinese text stays readable.
    """
    cells = [cell for cell in content["cells"] if INJECTED not in tags(cell)]
    if not values:
        return {**content, "cells": cells}
    lines = ["# Parameters of this run", *(f"{name} = {value!r}" for name, value in values.items())]
    cell: Cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": INJECTED,
        "metadata": {"tags": [INJECTED]},
        "outputs": [],
        "source": "\n".join(lines),
    }
    after = next(i for i, c in enumerate(cells, 1) if "parameters" in tags(c))
    return {**content, "cells": [*cells[:after], cell, *cells[after:]]}


def _same(one: kinds.Plain, other: kinds.Plain) -> bool:
    return type(one) is type(other) and one == other


def _refuse_differences(name: str, declarations: dict[str, Parameter]) -> None:
    (first, one), *others = declarations.items()
    try:
        kinds.literal(one.type, one.default)
    except kinds.NotAllowed as error:
        raise UserError(
            f"{first}: the default of {name}, {one.default!r}, is not allowed by its own type: {error}."
        ) from None
    for stem, other in others:
        if (one.type_name, one.type) != (other.type_name, other.type) or not _same(
            one.default, other.default
        ):
            raise UserError(
                f"{first} declares {_shown(one)}, but {stem} declares {_shown(other)}; "
                "one name must have one type and one default everywhere."
            )


def _shown(parameter: Parameter) -> str:
    kind = f": {parameter.type_name}" if parameter.type_name else ""
    return f"{parameter.name}{kind} = {parameter.default!r}"
