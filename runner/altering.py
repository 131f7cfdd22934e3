"""Copies of frozen values with some fields changed, for code that makes hundreds of thousands.

Owns that one function. Elsewhere use `dataclasses.replace`, which costs ten times as much because
it calls the constructor.
"""

from __future__ import annotations

from typing import Any, TypeVar

Value = TypeVar("Value")


def altered(value: Value, **changes: Any) -> Value:
    """Return a copy of a dataclass with these fields changed.

    The class has neither slots, nor cached properties, nor a `__post_init__`.

    Raises:
        TypeError: there is no such field.
    """
    known = value.__dict__
    fields = known | changes
    if len(fields) > len(known):
        unknown = ", ".join(sorted(changes.keys() - known.keys()))
        raise TypeError(f"{type(value).__name__} has no field {unknown}")
    copy = object.__new__(type(value))
    object.__setattr__(copy, "__dict__", fields)
    return copy
