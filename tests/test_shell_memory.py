"""A compiler that remembers gives what one that does not would give."""

from __future__ import annotations

import ast

from analysis.suite.shell import CellCompiler, RememberingCompiler

CELL = "from __future__ import annotations\ndef f(x: Unknown): return x\nf(2)"


def code_of(compiler: CellCompiler, source: str) -> list[object]:
    """Statement by statement, as the shell does; values of the expressions."""
    found: list[object] = []
    names: dict[str, object] = {}
    for node in compiler.ast_parse(source, "cell").body:
        if isinstance(node, ast.Expr):
            found.append(eval(compiler(ast.Expression(node.value), "cell", "eval"), names))
        else:
            exec(compiler(ast.Module([node], []), "cell", "exec"), names)
    return found


def test_code_is_compiled_once_and_gives_the_same() -> None:
    plain, remembering = CellCompiler(), RememberingCompiler()
    assert code_of(plain, CELL) == code_of(remembering, CELL) == [2]
    first = compiled(remembering, "x = 1")
    assert compiled(remembering, "x = 1") is first
    assert compiled(remembering, "x = 2") is not first


def compiled(compiler: CellCompiler, source: str) -> object:
    tree = compiler.ast_parse(source, "cell")
    return compiler(ast.Module(tree.body, []), "cell", "exec")


def test_what_a_statement_says_of_later_ones_is_remembered_with_it() -> None:
    """A future import holds for the cells after it, also when its own code comes from memory."""
    compiler = RememberingCompiler()
    start = compiler.flags
    code_of(compiler, CELL)
    assert (after := compiler.flags) != start
    compiler.flags = start
    assert code_of(compiler, CELL) == [2]
    assert compiler.flags == after


def test_who_changes_the_list_of_statements_changes_no_other() -> None:
    compiler = RememberingCompiler()
    compiler.ast_parse("x = 1\ny = 2", "cell").body.clear()
    assert len(compiler.ast_parse("x = 1\ny = 2", "cell").body) == 2


def test_trees_that_were_dropped_are_not_mistaken_for_new_ones() -> None:
    """Statements are known by their identity, so the memory must keep them alive."""
    compiler = RememberingCompiler()
    for number in range(200):
        names: dict[str, object] = {}
        exec(compiler(ast.parse(f"x = {number}"), "cell", "exec"), names)
        assert names["x"] == number


def test_a_text_is_turned_into_python_once_and_by_the_transformers_that_are_there() -> None:
    from IPython.core.inputtransformer2 import TransformerManager

    from analysis.suite.shell import _once

    manager, asked = TransformerManager(), list[list[str]]()
    manager.cleanup_transforms = [lambda lines: asked.append(lines) or lines]
    turned = _once(manager)
    assert [turned("x = 1"), turned("x = 1")] == ["x = 1\n"] * 2 and len(asked) == 1
    manager.cleanup_transforms = [lambda lines: ["y = 2\n"]]
    assert turned("x = 1") == "y = 2\n"
