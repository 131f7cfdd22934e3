"""What a run may have seen of a failure, made up: environments, and symptoms between two of them.

Owns no expectation; the tests of recognition say which cause each is.
"""

from __future__ import annotations

from typing import Any

from crossload.runner.causes import (
    EnvironmentFacts,
    Recogniser,
    Step,
    Symptoms,
    facts_of,
    shipped_catalogue,
)
from crossload.runner.records import EnvironmentRecord, ProbeError
from crossload.runner.words import Format, JobStatus, Strategy, Verdict

RECOGNISER = Recogniser(shipped_catalogue())


def facts(
    name: str, api: str = "tf.keras", backend: str = "tensorflow", **versions: str
) -> EnvironmentFacts:
    return facts_of(
        EnvironmentRecord(
            id=name,
            name=name,
            digest="",
            api=api,
            backend=backend,
            python=versions.get("python", ""),
            platform="linux",
            resolve="period",
            versions=tuple(versions.items()),
        )
    )


FIRST = facts("first", "keras", "theano", python="3.7.16", keras="1.2.2", h5py="2.10.0")
OLD = facts("old", python="3.8.18", tensorflow="2.3.0", keras="2.4.0", h5py="3.1.0")
LATE = facts("late", python="3.11.7", tensorflow="2.15.1", keras="2.15.0", h5py="3.10.0")
LEGACY = facts("legacy", "tf_keras", python="3.13.0", tensorflow="2.21.0", tf_keras="2.21.0")
NEW = facts("new", python="3.12.1", tensorflow="2.16.1", keras="3.1.1", h5py="3.10.0")


def symptoms(message: str = "", kind: str = "ValueError", **others: Any) -> Symptoms:
    given: dict[str, Any] = {
        "step": Step.LOAD,
        "verdict": Verdict.FAILS,
        "format": Format.H5,
        "saver": LATE,
        "loader": NEW,
        "strategy": Strategy.PLAIN,
        "status": JobStatus.REFUSED,
        "error": ProbeError(kind, message) if message else None,
    }
    return Symptoms(**(given | others))


def recognised(one: Symptoms) -> str:
    cause = RECOGNISER.recognise(one)
    return "" if cause is None else cause.id


SILENT: dict[str, Any] = {"verdict": Verdict.DIFFERS, "status": JobStatus.DONE}
UNSAVED: dict[str, Any] = {"step": Step.SAVE, "verdict": Verdict.UNSAVED}
SCRIPT: dict[str, Any] = {**SILENT, "format": Format.SCRIPT}
