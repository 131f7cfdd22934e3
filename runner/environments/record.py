"""What the ledger keeps of an environment: its identity, its versions, or why it cannot be used.

Owns the record of what a build came to; the ledger writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crossload.runner.environments.model import BuiltEnvironment, Environment, current_platform
from crossload.runner.environments.variables import probe_variables
from crossload.runner.records import EnvironmentProblem, EnvironmentRecord

KERAS_IN_USE = "keras_in_use"  # among the versions, where a variable decides it
CONDA = "conda"  # which resolves by its own rules
EXISTING = "existing"  # in place of a way of resolving: nothing was resolved


def environment_record(
    environment: Environment, result: BuiltEnvironment | EnvironmentProblem
) -> EnvironmentRecord:
    """What the ledger keeps of an environment as this run saw it."""
    spec = environment.spec
    interpreter = environment.interpreter
    record = EnvironmentRecord(
        id=environment.id,
        name=spec.name,
        digest="",
        api=str(spec.api),
        backend=str(spec.backend),
        python=interpreter.full if interpreter else environment.python,
        platform=current_platform(),
        resolve=_resolved(environment),
    )
    if isinstance(result, EnvironmentProblem):
        return replace(record, problem=result)
    return replace(
        record,
        digest=result.digest,
        versions=(*result.versions, *_keras_in_use(environment, dict(result.versions))),
        import_seconds=result.import_seconds,
    )


def _resolved(environment: Environment) -> str:
    """The way of resolving; for an image, which image it is."""
    adopted, spec = environment.adopted, environment.spec
    if adopted is None:
        return spec.resolve if spec.conda is None else CONDA
    return EXISTING if adopted.image is None else f"{spec.container} {adopted.installed}"


def _keras_in_use(
    environment: Environment, versions: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """The Keras behind `tf.keras` where a variable, and not the package `keras`, decides it."""
    legacy = probe_variables(environment.spec).get("TF_USE_LEGACY_KERAS", "0")
    if legacy.lower() not in {"1", "true"} or "tf_keras" not in versions:
        return ()
    return ((KERAS_IN_USE, versions["tf_keras"]),)
