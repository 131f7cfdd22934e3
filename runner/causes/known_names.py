"""Whether a class name is one that some version of Keras has, as the API atlas recorded them.

Owns that one question; a name that no version has belongs to a class of the user or of an add-on.
"""

from __future__ import annotations

from functools import lru_cache

from crossload.runner.atlas import Atlas


@lru_cache(maxsize=4096)
def is_known(name: str) -> bool:
    """Whether any version of Keras has a class or function of that name."""
    return bool(Atlas.load().kinds_of(name))
