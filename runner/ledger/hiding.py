"""What names this machine in texts that were recorded, and what stands in its place elsewhere.

Owns the folders and the host name. Secrets never get as far as the ledger: `runner.untrusted.text`
takes them out before.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.records import (
    Attempt,
    AttemptOutcome,
    EnvironmentRecord,
    JobReport,
    ProbeError,
)

Hide: TypeAlias = Callable[[str], str]
# The folder of generated things is named in every traceback, also where it was another one then.
_ENVIRONMENTS = r"(?<![\w.~-])/(?:[^\s/'\"]+/)+(?=envs/[\w.+-]+/lib)"


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

    def hide(text: str) -> str:
        if not any(mark in text for mark in marks):  # most texts, found out a hundred times faster
            return text
        return pattern.sub(lambda match: found.get(match.group(), "<home>/"), text)

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
    """The same run, in texts that name no machine."""
    start = replace(snapshot.run.start, command=hide(snapshot.run.start.command))
    return replace(
        snapshot,
        run=replace(snapshot.run, start=start),
        environments=tuple(hidden_record(one, hide) for one in snapshot.environments),
        saves={
            file: replace(one, report=_report(one.report, hide))
            for file, one in snapshot.saves.items()
        },
        attempts={
            cell: tuple(Attempt(one.strategy, _outcome(one.outcome, hide)) for one in attempts)
            for cell, attempts in snapshot.attempts.items()
        },
    )


def _outcome(outcome: AttemptOutcome, hide: Hide) -> AttemptOutcome:
    return replace(
        outcome,
        report=_report(outcome.report, hide),
        checks=tuple(
            replace(one, detail=hide(one.detail)) if one.detail else one for one in outcome.checks
        ),
        recipe=hide(outcome.recipe),
    )


def _report(report: JobReport, hide: Hide) -> JobReport:
    error = report.error
    if error is not None:
        error = ProbeError(error.type, hide(error.message), hide(error.traceback))
    return replace(
        report,
        error=error,
        detail=hide(report.detail),
        output_tail=hide(report.output_tail),
        warnings=tuple(map(hide, report.warnings)),
    )
