"""What code asks of the machine: files opened, folders listed, processes started."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

_recordings: list[tuple[frozenset[str], list[tuple[str, str]]]] = []


@contextmanager
def audited(*events: str) -> Iterator[list[tuple[str, str]]]:
    """Record these audit events of Python, each with its first argument as text."""
    seen: list[tuple[str, str]] = []
    if not _hooked:
        sys.addaudithook(_hook)  # for good: Python has no way to remove one
        _hooked.append(True)
    _recordings.append((frozenset(events), seen))
    try:
        yield seen
    finally:
        _recordings.pop()


_hooked: list[bool] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    for events, seen in _recordings:
        if event in events:
            seen.append((event, str(arguments[0])))
