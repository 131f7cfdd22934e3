"""The probes' ways of bridging eras of Keras, written as what they come to in one of them.

Owns that rewriting of one definition. The functions it knows are those of the probes' `reference`
and `foreign` modules; a test builds every reference model's code, so that a new one shows.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

# What a builder is handed; in a script it is a global, or known.
HANDED = frozenset({"keras", "fw", "framework"})
# The module that code of a user's own says it is from: nobody can import it.
FOREIGN = "crossload_user_code"
PACKAGE = "crossload"
FILL = "fill_layers"  # a script has its own


@dataclass(frozen=True)
class Eras:
    """Which Keras is meant."""

    keras_3: bool

    def plain(
        self, statement: ast.stmt, known: Collection[str], made: Mapping[str, str]
    ) -> ast.stmt:
        """A definition without the probes' helpers; it is changed in place.

        Args:
            statement: the definition.
            known: names of the functions of the probes that it can call.
            made: of those which make a class or a function, its name.
        """
        found = _Rewriter(self, known, made).visit(statement)
        assert isinstance(found, ast.stmt)
        return found


def is_factory(function: ast.FunctionDef, module: ast.Module) -> bool:
    """Whether it only makes a class or a function, and is called under no condition."""
    arguments = {one.arg for one in function.args.args}
    inner = [one for one in function.body if isinstance(one, ast.ClassDef | ast.FunctionDef)]
    if not inner or not arguments <= HANDED or not isinstance(function.body[-1], ast.Return):
        return False
    branches = [node for node in ast.walk(module) if isinstance(node, ast.If)]
    called = {node.id for one in branches for node in ast.walk(one) if isinstance(node, ast.Name)}
    return function.name not in called


def made_by(function: ast.FunctionDef) -> str:
    """The name of what a factory makes."""
    return next(
        one.name for one in function.body if isinstance(one, ast.ClassDef | ast.FunctionDef)
    )


class _Rewriter(ast.NodeTransformer):
    def __init__(self, eras: Eras, known: Collection[str], made: Mapping[str, str]) -> None:
        self._keras_3 = eras.keras_3
        self._known = known
        self._made = made
        self._ways = {
            "first_layers": self._first_layers,
            "make_optimizer": _optimizer,
            "register": self._register,
            "registered_name": _registered_name,
        }

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.args.args = [one for one in node.args.args if one.arg not in HANDED]
        doc = ast.get_docstring(node)
        if doc is not None:
            node.body[0] = ast.Expr(ast.Constant(doc.partition("\n")[0]))
            if len(node.body) > 1 and isinstance(node.body[-1], ast.Return):
                del node.body[0]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.func.id not in self._known:
            return node
        node.args = [
            one for one in node.args if not (isinstance(one, ast.Name) and one.id in HANDED)
        ]
        name = node.func.id
        if name in self._made:
            return ast.Name(self._made[name])
        return self._ways[name](node) if name in self._ways else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name):
            if node.value.id == "fw" and node.attr == "is_keras3":
                return ast.Constant(self._keras_3)
            if node.value.id in self._known and node.attr == FILL:
                return ast.Name(node.attr)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.left, ast.List) and isinstance(node.right, ast.List):
            return ast.List([*node.left.elts, *node.right.elts])
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        self.generic_visit(node)
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and target.attr == "__qualname__":
            return None  # a class at the top of a script has this name anyway
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        call = node.value
        if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "make_foreign"):
            return node
        (thing,) = call.args
        place = ast.Attribute(thing, "__module__")
        return [ast.Assign([place], ast.Constant(FOREIGN), lineno=0), ast.Return(thing)]

    def _first_layers(self, node: ast.Call) -> ast.AST:
        layer, shape, *rest = node.args
        given = ast.keyword("shape" if self._keras_3 else "input_shape", shape)
        if not self._keras_3:
            return ast.List([ast.Call(layer, rest, [given, *node.keywords])])
        first = ast.Call(ast.parse("keras.layers.Input", mode="eval").body, [], [given])
        return ast.List([first, ast.Call(layer, rest, node.keywords)])

    def _register(self, node: ast.Call) -> ast.AST:
        home = "saving" if self._keras_3 else "utils"
        text = f"keras.{home}.register_keras_serializable(package={PACKAGE!r})"
        return ast.Call(ast.parse(text, mode="eval").body, node.args, [])


def _optimizer(node: ast.Call) -> ast.AST:
    """The rate comes first in every version, whatever its name is."""
    name, *rest = node.args
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        optimizer = f"keras.optimizers.{name.value}"
    else:
        optimizer = f"getattr(keras.optimizers, {ast.unparse(name)})"
    return ast.Call(ast.parse(optimizer, mode="eval").body, rest, node.keywords)


def _registered_name(node: ast.Call) -> ast.AST:
    (name,) = node.args
    assert isinstance(name, ast.Constant)
    assert isinstance(name.value, str)
    return ast.Constant(f"{PACKAGE}>{name.value}")
