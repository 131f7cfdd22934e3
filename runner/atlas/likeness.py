"""Which environment of the atlas is most like one that no matrix describes.

Owns that comparison: an existing environment has no row of its own, yet predictions need one.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossload.runner.atlas.model import AtlasEnvironment, Family
from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.versions import version_of
from crossload.runner.words import Api

_NEAR = 1  # minor versions: facts of one farther away say nothing reliable


def likeness(spec: EnvironmentSpec, known: Sequence[AtlasEnvironment]) -> str:
    """The name of the most similar environment; empty if none is near.

    Args:
        spec: versions as they are installed.
        known: the atlas's environments, in its order, which decides between equals.
    """
    legacy = spec.api is Api.TF_KERAS or spec.variables.get("TF_USE_LEGACY_KERAS") == "1"
    same = [
        one
        for one in known
        if one.backend == spec.backend and (one.family is Family.TF_KERAS) == legacy
    ]
    ranked = sorted(
        (
            (distance, one.api != spec.api, _extras(spec, one), position, one.name)
            for position, one in enumerate(same)
            if (distance := _distance(spec, one)) is not None
        ),
    )
    return ranked[0][-1] if ranked else ""


def _distance(spec: EnvironmentSpec, one: AtlasEnvironment) -> int | None:
    """Minor versions between the two; None if they are not near, or not comparable."""
    if spec.tensorflow and spec.api is not Api.KERAS:
        here, there = version_of(spec.tensorflow), version_of(one.tensorflow)
    else:
        here, there = version_of(spec.keras or ""), version_of(one.keras)
    if here is None or there is None or here.major != there.major:
        return None
    distance = abs(here.minor - there.minor)
    return distance if distance <= _NEAR else None


def _extras(spec: EnvironmentSpec, one: AtlasEnvironment) -> tuple[bool, int]:
    """How much more the other one differs from a plain installation."""
    beside = "tf_keras" in one.versions
    return beside != bool(spec.tf_keras), len(one.name)
