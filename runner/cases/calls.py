"""What the scripts of a case do with Keras, as lines in which the catalogue looks for a cause.

Owns the reading of their source: which functions and classes they call, in which order, with which
plain arguments. Runs nothing. Names that an author chose are left out, of a file as well: only its
suffix, which chooses the format, is told.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from crossload.runner.probing.material import Scripts

_CHOSEN = "name"  # the argument whose value says nothing about Keras
_FILE = re.compile(r"[\w./-]+?(?P<suffix>(?:\.weights)?\.[a-z]\w*)", re.ASCII)
_CLASS = re.compile(r"[A-Z]\w+", re.ASCII)


def calls_of(scripts: Scripts) -> str:
    """One line for each call and each class named: "load calls load_weights .h5 by_name=True".

    A script that is not Python today gives no lines.
    """
    return "\n".join((*_lines("save", scripts.save), *_lines("load", scripts.load)))


def _lines(step: str, text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    nodes = (one for one in ast.walk(tree) if isinstance(one, (ast.Call, ast.Attribute)))
    called = {id(one.func) for one in ast.walk(tree) if isinstance(one, ast.Call)}
    for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset, -_end(one))):
        if isinstance(node, ast.Call):
            yield from _call(step, node)
        elif id(node) not in called and _CLASS.fullmatch(node.attr):
            yield f"{step} names {node.attr}"


def _end(node: ast.expr) -> int:
    return node.end_col_offset or 0


def _call(step: str, node: ast.Call) -> Iterator[str]:
    name = _last_name(node.func)
    if name == "getattr" and len(node.args) > 1:
        named = _plain(node.args[1])
        if _CLASS.fullmatch(named):
            yield f"{step} names {named}"
    elif name:
        given = [_plain(one, is_option=False) for one in node.args]
        given += [
            f"{one.arg}={_plain(one.value) or '?'}" for one in node.keywords if one.arg != _CHOSEN
        ]
        yield " ".join((step, "calls", name, *(one for one in given if one)))


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _plain(value: ast.expr, *, is_option: bool = True) -> str:
    """A literal on one line: of a file's name its suffix; of other words those of an option."""
    try:
        found = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return ""
    if not isinstance(found, str):
        return "" if isinstance(found, (list, dict, set)) else repr(found).replace(" ", "")
    file = _FILE.fullmatch(found)
    if file is not None:
        return file["suffix"]
    return found if is_option and found.isidentifier() else ""
