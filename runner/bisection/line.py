"""The line of environments along which a change is looked for: one for each version, oldest first.

Owns which row of the matrix stands for a version, and where on the line any other row would be.
Only rows without peculiarities stand for one, so that two neighbours differ in what was released,
not in a package that was pinned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.version import Version

from crossload.runner.atlas import Atlas
from crossload.runner.config.fields import BUNDLED
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import Environment
from crossload.runner.errors import UsageError
from crossload.runner.versions import minor_of
from crossload.runner.words import Api, Backend, Word


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
    line: Sequence[Environment], ends: Iterable[tuple[str, Environment | None]], axis: Axis
) -> tuple[Environment, ...]:
    """The line, with the environments that the user named in the places of their versions.

    Args:
        line: as `line_of` makes it.
        ends: (option, environment) for each end; None where the user named none.
        axis: that of the line.

    Raises:
        UsageError: an end stands for no version on this axis.
    """
    places = {_version(one.spec, axis): one for one in line}
    for option, end in ends:
        if end is None:
            continue
        version = _version(end.spec, axis)
        if version is None:
            raise UsageError(
                f"{option}: {end.id} is not a version along {axis}",
                f"choose one of {', '.join(one.spec.name for one in line)}",
            )
        places[version] = end
    return tuple(places[version] for version in sorted(filter(None, places), key=Version))


def place_of(
    line: Sequence[Environment], environment: Environment, axis: Axis, atlas: Atlas
) -> int:
    """Where an environment stands on the line, or would: at the first version that is not older.

    One of another kind, such as Keras without TensorFlow, is placed by its version of Keras.
    """
    for place, one in enumerate(line):
        if one.id == environment.id:
            return place
    numbers = _tensorflow if axis is Axis.TENSORFLOW else _keras
    if numbers(environment, atlas) is None:
        numbers = _keras
    own = numbers(environment, atlas)
    if own is None:
        return 0
    places = [(place, numbers(one, atlas)) for place, one in enumerate(line)]
    later = [place for place, number in places if number is not None and number >= own]
    return min(later, default=len(line) - 1)


def _tensorflow(environment: Environment, atlas: Atlas) -> Version | None:
    del atlas
    return _number(environment.spec.tensorflow)


def _keras(environment: Environment, atlas: Atlas) -> Version | None:
    """The minor version of Keras, which for most rows only the atlas knows."""
    pinned = environment.spec.keras
    if pinned not in {None, BUNDLED}:
        return _number(pinned)
    names = {one.name: one.keras for one in atlas.environments}
    return _number(names.get(environment.row))


def _number(version: str | None) -> Version | None:
    return Version(minor_of(version)) if version else None


def _version(spec: EnvironmentSpec, axis: Axis) -> str | None:
    """The minor version that the row stands for on this axis; None where it stands for none."""
    if spec.backend is not Backend.TENSORFLOW:
        return None
    if axis is Axis.TENSORFLOW:
        if spec.api is not Api.TF_DOT_KERAS or spec.keras not in {None, BUNDLED}:
            return None
        return None if spec.tensorflow is None else minor_of(spec.tensorflow)
    if spec.api is Api.TF_KERAS or spec.keras is None or spec.keras == BUNDLED:
        return None
    return minor_of(spec.keras)


def _oddness(spec: EnvironmentSpec) -> tuple[int | bool, ...]:
    return (
        spec.resolve != "period",
        bool(spec.variables),
        len(spec.packages),
        bool(spec.libraries),
        spec.tf_keras is not None,
        len(spec.name),
    )
