"""One-line and tail forms of the ledger's `clean`, which every foreign text passes once more here.

A ledger may come from somebody else, so what is read is cleaned again before it is shown.
Escaping for one syntax (HTML, CSV, Markdown, markup of the terminal) belongs to that renderer.
"""

from __future__ import annotations

from runner.ledger.text import clean

LINE_LIMIT = 300


def clean_line(text: str, limit: int = LINE_LIMIT) -> str:
    """Return the first line of `text` that says something, cleaned and cut to `limit`."""
    head = text[: 20 * limit].lstrip()
    line = head.splitlines()[0].rstrip() if head else ""
    return clean(line, limit=limit)


def clean_end(text: str, limit: int = 4000) -> str:
    """Return the last `limit` characters of a log, cleaned, with a note on what is left out."""
    more = len(text) - limit
    if more <= 0:
        return clean(text)
    return f"[{more} before] … {clean(text[-limit:])}"
