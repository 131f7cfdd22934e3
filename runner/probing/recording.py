"""From the end of a job to the sink: what follows from it at once, and what is written later.

Owns that order, and the storing of what a saver wrote. The shapes of records are `outcomes`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from runner.probing import deaths, outcomes
from runner.probing.backlog import Backlog, Pending, PendingSave
from runner.probing.evidence import read_tail
from runner.probing.protocol import Saved
from runner.probing.settings import ProbeSettings
from runner.probing.store import Artifact, ArtifactStore, BadBundleError
from runner.probing.target import Place
from runner.probing.tasks import ProbeSink
from runner.probing.worker import JobEnd
from runner.records import AttemptKey, AttemptOutcome, EnvironmentProblem, JobReport
from runner.words import JobStatus

OUTPUT_TAIL = 2000


class Recorder:
    """Writes results down, one by one."""

    def __init__(
        self, settings: ProbeSettings, store: ArtifactStore, sink: ProbeSink, backlog: Backlog
    ) -> None:
        self._settings = settings
        self._store = store
        self._sink = sink
        self._backlog = backlog

    def unusable(self, environment: str, problem: EnvironmentProblem) -> None:
        """Pass on that an environment's worker does not come up."""
        self._sink.unusable(environment, problem)

    def settle(self, place: Place, item: Pending, end: JobEnd) -> Callable[[], JobStatus]:
        """Tell the backlog what follows from a job; return the slow rest, to be called once.

        The rest touches the disk: it stores what was saved and hands the outcome to the sink. The
        loads of a fresh save become ready only then.
        """
        tail = read_tail(place.scratch, (end.job.id, "output.log"), OUTPUT_TAIL)
        report = outcomes.report_of(end, self._settings.limits, tail)
        if isinstance(item, PendingSave):
            return partial(self._write_save, place, item, end, report)
        key = AttemptKey(
            artifact=item.artifact,
            loader=item.queue.digest,
            strategy=item.strategy,
            probe=self._settings.probe,
            options=self._settings.options,
        )
        outcome = outcomes.attempt_outcome(end, report)
        self._backlog.attempted(item, outcome)
        return partial(self._write_attempt, key, outcome)

    def _write_attempt(self, key: AttemptKey, outcome: AttemptOutcome) -> JobStatus:
        self._sink.attempted(key, outcome)
        return outcome.report.status

    def _write_save(
        self, place: Place, item: PendingSave, end: JobEnd, report: JobReport
    ) -> JobStatus:
        artifact = None
        if report.status is JobStatus.DONE:
            try:
                artifact = self._store_bundle(place, end)
            except BadBundleError as error:
                death = deaths.bad_answer(str(error))
                report = replace(report, status=death.status, detail=death.detail)
        outcome = outcomes.save_outcome(end, report, artifact)
        self._sink.saved(item.key, outcome)
        self._backlog.saved(item.key, outcome)
        return report.status

    def _store_bundle(self, place: Place, end: JobEnd) -> Artifact:
        assert isinstance(end.answer, Saved)
        bundle = place.scratch / end.job.id / "bundle"
        most = self._settings.limits.scratch_mb * 1_000_000
        return self._store.take(bundle, end.answer.payload or "", most)
