"""One-line and tail forms of the ledger's `clean`, which every foreign text passes once more here.

A ledger may come from somebody else, so what is read is cleaned again before it is shown.
Escaping for one syntax (HTML, CSV, Markdown, markup of the terminal) belongs to that renderer.
"""

from __future__ import annotations

from functools import lru_cache

from crossload.runner.ledger import text as ledger_text

LINE_LIMIT = 300
TEXT_LIMIT = 4000


@lru_cache(maxsize=20_000)
def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return what the ledger's `clean` makes of it; the same texts come thousands of times."""
    return ledger_text.clean(text, limit=limit)


def clean_line(text: str, limit: int = LINE_LIMIT) -> str:
    """Return the first line of `text` that says something, cleaned and cut to `limit`."""
    head = text[: 20 * limit].lstrip()
    line = head.splitlines()[0].rstrip() if head else ""
    return clean(line, limit)


def clean_end(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return the last `limit` characters of a log, cleaned, with a note on what is left out."""
    more = len(text) - limit
    if more <= 0:
        return clean(text, limit)
    return f"[{more} before] … {clean(text[-limit:], limit)}"
