"""The normal form of a Python module: what two texts have in common that behave the same.

Owns that form: the syntax tree without docstrings and positions, so that comments, layout, quotes
and parentheses do not count. It is the same under every Python that runs crossload.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def normal_form(tree: ast.Module) -> str:
    """Return the tree as text; equal texts are the same program."""
    return "\n".join(_lines(tree))


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, ast.AST):
        yield type(value).__name__
        fields = dict(ast.iter_fields(value))
        if isinstance(value, _DOCUMENTED) and ast.get_docstring(value) is not None:
            fields["body"] = value.body[1:]
        elif isinstance(value, ast.JoinedStr):
            fields["values"] = [one for one in value.values if not _is_empty_text(one)]
        for name, part in fields.items():
            # Versions differ in which fields are there but empty; `kind` is the u of u"text".
            if name != "kind" and part not in (None, []):
                yield name
                yield from _lines(part)
        yield ")"
    elif isinstance(value, list):
        yield "["
        for one in value:
            yield from _lines(one)
        yield "]"
    else:
        yield ascii(value)  # `repr` leaves alone what this Python's Unicode can print


def _is_empty_text(node: ast.expr) -> bool:
    """Whether it is the empty end that Python 3.12 finds in a nested format specification."""
    return isinstance(node, ast.Constant) and node.value == ""
