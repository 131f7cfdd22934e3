"""What a worker is started with, whatever contains it: its own command, its pipes, a guardian.

Owns the interface that `runner.probing.process` starts workers through. `containment` has this
machine's sandbox, `containers` the engines that run images.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from crossload.runner.records import Limits
from crossload.runner.sandbox import guardian
from crossload.runner.sandbox.target import Place, ProbeTarget


@dataclass(frozen=True)
class Descriptors:
    """The worker's ends of its pipes, by number; `extra` is the filter's or the lifeline's."""

    jobs: int
    answers: int
    info: int
    extra: int | None


class Containment(Protocol):
    """How one worker is contained, started and ended."""

    @property
    def guarded(self) -> bool:
        """Whether a guardian starts it and ends everything when its lifeline closes."""

    @property
    def filtered(self) -> bool:
        """Whether it is started with a filter of system calls."""

    @property
    def is_remote(self) -> bool:
        """Whether a service runs it, so that its memory cannot be seen from here."""

    def owner(self, slot: int) -> int | None:
        """Return the user id that must own its scratch folder, if not the caller's."""

    def inside(self, place: Place) -> Place:
        """Return the folders as the worker sees them."""

    def command(
        self, target: ProbeTarget, place: Place, limits: Limits, descriptors: Descriptors,
        script: str,
    ) -> tuple[list[str], dict[str, str]]:  # fmt: skip
        """Return the argument list and the environment that start the worker `script`."""


def worker_command(
    target: ProbeTarget, inside: Place, script: str, pipes: tuple[int, int]
) -> list[str]:
    """Return the worker's own command.

    Args:
        target: its environment.
        inside: the folders as it sees them.
        script: which of the probes.
        pipes: the descriptors that it reads jobs from and writes answers to.
    """
    command = [str(target.python), "-I", "-B", str(inside.probes / script), "worker"]
    command += ["--api", target.api, "--backend", target.backend]
    command += ["--jobs-fd", str(pipes[0]), "--answers-fd", str(pipes[1])]
    return [*command, "--scratch", str(inside.scratch)]


def guarded(
    descriptors: Descriptors,
    limits: Mapping[str, int],
    command: Sequence[str],
    ending: Sequence[str] | None = None,
) -> list[str]:
    """Return the command with the guardian around it.

    Args:
        descriptors: `extra` is the lifeline.
        limits: those of the kernel, as `bubblewrap.resource_limits` names them.
        command: what to start.
        ending: for the client of a container engine, which gets the pipes as its standard input
            and output: the command that ends its container; empty where it ends with the client.
    """
    words = [sys.executable, "-I", str(Path(guardian.__file__))]
    words += ["--lifeline", str(descriptors.extra), "--info", str(descriptors.info)]
    words += ["--limits", ",".join(f"{name}={value}" for name, value in limits.items())]
    if ending is not None:
        words += ["--pipes", f"{descriptors.jobs},{descriptors.answers}"]
    if ending:
        words += ["--ending", json.dumps(list(ending))]
    return [*words, "--", *command]
