"""Digests that enter the keys of results: of the probe scripts and of the options given to them.

Owns what counts as "the same probe"; the digest of an environment is `runner.environments`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path


def probe_digest(folder: Path) -> str:
    """Return the sha256 over the Python files of the probes, by name and content.

    Equal scripts give equal digests wherever they lie; caches and data files do not count.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def options_digest(options: Mapping[str, str | int | float | bool | None]) -> str:
    """Return the sha256 of the options as canonical JSON; the order of keys does not matter."""
    text = json.dumps(dict(options), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
