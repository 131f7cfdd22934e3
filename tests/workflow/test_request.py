"""What a run is asked for is kept, and decides the limits of its probes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from crossload.runner.config.model import EnvironmentSpec
from crossload.runner.environments.model import BuiltEnvironment
from crossload.runner.environments.record import environment_record
from crossload.runner.records import SubjectRecord
from crossload.runner.request import limits_of
from crossload.runner.words import (
    RunKind,
    SubjectTask,
)
from crossload.runner.workflow import run
from tests import runs
from tests.checking.examples import TF26, subject
from tests.runs import A
from tests.workflow.stage import Stage


def test_a_run_keeps_its_kind_and_the_models_that_a_user_gave(stage: Stage) -> None:
    mine = replace(subject(), path=Path("models/mine.h5"), given=(("inputs", "x.npz"),))
    plain = stage.request(A)
    plan = replace(plain.plan, subjects=(mine,))
    run(replace(plain, plan=plan, kind=RunKind.CHECK), stage.ledger, stage.screen)
    start = stage.ledger.runs()[-1].start
    assert start.kind is RunKind.CHECK
    assert start.subjects == (
        SubjectRecord("mine", "models/mine.h5", SubjectTask.ADOPT, (("inputs", "x.npz"),)),
    )


def test_a_big_user_model_gets_room_and_time(stage: Stage) -> None:
    big = replace(subject(), bytes=50_000_000)
    huge = replace(subject("huge"), bytes=5_000_000_000)
    given = runs.matrix().limits.to_limits()
    request = stage.request()
    found = limits_of(replace(request, plan=replace(request.plan, subjects=(big,))))
    assert found.cpu_seconds == given.cpu_seconds + 50
    assert (found.memory_mb, found.scratch_mb) == (given.memory_mb + 400, given.scratch_mb + 200)
    found = limits_of(replace(request, plan=replace(request.plan, subjects=(big, huge))))
    assert found.wall_seconds == given.wall_seconds + 600
    assert limits_of(request) == given


@pytest.mark.parametrize(
    ("variables", "versions", "more"),
    [
        (
            {"TF_USE_LEGACY_KERAS": "1"},
            {"keras": "3.1.1", "tf_keras": "2.16.0"},
            {"keras_in_use": "2.16.0"},
        ),
        ({"TF_USE_LEGACY_KERAS": "true"}, {"tf_keras": "2.16.0"}, {"keras_in_use": "2.16.0"}),
        ({"TF_USE_LEGACY_KERAS": "0"}, {"keras": "3.1.1", "tf_keras": "2.16.0"}, {}),
        ({}, {"keras": "3.1.1", "tf_keras": "2.16.0"}, {}),
        ({"TF_USE_LEGACY_KERAS": "1"}, {"keras": "3.1.1"}, {}),
    ],
)
def test_a_variable_decides_which_keras_is_in_use(
    variables: dict[str, str], versions: dict[str, str], more: dict[str, str]
) -> None:
    spec = EnvironmentSpec(name="both", tensorflow="2.16.1", python="3.12", variables=variables)
    environment = replace(TF26, spec=spec)
    where = (Path("/prefix"), Path("/python"), Path("/base"))
    built = BuiltEnvironment(environment, "digest", *where, tuple(versions.items()), 1.0)
    assert dict(environment_record(environment, built).versions) == {**versions, **more}
