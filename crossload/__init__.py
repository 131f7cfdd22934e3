"""crossload measures whether a Keras model saved in one environment works in another, and loads it.

Owns the version and the names that a program uses. They are found when they are first used, so that
importing the package costs nothing and needs no other.
"""

from __future__ import annotations

TYPE_CHECKING = False  # that of `typing`, whose import would cost more than all the rest
if TYPE_CHECKING:
    from typing import Any

    from crossload.loading import LoadError as LoadError
    from crossload.loading import load_model as load_model
    from crossload.loading import load_weights as load_weights

__version__ = "0.1.0"

_LOADING = ("LoadError", "load_model", "load_weights")


def __getattr__(name: str) -> Any:
    if name not in _LOADING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from crossload import loading  # noqa: PLC0415 - it imports NumPy, which the package does not

    return getattr(loading, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_LOADING])
