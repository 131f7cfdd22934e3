"""Reads the lines of an export without trusting them.

Owns what each item may be: `runner.ledger.spelling` has their order. What is wrong with a line is
a `ValueError` that can be shown; the caller knows the number of the line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from functools import cached_property
from operator import itemgetter
from typing import Annotated, Any, Generic, TypeVar, cast

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from crossload.runner.ledger.snapshot import RunFacts, RunStart, RunState
from crossload.runner.ledger.spelling import day_of
from crossload.runner.ledger.typed import kind_of
from crossload.runner.recipes import accepted
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
    SubjectRecord,
    Tolerances,
)
from crossload.runner.untrusted.repeatable import repeatable
from crossload.runner.words import (
    Check,
    CheckStatus,
    EnvironmentCause,
    EnvironmentState,
    Format,
    JobStatus,
    RunKind,
    Strategy,
    SubjectTask,
)

_Read = TypeVar("_Read")
_OLD_RUN = 8  # items of a run's line before it had a kind
_OLD_ATTEMPT = 8  # items of an attempt's line before it had a recipe
_OLD_SAVE = 11  # items of a save's line before it said what the model consists of
_OLD_JOB = 7  # items of a job before it had a day
_JOB_AT = 5  # where the line of a save or an attempt has its job
_HUGE = 1e300  # sums and products of what is smaller do not overflow at once


def _number_of(value: object) -> object:
    if isinstance(value, str) and value in {"nan", "inf", "-inf"}:
        return float(value)
    is_huge = isinstance(value, int | float) and not isinstance(value, bool) and value >= _HUGE
    return math.inf if is_huge else value


def _moment_of(value: object) -> datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("expected a time")
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _day_of(value: object) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("expected a day")  # noqa: TRY004 -- pydantic catches only these
    return day_of(value)


_Name = Annotated[str, Field(strict=True, max_length=300)]
_Text = Annotated[str, Field(strict=True, max_length=200_000)]
_Count = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
_Usual = Annotated[float, Field(strict=True, lt=_HUGE)]  # by far the most; read without a call
_Number = Annotated[
    _Usual | Annotated[float, BeforeValidator(_number_of), Field(strict=True)],
    Field(union_mode="left_to_right"),
]
_Moment = Annotated[datetime, BeforeValidator(_moment_of)]
_Day = Annotated[date | None, BeforeValidator(_day_of)]
_Limits = tuple[_Count, _Count, _Count, _Count, _Count]
_Error = tuple[_Text, _Count, _Count]  # its type; the numbers of its message and traceback
_Steps = tuple[tuple[_Name, _Number | None], ...]
_Job = tuple[
    JobStatus, _Error | None, _Count, _Count, tuple[_Count, ...], _Steps, _Limits, _Day
]  # fmt: skip
_Check = tuple[Check, CheckStatus, _Number | None, _Count]
_Checks = tuple[_Check, ...]
_Problem = tuple[EnvironmentState, EnvironmentCause, _Text, _Text, _Text]
_Tolerances = tuple[_Number, _Number, _Number, _Number]

_step_value = itemgetter(1)


class _Shape(Generic[_Read]):
    """What a line of such items is."""

    def __init__(self, items: type[_Read]) -> None:
        self._items = items

    @cached_property
    def read(self) -> Callable[[Sequence[Any]], _Read]:
        """Reads one; made when the first one is read.

        The adapter's own method costs as much as reading a line does.
        """
        return TypeAdapter(self._items).validator.validate_python


_RUN = _Shape(
    tuple[
        RunState, _Moment, _Moment | None, _Text, _Text, _Name, _Tolerances, _Limits, RunKind | None
    ]
)  # fmt: skip
_SUBJECT = _Shape(tuple[_Name, _Text, SubjectTask, tuple[tuple[_Name, _Text], ...]])
_ENVIRONMENT = _Shape(
    tuple[
        _Name, _Name, _Name, _Name, _Name, _Name, _Name, _Name,
        tuple[tuple[_Name, _Name], ...], _Number | None, _Problem | None,
    ]
)  # fmt: skip
_CELL = _Shape(tuple[_Name, _Name, Format, _Name])
_SAVE = _Shape(
    tuple[
        _Name, _Name, Format, _Name, _Name,
        _Job, _Name | None, _Name, _Count, _Name, _Number | None, _Count | None,
    ]
)  # fmt: skip
_ATTEMPT = _Shape(
    tuple[_Name, _Name, Strategy, _Name, _Name, _Job, _Checks, tuple[_Name, ...], _Count | None]
)
_TEXT = _Shape(tuple[_Text])


class SharedValues:
    """The texts that lines name by number, and values made of them; equal ones are one object.

    Raises ValueError for a number that no text has.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._known: dict[Any, Any] = {}
        self._errors: dict[_Error, ProbeError] = {}
        self._warnings: dict[tuple[int, ...], tuple[str, ...]] = {}
        self._limits: dict[_Limits, Limits] = {}
        self._checks: dict[_Checks, tuple[CheckOutcome, ...]] = {}
        self._single_checks = _SingleChecks(self)

    def add(self, text: str) -> None:
        """Give the text the next number; old exports hold them as they were said."""
        self._texts.append(self._same(repeatable(text)))

    def text(self, number: int) -> str:
        if number >= len(self._texts):
            raise ValueError(f"there is no text {number}")
        return self._texts[number]

    def error(self, items: _Error) -> ProbeError:
        if items not in self._errors:
            error = ProbeError(items[0], self.text(items[1]), self.text(items[2]))
            self._errors[items] = self._same(error)
        return self._errors[items]

    def warnings(self, numbers: tuple[int, ...]) -> tuple[str, ...]:
        if numbers not in self._warnings:
            self._warnings[numbers] = self._same(tuple(map(self.text, numbers)))
        return self._warnings[numbers]

    def limits(self, items: _Limits) -> Limits:
        if items not in self._limits:
            self._limits[items] = Limits(*items)
        return self._limits[items]

    def checks(self, items: _Checks) -> tuple[CheckOutcome, ...]:
        found = self._checks.get(items)
        if found is None:
            found = self._same(tuple(map(self._single_checks.__getitem__, items)))
            self._checks[items] = found
        return found

    def _same(self, value: _Read) -> _Read:
        """The first value that is equal to this one; texts with other numbers may be."""
        known: _Read = self._known.setdefault(value, value)
        return known


