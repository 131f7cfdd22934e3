"""The sha256 of a file, read piece by piece.

Owns that one function. `runner.artifacts` has the digest of a whole folder.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

_PIECE = 1 << 20


def file_sha256(path: Path) -> str:
    """Return the digest in hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
