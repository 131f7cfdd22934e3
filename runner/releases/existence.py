"""Whether the framework that an environment names was ever released, before anything is resolved.

Owns the question and the sentence. What is already known is not asked for, and an index that does
not answer leaves the question open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from packaging.version import Version

from crossload.runner.environments.frameworks import Releases, load_frameworks, release_day
from crossload.runner.environments.model import Environment, current_platform
from crossload.runner.errors import PackageIndexError
from crossload.runner.records import EnvironmentProblem
from crossload.runner.releases.indexes import configured_indexes, files_of
from crossload.runner.releases.offers import make_offer
from crossload.runner.words import EnvironmentCause, EnvironmentState

# The versions of a project that the indexes have; None where they do not answer.
Ask = Callable[[str], "Sequence[Version] | None"]


@cache
def released(project: str) -> tuple[Version, ...] | None:
    """A project's versions on the configured indexes, oldest first; None without an answer."""
    try:
        files = files_of(project, configured_indexes())
    except PackageIndexError:
        return None
    return tuple(one.version for one in make_offer([(project, files)]).releases)


def unreleased(environment: Environment, ask: Ask = released) -> EnvironmentProblem | None:
    """The problem of an environment whose framework does not exist; None if it does, or may.

    Args:
        environment: one that has no lock.
        ask: what an index has.
    """
    spec, frameworks = environment.spec, load_frameworks()
    wanted: list[tuple[str, str, str, Releases]] = []
    if spec.tensorflow:
        minor = frameworks.minor_of(spec.tensorflow)
        project = frameworks.distribution(spec.tensorflow, current_platform())
        wanted.append(("TensorFlow", project, spec.tensorflow, minor.releases))
    for name, one, version in (
        ("Keras", frameworks.keras, spec.keras),
        ("tf-keras", frameworks.tf_keras, spec.tf_keras),
    ):
        if version:
            wanted.append((name, one.distribution, version, one.releases))
    found = (_missing(*one, ask) for one in wanted)
    text = next((one for one in found if one), None)
    if text is None:
        return None
    return EnvironmentProblem(
        EnvironmentState.IMPOSSIBLE,
        EnvironmentCause.RESOLVE_FAILED,
        text,
        "correct the version in the matrix; `crossload releases` lists the released versions",
    )


def _missing(name: str, project: str, text: str, known: Releases, ask: Ask) -> str:
    if release_day(known, text) is not None:
        return ""
    versions = ask(project)
    if not versions:
        return ""
    wanted = Version(text).release
    if any(one.release[: len(wanted)] == wanted for one in versions):
        return ""
    newest = max(versions, key=lambda one: (not one.is_prerelease, one))
    return f"there is no {name} {text}; the newest is {newest}"
