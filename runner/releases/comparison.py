"""The index against the pins of the matrix: missing minors, newer patches, withdrawn releases.

Owns the comparison and its JSON. What is done about it is `rows`'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from packaging.version import Version

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import Frameworks
from crossload.runner.releases.offers import Offer, Release
from crossload.runner.versions import is_version, minor_of
from crossload.runner.words import Backend


@dataclass(frozen=True)
class Subject:
    """Something to compare.

    `key` is the matrix key that pins it ("" for a package of a backend); `projects` are its names
    on an index; `since` is the first minor version that a matrix can have rows of. With `backend`
    only rows with that backend count, and only releases newer than all of them are missing: a
    matrix has few such rows.
    """

    name: str
    key: str
    projects: tuple[str, ...]
    since: Version | None = None
    backend: Backend | None = None


@dataclass(frozen=True)
class NewerPatch:
    """Rows that pin a version of which there is a newer patch."""

    pinned: str
    newest: Release
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Withdrawn:
    """Rows that pin a version that was taken back (`yanked`), or that the index does not have."""

    pinned: str
    yanked: bool
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """One subject: `missing` are the newest patches of the minor versions without a row."""

    subject: Subject
    newest: Release | None
    missing: tuple[Release, ...]
    newer: tuple[NewerPatch, ...]
    withdrawn: tuple[Withdrawn, ...]

    def as_json(self) -> dict[str, object]:
        """The comparison for programs."""
        return {
            "name": self.subject.name,
            "newest": _release_json(self.newest) if self.newest else None,
            "missing": [_release_json(one) for one in self.missing],
            "newer": [
                {"pinned": one.pinned, **_release_json(one.newest), "rows": list(one.rows)}
                for one in self.newer
            ],
            "withdrawn": [
                {"pinned": one.pinned, "yanked": one.yanked, "rows": list(one.rows)}
                for one in self.withdrawn
            ],
        }


def _release_json(release: Release) -> dict[str, object]:
    return {
        "minor": release.minor,
        "version": str(release.version),
        "released": _day(release.day),
        "pythons": list(release.pythons),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def all_subjects(frameworks: Frameworks) -> tuple[Subject, ...]:
    """TensorFlow, Keras, tf-keras; of each other backend its first package, and Keras on it."""
    since, names = frameworks.rows_from, frameworks.tensorflow.distributions
    projects = dict.fromkeys((names["default"], *names.values()))
    keras, tf_keras = frameworks.keras.distribution, frameworks.tf_keras.distribution
    backends = [(one, frameworks.backends[one]) for one in Backend if one in frameworks.backends]
    return (
        Subject("tensorflow", "tensorflow", tuple(projects), Version(since.tensorflow)),
        Subject("keras", "keras", (keras,), Version(since.keras)),
        Subject("tf-keras", "tf_keras", (tf_keras,), Version(since.tf_keras)),
        *(Subject(str(name), "", one.requirements[:1], backend=name) for name, one in backends),
        *(
            Subject(f"keras-{name}", "keras", (keras,), Version(one.keras), name)
            for name, one in backends
            if one.keras is not None
        ),
    )


def pins_of(subject: Subject, specs: Sequence[EnvironmentSpec]) -> dict[str, tuple[str, ...]]:
    """The versions of a subject that a matrix pins, each with the rows that do; no ranges."""
    rows: Mapping[str, list[str]] = defaultdict(list)
    for spec in specs:
        if subject.backend is not None and spec.backend is not subject.backend:
            continue
        if subject.key:
            pinned = getattr(spec, subject.key)
        else:
            pinned = (spec.packages.get(subject.projects[0]) or "").removeprefix("==")
        if pinned and is_version(pinned):
            rows[pinned].append(spec.name)
    return {pinned: tuple(names) for pinned, names in rows.items()}


def compare(
    subject: Subject, offer: Offer, specs: Sequence[EnvironmentSpec], *, pre: bool
) -> Comparison:
    """One subject's offer against the rows of a matrix.

    Args:
        subject: What is compared.
        offer: Everything that the index has of it.
        specs: The matrix's rows.
        pre: Whether versions for trying out count.
    """
    pins = pins_of(subject, specs)
    usable = offer.usable(pre=pre)
    present = {minor_of(pinned) for pinned in pins}
    first = _first(subject, present)
    wanted = [
        minor
        for minor in dict.fromkeys(one.minor for one in usable)
        if first is not None and Version(minor) >= first and minor not in present
    ]
    newest = [offer.newest_of(minor, pre=pre) for minor in wanted]
    return Comparison(
        subject=subject,
        newest=max(usable, key=lambda one: one.version, default=None),
        missing=tuple(one for one in newest if one is not None),
        newer=tuple(_newer(pins, offer)),
        withdrawn=tuple(_withdrawn(pins, offer)),
    )


def _first(subject: Subject, present: Collection[str]) -> Version | None:
    """The first minor version that is wanted; None if none is."""
    if subject.backend is None:
        return subject.since
    pinned = [Version(one) for one in present]
    if subject.since is not None:
        pinned = [one for one in pinned if one >= subject.since]
    return max(pinned, default=None)


def _is_whole(pinned: str) -> bool:
    """Whether a pin names one release; "2.15" means whatever is the newest patch."""
    version = Version(pinned)
    return len(version.release) > 2 or version.is_prerelease or version.is_postrelease


def _newer(pins: Mapping[str, tuple[str, ...]], offer: Offer) -> list[NewerPatch]:
    found = []
    for pinned, rows in pins.items():
        newest = offer.newest_of(minor_of(pinned), pre=False)
        if newest is None or not _is_whole(pinned) or str(newest.version) in pins:
            continue
        if newest.version > Version(Version(pinned).public):
            found.append(NewerPatch(pinned, newest, rows))
    return sorted(found, key=lambda one: Version(one.pinned))


def _withdrawn(pins: Mapping[str, tuple[str, ...]], offer: Offer) -> list[Withdrawn]:
    found = []
    for pinned, rows in pins.items():
        release = offer.find(pinned)
        if release is not None and not release.yanked:
            continue
        if release is None and (not _is_whole(pinned) or Version(pinned).local):
            continue  # a whole minor version, or a build from beside the index
        found.append(Withdrawn(pinned, release is not None, rows))
    return sorted(found, key=lambda one: Version(one.pinned))
