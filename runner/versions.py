"""Version numbers as they are found: in a matrix, an environment, a file or a package's metadata.

Owns the reading of text as a version. What a version means is for those who compare it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from packaging.version import Version

# As many digits as a version ever has: Python refuses to read a number of thousands of them.
_LEADING = re.compile(r"[0-9]{1,18}(\.[0-9]{1,18})*")  # other digits of Unicode are no version


def is_version(text: str) -> bool:
    """Whether it is one PEP 440 version."""
    try:
        Version(text)
    except ValueError:  # what an invalid version raises, and a number that is too long
        return False
    return True


@lru_cache(maxsize=1000)
def version_of(text: str) -> Version | None:
    """Read a version, or the numbers that the text begins with: 2.2.4 for "2.2.4-tf"."""
    return Version(text) if is_version(text) else release_of(text)


@lru_cache(maxsize=1000)
def release_of(text: str) -> Version | None:
    """Read only the numbers that the text begins with: 2.16.0 for "2.16.0-rc1"."""
    match = _LEADING.match(text.strip())
    return Version(match[0]) if match else None


def minor_of(text: str) -> str:
    """Return the first two numbers of a version, "2.16" for "2.16.2"; other text as it is."""
    version = version_of(text)
    return text if version is None else f"{version.major}.{version.minor}"
