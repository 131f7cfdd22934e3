"""How the values of a run are spelled on the lines of an export, and read again without trust.

Owns the order of items on each kind of line. A value that cannot be is a `ValueError` with a
reason that can be shown; which line it stands on is known to the caller.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple
from datetime import datetime, timezone
from typing import Any, TypeVar

from crossload.runner.ledger.exported import Line
from crossload.runner.ledger.snapshot import RunFacts, RunStart, RunState
from crossload.runner.records import (
    AttemptKey,
    AttemptOutcome,
    Cell,
    CheckOutcome,
    EnvironmentProblem,
    EnvironmentRecord,
    JobReport,
    Limits,
    ProbeError,
    SaveKey,
    SaveOutcome,
    Tolerances,
)
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    Strategy,
)

RUN, ENVIRONMENT, CELL, SAVE, ATTEMPT, TEXT = (
    "run",
    "environment",
    "cell",
    "save",
    "attempt",
    "text",
)
_ID = 300  # characters of a name or a digest
_TEXT = 200_000
_INTEGER = 2**53

_Word = TypeVar("_Word", bound=str)


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
    ]


def read_run(items: Sequence[Any], run_id: int = 1) -> RunFacts:
    """The run; one that was still going when it was exported is an interrupted one here."""
    state, started, finished, command, profile, crossload, tolerances, limits = _exactly(items, 8)
    found = word(RunState, state)
    start = RunStart(
        command=text(command),
        profile=text(profile),
        started=_moment(started),
        host="",
        pid=0,
        crossload=text(crossload, _ID),
        tolerances=Tolerances(*(_number(one) for one in _exactly(tolerances, 4))),
        limits=read_limits(limits),
    )
    if found is RunState.RUNNING:
        found = RunState.INTERRUPTED
    return RunFacts(run_id, start, found, _moment(finished) if finished is not None else None)


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


def read_environment(items: Sequence[Any]) -> EnvironmentRecord:
    """See `environment_line`."""
    *names, versions, seconds, problem = _exactly(items, 11)
    pairs = [_exactly(pair, 2) for pair in _list(versions)]
    identifier, called, digest, api, backend, python, platform, resolve = map(name, names)
    return EnvironmentRecord(
        id=identifier,
        name=called,
        digest=digest,
        api=api,
        backend=backend,
        python=python,
        platform=platform,
        resolve=resolve,
        versions=tuple((name(one), name(other)) for one, other in pairs),
        import_seconds=_optional(seconds, _number),
        problem=_optional(problem, _problem),
    )


def _problem(items: Any) -> EnvironmentProblem:
    state, cause, message, advice, log_tail = _exactly(items, 5)
    return EnvironmentProblem(
        word(EnvironmentState, state),
        word(EnvironmentCause, cause),
        text(message),
        text(advice),
        text(log_tail),
    )


def read_cell(items: Sequence[Any]) -> Cell:
    """Saver, model, format, loader."""
    saver, model, form, loader = _exactly(items, 4)
    return Cell(name(saver), name(model), word(Format, form), name(loader))


def save_line(key: SaveKey, outcome: SaveOutcome, job: Line) -> Line:
    """A save; `job` is `job_items` of its report."""
    return [SAVE, *_texts_of(key), job, *save_values(outcome)]


def _texts_of(key: SaveKey | AttemptKey) -> list[str]:
    """A key's values in their order; `astuple` would copy each, a hundred thousand times."""
    return [str(one) for one in vars(key).values()]


def save_values(outcome: SaveOutcome) -> Line:
    """What a save came to besides its report."""
    return [
        outcome.artifact,
        outcome.payload_sha256,
        outcome.payload_bytes,
        outcome.payload_name,
        finite(outcome.noise),
    ]


def read_save(items: Sequence[Any], texts: Sequence[str]) -> tuple[SaveKey, SaveOutcome]:
    """See `save_line`."""
    saver, model, form, probe, options, job, artifact, sha256, size, payload, noise = _exactly(
        items, 11
    )
    key = SaveKey(name(saver), name(model), word(Format, form), name(probe), name(options))
    outcome = SaveOutcome(
        read_job(job, texts),
        _optional(artifact, name),
        name(sha256),
        _integer(size),
        text(payload, _ID),
        _optional(noise, _number),
    )
    return key, outcome


