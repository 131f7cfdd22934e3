"""What an environment asks the resolver for: requirements, the day, the packages built from source.

Owns the translation of a specification; pure, except that it knows what day it is. `locking` runs
the resolver.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from packaging.version import Version

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.frameworks import Frameworks, release_day
from crossload.runner.versions import is_version
from crossload.runner.words import Api, Backend

_LOCK_RECIPE = 1  # raise it when a lock for the same specification should be made anew
LATEST = "latest"
PERIOD = "period"


@dataclass(frozen=True)
class Wish:
    """What to resolve; `digest` changes whenever the answer could.

    `until` is the last day of releases that count, None for no limit; `dropped` are packages that
    another one stands for, so that nothing may pull them in; `pins` are those of the requirements
    that may be forced upon packages that forbid them: such a conflict is worth measuring;
    `find_links` are pages with builds that the package index may not have.
    """

    requirements: tuple[str, ...]
    pins: tuple[str, ...]
    resolve: str
    until: date | None
    source: tuple[str, ...]
    dropped: tuple[str, ...]
    find_links: tuple[str, ...]
    digest: str


class UnknownReleaseError(Exception):
    """A pinned version whose release day is not in the data; the message names it."""


def wish_of(
    spec: EnvironmentSpec, python: str, platform: str, frameworks: Frameworks, today: date
) -> Wish:
    """What to ask the resolver for.

    Raises:
        UnknownReleaseError: `resolve: period` and a framework version without a known day.
    """
    return Wish(
        requirements=tuple(_requirements(spec, platform, frameworks)),
        pins=tuple(name + _pin(pin) for name, pin in sorted(spec.packages.items())),
        resolve=spec.resolve,
        until=_until(spec, frameworks, today),
        source=_source(spec, frameworks),
        dropped=_dropped(spec, platform, frameworks),
        find_links=pages_of(spec, frameworks),
        digest=wish_digest(spec, python, platform, frameworks),
    )


def wish_digest(spec: EnvironmentSpec, python: str, platform: str, frameworks: Frameworks) -> str:
    """The digest of `wish_of` alone, which needs no day and cannot fail."""
    requirements = sorted(_requirements(spec, platform, frameworks))
    subject = [_LOCK_RECIPE, requirements, spec.resolve, python, platform]
    return hashlib.sha256(json.dumps(subject).encode()).hexdigest()


def pages_of(spec: EnvironmentSpec, frameworks: Frameworks) -> tuple[str, ...]:
    """Pages with builds for the environment's backend."""
    if spec.backend is Backend.TENSORFLOW:
        return ()
    return frameworks.backends[spec.backend].find_links


def _requirements(spec: EnvironmentSpec, platform: str, frameworks: Frameworks) -> Iterator[str]:
    if spec.lines:
        yield from spec.lines
        return
    if spec.tensorflow:
        yield frameworks.distribution(spec.tensorflow, platform) + _pin(spec.tensorflow)
    if spec.keras:
        yield frameworks.keras.distribution + _pin(spec.keras)
    elif spec.api is Api.KERAS and not spec.tensorflow:
        yield frameworks.keras.distribution
    if spec.tf_keras:
        yield frameworks.tf_keras.distribution + _pin(spec.tf_keras)
    elif spec.api is Api.TF_KERAS:
        yield frameworks.tf_keras.distribution
    if spec.backend is not Backend.TENSORFLOW:
        named = frameworks.backends[spec.backend].requirements
        yield from (name for name in named if name not in spec.packages)
    for name, pin in sorted(spec.packages.items()):
        yield name + _pin(pin)


def _pin(text: str) -> str:
    """`2.15` means its newest patch; `2.15.1` itself; anything else is a specifier already."""
    if not is_version(text):
        return text
    version = Version(text)
    short = len(version.release) == 2 and not version.is_prerelease and not version.is_postrelease
    return f"=={text}.*" if short else f"=={text}"


def _until(spec: EnvironmentSpec, frameworks: Frameworks, today: date) -> date | None:
    if spec.resolve == LATEST or (spec.lines and spec.resolve == PERIOD):
        return None
    if spec.resolve != PERIOD:
        return date.fromisoformat(spec.resolve)
    tensorflow = frameworks.minor_of(spec.tensorflow).releases if spec.tensorflow else {}
    pinned = (
        ("TensorFlow", spec.tensorflow, tensorflow),
        ("Keras", spec.keras, frameworks.keras.releases),
        ("tf-keras", spec.tf_keras, frameworks.tf_keras.releases),
    )
    days: list[date] = []
    for name, version, releases in pinned:
        if version is None:
            continue
        day = release_day(releases, version)
        if day is None:
            raise UnknownReleaseError(f"the release day of {name} {version} is not known")
        days.append(day)
    if not days:
        return None  # nothing of a known age is pinned: there is no period
    return min(max(days) + timedelta(days=frameworks.period_days), today)


def _source(spec: EnvironmentSpec, frameworks: Frameworks) -> tuple[str, ...]:
    if spec.lines:
        return ()
    named = set(frameworks.minor_of(spec.tensorflow).source) if spec.tensorflow else set()
    if spec.keras:
        named |= set(frameworks.keras.source)
    if spec.backend is not Backend.TENSORFLOW:
        named |= set(frameworks.backends[spec.backend].source)
    return tuple(sorted(named))


def _dropped(spec: EnvironmentSpec, platform: str, frameworks: Frameworks) -> tuple[str, ...]:
    """`tensorflow` where `tensorflow-cpu` stands for it: tf-keras would pull in both."""
    whole = frameworks.tensorflow.distributions["default"]
    if (
        spec.lines
        or spec.tensorflow is None
        or frameworks.distribution(spec.tensorflow, platform) == whole
    ):
        return ()
    return (whole,)
