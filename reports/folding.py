"""Terminal lines with a hanging indent.

Owns folding, and the replacement of characters that a stream cannot show; callers own the words.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

_LEAST_WIDTH = 20


def fold(console: Console, text: str, *, style: str = "", indent: int = 0) -> None:
    """Print one line; continuation lines are indented by two more columns."""
    made = Text(fitting(console, text), style=style)
    pieces = made.wrap(console, max(_LEAST_WIDTH, console.width - indent - 2))
    for number, piece in enumerate(pieces):
        piece.rstrip()
        margin = Text(" " * (indent + (2 if number else 0)))
        console.print(margin + piece, soft_wrap=True)


def fitting(console: Console, text: str) -> str:
    """The text with the characters that this stream cannot show escaped."""
    encoding = console.encoding or "ascii"
    try:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        return text.encode("ascii", "backslashreplace").decode("ascii")
