"""The nearest valid name to one that is not known.

Owns the comparison and the few words of the hint, not the message around it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

_COMPARED = 2000  # difflib is slow: the hint may be missing among more names than that, never late


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, letter case ignored, or None if nothing is close."""
    by_lower = {candidate.lower(): candidate for candidate in islice(known, _COMPARED)}
    found = difflib.get_close_matches(name[:200].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def hint(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'`, or nothing: to be put at the end of a message."""
    found = nearest(name, known)
    return f"; did you mean {found!r}" if found is not None and found != name else ""