class _SingleChecks(dict[_Check, CheckOutcome]):
    """Single checks; most of those of an attempt came to the same in thousands of others."""

    def __init__(self, shared: SharedValues) -> None:
        super().__init__()
        self._shared = shared

    def __missing__(self, items: _Check) -> CheckOutcome:
        made = self[items] = CheckOutcome(*items[:3], self._shared.text(items[3]))
        return made


def read_run(items: Sequence[Any]) -> tuple[RunFacts, bool]:
    """The run, and whether its kind and models were recorded, which old exports lack.

    A run that was still going when it was exported is an interrupted one here.
    """
    is_old = len(items) == _OLD_RUN
    state, started, finished, command, profile, crossload, tolerances, limits, kind = _read(
        _RUN, [*items, None] if is_old else items
    )
    start = RunStart(
        command=command,
        profile=profile,
        started=started,
        host="",
        pid=0,
        crossload=crossload,
        tolerances=Tolerances(*tolerances),
        limits=Limits(*limits),
        kind=kind or kind_of(profile),
    )
    if state is RunState.RUNNING:
        state = RunState.INTERRUPTED
    return RunFacts(1, start, state, finished), not is_old


def read_subject(items: Sequence[Any]) -> SubjectRecord:
    """One of the user's models."""
    return SubjectRecord(*_read(_SUBJECT, items))


def read_environment(items: Sequence[Any]) -> EnvironmentRecord:
    """One environment as the run saw it."""
    found = _read(_ENVIRONMENT, items)
    problem = found[10]
    return EnvironmentRecord(*found[:10], None if problem is None else EnvironmentProblem(*problem))


def read_cell(items: Sequence[Any]) -> Cell:
    """Saver, model, format, loader."""
    return Cell(*_read(_CELL, items))


def read_save(items: Sequence[Any], shared: SharedValues, day: date) -> tuple[SaveKey, SaveOutcome]:
    """A save and its key; `day` is that of a line without one."""
    found = _read(_SAVE, _completed(items, _OLD_SAVE))
    holds = "" if found[11] is None else shared.text(found[11])
    return SaveKey(*found[:5]), SaveOutcome(_report(found[5], shared, day), *found[6:11], holds)


def read_attempt(
    items: Sequence[Any], shared: SharedValues, day: date
) -> tuple[AttemptKey, AttemptOutcome]:
    """An attempt and its key; `day` is that of a line without one."""
    found = _read(_ATTEMPT, _completed(items, _OLD_ATTEMPT))
    recipe = "" if found[8] is None else accepted(shared.text(found[8]))
    report = _report(found[5], shared, day)
    return AttemptKey(*found[:5]), AttemptOutcome(report, shared.checks(found[6]), found[7], recipe)


def read_text(items: Sequence[Any]) -> str:
    """A text that later lines name by its number."""
    return _read(_TEXT, items)[0]


def _completed(items: Sequence[Any], old: int) -> Sequence[Any]:
    """The items of a save or an attempt, with None for what old exports lack."""
    job = items[_JOB_AT] if len(items) > _JOB_AT else None
    is_old_job = isinstance(job, list) and len(job) == _OLD_JOB
    if len(items) != old and not is_old_job:
        return items
    whole = [*items, None] if len(items) == old else [*items]
    if is_old_job:
        whole[_JOB_AT] = [*items[_JOB_AT], None]
    return whole


def _report(job: _Job, shared: SharedValues, day: date) -> JobReport:
    status, error, detail, output, warnings, seconds, limits, measured = job
    return JobReport(  # in order, which is quicker
        status,
        None if error is None else shared.error(error),
        shared.text(detail),
        shared.text(output),
        shared.warnings(warnings) if warnings else (),
        _known(seconds),
        shared.limits(limits),
        measured or day,
    )


def _known(seconds: _Steps) -> tuple[tuple[str, float], ...]:
    """The steps with 0 for a time that was no number, of which there is hardly ever one."""
    if None in map(_step_value, seconds):
        return tuple((step, value or 0.0) for step, value in seconds)
    return cast("tuple[tuple[str, float], ...]", seconds)


def _read(shape: _Shape[_Read], items: Sequence[Any]) -> _Read:
    try:
        return shape.read(items)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part + 1) for part in first["loc"] if isinstance(part, int))
        found = str(first["input"])[:40]
        raise ValueError(f"item {place}: found {found!r}: {first['msg'].lower()}") from None
