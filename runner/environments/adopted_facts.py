"""Whether the Keras of an existing environment imports, remembered for as long as it is unchanged.

Owns the notes in the cache folder, one for each identity and place; `importing` looks.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from crossload.runner.environments.files import read_json, write_atomically
from crossload.runner.environments.importing import ImportCheckStoppedError, check_import
from crossload.runner.environments.marker import Facts, adopted_digest
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause, EnvironmentState

_FOLDER = "existing"


def known_facts(cache: Path, environment: Environment) -> BuiltEnvironment | None:
    """What an earlier look found; None if there was none since the environment changed."""
    note = read_json(_note(cache, environment))
    try:
        versions = {str(name): str(text) for name, text in note["versions"].items()}
        return _ready(environment, Facts(versions, float(note["import_seconds"])))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def look(cache: Path, environment: Environment) -> BuiltEnvironment | EnvironmentProblem:
    """Import its Keras in a process of its own, and remember what came of it."""
    assert environment.adopted is not None
    try:
        facts = check_import(environment, environment.adopted.python)
    except ImportCheckStoppedError as error:
        return EnvironmentProblem(
            EnvironmentState.UNAVAILABLE,
            EnvironmentCause.IMPORT_FAILED,
            f"{environment.id!r} cannot be used: {error}",
            "run again",
        )
    if facts.problem is not None:  # not remembered: what is in the way may lie outside of it
        reason = facts.problem.message.partition("cannot be imported: ")[2]
        return replace(
            facts.problem,
            message=f"the Keras of {environment.id!r} cannot be imported: {reason}",
            advice=f"see whether {environment.adopted.python} imports it without crossload",
        )
    content = {"versions": dict(facts.versions), "import_seconds": facts.import_seconds}
    with suppress(OSError):  # without the note the next command looks again
        write_atomically(_note(cache, environment), json.dumps(content, indent=1) + "\n")
    return _ready(environment, facts)


def _note(cache: Path, environment: Environment) -> Path:
    assert environment.adopted is not None
    place = f"{adopted_digest(environment)} {environment.adopted.prefix}"
    return cache / _FOLDER / f"{hashlib.sha256(place.encode()).hexdigest()}.json"


def _ready(environment: Environment, facts: Facts) -> BuiltEnvironment:
    adopted, interpreter = environment.adopted, environment.interpreter
    assert adopted is not None
    assert interpreter is not None
    return BuiltEnvironment(
        environment=environment,
        digest=adopted_digest(environment),
        prefix=adopted.prefix,
        python=adopted.python,
        base_prefix=interpreter.prefix,
        versions=tuple(facts.versions.items()),
        import_seconds=facts.import_seconds,
    )
