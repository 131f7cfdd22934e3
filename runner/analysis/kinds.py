"""Which attempts came to the same: their kinds, as numbers.

Owns what counts as the same for judging and explaining: everything but how long it took, and when.
Thousands of cells of a run have equal evidence, so that each kind is judged and explained once.
"""

from __future__ import annotations

from crossload.runner.ledger.snapshot import RunSnapshot
from crossload.runner.records import Attempt, Cell


def kinds_of(snapshot: RunSnapshot) -> dict[Cell, int]:
    """The kind of all attempts at a cell together, for every cell that was tried.

    Errors, checks and warnings are compared by identity, which is quick: a ledger hands out equal
    ones as one object, and so does an export.
    """
    attempts: dict[tuple[object, ...], int] = {}
    loads: dict[tuple[int, ...], int] = {}
    found = {}
    for cell, tried in snapshot.attempts.items():
        numbers = tuple(attempts.setdefault(attempt_key(one), len(attempts)) for one in tried)
        found[cell] = loads.setdefault(numbers, len(loads))
    return found


def attempt_key(attempt: Attempt) -> tuple[object, ...]:
    """What attempts that came to the same have in common."""
    outcome, report = attempt.outcome, attempt.outcome.report
    return (
        attempt.strategy,
        report.status,
        id(report.error),
        id(outcome.checks),
        id(report.warnings),
        report.detail,
        report.output_tail,
        outcome.concessions,
        outcome.recipe,
    )
