"""Lines of a terminal that hang together when they are folded.

Owns folding and what becomes of characters that a stream cannot show; the words are the caller's.
"""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

_LEAST_WIDTH = 20


def fold(console: Console, text: str, *, style: str = "", indent: int = 0) -> None:
    """Print one line; what does not fit stands below it, two columns further in."""
    made = Text(fitting(console, text), style=style)
    pieces = made.wrap(console, max(_LEAST_WIDTH, console.width - indent - 2))
    for number, piece in enumerate(pieces):
        piece.rstrip()
        margin = Text(" " * (indent + (2 if number else 0)))
        console.print(margin + piece, soft_wrap=True)


def fitting(console: Console, text: str) -> str:
    """The text as this stream can show it: what it cannot is spelt out."""
    encoding = console.encoding or "ascii"
    try:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        return text.encode("ascii", "backslashreplace").decode("ascii")
