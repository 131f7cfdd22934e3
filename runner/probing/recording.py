"""From the end of a job to the sink: what follows at once, and what is written later.

Owns that order, and storing what a saver wrote. `outcomes` makes the records.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crossload.runner.artifacts.store import Artifact, BadBundleError
from crossload.runner.probing import deaths, outcomes
from crossload.runner.probing.backlog import Backlog, Pending, PendingSave
from crossload.runner.probing.executor import Hand, JobEnd
from crossload.runner.probing.protocol import Saved
from crossload.runner.probing.settings import ProbeSettings
from crossload.runner.probing.tasks import ProbeSink
from crossload.runner.records import AttemptKey, AttemptOutcome, EnvironmentProblem, JobReport
from crossload.runner.words import JobStatus


@dataclass(frozen=True)
class Settled:
    """An ended job on its way to the sink; `key` and `outcome` are an attempt's."""

    item: Pending
    end: JobEnd
    report: JobReport
    key: AttemptKey | None = None
    outcome: AttemptOutcome | None = None
    label: str = ""

    @property
    def has_bundle(self) -> bool:
        """Whether there is something to store first."""
        return isinstance(self.item, PendingSave) and self.report.status is JobStatus.DONE

    def __str__(self) -> str:
        return self.label or str(self.item)


class Recorder:
    """Writes results down, one by one."""

    def __init__(self, settings: ProbeSettings, sink: ProbeSink, backlog: Backlog) -> None:
        self._settings = settings
        self._sink = sink
        self._backlog = backlog

    def unusable(self, environment: str, problem: EnvironmentProblem) -> None:
        """Pass on that an environment's worker does not come up."""
        self._sink.unusable(environment, problem)

    def settle(self, worker: Hand, item: Pending, end: JobEnd) -> Settled:
        """Translate the end of a job, and tell the backlog what follows from an attempt at once."""
        report = outcomes.report_of(end, self._settings.limits, worker.output(end.job.id))
        if isinstance(item, PendingSave):
            return Settled(item, end, report)
        key = item.task.key(item.artifact, item.queue.digest).attempt(item.strategy)
        outcome = outcomes.attempt_outcome(end, report)
        # Read before the backlog moves the cell on to its next strategy.
        settled = Settled(item, end, report, key, outcome, str(item))
        self._backlog.attempted(item, outcome)
        return settled

    def store(self, worker: Hand, settled: Settled) -> Artifact | str:
        """Take what a saver wrote; return the artifact, or what is wrong with the bundle.

        Touches nothing but the disk, and may run in a thread of its own.

        Raises:
            StorageError: the store cannot be written.
        """
        answer = settled.end.answer
        assert isinstance(answer, Saved)
        most = self._settings.limits.scratch_mb * 1_000_000
        try:
            return worker.collect(settled.end.job.id, answer.payload or "", most)
        except BadBundleError as error:
            return str(error)

    def write(self, settled: Settled, stored: Artifact | str | None) -> JobStatus:
        """Hand an outcome to the sink; the loads of a fresh save become ready after that."""
        if settled.key is not None and settled.outcome is not None:
            self._sink.attempted(settled.key, settled.outcome)
            return settled.report.status
        assert isinstance(settled.item, PendingSave)
        report = settled.report
        if isinstance(stored, str):
            death = deaths.bad_answer(stored)
            report = replace(report, status=death.status, detail=death.detail)
        artifact = stored if isinstance(stored, Artifact) else None
        outcome = outcomes.save_outcome(settled.end, report, artifact)
        self._sink.saved(settled.item.key, outcome)
        self._backlog.saved(settled.item.key, outcome)
        return report.status
