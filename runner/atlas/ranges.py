"""From a set of environments to words: "tf.keras 1.15 to 2.15, all of tf-keras".

Owns the order of versions within a family and the wording of runs of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from crossload.runner.atlas.model import AtlasEnvironment, Family
from crossload.runner.versions import minor_of, version_of


def described(environments: Sequence[AtlasEnvironment], chosen: Collection[str]) -> tuple[str, ...]:
    """The chosen environments, family by family, as runs of versions.

    Args:
        environments: all that there are: a run is one if nothing between its ends is missing.
        chosen: ids. A version counts as chosen if every environment of it is.
    """
    parts = []
    for family in Family:
        members = [one for one in environments if one.family is family]
        versions = _versions(members)
        inside = [
            all(one.id in chosen for one in members if minor_of(one.version) == version)
            for version in versions
        ]
        if versions and all(inside):
            parts.append(f"all of {family}" if len(versions) > 1 else f"{family} {versions[0]}")
        elif any(inside):
            parts.append(f"{family} {', '.join(_runs(versions, inside))}")
    return tuple(parts)


def _versions(members: Iterable[AtlasEnvironment]) -> list[str]:
    return sorted({minor_of(one.version) for one in members}, key=_order)


def _order(minor: str) -> tuple[int, ...]:
    version = version_of(minor)
    return () if version is None else version.release


def _runs(versions: Sequence[str], inside: Sequence[bool]) -> list[str]:
    runs: list[list[str]] = []
    before = False
    for version, one in zip(versions, inside, strict=True):
        if one and before:
            runs[-1].append(version)
        elif one:
            runs.append([version])
        before = one
    return [run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
