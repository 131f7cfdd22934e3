"""One-line and tail forms of `runner.untrusted.text.clean`; every foreign text passes through here.

A ledger may come from somebody else, so text is cleaned again before it is shown. Each renderer
escapes for its own syntax (HTML, CSV, Markdown, terminal markup).
"""

from __future__ import annotations

from functools import lru_cache

from crossload.runner.untrusted import text as untrusted_text

LINE_LIMIT = 300
TEXT_LIMIT = 4000
IDENTIFIER_LIMIT = 200


@lru_cache(maxsize=20_000)
def clean(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return `text` cleaned; cached, because texts recur thousands of times."""
    return untrusted_text.clean(text, limit=limit)


@lru_cache(maxsize=20_000)
def clean_line(text: str, limit: int = LINE_LIMIT) -> str:
    """Return the first non-empty line of `text`, cleaned and cut to `limit`."""
    head = text[: 20 * limit].lstrip()
    line = head.splitlines()[0].rstrip() if head else ""
    return clean(line, limit)


@lru_cache(maxsize=20_000)
def clean_identifier(text: str) -> str:
    """Return an id cleaned, on one line, and cut to a length that fits a heading."""
    return clean(text, IDENTIFIER_LIMIT).replace("\n", "\\n").replace("\t", "\\t")


def both_ends(text: str, limit: int) -> str:
    """Return a long text without its middle: Keras names the reason at the end of a message."""
    more = len(text) - limit
    if more <= 0:
        return text
    tail = limit // 2
    return f"{text[: limit - tail]} … [{more} more] … {text[-tail:]}"


def clean_end(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return the last `limit` characters of a log, cleaned, with a note of how many were cut."""
    more = len(text) - limit
    if more <= 0:
        return clean(text, limit)
    return f"[{more} before] … {clean(text[-limit:], limit)}"
