"""The line of environments along which a change is looked for: one for each version, oldest first.

Owns which row of the matrix stands for a version. Only rows without peculiarities do, so that two
neighbours differ in what was released, not in a package that somebody pinned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.version import Version

from runner.config.fields import BUNDLED
from runner.config.model import EnvironmentSpec
from runner.environments.model import Environment
from runner.words import Api, Backend, Word


class Axis(Word):
    """What changes along the line."""

    TENSORFLOW = "tensorflow"
    KERAS = "keras"


def line_of(environments: Sequence[Environment], axis: Axis) -> tuple[Environment, ...]:
    """One environment for each version on the axis, oldest first, without those that cannot be.

    Along `tensorflow` that is `tf.keras` of each TensorFlow as it was released; along `keras` each
    version of the package `keras`, on TensorFlow.
    """
    chosen: dict[str, Environment] = {}
    for one in environments:
        version = _version(one.spec, axis)
        if version is None or one.problem is not None:
            continue
        known = chosen.get(version)
        if known is None or _oddness(one.spec) < _oddness(known.spec):
            chosen[version] = one
    return tuple(chosen[version] for version in sorted(chosen, key=Version))


def with_ends(
    line: Sequence[Environment], ends: Iterable[Environment | None], axis: Axis
) -> tuple[Environment, ...]:
    """The line, with the environments that the user named in the places of their versions."""
    places = {_version(one.spec, axis): one for one in line}
    for end in ends:
        if end is not None:
            places[_version(end.spec, axis) or end.spec.tensorflow or "0"] = end
    return tuple(places[version] for version in sorted(filter(None, places), key=Version))


def place_of(line: Sequence[Environment], environment: Environment) -> int:
    """Where an environment stands on the line, or would: at the next newer TensorFlow."""
    for place, one in enumerate(line):
        if one.id == environment.id:
            return place
    own = Version(environment.spec.tensorflow or "0")
    later = [place for place, one in enumerate(line) if Version(one.spec.tensorflow or "0") >= own]
    return min(later, default=len(line) - 1)


def _version(spec: EnvironmentSpec, axis: Axis) -> str | None:
    """The minor version that the row stands for on this axis; None where it stands for none."""
    if spec.backend is not Backend.TENSORFLOW:
        return None
    if axis is Axis.TENSORFLOW:
        if spec.api is not Api.TF_DOT_KERAS or spec.keras not in {None, BUNDLED}:
            return None
        return _minor(spec.tensorflow)
    if spec.api is Api.TF_KERAS or spec.keras in {None, BUNDLED}:
        return None
    return _minor(spec.keras)


def _minor(version: str | None) -> str | None:
    return None if version is None else ".".join(version.split(".")[:2])


def _oddness(spec: EnvironmentSpec) -> tuple[int | bool, ...]:
    return (
        spec.resolve != "period",
        bool(spec.variables),
        len(spec.packages),
        bool(spec.libraries),
        spec.tf_keras is not None,
        len(spec.name),
    )
