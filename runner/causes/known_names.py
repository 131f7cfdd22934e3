"""What the API atlas recorded of a class name: whether any version of Keras has it, and which do.

Owns these two questions; a name that no version has belongs to a class of the user or of an add-on.
"""

from __future__ import annotations

from functools import lru_cache

from crossload.runner.atlas import Atlas
from crossload.runner.atlas.ranges import described
from crossload.runner.prose import joined


@lru_cache(maxsize=4096)
def is_known(name: str) -> bool:
    """Whether any version of Keras has a class or function of that name."""
    return bool(Atlas.load().kinds_of(name))


@lru_cache(maxsize=1024)
def had_by(name: str) -> str:
    """Which versions have it, to be put behind a sentence; empty of a name that none has."""
    atlas = Atlas.load()
    chosen = {one for kind in atlas.kinds_of(name) for one in atlas.versions_with(kind, name)}
    versions = [_short(one) for one in described(atlas.environments, chosen)]
    return f" (it is in {joined(versions)})" if versions else ""


def _short(versions: str) -> str:
    """As one says it: "Keras 3.0 to 3.9" instead of "Keras 3 3.0 to 3.9"."""
    short = versions.removeprefix("all of ")
    for generation in ("2", "3"):
        short = short.replace(f"Keras {generation} {generation}.", f"Keras {generation}.")
    return f"standalone {short}" if short.startswith("Keras 2") else short
