"""The two scripts of a scripted case: its own text, with what it counts on put around it.

Owns where the case's text is cut; the folder that it runs in, the global `keras` and the comparison
of outputs are in the template.
"""

from __future__ import annotations

import ast

from crossload.reports.reproduce.templates import Side, case_text, variables_code
from crossload.runner.records import Tolerances


def case_script(
    text: str, side: Side, *, loads: bool, tolerance: float = Tolerances.relative
) -> str:
    """A case's own script, in the folder and with the global that it counts on.

    Args:
        text: of `save.py` or `load.py`.
        side: the environment that it is for.
        loads: whether it is `load.py`, which works in a copy of what `save.py` left.
        tolerance: how far numbers may be apart, relative to the largest.
    """
    start = 0
    for node in ast.parse(text).body:
        is_doc = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (is_doc or is_future):
            break
        start = node.end_lineno or 0
    lines = text.splitlines()
    return case_text(
        head="\n".join(lines[:start]),
        body="\n".join(lines[start:]).strip("\n"),
        variables=variables_code(side.variables),
        keras=side.keras,
        loads=loads,
        tolerance=tolerance,
    )
