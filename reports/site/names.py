"""The file names of the site's pages: safe in any file system and address, one for each id.

Owns these names only.
"""

from __future__ import annotations

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]")
_LONGEST = 100


def file_name(identifier: str) -> str:
    """Return a name without suffix; two ids never share one, even where case does not count."""
    safe = _UNSAFE.sub("-", identifier)[:_LONGEST].strip(".-").lower()
    if safe and safe == identifier and safe != "index":
        return safe
    digest = hashlib.sha256(identifier.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{safe}-{digest}" if safe else digest
