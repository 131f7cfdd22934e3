"""What probing and building say, in the words of the display.

Owns the translation only.
"""

from __future__ import annotations

from crossload.runner.console.display import Display
from crossload.runner.environments.building import BuildResult
from crossload.runner.environments.model import BuiltEnvironment, Environment
from crossload.runner.records import EnvironmentProblem
from crossload.runner.words import JobStatus

_NAMED = ("tensorflow", "keras", "tf_keras")


def standing(outcome: BuiltEnvironment | EnvironmentProblem) -> str:
    """One line on an environment: ready with which frameworks, or why not."""
    if isinstance(outcome, EnvironmentProblem):
        return f"{outcome.state}: {outcome.message}"
    versions = dict(outcome.versions)
    return "ready: " + ", ".join(f"{name} {versions[name]}" for name in _NAMED if name in versions)


class BuildProgress:
    """Tells the display of builds; called from the threads in which they happen."""

    def __init__(self, display: Display) -> None:
        self._display = display

    def started(self, environment: Environment) -> None:
        self._display.environment(environment.id, "building")

    def waiting(self, text: str) -> None:
        self._display.message(text)

    def finished(self, result: BuildResult) -> None:
        """Leave the last word to whoever collects the results."""


class ProbeProgress:
    """Tells the display of workers and jobs; `total` is what was unsettled at the start."""

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
        if status in {JobStatus.DONE, JobStatus.REFUSED}:
            return
        self._display.message(f"{environment}: {job}: {status}")

    def remaining(self, saves: int, loads: int) -> None:
        done = self._total - saves - loads
        if done > self._done:
            self._display.advance(done - self._done)
            self._done = done
