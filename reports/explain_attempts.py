"""The wording of one attempt at loading: what was done, the result, and what was lost.

Owns which of its checks and messages are shown, and how short they are; `explain_text` owns the
overall order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crossload.reports.document import AttemptRow, CellRow
from crossload.runner.analysis.judged import TryResult
from crossload.runner.analysis.sentences import NOTHING_TO_COMPARE
from crossload.runner.formats import FORMATS
from crossload.runner.records import CheckOutcome
from crossload.runner.strategies import STRATEGIES
from crossload.runner.words import Check, CheckStatus, Format

_TAIL_LINES = 3
_WARNINGS = 3
_SHORT = 240
_PROGRESS = re.compile(r"(\\u0008)+|^\d+/\d+ .*\d+m?s/step$")

_RESULTS = {
    TryResult.AGREES: "loads, and the outputs agree",
    TryResult.DIFFERS: "loads, but the outputs DIFFER",
    TryResult.UNPROVED: f"loads, but {NOTHING_TO_COMPARE}",
    TryResult.REFUSED: "raises an error",
    TryResult.CRASHED: "the process died",
    TryResult.TIMED_OUT: "exceeded its time limit",
    TryResult.OUT_OF_MEMORY: "ran out of memory",
    TryResult.BAD_ANSWER: "gave an invalid answer",
}


def title_of(attempt: AttemptRow, file_format: Format) -> str:
    """What was done and the result, in one line."""
    done = STRATEGIES[attempt.strategy].done
    if attempt.strategy.is_plain:
        done = FORMATS[file_format].plain_load or done
    if attempt.notes and attempt.result is TryResult.REFUSED and attempt.error:
        result = attempt.notes[0]  # it loads and cannot predict
    else:
        result = _RESULTS[attempt.result]
    return f"{attempt.strategy} ({done}): {result}"


def lines_of(attempt: AttemptRow, row: CellRow) -> Iterator[str]:
    """The lines below the title, before wrapping."""
    if attempt.concessions:
        yield f"concessions: {', '.join(attempt.concessions)}"
    if attempt.error and attempt.result is not TryResult.UNPROVED:
        yield from f"{attempt.error.type}: {attempt.error.message}".splitlines()
        where = [one for one in attempt.error.traceback.splitlines() if " line " in one]
        if where:
            yield f"raised in {where[-1].strip().removeprefix('File ')}"
    if attempt.detail:
        yield attempt.detail
    if attempt.checks:
        yield from _checks(attempt, row)
    yield from (one for one in attempt.notes if attempt.result is not TryResult.REFUSED)
    yield from _all_but(_WARNINGS, (f"warning: {short(one)}" for one in attempt.warnings))
    tail = [
        one for one in _distinct(attempt.output_tail.splitlines()) if one not in attempt.warnings
    ]
    yield from (f"| {short(one)}" for one in tail[-_TAIL_LINES:])


def _distinct(lines: Iterable[str]) -> list[str]:
    """Lines of output without progress bars and repetitions."""
    cleaned = (_PROGRESS.sub("", line.strip()).strip() for line in lines)
    return [*dict.fromkeys(line for line in cleaned if line)]


def _all_but(count: int, lines: Iterable[str]) -> Iterator[str]:
    distinct = [*dict.fromkeys(lines)]
    yield from distinct[:count]
    if len(distinct) > count:
        yield f"and {len(distinct) - count} more warnings (see --json)"


def _checks(attempt: AttemptRow, row: CellRow) -> Iterator[str]:
    """Each check that was made; those that do not apply, with their reasons, share one line."""
    skipped: dict[str, list[str]] = {}
    for check in attempt.checks:
        if check.status is CheckStatus.NOT_APPLICABLE:
            skipped.setdefault(check.detail, []).append(str(check.check))
        else:
            yield _check(check, attempt, row)
    for reason, names in skipped.items():
        yield f"not compared: {', '.join(names)} ({reason or 'nothing to compare'})"


def _check(check: CheckOutcome, attempt: AttemptRow, row: CellRow) -> str:
    lost = str(check.check) in attempt.lost
    if check.check is Check.OUTPUTS:
        lost = attempt.result is TryResult.DIFFERS
    detail = f": {short(check.detail)}" if check.detail else ""
    if check.status is CheckStatus.ERROR:
        return f"{check.check}: could not be compared{detail}"
    if check.difference is not None:
        amount = "equal" if check.difference == 0 else f"differs by {check.difference:.1e}"
        allowed = ""
        if check.check is Check.OUTPUTS and row.tolerance is not None:
            allowed = f" (allowed: {row.tolerance:.0e})"
        return f"{check.check}: {amount.upper() if lost else amount}{allowed}{detail}"
    return f"{check.check}: {'LOST' if lost else check.status}{detail}"


def short(text: str) -> str:
    """The text on one line, cut to a readable length; `--json` has all of it."""
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT].rstrip()} ..."
