"""Takes branches out of a function that a script can never take: its format, its strategy is known.

Owns that simplification, as a change of the syntax tree; comments within the function are lost.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

Facts = Mapping[str, str]
_Body = list[ast.stmt]


def fold(function: ast.FunctionDef, facts: Facts) -> bool:
    """Drop what cannot happen, in place; says whether something was dropped.

    Args:
        function: the function.
        facts: the text that an expression such as `job['kind']` has, by how it is written.
    """
    folder = _Folder(facts)
    folder.visit(function)
    return folder.changed


class _Folder(ast.NodeTransformer):
    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.changed = False

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = self._body(node.body)
        return node

    def visit_If(self, node: ast.If) -> ast.AST | _Body:
        node.test, truth = self._test(node.test)
        if truth is not None:
            self.changed = True
            return self._body(node.body if truth else node.orelse)
        node.body = self._body(node.body)
        node.orelse = self._body(node.orelse)
        return node

    def _body(self, statements: Sequence[ast.stmt]) -> _Body:
        kept: _Body = []
        for statement in statements:
            found = self.visit(statement)
            kept += found if isinstance(found, list) else [found]
            if kept and isinstance(kept[-1], ast.Return | ast.Raise):
                break
        return kept

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        test, truth = self._test(node.test)
        if truth is None:
            node.test = test
            return node
        self.changed = True
        return node.body if truth else node.orelse

    def _test(self, test: ast.expr) -> tuple[ast.expr, bool | None]:
        """The test without what is known of it, and its truth where that is all."""
        if isinstance(test, ast.Compare):
            return test, self._compared(test)
        if isinstance(test, ast.BoolOp):
            decides = isinstance(test.op, ast.Or)
            found = [self._test(value) for value in test.values]
            if any(truth is decides for _, truth in found):
                return test, decides
            open_ones = [value for value, truth in found if truth is None]
            if not open_ones:
                return test, not decides
            if len(open_ones) < len(found):
                self.changed = True
            rest = open_ones[0] if len(open_ones) == 1 else ast.BoolOp(test.op, open_ones)
            return rest, None
        return test, None

    def _compared(self, test: ast.Compare) -> bool | None:
        known = self._facts.get(ast.unparse(test.left))
        if known is None or len(test.ops) != 1:
            return None
        try:
            value = ast.literal_eval(test.comparators[0])
        except ValueError:
            return None
        operator = test.ops[0]
        if isinstance(operator, ast.Eq | ast.NotEq):
            return (known == value) is isinstance(operator, ast.Eq)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(value, tuple):
            return (known in value) is isinstance(operator, ast.In)
        return None
