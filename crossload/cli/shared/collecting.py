"""Drawing a report without the garbage collector.

Owns only that switch: a report makes millions of small objects and no cycles among them, so looking
for cycles takes half of the time and finds nothing.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Switch the search for cycles off; afterwards it is as it was."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