def attempt_line(
    key: AttemptKey, outcome: AttemptOutcome, job: Line, details: Sequence[int]
) -> Line:
    """An attempt; `details` are the numbers of the texts of its checks' details."""
    checks = [
        [str(one.check), str(one.status), finite(one.difference), detail]
        for one, detail in zip(outcome.checks, details, strict=True)
    ]
    return [
        ATTEMPT,
        *_texts_of(key),
        job,
        checks,
        list(outcome.concessions),
    ]


def read_attempt(items: Sequence[Any], texts: Sequence[str]) -> tuple[AttemptKey, AttemptOutcome]:
    """See `attempt_line`."""
    artifact, loader, strategy, probe, options, job, checks, concessions = _exactly(items, 8)
    key = AttemptKey(
        name(artifact), name(loader), word(Strategy, strategy), name(probe), name(options)
    )
    outcome = AttemptOutcome(
        read_job(job, texts),
        tuple(_check(one, texts) for one in _list(checks)),
        tuple(text(one, _ID) for one in _list(concessions)),
    )
    return key, outcome


def _check(items: Any, texts: Sequence[str]) -> CheckOutcome:
    check, status, difference, detail = _exactly(items, 4)
    return CheckOutcome(
        word(Check, check),
        word(CheckStatus, status),
        _optional(difference, _number),
        _shared(detail, texts),
    )


def job_items(report: JobReport, number: Callable[[str], int]) -> Line:
    """What is known of a job; `number` gives a text its number."""
    error = report.error
    return [
        str(report.status),
        None if error is None else [error.type, number(error.message), number(error.traceback)],
        number(report.detail),
        number(report.output_tail),
        [number(one) for one in report.warnings],
        [[step, finite(seconds)] for step, seconds in report.seconds],
        list(vars(report.limits).values()),
    ]


def read_job(items: Any, texts: Sequence[str]) -> JobReport:
    """See `job_items`."""
    status, error, detail, output, warnings, seconds, limits = _exactly(items, 7)
    steps = [_exactly(one, 2) for one in _list(seconds)]
    return JobReport(
        status=word(JobStatus, status),
        error=_optional(error, lambda one: _error(one, texts)),
        detail=_shared(detail, texts),
        output_tail=_shared(output, texts),
        warnings=tuple(_shared(one, texts) for one in _list(warnings)),
        seconds=tuple((text(step, _ID), _number(value or 0.0)) for step, value in steps),
        limits=read_limits(limits),
    )


def _error(items: Any, texts: Sequence[str]) -> ProbeError:
    kind, message, traceback = _exactly(items, 3)
    return ProbeError(text(kind), _shared(message, texts), _shared(traceback, texts))


def read_limits(items: Any) -> Limits:
    """The five limits."""
    return Limits(*(_integer(one) for one in _exactly(items, 5)))


def finite(value: float | None) -> float | str | None:
    """A number as JSON has it; one that is not finite by its name."""
    return value if value is None or math.isfinite(value) else str(value)


def word(words: type[_Word], value: Any) -> _Word:
    """A member of a closed vocabulary."""
    try:
        return words(value)
    except ValueError:
        raise ValueError(f"{str(value)[:40]!r} is no known {words.__name__}") from None


def name(value: Any) -> str:
    """A short text: an id, a digest, a version."""
    return text(value, _ID)


def text(value: Any, limit: int = _TEXT) -> str:
    """A text of at most so many characters."""
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError(f"a text is expected, not {str(value)[:40]!r}")
    return value


def _shared(number: Any, texts: Sequence[str]) -> str:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(texts):
        raise ValueError(f"there is no text {str(number)[:40]!r}")
    return texts[number]


def _number(value: Any) -> float:
    if value in ("nan", "inf", "-inf"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(  # noqa: TRY004 -- wrong in a file, not in the program
            f"a number is expected, not {str(value)[:40]!r}"
        )
    return float(value) if abs(value) < 1e300 else math.inf


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _INTEGER:
        raise ValueError(f"a count is expected, not {str(value)[:40]!r}")
    return value


_Read = TypeVar("_Read")


def _optional(value: Any, read: Callable[[Any], _Read]) -> _Read | None:
    return None if value is None else read(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(  # noqa: TRY004 -- wrong in a file, not in the program
            f"a list is expected, not {str(value)[:40]!r}"
        )
    return value


def _exactly(value: Any, count: int) -> list[Any]:
    items = _list(list(value) if isinstance(value, tuple) else value)
    if len(items) != count:
        raise ValueError(f"{count} items are expected, not {len(items)}")
    return items


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text(value, 40))
    except ValueError:
        raise ValueError(f"a time is expected, not {str(value)[:40]!r}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
