"""Which values of an environment contradict each other, and how large a matrix may be.

Owns rules over several values; single values are checked in `runner.config.fields`. What a version
of TensorFlow can do is not asked here: that is measured.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.config.model import EntryForm, EnvironmentForm, Tolerances
from crossload.runner.prose import joined
from crossload.runner.words import MODEL_FORMATS, Api, Backend

MAX_ENVIRONMENTS = 1_000
MAX_CELLS = 5_000_000


_INSTALLED = ("python", "tensorflow", "keras", "tf_keras", "packages", "libraries", "resolve")
# The keys that decide what is installed, each with the keys that then have nothing to say.
_SOURCES = {
    "requirements": ("tensorflow", "keras", "tf_keras", "packages"),
    "interpreter": _INSTALLED,
    "conda": _INSTALLED,
    "container": _INSTALLED,
}


def entry_contradiction(spec: EntryForm) -> str | None:
    """Why no such entry can be meant, as a sentence for the user; None if it may."""
    sources = [key for key in _SOURCES if getattr(spec, key) is not None]
    if not sources:
        return contradiction(spec)
    named, *more = sources
    written = more + [key for key in _SOURCES[named] if key in spec.model_fields_set]
    if not written:
        return None
    return (
        f"found {joined(written)} beside {named!r}, which decides what is installed, "
        "expected one or the other"
    )


def contradiction(spec: EnvironmentForm) -> str | None:
    """Why no such environment can exist, as a sentence for the user; None if it may."""
    if not (spec.tensorflow or spec.keras or spec.tf_keras):
        return "found neither tensorflow nor keras, expected a version of at least one"
    return _api_contradiction(spec) or _backend_contradiction(spec)


def _api_contradiction(spec: EnvironmentForm) -> str | None:
    if spec.api is Api.TF_DOT_KERAS and not spec.tensorflow:
        return "found the api 'tf.keras' without tensorflow, expected its version or 'api: keras'"
    if spec.api is Api.KERAS and not (spec.keras or spec.tensorflow):
        return "found the api 'keras' without keras, expected its version"
    if spec.api is Api.TF_KERAS and not spec.tf_keras:
        return "found the api 'tf_keras' without tf_keras, expected its version"
    if spec.api is Api.TF_KERAS and not spec.tensorflow:
        return "found the api 'tf_keras' without tensorflow, expected its version"
    return None


def _backend_contradiction(spec: EnvironmentForm) -> str | None:
    backend = spec.backend
    if backend is Backend.TENSORFLOW:
        if spec.tensorflow:
            return None
        return (
            "found the backend 'tensorflow' without tensorflow, "
            "expected its version or another backend"
        )
    if not spec.keras:
        return f"found the backend '{backend}' without keras, expected its version"
    if spec.api is not Api.KERAS:
        return f"found the backend '{backend}' with the api '{spec.api}', expected 'api: keras'"
    return None


def tolerance_contradiction(tolerances: Tolerances) -> str | None:
    """Why these tolerances cannot be meant, or None."""
    if tolerances.ceiling < tolerances.relative:
        return (
            f"found the ceiling {tolerances.ceiling:g} below relative {tolerances.relative:g}, "
            "expected at least as much"
        )
    return None


def too_large(environments: int, known_models: Sequence[str]) -> str | None:
    """The sentence about a matrix that is too large, with its size, or None."""
    if environments > MAX_ENVIRONMENTS:
        return f"found {environments} environments, expected at most {MAX_ENVIRONMENTS}"
    cells = environments**2 * len(known_models) * len(MODEL_FORMATS)
    if cells > MAX_CELLS:
        return (
            f"found {cells} cells ({environments} savers x {len(known_models)} models x "
            f"{len(MODEL_FORMATS)} formats x {environments} loaders), expected at most {MAX_CELLS}"
        )
    return None
