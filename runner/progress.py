"""What a run reports about itself while it runs, and to whom.

Owns the interface that a listener implements and the wording of states. It draws nothing; the
command line implements `Display` for terminals and log files.
"""

from __future__ import annotations

from typing import Protocol

from crossload.runner.environments.building import BuildResult
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import JobStatus

_NAMED = ("tensorflow", "keras", "tf_keras")
# How a job ends as a result. What a framework does to its process is one: the report counts it.
_RESULTS = frozenset(
    {
        JobStatus.DONE,
        JobStatus.REFUSED,
        JobStatus.CRASHED,
        JobStatus.TIMED_OUT,
        JobStatus.OUT_OF_MEMORY,
    }
)


def standing(outcome: BuiltEnvironment | EnvironmentProblem) -> str:
    """One line on an environment: ready with which frameworks, or why not."""
    if isinstance(outcome, EnvironmentProblem):
        return f"{outcome.state}: {outcome.message}"
    versions = dict(outcome.versions)
    return "ready: " + ", ".join(f"{name} {versions[name]}" for name in _NAMED if name in versions)


class Display(Protocol):
    """Hears of a run's progress."""

    def phase(self, title: str, total: int) -> None:
        """Begin a phase of `total` units; the previous one is over."""

    def advance(self, units: int = 1) -> None:
        """Count `units` of the phase as done."""

    def environment(self, environment_id: str, state: str, *, final: bool = False) -> None:
        """Take note of what an environment is doing; a `final` state does not change again."""

    def message(self, text: str) -> None:
        """Take one line that should stay visible."""


class BuildProgress:
    """Passes builds on to the display; called from the threads that build."""

    def __init__(self, display: Display) -> None:
        self._display = display

    def started(self, environment: Environment) -> None:
        self._display.environment(environment.id, "building")

    def waiting(self, text: str) -> None:
        self._display.message(text)

    def finished(self, result: BuildResult) -> None:
        """Do nothing: the caller that collects the results reports them."""


class ProbeProgress:
    """Passes workers and jobs on to the display; `total` is what was unsettled at the start."""

    def __init__(self, display: Display, total: int) -> None:
        self._display = display
        self._total = total
        self._done = 0

    def worker_starting(self, environment: str) -> None:
        self._display.environment(environment, "importing its framework")

    def worker_ready(self, environment: str, seconds: float) -> None:
        self._display.environment(environment, f"imported in {seconds:.1f} s")

    def worker_failed(self, environment: str, message: str) -> None:
        self._display.message(f"{environment}: the probe did not start: {message}")

    def job_started(self, environment: str, job: str) -> None:
        self._display.environment(environment, job)

    def job_ended(self, environment: str, job: str, status: JobStatus) -> None:
        if status not in _RESULTS:
            self._display.message(f"{environment}: {job}: {status}")

    def remaining(self, saves: int, loads: int) -> None:
        done = self._total - saves - loads
        if done > self._done:
            self._display.advance(done - self._done)
            self._done = done
