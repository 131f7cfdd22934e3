"""Reads the YAML files that travel with the program.

Owns the choice of the parser: it is imported when the first file is read, and the fast one is used
where it is built. What is in a file is checked by whoever reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def read_yaml(path: Path) -> Any:
    """What a file of the program holds."""
    import yaml  # noqa: PLC0415  (slow to import, and most commands read no such file)

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
