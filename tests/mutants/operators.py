"""Where a module can be made wrong by one small change, and the source with that change made."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: `line` as it stands, and `change` in words. `source` is the whole module with the change made."""

    module: str
    function: str
    number: int
    line: str
    change: str
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others as long as its line is not edited."""
        return self.module, self.function, self.line, self.change


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module's source, in the order of its lines. Docstrings, annotations and messages stay."""
    tree = ast.parse(source)
    lines = source.splitlines()
    seen: Counter[tuple[int, str]] = Counter()
    for node, function in _nodes(tree):
        for change, edited in _changes(node):
            seen[node.lineno, change] += 1
            if (place := seen[node.lineno, change]) > 1:
                change = f"{change}, place {place} of its line"
            begin, end = (
                _offset(source, node.lineno, node.col_offset),
                _offset(source, node.end_lineno, node.end_col_offset),
            )
            text = edited if "\n" not in source[begin:end] else f"({edited})"
            yield Mutant(
                module,
                function,
                node.lineno,
                lines[node.lineno - 1].strip(),
                change,
                source[:begin] + text + source[end:],
            )


def _offset(source: str, line: int | None, column: int | None) -> int:
    rows = source.splitlines(keepends=True)
    assert line is not None and column is not None
    return sum(map(len, rows[: line - 1])) + len(rows[line - 1].encode()[:column].decode())


def _nodes(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """The expressions that decide something, each with the function it stands in."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, function = waiting.pop(0)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom)):
            continue
        inside = node.name if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else function
        skipped = {id(n) for n in _not_code(node)}
        waiting += [(child, inside) for child in ast.iter_child_nodes(node) if id(child) not in skipped]
        if isinstance(node, ast.expr):
            yield node, function


def _not_code(node: ast.AST) -> list[ast.AST]:
    """Annotations and decorators, which no test can see; and `strict` of zip, itself a test of what goes before."""
    found: list[ast.AST | None] = []
    if isinstance(node, (ast.AnnAssign, ast.arg)):
        found.append(node.annotation)
    if isinstance(node, ast.FunctionDef):
        found.append(node.returns)
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        found += node.decorator_list
    if isinstance(node, ast.keyword) and node.arg == "strict":
        found.append(node.value)
    return [n for n in found if n is not None]


def _changes(node: ast.expr) -> Iterator[tuple[str, str]]:
    """Each way to make one expression wrong: what is changed, and the new text of the expression."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARISONS[type(operator)]:
                ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield _told(operator, other()), ast.unparse(ast.Compare(node.left, ops, node.comparators))
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC and not _is_text(node):
        other = ARITHMETIC[type(node.op)]()
        yield _told(node.op, other), f"({ast.unparse(ast.BinOp(node.left, other, node.right))})"
    elif isinstance(node, ast.BoolOp):
        other_bool: ast.boolop = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _told(node.op, other_bool), f"({ast.unparse(ast.BoolOp(other_bool, node.values))})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield f"{_name(node.op)} dropped", f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", str(not node.value)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        more = node.value + 1 if isinstance(node.value, int) else node.value * 1.25 + 0.01
        yield f"{node.value} → {more:g}", repr(more)


def _is_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(
        isinstance(s, ast.JoinedStr) or (isinstance(s, ast.Constant) and isinstance(s.value, str))
        for s in sides
    )


def _name(operator: ast.AST) -> str:
    return type(operator).__name__


def _told(before: ast.AST, after: ast.AST) -> str:
    return f"{_name(before)} → {_name(after)}"
