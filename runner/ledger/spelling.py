"""How the values of a run are spelled on the lines of an export.

Owns the order of items on each kind of line; `runner.ledger.parsing` reads them again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple
from datetime import date
from functools import lru_cache

from crossload.runner.ledger.exported import Line
from crossload.runner.ledger.snapshot import RunFacts
from crossload.runner.records import (
    AttemptKey,
    AttemptOutcome,
    EnvironmentRecord,
    JobReport,
    SaveKey,
    SaveOutcome,
    SubjectRecord,
)

day_of = lru_cache(maxsize=1000)(date.fromisoformat)  # of a hundred thousand results, few differ
RUN, SUBJECT, ENVIRONMENT, CELL = "run", "subject", "environment", "cell"
SAVE, ATTEMPT, TEXT = "save", "attempt", "text"


def run_line(facts: RunFacts) -> Line:
    """The run without what names the machine: no host, no process."""
    start = facts.start
    return [
        RUN,
        str(facts.state),
        start.started.isoformat(),
        facts.finished.isoformat() if facts.finished else None,
        start.command,
        start.profile,
        start.crossload,
        list(astuple(start.tolerances)),
        list(astuple(start.limits)),
        str(start.kind),
    ]


def subject_line(subject: SubjectRecord) -> Line:
    """One of the user's models."""
    given = [list(pair) for pair in subject.given]
    return [SUBJECT, subject.name, subject.path, str(subject.task), given]


def environment_line(record: EnvironmentRecord) -> Line:
    """One environment as the run saw it."""
    problem = None
    if record.problem is not None:
        problem = [str(value) for value in astuple(record.problem)]
    values = asdict(record)
    names = ("id", "name", "digest", "api", "backend", "python", "platform", "resolve")
    versions = [list(pair) for pair in record.versions]
    return [
        ENVIRONMENT,
        *(str(values[name]) for name in names),
        versions,
        record.import_seconds,
        problem,
    ]


def save_line(key: SaveKey, outcome: SaveOutcome, job: Line, holds: int) -> Line:
    """A save; `job` is `job_items` of its report, `holds` the number of that text."""
    return [
        SAVE,
        *_texts_of(key),
        job,
        outcome.artifact,
        outcome.payload_sha256,
        outcome.payload_bytes,
        outcome.payload_name,
        _finite(outcome.noise),
        holds,
    ]


def attempt_line(
    key: AttemptKey, outcome: AttemptOutcome, job: Line, details: Sequence[int], recipe: int | None
) -> Line:
    """An attempt; `details` and `recipe` are the numbers of the texts of those."""
    checks = [
        [str(one.check), str(one.status), _finite(one.difference), detail]
        for one, detail in zip(outcome.checks, details, strict=True)
    ]
    return [ATTEMPT, *_texts_of(key), job, checks, list(outcome.concessions), recipe]


def job_items(report: JobReport, number: Callable[[str], int]) -> Line:
    """What is known of a job; `number` gives a text its number."""
    error = report.error
    return [
        str(report.status),
        None if error is None else [error.type, number(error.message), number(error.traceback)],
        number(report.detail),
        number(report.output_tail),
        [number(one) for one in report.warnings],
        [[step, _finite(seconds)] for step, seconds in report.seconds],
        list(vars(report.limits).values()),
        None if report.measured is None else report.measured.isoformat(),
    ]


def _texts_of(key: SaveKey | AttemptKey) -> list[str]:
    """A key's values in their order; `astuple` would copy each, a hundred thousand times."""
    return [str(one) for one in vars(key).values()]


def _finite(value: float | None) -> float | str | None:
    """A number as JSON has it; one that is not finite by its name."""
    return value if value is None or math.isfinite(value) else str(value)
