"""When two values of a configuration's key count as one trial.

Owns that comparison alone; harvest and look-up must agree on it.
"""

from __future__ import annotations

from typing import Any

_NAMES_ALIKE = frozenset({"name"})  # keys whose text never matters


def shape(key: str, value: Any) -> str:
    """What two values of a key must share to be one trial: all but the size of numbers."""
    if isinstance(value, str):
        return "text" if key in _NAMES_ALIKE else f"text {value}"
    if isinstance(value, dict):
        inner = ", ".join(f"{name}: {shape(name, value[name])}" for name in sorted(value))
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(shape(key, item) for item in value)}]"
    return type(value).__name__
