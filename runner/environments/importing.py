"""The import check: does the installed Keras import, and which versions does it find?

Owns the options of the probe's import check and the reading of its answer. A failed import is a
result; only a check that was stopped from outside is not.
"""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten
from typing import Any

from crossload.runner.environments.causes import import_problem
from crossload.runner.environments.files import read_json
from crossload.runner.environments.marker import Facts
from crossload.runner.environments.model import Environment
from crossload.runner.environments.parts import run_part

_TIMEOUT_SECONDS = 600.0
_MOST_CHARACTERS = 200  # of the message in a sentence; the log has all of it
_ANSWER = "facts.json"
_STOPPED = {-signal.SIGINT, -signal.SIGTERM, -signal.SIGKILL}


class ImportCheckStoppedError(Exception):
    """The check was ended from outside, so it says nothing about the environment."""


def check_import(environment: Environment, python: Path, facts_script: Path | None = None) -> Facts:
    """Import the environment's Keras in a process of its own, with the variables of a probe.

    Args:
        environment: Says which Keras and backend.
        python: The environment's interpreter.
        facts_script: Another script than the shipped one.

    Raises:
        ImportCheckStoppedError: the process was killed.
    """
    with TemporaryDirectory(prefix="crossload-import-") as scratch:
        words = ["facts", "--out", _ANSWER]
        words += ["--api", str(environment.spec.api), "--backend", str(environment.spec.backend)]
        try:
            done = run_part(
                environment, python, words, Path(scratch),
                timeout=_TIMEOUT_SECONDS, script=facts_script,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            reason = f"it did not end within {_TIMEOUT_SECONDS:.0f} s"
            return Facts({}, 0.0, import_problem(environment.id, reason, ""))
        if done.returncode in _STOPPED:
            raise ImportCheckStoppedError(f"the import check ended with signal {-done.returncode}")
        said = read_json(Path(scratch) / _ANSWER)
        return _facts(environment, done.returncode, done.stdout + done.stderr, said)


def _facts(environment: Environment, code: int, output: str, said: dict[str, Any]) -> Facts:
    error = said.get("error")
    if isinstance(error, dict):
        message = " ".join(str(error.get("message", "")).split()) or "no message"
        raised = error.get("type", "Exception")
        reason = f"{raised}: {shorten(message, _MOST_CHARACTERS, placeholder=' ...')}"
        trace = f"{output}\n{error.get('traceback', '')}\n{raised}: {message}"
        return Facts({}, 0.0, import_problem(environment.id, reason, trace))
    try:
        versions = {str(name): str(text) for name, text in said["versions"].items() if text}
        seconds = float(said["import_seconds"])
    except (KeyError, TypeError, ValueError, AttributeError):
        reason = f"signal {-code}" if code < 0 else f"exit code {code} without an answer"
        return Facts({}, 0.0, import_problem(environment.id, reason, output))
    return Facts({"python": str(said.get("python", "")), **versions}, seconds)
