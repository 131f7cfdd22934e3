"""When each environment of a run was measured.

Owns these days: a run may show results of earlier ones, so its own start says little about them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.records import JobReport


def measured_days(snapshot: RunSnapshot) -> dict[str, tuple[date, date]]:
    """Return, by environment id, the first and the last day of its saves and loads in the run."""
    days: dict[str, set[date]] = defaultdict(set)
    for environment, report in job_reports(snapshot):
        if report.measured is not None:
            days[environment].add(report.measured)
    return {environment: (min(found), max(found)) for environment, found in days.items()}


def job_reports(snapshot: RunSnapshot) -> Iterator[tuple[str, JobReport]]:
    """Yield what is known of each job of the run, after the id of the environment it ran in."""
    for file, save in snapshot.saves.items():
        yield file.saver, save.report
    for cell, attempts in snapshot.attempts.items():
        for attempt in attempts:
            yield cell.loader, attempt.outcome.report
