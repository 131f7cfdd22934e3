"""Remembers resolutions that failed today, so that later runs need not wait for the same answer.

Owns the files that remember them. What depends on the moment (network, disk) is never kept, nothing
is believed on another day, and `crossload lock` does not ask here.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from datetime import date
from pathlib import Path

from crossload.runner.environments.causes import is_network_failure
from crossload.runner.environments.files import read_json, write_atomically
from crossload.runner.environments.marker import problem_as_json, problem_from
from crossload.runner.environments.tools import tool_variables
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import EnvironmentCause

FOLDER = "unresolvable"  # inside the home's cache


def recall(folder: Path, digest: str, today: date) -> EnvironmentProblem | None:
    """The problem that was remembered today for the wish with this digest."""
    kept = read_json(_file(folder, digest))
    try:
        return problem_from(kept) if kept.get("day") == today.isoformat() else None
    except (KeyError, ValueError):
        return None


def remember(folder: Path, digest: str, problem: EnvironmentProblem, today: date) -> None:
    """Keep what the resolver itself found impossible; where that cannot be written, no harm."""
    kept = {EnvironmentCause.NO_WHEEL, EnvironmentCause.RESOLVE_FAILED}
    is_resolvers = problem.log_tail and not is_network_failure(problem.log_tail)
    if problem.cause in kept and is_resolvers:
        text = json.dumps({"day": today.isoformat(), **problem_as_json(problem)}, indent=1)
        with suppress(OSError):
            write_atomically(_file(folder, digest), text + "\n")


def _file(folder: Path, digest: str) -> Path:
    """Another index may have what this one lacks: its settings are a part of the name."""
    settings = {k: v for k, v in tool_variables().items() if k.upper().startswith(("UV_", "PIP_"))}
    subject = json.dumps([digest, sorted(settings.items())])
    return folder / f"{hashlib.sha256(subject.encode()).hexdigest()[:32]}.json"
