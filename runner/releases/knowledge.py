"""What the data of frameworks does not know yet of the offered releases, as additions to its text.

Owns which releases belong into the data and what a new minor version's entry says. Sizes that no
index gives are those of the minor version before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from packaging.version import Version

from crossload.runner.environments.frameworks import Frameworks, Minor, merged
from crossload.runner.releases.edits import Entry, Item, Value
from crossload.runner.releases.offers import Offer, Release

_HEADER = """\
# Releases that this crossload does not know yet, in the form of its own
# data: days of release, Pythons with wheels. `crossload releases --write` adds to it.
"""
_MB = 10**6


def new_knowledge(
    frameworks: Frameworks, offers: Mapping[str, Offer], *, pre: bool
) -> tuple[Entry | Item, ...]:
    """Additions to the data.

    Args:
        frameworks: What is known.
        offers: By the matrix key of the framework; those that were not asked for are missing.
        pre: Whether versions for trying out count.
    """
    additions: list[Entry | Item] = []
    if "tensorflow" in offers:
        additions += _tensorflow(frameworks, offers["tensorflow"].usable(pre=pre))
    for key, entry in (("keras", frameworks.keras), ("tf_keras", frameworks.tf_keras)):
        if key in offers:
            first = min(map(Version, entry.releases))
            additions += (
                Entry((key, "releases"), str(one.version), one.day.isoformat())
                for one in offers[key].usable(pre=pre)
                if one.day and one.version >= first and str(one.version) not in entry.releases
            )
    return tuple(additions)


def _tensorflow(frameworks: Frameworks, usable: Sequence[Release]) -> Iterator[Entry | Item]:
    since = Version(frameworks.rows_from.tensorflow)
    dated = [one for one in usable if one.day and one.pythons and Version(one.minor) >= since]
    for minor in dict.fromkeys(one.minor for one in dated):
        releases = [one for one in dated if one.minor == minor]
        if frameworks.knows(minor):
            yield from _known_minor(frameworks, minor, releases)
        else:
            yield Entry(("tensorflow", "minors"), minor, _entry(frameworks, minor, releases))
    names = frameworks.tensorflow.distributions
    for one in dated:
        if one.projects == (names["default"],) and len(set(names.values())) > 1:
            version = str(one.version)
            if version not in frameworks.tensorflow.without_cpu_build:
                yield Item(("tensorflow", "without_cpu_build"), version)


def _known_minor(
    frameworks: Frameworks, minor: str, releases: Sequence[Release]
) -> Iterator[Entry | Item]:
    known, path = frameworks.tensorflow.minors[minor], ("tensorflow", "minors", minor)
    for one in releases:
        if one.day and str(one.version) not in known.releases:
            yield Entry((*path, "releases"), str(one.version), one.day.isoformat())
    for python in _pythons(frameworks, releases):
        if python not in known.pythons:
            yield Item((*path, "pythons"), python)


def _pythons(frameworks: Frameworks, releases: Sequence[Release]) -> list[str]:
    oldest = Version(frameworks.rows_from.python)
    found = {python for one in releases for python in one.pythons if Version(python) >= oldest}
    return sorted(found, key=Version)


def _entry(frameworks: Frameworks, minor: str, releases: Sequence[Release]) -> Value:
    nearest: Minor = frameworks.minor_of(minor)
    sizes = [one.size // _MB for one in releases if one.size]
    entry: dict[str, Value] = {
        "pythons": _pythons(frameworks, releases),
        "releases": {str(one.version): str(one.day) for one in releases},
        "download_mb": max(sizes, default=nearest.download_mb) or 1,
        "disk_mb": nearest.disk_mb,
    }
    if nearest.source:
        entry["source"] = list(nearest.source)
    return entry


def as_additions(additions: Sequence[Entry | Item]) -> dict[str, object]:
    """The same as plain data, to be merged into what a file holds."""
    whole: object = {}
    for one in additions:
        value: object = {one.key: one.value} if isinstance(one, Entry) else [one.value]
        for key in reversed(one.path):
            value = {key: value}
        whole = merged(whole, value)
    assert isinstance(whole, dict)
    return whole


def for_own_file(additions: Sequence[Entry | Item], text: str) -> tuple[str, tuple[Entry, ...]]:
    """Additions for the file next to a matrix, which may not have the data's lists.

    Returns:
        Its text, with a heading if it is new, and entries that fit it.
    """
    entries: dict[tuple[str, ...], Entry] = {}
    for one in additions:
        if isinstance(one, Entry):
            place = (*one.path, one.key)
            entries[place] = one
        else:
            *path, key = one.path
            before = entries.get(one.path)
            known = before.value if before is not None else []
            assert isinstance(known, list)
            entries[one.path] = Entry(tuple(path), key, [*known, one.value])
    return text or _HEADER, tuple(entries.values())
