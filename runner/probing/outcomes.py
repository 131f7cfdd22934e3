"""From the end of a job to its record.

Owns what a job's end adds to its answer; `protocol` reads the answer and cleans its text.
"""

from __future__ import annotations

from crossload.runner.artifacts.store import Artifact
from crossload.runner.probing import deaths
from crossload.runner.probing.executor import JobEnd
from crossload.runner.probing.protocol import Answer, Loaded, Saved
from crossload.runner.records import (
    AttemptOutcome,
    JobReport,
    Limits,
    SaveOutcome,
)
from crossload.runner.words import JobStatus

_WARNINGS = 20


def report_of(end: JobEnd, limits: Limits, output_tail: str) -> JobReport:
    """Return what is recorded of any ended job."""
    if end.answer is None:
        death = end.death or deaths.bad_answer("none")
        return JobReport(
            status=death.status, detail=death.detail, output_tail=output_tail, limits=limits
        )
    status, detail = JobStatus(end.answer.status), ""
    error = end.answer.error
    if error is not None:
        no_memory = deaths.of_refusal(error, limits)
        if no_memory is not None:
            status, detail = no_memory.status, no_memory.detail
    return JobReport(
        status=status,
        error=error,
        detail=detail,
        output_tail=output_tail,
        warnings=_warnings(end.answer),
        seconds=tuple(end.answer.seconds.items()),
        limits=limits,
    )


def attempt_outcome(end: JobEnd, report: JobReport) -> AttemptOutcome:
    """Return the record of an attempt at loading."""
    if not isinstance(end.answer, Loaded):
        return AttemptOutcome(report)
    answer = end.answer
    return AttemptOutcome(report, answer.checks, answer.concessions, answer.recipe or "")


def save_outcome(end: JobEnd, report: JobReport, artifact: Artifact | None) -> SaveOutcome:
    """Return the record of a save; `artifact` is what the store took, if anything."""
    if artifact is None or not isinstance(end.answer, Saved):
        return SaveOutcome(report)
    return SaveOutcome(
        report,
        artifact=artifact.digest,
        payload_sha256=artifact.payload_sha256,
        payload_bytes=artifact.payload_bytes,
        payload_name=artifact.payload_name,
        noise=end.answer.noise,
        holds=end.answer.holds,
    )


def _warnings(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(answer.warnings))[:_WARNINGS]
