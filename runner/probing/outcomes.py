"""From the end of a job to its record; foreign text is cleaned on the way.

Owns the translation into `runner.records`; `protocol` has the shapes on the wire.
"""

from __future__ import annotations

from crossload.runner.artifacts.store import Artifact
from crossload.runner.probing import deaths
from crossload.runner.probing.protocol import Answer, Loaded, Saved, WireError
from crossload.runner.probing.worker import JobEnd
from crossload.runner.records import (
    AttemptOutcome,
    CheckOutcome,
    JobReport,
    Limits,
    ProbeError,
    SaveOutcome,
)
from crossload.runner.untrusted.evidence import clean_tail, clean_text
from crossload.runner.words import JobStatus

_MESSAGE, _TRACE, _WARNING, _WARNINGS = 6000, 6000, 1000, 20


def probe_error(wire: WireError) -> ProbeError:
    """Return an exception of a worker as a record, capped and printable."""
    return ProbeError(
        type=clean_text(wire.type, 200),
        message=clean_text(wire.message, _MESSAGE),
        traceback=clean_tail(wire.traceback.encode("utf-8", "replace"), _TRACE),
    )


def report_of(end: JobEnd, limits: Limits, output_tail: str) -> JobReport:
    """Return what is recorded of any ended job."""
    if end.answer is None:
        death = end.death or deaths.bad_answer("none")
        return JobReport(
            status=death.status, detail=death.detail, output_tail=output_tail, limits=limits
        )
    status, detail = JobStatus(end.answer.status), ""
    error = probe_error(end.answer.error) if end.answer.error is not None else None
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
        seconds=tuple((clean_text(name, 40), value) for name, value in end.answer.seconds.items()),
        limits=limits,
    )


def attempt_outcome(end: JobEnd, report: JobReport) -> AttemptOutcome:
    """Return the record of an attempt at loading."""
    if not isinstance(end.answer, Loaded):
        return AttemptOutcome(report)
    checks = tuple(
        CheckOutcome(one.check, one.status, one.difference, clean_text(one.detail, 1000))
        for one in end.answer.checks
    )
    concessions = tuple(clean_text(one, 100) for one in end.answer.concessions)
    return AttemptOutcome(report, checks, concessions)


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
    )


def _warnings(answer: Answer) -> tuple[str, ...]:
    distinct = dict.fromkeys(clean_text(text, _WARNING) for text in answer.warnings)
    return tuple(distinct)[:_WARNINGS]
