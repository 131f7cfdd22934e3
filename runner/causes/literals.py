"""Plain texts of which every match of a regular expression contains one.

Owns only those. Looking for a text first makes thousands of searches that find nothing quick.
"""

from __future__ import annotations

import re

_PLAIN_ESCAPES = frozenset("\\.()[]{}*+?|^$/-'\"` ")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_REPEAT = re.compile(r"\{\d*(?:,\d*)?\}")


def required_literals(expression: str) -> tuple[str, ...]:
    """Return the longest text of every choice; one empty text where that is not plain to see.

    Groups and classes are passed over.
    """
    if "(?i" in expression or "(?x" in expression:
        return ("",)
    choices: list[str] = []
    runs, current, depth, at = [""], "", 0, 0
    while at < len(expression):
        letter, size = expression[at], 1
        run = ""  # what goes on with the run; empty ends it
        if letter == "\\":
            size = 2
            escaped = expression[at + 1 : at + 2]
            run = escaped if escaped in _PLAIN_ESCAPES else ""
        elif letter == "[" and (found := _CLASS.match(expression, at)):
            size = len(found[0])
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "|" and depth == 0:
            choices.append(max([*runs, current], key=len))
            runs, current = [""], ""
        elif letter in "?*" or (letter == "{" and _REPEAT.match(expression, at)):
            current = current[:-1]  # the letter before may be missing
            size = len(found[0]) if (found := _REPEAT.match(expression, at)) else 1
        elif letter not in "|.^$+":
            run = letter
        if run and depth == 0:
            current += run
        else:
            runs.append(current)
            current = ""
        at += size
    return (*choices, max([*runs, current], key=len))
