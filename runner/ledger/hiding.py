"""What names this machine in texts that were recorded, and what stands in its place elsewhere.

Owns the folders and the host name. Secrets never get as far as the ledger: `runner.untrusted.text`
takes them out before.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeAlias, TypeVar

from crossload.runner.altering import altered
from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    CheckOutcome,
    EnvironmentRecord,
    JobReport,
    ProbeError,
)

Hide: TypeAlias = Callable[[str], str]
_Value = TypeVar("_Value")
_LINES = 100_000  # lines of texts that are kept with what they became
# The folder of generated things is named in every traceback, also where it was another one then.
# Texts of workers have "~" for the user's own folder.
_ENVIRONMENTS = r"(?<![\w.~-])(?:~/(?:[^\s/'\"]+/)*|/(?:[^\s/'\"]+/)+)(?=envs/[\w.+-]+/lib)"


def hiding(home: Path, project: Path) -> Hide:
    """What replaces this machine's name and the folders of this project in any text.

    Args:
        home: the folder of generated things.
        project: the folder of the matrix.
    """
    folders = {home: "<home>", project: "<project>", Path.home(): "~"}
    # Texts have the folder that a link leads to as often as the link.
    found = {
        name: word
        for folder, word in folders.items()
        for name in (str(folder.absolute()), str(folder.resolve()))
        if len(name) > 1
    }
    host = socket.gethostname()
    parts = [
        rf"(?<![\w.~-]){re.escape(name)}(?![\w-])" for name in sorted(found, key=len, reverse=True)
    ]
    if len(host) > 1 and host != "localhost":
        found[host] = "<host>"
        parts.append(rf"(?<![\w-]){re.escape(host)}(?![\w-])")
    pattern = re.compile("|".join((_ENVIRONMENTS, *parts)))
    marks = ("/envs/", *found)

    @lru_cache(maxsize=_LINES)
    def hidden(part: str) -> str:
        return pattern.sub(lambda match: found.get(match.group(), "<home>/"), part)

    # Line by line, because tracebacks have most of their lines in common; no match goes beyond one.
    is_by_line = not any("\n" in name for name in found)

    def hide(text: str) -> str:
        if not any(mark in text for mark in marks):  # most texts, found out a hundred times faster
            return text
        return "\n".join(map(hidden, text.split("\n") if is_by_line else (text,)))

    return hide


def hidden_record(record: EnvironmentRecord, hide: Hide) -> EnvironmentRecord:
    """The same environment, with what went wrong in texts that name no machine."""
    problem = record.problem
    if problem is None:
        return record
    return replace(
        record,
        problem=replace(
            problem,
            message=hide(problem.message),
            advice=hide(problem.advice),
            log_tail=hide(problem.log_tail),
        ),
    )


def hidden_snapshot(snapshot: RunSnapshot, hide: Hide) -> RunSnapshot:
    """The same run, in texts that name no machine; what was one object stays one.

    What names none, as in an export, is not copied.
    """
    start = replace(snapshot.run.start, command=hide(snapshot.run.start.command))
    hiding = _Hiding(hide)
    return replace(
        snapshot,
        run=replace(snapshot.run, start=start),
        environments=tuple(hidden_record(one, hide) for one in snapshot.environments),
        saves={
            file: altered(one, report=hiding.report(one.report))
            for file, one in snapshot.saves.items()
        },
        attempts={cell: hiding.attempts(attempts) for cell, attempts in snapshot.attempts.items()},
    )


class _Hiding:
    """Hides names in what was measured; thousands of attempts share errors, checks and warnings."""

    def __init__(self, hide: Hide) -> None:
        self._hide = cache(hide)  # texts recur thousands of times
        # By identity: the snapshot keeps them alive.
        self._errors: dict[int, ProbeError] = {}
        self._checks: dict[int, tuple[CheckOutcome, ...]] = {}
        self._warnings: dict[int, tuple[str, ...]] = {}

    def attempts(self, attempts: tuple[Attempt, ...]) -> tuple[Attempt, ...]:
        hidden = [self._outcome(one.outcome) for one in attempts]
        if hidden == [one.outcome for one in attempts]:
            return attempts
        return tuple(Attempt(old.strategy, new) for new, old in zip(hidden, attempts, strict=True))

    def _outcome(self, outcome: AttemptOutcome) -> AttemptOutcome:
        return _changed(
            outcome,
            report=self.report(outcome.report),
            checks=self._hidden_checks(outcome.checks),
            recipe=self._hide(outcome.recipe),
        )

    def report(self, report: JobReport) -> JobReport:
        return _changed(
            report,
            error=None if report.error is None else self._error(report.error),
            detail=self._hide(report.detail),
            output_tail=self._hide(report.output_tail),
            warnings=self._hidden_warnings(report.warnings),
        )

    def _error(self, error: ProbeError) -> ProbeError:
        if id(error) not in self._errors:
            message, traceback = self._hide(error.message), self._hide(error.traceback)
            self._errors[id(error)] = _changed(error, message=message, traceback=traceback)
        return self._errors[id(error)]

    def _hidden_checks(self, checks: tuple[CheckOutcome, ...]) -> tuple[CheckOutcome, ...]:
        if id(checks) not in self._checks:
            hidden = tuple(_changed(one, detail=self._hide(one.detail)) for one in checks)
            self._checks[id(checks)] = checks if hidden == checks else hidden
        return self._checks[id(checks)]

    def _hidden_warnings(self, warnings: tuple[str, ...]) -> tuple[str, ...]:
        if id(warnings) not in self._warnings:
            hidden = tuple(map(self._hide, warnings))
            self._warnings[id(warnings)] = warnings if hidden == warnings else hidden
        return self._warnings[id(warnings)]


def _changed(value: _Value, **fields: object) -> _Value:
    """A copy with these fields, or the value itself where it has them already."""
    known = vars(value)
    if all(known[name] is new or known[name] == new for name, new in fields.items()):
        return value
    return altered(value, **fields)
