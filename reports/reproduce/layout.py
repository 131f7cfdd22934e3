"""Python code from a syntax tree, with lines that a reader can take in.

Owns where a long statement is broken. What it says is not changed.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator

WIDTH = 100
_INDENT = 4
_AFTER_HEAD = re.compile(r"(:\n)\n(?= +(?:def|class|@))")


def written(statements: Iterable[ast.stmt]) -> str:
    """The code of some statements; definitions stand apart by two empty lines."""
    parts: list[str] = []
    after_definition = False
    for statement in statements:
        text = "\n".join(_wrapped(ast.unparse(ast.fix_missing_locations(statement))))
        text = _AFTER_HEAD.sub(r"\1", _in_double_quotes(text))
        is_definition = isinstance(statement, ast.ClassDef | ast.FunctionDef)
        if parts:
            parts.append("\n\n\n" if is_definition or after_definition else "\n")
        parts.append(text)
        after_definition = is_definition
    return "".join(parts)


def pairs(entries: Iterable[str], indent: int = _INDENT) -> str:
    """Entries of a dict or a call, as many in each line as fit."""
    lines: list[str] = []
    for entry in entries:
        if lines and len(lines[-1]) + len(entry) + 2 <= WIDTH:
            lines[-1] += f" {entry},"
        else:
            lines.append(" " * indent + f"{entry},")
    return "\n".join(lines)


def _in_double_quotes(text: str) -> str:
    """The same code with the quotes that most people write."""
    lines = text.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        (row, start), (last, end) = token.start, token.end
        simple = token.string.startswith("'") and not set(token.string) & {'"', "\\"}
        if token.type == tokenize.STRING and simple and row == last:
            line = lines[row - 1]
            lines[row - 1] = f'{line[:start]}"{line[start + 1 : end - 1]}"{line[end:]}'
    return "".join(lines)


def _wrapped(text: str) -> Iterator[str]:
    for line in text.splitlines():
        bare = line.lstrip()
        indent = len(line) - len(bare)
        if len(line) <= WIDTH:
            yield line
            continue
        try:
            (statement,) = ast.parse(bare).body
        except (SyntaxError, ValueError):  # the head of a block, or a line of a docstring
            yield line
            continue
        yield " " * indent + _statement(statement, indent)


def _statement(statement: ast.stmt, indent: int) -> str:
    if isinstance(statement, ast.Assign):
        targets = " = ".join(ast.unparse(one) for one in statement.targets)
        return f"{targets} = {_broken(statement.value, indent, len(targets) + 3)}"
    if isinstance(statement, ast.Return) and statement.value is not None:
        return f"return {_broken(statement.value, indent, 7)}"
    if isinstance(statement, ast.Expr):
        return _broken(statement.value, indent, 0)
    return ast.unparse(statement)


def _broken(node: ast.expr, indent: int, before: int) -> str:
    """An expression at that indentation; its first line has `before` characters already."""
    flat = ast.unparse(node)
    if indent + before + len(flat) < WIDTH:  # a comma may follow
        return flat
    if isinstance(node, ast.Call):
        return _call(node, indent, before)
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        start, end = ("[", "]") if isinstance(node, ast.List) else ("(", ")")
        return start + _lines([("", one) for one in node.elts], indent) + end
    if isinstance(node, ast.Dict) and all(node.keys):
        items = [
            (f"{ast.unparse(key)}: ", value)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        ]
        return "{" + _lines(items, indent) + "}"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left = ast.unparse(node.left)
        return f"{left} + {_broken(node.right, indent, before + len(left) + 3)}"
    return flat


def _call(node: ast.Call, indent: int, before: int) -> str:
    given = [("", one) for one in node.args]
    given += [(f"{one.arg}=" if one.arg else "**", one.value) for one in node.keywords]
    if isinstance(node.func, ast.Call):  # a layer that is made and called
        inner = ", ".join(prefix + ast.unparse(value) for prefix, value in given)
        return f"{_broken(node.func, indent, before)}({inner})"
    name = ast.unparse(node.func)
    if len(given) == 1 and not given[0][0] and isinstance(node.args[0], ast.List):
        return f"{name}({_broken(node.args[0], indent, WIDTH)})"
    return f"{name}({_lines(given, indent)})"


def _lines(items: Iterable[tuple[str, ast.expr]], indent: int) -> str:
    deeper = indent + _INDENT
    inner = "".join(
        " " * deeper + prefix + _broken(value, deeper, len(prefix)) + ",\n"
        for prefix, value in items
    )
    return f"\n{inner}{' ' * indent}"
