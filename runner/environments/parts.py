"""Runs a part of the probe that answers once, in an environment's Python or in its container.

Owns the start of such a process, its variables and its end. `importing` and `runner.atlas.harvest`
read the answers.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from crossload.runner.environments.model import Environment
from crossload.runner.environments.variables import probe_variables
from crossload.runner.records import Limits
from crossload.runner.sandbox.containers import Mount, invoke, user_inside
from crossload.runner.sandbox.target import INSIDE_PROBES, INSIDE_SCRATCH, Image
from crossload.runner.shipped import probes_folder

_FOLDERS = ("HOME", "TMPDIR", "KERAS_HOME")
_ENDING_SECONDS = 60.0


def run_part(
    environment: Environment,
    python: Path,
    words: Sequence[str],
    scratch: Path,
    *,
    timeout: float,
    script: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a part of the probe with the variables of a probe; it starts in the scratch folder.

    Args:
        environment: whose Keras.
        python: its interpreter, as the process finds it.
        words: the part and its options; paths in them are relative to the scratch folder.
        scratch: an empty folder of its own.
        timeout: in seconds.
        script: another script than the shipped one.

    Raises:
        subprocess.TimeoutExpired: it did not end in time, and was ended.
    """
    shown = script or probes_folder() / "start.py"
    image = environment.image
    if image is not None:
        if os.geteuid() == 0:
            os.chown(scratch, user_inside(), user_inside())
        mounts = (Mount(shown.parent, INSIDE_PROBES), Mount(scratch, INSIDE_SCRATCH, writable=True))
        folders = dict.fromkeys(_FOLDERS, "/tmp")  # noqa: S108 - the container's own
        command = [str(python), "-I", "-B", str(INSIDE_PROBES / shown.name), *words]
        variables = {**probe_variables(environment.spec), **folders}
        return run_in_image(image, command, mounts, variables, timeout)
    folders = dict.fromkeys(_FOLDERS, str(scratch))
    return answered(
        [str(python), "-I", "-B", str(shown), *words],
        timeout,
        {**folders, **probe_variables(environment.spec, python.parent.parent)},
        scratch,
    )


def run_in_image(
    image: Image,
    words: Sequence[str],
    mounts: Sequence[Mount],
    variables: Mapping[str, str],
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    """Run a command in a new container of an image; `timeout` is in seconds.

    Raises:
        subprocess.TimeoutExpired: it did not end in time; its container was removed.
        OSError: the engine cannot be started.
    """
    made = invoke(image, words, mounts, variables, Limits())
    try:
        return answered(made.command, timeout, made.variables)
    except subprocess.TimeoutExpired:
        if made.ending:  # killing the client does not end its container
            answered(made.ending, _ENDING_SECONDS, made.variables)
        raise


def answered(
    command: Sequence[str],
    timeout: float,
    variables: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command without input, and keep what it prints.

    Args:
        command: the program and its arguments.
        timeout: in seconds.
        variables: all of its environment; this process's by default.
        folder: where it starts; this process's by default.

    Raises:
        subprocess.TimeoutExpired: it did not end in time, and was ended.
        OSError: it cannot be started.
    """
    return subprocess.run(
        command,
        env=None if variables is None else dict(variables),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        check=False,
    )
