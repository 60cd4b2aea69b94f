"""What a notebook declares: the names, types, defaults and help texts of its `parameters` cell."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import io
import operator
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import places
from analysis.errors import UserError, counted
from analysis.reading import parsed, shortened
from analysis.suite.document import Document, tags


@dataclass(frozen=True)
class Parameter:
    """One parameter as a notebook declares it.

    `type` is anything that pydantic validates; `type_name` is how the notebook writes it ("" when it is inferred
    from the default).
    """

    name: str
    default: Any
    type_name: str
    help: str
    type: Any = field(compare=False)


def parameters(path: Path, content: Document) -> dict[str, Parameter]:
    """The parameters of a notebook in the order of their declaration; empty without a `parameters` cell.

    Raises UserError when the cell holds anything but `name: Type = literal  # help`, when a type cannot be found
    among the notebook's imports, or when the default itself is not valid for its type.
    """
    marked = [cell for cell in content["cells"] if "parameters" in tags(cell)]
    if len(marked) > 1:
        raise UserError(
            f"{path}: the tag 'parameters' stands on {counted(len(marked), 'cell')}; one is allowed."
        )
    if not marked:
        return {}
    source = marked[0]["source"]
    try:
        statements = parsed(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", "?")
        raise UserError(
            f"{path}: the parameters cell is not Python (line {line}: {shortened(str(error), 100)})."
        ) from None
    comments = _comments(source)
    imports = _imports(content)
    found: dict[str, Parameter] = {}
    with places.at(
        places.nearest(path.parent)
    ):  # a module may offer the types of the project it is asked from
        for statement in statements:
            parameter = _parameter(path, statement, comments, imports)
            if parameter.name in found:
                raise UserError(f"{path}: parameter {parameter.name} is declared twice.")
            found[parameter.name] = parameter
    return found


def _parameter(
    path: Path, statement: ast.stmt, comments: dict[int, str], imports: dict[str, tuple[str, str | None]]
) -> Parameter:
    where = f"{path}: parameters cell, line {statement.lineno}"
    target: ast.expr
    annotation: ast.expr | None = None
    value: ast.expr | None
    if isinstance(statement, ast.AnnAssign):
        target, annotation, value = statement.target, statement.annotation, statement.value
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    else:
        raise UserError(f"{where}: only lines like `name: Type = value  # help` are allowed here.")
    if not isinstance(target, ast.Name):
        raise UserError(f"{where}: `{ast.unparse(target)}` is not a plain name.")
    if value is None:
        raise UserError(f"{where}: parameter {target.id} has no default.")
    try:
        default = ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise UserError(
            f"{where}: the default of {target.id} must be a literal (a number, text, list …), "
            f"not `{ast.unparse(value)}`."
        ) from None
    known = _known(annotation, imports, f"{where}: type of {target.id}") if annotation else _of(default)
    # The comment of a line that was too long and is wrapped stands within it.
    lines = range(statement.end_lineno or statement.lineno, statement.lineno - 1, -1)
    help_text = next((comments[line] for line in lines if line in comments), "")
    return Parameter(target.id, default, ast.unparse(annotation) if annotation else "", help_text, known)


def _of(default: Any) -> Any:
    """The type of a default that has no annotation: its own, with that of its items; anything when it is None."""
    if default is None or default is ...:
        return Any
    if isinstance(default, list | set | tuple) and default:
        kinds = {type(item) for item in default}
        if len(kinds) == 1:
            return (set if isinstance(default, set) else list)[kinds.pop()]
    return type(default)


def _known(annotation: ast.expr, imports: dict[str, tuple[str, str | None]], where: str) -> Any:
    """The type that an annotation means. Raises UserError for one that cannot be a parameter's."""
    from analysis.suite import values

    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):  # a quoted name
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            raise UserError(f"{where}: this quoted name is no type.") from None
    written = ast.unparse(annotation)
    try:
        kind = type(None) if written == "NoneType" else _resolve(annotation, imports, where)
        if kind is not None and not values.is_type(kind):
            raise TypeError(f"{written} is a value")
        values.describe(kind)
        return kind
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"{where}: `{written}` cannot be the type of a parameter ({shortened(str(error), 100)}); allowed are numbers, "
            "text, true/false, dates, lists and mappings of these, and Literal or Annotated forms of them."
        ) from None


def _comments(source: str) -> dict[int, str]:
    """Line number → the comment that ends the line."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except tokenize.TokenError:
        return {}
    return {t.start[0]: t.string.lstrip("#").strip() for t in tokens if t.type == tokenize.COMMENT}


def _imports(content: Document) -> dict[str, tuple[str, str | None]]:
    """Name → (module, attribute or None) for every import statement of the notebook."""
    found: dict[str, tuple[str, str | None]] = {}
    for cell in content["cells"]:
        if cell["cell_type"] != "code" or "import" not in cell["source"]:
            continue
        try:
            nodes = list(ast.walk(parsed(cell["source"])))
        except SyntaxError:  # a magic or a shell command: not a place where types are imported
            continue
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.update({a.asname or a.name: (node.module, a.name) for a in node.names})
            elif isinstance(node, ast.Import):
                for a in node.names:
                    module = a.name if a.asname else a.name.split(".")[0]
                    found[a.asname or module] = (module, None)
    return found


def _resolve(node: ast.expr, imports: dict[str, tuple[str, str | None]], where: str) -> Any:
    """The type that an annotation means, by the notebook's imports and Python's built-in types; no code is run."""
    again = functools.partial(_resolve, imports=imports, where=where)
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name) if name in imports:
            return _imported(*imports[name], where)
        case ast.Name(id=name) if isinstance(getattr(builtins, name, None), type):
            return getattr(builtins, name)
        case ast.Attribute(value=owner, attr=attribute):
            return getattr(again(owner), attribute)
        case ast.Subscript(value=owner, slice=ast.Tuple(elts=parts)):
            return again(owner)[tuple(again(part) for part in parts)]
        case ast.Subscript(value=owner, slice=part):
            return again(owner)[again(part)]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return operator.or_(again(left), again(right))
    raise UserError(
        f"{where}: `{ast.unparse(node)}` is neither imported in this notebook nor a built-in type. "
        "Import it in the first code cell, for example `from analysis.report.parameters import PositiveFloat`."
    )


def _imported(module: str, attribute: str | None, where: str) -> Any:
    try:
        loaded = importlib.import_module(module)
        return getattr(loaded, attribute) if attribute else loaded
    except (ImportError, AttributeError) as error:
        raise UserError(f"{where}: {error}.") from None
